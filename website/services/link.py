"""Setting links up: reading and writing their values, who may, and who can host (R40 to R42)."""

from collections.abc import Container, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..extensions import db
from ..models import Link, LinkHost, Organisation, User
from ..scheduling.kinds import LINK_KINDS, LinkKind
from ..scheduling.rotations import RECENT_DAYS
from ..sentences import Sentence
from .errors import Invalid, NotAllowed
from .host_rules import kind_of
from .hosts import Host, hosts_of
from .link_rules import check_link
from .transaction import in_transaction

DEFAULT_ZONE = "Europe/London"
PLAIN = (
    "name", "title", "description", "active", "timezone", "durations", "hours", "overrides", "hours_source",
    "notice_minutes", "buffer_before", "buffer_after", "max_per_day", "max_per_week", "max_per_day_per_host",
    "max_per_week_per_host", "owner_first", "owner_fallback_days", "owner_counts", "assign_owner", "company_owner",
    "previous_host", "crm_owner", "rotation", "share_days", "place",
    "questions", "redirect_url", "change_notice_minutes", "any_colleague", "reminders",
    "language", "colour", "embed_origins",
)  # fmt: skip

# What a host of a link says where the values say nothing.
HOST_FIELDS: dict[str, Any] = {
    "weight": 1, "priority": None, "optional": False, "paused_from": None, "paused_until": None, "max_per_day": None,
    "max_per_week": None,
}  # fmt: skip


def defaults_of(kind: str) -> dict[str, Any]:
    """What a link of this kind says where its values say nothing."""
    return {
        "name": "", "description": "", "active": True, "timezone": organisation_zone(), "increment": 30,
        "overrides": {}, "hours_source": "link", "notice_minutes": 240, "window_days": 60, "buffer_before": 0,
        "buffer_after": 0, "max_per_day": None, "max_per_week": None, "max_per_day_per_host": None,
        "max_per_week_per_host": None, "owner_first": False, "owner_fallback_days": 0, "owner_counts": False,
        "assign_owner": LINK_KINDS[kind].assigns_owner, "company_owner": False, "previous_host": False,
        "crm_owner": False, "rotation": "random", "share_days": RECENT_DAYS, "place": {}, "questions": [],
        "redirect_url": "", "change_notice_minutes": 0, "any_colleague": False, "reminders": [], "language": "",
        "colour": "", "embed_origins": [],
    }  # fmt: skip


def organisation_zone() -> str:
    """The organisation's time zone."""
    organisation = db.session.get(Organisation, 1)
    return organisation.timezone if organisation else DEFAULT_ZONE


def values_of(link: Link) -> dict[str, Any]:
    """The link as the workspace file writes it, without what is as by default; the inverse of `apply_values`."""
    usual = defaults_of(link.kind)
    values: dict[str, Any] = {"slug": link.slug, "kind": link.kind, "creator": link.creator.email}
    for field in PLAIN:
        value = getattr(link, field)
        if field == "timezone" or field not in usual or value != usual[field]:
            values[field] = value
    values["increment"] = link.increment or "duration"
    if link.window_from is not None and link.window_to is not None:
        values["window"] = {"from": link.window_from, "to": link.window_to}
    else:
        values["window_days"] = link.window_days
    values["hosts"] = [_host_values(host) for host in link.hosts]
    return values


def _host_values(host: LinkHost) -> dict[str, Any]:
    values: dict[str, Any] = {"user": host.user.email, "weight": host.weight}
    known = {field: getattr(host, field) for field in HOST_FIELDS}
    return values | {field: value for field, value in known.items() if value != HOST_FIELDS[field]}


def apply_values(link: Link, values: Mapping[str, Any], users: Mapping[str, User]) -> None:
    """Writes checked values to a link; `users` are those named, by address. Inside a transaction."""
    link.kind = values["kind"]
    full = defaults_of(link.kind) | dict(values)
    for field in PLAIN:
        _set(link, field, full[field])
    _set(link, "slug", full["slug"])
    _set(link, "increment", 0 if full["increment"] == "duration" else full["increment"])
    fixed = full.get("window")
    _set(link, "window_days", None if fixed else full["window_days"])
    _set(link, "window_from", fixed["from"] if fixed else None)
    _set(link, "window_to", fixed["to"] if fixed else None)
    _set_hosts(link, full["hosts"], users)


def _set(link: Link, field: str, value: Any) -> None:
    if getattr(link, field) != value:
        setattr(link, field, value)


def _set_hosts(link: Link, hosts: list[dict[str, Any]], users: Mapping[str, User]) -> None:
    """Those who stay keep their place in the rotation."""
    known = {host.user_id: host for host in link.hosts}
    wanted = []
    for position, host in enumerate(hosts):
        user = users[host["user"].lower()]
        row = known.get(user.id) or LinkHost(user_id=user.id, **HOST_FIELDS)
        for field, value in ({"position": position} | HOST_FIELDS | host).items():
            if field != "user" and getattr(row, field) != value:
                setattr(row, field, value)
        wanted.append(row)
    if [row.user_id for row in link.hosts] != [row.user_id for row in wanted] or any(
        row not in link.hosts for row in wanted
    ):
        link.hosts = wanted


