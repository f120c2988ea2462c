"""Moving a booking to another time: decided as a booking is, stored whole or not at all (R35)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..extensions import db
from ..models import Booking, User
from ..scheduling.pool import kept
from ..scheduling.receipt import Answer
from . import claims, message, occupation
from .assignment import Assignment, assign, give_back, receipt_of, take_turn, welcome
from .availability import Scene
from .busy import Beside
from .calendar import LIVE_SECONDS
from .change import check_changeable, hosting, may_change_host, scene_of_change
from .deciding import Decision, ask_at_source, decide
from .errors import UnknownBooking
from .history import MOVED, as_it_stands, note
from .hosts import hosts_of_link
from .live_check import AskFirst, settle
from .own_events import hidden_by, look_closer
from .transaction import in_transaction


@dataclass(frozen=True, slots=True)
class Move:
    """What is asked for: another start (aware), by whom (None: the invitee), with any host who is free or those whom
    the booking has. `nonce` is the key of the request (R33); `timezone` the zone in which the invitee chose, empty
    where it stays."""

    booking_id: int
    start_at: datetime
    by: User | None
    any_host: bool
    nonce: str
    timezone: str = ""


def reschedule(
    booking_id: int,
    start_at: datetime,
    *,
    by: User | None,
    any_host: bool,
    nonce: str,
    now: datetime,
    timezone: str = "",
) -> Booking:
    """Moves the booking to begin at `start_at`; its length stays, and its hosts unless `any_host` (R35).

    The same request again changes nothing, nor does a time that the booking has already (R33). What is offered is
    what the link offers at present, switched on or off. Raises UnknownBooking, AlreadyOver, TooLate, NotAllowed, and
    SlotTaken when the time is not offered (any more).
    """
    move = Move(booking_id, start_at, by, any_host, nonce, timezone)
    checked, beside = dict[int, Answer](), dict[int, Beside]()

    def attempt() -> Booking:
        booking = _booking(move)
        if _made_before(booking, move):
            return claims.assure(booking)
        check_changeable(booking, by, now)
        _decide(booking, move, checked, beside, now)
        return in_transaction(lambda: _store(move, checked, beside, now))

    return settle(attempt, lambda asking: _ask(asking, move, checked, beside, now))


def _booking(move: Move) -> Booking:
    booking = db.session.get(Booking, move.booking_id)
    if booking is None:
        raise UnknownBooking
    return booking


def _made_before(booking: Booking, move: Move) -> bool:
    """Whether there is nothing to change (any more)."""
    return booking.confirmed and (
        booking.start_at == move.start_at
        or any(entry.get("nonce") == move.nonce for entry in booking.changes)
    )


def _ask(
    asking: AskFirst, move: Move, checked: dict[int, Answer], beside: dict[int, Beside], now: datetime
) -> None:
    """The last look (R31), and a closer one where the booking's own event would hide another (R4)."""
    ask_at_source(asking, checked, now)
    host_ids, steps = [host_id for host_id, _ in asking.asked], asking.asked[0][1]
    seen = look_closer(_booking(move), host_ids, steps, deadline_seconds=LIVE_SECONDS)
    for one in seen:
        if one.beside is None:
            checked[one.host_id] = "no answer"
        else:
            beside[one.calendar_id] = one.beside


def _decide(
    booking: Booking,
    move: Move,
    checked: dict[int, Answer],
    beside: Mapping[int, Beside],
    now: datetime,
) -> Decision:
    any_host = move.any_host and (move.by is not None or may_change_host(booking))
    known = hidden_by(booking) | dict(beside)
    scene = scene_of_change(booking, by=move.by, any_host=any_host, now=now, beside=known)
    return decide(
        scene, move.start_at, checked, lambda scene, free: _choose(scene, booking, free, move.nonce)
    )


def _choose(scene: Scene, booking: Booking, free: list[int], nonce: str) -> Assignment:
    """The present hosts where they stay or are free, else whom the rotation chooses."""
    present = hosting(booking)
    if scene.pool.keeps_hosts:
        optional = tuple(host.user_id for host in booking.hosts if host.optional)
        return Assignment(scene.pool.host_ids, optional)
    if all(host_id in free for host_id in present):
        return Assignment(tuple(present), ())
    return assign(scene, free, nonce)


def _store(move: Move, checked: dict[int, Answer], beside: Mapping[int, Beside], now: datetime) -> Booking:
    """Locks, decides again, and stores everything that the change is (R30, R32). Inside a transaction."""
    booking = _booking(move)
    link = claims.lock_link(booking.link_id)
    claims.lock_hosts({*(host.user_id for host in link.hosts), *(host.user_id for host in booking.hosts)})
    db.session.refresh(booking)
    if not _made_before(booking, move):
        check_changeable(booking, move.by, now)
        welcome(link, hosts_of_link(link.id, now), now)
        _apply(booking, move, _decide(booking, move, checked, beside, now), checked, now)
    return booking


def _apply(
    booking: Booking, move: Move, decision: Decision, checked: Mapping[int, Answer], now: datetime
) -> None:
    before, facts = as_it_stands(booking), _facts(booking, move)
    changed = set(decision.assignment.host_ids) != set(hosting(booking))
    _set_time(booking, move)
    _set_receipt(booking, decision, checked)
    occupation.place(booking, decision.scene, decision.assignment)
    note(booking, MOVED, move.by, now, **facts)
    (message.handed_over if changed else message.moved)(booking, before, move.by, now)


def _facts(booking: Booking, move: Move) -> dict[str, object]:
    """What the history keeps of a change: how it was before, and by which request it came (R24, R33)."""
    return {
        "start": booking.start_at.isoformat(),
        "hosts": [host.user_id for host in booking.hosts],
        "receipt": booking.receipt,
        "nonce": move.nonce,
    }


def _set_time(booking: Booking, move: Move) -> None:
    length = booking.duration
    booking.start_at, booking.end_at = move.start_at, move.start_at + length
    booking.timezone = move.timezone or booking.timezone
    booking.sequence += 1


def _set_receipt(booking: Booking, decision: Decision, checked: Mapping[int, Answer]) -> None:
    """The receipt says who was kept, or who was chosen and why (R24)."""
    scene, assignment = decision.scene, decision.assignment
    if assignment.choice:
        booking.owner_routed = False
        for former in hosting(booking):
            give_back(booking, former)
        take_turn(booking.link, assignment.host_ids[0])
    elif not scene.pool.keeps_hosts:
        scene = scene.for_pool(kept([host.candidate for host in scene.hosts], assignment.host_ids))
    receipt = receipt_of(scene, decision.free, assignment, checked)
    booking.receipt, booking.unchecked, booking.clash = receipt.to_json(), receipt.unchecked, False
    for event in booking.events if receipt.unchecked else ():
        event.look_at = None  # nobody has looked at the calendar for this time
