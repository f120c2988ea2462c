"""What bookings occupy of their hosts: the rows that keep anybody from being booked twice (R30, DESIGN §5)."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select

from ..extensions import db
from ..models import Booking, Claim, Link, User
from .transaction import in_transaction


def lock_link(link_id: int) -> Link:
    """The link, locked before its hosts: the order of locks is link, then hosts ascending, then bookings. In a
    transaction."""
    return db.session.scalars(select(Link).where(Link.id == link_id).with_for_update(key_share=True)).one()


def lock_hosts(host_ids: Collection[int]) -> None:
    """Locks hosts in ascending order, always: nobody can wait for whoever waits for them. In a transaction."""
    locked = select(User.id).where(User.id.in_(host_ids)).order_by(User.id).with_for_update(key_share=True)
    db.session.execute(locked).all()


def assure(booking: Booking) -> Booking:
    """The booking, once it is kept as safely as one that is made now. Perhaps nobody was told of it, because its
    commit waited for the database's standby in vain: one that locks anything waits for the same (R32)."""
    link_id = booking.link_id
    in_transaction(lambda: lock_link(link_id))
    return booking


def claim(booking: Booking) -> None:
    """Takes every step that the booking's active hosts are occupied, in place of what it had. In a transaction,
    with the hosts locked; IntegrityError where a step belongs to another booking."""
    release(booking)
    db.session.flush()
    claims = [
        {"host_id": host.user_id, "step": step, "booking_id": booking.id}
        for host in booking.hosts
        if host.active
        for step in range(host.occupied_from, host.occupied_until)
    ]
    db.session.execute(insert(Claim).values(claims))


def release(booking: Booking) -> None:
    """Gives back every step of the booking. In a transaction."""
    db.session.execute(delete(Claim).where(Claim.booking_id == booking.id))


def occupied_by_others(host_ids: Sequence[int], steps: tuple[int, int], apart_from: int | None) -> set[int]:
    """Those of the hosts whom a booking occupies in the steps `[start, end)`; `apart_from` is one that does not
    count."""
    taken = select(Claim.host_id).where(
        Claim.host_id.in_(host_ids), Claim.step >= steps[0], Claim.step < steps[1]
    )
    if apart_from is not None:
        taken = taken.where(Claim.booking_id != apart_from)
    return set(db.session.scalars(taken))
