"""Somebody leaves: in one step they are deactivated, and all that is theirs goes to others (R42)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import or_, select

from ..extensions import db
from ..models import Booking, BookingHost, Link, LinkHost, User
from ..scheduling.kinds import LINK_KINDS
from . import claims, place
from .assignment import welcome
from .cancellation import call_off
from .decline import can_decline, pass_on
from .errors import CannotLeave, NotAllowed, NotEligible, Refused, UnknownUser
from .handover import give_to
from .hosts import host_of, hosts_of_link
from .live_check import AskFirst, Checked, asking_first
from .organisation import in_turn
from .staying import coming, coming_bookings, what_stays
from .team import check_admin_stays

Row = TypeVar("Row", Booking, Link)
FREE, CANCEL, OFF = "free", "cancel", "off"


@dataclass(frozen=True, slots=True)
class Choices:
    """What becomes of it: by booking, a user, FREE (whom the rotation of its link chooses) or CANCEL; by link that
    nobody else can host, a user or OFF; and who is then the creator of the links that they made."""

    bookings: Mapping[int, int | str] = field(default_factory=dict)
    links: Mapping[int, int | str] = field(default_factory=dict)
    creator_id: int | None = None


class Unchosen(Refused):
    """Nobody said what is to become of it."""


def leave(user_id: int, choices: Choices, *, by: User, now: datetime) -> None:
    """Deactivates a user and hands over all that stays, or changes nothing. Also for who is inactive already.

    Calendars of those who take bookings are asked in between (R31). Raises NotAllowed, UnknownUser, Invalid for the
    last admin, CannotLeave with what could not go where it was to go.
    """
    asking_first(lambda checked: _Leaving(user_id, choices, checked, by, now).carry_out(), now, run=in_turn)


class _Leaving:
    """One attempt, inside a transaction."""

    def __init__(self, user_id: int, choices: Choices, checked: Checked, by: User, now: datetime) -> None:
        self.user_id, self.choices, self.checked, self.by, self.now = user_id, choices, checked, by, now
        self.unasked: list[tuple[int, tuple[int, int]]] = []

    def carry_out(self) -> None:
        """Everything, once nothing speaks against it."""
        if not (self.by.is_admin and self.by.active):
            raise NotAllowed
        user = self._locked_user()
        check_admin_stays(user, role=user.role, active=False)
        stays = what_stays(user, self.now)
        bookings = _failures(stays.bookings, self._booking)
        links = _failures(stays.alone, lambda link: self._alone(link, user))
        if self.unasked:
            raise AskFirst(self.unasked)
        if bookings or links:
            raise CannotLeave(bookings, links)
        self._creator(stays.made, user)
        for link in stays.shared:
            _take_off(link, user)
        user.active = False

    def _locked_user(self) -> User:
        """The user, with every link and host concerned locked in the order of all locks."""
        theirs = (
            select(Booking.link_id)
            .join(BookingHost)
            .where(BookingHost.user_id == self.user_id, *coming(self.now))
        )
        hosted = select(LinkHost.link_id).where(LinkHost.user_id == self.user_id)
        links = set(
            db.session.scalars(
                select(Link.id).where(
                    or_(Link.id.in_(theirs), Link.id.in_(hosted), Link.creator_id == self.user_id)
                )
            )
        )
        place.lock_links(links)
        on_links = select(LinkHost.user_id).where(LinkHost.link_id.in_(links))
        booked = coming_bookings(self.user_id, self.now)
        chosen = [
            one
            for one in (*self.choices.bookings.values(), *self.choices.links.values())
            if isinstance(one, int)
        ]
        hosts = {host.user_id for booking in booked for host in booking.hosts}
        claims.lock_hosts({self.user_id, *chosen, *hosts, *db.session.scalars(on_links)})
        db.session.expire_all()
        user = db.session.get(User, self.user_id)
        if user is None:
            raise UnknownUser
        return user

    def _booking(self, booking: Booking) -> None:
        choice = self.choices.bookings.get(booking.id)
        place.anew(booking)
        try:
            if choice == CANCEL:
                call_off(booking, "", self.by, self.now)
            elif choice == FREE and can_decline(booking):
                self._pass_on(booking)
            elif isinstance(choice, int):
                give_to(booking, self.user_id, choice, self.checked, self.by, self.now)
            else:
                raise Unchosen
        except AskFirst as asking:
            self.unasked += asking.asked

    def _pass_on(self, booking: Booking) -> None:
        welcome(booking.link, hosts_of_link(booking.link_id, self.now), self.now)
        mine = place.open_place(booking, self.user_id, self.now)
        pass_on(booking, mine, "", self.checked, self.by, self.now)

    def _alone(self, link: Link, user: User) -> None:
        choice = self.choices.links.get(link.id)
        if choice == OFF:
            link.active = False
        elif isinstance(choice, int):
            _check_able(choice, self.now)
            _replace(link, user, choice)
        else:
            raise Unchosen

    def _creator(self, made: list[Link], user: User) -> None:
        """Who made a link whose creator hosts it is one of its hosts (R42): the chosen user, else its first."""
        if not made:
            return
        chosen = db.session.get(User, self.choices.creator_id or self.by.id)
        if chosen is None or not chosen.active or chosen.id == user.id:
            raise UnknownUser
        for link in made:
            hosting = [member.user_id for member in link.hosts if member.user_id != user.id]
            among = not LINK_KINDS[link.kind].creator_hosts or not hosting or chosen.id in hosting
            link.creator_id = chosen.id if among else hosting[0]


def _failures(rows: Iterable[Row], work: Callable[[Row], None]) -> dict[int, Refused]:
    """Does the work for every row; why it could not be done, by its number."""
    failed: dict[int, Refused] = {}
    for row in rows:
        try:
            work(row)
        except Refused as refused:
            failed[row.id] = refused
    return failed


def _check_able(user_id: int, now: datetime) -> None:
    """R41: only who can host may be added to a link."""
    host = host_of(user_id, now)
    if host is None:
        raise UnknownUser
    if host.standing:
        raise NotEligible(host.name, host.standing)


def _replace(link: Link, user: User, to_id: int) -> None:
    """Gives a user's place on a link to another one, who is needed there from then on."""
    taker = next((member for member in link.hosts if member.user_id == to_id), None)
    mine = next(member for member in link.hosts if member.user_id == user.id)
    if taker is None:
        taker = LinkHost(user_id=to_id, weight=mine.weight, priority=mine.priority, position=mine.position)
        link.hosts = [taker if member is mine else member for member in link.hosts]
    else:
        taker.optional = False
        _take_off(link, user)
    link.version += 1


def _take_off(link: Link, user: User) -> None:
    """Others host the link without them from then on."""
    link.hosts = [member for member in link.hosts if member.user_id != user.id]
