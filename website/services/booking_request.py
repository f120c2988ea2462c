"""What an invitee asks for when booking."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from ..email_addresses import normal_email
from ..extensions import db
from ..models import Contact, Link
from .contact import NOBODY, Visitor, recognise_by, recognise_contact
from .crm import NOT_ASKED, CrmAnswer, ask_crm

DERIVED = "same:"


@dataclass(frozen=True, slots=True)
class Request:
    """What an invitee asks for. `nonce` is the key of the request (R33), which a program chose itself if `keyed`;
    `personal` is the contact that a personal link named; `duration` is in minutes, `start_at` aware."""

    start_at: datetime
    duration: int
    timezone: str
    name: str
    email: str
    nonce: str
    guests: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    campaign: Mapping[str, str] = field(default_factory=dict)
    personal: int | None = None
    keyed: bool = False

    @property
    def hash(self) -> str:
        """What the request says, without its nonce.

        The zone changes only how the times are shown, so the same words in another zone are the same booking; but
        the key of a program stands for its very words.
        """
        said = [
            self.start_at.isoformat(), self.duration, self.name, normal_email(self.email), list(self.guests),
            dict(self.answers), self.timezone if self.keyed else "",
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


class CrmAnswers(NamedTuple):
    """What the CRM says of the submitted address, and of the contact whom a personal link named."""

    submitted: CrmAnswer
    named: CrmAnswer = NOT_ASKED


def ask_about(request: Request, link: Link) -> CrmAnswers:
    """Asks the CRM about everybody whom a request names. Never inside a transaction; raises nothing."""
    contact = db.session.get(Contact, request.personal) if request.personal is not None else None
    named = contact.email if contact is not None else ""
    submitted = ask_crm(normal_email(request.email), link)
    return CrmAnswers(submitted, ask_crm(named, link) if named else NOT_ASKED)


def visitor_of(request: Request, link: Link, crm: CrmAnswers) -> Visitor:
    """Whoever the finally submitted address says (R27); an unknown one leaves it to the personal link. `crm` is what
    the CRM answered before."""
    visitor = recognise_by(request.email, link, crm.submitted)
    unknown = visitor.contact_id is None and crm.submitted.owner_id is None
    if unknown and request.personal is not None:
        named = recognise_contact(request.personal, link, crm.named) or NOBODY
        return replace(
            visitor,
            name=request.name,
            owner_id=named.owner_id,
            owner_source=named.owner_source,
            crm=named.crm or visitor.crm,
            personal=True,
        )
    return visitor


def derived_nonce(link: Link, request_hash: str) -> str:
    """The key of a request that brings none: the same words again are the same request (R33)."""
    return f"{DERIVED}{link.id}:{request_hash}"
