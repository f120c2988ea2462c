"""The nights on which clocks change, in ten zones: what is offered, booked, shown and put into calendars (R1, R10)."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_link, make_user
from tests.faults.visitors import ALL_DAY
from tests.peers.dav import DavUser
from tests.peers.google import Google
from tests.peers.google_links import with_google
from tests.peers.radicale import Radicale
from tests.services.google.linking import make_rep
from tests.services.test_booking import ask
from website.config import Config
from website.extensions import db
from website.models import Booking, Calendar, CalendarAccount, Link, User
from website.services.availability import offered_slots, scene_of
from website.services.booking import book
from website.services.calendar import refresh
from website.services.contact import NOBODY
from website.services.outbox import deliver_due

ANA = "ana@acme.example"
HALF_HOUR, HOUR, DAY = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)
pytestmark = [pytest.mark.fault(17), pytest.mark.rule("R1")]


@dataclass(frozen=True)
class Night:
    """A date of a zone on which its clocks change by `hours`: forward by what is positive."""

    zone: str
    on: date
    hours: float


# Where there is no change any more: the last one there was. Kathmandu and UTC have none.
NIGHTS = [
    Night("Europe/Berlin", date(2027, 3, 28), 1),
    Night("Europe/Berlin", date(2027, 10, 31), -1),
    Night("America/New_York", date(2027, 3, 14), 1),
    Night("America/New_York", date(2027, 11, 7), -1),
    Night("America/Sao_Paulo", date(2018, 11, 4), 1),
    Night("America/Sao_Paulo", date(2019, 2, 16), -1),
    Night("Australia/Sydney", date(2027, 10, 3), 1),
    Night("Australia/Sydney", date(2027, 4, 4), -1),
    Night("Australia/Lord_Howe", date(2027, 10, 3), 0.5),
    Night("Australia/Lord_Howe", date(2027, 4, 4), -0.5),
    Night("Africa/Casablanca", date(2027, 3, 14), 1),
    Night("Africa/Casablanca", date(2027, 2, 7), -1),
    Night("Asia/Kathmandu", date(2027, 3, 28), 0),
    Night("Asia/Kathmandu", date(2027, 10, 31), 0),
    Night("Pacific/Apia", date(2011, 12, 30), 24),  # a day that never was
    Night("Pacific/Apia", date(2011, 9, 24), 1),
    Night("Pacific/Apia", date(2021, 4, 4), -1),
    Night("Asia/Tehran", date(2022, 3, 22), 1),
    Night("Asia/Tehran", date(2022, 9, 21), -1),
    Night("UTC", date(2027, 3, 28), 0),
    Night("UTC", date(2027, 10, 31), 0),
]


@pytest.fixture(params=NIGHTS, ids=lambda night: f"{night.zone} {night.on}")
def night(request: pytest.FixtureRequest) -> Night:
    found: Night = request.param
    return found


def midnight(zone: ZoneInfo, on: date) -> datetime:
    """The first instant whose date in the zone is `on`, or a later one."""
    instant = datetime.combine(on, time(), UTC) - 15 * HOUR
    while instant.astimezone(zone).date() < on:
        instant += timedelta(minutes=15)
    return instant


def expected(night: Night) -> list[datetime]:
    """Every half hour of the day, counted by going along the instants: no rule of the product's."""
    zone, found = ZoneInfo(night.zone), list[datetime]()
    instant, end = midnight(zone, night.on), midnight(zone, night.on + DAY)
    while instant < end:
        if instant.astimezone(zone).minute % 30 == 0:
            found.append(instant)
        instant += timedelta(minutes=5)
    return found


@pytest.fixture
def now(night: Night) -> datetime:
    return datetime.combine(night.on, time(12), UTC) - 3 * DAY


def link_in(night: Night, host: User, now: datetime, **values: object) -> list[datetime]:
    """A link of the zone that is open day and night, after a first reading; what it offers on the date."""
    known = {"hours": ALL_DAY, "timezone": night.zone, "slug": "demo"} | values
    link = make_link("personal", hosts=[host], **known)
    db.session.commit()
    refresh([account.id for account in host.accounts], now)
    scene = scene_of(link, visitor=NOBODY, duration=30, now=now)
    return offered_slots(scene, night.zone, night.on, night.on).starts


def around_the_change(starts: list[datetime], night: Night) -> list[datetime]:
    """The half hours before and after the change, those that the clock shows twice among them."""
    zone = ZoneInfo(night.zone)
    offsets = [(start - HALF_HOUR).astimezone(zone).utcoffset() for start in starts]
    changed = [n for n, start in enumerate(starts) if start.astimezone(zone).utcoffset() != offsets[n]]
    first = changed[0] if changed else 4
    return starts[max(first - 2, 0) : first + 2]


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    return with_google(config, google)


def test_the_night_is_offered_booked_shown_and_put_into_google_as_it_is(
    world: Flask, client: FlaskClient, google: Google, night: Night, now: datetime
) -> None:
    starts = link_in(night, make_rep(google), now)
    assert starts == expected(night)
    assert len(starts) == len(set(starts)) == 2 * (24 - night.hours)
    chosen = around_the_change(starts, night)
    booked = book_all(chosen, night, now)
    deliver_due(now)
    events = google.events(ANA)
    assert sorted(instant(event["start"]) for event in events) == chosen
    assert sorted(instant(event["end"]) for event in events) == [start + HALF_HOUR for start in chosen]
    db.session.expire_all()
    assert [booking.start_at for booking in booked] == chosen
    pages = Counter(shown(client, booking) for booking in booked)
    assert set(pages.values()) <= {1}, "two instants are never shown in the same words"


def book_all(chosen: list[datetime], night: Night, now: datetime) -> list[Booking]:
    link = db.session.scalars(select(Link)).one()
    return [
        book(link, ask(start, timezone=night.zone, nonce=str(start), email=f"v{n}@prospect.example"), now=now)
        for n, start in enumerate(chosen)
    ]


def instant(when: dict[str, str]) -> datetime:
    return datetime.fromisoformat(when["dateTime"]).astimezone(UTC)


def shown(client: FlaskClient, booking: Booking) -> str:
    """When the meeting is, in the words of its page."""
    page = client.get(f"/booking/{booking.token}").text
    found = re.search(r">When</span></dt>\s*<dd>(.*?)</dd>", page, re.S)
    assert found
    return found[1]


@pytest.fixture
def dav(radicale: Radicale) -> DavUser:
    return radicale.new_user()


def test_a_caldav_server_holds_the_instants_of_the_night(
    world: Flask, dav: DavUser, night: Night, now: datetime
) -> None:
    office = dav.make_calendar("Office")
    user = make_user("Ana", calendar=False)
    account = CalendarAccount(kind="caldav", user=user, secret=dict(dav.account().secret))
    account.calendars = [Calendar(external_id=office, receives_bookings=True)]
    db.session.add(account)
    chosen = around_the_change(link_in(night, user, now), night)
    book_all(chosen, night, now)
    deliver_due(now)
    kept = icalendar.Calendar.from_ical(dav.ask("GET", office).text).walk("VEVENT")
    assert sorted(event["DTSTART"].dt.astimezone(UTC) for event in kept) == chosen
    assert sorted(event["DTEND"].dt.astimezone(UTC) for event in kept) == [one + HALF_HOUR for one in chosen]
