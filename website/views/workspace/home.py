"""The first page after signing in: what comes next, and what needs attention."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ... import clock
from ...services.calendar_state import account_states
from ...services.hosts import host_of
from ...services.listing import coming_for
from ...services.note import notes_for
from ...services.outbox_listing import failed_count
from ...services.why_not import links_without_times
from ..access import me, signed_in
from .rows import booking_rows, calendar_line
from .standings import NO_WORDS, standing_words


@signed_in
def index() -> ResponseReturnValue:
    user, now = me(), clock.now()
    host = host_of(user.id, now)
    calendars = account_states([user.id], now).get(user.id, [])
    return render_template(
        "workspace/home.html",
        rows=booking_rows(coming_for(user, now), user),
        notes=notes_for(user.id),
        blocked=links_without_times(user, now),
        undelivered=failed_count() if user.is_admin else 0,
        standing=standing_words(host) if host else NO_WORDS,
        calendars=[calendar_line(one, now, own=True) for one in calendars],
    )
