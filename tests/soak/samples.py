"""What the site's processes and its database use, again and again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import func, make_url, select, text

from tests.bench.load import megabytes
from tests.chaos.world import World
from website.extensions import db
from website.models import Booking, Claim, Message
from website.models.message import WAITING
from website.services.outbox import lag

MB = 2**20
POSTGRES = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'site'),
  (SELECT sum(size) FROM pg_ls_waldir()), pg_database_size(current_database())
"""


@dataclass(frozen=True)
class Sample:
    """`memory` in MB by process, `ids` of the processes; `descriptors` of all of them, apart from their `connections`
    to the database; `journal` and `size` of the database in MB; `rows` by table."""

    ids: dict[str, int]
    memory: dict[str, float]
    descriptors: int
    connections: int
    journal: float
    size: float
    backlog: int
    lag_seconds: float
    rows: dict[str, int]


def sample(world: World) -> Sample:
    """How it is now."""
    with world.app.app_context():
        ids = world.processes.ids()
        opened = [name for pid in ids.values() for name in _opened(pid)]
        descriptors, connections, journal, size = ENGINES[db.engine.dialect.name](opened)
        found = Sample(
            ids, {name: megabytes(pid) for name, pid in ids.items()}, descriptors, connections, journal / MB,
            size / MB, _count(Message, Message.state == WAITING), lag(world.marks.now()).total_seconds(),
            {model.__tablename__: _count(model) for model in (Booking, Message, Claim)},
        )  # fmt: skip
        db.session.remove()
        return found


def _sqlite(opened: list[str]) -> tuple[int, int, float, float]:
    path = Path(str(make_url(str(db.engine.url)).database))
    mine = [name for name in opened if name.startswith(str(path))]
    journal = path.with_name(f"{path.name}-wal")
    return (
        len(opened) - len(mine),
        mine.count(str(path)),
        journal.stat().st_size if journal.exists() else 0,
        path.stat().st_size,
    )


def _postgresql(opened: list[str]) -> tuple[int, int, float, float]:
    connections, journal, size = db.session.execute(text(POSTGRES)).one()
    return len(opened) - connections, connections, float(journal), float(size)


ENGINES = {"sqlite": _sqlite, "postgresql": _postgresql}


def journal_limit(world: World) -> float:
    """How large the journal may become, in MB: what PostgreSQL is set to; for SQLite, several times what it lets come
    together before it puts it into the database."""
    with world.app.app_context():
        if db.engine.dialect.name == "sqlite":
            return 32.0
        limit = db.session.scalar(text("SELECT pg_size_bytes(current_setting('max_wal_size'))"))
        db.session.remove()
        return float(limit) / MB


def _opened(pid: int) -> Iterator[str]:
    """What a process's descriptors lead to."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield str(descriptor.readlink())
        except FileNotFoundError:
            continue


def _count(model: type, *where: object) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0)  # type: ignore[arg-type]


@contextmanager
def sampling(world: World, every_seconds: float) -> Iterator[list[Sample]]:
    """Samples that are taken until the end of the block."""
    taken, stopping = list[Sample](), Event()

    def work() -> None:
        while not stopping.wait(every_seconds):
            taken.append(sample(world))

    thread = Thread(target=work)
    thread.start()
    try:
        yield taken
    finally:
        stopping.set()
        thread.join()


def settled(world: World, descriptors: int, seconds: float) -> Sample:
    """How it is at rest: once there are no more descriptors than so many, or after so long."""
    end = time.monotonic() + seconds
    while (found := sample(world)).descriptors > descriptors and time.monotonic() < end:
        time.sleep(0.2)
    return found
