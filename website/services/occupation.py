"""Who is at a booking, and what it occupies of each of them (R4, R6, R30)."""

from collections.abc import Sequence
from datetime import datetime

from ..models import Booking, BookingHost
from . import claims
from .assignment import Assignment
from .availability import Scene, occupied_steps


def place(booking: Booking, scene: Scene, assignment: Assignment) -> None:
    """The hosts, and a claim for each step that they are occupied, in place of what the booking had; optional ones
    only where they are free (R6). In a transaction, with the hosts locked."""
    steps = occupied_steps(scene.terms, booking.start_at)
    idle = _idle_optional(scene, assignment.optional_ids, booking.start_at)
    known = {host.user_id: host for host in booking.hosts}
    everyone = (*assignment.host_ids, *assignment.optional_ids)
    hosts = [known.get(host_id) or BookingHost(user_id=host_id) for host_id in everyone]
    for position, host in enumerate(hosts):
        host.position, host.optional = position, host.user_id in assignment.optional_ids
        host.occupied_from, host.occupied_until = steps
        host.active = not host.optional or host.user_id in idle
    booking.hosts = hosts
    claims.claim(booking)


def _idle_optional(scene: Scene, optional_ids: Sequence[int], start_at: datetime) -> set[int]:
    """Which optional hosts no other booking occupies: they are occupied by this one."""
    if not optional_ids:
        return set()
    steps = occupied_steps(scene.terms, start_at)
    return set(optional_ids) - claims.occupied_by_others(optional_ids, steps, scene.apart_from)
