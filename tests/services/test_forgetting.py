"""A person who is to be forgotten leaves nothing behind, and what we hold of a person can be handed out."""

import json
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from tests.factories import NOW, make_contact, make_link, make_user
from tests.services.test_booking import HALF_HOUR, NINE, ask
from website.csv_file import Row
from website.extensions import db
from website.models import (
    Booking,
    Contact,
    ContactAddress,
    ContactImport,
    ContactImportPart,
    Message,
    PersonalLink,
)
from website.models.message import DROPPED, WAITING
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.contact import NOBODY, contact_known_as, recognise
from website.services.contact_import_rows import packed, unpacked
from website.services.errors import NotAllowed, UnknownContact
from website.services.forgetting import PATIENCE, forget
from website.services.handover import hand_over
from website.services.holding import held_of
from website.services.note import leave_note
from website.services.outbox import deliver_due, deliver_one
from website.services.transaction import in_transaction

DANA = "dana@prospect.example"
# Everything by which the person could be known again.
TRACES = (
    "dana", "d.p@home", "+33 1 23 45", "Prospect & Sons", "7 people", "guest@home.example", "newsletter",
    "I would rather", "Ill today", "crm-17",
)  # fmt: skip
QUESTIONS = [{"key": "size", "label": "How many are you?", "kind": "text", "required": False}]


def dump() -> str:
    """Every row of every table, as text."""
    db.session.rollback()
    tables = db.metadata.tables
    rows = [str(tuple(row)) for name in tables for row in db.session.execute(text(f'SELECT * FROM "{name}"'))]
    return "\n".join(rows)


def deliver_all(now: datetime) -> None:
    while deliver_due(now):
        pass


def traces() -> list[str]:
    there = dump().lower()
    return [trace for trace in TRACES if trace.lower() in there]


class Story:
    """A contact with past, cancelled and coming meetings, and everything else that can be known of a person."""

    def __init__(self) -> None:
        self.ana, self.ben = make_user("Ana", role="admin"), make_user("Ben")
        self.link = make_link(hosts=[self.ana, self.ben], questions=QUESTIONS, reminders=[60])
        self.contact = self._contact()
        db.session.commit()
        self.past, self.cancelled, self.coming = (self.booked(number) for number in range(3))
        cancel(self.cancelled.token, reason="Ill today", now=NOW)
        host = self.past.hosts[0].user_id
        other = self.ben.id if host == self.ana.id else self.ana.id
        hand_over(self.past.id, other, from_user_id=host, by=self.ana, now=NOW)
        leave_note(
            self.link,
            NOBODY,
            name="Dana",
            email=DANA.upper(),
            text="I would rather call.",
            nonce="n",
            now=NOW,
        )
        self.by_somebody_else = book(
            self.link,
            ask(NINE + 6 * HALF_HOUR, email="eve@else.example", name="Eve", nonce="e", guests=(DANA,)),
            now=NOW,
        )
        in_transaction(self._rest)
        deliver_due(NOW)

    def _contact(self) -> Contact:
        contact = make_contact(DANA, name="Dana Prospect", owner=self.ben)
        contact.phone, contact.company, contact.crm_id = "+33 1 23 45", "Prospect & Sons", "crm-17"
        contact.addresses = [ContactAddress(email="d.p@home.example")]
        return contact

    def booked(self, number: int) -> Booking:
        said = ask(
            NINE + number * HALF_HOUR, email="D.P@home.example", nonce=f"dana {number}", name="Dana P.",
            guests=("guest@home.example",), answers={"size": "7 people"}, campaign={"utm_source": "newsletter"},
        )  # fmt: skip
        return book(self.link, said, now=NOW)

    def _rest(self) -> None:
        made = {"created_at": NOW, "expires_at": NOW + timedelta(days=9)}
        db.session.add(PersonalLink(link_id=self.link.id, contact_id=self.contact.id, **made))
        errors = [{"line": 3, "cells": ["Eve", "eve@"]}, {"line": 4, "cells": ["Dana", DANA.upper(), "x"]}]
        db.session.add(ContactImport(creator_id=self.ana.id, created_at=NOW, state="done", errors=errors))
        self._waiting_import()
        failed = db.session.query(Message).filter_by(kind="booking_cancelled").first()
        failed.error = f"MailRefused: 550 <{DANA}> is unknown"

    def _waiting_import(self) -> None:
        row = ContactImport(creator_id=self.ana.id, created_at=NOW, state="uploaded")
        db.session.add(row)
        db.session.flush()
        cells = [Row(2, ["Eve", "eve@else.example"]), Row(3, ["Dana", DANA])]
        db.session.add(ContactImportPart(import_id=row.id, number=0, content=packed(cells)))


