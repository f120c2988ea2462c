"""The table of CRMs: a new one is a file, a row here, and its tests. A site has one at most."""

from website.config import in_force

from .base import CrmProvider
from .hubspot import HubSpot

_ROWS: tuple[CrmProvider, ...] = (HubSpot(),)

CRM_PROVIDERS: dict[str, CrmProvider] = {provider.key: provider for provider in _ROWS}


def linked_crm() -> CrmProvider | None:
    """The CRM that the settings name, if any."""
    return next((provider for provider in CRM_PROVIDERS.values() if provider.set_up(in_force())), None)
