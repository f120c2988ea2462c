"""Rows that are valid by default; a test names only what it is about. All of them are flushed, not committed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from website.extensions import db
from website.models import (
    BuiltinEvent,
    Calendar,
    CalendarAccount,
    Contact,
    Link,
    LinkHost,
    Organisation,
    PersonalLink,
    User,
)
from website.scheduling.kinds import LINK_KINDS
from website.services.calendar import refresh_builtin

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE_HOURS = {day: ["09:00-17:00"] for day in WORKDAYS}
# A Monday, in winter in Europe and America alike.
NOW = datetime.fromisoformat("2027-02-01T08:00:00+00:00")

_numbers = count(1)


def make_organisation(name: str = "Acme", timezone: str = "Europe/Paris") -> Organisation:
    return _added(Organisation(id=1, name=name, timezone=timezone))


def make_user(name: str = "Ana", *, calendar: bool = True, seat: bool = True, **values: Any) -> User:
    """A user who may host: with a seat and a built-in calendar, unless told otherwise."""
    values.setdefault("email", f"{name.lower().replace(' ', '.')}{next(_numbers)}@acme.example")
    values.setdefault("timezone", "Europe/Paris")
    user = _added(User(name=name, seat=seat, **values))
    if calendar:
        make_calendar(user)
    return user


def make_calendar(
    user: User, busy: Iterable[tuple[datetime, datetime]] = (), *, now: datetime = NOW
) -> Calendar:
    """A built-in calendar with these busy times."""
    account = CalendarAccount(kind="builtin", user=user)
    calendar = Calendar(account=account, external_id="main", receives_bookings=True)
    _added(account)
    _added(calendar)
    make_busy(user, *busy, now=now)
    return calendar


def make_busy(user: User, *intervals: tuple[datetime, datetime], now: datetime = NOW) -> None:
    """Events in the user's built-in calendar."""
    account = next(account for account in user.accounts if account.kind == "builtin")
    for start, end in intervals:
        event = BuiltinEvent(
            calendar_id=account.calendars[0].id, uid=f"busy{next(_numbers)}", start_at=start, end_at=end
        )
        _added(event)
    db.session.expire_all()
    refresh_builtin(account, now)
    db.session.flush()


def make_feed(user: User, url: str = "https://feeds.acme.example/a.ics", **values: Any) -> CalendarAccount:
    """An ICS feed, not read yet unless `checked_at` and `known_until` say so."""
    account = _added(CalendarAccount(kind="ics", user=user, secret={"url": url}, **values))
    known = {name: values[name] for name in ("checked_at", "known_until") if name in values}
    _added(Calendar(account=account, external_id="main", **known))
    return account


def make_link(kind: str = "round_robin", hosts: Sequence[User] = (), **values: Any) -> Link:
    """A link over the hosts, in Paris office hours, with slots of 30 minutes and no notice."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "slug": f"link{number}",
        "title": "Product demo",
        "timezone": "Europe/Paris",
        "durations": [30],
        "hours": OFFICE_HOURS,
        "notice_minutes": 0,
        "window_days": 60,
        "assign_owner": LINK_KINDS[kind].assigns_owner,
    }
    link = Link(kind=kind, creator_id=hosts[0].id, **defaults | values)
    link.hosts = [LinkHost(user_id=host.id, position=position) for position, host in enumerate(hosts)]
    return _added(link)


def make_contact(
    email: str = "dana@prospect.example", owner: User | None = None, name: str = "Dana"
) -> Contact:
    return _added(Contact(email=email, name=name, owner_id=owner.id if owner else None))


def make_personal_link(
    link: Link, contact: Contact, *, until: datetime | None = None, now: datetime = NOW
) -> PersonalLink:
    """A personal link that works for a day, unless told otherwise."""
    until = until or now + timedelta(days=1)
    return _added(PersonalLink(link_id=link.id, contact_id=contact.id, created_at=now, expires_at=until))


def _added(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
