"""Every text that stands in a template goes through gettext."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.*"))
READ_ALOUD = {"alt", "aria-label", "aria-description", "placeholder", "title"}
# The product's own name.
ALLOWED = {"Firsthand"}


def written(tree: nodes.Template) -> str:
    """What a template writes whatever is handed to it: its own text, and the texts in its expressions."""
    return "".join(
        text for output in tree.find_all(nodes.Output) for node in output.nodes for text in own(node)
    )


def own(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from own(node.expr1)
        yield from own(node.expr2) if node.expr2 else ()
    elif isinstance(node, nodes.Concat):
        for part in node.nodes:
            yield from own(part)
    elif isinstance(node, nodes.BinExpr):
        yield from own(node.left)
        yield from own(node.right)


class Shown(HTMLParser):
    """The texts that HTML shows or reads aloud."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        names = READ_ALOUD | ({"value"} if values.get("type") in ("submit", "button", "reset") else set())
        self.found += [values[name] or "" for name in names & set(values)]

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def untranslated(tree: nodes.Template) -> list[str]:
    texts = (text.strip(" \n·:.,()") for text in Shown(written(tree)).found)
    return [
        text for text in texts if any(map(str.isalpha, text)) and not is_path(text) and text not in ALLOWED
    ]


def is_path(text: str) -> bool:
    return text.startswith("/") and " " not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_text_of_a_template_stands_outside_gettext(app: Flask, engine: str, name: str) -> None:
    assert untranslated(app.jinja_env.parse((ROOT / name).read_text())) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ('<p>{{ _("Hello %(name)s", name=name) }}</p>', []),
        ('<p title="Hello">{{ x }}</p><input type="submit" value="Go"><input type="text" value="Go">', ["Hello", "Go"]),
        ('{{ "yes" if x else _("no") }}', ["yes"]),
        ('<option value="{{ \'no\' if x else \'yes\' }}">{% if x %}{{ x or "none" }}{% endif %}</option>', ["none"]),
        ("<a class=\"x{% if y %} z{% endif %}\" href=\"/x\">·</a>{# words #}", []),
        ('{% macro m(x) %}{{ "a" ~ x }}{% endmacro %}', ["a"]),
    ],
)  # fmt: skip
def test_what_counts_as_such_a_text(app: Flask, engine: str, template: str, found: list[str]) -> None:
    assert untranslated(app.jinja_env.parse(template)) == found
