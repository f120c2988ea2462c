"""The premise of the engine's steps: offsets and their changes lie on five-minute marks, wherever one is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from tests.oracle.brute_force import DAY
from website.scheduling.timeline import STEP_SECONDS

FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2026, 2031))


def offset(zone: ZoneInfo, at: int) -> int:
    moved = datetime.fromtimestamp(at, zone).utcoffset()
    assert moved is not None
    return int(moved.total_seconds())


def change_between(zone: ZoneInfo, low: int, high: int) -> int:
    """The second at which the offset becomes that of `high`."""
    while high - low > 1:
        middle = (low + high) // 2
        if offset(zone, middle) == offset(zone, high):
            high = middle
        else:
            low = middle
    return high


def off_the_marks(name: str) -> list[tuple[str, int]]:
    """Days in which a zone's offset, or the instant from which it holds, is no multiple of a step."""
    zone, found = ZoneInfo(name), []
    for day in range(FIRST, LAST, DAY):
        after = offset(zone, day + DAY)
        changed = 0 if after == offset(zone, day) else change_between(zone, day, day + DAY)
        if changed % STEP_SECONDS or after % STEP_SECONDS:
            found.append((name, day))
    return found


def test_every_zone_changes_its_offset_on_a_five_minute_mark() -> None:
    assert [bad for name in sorted(available_timezones()) for bad in off_the_marks(name)] == []
