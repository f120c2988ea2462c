"""Unlinking a calendar account: what that costs, and doing it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ..extensions import db
from ..models import Booking, BookingEvent, Calendar, CalendarAccount, Link, LinkHost, User
from ..models.booking import CONFIRMED
from .calendar_alarm import calm
from .connect import own_account
from .disconnection import give_back
from .found_calendars import settle_receiving
from .hosts import host_of
from .transaction import in_transaction


@dataclass(frozen=True, slots=True)
class Costs:
    """`links` lose their user as a host; `events` coming meetings stand in the account, and stay there unattended;
    `receives`: bookings go into it at present."""

    links: list[Link]
    events: int
    receives: bool


def costs_of_unlinking(account: CalendarAccount, now: datetime) -> Costs:
    """What unlinking an account costs its user."""
    host = host_of(account.user_id, now, without_account=account.id)
    links: list[Link] = []
    if host is not None and host.standing == "no_calendar":
        on = select(Link).join(LinkHost).where(LinkHost.user_id == account.user_id, Link.active)
        links = list(db.session.scalars(on.order_by(Link.title)))
    receives = any(calendar.receives_bookings for calendar in account.calendars)
    return Costs(links, _coming_events(account, now), receives)


def _coming_events(account: CalendarAccount, now: datetime) -> int:
    standing = (
        select(func.count())
        .select_from(BookingEvent)
        .join(Booking)
        .join(Calendar, Calendar.id == BookingEvent.calendar_id)
        .where(
            Calendar.account_id == account.id,
            BookingEvent.sequence.is_not(None),
            Booking.state == CONFIRMED,
            Booking.end_at > now,
        )
    )
    return db.session.scalar(standing) or 0


def unlink(user_id: int, account_id: int, now: datetime) -> None:
    """Removes an account with all that is known of it. Meetings stay, here and there. Raises UnknownCalendar."""

    def work() -> None:
        user = db.session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
        account = own_account(user_id, account_id)
        calm(account)
        give_back(account, now)
        user.accounts.remove(account)
        db.session.flush()
        settle_receiving(user)

    in_transaction(work)
