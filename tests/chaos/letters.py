"""The mails of bookings: each of them came, and came twice only where a worker died between the two facts."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from tests.chaos.marks import MAIL
from tests.chaos.world import World
from website.extensions import db
from website.models import Booking, Message
from website.providers.delivery.email import Letter, message_id
from website.services import booking_mail, email
from website.services.history import earlier_starts

CHANNELS = (email.CHANNEL, booking_mail.CHANNEL)
# Of which booking, what kind, to whom.
Written = tuple[int | None, str, str]


def wrong_letters(world: World, bookings: list[Booking], killed: set[int]) -> Iterator[str]:
    """What is wrong with the mails, as sentences."""
    letters = list(db.session.scalars(select(Message).where(Message.channel.in_(CHANNELS))))
    came = _came(world)
    due = {_id_of(world, letter): letter for letter in letters}
    if len(due) != len(letters):
        yield "two mails have the same Message-ID"
    yield from (f"a mail that the outbox does not know: {stranger}" for stranger in came.keys() - due.keys())
    yield from (
        f"mail {due[lost].kind} to {due[lost].payload['to']} never came" for lost in due.keys() - came.keys()
    )
    cut_off = attempts_cut_off(world, killed)
    for name, letter in due.items():
        if came[name] - 1 > cut_off[letter.id]:
            yield f"mail {letter.kind} to {letter.payload['to']} came {came[name]} times"
    yield from wrongly_written(letters, bookings)


def repeated(world: World) -> int:
    """How many mails came more often than once."""
    return sum(times - 1 for times in _came(world).values())


def attempts_cut_off(world: World, killed: set[int]) -> Counter[int]:
    """How often a worker died between beginning to send a mail and marking it, by the message's id.

    SMTP has no way to ask whether a mail was taken: such a mail is sent once more rather than never.
    """
    begun, marked = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for pid, step, message in world.marks.trail():
        begun[pid, message] += step == f"before-effect.{MAIL}"
        marked[pid, message] += step == f"after-mark.{MAIL}"
    cut_off = Counter[int]()
    for (pid, message), times in (begun - marked).items():
        cut_off[message] += times if pid in killed else 0
    return cut_off


def _came(world: World) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in world.mail.taken)


def _id_of(world: World, message: Message) -> str:
    letter = Letter(
        key=message.key,
        sender=world.config.mail_from,
        to="",
        subject="",
        text="",
        html="",
        written_at=message.created_at,
    )
    return message_id(letter)


def wrongly_written(letters: list[Message], bookings: list[Booking]) -> Iterator[str]:
    """Invitee and hosts have a mail each of a booking, of its moves to another time, and of its cancellation."""
    due = Counter[Written]()
    for booking in bookings:
        hosts = [host.user.email for host in booking.hosts]
        due[booking.id, "booking_confirmed", booking.email] += 1
        due.update((booking.id, "booking_host", host) for host in hosts)
        for _ in earlier_starts(booking):
            due.update((booking.id, "booking_changed", reader) for reader in (booking.email, *hosts))
        if not booking.confirmed:
            due.update((booking.id, "booking_cancelled", reader) for reader in (booking.email, *hosts))
    written = Counter((one.booking_id, one.kind, one.payload["to"]) for one in letters)
    yield from (f"no mail (booking, kind, reader) {row}" for row in due - written)
    yield from (f"a mail too many (booking, kind, reader) {row}" for row in written - due)
