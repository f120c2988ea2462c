"""What receipts tell of a booking's first choice, read for fairness and simulation (R24)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ..scheduling.pool import STANDINGS
from ..scheduling.receipt import Receipt

# Who is in the receipt with one of these could not have been chosen by a rotation.
NOT_ABLE = frozenset(STANDINGS) | {"paused", "owner_paused"}


class First(NamedTuple):
    """The first receipt of a booking that is still known, and when its choice was made (aware UTC)."""

    receipt: Receipt
    at: datetime


def first_receipt(
    receipt: Mapping[str, Any], changes: Sequence[Mapping[str, Any]], made_at: datetime
) -> First | None:
    """The receipt of the choice before the booking was moved, None where it cannot be read.

    A move keeps the receipt of before in the history; a decline does not: then it is the one of the choice after it."""
    known, at = receipt, made_at
    for entry in changes:
        if entry.get("receipt"):
            known = entry["receipt"]
            break
        if entry.get("declined"):
            at = datetime.fromisoformat(entry["at"])
    try:
        return First(Receipt.from_json(known), at)
    except ValueError:
        return None


def able_in(receipt: Receipt) -> frozenset[int]:
    """The hosts of the link whom a rotation could have chosen at all, free or not."""
    return frozenset(member.host_id for member in receipt.pool if member.reason not in NOT_ABLE)


def free_in(receipt: Receipt) -> frozenset[int]:
    """The hosts who were free, and still so after the last look at calendars (R31)."""
    gone = {host for host, answer in receipt.checked.items() if answer == "busy"}
    return frozenset(receipt.free_host_ids) - gone
