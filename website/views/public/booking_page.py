"""The booking page: who, when, details, booked. It works with plain links and forms alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import SQLAlchemyError

from ... import clock
from ...extensions import db
from ...forms.booking import BookingForm, NoteForm, WhoForm, booking_form
from ...models import Booking
from ...services.availability import Scene, scene_of
from ...services.booking import book as book_slot
from ...services.booking import is_booked
from ...services.booking_request import Request
from ...services.contact import Visitor, recognise
from ...services.deciding import fresh_times
from ...services.errors import BadRequest, ReusedKey, SlotTaken, UnknownLink
from ...services.find_link import link_by_slug
from ...services.note import leave_note
from ...tokens import BadToken, signer
from ..errors import RETRY_SECONDS
from ..headers import frame_for
from ..languages import language_tag, translated
from ..limits import BOOKINGS, LOOKUPS, NOTES, limited, may_write_to, minutes_to_wait, written_to
from ..responses import revalidated
from .asked import CAMPAIGN, Asked, asked, slot_start, slot_text
from .bots import filled_in_unseen, in_a_hurry
from .month import owner_name, slot_grid
from .news import page_after
from .words import date_and_time, zone_name
from .zones import zones_to_choose


def _asks_about_nobody() -> bool:
    """Only questions with an address are counted: they look somebody up (R22)."""
    return not (request.args.get("who") or request.args.get("email"))


def _tells_slots(_response: Response) -> bool:
    """On an owner-first link, times shown for a typed address are an answer about it: a lookup (R22)."""
    return bool(g.get("tells_slots"))


@limited(LOOKUPS, exempt_when=_asks_about_nobody)
def show(slug: str) -> ResponseReturnValue:
    question = asked(slug)
    if (request.args.get("email") or request.args.get("name")) and not question.visitor.personal:
        return redirect(_page(question.known_as(question.email), month=True), 302)
    status = question.problem[0] if question.problem else 200
    if question.must_say_who:
        return _who(question, WhoForm(data={"email": question.email}), status)
    grid = slot_grid(question, _scene(question, question.visitor))
    page = _framed(question, render_template("public/booking_page/show.html", grid=grid, **_frame(question)))
    return (page, status) if question.problem else revalidated(page)


@limited(LOOKUPS, exempt_when=_asks_about_nobody)
def slots(slug: str) -> ResponseReturnValue:
    """The part of the page that changes with the month, the day and the zone."""
    question = asked(slug)
    if question.problem:
        abort(*question.problem)
    if question.must_say_who:
        abort(400, _("Say who you are first: this page shows the times of whoever knows you."))
    grid = slot_grid(question, _scene(question, question.visitor))
    part = render_template("public/booking_page/_slots.html", grid=grid, **_addresses(question))
    return revalidated(make_response(part))


def _too_many_asked(_limit: object) -> Response:
    """The address that was typed is kept."""
    question = asked(_slug(), request.form)
    page, _status = _who(question, WhoForm(request.form), 429, _come_back_later())
    return page


@limited(LOOKUPS, on_breach=_too_many_asked)
def who(slug: str) -> ResponseReturnValue:
    """The address is taken once, and travels on in a token (R21)."""
    question = asked(slug, request.form)
    form = WhoForm(request.form)
    trapped = filled_in_unseen()
    if not form.validate() or trapped:
        return _who(question, form, 422, trapped)
    return redirect(_page(question.known_as(form.email.data.lower()), month=True), 303)


def _who(question: Asked, form: WhoForm, status: int, message: str = "") -> tuple[Response, int]:
    page = render_template("public/booking_page/who.html", form=form, message=message, **_frame(question))
    return _framed(question, page), status


@limited(LOOKUPS, exempt_when=_asks_about_nobody)
def details(slug: str) -> ResponseReturnValue:
    question = asked(slug)
    if question.must_say_who:
        form = WhoForm(data={"email": question.email})
        return _who(question, form, question.problem[0] if question.problem else 200)
    start = slot_start(request.args.get("slot", ""), question.now)
    form = booking_form(question.link.questions, name=question.name, email=question.email)
    fresh = fresh_times(_scene(question, question.visitor), start)
    if fresh is not None:
        return _details(question, form, start, 409, _("This time is not free any more."), fresh, first=True)
    return _details(question, form, start, 200, first=True)


def _booked(_response: Response) -> bool:
    return bool(g.get("booked"))


def _is_booked_already() -> bool:
    """The same form again leads to its booking, however many there are (R33)."""
    try:
        link = link_by_slug(_slug())
        return is_booked(signer.read_form(request.form.get("token", ""), link.id, clock.now()).nonce)
    except (BadToken, UnknownLink):
        return False


def _too_many_booked(_limit: object) -> Response | None:
    """What was typed is kept, with the form's token: it is the same form that is to be sent later."""
    if not request.form.get("slot"):
        return None
    question = asked(_slug(), request.form)
    form = booking_form(question.link.questions, request.form)
    start = slot_start(request.form["slot"], question.now)
    token = request.form.get("token", "")
    page, _status = _details(question, form, start, 429, _come_back_later(), token=token)
    return page


