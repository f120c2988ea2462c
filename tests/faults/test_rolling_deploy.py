"""An upgrade while people book: the release before and this one at work on the same tables (both engines)."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Barrier
from time import sleep
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select, text

from tests.chaos.audit import wrong_books
from tests.chaos.driver import HIDDEN, Acknowledged, Visitors
from tests.chaos.letters import CHANNELS, wrongly_written
from tests.chaos.world import GROUP, POOL
from tests.conftest import BASE
from tests.faults.two_releases import BEFORE, Release, releases
from tests.peers.postgres import Postgres
from tests.peers.smtp import MailServer
from tests.peers.web import WebServer
from tests.test_deploy import wait_until
from website import create_app
from website.extensions import db
from website.models import Booking, Message
from website.models.booking import CANCELLED
from website.models.message import WAITING
from website.services import booking_mail

pytestmark = [pytest.mark.fault(31), pytest.mark.slow, pytest.mark.rule("R30"), pytest.mark.rule("R32")]

ALWAYS = (
    "{ "
    + ", ".join(f'{day} = ["00:00-24:00"]' for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    + " }"
)
WORKSPACE = """
[organisation]
name = "Acme"
timezone = "Europe/Paris"
"""
USER = """
[[users]]
email = "{name}@acme.example"
name = "{name}"
timezone = "Europe/Paris"
role = "{role}"
seat = true
calendars = [{calendar}]
"""
LINK = """
[[links]]
slug = "{slug}"
kind = "{kind}"
title = "Demo"
timezone = "Europe/Paris"
durations = [30]
hours = {hours}
window_days = 60
{hosts}
"""
# Who books through which release: their numbers lie apart.
BEFORE_FIRST, NOW_FIRST = 1, 100_001
EACH, SAME = 6, 8
# Whoever sends a form sooner than a person can is asked to look at it first.
UNHURRIED_SECONDS = 2.5
MINE, ALARMED = "solo", "dev@acme.example"


@pytest.fixture(autouse=True)
def _monday() -> None:
    """The processes go by the clock on the wall, and so do these tests."""


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'site.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


@pytest.fixture
def feed() -> Iterator[WebServer]:
    """A calendar that is gone, which its user is told of by mail."""
    server = WebServer()
    server.status = 410
    yield server
    server.stop()


@dataclass
class Upgrade:
    """Two releases and their database, read by `app` once its tables are this release's; `mail` takes the mails."""

    before: Release
    now: Release
    app: Flask
    mail: MailServer


@pytest.fixture
def upgrade(address: str, tmp_path: Path, mail_server: MailServer, feed: WebServer) -> Iterator[Upgrade]:
    """The release before, at work with what it made: a team and their links."""
    before, now = releases(address, tmp_path)
    before.run("db", "upgrade")
    before.run("workspace", "apply", "-", given=workspace(feed.url))
    app = create_app(replace(BASE, database_url=address))
    with app.app_context():
        assert db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == BEFORE
        db.session.rollback()
        yield Upgrade(before, now, app, mail_server)
        db.session.remove()
        db.engine.dispose()


def workspace(feed: str) -> str:
    """Three hosts with calendars of our own, links of every kind, and somebody whose calendar is gone."""
    own = dict.fromkeys(("ana", "ben", "cleo"), '{ kind = "builtin" }')
    gone = {"dev": f'{{ kind = "ics", url = "{feed}" }}'}
    users = [
        USER.format(name=name, role="admin" if name == "ana" else "member", calendar=calendar)
        for name, calendar in (own | gone).items()
    ]
    every = {
        "personal": (MINE, ["cleo"]),
        "round_robin": (POOL, ["ana", "ben"]),
        "group": (GROUP, ["ana", "ben"]),
    }
    links = [
        LINK.format(slug=slug, kind=kind, hours=ALWAYS, hosts=f"hosts = {_hosts(names)}")
        for kind, (slug, names) in every.items()
    ]
    return "".join([WORKSPACE, *users, *links])


def _hosts(names: list[str]) -> str:
    return "[" + ", ".join(f'{{ user = "{name}@acme.example" }}' for name in names) + "]"


