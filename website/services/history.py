"""What a booking was, and what was changed in it: for its readers, and for the mails about a change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..models import Booking, User

MOVED, HANDED_OVER, CANCELLED, NO_SHOW, CAME = "moved", "handed_over", "cancelled", "no_show", "came"


@dataclass(frozen=True, slots=True)
class Before:
    """A booking as its readers knew it: when (aware UTC), with whom, and whether a provider invited the guests."""

    start_at: datetime
    end_at: datetime
    host_ids: tuple[int, ...]
    provider_invites: bool


def as_it_stands(booking: Booking) -> Before:
    """What the readers of a booking know of it now."""
    return Before(
        booking.start_at,
        booking.end_at,
        tuple(host.user_id for host in booking.hosts),
        provider_invites(booking),
    )


def provider_invites(booking: Booking) -> bool:
    """Whether the guests' one invitation comes from a provider, else it comes by our own mail (R34)."""
    return any(event.invites and event.wanted and event.calendar_id is not None for event in booking.events)


def earlier_starts(booking: Booking) -> list[datetime]:
    """When the booking was to begin before it was moved, oldest first (aware UTC)."""
    return [datetime.fromisoformat(entry["start"]) for entry in _moves(booking)]


def accepted_at(booking: Booking) -> datetime:
    """When it was last decided who meets and when: what calendars said before that counts no more (R31)."""
    times = [entry["at"] for entry in booking.changes if entry["what"] in (MOVED, HANDED_OVER)]
    return datetime.fromisoformat(times[-1]) if times else booking.created_at


def _moves(booking: Booking) -> list[dict[str, Any]]:
    return [entry for entry in booking.changes if entry["what"] == MOVED]


def note(booking: Booking, what: str, by: User | None, now: datetime, **facts: Any) -> None:
    """Adds to the booking's history; `by` None is the invitee. `facts` are plain JSON. In a transaction."""
    entry = {"at": now.isoformat(), "what": what, "by": by.id if by else None, **facts}
    booking.changes = [*booking.changes, entry]
