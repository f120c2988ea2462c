"""Our meetings in CalDAV calendars: put once, changed, taken away and looked at, at a real Radicale."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.peers.dav import DavUser
from tests.peers.radicale import Radicale
from website.providers.calendars.caldav import CalDav
from website.providers.calendars.errors import (
    AccessRevoked,
    CalendarError,
    CalendarMissing,
    CalendarReadOnly,
    CalendarUnreachable,
    EventChanged,
    EventGone,
)
from website.providers.calendars.records import CalendarEvent, EventRef, Placed

NINE = datetime(2027, 2, 2, 9, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
SECONDS = 20.0
UID = "a1b2c3@firsthand"
WANTED = CalendarEvent(
    uid=UID,
    sequence=0,
    start=NINE,
    end=NINE + HALF_HOUR,
    timezone="Europe/Paris",
    title="Demo: Dana – Ana",
    description="Dana <dana@prospect.example>\nCompany: Prospect; Sons, Inc.",
    location="Rue de l'Échiquier 1, Paris",
    guests=(("dana@prospect.example", "Dana"),),
    address="https://book.acme.example/booking/x",
)
LATER = replace(WANTED, sequence=1, start=NINE + 2 * HALF_HOUR, end=NINE + 3 * HALF_HOUR)
NEW = EventRef(UID)
ALARM = "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Soon\nTRIGGER:-PT10M\nEND:VALARM\nEND:VEVENT"


class Calendar:
    """One calendar of a user, and what the provider does with it."""

    def __init__(self, user: DavUser) -> None:
        self.user = user
        self.url = user.make_calendar("Work")

    def put(self, event: CalendarEvent = WANTED, ref: EventRef = NEW) -> Placed:
        return CalDav().put_event(self.user.account(self.url), self.url, event, ref, SECONDS)

    def look(self, ref: EventRef = NEW) -> Placed | None:
        return CalDav().look_at_event(self.user.account(self.url), self.url, ref, SECONDS)

    def remove(self, ref: EventRef = NEW) -> None:
        CalDav().remove_event(self.user.account(self.url), self.url, ref, SECONDS)

    def texts(self) -> list[str]:
        """Everything that stands in it."""
        listed = self.user.ask("PROPFIND", self.url, Depth="1").text
        return [self.user.text(url) for url in self._events(listed)]

    def _events(self, listed: str) -> list[str]:
        paths = [part.split("</href>")[0] for part in listed.split("<href>")[1:]]
        return [self.user.url + path[1:] for path in paths if path.endswith(".ics")]

    def move(self, placed: Placed, by: timedelta = timedelta(hours=3)) -> None:
        """As its owner's program moves an event."""
        changes = {}
        for name, moment in (("DTSTART", placed.start), ("DTEND", placed.end)):
            old, new = (f"{name}:{when:%Y%m%dT%H%M%SZ}" for when in (moment, moment + by))
            changes[old] = new
        self.user.edit(placed.ref.external_id, changes)


@pytest.fixture
def calendar(radicale: Radicale) -> Calendar:
    return Calendar(radicale.new_user())


@pytest.mark.rule("R34")
def test_the_stored_copy_says_everything_but_names_nobody_whom_a_server_could_write_to(
    calendar: Calendar,
) -> None:
    calendar.put(replace(WANTED, sequence=3))
    (text,) = calendar.texts()
    lines = text.splitlines()
    assert {
        f"UID:{UID}", "SEQUENCE:3", "DTSTART:20270202T090000Z", "DTEND:20270202T093000Z",
        "SUMMARY:Demo: Dana – Ana", "DESCRIPTION:Dana <dana@prospect.example>\\nCompany: Prospect\\; Sons\\, Inc.",
        "LOCATION:Rue de l'Échiquier 1\\, Paris", "URL:https://book.acme.example/booking/x", "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
    } <= set(lines)  # fmt: skip
    names = {line.partition(":")[0].partition(";")[0] for line in lines}
    assert "DTSTAMP" in names
    assert not names & {"METHOD", "ORGANIZER", "ATTENDEE"}


