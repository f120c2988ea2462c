"""Booking a slot: decided again under lock, stored whole or not at all (R30 to R33)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from ..extensions import db
from ..models import Booking, Link
from ..scheduling.receipt import Answer
from ..sentences import Sentence
from ..tokens import new_token
from . import claims, message, occupation
from .assignment import Assignment, assign, receipt_of, take_turn, welcome
from .availability import Scene, scene_of
from .booking_request import CrmAnswers, Request, ask_about, visitor_of
from .contact import contact_for_booking, normal_email
from .deciding import Decision, ask_at_source, decide
from .errors import BadRequest, LinkClosed, ReusedKey, UnknownBooking
from .hosts import hosts_of_link
from .live_check import settle
from .transaction import in_transaction


def book(link: Link, request: Request, *, now: datetime) -> Booking:
    """Makes the booking that is asked for, or returns the one that the same request made before (R33).

    Calendars are asked between the decisions, never inside the transaction (R31). Raises LinkClosed, BadRequest,
    ReusedKey, and SlotTaken when the slot is not offered (any more).
    """
    known = _made_before(request)
    if known is not None:
        return claims.assure(known)
    _check(link, request)
    link_id, checked, crm = link.id, dict[int, Answer](), ask_about(request, link)

    def attempt() -> Booking:
        _decide(link, request, checked, crm, now)
        return in_transaction(lambda: _store(link_id, request, checked, crm, now))

    return settle(attempt, lambda asking: ask_at_source(asking, checked, now))


def is_booked(nonce: str) -> bool:
    """Whether a request with this nonce has made a booking (R33)."""
    return db.session.scalar(select(Booking.id).where(Booking.nonce == nonce)) is not None


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


def _store(
    link_id: int, request: Request, checked: dict[int, Answer], crm: CrmAnswers, now: datetime
) -> Booking:
    """Locks, decides again, and stores everything that the booking is (R30, R32). Inside a transaction."""
    link = claims.lock_link(link_id)
    if not link.active:
        raise LinkClosed
    claims.lock_hosts([host.user_id for host in link.hosts])
    known = _made_before(request)
    if known is not None:
        return known
    welcome(link, hosts_of_link(link.id, now), now)
    return _insert(_decide(link, request, checked, crm, now), request, checked)


def _decide(
    link: Link, request: Request, checked: dict[int, Answer], crm: CrmAnswers, now: datetime
) -> Decision:
    """Decides with the address that was finally submitted (R27). Raises as `decide`."""
    scene = scene_of(link, visitor=visitor_of(request, link, crm), duration=request.duration, now=now)
    return decide(scene, request.start_at, checked, lambda scene, hosts: assign(scene, hosts, request.nonce))


def _insert(decision: Decision, request: Request, checked: Mapping[int, Answer]) -> Booking:
    scene, assignment = decision.scene, decision.assignment
    link = scene.link
    receipt = receipt_of(scene, decision.free, assignment, checked)
    booking = Booking(
        token=new_token(),
        # Whoever sees the event sees its UID, which must not open the invitee's page.
        uid=f"{new_token()}@firsthand",
        nonce=request.nonce,
        request_hash=request.hash,
        link=link,
        contact=contact_for_booking(
            request.email, request.name, owner_id=_new_owner(scene, assignment), now=scene.now
        ),
        start_at=request.start_at,
        end_at=request.start_at + timedelta(minutes=request.duration),
        timezone=request.timezone,
        language=request.language,
        name=request.name,
        email=normal_email(request.email),
        guests=list(request.guests),
        answers=dict(request.answers),
        campaign=dict(request.campaign),
        owner_routed=scene.pool.owner_alone,
        receipt=receipt.to_json(),
        unchecked=receipt.unchecked,
        created_at=scene.now,
    )
    db.session.add(booking)
    occupation.place(booking, scene, assignment)
    if assignment.choice:
        take_turn(link, assignment.host_ids[0])
    message.announce(booking, scene.now)
    return booking


def _new_owner(scene: Scene, assignment: Assignment) -> int | None:
    """Who becomes owner of a contact without one, where the link says so (R25): the host, unless the CRM named somebody
    who could not host."""
    if not scene.link.assign_owner or len(assignment.host_ids) != 1:
        return None
    return scene.visitor.owner_id if scene.visitor.owner_source == "crm" else assignment.host_ids[0]


def booking_by_token(token: str) -> Booking:
    """The booking whose invitee holds this token. Raises UnknownBooking."""
    booking: Booking | None = db.session.scalar(select(Booking).where(Booking.token == token))
    if booking is None:
        raise UnknownBooking
    return booking
