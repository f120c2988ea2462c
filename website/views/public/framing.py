"""The pages inside a page of another site: `embed=1`, `theme=` and `origin=`, which travel on to every page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from ...config import in_force
from ...models import Link
from ...services.booking import booking_by_token
from ...services.embedding import may_embed
from ...services.errors import Refused
from ...services.find_link import link_by_slug
from ..headers import frame_for

# As CSS writes a `color-scheme`; the last one follows the visitor.
THEMES = {"light": "theme-light", "dark": "theme-dark", "light dark": ""}
AREAS = ("booking_page", "booking")


@dataclass(frozen=True, slots=True)
class Frame:
    """How a page is shown. `parent` is the origin of the page around it, empty unless the link lets that site show
    it: nobody else is told anything. `theme` is a key of `THEMES`, empty where none was asked for."""

    embedded: bool = False
    theme: str = ""
    parent: str = ""

    @property
    def classes(self) -> str:
        """Of the `<html>` element. Most sites are light whatever their visitors prefer, so a frame is too."""
        theme = THEMES[self.theme or ("light" if self.embedded else "light dark")]
        return " ".join(filter(None, ("embed" if self.embedded else "", theme)))

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """The parameters that travel on."""
        pairs = (("embed", "1" if self.embedded else ""), ("theme", self.theme), ("origin", self.parent))
        return tuple((key, text) for key, text in pairs if text)


def framed(link: Link, values: Mapping[str, str]) -> Frame:
    """How the pages of the link are shown from here on in this request; an origin that may not show them is left
    out."""
    sites: list[str] = list(link.embed_origins)
    g.sites, g.frame = sites, _frame(values, [*sites, *_own_origins()])
    return current()


def current() -> Frame:
    """How this request's page is shown, errors too."""
    if "frame" not in g:
        link = _link_of_address() if _values().get("origin") else None
        g.frame = framed(link, _values()) if link else _frame(_values(), ())
    frame: Frame = g.frame
    return frame


def onward(**more: str) -> str:
    """The query string of links that lead on from a page of a booking, with `more` in it; empty ones are left out."""
    pairs = [("lang", _values().get("lang", "")), *current().carried, *more.items()]
    query = urlencode([(key, text) for key, text in pairs if text])
    return f"?{query}" if query else ""


def let_in(response: Response) -> Response:
    """For errors: the sites that may show a page may show what went wrong with it. While the database does not answer
    nobody knows which ones these are."""
    known = "Content-Security-Policy" in response.headers or response.status_code < 400
    if known or (response.status_code == 503 and "sites" not in g):
        return response
    link = None if "sites" in g else _link_of_address()
    return frame_for(response, g.sites if "sites" in g else list(link.embed_origins) if link else [])


def _frame(values: Mapping[str, str], sites: Sequence[str]) -> Frame:
    theme, origin = values.get("theme", ""), values.get("origin", "")
    return Frame(
        embedded=values.get("embed") == "1",
        theme=theme if theme in THEMES else "",
        parent=origin if may_embed(origin, sites) else "",
    )


def _own_origins() -> tuple[str, ...]:
    """Our own pages show a preview."""
    return tuple(
        f"{site.scheme}://{site.netloc}" for site in map(urlsplit, (in_force().base_url, request.host_url))
    )


def _link_of_address() -> Link | None:
    """The link that the address is about, if there is one."""
    named = request.view_args or {}
    if request.blueprint not in AREAS:
        return None
    try:
        return link_by_slug(named["slug"]) if "slug" in named else booking_by_token(named["token"]).link
    except (Refused, SQLAlchemyError):
        return None


def _values() -> Mapping[str, str]:
    """What came with the request; a form that cannot be read says nothing."""
    try:
        return request.values
    except HTTPException:
        return request.args
