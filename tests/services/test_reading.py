"""What is kept of a calendar's answers: by calendar, by interval, as far as links reach, and not without end (R12)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.diary import Diary, diaries, link_diary
from tests.factories import NOW, make_link, make_user
from tests.services.test_booking import NINE, ask, starts
from website.extensions import db
from website.ical.feed import BusyEvent
from website.models import Calendar, CalendarAccount, User
from website.providers.calendars.errors import AccessRevoked, CalendarMissing, CalendarUnreachable
from website.providers.calendars.records import Account, Reading
from website.scheduling.timeline import Window
from website.services.booking import book
from website.services.busy import busy_masks, patch_busy, store_busy
from website.services.calendar import check_at_source, refresh, refresh_due
from website.services.hosts import host_of
from website.services.reading import NEVER, NO_ANSWER

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HALF_HOUR = 30 * MINUTE


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


def ana() -> User:
    user = make_user("Ana", calendar=False, email="ana@acme.example")
    link_diary(user, NOW)
    return user


def second_calendar(user: User) -> Calendar:
    calendar = Calendar(account=user.accounts[0], external_id="second", conflicts=True)
    db.session.add(calendar)
    db.session.commit()
    return calendar


class Answers(Diary):
    """Says what it is told to say."""

    key = "diary"

    def __init__(self) -> None:
        super().__init__()
        self.answer = Reading({})
        self.windows: list[tuple[datetime, datetime]] = []

    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        self.windows.append((window_start, window_end))
        self._fail()
        return self.answer


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    from website.providers.calendars import CALENDAR_PROVIDERS

    provider = Answers()
    monkeypatch.setitem(CALENDAR_PROVIDERS, "diary", provider)
    yield provider


@pytest.mark.rule("R12")
@pytest.mark.parametrize("error", [None, CalendarUnreachable("No answer for this one.")])
def test_a_calendar_that_is_not_answered_for_is_not_free(
    world: Flask, answers: Answers, error: CalendarUnreachable | None
) -> None:
    user = ana()
    link = make_link(hosts=[user])
    silent = second_calendar(user)
    unknown = {"second": error} if error else {}
    answers.answer = Reading({"ana@acme.example": []}, unknown=unknown)
    assert refresh([user.accounts[0].id], NOW) == {user.accounts[0].id: NO_ANSWER}
    assert silent.error
    assert starts(link) == []


@pytest.mark.rule("R12")
def test_a_calendar_that_is_gone_takes_its_user_out_until_somebody_says_what_now(
    world: Flask, answers: Answers
) -> None:
    user = ana()
    link = make_link(hosts=[user])
    gone = second_calendar(user)
    answers.answer = Reading({"ana@acme.example": [], "second": []})
    refresh([user.accounts[0].id], NOW)
    assert NINE in starts(link)
    answers.answer = Reading({"ana@acme.example": []}, unknown={"second": CalendarMissing("Gone.")})
    refresh([user.accounts[0].id], NOW)
    assert (gone.missing_at, starts(link)) == (NOW, [])
    gone.conflicts = False
    db.session.commit()
    assert NINE in starts(link)


@pytest.mark.rule("R31")
def test_the_look_before_a_booking_asks_about_its_interval_alone(world: Flask, answers: Answers) -> None:
    user = ana()
    link = make_link(hosts=[user], buffer_before=10, buffer_after=15)
    db.session.commit()
    answers.answer = Reading({"ana@acme.example": []})
    book(link, ask(), now=NOW)
    assert answers.windows == [(NINE - 10 * MINUTE, NINE + 45 * MINUTE)]


@pytest.mark.rule("R31")
def test_what_the_look_before_a_booking_learns_leaves_the_rest_as_it_was(world: Flask, diary: Diary) -> None:
    user = ana()
    link = make_link(hosts=[user])
    db.session.commit()
    noon = NINE + 4 * 60 * MINUTE
    diary.busy["ana@acme.example"] = [BusyEvent(noon, noon + HALF_HOUR)]
    refresh([user.accounts[0].id], NOW)
    diary.busy["ana@acme.example"] = [BusyEvent(NINE, NINE + HALF_HOUR)]
    check_at_source([user.id], NINE, NINE + HALF_HOUR, NOW)
    offered = starts(link)
    assert NINE not in offered
    assert noon not in offered
    assert user.accounts[0].checked_at == NOW


def test_an_interval_is_replaced_across_months(world: Flask) -> None:
    user = make_user()
    calendar = user.accounts[0].calendars[0]
    first, last = NOW, NOW + 70 * DAY
    whole = Window.between(first, last)
    store_busy(calendar, [(first + day * DAY, first + day * DAY + HALF_HOUR) for day in range(70)], whole)
    start, end = first + 20 * DAY, first + 40 * DAY
    patch_busy(calendar, [(start + DAY, start + 2 * DAY)], Window.between(start, end))
    db.session.commit()
    host = host_of(user.id, NOW)
    assert host is not None
    mask = busy_masks([host], whole)[user.id]
    assert mask.bit_count() == 50 * 6 + 288


@pytest.mark.rule("R12")
def test_calendars_are_read_as_far_ahead_as_links_reach(world: Flask, answers: Answers) -> None:
    user = ana()
    make_link(hosts=[user], window_days=100)
    db.session.commit()
    answers.answer = Reading({"ana@acme.example": []})
    refresh([user.accounts[0].id], NOW)
    ((start, end),) = answers.windows
    assert start <= NOW
    assert end >= NOW + 101 * DAY


def test_an_account_that_failed_again_and_again_is_left_alone_for_a_minute(
    world: Flask, answers: Answers
) -> None:
    user = ana()
    make_link(hosts=[user])
    db.session.commit()
    answers.wrong = CalendarUnreachable("No answer.")
    for number in range(5):
        check_at_source([user.id], NINE, NINE + HALF_HOUR, NOW + number * MINUTE)
    assert len(answers.windows) == 5
    later = NOW + 4 * MINUTE
    assert check_at_source([user.id], NINE, NINE + HALF_HOUR, later + 59 * MINUTE / 60) == {
        user.id: NO_ANSWER
    }
    assert len(answers.windows) == 5
    check_at_source([user.id], NINE, NINE + HALF_HOUR, later + MINUTE)
    assert len(answers.windows) == 6


@pytest.mark.rule("R12")
def test_a_revoked_account_is_not_asked_again_until_it_is_linked_again(
    world: Flask, answers: Answers
) -> None:
    user = ana()
    db.session.commit()
    answers.wrong = AccessRevoked("Access was revoked.")
    refresh([user.accounts[0].id], NOW)
    account = db.session.scalars(select(CalendarAccount)).one()
    assert (account.broken, account.broken_at, account.next_check_at) == (True, NOW, NEVER)
    assert refresh_due(NOW + 365 * DAY) == 0
    assert len(answers.windows) == 1


def test_whoever_answers_again_is_caught_up_with(world: Flask, answers: Answers) -> None:
    user = ana()
    db.session.commit()
    answers.wrong = CalendarUnreachable("No answer.", retry_after_seconds=3600)
    refresh([user.accounts[0].id], NOW)
    account = user.accounts[0]
    assert account.next_check_at is not None
    assert account.next_check_at >= NOW + 60 * MINUTE
    assert account.failing_since == NOW
    answers.wrong, answers.answer = None, Reading({"ana@acme.example": []})
    check_at_source([user.id], NINE, NINE + HALF_HOUR, NOW + MINUTE)
    assert account.failing_since is None
    assert refresh_due(NOW + MINUTE) == 1
    assert account.checked_at == NOW + MINUTE
