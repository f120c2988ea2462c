"""Bookings as their hosts find them, each with a page of its own (R36)."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_contact, make_link, make_organisation, make_user
from tests.views.workspace.test_home import booked
from tests.views.workspace.test_links import sign_in, token_of
from website import clock
from website.extensions import db
from website.models import Booking, User
from website.services.cancellation import cancel_by_host
from website.services.handover import hand_over
from website.services.no_show import mark_no_show
from website.services.outbox import deliver_due

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R36")]
MINUTE = timedelta(minutes=1)
ROUTES = ("", "/hand-over", "/decline", "/cancel", "/no-show")


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    return make_user("Ana")


@pytest.fixture
def demo(ana: User) -> Booking:
    """Ana's meeting on a link that Ben hosts as well, and that Max made."""
    link = make_link(hosts=[ana, make_user("Ben")], title="Demo", rotation="strict")
    link.creator_id = make_user("Max", calendar=False).id
    return booked(link)


def post(client: FlaskClient, page: str, **form: object) -> object:
    answer = client.post(page, data={"csrf_token": token_of(client.get("/bookings").text), **form})
    db.session.rollback()
    db.session.expire_all()
    return answer


def named(name: str) -> User:
    return db.session.query(User).filter_by(name=name).one()


def begin(booking: Booking) -> None:
    """Lets the meeting begin a moment ago."""
    booking.start_at = clock.now() - MINUTE
    booking.end_at = booking.start_at + 30 * MINUTE
    db.session.commit()


# Who sees what


@pytest.mark.parametrize("route", ROUTES)
def test_for_others_there_is_no_such_booking(client: FlaskClient, demo: Booking, route: str) -> None:
    address = f"/bookings/{demo.id}{route}"
    sign_in(client, named("Ben"))
    assert client.get(address).status_code == 404
    if route:
        assert post(client, address, came="no", to=named("Ben").id).status_code == 404
    assert "Demo" not in client.get("/bookings").text
    assert (demo.confirmed, demo.sequence, demo.no_show) == (True, 0, False)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", ["Ana", "Max", "Boss"])
def test_its_host_who_made_the_link_and_admins_see_it(
    client: FlaskClient, demo: Booking, route: str, name: str
) -> None:
    make_user("Boss", role="admin", calendar=False)
    sign_in(client, named(name))
    answer = client.get(f"/bookings/{demo.id}{route}")
    # Who was not there does not know whether the invitee was.
    assert answer.status_code == (403 if (name, route) == ("Max", "/no-show") else 200)
    assert "Demo" in client.get("/bookings").text


# The list


def test_the_list_is_searched_by_everything_one_knows(client: FlaskClient, ana: User) -> None:
    first = booked(make_link("personal", hosts=[ana], title="Coffee 100%"), "dana@prospect.example")
    first.guests = ["gustav@Elsewhere.example", "zoë@guests.example"]
    second = booked(make_link("personal", hosts=[ana], title="Biscuit"), "eve@other.example", nonce="second")
    second.name = "Ève O'Hara"
    sign_in(client, ana)

    def found(words: str) -> set[str]:
        text = client.get(f"/bookings?q={quote(words)}").text
        return {title for title in ("Coffee", "Biscuit") if f">{title}" in text}

    for words in ("dana@", "PROSPECT", "gustav@elsewhere", "zoë@", "coffee", "100%", "Dana Prospect"):
        assert found(words) == {"Coffee"}, words
    for words in ("eve@other", "O'Hara", "Ève", "biscuit"):
        assert found(words) == {"Biscuit"}, words
    assert found("ana") == found("") == found(" \x00") == {"Coffee", "Biscuit"}
    for words in ("_", "%%", '"', "[", '", "', "\\", "nobody"):
        assert found(words) == set(), words


def test_an_admin_sees_everybody_s_or_their_own(client: FlaskClient, demo: Booking) -> None:
    boss = make_user("Boss", role="admin")
    booked(make_link("personal", hosts=[boss], title="Own"), nonce="second")
    sign_in(client, boss)
    page = client.get("/bookings").text
    assert ">Demo<" in page and ">Own<" in page
    mine = client.get("/bookings?whose=mine&q=o").text
    assert ">Demo<" not in mine and ">Own<" in mine
    assert "/bookings?state=past&amp;q=o&amp;whose=mine" in mine
    sign_in(client, named("Ana"))
    assert 'name="whose"' not in client.get("/bookings?whose=mine").text


