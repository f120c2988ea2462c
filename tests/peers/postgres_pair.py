"""A PostgreSQL server and its standby, with a line between them."""

import time

from sqlalchemy import make_url

from tests.peers.line import Line
from tests.peers.postgres import Postgres

LOOK_SECONDS, PATIENCE_SECONDS = 0.02, 60.0


class PostgresPair:
    """The standby follows over `line`, which it calls: "back" carries what happened, "there" that it was stored.

    No commit waits for the standby until `synchronous` says so.
    """

    def __init__(self, primary: Postgres) -> None:
        self.primary = primary
        self.line = Line(primary.folder)
        self.standby = Postgres(lasting=True, follows=self.line.folder)
        self._await("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", 1)

    def url(self, database_url: str) -> str:
        """The address of whichever of both takes bookings, for the address of the primary's database."""
        name = make_url(database_url).database
        hosts = f"{self.primary.folder},{self.standby.folder}"
        return f"postgresql+psycopg://postgres@/{name}?host={hosts}&target_session_attrs=read-write"

    def synchronous(self) -> None:
        """From now on a commit waits for the standby. The standby itself, once promoted, waits for nobody."""
        self.primary.ask("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'")
        self.primary.ask("SELECT pg_reload_conf()")
        self._await("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'", 1)

    def level(self) -> None:
        """Waits until the standby has everything."""
        self._await("SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()", 1)

    def wait_for_waiting(self) -> None:
        """Waits until somebody's commit waits for the standby."""
        self._await("SELECT (count(*) > 0)::int FROM pg_stat_activity WHERE wait_event = 'SyncRep'", 1)

    def fail_over(self) -> None:
        """The primary is gone from one moment to the next, and stays so; the standby takes its place."""
        self.primary.crash()
        self.standby.promote()

    def stop(self) -> None:
        self.standby.stop()
        self.line.stop()

    def _await(self, question: str, answer: int) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while self.primary.ask(question) != answer:
            assert time.monotonic() < end, f"never {answer}: {question}"
            time.sleep(LOOK_SECONDS)
