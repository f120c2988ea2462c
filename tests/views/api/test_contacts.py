"""Contacts and owners, pushed by another system (R20)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_contact, make_user
from tests.views.api.programs import Program
from website.extensions import db
from website.models import ApiToken, Contact, ContactAddress
from website.services.contact_push import Push, push_contacts

pytestmark = [pytest.mark.usefixtures("monday"), pytest.mark.rule("R20")]
DANA = "/contacts/dana@prospect.example"
PLAIN = {"name": "", "phone": "", "company": "", "owner": None, "addresses": []}
CANNOT_BE: list[tuple[Any, str]] = [
    ({"owner": "nobody@acme.example"}, "owner"),
    ({"owner": ""}, "owner"),
    ({"name": None}, "name"),
    ({"name": "a\nb"}, "name"),
    ({"phone": "1" * 201}, "phone"),
    ({"company": "\x00"}, "company"),
    ({"addresses": ["none"]}, "addresses"),
    ({"addresses": [f"{n}@a.example" for n in range(21)]}, "addresses"),
    ({"replace_owner": "perhaps"}, "replace_owner"),
    ({"email": "other@prospect.example"}, "email"),
    ([], "body"),
]


def contacts() -> dict[str, str | None]:
    """Everybody's owner, by address."""
    db.session.expire_all()
    found = db.session.scalars(select(Contact))
    return {contact.email: contact.owner.email if contact.owner else None for contact in found}


@pytest.mark.both_engines
def test_a_contact_is_made_once_and_changed_in_what_is_named(world: Flask, program: Program) -> None:
    ana = make_user("Ana", email="ana@acme.example")
    db.session.commit()
    body = {
        "name": "Dana",
        "company": "Prospect",
        "owner": "Ana@acme.example",
        "addresses": ["D@home.example"],
    }
    made = program("PUT", "/contacts/Dana@Prospect.example", body)
    stored = PLAIN | body | {
        "email": "dana@prospect.example", "owner": ana.email, "addresses": ["d@home.example"]
    }  # fmt: skip
    assert (made.status_code, made.json) == (201, stored)
    again = program("PUT", DANA, body)
    assert (again.status_code, again.json) == (200, stored)
    changed = program("PUT", DANA, {"phone": "+33 1"})
    assert (changed.status_code, changed.json) == (200, stored | {"phone": "+33 1"})
    assert program("GET", DANA).json == changed.json
    assert (len(contacts()), db.session.scalars(select(Contact)).one().source) == (1, "api")


def test_any_address_of_a_person_finds_them_and_stays(world: Flask, program: Program) -> None:
    contact = make_contact()
    contact.addresses = [ContactAddress(email="d@home.example"), ContactAddress(email="d@old.example")]
    db.session.commit()
    answer = program("PUT", "/contacts/D@home.example", {"name": "D.", "addresses": ["d@new.example"]})
    assert (answer.status_code, answer.json["email"]) == (200, "dana@prospect.example")
    assert answer.json["addresses"] == ["d@home.example", "d@new.example"]
    assert program("GET", "/contacts/d@new.example").json == answer.json
    assert program("GET", "/contacts/d@old.example").status_code == 404


@pytest.mark.parametrize(
    ("sent", "owner"),
    [
        ({"owner": "ben@acme.example"}, "ben@acme.example"),
        ({"owner": None}, None),
        ({}, "ana@acme.example"),
        ({"owner": "ben@acme.example", "replace_owner": False}, "ana@acme.example"),
        ({"owner": None, "replace_owner": False}, "ana@acme.example"),
    ],
)
def test_the_owner_is_replaced_unless_the_program_says_otherwise(
    world: Flask, program: Program, sent: dict[str, Any], owner: str | None
) -> None:
    make_contact(owner=make_user("Ana", email="ana@acme.example"))
    make_user("Ben", email="ben@acme.example")
    db.session.commit()
    assert program("PUT", DANA, sent).json["owner"] == owner
    assert contacts() == {"dana@prospect.example": owner}


def test_an_owner_is_given_where_there_was_none(world: Flask, program: Program) -> None:
    make_contact()
    make_user("Ben", email="ben@acme.example", active=False)
    db.session.commit()
    body = {"owner": "ben@acme.example", "replace_owner": False}
    assert program("PUT", DANA, body).json["owner"] == "ben@acme.example"


def test_what_cannot_be_is_refused_by_field(program: Program) -> None:
    for sent, field in CANNOT_BE:
        answer = program("PUT", DANA, sent)
        assert (answer.status_code, [*answer.json["errors"]]) == (422, [field]), sent
    assert contacts() == {}


