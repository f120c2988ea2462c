"""The page of a user's calendars, without script: states, choices, forms that link, testing and unlinking."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_calendar, make_link, make_organisation, make_user
from tests.fakes import FakeCalendar, fake_provider
from tests.peers.radicale import Radicale
from tests.peers.web import WebServer
from tests.services.test_booking import stored
from tests.views.workspace.test_links import sign_in, token_of
from website import clock
from website.extensions import db
from website.models import Calendar, CalendarAccount, User
from website.providers.calendars.base import Capabilities, ConnectField
from website.providers.calendars.errors import AccessRevoked, CalendarMissing, CalendarUnreachable
from website.providers.calendars.records import FoundCalendar

FRAGMENT = {"HX-Request": "true"}
WORK = FoundCalendar("work", "Work", writable=True, primary=True)
TEAM = FoundCalendar("team", "Team", writable=True)
HOLIDAYS = FoundCalendar("holidays", "Holidays")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    return make_user("Ana", calendar=False, email="ana@acme.example", role="admin")


@pytest.fixture
def fake() -> Iterator[FakeCalendar]:
    with fake_provider() as provider:
        provider.capabilities = Capabilities(writes=True)
        provider.connect_fields = (
            ConnectField("url", "Address of the server", "url", hint="Ends in a slash."),
            ConnectField("name", "User name"),
            ConnectField("password", "Password", "password"),
        )
        provider.found = [WORK, TEAM, HOLIDAYS]
        yield provider


@pytest.fixture
def signed_in(client: FlaskClient, ana: User) -> FlaskClient:
    sign_in(client, ana)
    return client


TYPED = {"url": "https://dav.example/", "name": "ana", "password": " correct horse "}


def post(client: FlaskClient, address: str, headers: dict[str, str] | None = None, **typed: Any) -> Any:
    token = token_of(client.get("/").text)
    return client.post(address, data={"csrf_token": token, **typed}, headers=headers)


def linked(client: FlaskClient) -> CalendarAccount:
    """An account of the fake's, linked by its form."""
    answer = post(client, "/calendars/fake/link", **TYPED)
    assert answer.status_code == 303, answer.text
    return db.session.scalars(select(CalendarAccount).order_by(CalendarAccount.id.desc())).first()


def states(page: str) -> list[tuple[str, str, str]]:
    """Each calendar on the page: its name, its tone, what is said of it."""
    found = re.findall(
        r'<div class="calendar-name"><strong>(.*?)</strong><span class="state (\w+)">(.*?)</span>', page
    )
    return [(unescape(name), tone, unescape(words)) for name, tone, words in found]


def ticked(page: str, name: str) -> list[str]:
    """The values of the boxes or radio buttons with this name that are ticked."""
    return re.findall(rf'<input [^>]*name="{name}" value="(\d+)" checked>', page)


# Linking by a form


def test_the_first_page_says_that_nobody_can_book_and_what_can_be_linked(signed_in: FlaskClient) -> None:
    page = signed_in.get("/calendars").text
    assert "No calendar is linked: nobody can book you." in page
    assert all(name in page for name in ("Google Calendar", "CalDAV", "ICS feed", "Built-in calendar"))
    assert "Not set up yet: an admin of this site must name an OAuth client in its settings." in unescape(
        page
    )
    assert 'action="/calendars/google/link"' not in page


def test_a_form_asks_what_the_provider_wants_and_never_shows_a_password(
    signed_in: FlaskClient, fake: FakeCalendar
) -> None:
    page = signed_in.get("/calendars/fake/link").text
    for name in ("url", "name", "password"):
        assert f'name="{name}"' in page
    assert "Ends in a slash." in page
    fake.failure["ana@acme.example"] = AccessRevoked("The server refuses this password.")
    answer = post(signed_in, "/calendars/fake/link", **TYPED)
    assert (answer.status_code, stored(CalendarAccount)) == (422, 0)
    assert "The server refuses this password." in answer.text
    assert 'value="https://dav.example/"' in answer.text
    assert 'value="ana"' in answer.text
    assert "correct horse" not in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"url": ""}, "This is needed."),
        ({"url": "x" * 2001}, "Keep it under 2,000 characters."),
        ({"name": "a\nb"}, "Write this on one line."),
    ],
)
def test_what_cannot_be_is_refused_before_anybody_is_asked(
    signed_in: FlaskClient, fake: FakeCalendar, typed: dict[str, str], sentence: str
) -> None:
    answer = post(signed_in, "/calendars/fake/link", **TYPED | typed)
    assert (answer.status_code, fake.tried) == (422, [])
    assert sentence in answer.text


