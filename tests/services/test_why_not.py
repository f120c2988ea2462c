"""*Why not?* names the rules that keep each host from being offered, and never contradicts the offer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from flask import Flask

from tests.factories import NOW, OFFICE_HOURS, make_busy, make_contact, make_feed, make_link, make_user
from tests.services.test_booking import HALF_HOUR, NINE, ask
from website.extensions import db
from website.models import Link, User
from website.services.availability import offer_at, scene_of
from website.services.booking import book
from website.services.contact import NOBODY, recognise
from website.services.why_not import HostAnswer, explain, offers_nobody

DANA = "dana@prospect.example"
SUNDAY = NINE + timedelta(days=5)


def answers(
    link: Link, at: datetime = NINE, *, email: str | None = None, duration: int = 30
) -> dict[str, HostAnswer]:
    db.session.commit()
    found = explain(link, start_at=at, duration=duration, email=email, now=NOW)
    return {one.name: one for one in found}


def said(answer: HostAnswer) -> list[tuple[str, str]]:
    return [(reason.number, reason.sentence) for reason in answer.reasons]


def rules(answer: HostAnswer) -> list[str]:
    return [reason.number for reason in answer.reasons]


@pytest.mark.rule("R43")
def test_a_host_who_is_offered_has_no_reason(world: Flask) -> None:
    found = answers(make_link(hosts=[make_user("Ana")]))
    assert found["Ana"].offered
    assert found["Ana"].reasons == []


BY_LINK: dict[str, tuple[dict[str, object], datetime]] = {
    "R1": ({}, SUNDAY),
    "R2": ({}, NINE + timedelta(minutes=7)),
    "R3": ({"notice_minutes": 3 * 24 * 60}, NINE),
    "R8": ({"hours_source": "hosts"}, NINE),
}


@pytest.mark.rule("R43")
@pytest.mark.parametrize("number", BY_LINK)
def test_each_rule_of_the_link_is_named(world: Flask, number: str) -> None:
    values, at = BY_LINK[number]
    ana = make_user("Ana", hours={"mon": OFFICE_HOURS["mon"]})
    found = answers(make_link(hosts=[ana], **values), at)
    assert not found["Ana"].offered
    assert number in rules(found["Ana"])


@pytest.mark.rule("R43")
def test_a_busy_calendar_is_named(world: Flask) -> None:
    ana = make_user("Ana")
    make_busy(ana, (NINE, NINE + HALF_HOUR))
    found = answers(make_link(hosts=[ana, make_user("Ben")]))
    assert said(found["Ana"]) == [("R4", "Busy in a calendar at that time, buffers included.")]
    assert found["Ben"].offered


@pytest.mark.rule("R43")
def test_a_booking_and_a_full_day_are_named(world: Flask) -> None:
    link = make_link(hosts=[make_user("Ana")], max_per_day_per_host=1)
    db.session.commit()
    book(link, ask(), now=NOW)
    assert "Another booking occupies that time, buffers included." in dict(said(answers(link)["Ana"]))["R4"]
    assert rules(answers(link, NINE + 2 * HALF_HOUR)["Ana"]) == ["R9"]


def without_seat() -> User:
    return make_user("Ana", seat=False)


def without_calendar() -> User:
    return make_user("Ana", calendar=False)


def with_broken_feed() -> User:
    ana = make_user("Ana")
    make_feed(ana, broken=True, checked_at=NOW)
    return ana


def with_silent_feed() -> User:
    ana = make_user("Ana")
    make_feed(ana, checked_at=NOW - timedelta(days=3))
    return ana


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        (without_seat, "Has no seat."),
        (without_calendar, "Has no linked calendar."),
        (with_broken_feed, "Has a calendar that no longer lets us in: it must be linked again."),
        (with_silent_feed, "Has a calendar that has not answered for too long."),
    ],
)
def test_what_stands_against_a_host_is_said_exactly(
    world: Flask, host: Callable[[], User], sentence: str
) -> None:
    found = answers(make_link(hosts=[host(), make_user("Ben")]))
    assert said(found["Ana"]) == [("R12", sentence)]
    assert found["Ben"].offered


@pytest.mark.rule("R20")
def test_an_owned_address_says_who_does_not_own_it(world: Flask) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    make_contact(owner=ben)
    link = make_link(hosts=[ana, ben], owner_first=True)
    found = answers(link, email=DANA)
    assert said(found["Ana"]) == [("R20", "Does not own the contact.")]
    assert found["Ben"].offered
    assert answers(link, email="else@prospect.example")["Ana"].offered


@pytest.mark.rule("R20")
def test_a_sooner_time_with_a_colleague_is_explained_too(world: Flask) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    make_busy(ben, (NINE - timedelta(days=1), NINE + timedelta(days=20)))
    make_contact(owner=ben)
    found = answers(make_link(hosts=[ana, ben], owner_first=True, owner_fallback_days=5), email=DANA)
    assert found["Ana"].offered
    assert rules(found["Ben"]) == ["R20", "R4"]


@pytest.mark.rule("R6")
def test_a_free_host_of_a_group_is_told_that_another_one_is_not(world: Flask) -> None:
    ana = make_user("Ana")
    make_busy(ana, (NINE, NINE + HALF_HOUR))
    found = answers(make_link("group", hosts=[ana, make_user("Ben")]))
    assert rules(found["Ana"]) == ["R4"]
    assert rules(found["Ben"]) == ["R6"]


@pytest.mark.rule("R6")
def test_an_optional_host_is_only_invited(world: Flask) -> None:
    link = make_link("group", hosts=[make_user("Ana"), make_user("Ben")])
    link.hosts[1].optional = True
    found = answers(link)
    assert found["Ana"].offered
    assert said(found["Ben"]) == [("R6", "Is invited, and need not be free.")]


@pytest.mark.rule("R12")
def test_only_a_link_that_needs_everyone_is_stopped_by_one_broken_calendar(world: Flask) -> None:
    hosts = [with_broken_feed(), make_user("Ben")]
    stopped = {}
    for kind in ("group", "round_robin"):
        scene = scene_of(make_link(kind, hosts=hosts), visitor=NOBODY, duration=30, now=NOW)
        stopped[kind] = offers_nobody(scene)
    assert stopped == {"group": True, "round_robin": False}


def random_team(rng: Random) -> list[User]:
    """Three hosts with scattered busy times, one who cannot host, and a contact whom the second one owns."""
    hosts = [make_user(name) for name in ("Ana", "Ben", "Cleo")]
    for host in hosts:
        starts = [NINE + timedelta(minutes=15 * rng.randrange(400)) for _ in range(25)]
        make_busy(host, *((start, start + timedelta(minutes=15 * rng.randint(1, 6))) for start in starts))
    make_contact(owner=hosts[1])
    return [*hosts, make_user("Dev", seat=False)]


@pytest.mark.rule("R43")
@pytest.mark.parametrize("email", [None, DANA])
@pytest.mark.parametrize("kind", ["personal", "group", "round_robin"])
def test_a_host_is_offered_exactly_when_no_reason_is_given_and_the_offer_has_the_host(
    world: Flask, kind: str, email: str | None
) -> None:
    rng = Random(f"{kind} {email}")
    team = random_team(rng)
    hosts = {"personal": team[:1], "group": team[:3], "round_robin": team}[kind]
    link = make_link(kind, hosts=hosts, owner_first=True, owner_fallback_days=2, buffer_after=10)
    seen = set()
    for _ in range(80):
        at = NINE + timedelta(minutes=15 * rng.randrange(-8, 400))
        _, offer = offer_at(scene_of(link, visitor=recognise(email, link), duration=30, now=NOW), at)
        for one in answers(link, at, email=email).values():
            assert one.offered == (one.host_id in offer.hosts_at(at)) == (not one.reasons), (at, one)
            seen.add(one.offered)
    assert seen == {True, False}
