"""Trying a message again and giving it up, while workers are about (R32)."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.at_once import at_once
from tests.diary import Diary, diaries
from tests.factories import NOW, make_user
from tests.services.test_calendar_event import booked
from website.extensions import db
from website.models import Message, User
from website.models.message import DONE, FAILED, GIVEN_UP, WAITING
from website.providers.calendars.errors import AccessRevoked, CalendarUnreachable
from website.providers.calendars.records import Placed
from website.services.errors import NotAllowed, NothingLeftToDo, OnItsWay, UnknownMessage
from website.services.outbox import deliver_due, wake
from website.services.outbox_repair import give_up, retry

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R32")]
HOUR = timedelta(hours=1)


@pytest.fixture
def diary() -> Iterator[Diary]:
    with diaries() as provider:
        yield provider


@pytest.fixture
def boss(world: Flask) -> User:
    boss = make_user("Boss", role="admin", calendar=False, seat=False)
    db.session.commit()
    return boss


def only() -> Message:
    db.session.rollback()
    return db.session.scalars(select(Message).where(Message.channel == "calendar_event")).one()


def test_what_failed_is_delivered_when_it_is_tried_again(boss: User, diary: Diary) -> None:
    booked("Ana")
    diary.wrong = AccessRevoked("Access was revoked.")
    deliver_due(NOW)
    assert only().state == FAILED
    diary.wrong = None
    deliver_due(NOW + HOUR)
    assert only().state == FAILED
    retry(only().id, by=boss, now=NOW + HOUR)
    deliver_due(NOW + HOUR)
    assert (only().state, only().attempts, len(diary.events)) == (DONE, 1, 1)


def test_what_waits_for_its_next_try_need_not_wait(boss: User, diary: Diary) -> None:
    booked("Ana")
    diary.wrong = CalendarUnreachable("No answer.", 1800)
    deliver_due(NOW)
    diary.wrong = None
    deliver_due(NOW)
    assert only().state == WAITING
    retry(only().id, by=boss, now=NOW)
    deliver_due(NOW)
    assert only().state == DONE


def test_what_was_given_up_is_delivered_by_nobody_until_it_is_tried_again(boss: User, diary: Diary) -> None:
    booking = booked("Ana")
    give_up(only().id, by=boss, now=NOW)
    give_up(only().id, by=boss, now=NOW)
    wake([event.calendar_id for event in booking.events if event.calendar_id], NOW)
    db.session.commit()
    deliver_due(NOW + HOUR)
    assert (only().state, only().done_at, diary.events) == (GIVEN_UP, NOW, {})
    retry(only().id, by=boss, now=NOW + HOUR)
    assert only().done_at is None
    deliver_due(NOW + HOUR)
    assert (only().state, len(diary.events)) == (DONE, 1)


def test_a_message_in_a_worker_s_hands_is_left_to_it(boss: User, diary: Diary) -> None:
    booked("Ana")
    only().lease_until = NOW + timedelta(seconds=60)
    db.session.commit()
    for repair in (retry, give_up):
        with pytest.raises(OnItsWay):
            repair(only().id, by=boss, now=NOW)
    give_up(only().id, by=boss, now=NOW + timedelta(seconds=61))
    assert only().state == GIVEN_UP


def test_a_worker_that_lost_its_lease_does_not_undo_what_an_admin_decided(
    boss: User, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked("Ana")
    put, boss_id = diary.put_event, boss.id

    def slow(*asked: Any) -> Placed:
        give_up(only().id, by=db.session.get_one(User, boss_id), now=NOW + HOUR)
        return put(*asked)

    monkeypatch.setattr(diary, "put_event", slow)
    deliver_due(NOW)
    assert only().state == GIVEN_UP


def test_what_was_delivered_or_never_was_is_not_touched(boss: User, diary: Diary) -> None:
    booked("Ana")
    deliver_due(NOW)
    for repair in (retry, give_up):
        with pytest.raises(NothingLeftToDo):
            repair(only().id, by=boss, now=NOW)
        with pytest.raises(UnknownMessage):
            repair(10**6, by=boss, now=NOW)
    assert only().state == DONE


def test_only_an_admin_repairs(boss: User, diary: Diary) -> None:
    booking = booked("Ana")
    ana = booking.hosts[0].user
    for repair in (retry, give_up):
        with pytest.raises(NotAllowed):
            repair(only().id, by=ana, now=NOW)
    assert only().state == WAITING


def test_the_log_says_who_did_it_by_number_alone(
    boss: User, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    booked("Ana")
    number = only().id
    retry(number, by=boss, now=NOW)
    give_up(number, by=boss, now=NOW)
    said = [record.getMessage() for record in caplog.records if record.name.endswith("outbox_repair")]
    assert said == [
        f"message {number} (event_put) was retried by user {boss.id}",
        f"message {number} (event_put) was given up by user {boss.id}",
    ]


def test_a_repair_and_a_delivery_at_once_end_with_one_event(app: Flask, boss: User, diary: Diary) -> None:
    booked("Ana")
    number, boss_id = only().id, boss.id

    def work(repairs: bool) -> None:
        if repairs:
            retry(number, by=db.session.get_one(User, boss_id), now=NOW)
        else:
            deliver_due(NOW)

    answers = at_once(app, work, [True, False, True, False])
    assert {type(one) for one in answers} <= {type(None), OnItsWay, NothingLeftToDo}
    deliver_due(NOW)
    assert (only().state, len(diary.events)) == (DONE, 1)
