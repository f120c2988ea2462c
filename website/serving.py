"""Serves the site with a worker beside it, as two processes that live and end together."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

STOP_SECONDS = 50  # longer than web and worker take to finish what they are at
LOOK_SECONDS = 0.2
# What a terminal, a supervisor and a closed window send to stop a program.
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotListen(Exception):
    """Nothing can listen there; the text says why."""


def check_port(host: str, port: int) -> None:
    """Raises CannotListen when the site could not listen at that port."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise CannotListen(f"Port {port} is in use: choose another one (make run PORT=…).") from error
        reason = getattr(error, "strerror", None) or "there is no such address"
        raise CannotListen(f"Nothing can listen at {address(host, port)}: {reason}.") from error


def address(host: str, port: int) -> str:
    """Host and port as one text."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def serve(host: str, port: int, settings: Mapping[str, str]) -> str:
    """Runs web and worker until a signal comes, or one of them ends: returns which, empty after a signal."""
    environment = {**os.environ, **settings}
    commands = {
        "web server": (
            "gunicorn", "--bind", address(host, port), "--no-control-socket", "--worker-class", "gthread",
            "--workers", "2", "--threads", "4", "wsgi:app",
        ),
        "worker": ("flask", "--app", "wsgi", "worker"),
    }  # fmt: skip
    stopped: list[int] = []
    for number in STOPPING:
        signal.signal(number, lambda number, _: stopped.append(number))
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            children[name] = _start(command, environment)
        return _ended(children, stopped)
    finally:
        _stop(list(children.values()))


def _start(command: tuple[str, ...], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """A session of its own keeps the terminal's signals away: the child is stopped by us, in order."""
    return subprocess.Popen((sys.executable, "-m", *command), env=environment, start_new_session=True)  # noqa: S603


def _ended(children: Mapping[str, "subprocess.Popen[bytes]"], stopped: list[int]) -> str:
    while not stopped:
        for name, child in children.items():
            if child.poll() is not None:
                return name
        time.sleep(LOOK_SECONDS)
    return ""


def _stop(children: list["subprocess.Popen[bytes]"]) -> None:
    """Lets each finish what it is at, then makes sure that nothing of it is left, its own children included."""
    for child in children:
        child.terminate()
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
