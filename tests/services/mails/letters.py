"""What arrives at people's mail programs, and how bookings come about and change whose mails are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar
from sqlalchemy import select

from tests.diary import link_diary
from tests.factories import NOW, make_link, make_user
from tests.peers.libical import complaints
from tests.peers.smtp import MailServer
from tests.services.test_booking import ask
from website.extensions import db
from website.models import Booking, BookingHost, Message, User
from website.services import message
from website.services.booking import book
from website.services.booking_mail import CHANNEL
from website.services.history import as_it_stands
from website.services.outbox import deliver_due
from website.services.transaction import in_transaction

DANA, GUS = "dana@prospect.example", "gus@guest.example"
ANA, BEN, BOSS = "ana@acme.example", "ben@acme.example", "boss@acme.example"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Letter:
    """A mail as its reader sees it; `method` and `event` are those of its calendar text, empty and None without."""

    mail: EmailMessage
    to: str
    subject: str
    text: str
    html: str
    method: str
    event: Any


def letters(post: MailServer) -> list[Letter]:
    """The mails that arrived, oldest first; each calendar text was judged."""
    return [_letter(mail, envelope) for mail, (_, envelope) in zip(post.taken, post.envelopes, strict=True)]


def _letter(mail: EmailMessage, envelope: list[str]) -> Letter:
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    method, event = "", None
    if parts:
        (part,) = parts
        raw = part.get_payload(decode=True)
        assert isinstance(raw, bytes)
        assert complaints(raw) == []
        calendar = Calendar.from_ical(raw)
        (event,) = calendar.walk("VEVENT")
        method = str(part.get_param("method"))
        assert method == calendar["METHOD"]
        assert [event["ATTENDEE"]] == [f"mailto:{address}" for address in envelope]
        assert event["ORGANIZER"] == f"mailto:{mail['From'].addresses[0].addr_spec}"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    words = text.get_content().replace("\r\n", "\n")
    return Letter(mail, str(mail["To"]), str(mail["Subject"]), words, html.get_content(), method, event)


def sent(post: MailServer, now: datetime = NOW) -> list[Letter]:
    """What arrives from now on, once the outbox delivered what is due."""
    before = len(post.taken)
    deliver_due(now)
    return letters(post)[before:]


def rows(after: int = 0) -> list[tuple[str, str, str]]:
    """(kind, address, method) of the booking mails written so far, without the first `after`, reminders apart."""
    written = select(Message).where(Message.channel == CHANNEL, Message.kind != "reminder")
    return [
        (row.kind, row.payload["to"], row.payload["method"])
        for row in list(db.session.scalars(written.order_by(Message.id)))[after:]
    ]


def host(name: str, *, receives: bool = True, diary: bool = False, **values: Any) -> User:
    """A host with a built-in calendar, or one whose provider invites (`diary`); `receives`: bookings stand there."""
    user = make_user(name, email=f"{name.lower()}@acme.example", calendar=not diary, **values)
    if diary:
        link_diary(user, NOW)
    for account in user.accounts:
        for calendar in account.calendars:
            calendar.receives_bookings = receives
    return user


def booked(
    hosts: Sequence[User], kind: str = "personal", guests: Sequence[str] = (GUS,), **link: Any
) -> Booking:
    """Dana's booking of these hosts, with a guest."""
    made = make_link(kind, hosts=hosts, **link)
    db.session.commit()
    return book(made, ask(guests=tuple(guests), nonce=made.slug), now=NOW)


def move(booking: Booking, by: User | None = None, later: timedelta = HOUR, now: datetime = NOW) -> None:
    """Somebody moves the booking; None is the invitee."""

    def work() -> None:
        before = as_it_stands(booking)
        booking.start_at, booking.end_at = booking.start_at + later, booking.end_at + later
        booking.sequence += 1
        message.moved(booking, before, by, now)

    in_transaction(work)


def hand_over(booking: Booking, *hosts: User, by: User | None, now: datetime = NOW) -> None:
    """The booking gets these hosts in place of its own."""

    def work() -> None:
        before, part = as_it_stands(booking), booking.hosts[0]
        steps = {"occupied_from": part.occupied_from, "occupied_until": part.occupied_until}
        booking.hosts = []
        db.session.flush()
        booking.hosts = [BookingHost(user=user, position=place, **steps) for place, user in enumerate(hosts)]
        booking.sequence += 1
        db.session.flush()
        message.handed_over(booking, before, by, now)

    in_transaction(work)


class MailProgram:
    """A reader's calendar, which does what invitations say (RFC 5546 §2.1.5): the newest SEQUENCE wins."""

    def __init__(self) -> None:
        self.events: dict[str, tuple[int, datetime]] = {}
        self._gone: dict[str, int] = {}

    def take(self, letter: Letter) -> None:
        if letter.event is None:
            return
        uid, sequence = str(letter.event["UID"]), int(letter.event["SEQUENCE"])
        if sequence < max(self.events.get(uid, (0,))[0], self._gone.get(uid, 0)):
            return
        if letter.method == "CANCEL":
            self.events.pop(uid, None)
            self._gone[uid] = sequence
        else:
            self.events[uid] = sequence, letter.event["DTSTART"].dt
