"""Deciding, with calendars asked at their source in between, never inside a transaction (R31)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from ..scheduling.receipt import Answer
from ..scheduling.timeline import instant_of
from .calendar import check_at_source
from .reading import ANSWERED
from .transaction import in_transaction

COLLISIONS = 8

Result = TypeVar("Result")
Steps = tuple[int, int]
# What the calendars of a user said last about some steps.
Checked = dict[tuple[int, Steps], Answer]


class AskFirst(Exception):
    """Users were chosen whose calendars have not been asked yet: pairs of a user and the steps to ask about."""

    def __init__(self, asked: Sequence[tuple[int, Steps]]) -> None:
        super().__init__()
        self.asked = asked


def settle(attempt: Callable[[], Result], ask: Callable[[AskFirst], None]) -> Result:
    """Attempts until it works: asks calendars where that comes first, and decides anew after a collision."""
    collisions = 0
    while True:
        try:
            return attempt()
        except AskFirst as asking:
            ask(asking)
        except IntegrityError:
            # The same new contact from another link, or a step that somebody claimed without the lock.
            collisions += 1
            if collisions == COLLISIONS:
                raise


def asking_first(
    work: Callable[[Checked], Result],
    now: datetime,
    run: Callable[[Callable[[], Result]], Result] = in_transaction,
) -> Result:
    """Runs `work` in a transaction, anew each time that it raises AskFirst and the calendars were asked."""
    checked = Checked()
    return settle(
        lambda: run(lambda: work(checked)), lambda asking: checked.update(answers_to(asking.asked, now))
    )


def answers_to(asked: Sequence[tuple[int, Steps]], now: datetime) -> Checked:
    """Asks about each span once, everybody who is asked about it at the same time. Never inside a transaction."""
    checked = Checked()
    for steps in dict.fromkeys(steps for _, steps in asked):
        user_ids = [user_id for user_id, other in asked if other == steps]
        answers = check_at_source(user_ids, instant_of(steps[0]), instant_of(steps[1]), now)
        for user_id in user_ids:
            answered = answers.get(user_id, ANSWERED) == ANSWERED
            checked[user_id, steps] = "free" if answered else "no answer"
    return checked
