"""Which sites may show a link's pages."""

import pytest

from website.services.embedding import may_embed
from website.services.link_rules import check_link

ACME = "https://www.acme.example"
BELOW = "https://*.acme.example"


@pytest.mark.parametrize(
    ("origin", "site", "may"),
    [
        (ACME, ACME, True),
        (ACME, "https://acme.example", False),
        ("http://www.acme.example", ACME, False),
        ("https://www.acme.example:8443", ACME, False),
        (ACME, BELOW, True),
        ("https://a.b.acme.example", BELOW, True),
        ("https://acme.example", BELOW, False),
        ("https://.acme.example", BELOW, False),
        ("https://evilacme.example", BELOW, False),
        ("http://www.acme.example", BELOW, False),
        ("https://www.acme.example:8443", BELOW, False),
        ("https://www.acme.example:8443", "https://*.acme.example:8443", True),
        ("https://evil.example/.acme.example", BELOW, False),
        ("https://evil.example?.acme.example", BELOW, False),
        ("https://x@www.acme.example", BELOW, False),
        ("null", "null", False),
        ("", ACME, False),
        ("*", ACME, False),
        (BELOW, BELOW, False),
    ],
)
def test_an_origin_is_one_that_the_link_names(origin: str, site: str, may: bool) -> None:
    assert may_embed(origin, [site]) is may


@pytest.mark.rule("R40")
@pytest.mark.parametrize(
    "site", [ACME, BELOW, "https://*.acme.example:8443", "http://localhost:3000", "http://127.0.0.1:3000"]
)
def test_a_site_may_be_named(site: str) -> None:
    assert "embed_origins" not in check_link({"embed_origins": [site]})


@pytest.mark.rule("R40")
@pytest.mark.parametrize(
    "site",
    [
        "https://*", "https://*.example", "https://w*.acme.example", "https://www.*.example", "https://*.*.example",
        "*",
        "https://www.acme.example/", "https://WWW.acme.example", "https://www.acme.example:443", "http://acme.example",
        "javascript:alert(1)", "https://a.example;b", "null", "", 7, "https://x@acme.example", "data:",
    ],
)  # fmt: skip
def test_what_names_no_site_is_refused(site: object) -> None:
    assert check_link({"embed_origins": [site]})["embed_origins"]


@pytest.mark.rule("R40")
@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("", True),
        ("https://acme.example/thanks?booking={id}&start={start}", True),
        ("http://localhost:3000/thanks", True),
        ("https://{id}.acme.example/", False),
        ("https://*.acme.example/", False),
        ("javascript:alert(1)", False),
        ("//acme.example", False),
        ("data:text/html,x", False),
        ("http://acme.example", False),
        ('https://acme.example/"><script>', False),
    ],
)
def test_where_a_booking_leads_is_an_address_of_the_web(address: str, fine: bool) -> None:
    assert ("redirect_url" not in check_link({"redirect_url": address})) is fine
