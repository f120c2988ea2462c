"""Who may sign in: whoever is known, was invited, or belongs to a domain of ours; and the first admin."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ..config import in_force
from ..extensions import db
from ..models import Identity, User
from .errors import NotInvited
from .first_admin import is_first_admin_code
from .link import organisation_zone
from .organisation import in_turn


@dataclass(frozen=True, slots=True)
class Person:
    """An account at an OpenID provider, as its checked ID token describes it.

    `issuer` and `subject` together name it for ever; the address may change. `domain` is the one that the provider
    says the account belongs to, in lower case; `email` may be empty.
    """

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str
    domain: str = ""


def sign_in(person: Person, *, code: str = "", now: datetime) -> User:
    """The user that this person is, new or known. Raises NotInvited, and nothing is stored then.

    `code` is what was typed to become the first admin.
    """

    def work() -> User:
        identity = _identity(person)
        user = (
            _first_admin(person, identity, code)
            or _known(identity)
            or _invited(person)
            or _from_domain(person)
        )
        if user is None or not user.active:
            raise NotInvited
        if identity is None:
            user.identities.append(_new_identity(person, now))
        else:
            identity.email = person.email
        db.session.add(user)
        db.session.flush()
        return user

    return in_turn(work)


def _identity(person: Person) -> Identity | None:
    return db.session.scalar(
        select(Identity).where(Identity.issuer == person.issuer, Identity.subject == person.subject)
    )


def _new_identity(person: Person, now: datetime) -> Identity:
    return Identity(issuer=person.issuer, subject=person.subject, email=person.email, created_at=now)


def _known(identity: Identity | None) -> User | None:
    return identity.user if identity is not None else None


def _first_admin(person: Person, identity: Identity | None, code: str) -> User | None:
    """With the right code, whoever signs in becomes admin; with a user of their own, never with somebody else's."""
    if not code or not is_first_admin_code(code):
        return None
    user = _known(identity) or _invited(person) or _new_user(person)
    if user is not None:
        user.role, user.seat, user.active = "admin", True, True
    return user


def _invited(person: Person) -> User | None:
    """The user whom an admin invited under this address and who never signed in."""
    user = _user_with(person.email) if person.email_verified else None
    return user if user is not None and not user.identities else None


def _from_domain(person: Person) -> User | None:
    """A new member, when the provider says that the account belongs to one of our domains."""
    ours = person.email_verified and person.domain in in_force().sign_in_domains
    return _new_user(person) if ours else None


def _new_user(person: Person) -> User | None:
    """A new user; None when the address is nobody's, or another user's."""
    if not person.email or _user_with(person.email) is not None:
        return None
    zone = organisation_zone()
    return User(
        email=folded(person.email),
        name=person.name,
        timezone=zone,
        role="member",
        seat=False,
        active=True,
        hours={},
    )


def _user_with(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == folded(email)))


def folded(email: str) -> str:
    """An address as users are known by it. Only A to Z have small letters here: others could make two people one."""
    return email.encode().lower().decode()
