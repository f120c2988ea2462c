"""A second opinion: the same life of a meeting at Xandikos, whose answers look different from Radicale's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.peers.xandikos import Xandikos
from tests.providers.calendars.test_caldav import END, SECONDS, START, utc
from tests.providers.calendars.test_caldav_events import LATER, NEW, WANTED
from website.providers.calendars.caldav import CalDav
from website.providers.calendars.errors import EventChanged, EventGone


def test_a_meeting_lives_at_xandikos(xandikos: Xandikos) -> None:
    user, provider = xandikos.user, CalDav()
    work = user.make_calendar("Work", timezone="America/New_York")
    found = {one.external_id: one for one in provider.find_calendars(user.account(), SECONDS)}
    assert (found[work].name, found[work].timezone, found[work].writable) == (
        "Work",
        "America/New_York",
        True,
    )
    account = user.account(work)

    user.put(work, "UID:1\nDTSTART;VALUE=DATE:20270202\nRRULE:FREQ=WEEKLY;COUNT=2")
    read = provider.read_busy(account, START, END, SECONDS)
    busy = [(utc(2, 5), utc(3, 5)), (utc(9, 5), utc(10, 5))]
    assert [(event.start, event.end) for event in read.busy[work]] == busy

    placed = provider.put_event(account, work, WANTED, NEW, SECONDS)
    assert provider.put_event(account, work, WANTED, NEW, SECONDS) == placed
    moved = provider.put_event(account, work, LATER, placed.ref, SECONDS)
    assert provider.look_at_event(account, work, placed.ref, SECONDS) == moved
    stored = user.text(moved.ref.external_id)
    assert not any(f"\n{name}" in stored for name in ("METHOD", "ORGANIZER", "ATTENDEE"))

    user.edit(moved.ref.external_id, {"DTEND:20270202T103000Z": "DTEND:20270202T110000Z"})
    with pytest.raises(EventChanged):
        provider.put_event(account, work, WANTED, moved.ref, SECONDS)
    seen = provider.look_at_event(account, work, moved.ref, SECONDS)
    assert seen is not None
    assert seen.end - seen.start == timedelta(hours=1)

    provider.remove_event(account, work, moved.ref, SECONDS)
    provider.remove_event(account, work, moved.ref, SECONDS)
    assert provider.look_at_event(account, work, moved.ref, SECONDS) is None
    with pytest.raises(EventGone):
        provider.put_event(account, work, LATER, moved.ref, SECONDS)


def test_an_event_under_our_uid_at_another_address_is_taken_for_ours_at_xandikos(xandikos: Xandikos) -> None:
    user = xandikos.user
    team = user.make_calendar("Team")
    elsewhere = user.put(
        team, f"UID:{WANTED.uid}\nDTSTART:20270202T090000Z\nDTEND:20270202T093000Z", name="other.ics"
    )
    placed = CalDav().put_event(user.account(team), team, WANTED, NEW, SECONDS)
    assert placed.ref == replace(NEW, external_id=elsewhere, uid=WANTED.uid, etag=placed.ref.etag)
