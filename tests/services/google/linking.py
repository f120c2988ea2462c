"""Users with linked Google accounts, and how they are read and booked."""

from datetime import datetime, timedelta
from typing import Any

from tests.factories import NOW, make_link, make_user
from tests.peers.google import Google
from tests.peers.google.records import full_scope
from tests.peers.google_links import ALL, secret_of
from website.extensions import db
from website.models import Booking, Calendar, CalendarAccount, Link, User
from website.services.availability import offered_slots, scene_of
from website.services.booking import book
from website.services.booking_request import Request
from website.services.calendar import refresh
from website.services.contact import NOBODY
from website.services.worker import work_once

NINE = datetime.fromisoformat("2027-02-02T08:00:00+00:00")
HALF_HOUR, MINUTE = timedelta(minutes=30), timedelta(minutes=1)
DANA = "dana@prospect.example"


def make_rep(
    google: Google, name: str = "Ana", scopes: tuple[str, ...] = ALL, seconds: float = 3600, **calendar: Any
) -> User:
    """A user whose one calendar is the primary one of a Google account; `seconds` is how long its token lasts."""
    email = f"{name.lower()}@acme.example"
    google.add_account(email, time_zone="Europe/Paris")
    user = make_user(name, calendar=False, email=email)
    account = CalendarAccount(
        kind="google",
        user=user,
        secret=secret_of(google.grant(email, *scopes), seconds),
        scopes=" ".join(map(full_scope, scopes)),
    )
    known = {"receives_bookings": True, "writable": True, "primary": True, "meets": True}
    db.session.add_all([account, Calendar(account=account, external_id=email, **(known | calendar))])
    db.session.commit()
    return user


def link_of(*hosts: User, kind: str = "personal", **values: Any) -> Link:
    """A link whose meetings take place on Google Meet, once all its hosts were read."""
    link = make_link(kind, hosts=hosts, place={"kind": "meet"}, **values)
    db.session.commit()
    read(*hosts)
    return link


def read(*users: User, now: datetime = NOW) -> list[str]:
    """Reads the users' accounts; returns the outcome of each."""
    return list(refresh([account.id for user in users for account in user.accounts], now).values())


def account_of(user: User) -> CalendarAccount:
    """The user's only account, as it is in the database now."""
    db.session.rollback()
    (account,) = user.accounts
    return account


def starts(link: Link, now: datetime = NOW) -> list[datetime]:
    """What the link offers on the day of NINE."""
    db.session.rollback()
    day = NINE.date()
    scene = scene_of(link, visitor=NOBODY, duration=30, now=now)
    return offered_slots(scene, "Europe/Paris", day, day).starts


def book_nine(link: Link, now: datetime = NOW) -> Booking:
    """Dana books the slot at nine."""
    request = Request(
        NINE, duration=30, timezone="Europe/London", name="Dana Prospect", email=DANA, nonce="first"
    )
    return book(link, request, now=now)


def work(now: datetime = NOW, rounds: int = 12) -> datetime:
    """Lets the worker do its rounds, with as much time between them as any retry waits at first."""
    for _ in range(rounds):
        work_once(now)
        now += timedelta(hours=2)
    db.session.expire_all()
    return now


def mails(google: Google) -> list[tuple[str, str]]:
    """What Google told guests, in order."""
    return [(mail.kind, mail.guest) for mail in google.invitations]
