"""Addresses are compared as people do."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from website.email_addresses import (
    LONGEST_EMAIL,
    domain_of,
    is_email,
    normal_domain,
    normal_email,
    wire_email,
)

SAME = [
    "dana@prospect.example",
    "  Dana@Prospect.Example\t",
    "DANA@PROSPECT.EXAMPLE.",
    "\u200bdana@pro\u00adspect.example\ufeff",
    "ｄａｎａ＠ｐｒｏｓｐｅｃｔ．ｅｘａｍｐｌｅ",
    "dana@prospect。example",
    "\u00a0dana@prospect.example\u00a0",
]


@pytest.mark.parametrize("written", SAME)
def test_one_address_has_one_form_however_it_is_written(written: str) -> None:
    assert normal_email(written) == "dana@prospect.example"


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("info@xn--bcher-kva.example", "info@bücher.example"),
        ("INFO@XN--BCHER-KVA.EXAMPLE", "info@bücher.example"),
        ("info@Bücher.example", "info@bücher.example"),
        ("info@bu\u0308cher.example", "info@bücher.example"),
        ("info@straße.example", "info@straße.example"),
        ("info@xn--zz--.example", "info@xn--zz--.example"),
        ("JOSÉ@acme.example", "josé@acme.example"),
    ],
)
def test_a_domain_stands_in_its_own_script(written: str, form: str) -> None:
    assert normal_email(written) == form


@pytest.mark.parametrize("local", ["d.a.n.a", "dana+news", "dana_1", "da-na", "o'hara", '"a b"'])
def test_the_part_before_the_at_is_left_alone(local: str) -> None:
    assert normal_email(f"{local}@gmail.com") == f"{local}@gmail.com"


def test_two_people_never_become_one() -> None:
    people = [
        "dana@gmail.com",
        "da.na@gmail.com",
        "dana+x@gmail.com",
        "da na@gmail.com",
        "dana@googlemail.com",
    ]
    assert len({normal_email(one) for one in people}) == len(people)


@given(st.one_of(st.text(), st.emails(), st.builds("{}@{}".format, st.text(), st.text())))
@example("ͅ@İ.ﬀ")
@example("a@xn--a.example")
def test_a_normal_form_is_its_own(text: str) -> None:
    once = normal_email(text)
    assert normal_email(once) == once


@given(
    st.emails(),
    st.sampled_from(["", " ", "\t", "\u200b", "\ufeff", "\u00a0"]),
    st.booleans(),
    st.sampled_from(["", "."]),
)
def test_variants_of_an_address_are_equal(email: str, around: str, capitals: bool, dot: str) -> None:
    written = around + (email.upper() if capitals else email) + dot + around
    assert normal_email(written) == normal_email(email)


@given(st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_full_width_is_plain(text: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) for one in text)
    assert normal_email(wide) == normal_email(text)


@pytest.mark.parametrize(
    "written", ["acme.example", "@acme.example", "https://www.ACME.example/contact", "x@acme.example."]
)
def test_a_domain_is_read_as_people_mean_it(written: str) -> None:
    assert normal_domain(written) == "acme.example"


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("dana@prospect.example", "dana@prospect.example"),
        ("info@bücher.example", "info@xn--bcher-kva.example"),
        ("josé@bücher.example", "josé@xn--bcher-kva.example"),
        ("info@straße.example", "info@xn--strae-oqa.example"),
    ],
)
def test_mails_go_to_a_domain_as_every_server_takes_it(address: str, wire: str) -> None:
    assert wire_email(address) == wire
    assert normal_email(wire) == address


def test_the_domain_of_an_address() -> None:
    assert domain_of("dana@prospect.example") == "prospect.example"
    assert domain_of("dana") == ""


@given(
    st.from_regex(r"[a-z0-9_.+\-A-Z @é]{0,70}", fullmatch=True),
    st.sampled_from(
        ["a.example", "a", "a..b", "", "-a.example", "a.example.", "ab--c.example", "xn--x.example", "[1.2.3.4]",
         "münchen.example", "localhost", "a.invalid", "x" * 64 + ".example", "a." * 120 + "example"]
    ),
)  # fmt: skip
def test_the_short_way_takes_what_the_library_takes(before: str, domain: str) -> None:
    address = f"{before}@{domain}"
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
        valid = len(address) <= LONGEST_EMAIL and address.isprintable()
    except EmailNotValidError:
        valid = False
    assert is_email(address) == valid