def test_the_release_before_serves_on_until_this_one_has_taken_over(upgrade: Upgrade) -> None:
    before, now, mail = upgrade.before, upgrade.now, upgrade.mail
    with before.web() as old_url:
        old = Visitors(old_url, BEFORE_FIRST)
        book(old)
        leave_a_mail(before, mail)
        now.run("db", "upgrade")
        book(old)
        with now.worker(mail.url()), now.web() as new_url:
            new = Visitors(new_url, NOW_FIRST)
            book(old, new)
            told = [*want_the_same(old_url, new_url), *fill_in_here_send_there(old_url, new_url)]
            told += [retry_there(old_url, new_url), retry_there(new_url, old_url)]
            see_the_same(old_url, new_url)
            wait_until(lambda: waiting() == 0)
    with now.worker(mail.url()), now.web() as new_url:
        new.url = new_url
        book(new)
        wait_until(lambda: waiting() == 0)
    assert wrong_books(None, [*old.booked, *new.booked, *told]) == []
    assert wrong_mails(mail, new) == []
    assert "Traceback" not in before.said() + now.said()


def book(*crowds: Visitors) -> None:
    """Visitors book and call off, at several sites at once; each site takes a few more bookings."""
    wanted = {crowd.url: crowd.seen["booked"] + EACH for crowd in crowds}
    for crowd in crowds:
        crowd.start(3)
    wait_until(lambda: all(one.wrong or one.seen["booked"] >= wanted[one.url] for one in crowds))
    for crowd in crowds:
        crowd.stop()
        assert crowd.wrong == []


def leave_a_mail(before: Release, mail: MailServer) -> None:
    """The old worker writes a mail, which the mail server puts off, and is stopped."""
    mail.says["MAIL"] = "451 Later"
    with before.worker(mail.url()):
        wait_until(lambda: put_off("email") == 1)
    mail.says.clear()


def put_off(channel: str) -> int:
    """How many messages of a channel wait for another attempt."""
    return messages(Message.channel == channel, Message.attempts > 0, Message.lease_until.is_(None))


def waiting() -> int:
    """How many messages are on their way."""
    return messages()


def messages(*conditions: Any) -> int:
    """How many wait and are so. Asks for columns that both releases have, and holds nothing up."""
    found = db.session.scalars(select(Message.id).where(Message.state == WAITING, *conditions)).all()
    db.session.rollback()
    return len(found)


def want_the_same(*sites: str) -> list[Acknowledged]:
    """At every site somebody wants the same time of the same host in the same moment: one of them gets it."""
    told = []
    for number in range(SAME):
        start, ready = slots(sites[0])[-1 - number], Barrier(len(sites))

        def want(
            site: str, number: int = number, start: str = start, ready: Barrier = ready
        ) -> requests.Response:
            ready.wait()
            return post(site, start, f"same{number}.{sites.index(site)}@prospect.example", key="")

        with ThreadPoolExecutor(len(sites)) as pool:
            answers = list(pool.map(want, sites))
        assert sorted(one.status_code for one in answers) == [201, 409]
        place = [one.status_code for one in answers].index(201)
        told.append(
            acknowledged(answers[place].json()["id"], f"same{number}.{place}@prospect.example", start)
        )
    return told


def fill_in_here_send_there(*sites: str) -> list[Acknowledged]:
    """A form that one release showed is sent to the other one, as behind a balancer."""
    told = []
    for here, there in (sites, reversed(sites)):
        start, email = slots(here)[100], f"form{len(told)}@prospect.example"
        slot = {"slot": f"{datetime.fromisoformat(start).astimezone(UTC):%Y%m%dT%H%MZ}", "timezone": "UTC"}
        page = requests.get(f"{here}/book/{MINE}/details", params=slot, timeout=60)
        sleep(UNHURRIED_SECONDS)
        form = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
        form |= {"name": "Dana", "email": email, "guests": ""}
        tokens = [send(site, form) for site in (there, here)]
        assert tokens[0] == tokens[1]
        told.append(acknowledged(tokens[0].rpartition("/")[2], email, start))
    return told


