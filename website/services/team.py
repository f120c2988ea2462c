"""Who is on the team: invited, changed, deactivated by admins; and what users say of themselves.

Nobody is ever the last active admin to go: then nobody could let others in.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ..extensions import db
from ..models import User
from ..sentences import gettext_noop
from .errors import Invalid, NotAllowed, StaysBehind, UnknownUser
from .link import organisation_zone
from .organisation import in_turn
from .sign_in import folded
from .staying import what_stays
from .transaction import in_transaction

TAKEN = gettext_noop("Somebody on the team, or who was, has this address.")
LAST_ADMIN = gettext_noop("Nobody else is an admin: make somebody else one first.")


@dataclass(frozen=True, slots=True)
class UserValues:
    """What an admin says of a user; the texts are checked by the form."""

    email: str
    name: str
    role: str
    seat: bool
    active: bool = True


def invite(values: UserValues, *, by: User) -> User:
    """A new user, who is bound to an account by signing in with a verified address that equals this one.

    Raises NotAllowed for who is no admin, Invalid for an address that another user has.
    """

    def work() -> User:
        _check_admin(by)
        user = User(timezone=organisation_zone(), hours={})
        _take(values, user)
        db.session.add(user)
        db.session.flush()
        return user

    return in_turn(work)


def change_user(user_id: int, values: UserValues, *, by: User, now: datetime) -> None:
    """Changes a user. Raises NotAllowed, UnknownUser, or Invalid for an address that another user has and for taking
    away the last active admin; StaysBehind for deactivating somebody who has something to hand over first (R42)."""

    def work() -> None:
        _check_admin(by)
        user = _user(user_id)
        check_admin_stays(user, role=values.role, active=values.active)
        if user.active and not values.active and what_stays(user, now):
            raise StaysBehind
        _take(values, user)

    in_turn(work)


def check_admin_stays(user: User, *, role: str, active: bool) -> None:
    """Raises Invalid where the last active admin would be none any more. Inside `in_turn`."""
    goes = user.is_admin and user.active and not (role == "admin" and active)
    if goes and not _other_admins(user):
        raise Invalid({"role" if active else "active": [LAST_ADMIN]})


def forget_account(user_id: int, *, by: User) -> None:
    """Lets a user sign in with another account from now on, as if just invited. Raises NotAllowed or UnknownUser."""

    def work() -> None:
        _check_admin(by)
        _user(user_id).identities.clear()

    in_turn(work)


def change_profile(name: str, timezone: str, language: str, *, of: User) -> None:
    """What users say of themselves; the zone is a known one, the language a tag that we speak, or empty."""

    def work() -> None:
        of.name, of.timezone, of.language = name, timezone, language

    in_transaction(work)


def _check_admin(by: User) -> None:
    if not (by.is_admin and by.active):
        raise NotAllowed


def _user(user_id: int) -> User:
    user = db.session.get(User, user_id)
    if user is None:
        raise UnknownUser
    return user


def _other_admins(user: User) -> int:
    others = select(func.count(User.id)).where(User.role == "admin", User.active, User.id != user.id)
    return db.session.scalar(others) or 0


def _take(values: UserValues, user: User) -> None:
    email = folded(values.email)
    holder = db.session.scalar(select(User).where(User.email == email))
    if holder is not None and holder is not user:
        raise Invalid({"email": [TAKEN]})
    user.email, user.name, user.role = email, values.name, values.role
    user.seat, user.active = values.seat, values.active
