"""Who owns a contact, by everything that may say so: a table of sources, the first that names somebody counts (R20)."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from ..extensions import db
from ..free_mail import is_free_mail
from ..models import Booking, BookingHost, Company, Link
from ..models.booking import CONFIRMED
from ..scheduling.kinds import LINK_KINDS
from .crm import CrmAnswer

NOBODY = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to go by: the address in the form in which addresses are compared, the contact and its owner where
    it is known, the link that is asked for, and what the CRM answered."""

    address: str
    contact_id: int | None
    owner_id: int | None
    link: Link
    crm: CrmAnswer


def owner_by(known: Known) -> tuple[int | None, str]:
    """The user who counts as owner, and the key of the source that says so; None and nothing where none does.

    Every source is asked, whatever another one said before: how long it takes tells nothing of an address (R22).
    """
    answers = [(ask(known), key) for key, ask in SOURCES]
    return next((answer for answer in answers if answer[0] is not None), (None, ""))


def _by_crm(known: Known) -> int | None:
    return known.crm.owner_id


def _by_contact(known: Known) -> int | None:
    return known.owner_id


_OF_COMPANY = select(Company.owner_id).where(Company.domain == bindparam("domain"))


def _by_company(known: Known) -> int | None:
    """Whoever owns the company with the address's domain; where anybody may have an address, there is no company."""
    if not (known.link.company_owner and heeds_owner(known.link)):
        return None
    domain = known.address.rpartition("@")[2].removeprefix("www.")
    owner_id = db.session.scalar(_OF_COMPANY, {"domain": domain})
    return None if is_free_mail(domain) else owner_id


_HOSTS = (
    select(func.count())
    .where(BookingHost.booking_id == Booking.id, BookingHost.optional.is_(False))
    .correlate(Booking)
    .scalar_subquery()
)
_LAST_HOST = (
    select(BookingHost.user_id)
    .join(Booking, Booking.id == BookingHost.booking_id)
    .where(
        Booking.contact_id == bindparam("contact"),
        Booking.state == CONFIRMED,
        Booking.no_show.is_(False),
        BookingHost.optional.is_(False),
        _HOSTS == 1,
    )
    .order_by(Booking.start_at.desc(), Booking.id.desc())
    .limit(1)
)


def _by_previous_host(known: Known) -> int | None:
    """Whoever alone hosts the contact's latest meeting, through whatever link: the last that took place, or the last
    that is to. Who took it over counts, not who handed it over."""
    if not (known.link.previous_host and heeds_owner(known.link)):
        return None
    return db.session.scalar(_LAST_HOST, {"contact": known.contact_id or NOBODY})


def heeds_owner(link: Link) -> bool:
    """Whether a link asks who owns the contact at all (R20, R26)."""
    return link.owner_first and LINK_KINDS[link.kind].owner_first


# Keys of OWNER_SOURCES of the receipt, in the order in which they are heeded.
SOURCES: tuple[tuple[str, Callable[[Known], int | None]], ...] = (
    ("crm", _by_crm),
    ("contact", _by_contact),
    ("company", _by_company),
    ("previous_host", _by_previous_host),
)
