"""The other end of `website.ical.read`: reads one feed from standard input in a process of its own."""

import json
import resource
import sys
import warnings
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from website.ical.feed import FeedError
from website.ical.parse import parse

MAX_MEMORY_BYTES = 1_000_000_000


def main() -> None:
    """A line of JSON and the feed's bytes in, a line of JSON out."""
    question = json.loads(sys.stdin.buffer.readline())
    _limit(question.pop("seconds"))
    warnings.simplefilter("ignore")
    json.dump(answer(sys.stdin.buffer.read(), question), sys.stdout, default=datetime.isoformat)


def answer(data: bytes, question: dict[str, Any]) -> dict[str, Any]:
    """The Feed as a dictionary, or the name and the text of the FeedError."""
    for name in ("window_start", "window_end"):
        question[name] = datetime.fromisoformat(question[name])
    try:
        return asdict(parse(data, **question))
    except FeedError as error:
        return {"error": type(error).__name__, "text": str(error)}


def _limit(seconds: float) -> None:
    """Bounds memory, and processor time too, in case whoever started this process is gone at the deadline."""
    for kind, most in ((resource.RLIMIT_AS, MAX_MEMORY_BYTES), (resource.RLIMIT_CPU, int(seconds) + 1)):
        with suppress(ValueError, OSError):  # a system that knows no such limit still has the deadline
            resource.setrlimit(kind, (most, most))
