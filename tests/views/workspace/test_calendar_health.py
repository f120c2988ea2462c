"""The health of everybody's calendars, for admins."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_link, make_organisation, make_user
from tests.fakes import FakeCalendar, fake_provider
from tests.views.workspace.test_links import sign_in
from website import clock
from website.extensions import db
from website.models import Calendar, CalendarAccount, User
from website.services.reading import NEVER

MINUTE = timedelta(minutes=1)


@pytest.fixture
def boss(world: Flask) -> User:
    make_organisation()
    return make_user("Boss", calendar=False, role="admin", seat=False)


@pytest.fixture
def fake() -> Iterator[FakeCalendar]:
    with fake_provider() as provider:
        yield provider


def linked(user: User, line: str, *, checked: int | None = 1, **values: object) -> CalendarAccount:
    checked_at = clock.now() - checked * MINUTE if checked is not None else None
    account = CalendarAccount(kind="fake", user=user, label=line, checked_at=checked_at, **values)
    account.calendars.append(Calendar(external_id="main", name="Work", checked_at=checked_at))
    db.session.add(account)
    return account


def rows(client: FlaskClient, boss: User) -> list[tuple[str, str, str, dict[str, str]]]:
    """Each account on the page: whose, which, its state with the provider's sentence, and the facts by name."""
    sign_in(client, boss)
    listed = (
        client.get("/calendars/health").text.partition('<ul class="box health">')[2].partition("</ul>")[0]
    )
    return [_row(item) for item in listed.split("</li>")[:-1]]


def _row(item: str) -> tuple[str, str, str, dict[str, str]]:
    user, state, facts = re.split(r"</div>\s*<div>|</div>\s*<dl>", item, maxsplit=2)
    name, _, line = user.partition("</h2>")
    pairs = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", facts)
    return _text(name), _text(line), _text(state), dict(pairs)


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.rule("R12")
def test_an_account_is_shown_with_all_that_helps_to_mend_it(
    client: FlaskClient, boss: User, fake: FakeCalendar
) -> None:
    ana, now = make_user("Ana", calendar=False), clock.now()
    make_link("personal", hosts=[ana])
    make_link("round_robin", hosts=[ana, boss])
    make_link("round_robin", hosts=[ana], active=False)
    linked(
        ana,
        "ana@work.example",
        checked=45,
        failing_since=now - 40 * MINUTE,
        error="The provider does not answer.",
        next_check_at=now + 10 * MINUTE,
    )
    assert rows(client, boss) == [
        (
            "Ana",
            "Fake calendar, ana@work.example",
            "Fake has not answered for 45 minutes: counts as not free The provider does not answer.",
            {
                "Last good check": "45 minutes ago",
                "Failing since": "40 minutes ago",
                "Next try": "in 10 minutes",
                "Not offered on": "2 links",
            },
        )
    ]


@pytest.mark.rule("R12")
def test_the_worst_comes_first_and_hidden_hosts_are_counted(
    client: FlaskClient, boss: User, fake: FakeCalendar
) -> None:
    ana, ben, cleo = (make_user(name, calendar=False) for name in ("Ana", "Ben", "Cleo"))
    dev = make_user("Dev")
    linked(ana, "a@x.example", broken=True, next_check_at=NEVER)
    linked(ben, "b@x.example")
    linked(cleo, "c@x.example", failing_since=clock.now())
    make_link("round_robin", hosts=[ana, ben, cleo, dev])
    found = {user: facts for user, _, _, facts in rows(client, boss)}
    assert list(found) == ["Ana", "Cleo", "Ben", "Dev"]
    assert found["Ana"]["Next try"] == "when it is reconnected"
    assert [facts.get("Not offered on") for facts in found.values()] == ["1 link", None, None, None]
    assert found["Dev"] == {}
    page = client.get("/calendars/health").text
    assert "1 of 4 hosts are not offered because of a calendar." in page


@pytest.mark.rule("R12")
def test_one_calendar_that_fails_alone_says_why(client: FlaskClient, boss: User, fake: FakeCalendar) -> None:
    account = linked(make_user("Ana", calendar=False), "a@x.example")
    account.calendars[0].error = "This one is not shared any more."
    assert "This one is not shared any more." in rows(client, boss)[0][2]


def test_who_hosts_nothing_or_left_hides_nobody(client: FlaskClient, boss: User, fake: FakeCalendar) -> None:
    linked(make_user("Ana", calendar=False), "a@x.example", broken=True)
    linked(make_user("Ben", calendar=False, active=False), "b@x.example", broken=True)
    assert [row[0] for row in rows(client, boss)] == ["Ana"]
    assert "0 of 0 hosts" in client.get("/calendars/health").text


def test_a_site_without_calendars_has_a_page(client: FlaskClient, boss: User) -> None:
    sign_in(client, boss)
    assert "Nobody has linked a calendar yet." in client.get("/calendars/health").text
