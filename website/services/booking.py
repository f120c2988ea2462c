"""Booking a slot: decided again under lock, stored whole or not at all (R30 to R33)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..models import Booking, BookingHost, Link
from ..scheduling.kinds import LINK_KINDS
from ..scheduling.receipt import Answer
from ..scheduling.timeline import STEPS_A_DAY, Window, instant_of, step_before
from ..sentences import Sentence
from ..tokens import new_token
from . import claims, message
from .assignment import Assignment, assign, receipt_of, take_turn, welcome
from .availability import (
    Scene,
    occupied_steps,
    offer_at,
    offer_in,
    scene_of,
    sooner_with_colleague,
    starts_of,
)
from .booking_request import Request, visitor_of
from .calendar import check_at_source
from .contact import Visitor, contact_for_booking
from .errors import BadRequest, LinkClosed, ReusedKey, SlotTaken, UnknownBooking
from .hosts import hosts_of_link
from .reading import ANSWERED
from .transaction import in_transaction

log = logging.getLogger(__name__)

NEARBY_DAYS = 7
NEARBY_MOST = 12
COLLISIONS = 8


class _AskFirst(Exception):
    """A host was chosen whose calendars have not been asked yet about the steps that the booking would occupy."""

    def __init__(self, host_ids: Sequence[int], steps: tuple[int, int]) -> None:
        super().__init__()
        self.host_ids, self.steps = host_ids, steps


def book(link: Link, request: Request, *, now: datetime) -> Booking:
    """Makes the booking that is asked for, or returns the one that the same request made before (R33).

    Calendars are asked between the decisions, never inside the transaction (R31). Raises LinkClosed, BadRequest,
    ReusedKey, and SlotTaken when the slot is not offered (any more).
    """
    known = _made_before(request)
    if known is not None:
        return known
    _check(link, request)
    link_id, checked, collisions = link.id, dict[int, Answer](), 0
    while True:
        try:
            # Without the lock first: whoever comes too late is told so at once and holds nobody up.
            _decide(link, request, checked, now)
            return in_transaction(lambda: _store(link_id, request, checked, now))
        except _AskFirst as asking:
            _ask(asking, checked, now)
        except IntegrityError:
            # The same new contact from another link, or a step that somebody claimed without the lock: the
            # decision is made anew.
            collisions += 1
            if collisions == COLLISIONS:
                raise


def _made_before(request: Request) -> Booking | None:
    """The booking that this very request made. Raises ReusedKey when its key came with other words."""
    known = db.session.scalar(select(Booking).where(Booking.nonce == request.nonce))
    if known is not None and known.request_hash != request.hash:
        raise ReusedKey
    return known


def _check(link: Link, request: Request) -> None:
    if not link.active:
        raise LinkClosed
    if request.duration not in link.durations:
        raise BadRequest("duration", Sentence("This link does not offer that duration."))


def _ask(asking: _AskFirst, checked: dict[int, Answer], now: datetime) -> None:
    """Asks calendars at the source; whoever then turns out to be busy is no longer offered (R31)."""
    start, end = (instant_of(step) for step in asking.steps)
    answers = check_at_source(asking.host_ids, start, end, now)
    for host_id in asking.host_ids:
        checked[host_id] = "free" if answers.get(host_id, ANSWERED) == ANSWERED else "no answer"


def _store(link_id: int, request: Request, checked: dict[int, Answer], now: datetime) -> Booking:
    """Locks, decides again, and stores everything that the booking is (R30, R32). Inside a transaction."""
    link = _locked_link(link_id)
    claims.lock_hosts([host.user_id for host in link.hosts])
    known = _made_before(request)
    if known is not None:
        return known
    welcome(link, hosts_of_link(link.id, now), now)
    return _insert(_decide(link, request, checked, now), request, checked)


@dataclass(frozen=True, slots=True)
class _Decision:
    """Whose meeting it would be: the scene whose pool offers the slot, who is free, and who was chosen."""

    scene: Scene
    free: list[int]
    assignment: Assignment


def _decide(link: Link, request: Request, checked: dict[int, Answer], now: datetime) -> _Decision:
    """Decides with the address that was finally submitted (R27). Raises SlotTaken, and _AskFirst when the
    calendars of the host who is chosen have not been asked yet (R31)."""
    scene = scene_of(link, visitor=visitor_of(request), duration=request.duration, now=now)
    scene, offered = offer_at(scene, request.start_at)
    free = offered.hosts_at(request.start_at)
    _note_busy(checked, free)
    if not free:
        raise SlotTaken(nearby(scene, request.start_at))
    assignment = assign(scene, _answering(scene, free, checked), request.nonce)
    outside = {host.id for host in scene.hosts if host.outside}
    unasked = [host for host in assignment.host_ids if host in outside and host not in checked]
    if unasked:
        raise _AskFirst(unasked, occupied_steps(scene.terms, request.start_at))
    return _Decision(scene, free, assignment)


def _locked_link(link_id: int) -> Link:
    """The link, locked before its hosts: the order of locks is link, then hosts ascending, then bookings."""
    link = db.session.scalars(select(Link).where(Link.id == link_id).with_for_update(key_share=True)).one()
    if not link.active:
        raise LinkClosed
    return link


def _note_busy(checked: dict[int, Answer], free: Sequence[int]) -> None:
    for host_id, answer in checked.items():
        if answer == "free" and host_id not in free:
            checked[host_id] = "busy"


def _answering(scene: Scene, free: Sequence[int], checked: Mapping[int, Answer]) -> list[int]:
    """R31: hosts whose calendars do not answer come last, behind everybody who can still be asked."""
    if LINK_KINDS[scene.link.kind].meets == "everyone":
        return list(free)
    return [host for host in free if checked.get(host) != "no answer"] or list(free)


def fresh_times(
    link: Link, visitor: Visitor, duration: int, start_at: datetime, now: datetime
) -> list[datetime] | None:
    """What is offered near a start that is not, None when the start itself is offered (R11)."""
    scene = scene_of(link, visitor=visitor, duration=duration, now=now)
    offering, found = offer_at(scene, start_at)
    return None if found.offers(start_at) else nearby(offering, start_at)


def nearby(scene: Scene, start_at: datetime) -> list[datetime]:
    """The offered starts that are nearest to one that is not, within two weeks, in order of time."""
    span = NEARBY_DAYS * STEPS_A_DAY
    window = Window(max(step_before(start_at) - span, step_before(scene.now)), 2 * span)
    starts = set(starts_of(offer_in(scene, window)))
    sooner = sooner_with_colleague(scene, window)
    starts |= set(starts_of(sooner)) if sooner else set()
    nearest = sorted(starts, key=lambda start: (abs(start - start_at), start))[:NEARBY_MOST]
    return sorted(nearest)


def _insert(decision: _Decision, request: Request, checked: Mapping[int, Answer]) -> Booking:
    scene, assignment = decision.scene, decision.assignment
    link = scene.link
    receipt = receipt_of(scene, decision.free, assignment, checked)
    new_owner = assignment.host_ids[0] if link.assign_owner and len(assignment.host_ids) == 1 else None
    booking = Booking(
        token=new_token(),
        # Whoever sees the event sees its UID, which must not open the invitee's page.
        uid=f"{new_token()}@firsthand",
        nonce=request.nonce,
        request_hash=request.hash,
        link=link,
        contact=contact_for_booking(request.email, request.name, owner_id=new_owner),
        start_at=request.start_at,
        end_at=request.start_at + timedelta(minutes=request.duration),
        timezone=request.timezone,
        language=request.language,
        name=request.name,
        email=request.email,
        guests=list(request.guests),
        answers=dict(request.answers),
        campaign=dict(request.campaign),
        owner_routed=scene.pool.owner_alone,
        receipt=receipt.to_json(),
        unchecked=receipt.unchecked,
        created_at=scene.now,
    )
    db.session.add(booking)
    _place_hosts(booking, scene, assignment)
    if assignment.choice:
        take_turn(link, assignment.host_ids[0])
    message.announce(booking, scene.now)
    return booking


def _place_hosts(booking: Booking, scene: Scene, assignment: Assignment) -> None:
    """The hosts, and a claim for each step that they are occupied; optional ones only where they are free (R6)."""
    start, end = occupied_steps(scene.terms, booking.start_at)
    idle = _idle_optional(scene, assignment.optional_ids, booking.start_at)
    everyone = (*assignment.host_ids, *assignment.optional_ids)
    booking.hosts = [
        BookingHost(
            user_id=host_id,
            position=position,
            optional=host_id in assignment.optional_ids,
            occupied_from=start,
            occupied_until=end,
            active=host_id in assignment.host_ids or host_id in idle,
        )
        for position, host_id in enumerate(everyone)
    ]
    claims.claim(booking)


def _idle_optional(scene: Scene, optional_ids: Sequence[int], start_at: datetime) -> set[int]:
    """Which optional hosts no other booking occupies: they are occupied by this one."""
    if not optional_ids:
        return set()
    steps = occupied_steps(scene.terms, start_at)
    return set(optional_ids) - claims.occupied_by_others(optional_ids, steps, scene.apart_from)


def booking_by_token(token: str) -> Booking:
    """The booking whose invitee holds this token. Raises UnknownBooking."""
    booking: Booking | None = db.session.scalar(select(Booking).where(Booking.token == token))
    if booking is None:
        raise UnknownBooking
    return booking
