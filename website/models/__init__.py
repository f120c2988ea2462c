"""Tables, constraints, and what one row knows about itself."""

from .api_token import ApiToken
from .booking import Booking, BookingEvent, BookingHost
from .calendar import BuiltinEvent, BusyMonth, Calendar, CalendarAccount, PushChannel
from .claim import Claim
from .contact import Company, Contact, ContactAddress, Note
from .contact_import import ContactImport, ContactImportPart
from .crm_owner import CrmOwner
from .crm_state import CrmState
from .link import Link, LinkHost
from .message import Message
from .offered_hours import OfferedHours
from .organisation import Organisation
from .personal_link import PersonalLink
from .picture import Picture
from .user import Identity, User
from .worker_sign import WorkerSign

__all__ = [
    "ApiToken",
    "Booking",
    "BookingEvent",
    "BookingHost",
    "BuiltinEvent",
    "BusyMonth",
    "Calendar",
    "CalendarAccount",
    "Claim",
    "Company",
    "Contact",
    "ContactAddress",
    "ContactImport",
    "ContactImportPart",
    "CrmOwner",
    "CrmState",
    "Identity",
    "Link",
    "LinkHost",
    "Message",
    "Note",
    "OfferedHours",
    "Organisation",
    "PersonalLink",
    "Picture",
    "PushChannel",
    "User",
    "WorkerSign",
]
