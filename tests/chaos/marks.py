"""The steps at which a process can be told to die, and the clock that processes share: files in one folder.

`armed/STEP` tells whichever process comes to that step first to kill itself there. It moves the file to
`hit/STEP@PID` before it does; `trail` holds a line `PID STEP MESSAGE` for every step that was passed.
"""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

MAIL = "mail"
WEB_STEPS = ("before-booking", "after-booking", "before-cancel", "after-cancel")
LEASE_STEPS = ("before-lease", "after-lease")
PLACES = ("before-effect", "after-effect", "before-mark", "after-mark")


def worker_steps(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The steps of a worker that delivers to these kinds of calendar account, and sends mails."""
    return (*LEASE_STEPS, *(f"{place}.{kind}" for kind in (*kinds, MAIL) for place in PLACES))


class Marks:
    """The folder, from both sides: processes pass steps, the killer arms them and reads what happened."""

    def __init__(self, folder: Path) -> None:
        self._armed, self._hit = folder / "armed", folder / "hit"
        self._trail, self._clock = folder / "trail", folder / "clock"

    def make(self) -> None:
        """Makes what the folder needs."""
        self._armed.mkdir()
        self._hit.mkdir()
        self._trail.touch()
        self._clock.write_text("0")

    def passed(self, step: str, message_id: int = 0) -> None:
        """This process is at a step. It does not come back from one that is armed."""
        with self._trail.open("a") as trail:
            trail.write(f"{os.getpid()} {step} {message_id}\n")
        try:
            (self._armed / step).rename(self._hit / f"{step}@{os.getpid()}")
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def arm(self, step: str) -> None:
        """Whoever comes to this step next dies there."""
        (self._armed / step).touch()

    def disarm(self) -> None:
        """Nobody dies any more at a step that nobody came to."""
        for step in self._armed.iterdir():
            step.unlink(missing_ok=True)

    def armed(self) -> set[str]:
        """The steps that nobody came to yet."""
        return {step.name for step in self._armed.iterdir()}

    def hits(self) -> list[tuple[str, int]]:
        """Step and process id of everyone who died at one."""
        parts = (hit.name.rpartition("@") for hit in self._hit.iterdir())
        return [(step, int(pid)) for step, _, pid in parts]

    def trail(self) -> list[tuple[int, str, int]]:
        """(process id, step, message id) in the order in which steps were passed; a torn line is left out."""
        lines = (line.split() for line in self._trail.read_text().splitlines())
        return [(int(line[0]), line[1], int(line[2])) for line in lines if len(line) == 3]

    def now(self) -> datetime:
        """The present instant of everybody who shares the folder."""
        return datetime.now(UTC) + timedelta(seconds=float(self._clock.read_text()))

    def jump(self, by: timedelta) -> None:
        """Lets so much time pass at once."""
        new = self._clock.with_suffix(".new")
        new.write_text(str(float(self._clock.read_text()) + by.total_seconds()))
        new.replace(self._clock)