def _come_back_later() -> str:
    minutes = minutes_to_wait()
    return str(
        ngettext(
            "Too much is asked of this page. Send this again in %(num)s minute: what you wrote is kept.",
            "Too much is asked of this page. Send this again in %(num)s minutes: what you wrote is kept.",
            minutes,
        )
    )


def _slug() -> str:
    return str((request.view_args or {})["slug"])


@limited(LOOKUPS, deduct_when=_tells_slots, on_breach=_too_many_booked)
@limited(BOOKINGS, deduct_when=_booked, exempt_when=_is_booked_already, on_breach=_too_many_booked)
def book(slug: str) -> ResponseReturnValue:
    question = asked(slug, request.form)
    form = booking_form(question.link.questions, request.form)
    if not request.form.get("slot"):
        return _choose_a_time(question, form)
    start = slot_start(request.form["slot"], question.now)
    try:
        shown = signer.read_form(request.form.get("token", ""), question.link.id, question.now)
    except BadToken:
        message = _("This form has expired. Check your details and send it again.")
        return _details(question, form, start, 400, message)
    trapped = filled_in_unseen() or in_a_hurry(shown.shown_at, question.now)
    if not form.validate() or trapped:
        return _details(question, form, start, 422, trapped)
    return _booking_made(question, form, start, shown.nonce)


def _booking_made(question: Asked, form: BookingForm, start: datetime, nonce: str) -> ResponseReturnValue:
    """The way to the booking, or the form again with why there is none."""
    told = (form.email.data, *form.guests.addresses)
    try:
        again = is_booked(nonce)
        if not again and not may_write_to(told):
            return _details(question, form, start, 429, _too_many_mails())
        booking = _book(question, form, start, nonce)
    except SlotTaken as taken:
        message = _("Somebody else has just taken this time. Choose another one; what you wrote is kept.")
        return _details(question, form, start, 409, message, taken.alternatives)
    except ReusedKey:
        message = _("This form has made a booking already. Send it again to make another one.")
        return _details(question, form, start, 409, message)
    except BadRequest as refused:
        return _details(question, form, start, 422, translated(refused.message))
    except SQLAlchemyError:
        return _not_confirmed(question, form, start)
    if not again:
        g.booked = True
        written_to(told)
    return redirect(page_after(booking, "booked"), 303)


def _too_many_mails() -> str:
    return str(
        _(
            "Too many meetings were booked today for an address that you wrote. Try again tomorrow, or write to us."
        )
    )


def _not_confirmed(question: Asked, form: BookingForm, start: datetime) -> ResponseReturnValue:
    """The database failed: what was typed is kept. So is the form's token: should the booking have been stored all
    the same, the same form sent again leads to it (R33)."""
    db.session.rollback()
    current_app.logger.exception("a booking was not confirmed")
    message = _("Your booking is not confirmed yet. Send this again in a moment: what you wrote is kept.")
    page, status = _details(question, form, start, 503, message, token=request.form["token"])
    page.headers["Retry-After"] = str(RETRY_SECONDS)
    return page, status


def _choose_a_time(question: Asked, form: BookingForm) -> ResponseReturnValue:
    """The form came without a time: what was typed is kept, and times are shown to choose from (R27)."""
    form.validate()
    near = request.form.get("near", "")
    start = slot_start(near, question.now) if near else question.now
    visitor = recognise(form.email.data) if not form.email.errors else question.visitor
    fresh = fresh_times(_scene(question, visitor), start)
    return _details(question, form, start, 422, _("Choose a time."), [start] if fresh is None else fresh)


