"""Every text that a page shows can be translated: extraction finds it, and it goes through gettext."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import flask_babel
import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import NOW, make_contact, make_feed, make_link, make_organisation, make_user
from tests.services.test_booking import ask
from tests.views.workspace.test_links import fields_of, sign_in
from website import clock
from website.extensions import db
from website.providers.calendars import CALENDAR_PROVIDERS
from website.scheduling.kinds import LINK_KINDS
from website.scheduling.places import PLACES
from website.scheduling.pool import POOL_RULES, REASONS, STANDINGS
from website.scheduling.rotations import ROTATIONS
from website.scheduling.slots import HOST_RULES, LINK_RULES
from website.services.booking import book
from website.services.calendar_alarm import SUBJECTS
from website.services.calendar_event import FINDINGS
from website.services.calendar_state import STATES
from website.services.event_state import STATES as EVENT_STATES
from website.views.public import month
from website.views.workspace.refusals import SENTENCES as REFUSED
from website.views.workspace.rows import ANSWERS
from website.views.workspace.standings import REMEDIES

ROOT = Path(__file__).resolve().parents[2]
MARKERS = {"gettext_noop", "Sentence"}
READ_ALOUD = {"alt", "aria-label", "placeholder", "title", "abbr", "data-announce"}


@pytest.fixture(scope="session")
def messages(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every message that extraction finds, plural forms included."""
    path = tmp_path_factory.mktemp("messages") / "messages.pot"
    words = ["pybabel", "-q", "extract", "-F", "pyproject.toml", "-o", str(path), "."]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        CommandLineInterface().run(words)
    with path.open() as file:
        found = [message.id for message in read_po(file)]
    return {text for ids in found for text in (ids if isinstance(ids, tuple) else (ids,)) if text}


class Marked:
    """Translations that put what they translate in brackets, and know no more than extraction found."""

    def __init__(self, messages: set[str]) -> None:
        self.messages = messages

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message in self.messages else message

    def ungettext(self, singular: str, plural: str, number: int) -> str:
        return self.ugettext(singular if number == 1 else plural)