@pytest.mark.rule("R34")
def test_a_put_event_says_where_and_how_it_stands(calendar: Calendar) -> None:
    placed = calendar.put()
    assert (placed.start, placed.end) == (WANTED.start, WANTED.end)
    assert placed.ref == EventRef(UID, 0, f"{calendar.url}a1b2c3-firsthand.ics", UID, placed.ref.etag)
    assert placed.ref.etag
    assert calendar.look(placed.ref) == placed


@pytest.mark.rule("R32")
def test_putting_again_after_a_lost_answer_changes_nothing(calendar: Calendar) -> None:
    placed = calendar.put()
    before = calendar.texts()
    with time_machine.travel(NINE):
        assert calendar.put() == placed
        assert calendar.put(ref=placed.ref) == placed
    assert calendar.texts() == before


@pytest.mark.rule("R32")
def test_a_change_whose_answer_was_lost_is_done(calendar: Calendar) -> None:
    first = calendar.put()
    moved = calendar.put(LATER, first.ref)
    before = calendar.texts()
    with time_machine.travel(NINE):
        assert calendar.put(LATER, first.ref) == moved
    assert calendar.texts() == before


@pytest.mark.rule("R34")
def test_a_change_is_made_to_the_event_that_stands_there(calendar: Calendar) -> None:
    first = calendar.put()
    moved = calendar.put(LATER, first.ref)
    assert (moved.start, moved.end) == (LATER.start, LATER.end)
    assert moved.ref == replace(first.ref, etag=moved.ref.etag)
    assert moved.ref.etag != first.ref.etag
    (text,) = calendar.texts()
    assert "SEQUENCE:1" in text
    assert calendar.look(moved.ref) == moved


@pytest.mark.rule("R32")
def test_a_change_reaches_an_event_of_which_nothing_was_heard(calendar: Calendar) -> None:
    calendar.put()
    assert calendar.put(LATER).start == LATER.start
    assert len(calendar.texts()) == 1


@pytest.mark.rule("R38")
def test_an_event_that_its_host_moved_is_left_where_it_is(calendar: Calendar) -> None:
    placed = calendar.put()
    calendar.move(placed)
    before = calendar.texts()
    for ref in (placed.ref, NEW):
        with pytest.raises(EventChanged):
            calendar.put(LATER, ref)
    assert calendar.texts() == before


@pytest.mark.rule("R38")
def test_an_event_is_put_back_once_its_host_has_seen_it_and_decided(calendar: Calendar) -> None:
    placed = calendar.put()
    calendar.move(placed)
    seen = calendar.look(placed.ref)
    assert seen is not None
    assert seen.start == WANTED.start + timedelta(hours=3)
    assert calendar.put(WANTED, seen.ref).start == WANTED.start
    assert len(calendar.texts()) == 1


@pytest.mark.rule("R38")
def test_an_event_that_its_host_moved_to_where_it_belongs_has_nothing_to_decide(calendar: Calendar) -> None:
    placed = calendar.put()
    calendar.move(placed, LATER.start - WANTED.start)
    assert calendar.put(LATER, placed.ref).start == LATER.start


@pytest.mark.rule("R38")
def test_a_program_that_forgets_our_own_words_does_not_hide_a_move(calendar: Calendar) -> None:
    placed = calendar.put()
    calendar.move(placed)
    calendar.user.edit(placed.ref.external_id, {"X-FIRSTHAND-BOOKED": "X-OTHER"})
    with pytest.raises(EventChanged):
        calendar.put(LATER, placed.ref)


@pytest.mark.rule("R38")
@pytest.mark.parametrize("change", [{"END:VEVENT": ALARM}, {"SUMMARY:Demo": "SUMMARY:Our demo"}])
def test_a_reminder_or_another_title_does_not_hold_up_a_change(
    calendar: Calendar, change: dict[str, str]
) -> None:
    placed = calendar.put()
    calendar.user.edit(placed.ref.external_id, change)
    moved = calendar.put(LATER, placed.ref)
    assert moved.start == LATER.start
    assert calendar.look(moved.ref) == moved


