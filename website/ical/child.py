"""The other end of `website.ical.read`: reads iCalendar text from standard input in a process of its own."""

import json
import resource
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from website.ical.feed import FeedError
from website.ical.parse import parse
from website.ical.stored import parse_event

MAX_MEMORY_BYTES = 1_000_000_000
READERS: dict[str, Callable[..., Any]] = {"busy": parse, "event": parse_event}


def main() -> None:
    """A line of JSON and the calendar's bytes in, a line of JSON out."""
    question = json.loads(sys.stdin.buffer.readline())
    _limit(question.pop("seconds"))
    warnings.simplefilter("ignore")
    json.dump(answer(sys.stdin.buffer.read(), question), sys.stdout, default=datetime.isoformat)


def answer(data: bytes, question: dict[str, Any]) -> dict[str, Any] | None:
    """What the named reader finds, as a dictionary, or the name and the text of the FeedError."""
    reader = READERS[question.pop("reader")]
    for name in question.keys() & {"window_start", "window_end"}:
        question[name] = datetime.fromisoformat(question[name])
    try:
        found = reader(data, **question)
    except FeedError as error:
        return {"error": type(error).__name__, "text": str(error)}
    return asdict(found) if found is not None else None


def _limit(seconds: float) -> None:
    """Bounds memory, and processor time too, in case whoever started this process is gone at the deadline."""
    for kind, most in ((resource.RLIMIT_AS, MAX_MEMORY_BYTES), (resource.RLIMIT_CPU, int(seconds) + 1)):
        with suppress(ValueError, OSError):  # a system that knows no such limit still has the deadline
            resource.setrlimit(kind, (most, most))
