"""The first page after signing in: what comes next, and what needs attention."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ... import clock
from ...scheduling.pool import STANDINGS
from ...scheduling.receipt import Receipt, sentence
from ...services.availability import scene_of
from ...services.contact import NOBODY
from ...services.hosts import host_of
from ...services.listing import coming_for, links_of
from ...services.note import notes_for
from ...services.why_not import offers_nobody
from ..access import me, signed_in
from ..public.asked import local
from ..public.words import clock_time, full_date


@signed_in
def index() -> ResponseReturnValue:
    user, now = me(), clock.now()
    host = host_of(user.id, now)
    blocked = [
        link
        for link in links_of(user)
        if link.creator_id == user.id
        and offers_nobody(scene_of(link, visitor=NOBODY, duration=link.durations[0], now=now))
    ]
    coming = []
    for booking in coming_for(user, now):
        start = local(booking.start_at, user.timezone)
        when = f"{full_date(start.date())}, {clock_time(start)}"
        coming.append((booking, when, sentence(Receipt.from_json(booking.receipt))))
    standing = STANDINGS[host.standing] if host and host.standing else ""
    return render_template(
        "workspace/home.html", coming=coming, notes=notes_for(user.id), blocked=blocked, standing=standing
    )
