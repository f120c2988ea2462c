"""Until when a booking can be changed, by whom, and what decides about another time for it (R35, R36)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..models import Booking, User
from ..scheduling.kinds import LINK_KINDS
from ..scheduling.pool import any_colleague, kept
from ..scheduling.timeline import STEP_MINUTES
from .availability import OWN_HOURS, Scene, terms_of
from .booking_rights import may_change
from .busy import BY_CALENDAR
from .errors import AlreadyOver, NotAllowed, TooLate
from .hosts import Host, hosts_of, hosts_of_link


def check_changeable(booking: Booking, by: User | None, now: datetime) -> None:
    """Raises AlreadyOver for a booking that has begun or is cancelled, TooLate for an invitee (`by` None) after the
    link's notice, NotAllowed for a user whom it does not concern."""
    if not booking.confirmed or booking.start_at <= now:
        raise AlreadyOver
    if by is None and now > last_moment(booking):
        raise TooLate
    if by is not None and not may_change(booking, by):
        raise NotAllowed


def last_moment(booking: Booking) -> datetime:
    """Until when the invitee may change the booking."""
    return booking.start_at - timedelta(minutes=booking.link.change_notice_minutes)


def hosting(booking: Booking) -> list[int]:
    """The hosts of the booking who are needed, not only invited."""
    return [host.user_id for host in booking.hosts if not host.optional]


def may_change_host(booking: Booking) -> bool:
    """Whether the invitee may ask for any colleague (R35)."""
    return booking.link.any_colleague and LINK_KINDS[booking.link.kind].rotates


def scene_of_change(
    booking: Booking, *, by: User | None, any_host: bool, now: datetime, beside: BY_CALENDAR
) -> Scene:
    """What decides about another time for the booking: the rules of its link as they are now, its own length, its own
    hosts unless `any_host`, and itself never in the way (R4, R11, R35).

    `beside` is what its events hide in calendars. A host is not bound by the link's minimum notice.
    """
    link, hosts = booking.link, _hosts(booking, now)
    candidates = [host.candidate for host in hosts]
    pool = any_colleague(candidates) if any_host else kept(candidates, hosting(booking))
    terms = terms_of(link, minutes_of(booking))
    terms = terms if by is None else replace(terms, notice=0)
    return Scene(link, now, terms, hosts, pool, booking.id, beside, booking.start_at)


def minutes_of(booking: Booking) -> int:
    """The length of the booking; one that was drawn longer in a calendar counts in whole steps."""
    minutes = -int(-booking.duration.total_seconds() // 60)
    return -(-minutes // STEP_MINUTES) * STEP_MINUTES


def _hosts(booking: Booking, now: datetime) -> Sequence[Host]:
    """The link's hosts, and those of the booking who left the link; who is invited only, the booking says."""
    link = booking.link
    members = hosts_of_link(link.id, now, own_hours=link.hours_source == OWN_HOURS)
    here = {host.id for host in members}
    left = [host.user_id for host in booking.hosts if host.user_id not in here]
    optional = {host.user_id for host in booking.hosts if host.optional}
    everybody = [*members, *(hosts_of(left, now) if left else ())]
    return [host._replace(optional=host.id in optional) for host in everybody]
