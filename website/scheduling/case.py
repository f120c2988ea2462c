"""One host and one start, with all that is known of the host then, interval by interval (R43)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, NamedTuple

from .slots import HostTime, Question, Rule, Terms, why_not
from .timeline import Window, instant_of, steps_in

Where = Literal["", "meeting", "before", "after"]


class Taken(NamedTuple):
    """Time of a host that is not free: steps `[start, end)` since the epoch. `source` is the calendar or the booking
    that says so, `before` and `after` are the buffers, in steps, that a booking of ours brings along (R4)."""

    source: int
    start: int
    end: int
    before: int = 0
    after: int = 0


class Diary(NamedTuple):
    """One host's time, interval by interval: what calendars say is busy, from when on they say nothing (a step, None
    where all of them always know), and the bookings. Its union is what the masks of `HostTime` hold."""

    busy: tuple[Taken, ...] = ()
    known_until: int | None = None
    booked: tuple[Taken, ...] = ()

    def host_time(self, host: HostTime, window: Window) -> HostTime:
        """The host with the masks that this diary makes over the window."""
        busy = booked = 0
        for one in self.busy:
            busy |= window.span(one.start, one.end)
        if self.known_until is not None:
            busy |= window.span(self.known_until, window.end)
        for one in self.booked:
            booked |= window.span(one.start - one.before, one.end + one.after)
        return host._replace(busy=busy, booked=booked)


class Cause(NamedTuple):
    """Why a rule decides against a host. `rule` is the rule's key; `kind` says more closely what it is, a key of
    `KINDS`.

    `taken` is the interval in the way, where there is one, and `where` how: the slot itself lies over it ("meeting"),
    or comes too soon after it or is over too late before it, so that only a buffer is in the way: then `minutes` are
    what that buffer comes to. Of a notice `minutes` is the longest that would do, of a cap the number of bookings that
    there are, of an increment those past its last start. `on` is the first or last date that is offered.
    """

    rule: str
    kind: str
    taken: Taken | None = None
    where: Where = ""
    minutes: int = 0
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One host and one start (a step): what is asked, and what is known of the host, interval by interval."""

    question: Question
    host: HostTime
    diary: Diary
    start: int

    @property
    def terms(self) -> Terms:
        return self.question.terms

    @property
    def end(self) -> int:
        """The step at which the slot is over."""
        return self.start + steps_in(self.terms.duration)

    def refused_by(self) -> list[Rule]:
        """The rules that decide against it, the same that offering goes by."""
        return why_not(self.question, self.host, instant_of(self.start))

    def with_terms(self, **values: Any) -> "Case":
        """The same case on other terms."""
        return replace(self, question=replace(self.question, terms=replace(self.terms, **values)))

    def with_diary(self, **values: Any) -> "Case":
        """The same case with other entries in the diary."""
        diary = self.diary._replace(**values)
        return replace(self, diary=diary, host=diary.host_time(self.host, self.question.window))