def test_a_row_shows_both_clocks_and_what_became_of_it(client: FlaskClient, demo: Booking, ana: User) -> None:
    sign_in(client, ana)
    assert "For them" in client.get("/bookings").text
    demo.timezone = ana.timezone
    db.session.commit()
    page = client.get("/bookings").text
    assert "For them" not in page
    assert not any(word in page for word in ("No-show", "Handed over"))
    make_user("Cleo")
    db.session.commit()
    hand_over(demo.id, named("Cleo").id, from_user_id=ana.id, by=ana, now=clock.now())
    begin(demo)
    mark_no_show(demo.id, by=named("Cleo"), now=clock.now())
    sign_in(client, named("Cleo"))
    page = client.get("/bookings").text
    assert "No-show" in page and "Handed over" in page
    assert "Ana handed this over to you." in page


# A booking's page


def test_the_page_says_all_that_is_known(client: FlaskClient, ana: User) -> None:
    questions = [{"key": "size", "label": "How many are you?", "kind": "short", "required": False}]
    link = make_link("personal", hosts=[ana], title="Coffee", questions=questions)
    link.place = {"kind": "address", "value": "12 High Street"}
    booking = booked(link)
    booking.answers = {"size": "Twelve", "gone": "Old answer", "many": ["a", "b"], "yes": True}
    booking.guests, booking.campaign = ["gus@guests.example"], {"utm_source": "letter"}
    sign_in(client, ana)
    page = client.get(f"/bookings/{booking.id}").text
    for words in (
        "How many are you?", "Twelve", "Old answer", "a, b", "Yes", "gus@guests.example", "utm_source", "letter",
        "12 High Street", "This is your personal link.", "Ana: Waits to be put into the calendar.", "Booked.",
    ):  # fmt: skip
        assert words in page, words
    assert "Why this host?" not in page
    deliver_due(clock.now())
    assert "Ana: In the calendar." in client.get(f"/bookings/{booking.id}").text
    assert "/decline" not in page
    sign_in(client, make_user("Boss", role="admin"))
    assert "Why this host?" in client.get(f"/bookings/{booking.id}").text


def test_the_page_tells_the_history_with_who_and_why(client: FlaskClient, demo: Booking, ana: User) -> None:
    sign_in(client, ana)
    address = f"/bookings/{demo.id}"
    assert post(client, f"{address}/decline", reason="Ill <today>").location == "/bookings?said=declined"
    assert [host.user.name for host in demo.hosts] == ["Ben"]
    sign_in(client, named("Ben"))
    page = client.get(address).text
    assert "Ana declined; it went on to Ben." in page
    assert "Ill &lt;today&gt;" in page
    assert post(client, f"{address}/cancel", reason="Snow").location == f"{address}?said=cancelled"
    page = client.get(address).text
    assert "Cancelled." in page and "Snow" in page
    assert "Hand over" not in page


def test_there_is_a_door_for_what_can_be_done_and_no_other(
    client: FlaskClient, demo: Booking, ana: User
) -> None:
    sign_in(client, ana)
    address = f"/bookings/{demo.id}"

    def doors() -> set[str]:
        page = client.get(address).text
        return {route for route in ROUTES[1:] if f'href="{address}{route}"' in page}

    assert doors() == {"/hand-over", "/decline", "/cancel"}
    begin(demo)
    assert doors() == {"/no-show"}
    demo.state = "cancelled"
    db.session.commit()
    assert doors() == set()


# What hosts do


def test_handing_over_asks_whom_and_says_who_cannot(client: FlaskClient, demo: Booking, ana: User) -> None:
    make_user("Cleo")
    make_user("Dora", seat=False)
    sign_in(client, ana)
    address = f"/bookings/{demo.id}/hand-over"
    page = client.get(address).text
    assert page.index("Ben") < page.index("Cleo") < page.index("Dora") < page.index("Has no seat.")
    assert page.count('name="to"') == 2
    assert (
        post(client, address, **{"from": ana.id, "to": named("Cleo").id}).location
        == "/bookings?said=handed_over"
    )
    assert [host.user.name for host in demo.hosts] == ["Cleo"]


@pytest.mark.parametrize("to", ["", "x", "-1", "99999999999", "1e3"])
def test_nobody_chosen_is_asked_again(client: FlaskClient, demo: Booking, ana: User, to: str) -> None:
    sign_in(client, ana)
    answer = post(client, f"/bookings/{demo.id}/hand-over", **{"from": ana.id, "to": to})
    assert answer.status_code == 422
    assert "Choose who takes the meeting." in answer.text
    assert demo.sequence == 0


