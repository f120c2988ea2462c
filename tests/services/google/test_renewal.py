"""The access of a linked account is renewed by one at a time, and kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from tests.factories import NOW
from tests.peers.google import Google
from tests.services.google.linking import account_of, make_rep, read
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.records import Account, Reading
from website.services.calendar_account import provider_account
from website.services.reading import ANSWERED, NO_ANSWER

ANA = "ana@acme.example"


@pytest.mark.both_engines
@pytest.mark.rule("R12")
@pytest.mark.parametrize("seconds", [0, 3600], ids=["ended", "refused"])
def test_several_that_need_a_new_token_at_once_renew_it_once(
    world: Flask, google: Google, seconds: float
) -> None:
    ana = make_rep(google, seconds=seconds)
    google.expire_access_tokens(ANA)
    google.fail("slow", times=None, method="token", seconds=0.3)
    accounts, barrier = [provider_account(account_of(ana)) for _ in range(4)], Barrier(4)

    def read_busy(account: Account) -> Reading:
        barrier.wait()
        return GoogleCalendar().read_busy(account, NOW, NOW + timedelta(days=1), 20)

    with ThreadPoolExecutor(4) as pool:
        readings = list(pool.map(read_busy, accounts))
    assert [reading.busy for reading in readings] == [{ANA: []}] * 4
    assert len(google.token_forms) == 1
    kept = account_of(ana)
    assert google.tokens.bearer(kept.secret["access_token"], google.clock()) is not None
    assert kept.secret["refresh_token"] == accounts[0].secret["refresh_token"]
    assert kept.renewing_until is None


@pytest.mark.both_engines
@pytest.mark.rule("R12")
def test_a_renewal_that_fails_keeps_the_secret_and_is_tried_again(world: Flask, google: Google) -> None:
    ana = make_rep(google, seconds=0)
    before = dict(account_of(ana).secret)
    google.fail("unavailable", method="token")
    assert read(ana) == [NO_ANSWER]
    assert account_of(ana).secret == before
    assert account_of(ana).renewing_until is None
    assert read(ana) == [ANSWERED]
    assert account_of(ana).secret != before


@pytest.mark.rule("R12")
def test_a_renewal_changes_the_account_that_needs_it_and_no_other(world: Flask, google: Google) -> None:
    ana, ben = make_rep(google, "Ana", seconds=0), make_rep(google, "Ben")
    before = dict(account_of(ben).secret)
    assert read(ana, ben) == [ANSWERED, ANSWERED]
    assert account_of(ben).secret == before
    assert len(google.token_forms) == 1
