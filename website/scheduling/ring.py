"""How hosts stand in a link's rotation from one booking to the next (R23): booking and simulation share it.

One works on rows of the database, the other on `Seat`s: all that matters is that they have a `Member`'s fields.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from .rotations import RECENT_DAYS, Share, decayed, head_start, next_turn, turn_given_back


@dataclass(frozen=True, slots=True)
class Recent:
    """Which bookings count: those of the last `days` days; `first_at` is when the link's first one was made."""

    days: int = RECENT_DAYS
    first_at: datetime | None = None


class Member(Protocol):
    """A host of a link: see `Share`. `joined_at` is when the head start was given, `present` whether the host was in
    working order at the last choice."""

    user_id: int
    weight: int
    priority: int | None
    position: int
    turn: int
    head_start: float
    joined_at: datetime | None
    present: bool


@dataclass(slots=True)
class Seat:
    """A member that stands in no database."""

    user_id: int
    weight: int = 1
    priority: int | None = None
    position: int = 0
    turn: int = 0
    head_start: float = 0.0
    joined_at: datetime | None = None
    present: bool = False


def shares_of(
    members: Sequence[Member], given: Mapping[int, int], now: datetime, recent: Recent
) -> list[Share]:
    """Where each member stands at `now`; `given` is how many recent bookings count, none of them from before the
    member joined or came back."""
    return [_share(member, given.get(member.user_id, 0), now, recent) for member in members]


def _share(member: Member, given: int, now: datetime, recent: Recent) -> Share:
    start = 0.0
    if member.joined_at is not None and member.head_start:
        start = decayed(member.head_start, member.joined_at, now, recent.days, recent.first_at)
    return Share(member.user_id, member.weight, member.priority, given, start, member.turn, member.position)


def has_changed(members: Sequence[Member], able: Container[int]) -> bool:
    """Whether somebody came or went since the last choice; `able` are those who can host now."""
    return any(member.present != (member.user_id in able) for member in members)


def welcome(
    members: Sequence[Member],
    able: Container[int],
    given: Mapping[int, int],
    now: datetime,
    recent: Recent,
) -> None:
    """Gives members who joined or came back the mean of the others to start with, so that there is no burst.

    From then on only bookings since `joined_at` are to count for them: those of before would leave the window early,
    while the head start that made up for the absence is still fading, and they would catch up after all. Who comes
    back keeps their place in the ring, who is new goes to its end.
    """
    everyone = {share.host_id: share for share in shares_of(members, given, now, recent)}
    staying = [everyone[member.user_id] for member in members if member.present and member.user_id in able]
    for member in members:
        if member.user_id in able and not member.present:
            if member.joined_at is None and staying:
                member.turn = next_turn(list(everyone.values()))
            member.head_start, member.joined_at = (
                head_start(replace(everyone[member.user_id], given=0), staying),
                now,
            )
        member.present = member.user_id in able


def take_turn(members: Sequence[Member], host_id: int) -> None:
    """The host chosen goes to the back of the ring (strict)."""
    back = max(member.turn for member in members) + 1
    for member in members:
        if member.user_id == host_id:
            member.turn = back


def give_back(members: Sequence[Member], host_id: int, former: int) -> None:
    """A host's meeting came to nothing, or went to somebody else: their turn is the one that it cost, `former`."""
    for member in members:
        if member.user_id == host_id:
            member.turn = turn_given_back(member.turn, former)
