"""Lets the workers finish: dead workers' leases and retries are waited for by letting time pass at once."""

import time
from datetime import timedelta

from sqlalchemy import select

from tests.chaos.world import World
from website.extensions import db
from website.models import Message
from website.models.message import WAITING
from website.services.outbox import LEASE

QUIET_SECONDS, LOOK_SECONDS = 1.0, 0.1
MOST_JUMPS = 60

Waiting = dict[int, int]


def drain(world: World) -> Waiting:
    """Returns what is still waiting when nothing moves any more; empty where all is well."""
    for _ in range(MOST_JUMPS):
        waiting = _settled(world)
        if not waiting:
            return waiting
        # Whoever holds a lease by now is dead: no delivery takes that long here.
        world.marks.jump(LEASE + timedelta(seconds=1))
    return waiting


def _settled(world: World) -> Waiting:
    """What waits once nothing has been begun or finished for a while."""
    before, since = _waiting(world), time.monotonic()
    while before and time.monotonic() - since < QUIET_SECONDS:
        time.sleep(LOOK_SECONDS)
        now = _waiting(world)
        if now != before:
            before, since = now, time.monotonic()
    return before


def _waiting(world: World) -> Waiting:
    """The fence of each message that is not delivered, by its id."""
    with world.app.app_context():
        rows = db.session.execute(select(Message.id, Message.fence).where(Message.state == WAITING))
        return {row.id: row.fence for row in rows}
