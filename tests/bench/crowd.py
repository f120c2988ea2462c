"""Contacts and past bookings by the million, made by the database itself; what is recent stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Table, func, select, text

from tests.factories import make_link, make_organisation, make_user
from website.extensions import db
from website.models import Booking, BookingHost, Contact, ContactAddress, Link
from website.services.booking import book
from website.services.booking_request import Request

HOSTS, LINKS, RECENT = 10, 4, 400
YEARS, APART_DAYS = 5, 200
# No statement may take longer than those of the site.
CHUNK = 50_000
SLUG = "link0"
# How each engine writes an instant that so many seconds of the epoch are.
INSTANTS = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', {seconds}, 'unixepoch')",
    "postgresql": "to_timestamp({seconds})",
}


@dataclass(frozen=True, slots=True)
class Crowd:
    """What stays the same however many there are: an admin, the link that is measured, a booking to copy."""

    now: datetime
    admin_id: int
    first_link_id: int
    template_id: int


def found(now: datetime) -> Crowd:
    """Makes the team, its links, and as many recent bookings as it always has, with the receipts of the rotation;
    commits."""
    make_organisation()
    hosts = [make_user(f"Host {number}", role="admin" if not number else "member") for number in range(HOSTS)]
    common = {"owner_first": True, "company_owner": True, "previous_host": True, "rotation": "balanced"}
    links = [make_link(hosts=hosts, slug=f"link{number}", **common) for number in range(LINKS)]
    db.session.commit()
    first, admin_id = links[0], hosts[0].id
    template = _booked(first, now)
    crowd = Crowd(now, admin_id, first.id, template.id)
    _copy(crowd, 1, RECENT, _recently(crowd))
    return crowd


def _booked(link: Link, now: datetime) -> Booking:
    """A meeting as booking makes it; then it is over."""
    start = (now + timedelta(days=7 - now.weekday())).replace(hour=10, minute=0, second=0, microsecond=0)
    booking = book(
        link,
        Request(
            start_at=start,
            duration=30,
            timezone="UTC",
            name="Dana",
            email="dana@prospect.example",
            nonce="first",
        ),
        now=now,
    )
    booking.created_at, booking.start_at = now - timedelta(days=1), now - timedelta(hours=2)
    booking.end_at = now - timedelta(hours=1)
    booking.contact.addresses = [ContactAddress(email="dana@elsewhere.example")]
    db.session.commit()
    return booking


def grow(crowd: Crowd, count: int) -> None:
    """Makes contacts and past bookings until there are so many of each; commits."""
    have = db.session.scalar(select(func.count()).select_from(Booking)) or 0
    for first in range(have, count, CHUNK):
        _copy(crowd, first, min(count, first + CHUNK) - 1, _long_ago(crowd))
    if db.engine.dialect.name == "postgresql":
        # Autovacuum would do it within minutes.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))


def some_addresses(count: int, rng: Random) -> list[str]:
    """Addresses of contacts whom there are from the smallest crowd on."""
    numbers = [rng.randrange(RECENT, 1000) for _ in range(count)]
    return [f"p{number:07}@prospect{number % 9}.example" for number in numbers]


def _recently(crowd: Crowd) -> str:
    """A booking every few hours of the last twelve weeks, through all links."""
    return f"{int(crowd.now.timestamp())} - n.i * {84 * 86_400 // RECENT}"


def _long_ago(crowd: Crowd) -> str:
    """Spread evenly over years that ended before whatever anybody looks back."""
    end = int((crowd.now - timedelta(days=APART_DAYS)).timestamp())
    return f"{end} - (n.i * 7919) % {YEARS * 365 * 288} * 300"


def _copy(crowd: Crowd, first: int, last: int, seconds: str) -> None:
    """Contacts with a further address each, bookings and their hosts, with the numbers from `first` to `last`, as
    copies of the template."""
    shift = {"first": first, "last": last, "template": crowd.template_id}
    contact_id = db.session.get_one(Booking, crowd.template_id).contact_id
    made, over = _instant(seconds), _instant(f"{seconds} + 1800")
    unique = "'n' || n.i"
    _fill(
        Contact.__table__,
        {
            "id": "1000 + n.i",
            "email": "'p' || substr('' || (10000000 + n.i), 2) || '@prospect' || (n.i % 9) || '.example'",
            "name": "'Person ' || n.i",
            "company": "'Company ' || (n.i % 50000)",
            "owner_id": f"CASE WHEN n.i % 3 = 0 THEN {crowd.admin_id} + n.i % {HOSTS} END",
        },
        shift | {"template": contact_id},
    )
    _fill(
        ContactAddress.__table__,
        {
            "email": "'q' || substr('' || (10000000 + n.i), 2) || '@elsewhere.example'",
            "contact_id": "1000 + n.i",
        },
        shift | {"template": contact_id},
        key="contact_id",
    )
    receipt = {} if seconds == _recently(crowd) else {"receipt": "'{}'"}
    _fill(
        Booking.__table__,
        {
            "id": "1000 + n.i", "contact_id": "1000 + n.i", "token": unique, "uid": unique, "nonce": unique,
            "link_id": f"{crowd.first_link_id} + n.i % {LINKS}", "created_at": made, "start_at": made, "end_at": over,
            "owner_routed": "(n.i % 3 = 0)", **receipt,
        },
        shift,
    )  # fmt: skip
    step = f"({seconds}) / 300"
    _fill(
        BookingHost.__table__,
        {
            "booking_id": "1000 + n.i",
            "user_id": f"{crowd.admin_id} + (n.i * 31 + n.i / 7) % {HOSTS}",
            "occupied_from": step,
            "occupied_until": f"{step} + 6",
        },
        shift,
        key="booking_id",
    )
    db.session.commit()


def _instant(seconds: str) -> str:
    return INSTANTS[db.engine.dialect.name].format(seconds=seconds)


def _fill(table: Table, values: Mapping[str, str], shift: Mapping[str, int], key: str = "id") -> None:
    """Copies a row of a table once for each number, with these expressions in the place of its own values; each value
    of JSON is cast to its column's type."""
    names = [column.name for column in table.columns]
    read = [_cast(table, name, values[name]) if name in values else f"t.{name}" for name in names]
    statement = (
        "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"
        f" SELECT {', '.join(read)} FROM n, {table.name} AS t WHERE t.{key} = :template"
    )
    db.session.execute(text(f"INSERT INTO {table.name} ({', '.join(names)}) {statement}"), dict(shift))


def _cast(table: Table, name: str, expression: str) -> str:
    """An expression as a value of a column, where PostgreSQL insists."""
    kind = table.columns[name].type.compile(db.engine.dialect)
    wanted = db.engine.dialect.name == "postgresql" and kind in ("JSON", "INTEGER")
    return f"CAST({expression} AS {kind})" if wanted else expression
