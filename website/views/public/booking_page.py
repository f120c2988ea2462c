"""The booking page: who, and when. It works with plain links and forms alone."""

from flask import Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ...forms.booking import WhoForm
from ..limits import LOOKUPS, limited
from ..responses import in_history, revalidated
from .asked import Asked, asked
from .bots import filled_in_unseen
from .link_page import (
    around_grid,
    asks_about_nobody,
    come_back_later,
    link_page,
    scene_for,
    slug_of_request,
    times_address,
)
from .month import slot_grid


@limited(LOOKUPS, exempt_when=asks_about_nobody)
def show(slug: str) -> ResponseReturnValue:
    question = asked(slug)
    if (request.args.get("email") or request.args.get("name")) and not question.visitor.personal:
        return redirect(times_address(question.known_as(question.email)), 302)
    status = question.problem[0] if question.problem else 200
    if question.must_say_who:
        return ask_who(question, WhoForm(data={"email": question.email}), status)
    grid = slot_grid(question, scene_for(question, question.visitor))
    page = link_page(question, "show", grid=grid)
    return (page, status) if question.problem else revalidated(page)


@limited(LOOKUPS, exempt_when=asks_about_nobody)
def slots(slug: str) -> ResponseReturnValue:
    """The part of the page that changes with the month, the day and the zone."""
    question = asked(slug)
    if question.problem:
        abort(*question.problem)
    if question.must_say_who:
        abort(400, _("Say who you are first: this page shows the times of whoever knows you."))
    grid = slot_grid(question, scene_for(question, question.visitor))
    part = render_template("public/booking_page/_slots.html", grid=grid, **around_grid(question))
    return revalidated(in_history(part))


def _too_many_asked(_limit: object) -> Response:
    """The address that was typed is kept."""
    question = asked(slug_of_request(), request.form)
    return ask_who(question, WhoForm(request.form), 429, come_back_later())[0]


@limited(LOOKUPS, on_breach=_too_many_asked)
def who(slug: str) -> ResponseReturnValue:
    """The address is taken once, and travels on in a token (R21)."""
    question = asked(slug, request.form)
    form = WhoForm(request.form)
    trapped = filled_in_unseen()
    if not form.validate() or trapped:
        return ask_who(question, form, 422, trapped)
    return redirect(times_address(question.known_as(form.email.data)), 303)


def ask_who(question: Asked, form: WhoForm, status: int, message: str = "") -> tuple[Response, int]:
    """The page that asks for the address, with what is wrong."""
    return link_page(question, "who", form=form, message=message), status
