"""Declining a meeting: it goes to the next free host of its link, whom the rotation chooses (R23, R36)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ..models import Booking, BookingHost, User
from ..scheduling.kinds import LINK_KINDS
from ..scheduling.pool import without
from ..scheduling.receipt import Answer, Receipt
from ..scheduling.slots import HOST_RULES, why_not
from ..scheduling.timeline import STEP_MINUTES, Window, instant_of, step_after, step_before
from . import place
from .assignment import assign, give_back, receipt_of, take_turn, welcome
from .availability import Scene, question_of, scene_of
from .booking_rights import allow, booking_for, may_change
from .contact import NOBODY
from .errors import AlreadyOver, NobodyFree
from .hosts import hosts_of_link
from .live_check import Checked, asking_first

_OF_HOSTS = frozenset(rule.key for rule in HOST_RULES)


def can_decline(booking: Booking) -> bool:
    """Whether somebody else of the link may take the meeting: its kind rotates."""
    return LINK_KINDS[booking.link.kind].rotates


def decline(booking_id: int, *, by: User, reason: str, now: datetime) -> Booking:
    """A coming meeting goes from its host to the next free one of its link at the same time, for a turn each: who
    declines has theirs again (R23), who gets it takes one. Nobody gets a meeting again that they declined. The invitee
    hears of one change.

    Calendars are asked in between (R31). Raises UnknownBooking, NotAllowed, AlreadyOver when it has begun, is off or
    its link does not rotate; NobodyFree, and then nothing was changed.
    """
    return asking_first(lambda checked: _decline(booking_id, by, reason, checked, now), now)


def _decline(booking_id: int, by: User, reason: str, checked: Checked, now: datetime) -> Booking:
    allow(may_change(booking_for(by, booking_id), by))
    booking = place.locked(booking_id, with_link_hosts=True)
    if not can_decline(booking):
        raise AlreadyOver
    mine = place.open_place(booking, declining(booking, by), now)
    welcome(booking.link, hosts_of_link(booking.link_id, now), now)
    pass_on(booking, mine, reason, checked, by, now)
    return booking


def declining(booking: Booking, by: User) -> int:
    """Whose place is declined: one's own, else that of the first host."""
    return by.id if any(host.user_id == by.id for host in booking.hosts) else booking.hosts[0].user_id


def pass_on(
    booking: Booking, mine: BookingHost, reason: str, checked: Checked, by: User, now: datetime
) -> None:
    """Gives a place in a locked booking to whom the rotation chooses. Raises NobodyFree, AskFirst. Inside a
    transaction."""
    scene = _scene(booking, mine, now)
    free = _free(scene, booking, mine)
    answers = {user: answer for (user, steps), answer in checked.items() if steps == place.steps_of(mine)}
    if not free:
        raise NobodyFree
    # R31: whose calendars do not answer comes last.
    choice = assign(
        scene, [host for host in free if answers.get(host) != "no answer"] or free, _nonce(booking)
    )
    (chosen,) = choice.host_ids
    place.check(mine, chosen, checked, now)
    receipt = receipt_of(scene, free, choice, _with_busy(answers, free))
    kept = Receipt.from_json(booking.receipt).handed_over
    give_back(booking, mine.user_id)
    take_turn(booking.link, chosen)
    place.give(
        booking, mine, chosen, replace(receipt, handed_over=kept), unchecked=receipt.unchecked, by=by, now=now,
        declined=True, reason=reason,
    )  # fmt: skip


def _scene(booking: Booking, mine: BookingHost, now: datetime) -> Scene:
    """The link as it stands for this meeting, with everybody in the pool who neither declines it nor did so before."""
    minutes = (step_after(booking.end_at) - step_before(booking.start_at)) * STEP_MINUTES
    scene = replace(scene_of(booking.link, visitor=NOBODY, duration=minutes, now=now), apart_from=booking.id)
    declined = _declined(booking) | {mine.user_id}
    return scene.for_pool(without([host.candidate for host in scene.hosts], declined))


def _declined(booking: Booking) -> set[int]:
    """Who declined the meeting at its present time."""
    found: set[int] = set()
    for entry in booking.changes:
        if "start" in entry:
            found.clear()
        elif entry.get("declined"):
            found.add(entry["from"])
    return found


def _free(scene: Scene, booking: Booking, mine: BookingHost) -> list[int]:
    """Whom of the pool no rule about hosts keeps from meeting then; the link's own hours and notice do not matter to
    what was booked already."""
    able = {taker.host.id for taker in place.takers(mine, scene.pool.host_ids, scene.now) if taker.able}
    start = step_before(booking.start_at)
    question = question_of(scene, Window(start, 1).widened(scene.terms.margin))
    return [
        time.host_id
        for time in question.hosts
        if time.host_id in able
        and not _OF_HOSTS & {rule.key for rule in why_not(question, time, instant_of(start))}
    ]


def _with_busy(answers: Mapping[int, Answer], free: list[int]) -> dict[int, Answer]:
    """Who answered and is not free is busy after all."""
    return {
        host: "busy" if answer == "free" and host not in free else answer for host, answer in answers.items()
    }


def _nonce(booking: Booking) -> str:
    """Another draw for each change of the booking, and the same one however often it is decided anew."""
    return f"{booking.nonce}:{booking.sequence}"
