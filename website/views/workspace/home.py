"""The first page after signing in: what comes next, and what needs attention."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ... import clock
from ...services.attention import needs_of, own_links
from ...services.calendar_state import account_states
from ...services.listing import coming_for
from ...services.note import notes_for
from ..access import me, signed_in
from ..addresses import own_address
from ..public.words import zone_name
from .agenda import agenda
from .attention import attention_lines
from .rows import calendar_line


@signed_in
def index() -> ResponseReturnValue:
    user, now = me(), clock.now()
    calendars = account_states([user.id], now).get(user.id, [])
    return render_template(
        "workspace/home.html",
        days=agenda(coming_for(user, now), user),
        zone=zone_name(user.timezone, now),
        lines=attention_lines(needs_of(user, now), user, now),
        links=[(link, own_address(f"/book/{link.slug}")) for link in own_links(user) if link.active],
        notes=notes_for(user.id),
        calendars=[calendar_line(one, now, own=True) for one in calendars],
    )
