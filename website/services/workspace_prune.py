"""Taking away what a workspace file does not name; what bookings stand on is kept. Inside a transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select

from ..email_addresses import normal_domain, normal_email
from ..extensions import db
from ..models import Booking, Company, Contact, Link, Note, User
from .value_rules import Problem
from .workspace_calendars import prune_calendars
from .workspace_changes import Changes, say_what_is_left


def prune(data: Mapping[str, Any], changes: Changes, now: datetime) -> list[Problem]:
    """Unlinks calendars, removes links and contacts, deactivates users; a site left without an admin is a problem."""
    _calendars(data.get("users", []), changes)
    _links({link["slug"] for link in data.get("links", [])}, changes)
    _contacts({normal_email(contact["email"]) for contact in data.get("contacts", [])}, changes)
    _companies({normal_domain(company["domain"]) for company in data.get("companies", [])}, changes)
    _users({user["email"].lower() for user in data.get("users", [])}, changes, now)
    db.session.flush()
    if _any(User.active & (User.role == "admin")):
        return []
    return [("users", 'Pruning would leave no admin: name one, with role = "admin".')]


def _calendars(people: list[dict[str, Any]], changes: Changes) -> None:
    """Of the users whose calendars the file states at all."""
    for values in people:
        if "calendars" in values:
            user = db.session.scalars(select(User).where(User.email == values["email"].lower())).one()
            prune_calendars(user, values["calendars"], changes)


def _links(named: set[str], changes: Changes) -> None:
    for link in db.session.scalars(select(Link).where(Link.slug.not_in(named)).order_by(Link.slug)):
        reason = _why_kept(link)
        if not reason:
            db.session.delete(link)
            changes.say(f"removed link {link.slug}")
        elif link.active:
            link.active = False
            changes.say(f"switched off link {link.slug}: {reason}")
        else:
            changes.say(f"kept link {link.slug}: {reason}")


def _why_kept(link: Link) -> str:
    if _any(Booking.link_id == link.id):
        return "it has bookings"
    return "it has notes from visitors" if _any(Note.link_id == link.id) else ""


def _contacts(named: set[str], changes: Changes) -> None:
    rest = select(Contact).where(Contact.email.not_in(named), Contact.forgotten_at.is_(None))
    for contact in db.session.scalars(rest.order_by(Contact.email)):
        if _any(Booking.contact_id == contact.id):
            changes.say(f"kept contact {contact.email}: it has bookings")
        else:
            db.session.delete(contact)
            changes.say(f"removed contact {contact.email}")


def _companies(named: set[str], changes: Changes) -> None:
    rest = select(Company).where(Company.domain.not_in(named)).order_by(Company.domain)
    for company in db.session.scalars(rest):
        db.session.delete(company)
        changes.say(f"removed company {company.domain}")


def _users(named: set[str], changes: Changes, now: datetime) -> None:
    """Users are never removed: bookings, contacts and links name them."""
    rest = select(User).where(User.email.not_in(named), User.active).order_by(User.email)
    for user in db.session.scalars(rest):
        user.active = False
        changes.say(f"deactivated user {user.email}")
        say_what_is_left(user, changes, now)


def _any(condition: Any) -> bool:
    return bool(db.session.scalar(select(exists().where(condition))))