@pytest.fixture
def marked(messages: set[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Marked translations; what a process keeps of other ones is forgotten before and after."""
    monkeypatch.setattr(flask_babel.Domain, "get_translations", lambda _: Marked(messages))
    month._labelled.cache_clear()
    yield
    month._labelled.cache_clear()


class Texts(HTMLParser):
    """What a page shows or reads aloud."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = self.goes_on = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.goes_on = tag == "bdi"
        self.silent = tag in ("script", "style", "textarea")
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent, self.goes_on = False, tag == "bdi"

    def handle_data(self, data: str) -> None:
        if self.goes_on and self.found:
            # A name has a direction of its own, and is a part of its sentence all the same.
            self.found[-1] = f"{self.found[-1]} {data.strip()}"
        elif not self.silent:
            self.found.append(data.strip())
        self.goes_on = False


# What nobody translates: names of people, of products and of languages, addresses, numbers of rules. Days, dates
# and zones come from the CLDR, in the reader's language.
DATA = re.compile(
    r"^[A-Z]{1,2}$| and |"
    r"\b(Ana|Ben|Cleo|Dana Prospect|Dana|Finn|Firsthand|Product demo|Google Meet|R\d+)\b"
    r"|English \(U[KS]\)|Français|Deutsch|Español|العربية"
    r"|\S+@\S+|https?://\S+|\b[A-Z]\w+(/[\w+-]+)+|[\w ]+ \(UTC[+−\d:]*\)|\S+\.example …\S+|in \d+ minutes"
    r"|\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|February|March)\b"
)


def untranslated(page: str) -> list[str]:
    """The texts of a page, or what is left of them, that did not go through gettext or cannot be extracted."""
    found = []
    for text in Texts(page).found:
        rest = text
        while (less := re.sub(r"⟦[^⟦⟧]*⟧", "", rest)) != rest:
            rest = less
        if any(letter.isalpha() for letter in DATA.sub("", rest)):
            found.append(text)
    return found


@pytest.fixture
def team(world: Flask, client: FlaskClient, marked: None) -> Iterator[FlaskClient]:
    """Signed in as an admin, with something to show on every page: hosts in every state, and a booking."""
    make_organisation()
    ana = make_user("Ana", role="admin", email="ana@acme.example")
    make_contact(owner=ana)
    make_feed(make_user("Ben", calendar=False))
    make_user("Cleo", calendar=False)
    make_feed(make_user("Finn"), broken=True)
    hosts = [ana, make_user("Ben"), make_user("Cleo", seat=False)]
    link = make_link(hosts=hosts, slug="demo", owner_first=True, durations=[30, 60])
    db.session.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW)
        book(link, ask(email="new@prospect.example"), now=NOW)
        sign_in(client, ana)
        yield client


PAGES = (
    "/", "/links", "/links/new", "/links/new/personal", "/links/new/group", "/links/new/round_robin", "/links/demo",
    "/links/demo/edit", "/links/demo/active", "/links/demo?at=2027-02-02T09:00&email=a@b.example",
    "/links/demo?at=2027-02-06T23:59", "/links/demo?at=soon", "/links/demo?contact=eve@prospect.example",
    "/links/demo?contact=dana@prospect.example", "/bookings", "/bookings?state=past", "/bookings?state=cancelled",
    "/contacts", "/contacts/import", "/contacts/1/owner", "/team", "/team/new", "/team/1", "/calendars",
    "/calendars/health",
    "/calendars/ics/link", "/calendars/caldav/link", "/outbox", "/outbox/1/give-up", "/sign-in", "/nowhere",
    "/links/nowhere", "/book/demo", "/book/nowhere", "/book/demo?duration=45", "/book/demo?timezone=Mars/Base",
    "/book/demo?month=2027-02&email=new@prospect.example", "/book/demo/write",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_text_of_a_page_is_translated(team: FlaskClient, page: str) -> None:
    answer = team.get(page, follow_redirects=True)
    assert "⟦" in answer.text
    assert untranslated(answer.text) == []


WRONG: dict[str, list[str]] = {
    "title": [""], "slug": ["No"], "name": ["x" * 300], "durations": ["7"], "timezone": ["Mars/Base"],
    "hours_mon_from": ["9"], "hours_mon_to": ["17"], "override_date": ["2027-13-45"], "override_ranges": ["x"],
    "notice_minutes": ["x"], "buffer_after": ["7"], "increment": ["7"], "hours_source": ["?"], "rotation": ["?"],
    "window_from": ["2027-03-02"], "window_to": ["2027-03-01"], "place_kind": ["?"], "place_value": ["x"],
    "question_label": [""], "question_kind": ["choice"], "question_key": ["A"], "question_required": [""],
    "question_choices": [""], "redirect_url": ["x"], "reminders": ["1"], "language": ["xx"], "colour": ["red"],
    "own_colour": ["y"],
    "embed_origins": ["x"], "weight_ana@acme.example": ["0"],
}  # fmt: skip


@pytest.mark.parametrize("change", [{}, {"host": ["eve@acme.example"]}, {"host": []}, {"slug": ["demo"]}])
def test_every_error_of_the_link_form_is_translated(team: FlaskClient, change: dict[str, list[str]]) -> None:
    fields = fields_of(team.get("/links/new/round_robin").text)
    answer = team.post("/links/new/round_robin", data=fields | WRONG | change)
    assert answer.status_code == 422
    assert answer.text.count('class="error"') >= 20
    assert untranslated(answer.text) == []


def test_every_error_of_a_booking_is_translated(team: FlaskClient) -> None:
    page = team.get(
        "/book/demo/details?slot=20270202T0900Z&email=eve@prospect.example", follow_redirects=True
    )
    assert untranslated(page.text) == []
    for typed in ({}, {"slot": "20270202T0900Z"}, {"slot": "20270202T0900Z", "email": "x", "guests": "x"}):
        answer = team.post("/book/demo", data=typed)
        assert answer.status_code >= 400
        assert untranslated(answer.text) == []


def sentences() -> Iterator[str]:
    """What the tables of the program say, whether a page happens to show it or not."""
    for table in (STANDINGS, REASONS, POOL_RULES, FINDINGS, ANSWERS, SUBJECTS, REFUSED):
        yield from table.values()
    for state in STATES.values():
        yield from (state.own, state.about)
    yield from (sentence for _tone, sentence in EVENT_STATES.values())
    yield from (remedy for remedy, _address in REMEDIES.values())
    yield from (place.label for place in PLACES.values())
    for kind in LINK_KINDS.values():
        yield from (kind.label, kind.description, kind.hosts_rule)
    for rotation in ROTATIONS.values():
        yield from (rotation.label, rotation.description, rotation.score, rotation.sentence)
        yield from filter(None, (rotation.tied, rotation.fewest))
    for provider in CALENDAR_PROVIDERS.values():
        yield from (provider.label, provider.speaker, provider.description)
        for field in provider.connect_fields:
            yield from filter(None, (field.label, field.hint))
        for scope in provider.sign_in.scopes if provider.sign_in else ():
            yield from (scope.label, scope.without)
    yield from (rule.reason for rule in (*LINK_RULES, *HOST_RULES))


def test_every_sentence_of_a_table_is_found(messages: set[str]) -> None:
    assert sorted(set(sentences()) - messages) == []


def test_what_is_marked_for_translation_is_a_text_as_it_stands() -> None:
    """Extraction reads the source: it cannot see what is put together at run time."""
    for path in (ROOT / "website").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "_l"):
                assert not isinstance(node.args[0], ast.JoinedStr), f"{path.name}:{node.lineno}"
