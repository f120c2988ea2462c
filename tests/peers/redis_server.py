"""A real Redis, started for a test."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.peers.dav import free_port, wait_until_open
from tests.peers.programs import program


class RedisServer:
    """One that keeps nothing, at a port of its own."""

    def __init__(self) -> None:
        path = program("Redis", "redis-server", package="redis-server")
        self._folder = Path(tempfile.mkdtemp(prefix="redis"))
        self.port = free_port()
        command = [path, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([*command, "--dir", str(self._folder)], stdout=subprocess.DEVNULL)
        wait_until_open(self.port)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """Ends it; whoever asks it hears nothing any more."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
