"""The booking page: who, when, details, booked. It works with plain links and forms alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ...extensions import limiter
from ...forms.booking import BookingForm, NoteForm, WhoForm, booking_form
from ...models import Booking
from ...services.booking import book as book_slot
from ...services.booking_request import Request
from ...services.contact import recognise
from ...services.errors import BadRequest, ReusedKey, SlotTaken
from ...services.note import leave_note
from ...tokens import BadToken, signer
from ..languages import locale
from ..responses import frame_for
from .asked import CAMPAIGN, Asked, asked, local, slot_start, slot_text
from .month import owner_name, slot_grid
from .words import clock_time, full_date, zone_name

LOOKUPS = "120/minute;1000/hour"
COMMON_ZONES = (
    "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Sao_Paulo",
    "Europe/London", "Europe/Paris", "Europe/Athens", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Sydney",
)  # fmt: skip


def _looks_up() -> bool:
    """Only questions with an address are counted: they look somebody up (R22)."""
    return not (request.args.get("who") or request.args.get("email") or request.method == "POST")


@limiter.limit(LOOKUPS, exempt_when=_looks_up)
def show(slug: str) -> ResponseReturnValue:
    question = asked(slug)
    if question.visitor.email and request.args.get("email") and not request.args.get("who"):
        return redirect(_page(question.known_as(question.visitor.email), month=True), 302)
    if question.must_say_who:
        form = WhoForm(data={"email": question.email})
        return _framed(
            question, render_template("public/booking_page/who.html", form=form, **_frame(question))
        )
    grid = slot_grid(question)
    return _framed(question, render_template("public/booking_page/show.html", grid=grid, **_frame(question)))


@limiter.limit(LOOKUPS, exempt_when=_looks_up)
def slots(slug: str) -> ResponseReturnValue:
    """The part of the page that changes with the month, the day and the zone."""
    question = asked(slug)
    if question.must_say_who:
        abort(400, _("Say who you are first: this page shows the times of whoever knows you."))
    return render_template(
        "public/booking_page/_slots.html", grid=slot_grid(question), **_addresses(question)
    )


@limiter.limit(LOOKUPS)
def who(slug: str) -> ResponseReturnValue:
    """The address is taken once, and travels on in a token (R21)."""
    question = asked(slug, request.form)
    form = WhoForm(request.form)
    if not form.validate():
        page = render_template("public/booking_page/who.html", form=form, **_frame(question))
        return _framed(question, page), 422
    return redirect(_page(question.known_as(form.email.data.lower()), month=True), 303)


def details(slug: str) -> ResponseReturnValue:
    question = asked(slug)
    if question.must_say_who:
        return redirect(_page(question), 303)
    start = slot_start(request.args.get("slot", ""), question.now)
    form = booking_form(question.link.questions, name=question.name, email=question.email)
    return _details(question, form, start, 200)


def _tells_slots(response: Response) -> bool:
    """On an owner-first link a refusal shows what is offered to an address: it counts as a lookup (R22)."""
    return response.status_code == 409 and bool(g.get("owner_first"))


@limiter.limit(LOOKUPS, deduct_when=_tells_slots)
def book(slug: str) -> ResponseReturnValue:
    question = asked(slug, request.form)
    g.owner_first = question.link.owner_first
    start = slot_start(request.form.get("slot", ""), question.now)
    form = booking_form(question.link.questions, request.form)
    try:
        nonce = signer.read_form(request.form.get("token", ""), question.link.id, question.now)
    except BadToken:
        return _details(
            question, form, start, 400, _("This form has expired. Check your details and send it again.")
        )
    if not form.validate():
        return _details(question, form, start, 422)
    try:
        booking = _book(question, form, start, nonce)
    except SlotTaken as taken:
        message = _("Somebody else has just taken this time. Choose another one; what you wrote is kept.")
        return _details(question, form, start, 409, message, taken.alternatives)
    except ReusedKey:
        message = _("This form has made a booking already. Send it again to make another one.")
        return _details(question, form, start, 409, message)
    except BadRequest as refused:
        return _details(question, form, start, 422, refused.message)
    return redirect(url_for("booking.show", token=booking.token, timezone=question.timezone), 303)


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
            language=locale(),
            campaign={key: value for key, value in question.carried if key in CAMPAIGN},
            personal=question.visitor.contact_id if question.visitor.personal else None,
        ),
        now=question.now,
        allow_private=current_app.config["FIRSTHAND"].allow_private_urls,
    )


def write(slug: str) -> ResponseReturnValue:
    """A note to the owner if there is one, else to the link's creator, in the same words (R20, R22)."""
    question = asked(slug, request.form if request.method == "POST" else request.args)
    form = NoteForm(request.form, data={"name": question.name, "email": question.email})
    status, sent = 200, False
    if request.method == "POST":
        try:
            nonce = signer.read_form(request.form.get("token", ""), question.link.id, question.now)
            sent = form.validate()
            status = 200 if sent else 422
        except BadToken:
            status = 400
    if sent:
        reader = question.visitor if question.visitor.email else recognise(form.email.data)
        leave_note(
            question.link, reader, name=form.name.data, email=form.email.data, text=form.text.data,
            nonce=nonce, now=question.now,
        )  # fmt: skip
    page = render_template(
        "public/booking_page/write.html", form=form, sent=sent, expired=status == 400, token=_token(question),
        **_frame(question),
    )  # fmt: skip
    return _framed(question, page), status


def _details(
    question: Asked,
    form: BookingForm,
    start: datetime,
    status: int,
    message: str = "",
    alternatives: Sequence[datetime] | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "public/booking_page/details.html",
        form=form,
        slot=slot_text(start),
        when=_when(start, question.timezone),
        message=message,
        alternatives=None if alternatives is None else [
            (slot_text(other), _when(other, question.timezone)) for other in alternatives
        ],
        token=_token(question),
        **_frame(question),
    )  # fmt: skip
    return _framed(question, page), status


def _when(start: datetime, timezone: str) -> str:
    moment = local(start, timezone)
    return f"{full_date(moment.date())}, {clock_time(moment)}"


def _token(question: Asked) -> str:
    return signer.form(question.link.id, question.now)


def _frame(question: Asked) -> dict[str, Any]:
    """What every page of a link shows around its own part."""
    zones = dict.fromkeys((question.timezone, question.link.timezone, *COMMON_ZONES))
    return {
        "link": question.link,
        "asked": question,
        "zones": [(zone, zone_name(zone, question.now)) for zone in zones],
        "zone_label": zone_name(question.timezone, question.now),
        "owner": owner_name(question),
        **_addresses(question),
    }


def _addresses(question: Asked) -> dict[str, str]:
    here = url_for("booking_page.show", slug=question.link.slug)
    return {
        "here": here,
        "write_address": f"{here}/write?{question.query}",
        "zone_label": zone_name(question.timezone, question.now),
    }


def _page(question: Asked, *, month: bool = False) -> str:
    shown = f"&month={question.month:%Y-%m}" if month and question.month and not question.on else ""
    shown = f"&date={question.on.isoformat()}" if month and question.on else shown
    return f"{url_for('booking_page.show', slug=question.link.slug)}?{question.query}{shown}"


def _framed(question: Asked, page: str) -> Response:
    return frame_for(page, question.link.embed_origins)
