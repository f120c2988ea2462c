"""When the calendars of an account are busy: freeBusy.query, in windows that Google answers."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from website.ical.feed import BusyEvent

from ..errors import CalendarError, CalendarMissing, CalendarUnreachable
from ..records import Reading
from .access import BUSY
from .api import Api, Json, understood

LONGEST = timedelta(days=31)
MOST_CALENDARS = 50
SECOND = timedelta(seconds=1)
PRIMARY = "primary"


def read_busy(api: Api, names: Sequence[str], start: datetime, end: datetime) -> Reading:
    """The busy times of these calendars in `[start, end)`; one that failed in any window is unknown.

    Where there is none to read, the primary one is asked about all the same, to find out whether access still works.
    """
    if not names:
        _query(api, [PRIMARY], *next(windows(start, start + LONGEST)))
    busy: dict[str, list[BusyEvent]] = {name: [] for name in names}
    unknown: dict[str, CalendarError] = {}
    for window in windows(start, end):
        for first in range(0, len(names), MOST_CALENDARS):
            _read_window(api, names[first : first + MOST_CALENDARS], window, busy, unknown)
    return Reading({name: events for name, events in busy.items() if name not in unknown}, unknown)


def windows(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cuts `[start, end)` into pieces of 31 days at most, in UTC and to the second, where no clock is put forward."""
    first, last = start.astimezone(UTC).replace(microsecond=0), end.astimezone(UTC)
    last = last.replace(microsecond=0) + (SECOND if last.microsecond else timedelta(0))
    while first < last:
        yield first, min(first + LONGEST, last)
        first += LONGEST


def _read_window(
    api: Api,
    names: Sequence[str],
    window: tuple[datetime, datetime],
    busy: dict[str, list[BusyEvent]],
    unknown: dict[str, CalendarError],
) -> None:
    answers = _query(api, names, *window)
    with understood():
        for name in names:
            error = _failure(answers.get(name))
            if error is not None:
                unknown.setdefault(name, error)
            else:
                busy[name] += [_event(block) for block in answers[name].get("busy", [])]


def _query(api: Api, names: Sequence[str], start: datetime, end: datetime) -> Json:
    body = {
        "timeMin": start.isoformat(),
        "timeMax": end.isoformat(),
        "items": [{"id": name} for name in names],
        "calendarExpansionMax": MOST_CALENDARS,
    }
    answer = api.ask(BUSY, "POST", "/freeBusy", body=body)
    with understood():
        calendars: Json = answer.body["calendars"]
    return calendars


def _failure(answer: Json | None) -> CalendarError | None:
    """Why a calendar's time is not known, although Google says that all is well."""
    if answer is None:
        return CalendarUnreachable("Google said nothing about this calendar.")
    reasons = [error.get("reason") for error in answer.get("errors", [])]
    if "notFound" in reasons:
        return CalendarMissing("This calendar is gone, or no longer shared with the account.")
    return CalendarUnreachable("Google could not read this calendar.") if reasons else None


def _event(block: Json) -> BusyEvent:
    start, end = (datetime.fromisoformat(block[name]).astimezone(UTC) for name in ("start", "end"))
    return BusyEvent(start, end)
