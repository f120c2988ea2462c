"""What all pages of a link share: what stands around their own part, their addresses, and their forms."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import ngettext

from ...services.availability import Scene, scene_of
from ...services.contact import Visitor
from ...tokens import signer
from ..headers import frame_for
from ..limits import minutes_to_wait
from .about import owner_named, place_shown, seen_as, with_whom
from .asked import Asked
from .words import zone_name
from .zones import zones_to_choose


def link_page(question: Asked, name: str, **values: Any) -> Response:
    """A page of the link; the sites that the link names may frame it."""
    page = render_template(f"public/booking_page/{name}.html", **_around(question) | values)
    return frame_for(page, question.link.embed_origins, colour=question.link.colour)


def _around(question: Asked) -> dict[str, Any]:
    """What every page of a link shows around its own part."""
    return {
        "link": question.link,
        "owner": owner_named(question),
        "whom": with_whom(question.link),
        "place": place_shown(question.link),
        "seen_as": seen_as(question.link),
        **around_grid(question),
    }


def around_grid(question: Asked) -> dict[str, Any]:
    """What the part that changes with the month, the day, the length and the zone shows around the times."""
    return {
        "asked": question,
        "lengths": question.link.durations if len(question.link.durations) > 1 else [],
        **zones_to_choose(question),
        **_addresses(question),
    }


def _addresses(question: Asked) -> dict[str, str]:
    """Where the parts of a page lead."""
    here = url_for("booking_page.show", slug=question.link.slug)
    return {
        "here": here,
        "choose": f"{here}/details",
        "write_address": f"{here}/write?{question.query}",
        "zone_label": zone_name(question.timezone, question.now),
    }


def times_address(question: Asked) -> str:
    """The page of times, at the month or the day that was asked for."""
    return f"{url_for('booking_page.show', slug=question.link.slug)}?{question.shown_query}"


def scene_for(question: Asked, visitor: Visitor) -> Scene:
    """The scene that the link's times for this visitor are looked for in."""
    return scene_of(question.link, visitor=visitor, duration=question.duration, now=question.now)


def form_token(question: Asked, *, first: bool = False) -> str:
    """For a form of the link; `first`: it is shown for the first time."""
    return signer.form(question.link.id, question.now, first=first)


def slug_of_request() -> str:
    """Which link the request is about, where no view has been told yet."""
    return str((request.view_args or {})["slug"])


def asks_about_nobody() -> bool:
    """Only questions with an address are counted: they look somebody up (R22)."""
    return not (request.args.get("who") or request.args.get("email"))


def come_back_later() -> str:
    """What to say over a form that comes too often; it is shown as it was typed."""
    minutes = minutes_to_wait()
    return str(
        ngettext(
            "Too much is asked of this page. Send this again in %(num)s minute: what you wrote is kept.",
            "Too much is asked of this page. Send this again in %(num)s minutes: what you wrote is kept.",
            minutes,
        )
    )
