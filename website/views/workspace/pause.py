"""Whose turn it is on a link: who takes none for a while, and pausing one's own turns (R23)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...models import Link, LinkHost
from ...scheduling.kinds import LINK_KINDS
from ...services.errors import Invalid, UnknownUser
from ...services.pause import all_paused, is_paused, may_pause, pause, today_of
from ..access import may_edit_link, me
from ..languages import translated
from ..numbers import row_number
from ..public.words import full_date
from ..responses import see_other


@dataclass(frozen=True, slots=True)
class Turns:
    """A host of a link, a tone and words about their turns, and whether the reader may change that; `away` tells that a
    pause is set, today's or one to come."""

    user_id: int
    name: str
    tone: str
    words: str
    away: bool
    mine: bool


def turns_on(link: Link) -> dict[str, Any]:
    """What the box about turns shows of a link whose hosts take any; nothing of other links."""
    if not LINK_KINDS[link.kind].rotates:
        return {}
    now = clock.now()
    return {
        "turns": [_turns(member) for member in link.hosts],
        "today": today_of(link, now).isoformat(),
        "nobody": all_paused(link, now),
    }


def _turns(member: LinkHost) -> Turns:
    paused = is_paused(member, clock.now())
    away = paused or (member.paused_from is not None and not _is_over(member))
    words = pause_words(member) if away else _("Takes turns.")
    tone = "idle" if paused else "good"
    return Turns(
        member.user_id, member.user.name, tone, words, away, may_pause(member.link, member.user_id, me())
    )


def _is_over(member: LinkHost) -> bool:
    return member.paused_until is not None and member.paused_until < today_of(member.link, clock.now())


def pause_words(member: LinkHost) -> str:
    """A host's pause, today's or one to come, as a sentence."""
    if not is_paused(member, clock.now()) and member.paused_from is not None:
        first = full_date(member.paused_from)
        if member.paused_until is None:
            return str(_("Takes no turns from %(first)s on.", first=first))
        last = full_date(member.paused_until)
        return str(_("Takes no turns from %(first)s until %(last)s.", first=first, last=last))
    if member.paused_until is None:
        return str(_("Takes no turns at present."))
    return str(_("Takes no turns until %(date)s.", date=full_date(member.paused_until)))


@may_edit_link
def show(link: Link) -> ResponseReturnValue:
    if not LINK_KINDS[link.kind].rotates:
        abort(404)
    if request.method != "POST":
        return _page(link)
    try:
        user_id = row_number(request.form.get("host", str(me().id)))
        pause(link.slug, user_id, *_dates(link), by=me())
    except Invalid as refused:
        return _page(link, translated(next(iter(refused.errors.values()))[0])), 422
    except UnknownUser:
        return _page(link, _("Choose a host of this link.")), 422
    except ValueError:
        return _page(link, _("Write dates such as 2026-12-01.")), 422
    again = "again" in request.form
    return see_other(f"/links/{link.slug}?said={'turns' if again else 'paused'}#turns")


def _dates(link: Link) -> tuple[date | None, date | None]:
    """The first and the last date that were sent, the first being today if none was; none where turns are taken again.
    Raises ValueError for what is no date."""
    if "again" in request.form:
        return None, None
    first, last = request.form.get("from", "").strip(), request.form.get("until", "").strip()
    begins = date.fromisoformat(first) if first else today_of(link, clock.now())
    return begins, date.fromisoformat(last) if last else None


def _page(link: Link, problem: str = "") -> str:
    return render_template(
        "workspace/links/pause.html", link=link, problem=problem, typed=request.form, **turns_on(link)
    )
