"""What `make probes` does, with fewer probes and without a clock: everything compared but the time. In its place the
work is compared: which statements the database is sent, and which functions of ours are called, how often."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.factories import NOW
from tests.probes.ground import APART, FULL, KINDS, OF_COMPANY, Address, Ground, lay
from tests.probes.places import PLACES, Ask, Place, page
from tests.probes.shape import Shape, shape_of, without_slots
from website import clock
from website.extensions import db
from website.services import busy

pytestmark = pytest.mark.rule("R22")
EACH = 4
EVERY_KIND = (*KINDS, OF_COMPANY)
# Who is in the pool and why takes a few microseconds, by one rule or another.
OF_THE_POOL = "scheduling/pool.py"


@pytest.fixture
def ground(world: Flask, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return lay(NOW, EACH, Random(1))


def sent(client: FlaskClient, ask: Ask, **headers: str) -> TestResponse:
    values = {"data": ask.body, "content_type": ask.content_type} if ask.body else {}
    return client.open(ask.path, method=ask.method, headers=headers, **values)


def shown(client: FlaskClient, ask: Ask, who: Address) -> Shape:
    answer = sent(client, ask)
    return shape_of(answer.status_code, answer.headers.items(), answer.text, who)


def test_the_same_answer_everywhere_to_everybody(
    ground: Ground, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    rng = Random(2)
    probes = [(place, who) for place in PLACES for kind in EVERY_KIND for who in ground.addresses[kind]]
    rng.shuffle(probes)
    answers = defaultdict(lambda: defaultdict(list))
    for place, who in probes:
        if rng.random() < 0.1:
            busy._held.clear()
        answers[place][shown(client, PLACES[place](ground, who), who)].append(who.kind)
    assert len(probes) >= 300
    assert {place: len(shapes) for place, shapes in answers.items()} == dict.fromkeys(PLACES, 1)
    assert [record for record in caplog.records if record.name.startswith("website")] == []


def test_who_has_the_answer_already_is_told_so_alike(ground: Ground, client: FlaskClient) -> None:
    shapes = set()
    for kind in EVERY_KIND:
        who = ground.addresses[kind][0]
        ask = PLACES["slots partial"](ground, who)
        tag = sent(client, ask).headers["ETag"]
        again = sent(client, ask, **{"If-None-Match": tag})
        shapes.add(shape_of(again.status_code, again.headers.items(), again.text, who))
    assert [(shape.status, shape.body) for shape in shapes] == [(304, "")]


def test_the_probes_are_answered_as_they_say(ground: Ground, client: FlaskClient) -> None:
    who = ground.addresses["unowned"][0]
    for name, place in PLACES.items():
        status = int(name.partition("(")[2].rstrip(")") or 200)
        assert sent(client, place(ground, who)).status_code == status, name
    assert 'class="time"' in sent(client, PLACES["slots partial"](ground, who)).text
    assert 'class="time"' not in sent(client, page(FULL)(ground, who)).text


def test_where_the_owner_s_times_are_others_the_times_alone_are(ground: Ground, client: FlaskClient) -> None:
    pages = {}
    for kind in ("unknown", "an unseated host's", "a host's"):
        who = ground.addresses[kind][0]
        pages[kind] = shown(client, page(APART)(ground, who), who).body
    assert pages["unknown"] == pages["an unseated host's"] != pages["a host's"]
    assert without_slots(pages["unknown"]) == without_slots(pages["a host's"])
    assert 'class="who"' in without_slots(pages["unknown"])


@contextmanager
def calls() -> Iterator[Counter[str]]:
    """Which functions of ours are called meanwhile, and which statements are sent."""
    counted: Counter[str] = Counter()

    def called(frame: Any, what: str, _: Any) -> None:
        code = frame.f_code
        file = code.co_filename.partition("/website/")[2]
        if what == "call" and file and file != OF_THE_POOL and not code.co_name.startswith("<"):
            counted[f"{file} {code.co_name}"] += 1

    def stated(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        counted[statement] += 1

    event.listen(db.engine, "before_cursor_execute", stated)
    sys.setprofile(called)
    try:
        yield counted
    finally:
        sys.setprofile(None)
        event.remove(db.engine, "before_cursor_execute", stated)


def work_of(place: Place, ground: Ground, who: Address, client: FlaskClient) -> Counter[str]:
    sent(client, place(ground, who))
    busy._held.clear()
    asked = place(ground, who)
    with calls() as counted:
        sent(client, asked)
    return counted


def test_the_same_work_for_everybody(ground: Ground, client: FlaskClient) -> None:
    for name, place in PLACES.items():
        usual, *others = [work_of(place, ground, ground.addresses[kind][0], client) for kind in EVERY_KIND]
        assert usual.total() > 20
        for kind, work in zip(EVERY_KIND[1:], others, strict=True):
            apart = {what: (usual[what], work[what]) for what in usual | work}
            assert {what: both for what, both in apart.items() if matters(what, *both)} == {}, (name, kind)


def matters(what: str, usual: int, mine: int) -> bool:
    """A call more or less is nothing that could be measured; a statement is."""
    of_ours = what.partition(" ")[0].endswith(".py")
    return abs(usual - mine) > (1 if of_ours else 0)
