"""Linking a calendar account by signing in at Google: there and back, what was unticked, and what can go wrong."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import make_organisation, make_user
from tests.peers.google import Google
from tests.peers.google.records import full_scope
from tests.peers.google_links import BUSY, LIST, OWNED, with_google
from tests.services.test_booking import stored
from tests.views.workspace.test_calendars import post, states, ticked
from tests.views.workspace.test_links import sign_in, token_of
from website import clock
from website.config import Config
from website.extensions import db
from website.models import CalendarAccount, User
from website.services.outbox import deliver_due

ADA, LOVE = "ada@gmail.example", "lovelace@acme.example"


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    google.add_account(ADA, time_zone="Europe/London")
    google.add_account(LOVE)
    google.add_calendar(ADA, "team@group.calendar.google.com", "Team")
    google.add_calendar(LOVE, "shared@group.calendar.google.com", "Shared")
    google.share("shared@group.calendar.google.com", ADA, "reader")
    return with_google(config, google)


@pytest.fixture
def ada(world: Flask) -> User:
    make_organisation()
    return make_user("Ada", calendar=False, email="ada@acme.example")


@pytest.fixture
def signed_in(client: FlaskClient, ada: User) -> FlaskClient:
    sign_in(client, ada)
    return client


def onward(client: FlaskClient, **form: Any) -> str:
    """Google's address with the site's question."""
    answer = post(client, "/calendars/google/link", **form)
    assert answer.status_code == 200, answer.text
    found = re.search(r'<a href="([^"]+)"', answer.text)
    assert found
    address = unescape(found[1])
    assert f"0; url={address}" in unescape(answer.text)
    return address


def link(client: FlaskClient, google: Google, email: str = ADA, *, form: Any = None, **consent: Any) -> Any:
    """What the site answers when Google sends the user back."""
    return client.get(google.consent(onward(client, **(form or {})), email, **consent))


def accounts() -> list[CalendarAccount]:
    return list(db.session.scalars(select(CalendarAccount).order_by(CalendarAccount.id)))


def test_google_is_asked_for_what_the_provider_needs(signed_in: FlaskClient, google: Google) -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(onward(signed_in)).query).items()}
    assert set(asked["scope"].split()) == {"openid", "email", *map(full_scope, (LIST, BUSY, OWNED))}
    assert asked["redirect_uri"] == "http://localhost/calendars/google/linked"
    assert (asked["access_type"], asked["login_hint"]) == ("offline", "ada@acme.example")
    assert {"state", "nonce", "code_challenge"} <= set(asked)


def test_an_account_is_linked_with_its_calendars_and_read(signed_in: FlaskClient, google: Google) -> None:
    now = clock.now()
    google.add_event(ADA, now + timedelta(hours=1), now + timedelta(hours=2))
    answer = link(signed_in, google)
    account = accounts()[0]
    assert (answer.status_code, answer.location) == (303, f"/calendars?said=linked#account-{account.id}")
    assert (account.label, account.subject) == (ADA, google.accounts[ADA].sub)
    assert set(map(full_scope, (LIST, BUSY, OWNED))) <= set(account.scopes.split())
    assert set(account.secret) == {"access_token", "refresh_token", "expires_at"}
    page = signed_in.get(answer.location).text
    assert states(page) == [
        (ADA, "good", "Checked 1 min ago"),
        ("Team", "idle", "Not checked for conflicts."),
        ("Shared", "idle", "Not checked for conflicts."),
    ]
    primary = str(account.calendars[0].id)
    assert (ticked(page, "conflicts"), ticked(page, "receives")) == ([primary], [primary])
    assert account.calendars[0].months
    assert "A missing tick costs" not in page


def test_linking_signs_nobody_in(client: FlaskClient, google: Google, ada: User) -> None:
    sign_in(client, ada)
    back = google.consent(onward(client), ADA)
    client.post("/sign-out", data={"csrf_token": token_of(client.get("/").text)})
    answer = client.get(back)
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=%2Fcalendars")
    assert client.get("/").status_code == 302
    assert stored(CalendarAccount) == 0


def test_several_accounts_can_be_linked_and_each_once(signed_in: FlaskClient, google: Google) -> None:
    link(signed_in, google)
    link(signed_in, google, LOVE)
    first, second = accounts()
    first.calendars[1].conflicts = True
    old = first.secret["access_token"]
    db.session.commit()
    link(signed_in, google)
    assert [account.label for account in accounts()] == [ADA, LOVE]
    assert first.secret["access_token"] != old
    assert [calendar.conflicts for calendar in first.calendars] == [True, True, False]
    assert [calendar.receives_bookings for calendar in second.calendars] == [False, False]


# Boxes without their tick


def test_without_a_required_box_nothing_is_linked_and_the_box_is_named(
    signed_in: FlaskClient, google: Google
) -> None:
    answer = link(signed_in, google, untick=[BUSY])
    assert (answer.status_code, stored(CalendarAccount)) == (422, 0)
    assert "a box was left without its tick" in answer.text
    assert "See when you are busy" in answer.text
    assert "Put meetings into your calendars" not in answer.text
    assert 'action="/calendars/google/link"' in answer.text


def test_what_another_missing_box_costs_is_said_and_can_be_mended(
    signed_in: FlaskClient, google: Google
) -> None:
    link(signed_in, google, untick=[OWNED])
    page = signed_in.get("/calendars").text
    assert "A missing tick costs something:" in page
    assert "Your calendars are checked for conflicts, and cannot receive bookings." in page
    assert ticked(page, "receives") == []
    account = accounts()[0]
    assert "Fix access" in page
    link(signed_in, google, form={"account": account.id})
    page = signed_in.get("/calendars").text
    assert "A missing tick costs something:" not in page
    assert ticked(page, "receives") == [str(account.calendars[0].id)]
    assert len(accounts()) == 1


def test_the_primary_calendar_stays_the_same_when_the_list_is_shown_later(
    signed_in: FlaskClient, google: Google
) -> None:
    link(signed_in, google, untick=[LIST])
    account = accounts()[0]
    before = [(calendar.id, calendar.conflicts) for calendar in account.calendars]
    assert len(before) == 1
    link(signed_in, google, form={"account": account.id})
    assert (account.calendars[0].id, account.calendars[0].external_id) == (before[0][0], ADA)
    assert [calendar.conflicts for calendar in account.calendars] == [True, False, False]


# Reconnecting


@pytest.mark.rule("R12")
def test_a_revoked_account_is_reconnected_and_its_owner_is_hinted_at(
    signed_in: FlaskClient, google: Google
) -> None:
    link(signed_in, google)
    account = accounts()[0]
    google.revoke(ADA)
    post(signed_in, f"/calendars/{account.id}/test")
    page = signed_in.get("/calendars").text
    assert "You are not offered until you reconnect." in page
    address = onward(signed_in, account=account.id)
    assert parse_qs(urlsplit(address).query)["login_hint"] == [ADA]
    answer = signed_in.get(google.consent(address, ADA))
    assert answer.location == f"/calendars?said=linked#account-{account.id}"
    assert states(signed_in.get("/calendars").text)[0] == (ADA, "good", "Checked 1 min ago")


def test_who_reconnects_with_another_account_is_told(signed_in: FlaskClient, google: Google) -> None:
    link(signed_in, google)
    answer = link(signed_in, google, LOVE, form={"account": accounts()[0].id})
    assert answer.location == f"/calendars?said=another#account-{accounts()[1].id}"
    assert "You signed in with another account" in signed_in.get(answer.location).text


def test_an_account_of_somebody_else_cannot_be_reconnected(signed_in: FlaskClient, google: Google) -> None:
    other = CalendarAccount(kind="google", user=make_user("Ben", calendar=False), label="ben@gmail.example")
    db.session.add(other)
    db.session.commit()
    assert post(signed_in, "/calendars/google/link", account=other.id).status_code == 404


def test_without_a_new_refresh_token_the_one_that_is_kept_stays(
    signed_in: FlaskClient, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(signed_in, google)
    account = accounts()[0]
    kept = account.secret["refresh_token"]
    monkeypatch.setattr(google.tokens, "issue_refresh", lambda *_: {})
    assert link(signed_in, google).location.startswith("/calendars?said=linked")
    assert account.secret["refresh_token"] == kept


def test_access_for_a_moment_only_is_not_linked(
    signed_in: FlaskClient, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google.tokens, "issue_refresh", lambda *_: {})
    answer = link(signed_in, google)
    assert (answer.status_code, stored(CalendarAccount)) == (422, 0)
    assert "for a moment only. Try again." in answer.text


def test_a_grant_that_google_will_end_is_remembered(signed_in: FlaskClient, google: Google) -> None:
    google.tokens.refresh_lifetime = timedelta(days=2)
    link(signed_in, google)
    ends = accounts()[0].grant_ends_at
    assert ends is not None
    assert abs(ends - clock.now() - timedelta(days=2)) < timedelta(minutes=1)
    assert "This access ends on" in signed_in.get("/calendars").text


# What can go wrong


def test_a_refusal_is_taken_calmly(signed_in: FlaskClient, google: Google) -> None:
    answer = link(signed_in, google, deny=True)
    assert (answer.status_code, stored(CalendarAccount)) == (200, 0)
    assert "You did not allow it, so nothing was linked and nothing was changed." in answer.text


@pytest.mark.parametrize("error", ["admin_policy_enforced", "server_error", "<b>x</b>"])
def test_other_refusals_are_explained_and_not_repeated(signed_in: FlaskClient, error: str) -> None:
    answer = signed_in.get("/calendars/google/linked", query_string={"error": error, "state": "x"})
    assert answer.status_code == 400
    assert "does not allow it. Ask them." in answer.text or "did not allow it. Try again" in answer.text
    assert error not in answer.text


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=y"])
def test_an_answer_to_no_question_is_refused(signed_in: FlaskClient, query: str) -> None:
    answer = signed_in.get(f"/calendars/google/linked{query}")
    assert (answer.status_code, stored(CalendarAccount)) == (400, 0)
    assert "Nothing was linked" in answer.text


def test_an_answer_counts_once(signed_in: FlaskClient, google: Google) -> None:
    back = google.consent(onward(signed_in), ADA)
    assert signed_in.get(back).status_code == 303
    assert signed_in.get(back).status_code == 400
    assert len(accounts()) == 1


def test_the_answer_to_somebody_else_s_question_is_refused(
    world: Flask, client: FlaskClient, google: Google, ada: User
) -> None:
    sign_in(client, ada)
    back = google.consent(onward(client), LOVE)
    ben, other = make_user("Ben", calendar=False), type(client)(world, world.response_class, use_cookies=True)
    sign_in(other, ben)
    assert (other.get(back).status_code, stored(CalendarAccount)) == (400, 0)


FAILS = [
    ("openid", "backendError"),
    ("openid", "html"),
    ("token", "lost_before"),
    ("token", "backendError"),
    ("token", "html"),
    ("keys", "backendError"),
    ("keys", "html"),
    ("calendar.calendarList.list", "backendError"),
    ("calendar.calendarList.list", "truncated"),
]


@pytest.mark.parametrize(("method", "kind"), FAILS)
def test_when_google_does_not_answer_nothing_is_linked_and_nobody_sees_a_fault(
    signed_in: FlaskClient, google: Google, method: str, kind: str
) -> None:
    google.fail(kind, times=None, method=method)
    answer = post(signed_in, "/calendars/google/link")
    if answer.status_code == 200:
        address = unescape(re.findall(r'<a href="([^"]+)"', answer.text)[0])
        answer = signed_in.get(google.consent(address, ADA))
    assert answer.status_code in (400, 422, 503)
    assert "Nothing was linked" in answer.text
    assert stored(CalendarAccount) == 0
    google.heal()
    assert link(signed_in, google).status_code == 303


def test_without_a_client_in_the_settings_an_admin_must_act(
    world: Flask, signed_in: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("website.openid.client", lambda _: None)
    assert "an admin of this site must name an OAuth client" in signed_in.get("/calendars").text
    assert post(signed_in, "/calendars/google/link").status_code == 422
    assert signed_in.get("/calendars/google/linked?code=x&state=y").status_code == 404


# Unlinking


@pytest.mark.rule("R32")
def test_unlinking_gives_the_access_back_to_google(signed_in: FlaskClient, google: Google) -> None:
    link(signed_in, google)
    assert ADA in google.tokens.granted
    post(signed_in, f"/calendars/{accounts()[0].id}/unlink")
    deliver_due(clock.now())
    assert ADA not in google.tokens.granted
