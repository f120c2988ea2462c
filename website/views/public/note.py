"""A note from a visitor for whom no time suits (R20, R22)."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ...forms.booking import NoteForm
from ...services.contact import recognise
from ...services.note import leave_note
from ...tokens import BadToken, signer
from ..limits import LOOKUPS, NOTES, limited
from .asked import Asked, asked
from .bots import filled_in_unseen, in_a_hurry
from .link_page import asks_about_nobody, come_back_later, form_token, link_page, slug_of_request


def _too_many_notes(_limit: object) -> Response:
    """What was typed is kept."""
    question = asked(slug_of_request(), request.form, closed=True)
    token = request.form.get("token", "")
    return _write(question, NoteForm(request.form), 429, come_back_later(), token=token)[0]


@limited(LOOKUPS, exempt_when=asks_about_nobody)
@limited(NOTES, methods=["POST"], on_breach=_too_many_notes)
def write(slug: str) -> ResponseReturnValue:
    """A note to the owner if there is one, else to the link's creator, in the same words (R20, R22). It works where
    the link is closed: whoever has a booking may have something to say about it."""
    question = asked(slug, request.form if request.method == "POST" else request.args, closed=True)
    form = NoteForm(request.form, data={"name": question.name, "email": question.email})
    if request.method != "POST":
        return _write(question, form, 200, token=form_token(question, first=True))
    try:
        shown = signer.read_form(request.form.get("token", ""), question.link.id, question.now)
    except BadToken:
        message = _("This form has expired. Check your details and send it again.")
        return _write(question, form, 400, message)
    trapped = filled_in_unseen() or in_a_hurry(shown.shown_at, question.now)
    if not form.validate() or trapped:
        return _write(question, form, 422, trapped)
    reader = question.visitor if question.visitor.email else recognise(form.email.data, question.link)
    leave_note(
        question.link, reader, name=form.name.data, email=form.email.data, text=form.text.data,
        nonce=shown.nonce, now=question.now,
    )  # fmt: skip
    return _write(question, form, 200, sent=True)


def _write(
    question: Asked, form: NoteForm, status: int, message: str = "", *, sent: bool = False, token: str = ""
) -> tuple[Response, int]:
    token = token or form_token(question)
    return link_page(question, "write", form=form, sent=sent, message=message, token=token), status
