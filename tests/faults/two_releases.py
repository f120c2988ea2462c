"""This release and the one before it, as processes on one database."""

import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import BASE
from tests.test_commands import PATIENCE_SECONDS, ROOT, free_port, wait_for

ARCHIVE = Path(__file__).parent / "releases" / "schema-0002.tar.xz"
BEFORE = "0002"
GUNICORN = ("gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), "wsgi:app")
OURS = ("DEMO", "SMTP_URL", "BASE_URL", "PYTHONPATH")


@dataclass(frozen=True)
class Release:
    """A release in its folder, on a database; `log` is where its processes write."""

    folder: Path
    database_url: str
    log: Path

    def run(self, *words: str, given: str = "") -> str:
        """What one of its commands says, which has to succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words], cwd=self.folder, env=self._environment(),
            input=given, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def web(self) -> Iterator[str]:
        """Its web process, as in production; gives its address."""
        port = free_port()
        with self._process(GUNICORN, BIND=f"127.0.0.1:{port}", WEB_CONCURRENCY="1", TRUSTED_PROXIES="1"):
            wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"

    @contextmanager
    def worker(self, smtp_url: str) -> Iterator[None]:
        """Its worker, which is told to stop in the end, and does."""
        with self._process(("flask", "--app", "wsgi", "worker"), SMTP_URL=smtp_url) as running:
            yield
            running.send_signal(signal.SIGTERM)
            assert running.wait(PATIENCE_SECONDS) == 0

    def said(self) -> str:
        return self.log.read_text()

    @contextmanager
    def _process(self, words: Sequence[str], **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
        with self.log.open("a") as log:
            running = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=self.folder, env=self._environment() | settings,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            yield running
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()

    def _environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if name not in OURS}
        site = {"DATABASE_URL": self.database_url, "SECRET_KEY": BASE.secret_key, "MAIL_FROM": BASE.mail_from}
        return kept | site | {"ALLOW_PRIVATE_URLS": "1"}


def releases(database_url: str, folder: Path) -> tuple[Release, Release]:
    """The one before and this one; nothing is in the database yet."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder / "before", filter="data")
    before = Release(folder / "before", database_url, folder / "before.log")
    return before, Release(ROOT, database_url, folder / "now.log")