def test_an_address_that_is_none_is_refused(program: Program) -> None:
    assert program("PUT", "/contacts/none", {}).json["errors"].keys() == {"email"}
    assert program("GET", "/contacts/none").status_code == 404


def test_another_contact_s_address_is_a_conflict(world: Flask, program: Program) -> None:
    make_contact()
    make_contact("eve@prospect.example").addresses = [ContactAddress(email="e@home.example")]
    db.session.commit()
    for taken in ("eve@prospect.example", "E@home.example"):
        answer = program("PUT", DANA, {"name": "changed", "addresses": [taken]})
        assert (answer.status_code, answer.json["code"]) == (409, "address_taken")
        assert taken in answer.json["errors"]["addresses"][0]
    assert program("GET", DANA).json["name"] == "Dana"


@pytest.mark.both_engines
def test_a_batch_says_what_became_of_each(world: Flask, program: Program) -> None:
    make_contact(name="Dana")
    make_user("Ana", email="ana@acme.example")
    db.session.commit()
    rows = [
        {"email": "dana@prospect.example", "name": "Dana"},
        {"email": "eve@prospect.example", "owner": "ana@acme.example", "addresses": ["e@home.example"]},
        {"email": "E@home.example", "name": "Eve"},
        {"email": "fay@prospect.example", "owner": "nobody@acme.example"},
        {"email": "gus@prospect.example", "addresses": ["eve@prospect.example"]},
        {"email": "no address", "name": "x"},
        {"name": "no address"},
        "no row",
    ]
    answer = program("POST", "/contacts", {"contacts": rows})
    assert answer.status_code == 200
    assert [one["status"] for one in answer.json["contacts"]] == [
        "unchanged", "created", "updated", "refused", "conflict", "refused", "refused", "refused",
    ]  # fmt: skip
    assert [*answer.json["contacts"][3]["errors"]] == ["owner"]
    assert contacts() == {"dana@prospect.example": None, "eve@prospect.example": "ana@acme.example"}
    again = program("POST", "/contacts", {"contacts": rows})
    assert {one["status"] for one in again.json["contacts"]} == {"unchanged", "refused", "conflict"}


def test_an_address_may_go_from_one_to_another_within_a_batch(world: Flask, program: Program) -> None:
    make_contact().addresses = [ContactAddress(email="shared@home.example")]
    make_contact("eve@prospect.example")
    db.session.commit()
    rows = [
        {"email": "dana@prospect.example", "addresses": []},
        {"email": "eve@prospect.example", "addresses": ["shared@home.example"]},
    ]
    answer = program("POST", "/contacts", {"contacts": rows})
    assert [one["status"] for one in answer.json["contacts"]] == ["updated", "updated"]
    assert program("GET", "/contacts/shared@home.example").json["email"] == "eve@prospect.example"


def test_a_batch_has_one_to_five_hundred(program: Program) -> None:
    for body in ({}, {"contacts": []}, {"contacts": [{}] * 501}, {"contacts": "x"}):
        assert program("POST", "/contacts", body).json["errors"].keys() == {"contacts"}


def test_a_full_batch_with_long_texts_is_taken(program: Program) -> None:
    rows = [{"email": f"{n}@prospect.example", "name": "é" * 200, "company": "c" * 200} for n in range(500)]
    answer = program("POST", "/contacts", {"contacts": rows})
    assert {one["status"] for one in answer.json["contacts"]} == {"created"}


def test_what_a_booking_made_is_found_and_who_was_forgotten_is_not(world: Flask) -> None:
    contact = make_contact()
    contact.email, contact.forgotten_at = "forgotten-1", NOW
    db.session.commit()
    (outcome,) = push_contacts([Push("dana@prospect.example", {"name": "Dana"})], now=NOW)
    assert outcome.status == "created"
    assert set(contacts()) == {"forgotten-1", "dana@prospect.example"}


def test_a_person_is_forgotten(world: Flask, program: Program) -> None:
    make_contact().addresses = [ContactAddress(email="d@home.example")]
    db.session.commit()
    assert program("DELETE", "/contacts/D@home.example").status_code == 204
    assert program("DELETE", DANA).json["code"] == "unknown_contact"
    db.session.expire_all()
    assert [contact.name for contact in db.session.scalars(select(Contact))] == [""]


def test_a_token_of_who_is_no_admin_any_more_forgets_nobody(world: Flask, program: Program) -> None:
    make_contact()
    maker = db.session.scalars(select(ApiToken)).one().creator
    assert maker is not None
    for role, active in (("member", True), ("admin", False)):
        maker.role, maker.active = role, active
        db.session.commit()
        answer = program("DELETE", DANA)
        assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")
    assert program("GET", DANA).status_code == 200
