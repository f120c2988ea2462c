"""Curves as the templates draw them: numbers in, points of an SVG out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

WIDTH = 160
# Room for the line's own thickness at both edges.
TOP, BOTTOM = 6, 92
_STEPS = (1, 2, 4, 5, 8, 10)


@dataclass(frozen=True, slots=True)
class Panel:
    """One host's two curves on the common scale: SVG points of what they got and of what they should have, both added
    up from zero on the base line."""

    got: str
    wanted: str

    @property
    def area(self) -> str:
        """What lies under the first curve."""
        return f"0,{BOTTOM} {self.got} {WIDTH},{BOTTOM}"


@dataclass(frozen=True, slots=True)
class Scale:
    """What the top of every panel stands for: the same number for all, so that they can be compared."""

    top: int

    def y(self, value: float) -> float:
        """How far down a value lies."""
        return round(BOTTOM - (BOTTOM - TOP) * value / self.top, 1)

    def panel(self, got: Sequence[float], wanted: Sequence[float]) -> Panel:
        """The curves of numbers by week, which are added up."""
        return Panel(self._points(got), self._points(wanted))

    def _points(self, weekly: Sequence[float]) -> str:
        sums = [0.0, *accumulate(weekly)]
        step = WIDTH / max(1, len(weekly))
        return " ".join(f"{round(place * step, 1):g},{self.y(total):g}" for place, total in enumerate(sums))


def common_scale(sums: Sequence[float]) -> Scale:
    """The scale on which the largest of these sums still fits, with a round number on top."""
    largest, unit = max([1.0, *sums]), 1
    while True:
        for step in _STEPS:
            if step * unit >= largest:
                return Scale(step * unit)
        unit *= 10


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of so many hundredths, from the left edge."""

    value: float
    hundredths: float


def bars(values: Sequence[float]) -> list[Bar]:
    """Bars whose lengths are to each other as the values; the longest is 100 long."""
    largest = max([0.0, *values])
    return [Bar(value, round(100 * value / largest, 1) if largest else 0.0) for value in values]
