"""A host's place in a booking: who could take it, and giving it to them (R36)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, BookingHost, Link, User
from ..scheduling.receipt import HandOver, Receipt
from ..scheduling.timeline import Window
from . import claims, message
from .busy import busy_masks
from .clash import clashes
from .errors import AlreadyHosts, AlreadyOver, HostNotFree, NotEligible, UnknownBooking, UnknownUser
from .history import HANDED_OVER, as_it_stands, note
from .hosts import Host, hosts_of
from .live_check import AskFirst, Checked, Steps


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who might take a place, and whether they are busy then by what is known: calendars and bookings,
    buffers included. Their own hours do not matter."""

    host: Host
    busy: bool

    @property
    def able(self) -> bool:
        """Whether nothing that is known speaks against it."""
        return self.host.standing is None and not self.busy


def steps_of(place: BookingHost) -> Steps:
    """What the place occupies, buffers included (R4)."""
    return place.occupied_from, place.occupied_until


def takers(place: BookingHost, user_ids: Collection[int], now: datetime) -> list[Taker]:
    """These users as they stand at the time of the place, by name."""
    found, steps = hosts_of(list(user_ids), now), steps_of(place)
    masks = busy_masks(found, Window(steps[0], steps[1] - steps[0]))
    taken = claims.occupied_by_others(list(user_ids), steps, apart_from=place.booking_id)
    return [Taker(host, bool(masks[host.id]) or host.id in taken) for host in found]


def locked(booking_id: int, others: Iterable[int] = (), *, with_link_hosts: bool = False) -> Booking:
    """A booking, locked with its hosts, `others`, and the hosts of its link if asked: link, then hosts ascending, then
    the booking. In a transaction. Raises UnknownBooking."""
    found = db.session.get(Booking, booking_id)
    if found is None:
        raise UnknownBooking
    lock_links([found.link_id])
    more = [member.user_id for member in found.link.hosts] if with_link_hosts else []
    claims.lock_hosts({*others, *more, *(host.user_id for host in found.hosts)})
    return anew(found)


def lock_links(link_ids: Collection[int]) -> None:
    """Locks links in ascending order, before any of their hosts. In a transaction."""
    wanted = select(Link.id).where(Link.id.in_(link_ids)).order_by(Link.id)
    db.session.execute(wanted.with_for_update(key_share=True)).all()


def anew(booking: Booking) -> Booking:
    """The booking as it is now that its hosts are locked, locked itself."""
    db.session.expire(booking)
    db.session.refresh(booking, with_for_update=True)
    return booking


def open_place(booking: Booking, user_id: int, now: datetime) -> BookingHost:
    """The user's place in a booking that is still to come. Raises AlreadyOver where either is no longer so."""
    place = next((host for host in booking.hosts if host.user_id == user_id), None)
    if place is None or not booking.confirmed or booking.start_at <= now:
        raise AlreadyOver
    return place


def check(place: BookingHost, to_id: int, checked: Checked, now: datetime) -> Taker:
    """Whoever is to take a place, once nothing speaks against it. Raises UnknownUser, AlreadyHosts, NotEligible,
    HostNotFree, and AskFirst while their calendars have not been asked (R31)."""
    if db.session.get(User, to_id) is None:
        raise UnknownUser
    if db.session.get(BookingHost, (place.booking_id, to_id)) is not None:
        raise AlreadyHosts
    (taker,) = takers(place, [to_id], now)
    if taker.host.standing:
        raise NotEligible(taker.host.name, taker.host.standing)
    if taker.busy:
        raise HostNotFree(taker.host.name)
    if taker.host.outside and (to_id, steps_of(place)) not in checked:
        raise AskFirst([(to_id, steps_of(place))])
    return taker


def give(
    booking: Booking, place: BookingHost, to_id: int, receipt: Receipt, *,
    unchecked: bool, by: User, now: datetime, **facts: Any,
) -> None:  # fmt: skip
    """Gives the place to somebody who was found free, with everybody locked: claims, receipt, history, and what is to
    be sent. `facts` are added to the history; `declined` among them also to the receipt. Inside a transaction."""
    before, former = as_it_stands(booking), place.user_id
    others = [host for host in booking.hosts if host is not place]
    taken = BookingHost(
        user_id=to_id, position=place.position, optional=place.optional,
        occupied_from=place.occupied_from, occupied_until=place.occupied_until,
    )  # fmt: skip
    booking.hosts = [taken if host is place else host for host in booking.hosts]
    booking.sequence += 1
    booking.owner_routed = booking.owner_routed and booking.contact.owner_id == to_id
    booking.unchecked = unchecked or (booking.unchecked and bool(others))
    booking.clash = booking.clash and clashes(others, now)
    claims.claim(booking)
    step = _hand_over(former, to_id, by, declined=bool(facts.get("declined")))
    booking.receipt = replace(receipt, handed_over=(*receipt.handed_over, step)).to_json()
    note(booking, HANDED_OVER, by, now, **{"from": former, "to": to_id}, **facts)
    message.handed_over(booking, before, by, now)


def _hand_over(from_id: int, to_id: int, by: User, *, declined: bool) -> HandOver:
    former, taker = db.session.get_one(User, from_id), db.session.get_one(User, to_id)
    return HandOver(former.id, former.name, taker.id, taker.name, by.id, by.name, declined)
