"""Booking a slot, and calling it off."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import NOW, make_busy, make_contact, make_link, make_user
from website.extensions import db
from website.models import Booking, BuiltinEvent, Claim, Contact, Link, Message
from website.services.availability import offered_slots, scene_of
from website.services.booking import book
from website.services.booking_request import Request, derived_nonce
from website.services.cancellation import cancel
from website.services.contact import recognise
from website.services.errors import AlreadyOver, BadRequest, LinkClosed, ReusedKey, SlotTaken
from website.services.worker import work_once

NINE = datetime.fromisoformat("2027-02-02T08:00:00+00:00")
HALF_HOUR = timedelta(minutes=30)


def ask(start: datetime = NINE, **values: Any) -> Request:
    defaults: dict[str, Any] = {
        "duration": 30, "timezone": "Europe/London", "name": "Dana Prospect", "email": "dana@prospect.example",
        "nonce": "first",
    }  # fmt: skip
    return Request(start, **defaults | values)


def starts(link: Link, email: str | None = None, duration: int = 30) -> list[datetime]:
    day = NINE.date()
    scene = scene_of(link, visitor=recognise(email, link), duration=duration, now=NOW)
    return offered_slots(scene, "Europe/Paris", day, day).starts


def stored(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.both_engines
@pytest.mark.rule("R32")
def test_a_booking_is_stored_with_its_contact_receipt_and_messages(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    db.session.commit()
    booking = book(link, ask(), now=NOW)
    assert (booking.start_at, booking.end_at) == (NINE, NINE + HALF_HOUR)
    assert booking.contact.email == "dana@prospect.example"
    assert booking.receipt["rule"] == "everyone"
    assert list(db.session.scalars(select(Message.kind).order_by(Message.id))) == [
        "event_put",
        "booking_confirmed",
        "booking_host",
    ]


@pytest.mark.rule("R35")
def test_who_sees_the_event_does_not_know_the_invitee_s_address(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    db.session.commit()
    booking = book(link, ask(), now=NOW)
    assert booking.token not in booking.uid


@pytest.mark.both_engines
@pytest.mark.rule("R4")
def test_a_booked_slot_is_not_offered_any_more_nor_what_its_buffers_touch(world: Flask) -> None:
    link = make_link(hosts=[make_user()], buffer_before=15, buffer_after=10)
    db.session.commit()
    book(link, ask(NINE + 2 * HALF_HOUR), now=NOW)
    assert starts(link) == [NINE, *(NINE + n * HALF_HOUR for n in range(4, 16))]


@pytest.mark.rule("R4")
def test_buffers_of_two_links_add_up(world: Flask) -> None:
    ana = make_user()
    first = make_link(hosts=[ana], buffer_after=30)
    second = make_link(hosts=[ana], buffer_before=30)
    db.session.commit()
    book(first, ask(NINE), now=NOW)
    assert NINE + 2 * HALF_HOUR not in starts(second)
    assert NINE + 3 * HALF_HOUR in starts(second)


@pytest.mark.both_engines
@pytest.mark.rule("R30")
def test_a_taken_slot_is_refused_with_fresh_times_near_by(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    db.session.commit()
    book(link, ask(), now=NOW)
    with pytest.raises(SlotTaken) as refusal:
        book(link, ask(nonce="second", email="eve@prospect.example"), now=NOW)
    assert NINE not in refusal.value.alternatives
    assert NINE + HALF_HOUR in refusal.value.alternatives
    assert stored(Booking) == 1


@pytest.mark.rule("R11")
def test_every_slot_offered_can_be_booked(world: Flask) -> None:
    link = make_link(hosts=[make_user(), make_user("Ben")])
    db.session.commit()
    for number, start in enumerate(starts(link)):
        assert book(link, ask(start, nonce=str(number)), now=NOW).confirmed


@pytest.mark.fault(3)
@pytest.mark.both_engines
@pytest.mark.rule("R33")
def test_the_same_request_twice_makes_one_booking(world: Flask) -> None:
    link = make_link(hosts=[make_user(), make_user("Ben")])
    db.session.commit()
    assert book(link, ask(), now=NOW).id == book(link, ask(), now=NOW).id
    assert stored(Booking) == 1


@pytest.mark.rule("R33")
def test_a_key_that_comes_again_with_other_words_is_refused(world: Flask) -> None:
    link = make_link(hosts=[make_user(), make_user("Ben")])
    db.session.commit()
    book(link, ask(), now=NOW)
    with pytest.raises(ReusedKey):
        book(link, ask(name="Somebody else"), now=NOW)


@pytest.mark.rule("R33")
def test_a_form_sent_again_in_another_zone_is_the_same_booking(world: Flask) -> None:
    link = make_link(hosts=[make_user(), make_user("Ben")])
    db.session.commit()
    first = book(link, ask(), now=NOW)
    assert book(link, ask(timezone="Asia/Tokyo"), now=NOW).id == first.id
    assert first.timezone == "Europe/London"


@pytest.mark.rule("R33")
def test_a_key_made_from_the_request_may_be_used_again_after_a_cancellation(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    db.session.commit()
    key = derived_nonce(link, ask().hash)
    first = book(link, ask(nonce=key), now=NOW)
    cancel(first.token, reason="", now=NOW)
    assert book(link, ask(nonce=key), now=NOW).id != first.id


@pytest.mark.rule("R25")
def test_an_unknown_contact_is_created_and_gets_the_host_as_owner(world: Flask) -> None:
    ana = make_user()
    link = make_link(hosts=[ana])
    db.session.commit()
    assert book(link, ask(), now=NOW).contact.owner_id == ana.id


@pytest.mark.rule("R25")
def test_an_owner_is_never_replaced(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    make_contact(owner=ben)
    link = make_link(hosts=[ana])
    db.session.commit()
    assert book(link, ask(), now=NOW).contact.owner_id == ben.id


@pytest.mark.rule("R25")
def test_a_group_link_leaves_a_contact_without_an_owner(world: Flask) -> None:
    link = make_link("group", hosts=[make_user(), make_user("Ben")])
    db.session.commit()
    assert book(link, ask(), now=NOW).contact.owner_id is None


@pytest.mark.rule("R27")
def test_the_address_finally_submitted_decides_who_hosts(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    make_contact(owner=ben)
    link = make_link(hosts=[ana, ben], owner_first=True, rotation="priority")
    db.session.commit()
    booking = book(link, ask(email="Dana@Prospect.example"), now=NOW)
    assert [host.user_id for host in booking.hosts] == [ben.id]


@pytest.mark.rule("R27")
def test_a_time_that_the_owner_does_not_have_is_refused_with_the_owner_s_times(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    make_busy(ben, (NINE, NINE + HALF_HOUR))
    make_contact(owner=ben)
    link = make_link(hosts=[ana, ben], owner_first=True)
    db.session.commit()
    with pytest.raises(SlotTaken) as refusal:
        book(link, ask(), now=NOW)
    assert refusal.value.alternatives[0] > NINE - timedelta(days=1)
    assert NINE not in refusal.value.alternatives


@pytest.mark.rule("R6")
def test_a_group_meets_with_every_host_and_claims_all_of_them(world: Flask) -> None:
    hosts = [make_user(), make_user("Ben")]
    link = make_link("group", hosts=hosts)
    db.session.commit()
    booking = book(link, ask(), now=NOW)
    assert {host.user_id for host in booking.hosts} == {host.id for host in hosts}
    assert stored(Claim) == 2 * 6


@pytest.mark.rule("R6")
def test_an_optional_host_who_is_booked_is_invited_and_not_occupied_twice(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben")
    own = make_link("personal", hosts=[ben])
    group = make_link("group", hosts=[ana, ben])
    group.hosts[1].optional = True
    db.session.commit()
    book(own, ask(), now=NOW)
    booking = book(group, ask(nonce="second"), now=NOW)
    assert [(host.user_id, host.active) for host in booking.hosts] == [(ana.id, True), (ben.id, False)]


@pytest.mark.rule("R9")
def test_a_full_day_shows_no_slot_and_takes_no_booking(world: Flask) -> None:
    link = make_link(hosts=[make_user()], max_per_day=1)
    db.session.commit()
    book(link, ask(), now=NOW)
    assert starts(link) == []
    with pytest.raises(SlotTaken):
        book(link, ask(NINE + HALF_HOUR, nonce="second"), now=NOW)


@pytest.mark.both_engines
@pytest.mark.rule("R32")
def test_the_worker_puts_the_event_into_the_host_s_calendar_once(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    db.session.commit()
    booking = book(link, ask(), now=NOW)
    uid = booking.uid
    assert work_once(NOW) == stored(Message) == 3
    assert work_once(NOW) == 0
    assert [event.uid for event in db.session.scalars(select(BuiltinEvent))] == [uid]


@pytest.mark.rule("R4")
def test_our_own_meeting_in_the_calendar_counts_once(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    db.session.commit()
    book(link, ask(), now=NOW)
    before = starts(link)
    work_once(NOW)
    assert starts(link) == before


@pytest.mark.both_engines
def test_a_cancelled_booking_gives_its_slot_back_and_takes_its_event_away(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    db.session.commit()
    token = book(link, ask(), now=NOW).token
    work_once(NOW)
    cancel(token, reason="No time", now=NOW)
    work_once(NOW)
    assert NINE in starts(link)
    assert stored(BuiltinEvent) == stored(Claim) == 0


def test_a_meeting_that_has_begun_cannot_be_cancelled(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    db.session.commit()
    token = book(link, ask(), now=NOW).token
    with pytest.raises(AlreadyOver):
        cancel(token, reason="", now=NINE)


def test_a_link_that_is_off_takes_no_booking(world: Flask) -> None:
    link = make_link(hosts=[make_user()], active=False)
    db.session.commit()
    with pytest.raises(LinkClosed):
        book(link, ask(), now=NOW)


def test_a_foreign_duration_is_refused_and_nothing_is_stored(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    db.session.commit()
    with pytest.raises(BadRequest):
        book(link, ask(duration=25), now=NOW)
    assert stored(Contact) == 0


@pytest.mark.rule("R24")
def test_the_receipt_names_everybody_in_the_pool_and_the_winner(world: Flask) -> None:
    ana, ben = make_user(), make_user("Ben", seat=False)
    link = make_link(hosts=[ana, ben], rotation="balanced")
    db.session.commit()
    receipt = book(link, ask(), now=NOW).receipt
    assert [(member["host_id"], member["inside"]) for member in receipt["pool"]] == [
        (ana.id, True),
        (ben.id, False),
    ]
    assert (receipt["winner_id"], receipt["rotation"]) == (ana.id, "balanced")
