"""The people of the organisation."""

from collections.abc import Iterable

from sqlalchemy import select

from ..extensions import db
from ..models import Identity, User


def active_users() -> list[User]:
    """Everybody who may sign in, by name."""
    return list(db.session.scalars(select(User).where(User.active).order_by(User.name)))


def inactive_users() -> list[User]:
    """Everybody who was on the team, by name."""
    return list(db.session.scalars(select(User).where(User.active.is_(False)).order_by(User.name)))


def users_with_account(user_ids: Iterable[int]) -> set[int]:
    """Those of these users who have signed in with an account."""
    return set(db.session.scalars(select(Identity.user_id).where(Identity.user_id.in_(list(user_ids)))))


def user_by_id(user_id: int | None) -> User | None:
    """The user with this number."""
    return db.session.get(User, user_id) if user_id is not None else None


def emails_of(user_ids: Iterable[int]) -> dict[int, str]:
    """The addresses of these users."""
    found = select(User.id, User.email).where(User.id.in_(list(user_ids)))
    return {row.id: row.email for row in db.session.execute(found)}


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """The names of these users."""
    found = select(User.id, User.name).where(User.id.in_(list(user_ids)))
    return {row.id: row.name for row in db.session.execute(found)}
