"""How much of their time hosts offer, noted once a day: who has an open calendar is asked for more often, and that is
not to be mistaken for favour (R24)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select

from ..extensions import db
from ..models import Link, LinkHost, OfferedHours
from ..scheduling.kinds import LINK_KINDS
from ..scheduling.timeline import STEP_MINUTES, STEPS_A_DAY, Window, covered, step_after, steps_in
from .availability import offer_in, scene_of
from .contact import NOBODY
from .place import lock_links
from .seldom import Seldom
from .transaction import in_transaction

AHEAD_DAYS = 14
KEEP = timedelta(days=400)
# Links a round, so that the worker's other parts need not wait for all of them.
BATCH = 20
_ROTATING = [kind.key for kind in LINK_KINDS.values() if kind.rotates]

_rest = Seldom(timedelta(hours=1))


def note_offered_due(now: datetime) -> int:
    """Notes what links offer today that have no note of today yet. Old notes go. Returns how many links, where there
    may be more; else that is no work to come back for, and 0."""
    if not _rest.is_due(now):
        return 0
    due = _due(now)
    for link in due:
        _note(link, now)
    if len(due) < BATCH:
        in_transaction(lambda: prune_offered(now))
        _rest.done(now)
        return 0
    return len(due)


def offered_minutes(link: Link, now: datetime) -> dict[int, int]:
    """The minutes in which each host of the link could be booked within the next `AHEAD_DAYS` days, by what is known;
    of an owner-first link, by somebody whom nobody owns."""
    duration = link.durations[0]
    scene = scene_of(link, visitor=NOBODY, duration=duration, now=now)
    found = offer_in(scene, Window(step_after(now), AHEAD_DAYS * STEPS_A_DAY))
    return {
        host: covered(starts, steps_in(duration)).bit_count() * STEP_MINUTES
        for host, starts in found.by_host.items()
    }


def average_hours(link_id: int, first: date, last: date) -> dict[int, float]:
    """The hours that each host offered in `AHEAD_DAYS` days, on average over the notes of these dates, both included;
    who has no note is not in it."""
    noted = (
        select(OfferedHours.user_id, func.avg(OfferedHours.minutes))
        .where(OfferedHours.link_id == link_id, OfferedHours.on.between(first, last))
        .group_by(OfferedHours.user_id)
    )
    return {user_id: float(minutes) / 60 for user_id, minutes in db.session.execute(noted)}


def prune_offered(now: datetime) -> None:
    """Forgets notes that no page asks for any more. Inside a transaction."""
    db.session.execute(delete(OfferedHours).where(OfferedHours.on < (now - KEEP).date()))


def _due(now: datetime) -> list[Link]:
    noted = select(OfferedHours.link_id).where(OfferedHours.on == now.date())
    wanted = select(Link).where(
        Link.active, Link.kind.in_(_ROTATING), Link.hosts.any(), Link.id.not_in(noted)
    )
    return list(db.session.scalars(wanted.order_by(Link.id).limit(BATCH)))


def _note(link: Link, now: datetime) -> None:
    """What it offers is worked out beforehand: nobody who books waits for it."""
    link_id, minutes = link.id, offered_minutes(link, now)
    in_transaction(lambda: _store(link_id, minutes, now.date()))


def _store(link_id: int, minutes: Mapping[int, int], on: date) -> None:
    """Another worker may have been here. Who is out of the pool offers nothing."""
    lock_links([link_id])
    known: Collection[int] = set(
        db.session.scalars(
            select(OfferedHours.user_id).where(OfferedHours.link_id == link_id, OfferedHours.on == on)
        )
    )
    for user_id in db.session.scalars(select(LinkHost.user_id).where(LinkHost.link_id == link_id)):
        if user_id not in known:
            db.session.add(
                OfferedHours(link_id=link_id, user_id=user_id, on=on, minutes=minutes.get(user_id, 0))
            )
