"""*Why not?* in the browser, without script: a day as a table, one time in full, whose times an address sees (R43)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import OFFICE_HOURS, make_busy, make_contact, make_feed, make_link, make_user
from tests.services.test_booking import ask
from tests.views.workspace.test_links import fields_of, sign_in, token_of
from website import clock
from website.extensions import db
from website.models import BuiltinEvent, Link, User
from website.services.booking import book
from website.views.public.parameters import slot_text

ALL_WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
NINE = (clock.now() + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)
HALF_HOUR = timedelta(minutes=30)
DANA = "dana@prospect.example"


@pytest.fixture
def team(world: Flask) -> tuple[User, User, User]:
    """Ana, an admin, Ben and Cleo, all in UTC."""
    return (
        make_user("Ana", role="admin", timezone="UTC"),
        make_user("Ben", timezone="UTC"),
        make_user("Cleo", timezone="UTC"),
    )


def link_of(kind: str, *hosts: User, **values: Any) -> Link:
    usual = {"slug": "demo", "hours": ALL_WEEK, "timezone": "UTC"}
    return make_link(kind, hosts=hosts, **usual | values)


def page(client: FlaskClient, at: Any = None, **values: str) -> str:
    query = {"date": f"{NINE:%Y-%m-%d}"} | ({"at": slot_text(at)} if at else {}) | values
    answer = client.get("/links/demo/why-not", query_string=query)
    assert answer.status_code == 200
    return answer.text


def post(client: FlaskClient, **values: str) -> Any:
    token = token_of(client.get("/links/demo/why-not").text)
    return client.post("/links/demo/why-not", data={"csrf_token": token} | values)


def cells(html: str, time: str) -> list[str]:
    """What the table's row of a time says, cell by cell."""
    row = next(row for row in re.findall(r"<tr.*?</tr>", html, re.S) if f">{time}</button>" in row)
    return [words(cell) for cell in re.findall(r"<td.*?</td>", row, re.S)]


def optional(link_id: int) -> list[int]:
    """The hosts of a link who need not be free."""
    db.session.expire_all()
    return [host.user_id for host in db.session.get_one(Link, link_id).hosts if host.optional]


