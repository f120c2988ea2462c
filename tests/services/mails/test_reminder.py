"""Reminders: at their times, once, never late, never for what is no longer so (R37)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_link
from tests.peers.smtp import MailServer
from tests.services.mails.letters import BEN, DANA, HOUR, MINUTE, booked, hand_over, host, letters, move, sent
from tests.services.test_booking import NINE, ask
from website.extensions import db
from website.models import Message
from website.models.message import DONE, DROPPED, WAITING
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.outbox import TOO_LATE, deliver_due

pytestmark = pytest.mark.both_engines
DAY = timedelta(days=1)
START = NINE  # a day after NOW


def reminders() -> list[Message]:
    db.session.expire_all()
    return list(db.session.scalars(select(Message).where(Message.kind == "reminder").order_by(Message.id)))


def seen(post: MailServer) -> list[str]:
    return [letter.subject for letter in letters(post) if letter.subject.startswith("Reminder")]


@pytest.mark.rule("R37")
def test_reminders_go_out_at_their_times_once_each(world: Flask, post: MailServer) -> None:
    booked([host("Ana")], reminders=[15, 60, 60, 600])
    deliver_due(NOW)
    counts = []
    for due in (600, 60, 15):
        at = START - timedelta(minutes=due)
        counts.append((len(sent(post, at - MINUTE)), len(sent(post, at)), len(sent(post, at + MINUTE))))
    assert counts == [(0, 1, 0)] * 3
    assert seen(post) == ["Reminder: Product demo, Tuesday, 2 February 2027, 08:00 (London)"] * 3
    assert {letter.to for letter in letters(post) if letter.subject.startswith("Reminder")} == {DANA}
    assert {letter.method for letter in letters(post) if letter.subject.startswith("Reminder")} == {""}


@pytest.mark.rule("R37")
def test_lead_times_that_have_passed_are_not_caught_up_with(world: Flask, post: MailServer) -> None:
    booked([host("Ana")], reminders=[2 * 24 * 60, 24 * 60, 60])
    assert [message.due_at for message in reminders()] == [START - HOUR]


@pytest.mark.rule("R37")
def test_a_reminder_is_in_the_invitee_s_zone_and_language(world: Flask, post: MailServer) -> None:
    link = make_link("personal", hosts=[host("Ana")], reminders=[60])
    db.session.commit()
    book(link, ask(language="en-US", timezone="America/New_York"), now=NOW)
    deliver_due(NOW)
    (letter,) = sent(post, START - HOUR)
    assert "Tuesday, February 2, 2027, 3:00" in letter.text
    assert "(New York, UTC−5)" in letter.text


# Each row: the leads in minutes, how late the worker is for the first, and how many go out then.
LATE = [
    ([60], timedelta(minutes=29), 1),
    ([60], timedelta(minutes=30), 0),
    ([60], timedelta(minutes=61), 0),
    ([600, 420], timedelta(hours=2, minutes=59), 1),
    ([600, 420], timedelta(hours=3), 1),  # the next one, instead
]


@pytest.mark.rule("R37")
@pytest.mark.parametrize(("leads", "late", "count"), LATE)
def test_a_reminder_is_never_late_enough_to_be_wrong(
    world: Flask, post: MailServer, leads: list[int], late: timedelta, count: int
) -> None:
    booked([host("Ana")], reminders=leads)
    deliver_due(NOW)
    assert len(sent(post, START - timedelta(minutes=leads[0]) + late)) == count
    first = reminders()[0]
    assert first.state in (DONE, DROPPED)
    if first.state == DROPPED:
        assert first.error == TOO_LATE


@pytest.mark.rule("R37")
def test_a_reminder_that_the_server_put_off_is_dropped_in_the_end(world: Flask, post: MailServer) -> None:
    booked([host("Ana")], reminders=[60])
    deliver_due(NOW)
    post.says["RCPT"] = "451 Later"
    deliver_due(START - HOUR)
    assert [message.state for message in reminders()] == [WAITING]
    post.says.clear()
    assert sent(post, START) == []
    assert [message.state for message in reminders()] == [DROPPED]


@pytest.mark.rule("R37")
def test_no_reminder_of_a_meeting_that_is_off(world: Flask, post: MailServer) -> None:
    booking = booked([host("Ana")], reminders=[60])
    cancel(booking.token, reason="", now=NOW)
    deliver_due(NOW)
    assert [message.state for message in reminders()] == [DROPPED]
    assert sent(post, START - HOUR) == []


@pytest.mark.rule("R37")
def test_reminders_move_with_the_meeting(world: Flask, post: MailServer) -> None:
    booking = booked([host("Ana")], reminders=[60])
    move(booking, later=DAY)
    deliver_due(NOW)
    assert sent(post, START - HOUR) == []
    (letter,) = sent(post, START + DAY - HOUR)
    assert letter.subject == "Reminder: Product demo, Wednesday, 3 February 2027, 08:00 (London)"
    assert [message.state for message in reminders()] == [DROPPED, DONE]


@pytest.mark.rule("R37")
def test_a_reminder_of_another_host_names_that_one(world: Flask, post: MailServer) -> None:
    ana, ben = host("Ana"), host("Ben")
    booking = booked([ana], reminders=[600, 60])
    deliver_due(NOW)
    sent(post, START - timedelta(minutes=600))
    hand_over(booking, ben, by=ana, now=START - 2 * HOUR)
    deliver_due(START - 2 * HOUR)
    (letter,) = sent(post, START - HOUR)
    assert "Your meeting with Ben is coming up." in letter.text
    assert letter.mail["Reply-To"] == f"Ben <{BEN}>"
    assert len(seen(post)) == 2


@pytest.mark.rule("R37")
def test_a_reminder_is_checked_once_more_when_it_is_delivered(world: Flask, post: MailServer) -> None:
    booking = booked([host("Ana")], reminders=[60])
    deliver_due(NOW)
    booking.sequence += 1
    db.session.commit()
    assert sent(post, START - HOUR) == []
    assert [message.state for message in reminders()] == [DROPPED]
