"""Somebody leaves: what is theirs is shown, and goes to others before they go (R42)."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...models import Booking, Link, User
from ...scheduling.kinds import LINK_KINDS
from ...services.decline import can_decline
from ...services.errors import CannotLeave, Invalid, Refused, UnknownUser
from ...services.handover import Candidate, candidates
from ...services.hosts import hosts_of
from ...services.leaving import CANCEL, FREE, OFF, Choices, leave
from ...services.staying import Stays, what_stays
from ...services.user import active_users, user_by_id
from ..access import admin_only, me
from ..numbers import row_number
from ..responses import see_other
from .refusals import refusal
from .rows import times_for

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that stays: how its field is called, what it is, what can become of it, and what was chosen."""

    name: str
    title: str
    about: str
    options: list[Option]
    chosen: str
    problem: str = ""


@admin_only
def show(user_id: int) -> ResponseReturnValue:
    user = user_by_id(user_id) or abort(404)
    stays = what_stays(user, clock.now())
    if request.method != "POST":
        return _page(user, stays)
    try:
        leave(user.id, _choices(stays), by=me(), now=clock.now())
    except CannotLeave as refused:
        problem = _("Not everything could go where you chose. Nothing was changed yet.")
        now_stays = what_stays(user, clock.now())
        return _page(user, now_stays, problem, refused.bookings, refused.links), 409
    except Invalid as refused:
        return _page(
            user, stays, " ".join(_(text) for texts in refused.errors.values() for text in texts)
        ), 422
    except UnknownUser:
        return _page(user, stays, _("Choose somebody who is active as the new owner of the links.")), 422
    return see_other("/team?said=left")


def _choices(stays: Stays) -> Choices:
    return Choices(
        {booking.id: _choice(f"booking-{booking.id}", FREE, CANCEL) for booking in stays.bookings},
        {link.id: _choice(f"link-{link.id}", OFF) for link in stays.alone},
        _user_sent("creator"),
    )


def _choice(name: str, *words: str) -> int | str:
    sent = request.form.get(name, "")
    return sent if sent in words else _user_sent(name) or ""


def _user_sent(name: str) -> int | None:
    try:
        return row_number(request.form.get(name, ""))
    except ValueError:
        return None


def _page(
    user: User,
    stays: Stays,
    problem: str = "",
    bookings: Mapping[int, Refused] | None = None,
    links: Mapping[int, Refused] | None = None,
) -> str:
    hosts = [
        host for host in hosts_of([one.id for one in active_users()], clock.now()) if host.standing is None
    ]
    takers = [(str(host.id), host.name) for host in hosts if host.id != user.id]
    return render_template(
        "workspace/leave.html",
        user=user,
        stays=stays,
        problem=problem,
        bookings=[_booking(one, user, (bookings or {}).get(one.id)) for one in stays.bookings],
        links=[_link(one, takers, (links or {}).get(one.id)) for one in stays.alone],
        creators=[one for one in active_users() if one.id != user.id],
        creator=_user_sent("creator") or me().id,
    )


def _booking(booking: Booking, user: User, refused: Refused | None) -> Question:
    able = [one for one in candidates(booking, clock.now(), user.id) if one.able]
    rotates = can_decline(booking)
    return _question(
        f"booking-{booking.id}",
        f"{booking.link.title}: {booking.name}",
        times_for(booking.start_at, booking.end_at, me()),
        [
            *([(FREE, _("Whoever of the link is free, by its rotation"))] if rotates else []),
            *((str(one.user_id), _name(one)) for one in able),
            (CANCEL, _("Cancel the meeting")),
        ],
        FREE if rotates and any(one.on_link for one in able) else "",
        refused,
    )


def _name(one: Candidate) -> str:
    return one.name if one.on_link else str(_("%(name)s, not a host of this link", name=one.name))


def _link(link: Link, takers: list[Option], refused: Refused | None) -> Question:
    kind = _(LINK_KINDS[link.kind].label)
    options = [
        (OFF, _("Switch it off")),
        *((key, _("Give it to %(name)s", name=name)) for key, name in takers),
    ]
    return _question(f"link-{link.id}", link.title, kind, options, OFF, refused)


def _question(
    name: str, title: str, about: str, options: list[Option], usual: str, refused: Refused | None
) -> Question:
    problem = refusal(refused) if refused else ""
    return Question(name, title, about, options, request.form.get(name, usual), problem)
