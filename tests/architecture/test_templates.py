"""What must hold for every template."""

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
FORBIDDEN_IN_MAILS = re.compile(r"<script|<style|<link|<img|\son[a-z]+=|\|\s*safe\b")
FORBIDDEN = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|\|\s*safe\b")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles_and_has_no_inline_script_or_style(app: Flask, engine: str, name: str) -> None:
    app.jinja_env.get_template(name)
    # A mail brings its styles along, element by element: its readers load no style sheet of ours.
    forbidden = FORBIDDEN_IN_MAILS if name.startswith("emails/") else FORBIDDEN
    assert not forbidden.search((ROOT / name).read_text())


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_htmx_fetches_has_an_address_of_its_own(name: str) -> None:
    for tag in re.findall(r"<a [^>]*hx-get[^>]*>", (ROOT / name).read_text()):
        assert " href=" in tag
    for tag in re.findall(r"<[a-z]+ [^>]*hx-post[^>]*>", (ROOT / name).read_text()):
        assert tag.startswith("<form")
        assert 'method="post"' in tag
        assert " action=" in tag
