"""The pages of contacts: list, one contact, forms, files."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_contact, make_link, make_organisation, make_user
from tests.views.workspace.test_home import DANA, booked
from tests.views.workspace.test_links import sign_in, token_of
from website import clock
from website.extensions import db
from website.models import Contact, ContactAddress, User
from website.services.contact import NOBODY
from website.services.note import leave_note

FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    return make_user("Ana", role="admin")


@pytest.fixture
def ben(ana: User) -> User:
    return make_user("Ben")


def sent(client: FlaskClient, address: str, **values: Any) -> Any:
    token = token_of(client.get(address).text)
    empty = {"name": "", "company": "", "phone": "", "addresses": "", "owner": ""}
    return client.post(address, data={"csrf_token": token, **empty, **values})


def test_the_fragment_is_the_part_of_the_page(client: FlaskClient, ana: User) -> None:
    make_contact("dana@prospect.example", name="Dana")
    make_contact("eve@prospect.example", name="Eve", owner=ana)
    sign_in(client, ana)
    page = client.get("/contacts?q=dana").text
    part = client.get("/contacts/found?q=dana&owner=&sort=address", headers=FRAGMENT)
    assert part.text.strip() in page
    assert "<html" not in part.text
    assert part.headers["HX-Push-Url"] == "/contacts?q=dana"
    assert "eve@prospect.example" not in page
    assert "eve@prospect.example" in client.get("/contacts?owner=me").text
    assert "dana@prospect.example" in client.get("/contacts?owner=nobody&sort=name").text
    typed = client.get("/contacts/found?q=", headers={**FRAGMENT, "HX-Source": "form#filters"})
    assert (typed.headers["HX-Push-Url"], typed.headers["HX-Replace-Url"]) == ("false", "/contacts")


def test_whose_session_is_over_leaves_the_fragment_for_the_page(client: FlaskClient, ana: User) -> None:
    answer = client.get("/contacts/found?q=dana", headers=FRAGMENT)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/contacts?q=dana")
    assert "next=%2Fcontacts" in client.get(answer.headers["HX-Redirect"]).location


def test_pages_lead_on_without_an_address_in_their_own(client: FlaskClient, ana: User) -> None:
    for number in range(51):
        make_contact(f"c{number:02}@prospect.example", name="")
    sign_in(client, ana)
    last = db.session.query(Contact).filter_by(email="c49@prospect.example").one().id
    assert f'href="/contacts?sort=newest&amp;after={last - 48}"' in client.get("/contacts?sort=newest").text
    assert f'href="/contacts?after={last}"' in client.get("/contacts").text
    rest = client.get(f"/contacts?after={last}").text
    assert "c50@prospect.example" in rest
    assert f"before={last + 1}" in rest


def test_a_contact_s_page_tells_what_there_is_to_know(client: FlaskClient, ana: User, ben: User) -> None:
    contact = make_contact(DANA, name="Dana Prospect", owner=ben)
    contact.addresses, contact.phone = [ContactAddress(email="d@home.example")], "+33 1 23"
    contact.source, contact.created_at = "booking", NOW
    link = make_link("personal", hosts=[ana], title="Coffee")
    booking = booked(link)
    leave_note(link, NOBODY, name="Dana", email="D@HOME.example", text="Call me", nonce="n", now=clock.now())
    sign_in(client, ana)
    page = client.get(f"/contacts/{contact.id}").text
    for words in (
        "Dana Prospect",
        DANA,
        "d@home.example",
        "tel:+33123",
        "Ben",
        "Booked a meeting",
        "Call me",
        "Coffee",
    ):
        assert words in page
    assert f'href="/bookings/{booking.id}"' in page
    assert f'href="/contacts/{contact.id}"' in client.get(f"/bookings/{booking.id}").text


@pytest.mark.rule("R36")
def test_a_member_reads_no_more_of_a_meeting_than_that_it_is(
    client: FlaskClient, ana: User, ben: User
) -> None:
    contact = make_contact(DANA)
    link = make_link("personal", hosts=[ana], title="Coffee", assign_owner=False)
    booking = booked(link)
    leave_note(link, NOBODY, name="Dana", email=DANA, text="For Ana alone", nonce="n", now=clock.now())
    sign_in(client, ben)
    page = client.get(f"/contacts/{contact.id}").text
    assert "Coffee" in page
    assert f"/bookings/{booking.id}" not in page
    assert "For Ana alone" not in page
    assert "/forget" not in page
    assert "/held" not in page


def test_an_admin_adds_and_changes_a_contact(client: FlaskClient, ana: User, ben: User) -> None:
    sign_in(client, ana)
    answer = sent(client, "/contacts/new", email="Dana@Prospect.example", name="Dana", owner=str(ben.id))
    contact = db.session.query(Contact).one()
    assert answer.location == f"/contacts/{contact.id}?said=contact_added"
    assert (contact.email, contact.owner_id) == (DANA, ben.id)
    address = f"/contacts/{contact.id}/edit"
    answer = sent(client, address, email=DANA, name="Dana P.", addresses="d@home.example\nD@work.example")
    assert answer.location == f"/contacts/{contact.id}?said=saved"
    db.session.refresh(contact)
    assert (contact.name, contact.owner_id) == ("Dana P.", None)
    assert [one.email for one in contact.addresses] == ["d@home.example", "d@work.example"]


@pytest.mark.parametrize("field", ["email", "addresses"])
def test_an_address_of_another_contact_is_pointed_out_with_what_was_typed_kept(
    client: FlaskClient, ana: User, field: str
) -> None:
    dana = make_contact(DANA, name="Dana Prospect")
    sign_in(client, ana)
    typed = {"email": "new@x.example", "name": "Newcomer"} | {field: DANA}
    answer = sent(client, "/contacts/new", **typed)
    assert answer.status_code == 422
    assert f"{DANA} is the address of Dana Prospect." in answer.text
    assert f'href="/contacts/{dana.id}"' in answer.text
    assert 'value="Newcomer"' in answer.text
    assert db.session.query(Contact).count() == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "", "Write the e-mail address."),
        ("email", "nobody", "Write an e-mail address such as name@example.com."),
        ("addresses", "a@b.example, nobody", "Write e-mail addresses, one a line."),
        ("addresses", "\n".join(f"a{n}@b.example" for n in range(21)), "Write twenty addresses at most."),
        ("name", "x" * 201, "Keep it under 200 characters."),
        ("owner", "999", "Not a valid choice."),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    client: FlaskClient, ana: User, field: str, value: str, said: str
) -> None:
    sign_in(client, ana)
    answer = sent(client, "/contacts/new", **{"email": DANA, field: value})
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.query(Contact).count() == 0


@pytest.mark.rule("R25")
def test_a_member_takes_and_gives_up_a_contact_and_leaves_others_alone(
    client: FlaskClient, ana: User, ben: User
) -> None:
    free, hers = make_contact(DANA), make_contact("eve@x.example", owner=ana)
    sign_in(client, ben)
    page = client.get(f"/contacts/{free.id}").text
    assert "Make me the owner" in page
    data = {"csrf_token": token_of(page), "owner": str(ben.id)}
    assert client.post(f"/contacts/{free.id}/owner", data=data).location == f"/contacts/{free.id}?said=owner"
    assert "Give up this contact" in client.get(f"/contacts/{free.id}").text
    for address, values in (
        (f"/contacts/{free.id}/owner", {"owner": str(ana.id)}),
        (f"/contacts/{hers.id}/owner", {"owner": str(ben.id)}),
        (f"/contacts/{hers.id}/owner", {"owner": ""}),
        (f"/contacts/{hers.id}/edit", {"email": "eve@x.example"}),
    ):
        assert client.post(address, data=data | values).status_code == 403
    assert client.get(f"/contacts/{hers.id}/edit").status_code == 403
    assert f'value="{ana.id}"' not in client.get(f"/contacts/{free.id}/edit").text
    db.session.expire_all()
    assert (free.owner_id, hers.owner_id) == (ben.id, ana.id)


def test_the_list_leaves_as_a_file_that_computes_nothing(client: FlaskClient, ana: User) -> None:
    contact = make_contact(DANA, name="=HYPERLINK(1)", owner=ana)
    contact.phone, contact.company = "+33 1 23 45", 'Prospect "&" Sons, Inc.'
    contact.addresses = [ContactAddress(email="a@x.example"), ContactAddress(email="b@x.example")]
    make_contact("eve@else.example")
    sign_in(client, ana)
    answer = client.get("/contacts.csv?owner=me")
    assert answer.is_streamed
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert rows == [
        ["email", "name", "phone", "company", "owner", "addresses"],
        [
            DANA,
            "'=HYPERLINK(1)",
            "+33 1 23 45",
            'Prospect "&" Sons, Inc.',
            ana.email,
            "a@x.example; b@x.example",
        ],
    ]


def test_files_and_forgetting_are_for_admins(client: FlaskClient, ana: User, ben: User) -> None:
    contact = make_contact(DANA)
    sign_in(client, ben)
    for address in (
        "/contacts.csv",
        *(f"/contacts/{contact.id}/{page}" for page in ("held", "held.json", "forget")),
    ):
        assert client.get(address).status_code == 403


def test_forgetting_asks_first_and_then_nobody_is_there(client: FlaskClient, ana: User) -> None:
    contact = make_contact(DANA, name="Dana Prospect")
    booking = booked(make_link("personal", hosts=[ana], title="Coffee"))
    sign_in(client, ana)
    assert client.get(f"/contacts/{contact.id}/held.json").json["contact"]["name"] == "Dana Prospect"
    address = f"/contacts/{contact.id}/forget"
    page = client.get(address).text
    assert "1 coming meeting is called off" in page
    assert "Coffee" in page
    answer = client.post(address, data={"csrf_token": token_of(page)})
    assert answer.location == "/contacts?said=forgetting_person"
    assert DANA not in client.get("/contacts").text
    for gone in ("", "/edit", "/owner", "/held", "/forget"):
        assert client.get(f"/contacts/{contact.id}{gone}").status_code == 404
    db.session.expire_all()
    assert not booking.confirmed


def test_a_past_meeting_with_somebody_forgotten_can_still_be_looked_at(
    client: FlaskClient, ana: User
) -> None:
    contact = make_contact(DANA, name="Dana Prospect")
    booking = booked(make_link("personal", hosts=[ana], title="Coffee"))
    booking.start_at, booking.end_at = NOW.replace(year=2020), NOW.replace(year=2020, hour=9)
    db.session.commit()
    sign_in(client, ana)
    token = token_of(client.get("/contacts/new").text)
    client.post(f"/contacts/{contact.id}/forget", data={"csrf_token": token})
    for page in ("/bookings?state=past", f"/bookings/{booking.id}", f"/bookings/{booking.id}/no-show"):
        text = client.get(page).text
        assert "somebody who was forgotten" in text
        assert "mailto:" not in text
