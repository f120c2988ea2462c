"""Hosts who take no turns for a while: on holiday, or for as long as they like (R23)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ..extensions import db
from ..models import Link, LinkHost, User
from ..scheduling.kinds import LINK_KINDS
from ..scheduling.pool import pauses
from ..sentences import Sentence
from .errors import Invalid, NotAllowed, UnknownUser
from .transaction import in_transaction


def pause(slug: str, user_id: int, first: date | None, last: date | None, *, by: User) -> None:
    """A host of the link takes no turns from `first` to `last`, both included; neither: takes turns again.

    Without a first date the pause has begun, without a last one it goes on. Raises NotAllowed, UnknownUser for somebody
    who is no host of the link, Invalid where it would end before it begins.
    """
    if first is not None and last is not None and last < first:
        raise Invalid({"paused_until": [Sentence("The last date is before the first.")]})

    def work() -> None:
        link = db.session.scalars(select(Link).where(Link.slug == slug).with_for_update()).one()
        if not may_pause(link, user_id, by):
            raise NotAllowed
        member = next((member for member in link.hosts if member.user_id == user_id), None)
        if member is None:
            raise UnknownUser
        member.paused_from, member.paused_until = first, last

    in_transaction(work)


def may_pause(link: Link, user_id: int, by: User) -> bool:
    """Hosts pause themselves; who made the link, and admins, anybody."""
    return by.id == user_id or by.is_admin or link.creator_id == by.id


def today_of(link: Link, now: datetime) -> date:
    """The date on the link's calendar."""
    return now.astimezone(ZoneInfo(link.timezone)).date()


def is_paused(member: LinkHost, now: datetime) -> bool:
    """Whether the host takes no turns today."""
    return pauses(today_of(member.link, now), member.paused_from, member.paused_until)


def all_paused(link: Link, now: datetime) -> bool:
    """Whether nobody takes turns where somebody must: the link offers no time but those of owners."""
    return LINK_KINDS[link.kind].rotates and all(is_paused(member, now) for member in link.hosts)
