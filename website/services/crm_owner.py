"""Owners as the CRM knows them: copied hourly, so that no visitor waits for that, and who of our users each of them
is (R20)."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..email_addresses import normal_email
from ..extensions import db
from ..models import CrmOwner, CrmState, User
from ..providers.crm import linked_crm
from ..providers.crm.base import CrmProvider
from ..providers.crm.errors import CrmError
from ..providers.crm.records import FoundOwner
from ..sentences import Sentence
from . import crm_meeting
from .crm import forget_answers
from .errors import BadRequest, NotAllowed
from .seldom import Seldom
from .transaction import in_transaction

log = logging.getLogger(__name__)

PAUSE, PAUSE_AFTER_FAILURE = timedelta(hours=1), timedelta(minutes=5)
DEADLINE_SECONDS = 30.0
# An admin sits before the page and waits.
DEADLINE_FOR_A_PERSON_SECONDS = 8.0

_look = Seldom(timedelta(seconds=30))


def read_owners_due(now: datetime) -> int:
    """Reads the owners where the last reading is an hour old, by any worker; returns 1 if it did. A worker looks every
    thirty seconds whether that is so."""
    crm = linked_crm()
    if crm is None or not _look.is_due(now):
        return 0
    _look.done(now)
    if not in_transaction(lambda: _is_due(crm, now)):
        return 0
    _read(crm, now, DEADLINE_SECONDS)
    return 1


def read_owners_now(*, by: User, now: datetime) -> bool:
    """Reads the owners at once, and asks the CRM again about contacts too; returns whether it answered. Never inside a
    transaction. Raises NotAllowed for who is no admin."""
    if not by.is_admin:
        raise NotAllowed
    crm = linked_crm()
    if crm is None:
        return False
    return _read(crm, now, DEADLINE_FOR_A_PERSON_SECONDS)


def state_of(crm: CrmProvider) -> CrmState | None:
    """How the last readings went, None before the first."""
    return db.session.get(CrmState, crm.key)


def owners_of(crm: CrmProvider) -> Sequence[CrmOwner]:
    """Every owner with its user, those who were archived last, else by name."""
    wanted = select(CrmOwner).where(CrmOwner.provider == crm.key).options(joinedload(CrmOwner.user))
    return db.session.scalars(wanted.order_by(CrmOwner.archived, CrmOwner.name, CrmOwner.id)).all()


def owner_by_id(owner_id: int) -> CrmOwner | None:
    """The owner with this number of ours."""
    return db.session.get(CrmOwner, owner_id)


def set_user(owner_id: int, user_id: int | None, *, by: User) -> None:
    """Says by hand which user an owner is, None for nobody; no reading changes that. Raises NotAllowed for who is no
    admin, BadRequest for no such owner or user."""

    def work() -> None:
        owner = _owner(owner_id, by)
        if user_id is not None and db.session.get(User, user_id) is None:
            raise BadRequest("user", Sentence("There is no such user."))
        owner.user_id, owner.by_hand = user_id, True

    in_transaction(work)


def go_by_address(owner_id: int, *, by: User) -> None:
    """Leaves it to the e-mail address again which user an owner is. Raises as `set_user`."""

    def work() -> None:
        owner = _owner(owner_id, by)
        owner.user_id, owner.by_hand = _users_by_email().get(normal_email(owner.email)), False

    in_transaction(work)


def _owner(owner_id: int, by: User) -> CrmOwner:
    if not by.is_admin:
        raise NotAllowed
    owner = db.session.get(CrmOwner, owner_id)
    if owner is None:
        raise BadRequest("owner", Sentence("There is no such owner."))
    return owner


def _is_due(crm: CrmProvider, now: datetime) -> bool:
    """Whether it is time to read, noting that somebody does from now on. A clock that was set back makes nobody wait.
    Inside a transaction."""
    state = db.session.get(CrmState, crm.key, with_for_update=True)
    if state is not None:
        pause = PAUSE_AFTER_FAILURE if state.error else PAUSE
        if state.tried_at <= now < state.tried_at + pause:
            return False
    db.session.merge(CrmState(provider=crm.key, tried_at=now))
    return True


def _read(crm: CrmProvider, now: datetime, seconds: float) -> bool:
    db.session.rollback()
    try:
        found = crm.owners(seconds)
    except CrmError as error:
        said = f"{type(error).__name__}: {error}"
        in_transaction(lambda: _keep_state(crm, now, said))
        log.warning("the owners in the CRM were not read: %s", type(error).__name__)
        return False
    in_transaction(lambda: _keep(crm, found, now))
    forget_answers()
    return True


def _keep_state(crm: CrmProvider, now: datetime, error: str) -> None:
    state = db.session.merge(CrmState(provider=crm.key, tried_at=now, error=error))
    state.read_at = state.read_at if error else now


def _keep(crm: CrmProvider, found: Sequence[FoundOwner], now: datetime) -> None:
    """Whoever is not named any more counts as archived. The token works: what it was refused is written again."""
    known = {owner.external_id: owner for owner in _locked(crm)}
    users = _users_by_email()
    for one in found:
        owner = known.pop(one.id, None) or CrmOwner(provider=crm.key, external_id=one.id)
        owner.email, owner.name, owner.archived, owner.seen_at = one.email, one.name, one.archived, now
        if not owner.by_hand:
            owner.user_id = users.get(normal_email(one.email))
        db.session.add(owner)
    for owner in known.values():
        owner.archived = True
    _keep_state(crm, now, "")
    crm_meeting.wake(now)


def _locked(crm: CrmProvider) -> Sequence[CrmOwner]:
    wanted = select(CrmOwner).where(CrmOwner.provider == crm.key).order_by(CrmOwner.id).with_for_update()
    return db.session.scalars(wanted).all()


def _users_by_email() -> dict[str, int]:
    return {normal_email(email): number for number, email in db.session.execute(select(User.id, User.email))}
