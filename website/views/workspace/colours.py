"""What becomes of a link's own colour by day and by night, shown and said while it is chosen."""

import re

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext

from ...colour import Theme, themes_of
from ...forms.link import LinkForm
from ...sentences import gettext_noop
from ..access import signed_in

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# By scheme, and by whether links can have the colour as it is.
WORDS = {
    ("light", True): gettext_noop("By day: buttons %(buttons)s to 1, links %(links)s to 1. Good to read as it is."),
    ("light", False): gettext_noop(
        "By day: buttons %(buttons)s to 1. Too faint for links, which are darkened to %(links)s to 1."
    ),
    ("dark", True): gettext_noop("By night: buttons %(buttons)s to 1, links %(links)s to 1. Good to read as it is."),
    ("dark", False): gettext_noop(
        "By night: buttons %(buttons)s to 1. Too faint for links, which are lightened to %(links)s to 1."
    ),
}  # fmt: skip


@signed_in
def show() -> ResponseReturnValue:
    """The part of the link's form about its colour, with the one that was just chosen."""
    form = LinkForm(data={"own_colour": True, "colour": request.args.get("colour", "")})
    return render_template("workspace/links/_colours.html", form=form, swatches=swatches_of(form))


def swatches_of(form: LinkForm) -> list[tuple[Theme, str]]:
    """For each scheme its colours and a sentence about their contrasts; empty without a colour of the link's own."""
    colour = form.colour.data or ""
    if not form.own_colour.data or not COLOUR.fullmatch(colour):
        return []
    return [(theme, _words(theme)) for theme in themes_of(colour)]


def _words(theme: Theme) -> str:
    return str(
        gettext(
            WORDS[theme.scheme, theme.exact],
            buttons=format_decimal(theme.button_contrast, "0.0"),
            links=format_decimal(theme.text_contrast, "0.0"),
        )
    )
