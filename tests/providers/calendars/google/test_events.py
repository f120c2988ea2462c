"""Meetings in Google calendars: created, changed and deleted once, whatever happens on the way (R32, R34)."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.peers.google import Google
from tests.peers.google_links import ANA, BUSY, LIST, linked
from tests.providers.calendars.google.meetings import DANA, ERIK, HOUR, NINE, REF, Calendar, meeting
from website.providers.calendars.errors import (
    CalendarMissing,
    CalendarReadOnly,
    CalendarUnreachable,
    EventChanged,
    EventGone,
)
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.records import EventRef, Placed


@pytest.mark.rule("R34")
def test_an_event_is_all_that_the_meeting_is(anas: Calendar) -> None:
    placed = anas.put(meeting(description="Budget: <5 & more\nWho: Dana", location="Rue 1"))
    event = anas.event
    assert event["summary"] == "Demo: Dana – Ana"
    assert event["description"] == "Budget: &lt;5 &amp; more\nWho: Dana"
    assert event["location"] == "Rue 1"
    assert event["start"] == {"dateTime": "2027-02-01T04:00:00-05:00", "timeZone": "America/New_York"}
    guest = {"email": DANA, "displayName": "Dana Prospect", "responseStatus": "needsAction"}
    assert event["attendees"] == [guest]
    assert event["guestsCanInviteOthers"] is False
    assert event["reminders"] == {"useDefault": True}
    assert event["source"] == {"title": "Demo: Dana – Ana", "url": "https://meet.acme.example/booking/token"}
    assert "conferenceData" not in event
    assert placed == Placed(
        EventRef(REF.key, 0, event["id"], event["iCalUID"], event["etag"]),
        NINE,
        NINE + HOUR,
        event["htmlLink"],
    )
    assert anas.mails == {("request", DANA): 1}


def test_what_is_empty_or_no_web_address_is_left_out(anas: Calendar) -> None:
    anas.put(meeting(guests=(), address="mailto:ana@acme.example"))
    assert not {"description", "location", "attendees", "source"} & set(anas.event)
    assert [call.query["sendUpdates"] for call in anas.google.calls_of("calendar.events")] == ["none"]


def test_a_guest_who_is_named_twice_is_asked_once(anas: Calendar) -> None:
    anas.put(meeting(guests=((DANA, "Dana"), (DANA.upper(), ""), (ERIK, ""))))
    assert anas.mails == {("request", DANA): 1, ("request", ERIK): 1}


@pytest.mark.rule("R32")
def test_putting_it_again_changes_nothing_and_tells_nobody(anas: Calendar) -> None:
    first = anas.put(meeting())
    assert anas.put(meeting(), first.ref) == first
    assert anas.put(meeting()) == first
    assert anas.mails == {("request", DANA): 1}
    assert len(anas.written("patch")) == 0


@pytest.mark.fault(10)
@pytest.mark.rule("R32")
@pytest.mark.parametrize("kind", ["lost_before", "lost_after", "unavailable", "truncated", "html"])
def test_a_mishap_while_creating_ends_in_one_event_and_one_invitation(anas: Calendar, kind: str) -> None:
    anas.google.fail(kind, method="calendar.events.insert")
    with pytest.raises(CalendarUnreachable):
        anas.put(meeting())
    placed = anas.put(meeting())
    assert (placed.ref.generation, placed.ref.external_id) == (0, anas.event["id"])
    assert anas.mails == {("request", DANA): 1}


@pytest.mark.fault(10)
@pytest.mark.rule("R32")
def test_one_mishap_after_another_ends_in_one_event_and_one_invitation(anas: Calendar) -> None:
    for method in ("insert", "insert", "get", "get"):
        anas.google.fail("lost_after", method=f"calendar.events.{method}")
        with pytest.raises(CalendarUnreachable):
            anas.put(meeting())
    assert anas.put(meeting()).ref.external_id == anas.event["id"]
    assert anas.mails == {("request", DANA): 1}


@pytest.mark.rule("R32")
def test_an_event_that_came_through_unnoticed_is_brought_up_to_date(anas: Calendar) -> None:
    anas.google.fail("lost_after", method="calendar.events.insert")
    with pytest.raises(CalendarUnreachable):
        anas.put(meeting())
    placed = anas.put(meeting(NINE + HOUR, sequence=1))
    assert (placed.start, anas.look(placed.ref)) == (NINE + HOUR, placed)
    assert anas.mails == {("request", DANA): 1, ("update", DANA): 1}


@pytest.mark.rule("R32")
def test_an_id_of_a_deleted_event_is_left_behind(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.google.delete_event(ANA, first.ref.external_id)
    second = anas.put(meeting())
    assert second.ref.generation == 1
    assert second.ref.external_id == anas.event["id"] != first.ref.external_id
    third = anas.put(meeting(), EventRef(REF.key, generation=1))
    assert third == second


@pytest.mark.rule("R32")
def test_an_id_that_somebody_else_uses_is_left_behind(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.google.calendars[ANA].events[first.ref.external_id]["extendedProperties"] = {"private": {}}
    second = anas.put(meeting())
    assert second.ref.generation == 1
    assert len(anas.google.events(ANA)) == 2


def test_there_is_an_end_to_ids_that_are_taken(anas: Calendar) -> None:
    anas.google.fail("duplicate", times=None, method="calendar.events.insert")
    with pytest.raises(CalendarUnreachable):
        anas.put(meeting())
    assert len(anas.written("insert")) == 10


def test_every_calendar_and_generation_has_its_own_ids(google: Google, anas: Calendar) -> None:
    bens = replace(linked(google, "ben@acme.example"), id=8)
    refs = [
        anas.put(meeting()).ref,
        anas.put(meeting(), EventRef(REF.key, generation=1)).ref,
        anas.put(meeting(), EventRef("another@firsthand")).ref,
        anas.provider.put_event(anas.account, "primary", meeting(), REF, 10).ref,
        anas.provider.put_event(bens, "primary", meeting(), REF, 10).ref,
    ]
    assert len({ref.external_id for ref in refs}) == len({ref.uid for ref in refs}) == len(refs)


@pytest.mark.rule("R35")
def test_a_move_touches_the_time_and_tells_each_guest_once(anas: Calendar) -> None:
    first = anas.put(meeting())
    second = anas.put(meeting(NINE + HOUR, sequence=1), first.ref)
    assert second.ref.uid == first.ref.uid
    assert (second.start, second.end) == (NINE + HOUR, NINE + 2 * HOUR)
    assert [set(body) for body in anas.written("patch")] == [{"start", "end", "extendedProperties"}]
    assert anas.mails == {("request", DANA): 1, ("update", DANA): 1}
    assert anas.put(meeting(NINE + HOUR, sequence=1), second.ref) == second
    assert anas.mails.total() == 2


@pytest.mark.fault(10)
@pytest.mark.rule("R32")
@pytest.mark.parametrize("kind", ["lost_before", "lost_after", "unavailable", "truncated", "html"])
def test_a_mishap_while_moving_ends_in_one_move(anas: Calendar, kind: str) -> None:
    first = anas.put(meeting())
    anas.google.fail(kind, method="calendar.events.patch")
    with pytest.raises(CalendarUnreachable):
        anas.put(meeting(NINE + HOUR), first.ref)
    assert anas.put(meeting(NINE + HOUR), first.ref).start == NINE + HOUR
    assert anas.mails == {("request", DANA): 1, ("update", DANA): 1}


def test_what_the_host_wrote_into_other_parts_stays(anas: Calendar) -> None:
    first = anas.put(meeting(description="Ours"))
    event = anas.event
    event |= {"description": "My notes", "etag": '"another"'}
    event["attendees"] = [{"email": DANA, "responseStatus": "accepted"}, {"email": ERIK}]
    anas.put(meeting(NINE + HOUR, description="Ours"), first.ref)
    assert anas.event["description"] == "My notes"
    assert [guest["email"] for guest in anas.event["attendees"]] == [DANA, ERIK]
    assert anas.event["attendees"][0]["responseStatus"] == "accepted"


def test_new_guests_are_asked_and_those_who_stay_keep_their_answer(anas: Calendar) -> None:
    first = anas.put(meeting())
    own = {"email": ANA, "responseStatus": "accepted", "self": True, "organizer": True}
    anas.event["attendees"] = [own, {"email": DANA, "responseStatus": "accepted"}]
    second = anas.put(meeting(guests=((DANA, "Dana Prospect"), (ERIK, ""))), first.ref)
    answers = {guest["email"]: guest["responseStatus"] for guest in anas.event["attendees"]}
    assert answers == {ANA: "accepted", DANA: "accepted", ERIK: "needsAction"}
    assert anas.mails == {("request", DANA): 1, ("request", ERIK): 1}
    anas.put(meeting(guests=()), second.ref)
    assert [guest["email"] for guest in anas.event["attendees"]] == [ANA]
    assert anas.mails == Counter({(kind, one): 1 for kind in ("request", "cancel") for one in (DANA, ERIK)})


def test_parts_that_are_empty_now_go(anas: Calendar) -> None:
    first = anas.put(meeting(location="Rue 1", description="Ours"))
    anas.put(meeting(), first.ref)
    assert not {"location", "description"} & set(anas.event)


@pytest.mark.rule("R38")
def test_an_event_that_the_host_moved_is_not_moved_back_unasked(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.google.move_event(ANA, first.ref.external_id, NINE + 3 * HOUR, NINE + 4 * HOUR)
    with pytest.raises(EventChanged):
        anas.put(meeting(NINE + HOUR), first.ref)
    seen = anas.look(first.ref)
    assert seen is not None
    assert seen.start == NINE + 3 * HOUR
    back = anas.put(meeting(NINE + HOUR), seen.ref)
    assert back.start == NINE + HOUR


@pytest.mark.rule("R38")
def test_a_move_that_the_booking_follows_is_taken_over_and_nobody_hears_of_it(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.google.move_event(ANA, first.ref.external_id, NINE + HOUR, NINE + 2 * HOUR)
    second = anas.put(meeting(NINE + HOUR), first.ref)
    third = anas.put(meeting(NINE + 2 * HOUR), second.ref)
    assert third.start == NINE + 2 * HOUR
    assert [call.query["sendUpdates"] for call in anas.google.calls_of("calendar.events.patch")] == [
        "none",
        "all",
    ]


@pytest.mark.rule("R38")
def test_an_event_made_to_last_all_day_can_be_put_back(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.google.move_event(ANA, first.ref.external_id, date(2027, 2, 1), date(2027, 2, 2))
    with pytest.raises(EventChanged):
        anas.put(meeting(), first.ref)
    seen = anas.look(first.ref)
    paris = ZoneInfo("Europe/Paris")
    assert seen is not None
    assert (seen.start, seen.end) == (datetime(2027, 2, 1, tzinfo=paris), datetime(2027, 2, 2, tzinfo=paris))
    assert seen.start.tzinfo is UTC
    assert anas.put(meeting(), seen.ref).start == NINE


@pytest.mark.rule("R38")
def test_an_answer_of_a_guest_is_no_change_of_the_event(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.event["attendees"][0]["responseStatus"] = "accepted"
    anas.event["etag"] = '"another"'
    assert anas.put(meeting(NINE + HOUR), first.ref).start == NINE + HOUR


@pytest.mark.rule("R38")
def test_an_event_that_the_host_deleted_is_gone(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.google.delete_event(ANA, first.ref.external_id)
    with pytest.raises(EventGone):
        anas.put(meeting(NINE + HOUR), first.ref)
    with pytest.raises(EventGone):
        anas.put(meeting(), replace(first.ref, external_id="neverthere"))
    for kind in ("notFound", "deleted"):
        other = anas.put(meeting(), EventRef(f"{kind}@firsthand"))
        anas.google.fail(kind, method="calendar.events.patch")
        with pytest.raises(EventGone):
            anas.put(meeting(NINE + HOUR), other.ref)


@pytest.mark.rule("R38")
def test_a_move_between_our_look_and_our_change_is_noticed(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.google.fail("slow", method="calendar.events.patch", seconds=1)
    with ThreadPoolExecutor(1) as pool:
        putting = pool.submit(anas.put, meeting(NINE + HOUR), first.ref)
        while not anas.google.calls_of("calendar.events.patch"):
            time.sleep(0.01)
        anas.google.move_event(ANA, first.ref.external_id, NINE + 3 * HOUR, NINE + 4 * HOUR)
        with pytest.raises(EventChanged):
            putting.result()
    assert anas.google.calls_of("calendar.events.patch")[0].status == 412


def test_a_change_in_between_is_read_again(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.google.fail("conditionNotMet", method="calendar.events.patch")
    assert anas.put(meeting(NINE + HOUR), first.ref).start == NINE + HOUR
    anas.google.fail("conditionNotMet", times=3, method="calendar.events.patch")
    with pytest.raises(CalendarUnreachable):
        anas.put(meeting(), first.ref)
    assert anas.mails == {("request", DANA): 1, ("update", DANA): 1}


@pytest.mark.rule("R35")
def test_removing_tells_each_guest_once(anas: Calendar) -> None:
    placed = anas.put(meeting())
    for _ in range(2):
        anas.remove(placed.ref)
    assert anas.google.events(ANA) == []
    assert anas.mails == {("request", DANA): 1, ("cancel", DANA): 1}
    assert anas.look(placed.ref) is None


@pytest.mark.fault(10)
@pytest.mark.rule("R32")
@pytest.mark.parametrize("kind", ["lost_before", "lost_after", "unavailable"])
def test_a_mishap_while_removing_ends_in_one_cancellation(anas: Calendar, kind: str) -> None:
    placed = anas.put(meeting())
    anas.google.fail(kind, method="calendar.events.delete")
    with pytest.raises(CalendarUnreachable):
        anas.remove(placed.ref)
    anas.remove(placed.ref)
    assert anas.mails == {("request", DANA): 1, ("cancel", DANA): 1}


def test_an_event_that_google_does_not_know_is_removed(anas: Calendar) -> None:
    anas.remove(EventRef(REF.key, external_id="neverthere"))
    anas.remove(REF)
    assert anas.look(EventRef(REF.key, external_id="neverthere")) is None


@pytest.mark.rule("R32")
def test_an_event_whose_creation_was_not_noticed_is_removed(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.google.delete_event(ANA, first.ref.external_id)
    anas.google.fail("lost_after", method="calendar.events.insert")
    with pytest.raises(CalendarUnreachable):
        anas.put(meeting(), EventRef(REF.key, generation=1))
    anas.google.invitations.clear()
    anas.remove(REF)
    assert anas.google.events(ANA) == []
    assert anas.mails == {("cancel", DANA): 1}


def test_an_event_that_is_not_ours_is_never_removed(anas: Calendar) -> None:
    first = anas.put(meeting())
    anas.event["extendedProperties"] = {"private": {}}
    anas.remove(REF)
    assert anas.event["id"] == first.ref.external_id


def test_a_calendar_that_is_gone_takes_no_event(anas: Calendar) -> None:
    with pytest.raises(CalendarMissing):
        anas.provider.put_event(anas.account, "gone@group.calendar.google.com", meeting(), REF, 10)


def test_without_the_right_to_write_nothing_is_asked(google: Google, calendar: GoogleCalendar) -> None:
    account = linked(google, scopes=(LIST, BUSY))
    with pytest.raises(CalendarReadOnly, match="Put meetings into your calendars"):
        calendar.put_event(account, ANA, meeting(), REF, 10)
    with pytest.raises(CalendarReadOnly):
        calendar.remove_event(account, ANA, replace(REF, external_id="event"), 10)
    assert google.calls == []
