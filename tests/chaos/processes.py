"""The site's processes: started as in production, killed and started again within a moment.

A fork server has imported the libraries already; each process makes its own application.
"""

import os
import runpy
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Event, Thread

from tests.peers.dav import wait_until_open

WORKERS, WEB_WORKERS = 2, 2
LOOK_SECONDS = 0.05
ROOT = Path(__file__).resolve().parent.parent.parent

_forking = get_context("forkserver")
_forking.set_forkserver_preload(["website", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "flask.cli"])


def commands(app: str, port: int, workers: int = WORKERS) -> dict[str, tuple[str, ...]]:
    """What `flask serve` starts, for this application, and as many workers as asked for."""
    web = (
        "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--worker-class", "gthread",
        "--workers", str(WEB_WORKERS), "--threads", "4", "--log-level", "warning", f"{app}:app",
    )  # fmt: skip
    worker = ("flask", "--app", app, "worker")
    return {"web": web, **{f"worker{number}": worker for number in range(workers)}}


def _run(command: tuple[str, ...], environment: Mapping[str, str], log: Path) -> None:
    """A process of the site, with a group of its own and its output in a file."""
    os.setsid()
    with log.open("a") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = list(command)
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)


class Processes:
    """Keeps the processes alive until `stop`; `killed` are the ids of those that were killed from outside."""

    def __init__(
        self, app: str, port: int, environment: Mapping[str, str], log: Path, workers: int = WORKERS
    ) -> None:
        self.killed: list[tuple[str, int]] = []
        self.log = log
        self._environment = dict(environment)
        self._commands = commands(app, port, workers)
        self._stopping = Event()
        self._running = {name: self._start(name) for name in self._commands}
        self._keeper = Thread(target=self._keep, daemon=True)
        self._keeper.start()
        wait_until_open(port)

    def _start(self, name: str) -> ForkServerProcess:
        process = _forking.Process(
            target=_run, args=(self._commands[name], self._environment, self.log), daemon=True
        )
        process.start()
        return process

    def _keep(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            for name, process in list(self._running.items()):
                if not process.is_alive():
                    self._running[name] = self._start(name)

    def web_workers(self) -> list[int]:
        """The process ids of gunicorn's workers, empty while it starts."""
        try:
            pid = self._running["web"].pid
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except OSError:
            return []

    def ids(self) -> dict[str, int]:
        """The process ids of everybody who does the site's work, by a name that says what they are."""
        workers = {name: running.pid for name, running in self._running.items() if name != "web"}
        web = {f"web{number}": pid for number, pid in enumerate(sorted(self.web_workers()))}
        return web | {name: pid for name, pid in workers.items() if pid}

    def kill(self, what: str, choice: int) -> None:
        """Kills one of the site's `web` workers or of its `worker`s, or the `master` of the web with all it has."""
        if what == "master":
            self._kill_group("web")
        elif what == "web":
            children = self.web_workers()
            if children:
                self._kill(what, children[choice % len(children)])
        else:
            pid = self._running[f"worker{choice % (len(self._commands) - 1)}"].pid
            if pid:
                self._kill(what, pid)

    def _kill(self, what: str, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed.append((what, pid))

    def _kill_group(self, name: str) -> None:
        pid = self._running[name].pid
        # A group that is not made yet is that of whoever started us.
        with suppress(ProcessLookupError):
            if pid and os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
                self.killed.append(("master", pid))

    def tracebacks(self) -> list[str]:
        """The first fault that the processes wrote into their log, if there is any."""
        text = self.log.read_text()
        at = text.find("Traceback")
        return [f"the log has a traceback: {text[at:][:3000]}"] if at >= 0 else []

    def stop(self) -> None:
        """Ends everything."""
        self._stopping.set()
        self._keeper.join()
        for process in self._running.values():
            process.terminate()
        end = time.monotonic() + 10
        for process in self._running.values():
            process.join(max(0.1, end - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.join()