def test_who_is_no_longer_free_is_said_and_nothing_is_changed(
    client: FlaskClient, demo: Booking, ana: User
) -> None:
    ben = named("Ben")
    booked(make_link("personal", hosts=[ben]), nonce="second").start_at = demo.start_at
    sign_in(client, ana)
    address = f"/bookings/{demo.id}/hand-over"
    for to, said in (
        (ben.id, "Ben is not free at that time any more."),
        (named("Max").id, "Max cannot host at present. Has no linked calendar."),
        (ana.id, "Whoever you chose hosts this meeting already."),
        (999, "Choose somebody of the team."),
    ):
        answer = post(client, address, **{"from": ana.id, "to": to})
        assert (answer.status_code, said in answer.text) == (409, True), said
    assert demo.sequence == 0


def test_one_gives_away_no_place_but_one_s_own(client: FlaskClient, ana: User) -> None:
    ben, cleo = make_user("Ben"), make_user("Cleo")
    booking = booked(make_link("group", hosts=[ana, ben]))
    sign_in(client, ben)
    address = f"/bookings/{booking.id}/hand-over"
    assert f'name="from" value="{ana.id}"' not in client.get(address).text
    assert post(client, address, **{"from": ana.id, "to": cleo.id}).status_code == 403
    sign_in(client, ana)
    assert client.get(address).text.count('name="from"') == 2
    # Who made the link still sees it.
    assert (
        post(client, address, **{"from": ana.id, "to": cleo.id}).location
        == f"/bookings/{booking.id}?said=handed_over"
    )
    assert [host.user.name for host in booking.hosts] == ["Cleo", "Ben"]


def test_where_nobody_can_take_it_other_ways_are_offered(client: FlaskClient, ana: User) -> None:
    booking = booked(make_link(hosts=[ana]))
    sign_in(client, ana)
    answer = post(client, f"/bookings/{booking.id}/decline", reason="Ill")
    assert answer.status_code == 409
    assert "Nobody else who hosts this link is free at that time." in answer.text
    assert 'value="Ill"' in answer.text
    for route in ("hand-over", "cancel"):
        assert f'href="/bookings/{booking.id}/{route}"' in answer.text
    assert "Nobody else on the team is free" in client.get(f"/bookings/{booking.id}/hand-over").text


def test_a_kind_that_does_not_rotate_cannot_be_declined(client: FlaskClient, ana: User) -> None:
    booking = booked(make_link("personal", hosts=[ana]))
    sign_in(client, ana)
    address = f"/bookings/{booking.id}/decline"
    assert client.get(address).status_code == post(client, address).status_code == 404


@pytest.mark.parametrize("route", ["decline", "cancel"])
def test_a_reason_that_cannot_be_is_refused_and_kept(
    client: FlaskClient, demo: Booking, ana: User, route: str
) -> None:
    sign_in(client, ana)
    answer = post(client, f"/bookings/{demo.id}/{route}", reason="x" * 501)
    assert answer.status_code == 422
    assert "Keep it under 500 characters." in answer.text and "x" * 501 in answer.text
    assert demo.sequence == 0


@pytest.mark.parametrize("route", ["hand-over", "decline", "cancel"])
def test_what_has_begun_is_changed_no_more(client: FlaskClient, demo: Booking, ana: User, route: str) -> None:
    begin(demo)
    sign_in(client, ana)
    address = f"/bookings/{demo.id}/{route}"
    page = client.get(address).text
    assert "This meeting has begun" in page
    assert f'action="{address}"' not in page
    assert post(client, address, **{"from": ana.id, "to": named("Ben").id}).status_code == 409
    assert (demo.confirmed, demo.sequence) == (True, 0)


def test_a_no_show_is_marked_and_unmarked(client: FlaskClient, demo: Booking, ana: User) -> None:
    sign_in(client, ana)
    address = f"/bookings/{demo.id}/no-show"
    assert "has not begun yet" in client.get(address).text
    assert post(client, address, came="no").status_code == 409
    begin(demo)
    assert post(client, address, came="no").location == f"/bookings/{demo.id}?said=saved"
    assert demo.no_show
    assert "They came after all" in client.get(address).text
    post(client, address, came="yes")
    assert not demo.no_show
    page = client.get(f"/bookings/{demo.id}").text
    assert page.index("Marked as a no-show.") < page.index("No longer marked as a no-show.")


def test_what_was_called_off_says_so(client: FlaskClient, demo: Booking, ana: User) -> None:
    cancel_by_host(demo.id, reason="", by=ana, now=clock.now())
    sign_in(client, ana)
    for route in ("hand-over", "decline", "cancel", "no-show"):
        assert "This meeting was cancelled." in client.get(f"/bookings/{demo.id}/{route}").text
    make_contact("else@prospect.example")
