"""What happened, not what to show: the errors that use cases raise."""

from collections.abc import Collection, Sequence
from datetime import datetime


class Refused(Exception):
    """A use case was not carried out, and nothing was stored."""


class UnknownLink(Refused):
    """No link has that slug."""


class LinkClosed(Refused):
    """The link is switched off."""


class BadRequest(Refused):
    """What was asked cannot be; `field` names what, the text says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class SlotTaken(Refused):
    """The slot is not offered any more (R27, R30); `alternatives` are starts near by that are, those in
    `with_colleague` of the second list (R20)."""

    def __init__(
        self, alternatives: Sequence[datetime] = (), with_colleague: Collection[datetime] = ()
    ) -> None:
        super().__init__("slot taken")
        self.alternatives, self.with_colleague = list(alternatives), frozenset(with_colleague)


class NoAnswer(Refused):
    """No calendar of a free host could be asked, and what was last seen is too old (R31)."""


class ReusedKey(Refused):
    """An idempotency key came again with another request (R33)."""


class UnknownBooking(Refused):
    """No booking has that token."""


class UnknownCalendar(Refused):
    """The user has no such calendar, or calendar account."""


class AlreadyLinked(Refused):
    """The user has linked that calendar account already, beside the one that was to be reconnected."""


class AlreadyOver(Refused):
    """The booking has begun or is cancelled: it cannot be changed."""


class UnknownMessage(Refused):
    """The outbox has no message with that number."""


class UnknownImport(Refused):
    """There is no import of contacts with that number."""


class OnItsWay(Refused):
    """A worker is delivering the message at this moment: nobody can say yet how that ends."""


class NothingLeftToDo(Refused):
    """The message was delivered, or is wanted no more."""


class TooLate(Refused):
    """The link lets invitees change a booking up to some time before it begins, which has passed (R35)."""


class NotBegun(Refused):
    """The meeting has not begun: nobody can have missed it."""


class HostNotFree(Refused):
    """Whoever was to take a place in a booking is not free at that time (R36)."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not free")
        self.name = name


class NotEligible(Refused):
    """Whoever was to host cannot at present; `standing` is a key of `STANDINGS`."""

    def __init__(self, name: str, standing: str) -> None:
        super().__init__(f"{name} cannot host: {standing}")
        self.name, self.standing = name, standing


class AlreadyHosts(Refused):
    """Whoever was to take a place in a booking has one in it."""


class NobodyFree(Refused):
    """No other host of the link can take the meeting at its time (R36)."""


class StaysBehind(Refused):
    """Whoever is to go has links or coming bookings, which are handed over first (R42)."""


class CannotLeave(Refused):
    """Something cannot go where it was to go, and nothing was changed: why, by booking and by link (R42)."""

    def __init__(self, bookings: dict[int, Refused], links: dict[int, Refused]) -> None:
        super().__init__(f"{len(bookings)} bookings and {len(links)} links cannot be handed over")
        self.bookings, self.links = bookings, links


class NotAllowed(Refused):
    """The user may not do that."""


class NotInvited(Refused):
    """Whoever signs in is nobody whom the site knows or was told to expect."""


class UnknownUser(Refused):
    """No user has that number."""


class UnknownCompany(Refused):
    """No company has that number."""


class Invalid(Refused):
    """Input that breaks rules; `errors` are sentences by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{field}: {' '.join(texts)}" for field, texts in errors.items()))
        self.errors = errors


class UnknownContact(Refused):
    """No contact has that number or address, or the person was to be forgotten."""


class UnknownPersonalLink(Refused):
    """There is no such personal link, for this user."""


class UnknownToken(Refused):
    """The API has no token with that number, or it was revoked."""


class NoToken(Refused):
    """A program asks for what a token alone opens, and showed none, or one that lets nobody in (`shown`)."""

    def __init__(self, *, shown: bool) -> None:
        super().__init__("no token")
        self.shown = shown
