"""The form of a booking: details of who books, filled in and sent. Whatever is refused comes back as it was typed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask import Response, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from ... import clock
from ...extensions import db
from ...forms.booking import BookingForm, WhoForm, booking_form
from ...models import Booking
from ...services.booking import book as book_slot
from ...services.booking import is_booked
from ...services.booking_request import Request
from ...services.contact import recognise
from ...services.deciding import fresh_times, with_colleague
from ...services.errors import BadRequest, ReusedKey, SlotTaken, UnknownLink
from ...services.find_link import link_by_slug
from ...services.ownership import heeds_owner
from ...tokens import BadToken, signer
from ..errors import RETRY_SECONDS
from ..languages import language_tag, translated
from ..limits import BOOKINGS, LOOKUPS, limited, may_write_to, written_to
from .about import owner_named
from .alternatives import alternatives_of
from .asked import CAMPAIGN, Asked, asked
from .booking_page import ask_who
from .bots import filled_in_unseen, in_a_hurry
from .link_page import asks_about_nobody, come_back_later, form_token, link_page, scene_for, slug_of_request
from .news import page_after
from .parameters import slot_start, slot_text
from .words import date_and_time


@limited(LOOKUPS, exempt_when=asks_about_nobody)
def details(slug: str) -> ResponseReturnValue:
    question = asked(slug)
    if question.must_say_who:
        form = WhoForm(data={"email": question.email})
        return ask_who(question, form, question.problem[0] if question.problem else 200)
    start = slot_start(request.args.get("slot", ""), question.now)
    form = booking_form(question.link.questions, name=question.name, email=question.email)
    scene = scene_for(question, question.visitor)
    fresh = fresh_times(scene, start)
    if fresh is not None:
        message, apart = _("This time is not free any more."), with_colleague(scene, fresh)
        return _details(question, form, start, 409, message, fresh, apart=apart, first=True)
    return _details(question, form, start, 200, first=True)


def _looks_up(_response: Response) -> bool:
    """On an owner-first link a form that is refused is a lookup: times shown for a typed address are an answer about
    it, and whoever sends wrong ones has it looked up all the same (R22)."""
    return bool(g.get("looks_up"))


def _looks_nobody_up() -> bool:
    """Where no owner is asked for nothing is looked up, nor for a form that has made its booking (R33)."""
    try:
        return not heeds_owner(link_by_slug(slug_of_request())) or _is_booked_already()
    except UnknownLink:
        return True


def _booked(_response: Response) -> bool:
    return bool(g.get("booked"))


def _is_booked_already() -> bool:
    """The same form again leads to its booking, however many there are (R33)."""
    try:
        link = link_by_slug(slug_of_request())
        return is_booked(signer.read_form(request.form.get("token", ""), link.id, clock.now()).nonce)
    except (BadToken, UnknownLink):
        return False


def _too_many_booked(_limit: object) -> Response | None:
    """What was typed is kept, with the form's token: it is the same form that is to be sent later."""
    slot = request.form.get("slot") or request.form.get("near")
    if not slot:
        return None
    question = asked(slug_of_request(), request.form)
    form = booking_form(question.link.questions, request.form)
    start = slot_start(slot, question.now)
    token = request.form.get("token", "")
    return _details(question, form, start, 429, come_back_later(), token=token)[0]


@limited(LOOKUPS, deduct_when=_looks_up, exempt_when=_looks_nobody_up, on_breach=_too_many_booked)
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
    if request.form.get("duration", str(question.duration)) != str(question.duration):
        message = _("This meeting has another length now. Look at it and send this again.")
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
        return _details(question, form, start, 409, message, taken.alternatives, apart=taken.with_colleague)
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
    visitor = recognise(form.email.data, question.link) if not form.email.errors else question.visitor
    scene = scene_for(question, visitor)
    fresh = fresh_times(scene, start)
    others = [start] if fresh is None else fresh
    apart = with_colleague(scene, others)
    return _details(question, form, start, 422, _("Choose a time."), others, apart=apart)


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


def _is_with_colleague(question: Asked, start: datetime) -> bool:
    """Whether the start is of the second list, so that the owner would not host (R20)."""
    if not question.link.owner_fallback_days or question.visitor.email is None:
        return False
    return bool(with_colleague(scene_for(question, question.visitor), [start]))


def _details(
    question: Asked,
    form: BookingForm,
    start: datetime,
    status: int,
    message: str = "",
    alternatives: Sequence[datetime] | None = None,
    token: str = "",
    *,
    apart: Collection[datetime] = (),
    first: bool = False,
) -> tuple[Response, int]:
    """The form about a start, or about `alternatives` to it, of which those in `apart` are with a colleague."""
    g.looks_up = (alternatives is not None or status == 422) and heeds_owner(question.link)
    colleague = alternatives is None and _is_with_colleague(question, start)
    page = link_page(
        question,
        "details",
        form=form,
        slot=slot_text(start),
        when=date_and_time(start, question.timezone),
        message=message,
        alternatives=alternatives_of(alternatives, question.timezone, apart),
        owner=None if colleague else owner_named(question),
        colleague=colleague,
        token=token or form_token(question, first=first),
    )  # fmt: skip
    return page, status
