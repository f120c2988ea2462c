"""Who reads mails about a booking: the invitee, the hosts, the guests."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ..extensions import db
from ..models import Booking, User

INVITEE, HOST, GUEST = "invitee", "host", "guest"


@dataclass(frozen=True, slots=True)
class Reader:
    """`role` is what they are in the booking; `user_id` is that of a host."""

    address: str
    role: str
    user_id: int | None = None


def invitee(booking: Booking) -> Reader:
    """Whoever booked."""
    return Reader(booking.email, INVITEE)


def guests(booking: Booking) -> list[Reader]:
    """Whom the invitee brings along."""
    return [Reader(address, GUEST) for address in booking.guests]


def hosts(booking: Booking) -> list[Reader]:
    """Who hosts, in their order."""
    return [_host(host.user) for host in booking.hosts]


def left(booking: Booking, host_ids: Collection[int]) -> list[Reader]:
    """Those of these users who host it no more."""
    here = {host.user_id for host in booking.hosts}
    users = (db.session.get(User, number) for number in host_ids if number not in here)
    return [_host(user) for user in users if user is not None]


def without_event(booking: Booking, readers: Collection[Reader]) -> Iterator[Reader]:
    """The hosts in whose own calendars no event of ours stands or stood."""
    known = {event.calendar.account.user_id for event in booking.events if event.calendar is not None}
    return (reader for reader in readers if reader.user_id not in known)


def _host(user: User) -> Reader:
    return Reader(user.email, HOST, user.id)
