"""Whose times an address is shown, and why: the way through R20's table for one visitor (R20, R43)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ..extensions import db
from ..models import Contact, User
from ..scheduling.kinds import LINK_KINDS
from ..sentences import gettext_noop
from .availability import Scene, next_start
from .contact import owner_of
from .hosts import host_of


class Row(NamedTuple):
    """A row of R20's table, for translation: who the contact is, and what the page shows."""

    contact: str
    shows: str


TABLE: dict[str, Row] = {
    "unowned": Row(
        gettext_noop("The contact is unknown, or nobody owns it."),
        gettext_noop("Everybody's times together."),
    ),
    "not_able": Row(
        gettext_noop("The owner cannot host at present, or is not a host of this link."),
        gettext_noop("Everybody's times together."),
    ),
    "owner": Row(
        gettext_noop("The owner can host, and has a time on the dates that the link offers."),
        gettext_noop("The owner's times alone."),
    ),
    "owner_without_times": Row(
        gettext_noop("The owner can host, and has no time on any of these dates."),
        gettext_noop("No times, and a way to write to the owner."),
    ),
}


@dataclass(frozen=True, slots=True)
class OwnerPath:
    """What is known of an address, and where that leads. `asks`: the link heeds owners at all (R26); `row` is a key of
    `TABLE`, empty where it does not; `source` and `crm` are as in `Visitor`; `standing` is the owner's, `hosts` whether
    the owner is on the link, `paused` whether without turns there (R23), and `first` when the owner's first slot
    starts. `days`: from how far away on colleagues are offered besides (0: never), and `colleagues` whether they are.
    """

    address: str
    asks: bool
    rule: str
    row: str = ""
    contact: Contact | None = None
    owner: User | None = None
    source: str = ""
    crm: str = ""
    standing: str | None = None
    hosts: bool = False
    paused: bool = False
    first: datetime | None = None
    days: int = 0
    colleagues: bool = False


def owner_path(scene: Scene) -> OwnerPath:
    """The way of the scene's visitor, whose address is known."""
    visitor, link = scene.visitor, scene.link
    asks = LINK_KINDS[link.kind].owner_first and link.owner_first
    owner = owner_of(visitor)
    host = host_of(owner.id, scene.now) if owner else None
    on_link = next((one for one in scene.hosts if owner and one.id == owner.id), None)
    first = next_start(scene, scene.now) if scene.pool.owner_alone else None
    return OwnerPath(
        address=visitor.email or "",
        asks=asks,
        rule=scene.pool.rule,
        row=_row(scene, first) if asks else "",
        contact=db.session.get(Contact, visitor.contact_id) if visitor.contact_id is not None else None,
        owner=owner,
        source=visitor.owner_source,
        crm=visitor.crm,
        standing=host.standing if host else None,
        hosts=on_link is not None,
        paused=on_link is not None and on_link.paused,
        first=first,
        days=link.owner_fallback_days,
        colleagues=_with_colleagues(scene, first),
    )


def _row(scene: Scene, first: datetime | None) -> str:
    if scene.pool.owner_id is None:
        return "unowned"
    if not scene.pool.owner_alone:
        return "not_able"
    return "owner" if first is not None else "owner_without_times"


def _with_colleagues(scene: Scene, first: datetime | None) -> bool:
    days = scene.link.owner_fallback_days
    if not days or not scene.pool.owner_alone:
        return False
    return first is None or first - scene.now > timedelta(days=days)
