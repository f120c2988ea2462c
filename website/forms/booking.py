"""What an invitee fills in: the same form behind the page and the API."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from .base import Answered, SpokenForm, no_control, strip
from .fields import GuestsField, email_field, name_field
from .questions import PREFIX, Question, answer_of, question_field


class BookingForm(SpokenForm):
    """The invitee's name and addresses; `booking_form` adds the link's questions."""

    questions: Sequence[Question] = ()

    name = name_field(_l("Name"), render_kw={"autocomplete": "name"})
    email = email_field(_l("E-mail"), render_kw={"autocomplete": "email", "type": "email"})
    guests = GuestsField(_l("Guests"), description=_l("E-mail addresses, one a line."))

    def question_fields(self) -> list[Any]:
        """The fields of the link's questions, in their order."""
        return [self[PREFIX + question["key"]] for question in self.questions]

    def answers(self) -> dict[str, Any]:
        """The answers that were given, by the question's key."""
        found = {
            question["key"]: answer_of(question, self[PREFIX + question["key"]])
            for question in self.questions
        }
        return {key: answer for key, answer in found.items() if answer is not None}


def booking_form(questions: Sequence[Question], formdata: Any = None, **prefill: Any) -> BookingForm:
    """The form of a link with these questions."""
    fields = {PREFIX + question["key"]: question_field(question) for question in questions}
    made = type("LinkBookingForm", (BookingForm,), {**fields, "questions": tuple(questions)})
    form: BookingForm = made(formdata, **prefill)
    return form


class WhoForm(SpokenForm):
    """The first step of an owner-first link (R21)."""

    email = email_field(_l("Your e-mail address"), render_kw={"autocomplete": "email", "type": "email"})


class NoteForm(SpokenForm):
    """What a visitor writes from a page without times (R20)."""

    name = name_field(_l("Name"), render_kw={"autocomplete": "name"})
    email = email_field(_l("E-mail"), render_kw={"autocomplete": "email", "type": "email"})
    text = TextAreaField(
        _l("Message"),
        [
            Answered(_l("Write a message.")),
            Length(max=5000, message=_l("Keep it under 5,000 characters.")),
            no_control,
        ],
        filters=[strip],
    )


class CancelForm(SpokenForm):
    """Why a meeting is called off."""

    reason = StringField(
        _l("Reason (optional)"),
        [Length(max=500, message=_l("Keep it under 500 characters.")), no_control],
        filters=[strip],
    )
