"""What a mail about a booking says, and the calendar text that it carries (R34, R44)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from ..config import in_force
from ..extensions import db
from ..ical.invitation import CANCEL, REQUEST, Person, cancellation, invitation
from ..mails import Mail, render, speaking
from ..models import Booking, Message, User
from ..providers.delivery.email import CalendarPart
from ..wording import listed
from .booking_readers import GUEST, HOST, INVITEE
from .meeting import answers_of, location_of, meeting_of, place_of

LONGEST_NAME, LONGEST_ANSWER = 80, 2000
_WRITERS = {REQUEST: invitation, CANCEL: cancellation}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the templates may say of a meeting. Empty texts and None are left out."""

    title: str
    start: datetime
    end: datetime
    was_start: datetime | None
    was_end: datetime | None
    hosts: str
    was_hosts: str
    place: str
    where: str
    address: str
    name: str
    email: str
    guests: str
    answers: list[tuple[str, Any]]
    reason: str
    by: str
    by_invitee: bool
    method: str

    @property
    def asks(self) -> bool:
        """Whether an invitation comes with the mail."""
        return self.method == REQUEST

    @property
    def takes_back(self) -> bool:
        """Whether the mail takes the meeting out of calendars."""
        return self.method == CANCEL


def mail_of(message: Message, booking: Booking) -> Mail:
    """The mail in its reader's language and zone: an invitee's guests are taken to share theirs."""
    known, user = message.payload, _user(message.payload)
    own, language = own_page(booking, known), user.language if user else booking.language
    with speaking(language):
        meeting = facts_of(booking, known)
    return render(
        message.kind,
        timezone=user.timezone if user else booking.timezone,
        language=language,
        meeting=meeting,
        reader=line(user.name if user else booking.name if own else ""),
        role=known["role"],
        invitee=known["role"] == INVITEE,
        guest=known["role"] == GUEST,
        host=known["role"] == HOST,
        own={"page": own, "reschedule": f"{own}/reschedule", "cancel": f"{own}/cancel"} if own else None,
        receipt=_receipt_for(user, known, booking),
        reader_id=known["user"],
        base=in_force().base_url,
    )


def facts_of(booking: Booking, known: Mapping[str, Any]) -> Facts:
    """A meeting as a mail's row knows it, lists in the language that is spoken; what an invitee typed is told to
    hosts and to themselves alone."""
    where, own = location_of(booking), known["role"] != GUEST
    address = where if where.startswith(("https://", "http://")) else ""
    return Facts(
        title=line(booking.link.title),
        start=datetime.fromisoformat(known["start"]),
        end=datetime.fromisoformat(known["end"]),
        was_start=_instant(known, "was_start"),
        was_end=_instant(known, "was_end"),
        hosts=_names(known["hosts"]),
        was_hosts=_names(known.get("was_hosts", [])),
        place=place_of(booking).label if booking.link.place.get("kind") and not address else "",
        where=line(where, 500),
        address=address,
        name=line(booking.name),
        email=booking.email,
        guests=", ".join(booking.guests),
        answers=[(line(label, 300), _answer(answer)) for label, answer in answers_of(booking)] if own else [],
        reason=line(known.get("reason", ""), LONGEST_ANSWER) if own else "",
        by=line(known.get("by", "")),
        by_invitee=known.get("by_invitee", False),
        method=known["method"],
    )


def own_page(booking: Booking, known: Mapping[str, Any]) -> str:
    """The address at which the invitee changes the booking; whoever knows it may, so nobody else is told it (R35)."""
    return f"{in_force().base_url}/booking/{booking.token}" if known["role"] == INVITEE else ""


def sender_name(known: Mapping[str, Any], booking: Booking) -> str:
    """Who a mail comes from: the host, except to hosts themselves, who hear from the site."""
    return "" if known["role"] == HOST or not booking.hosts else line(booking.hosts[0].user.name)


def reply_to(known: Mapping[str, Any], booking: Booking) -> tuple[str, str] | None:
    """Name and address that an answer goes to: the host's, and for hosts the invitee's."""
    if known["role"] == HOST:
        return line(booking.name), booking.email
    user = booking.hosts[0].user if booking.hosts else None
    return (line(user.name), user.email) if user else None


def calendar_part(known: Mapping[str, Any], booking: Booking, now: datetime) -> CalendarPart | None:
    """The invitation or cancellation, from the address that the mail is from and to the one that it goes to."""
    if not known["method"]:
        return None
    site_name, address = parseaddr(in_force().mail_from)
    own = own_page(booking, known)
    meeting = meeting_of(booking, known, own)
    organizer = Person(sender_name(known, booking) or site_name, address)
    user = _user(known)
    name = user.name if user else booking.name if own else ""
    text = _WRITERS[known["method"]](meeting, organizer, Person(name, known["to"]), now)
    return CalendarPart(known["method"], text)


def line(text: str, most: int = LONGEST_NAME) -> str:
    """A text that somebody typed, as one line without anything that cannot be seen."""
    seen = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(seen.split())[:most].strip()


def _names(names: list[str] | str) -> str:
    """Names as a sentence lists them; mails that an earlier version wrote down hold them as one text."""
    return line(names if isinstance(names, str) else listed(map(line, names)), 500)


def _answer(answer: Any) -> Any:
    if isinstance(answer, bool):
        return answer
    return line(", ".join(map(str, answer)) if isinstance(answer, list) else str(answer), LONGEST_ANSWER)


def _instant(known: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(known[name]) if known.get(name) else None


def _user(known: Mapping[str, Any]) -> User | None:
    return db.session.get(User, known["user"]) if known["user"] else None


def _receipt_for(user: User | None, known: Mapping[str, Any], booking: Booking) -> Mapping[str, Any] | None:
    """Why somebody hosts: unless they were handed the booking, which is another reason."""
    return booking.receipt if user is not None and not known.get("by") else None
