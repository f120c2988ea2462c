"""Contacts from a file: what becomes of every row, rehearsed and in earnest, whoever is killed on the way."""

import time
from datetime import timedelta
from io import BytesIO
from multiprocessing import get_context
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import NOW, make_contact, make_user
from website.extensions import db
from website.models import Contact, ContactAddress, ContactImport, ContactImportPart, CrmOwner, User
from website.models.contact_import import CANCELLED, CHECKED, DONE, FAILED, RUNNING, UPLOADED
from website.services import contact_import, contact_import_work
from website.services.contact_import import Choices, cancel, keep_file, prune_imports, rehearse, start
from website.services.contact_import_columns import guessed
from website.services.contact_import_work import import_part, imports_due
from website.services.errors import Invalid, NotAllowed, NothingLeftToDo, UnknownImport
from website.services.transaction import in_transaction


@pytest.fixture(autouse=True)
def out_of_breath(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else waits for the database here. What a process has seen of other tests' files is forgotten."""
    monkeypatch.setattr(contact_import_work, "BREATH_SECONDS", 0)
    contact_import_work._seen.forget()


@pytest.fixture
def ana(world: Flask) -> User:
    user = make_user("Ana", role="admin", email="ana@acme.example")
    db.session.commit()
    return user


def upload(text: str, by: User) -> int:
    return keep_file(BytesIO(text.encode()), "people.csv", by=by, now=NOW)


def row(number: int) -> ContactImport:
    db.session.rollback()
    return db.session.get_one(ContactImport, number)


def rehearsed(text: str, by: User, **choices: bool) -> ContactImport:
    """The import, once all that would happen is known; nothing happens by that."""
    db.session.commit()
    number, before = upload(text, by), contacts()
    rehearse(number, row(number).mapping["keys"], Choices(**choices), by=by)
    imports_due(NOW)
    assert contacts() == before
    return row(number)


def imported(text: str, by: User, **choices: bool) -> ContactImport:
    """The import, once it is done; it does what was said before."""
    before = rehearsed(text, by, **choices)
    assert before.state == CHECKED
    number, said, problems = before.id, before.counts, before.errors
    start(number, by=by)
    imports_due(NOW)
    after = row(number)
    assert (after.state, after.counts, after.errors) == (DONE, said, problems)
    kept = select(func.count()).where(ContactImportPart.import_id == number)
    assert db.session.scalar(kept) == 0
    return after


def contacts() -> dict[str, tuple[Any, ...]]:
    db.session.rollback()
    found = select(Contact.email, Contact.name, Contact.phone, Contact.company, Contact.owner_id)
    return {one.email: tuple(one)[1:] for one in db.session.execute(found.order_by(Contact.email))}


def further() -> dict[str, str]:
    found = select(ContactAddress.email, Contact.email.label("of")).join(Contact)
    return {one.email: one.of for one in db.session.execute(found)}


def stored(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def whys(done: ContactImport) -> list[tuple[int, str, str]]:
    """Line, column and sentence of all that is wrong."""
    return [
        (error["line"], one["column"], one["why"] % one["values"])
        for error in done.errors
        for one in error["problems"]
    ]


@pytest.mark.both_engines
def test_contacts_are_made_with_all_that_the_file_knows(ana: User) -> None:
    text = (
        "First name,Last name,Email,Phone number,Company name,Contact owner,Additional email addresses\n"
        "Dana,Prospect, Dana@Prospect.Example ,+49 30 1,Prospect Ltd,ana@acme.example,d@p.example;D2@p.example\n"
        "Eve,,eve@prospect.example,,,Ana,\n"
    )
    done = imported(text, ana)
    assert done.counts == {"created": 2}
    assert contacts() == {
        "dana@prospect.example": ("Dana Prospect", "+49 30 1", "Prospect Ltd", ana.id),
        "eve@prospect.example": ("Eve", "", "", ana.id),
    }
    assert further() == {"d@p.example": "dana@prospect.example", "d2@p.example": "dana@prospect.example"}
    made = db.session.scalars(select(Contact)).first()
    assert made is not None
    assert (made.source, made.created_at) == ("import", NOW)


@pytest.mark.both_engines
def test_who_is_there_already_is_updated_and_empty_cells_leave_what_is_there(ana: User) -> None:
    ben = make_user("Ben")
    make_contact("dana@prospect.example", owner=ben, name="Dana")
    make_contact("eve@prospect.example", name="Eve")
    text = (
        "email,name,phone,owner\n"
        "dana@prospect.example,Dana Prospect,,\n"
        "EVE@prospect.example,Eve,,ana@acme.example\n"
        "new@prospect.example,New,1,\n"
    )
    assert imported(text, ana).counts == {"created": 1, "updated": 2}
    assert contacts() == {
        "dana@prospect.example": ("Dana Prospect", "", "", ben.id),
        "eve@prospect.example": ("Eve", "", "", ana.id),
        "new@prospect.example": ("New", "1", "", None),
    }
    assert imported(text, ana).counts == {"unchanged": 3}


def test_who_is_there_already_may_be_left_as_they_are(ana: User) -> None:
    make_contact("dana@prospect.example")
    done = imported("email,name\ndana@prospect.example,D\nnew@a.example,New\n", ana, update=False)
    assert done.counts == {"skipped": 1, "created": 1}
    assert contacts()["dana@prospect.example"][0] == "Dana"


@pytest.mark.rule("R25")
@pytest.mark.parametrize(("replace", "counted"), [(False, "owner_kept"), (True, "owner_replaced")])
def test_an_owner_is_replaced_only_where_that_is_asked_for_and_it_is_told(
    ana: User, replace: bool, counted: str
) -> None:
    ben = make_user("Ben")
    make_contact("dana@prospect.example", owner=ben)
    done = imported("email,owner\ndana@prospect.example,ana@acme.example\n", ana, replace_owner=replace)
    assert done.counts == {("updated" if replace else "unchanged"): 1, counted: 1}
    assert contacts()["dana@prospect.example"][3] == (ana.id if replace else ben.id)


def test_a_further_address_leads_to_the_contact_whose_it_is(ana: User) -> None:
    dana = make_contact("dana@prospect.example")
    dana.addresses.append(ContactAddress(email="d@p.example"))
    done = imported(
        "email,name,other email\nd@p.example,Dana Prospect,dana@prospect.example d3@p.example\n", ana
    )
    assert done.counts == {"updated": 1}
    assert contacts() == {"dana@prospect.example": ("Dana Prospect", "", "", None)}
    assert set(further()) == {"d@p.example", "d3@p.example"}


def test_an_address_of_somebody_else_is_an_error(ana: User) -> None:
    make_contact("dana@prospect.example")
    done = imported("email,other email\neve@prospect.example,dana@prospect.example\n", ana)
    assert done.counts == {"error": 1}
    assert whys(done)[0][:2] == (2, "other email")
    assert "another contact, dana@prospect.example" in whys(done)[0][2]


def test_two_rows_for_one_address_are_an_error_wherever_they_stand(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_import, "PART_ROWS", 2)
    monkeypatch.setattr(contact_import_work, "PART_ROWS", 2)
    text = (
        "email,other email\na@a.example,aa@a.example\nb@a.example,\nc@a.example,\nA@a.example,\n"
        "d@a.example,b@a.example\naa@a.example,\n"
    )
    done = imported(text, ana)
    assert done.counts == {"created": 3, "error": 3}
    assert [(line, column) for line, column, _ in whys(done)] == [
        (5, "email"),
        (6, "other email"),
        (7, "email"),
    ]
    assert "Line 2 has this address already" in whys(done)[0][2]
    assert set(contacts()) == {"a@a.example", "b@a.example", "c@a.example"}


def test_what_an_owner_may_be_called(ana: User) -> None:
    ben = make_user("Ben Bell", email="ben@acme.example")
    make_user("Cleo", email="c1@acme.example")
    make_user("Cleo", email="c2@acme.example")
    make_user("Finn", email="finn@acme.example", active=False)
    for name, user in (("Benjamin B.", ben), ("Ana", ben)):
        db.session.add(
            CrmOwner(provider="hubspot", external_id=name, email="", name=name, user_id=user.id, seen_at=NOW)
        )
    names = ("BEN@acme.example", "ben  bell", "Benjamin B.", "ana", "cleo", "Finn", "Zoë")
    done = imported(
        "email,owner\n" + "".join(f"a{i}@a.example,{name}\n" for i, name in enumerate(names)), ana
    )
    assert [values[3] for values in contacts().values()] == [ben.id, ben.id, ben.id, ana.id]
    assert [why.partition(".")[0] for _, _, why in whys(done)] == [
        "Several users are called this",
        "This user is not active any more",
        "Nobody of your team is called this",
    ]


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        (",Dana,", "Email", "no e-mail address in this row"),
        ("dana,Dana,", "Email", "such as name@example.com"),
        ("a@b.example c@d.example,Dana,", "Email", "such as name@example.com"),
        (f"{'x' * 250}@b.example,Dana,", "Email", "such as name@example.com"),
        (f"a@b.example,{'x' * 201},", "Name", "under 200 characters"),
        (f"a@b.example,Dana,{'1' * 201}", "Phone", "under 200 characters"),
        ("a@b.example,Da\x1bna,", "Name", "cannot be shown"),
        ("a@b.example,Dana,1,2", "", "more cells than there are columns"),
        ("a@b.example ::: nobody,Dana,1", "Email", "such as name@example.com"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_line_column_and_what_to_do(
    ana: User, cells: str, column: str, said: str
) -> None:
    done = imported(f"Email,Name,Phone\n{cells}\nok@b.example,Ok,1\n", ana)
    assert done.counts == {"error": 1, "created": 1}
    [(line, where, why)] = whys(done)
    assert (line, where) == (2, column)
    assert said in why


def test_all_that_is_wrong_with_a_row_is_told_at_once(ana: User) -> None:
    done = imported(f"email,name,owner\nx,{'y' * 300},Zoë\n", ana)
    assert [column for _, column, _ in whys(done)] == ["name", "email", "owner"]
    assert done.errors[0]["cells"] == ["x", "y" * 300, "Zoë"]


def test_a_text_on_several_lines_becomes_one(ana: User) -> None:
    imported('email,company\na@b.example,"Acme\nInc.\t "\n', ana)
    assert contacts()["a@b.example"][2] == "Acme Inc."


def test_whoever_was_forgotten_is_somebody_new(ana: User) -> None:
    make_contact("dana@prospect.example").forgotten_at = NOW
    make_contact("forgotten").forgotten_at = NOW
    assert imported("email\neve@prospect.example\n", ana).counts == {"created": 1}


def test_only_the_first_thousand_errors_are_kept(ana: User) -> None:
    done = imported("email\n" + "".join(f"nobody{number}\n" for number in range(1500)), ana)
    assert done.counts == {"error": 1500}
    assert len(done.errors) == 1000


MANY = 3000


def many() -> str:
    return "email,name,owner\n" + "".join(
        f"p{number}@prospect.example,Person {number},ana@acme.example\n" for number in range(MANY)
    )


@pytest.mark.both_engines
def test_a_part_that_is_not_kept_leaves_nothing_and_the_next_worker_goes_on_there(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = rehearsed(many(), ana).id
    start(number, by=ana)
    assert import_part(NOW) == 1
    assert (row(number).position, stored(Contact)) == (1000, 1000)
    with monkeypatch.context() as killed:
        killed.setattr(contact_import_work, "_finish", lambda *_: None)
        killed.setattr(contact_import_work, "Counter", lambda *_: exec("raise KeyboardInterrupt"))
        with pytest.raises(KeyboardInterrupt):
            import_part(NOW)
    assert (row(number).position, stored(Contact)) == (1000, 1000)
    contact_import_work._seen.forget()  # another process
    assert imports_due(NOW) == 2
    assert (row(number).state, row(number).counts) == (DONE, {"created": MANY})
    assert stored(Contact) == MANY


def test_a_worker_that_is_killed_in_the_midst_of_a_file_loses_and_repeats_nothing(
    ana: User,
) -> None:
    number = rehearsed(many(), ana).id
    start(number, by=ana)
    db.session.remove()
    worker = get_context("fork").Process(target=work_for_ever)
    worker.start()
    until = time.monotonic() + 60
    while row(number).position == 0 and time.monotonic() < until:
        time.sleep(0.01)
    worker.kill()
    worker.join()
    reached = row(number).position
    assert reached > 0
    assert stored(Contact) == reached
    imports_due(NOW)
    assert (row(number).state, row(number).counts, stored(Contact)) == (DONE, {"created": MANY}, MANY)


def work_for_ever() -> None:
    """What another process does, with connections of its own."""
    db.engine.dispose(close=False)
    contact_import_work.BREATH_SECONDS = 0.1
    while True:
        imports_due(NOW)


def test_a_failure_that_nobody_expected_stops_the_import_until_an_admin_goes_on(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = rehearsed(many(), ana).id
    start(number, by=ana)
    import_part(NOW)
    with monkeypatch.context() as broken:
        broken.setattr(contact_import_work, "Judge", lambda *_: 1 / 0)
        assert import_part(NOW) == 1
    assert (row(number).state, row(number).position) == (FAILED, 1000)
    assert import_part(NOW) == 0
    start(number, by=ana)
    imports_due(NOW)
    assert (row(number).state, stored(Contact)) == (DONE, MANY)


def test_what_was_imported_stays_when_the_rest_is_called_off(ana: User) -> None:
    number = rehearsed(many(), ana).id
    start(number, by=ana)
    import_part(NOW)
    cancel(number, by=ana, now=NOW)
    assert imports_due(NOW) == 0
    assert (row(number).state, row(number).counts, stored(Contact)) == (CANCELLED, {"created": 1000}, 1000)
    assert stored(ContactImportPart) == 0
    for again in (lambda: start(number, by=ana), lambda: cancel(number, by=ana, now=NOW)):
        with pytest.raises(NothingLeftToDo):
            again()


def test_columns_can_be_chosen_anew_after_a_rehearsal(ana: User) -> None:
    number = rehearsed("email,name\na@b.example,Ana\n", ana).id
    rehearse(number, ["email", ""], Choices(), by=ana)
    assert (row(number).state, row(number).counts) == (RUNNING, {})
    imports_due(NOW)
    start(number, by=ana)
    start(number, by=ana)  # clicked twice
    imports_due(NOW)
    assert contacts() == {"a@b.example": ("", "", "", None)}


def test_nothing_is_imported_that_was_not_rehearsed(ana: User) -> None:
    number = upload("email\na@b.example\n", ana)
    with pytest.raises(NothingLeftToDo):
        start(number, by=ana)
    assert row(number).state == UPLOADED
    assert imports_due(NOW) == 0


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        (["", ""], "columns"),
        (["name", "phone"], "columns"),
        (["email", "email"], "column_1"),
        (["email", "colour"], "column_1"),
        (["name", "name"], "column_1"),
        (["first_name", "name"], "column_1"),
    ],
)
def test_columns_that_cannot_be_are_refused(ana: User, keys: list[str], field: str) -> None:
    number = upload("a,b\n1,2\n", ana)
    with pytest.raises(Invalid) as refused:
        rehearse(number, keys, Choices(), by=ana)
    assert field in refused.value.errors
    assert row(number).state == UPLOADED


def test_only_admins_import(ana: User) -> None:
    number, ben = upload("email\na@b.example\n", ana), make_user("Ben")
    db.session.commit()
    for attempt in (
        lambda: upload("email\na@b.example\n", ben),
        lambda: rehearse(number, ["email"], Choices(), by=ben),
        lambda: start(number, by=ben),
        lambda: cancel(number, by=ben, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert stored(ContactImport) == 1


def test_there_is_no_such_import(ana: User) -> None:
    with pytest.raises(UnknownImport):
        start(99, by=ana)


def test_a_file_that_cannot_be_read_is_not_kept(ana: User) -> None:
    for stream in (None, BytesIO(b""), BytesIO(b'email\na@b.example\n"x')):
        with pytest.raises(Invalid):
            keep_file(stream, "x.csv", by=ana, now=NOW)
    assert stored(ContactImport) == stored(ContactImportPart) == 0


def test_files_that_nobody_goes_on_with_are_thrown_away_and_errors_of_old_imports_too(ana: User) -> None:
    waiting = upload("email\na@b.example\n", ana)
    done = imported("email\nx\n", ana).id
    assert in_transaction(lambda: prune_imports(NOW + timedelta(days=6), 10)) == 0
    assert in_transaction(lambda: prune_imports(NOW + timedelta(days=8), 10)) == 1
    assert (row(waiting).state, stored(ContactImportPart), len(row(done).errors)) == (CANCELLED, 0, 1)
    assert in_transaction(lambda: prune_imports(NOW + timedelta(days=31), 10)) == 1
    assert (row(done).errors, row(done).counts) == ([], {"error": 1})
    assert in_transaction(lambda: prune_imports(NOW + timedelta(days=31), 10)) == 0


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        (
            "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Company name,"
            "Additional email addresses",
            ",first_name,last_name,email,phone,owner,,company,further",
        ),
        ("First Name,Last Name,Account Name,Title,Email,Phone,Mobile,Contact Owner",
         "first_name,last_name,company,,email,phone,,owner"),
        ("Name,Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Value",
         "name,,,,email,further,phone"),
        ("First Name,Last Name,E-mail Address,E-mail 2 Address,Business Phone",
         "first_name,last_name,email,further,phone"),
        ("Vorname,Name,E-Mail-Adresse,Firma,Telefon", "first_name,last_name,email,company,phone"),
        ("Prénom,Nom,Adresse e-mail,Société,Propriétaire du contact", "first_name,last_name,email,company,owner"),
        ("Nombre,Apellidos,Correo electrónico,Teléfono", "first_name,last_name,email,phone"),
        ("الاسم,البريد الالكتروني,رقم الهاتف", "name,email,phone"),
        ("email,name,phone,company,owner,addresses", "email,name,phone,company,owner,further"),
        ("EMAIL,e_mail,colour", "email,,"),
        ("Work email,Personal email", "email,further"),
        ("x,y", ","),
    ],
)  # fmt: skip
def test_columns_are_recognised_as_other_programs_call_them(header: str, keys: str) -> None:
    assert guessed(header.split(",")) == keys.split(",")
