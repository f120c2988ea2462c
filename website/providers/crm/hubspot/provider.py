"""HubSpot as a CRM."""

from collections.abc import Sequence

from website.config import Config

from ..records import CrmMeeting, FoundContact, FoundOwner, Person, Written
from . import contacts, meetings, owners, rights
from .api import Api


class HubSpot:
    """The HubSpot account whose token is in HUBSPOT_TOKEN."""

    key = "hubspot"
    label = "HubSpot"

    def set_up(self, config: Config) -> bool:
        return bool(config.hubspot_token)

    def find_contacts(self, address: str, deadline_seconds: float) -> Sequence[FoundContact]:
        return contacts.find(Api(deadline_seconds), address)

    def owners(self, deadline_seconds: float) -> Sequence[FoundOwner]:
        return owners.read_all(Api(deadline_seconds))

    def write_meeting(self, person: Person, meeting: CrmMeeting, deadline_seconds: float) -> Written:
        return meetings.write(Api(deadline_seconds), person, meeting)

    def lacking_rights(self, deadline_seconds: float) -> Sequence[str]:
        return rights.lacking(Api(deadline_seconds))
