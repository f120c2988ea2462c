"""Links: listed, shown, explained, switched off (R40, R43)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...models import Link
from ...scheduling.kinds import LINK_KINDS
from ...services.link import set_active
from ...services.listing import links_of
from ...services.why_not import HostAnswer, explain
from ...tokens import MOST_PERSONAL_DAYS, PERSONAL_DAYS
from ..access import may_edit_link, me, signed_in
from .pause import turns_on
from .sharing import codes_of, link_address, site_address

YEARS_AHEAD = 5


@signed_in
def index() -> ResponseReturnValue:
    return render_template(
        "workspace/links/index.html", links=links_of(me()), kinds=LINK_KINDS, base=site_address()
    )


@signed_in
def choose_kind() -> ResponseReturnValue:
    return render_template("workspace/links/new.html", kinds=LINK_KINDS)


@may_edit_link
def show(link: Link) -> ResponseReturnValue:
    answers, problem = _why_not(link)
    return render_template(
        "workspace/links/show.html",
        link=link,
        kind=LINK_KINDS[link.kind],
        address=link_address(link),
        site=site_address(),
        codes=codes_of(link),
        answers=answers,
        problem=problem,
        usual_days=PERSONAL_DAYS,
        most_days=MOST_PERSONAL_DAYS,
        asked=request.args,
        zone=me().timezone,
        **turns_on(link),
    )


def _why_not(link: Link) -> tuple[list[HostAnswer] | None, str]:
    """The answer to the *why not?* form, if it was sent; the instant is in the reader's zone."""
    if "at" not in request.args:
        return None, ""
    try:
        at = datetime.fromisoformat(request.args["at"])
        duration = int(request.args.get("duration") or link.durations[0])
        if not 0 <= at.year - clock.now().year <= YEARS_AHEAD or duration not in link.durations:
            raise ValueError
    except ValueError:
        return None, _("Choose a date and a time, and one of the link's durations.")
    at = (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(me().timezone))).astimezone(UTC)
    email = request.args.get("email", "").strip()[:254] or None
    return explain(link, start_at=at, duration=duration, email=email, now=clock.now()), ""


@may_edit_link
def active(link: Link) -> ResponseReturnValue:
    if request.method != "POST":
        return render_template("workspace/links/active.html", link=link)
    set_active(link.slug, request.form.get("on") == "yes", by=me())
    return redirect(f"/links/{link.slug}?said={'on' if link.active else 'off'}", 303)
