"""What a booking sends to whom: rows of the outbox, written in the caller's transaction (R32)."""

from datetime import datetime

from sqlalchemy import func, select

from ..extensions import db
from ..models import Booking, BookingEvent, Calendar, CalendarAccount, Message, User
from ..providers.calendars import CALENDAR_PROVIDERS
from . import booking_mails, crm_meeting
from .calendar_event import CHANNEL
from .history import Before
from .meeting import place_of
from .reminder import drop_reminders, write_reminders


def announce(booking: Booking, now: datetime) -> None:
    """What a new booking causes: its event in the calendar of every host who has one for it, a mail to each of its
    readers (R34), and reminders (R37)."""
    _settle_events(booking)
    # Before the mails: a video meeting is made by whoever puts the event there, and the mails name it.
    _put_in_calendars(booking, now)
    booking_mails.confirm(booking, now)
    write_reminders(booking, now)
    crm_meeting.tell(booking, now, new=True)


def moved(booking: Booking, before: Before, by: User | None, now: datetime) -> None:
    """What a new time causes; `by` None is the invitee (R35)."""
    _put_in_calendars(booking, now)
    _tell_change(booking, before, by, now)


def handed_over(booking: Booking, before: Before, by: User | None, now: datetime) -> None:
    """What other hosts cause: the event goes from the calendars of those who left, and stands in those of who came
    (R36). The time may have changed too."""
    inviter = _inviter(booking)
    left = _settle_events(booking)
    if _inviter(booking) is not inviter and place_of(booking).video:
        booking.meeting_url = ""  # it goes with the event that it was made for
    for event in left:
        put_in_calendar(event, now)
    _put_in_calendars(booking, now)
    _tell_change(booking, before, by, now)


def call_off(booking: Booking, before: Before, by: User | None, now: datetime) -> None:
    """What a cancellation causes: the events go from the hosts' calendars, and everybody is told."""
    _put_in_calendars(booking, now)
    booking_mails.tell_end(booking, before, by, now)
    drop_reminders(booking, now)
    crm_meeting.tell(booking, now)


def marked(booking: Booking, now: datetime) -> None:
    """What it causes that the invitee did not come, or came after all (R36)."""
    crm_meeting.tell(booking, now)


def _tell_change(booking: Booking, before: Before, by: User | None, now: datetime) -> None:
    booking_mails.tell_change(booking, before, by, now)
    drop_reminders(booking, now)
    write_reminders(booking, now)
    crm_meeting.tell(booking, now)


def _inviter(booking: Booking) -> BookingEvent | None:
    return next((event for event in booking.events if event.invites), None)


def _put_in_calendars(booking: Booking, now: datetime) -> None:
    """A message for the calendar of each host, whose event is to say what the booking says."""
    for event in booking.events:
        if event.calendar_id is not None and event.wanted:
            put_in_calendar(event, now)


def put_in_calendar(event: BookingEvent, now: datetime) -> None:
    """A message that makes a host's calendar say what the booking says. In a transaction."""
    booking, lane = event.booking, f"{event.booking.uid}:{event.calendar_id}"
    kind = "event_put" if booking.confirmed and event.wanted else "event_remove"
    again = db.session.scalar(select(func.count()).where(Message.lane == lane))
    db.session.add(
        Message(
            key=f"{kind}:{lane}:{booking.sequence}:{again}",
            lane=lane,
            booking=booking,
            channel=CHANNEL,
            kind=kind,
            payload={"calendar": event.calendar_id},
            due_at=now,
            created_at=now,
        )
    )


def _settle_events(booking: Booking) -> list[BookingEvent]:
    """One wanted event for each host who has a calendar for bookings. Returns those that are wanted no more."""
    rows = _receiving_calendars(booking)
    hosting = {calendar_id for calendar_id, _, _ in rows}
    left = [event for event in booking.events if event.wanted and event.calendar_id not in hosting]
    known = {event.calendar_id: event for event in booking.events}
    for calendar_id in hosting - set(known):
        known[calendar_id] = BookingEvent(calendar_id=calendar_id, invites=False)
        booking.events.append(known[calendar_id])
    for event in booking.events:
        comes_back = not event.wanted and event.calendar_id in hosting
        if comes_back and event.sequence is None and event.external_id:
            event.renew()
        event.wanted = event.calendar_id in hosting
        event.invites = event.invites and event.wanted
    _choose_inviter(booking, [(known[number], kind, user_id) for number, kind, user_id in rows])
    db.session.flush()
    return [event for event in left if event.calendar_id is not None]


def _choose_inviter(booking: Booking, rows: list[tuple[BookingEvent, str, int]]) -> None:
    """The guests' one invitation comes through the event that did so already, else through the first whose provider
    invites, the creator of the link before others: one authority (R34)."""
    able = [
        (user_id != booking.link.creator_id, number)
        for number, (_, kind, user_id) in enumerate(rows)
        if CALENDAR_PROVIDERS[kind].capabilities.invites
    ]
    if able and not any(event.invites for event in booking.events):
        rows[min(able)[1]][0].invites = True


def _receiving_calendars(booking: Booking) -> list[tuple[int, str, int]]:
    """(calendar, kind of account, user) of the hosts' calendars for bookings, in the order of the hosts."""
    place = {host.user_id: host.position for host in booking.hosts}
    rows = db.session.execute(
        select(Calendar.id, CalendarAccount.kind, CalendarAccount.user_id)
        .join(CalendarAccount)
        .where(CalendarAccount.user_id.in_(place), Calendar.receives_bookings)
        .order_by(Calendar.id)
    )
    able = [(row[0], row[1], row[2]) for row in rows if CALENDAR_PROVIDERS[row[1]].capabilities.writes]
    return sorted(able, key=lambda row: place[row[2]])
