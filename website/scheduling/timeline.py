"""Time as an integer: bit *i* of a mask is the five-minute step *i* of a window.

Busy time is rounded outwards and hours inwards to whole steps. That changes no slot, because durations,
increments and buffers are multiples of five minutes and every zone's offset is, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

STEP_MINUTES = 5
STEP_SECONDS = 60 * STEP_MINUTES
STEPS_A_DAY = 24 * 60 // STEP_MINUTES


@dataclass(frozen=True, slots=True)
class Window:
    """`length` steps from the step `start`; steps are counted from the Unix epoch. `mask` has every bit of the window
    set: it is asked for again and again, so it is made once."""

    start: int
    length: int
    mask: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask", (1 << self.length) - 1)

    @property
    def end(self) -> int:
        """The first step after the window."""
        return self.start + self.length

    @classmethod
    def between(cls, start_at: datetime, end_at: datetime) -> "Window":
        """The smallest window that holds `[start_at, end_at)`, aware datetimes."""
        start = step_before(start_at)
        return cls(start, max(0, step_after(end_at) - start))

    def widened(self, steps: int) -> "Window":
        """The window with `steps` more on either side."""
        return Window(self.start - steps, self.length + 2 * steps)

    def bit(self, at: datetime) -> int:
        """The bit of the step in which `at` lies; it may lie outside the window."""
        return step_before(at) - self.start

    def instant(self, bit: int) -> datetime:
        """The start of a bit's step, UTC."""
        return instant_of(self.start + bit)

    def cut(self, mask: int, mask_window: "Window") -> int:
        """The part of `mask`, laid over `mask_window`, that lies in this window, re-based to it."""
        return shifted(mask, mask_window.start - self.start) & self.mask

    def span(self, start: int, end: int) -> int:
        """Bits of the steps `[start, end)`, cut to the window."""
        low, high = max(start, self.start), min(end, self.end)
        return ((1 << (high - low)) - 1) << (low - self.start) if high > low else 0


def step_before(at: datetime) -> int:
    """The step in which the aware datetime `at` lies."""
    return int(at.timestamp() // STEP_SECONDS)


def step_after(at: datetime) -> int:
    """The first step that starts at or after the aware datetime `at`."""
    return -int(-at.timestamp() // STEP_SECONDS)


def instant_of(step: int) -> datetime:
    """The start of a step as an aware UTC datetime."""
    return datetime.fromtimestamp(step * STEP_SECONDS, UTC)


def steps_in(minutes: int) -> int:
    """Minutes as whole steps. Raises ValueError when they are no multiple of five."""
    steps, rest = divmod(minutes, STEP_MINUTES)
    if rest:
        raise ValueError(f"{minutes} minutes are no multiple of {STEP_MINUTES}")
    return steps


def shifted(mask: int, by: int) -> int:
    """`mask` moved `by` steps later (earlier when negative)."""
    return mask << by if by >= 0 else mask >> -by


def busy_mask(intervals: Iterable[tuple[int, int]], window: Window) -> int:
    """Bits of every step that a non-empty half-open interval of epoch seconds touches; rounded outwards.

    The steps are written as digits, the last one first, and read as one binary number: so the cost of an
    interval does not grow with the window.
    """
    last, length = window.end, window.length
    digits = bytearray(b"0") * length
    for start, end in intervals:
        low, high = last + -end // STEP_SECONDS, last - start // STEP_SECONDS
        if low >= 0 and high <= length and high - low < _MANY:
            digits[low:high] = _ONES[high - low]
        elif high > 0 and low < length:
            low, high = max(low, 0), min(high, length)
            digits[low:high] = b"1" * (high - low)
    return int(digits, 2) if length else 0


_MANY = 2 * STEPS_A_DAY
_ONES = [b"1" * count for count in range(_MANY)]


def runs(free: int, steps: int) -> int:
    """Bits from which `steps` consecutive bits of `free` are set, by doubling: log2(steps) operations."""
    have = 1
    while have < steps and free:
        more = min(have, steps - have)
        free &= free >> more
        have += more
    return free


def covered(starts: int, steps: int) -> int:
    """Bits that lie in any of the stretches of `steps` bits that begin at `starts`, by doubling."""
    have = 1
    while have < steps:
        more = min(have, steps - have)
        starts |= starts << more
        have += more
    return starts


def bits(mask: int) -> list[int]:
    """The positions of the set bits, ascending."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def stretches(mask: int) -> list[tuple[int, int]]:
    """The stretches of set bits, `(first, end)`, ascending: each as long as it goes."""
    found, passed = [], 0
    while mask:
        low = (mask & -mask).bit_length() - 1
        mask >>= low
        length = (~mask & (mask + 1)).bit_length() - 1
        found.append((passed + low, passed + low + length))
        mask >>= length
        passed += low + length
    return found


def first_bit(mask: int) -> int | None:
    """The position of the lowest set bit, None when there is none."""
    return (mask & -mask).bit_length() - 1 if mask else None
