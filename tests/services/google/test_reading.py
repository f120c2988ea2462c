"""What a linked Google account means for slots: read, silent, revoked."""

from datetime import date

import pytest
from flask import Flask

from tests.factories import NOW, make_user
from tests.peers.google import Google
from tests.peers.google_links import LIST, OWNED
from tests.services.google.linking import (
    HALF_HOUR,
    MINUTE,
    NINE,
    account_of,
    book_nine,
    link_of,
    make_rep,
    read,
    starts,
)
from website.services.calendar import refresh_due
from website.services.errors import SlotTaken
from website.services.reading import ANSWERED, NO_ANSWER, REVOKED


@pytest.mark.both_engines
@pytest.mark.rule("R4")
def test_busy_times_of_a_google_calendar_are_not_offered(world: Flask, google: Google) -> None:
    ana = make_rep(google)
    google.add_event("ana@acme.example", NINE, NINE + HALF_HOUR)
    google.add_event(
        "ana@acme.example", NINE + 2 * HALF_HOUR, NINE + 3 * HALF_HOUR, transparency="transparent"
    )
    link = link_of(ana)
    assert NINE not in starts(link)
    assert NINE + HALF_HOUR in starts(link)
    assert NINE + 2 * HALF_HOUR in starts(link)
    google.add_event("ana@acme.example", date(2027, 2, 2), date(2027, 2, 3))
    assert read(ana, now=NOW + MINUTE) == [ANSWERED]
    assert starts(link, NOW + MINUTE) == []


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    "kind",
    [
        "rateLimitExceeded",
        "userRateLimitExceeded",
        "quotaExceeded",
        "accessNotConfigured",
        "tooManyRequests",
        "backendError",
        "unavailable",
        "html",
        "truncated",
        "lost_before",
        "timeRangeTooLong",
    ],
)
def test_what_was_read_last_counts_until_its_age_is_reached(world: Flask, google: Google, kind: str) -> None:
    ana = make_rep(google)
    google.add_event("ana@acme.example", NINE, NINE + HALF_HOUR)
    link = link_of(ana)
    google.fail(kind, times=None)
    assert read(ana, now=NOW + 29 * MINUTE) == [NO_ANSWER]
    assert not account_of(ana).broken
    assert account_of(ana).error
    assert NINE not in starts(link, NOW + 30 * MINUTE)
    assert NINE + HALF_HOUR in starts(link, NOW + 30 * MINUTE)
    assert starts(link, NOW + 31 * MINUTE) == []
    google.heal()
    assert read(ana, now=NOW + 32 * MINUTE) == [ANSWERED]
    assert NINE + HALF_HOUR in starts(link, NOW + 32 * MINUTE)


@pytest.mark.rule("R12")
def test_a_pause_that_google_asks_for_is_kept(world: Flask, google: Google) -> None:
    ana = make_rep(google)
    google.fail("quotaExceeded", retry_after=7200)
    read(ana)
    next_check_at = account_of(ana).next_check_at
    assert next_check_at is not None
    assert next_check_at >= NOW + 120 * MINUTE


@pytest.mark.rule("R12")
def test_a_revoked_account_is_broken_at_once_and_left_alone(world: Flask, google: Google) -> None:
    ana = make_rep(google)
    link = link_of(ana)
    google.revoke("ana@acme.example")
    assert read(ana) == [REVOKED]
    assert account_of(ana).broken
    assert starts(link) == []
    calls = len(google.calls)
    assert refresh_due(NOW + 10_000 * MINUTE) == 0
    assert len(google.calls) == calls


@pytest.mark.rule("R12")
def test_an_account_whose_owner_left_a_needed_box_unticked_says_which(world: Flask, google: Google) -> None:
    ana = make_rep(google, scopes=(LIST, OWNED))
    assert read(ana) == [REVOKED]
    assert "See when you are busy" in account_of(ana).error


@pytest.mark.rule("R12")
def test_a_calendar_that_fails_by_itself_makes_its_user_not_free(world: Flask, google: Google) -> None:
    ana = make_rep(google)
    link = link_of(ana)
    google.calendars["ana@acme.example"].broken = "internalError"
    assert read(ana, now=NOW + 20 * MINUTE) == [NO_ANSWER]
    assert account_of(ana).calendars[0].error
    assert NINE in starts(link, NOW + 30 * MINUTE)
    assert starts(link, NOW + 31 * MINUTE) == []


@pytest.mark.rule("R12")
def test_a_calendar_that_is_gone_makes_its_user_not_free_at_once(world: Flask, google: Google) -> None:
    ana = make_rep(google)
    link = link_of(ana)
    google.calendars["ana@acme.example"].broken = "notFound"
    read(ana)
    assert account_of(ana).calendars[0].missing_at == NOW
    assert starts(link) == []


@pytest.mark.rule("R31")
def test_what_came_in_between_is_seen_at_booking(world: Flask, google: Google) -> None:
    ana, ben = make_rep(google), make_user("Ben")
    link = link_of(ana, ben, kind="round_robin", rotation="strict")
    google.add_event("ana@acme.example", NINE, NINE + HALF_HOUR)
    booking = book_nine(link, now=NOW + MINUTE)
    assert [host.user_id for host in booking.hosts] == [ben.id]
    assert [ana.id, "busy"] in booking.receipt["checked"]


@pytest.mark.rule("R31")
def test_a_google_that_does_not_answer_at_booking_leaves_it_unchecked_and_then_refuses_it(
    world: Flask, google: Google
) -> None:
    link = link_of(make_rep(google))
    google.fail("lost_before", times=None)
    with pytest.raises(SlotTaken):
        book_nine(link, now=NOW + 31 * MINUTE)
    assert book_nine(link, now=NOW + MINUTE).unchecked
