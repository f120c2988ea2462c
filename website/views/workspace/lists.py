"""Bookings, contacts and the team, as lists."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from ... import clock
from ...scheduling.pool import STANDINGS
from ...scheduling.receipt import Receipt, sentence
from ...services.hosts import hosts_of
from ...services.listing import A_PAGE, bookings_of, contacts_like
from ...services.user import active_users
from ..access import me, signed_in
from ..public.asked import local
from ..public.words import clock_time, full_date

STATES = ("coming", "past", "cancelled")


@signed_in
def bookings() -> ResponseReturnValue:
    state = request.args.get("state", "coming")
    if state not in STATES:
        abort(404)
    user, rows = me(), []
    for booking in bookings_of(user, state, clock.now()):
        start = local(booking.start_at, user.timezone)
        when = f"{full_date(start.date())}, {clock_time(start)}"
        rows.append((booking, when, sentence(Receipt.from_json(booking.receipt))))
    return render_template("workspace/bookings.html", state=state, rows=rows)


@signed_in
def contacts() -> ResponseReturnValue:
    words = request.args.get("q", "")[:100]
    page = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    rows, count = contacts_like(words, page)
    return render_template(
        "workspace/contacts.html", rows=rows, count=count, words=words, page=page, pages=-(-count // A_PAGE)
    )


@signed_in
def team() -> ResponseReturnValue:
    users = active_users()
    standing = {
        host.id: STANDINGS.get(host.standing or "", "")
        for host in hosts_of([user.id for user in users], clock.now())
    }
    return render_template("workspace/team.html", users=users, standing=standing)
