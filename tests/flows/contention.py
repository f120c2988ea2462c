"""One process of the contention test: asks for slots of one link as fast as it can.

Started as `python -m tests.flows.contention DATABASE_URL NUMBER ATTEMPTS`; prints what happened as JSON.
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
from website import create_app
from website.extensions import db
from website.models import Link
from website.services.booking import book
from website.services.booking_request import Request
from website.services.errors import SlotTaken

FIRST = NOW + timedelta(days=1)
SLOTS = 20


def attack(url: str, number: int, attempts: int) -> Counter[str]:
    """Books at random among the first slots of the day; every attempt is another person's."""
    app, rng, seen = create_app(replace(BASE, database_url=url)), random.Random(number), Counter[str]()
    for attempt in range(attempts):
        start = FIRST + timedelta(minutes=30 * rng.randrange(SLOTS))
        key = f"{number}-{attempt}"
        request = Request(start, 30, "Europe/Paris", "Visitor", f"v{key}@prospect.example", key)
        with app.app_context():
            link = db.session.scalars(select(Link)).one()
            try:
                book(link, request, now=NOW)
                seen["booked"] += 1
            except SlotTaken:
                seen["taken"] += 1
            except Exception as error:
                seen[f"{type(error).__name__}: {str(error)[:200]}"] += 1
    return seen


if __name__ == "__main__":
    print(json.dumps(attack(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
