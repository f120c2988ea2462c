"""Somebody leaves: the page that shows what is theirs, and where it goes (R42)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_busy, make_link, make_organisation, make_user
from tests.views.workspace.test_home import booked
from tests.views.workspace.test_links import sign_in, token_of
from website import clock
from website.extensions import db
from website.models import User

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R42")]


@pytest.fixture
def boss(world: Flask, client: FlaskClient) -> User:
    make_organisation()
    return make_user("Boss", role="admin")


def post(client: FlaskClient, page: str, **form: object) -> object:
    answer = client.post(page, data={"csrf_token": token_of(client.get("/team").text), **form})
    db.session.rollback()
    db.session.expire_all()
    return answer


def test_deactivating_leads_to_what_is_left_and_deactivates_nobody_yet(
    client: FlaskClient, boss: User
) -> None:
    ana = make_user("Ana", email="ana@acme.example")
    booking = booked(make_link("personal", hosts=[ana], title="Coffee"))
    sign_in(client, boss)
    form = {"email": ana.email, "name": "Anna", "role": "member", "seat": "y"}
    assert post(client, f"/team/{ana.id}", **form).location == f"/team/{ana.id}/leave"
    assert (ana.name, ana.active) == ("Anna", True)
    page = client.get(f"/team/{ana.id}/leave").text
    assert "Coffee: Dana Prospect" in page
    for name in (f"booking-{booking.id}", f"link-{booking.link_id}", "creator"):
        assert f'name="{name}"' in page
    assert "Whoever of the link is free" not in page


def test_all_goes_where_the_form_says(client: FlaskClient, boss: User) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    booking = booked(make_link(hosts=[ana, ben], title="Demo", rotation="strict"))
    sign_in(client, boss)
    address = f"/team/{ana.id}/leave"
    assert '<option value="free" selected>' in client.get(address).text
    assert post(client, address, **{f"booking-{booking.id}": "free"}).location == "/team?said=left"
    assert not ana.active
    assert [host.user.name for host in booking.hosts] == ["Ben"]
    assert booking.link.creator_id == boss.id
    assert "is still theirs" not in client.get("/team").text


def test_what_cannot_go_is_shown_with_the_reason_and_the_choices_are_kept(
    client: FlaskClient, boss: User
) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    booking = booked(make_link("personal", hosts=[ana], title="Coffee"))
    make_busy(ben, (booking.start_at, booking.end_at), now=clock.now())
    sign_in(client, boss)
    address, name = f"/team/{ana.id}/leave", f"booking-{booking.id}"
    for chosen, said in (
        (ben.id, "Ben is not free at that time any more."),
        ("", "Choose what is to become of it."),
        ("burn", "Choose what is to become of it."),
        ("free", "Choose what is to become of it."),
        ("99999999999", "Choose what is to become of it."),
    ):
        answer = post(client, address, **{name: chosen, f"link-{booking.link_id}": ben.id})
        assert (answer.status_code, said in answer.text) == (409, True), chosen
        assert "Nothing was changed yet." in answer.text
        assert f'<option value="{ben.id}" selected>Give it to Ben' in answer.text
    assert ana.active and booking.sequence == 0


def test_the_last_admin_stays(client: FlaskClient, boss: User) -> None:
    make_link("personal", hosts=[boss], active=False)
    sign_in(client, boss)
    answer = post(client, f"/team/{boss.id}/leave", creator="1")
    assert answer.status_code == 422
    assert "Nobody else is an admin" in answer.text
    assert boss.active


def test_links_need_somebody_who_is_there(client: FlaskClient, boss: User) -> None:
    ana, gone = make_user("Ana"), make_user("Gone", active=False)
    make_link("personal", hosts=[ana], active=False)
    sign_in(client, boss)
    answer = post(client, f"/team/{ana.id}/leave", creator=gone.id)
    assert answer.status_code == 422
    assert "Choose somebody who is active" in answer.text
    assert ana.active


def test_who_left_meetings_behind_is_shown_on_the_team_s_page(client: FlaskClient, boss: User) -> None:
    ana = make_user("Ana")
    booking = booked(make_link("personal", hosts=[ana]))
    ana.active = False
    sign_in(client, boss)
    page = client.get("/team").text
    assert "1 coming meeting is still theirs." in page
    assert f'href="/team/{ana.id}/leave"' in page
    address = f"/team/{ana.id}/leave"
    assert "What Ana left behind" in client.get(address).text
    form = {f"booking-{booking.id}": "cancel", f"link-{booking.link_id}": "off"}
    assert post(client, address, **form).location == "/team?said=left"
    assert not booking.confirmed and not booking.link.active
    assert "is still theirs" not in client.get("/team").text
    assert "There is nothing to hand over." in client.get(address).text


def test_members_hand_nobody_else_s_things_over(client: FlaskClient, boss: User) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    booking = booked(make_link("personal", hosts=[ana]))
    sign_in(client, ben)
    address = f"/team/{ana.id}/leave"
    assert client.get(address).status_code == 403
    assert post(client, address, **{f"booking-{booking.id}": "cancel"}).status_code == 403
    assert ana.active and booking.confirmed
