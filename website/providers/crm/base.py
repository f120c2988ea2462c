"""The contract of a CRM: who owns a contact, who the owners are, and what becomes of meetings there."""

from collections.abc import Sequence
from typing import Protocol

from website.config import Config

from .records import CrmMeeting, FoundContact, FoundOwner, Person, Written


class CrmProvider(Protocol):
    """A CRM. Every call ends within its deadline, and raises a CrmError where it gives no answer; none touches the
    database. Calls that write may be repeated: the second time changes nothing."""

    key: str
    label: str

    def set_up(self, config: Config) -> bool:
        """Whether the settings name an account of this CRM."""
        ...

    def find_contacts(self, address: str, deadline_seconds: float) -> Sequence[FoundContact]:
        """The contacts with an e-mail address, their further addresses included.

        It asks the same, and waits for all of it, whoever it is (R22)."""
        ...

    def owners(self, deadline_seconds: float) -> Sequence[FoundOwner]:
        """Everybody who can own contacts, and who once could."""
        ...

    def write_meeting(self, person: Person, meeting: CrmMeeting, deadline_seconds: float) -> Written:
        """Makes a meeting stand there as it is given, with the person, who becomes a contact where there is none.

        A contact's owner is never replaced (R25). Raises CrmMissing where the meeting was deleted there."""
        ...

    def lacking_rights(self, deadline_seconds: float) -> Sequence[str]:
        """The rights that the token should have and has not. Changes nothing there."""
        ...
