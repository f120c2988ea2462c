"""Handing a booking over to somebody else (R36)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, User
from ..scheduling.receipt import Receipt
from . import place
from .booking_rights import allow, booking_for, may_hand_over
from .live_check import Checked, asking_first


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could take a place in a booking; `standing` is a key of `STANDINGS`, or None for who is eligible;
    `busy` by what is known."""

    user_id: int
    name: str
    on_link: bool
    standing: str | None
    busy: bool

    @property
    def able(self) -> bool:
        """Whether it can be handed over to them."""
        return self.standing is None and not self.busy


def candidates(booking: Booking, now: datetime, apart_from: int | None = None) -> list[Candidate]:
    """Every active user who does not host the booking: the link's other hosts first, in its order, then all others by
    name. `apart_from` is somebody who does not count."""
    places = {member.user_id: number for number, member in enumerate(booking.link.hosts)}
    hosting = {host.user_id for host in booking.hosts} | {apart_from}
    ids = [user for user in db.session.scalars(select(User.id).where(User.active)) if user not in hosting]
    found = [
        Candidate(one.host.id, one.host.name, one.host.id in places, one.host.standing, one.busy)
        for one in place.takers(booking.hosts[0], ids, now)
    ]
    return sorted(found, key=lambda one: places.get(one.user_id, len(places)))


def hand_over(booking_id: int, to_user_id: int, *, from_user_id: int, by: User, now: datetime) -> Booking:
    """One host of a coming booking is replaced by another user, who is eligible and free; the meeting stays as it is.

    Calendars are asked between deciding and storing, never inside the transaction (R31). Raises UnknownBooking,
    NotAllowed, AlreadyOver when it has begun, is off or is no longer that host's; UnknownUser, AlreadyHosts,
    NotEligible, HostNotFree.
    """
    return asking_first(
        lambda checked: _hand_over(booking_id, to_user_id, from_user_id, by, checked, now), now
    )


def _hand_over(
    booking_id: int, to_id: int, from_id: int, by: User, checked: Checked, now: datetime
) -> Booking:
    allow(may_hand_over(booking_for(by, booking_id), from_id, by))
    booking = place.locked(booking_id, [to_id])
    give_to(booking, from_id, to_id, checked, by, now)
    return booking


def give_to(booking: Booking, from_id: int, to_id: int, checked: Checked, by: User, now: datetime) -> None:
    """Gives one host's place in a locked booking to another user. Raises as `hand_over`, and AskFirst. Inside a
    transaction."""
    mine = place.open_place(booking, from_id, now)
    place.check(mine, to_id, checked, now)
    unchecked = checked.get((to_id, place.steps_of(mine))) == "no answer"
    place.give(booking, mine, to_id, Receipt.from_json(booking.receipt), unchecked=unchecked, by=by, now=now)
