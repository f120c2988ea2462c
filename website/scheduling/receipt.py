"""The assignment receipt: why a booking has the host it has, and how the host reads it (R24)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..sentences import gettext_noop
from .pool import Membership
from .rotations import ROTATIONS, Share

Answer = Literal["free", "busy", "no answer"]
Translate = Callable[[str], str]

VERSION = 1
_LATER = ("owner_source", "crm")

# By what the owner of a contact is known.
OWNER_SOURCES: dict[str, str] = {
    "contact": gettext_noop("The contact's own owner."),
    "crm": gettext_noop("The contact's owner in the CRM."),
    "company": gettext_noop("The owner of the contact's company."),
    "previous_host": gettext_noop("Whoever hosted the contact's last meeting."),
}

# What came of asking the CRM who owns the contact.
CRM_OUTCOMES: dict[str, str] = {
    "owned": gettext_noop("The CRM named the owner."),
    "unowned": gettext_noop("The CRM knows the contact, and nobody owns it there."),
    "unknown": gettext_noop("The CRM does not know the contact."),
    "owner_unknown": gettext_noop("The CRM named an owner who is none of our users."),
    "owner_archived": gettext_noop("The CRM named an owner who was archived there."),
    "ambiguous": gettext_noop("The CRM knows two contacts with this address and different owners."),
    "refused": gettext_noop("The CRM refused our token: the booking went on without it."),
    "limited": gettext_noop("The CRM was asked too often: the booking went on without it."),
    "failed": gettext_noop("The CRM failed: the booking went on without it."),
    "too_slow": gettext_noop("The CRM did not answer in time: the booking went on without it."),
    "resting": gettext_noop("The CRM failed before and was not asked: the booking went on without it."),
}

# Of which the host hears nothing: all went as it should.
_AS_USUAL = ("", "owned", "unowned", "unknown")


@dataclass(frozen=True, slots=True)
class HandOver:
    """A host's place in the booking that went to somebody else: from whom, to whom, by whom. `declined`: the link's
    rotation chose who got it (R36)."""

    from_id: int
    from_name: str
    to_id: int
    to_name: str
    by_id: int
    by_name: str
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What went into the choice of a host, and what came out: enough to explain it and to repeat it.

    `rule` is a key of `POOL_RULES`; `pool` has every host of the link, in or out; `free_host_ids` are those
    free by what was known; `rotation` is a key of `ROTATIONS`, or None where there was nothing to choose;
    `shares` are of the pool, `scores` of the last choice; `winner_id` and `winner_name` are None where
    everyone meets; `checked` is what the hosts' calendars answered at the last moment; `unchecked` means that
    one did not and the booking was accepted all the same (R31); `handed_over` is what became of it since, oldest
    first. `owner_source` is a key of `OWNER_SOURCES`, by what the owner is known; `crm` one of `CRM_OUTCOMES`, empty
    where no CRM was asked. The rest is as it was at the last choice.
    """

    rule: str
    pool: tuple[Membership, ...]
    free_host_ids: tuple[int, ...]
    owner_name: str | None = None
    rotation: str | None = None
    shares: tuple[Share, ...] = ()
    scores: Mapping[int, float] = field(default_factory=dict)
    winner_id: int | None = None
    winner_name: str | None = None
    checked: Mapping[int, Answer] = field(default_factory=dict)
    unchecked: bool = False
    handed_over: tuple[HandOver, ...] = ()
    owner_source: str = ""
    crm: str = ""

    def to_json(self) -> dict[str, Any]:
        """The receipt as plain values. Pairs instead of mappings: JSON would turn the ids into text."""
        # What the release before does not know is written only where there is something to say.
        plain = {key: value for key, value in asdict(self).items() if value or key not in _LATER}
        return plain | {
            "version": VERSION,
            "pool": [asdict(member) for member in self.pool],
            "free_host_ids": list(self.free_host_ids),
            "shares": [asdict(share) for share in self.shares],
            "scores": [list(pair) for pair in self.scores.items()],
            "checked": [list(pair) for pair in self.checked.items()],
            "handed_over": [asdict(one) for one in self.handed_over],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Receipt":
        """The receipt that `to_json` wrote. Raises ValueError on any other version or shape."""
        rest = dict(values)
        if rest.pop("version", None) != VERSION:
            raise ValueError(f"no receipt of version {VERSION}")
        try:
            return cls(
                **rest
                | {
                    "pool": tuple(Membership(**member) for member in rest["pool"]),
                    "free_host_ids": tuple(rest["free_host_ids"]),
                    "shares": tuple(Share(**share) for share in rest["shares"]),
                    "scores": dict(rest["scores"]),
                    "checked": dict(rest["checked"]),
                    "handed_over": tuple(HandOver(**one) for one in rest.get("handed_over", ())),
                }
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"no receipt: {error}") from error


# Why you host, by what makes you the contact's owner
_OWNING = {
    "contact": gettext_noop("You own this contact."),
    "crm": gettext_noop("You own this contact in the CRM."),
    "company": gettext_noop("You own this contact's company."),
    "previous_host": gettext_noop("You met this contact last time."),
}
# Why you host, where the rule alone says it
_BY_RULE = {
    "personal": gettext_noop("This is your personal link."),
    "group": gettext_noop("Everyone on this group link hosts."),
    "kept": gettext_noop("You hosted this meeting before it was moved, and still do."),
}
_INVITED = gettext_noop("You are invited to this group meeting, and need not be free.")
_ALONE = gettext_noop("You were the only one of {pool} hosts who was free.")
_ONLY_HOST = gettext_noop("You were the only host who could be chosen.")
_PICKED = gettext_noop("You were chosen from the hosts of this link.")

_GIVEN = gettext_noop("{former} handed this over to you.")
_GIVEN_BY = gettext_noop("{by} handed this over from {former} to you.")

# What else the host may want to know
_DECLINED = gettext_noop("{former} declined this meeting, and it went on to the next host.")
_OF_CONTACT = {
    "owner_not_able": gettext_noop("{owner} owns this contact and cannot host at present."),
    "owner_not_host": gettext_noop("{owner} owns this contact and is not a host of this link."),
    "colleagues": gettext_noop("{owner} owns this contact; a sooner time with a colleague was chosen."),
}
_OF_COMPANY = {
    "owner_not_able": gettext_noop("{owner} owns this contact's company and cannot host at present."),
    "owner_not_host": gettext_noop("{owner} owns this contact's company and is not a host of this link."),
    "colleagues": gettext_noop(
        "{owner} owns this contact's company; a sooner time with a colleague was chosen."
    ),
}
_OF_LAST_TIME = {
    "owner_not_able": gettext_noop("{owner} met this contact last time and cannot host at present."),
    "owner_not_host": gettext_noop("{owner} met this contact last time and is not a host of this link."),
    "colleagues": gettext_noop(
        "{owner} met this contact last time; a sooner time with a colleague was chosen."
    ),
}
_ABOUT_OWNER = {"company": _OF_COMPANY, "previous_host": _OF_LAST_TIME}
_MOVED_AWAY = gettext_noop("The meeting was moved to a time at which its host before you could not be there.")
_BUSY_AFTER_ALL = gettext_noop("Before you, a host who seemed free turned out to be busy.")
_NO_ANSWER_BEFORE = gettext_noop("Before you, a host's calendar did not answer.")
_UNCHECKED = gettext_noop("Not every calendar answered in time: the booking rests on what was last seen.")


def sentence(receipt: Receipt, translate: Translate = str, *, reader_id: int | None = None) -> str:
    """Why you host this booking, in one plain sentence (R24) for `reader_id`, by default the host who was chosen.

    `translate` gets a whole sentence with named placeholders, and returns it in another language.
    """
    given = _given_to(receipt, reader_id)
    if given is not None and not given.declined:
        text = _GIVEN if given.by_id == given.from_id else _GIVEN_BY
        return translate(text).format(former=given.from_name, by=given.by_name)
    if _only_invited(receipt, reader_id):
        return translate(_INVITED)
    template = _by_rule(receipt) or _rotation_template(receipt)
    return translate(template).format(**_facts(receipt))


def remarks(receipt: Receipt, translate: Translate = str, *, reader_id: int | None = None) -> list[str]:
    """Further sentences for the host: whose contact this is, what went wrong with the CRM, who declined it, and what
    the last look at calendars said (R31). `translate` and `reader_id` are as in `sentence`.
    """
    given = _given_to(receipt, reader_id)
    if given is not None:
        return [translate(_DECLINED).format(former=given.from_name)] if given.declined else []
    answers = set(receipt.checked.values())
    texts = [
        (_about_owner(receipt), receipt.owner_name is not None),
        (CRM_OUTCOMES.get(receipt.crm), receipt.crm not in _AS_USUAL),
        (_MOVED_AWAY, receipt.rule == "any_colleague"),
        (_BUSY_AFTER_ALL, "busy" in answers),
        (_NO_ANSWER_BEFORE, "no answer" in answers and not receipt.unchecked),
        (_UNCHECKED, receipt.unchecked),
    ]
    return [translate(text).format(owner=receipt.owner_name) for text, holds in texts if text and holds]


def _by_rule(receipt: Receipt) -> str | None:
    """Bookings of before sources were told have none: their contact had an owner."""
    if receipt.rule == "owner":
        return _OWNING.get(receipt.owner_source, _OWNING["contact"])
    return _BY_RULE.get(receipt.rule)


def _about_owner(receipt: Receipt) -> str | None:
    return _ABOUT_OWNER.get(receipt.owner_source, _OF_CONTACT).get(receipt.rule)


def _only_invited(receipt: Receipt, reader_id: int | None) -> bool:
    """Whether the reader is an optional host of a group (R6)."""
    return any(member.host_id == reader_id and member.reason == "optional" for member in receipt.pool)


def _given_to(receipt: Receipt, reader_id: int | None) -> HandOver | None:
    """The last hand-over by which the reader came to the booking."""
    return next((one for one in reversed(receipt.handed_over) if one.to_id == reader_id), None)


def _rotation_template(receipt: Receipt) -> str:
    facts = _facts(receipt)
    if facts["free"] <= 1:
        return _ALONE if facts["pool"] > 1 else _ONLY_HOST
    if receipt.rotation is None:
        return _PICKED
    rotation = ROTATIONS[receipt.rotation]
    if facts["equal"] > 1:
        return rotation.tied or rotation.sentence
    if facts["mine"] < facts["next"]:
        return rotation.fewest or rotation.sentence
    return rotation.sentence


def _facts(receipt: Receipt) -> dict[str, int]:
    """The numbers that sentences may name."""
    running = _in_the_running(receipt)
    given = {share.host_id: share.given for share in receipt.shares if share.host_id in running}
    scores = {host: score for host, score in receipt.scores.items() if host in running}
    mine = [scores[host] for host in scores if host == receipt.winner_id]
    return {
        "free": len(running),
        "pool": sum(member.inside for member in receipt.pool),
        "equal": sum(score in mine for score in scores.values()),
        "mine": sum(count for host, count in given.items() if host == receipt.winner_id),
        "next": min((count for host, count in given.items() if host != receipt.winner_id), default=0),
    }


def _in_the_running(receipt: Receipt) -> set[int]:
    """The free hosts who were still so after the last look: R31 passes over the others."""
    gone = {"busy"} if receipt.unchecked else {"busy", "no answer"}
    return {host for host in receipt.free_host_ids if receipt.checked.get(host) not in gone}