def _scene(question: Asked, visitor: Visitor) -> Scene:
    return scene_of(question.link, visitor=visitor, duration=question.duration, now=question.now)


def _book(question: Asked, form: BookingForm, start: datetime, nonce: str) -> Booking:
    return book_slot(
        question.link,
        Request(
            start_at=start,
            duration=question.duration,
            timezone=question.timezone,
            name=form.name.data,
            email=form.email.data,
            nonce=nonce,
            guests=form.guests.addresses,
            answers=form.answers(),
            language=language_tag(),
            campaign={key: value for key, value in question.carried if key in CAMPAIGN},
            personal=question.visitor.contact_id if question.visitor.personal else None,
        ),
        now=question.now,
    )


def _too_many_notes(_limit: object) -> Response:
    """What was typed is kept."""
    question = asked(_slug(), request.form, closed=True)
    token = request.form.get("token", "")
    page, _status = _write(question, NoteForm(request.form), 429, _come_back_later(), token=token)
    return page


@limited(NOTES, methods=["POST"], on_breach=_too_many_notes)
def write(slug: str) -> ResponseReturnValue:
    """A note to the owner if there is one, else to the link's creator, in the same words (R20, R22). It works where
    the link is closed: whoever has a booking may have something to say about it."""
    question = asked(slug, request.form if request.method == "POST" else request.args, closed=True)
    form = NoteForm(request.form, data={"name": question.name, "email": question.email})
    if request.method != "POST":
        return _write(question, form, 200, token=_token(question, first=True))
    try:
        shown = signer.read_form(request.form.get("token", ""), question.link.id, question.now)
    except BadToken:
        message = _("This form has expired. Check your details and send it again.")
        return _write(question, form, 400, message)
    trapped = filled_in_unseen() or in_a_hurry(shown.shown_at, question.now)
    if not form.validate() or trapped:
        return _write(question, form, 422, trapped)
    reader = question.visitor if question.visitor.email else recognise(form.email.data)
    leave_note(
        question.link, reader, name=form.name.data, email=form.email.data, text=form.text.data,
        nonce=shown.nonce, now=question.now,
    )  # fmt: skip
    return _write(question, form, 200, sent=True)


def _write(
    question: Asked, form: NoteForm, status: int, message: str = "", *, sent: bool = False, token: str = ""
) -> tuple[Response, int]:
    page = render_template(
        "public/booking_page/write.html", form=form, sent=sent, message=message,
        token=token or _token(question), **_frame(question),
    )  # fmt: skip
    return _framed(question, page), status


def _details(
    question: Asked,
    form: BookingForm,
    start: datetime,
    status: int,
    message: str = "",
    alternatives: Sequence[datetime] | None = None,
    token: str = "",
    *,
    first: bool = False,
) -> tuple[Response, int]:
    g.tells_slots = alternatives is not None and question.link.owner_first
    page = render_template(
        "public/booking_page/details.html",
        form=form,
        slot=slot_text(start),
        when=date_and_time(start, question.timezone),
        message=message,
        alternatives=None if alternatives is None else [
            (slot_text(other), date_and_time(other, question.timezone)) for other in alternatives
        ],
        token=token or _token(question, first=first),
        **_frame(question),
    )  # fmt: skip
    return _framed(question, page), status


def _token(question: Asked, *, first: bool = False) -> str:
    return signer.form(question.link.id, question.now, first=first)


def _frame(question: Asked) -> dict[str, Any]:
    """What every page of a link shows around its own part."""
    return {
        "link": question.link,
        "asked": question,
        "zones": zones_to_choose(question),
        "owner": owner_name(question),
        **_addresses(question),
    }


def _addresses(question: Asked) -> dict[str, str]:
    here = url_for("booking_page.show", slug=question.link.slug)
    return {
        "here": here,
        "choose": f"{here}/details",
        "write_address": f"{here}/write?{question.query}",
        "zone_label": zone_name(question.timezone, question.now),
    }


def _page(question: Asked, *, month: bool = False) -> str:
    shown = f"&month={question.month:%Y-%m}" if month and question.month and not question.on else ""
    shown = f"&date={question.on.isoformat()}" if month and question.on else shown
    return f"{url_for('booking_page.show', slug=question.link.slug)}?{question.query}{shown}"


def _framed(question: Asked, page: str) -> Response:
    return frame_for(page, question.link.embed_origins, colour=question.link.colour)
