"""The same contact, pushed by several programs in the same moment (R20)."""

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.at_once import at_once
from tests.factories import NOW, make_contact
from website.extensions import db
from website.models import Contact, ContactAddress
from website.services.contact_push import Outcome, Push, push_contacts

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R20")]


def push(rows: Sequence[Push]) -> list[Outcome]:
    return push_contacts(rows, now=NOW)


def stored() -> int:
    return db.session.scalar(select(func.count(Contact.id))) or 0


def test_a_contact_whom_many_push_at_once_is_made_once(world: Flask) -> None:
    batch = [Push(f"{n}@prospect.example", {"name": "x"}) for n in range(5)]
    # In the other order: whoever waits for another one is waited for by nobody.
    outcomes = at_once(world, push, [batch, batch, batch[::-1], batch[::-1]])
    assert [type(one) for one in outcomes] == [list] * 4, outcomes
    said = [one.status for outcome in outcomes if isinstance(outcome, list) for one in outcome]
    assert (said.count("created"), said.count("unchanged"), stored()) == (5, 15, 5)


def test_an_address_that_two_contacts_claim_at_once_is_one_s(world: Flask) -> None:
    make_contact()
    make_contact("eve@prospect.example")
    db.session.commit()
    claims = [
        [Push(email, {"addresses": ["shared@home.example"]})]
        for email in ("dana@prospect.example", "eve@prospect.example", "new@prospect.example")
    ]
    outcomes = at_once(world, push, [*claims, [Push("shared@home.example", {})]])
    assert [type(one) for one in outcomes] == [list] * 4, outcomes
    own = db.session.scalar(select(func.count(Contact.id)).where(Contact.email == "shared@home.example")) or 0
    further = db.session.scalar(select(func.count()).select_from(ContactAddress)) or 0
    assert own + further == 1
