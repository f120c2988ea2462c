"""A disk of two megabytes that can be filled, emptied, and made read-only."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class SmallDisk:
    """A file system in memory, mounted at `folder`. Raises CalledProcessError where this user may not mount one."""

    def __init__(self, folder: Path, kilobytes: int = 2048) -> None:
        self.folder, self._ballast = folder, folder / "ballast"
        folder.mkdir(exist_ok=True)
        _run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))

    def fill(self) -> None:
        """Leaves not a byte."""
        with self._ballast.open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"x" * 4096)
            except OSError:
                return

    def free(self) -> None:
        self._ballast.unlink()

    def protect(self) -> None:
        """Nothing can be written any more. No file of it may be open for writing."""
        _run("mount", "-o", "remount,ro", str(self.folder))

    def unprotect(self) -> None:
        _run("mount", "-o", "remount,rw", str(self.folder))

    def remove(self) -> None:
        _run("umount", "--lazy", str(self.folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@contextmanager
def small_disk() -> Iterator[SmallDisk]:
    with tempfile.TemporaryDirectory() as folder:
        disk = SmallDisk(Path(folder) / "disk")
        try:
            yield disk
        finally:
            disk.remove()


def may_mount() -> bool:
    """Whether this user may mount file systems."""
    if os.geteuid() != 0:
        return False
    try:
        with small_disk():
            return True
    except (OSError, subprocess.CalledProcessError):
        return False
