"""A year of bookings of one link, decided by the very services that booking asks, on rows of the database.

Left out is what does not decide who hosts: slots, claims, messages and calendars. Who could host and who was free, the
year says.
"""

from datetime import timedelta

from tests.factories import make_contact, make_link
from tests.scheduling.year import NO_SHOW, Year
from website.extensions import db
from website.models import Booking, BookingHost, Link, User
from website.models.booking import CANCELLED
from website.scheduling.kinds import LINK_KINDS
from website.scheduling.pool import Owner, Pool, choose_pool, without
from website.scheduling.receipt import Receipt
from website.scheduling.simulation import Declined, Event, GivenBack, Passed, Request
from website.services.assignment import assign, give_back, receipt_of, take_turn, welcome
from website.services.availability import Scene, terms_of
from website.services.hosts import Host

A_WEEK, HALF_HOUR = timedelta(days=7), timedelta(minutes=30)


class LinkYear:
    """`Rule` of a year, on rows. `receipts` are what each choice wrote, in order."""

    def __init__(self, year: Year, rotation: str, *, share_days: int = 30) -> None:
        people = [
            User(
                id=one.id, name=f"Host {one.id}", email=f"host{one.id}@acme.example", timezone="Europe/Paris"
            )
            for one in year.workers
        ]
        db.session.add_all(people)
        db.session.flush()
        self.link: Link = make_link(
            hosts=people, slug="year", owner_first=True, rotation=rotation, share_days=share_days
        )
        for member in self.link.hosts:
            member.weight = year.weights()[member.user_id]
        self.contact = make_contact()
        self.receipts: list[Receipt] = []
        self._ids: dict[int, int] = {}

    def take(self, event: Event) -> int | None:
        if isinstance(event, Request):
            return self._book(event)
        if isinstance(event, GivenBack):
            return self._give_back(event)
        if isinstance(event, Passed):
            return self._pass(event)
        return self._decline(event)

    def booking(self, key: int) -> Booking:
        return db.session.get_one(Booking, self._ids[key])

    def _scene(self, request: Request, declined: int | None = None) -> Scene:
        hosts = [
            Host(member.user_id, member.user.name, None, None, False, (), False)
            if member.user_id in request.able
            else Host(member.user_id, member.user.name, None, "inactive", False, (), False)
            for member in self.link.hosts
        ]
        candidates = [host.candidate for host in hosts]
        owner = Owner(request.owner_id) if request.owner_id is not None else None
        pool: Pool = (
            choose_pool(LINK_KINDS["round_robin"], candidates, owner_first=True, owner=owner, identified=True)
            if declined is None
            else without(candidates, {declined})
        )
        return Scene(self.link, request.at, terms_of(self.link, 30), hosts, pool)

    def _book(self, request: Request) -> int | None:
        scene = self._scene(request)
        free = [host for host in scene.pool.host_ids if host in request.free]
        if not free:
            return None
        welcome(self.link, scene.hosts, request.at)
        chosen = assign(scene, free, request.nonce)
        receipt = receipt_of(scene, free, chosen, {})
        start = request.at + A_WEEK
        (host_id,) = chosen.host_ids
        booking = Booking(
            token=f"t{request.key}", uid=f"u{request.key}", nonce=request.nonce, request_hash="", link=self.link,
            contact=self.contact, start_at=start, end_at=start + HALF_HOUR, timezone="Europe/Paris", name="Dana",
            email="dana@prospect.example", owner_routed=scene.pool.owner_alone, receipt=receipt.to_json(),
            changes=[], created_at=request.at, hosts=[_place(host_id)],
        )  # fmt: skip
        db.session.add(booking)
        if chosen.choice:
            take_turn(self.link, host_id)
        self.receipts.append(receipt)
        db.session.flush()
        self._ids[request.key] = booking.id
        return host_id

    def _give_back(self, event: GivenBack) -> None:
        """Some were cancelled, and to the others nobody came."""
        booking = self.booking(event.key)
        give_back(booking, booking.hosts[0].user_id)
        missed = event.key % 100 < 100 * NO_SHOW * 5
        if missed:
            booking.no_show = True
        else:
            booking.state, booking.cancelled_at = CANCELLED, event.at
        self._note(booking, event, "no_show" if missed else "cancelled")

    def _pass(self, event: Passed) -> None:
        booking = self.booking(event.key)
        booking.owner_routed = False
        booking.hosts = [_place(event.to_id)]
        self._note(booking, event, "handed_over", **{"from": event.from_id, "to": event.to_id})

    def _decline(self, event: Declined) -> int:
        booking, scene = self.booking(event.request.key), self._scene(event.request, event.from_id)
        welcome(self.link, scene.hosts, event.at)
        free = [host for host in scene.pool.host_ids if host in event.request.free]
        chosen = assign(scene, free, event.request.nonce)
        receipt = receipt_of(scene, free, chosen, {})
        (host_id,) = chosen.host_ids
        give_back(booking, event.from_id)
        take_turn(self.link, host_id)
        booking.owner_routed, booking.receipt = False, receipt.to_json()
        booking.hosts = [_place(host_id)]
        self.receipts.append(receipt)
        self._note(booking, event, "handed_over", **{"from": event.from_id, "to": host_id, "declined": True})
        return host_id

    def _note(self, booking: Booking, event: Event, what: str, **facts: object) -> None:
        entry = {"at": event.at.isoformat(), "what": what, "by": None, **facts}
        booking.changes = [*booking.changes, entry]
        db.session.flush()


def _place(user_id: int) -> BookingHost:
    return BookingHost(user_id=user_id, position=0, occupied_from=0, occupied_until=0)
