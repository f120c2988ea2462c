"""What the CRM says of an address (R20), asked while a visitor waits: in time, or not at all.

Whoever it is, the same is asked, and the same is waited for (R22). No failure keeps anybody from booking: the
receipt says what came of it.
"""

import hashlib
import hmac
import logging
from dataclasses import dataclass

from sqlalchemy import select

from ..config import in_force
from ..extensions import db
from ..models import CrmOwner, Link
from ..providers.crm import linked_crm
from ..providers.crm.base import CrmProvider
from ..providers.crm.errors import CrmError, CrmLimited, CrmRefused, CrmTooSlow
from ..providers.crm.records import FoundContact
from ..scheduling.kinds import LINK_KINDS
from .breaker import Breaker
from .memory import Memory

log = logging.getLogger(__name__)

BUDGET_SECONDS = 1.5
# An answer is as good as new for so long, whatever it said: a repeated question tells nothing by its time (R22).
FRESH_SECONDS = 120.0
# A contact that is known still counts when the CRM does not answer.
LASTING_SECONDS = 600.0
REMEMBERED = 10_000
FAILURES, REST_SECONDS, LONGEST_REST_SECONDS = 3, 30.0, 3600.0

Contacts = tuple[FoundContact, ...]
# Outcomes of errors, the closest kind first.
FAILED_BY: tuple[tuple[type[CrmError], str], ...] = (
    (CrmRefused, "refused"),
    (CrmLimited, "limited"),
    (CrmTooSlow, "too_slow"),
    (CrmError, "failed"),
)


@dataclass(frozen=True, slots=True)
class CrmAnswer:
    """Who owns the contact by the CRM: `owner_id` is the user, None for nobody. `outcome` is a key of `CRM_OUTCOMES` of
    the receipt, empty where no CRM is linked."""

    owner_id: int | None = None
    outcome: str = ""


NOT_ASKED = CrmAnswer()

_memory: Memory[Contacts] = Memory(REMEMBERED)
breaker = Breaker(FAILURES, REST_SECONDS)


def ask_crm(address: str, link: Link) -> CrmAnswer:
    """What the CRM says of an address, for a link. Never inside a transaction; raises nothing.

    Links that heed no owner ask nobody.
    """
    crm = linked_crm()
    if crm is None or not (LINK_KINDS[link.kind].owner_first and link.owner_first):
        return NOT_ASKED
    found = _contacts(crm, address)
    return found if isinstance(found, CrmAnswer) else _answer(crm, found)


def forget_answers() -> None:
    """Has the next question asked anew, as if nothing had happened before."""
    _memory.clear()
    breaker.succeeded()


def _contacts(crm: CrmProvider, address: str) -> Contacts | CrmAnswer:
    """The address's contacts in the CRM, or what to say where it does not answer."""
    key = hmac.digest(in_force().secret_key.encode(), f"crm:{crm.key}:{address}".encode(), hashlib.sha256)
    known = _memory.get(key, FRESH_SECONDS)
    if known is not None:
        return known
    outcome = "resting"
    if breaker.may_ask():
        # The visitor's page holds no transaction while it waits.
        db.session.rollback()
        try:
            found = tuple(crm.find_contacts(address, BUDGET_SECONDS))
        except CrmError as error:
            outcome = _failed(error)
        else:
            breaker.succeeded()
            _memory.put(key, found)
            return found
    return _memory.get(key, LASTING_SECONDS) or CrmAnswer(None, outcome)


def _failed(error: CrmError) -> str:
    asked_for = getattr(error, "retry_after_seconds", None) or 0
    breaker.failed(min(float(asked_for), LONGEST_REST_SECONDS))
    log.warning("the CRM was asked in vain: %s", type(error).__name__)
    return next(outcome for kind, outcome in FAILED_BY if isinstance(error, kind))


def _answer(crm: CrmProvider, contacts: Contacts) -> CrmAnswer:
    """Who among our users that is. Our own table is asked the same, whoever it is (R22)."""
    owners = sorted({contact.owner_id for contact in contacts if contact.owner_id})
    wanted = select(CrmOwner).where(CrmOwner.provider == crm.key, CrmOwner.external_id.in_(owners or [""]))
    rows = db.session.scalars(wanted).all()
    if len(owners) > 1:
        return CrmAnswer(None, "ambiguous")
    if not owners:
        return CrmAnswer(None, "unowned" if contacts else "unknown")
    return _by_owner(rows[0] if rows else None)


def _by_owner(owner: CrmOwner | None) -> CrmAnswer:
    """Whom an admin named by hand counts for an archived owner too: it is how contacts go on to a successor."""
    if owner is not None and owner.archived and not owner.by_hand:
        return CrmAnswer(None, "owner_archived")
    if owner is None or owner.user_id is None:
        return CrmAnswer(None, "owner_unknown")
    return CrmAnswer(owner.user_id, "owned")