def test_an_account_is_tried_out_kept_and_read_at_once(signed_in: FlaskClient, fake: FakeCalendar) -> None:
    account = linked(signed_in)
    assert account.secret == TYPED
    assert fake.tried[0].secret == TYPED
    page = signed_in.get(f"/calendars?said=linked#account-{account.id}").text
    assert "The account is linked." in page
    assert states(page) == [
        ("Work", "good", "Checked 1 min ago"),
        ("Team", "idle", "Not checked for conflicts."),
        ("Holidays", "idle", "Not checked for conflicts."),
    ]
    work = str(account.calendars[0].id)
    assert (ticked(page, "conflicts"), ticked(page, "receives")) == ([work], [work])
    assert "Can only be read with this account." in page


def test_the_same_account_is_not_linked_twice(signed_in: FlaskClient, fake: FakeCalendar) -> None:
    first = linked(signed_in)
    post(signed_in, "/calendars", conflicts=[first.calendars[1].id], receives=first.calendars[1].id)
    assert linked(signed_in).id == first.id
    assert [calendar.conflicts for calendar in first.calendars] == [False, True, False]


def test_a_broken_account_is_reconnected_with_its_form(signed_in: FlaskClient, fake: FakeCalendar) -> None:
    account = linked(signed_in)
    fake.failure["ana@acme.example"] = AccessRevoked("The password was refused.")
    post(signed_in, f"/calendars/{account.id}/test")
    page = signed_in.get("/calendars").text
    assert "The password was refused. You are not offered until you reconnect." in page
    assert page.count(f'href="/calendars/fake/link?account={account.id}"') == 1
    assert states(page)[0] == ("Work", "bad", "Not read until you reconnect.")
    form = signed_in.get(f"/calendars/fake/link?account={account.id}").text
    assert 'value="https://dav.example/"' in form
    assert "correct horse" not in form
    fake.failure.clear()
    answer = post(signed_in, "/calendars/fake/link", **TYPED | {"password": "new"}, account=account.id)
    assert answer.status_code == 303
    assert (account.secret["password"], account.broken) == ("new", False)
    assert states(signed_in.get("/calendars").text)[0] == ("Work", "good", "Checked 1 min ago")


def test_reconnecting_with_an_account_that_is_linked_already_is_refused(
    signed_in: FlaskClient, fake: FakeCalendar
) -> None:
    first = linked(signed_in)
    other = {"url": "https://other.example/"}
    post(signed_in, "/calendars/fake/link", **TYPED | other)
    answer = post(signed_in, "/calendars/fake/link", **TYPED | other, account=first.id)
    assert answer.status_code == 422
    assert "You have linked this account already." in answer.text


def test_an_address_that_is_the_secret_is_not_shown_again(signed_in: FlaskClient, ana: User) -> None:
    account = CalendarAccount(kind="ics", user=ana, secret={"url": "https://feeds.example/dear-secret.ics"})
    account.calendars.append(Calendar(external_id="main"))
    db.session.add(account)
    db.session.commit()
    for page in (
        "/calendars",
        f"/calendars/ics/link?account={account.id}",
        f"/calendars/{account.id}/unlink",
    ):
        assert "dear-secret" not in signed_in.get(page).text
    assert "feeds.example ….ics" in signed_in.get("/calendars").text


def test_the_built_in_calendar_is_added_with_one_click(signed_in: FlaskClient) -> None:
    assert post(signed_in, "/calendars/builtin/link").status_code == 303
    page = signed_in.get("/calendars").text
    assert states(page) == [("Built-in calendar", "good", "Kept here, always up to date.")]
    assert "You have it already." in page
    assert post(signed_in, "/calendars/builtin/link").status_code == 422
    assert stored(CalendarAccount) == 1


def test_a_feed_is_linked_and_read(signed_in: FlaskClient) -> None:
    server = WebServer()
    server.body = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    try:
        answer = post(signed_in, "/calendars/ics/link", url=server.url)
    finally:
        server.stop()
    assert answer.status_code == 303
    page = signed_in.get("/calendars").text
    assert states(page) == [("127.0.0.1", "good", "Checked 1 min ago")]
    assert "an account of this kind receives no bookings" in page


def test_a_feed_that_is_none_is_refused_with_what_was_typed(signed_in: FlaskClient) -> None:
    server = WebServer()
    server.body = b"<p>Please sign in</p>"
    try:
        answer = post(signed_in, "/calendars/ics/link", url=server.url)
    finally:
        server.stop()
    assert (answer.status_code, stored(CalendarAccount)) == (422, 0)
    assert f'value="{server.url}"' in answer.text


