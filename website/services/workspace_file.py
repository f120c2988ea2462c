"""The workspace file: one TOML text states a whole organisation (SPEC §6)."""

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import tomli_w
from sqlalchemy import select

from ..extensions import db
from ..models import Booking, BuiltinEvent, Calendar, CalendarAccount, Contact, Link, Note, Organisation, User
from ..providers.calendars import CALENDAR_PROVIDERS
from .calendar import refresh_builtin
from .calendar_rules import FROM_FILE
from .link import apply_values, organisation_zone, values_of
from .transaction import in_transaction
from .workspace_lines import line_numbers, line_of
from .workspace_rules import problems_of

ONLY = "main"


class BadWorkspace(Exception):
    """The file was refused whole; each line of the text names a line of the file."""


def apply(text: str, *, prune: bool, now: datetime) -> list[str]:
    """Makes the organisation what the file says, all or nothing, and returns what changed, a line each.

    What the file does not name stays, unless `prune` is given. Raises BadWorkspace.
    """
    data = _parsed(text)
    return in_transaction(lambda: _Application(data, text, now).run(prune=prune))


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = place[1] if place else len(text.splitlines())
        raise BadWorkspace(f"line {line}: this is no TOML: {error}") from error
    _refuse(problems_of(data), text)
    return data


def _refuse(problems: list[tuple[str, str]], text: str) -> None:
    if problems:
        numbers = line_numbers(text)
        lines = sorted((line_of(path, numbers), path, sentence) for path, sentence in problems)
        raise BadWorkspace("\n".join(f"line {line}: {path}: {sentence}" for line, path, sentence in lines))


