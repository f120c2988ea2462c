"""What a message of the outbox does to the world."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effect:
    """`run` may be called again and changes nothing then; it raises a CalendarError when it did not succeed.
    `in_database`: it writes rows of ours only, so it runs inside the transaction that records it."""

    run: Callable[[], None]
    in_database: bool
