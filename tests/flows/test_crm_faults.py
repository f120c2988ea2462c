"""Whatever happens to the CRM, whoever books is booked; the receipt says to the rep and to the admin what it was."""

import logging
import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_link, make_user
from tests.flows.owner_first import page_of
from tests.peers.hubspot import HubSpot
from tests.peers.hubspot_site import with_hubspot
from tests.views.public.test_booking_page import fill_in, first_time, hidden
from tests.views.workspace.test_links import sign_in
from website.config import Config
from website.extensions import db
from website.models import Booking, Message, User
from website.models.message import FAILED
from website.scheduling.receipt import CRM_OUTCOMES
from website.services import crm
from website.services.breaker import Breaker
from website.services.crm_owner import read_owners_now
from website.services.worker import work_once
from website.views.workspace.rows import BookingRow, booking_row

DANA = "dana@prospect.example"
PATIENCE = 10
pytestmark = [pytest.mark.rule("R20"), pytest.mark.rule("R24"), pytest.mark.rule("R32")]


@pytest.fixture(autouse=True)
def _patiently(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages before the booking leave it to that to see the fault itself, and a busy machine is no slow CRM."""
    monkeypatch.setattr(crm, "BUDGET_SECONDS", 20.0)
    monkeypatch.setattr(crm, "breaker", Breaker(PATIENCE, crm.REST_SECONDS))
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def config(config: Config, hubspot: HubSpot) -> Config:
    return with_hubspot(config, hubspot)


def archived(hubspot: HubSpot) -> None:
    hubspot.add_contact(DANA, hubspot.add_owner("gone@acme.example", archived=True))


def stranger(hubspot: HubSpot) -> None:
    hubspot.add_contact(DANA, hubspot.add_owner("stranger@elsewhere.example"))


def two_contacts(hubspot: HubSpot) -> None:
    one, other = (hubspot.add_owner(f"{name}@acme.example") for name in ("one", "other"))
    hubspot.add_contact(DANA, one)
    hubspot.add_contact("dana@home.example", other, DANA)


def nobody(_hubspot: HubSpot) -> None:
    """HubSpot does not know the address: its answer is a 404."""


def known(hubspot: HubSpot) -> None:
    hubspot.add_contact(DANA)


def failing(kind: str, on: str = "", retry_after: int | None = None) -> Callable[[HubSpot], None]:
    def fail(hubspot: HubSpot) -> None:
        hubspot.add_contact(DANA)
        hubspot.fail(kind, on=on, retry_after=retry_after)

    return fail


def resting(hubspot: HubSpot) -> None:
    hubspot.fail("unavailable")
    for _time in range(PATIENCE):
        crm.breaker.failed()


# What happens, what the receipt holds, and whether the rep hears of it.
FAULTS: dict[str, tuple[Callable[[HubSpot], None], str, bool]] = {
    "401": (failing("unauthorized"), "refused", True),
    "403, a scope is missing": (failing("missing scope"), "refused", True),
    "404": (nobody, "unknown", False),
    "404 for a path": (failing("not found"), "failed", True),
    "429, ten seconds": (failing("ten secondly"), "limited", True),
    "429, ten seconds, Retry-After": (failing("ten secondly", retry_after=5), "limited", True),
    "429, a day": (failing("daily"), "resting", True),
    "429, the search alone": (failing("search secondly", on="search"), "unowned", False),
    "429, the search, unknown": (
        lambda hubspot: hubspot.fail("search secondly", on="search"),
        "unknown",
        False,
    ),
    "500": (failing("error"), "failed", True),
    "502": (failing("bad gateway"), "failed", True),
    "503": (failing("unavailable"), "failed", True),
    "too slow": (failing("slow"), "too_slow", True),
    "cut": (failing("cut"), "failed", True),
    "HTML": (failing("html"), "failed", True),
    "half an answer": (failing("truncated"), "failed", True),
    "owner archived": (archived, "owner_archived", True),
    "owner unknown here": (stranger, "owner_unknown", True),
    "two contacts": (two_contacts, "ambiguous", True),
    "it failed before": (resting, "resting", True),
    "known, unowned": (known, "unowned", False),
}


class Site:
    """A site with one owner-first link, its admin and its rep."""

    def __init__(self, hubspot: HubSpot) -> None:
        self.boss = make_user("Boss", role="admin", calendar=False, seat=False)
        self.ana = make_user("Ana")
        make_link(hosts=[self.ana], slug="demo", owner_first=True)
        db.session.commit()
        self.hubspot = hubspot

    def read_owners(self) -> None:
        assert read_owners_now(by=self.boss, now=NOW)


@pytest.fixture
def site(world: Flask, hubspot: HubSpot) -> Site:
    return Site(hubspot)


def book(client: FlaskClient) -> Booking:
    """Books the first time as a visitor does, with the question for the address first."""
    page = page_of(client, "demo", DANA)
    form = client.get(first_time(page)).text
    answer = client.post("/book/demo", data=hidden(form) | fill_in())
    assert answer.status_code == 303, answer.text
    confirmation = client.get(answer.location)
    assert confirmation.status_code == 200 and "Ana" in confirmation.text
    db.session.rollback()
    return db.session.query(Booking).one()


def _hasten(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CRM that is too slow is so sooner."""
    if fault == "too slow":
        monkeypatch.setattr(crm, "BUDGET_SECONDS", 0.3)


def read_by(client: FlaskClient, user: User, booking: Booking) -> str:
    """The booking's page, as a user reads it."""
    sign_in(client, user)
    page = client.get(f"/bookings/{booking.id}").text
    return unescape(re.sub(r"<[^>]+>", " ", page))


def rows_for(app: Flask, booking: Booking, *readers: User) -> list[BookingRow]:
    """What that page and the lists say of it to each."""
    with app.test_request_context():
        return [booking_row(booking, reader) for reader in readers]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_booking_goes_on_and_the_receipt_says_what_happened(
    world: Flask, site: Site, client: FlaskClient, hubspot: HubSpot, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch, fault: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG, logger="website")
    happens, outcome, heard = FAULTS[fault]
    _hasten(fault, monkeypatch)
    happens(hubspot)
    if fault in ("owner archived", "two contacts"):
        site.read_owners()
    booking = book(client)
    assert booking.confirmed and booking.receipt["crm"] == outcome
    said = CRM_OUTCOMES[outcome]
    reps, admins = rows_for(world, booking, site.ana, site.boss)
    assert (said in reps.why) == heard
    assert ("CRM", said) in admins.receipt and reps.receipt == []
    logged = "\n".join(row.getMessage() for row in caplog.records if row.name.startswith("website"))
    assert hubspot.token not in logged and DANA not in logged


@pytest.mark.parametrize("fault", ["401", "503"])
def test_the_meeting_reaches_the_crm_later_or_is_shown(
    site: Site, client: FlaskClient, hubspot: HubSpot, fault: str
) -> None:
    site.read_owners()
    FAULTS[fault][0](hubspot)
    booking = book(client)
    work_once(NOW)
    assert hubspot.meetings == {}
    failed = db.session.query(Message).filter_by(state=FAILED).count()
    assert failed == (1 if fault == "401" else 0)
    said = CRM_OUTCOMES[FAULTS[fault][1]]
    assert said in read_by(client, site.ana, booking) and said in read_by(client, site.boss, booking)
    page = unescape(client.get("/outbox").text)
    assert "A meeting for the CRM" in page and hubspot.token not in page
    words = "HubSpot refuses the token." if fault == "401" else "HubSpot does not answer as it should."
    assert words in page
    hubspot.heal()
    site.read_owners()
    for hours in (1, 3):
        work_once(NOW.replace(hour=NOW.hour + hours))
    assert len(hubspot.meetings) == 1
