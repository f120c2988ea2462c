"""Which language a page is written in."""

from collections.abc import Callable

import pytest
from babel import Locale
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_link, make_organisation, make_user
from tests.views.workspace.test_links import sign_in, token_of
from website.extensions import db
from website.locales import LANGUAGES, babel_locale, known_tag
from website.models import Link, User


@pytest.fixture
def link(world: Flask) -> Link:
    make_organisation()
    link = make_link(hosts=[make_user("Ana")], slug="demo")
    db.session.commit()
    return link


@pytest.fixture
def tag_of(client: FlaskClient, link: Link) -> Callable[..., str]:
    """The language of the booking page, for a query string and what the browser would like."""

    def tag(query: str = "", accept: str = "") -> str:
        page = client.get(f"/book/demo{query}", headers={"Accept-Language": accept} if accept else {}).text
        return page.split('<html lang="')[1].split('"')[0]

    return tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        *((tag, tag) for tag in LANGUAGES),
        *((babel_locale(tag), tag) for tag in LANGUAGES),
        ("en", "en-GB"), ("fr", "fr-FR"), ("de", "de-DE"), ("es", "es-ES"), ("ar", "ar-EG"),
        ("EN-us", "en-US"), ("fr-CA", "fr-FR"), ("de-AT", "de-DE"), ("es-419", "es-ES"), ("en-AU", "en-GB"),
        ("ar-SA", "ar-EG"), ("ar-Arab-AE", "ar-EG"), ("pt-BR", ""), ("fro", ""), ("", ""), ("*", ""), ("-", ""),
    ],
)  # fmt: skip
def test_the_closest_language(text: str, tag: str) -> None:
    assert known_tag(text) == tag


@pytest.mark.parametrize(
    ("query", "accept", "tag"),
    [
        ("", "", "en-GB"),
        ("", "*", "en-GB"),
        ("", "ja", "en-GB"),
        ("", "fr", "fr-FR"),
        ("", "fr-CA,en;q=0.5", "fr-FR"),
        ("", "pt-BR,pt;q=0.9,es;q=0.8,en;q=0.7", "es-ES"),
        ("", "en;q=0.3,de;q=0.9", "de-DE"),
        ("", "de;q=0,en-US", "en-US"),
        ("", "en-AU", "en-GB"),
        ("", "ar-SA", "ar-EG"),
        ("", "not a language, ;;;", "en-GB"),
        ("?lang=de", "fr", "de-DE"),
        ("?lang=de-DE", "fr", "de-DE"),
        ("?lang=en", "fr", "en-GB"),
        ("?lang=xx", "fr", "fr-FR"),
        ("?lang=", "fr", "fr-FR"),
        ("?lang=%00%FF", "fr", "fr-FR"),
    ],
)
def test_the_address_comes_before_the_browser(
    tag_of: Callable[..., str], query: str, accept: str, tag: str
) -> None:
    assert tag_of(query, accept) == tag


def test_the_links_language_comes_before_the_browsers(link: Link, tag_of: Callable[..., str]) -> None:
    link.language = "es-ES"
    db.session.commit()
    assert tag_of(accept="fr") == "es-ES"
    assert tag_of("?lang=ar", accept="fr") == "ar-EG"
    assert tag_of("?lang=xx", accept="fr") == "es-ES"


def test_users_read_their_own_language(link: Link, client: FlaskClient) -> None:
    user: User = make_user("Ada", language="de-DE")
    db.session.commit()
    sign_in(client, user)
    assert '<html lang="de-DE" dir="ltr">' in client.get("/links", headers={"Accept-Language": "fr"}).text
    assert '<html lang="ar-EG" dir="rtl">' in client.get("/links?lang=ar").text
    user.language = ""
    db.session.commit()
    assert '<html lang="fr-FR" dir="ltr">' in client.get("/links", headers={"Accept-Language": "fr"}).text


def test_users_choose_their_language(link: Link, client: FlaskClient) -> None:
    user = make_user("Ada")
    db.session.commit()
    sign_in(client, user)
    fields = {"csrf_token": token_of(client.get("/me").text), "name": "Ada", "timezone": "Europe/Paris"}
    assert client.post("/me", data=fields | {"language": "es-ES"}).status_code == 303
    assert '<html lang="es-ES"' in client.get("/me").text
    answer = client.post("/me", data=fields | {"language": "xx"})
    assert answer.status_code == 422
    assert db.session.get_one(User, user.id).language == "es-ES"


def test_caches_are_told_when_the_browsers_language_counts(link: Link, client: FlaskClient) -> None:
    def varies(path: str) -> bool:
        return "Accept-Language" in client.get(path).headers.get("Vary", "")

    assert varies("/book/demo")
    assert varies("/book/demo/slots")
    assert varies("/nowhere")
    assert varies("/api/v1/links/nowhere/slots?from=2027-01-01&to=2027-01-02")
    assert not varies("/healthz")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_page_says_which_way_it_is_read(link: Link, client: FlaskClient, tag: str) -> None:
    direction = "rtl" if tag == "ar-EG" else "ltr"
    assert f'<html lang="{tag}" dir="{direction}">' in client.get(f"/book/demo?lang={tag}").text


def test_a_page_leads_to_itself_in_every_language(link: Link, client: FlaskClient) -> None:
    page = client.get("/book/demo?month=2027-02&lang=fr&utm_source=x").text
    for tag, name in LANGUAGES.items():
        address = f"?month=2027-02&amp;utm_source=x&amp;lang={tag}"
        current = ' aria-current="true"' if tag == "fr-FR" else ""
        assert f'<a href="{address}" lang="{tag}" hreflang="{tag}"{current}>{name}</a>' in page
        assert f'<link rel="alternate" hreflang="{tag}" href="http://localhost/book/demo?lang={tag}">' in page
    assert "hreflang" not in client.get("/book/demo?embed=1").text.split("<body")[1]


@pytest.mark.parametrize(
    ("tag", "first"),
    [("ar-EG", 5), ("en-US", 6), ("en-GB", 0), ("fr-FR", 0), ("de-DE", 0), ("es-ES", 0)],
)
def test_weeks_start_where_the_region_says(link: Link, client: FlaskClient, tag: str, first: int) -> None:
    page = client.get(f"/book/demo?lang={tag}").text
    name = Locale.parse(babel_locale(tag)).days["stand-alone"]["wide"][first]
    assert page.split('<th scope="col" abbr="')[1].startswith(f'{name}"')


def test_american_times_hold_a_narrow_space(link: Link, client: FlaskClient) -> None:
    assert "\u202fAM</a>" in client.get("/book/demo?lang=en-US").text
