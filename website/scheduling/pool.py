"""Who may host: the link's hosts, the contact's owner, and why each host is in or out (R20, R26)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ..sentences import gettext_noop
from .kinds import LinkKind

# Why a user cannot host at present; no standing means eligible. Sentences for translation.
STANDINGS: dict[str, str] = {
    "inactive": gettext_noop("Is no longer active."),
    "no_seat": gettext_noop("Has no seat."),
    "no_calendar": gettext_noop("Has no linked calendar."),
    "calendar_broken": gettext_noop("Has a calendar that no longer lets us in: it must be linked again."),
    "calendar_missing": gettext_noop("Has a calendar that is gone, or no longer shared."),
    "calendar_stale": gettext_noop("Has a calendar that has not answered for too long."),
}

# Why a host is in the pool or out of it.
REASONS: dict[str, str] = STANDINGS | {
    "eligible": gettext_noop("Is an eligible host of this link."),
    "only_host": gettext_noop("Is the host of this link."),
    "required": gettext_noop("Is a required host of this link."),
    "optional": gettext_noop("Is invited, and need not be free."),
    "owner": gettext_noop("Owns the contact."),
    "not_owner": gettext_noop("Does not own the contact."),
    "owner_paused": gettext_noop("Owns the contact; takes no turns at present, and needs none."),
    "owner_apart": gettext_noop("Owns the contact, and is offered apart."),
    "paused": gettext_noop("Takes no turns at present."),
    "declined": gettext_noop("Declined the meeting."),
    "present": gettext_noop("Hosts the booking that is moved."),
    "not_present": gettext_noop("Does not host the booking that is moved."),
}

# Why the pool is what it is.
POOL_RULES: dict[str, str] = {
    "personal": gettext_noop("A personal link has one host."),
    "group": gettext_noop("Every required host of a group link meets."),
    "everyone": gettext_noop("Every eligible host of the link may host."),
    "unknown_or_unowned": gettext_noop(
        "The contact is unknown or has no owner: every eligible host may host."
    ),
    "owner_not_able": gettext_noop(
        "The contact's owner cannot host at present: every eligible host may host."
    ),
    "owner_not_host": gettext_noop(
        "The contact's owner is not a host of this link: every eligible host may host."
    ),
    "owner": gettext_noop("The contact's owner hosts."),
    "colleagues": gettext_noop(
        "A colleague of the contact's owner hosts, because the owner's first slot is far away."
    ),
    "declined": gettext_noop("A host declined the meeting: every other eligible host may host."),
    "kept": gettext_noop("The booking was moved: whoever hosted it still does."),
    "any_colleague": gettext_noop(
        "The booking was moved to a time with any eligible host: its own host stays if free."
    ),
}


class Candidate(NamedTuple):
    """A host of the link. `standing` is a key of `STANDINGS`, or None when the host is eligible; one who is `paused`
    takes no turns, and is out of every pool that a rotation chooses from (R23)."""

    host_id: int
    name: str
    standing: str | None = None
    optional: bool = False
    paused: bool = False

    @property
    def reason_out(self) -> str | None:
        """Why no rotation may choose the host, a key of `REASONS`; None when it may."""
        return self.standing or ("paused" if self.paused else None)


@dataclass(frozen=True, slots=True)
class Owner:
    """The user who owns the contact, host of the link or not; `standing` as in `Candidate`."""

    user_id: int
    standing: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a host is in the pool; `reason` is a key of `REASONS`. A host inside with a standing as reason
    is needed but cannot host: such a pool has no slot (R12)."""

    host_id: int
    name: str
    inside: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Pool:
    """Who may host. `rule` is a key of `POOL_RULES`; `owner_id` is the contact's owner where the owner option
    was considered, in the pool or not, else None; `in_or_out` has every host of the link, in its order."""

    rule: str
    owner_id: int | None
    in_or_out: tuple[Membership, ...]

    @property
    def host_ids(self) -> tuple[int, ...]:
        """The hosts in the pool, in the link's order."""
        return tuple(member.host_id for member in self.in_or_out if member.inside)

    @property
    def owner_alone(self) -> bool:
        """Whether the contact's owner decides: nobody else is in the pool (R20)."""
        return self.rule == "owner"

    @property
    def keeps_hosts(self) -> bool:
        """Whether a booking that is moved stays with whoever hosts it: there is nothing to choose (R35)."""
        return self.rule == "kept"


