"""Serves the site with a worker beside it, as two processes that live and end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping

STOP_SECONDS = 30
LOOK_SECONDS = 0.5


class PortInUse(Exception):
    """Somebody else listens there."""


def check_port(host: str, port: int) -> None:
    """Raises PortInUse when nothing can listen at that port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse from error


def serve(host: str, port: int, settings: Mapping[str, str]) -> int:
    """Runs web and worker until one of them ends or a signal comes; returns the exit code."""
    environment = {**os.environ, **settings}
    web = (
        sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}", "--no-control-socket",
        "--worker-class", "gthread", "--workers", "2", "--threads", "4", "wsgi:app",
    )  # fmt: skip
    worker = (sys.executable, "-m", "flask", "--app", "wsgi", "worker")
    children = [subprocess.Popen(command, env=environment) for command in (web, worker)]  # noqa: S603  (our own)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        while all(child.poll() is None for child in children):
            time.sleep(LOOK_SECONDS)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(children)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _stop(children: list["subprocess.Popen[bytes]"]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