@pytest.fixture
def story(world: Flask) -> Story:
    return Story()


# The past meeting is over, the coming one is still ahead.
LATER = NINE + HALF_HOUR + timedelta(minutes=10)


@pytest.mark.both_engines
def test_nothing_of_a_person_who_is_forgotten_is_left_anywhere(story: Story) -> None:
    number = story.contact.id
    assert traces() == list(TRACES)
    assert not forget(number, by=story.ana, now=LATER)
    # The mails about the meeting that was called off are still to be sent.
    assert db.session.query(Message).filter_by(state=WAITING, kind="booking_cancelled").count() > 1
    sent = set[str]()
    while deliver_one(LATER):
        sent |= {
            message.payload["to"] for message in db.session.query(Message) if message.payload.get("kept")
        }
    assert "d.p@home.example" in sent
    assert traces() == []
    contact = db.session.get_one(Contact, number)
    assert (contact.email, contact.forgotten_at) == (f"forgotten-{number}@invalid", LATER)
    assert contact_known_as(DANA) is None
    assert recognise(DANA, story.link).contact_id is None


@pytest.mark.rule("R24")
def test_past_meetings_stay_as_meetings(story: Story) -> None:
    token = story.past.token
    kept = {"state", "start_at", "end_at", "receipt", "no_show", "owner_routed", "created_at"}
    before = {name: getattr(story.past, name) for name in kept}
    hosts = [host.user_id for host in story.past.hosts]
    forget(story.contact.id, by=story.ana, now=LATER)
    past = db.session.get_one(Booking, story.past.id)
    assert {name: getattr(past, name) for name in kept} == before
    assert [host.user_id for host in past.hosts] == hosts
    assert [entry["what"] for entry in past.changes] == ["handed_over"]
    assert past.token != token
    assert db.session.get_one(Booking, story.by_somebody_else.id).guests == []
    one = db.session.query(ContactImport).filter_by(state="done").one()
    part = db.session.query(ContactImportPart).one()
    assert [row.cells for row in unpacked(part.content)] == [["Eve", "eve@else.example"], ["", ""]]
    assert [row["line"] for row in one.errors] == [3]


def test_mails_that_cannot_be_sent_hold_up_nothing_for_ever(story: Story) -> None:
    forget(story.contact.id, by=story.ana, now=LATER)
    stuck = db.session.query(Message).filter_by(kind="booking_cancelled", state=WAITING).first()
    stuck_id, end = stuck.id, LATER + PATIENCE + timedelta(minutes=1)
    in_transaction(
        lambda: setattr(db.session.get_one(Message, stuck_id), "due_at", end + timedelta(minutes=9))
    )
    deliver_all(LATER + timedelta(minutes=9))
    assert traces()
    deliver_all(end)
    assert traces() == []
    assert db.session.get_one(Message, stuck_id).state == DROPPED


def test_a_person_without_coming_meetings_is_gone_at_once(story: Story) -> None:
    after = NINE + 9 * HALF_HOUR
    deliver_all(after)
    assert forget(story.contact.id, by=story.ana, now=after)
    assert traces() == []
    with pytest.raises(UnknownContact):
        forget(story.contact.id, by=story.ana, now=after)


def test_whoever_comes_back_is_somebody_new(story: Story) -> None:
    number = story.contact.id
    forget(number, by=story.ana, now=LATER)
    again = story.booked(8)
    assert again.contact_id != number
    deliver_all(LATER)
    assert db.session.get_one(Booking, again.id).email == "d.p@home.example"


def test_members_forget_nobody(story: Story) -> None:
    with pytest.raises(NotAllowed):
        forget(story.contact.id, by=story.ben, now=LATER)
    assert story.contact.forgotten_at is None


def test_what_we_hold_says_everything(story: Story) -> None:
    held = held_of(story.contact)
    said = json.dumps(held, ensure_ascii=False).lower()
    assert [trace for trace in TRACES if trace.lower() not in said] == []
    assert [len(held[name]) for name in ("bookings", "guest_of", "notes", "personal_links", "rows_of_imports")] == [
        3, 1, 1, 1, 1,
    ]  # fmt: skip
    assert held["bookings"][0]["answers"] == {"How many are you?": "7 people"}
    assert {mail["to"] for mail in held["mails"]} <= {DANA, "d.p@home.example"}
