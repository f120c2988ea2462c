"""Booked meetings in the CRM: once each, as the booking stands, and never in the way of anything else (R25, R32)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_link, make_user
from tests.peers.hubspot import HubSpot
from tests.peers.hubspot.records import Record
from tests.peers.hubspot_site import with_hubspot
from tests.services.test_booking import NINE, ask
from website.config import Config, in_force, put_in_force
from website.extensions import db
from website.models import Booking, Message
from website.models.message import DONE, DROPPED, FAILED, WAITING
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.crm_meeting import CHANNEL, OVER, TOLD
from website.services.crm_owner import read_owners_now
from website.services.handover import hand_over
from website.services.no_show import mark_came, mark_no_show
from website.services.outbox import deliver_due, deliver_one, deliver_patiently, deliver_soon
from website.services.reschedule import reschedule

DANA = "dana@prospect.example"
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.rule("R32")


@pytest.fixture
def config(config: Config, hubspot: HubSpot) -> Config:
    return with_hubspot(config, hubspot)


class Team:
    """A link of two users who are owners in HubSpot too."""

    def __init__(self, hubspot: HubSpot) -> None:
        self.boss = make_user("Boss", role="admin", calendar=False, seat=False)
        self.ana, self.ben = make_user("Ana"), make_user("Ben")
        self.anas, self.bens = (hubspot.add_owner(user.email) for user in (self.ana, self.ben))
        self.link = make_link(hosts=[self.ana, self.ben], rotation="strict", assign_owner=True)
        db.session.commit()
        assert read_owners_now(by=self.boss, now=NOW)

    def book(self, **values: object) -> Booking:
        return book(self.link, ask(**values), now=NOW)


@pytest.fixture
def team(world: Flask, hubspot: HubSpot) -> Team:
    return Team(hubspot)


def told(now: object = NOW) -> None:
    """Delivers all that is due for the CRM."""
    while deliver_patiently(now):  # type: ignore[arg-type]
        pass
    db.session.rollback()


def only(hubspot: HubSpot) -> Record:
    (meeting,) = hubspot.meetings.values()
    return meeting


def states() -> list[tuple[str, str]]:
    wanted = select(Message.kind, Message.state).where(Message.channel == CHANNEL).order_by(Message.id)
    return [(kind, state) for kind, state in db.session.execute(wanted)]


@pytest.mark.both_engines
def test_a_meeting_stands_there_once_through_its_whole_life(team: Team, hubspot: HubSpot) -> None:
    booking = team.book()
    told()
    assert only(hubspot).values["hubspot_owner_id"] == team.anas
    assert only(hubspot).values["hs_meeting_outcome"] == "SCHEDULED"
    assert booking.crm_id == only(hubspot).id
    assert booking.contact.crm_id == next(iter(hubspot.contacts))
    reschedule(booking.id, NINE + HOUR, by=None, any_host=False, nonce="n", now=NOW)
    hand_over(booking.id, team.ben.id, from_user_id=team.ana.id, by=team.boss, now=NOW)
    told()
    assert only(hubspot).values["hs_meeting_start_time"] == "2027-02-02T09:00:00Z"
    assert only(hubspot).values["hubspot_owner_id"] == team.bens
    told(NINE + 3 * HOUR)
    assert only(hubspot).values["hs_meeting_outcome"] == "COMPLETED"
    mark_no_show(booking.id, by=team.boss, now=NINE + 3 * HOUR)
    told(NINE + 3 * HOUR)
    assert only(hubspot).values["hs_meeting_outcome"] == "NO_SHOW"
    mark_came(booking.id, by=team.boss, now=NINE + 3 * HOUR)
    told(NINE + 3 * HOUR)
    assert only(hubspot).values["hs_meeting_outcome"] == "COMPLETED"
    assert {state for _kind, state in states()} == {DONE, DROPPED}


def test_a_cancelled_one_is_cancelled_there_and_never_completed(team: Team, hubspot: HubSpot) -> None:
    booking = team.book()
    cancel(booking.token, reason="", now=NOW)
    told()
    told(NINE + 3 * HOUR)
    assert only(hubspot).values["hs_meeting_outcome"] == "CANCELED"
    assert states() == [(TOLD, DONE), (OVER, DROPPED), (TOLD, DONE)]


def test_meetings_of_every_kind_of_link_stand_there(team: Team, hubspot: HubSpot) -> None:
    for hours, kind in enumerate(("personal", "group", "round_robin")):
        link = make_link(kind, hosts=[team.ana])
        db.session.commit()
        book(link, ask(NINE + hours * HOUR, nonce=kind), now=NOW)
    told()
    owners = [meeting.values["hubspot_owner_id"] for meeting in hubspot.meetings.values()]
    assert owners == [team.anas] * 3


# Whether the link tells an owner, who owns the contact there (None: it is unknown there), and who does then.
OWNERS = [(True, None, "ana"), (True, "", "ana"), (True, "ben", "ben"), (False, None, ""), (False, "", "")]


@pytest.mark.rule("R25")
def test_the_owner_is_told_where_the_link_says_so_and_never_replaced(team: Team, hubspot: HubSpot) -> None:
    numbers = {"ana": team.anas, "ben": team.bens, "": ""}
    link = make_link(hosts=[team.ana], assign_owner=True)
    for number, (tells, there, then) in enumerate(OWNERS):
        email = f"{number}@prospect.example"
        if there is not None:
            hubspot.add_contact(email, numbers[there])
        link.crm_owner = tells
        db.session.commit()
        booking = book(link, ask(NINE + number * HOUR, email=email, nonce=email), now=NOW)
        assert booking.contact.owner_id == team.ana.id
        told()
        (contact,) = hubspot.holding(email)
        assert contact.values.get("hubspot_owner_id", "") == numbers[then]


@pytest.mark.rule("R25")
def test_a_later_change_gives_nobody_an_owner(team: Team, hubspot: HubSpot) -> None:
    team.link.crm_owner = True
    db.session.commit()
    booking = team.book()
    told()
    (contact,) = hubspot.contacts.values()
    contact.values["hubspot_owner_id"] = ""  # somebody took it away there
    reschedule(booking.id, NINE + HOUR, by=None, any_host=False, nonce="n", now=NOW)
    told()
    assert contact.values["hubspot_owner_id"] == ""


@pytest.mark.parametrize("on", ["", "POST /crm/v3/objects/contacts", "POST /crm/v3/objects/meetings"])
def test_passing_failures_are_tried_again_and_make_one_meeting(team: Team, hubspot: HubSpot, on: str) -> None:
    team.book()
    for kind in ("cut", "unavailable", "ten secondly", "html", "locked", "lost", "truncated"):
        hubspot.fail(kind, times=1, on=on)
    for hours in range(12):
        told(NOW + hours * 2 * HOUR)
    assert (len(hubspot.contacts), len(hubspot.meetings)) == (1, 1)
    assert states()[0] == (TOLD, DONE)


@pytest.mark.parametrize(("retry_after", "seconds"), [(None, 10), (60, 60)])
def test_a_limit_is_waited_for(team: Team, hubspot: HubSpot, retry_after: int | None, seconds: int) -> None:
    team.book()
    hubspot.fail("ten secondly", retry_after=retry_after)
    told()
    message = db.session.scalars(select(Message).where(Message.kind == TOLD)).one()
    assert message.due_at >= NOW + timedelta(seconds=seconds)
    assert (message.state, message.error) == (WAITING, "CrmLimited: HubSpot was asked too often.")


@pytest.mark.parametrize("kind", ["unauthorized", "missing scope"])
def test_a_token_that_is_refused_stops_it_and_one_that_works_wakes_it(
    team: Team, hubspot: HubSpot, kind: str
) -> None:
    team.book()
    hubspot.fail(kind)
    told()
    assert states() == [(TOLD, FAILED), (OVER, WAITING)]
    told(NOW + 5 * HOUR)
    assert len(hubspot.asked("GET", "contacts/")) == 1  # it is not tried again by itself
    hubspot.heal()
    assert read_owners_now(by=team.boss, now=NOW + 30 * HOUR)
    told(NOW + 30 * HOUR)
    assert states() == [(TOLD, DONE), (OVER, DONE)]
    assert only(hubspot).values["hs_meeting_outcome"] == "COMPLETED"


def test_what_hubspot_does_not_take_is_shown_and_waits_for_a_person(team: Team, hubspot: HubSpot) -> None:
    team.book(email="dana@xn--localhost")
    told()
    assert states()[0] == (TOLD, FAILED)
    assert read_owners_now(by=team.boss, now=NOW)
    assert states()[0] == (TOLD, FAILED)
    hubspot.complaints.clear()


def test_a_meeting_that_was_deleted_there_stays_deleted(team: Team, hubspot: HubSpot) -> None:
    booking = team.book()
    told()
    hubspot.meetings.clear()
    cancel(booking.token, reason="", now=NOW)
    told()
    assert hubspot.meetings == {}
    assert states()[-1] == (TOLD, DROPPED)


def test_a_person_who_was_forgotten_is_not_told_of(team: Team, hubspot: HubSpot) -> None:
    booking = team.book()
    booking.contact.forgotten_at = NOW
    db.session.commit()
    told()
    assert hubspot.contacts == hubspot.meetings == {}
    assert states()[0] == (TOLD, DROPPED)


def test_without_a_token_nothing_is_written_and_what_was_waits(team: Team, hubspot: HubSpot) -> None:
    team.book()
    put_in_force(replace(in_force(), hubspot_token=""))
    team.book(start=NINE + HOUR, nonce="second", email="eve@prospect.example")
    told()
    assert states() == [(TOLD, FAILED), (OVER, WAITING)]


def test_neither_mails_nor_calendars_wait_for_it(team: Team, hubspot: HubSpot) -> None:
    hubspot.fail("unavailable")
    booking = team.book()
    while deliver_soon(NOW):
        pass
    db.session.rollback()
    others = select(Message.state).where(Message.channel != CHANNEL, Message.booking_id == booking.id)
    assert set(db.session.scalars(others)) == {DONE}
    assert hubspot.asked("GET", "contacts/") == []
    assert deliver_one(NOW) == 1
    assert len(hubspot.asked("GET", "contacts/")) == 1


def test_everything_due_is_delivered_in_one_round_too(team: Team, hubspot: HubSpot) -> None:
    team.book()
    deliver_due(NOW)
    assert only(hubspot).values["hs_meeting_title"].startswith("Product demo: Dana Prospect – Ana")
