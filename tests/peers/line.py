"""A slow line to a PostgreSQL server: a Unix socket in front of its own, that passes on what comes, later or never."""

import shutil
import socket
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

SOCKET = ".s.PGSQL.5432"
THERE, BACK = "there", "back"
LOOK_SECONDS = 0.01


class Line:
    """Whoever connects to the socket in `folder` speaks with the server whose socket lies in `server`.

    `delay_seconds`: how long everything is under way. `held`: the directions, as seen by who connects, in which nothing
    comes through: "there", to the server, and "back", from it. What waits goes on once it is held no more.
    """

    def __init__(self, server: Path, delay_seconds: float = 0.0) -> None:
        self.delay_seconds, self.held = delay_seconds, set[str]()
        self.folder = Path(tempfile.mkdtemp(prefix="fhline", dir="/tmp"))
        self.folder.chmod(0o755)
        self._server = str(server / SOCKET)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / SOCKET))
        (self.folder / SOCKET).chmod(0o777)
        self._listener.listen()
        Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Nobody connects any more; what waits is let go."""
        self.held.clear()
        self._listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                self._connect(caller)

    def _connect(self, caller: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self._server)
        except OSError:
            caller.close()
            return
        for source, target, way in ((caller, server, THERE), (server, caller, BACK)):
            Thread(target=self._pass_on, args=(source, target, way), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, way: str) -> None:
        """Until one of both hangs up, then for both."""
        with suppress(OSError):
            while data := source.recv(65536):
                time.sleep(self.delay_seconds)
                while way in self.held:
                    time.sleep(LOOK_SECONDS)
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
