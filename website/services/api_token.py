"""Tokens of the API: made, listed, revoked, and recognised when a program shows one."""

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import ApiToken, User
from ..sentences import Sentence
from .errors import Invalid, NotAllowed, UnknownToken
from .transaction import in_transaction

# Secret scanners know a token that lies in a public place by how it begins.
PREFIX = "fh_"
# 256 bits: nobody finds one by trying, so a hash without a salt gives nothing away.
BYTES = 32
LONGEST, LONGEST_NAME = 100, 100


def make_token(name: str, *, by: User, now: datetime) -> tuple[ApiToken, str]:
    """A new token and its text, which is kept nowhere. Raises NotAllowed, Invalid."""
    _check_admin(by)
    name = name.strip()
    if not name:
        raise Invalid({"name": [Sentence("Write what it is for.")]})
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid({"name": [Sentence("Write up to %(most)s letters, on one line.", most=LONGEST_NAME)]})
    text = PREFIX + secrets.token_urlsafe(BYTES)

    def work() -> ApiToken:
        token = ApiToken(name=name, hash=_hash(text), creator_id=by.id, created_at=now)
        db.session.add(token)
        return token

    return in_transaction(work), text


def tokens_in_use() -> list[ApiToken]:
    """Those that still let a program in, newest first."""
    found = select(ApiToken).where(ApiToken.revoked_at.is_(None)).options(joinedload(ApiToken.creator))
    return list(db.session.scalars(found.order_by(ApiToken.id.desc())))


def token_in_use(token_id: int) -> ApiToken:
    """The token with this number. Raises UnknownToken for one that was revoked, too."""
    token = db.session.get(ApiToken, token_id)
    if token is None or token.revoked_at is not None:
        raise UnknownToken
    return token


def revoke_token(token_id: int, *, by: User, now: datetime) -> None:
    """Ends a token: from now on it lets nobody in. Raises NotAllowed, UnknownToken."""
    _check_admin(by)

    def work() -> None:
        token_in_use(token_id).revoked_at = now

    in_transaction(work)


def token_shown(text: str, now: datetime) -> ApiToken | None:
    """The token that a program shows, None for one that lets nobody in. The day of its last use is kept, which costs a
    row a day."""
    if len(text) > LONGEST or not text.startswith(PREFIX):
        return None
    hashed = _hash(text)
    token = db.session.scalar(select(ApiToken).where(ApiToken.hash == hashed, ApiToken.revoked_at.is_(None)))
    if token is None or not hmac.compare_digest(token.hash, hashed):
        return None
    if token.used_on != now.date():
        _used(token.id, now)
    return token


def _used(token_id: int, now: datetime) -> None:
    def work() -> None:
        token = db.session.get(ApiToken, token_id)
        if token is not None:
            token.used_on = now.date()

    in_transaction(work)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _check_admin(user: User) -> None:
    if not user.is_admin:
        raise NotAllowed
