"""The access to an account is renewed by one process at a time, and what was renewed is never lost."""

from threading import Barrier, Thread

import pytest
from flask import Flask

from tests.factories import make_user
from website import clock
from website.extensions import db
from website.models import CalendarAccount
from website.providers.calendars.errors import AccessRevoked
from website.providers.calendars.records import Secret
from website.services import calendar_account
from website.services.calendar_account import provider_account

pytestmark = pytest.mark.both_engines


def make_account() -> CalendarAccount:
    account = CalendarAccount(kind="ics", user=make_user(calendar=False), secret={"token": "old"})
    db.session.add(account)
    db.session.commit()
    return account


def test_of_several_who_find_it_old_one_renews_it(world: Flask) -> None:
    row = make_account()
    account, renewals, results = provider_account(row), list[str](), list[Secret]()
    start = Barrier(4)

    def renewed(newest: Secret) -> Secret:
        if newest["token"] != "old":
            return newest
        renewals.append("once")
        return {"token": f"new {len(renewals)}"}

    def ask() -> None:
        assert account.renew is not None
        start.wait()
        results.append(account.renew(renewed))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [{"token": "new 1"}] * 4
    db.session.rollback()
    assert (row.secret, row.renewing_until) == ({"token": "new 1"}, None)


def test_a_refusal_reaches_whoever_asked_and_keeps_what_there_was(world: Flask) -> None:
    row = make_account()
    account = provider_account(row)

    def refused(_: Secret) -> Secret:
        raise AccessRevoked("Access was revoked.")

    assert account.renew is not None
    with pytest.raises(AccessRevoked):
        account.renew(refused)
    db.session.rollback()
    assert (row.secret, row.renewing_until) == ({"token": "old"}, None)


def test_the_lease_of_a_process_that_died_ends_by_itself(world: Flask) -> None:
    row = make_account()
    row.renewing_until = clock.now()
    db.session.commit()
    renew = provider_account(row).renew
    assert renew is not None
    assert renew(lambda _: {"token": "new"}) == {"token": "new"}


def test_whoever_waits_too_long_for_another_gives_up(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_account, "WAIT_SECONDS", 0.2)
    row = make_account()
    row.renewing_until = clock.now() + 10 * calendar_account.timedelta(seconds=1)
    db.session.commit()
    renew = provider_account(row).renew
    assert renew is not None
    with pytest.raises(calendar_account.CalendarUnreachable):
        renew(lambda _: {"token": "new"})
    db.session.rollback()
    assert row.secret == {"token": "old"}
