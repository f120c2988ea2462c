"""What the CRM says of an address (R20)."""

from dataclasses import dataclass

from ..models import Link


@dataclass(frozen=True, slots=True)
class CrmAnswer:
    """Who owns the contact by the CRM: `owner_id` is the user, None for nobody. `outcome` is a key of `CRM_OUTCOMES` of
    the receipt, empty where no CRM is linked."""

    owner_id: int | None = None
    outcome: str = ""


NOT_ASKED = CrmAnswer()


def ask_crm(address: str, link: Link) -> CrmAnswer:
    """What the CRM says of an address, for a link. Never inside a transaction; raises nothing."""
    return NOT_ASKED
