"""The demo workspace: people and links from a file, busy times made for the weeks around today."""

import tomllib
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import tomli_w

from .workspace_file import apply

FILE = Path(__file__).resolve().parent.parent / "demo.toml"
DAYS_BACK, DAYS_AHEAD = 7, 60
TITLES = (
    "Customer call",
    "Pipeline review",
    "Contract",
    "Team meeting",
    "Follow-ups",
    "Interview",
    "Lunch",
    "Dentist",
)
LENGTHS = (25, 30, 30, 45, 60, 60, 90)


def load_demo(now: datetime) -> list[str]:
    """Makes the site the demo's; bookings that were made stay. Returns what changed."""
    data = tomllib.loads(FILE.read_text())
    for user in data["users"]:
        for calendar in user.get("calendars", []):
            calendar["busy"] = _busy(user, now)
    return apply(tomli_w.dumps(data), prune=False, now=now)


def _busy(user: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """A working life: three to five appointments a day, the same for the same person and day."""
    zone, found = ZoneInfo(user["timezone"]), []
    today = now.astimezone(zone).date()
    for step in range(-DAYS_BACK, DAYS_AHEAD):
        day = today + timedelta(days=step)
        if day.weekday() >= 5:
            continue
        rng = Random(f"{user['email']} {day}")  # noqa: S311  (make-believe)
        for _ in range(rng.randint(3, 5)):
            start = datetime.combine(day, time(8), zone) + timedelta(minutes=15 * rng.randrange(40))
            end = start + timedelta(minutes=rng.choice(LENGTHS))
            entry = {"start": start.astimezone(UTC), "end": end.astimezone(UTC), "title": rng.choice(TITLES)}
            found.append(entry)
    return found