class _Application:
    """One application of a file: what it names, and what it changed so far."""

    def __init__(self, data: Mapping[str, Any], text: str, now: datetime) -> None:
        self.data, self.text, self.now = data, text, now
        self.changes: list[str] = []
        self.users: dict[str, User] = {user.email: user for user in db.session.scalars(select(User))}

    def run(self, *, prune: bool) -> list[str]:
        with db.session.no_autoflush:
            self._organisation()
            for values in self.data.get("users", []):
                self._user(values)
            self._check_names()
            for values in self.data.get("contacts", []):
                self._contact(values)
            for values in self.data.get("links", []):
                self._link(values)
            if prune:
                self._prune()
        return self.changes

    def _note(self, row: Any, name: str) -> None:
        """Says that a row was added or changed, if it was, and stores it."""
        if row not in db.session:
            db.session.add(row)
            self.changes.append(f"added {name}")
        elif db.session.is_modified(row) or row in db.session.new:
            self.changes.append(f"changed {name}")
        db.session.flush()

    def _organisation(self) -> None:
        values = self.data.get("organisation", {})
        row = db.session.get(Organisation, 1) or Organisation(
            id=1, name="Our team", timezone=organisation_zone()
        )
        _update(row, values)
        if values or row in db.session:
            self._note(row, "organisation")

    def _user(self, values: Mapping[str, Any]) -> None:
        email = values["email"].lower()
        usual = {
            "timezone": organisation_zone(),
            "role": "member",
            "seat": False,
            "active": True,
            "hours": {},
        }
        user = self.users.get(email) or User(email=email)
        plain = {key: value for key, value in values.items() if key not in ("email", "calendars")}
        _update(user, usual | plain)
        self._note(user, f"user {email}")
        self.users[email] = user
        if "calendars" in values:
            self._calendars(user, values["calendars"])

    def _calendars(self, user: User, wanted: list[dict[str, Any]]) -> None:
        """A user's calendars of the kinds that a file can state; others are left alone."""
        known = [account for account in user.accounts if account.kind in FROM_FILE]
        kept = []
        for values in wanted:
            secret = {
                field.name: values[field.name].strip()
                for field in CALENDAR_PROVIDERS[values["kind"]].connect_fields
            }
            account = next(
                (one for one in known if one.kind == values["kind"] and one.secret == secret), None
            )
            if account is None:
                account = CalendarAccount(kind=values["kind"], secret=secret, user=user)
                account.calendars = [Calendar(external_id=ONLY)]
                self._note(account, f"{values['kind']} calendar of {user.email}")
            kept.append(account)
            self._calendar(account, values, user)
        for account in known:
            if account not in kept:
                user.accounts.remove(account)
                self.changes.append(f"removed {account.kind} calendar of {user.email}")
        db.session.flush()

    def _calendar(self, account: CalendarAccount, values: Mapping[str, Any], user: User) -> None:
        calendar = account.calendars[0]
        able = CALENDAR_PROVIDERS[account.kind].capabilities
        usual = {"conflicts": True, "receives_bookings": able.writes}
        _update(calendar, usual | {key: values[key] for key in usual if key in values})
        changed = (
            db.session.is_modified(calendar)
            and calendar.id is not None
            and bool(calendar in db.session.dirty)
        )
        db.session.flush()
        if able.in_database:
            changed = self._events(account, values.get("busy", [])) or changed
        if changed and f"added {account.kind} calendar of {user.email}" not in self.changes:
            self.changes.append(f"changed {account.kind} calendar of {user.email}")

    def _events(self, account: CalendarAccount, busy: list[dict[str, Any]]) -> bool:
        """The built-in calendar's events but for our own meetings; returns whether any changed."""
        calendar = account.calendars[0]
        wanted = _named(busy)
        known = {event.uid: event for event in calendar.events if not event.ours}
        for uid in set(known) - set(wanted):
            calendar.events.remove(known[uid])
        for uid in sorted(set(wanted) - set(known)):
            one = wanted[uid]
            times = {"start_at": one["start"].astimezone(UTC), "end_at": one["end"].astimezone(UTC)}
            calendar.events.append(BuiltinEvent(uid=uid, title=one.get("title", ""), ours=False, **times))
        changed = set(known) != set(wanted)
        if changed or account.checked_at is None:
            refresh_builtin(account, self.now)
        return changed

    def _check_names(self) -> None:
        """Whether every user that contacts and links name is there. Raises BadWorkspace."""
        problems = []
        for number, contact in enumerate(self.data.get("contacts", [])):
            if "owner" in contact and contact["owner"].lower() not in self.users:
                problems.append((f"contacts[{number}].owner", f"There is no user {contact['owner']}."))
        for number, link in enumerate(self.data.get("links", [])):
            named = [host["user"] for host in link["hosts"]]
            named += [link["creator"]] if link.get("creator") else []
            missing = [name for name in named if name.lower() not in self.users]
            problems += [(f"links[{number}].hosts", f"There is no user {name}.") for name in missing]
        _refuse(problems, self.text)

    def _contact(self, values: Mapping[str, Any]) -> None:
        email = values["email"].lower()
        contact = db.session.scalar(select(Contact).where(Contact.email == email)) or Contact(email=email)
        plain: dict[str, Any] = {key: values[key] for key in ("name", "phone") if key in values}
        if "owner" in values:
            plain["owner_id"] = self.users[values["owner"].lower()].id
        _update(contact, plain)
        self._note(contact, f"contact {email}")

    def _link(self, values: Mapping[str, Any]) -> None:
        link = db.session.scalar(select(Link).where(Link.slug == values["slug"]))
        creator = self.users[(values.get("creator") or values["hosts"][0]["user"]).lower()]
        if link is None:
            link = Link(slug=values["slug"], creator_id=creator.id)
        elif values.get("creator"):
            _update(link, {"creator_id": creator.id})
        before = set(link.hosts)
        apply_values(link, values, self.users)
        hosts_changed = link in db.session and (
            before != set(link.hosts) or any(db.session.is_modified(host) for host in link.hosts)
        )
        count = len(self.changes)
        self._note(link, f"link {link.slug}")
        if hosts_changed and len(self.changes) == count:
            self.changes.append(f"changed link {link.slug}")

    def _prune(self) -> None:
        """Takes away what the file does not name; what bookings stand on is switched off instead."""
        named = {link["slug"] for link in self.data.get("links", [])}
        for link in db.session.scalars(select(Link).where(Link.slug.not_in(named))).all():
            self._prune_link(link)
        emails = {contact["email"].lower() for contact in self.data.get("contacts", [])}
        for contact in db.session.scalars(select(Contact).where(Contact.email.not_in(emails))).all():
            if _count(Booking, Booking.contact_id == contact.id) == 0:
                db.session.delete(contact)
                self.changes.append(f"removed contact {contact.email}")
        people = {user["email"].lower() for user in self.data.get("users", [])}
        for user in db.session.scalars(select(User).where(User.email.not_in(people), User.active)).all():
            user.active = False
            self.changes.append(f"deactivated user {user.email}")
        db.session.flush()

    def _prune_link(self, link: Link) -> None:
        used = _count(Booking, Booking.link_id == link.id) + _count(Note, Note.link_id == link.id)
        if used == 0:
            db.session.delete(link)
            self.changes.append(f"removed link {link.slug}")
        elif link.active:
            link.active = False
            self.changes.append(f"switched off link {link.slug}: it has bookings")


