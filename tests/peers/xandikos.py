"""A real Xandikos, a second opinion: it has one user, and asks for no password over plain HTTP."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.peers.dav import DavUser, free_port, wait_until_open


class Xandikos:
    """`user` is the only one."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="xandikos", dir=memory if memory.is_dir() else None))
        port = free_port()
        command = [
            sys.executable, "-m", "xandikos", "serve", "-d", str(self.folder / "store"), "--defaults",
            "--current-user-principal", "/ada/", "-l", "127.0.0.1", "-p", str(port), "--no-detect-systemd",
        ]  # fmt: skip
        with (self.folder / "log").open("w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until_open(port)
        url = f"http://127.0.0.1:{port}/"
        self.user = DavUser(url, f"{url}ada/calendars/", "ada")

    def stop(self) -> None:
        """Stops the server and removes its files."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
