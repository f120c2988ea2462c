"""Style sheets and scripts in one file."""

import re
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from website.views.bundles import BUNDLES, FOR_EVER, bundle, content


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_holds_its_files_and_may_be_kept_for_ever(
    world: Flask, client: FlaskClient, name: str
) -> None:
    with world.test_request_context():
        address = bundle(name)
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == FOR_EVER
    assert answer.data == content(name, str(world.static_folder))
    for part in BUNDLES[name]:
        with world.open_resource(f"{world.static_folder}/{part}", "r", encoding="utf-8") as file:
            rules = [line.strip() for line in file if not line.strip().startswith(("//", "/*"))]
        assert rules[-1] in answer.text
    assert "\n//" not in answer.text
    assert "/*" not in answer.text


def test_what_the_signed_in_pages_add_to_the_public_ones_is_small(world: Flask) -> None:
    static = Path(str(world.static_folder))
    own = set(BUNDLES["workspace.css"]) - set(BUNDLES["public.css"])
    assert len(brotli.compress(b"".join((static / part).read_bytes() for part in sorted(own)))) <= 4096


@pytest.mark.parametrize("version", ["", "?v=0123456789ab"])
def test_another_version_is_answered_but_not_kept(world: Flask, client: FlaskClient, version: str) -> None:
    answer = client.get(f"/static/bundles/public.css{version}")
    assert answer.status_code == 200
    assert "immutable" not in answer.headers["Cache-Control"]


def test_there_is_no_other_bundle(world: Flask, client: FlaskClient) -> None:
    assert client.get("/static/bundles/none.css").status_code == 404


@pytest.mark.parametrize("path", ["/book/none", "/sign-in"])
def test_a_page_loads_one_style_sheet(world: Flask, client: FlaskClient, path: str) -> None:
    assert len(re.findall(r'rel="stylesheet"', client.get(path).text)) == 1
