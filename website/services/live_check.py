"""Changing who meets in a transaction, with calendars asked at their source in between, never inside (R31)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from ..scheduling.receipt import Answer
from . import deciding
from .transaction import in_transaction

Result = TypeVar("Result")
Steps = tuple[int, int]
# What the calendars of a user said last about some steps.
Checked = dict[tuple[int, Steps], Answer]


class AskFirst(Exception):
    """Users were chosen whose calendars have not been asked yet: pairs of a user and the steps to ask about."""

    def __init__(self, asked: Sequence[tuple[int, Steps]]) -> None:
        super().__init__()
        self.asked = asked


def asking_first(
    work: Callable[[Checked], Result],
    now: datetime,
    run: Callable[[Callable[[], Result]], Result] = in_transaction,
) -> Result:
    """Runs `work` in a transaction, anew each time that it raises AskFirst and the calendars were asked; also when a
    step that somebody claimed without the lock was in its way."""
    checked, collisions = Checked(), 0
    while True:
        try:
            return run(lambda: work(checked))
        except AskFirst as asking:
            _ask(asking.asked, checked, now)
        except IntegrityError:
            collisions += 1
            if collisions == deciding.COLLISIONS:
                raise


def _ask(asked: Sequence[tuple[int, Steps]], checked: Checked, now: datetime) -> None:
    """Asks about each span once, everybody who is asked about it at the same time."""
    for steps in dict.fromkeys(steps for _, steps in asked):
        answers = dict[int, Answer]()
        user_ids = [user_id for user_id, other in asked if other == steps]
        deciding.ask_at_source(deciding.AskFirst(user_ids, steps), answers, now)
        checked |= {(user_id, steps): answer for user_id, answer in answers.items()}