def choose_pool(
    kind: LinkKind,
    candidates: Sequence[Candidate],
    *,
    owner_first: bool,
    owner: Owner | None,
    identified: bool,
) -> Pool:
    """The pool for a contact (R20); kinds without the owner option ignore it (R26).

    `candidates` are all hosts of the link, `owner` is the contact's, and `identified` tells whether an
    address is known at all: without one, an owner handed in is not heeded.
    """
    if not (kind.owner_first and owner_first):
        return _pool(kind.pool_rule, None, candidates)
    if owner is None or not identified:
        return _pool("unknown_or_unowned", None, candidates)
    return _pool(_owner_rule(candidates, owner), owner.user_id, candidates)


def pauses(on: date, first: date | None, last: date | None) -> bool:
    """Whether a pause from `first` to `last`, both included, holds on a date: one without a first date has begun, one
    without a last goes on, and without either there is none."""
    if first is None and last is None:
        return False
    return (first is None or first <= on) and (last is None or on <= last)


def colleagues(pool: Pool, candidates: Sequence[Candidate]) -> Pool:
    """The pool of the second list, *sooner, with a colleague*: all eligible hosts but the owner (R20).

    Raises ValueError when `pool` is not the owner's alone.
    """
    if not pool.owner_alone:
        raise ValueError(f"colleagues are offered beside the owner's pool only, not {pool.rule!r}")
    return _pool("colleagues", pool.owner_id, candidates)


def without(candidates: Sequence[Candidate], declined: Collection[int]) -> Pool:
    """The pool for a meeting that some declined: all eligible hosts but those, whoever owns the contact (R36)."""
    members = [
        Membership(each.host_id, each.name, False, "declined")
        if each.host_id in declined
        else Membership(each.host_id, each.name, *_if_eligible(each, None))
        for each in candidates
    ]
    return Pool("declined", None, tuple(members))


def kept(candidates: Sequence[Candidate], present: Collection[int]) -> Pool:
    """The pool of a booking that is moved: its hosts, able or not, and nobody else (R35).

    `candidates` are all hosts of the link and those of the booking; `present` are those of the booking who are needed.
    """
    members = (
        Membership(each.host_id, each.name, each.host_id in present, _if_kept(each, present))
        for each in candidates
    )
    return Pool("kept", None, tuple(members))


def any_colleague(candidates: Sequence[Candidate]) -> Pool:
    """The pool of a round-robin booking that is moved to where anybody is free: all eligible hosts (R35)."""
    return _pool("any_colleague", None, candidates)


def _if_kept(candidate: Candidate, present: Collection[int]) -> str:
    if candidate.host_id in present:
        return candidate.standing or "present"
    return "optional" if candidate.optional else "not_present"


def _owner_rule(candidates: Sequence[Candidate], owner: Owner) -> str:
    """The row of R20's table for a contact who has an owner."""
    hosting = [candidate for candidate in candidates if candidate.host_id == owner.user_id]
    if owner.standing or any(candidate.standing for candidate in hosting):
        return "owner_not_able"
    return "owner" if hosting else "owner_not_host"


def _pool(rule: str, owner_id: int | None, candidates: Sequence[Candidate]) -> Pool:
    verdict = _VERDICTS.get(rule, _if_eligible)
    members = (Membership(each.host_id, each.name, *verdict(each, owner_id)) for each in candidates)
    return Pool(rule, owner_id, tuple(members))


def _if_eligible(candidate: Candidate, _: int | None) -> tuple[bool, str]:
    return candidate.reason_out is None, candidate.reason_out or "eligible"


def _always(candidate: Candidate, _: int | None) -> tuple[bool, str]:
    """An ineligible host of a personal link stays in: the link has no slot then, not no host (R12)."""
    return True, candidate.standing or "only_host"


def _if_required(candidate: Candidate, _: int | None) -> tuple[bool, str]:
    """R6: every host meets, eligible or not, but those who are only invited."""
    return not candidate.optional, "optional" if candidate.optional else candidate.standing or "required"


def _if_owner(candidate: Candidate, owner_id: int | None) -> tuple[bool, str]:
    """Whoever takes no turns keeps the contacts that are theirs. The others' reasons tell who could have been chosen:
    enough to repeat the choice by another rule."""
    if candidate.host_id == owner_id:
        return True, "owner_paused" if candidate.paused else "owner"
    return False, candidate.reason_out or "not_owner"


def _if_colleague(candidate: Candidate, owner_id: int | None) -> tuple[bool, str]:
    if candidate.host_id == owner_id:
        return False, "owner_apart"
    return _if_eligible(candidate, owner_id)


_VERDICTS: dict[str, Callable[[Candidate, int | None], tuple[bool, str]]] = {
    "personal": _always,
    "group": _if_required,
    "owner": _if_owner,
    "colleagues": _if_colleague,
}