@pytest.mark.rule("R38")
def test_a_deleted_event_is_gone_and_is_not_put_back_unasked(calendar: Calendar) -> None:
    placed = calendar.put()
    calendar.user.delete(placed.ref.external_id)
    with pytest.raises(EventGone):
        calendar.put(LATER, placed.ref)
    assert calendar.look(placed.ref) is None
    assert calendar.texts() == []


@pytest.mark.rule("R38")
def test_a_deleted_event_is_put_back_when_its_host_says_so(calendar: Calendar) -> None:
    calendar.user.delete(calendar.put().ref.external_id)
    again = calendar.put(ref=EventRef(UID, generation=1))
    assert again.ref.generation == 1
    assert calendar.look(again.ref) == again


@pytest.mark.rule("R38")
def test_an_event_that_was_cancelled_there_is_gone(calendar: Calendar) -> None:
    placed = calendar.put()
    calendar.move(placed)
    calendar.user.edit(placed.ref.external_id, {"STATUS:CONFIRMED": "STATUS:CANCELLED"})
    assert calendar.look(placed.ref) is None
    with pytest.raises(EventGone):
        calendar.put(LATER, placed.ref)
    assert calendar.put(ref=EventRef(UID, generation=1)).start == WANTED.start
    assert calendar.look() is not None


@pytest.mark.rule("R32")
def test_removing_again_is_success(calendar: Calendar) -> None:
    placed = calendar.put()
    calendar.remove(placed.ref)
    assert calendar.texts() == []
    calendar.remove(placed.ref)
    assert calendar.look(placed.ref) is None


@pytest.mark.rule("R32")
def test_an_event_of_which_nothing_was_heard_is_removed(calendar: Calendar) -> None:
    calendar.remove()
    calendar.put()
    calendar.remove()
    assert calendar.texts() == []


@pytest.mark.rule("R38")
def test_an_event_is_removed_although_its_host_changed_it(calendar: Calendar) -> None:
    placed = calendar.put()
    calendar.move(placed)
    calendar.remove(placed.ref)
    assert calendar.texts() == []


# Each row: how a host's program wrote the start and the end of an event, and what that is.
REWRITTEN = {
    "in a zone": (
        "DTSTART;TZID=America/New_York:20270202T100000",
        "DTEND;TZID=America/New_York:20270202T110000",
        (datetime(2027, 2, 2, 15, tzinfo=UTC), datetime(2027, 2, 2, 16, tzinfo=UTC)),
    ),
    "floating": (
        "DTSTART:20270202T100000",
        "DTEND:20270202T110000",
        (datetime(2027, 2, 2, 9, tzinfo=UTC), datetime(2027, 2, 2, 10, tzinfo=UTC)),
    ),
    "all day": (
        "DTSTART;VALUE=DATE:20270203",
        "DTEND;VALUE=DATE:20270204",
        (datetime(2027, 2, 2, 23, tzinfo=UTC), datetime(2027, 2, 3, 23, tzinfo=UTC)),
    ),
    "with a duration": (
        "DTSTART:20270202T100000Z",
        "DURATION:PT45M",
        (datetime(2027, 2, 2, 10, tzinfo=UTC), datetime(2027, 2, 2, 10, 45, tzinfo=UTC)),
    ),
    "as a series": (
        "DTSTART:20270202T100000Z\nRRULE:FREQ=WEEKLY",
        "DTEND:20270202T110000Z",
        (datetime(2027, 2, 2, 10, tzinfo=UTC), datetime(2027, 2, 2, 11, tzinfo=UTC)),
    ),
}


@pytest.mark.rule("R38")
@pytest.mark.parametrize("row", REWRITTEN)
def test_a_moved_event_is_seen_where_it_is(calendar: Calendar, row: str) -> None:
    start, end, times = REWRITTEN[row]
    placed = calendar.put()
    calendar.user.edit(
        placed.ref.external_id, {"DTSTART:20270202T090000Z": start, "DTEND:20270202T093000Z": end}
    )
    seen = calendar.look(placed.ref)
    assert seen is not None
    assert (seen.start, seen.end) == times
    assert seen.ref.etag != placed.ref.etag


