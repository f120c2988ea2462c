"""A booking's history, answers and events, in the reader's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from ...models import Booking, User
from ...services import history
from ...services.event_state import STATES, states_of
from ...services.user import names_of
from ...wording import listed
from ..public.words import date_and_time

Entry = Mapping[str, Any]
Names = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Change:
    """When something was changed, in the reader's zone, by whom, and what."""

    when: str
    by: str
    what: str
    reason: str = ""


def invitee_of(booking: Booking) -> str:
    """What the invitee is called."""
    return booking.name or str(_("somebody who was forgotten"))


def history_of(booking: Booking, reader: User) -> list[Change]:
    """What became of a booking, oldest first."""
    names = names_of(_named_in(booking))
    made = Change(moment(booking.created_at, reader), invitee_of(booking), _("Booked."))
    return [made, *(_change(booking, entry, names, reader) for entry in booking.changes)]


def moment(at: datetime, reader: User) -> str:
    """A moment in the reader's zone."""
    return date_and_time(at, reader.timezone)


def _named_in(booking: Booking) -> set[int]:
    """The users whom the history names."""
    found = {entry.get(name) for entry in booking.changes for name in ("by", "from", "to")}
    found |= {user for entry in booking.changes for user in entry.get("hosts", ())}
    return {user for user in found if isinstance(user, int)}


def _change(booking: Booking, entry: Entry, names: Names, reader: User) -> Change:
    words = _WORDS.get(entry["what"], _anything)
    by = names.get(entry["by"], "") if entry["by"] is not None else invitee_of(booking)
    when = moment(datetime.fromisoformat(entry["at"]), reader)
    return Change(when, by, words(entry, names, reader), _reason(booking, entry))


def _reason(booking: Booking, entry: Entry) -> str:
    said = booking.cancel_reason if entry["what"] == history.CANCELLED else entry.get("reason", "")
    return str(said)


def _moved(entry: Entry, names: Names, reader: User) -> str:
    when = moment(datetime.fromisoformat(entry["start"]), reader)
    if "hosts" not in entry:
        return str(_("Moved from %(when)s.", when=when))
    hosts = listed(names.get(user, "") for user in entry["hosts"])
    return str(_("Moved from %(when)s; hosted by %(names)s until then.", when=when, names=hosts))


def _handed_over(entry: Entry, names: Names, _reader: User) -> str:
    known = {"former": names.get(entry["from"], ""), "taker": names.get(entry["to"], "")}
    if entry.get("declined"):
        return str(_("%(former)s declined; it went on to %(taker)s.", **known))
    return str(_("Handed over from %(former)s to %(taker)s.", **known))


def _anything(_entry: Entry, _names: Names, _reader: User) -> str:
    return str(_("Changed."))


_WORDS: dict[str, Callable[[Entry, Names, User], str]] = {
    history.MOVED: _moved,
    history.HANDED_OVER: _handed_over,
    history.CANCELLED: lambda *_rest: _("Cancelled."),
    history.NO_SHOW: lambda *_rest: _("Marked as a no-show."),
    history.CAME: lambda *_rest: _("No longer marked as a no-show."),
}


def answers_of(booking: Booking) -> list[tuple[str, str]]:
    """Each answer with its question, as the link asks it now; a question that it no longer asks, by its key (R44)."""
    labels = {question["key"]: question["label"] for question in booking.link.questions}
    return [(labels.get(key, key), _answer(answer)) for key, answer in booking.answers.items()]


def _answer(answer: Any) -> str:
    if isinstance(answer, list):
        return ", ".join(map(str, answer))
    if isinstance(answer, bool):
        return str(_("Yes") if answer else _("No"))
    return str(answer)


def events_of(booking: Booking) -> list[tuple[str, str, str]]:
    """How the meeting stands in each host's calendar: the host, a tone, a sentence."""
    return [(one.name, STATES[one.state][0], _(STATES[one.state][1])) for one in states_of(booking)]
