"""Whether the CRM answers, and lets our token do what it is for."""

from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from ..config import in_force
from ..providers.crm import linked_crm
from ..providers.crm.base import CrmProvider
from ..providers.crm.errors import CrmError, CrmLimited, CrmMissing, CrmRefused
from .finding import Finding, fail, ok, warn
from .settings import LOCAL

SECONDS = 8.0
# By the kind of error, the closest first.
FOUND: tuple[tuple[type[CrmError], Callable[[str], Finding], str], ...] = (
    (
        CrmRefused,
        fail,
        "{crm} refuses the token in HUBSPOT_TOKEN: it was revoked, or not copied whole. Make a new one (docs/crm.md).",
    ),
    (CrmMissing, fail, "{crm} has no such address: check HUBSPOT_API_URL and HUBSPOT_API_PREFIX."),
    (
        CrmLimited,
        warn,
        "{crm} was asked too often just now, so its rights could not be checked. Try again in a while.",
    ),
    (CrmError, fail, "{crm} does not answer. May this machine reach the address in HUBSPOT_API_URL?"),
)


def connection(now: datetime) -> Finding:
    """Tries every right that the token needs; nothing is changed there."""
    crm = linked_crm()
    if crm is None:
        return ok("No CRM is linked: HUBSPOT_TOKEN is not set.")
    address = urlsplit(in_force().hubspot_api_url)
    if address.scheme != "https" and address.hostname not in LOCAL:
        return fail("HUBSPOT_API_URL does not begin with https://: the token would travel in the open.")
    try:
        lacking = crm.lacking_rights(SECONDS)
    except CrmError as error:
        level, said = next((level, said) for kind, level, said in FOUND if isinstance(error, kind))
        return level(said.format(crm=crm.label))
    return _rights(crm, lacking)


def _rights(crm: CrmProvider, lacking: Sequence[str]) -> Finding:
    if lacking:
        names = ", ".join(lacking)
        return fail(f"The token in HUBSPOT_TOKEN lacks rights in {crm.label}: give it {names} (docs/crm.md).")
    return ok(f"{crm.label} answers, and the token has the rights that are needed.")
