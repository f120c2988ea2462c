"""The pages of fairness: who got what, who is next, and what other settings would have done (R24)."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_link, make_user
from tests.services.test_booking import NINE, ask
from tests.views.workspace.test_links import sign_in, token_of
from website.extensions import db
from website.models import Booking, Link, OfferedHours, User
from website.services.booking import book
from website.services.cancellation import cancel

HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def link(world: Flask) -> Link:
    """Ana and Ben take turns; five bookings, of which the last is cancelled."""
    ana, ben = make_user("Ana"), make_user("Ben")
    link = make_link(hosts=[ana, ben], slug="demo", rotation="strict")
    db.session.add(OfferedHours(link_id=link.id, user_id=ana.id, on=NOW.date(), minutes=600))
    db.session.commit()
    for number in range(5):
        made = book(link, ask(NINE + number * HALF_HOUR, nonce=f"n{number}"), now=NOW)
    cancel(made.token, reason="", now=NOW)
    return link


@pytest.fixture
def page(link: Link, client: FlaskClient):
    """Opens a page as Ana, a minute later."""
    with time_machine.travel(NOW + timedelta(minutes=1)):
        sign_in(client, link.hosts[0].user)
        yield lambda path="": client.get(f"/links/demo/{path}")


def rows_of(html: str) -> dict[str, list[str]]:
    """The cells of the table of hosts, by name."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", html.partition('class="figures by-host"')[2], re.DOTALL):
        cells = [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        found[cells[0]] = cells[1:]
    return found


@pytest.mark.rule("R24")
def test_the_table_counts_what_stands_against_equal_turns(page) -> None:
    html = page("fairness").text
    rows = rows_of(html)
    assert rows["Ana"] == ["50.0%", "50.0%", "2", "0", "100%", "10", "3.3", "0"]
    assert rows["Ben"][:4] == ["50.0%", "50.0%", "2", "0"]
    assert "From 9 Nov 2026 to 1 Feb 2027: 2 bookings, where the share is 2.0." in html


@pytest.mark.rule("R24")
def test_who_is_next_is_said_with_the_order(page, link: Link) -> None:
    assert "Ana is next: nobody has waited longer for a turn." in page("fairness").text
    link.rotation = "balanced"
    link.hosts[1].weight = 3
    db.session.commit()
    html = page("fairness").text
    assert "Ben is next: their bookings are 1.8 below their share." in html
    assert html.index("<li>Ben <span") < html.index("<li>Ana <span")
    link.rotation = "random"
    db.session.commit()
    assert "Nobody is next: every free host has the same chance." in page("fairness").text


@pytest.mark.rule("R24")
def test_the_receipts_behind_the_numbers_are_linked_where_the_reader_may_see_them(page, link: Link) -> None:
    html = page("fairness").text
    mine, others = (
        {row.id for row in db.session.query(Booking) if (row.hosts[0].user.name == "Ana") is wanted}
        for wanted in (True, False)
    )
    # Ana made the link.
    assert all(f'href="/bookings/{one}"' in html for one in mine | others)
    assert "Does not count: it was cancelled or missed." in html
    only = page(f"fairness?host={link.hosts[1].user_id}").text
    assert all((f'href="/bookings/{one}"' in only) == (one in others) for one in mine | others)


@pytest.mark.rule("R24")
def test_a_host_sees_the_page_without_doors_to_others_bookings(page, link: Link, client: FlaskClient) -> None:
    sign_in(client, link.hosts[1].user)
    html = page("fairness").text
    assert html.count("Receipt<span") == len(
        [1 for one in db.session.query(Booking) if one.hosts[0].user.name == "Ben"]
    )


@pytest.mark.parametrize(
    "path", ["fairness", "simulate", "simulate/use?rotation=strict&share_days=30&host=1"]
)
def test_strangers_are_kept_out(page, client: FlaskClient, path: str) -> None:
    eve = make_user("Eve")
    db.session.commit()
    sign_in(client, eve)
    for path in ("fairness", "simulate", "simulate/use?rotation=strict&share_days=30&host=1"):
        assert page(path).status_code == 403


def test_a_link_that_does_not_rotate_has_no_such_page(page, client: FlaskClient) -> None:
    make_link("group", [db.session.query(User).filter_by(name="Ana").one()], slug="all")
    db.session.commit()
    assert {client.get(f"/links/all/{path}").status_code for path in ("fairness", "simulate")} == {404}


@pytest.mark.rule("R24")
def test_any_period_opens(page) -> None:
    for query in ("", "?weeks=4", "?weeks=26", "?weeks=9", "?weeks=x", "?host=x&page=7"):
        assert page(f"fairness{query}").status_code == 200
    assert page("fairness?page=-1").status_code in (200, 404)


def test_a_link_that_nobody_booked_says_so(page, client: FlaskClient) -> None:
    make_link(hosts=[db.session.query(User).filter_by(name="Ana").one()], slug="quiet")
    db.session.commit()
    assert "Nothing was booked in this time." in client.get("/links/quiet/fairness").text
    assert client.get("/links/quiet/simulate?rotation=random&share_days=30&host=1").status_code in (200, 422)


# Other settings


def tried(link: Link, **values: object) -> str:
    hosts = [("host", str(one.user_id)) for one in link.hosts]
    return urlencode([*hosts, *({"rotation": "strict", "share_days": "30", "weeks": "12"} | values).items()])


@pytest.mark.rule("R24")
def test_the_form_comes_as_the_link_is(page, link: Link) -> None:
    html = page("simulate").text
    assert html.count(" checked") == 2
    assert '<option value="strict" selected>' in html
    assert "Then and now" not in html


@pytest.mark.rule("R24")
def test_other_settings_show_then_and_now_and_change_nothing(page, link: Link) -> None:
    before = link.version, [host.weight for host in link.hosts]
    ana = link.hosts[0].user_id
    html = page(f"simulate?rotation=strict&share_days=30&weeks=12&host={ana}&weight_{ana}=5").text
    assert "5 bookings since 9 November 2026 were replayed." in html
    assert re.findall(r"<td>(\d+)</td><td>(\d+)</td><td><strong><bdi>([^<]+)<", html) == [
        ("2", "4", "+2"),
        ("2", "0", "-2"),
    ]
    db.session.expire_all()
    assert (link.version, [host.weight for host in link.hosts]) == before


@pytest.mark.rule("R24")
def test_what_cannot_be_tried_is_said_and_kept(page, link: Link) -> None:
    for values, said in (
        ({"rotation": "by mood"}, "Choose one of these."),
        ({"share_days": "0"}, "Write a whole number from 7 to 365."),
        ({"share_days": "<b>"}, "Write a whole number from 7 to 365."),
    ):
        answer = page(f"simulate?{tried(link, **values)}")
        assert answer.status_code == 422
        assert said in answer.text
        assert "<b>" not in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert page(f"simulate?{tried(link)}&host=999999").status_code == 200


@pytest.mark.rule("R24")
def test_weights_out_of_bounds_and_no_host_at_all(page, link: Link) -> None:
    ana = link.hosts[0].user_id
    assert page(f"simulate?{tried(link)}&weight_{ana}=0").status_code == 422
    assert page(f"simulate?{tried(link)}&rank_{ana}=x").status_code == 422
    assert page("simulate?rotation=strict&share_days=30").status_code == 422
    assert page("simulate/use?rotation=strict&share_days=30").status_code == 400


@pytest.mark.rule("R24")
def test_settings_are_used_after_a_question(page, link: Link, client: FlaskClient) -> None:
    ana, ben = (host.user_id for host in link.hosts)
    link.hosts[1].max_per_week = 3
    db.session.commit()
    query = (
        f"rotation=balanced&share_days=60&owner_counts=y&host={ana}&host={ben}&weight_{ana}=2&rank_{ben}=1"
    )
    question = page(f"simulate/use?{query}")
    assert "Use these settings?" in question.text
    assert link.rotation == "strict"
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', question.text)
    pairs = [(name, value) for name, value in hidden if name != "csrf_token"] + [
        ("csrf_token", token_of(question.text))
    ]
    answer = client.post(
        "/links/demo/simulate/use", data=urlencode(pairs), content_type="application/x-www-form-urlencoded"
    )
    assert (answer.status_code, answer.location) == (303, "/links/demo?said=saved")
    db.session.expire_all()
    assert (link.rotation, link.share_days, link.owner_counts) == ("balanced", 60, True)
    assert [(one.weight, one.priority, one.max_per_week) for one in link.hosts] == [
        (2, None, None),
        (1, 1, 3),
    ]
    assert link.title == "Product demo"


@pytest.mark.rule("R41")
def test_who_cannot_host_cannot_be_added_by_it(page, link: Link, client: FlaskClient) -> None:
    cleo = make_user("Cleo", calendar=False)
    db.session.commit()
    data = {
        "csrf_token": token_of(page("active").text), "rotation": "strict", "share_days": "30",
        "host": [str(one.user_id) for one in link.hosts] + [str(cleo.id)],
    }  # fmt: skip
    answer = client.post("/links/demo/simulate/use", data=data)
    assert answer.status_code == 422
    assert "Cleo cannot be added at present." in answer.text
    db.session.expire_all()
    assert len(link.hosts) == 2
