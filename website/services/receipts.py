"""What receipts tell of a booking's first choice, read for fairness and simulation (R24)."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..scheduling.pool import STANDINGS
from ..scheduling.receipt import Receipt

# Who is in the receipt with one of these could not have been chosen by a rotation.
NOT_ABLE = frozenset(STANDINGS) | {"paused", "owner_paused"}


def first_receipt(receipt: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> Receipt | None:
    """The receipt of the choice before the booking was moved, None where it cannot be read.

    A move keeps the receipt of before in the history; a decline does not, so it is the one after it."""
    moved = next((entry["receipt"] for entry in changes if entry.get("receipt")), None)
    try:
        return Receipt.from_json(moved or receipt)
    except ValueError:
        return None


def able_in(receipt: Receipt) -> frozenset[int]:
    """The hosts of the link whom a rotation could have chosen at all, free or not."""
    return frozenset(member.host_id for member in receipt.pool if member.reason not in NOT_ABLE)


def free_in(receipt: Receipt) -> frozenset[int]:
    """The hosts who were free, and still so after the last look at calendars (R31)."""
    gone = {host for host, answer in receipt.checked.items() if answer == "busy"}
    return frozenset(receipt.free_host_ids) - gone
