"""Access tokens: renewed in time, by one process at a time, without losing anything; given back at the end."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.peers.google import Google
from tests.peers.google_links import ANA, linked
from website.config import in_force
from website.providers.calendars.errors import AccessRevoked, CalendarUnreachable
from website.providers.calendars.google import GoogleCalendar, tokens
from website.providers.calendars.records import Account, Secret

START = datetime(2027, 2, 1, tzinfo=UTC)


class Kept:
    """The secret of an account as a site keeps it: one renewal at a time."""

    def __init__(self, account: Account) -> None:
        self.secret, self.renewals, self._lock = account.secret, 0, threading.Lock()

    def renew(self, renewed: Callable[[Secret], Secret]) -> Secret:
        with self._lock:
            secret = renewed(self.secret)
            self.renewals += secret is not self.secret
            self.secret = secret
            return secret


def keeping(account: Account) -> tuple[Account, Kept]:
    kept = Kept(account)
    return replace(account, renew=kept.renew), kept


def read(calendar: GoogleCalendar, account: Account) -> None:
    calendar.read_busy(account, START, START + timedelta(days=1), 5)


def test_a_token_that_lasts_is_used_as_it_is(google: Google, calendar: GoogleCalendar) -> None:
    account, kept = keeping(linked(google, seconds=301))
    read(calendar, account)
    assert (kept.renewals, google.token_forms) == (0, [])


@pytest.mark.parametrize("seconds", [299, 0, -3600])
def test_a_token_that_ends_soon_is_renewed_first_and_nothing_is_lost(
    google: Google, calendar: GoogleCalendar, seconds: float
) -> None:
    account, kept = keeping(linked(google, seconds=seconds))
    google.expire_access_tokens(ANA)
    read(calendar, account)
    assert kept.renewals == 1
    assert kept.secret["refresh_token"] == account.secret["refresh_token"]
    assert kept.secret["access_token"] != account.secret["access_token"]
    assert float(kept.secret["expires_at"]) > float(account.secret["expires_at"])
    assert all(isinstance(value, str) for value in kept.secret.values())
    assert [call.status for call in google.calls_of("calendar.")] == [200]


def test_a_renewal_asks_for_no_scope(google: Google, calendar: GoogleCalendar) -> None:
    account, _ = keeping(linked(google, seconds=0))
    read(calendar, account)
    assert [sorted(form) for form in google.token_forms] == [["grant_type", "refresh_token"]]


def test_an_account_that_is_not_kept_yet_is_renewed_too(google: Google, calendar: GoogleCalendar) -> None:
    account = linked(google, seconds=0)
    google.expire_access_tokens(ANA)
    assert account.renew is None
    read(calendar, account)


def test_what_another_process_renewed_is_taken(google: Google, calendar: GoogleCalendar) -> None:
    account, kept = keeping(linked(google, seconds=0))
    kept.secret = linked(google).secret
    read(calendar, account)
    assert (kept.renewals, google.token_forms) == (0, [])


def test_a_token_that_google_refuses_is_renewed_once(google: Google, calendar: GoogleCalendar) -> None:
    account, kept = keeping(linked(google))
    google.expire_access_tokens(ANA)
    read(calendar, account)
    assert kept.renewals == 1
    assert [call.status for call in google.calls_of("calendar.")] == [401, 200]


def test_a_token_that_google_refuses_is_not_renewed_where_another_process_did(
    google: Google, calendar: GoogleCalendar
) -> None:
    account, kept = keeping(linked(google))
    google.expire_access_tokens(ANA)
    kept.secret = linked(google).secret
    read(calendar, account)
    assert (kept.renewals, google.token_forms) == (0, [])


@pytest.mark.rule("R12")
def test_an_account_whose_new_token_is_refused_too_is_broken(
    google: Google, calendar: GoogleCalendar
) -> None:
    account, kept = keeping(linked(google))
    google.fail("authError", times=2)
    with pytest.raises(AccessRevoked):
        read(calendar, account)
    assert kept.renewals == 1
    assert len(google.calls_of("calendar.")) == 2


@pytest.mark.rule("R12")
def test_an_account_whose_access_was_revoked_is_broken_for_good(
    google: Google, calendar: GoogleCalendar
) -> None:
    account, kept = keeping(linked(google))
    google.revoke(ANA)
    with pytest.raises(AccessRevoked) as caught:
        read(calendar, account)
    assert caught.value.final
    assert kept.secret is account.secret
    assert len(google.token_forms) == 1


@pytest.mark.rule("R12")
def test_an_account_without_a_refresh_token_is_broken_once_its_token_ends(
    google: Google, calendar: GoogleCalendar
) -> None:
    account = linked(google, seconds=0)
    secret = {name: value for name, value in account.secret.items() if name != "refresh_token"}
    with pytest.raises(AccessRevoked):
        read(calendar, replace(account, secret=secret))
    assert google.calls == []


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    "kind", ["backendError", "unavailable", "tooManyRequests", "html", "truncated", "lost_before"]
)
def test_a_token_endpoint_that_fails_passes(google: Google, calendar: GoogleCalendar, kind: str) -> None:
    account, kept = keeping(linked(google, seconds=0))
    google.fail(kind, method="token")
    with pytest.raises(CalendarUnreachable):
        read(calendar, account)
    read(calendar, account)
    assert kept.renewals == 1


@pytest.mark.fault(12)
def test_a_token_endpoint_that_hangs_holds_nobody_beyond_the_deadline(
    google: Google, calendar: GoogleCalendar
) -> None:
    account, kept = keeping(linked(google, seconds=0))
    google.fail("slow", method="token", seconds=30)
    with pytest.raises(CalendarUnreachable):
        calendar.read_busy(account, START, START + timedelta(days=1), 0.3)
    assert kept.renewals == 0


def test_a_site_that_google_does_not_know_breaks_no_account(google: Google, calendar: GoogleCalendar) -> None:
    account, _ = keeping(linked(google, seconds=0))
    google.client_secret = "another"
    with pytest.raises(CalendarUnreachable, match="admin"):
        read(calendar, account)
    (complaint,) = google.complaints
    assert "invalid_client" in complaint
    google.complaints.clear()


@pytest.mark.parametrize("kind", ["html", "truncated", "unavailable", "lost_before"])
def test_metadata_that_cannot_be_read_is_asked_for_again(
    google: Google, calendar: GoogleCalendar, kind: str
) -> None:
    account, _ = keeping(linked(google, seconds=0))
    google.fail(kind, method="openid")
    with pytest.raises(CalendarUnreachable):
        read(calendar, account)
    read(calendar, account)
    google.expire_access_tokens(ANA)
    read(calendar, account)
    assert len(google.calls_of("openid")) == 2


def test_disconnecting_gives_everything_back(google: Google, calendar: GoogleCalendar, ana: Account) -> None:
    calendar.disconnect(ana, 5)
    assert google.tokens.granted == {}
    assert [call.body for call in google.calls_of("revoke")] == [{"token": ana.secret["refresh_token"]}]


def test_what_was_given_back_already_is_given_back(
    google: Google, calendar: GoogleCalendar, ana: Account
) -> None:
    google.revoke(ANA)
    calendar.disconnect(ana, 5)
    calendar.disconnect(replace(ana, secret={}), 5)
    assert [call.status for call in google.calls_of("revoke")] == [400]


@pytest.mark.parametrize("kind", ["unavailable", "lost_before"])
def test_giving_back_can_fail(google: Google, calendar: GoogleCalendar, ana: Account, kind: str) -> None:
    google.fail(kind, method="revoke")
    with pytest.raises(CalendarUnreachable):
        calendar.disconnect(ana, 5)
    assert google.tokens.granted


def test_a_provider_that_takes_nothing_back_is_not_asked_to(
    google: Google, calendar: GoogleCalendar, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 8414 §2: `revocation_endpoint` is optional."""
    url = in_force().google_metadata_url
    read(calendar, ana)
    monkeypatch.setitem(tokens._known, url, tokens.Endpoints(f"{google.base}/token", ""))
    calendar.disconnect(ana, 5)
    assert google.calls_of("revoke") == []
