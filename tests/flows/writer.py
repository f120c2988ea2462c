"""One process that books without a pause and says so, for tests that look at a site while it is written to.

Started as `python -m tests.flows.writer DATABASE_URL`: prints the token of each booking once it is acknowledged.
"""

import sys
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from tests.conftest import BASE
from tests.factories import WORKDAYS, make_busy, make_link, make_organisation, make_user
from website import clock, create_app
from website.extensions import db
from website.models import Link
from website.services.booking import book
from website.services.booking_request import Request

HALF_HOUR = timedelta(minutes=30)
AROUND_THE_CLOCK = {day: ["00:00-24:00"] for day in (*WORKDAYS, "sat", "sun")}


def prepare() -> None:
    """A team of one, who can be booked around the clock for sixty days."""
    make_organisation()
    ana = make_user("Ana", role="admin")
    make_busy(ana, now=clock.now())
    make_link("personal", hosts=[ana], hours=AROUND_THE_CLOCK, slug="ana")
    db.session.commit()


def first_start() -> datetime:
    """The first full hour that is to come."""
    return clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)


def write(url: str) -> None:
    """Books one slot after the other until it is stopped."""
    app, first = create_app(replace(BASE, database_url=url)), first_start()
    with app.app_context():
        link = db.session.scalars(select(Link)).one()
        for number in range(2000):
            key = f"{number}"
            start = first + number * HALF_HOUR
            request = Request(start, 30, "Europe/Paris", "Visitor", f"v{key}@prospect.example", key)
            print(book(link, request, now=clock.now()).token, flush=True)


if __name__ == "__main__":
    write(sys.argv[1])
