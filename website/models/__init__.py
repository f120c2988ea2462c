"""Tables, constraints, and what one row knows about itself."""

from .booking import Booking, BookingEvent, BookingHost
from .calendar import BuiltinEvent, BusyMonth, Calendar, CalendarAccount, PushChannel
from .claim import Claim
from .contact import Contact, Note
from .link import Link, LinkHost
from .message import Message
from .organisation import Organisation
from .picture import Picture
from .user import Identity, User
from .worker_sign import WorkerSign

__all__ = [
    "Booking",
    "BookingEvent",
    "BookingHost",
    "BuiltinEvent",
    "BusyMonth",
    "Calendar",
    "CalendarAccount",
    "Claim",
    "Contact",
    "Identity",
    "Link",
    "LinkHost",
    "Message",
    "Note",
    "Organisation",
    "Picture",
    "PushChannel",
    "User",
    "WorkerSign",
]
