"""The catalogs say all that there is to say, and nothing else."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog, Message

from website.locales import DEFAULT, LANGUAGES, catalog_path
from website.translations.__main__ import (
    PLACEHOLDER,
    ROOT,
    VARIANT,
    extract,
    read,
    texts,
    written,
)

WHOLE = [tag for tag in LANGUAGES if tag not in (DEFAULT, VARIANT)]
PLURALS = {"fr-FR": 2, "de-DE": 2, "es-ES": 2, "ar-EG": 6}
# Forms that stand for one number alone: there the number may be a word.
ONE_NUMBER_ALONE = {"ar-EG": {0, 1, 2}}
BRITISH = re.compile(
    r"colour|favour|behaviour|honour|centre\b|organis|recognis|cancell(?!ation)|travell|licence|programme|catalogue|grey",
    re.I,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What there is to translate in the code and the templates, as they are now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return extract(tmp_path_factory.mktemp("messages") / "messages.pot")


def messages(tag: str) -> Iterator[Message]:
    return (message for message in read(tag) if message.id)


def ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def pairs(tag: str) -> Iterator[tuple[Message, int, str]]:
    """Every translated text, with its message and the number of its plural form."""
    return ((one, number, text) for one in messages(tag) for number, text in enumerate(texts(one)) if text)


@pytest.mark.parametrize("tag", WHOLE)
def test_a_catalog_holds_exactly_what_there_is_to_say(template: Catalog, tag: str) -> None:
    known, wanted = {one.id for one in messages(tag)}, {one.id for one in template if one.id}
    assert sorted(map(str, wanted - known)) == [], "run `make translations`, and translate these"
    assert sorted(map(str, known - wanted)) == [], "run `make translations`: nobody says these any more"
    assert not read(tag).obsolete


def test_the_variant_holds_what_is_said_and_differs(template: Catalog) -> None:
    wanted = {one.id for one in template if one.id}
    for one in messages(VARIANT):
        assert one.id in wanted
        assert texts(one) != ids(one)


@pytest.mark.parametrize("tag", WHOLE)
def test_every_message_is_translated(tag: str) -> None:
    assert [one.id for one in messages(tag) if not all(texts(one)) or one.fuzzy] == []


@pytest.mark.parametrize("tag", WHOLE)
def test_every_plural_form_is_there(tag: str) -> None:
    assert read(tag).num_plurals == PLURALS[tag]
    for one in messages(tag):
        assert len(texts(one)) == (PLURALS[tag] if isinstance(one.id, tuple) else 1), one.id


@pytest.mark.parametrize("tag", [*WHOLE, VARIANT])
def test_placeholders_are_those_of_the_text(tag: str) -> None:
    wrong = [
        (message.id, text)
        for message, number, text in pairs(tag)
        if not same_placeholders(tag, message, number, text)
    ]
    assert wrong == []


def same_placeholders(tag: str, message: Message, number: int, text: str) -> bool:
    wanted, found = set(PLACEHOLDER.findall(ids(message)[0])), set(PLACEHOLDER.findall(text))
    plural = isinstance(message.id, tuple)
    if plural and number in ONE_NUMBER_ALONE.get(tag, ()):
        found |= {"%(num)s", "%(count)s"} & wanted
    # What is left of a percent sign must be doubled where values are put in.
    stray = "%" in PLACEHOLDER.sub("", text).replace("%%", "") and any("%(" in one for one in wanted)
    return found == wanted and not stray


@pytest.mark.parametrize("tag", [*WHOLE, VARIANT])
def test_markup_in_a_translation_is_that_of_the_text(tag: str) -> None:
    assert [
        text for message, _number, text in pairs(tag) if Tags(text).found != Tags(ids(message)[0]).found
    ] == []


class Tags(HTMLParser):
    """The elements of a text, in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")


def test_nothing_british_is_left_in_american(template: Catalog) -> None:
    american = {one.id: texts(one) for one in messages(VARIANT)}
    for one in template:
        if one.id:
            for text in american.get(one.id, ids(one)):
                assert not BRITISH.search(PLACEHOLDER.sub("", text)), text


@pytest.mark.parametrize("tag", [*WHOLE, VARIANT])
def test_a_catalog_is_written_as_make_writes_it(template: Catalog, tag: str) -> None:
    """So that translators and `make translations` make small differences."""
    assert written(tag, template) == catalog_path(tag).read_bytes()