def test_a_caldav_account_is_linked_with_its_calendars(signed_in: FlaskClient, radicale: Radicale) -> None:
    user = radicale.new_user()
    for name in ("Private", "Work"):
        user.make_calendar(name)
    typed = {"url": user.url, "username": user.name, "password": user.password}
    answer = post(signed_in, "/calendars/caldav/link", **typed | {"password": "wrong"})
    assert (answer.status_code, stored(CalendarAccount)) == (422, 0)
    assert post(signed_in, "/calendars/caldav/link", **typed).status_code == 303
    page = signed_in.get("/calendars").text
    assert {name for name, _, _ in states(page)} == {"Private", "Work"}
    assert len(ticked(page, "conflicts")) == len(ticked(page, "receives")) == 1
    radicale.set_password(user, "changed")
    account = db.session.scalars(select(CalendarAccount)).one()
    post(signed_in, f"/calendars/{account.id}/test")
    assert "You are not offered until you reconnect." in signed_in.get("/calendars").text


# States, as their user sees them (R12)


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    ("account", "calendar", "tone", "words"),
    [
        ({}, {"checked_at": 1}, "good", "Checked 1 min ago"),
        (
            {"failing_since": 11},
            {"checked_at": 12},
            "warn",
            "Fake is not answering; using data from 12 min ago",
        ),
        (
            {"failing_since": 44},
            {"checked_at": 45},
            "bad",
            "Fake has not answered for 45 minutes: you are not offered until it does",
        ),
        ({"failing_since": 1}, {}, "bad", "Fake has not answered yet: you are not offered until it does"),
        (
            {},
            {"checked_at": 45},
            "bad",
            "Last checked 45 min ago, too long: you are not offered until it is read again",
        ),
        ({}, {}, "idle", "Not read yet: you are not offered until it is"),
        ({}, {"conflicts": False}, "idle", "Not checked for conflicts."),
        (
            {},
            {"checked_at": 1, "missing_at": 5},
            "bad",
            "Work is gone, or no longer shared: you are not offered until you stop checking it, or reconnect",
        ),
    ],
)
def test_a_rep_sees_each_state_with_its_age(
    signed_in: FlaskClient,
    ana: User,
    fake: FakeCalendar,
    account: dict[str, int],
    calendar: dict[str, Any],
    tone: str,
    words: str,
) -> None:
    now = clock.now()
    row = CalendarAccount(
        kind="fake", user=ana, **{name: now - age * MINUTE for name, age in account.items()}
    )
    values = {
        name: now - age * MINUTE if isinstance(age, int) and name != "conflicts" else age
        for name, age in calendar.items()
    }
    row.calendars.append(Calendar(external_id="work", name="Work", **values))
    db.session.add(row)
    db.session.commit()
    assert states(signed_in.get("/calendars").text) == [("Work", tone, words)]


@pytest.mark.rule("R12")
def test_a_missing_calendar_can_be_left_unchecked(signed_in: FlaskClient, fake: FakeCalendar) -> None:
    account = linked(signed_in)
    fake.unknown["work"] = CalendarMissing("It is gone.")
    post(signed_in, f"/calendars/{account.id}/test")
    page = signed_in.get("/calendars").text
    assert "Stop checking this calendar" in page
    assert f'href="/calendars/fake/link?account={account.id}"' in page
    answer = post(signed_in, "/calendars/stop", calendar=account.calendars[0].id)
    assert (answer.status_code, answer.location) == (303, "/calendars?said=stopped")
    page = signed_in.get("/calendars").text
    assert "Stop checking this calendar" not in page
    assert "No calendar is checked for conflicts" in page


def test_a_grant_that_ends_soon_is_warned_of(signed_in: FlaskClient, ana: User, fake: FakeCalendar) -> None:
    account, now = linked(signed_in), clock.now()
    account.grant_ends_at = now + timedelta(days=4)
    db.session.commit()
    assert "This access ends on" not in signed_in.get("/calendars").text
    account.grant_ends_at = now + timedelta(days=2)
    db.session.commit()
    assert "This access ends on" in signed_in.get("/calendars").text


def test_what_a_reading_warned_of_is_shown(signed_in: FlaskClient, fake: FakeCalendar) -> None:
    linked(signed_in).warnings = "A time without a zone was read as yours."
    db.session.commit()
    assert "A time without a zone was read as yours." in signed_in.get("/calendars").text


# Choosing


def test_choices_over_several_accounts_are_kept(signed_in: FlaskClient, fake: FakeCalendar) -> None:
    account = linked(signed_in)
    post(signed_in, "/calendars/builtin/link")
    built_in = db.session.scalars(select(Calendar).join(CalendarAccount).filter_by(kind="builtin")).one()
    work, team, _ = account.calendars
    answer = post(signed_in, "/calendars", conflicts=[work.id, team.id], receives=built_in.id)
    assert (answer.status_code, answer.location) == (303, "/calendars?said=saved")
    page = signed_in.get("/calendars?said=saved").text
    assert "Saved." in page
    assert ticked(page, "conflicts") == [str(work.id), str(team.id)]
    assert ticked(page, "receives") == [str(built_in.id)]
    assert states(page)[1] == ("Team", "idle", "Not read yet: you are not offered until it is")