def in_full(html: str) -> str:
    """The section about one time."""
    return words(html[html.index('id="one"') : html.index('id="day-head"')])


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.rule("R43")
def test_a_day_is_a_table_of_its_times_by_its_hosts(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    ana, ben, cleo = team
    make_busy(ana, (NINE + HALF_HOUR, NINE + 2 * HALF_HOUR), now=clock.now())
    make_feed(cleo, broken=True)
    link_of("round_robin", ana, ben, cleo, buffer_after=10)
    sign_in(client, ana)
    html = page(client)
    assert cells(html, "09:00") == ["Buffer before 09:30", "Free", "Broken calendar"]
    assert cells(html, "09:30") == ["Busy 09:30–10:00", "Free", "Broken calendar"]
    assert cells(html, "10:00") == ["Free", "Free", "Broken calendar"]
    assert '<th scope="row">' in html
    assert '<th scope="col">Ben</th>' in html
    assert ">17:00</button>" not in html
    one = page(client, host=str(ben.id))
    assert cells(one, "09:30") == ["Free"]


@pytest.mark.rule("R43")
def test_what_the_link_asks_of_everybody_stands_once(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    link_of("round_robin", *team, notice_minutes=5 * 24 * 60)
    sign_in(client, team[0])
    assert cells(page(client), "09:00") == ["Notice 5 days"]
    text = in_full(page(client, at=NINE))
    assert "R3 The link asks for a notice of 5 days: this could be booked until" in text
    assert "Then this time would be offered." in text


@pytest.mark.rule("R43")
def test_one_time_says_what_is_in_the_way_and_what_would_change_it(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    ana, ben, _ = team
    make_busy(ana, (NINE, NINE + HALF_HOUR), now=clock.now())
    ana.accounts[0].calendars[0].name = "Work"
    db.session.query(BuiltinEvent).one().title = "Board"
    link_of("round_robin", ana, ben, buffer_before=10)
    sign_in(client, ana)
    own = in_full(page(client, at=NINE))
    assert "R4 Busy 09:00–09:30 in your calendar “Work”: Board." in own
    after = in_full(page(client, at=NINE + HALF_HOUR))
    assert "R4 Buffer of 10 minutes after what is in the calendar “Work” 09:00–09:30." in after
    assert "Do without the buffer of 10 minutes after it. Then this time would be offered." in after
    assert "Ben offered" in after
    sign_in(client, ben)
    assert "Busy 09:00–09:30 in the calendar “Work”." in in_full(page(client, at=NINE))
    assert "Board" not in page(client, at=NINE)


@pytest.mark.rule("R36")
@pytest.mark.rule("R43")
def test_a_meeting_is_named_for_those_whom_it_concerns_alone(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    ana, ben, cleo = team
    chat = link_of("personal", ben, slug="chat", title="Secret chat")
    link_of("round_robin", ben, cleo)
    db.session.commit()
    booking = book(chat, ask(NINE), now=clock.now())
    for reader, named in ((ana, True), (ben, True), (cleo, False)):
        sign_in(client, reader)
        html = page(client, at=NINE)
        assert ("Secret chat" in html) == (f"/bookings/{booking.id}" in html) == named
        assert "Booked 09:00–09:30" in in_full(html)


@pytest.mark.rule("R6")
@pytest.mark.rule("R43")
def test_who_is_free_in_a_group_waits_for_the_others(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    ana, ben, cleo = team
    make_busy(ana, (NINE, NINE + HALF_HOUR), now=clock.now())
    group = link_of("group", ana, ben, cleo)
    group.hosts[2].optional = True
    sign_in(client, ana)
    html = page(client, at=NINE)
    assert cells(html, "09:00") == ["Busy 09:00–09:30", "Free, others are not", "Optional"]
    assert "Then this time would be offered." in in_full(html)
    make_busy(ben, (NINE, NINE + HALF_HOUR), now=clock.now())
    db.session.commit()
    assert "Then Ana would be free." in in_full(page(client, at=NINE))


@pytest.mark.rule("R20")
@pytest.mark.rule("R43")
def test_an_address_is_led_through_the_table_and_never_stands_in_an_address(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    ana, ben, cleo = team
    make_contact(DANA, owner=ben)
    link_of("round_robin", ana, ben, cleo, owner_first=True)
    sign_in(client, ana)
    answer = post(client, date=f"{NINE:%Y-%m-%d}", email=DANA)
    assert answer.status_code == 200
    assert cells(answer.text, "09:00") == ["Not the owner", "Free", "Not the owner"]
    path = words(answer.text[answer.text.index('id="path-head"') :])
    assert f"Contact Dana, {DANA} Owner Ben Known by The contact" in path
    assert "The owner's times alone. This applies" in path.replace("&#39;", "'")
    assert DANA not in "".join(re.findall(r'(?:href|action|formaction)="([^"]*)"', answer.text))
    assert DANA not in page(client, email=DANA)


@pytest.mark.rule("R43")
def test_a_question_without_an_address_has_an_address_of_its_own(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    link_of("round_robin", *team)
    sign_in(client, team[0])
    answer = post(client, date=f"{NINE:%Y-%m-%d}", time="09:30", duration="30")
    assert answer.status_code == 303
    expected = f"/links/demo/why-not?date={NINE:%Y-%m-%d}&duration=30&at={slot_text(NINE + HALF_HOUR)}"
    assert answer.location == expected
    assert 'value="09:30"' in client.get(answer.location).text
    moved = post(client, date=f"{NINE:%Y-%m-%d}", time="09:30", day=f"{NINE + timedelta(days=1):%Y-%m-%d}")
    assert moved.location == f"/links/demo/why-not?date={NINE + timedelta(days=1):%Y-%m-%d}&duration=30"


@pytest.mark.parametrize(
    "typed",
    [
        {"date": "tomorrow"},
        {"date": "2999-01-01"},
        {"time": "25:00"},
        {"duration": "31"},
        {"at": "now"},
        {"email": "not an address"},
    ],
)
def test_what_cannot_be_is_refused_and_kept(
    client: FlaskClient, team: tuple[User, User, User], typed: dict[str, str]
) -> None:
    link_of("round_robin", *team)
    sign_in(client, team[0])
    answer = post(client, **typed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    for name in {"date", "time", "email"} & set(typed):
        assert f'value="{typed[name]}"' in answer.text


@pytest.mark.rule("R42")
def test_hosts_see_it_and_others_do_not(client: FlaskClient, team: tuple[User, User, User]) -> None:
    ana, ben, cleo = team
    link_of("round_robin", ana, ben)
    sign_in(client, ben)
    assert client.get("/links/demo/why-not").status_code == 200
    sign_in(client, cleo)
    assert client.get("/links/demo/why-not").status_code == 403


def test_a_time_between_starts_and_a_closed_day_are_explained(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    link_of("round_robin", *team, hours=OFFICE_HOURS, increment=30)
    sign_in(client, team[0])
    sunday = clock.now() + timedelta(days=13 - clock.now().weekday())
    assert "The link has no hours on this day." in page(client, date=f"{sunday:%Y-%m-%d}")
    odd = post(client, date=f"{NINE:%Y-%m-%d}", time="09:07")
    assert "R2 Times of this link start every 30 minutes." in in_full(client.get(odd.location).text)


@pytest.mark.rule("R6")
def test_a_group_link_without_times_says_so_and_who_would_have_to_be_optional(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    ana, ben, cleo = team
    make_feed(ben, broken=True)
    link_id = link_of("group", ana, ben, cleo).id
    sign_in(client, ana)
    for address in ("/links/demo", "/links/demo/why-not"):
        text = client.get(address).text
        assert "There is no time at which all hosts are free, on any date that the link offers." in text
        assert re.search(r"Without Ben there would be \d+ times\.", text)
        assert f"/links/demo/edit?optional={ben.id}#hosts" in text
    form = client.get(f"/links/demo/edit?optional={ben.id}&optional=999&optional=x").text
    ticked = re.findall(r'name="optional_([^"]+)" value="yes" checked', form)
    assert ticked == [ben.email]
    assert optional(link_id) == []
    assert client.post("/links/demo/edit", data=fields_of(form)).status_code == 303
    assert optional(link_id) == [ben.id]
    assert "There is no time" not in client.get("/links/demo").text


@pytest.mark.rule("R6")
def test_a_group_link_says_without_whom_there_would_be_more_times(
    client: FlaskClient, team: tuple[User, User, User]
) -> None:
    ana, ben, _ = team
    make_busy(ben, (NINE, NINE + 3 * HALF_HOUR), now=clock.now())
    link_of("group", ana, ben)
    sign_in(client, ana)
    text = client.get("/links/demo").text
    assert "Without Ben there would be 3 more times in the next 7 days." in text
    assert re.search(r"All hosts are free at \d+ of the link(&#39;|')s \d+ times in the next 28 days\.", text)


@pytest.mark.rule("R6")
def test_other_kinds_of_link_cost_nobody(client: FlaskClient, team: tuple[User, User, User]) -> None:
    link_of("round_robin", *team)
    sign_in(client, team[0])
    assert "cost-head" not in client.get("/links/demo").text
    assert "cost-head" not in client.get("/links/demo/why-not").text
