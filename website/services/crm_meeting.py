"""The meetings of bookings in the CRM: what a message of the outbox says is made true there (R25, R32)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from ..config import in_force
from ..extensions import db
from ..models import Booking, Contact, CrmOwner, Message
from ..models.message import DROPPED, FAILED, WAITING
from ..providers.crm import linked_crm
from ..providers.crm.base import CrmProvider
from ..providers.crm.errors import CrmMissing, CrmRefused
from ..providers.crm.records import CANCELLED, COMPLETED, NO_SHOW, SCHEDULED, CrmMeeting, Person, Written
from ..sentences import gettext_noop
from .booking_mail import OVERTAKEN
from .effect import Effect, Unwanted
from .meeting import lines_of, location_of, title_of

CHANNEL = "crm"
# Told at once, and once more when the meeting is over.
TOLD, OVER = "crm_meeting", "crm_over"
DEADLINE_SECONDS = 30.0
DELETED = gettext_noop("The meeting was deleted in the CRM.")
FORGOTTEN = gettext_noop("The person was forgotten.")


def tell(booking: Booking, now: datetime, *, new: bool = False) -> None:
    """Has the CRM say what the booking says, now, and when it is over. `new`: the contact may get an owner there.
    Inside a transaction; nothing is written where no CRM is linked."""
    if linked_crm() is None:
        return
    _drop_planned(booking, now)
    _add(booking, TOLD, now, now, {"new": new})
    if booking.confirmed and booking.end_at > now:
        # The last one of its lane, which holds up nothing until it is due.
        _add(booking, OVER, booking.end_at, now, {})


def wake(now: datetime) -> None:
    """Tries again what the CRM refused the token: it works, or lacks less, now. Inside a transaction."""
    refused = Message.error.startswith(f"{CrmRefused.__name__}:")
    failed = select(Message).where(Message.state == FAILED, Message.channel == CHANNEL, refused)
    for message in db.session.scalars(failed):
        message.state, message.due_at, message.attempts = WAITING, now, 0


def _add(booking: Booking, kind: str, due: datetime, now: datetime, payload: dict[str, bool]) -> None:
    lane = f"{CHANNEL}:{booking.uid}"
    before = db.session.scalar(select(func.count()).where(Message.lane == lane))
    db.session.add(
        Message(
            key=f"{kind}:{booking.uid}:{before}",
            lane=lane,
            booking=booking,
            channel=CHANNEL,
            kind=kind,
            payload=payload,
            due_at=due,
            created_at=now,
        )
    )


def _drop_planned(booking: Booking, now: datetime) -> None:
    waiting = (Message.booking_id == booking.id, Message.kind == OVER, Message.state == WAITING)
    for message in db.session.scalars(select(Message).where(*waiting)):
        message.state, message.error, message.done_at = DROPPED, OVERTAKEN, now


def prepare(message: Message, now: datetime) -> Effect:
    """The effect of a message, which itself reads no row of ours. Raises CrmRefused where no CRM is linked any more,
    Unwanted for a person who was forgotten."""
    crm, booking = linked_crm(), message.booking
    if crm is None:
        raise CrmRefused("No CRM is linked any more.")
    if booking is None or booking.contact.forgotten_at is not None:
        raise Unwanted(FORGOTTEN)
    person = Person(booking.email, booking.name, _new_owner(crm, message, booking))
    meeting = _meeting(crm, booking, now)
    return Effect(lambda: _write(crm, person, meeting), keep=_keeping(booking.id))


def _write(crm: CrmProvider, person: Person, meeting: CrmMeeting) -> Written:
    """Whoever deleted the meeting there wants it there no more."""
    try:
        return crm.write_meeting(person, meeting, DEADLINE_SECONDS)
    except CrmMissing as error:
        raise Unwanted(DELETED) from error


def _keeping(booking_id: int) -> Callable[[Written], None]:
    def keep(written: Written) -> None:
        booking = db.session.get_one(Booking, booking_id)
        booking.crm_id = written.meeting_id
        contact = db.session.get(Contact, booking.contact_id)
        if contact is not None and contact.forgotten_at is None and written.contact_id:
            contact.crm_id = written.contact_id

    return keep


def _new_owner(crm: CrmProvider, message: Message, booking: Booking) -> str:
    """Who becomes owner there of a contact without one: who owns it here, once booked, where the link says so (R25)."""
    if not (message.payload.get("new") and booking.link.crm_owner):
        return ""
    return _owner_id(crm, booking.contact.owner_id)


def _owner_id(crm: CrmProvider, user_id: int | None) -> str:
    """What the CRM calls a user, empty for who is nobody there."""
    known = (CrmOwner.provider == crm.key, CrmOwner.user_id == user_id, CrmOwner.archived.is_(False))
    return db.session.scalar(select(CrmOwner.external_id).where(*known).order_by(CrmOwner.id).limit(1)) or ""


def _meeting(crm: CrmProvider, booking: Booking, now: datetime) -> CrmMeeting:
    host = next((host.user_id for host in booking.hosts if not host.optional), None)
    return CrmMeeting(
        id=booking.crm_id,
        uid=booking.uid,
        address=f"{in_force().base_url}/bookings/{booking.id}",
        title=title_of(booking),
        lines=tuple(lines_of(booking)),
        location=location_of(booking),
        start=booking.start_at,
        end=booking.end_at,
        outcome=_outcome(booking, now),
        owner_id=_owner_id(crm, host),
    )


def _outcome(booking: Booking, now: datetime) -> str:
    if not booking.confirmed:
        return CANCELLED
    if booking.no_show:
        return NO_SHOW
    return COMPLETED if booking.end_at <= now else SCHEDULED
