"""What a message of the outbox does to the world."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


class Permanent(Exception):
    """A delivery that trying again cannot mend: only a person can. The text is safe to show."""


class Unwanted(Exception):
    """What a message is about does not want it any more: it is dropped. The text is safe to show."""


def nothing_to_keep(_: Any) -> None:
    """For effects whose outcome is not recorded."""


def not_expected(_: Exception) -> bool:
    """For effects that have no outcome beside success and failure."""
    return False


@dataclass(frozen=True, slots=True)
class Effect:
    """`run` may be called again and changes nothing then; it raises when it did not succeed. `in_database`: it
    writes rows of ours only, so it runs inside the transaction that records it.

    Inside that transaction, `keep` records what `run` returned, and says after what time there is more to do, if
    there is (an hour at most); `settle` records a failure that is an outcome of its own, and says whether it was one.
    """

    run: Callable[[], Any]
    in_database: bool = False
    keep: Callable[[Any], timedelta | None] = nothing_to_keep
    settle: Callable[[Exception], bool] = not_expected