@pytest.mark.rule("R32")
def test_an_event_under_our_uid_at_another_address_is_taken_for_ours(calendar: Calendar) -> None:
    elsewhere = calendar.user.put(
        calendar.url, f"UID:{UID}\nDTSTART:20270202T090000Z\nDTEND:20270202T093000Z", name="other.ics"
    )
    placed = calendar.put()
    assert placed.ref.external_id == elsewhere
    (text,) = calendar.texts()
    assert "SUMMARY:Demo: Dana – Ana" in text


def test_somebody_elses_event_at_our_address_is_left_alone(calendar: Calendar) -> None:
    calendar.user.put(calendar.url, "UID:x\nDTSTART:20270202T090000Z", name="a1b2c3-firsthand.ics")
    before = calendar.texts()
    with pytest.raises(CalendarUnreachable):
        calendar.put()
    assert calendar.look() is None
    assert calendar.texts() == before


@pytest.mark.rule("R38")
def test_of_a_deleted_calendar_no_event_is_called_deleted(calendar: Calendar) -> None:
    placed = calendar.put()
    calendar.user.delete(calendar.url)
    for ask in (
        lambda: calendar.put(LATER, placed.ref), calendar.put, lambda: calendar.look(placed.ref),
    ):  # fmt: skip
        with pytest.raises(CalendarMissing):
            ask()
    calendar.remove(placed.ref)


def test_a_calendar_of_somebody_else_takes_no_event(radicale: Radicale, calendar: Calendar) -> None:
    calendar.url = radicale.new_user().make_calendar("Theirs")
    for ask in (calendar.put, calendar.look, calendar.remove):
        with pytest.raises((CalendarMissing, CalendarReadOnly)):
            ask()


@pytest.mark.rule("R12")
def test_a_changed_password_is_told_at_every_turn(radicale: Radicale, calendar: Calendar) -> None:
    radicale.set_password(calendar.user, "another")
    for ask in (calendar.put, calendar.look, calendar.remove):
        with pytest.raises(AccessRevoked):
            ask()


@pytest.mark.rule("R34")
def test_nothing_that_a_guest_types_becomes_a_line_of_its_own(calendar: Calendar) -> None:
    nasty = "Dana\r\nATTENDEE:mailto:x@evil.example\x00\x0b\nORGANIZER:mailto:y@evil.example"
    placed = calendar.put(replace(WANTED, title=nasty, description=nasty, location=nasty))
    (text,) = calendar.texts()
    assert not any(line.startswith(("ATTENDEE", "ORGANIZER")) for line in text.splitlines())
    assert "\\nATTENDEE:mailto:x@evil.example\\nORGANIZER:mailto:y@evil.example" in text
    assert calendar.look(placed.ref) == placed


def test_long_texts_in_any_script_survive(calendar: Calendar) -> None:
    event = replace(WANTED, title="Демонстрация 演示 🎉 " * 12, description="Zeile mit Ümläuten, 🎉; " * 60)
    placed = calendar.put(event)
    assert calendar.put(event, placed.ref) == placed


def test_every_failure_is_one_of_a_calendar(calendar: Calendar) -> None:
    account = replace(calendar.user, url="http://127.0.0.1:1/").account()
    provider = CalDav()
    for ask in (
        lambda: provider.put_event(account, "http://127.0.0.1:1/c/", WANTED, NEW, SECONDS),
        lambda: provider.remove_event(account, "http://127.0.0.1:1/c/", NEW, SECONDS),
        lambda: provider.look_at_event(account, "http://127.0.0.1:1/c/", NEW, SECONDS),
        lambda: provider.find_calendars(account, SECONDS),
    ):
        with pytest.raises(CalendarError) as failed:
            ask()
        assert isinstance(failed.value, CalendarUnreachable)
