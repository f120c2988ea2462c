"""The people of the organisation."""

from sqlalchemy import select

from ..extensions import db
from ..models import User


def active_users() -> list[User]:
    """Everybody who may sign in, by name."""
    return list(db.session.scalars(select(User).where(User.active).order_by(User.name)))


def user_by_id(user_id: int | None) -> User | None:
    """The user with this number."""
    return db.session.get(User, user_id) if user_id is not None else None
