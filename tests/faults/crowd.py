"""One process of the crowd: books, cancels and meets in groups, as fast as it can, on links that share their hosts.

Started as `python -m tests.faults.crowd DATABASE_URL NUMBER ATTEMPTS`; prints what happened as JSON.
"""

import json
import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from tests.conftest import BASE
from tests.factories import NOW
from tests.flows.contention import FIRST
from website import create_app
from website.extensions import db
from website.models import Link
from website.services.booking import book
from website.services.booking_request import Request
from website.services.cancellation import cancel
from website.services.errors import SlotTaken

QUARTERS = 40
CANCELLED = 0.25


def join(url: str, number: int, attempts: int) -> Counter[str]:
    """Asks for starts at random on links at random, and calls every fourth booking off."""
    app, rng, seen = create_app(replace(BASE, database_url=url)), random.Random(number), Counter[str]()
    for attempt in range(attempts):
        with app.app_context():
            try:
                seen[_once(rng, f"{number}-{attempt}")] += 1
            except Exception as error:
                seen[f"{type(error).__name__}: {str(error)[:200]}"] += 1
    return seen


def _once(rng: random.Random, key: str) -> str:
    link = rng.choice(db.session.scalars(select(Link).order_by(Link.id)).all())
    start = FIRST + timedelta(minutes=15 * rng.randrange(QUARTERS))
    request = Request(start, link.durations[0], "Europe/Paris", "Visitor", f"v{key}@prospect.example", key)
    try:
        token = book(link, request, now=NOW).token
    except SlotTaken:
        return "taken"
    if rng.random() < CANCELLED:
        cancel(token, reason="", now=NOW)
        return "cancelled"
    return "booked"


if __name__ == "__main__":
    print(json.dumps(join(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