def send(site: str, form: dict[str, str]) -> str:
    """Sends the form, which has to make a booking, and returns where that leads to."""
    answer = requests.post(f"{site}/book/{MINE}", data=form, allow_redirects=False, timeout=60)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def retry_there(here: str, there: str) -> Acknowledged:
    """A program whose answer was lost asks again, and comes to the other release; then it calls the meeting off."""
    start, email = slots(here)[200], f"retry.{here[-5:]}@prospect.example"
    first, again = post(here, start, email, key=email), post(there, start, email, key=email)
    assert (first.status_code, again.status_code) == (201, 201)
    token = first.json()["id"]
    assert again.json()["id"] == token
    answer = requests.post(
        f"{there}/booking/{token}/cancel", data={"reason": ""}, allow_redirects=False, timeout=60
    )
    assert answer.status_code == 303
    return replace(acknowledged(token, email, start), cancelled=True)


def see_the_same(*sites: str) -> None:
    """Both offer the same times, and show every booking."""
    for slug in (MINE, POOL, GROUP):
        assert slots(sites[0], slug) == slots(sites[1], slug)
    stored = db.session.execute(select(Booking.token, Booking.state)).all()
    db.session.rollback()
    for token, state in stored:
        for site in sites:
            page = requests.get(f"{site}/booking/{token}", timeout=60)
            assert page.status_code == 200
            assert ("is cancelled" in page.text) == (state == CANCELLED)


def slots(site: str, slug: str = MINE) -> list[str]:
    """The starts that are offered, as the API writes them."""
    today = datetime.now(UTC)
    days = {"from": f"{today:%Y-%m-%d}", "to": f"{today + timedelta(days=55):%Y-%m-%d}", "timezone": "UTC"}
    found: list[str] = requests.get(f"{site}/api/v1/links/{slug}/slots", params=days, timeout=60).json()[
        "slots"
    ]
    return found


def post(site: str, start: str, email: str, *, key: str) -> requests.Response:
    body = {"start": start, "name": "Dana", "email": email, "timezone": "Europe/Paris"}
    headers = {"Idempotency-Key": key} if key else {}
    return requests.post(f"{site}/api/v1/links/{MINE}/bookings", json=body, headers=headers, timeout=60)


def acknowledged(token: str, email: str, start: str) -> Acknowledged:
    return Acknowledged(token, email, MINE, datetime.fromisoformat(start))


def wrong_mails(mail: MailServer, new: Visitors) -> list[str]:
    """Every mail came once; whoever booked through this release has theirs. The release before writes none."""
    letters = [one for one in db.session.scalars(select(Message)) if one.channel in CHANNELS]
    due, came = Counter(one.payload["to"] for one in letters), Counter(str(one["To"]) for one in mail.taken)
    assert due[ALARMED] == 1
    tokens = [one.token for one in new.booked]
    theirs = list(db.session.scalars(select(Booking).where(Booking.token.in_(tokens))))
    numbers = [one.id for one in theirs]
    return [
        *(f"never came: {row}" for row in due - came),
        *(f"came too often: {row}" for row in came - due),
        *wrongly_written([one for one in letters if one.booking_id in numbers], theirs),
    ]


def test_an_old_worker_puts_off_what_it_does_not_know(upgrade: Upgrade) -> None:
    """The other order, which nobody should choose: mails come late, and come."""
    before, now, mail = upgrade.before, upgrade.now, upgrade.mail
    now.run("db", "upgrade")
    with now.web() as url:
        new = Visitors(url, NOW_FIRST)
        with before.worker(mail.url()):
            book(new)
            # It puts all events into calendars meanwhile.
            wait_until(lambda: messages(Message.channel != booking_mail.CHANNEL) == 0 and bool(mail.taken))
            wait_until(lambda: put_off(booking_mail.CHANNEL) > 0)
        assert [str(one["To"]) for one in mail.taken] == [ALARMED]
        with now.worker(mail.url()):
            wait_until(lambda: waiting() == 0)
    assert wrong_books(None, new.booked) == []
    assert wrong_mails(mail, new) == []