@pytest.mark.parametrize(
    "typed", [{"conflicts": ["x"]}, {"conflicts": ["999"]}, {"receives": "999"}, {"receives": "-1"}]
)
def test_choices_that_cannot_be_change_nothing(
    signed_in: FlaskClient, fake: FakeCalendar, typed: dict[str, Any]
) -> None:
    account = linked(signed_in)
    assert post(signed_in, "/calendars", **typed).status_code == 400
    assert [calendar.conflicts for calendar in account.calendars] == [True, False, False]


def test_a_calendar_that_can_only_be_read_is_not_chosen_for_bookings(
    signed_in: FlaskClient, fake: FakeCalendar
) -> None:
    account = linked(signed_in)
    answer = post(signed_in, "/calendars", receives=account.calendars[2].id)
    assert answer.status_code == 400
    assert "it cannot receive bookings" in answer.text


# Testing


@pytest.mark.rule("R12")
def test_testing_leads_back_to_fresh_states(signed_in: FlaskClient, fake: FakeCalendar) -> None:
    account = linked(signed_in)
    fake.found = [WORK]
    answer = post(signed_in, f"/calendars/{account.id}/test")
    assert (answer.status_code, answer.location) == (
        303, f"/calendars?tested={account.id}#account-{account.id}",
    )  # fmt: skip
    page = signed_in.get(answer.location).text
    assert "Tested just now: 1 calendar." in page
    assert states(page) == [("Work", "good", "Checked 1 min ago")]


@pytest.mark.rule("R12")
def test_testing_answers_with_the_account_s_box_alone(signed_in: FlaskClient, fake: FakeCalendar) -> None:
    account = linked(signed_in)
    fake.failure["ana@acme.example"] = CalendarUnreachable("No answer.")
    answer = post(signed_in, f"/calendars/{account.id}/test", headers=FRAGMENT)
    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<section class="box account" id="account-{account.id}"')
    assert states(answer.text)[0] == ("Work", "warn", "Fake is not answering; using data from 1 min ago")


# Whose


@pytest.mark.parametrize("what", ["test", "unlink", "stop", "choose", "reconnect"])
def test_nobody_touches_the_calendars_of_others_not_even_an_admin(
    signed_in: FlaskClient, fake: FakeCalendar, what: str
) -> None:
    calendar = make_calendar(make_user("Ben", calendar=False))
    account = calendar.account_id
    db.session.commit()
    answers = {
        "test": lambda: post(signed_in, f"/calendars/{account}/test"),
        "unlink": lambda: post(signed_in, f"/calendars/{account}/unlink"),
        "stop": lambda: post(signed_in, "/calendars/stop", calendar=calendar.id),
        "choose": lambda: post(signed_in, "/calendars", receives=calendar.id),
        "reconnect": lambda: post(signed_in, "/calendars/fake/link", **TYPED, account=account),
    }
    assert answers[what]().status_code in (400, 404)
    assert (stored(CalendarAccount), calendar.conflicts, calendar.receives_bookings) == (1, True, True)


@pytest.mark.parametrize("sent", [{}, {"calendar": "x"}, {"calendar": "99999999999"}])
def test_a_calendar_that_cannot_be_is_a_bad_request(signed_in: FlaskClient, sent: dict[str, str]) -> None:
    assert post(signed_in, "/calendars/stop", **sent).status_code == 400


# Unlinking


def test_unlinking_asks_first_and_says_what_it_costs(
    signed_in: FlaskClient, ana: User, fake: FakeCalendar
) -> None:
    account = linked(signed_in)
    make_link("personal", hosts=[ana], title="Meet <Ana>")
    db.session.commit()
    page = signed_in.get(f"/calendars/{account.id}/unlink").text
    assert "Unlink this account?" in page
    assert "<li>Meet &lt;Ana&gt;</li>" in page
    assert "New bookings go into it no longer." in page
    assert stored(CalendarAccount) == 1
    answer = post(signed_in, f"/calendars/{account.id}/unlink")
    assert (answer.status_code, answer.location) == (303, "/calendars?said=unlinked")
    assert stored(CalendarAccount) == 0
    assert "The account is unlinked." in signed_in.get("/calendars?said=unlinked").text


def test_what_was_done_is_not_made_up_by_an_address(signed_in: FlaskClient) -> None:
    page = signed_in.get("/calendars?said=<b>hello</b>&tested=x").text
    assert "hello" not in page
    assert 'class="banner good"' not in page
