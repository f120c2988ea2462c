"""What the site's own books have to say in the end: bookings, claims, hosts."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import select

from tests.chaos.driver import Acknowledged
from website.extensions import db
from website.models import Booking, BookingHost, Claim
from website.models.booking import CANCELLED, CONFIRMED

ALWAYS_KEPT = datetime(1970, 1, 1, tzinfo=UTC)


def wrong_bookings(told: list[Acknowledged]) -> Iterator[str]:
    """Acknowledged and stored are the same, to the minute, and one for each visitor."""
    bookings = list(db.session.scalars(select(Booking)))
    known = Counter(
        (one.token, one.email, one.slug, one.start, CANCELLED if one.cancelled else CONFIRMED) for one in told
    )
    stored = Counter((one.token, one.email, one.link.slug, one.start_at, one.state) for one in bookings)
    yield from (f"acknowledged, and not stored so: {row}" for row in known - stored)
    yield from (f"stored, and not acknowledged so: {row}" for row in stored - known)
    twice = (email for email, times in Counter(one.email for one in bookings).items() if times > 1)
    yield from (f"{email} was booked twice" for email in twice)


def wrong_claims(kept_from: datetime = ALWAYS_KEPT) -> Iterator[str]:
    """Claims are the steps of active hosts of confirmed bookings, all of them and no others; none of meetings that
    ended before `kept_from`."""
    standing = (BookingHost.active, Booking.end_at >= kept_from)
    parts = db.session.scalars(select(BookingHost).join(Booking).where(*standing))
    due = {(part.booking_id, part.user_id, step) for part in parts for step in _steps(part)}
    rows = db.session.execute(select(Claim.booking_id, Claim.host_id, Claim.step))
    claimed = {(row[0], row[1], row[2]) for row in rows}
    yield from (f"no claim for (booking, host, step) {missing}" for missing in due - claimed)
    yield from (f"a claim for nobody: (booking, host, step) {orphan}" for orphan in claimed - due)
    cancelled = select(BookingHost).join(Booking).where(BookingHost.active, Booking.state == CANCELLED)
    for part in db.session.scalars(cancelled):
        yield f"cancelled booking {part.booking_id} still occupies a host"


def _steps(part: BookingHost) -> range:
    return range(part.occupied_from, part.occupied_until)


def overlaps() -> Iterator[str]:
    """No host is in two places at once."""
    times = defaultdict(list)
    for part in db.session.scalars(select(BookingHost).where(BookingHost.active)):
        times[part.user_id].append((part.occupied_from, part.occupied_until))
    for host, occupied in times.items():
        for before, after in pairwise(sorted(occupied)):
            if before[1] > after[0]:
                yield f"host {host} is booked twice at step {after[0]}"