def _count(model: Any, condition: Any) -> int:
    return int(db.session.query(model).filter(condition).count())


def _update(row: Any, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        if getattr(row, field) != value:
            setattr(row, field, value)


def _named(busy: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Busy times by a name that is the same each time the file is applied; equal ones are numbered."""
    seen: Counter[str] = Counter()
    found = {}
    for one in busy:
        said = f"{one['start'].astimezone(UTC)}/{one['end'].astimezone(UTC)}/{one.get('title', '')}"
        seen[said] += 1
        found[hashlib.sha256(f"{said}/{seen[said]}".encode()).hexdigest()[:32]] = one
    return found


def export() -> str:
    """The organisation as a workspace file. It holds the addresses of feeds, which are secrets: keep it safe."""
    organisation = db.session.get(Organisation, 1)
    data: dict[str, Any] = {}
    if organisation:
        data["organisation"] = {"name": organisation.name, "timezone": organisation.timezone}
    data["users"] = [_user_values(user) for user in db.session.scalars(select(User).order_by(User.email))]
    contacts = db.session.scalars(select(Contact).order_by(Contact.email))
    data["contacts"] = [_contact_values(contact) for contact in contacts]
    data["links"] = [
        _without_none(values_of(link)) for link in db.session.scalars(select(Link).order_by(Link.slug))
    ]
    return tomli_w.dumps({key: value for key, value in data.items() if value})


def _user_values(user: User) -> dict[str, Any]:
    values: dict[str, Any] = {
        "email": user.email, "name": user.name, "timezone": user.timezone, "role": user.role, "seat": user.seat,
    }  # fmt: skip
    if not user.active:
        values["active"] = False
    if user.hours:
        values["hours"] = user.hours
    values["calendars"] = [
        _calendar_values(account) for account in user.accounts if account.kind in FROM_FILE
    ]
    return values


def _calendar_values(account: CalendarAccount) -> dict[str, Any]:
    calendar = account.calendars[0]
    values: dict[str, Any] = {"kind": account.kind, **account.secret, "conflicts": calendar.conflicts}
    values["receives_bookings"] = calendar.receives_bookings
    if CALENDAR_PROVIDERS[account.kind].capabilities.in_database:
        values["busy"] = [
            {"start": event.start_at, "end": event.end_at, **({"title": event.title} if event.title else {})}
            for event in calendar.events
            if not event.ours
        ]
    return values


def _contact_values(contact: Contact) -> dict[str, Any]:
    values = {"email": contact.email, "name": contact.name, "phone": contact.phone}
    found = {key: value for key, value in values.items() if value}
    return found | ({"owner": contact.owner.email} if contact.owner else {})


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
