"""What went wrong by itself: rows that need somebody's attention."""

from datetime import timedelta

from website import clock
from website.extensions import db
from website.mails import Mail
from website.models import BookingEvent, CrmOwner, CrmState, Message, User
from website.models.message import FAILED
from website.services.email import write_mail

# Words and addresses as long as they come.
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Hohenstein " + "W" * 50
LONG_ADDRESS = "wolfeschlegelsteinhausenbergerdorff.senior@subdomain.of.a.very-long-name.example"


def failed_mail() -> Message:
    """A mail that was refused, with words as long as they come."""
    write_mail(
        Mail(LONG_NAME, LONG_NAME, ""), to=LONG_ADDRESS, kind="calendar_alarm", key="k", now=clock.now()
    )
    message = db.session.query(Message).filter_by(key="k").one()
    message.state, message.error, message.attempts = FAILED, f"MailRefused: {LONG_NAME}", 1
    db.session.commit()
    return message


def moved_event(booking_id: int) -> int:
    """Marks the event of a booking as moved by its host (R38)."""
    found = db.session.query(BookingEvent).filter_by(booking_id=booking_id).one_or_none()
    event = found or BookingEvent(booking_id=booking_id)
    event.found, event.found_start_at = "moved", clock.now() + timedelta(days=2)
    event.found_end_at = clock.now() + timedelta(days=2, minutes=30)
    db.session.add(event)
    db.session.commit()
    return event.id


def failing_crm(user: User) -> CrmOwner:
    """A CRM that refuses the token, and whose owners were read before: one who left is the user now."""
    now = clock.now()
    owners = [
        CrmOwner(email=LONG_ADDRESS, name=LONG_NAME, archived=True, user_id=user.id, by_hand=True),
        CrmOwner(email=user.email, name=user.name, user_id=user.id),
        CrmOwner(email="nobody@acme.example"),
    ]
    for number, owner in enumerate(owners, 1):
        owner.provider, owner.external_id, owner.seen_at = "hubspot", str(number), now
    db.session.add_all(owners)
    error = "CrmRefused: HubSpot refuses the token."
    db.session.add(CrmState(provider="hubspot", tried_at=now, read_at=now - timedelta(days=1), error=error))
    db.session.commit()
    return owners[0]
