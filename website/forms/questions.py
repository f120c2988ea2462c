"""A link's questions as form fields (R44). A new kind of question is a row here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms import RadioField as AnyRadioField
from wtforms.validators import Length, NumberRange, Optional, Regexp

from .base import Answered, no_control, one_line, strip

Question = Mapping[str, Any]
PREFIX = "answer_"


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """How a kind of question is called, asked, and how its answer reads as text."""

    label: Any
    field: Callable[[Question, list[Any]], Any]
    answer: Callable[[Any], Any] = str
    has_choices: bool = False


def _short(question: Question, checks: list[Any]) -> Any:
    return StringField(question["label"], [*checks, Length(max=500), one_line], filters=[strip])


def _long(question: Question, checks: list[Any]) -> Any:
    return TextAreaField(question["label"], [*checks, Length(max=5000), no_control], filters=[strip])


def _phone(question: Question, checks: list[Any]) -> Any:
    digits = Regexp(
        r"^[+\d][\d\s().\-/]{3,30}$", message=_l("Write a phone number such as +33 1 23 45 67 89.")
    )
    return TelField(question["label"], [*checks, digits], filters=[strip])


class _FiniteField(DecimalField):
    """A decimal number; "NaN" is none, and could not even be compared with the limits."""

    data: Decimal | None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and not self.data.is_finite():
            self.data = None
            raise ValueError(_l("Write a number."))


def _number(question: Question, checks: list[Any]) -> Any:
    sane = NumberRange(-(10**12), 10**12, message=_l("Write a smaller number."))
    return _FiniteField(question["label"], [*checks, sane])


class RadioField(AnyRadioField):
    """One of the choices; no answer is no wrong answer, and left to the checks."""

    def pre_validate(self, form: Any) -> None:
        if self.data is not None:
            super().pre_validate(form)


def _choice(question: Question, checks: list[Any]) -> Any:
    pairs = [(choice, choice) for choice in question["choices"]]
    return RadioField(question["label"], checks, choices=pairs)


def _choices(question: Question, checks: list[Any]) -> Any:
    return SelectMultipleField(question["label"], checks, choices=[(one, one) for one in question["choices"]])


def _checkbox(question: Question, checks: list[Any]) -> Any:
    return BooleanField(question["label"], checks, false_values=(False, "false", "no", "0", ""))


def _as_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


QUESTION_KINDS: dict[str, QuestionKind] = {
    "short_text": QuestionKind(_l("Short text"), _short),
    "long_text": QuestionKind(_l("Long text"), _long),
    "choice": QuestionKind(_l("One choice"), _choice, has_choices=True),
    "choices": QuestionKind(_l("Several choices"), _choices, answer=list, has_choices=True),
    "number": QuestionKind(_l("Number"), _number, answer=_as_number),
    "phone": QuestionKind(_l("Phone"), _phone),
    "checkbox": QuestionKind(_l("Checkbox"), _checkbox, answer=bool),
    "consent": QuestionKind(_l("Consent"), _checkbox, answer=bool),
}


def question_field(question: Question) -> Any:
    """The unbound field that asks a question."""
    checks: list[Any] = [Optional()]
    if question.get("required"):
        checks = [Answered(_l("Please answer this."))]
    return QUESTION_KINDS[question["kind"]].field(question, checks)


def answer_of(question: Question, field: Field) -> Any:
    """The answer as it is stored: text, number, truth value or list; None when there is none."""
    if field.data is None or field.data == "" or field.data == []:
        return None
    return QUESTION_KINDS[question["kind"]].answer(field.data)
