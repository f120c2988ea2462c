"""Which zone a time of a feed is in, where the feed names it badly or not at all."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from icalendar.timezone.zoneinfo import ZONEINFO

TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")


class Zones(ZONEINFO):
    """The zones that the parser looks names up in, where no name of a feed's can cost the whole feed."""

    def timezone(self, name: str) -> tzinfo | None:
        """The zone of this name. The database's own errors speak of files: "Europe" is a folder."""
        try:
            return super().timezone(name)
        except OSError:
            return None


def named_zone(name: str) -> ZoneInfo | None:
    """The zone with this IANA or Windows name, None when there is none."""
    name = name.strip().strip('"')
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name))
    except (ValueError, OSError, LookupError):  # odd keys; a folder such as "Europe"; unknown names
        return None


def instant(value: date, zone: tzinfo) -> datetime:
    """A date (its midnight in `zone`), a floating time (in `zone`) or an aware time as a UTC instant."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def settle_times(component: Component, zone: tzinfo) -> set[str]:
    """Puts every time of the component that has no zone into `zone`, in place.

    Gives the zone names that nobody knows, whose times had to be read that way. Raises ValueError on values
    that cannot be read.
    """
    unknown = set()
    for value, params in _times(component):
        if params.get("VALUE") == "DATE" and isinstance(value.dt, datetime):
            value.dt = value.dt.date()  # a date with a TZID, which the parser made a time
        elif _floating(value.dt):
            value.dt = _placed(value.dt, zone)
            if "TZID" in params:
                unknown.add(str(params["TZID"]))
    return unknown


def _times(component: Component) -> Iterator[tuple[Any, Any]]:
    """Each value with its `dt`, and the parameters of its property."""
    for name in TIMES:
        held: Any = component.get(name, [])
        for prop in held if isinstance(held, list) else [held]:
            for value in prop.dts:
                yield value, prop.params


def _floating(value: Any) -> bool:
    first = value[0] if isinstance(value, tuple) else value
    return isinstance(first, datetime) and first.tzinfo is None


def _placed(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, tuple):
        return tuple(_placed(part, zone) for part in value)
    return value.replace(tzinfo=zone) if _floating(value) else value
