"""Video meetings that Google makes for an event: at once, later, or not at all."""

import pytest

from tests.peers.google_links import ANA
from tests.providers.calendars.google.meetings import DANA, HOUR, NINE, Calendar, meeting


@pytest.mark.rule("R34")
def test_a_meeting_is_made_with_the_event(anas: Calendar) -> None:
    placed = anas.put(meeting(meeting=True))
    assert placed.meeting_url.startswith("https://meet.google.com/")
    assert not placed.meeting_pending
    assert anas.put(meeting(meeting=True, location=placed.meeting_url), placed.ref) == placed
    assert "location" not in anas.event


def test_a_meeting_that_takes_a_while_is_asked_for_again_without_telling_anybody(anas: Calendar) -> None:
    anas.google.meet.reads = 2
    first = anas.put(meeting(meeting=True))
    assert (first.meeting_url, first.meeting_pending) == ("", True)
    second = anas.put(meeting(meeting=True), first.ref)
    assert second.meeting_pending
    third = anas.put(meeting(meeting=True), second.ref)
    assert third.meeting_url.startswith("https://meet.google.com/")
    assert not third.meeting_pending
    assert len(anas.written("patch")) == 0
    assert anas.mails == {("request", DANA): 1}


def test_a_meeting_that_cannot_be_made_is_waited_for_no_longer(anas: Calendar) -> None:
    anas.google.meet.reads, anas.google.meet.outcome = 1, "failure"
    first = anas.put(meeting(meeting=True))
    second = anas.put(meeting(meeting=True), first.ref)
    assert (second.meeting_url, second.meeting_pending) == ("", False)
    assert len(anas.written("patch")) == 0


def test_a_meeting_that_failed_is_tried_once_more_with_the_next_change(anas: Calendar) -> None:
    anas.google.meet.outcome = "failure"
    first = anas.put(meeting(meeting=True))
    anas.google.meet.outcome = "success"
    second = anas.put(meeting(NINE + HOUR, meeting=True, sequence=1), first.ref)
    assert second.meeting_url.startswith("https://meet.google.com/")


@pytest.mark.rule("R35")
def test_a_move_keeps_the_meeting(anas: Calendar) -> None:
    first = anas.put(meeting(meeting=True))
    second = anas.put(meeting(NINE + HOUR, meeting=True, sequence=1), first.ref)
    assert second.meeting_url == first.meeting_url != ""
    assert "conferenceData" not in anas.written("patch")[0]


def test_no_meeting_is_made_where_none_is_wanted(anas: Calendar) -> None:
    assert anas.put(meeting()).meeting_url == ""
    assert "conferenceData" not in anas.event


def test_each_generation_asks_for_a_meeting_of_its_own(anas: Calendar) -> None:
    first = anas.put(meeting(meeting=True))
    anas.google.delete_event(ANA, first.ref.external_id)
    second = anas.put(meeting(meeting=True))
    assert second.meeting_url not in ("", first.meeting_url)
    asked = [body["conferenceData"]["createRequest"]["requestId"] for body in anas.written("insert")]
    assert len(set(asked)) == 2


def test_a_calendar_that_allows_no_meeting_takes_the_event_without(anas: Calendar) -> None:
    anas.google.calendars[ANA].conferences = ()
    placed = anas.put(meeting(meeting=True))
    assert (placed.meeting_url, placed.meeting_pending) == ("", False)
    assert anas.mails == {("request", DANA): 1}
    # Nobody can know before where the list of calendars may not be seen.
    (complaint,) = anas.google.complaints
    assert "Invalid conference type value" in complaint
    anas.google.complaints.clear()
