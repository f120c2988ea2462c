"""Linking accounts, choosing what their calendars are for, unlinking them: rows, and what follows from them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import NOW, make_link, make_user
from tests.fakes import FakeCalendar, fake_provider
from tests.services.test_booking import ask, stored
from website.extensions import db
from website.models import Booking, BookingEvent, BusyMonth, Calendar, CalendarAccount, Link, Message, User
from website.models.message import DONE, FAILED, WAITING
from website.providers.calendars.base import Capabilities, ConnectField, Scope, SignIn
from website.providers.calendars.errors import AccessRevoked, CalendarMissing, CalendarUnreachable
from website.providers.calendars.records import FoundCalendar
from website.services.account_trial import check_account, try_out
from website.services.booking import book
from website.services.calendar import refresh
from website.services.calendar_account import provider_account
from website.services.connect import Access, choose_calendars, link_account, stop_checking
from website.services.errors import AlreadyLinked, BadRequest, UnknownCalendar
from website.services.outbox import deliver_due
from website.services.unlink import costs_of_unlinking, unlink

HOUR = timedelta(hours=1)
WORK = FoundCalendar("work", "Work", "Europe/Paris", writable=True, primary=True, meets=True)
TEAM = FoundCalendar("team", "Team", writable=True)
HOLIDAYS = FoundCalendar("holidays", "Holidays")


@pytest.fixture
def fake() -> Iterator[FakeCalendar]:
    with fake_provider() as provider:
        provider.capabilities = Capabilities(writes=True)
        provider.sign_in = SignIn("google", (Scope("see", "see", "nothing"),), {})
        yield provider


@pytest.fixture
def ana(world: Flask) -> User:
    return make_user("Ana", calendar=False, email="ana@acme.example")


def link(user: User, *found: FoundCalendar, subject: str = "1", **values: Any) -> CalendarAccount:
    values = {"secret": {"token": "a"}, "label": "ana@gmail.example", "scopes": frozenset({"see"})} | values
    db.session.commit()
    access = Access(
        "fake", values.pop("secret"), found or (WORK,), subject, values.pop("label"), values.pop("scopes")
    )
    return link_account(access, user_id=user.id, now=NOW, **values)


def names(account: CalendarAccount, mark: str) -> list[str]:
    return [calendar.external_id for calendar in account.calendars if getattr(calendar, mark)]


@pytest.mark.both_engines
def test_an_account_is_kept_with_its_calendars_and_read_soon(world: Flask, fake: FakeCalendar) -> None:
    account = link(make_user("Ana", calendar=False), WORK, HOLIDAYS)
    assert (account.subject, account.label, account.scopes) == ("1", "ana@gmail.example", "see")
    assert account.secret == {"token": "a"}
    assert account.next_check_at == NOW
    work = account.calendars[0]
    assert (work.name, work.timezone, work.writable, work.primary, work.meets) == (
        "Work", "Europe/Paris", True, True, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "conflicts", "receives"),
    [
        ([TEAM, WORK, HOLIDAYS], ["work"], ["work"]),
        ([TEAM], ["team"], []),
        ([TEAM, HOLIDAYS], ["team", "holidays"], []),
        ([FoundCalendar("mine", "Mine", primary=True), TEAM], ["mine"], []),
    ],
    ids=["primary", "only", "none is primary", "primary cannot be written"],
)
def test_ticks_are_set_by_default(
    ana: User, fake: FakeCalendar, found: list[FoundCalendar], conflicts: list[str], receives: list[str]
) -> None:
    account = link(ana, *found)
    assert (names(account, "conflicts"), names(account, "receives_bookings")) == (conflicts, receives)


def test_a_real_calendar_takes_over_from_the_built_in_one(world: Flask, fake: FakeCalendar) -> None:
    ben = make_user("Ben")
    account = link(ben)
    assert names(account, "receives_bookings") == ["work"]
    assert names(ben.accounts[0], "receives_bookings") == []


def test_a_second_real_calendar_leaves_the_first_one_in_place(ana: User, fake: FakeCalendar) -> None:
    first, second = link(ana), link(ana, subject="2")
    assert (names(first, "receives_bookings"), names(second, "receives_bookings")) == (["work"], [])
    assert names(second, "conflicts") == ["work"]


@pytest.mark.both_engines
def test_the_same_account_is_linked_once_and_keeps_its_ticks(world: Flask, fake: FakeCalendar) -> None:
    ana = make_user("Ana", calendar=False)
    account = link(ana, WORK, TEAM)
    choose_calendars(ana.id, conflicts={account.calendars[1].id}, receives=account.calendars[1].id, now=NOW)
    again = link(ana, WORK, TEAM, HOLIDAYS, secret={"token": "b"})
    assert (again.id, again.secret, stored(CalendarAccount)) == (account.id, {"token": "b"}, 1)
    assert (names(again, "conflicts"), names(again, "receives_bookings")) == (["team"], ["team"])


def test_an_account_of_somebody_else_is_another_one(ana: User, fake: FakeCalendar) -> None:
    first, second = link(ana), link(make_user("Ben", calendar=False))
    assert first.id != second.id


def test_a_calendar_in_use_that_is_not_there_any_more_is_missing_and_others_go(
    ana: User, fake: FakeCalendar
) -> None:
    account = link(ana, WORK, TEAM)
    link(ana, HOLIDAYS)
    assert [(row.external_id, row.missing_at) for row in account.calendars] == [
        ("work", NOW),
        ("holidays", None),
    ]
    link(ana, WORK)
    assert [(row.external_id, row.missing_at) for row in account.calendars] == [("work", None)]


def test_the_primary_calendar_stays_the_same_one_under_another_name(ana: User, fake: FakeCalendar) -> None:
    account = link(ana, FoundCalendar("primary", "Primary calendar", writable=True, primary=True))
    before = account.calendars[0].id
    link(ana, TEAM, WORK)
    assert {row.external_id: row.id == before for row in account.calendars} == {"work": True, "team": False}
    assert (names(account, "conflicts"), names(account, "receives_bookings")) == (["work"], ["work"])


def test_linking_again_mends_a_broken_account(ana: User, fake: FakeCalendar) -> None:
    account = link(ana)
    account.broken, account.broken_at, account.failing_since = True, NOW, NOW
    account.error, account.failures, account.told = "Refused.", 7, 2
    link(ana)
    assert (account.broken, account.broken_at, account.failing_since) == (False, None, None)
    assert (account.error, account.failures, account.told) == ("", 0, 0)


def test_a_renewal_of_the_old_access_does_not_replace_the_new_one(ana: User, fake: FakeCalendar) -> None:
    account = link(ana)
    renew = provider_account(account).renew
    assert renew is not None

    def renewed(_: object) -> dict[str, str]:
        link(ana, secret={"token": "new"})
        return {"token": "old, renewed"}

    renew(renewed)
    db.session.expire_all()
    assert account.secret == {"token": "new"}


def test_what_lost_the_right_to_write_receives_no_bookings(world: Flask, fake: FakeCalendar) -> None:
    ben = make_user("Ben")
    account = link(ben)
    link(ben, FoundCalendar("work", "Work", primary=True))
    assert names(account, "receives_bookings") == []
    assert names(ben.accounts[0], "receives_bookings") == ["main"]


def test_the_built_in_calendar_can_be_added_once(ana: User) -> None:
    db.session.commit()
    found = try_out("builtin", {}, ana)
    for _ in range(2):
        link_account(Access("builtin", {}, found), user_id=ana.id, now=NOW)
    account = db.session.scalars(select(CalendarAccount)).one()
    assert (names(account, "conflicts"), names(account, "receives_bookings")) == (["main"], ["main"])
    assert account.checked_at == NOW


def test_a_calendar_that_a_workspace_file_named_keeps_its_choices_once_it_is_seen(
    ana: User, fake: FakeCalendar
) -> None:
    account = CalendarAccount(kind="fake", user=ana, calendars=[Calendar(external_id="main")])
    account.calendars[0].receives_bookings = True
    db.session.add(account)
    db.session.commit()
    link(ana, TEAM, subject="2")
    assert names(account, "receives_bookings") == ["main"]
    fake.found = [TEAM, WORK]
    check_account(ana.id, account.id, NOW)
    assert (names(account, "conflicts"), names(account, "receives_bookings")) == (["work"], ["work"])
    assert [row.external_id for row in account.calendars] == ["work", "team"]


def test_an_account_without_a_calendar_is_not_linked(ana: User, fake: FakeCalendar) -> None:
    fake.found = []
    db.session.commit()
    with pytest.raises(CalendarMissing, match="no calendar in this account"):
        try_out("fake", {"token": "a"}, ana)


# Accounts that are linked by a form


FORM = (ConnectField("url", "Address", "url"), ConnectField("password", "Password", "password"))


def typed(user: User, url: str, password: str, **values: Any) -> CalendarAccount:
    db.session.commit()
    access = Access("fake", {"url": url, "password": password}, (WORK,))
    return link_account(access, user_id=user.id, now=NOW, **values)


def test_a_form_names_the_same_account_whatever_the_password(ana: User, fake: FakeCalendar) -> None:
    fake.connect_fields = FORM
    first = typed(ana, "https://a.example", "old")
    assert typed(ana, "https://a.example", "new").id == first.id
    assert typed(ana, "https://b.example", "new").id != first.id
    assert "a.example" not in first.subject


def test_an_account_of_the_workspace_file_is_known_by_what_it_says(ana: User, fake: FakeCalendar) -> None:
    fake.connect_fields = FORM
    row = CalendarAccount(kind="fake", user=ana, secret={"url": "https://a.example", "password": "old"})
    db.session.add(row)
    assert typed(ana, "https://a.example", "new").id == row.id


def test_an_account_can_be_reconnected_under_another_address(ana: User, fake: FakeCalendar) -> None:
    fake.connect_fields = FORM
    first = typed(ana, "https://a.example", "x")
    again = typed(ana, "https://b.example", "x", account_id=first.id)
    assert (again.id, again.secret["url"]) == (first.id, "https://b.example")
    other = typed(ana, "https://c.example", "x")
    with pytest.raises(AlreadyLinked):
        typed(ana, "https://c.example", "x", account_id=first.id)
    assert other.id != first.id


@pytest.mark.parametrize("whose", ["nobody", "ben"])
def test_nobody_reconnects_an_account_of_somebody_else(ana: User, fake: FakeCalendar, whose: str) -> None:
    other = link(make_user("Ben", calendar=False)).id if whose == "ben" else 999
    with pytest.raises(UnknownCalendar):
        link(ana, subject="9", account_id=other)


# Trying out, and testing


def test_what_a_provider_did_not_expect_is_no_answer(ana: User, fake: FakeCalendar) -> None:
    fake.failure["ana@acme.example"] = ZeroDivisionError()  # type: ignore[assignment]
    with pytest.raises(CalendarUnreachable):
        try_out("fake", {"token": "a"}, ana)


@pytest.mark.rule("R12")
def test_testing_finds_calendars_and_reads_those_that_are_checked(ana: User, fake: FakeCalendar) -> None:
    account = link(ana)
    fake.found = [WORK, TEAM]
    assert check_account(ana.id, account.id, NOW) == ""
    assert [(row.external_id, row.checked_at) for row in account.calendars] == [("work", NOW), ("team", None)]


@pytest.mark.rule("R12")
def test_testing_an_account_that_refuses_says_so_and_keeps_it(ana: User, fake: FakeCalendar) -> None:
    account = link(ana)
    fake.failure["ana@acme.example"] = AccessRevoked("The password was refused.")
    assert check_account(ana.id, account.id, NOW) == "The password was refused."
    assert (account.broken, names(account, "conflicts")) == (True, ["work"])


# Choosing


@pytest.mark.rule("R12")
def test_a_changed_tick_has_the_account_read_anew(ana: User, fake: FakeCalendar) -> None:
    account = link(ana, WORK, TEAM)
    refresh([account.id], NOW)
    account.etag, account.next_check_at = '"1"', NOW + HOUR
    db.session.commit()
    work, team = account.calendars
    choose_calendars(ana.id, conflicts={work.id}, receives=team.id, now=NOW)
    assert (account.etag, account.next_check_at) == ('"1"', NOW + HOUR)
    assert names(account, "receives_bookings") == ["team"]
    choose_calendars(ana.id, conflicts={work.id, team.id}, receives=None, now=NOW)
    assert (account.etag, account.next_check_at) == ("", NOW)
    assert (names(account, "conflicts"), names(account, "receives_bookings")) == (["work", "team"], ["team"])


def test_one_calendar_of_all_accounts_receives_bookings(ana: User, fake: FakeCalendar) -> None:
    first, second = link(ana), link(ana, subject="2")
    choose_calendars(ana.id, conflicts=set(), receives=second.calendars[0].id, now=NOW)
    assert (names(first, "receives_bookings"), names(second, "receives_bookings")) == ([], ["work"])


@pytest.mark.parametrize("wrong", ["foreign tick", "foreign receiver", "read only"])
def test_what_cannot_be_chosen_is_refused_whole(ana: User, fake: FakeCalendar, wrong: str) -> None:
    account = link(ana, WORK, HOLIDAYS)
    foreign = link(make_user("Ben", calendar=False)).calendars[0].id
    work, holidays = (calendar.id for calendar in account.calendars)
    asked: dict[str, Any] = {
        "foreign tick": {"conflicts": {holidays, foreign}, "receives": work},
        "foreign receiver": {"conflicts": {holidays}, "receives": foreign},
        "read only": {"conflicts": {holidays}, "receives": holidays},
    }[wrong]
    with pytest.raises(BadRequest):
        choose_calendars(ana.id, **asked, now=NOW)
    assert (names(account, "conflicts"), names(account, "receives_bookings")) == (["work"], ["work"])


@pytest.mark.rule("R12")
def test_a_calendar_that_is_gone_is_not_checked_any_more(ana: User, fake: FakeCalendar) -> None:
    account = link(ana)
    stop_checking(ana.id, account.calendars[0].id, NOW)
    assert names(account, "conflicts") == []
    with pytest.raises(UnknownCalendar):
        stop_checking(make_user("Ben").id, account.calendars[0].id, NOW)


# What could not be written is tried again


def booked(user: User, now: Any = NOW) -> Booking:
    row = make_link("personal", hosts=[user])
    db.session.commit()
    return book(row, ask(), now=now)


@pytest.mark.fault(14)
@pytest.mark.both_engines
@pytest.mark.rule("R32")
def test_reconnecting_wakes_what_failed_in_that_account_alone(world: Flask, fake: FakeCalendar) -> None:
    ana = make_user("Ana", calendar=False, email="ana@acme.example")
    account = link(ana)
    refresh([account.id], NOW)
    booking = booked(ana)
    fake.failure["ana@acme.example"] = AccessRevoked("Refused.")
    deliver_due(NOW)
    message = db.session.scalars(select(Message).where(Message.kind == "event_put")).one()
    assert message.state == FAILED
    link(make_user("Ben", calendar=False))
    assert message.state == FAILED
    fake.failure.clear()
    link(ana)
    assert (message.state, message.due_at) == (WAITING, NOW)
    deliver_due(NOW)
    assert (message.state, fake.placed) == (DONE, [booking.uid])


# Unlinking


@pytest.mark.both_engines
def test_unlinking_takes_the_account_and_what_is_known_of_it_and_leaves_meetings(
    world: Flask, fake: FakeCalendar
) -> None:
    ana = make_user("Ana", calendar=False, email="ana@acme.example")
    account = link(ana)
    refresh([account.id], NOW)
    booking = booked(ana)
    assert booking.events[0].calendar_id is not None
    unlink(ana.id, account.id, NOW)
    assert [stored(model) for model in (CalendarAccount, Calendar, BusyMonth)] == [0, 0, 0]
    db.session.expire_all()
    assert (booking.confirmed, db.session.scalars(select(BookingEvent)).one().calendar_id) == (True, None)
    deliver_due(NOW)
    assert {message.state for message in db.session.scalars(select(Message))} == {DONE}


def test_bookings_go_back_to_the_built_in_calendar(world: Flask, fake: FakeCalendar) -> None:
    ben = make_user("Ben")
    account = link(ben)
    unlink(ben.id, account.id, NOW)
    db.session.expire_all()
    assert [names(one, "receives_bookings") for one in ben.accounts] == [["main"]]


def test_nobody_unlinks_the_account_of_somebody_else(ana: User, fake: FakeCalendar) -> None:
    account, ben = link(ana), make_user("Ben", role="admin")
    db.session.commit()
    with pytest.raises(UnknownCalendar):
        unlink(ben.id, account.id, NOW)
    assert stored(CalendarAccount) == 2


@pytest.mark.both_engines
@pytest.mark.rule("R32")
def test_access_is_given_back_and_its_secret_forgotten(world: Flask, fake: FakeCalendar) -> None:
    ana = make_user("Ana", calendar=False)
    unlink(ana.id, link(ana, secret={"token": "dear"}).id, NOW)
    message = db.session.scalars(select(Message)).one()
    assert "dear" not in str(message.payload)
    fake.failure[""] = CalendarUnreachable("No answer.")
    deliver_due(NOW)
    assert (message.state, fake.given_back) == (WAITING, [])
    fake.failure.clear()
    deliver_due(NOW + HOUR)
    assert (message.state, [one.secret for one in fake.given_back]) == (DONE, [{"token": "dear"}])
    assert message.payload == {"kind": "fake"}


@pytest.mark.parametrize("again", ["colleague", "the same user"])
def test_access_that_another_account_needs_is_not_given_back(
    ana: User, fake: FakeCalendar, again: str
) -> None:
    account, user_id = link(ana), ana.id
    if again == "colleague":
        link(make_user("Ben", calendar=False))
    unlink(user_id, account.id, NOW)
    if again == "the same user":
        link(ana)
    deliver_due(NOW)
    assert fake.given_back == []
    assert db.session.scalars(select(Message)).one().payload == {"kind": "fake"}


def test_access_that_is_gone_already_needs_no_giving_back(ana: User, fake: FakeCalendar) -> None:
    unlink(ana.id, link(ana).id, NOW)
    fake.failure[""] = AccessRevoked("Revoked.")
    deliver_due(NOW)
    assert db.session.scalars(select(Message)).one().state == DONE


def test_an_account_that_was_linked_by_a_form_has_nothing_to_give_back(ana: User, fake: FakeCalendar) -> None:
    fake.sign_in = None
    unlink(ana.id, link(ana).id, NOW)
    assert stored(Message) == 0


def test_the_costs_of_unlinking_are_counted(ana: User, fake: FakeCalendar) -> None:
    account = link(ana)
    refresh([account.id], NOW)
    booking = booked(ana)
    off = make_link("personal", hosts=[ana], active=False)
    costs = costs_of_unlinking(account, NOW)
    assert (costs.links, costs.events, costs.receives) == ([booking.link], 0, True)
    assert off not in costs.links
    deliver_due(NOW)
    assert costs_of_unlinking(account, NOW).events == 1
    assert costs_of_unlinking(account, booking.end_at).events == 0
    second = link(ana, subject="2")
    assert costs_of_unlinking(account, NOW).links == []
    assert costs_of_unlinking(second, NOW).receives is False


def test_a_link_of_others_is_no_cost(ana: User, fake: FakeCalendar) -> None:
    account = link(ana)
    make_link("personal", hosts=[make_user("Ben")])
    assert costs_of_unlinking(account, NOW).links == []
    assert stored(Link) == 1
