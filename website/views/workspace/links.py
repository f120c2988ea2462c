"""Links: listed, shown, explained, switched off (R40, R43)."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from ... import clock
from ...models import Link
from ...scheduling.kinds import LINK_KINDS
from ...services.group_cost import cost_of
from ...services.link import set_active
from ...services.listing import links_of
from ...tokens import MOST_PERSONAL_DAYS, PERSONAL_DAYS
from ..access import may_edit_link, me, signed_in
from ..public.words import zone_name
from .group_cost import cost_page
from .pause import turns_on
from .sharing import codes_of, link_address, site_address


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
    now = clock.now()
    cost = cost_of(link, duration=link.durations[0], now=now)
    return render_template(
        "workspace/links/show.html",
        link=link,
        kind=LINK_KINDS[link.kind],
        address=link_address(link),
        site=site_address(),
        codes=codes_of(link),
        cost=cost_page(cost, me()) if cost else None,
        usual_days=PERSONAL_DAYS,
        most_days=MOST_PERSONAL_DAYS,
        asked=request.args,
        zone=zone_name(me().timezone, now),
        **turns_on(link),
    )


@may_edit_link
def active(link: Link) -> ResponseReturnValue:
    if request.method != "POST":
        return render_template("workspace/links/active.html", link=link)
    set_active(link.slug, request.form.get("on") == "yes", by=me())
    return redirect(f"/links/{link.slug}?said={'on' if link.active else 'off'}", 303)
