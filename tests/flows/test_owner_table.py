"""R20's table through every way in: the page without script, the embedded page, a personal link, the API; and what a
move and a hand-over make of it. Each says whose times are shown, who hosts, and what the receipt says."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_busy, make_contact, make_personal_link, make_user
from tests.flows.owner_first import DAY as ON
from tests.flows.owner_first import Seen, offered_on, through_api
from tests.services.test_booking import HALF_HOUR, NINE
from tests.services.test_owner_first import ANAS, BENS, BOTH, DANA, DAY, team
from tests.services.test_ownership import make_company, met
from tests.views.public.test_booking_page import fill_in, hidden
from website.extensions import db
from website.models import Booking, Contact, Link, LinkHost, User
from website.scheduling.receipt import Receipt, remarks, sentence
from website.services.cancellation import cancel
from website.services.handover import hand_over
from website.services.personal_link import token_of
from website.views.public.parameters import slot_text

pytestmark = pytest.mark.rule("R20")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass(frozen=True)
class Row:
    """What is prepared on a link that Ana and Ben host (Ana free at nine, Ben at half past), what is shown then, and of
    a booking of the first time: who hosts, why, and what the host reads besides."""

    prepare: Callable[[Link, User, User], object]
    shows: Seen
    rule: str
    host: str = ""
    source: str = ""
    says: str = ""
    besides: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def owned_by_ben(_link: Link, _ana: User, ben: User) -> None:
    make_contact(DANA, owner=ben)


def company_of_ben(_link: Link, _ana: User, ben: User) -> None:
    make_contact(DANA)
    make_company(ben)


def met_by_ben(_link: Link, _ana: User, ben: User) -> None:
    met(ben, number=1)


def paused(before: Callable[[Link, User, User], None]) -> Callable[[Link, User, User], None]:
    def prepare(link: Link, ana: User, ben: User) -> None:
        before(link, ana, ben)
        link.hosts[1].paused_from = date(2027, 2, 1)

    return prepare


def far(before: Callable[[Link, User, User], None]) -> Callable[[Link, User, User], None]:
    def prepare(link: Link, ana: User, ben: User) -> None:
        before(link, ana, ben)
        make_busy(ben, (NOW - DAY, NOW + 7 * DAY))

    return prepare


def owned_by_cleo(**cleo: object) -> Callable[[Link, User, User], None]:
    def prepare(link: Link, _ana: User, _ben: User) -> None:
        make_contact(DANA, owner=on_link(link, **cleo))

    return prepare


def on_link(link: Link, **cleo: object) -> User:
    """Cleo is on the link as well, and cannot host."""
    user = make_user("Cleo", **cleo)
    link.hosts.append(LinkHost(user_id=user.id, position=2))
    return user


def broken(link: Link, _ana: User, _ben: User) -> None:
    cleo = on_link(link)
    cleo.accounts[0].broken = True
    make_contact(DANA, owner=cleo)


def company_without_seat(link: Link, _ana: User, _ben: User) -> None:
    make_contact(DANA)
    make_company(on_link(link, seat=False))


ALONE = "You were the only one of 2 hosts who was free."
SOONER = {"owner_fallback_days": 3}
CANNOT = "Cleo owns this contact and cannot host at present."
ROWS = {
    "unknown": Row(lambda *_: None, Seen(BOTH, []), "unknown_or_unowned", "Ana", "", ALONE),
    "without an owner": Row(
        lambda *_: make_contact(DANA), Seen(BOTH, []), "unknown_or_unowned", "Ana", "", ALONE
    ),
    "owner without a seat": Row(
        owned_by_cleo(seat=False), Seen(BOTH, []), "owner_not_able", "Ana", "contact", ALONE, CANNOT
    ),
    "owner inactive": Row(
        owned_by_cleo(active=False), Seen(BOTH, []), "owner_not_able", "Ana", "contact", ALONE, CANNOT
    ),
    "owner without a calendar": Row(
        owned_by_cleo(calendar=False), Seen(BOTH, []), "owner_not_able", "Ana", "contact", ALONE, CANNOT
    ),
    "owner with a broken calendar": Row(
        broken, Seen(BOTH, []), "owner_not_able", "Ana", "contact", ALONE, CANNOT
    ),
    "owner not on the link": Row(
        lambda *_: make_contact(DANA, owner=make_user("Cleo")), Seen(BOTH, []), "owner_not_host", "Ana",
        "contact", ALONE, "Cleo owns this contact and is not a host of this link.",
    ),
    "owner": Row(owned_by_ben, Seen(BENS, []), "owner", "Ben", "contact", "You own this contact."),
    "owner paused": Row(
        paused(owned_by_ben), Seen(BENS, []), "owner", "Ben", "contact", "You own this contact."
    ),
    "owner without a time": Row(far(owned_by_ben), Seen([], []), "owner", values={"window_days": 5}),
    "owner of the company": Row(
        company_of_ben, Seen(BENS, []), "owner", "Ben", "company", "You own this contact's company."
    ),
    "owner of the company without a seat": Row(
        company_without_seat, Seen(BOTH, []), "owner_not_able", "Ana", "company", ALONE,
        "Cleo owns this contact's company and cannot host at present.",
    ),
    "previous host": Row(
        met_by_ben, Seen(BENS, []), "owner", "Ben", "previous_host", "You met this contact last time."
    ),
    "previous host paused": Row(
        paused(met_by_ben), Seen(BENS, []), "owner", "Ben", "previous_host",
        "You met this contact last time.",
    ),
    "owner near": Row(
        owned_by_ben, Seen(BENS, []), "owner", "Ben", "contact", "You own this contact.", values=SOONER
    ),
    "owner far": Row(
        far(owned_by_ben), Seen([], ANAS), "colleagues", "Ana", "contact",
        "You were the only host who could be chosen.",
        "Ben owns this contact; a sooner time with a colleague was chosen.", SOONER,
    ),
    "owner without a time, and colleagues": Row(
        far(company_of_ben), Seen([], ANAS), "colleagues", "Ana", "company",
        "You were the only host who could be chosen.",
        "Ben owns this contact's company; a sooner time with a colleague was chosen.",
        SOONER | {"window_days": 5},
    ),
}  # fmt: skip


class Page:
    """The booking page, without script; `more` travels along."""

    def __init__(self, client: FlaskClient, link: Link, **more: str) -> None:
        self.client, self.link, self.more = client, link, more

    def first(self) -> str:
        """The address of the times, after the address has been asked for (R21)."""
        asked = self.client.post(f"/book/{self.link.slug}/who", data={"email": DANA} | self.more)
        assert asked.status_code == 303
        return asked.location

    def look(self) -> Seen:
        page = self.client.get(f"{self.first()}&date={ON}")
        assert page.status_code == 200
        assert "Write to us" in page.text
        self.page = page.text
        return offered_on(page.text)

    def book(self, start: datetime) -> None:
        found = re.search(rf'href="([^"]+slot={slot_text(start)}[^"]*)"', self.page)
        assert found
        details = self.client.get(unescape(found[1]))
        sent = hidden(details.text)
        assert sent.items() >= self.more.items()
        assert self.client.post(f"/book/{self.link.slug}", data=sent | fill_in()).status_code == 303
        self.details = details.text


class Personal(Page):
    """The same by a personal link: nothing is asked."""

    def first(self) -> str:
        contact = db.session.query(Contact).filter_by(email=DANA).one()
        row = make_personal_link(self.link, contact, now=NOW)
        db.session.commit()
        return f"/book/{self.link.slug}?for={token_of(row)}"


class Api:
    """The API."""

    def __init__(self, client: FlaskClient, link: Link) -> None:
        self.client, self.link = client, link

    def look(self) -> Seen:
        return through_api(self.client, self.link.slug, DANA)

    def book(self, start: datetime) -> None:
        body = {"start": start.isoformat(), "name": "Dana", "email": DANA}
        answer = self.client.post(f"/api/v1/links/{self.link.slug}/bookings", json=body)
        assert answer.status_code == 201


def prepared(name: str, **values: Any) -> Link:
    row = ROWS[name]
    usual = {"company_owner": True, "previous_host": True, "assign_owner": False, "rotation": "strict"}
    link, ana, ben = team(**usual | row.values | values)
    row.prepare(link, ana, ben)
    db.session.commit()
    return link


def ways_in(client: FlaskClient, link: Link, *, known: bool) -> list[Page | Api]:
    ways: list[Page | Api] = [Page(client, link), Page(client, link, embed="1"), Api(client, link)]
    return [*ways, Personal(client, link)] if known else ways


def latest(link: Link) -> Booking:
    db.session.rollback()
    db.session.expire_all()
    return db.session.query(Booking).filter_by(link_id=link.id).order_by(Booking.id.desc()).first()


@pytest.mark.rule("R24")
@pytest.mark.rule("R25")
@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_the_same_through_every_way_in(world: Flask, client: FlaskClient, name: str) -> None:
    link, row = prepared(name), ROWS[name]
    owners = {contact.email: contact.owner_id for contact in db.session.query(Contact)}
    for way in ways_in(client, link, known=DANA in owners):
        assert way.look() == row.shows
        if not row.host:
            continue
        way.book([*row.shows.starts, *row.shows.with_colleague][0])
        booking = latest(link)
        receipt = Receipt.from_json(booking.receipt)
        assert [host.user.name for host in booking.hosts] == [row.host]
        assert (receipt.rule, receipt.owner_source) == (row.rule, row.source)
        assert (sentence(receipt), " ".join(remarks(receipt))) == (row.says, row.besides)
        assert booking.owner_routed == (row.rule == "owner")
        cancel(booking.token, reason="", now=NOW)
    db.session.expire_all()
    assert owners.items() <= {one.email: one.owner_id for one in db.session.query(Contact)}.items()


# The second list


@pytest.mark.rule("R22")
def test_a_personal_link_names_the_owner_and_not_for_a_time_with_a_colleague(
    world: Flask, client: FlaskClient
) -> None:
    """The owner has times too, only later."""
    link = prepared("owner far")
    way = Personal(client, link)
    assert way.look().with_colleague == ANAS
    assert re.search("Meet with .{0,6}Ben", way.page)
    way.book(ANAS[0])
    assert "Ben" not in way.details
    assert "With a colleague" in way.details


def test_however_far_away_the_owner_s_times_are_the_first_with_a_colleague_are_seen_at_once(
    world: Flask, client: FlaskClient
) -> None:
    link = prepared("owner far")
    make_busy(link.hosts[1].user, (NOW, NOW + 35 * DAY))
    db.session.commit()
    page = client.get(Page(client, link).first()).text
    own, _, apart = page.partition("Sooner, with a colleague")
    assert "March 2027" in own
    assert "Tuesday, 2 February 2027" in apart
    assert apart.count("<h3>") == 5
    more = re.search(r'id="sooner-more" href="([^"]+)"', apart)
    assert more
    assert "date=2027-02-08" in more[1]
    later = client.get(unescape(more[1])).text
    assert "Monday, 8 February 2027" in later.partition("Sooner, with a colleague")[2]


def test_where_the_owner_has_no_time_at_all_the_page_does_not_say_that_there_is_none(
    world: Flask, client: FlaskClient
) -> None:
    page = client.get(Page(client, prepared("owner without a time, and colleagues")).first()).text
    assert "Times with a colleague" in page
    assert "There is no free time" not in page
    assert "Sooner" not in page


@pytest.mark.rule("R27")
def test_times_to_choose_from_tell_the_colleague_s_apart(world: Flask, client: FlaskClient) -> None:
    link = prepared("owner far")
    way = Page(client, link)
    way.look()
    found = re.search(rf'href="([^"]+slot={slot_text(ANAS[0])}[^"]*)"', way.page)
    assert found
    form = hidden(client.get(unescape(found[1])).text) | fill_in()
    make_busy(link.hosts[0].user, (NINE, NINE + HALF_HOUR))
    db.session.commit()
    refused = client.post(f"/book/{link.slug}", data=form)
    assert refused.status_code == 409
    own, _, apart = refused.text.partition("Sooner, with a colleague")
    assert "with a colleague" not in own
    assert apart.count('name="slot"') == apart.count(", with a colleague") > 0


@pytest.mark.rule("R27")
@pytest.mark.parametrize("name", ["owner far", "owner near", "unknown"])
def test_a_refusal_of_the_api_tells_times_with_a_colleague_apart_in_one_shape(
    world: Flask, client: FlaskClient, name: str
) -> None:
    link = prepared(name, **SOONER)
    body = {"start": (NINE + 12 * HALF_HOUR + HALF_HOUR / 6).isoformat(), "name": "Dana", "email": DANA}
    refused = client.post(f"/api/v1/links/{link.slug}/bookings", json=body)
    assert refused.status_code == 409
    slots, apart = refused.json["slots"], refused.json["with_colleague"]
    assert slots
    assert apart == (slots if name == "owner far" else [])


# A booking that is moved, and one that is handed over


def booked_by(client: FlaskClient, name: str, **values: Any) -> Booking:
    link = prepared(name, **values)
    way = Api(client, link)
    way.book(ROWS[name].shows.starts[0])
    return latest(link)


def starts_to_move_to(client: FlaskClient, booking: Booking, query: str = "") -> list[datetime]:
    page = client.get(f"/booking/{booking.token}/reschedule?date={ON}{query}")
    assert page.status_code == 200
    return offered_on(page.text).starts


@pytest.mark.rule("R35")
@pytest.mark.parametrize("name", ["owner", "owner paused", "owner of the company", "previous host"])
def test_a_move_keeps_the_owner_and_any_colleague_is_every_host_who_takes_turns(
    world: Flask, client: FlaskClient, name: str
) -> None:
    booking = booked_by(client, name, any_colleague=True)
    assert starts_to_move_to(client, booking) == []
    anybody = starts_to_move_to(client, booking, "&host=any")
    assert anybody == ANAS
    page = client.get(
        f"/booking/{booking.token}/reschedule/confirm?slot={slot_text(anybody[0])}&host=any"
    ).text
    sent = hidden(page) | {"slot": slot_text(anybody[0])}
    assert client.post(f"/booking/{booking.token}/reschedule", data=sent).status_code == 303
    moved = latest(booking.link)
    receipt = Receipt.from_json(moved.receipt)
    assert [host.user.name for host in moved.hosts] == ["Ana"]
    assert (receipt.rule, receipt.owner_source, moved.owner_routed) == ("any_colleague", "", False)


@pytest.mark.rule("R36")
@pytest.mark.rule("R25")
def test_who_takes_an_owner_s_meeting_over_does_not_become_the_owner(
    world: Flask, client: FlaskClient
) -> None:
    booking = booked_by(client, "owner", assign_owner=True)
    ana, ben = (member.user for member in booking.link.hosts)
    for event in ana.accounts[0].calendars[0].events:
        db.session.delete(event)
    make_busy(ana)
    db.session.commit()
    hand_over(booking.id, ana.id, from_user_id=ben.id, by=ben, now=NOW)
    given = latest(booking.link)
    receipt = Receipt.from_json(given.receipt)
    assert [host.user.name for host in given.hosts] == ["Ana"]
    assert (given.contact.owner_id, given.owner_routed) == (ben.id, False)
    assert (receipt.rule, receipt.owner_source) == ("owner", "contact")
    assert sentence(receipt, reader_id=ana.id) == "Ben handed this over to you."
    # Their times are still the owner's.
    assert through_api(client, booking.link.slug, DANA).starts == BENS
    assert given.end_at - given.start_at == timedelta(minutes=30)
