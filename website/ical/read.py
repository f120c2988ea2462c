"""Bytes of a calendar to busy time, in a process of its own that is ended at a deadline.

A few lines of iCalendar can keep a processor busy for hours. A thread could not be stopped; a process can,
and takes nothing with it.
"""

import json
import logging
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from website.ical.feed import BusyEvent, Feed, FeedError, FeedTooLarge, FeedTooSlow, NotACalendar
from website.ical.lines import MAX_BYTES
from website.ical.stored import StoredEvent

__all__ = [
    "BusyEvent", "Feed", "FeedError", "FeedTooLarge", "FeedTooSlow", "NotACalendar", "StoredEvent", "read_busy",
    "read_event",
]  # fmt: skip

log = logging.getLogger(__name__)

_ERRORS = {error.__name__: error for error in (NotACalendar, FeedTooLarge)}
_TOO_SLOW = "The calendar takes too long to read."
_TOO_MUCH = "The calendar takes too much to read."
# The package's own __init__ would load the whole site, which costs more than reading most feeds.
_START = """
import sys, types
website = types.ModuleType("website")
website.__path__ = [sys.argv[1]]
sys.modules["website"] = website
from website.ical.child import main
main()
"""
# No setting and no secret of the site belongs in a process that reads what strangers wrote.
_PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "TZDIR", "PYTHONTZPATH")


def read_busy(
    data: bytes,
    *,
    window_start: datetime,
    window_end: datetime,
    timezone: str,
    owner_email: str | None = None,
    deadline_seconds: float = 4.0,
) -> Feed:
    """The events of an iCalendar feed that block (R5) in `[window_start, window_end)`, aware datetimes.

    `timezone`: IANA name of the owner's zone, for times and all-day events of a feed that names no zone.
    `owner_email`: events which this address declined do not block. Ends within `deadline_seconds`.
    Raises NotACalendar, FeedTooLarge, FeedTooSlow.
    """
    if len(data) > MAX_BYTES:
        raise FeedTooLarge("The calendar is larger than 10 MB.")
    question = {
        "reader": "busy",
        "window_start": window_start.isoformat(),
        "window_end": window_end.isoformat(),
        "timezone": timezone,
        "owner_email": owner_email,
    }
    return _feed(_ask(question, data, deadline_seconds))


def read_event(data: bytes, *, uid: str, timezone: str, deadline_seconds: float = 4.0) -> StoredEvent | None:
    """The event with this iCalendar UID as a calendar holds it, None when `data` holds no such event.

    `timezone`: IANA name of the zone for times that name none. Ends within `deadline_seconds`. Raises NotACalendar,
    FeedTooLarge, FeedTooSlow.
    """
    found = _ask({"reader": "event", "uid": uid, "timezone": timezone}, data, deadline_seconds)
    if found is None:
        return None
    for name in ("start", "end"):
        found[name] = datetime.fromisoformat(found[name])
    return StoredEvent(**found)


def _ask(question: dict[str, Any], data: bytes, deadline_seconds: float) -> Any:
    asked = json.dumps(question | {"seconds": deadline_seconds}).encode()
    found = json.loads(_in_a_process(asked + b"\n" + data, deadline_seconds))
    if found is not None and "error" in found:
        raise _ERRORS[found["error"]](found["text"])
    return found


def _in_a_process(question: bytes, deadline_seconds: float) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter, fixed arguments
            [sys.executable, "-c", _START, str(Path(__file__).parents[1])],
            input=question,
            capture_output=True,
            timeout=deadline_seconds,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise FeedTooSlow(_TOO_SLOW) from None
    except subprocess.CalledProcessError as error:
        # The kind of error alone: its text may quote the feed.
        kind = error.stderr.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
        log.warning("reading a feed ended with status %s %s", error.returncode, kind)
        raise FeedTooSlow(_TOO_MUCH) from None
    return done.stdout


def _feed(found: Any) -> Feed:
    found["busy"] = [
        BusyEvent(datetime.fromisoformat(event["start"]), datetime.fromisoformat(event["end"]), event["uid"])
        for event in found["busy"]
    ]
    return Feed(**found)
