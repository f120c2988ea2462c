"""A link's own colour: whichever it is, what is written in it and on it can be read (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from website.colour import OURS, READABLE, SCHEMES, Scheme, contrast, style_of, theme_of, themes_of

TOKENS = (Path(__file__).resolve().parents[1] / "static/css/tokens.css").read_text()
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def token(name: str) -> dict[str, str]:
    """A token's colour by day and by night, as the style sheet has it."""
    found = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", TOKENS)
    assert found, name
    return {"light": found[1], "dark": found[2]}


@pytest.mark.parametrize(
    ("colour", "on_white"), [("#ff6b6b", 2.78), ("#00b37e", 2.71), ("#ffd400", 1.43), ("#1a56db", 6.18)]
)
def test_contrast_is_that_of_wcag(colour: str, on_white: float) -> None:
    assert contrast(colour, "#ffffff") == contrast("#ffffff", colour) == pytest.approx(on_white, abs=0.005)


def test_contrast_goes_from_1_to_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda one: one.key)
def test_the_schemes_are_those_of_the_style_sheet(scheme: Scheme) -> None:
    assert (scheme.surface, scheme.page) == (token("surface")[scheme.key], token("page")[scheme.key])


def test_ours_is_that_of_the_style_sheet() -> None:
    assert token("brand")["light"] == OURS


@given(COLOURS)
def test_any_colour_gives_readable_pairs_by_day_and_by_night(colour: str) -> None:
    for theme in themes_of(colour):
        surface, page = token("surface")[theme.scheme], token("page")[theme.scheme]
        pairs = [
            (theme.on_fill, theme.fill), (theme.on_fill, theme.hover), (theme.on_text, theme.text),
            (theme.text, surface), (theme.text, page), (theme.text, theme.soft),
            (token("ink")[theme.scheme], theme.soft), (token("muted")[theme.scheme], theme.soft),
        ]  # fmt: skip
        assert min(contrast(*pair) for pair in pairs) >= READABLE
        assert theme.button_contrast == contrast(theme.on_fill, theme.fill)
        assert theme.text_contrast >= READABLE


@given(COLOURS)
def test_a_colour_that_can_be_read_stays_as_it_is(colour: str) -> None:
    for scheme in SCHEMES:
        theme = theme_of(colour, scheme)
        grounds = (scheme.surface, scheme.page, theme.soft)
        readable = all(contrast(colour, ground) >= READABLE for ground in grounds)
        assert theme.exact == readable == (theme.text == colour)
        assert theme.fill == colour


def test_a_dark_blue_is_kept_by_day_and_lightened_by_night() -> None:
    day, night = themes_of("#1A56DB")
    assert (day.text, day.on_text, day.exact) == ("#1a56db", "#ffffff", True)
    assert (night.fill, night.on_fill, night.exact) == ("#1a56db", "#ffffff", False)


def test_yellow_is_a_button_with_black_on_it_and_a_darker_text() -> None:
    day, night = themes_of("#ffd400")
    assert (day.fill, day.on_fill, day.exact) == ("#ffd400", "#000000", False)
    assert (night.text, night.exact) == ("#ffd400", True)


@given(COLOURS)
def test_the_rule_holds_colours_and_nothing_else(colour: str) -> None:
    value = r"(#[0-9a-f]{6}|light-dark\(#[0-9a-f]{6},#[0-9a-f]{6}\))"
    assert re.fullmatch(rf":root\{{(--[a-z-]+:{value};?)+\}}", style_of(colour))
    assert style_of(colour.upper()) == style_of(colour)
