"""The form of a link: everything that the workspace file can say, and nothing lost on the way."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.factories import make_link, make_organisation, make_user
from tests.services.test_booking import stored
from tests.views.workspace.test_links import fields_of, sign_in
from website.extensions import db
from website.forms.link import form_of, link_values
from website.models import Link, User
from website.services.link import defaults_of, values_of
from website.services.link_rules import FIELDS

NEW = "/links/new/personal"


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    return make_user("Ana", role="admin", email="ana@acme.example")


@pytest.fixture
def signed_in(client: FlaskClient, ana: User) -> FlaskClient:
    sign_in(client, ana)
    return client


def send(client: FlaskClient, address: str, **typed: Any) -> TestResponse:
    fields = fields_of(client.get(address).text)
    return client.post(address, data=fields | {"title": ["Hello"], "slug": ["hello"]} | typed)


EVERYTHING: dict[str, Any] = {
    "slug": "hello", "name": "Ours", "title": "Theirs", "description": "Two\nlines", "durations": [15, 45],
    "increment": "duration", "timezone": "Asia/Kathmandu", "hours": {"mon": ["09:00-12:00", "13:00-24:00"]},
    "overrides": {"2027-03-01": [], "2027-03-02": ["08:00-09:00"]}, "hours_source": "hosts",
    "notice_minutes": 90, "window_days": 30, "buffer_before": 5, "buffer_after": 10, "max_per_day": 1,
    "max_per_week": 2, "max_per_day_per_host": 3, "max_per_week_per_host": 4, "owner_first": True,
    "owner_fallback_days": 7, "owner_counts": True, "assign_owner": False, "company_owner": True,
    "previous_host": True, "crm_owner": True, "rotation": "strict", "share_days": 90,
    "hosts": [
        {"user": "ana@acme.example", "weight": 3, "priority": 2, "paused_from": date(2027, 3, 1),
         "paused_until": date(2027, 3, 14), "max_per_day": 2, "max_per_week": 7},
    ],
    "place": {"kind": "phone", "value": "+33 1"},
    "questions": [{"key": "size", "label": "Size", "kind": "choice", "required": True, "choices": ["1", "2"]}],
    "redirect_url": "https://acme.example/thanks", "reminders": [1440, 60], "language": "en-US",
    "change_notice_minutes": 120, "any_colleague": True,
    "colour": "#123456", "embed_origins": ["https://acme.example"], "active": False,
}  # fmt: skip


@pytest.mark.rule("R40")
def test_every_field_of_the_workspace_file_can_be_set_in_the_form(signed_in: FlaskClient) -> None:
    form, rows = form_of(EVERYTHING)
    typed: dict[str, Any] = {field.name: field.data for field in form if field.data not in (False, "")}
    for day, pairs in rows.hours.items():
        typed[f"hours_{day}_from"], typed[f"hours_{day}_to"] = [a for a, _ in pairs], [b for _, b in pairs]
    typed["override_date"] = [day for day, _ in rows.overrides]
    typed["override_ranges"] = [ranges for _, ranges in rows.overrides]
    typed |= {f"question_{part}": [text] for part, text in rows.questions[0].items()}
    typed |= {"host": ["ana@acme.example"]}
    typed |= {f"{part}_ana@acme.example": text for part, text in rows.hosts["ana@acme.example"].items()}
    token = fields_of(signed_in.get("/links/new/round_robin").text)["csrf_token"]
    assert signed_in.post("/links/new/round_robin", data=typed | {"csrf_token": token}).status_code == 303
    made = values_of(db.session.scalars(select(Link)).one())
    assert defaults_of("round_robin") | made == {
        "kind": "round_robin", "creator": "ana@acme.example", **EVERYTHING
    }  # fmt: skip
    assert set(EVERYTHING) | {"kind", "creator", "window"} == set(FIELDS)


@pytest.mark.rule("R40")
def test_a_fixed_range_of_dates_takes_the_place_of_the_days_ahead(signed_in: FlaskClient) -> None:
    send(signed_in, NEW, window_days=[""], window_from=["2027-03-01"], window_to=["2027-03-31"])
    link = db.session.scalars(select(Link)).one()
    assert (link.window_days, str(link.window_from), str(link.window_to)) == (
        None,
        "2027-03-01",
        "2027-03-31",
    )


@pytest.mark.rule("R40")
def test_a_place_in_words_alone_is_kept_as_it_was_written(signed_in: FlaskClient) -> None:
    assert send(signed_in, NEW, place_value=["Our office, third floor"]).status_code == 303
    link = db.session.scalars(select(Link)).one()
    assert link.place == {"kind": "text", "value": "Our office, third floor"}
    assert "Our office, third floor" in signed_in.get("/book/hello").text
    assert send(signed_in, "/links/hello/edit", place_value=[""], place_kind=[""]).status_code == 303
    db.session.refresh(link)
    assert link.place == {}


@pytest.mark.rule("R40")
def test_neither_days_ahead_nor_dates_is_an_error_rather_than_a_guess(signed_in: FlaskClient) -> None:
    answer = send(signed_in, NEW, window_days=[""])
    assert answer.status_code == 422
    assert 'id="window_days-help"' in answer.text


@pytest.mark.rule("R40")
def test_a_cap_that_is_emptied_is_no_cap(signed_in: FlaskClient, ana: User) -> None:
    link = make_link("personal", hosts=[ana], slug="hello", max_per_day=5)
    db.session.commit()
    assert send(signed_in, "/links/hello/edit", max_per_day=[""]).status_code == 303
    db.session.refresh(link)
    assert link.max_per_day is None


@pytest.mark.rule("R40")
def test_saving_keeps_the_order_of_the_hosts(signed_in: FlaskClient, ana: User) -> None:
    link = make_link(hosts=[make_user("Zoe"), ana, make_user("Ben")], slug="hello")
    db.session.commit()
    before = [host.user_id for host in link.hosts]
    assert send(signed_in, "/links/hello/edit").status_code == 303
    db.session.refresh(link)
    assert [host.user_id for host in link.hosts] == before


@pytest.mark.rule("R42")
def test_a_host_who_left_stays_on_the_link_until_taken_off(signed_in: FlaskClient, ana: User) -> None:
    ben = make_user("Ben", active=False)
    link = make_link(hosts=[ana, ben], slug="hello")
    db.session.commit()
    assert "Is no longer active." in signed_in.get("/links/hello/edit").text
    assert send(signed_in, "/links/hello/edit").status_code == 303
    db.session.refresh(link)
    assert len(link.hosts) == 2
    assert send(signed_in, "/links/hello/edit", host=[ana.email]).status_code == 303
    db.session.refresh(link)
    assert [host.user_id for host in link.hosts] == [ana.id]


@pytest.mark.rule("R40")
def test_two_rows_for_one_date_are_both_kept(signed_in: FlaskClient) -> None:
    send(
        signed_in,
        NEW,
        override_date=["2027-03-01", "2027-03-01"],
        override_ranges=["09:00-10:00", "14:00-15:00"],
    )
    link = db.session.scalars(select(Link)).one()
    assert link.overrides == {"2027-03-01": ["09:00-10:00", "14:00-15:00"]}


@pytest.mark.rule("R44")
def test_a_question_without_a_key_gets_one_from_its_words(signed_in: FlaskClient) -> None:
    blank = {f"question_{part}": [""] for part in ("key", "required", "choices")}
    answer = send(
        signed_in, NEW, **blank, question_label=["How many are you?"], question_kind=["number"]
    )  # fmt: skip
    assert answer.status_code == 303
    assert db.session.scalars(select(Link)).one().questions[0]["key"] == "how_many_are_you"


WRONG = {
    "title": ("", "title"), "slug": ("No Good", "slug"), "durations": ("soon", "durations"),
    "timezone": ("Mars/Base", "timezone"), "notice_minutes": ("-1", "notice_minutes"),
    "change_notice_minutes": ("soon", "change_notice_minutes"),
    "buffer_before": ("7", "buffer_before"), "max_per_day": ("0", "max_per_day"),
    "hours_mon_from": ("25:00", "hours"), "colour": ("red", "colour"), "reminders": ("1", "reminders"),
    "redirect_url": ("javascript:alert(1)", "redirect_url"), "embed_origins": ("acme", "embed_origins"),
    "window_from": ("2027-03-01", "window_from"), "description": ("x" * 5001, "description"),
}  # fmt: skip


@pytest.mark.rule("R40")
@pytest.mark.parametrize("field", WRONG)
def test_a_wrong_field_is_marked_listed_kept_and_nothing_is_stored(
    signed_in: FlaskClient, field: str
) -> None:
    text, anchor = WRONG[field]
    answer = send(signed_in, NEW, own_colour=["y"], **{field: [text]})
    assert answer.status_code == 422
    assert f'id="{anchor}-help"' in answer.text
    assert f'<a href="#{anchor}">' in answer.text
    assert f'id="{anchor}"' in answer.text
    assert fields_of(answer.text)[field] == [text]
    assert stored(Link) == 0


@pytest.mark.rule("R40")
def test_only_what_a_kind_of_link_has_is_asked(signed_in: FlaskClient) -> None:
    asked = {
        kind: fields_of(signed_in.get(f"/links/new/{kind}").text) for kind in ("personal", "round_robin")
    }
    assert "rotation" not in asked["personal"]
    assert "rotation" in asked["round_robin"]


@pytest.mark.rule("R41")
def test_who_cannot_host_is_told_what_to_do_about_it(signed_in: FlaskClient) -> None:
    make_user("Ben", calendar=False)
    db.session.commit()
    page = signed_in.get("/links/new/group").text
    assert "Has no linked calendar. Link one first, under Calendars." in page


@pytest.mark.rule("R42")
def test_the_creator_of_a_group_link_is_one_of_its_hosts(signed_in: FlaskClient, ana: User) -> None:
    ben = make_user("Ben")
    db.session.commit()
    assert send(signed_in, "/links/new/group", host=[ben.email]).status_code == 422
    assert send(signed_in, "/links/new/group", host=[ben.email, ana.email]).status_code == 303


@pytest.mark.rule("R40")
def test_with_script_a_row_is_a_part_of_the_page_and_saving_an_order_to_go_on(signed_in: FlaskClient) -> None:
    fields = fields_of(signed_in.get(NEW).text) | {"title": ["Hello"], "slug": ["hello"]}
    script = {"HX-Request": "true", "HX-Request-Type": "partial"}
    row = signed_in.post(NEW, data=fields | {"row": ["add questions"]}, headers=script)
    assert "<html" not in row.text
    assert "question_label" in fields_of(row.text)
    assert stored(Link) == 0
    saved = signed_in.post(NEW, data=fields, headers=script)
    assert saved.headers["HX-Redirect"] == "/links/hello?said=made"


@pytest.mark.parametrize(
    "order", ["", "add", "add hours", "add hours xyz", "remove hours mon 99", "remove x y"]
)
def test_an_order_for_rows_that_makes_no_sense_changes_nothing(signed_in: FlaskClient, order: str) -> None:
    before = fields_of(signed_in.get(NEW).text)
    after = fields_of(signed_in.post(NEW, data=before | {"row": [order]}).text)
    # The token carries the second in which the page was made, so it may differ; nobody typed it.
    typed = before.keys() - {"csrf_token"}
    assert typed
    assert {name: after[name] for name in typed} == {name: before[name] for name in typed}


def test_an_unknown_kind_is_not_found(signed_in: FlaskClient) -> None:
    assert signed_in.get("/links/new/pair").status_code == 404


def test_what_cannot_be_read_is_handed_on_as_it_is(world: Flask) -> None:
    form, rows = form_of({"durations": ["soon"], "window_days": "x"})
    values = link_values("personal", form, rows)
    assert values["durations"] == ["soon"]


@pytest.mark.rule("R42")
def test_the_creator_of_a_group_link_stays_one_of_its_hosts(
    world: Flask, client: FlaskClient, ana: User
) -> None:
    ben = make_user("Ben")
    make_link("group", hosts=[ana, ben], slug="team")
    sign_in(client, ana)
    typed = fields_of(client.get("/links/team/edit").text) | {"host": [ben.email]}
    assert client.post("/links/team/edit", data=typed).status_code == 422
    assert len(db.session.query(Link).one().hosts) == 2
