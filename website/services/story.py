"""What happened to a booking, from its receipt and its history, as events that a simulation replays (R24)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ..models import Booking
from ..models.booking import CANCELLED as OFF
from ..scheduling.receipt import Receipt
from ..scheduling.simulation import Declined, Event, GivenBack, Passed, Request
from .history import CANCELLED, HANDED_OVER, MOVED, NO_SHOW
from .receipts import able_in, first_receipt, free_in

# With each of these a booking's sequence rises, and with it the draw after a decline.
_RISES = (MOVED, HANDED_OVER, CANCELLED)
# Who of the hosts tried was free for a booking, where no receipt says so.
Guess = Callable[[Booking, frozenset[int]], frozenset[int]]


def story_of(booking: Booking, tried: frozenset[int], newcomers: frozenset[int], guess: Guess) -> list[Event]:
    """The booking as events in order of time, for the hosts `tried`; whether `newcomers`, who were not on the link,
    were free is guessed. Empty where its receipt cannot be read."""
    first = first_receipt(booking.receipt, booking.changes, booking.created_at)
    if first is None:
        return []
    receipt = first.receipt
    owner = receipt.winner_id if receipt.rule == "owner" else None
    if owner is not None and owner not in tried:
        # Nobody asked who else was free.
        owner, free = None, guess(booking, tried)
    else:
        free = free_in(receipt) & tried | _decliners(booking) & tried | guess(booking, newcomers)
    able = able_in(receipt) & tried | _decliners(booking) & tried | newcomers
    pool = _pool(receipt) & tried | newcomers if receipt.rule == "colleagues" else None
    made = Request(booking.id, booking.created_at, able, free, owner, _nonce(booking), pool)
    return [made, *_later(booking, receipt, tried, newcomers, free)]


def _decliners(booking: Booking) -> frozenset[int]:
    """They had the booking, so they were free."""
    return frozenset(entry["from"] for entry in booking.changes if entry.get("declined"))


def _pool(receipt: Receipt) -> frozenset[int]:
    return frozenset(member.host_id for member in receipt.pool if member.inside)


def _later(
    booking: Booking, receipt: Receipt, tried: frozenset[int], newcomers: frozenset[int], free: frozenset[int]
) -> Iterator[Event]:
    sequence = 0
    for entry in booking.changes:
        at = datetime.fromisoformat(entry["at"])
        if entry.get("declined"):
            pool = (_pool(receipt) & tried | newcomers) - {entry["from"]}
            draw = f"{_nonce(booking)}:{sequence}"
            request = Request(
                booking.id, at, able_in(receipt) & tried | newcomers, free & pool, None, draw, pool
            )
            yield Declined(request, entry["from"])
        elif entry["what"] == HANDED_OVER:
            yield Passed(booking.id, at, entry["from"], entry["to"])
        elif entry["what"] == MOVED:
            yield from _moved(booking, entry, at, tried, newcomers)
        sequence += entry["what"] in _RISES
    if booking.state == OFF:
        yield GivenBack(booking.id, booking.cancelled_at or booking.created_at)
    elif booking.no_show:
        yield GivenBack(booking.id, _missed_at(booking))


def _moved(
    booking: Booking, move: Mapping[str, Any], at: datetime, tried: frozenset[int], newcomers: frozenset[int]
) -> Iterator[Event]:
    """To another time, at which the host was not free: the rotation chose again (R35)."""
    later = [entry for entry in booking.changes if entry["at"] > move["at"] and entry["what"] == MOVED]
    known = first_receipt(later[0]["receipt"] if later else booking.receipt, (), at)
    if known is None or known.receipt.rule != "any_colleague" or not move["hosts"]:
        return
    able, free = (found & tried | newcomers for found in (able_in(known.receipt), free_in(known.receipt)))
    yield Declined(Request(booking.id, at, able, free, None, move["nonce"], able), move["hosts"][0])


def _missed_at(booking: Booking) -> datetime:
    marked = [entry["at"] for entry in booking.changes if entry["what"] == NO_SHOW]
    return datetime.fromisoformat(marked[-1]) if marked else booking.end_at


def _nonce(booking: Booking) -> str:
    """What the draw came from: the key of the request, without what a cancellation adds to it."""
    return booking.nonce.removesuffix(f":{booking.id}") if booking.state == OFF else booking.nonce
