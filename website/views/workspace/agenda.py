"""The coming meetings of a user, day by day."""

from collections.abc import Sequence
from itertools import groupby

from flask_babel import gettext as _

from ... import clock
from ...models import Booking, User
from ..public.parameters import local
from ..public.words import clock_time, full_date
from .rows import BookingRow, booking_rows

# A row, and when it begins and ends on the reader's clock.
Entry = tuple[str, str, BookingRow]


def agenda(bookings: Sequence[Booking], reader: User) -> list[tuple[str, list[Entry]]]:
    """Each day with a meeting, in words, and its meetings; the days and times are those of the reader's zone."""
    today = local(clock.now(), reader.timezone).date()
    rows = booking_rows(bookings, reader)
    days = groupby(rows, key=lambda row: local(row.booking.start_at, reader.timezone).date())
    names = {0: _("Today"), 1: _("Tomorrow")}
    return [
        (
            _("%(day)s, %(date)s", day=names[ahead], date=full_date(day))
            if ahead in names
            else full_date(day),
            [_entry(row, reader) for row in found],
        )
        for day, found, ahead in ((day, list(found), (day - today).days) for day, found in days)
    ]


def _entry(row: BookingRow, reader: User) -> Entry:
    start, end = (local(at, reader.timezone) for at in (row.booking.start_at, row.booking.end_at))
    return clock_time(start), clock_time(end), row
