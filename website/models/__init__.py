"""Tables, constraints, and what one row knows about itself."""

from .booking import Booking, BookingHost
from .calendar import BuiltinEvent, BusyMonth, Calendar, CalendarAccount
from .claim import Claim
from .contact import Contact, Note
from .link import Link, LinkHost
from .message import Message
from .organisation import Organisation
from .user import User

__all__ = [
    "Booking",
    "BookingHost",
    "BuiltinEvent",
    "BusyMonth",
    "Calendar",
    "CalendarAccount",
    "Claim",
    "Contact",
    "Link",
    "LinkHost",
    "Message",
    "Note",
    "Organisation",
    "User",
]