def create_link(values: Mapping[str, Any], *, by: User, now: datetime) -> Link:
    """Makes a link. Raises Invalid with errors by field, NotAllowed (R42)."""

    def work() -> Link:
        users = _checked(values, by, now, known=None)
        link = Link(creator_id=by.id)
        db.session.add(link)
        with db.session.no_autoflush:
            apply_values(link, values, users)
        return link

    return in_transaction(work)


def update_link(slug: str, values: Mapping[str, Any], *, by: User, now: datetime) -> Link:
    """Changes a link. Raises Invalid with errors by field, NotAllowed (R42)."""

    def work() -> Link:
        link = db.session.scalars(select(Link).where(Link.slug == slug).with_for_update()).one()
        if not may_edit(link, by):
            raise NotAllowed
        apply_values(link, values, _checked(values, by, now, known=link))
        link.version += 1
        return link

    return in_transaction(work)


def set_active(slug: str, on: bool, *, by: User) -> None:
    """Switches a link on or off. Raises NotAllowed."""

    def work() -> None:
        link = db.session.scalars(select(Link).where(Link.slug == slug)).one()
        if not may_edit(link, by):
            raise NotAllowed
        link.active = on

    in_transaction(work)


def may_edit(link: Link, user: User) -> bool:
    """Admins may change every link, members those that they made or host (R42)."""
    return user.is_admin or link.creator_id == user.id or any(host.user_id == user.id for host in link.hosts)


def _checked(values: Mapping[str, Any], by: User, now: datetime, known: Link | None) -> dict[str, User]:
    """The users named, by address, once everything holds. Raises Invalid."""
    errors = check_link(values)
    users: dict[str, User] = {}
    if "hosts" not in errors:
        users = users_by_email([host["user"] for host in values["hosts"]])
        found = _wrong_hosts(values, users, by, now, known)
        if found:
            errors["hosts"] = found
    taken = db.session.scalar(select(Link).where(Link.slug == str(values.get("slug"))))
    if "slug" not in errors and taken is not None and taken is not known:
        errors["slug"] = [Sentence("Another link has this address.")]
    if errors:
        raise Invalid(errors)
    return users


def users_by_email(emails: list[str]) -> dict[str, User]:
    """The users with these addresses, by address in lower case."""
    wanted = [email.lower() for email in emails]
    return {user.email: user for user in db.session.scalars(select(User).where(User.email.in_(wanted)))}


def _wrong_hosts(
    values: Mapping[str, Any], users: Mapping[str, User], by: User, now: datetime, known: Link | None
) -> list[str]:
    """R41: only who can host may be added. R42: members are on their links, and who made a group link is, too."""
    wrong = list(_cannot_host(values, users, now, known))
    host_ids = {user.id for user in users.values()}
    if by.id not in host_ids and not by.is_admin:
        wrong.append(Sentence("Add yourself: you can make links for yourself and for teams you are on."))
    kind, creator = kind_of(values), known.creator if known else by
    if not wrong and kind and leaves_out_creator(kind, creator, host_ids, known):
        wrong.append(
            Sentence("Add %(name)s: the creator of a group link is one of its hosts.", name=creator.name)
        )
    return wrong


def _cannot_host(
    values: Mapping[str, Any], users: Mapping[str, User], now: datetime, known: Link | None
) -> Iterator[str]:
    """Who is on the link already may stay, whatever their standing (R41)."""
    staying = {host.user_id for host in known.hosts} if known else set()
    standing = {host.id: host.standing for host in hosts_of([user.id for user in users.values()], now)}
    for host in values["hosts"]:
        user = users.get(host["user"].lower())
        if user is None:
            yield Sentence("There is no user %(email)s.", email=host["user"])
        elif user.id not in staying and standing[user.id]:
            yield Sentence("%(name)s cannot be added at present.", name=user.name)


def leaves_out_creator(kind: LinkKind, creator: User, host_ids: Container[int], known: Link | None) -> bool:
    """Whether a group link would be without its creator (R42).

    Who left the organisation may be missing, and so may who was when the link last changed: nothing is lost.
    """
    if not kind.creator_hosts or not creator.active or creator.id in host_ids:
        return False
    if known is None or known.kind != kind.key or known.creator_id != creator.id:
        return True
    return any(host.user_id == creator.id for host in known.hosts)


def possible_hosts(now: datetime, link: Link | None = None) -> list[Host]:
    """Every active user as a host, and whoever is on the link already, first and in its order.

    Those with a standing cannot be added, and it says why (R41)."""
    staying = [host.user_id for host in link.hosts] if link else []
    ids = {*staying, *db.session.scalars(select(User.id).where(User.active))}
    place = {user_id: position for position, user_id in enumerate(staying)}
    return sorted(hosts_of(list(ids), now), key=lambda host: place.get(host.id, len(place)))
