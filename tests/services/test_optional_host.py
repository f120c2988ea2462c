"""A host of a group link who is optional: invited like everybody, and never in the way (R6)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_busy, make_link, make_user
from tests.services.test_booking import HALF_HOUR, NINE, ask
from website.extensions import db
from website.models import Booking, BuiltinEvent, Link, Message, User
from website.services.availability import offer_at, scene_of
from website.services.booking import book
from website.services.contact import NOBODY
from website.services.outbox import deliver_due
from website.services.workspace_file import BadWorkspace, apply, export

FILE = """
[organisation]
name = "Acme"
timezone = "Europe/Paris"

[[users]]
email = "ana@acme.example"
name = "Ana"
role = "admin"
seat = true
calendars = [{ kind = "builtin", receives_bookings = true }]

[[users]]
email = "ben@acme.example"
name = "Ben"
seat = true
calendars = [{ kind = "builtin", receives_bookings = true }]

[[links]]
slug = "board"
kind = "group"
title = "Board"
timezone = "Europe/Paris"
durations = [30]
hours = { mon = ["09:00-17:00"] }
creator = "ana@acme.example"
hosts = [{ user = "ana@acme.example" }, { user = "ben@acme.example", optional = true }]
"""


def group() -> tuple[Link, User, User]:
    """Ana must be free, Ben, who has something else at nine, need not."""
    ana, ben = make_user("Ana", email="ana@acme.example"), make_user("Ben", email="ben@acme.example")
    make_busy(ben, (NINE, NINE + HALF_HOUR))
    link = make_link("group", hosts=[ana, ben])
    link.hosts[1].optional = True
    db.session.commit()
    return link, ana, ben


@pytest.mark.rule("R6")
def test_an_optional_host_who_is_busy_closes_no_slot(world: Flask) -> None:
    link, ana, _ = group()
    _, offer = offer_at(scene_of(link, visitor=NOBODY, duration=30, now=NOW), NINE)
    assert offer.hosts_at(NINE) == [ana.id]
    link.hosts[1].optional = False
    db.session.commit()
    _, offer = offer_at(scene_of(link, visitor=NOBODY, duration=30, now=NOW), NINE)
    assert not offer.offers(NINE)


@pytest.mark.rule("R6")
@pytest.mark.rule("R34")
def test_an_optional_host_has_the_meeting_in_the_calendar_and_a_mail_that_says_so(world: Flask) -> None:
    link, ana, ben = group()
    booking: Booking = book(link, ask(), now=NOW)
    deliver_due(NOW)
    stands = select(BuiltinEvent).where(BuiltinEvent.uid == booking.uid)
    owners = {
        calendar.account.user_id
        for event in db.session.scalars(stands)
        for account in (*ana.accounts, *ben.accounts)
        for calendar in account.calendars
        if calendar.id == event.calendar_id
    }
    assert owners == {ana.id, ben.id}
    texts = {
        row.payload["to"]: row.payload["text"]
        for row in db.session.scalars(select(Message).where(Message.kind == "booking_host"))
    }
    assert "You are invited to this group meeting, and need not be free." in texts["ben@acme.example"]
    assert "Everyone on this group link hosts." in texts["ana@acme.example"]


@pytest.mark.rule("R6")
def test_the_workspace_file_says_who_is_optional_and_keeps_it(world: Flask) -> None:
    apply(FILE, prune=False, now=NOW)
    link = db.session.scalars(select(Link)).one()
    assert [host.optional for host in link.hosts] == [False, True]
    assert apply(export(), prune=True, now=NOW + timedelta(minutes=1)) == []
    assert [host.optional for host in db.session.scalars(select(Link)).one().hosts] == [False, True]


@pytest.mark.rule("R6")
def test_somebody_must_be_free(world: Flask) -> None:
    nobody = FILE.replace('{ user = "ana@acme.example" }', '{ user = "ana@acme.example", optional = true }')
    with pytest.raises(BadWorkspace, match="At least one host must be free"):
        apply(nobody, prune=False, now=NOW)
