"""Importing contacts from a file, by forms and without script."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.factories import make_contact, make_organisation, make_user
from tests.services.test_booking import stored
from tests.views.workspace.test_links import fields_of, sign_in, token_of
from website import clock
from website.extensions import db
from website.models import Contact, ContactImport, ContactImportPart, User
from website.models.contact_import import CANCELLED, CHECKED, DONE, FAILED
from website.services import contact_import_work
from website.services.contact_import_work import import_part, imports_due
from website.services.worker_sign import sign
from website.views.sizes import MOST_BYTES

TEXT = "Email,Full name,Contact owner,Shoe size\ndana@prospect.example,Dana,Ben,38\n=x,<b>Eve</b>,Zoë,39\n"
PAGE = "/contacts/import/1"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def out_of_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_import_work, "BREATH_SECONDS", 0)
    contact_import_work._seen.forget()


@pytest.fixture
def ana(world: Flask, client: FlaskClient) -> Iterator[User]:
    """An admin, signed in, with Ben as a colleague and a worker in sight."""
    make_organisation()
    user = make_user("Ana", role="admin")
    make_user("Ben", email="ben@acme.example")
    sign("worker", clock.now())
    sign_in(client, user)
    yield user


def send(client: FlaskClient, content: bytes | None, name: str = "people.csv") -> TestResponse:
    form: dict[str, Any] = {"csrf_token": token_of(client.get("/contacts/import").text)}
    if content is not None:
        form["file"] = (BytesIO(content), name)
    return client.post("/contacts/import", data=form, content_type="multipart/form-data")


def press(client: FlaskClient, verb: str) -> TestResponse:
    token = token_of(client.get("/contacts/import").text)
    return client.post(f"{PAGE}/{verb}", data={"csrf_token": token})


def rehearse(client: FlaskClient, **changes: str) -> TestResponse:
    """The form of the columns as it is, but for the changes."""
    fields = fields_of(client.get(f"{PAGE}/columns").text)
    return client.post(f"{PAGE}/columns", data=fields | changes)


def work() -> None:
    db.session.rollback()
    imports_due(clock.now())
    db.session.rollback()


def state() -> str:
    db.session.rollback()
    return db.session.scalars(select(ContactImport.state)).one()


def test_a_file_is_sent_looked_at_rehearsed_and_imported(client: FlaskClient, ana: User) -> None:
    assert 'href="/contacts/import"' in client.get("/contacts").text
    answer = send(client, TEXT.encode("cp1252"))
    assert (answer.status_code, answer.location) == (303, f"{PAGE}/columns")
    page = client.get(answer.location).text
    assert all(word in page for word in ("people.csv", "Shoe size", "dana@prospect.example", "Zoë", "2 rows"))
    assert "<b>Eve" not in page
    fields = fields_of(page)
    assert [fields[f"column_{number}"] for number in range(4)] == [["email"], ["name"], ["owner"], [""]]
    assert "update" in fields
    assert "replace_owner" not in fields
    assert client.get(PAGE).location == f"{PAGE}/columns"

    answer = rehearse(client)
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = client.get(PAGE).text
    assert "Being checked" in page
    assert "0 of 2 rows" in page
    work()
    page = client.get(PAGE).text
    assert "What would happen" in page
    assert "Nobody of your team is called this" in page
    assert stored(Contact) == 0

    assert press(client, "start").location == PAGE
    assert "Being imported" in client.get(PAGE).text
    work()
    page = client.get(PAGE).text
    assert "What happened" in page
    assert "Nobody of your team is called this" in page
    dana = db.session.scalars(select(Contact)).one()
    assert (dana.email, dana.name, dana.owner and dana.owner.name) == ("dana@prospect.example", "Dana", "Ben")
    assert stored(ContactImportPart) == 0
    listed = client.get("/contacts/import").text
    assert "people.csv" in listed
    assert "New: 1 · Cannot be used: 1" in listed


def test_what_is_wrong_can_be_taken_away_mended_and_imported(client: FlaskClient, ana: User) -> None:
    send(client, TEXT.encode())
    rehearse(client)
    work()
    file = client.get(f"{PAGE}/errors.csv")
    assert file.mimetype == "text/csv"
    assert "attachment" in file.headers["Content-Disposition"]
    header, row = csv.reader(StringIO(file.text.removeprefix("\ufeff"), newline=""))
    assert header == ["Email", "Full name", "Contact owner", "error"]
    assert row[:3] == ["'=x", "<b>Eve</b>", "Zoë"]
    assert row[3].startswith("Line 3, Email: This is no e-mail address")
    assert "Line 3, Contact owner: Nobody" in row[3]
    again = file.text.replace("'=x", "eve@prospect.example").replace("Zoë", "ben@acme.example")
    send(client, again.encode())
    client.post("/contacts/import/2/columns", data=fields_of(client.get("/contacts/import/2/columns").text))
    work()
    assert "What would happen" in client.get("/contacts/import/2").text
    assert client.get("/contacts/import/2/errors.csv").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "Choose a CSV file"),
        (b"", "empty"),
        (b"PK\x03\x04x", "spreadsheet"),
        (b"\0\1\2", "not a CSV file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    client: FlaskClient, ana: User, content: bytes | None, said: str
) -> None:
    answer = send(client, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert stored(ContactImport) == 0


def test_a_file_that_is_too_large_is_refused_with_a_sentence(client: FlaskClient, ana: User) -> None:
    answer = send(client, b"Email\n" + b"x" * MOST_BYTES["workspace.import_contacts"])
    assert answer.status_code == 413
    assert "25 MB" in answer.text


def test_columns_that_cannot_be_come_back_as_they_were_chosen(client: FlaskClient, ana: User) -> None:
    send(client, TEXT.encode())
    answer = rehearse(client, column_0="phone", column_1="phone")
    assert answer.status_code == 422
    assert "Say which column holds the e-mail address." in answer.text
    assert "Another column is that already." in answer.text
    assert fields_of(answer.text)["column_1"] == ["phone"]
    assert state() == "uploaded"


def test_what_is_to_happen_with_contacts_that_are_there_can_be_chosen(client: FlaskClient, ana: User) -> None:
    make_contact("dana@prospect.example", owner=ana)
    db.session.commit()
    send(client, TEXT.encode())
    rehearse(client, replace_owner="1")
    work()
    assert "The owner of 1 contact is replaced." in client.get(PAGE).text
    rehearse(client)
    work()
    assert "The owner of 1 contact is replaced" in client.get(PAGE).text
    fields = fields_of(client.get(f"{PAGE}/columns").text)
    fields.pop("replace_owner")
    client.post(f"{PAGE}/columns", data=fields)
    work()
    assert "1 contact keeps its owner, though the file names another." in client.get(PAGE).text
    fields.pop("update")
    client.post(f"{PAGE}/columns", data=fields)
    work()
    page = client.get(PAGE).text
    assert "There already, left as they are" in page
    assert "There is nothing in this file that would change a contact." in page


def test_progress_is_a_part_of_the_page_that_leads_to_the_whole_at_the_end(
    client: FlaskClient, ana: User
) -> None:
    send(client, TEXT.encode())
    rehearse(client)
    part = client.get(f"{PAGE}/progress", headers=HTMX)
    assert part.status_code == 200
    assert part.text.startswith('<div class="box progress" id="progress"')
    assert part.text.strip() in client.get(PAGE).text
    assert client.get(f"{PAGE}/progress").location == PAGE
    work()
    assert client.get(f"{PAGE}/progress", headers=HTMX).headers["HX-Redirect"] == PAGE


def test_without_a_worker_the_page_says_what_it_waits_for(
    client: FlaskClient, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, TEXT.encode())
    rehearse(client)
    later = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "No worker has been seen" in client.get(PAGE).text


def test_it_can_be_called_off_and_then_there_is_nothing_left_to_do(client: FlaskClient, ana: User) -> None:
    send(client, TEXT.encode())
    assert press(client, "start").status_code == 409
    rehearse(client)
    assert press(client, "cancel").status_code == 303
    assert state() == CANCELLED
    assert "Cancelled" in client.get(PAGE).text
    assert press(client, "cancel").status_code == 409
    assert client.get(f"{PAGE}/columns").status_code == 409
    assert client.post(f"{PAGE}/columns", data={}).status_code == 400


def test_one_that_stopped_by_a_fault_goes_on(
    client: FlaskClient, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, TEXT.encode())
    rehearse(client)
    with monkeypatch.context() as broken:
        broken.setattr(contact_import_work, "Judge", lambda *_: 1 / 0)
        import_part(clock.now())
    assert state() == FAILED
    assert "Go on" in client.get(PAGE).text
    assert press(client, "start").status_code == 303
    work()
    assert state() == CHECKED
    press(client, "start")
    work()
    assert state() == DONE


def test_it_is_for_admins_alone(world: Flask, client: FlaskClient) -> None:
    make_organisation()
    sign_in(client, make_user("Ben"))
    token = token_of(client.get("/me").text)
    assert "/contacts/import" not in client.get("/contacts").text
    for path in ("", "/1", "/1/columns", "/1/progress", "/1/errors.csv"):
        assert client.get(f"/contacts/import{path}").status_code == 403
    for path in ("", "/1/columns", "/1/start", "/1/cancel"):
        assert client.post(f"/contacts/import{path}", data={"csrf_token": token}).status_code == 403


def test_there_is_no_such_import(client: FlaskClient, ana: User) -> None:
    for path in ("/9", "/9/columns", "/9/progress", "/9/errors.csv"):
        assert client.get(f"/contacts/import{path}").status_code == 404
