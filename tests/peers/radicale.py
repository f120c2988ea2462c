"""A real Radicale, with a password and calendars of their own for each user."""

import shutil
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

from tests.peers.dav import DavUser, free_port, wait_until_open

SETTINGS = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = {folder}/collections
[logging]
level = warning
"""
_numbers = count(1)


class Radicale:
    """Runs in a folder in memory where the system has one: Radicale writes every event through to the disk."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="radicale", dir=memory if memory.is_dir() else None))
        self._users = self.folder / "users"
        self._users.write_text("")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/"
        settings = self.folder / "settings.ini"
        settings.write_text(SETTINGS.format(port=port, folder=self.folder))
        with (self.folder / "log").open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "radicale", "--config", str(settings)], stdout=log, stderr=log
            )
        wait_until_open(port)

    def new_user(self, password: str = "secret") -> DavUser:
        """Somebody without any calendar yet."""
        name = f"user{next(_numbers)}"
        with self._users.open("a") as users:
            users.write(f"{name}:{password}\n")
        return DavUser(self.url, f"{self.url}{name}/", name, password)

    def set_password(self, user: DavUser, password: str) -> None:
        """The user's password from now on."""
        lines = self._users.read_text().splitlines()
        kept = [line for line in lines if not line.startswith(f"{user.name}:")]
        self._users.write_text("\n".join([*kept, f"{user.name}:{password}", ""]))

    def stop(self) -> None:
        """Stops the server and removes its files."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
