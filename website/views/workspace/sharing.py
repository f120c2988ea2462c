"""How a link gets to people: its address, and the code for each way to show it in a page (R43, docs/embedding.md)."""

from dataclasses import dataclass

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from ...models import Link
from ..access import may_edit_link
from ..addresses import own_address

LINK = Markup('<a href="{address}">{words}</a>')
UPGRADED = Markup(
    '<a href="{address}" data-firsthand="{key}">{words}</a>\n<script async src="{site}/embed.js"></script>'
)
FRAME = Markup(
    '<iframe src="{address}?embed=1" title="{title}" loading="lazy" width="100%" height="720"'
    ' frameborder="0"></iframe>'
)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to show a link; `live` ones come from embed.js, and can be tried."""

    key: str
    label: str
    hint: str
    code: Markup
    live: bool = False


WAYS = (
    Way(
        "inline", _l("In the page"), _l("The times stand in your page, as high as they need."), UPGRADED, live=True
    ),
    Way("popup", _l("In a window over the page"), _l("A link or button of yours opens it."), UPGRADED, live=True),
    Way(
        "float", _l("Behind a button in the corner"), _l("The button stays while the page is scrolled."), UPGRADED,
        live=True,
    ),
    Way(
        "frame", _l("In the page, without script"),
        _l("For sites that take no scripts; choose a height that suits."), FRAME,
    ),
    Way("mail", _l("In an e-mail or a signature"), _l("A plain link."), LINK),
)  # fmt: skip


def site_address() -> str:
    """Where the site is, as the world sees it."""
    return own_address("")


def link_address(link: Link) -> str:
    """The address of the link's page, as the world sees it."""
    return f"{site_address()}/book/{link.slug}"


def codes_of(link: Link) -> list[tuple[Way, str]]:
    """Every way, with the code to copy: what is safe HTML there is a plain text here."""
    values = {
        "address": link_address(link), "site": site_address(), "title": link.title, "words": _("Book a time"),
    }  # fmt: skip
    return [(way, str(way.code.format(key=way.key, **values))) for way in WAYS]


@may_edit_link
def attempt(link: Link, key: str) -> ResponseReturnValue:
    """A page that shows the link as a page of another site would."""
    way = next((one for one in WAYS if one.live and one.key == key), None) or abort(404)
    return render_template(
        "workspace/links/attempt.html", link=link, way=way, ways=[one for one in WAYS if one.live]
    )
