"""The slots partial over the whole WSGI stack, against a floor that is measured in the same run."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from flask import Flask, render_template
from flask_migrate import upgrade
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import insert, select

from tests.bench.measure import Spread, measure
from tests.conftest import BASE
from tests.factories import make_link, make_user
from website import create_app
from website.extensions import db, limiter
from website.models import Booking, BookingHost, BuiltinEvent, Contact, Link, User
from website.services.calendar import refresh_builtin

HOSTS = (1, 10, 50, 200)
TARGETS = {50: 3.0, 200: 8.0}
NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
EVENTS_A_DAY = 10
FLOOR_PAGE = """<!doctype html><title>{{ user.name }}</title><h1>{{ user.name }}</h1><table>
{% for row in rows %}<tr><td>{{ row }}</td><td>{{ user.email }}</td><td><a href="/page/{{ row }}">Open</a></td></tr>
{% endfor %}</table>"""


def _site(folder: Path) -> Flask:
    app = create_app(replace(BASE, database_url=f"sqlite:///{folder / 'bench.db'}"))
    limiter.enabled = False
    app.jinja_loader = ChoiceLoader([DictLoader({"floor.html": FLOOR_PAGE}), app.jinja_loader])
    app.add_url_rule("/floor", "floor", _floor)
    with app.app_context():
        upgrade()
    return app


def _floor() -> str:
    """One indexed query and a page of 15 KB: what any page of this stack costs."""
    user = db.session.scalars(select(User).where(User.email == "floor@acme.example")).one()
    return render_template("floor.html", user=user, rows=range(176))


def _fill(now: datetime) -> None:
    make_user("Floor", email="floor@acme.example", calendar=False)
    rng = Random(1)
    for count in HOSTS:
        hosts = [make_user(f"Host {count} {number}") for number in range(count)]
        for host in hosts:
            _busy(host, now, rng)
        make_link(hosts=hosts, slug=f"hosts-{count}")
    db.session.commit()


def _busy(host: User, now: datetime, rng: Random) -> None:
    calendar = host.accounts[0].calendars[0]
    events = []
    for day in range(-1, 62):
        for number in range(EVENTS_A_DAY):
            start = now + timedelta(days=day, minutes=5 * rng.randrange(0, 168))
            end = start + timedelta(minutes=rng.choice((15, 30, 45, 60)))
            events.append({"calendar_id": calendar.id, "uid": f"{host.id}-{day}-{number}", "start_at": start,
                           "end_at": end, "title": "", "description": "", "ours": False})  # fmt: skip
    db.session.execute(insert(BuiltinEvent).values(events))
    refresh_builtin(host.accounts[0], now)


def run(now: datetime) -> list[str]:
    """The tables of the slots partial, as lines of Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        app = _site(Path(folder))
        with app.app_context():
            _fill(now)
        client = app.test_client()
        month = (now + timedelta(days=25)).strftime("%Y-%m")

        def timed(path: str) -> Spread:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            return measure(lambda: client.get(path), rounds=25, calls=4)

        def partial(count: int) -> Spread:
            return timed(f"/book/hosts-{count}/slots?month={month}&timezone=Europe/Paris")

        size = len(client.get("/floor").data)
        floor = timed("/floor")
        lines = ["| what | median (quartiles) | × the floor | target |", "| --- | --- | --- | --- |",
                 f"| the floor: one indexed query, {size:,} bytes of page | {floor} | 1.0 | |"]  # fmt: skip
        for count in HOSTS:
            spread = partial(count)
            target = f"≤ {TARGETS[count]:.0f}" if count in TARGETS else ""
            lines.append(
                f"| slots partial, {count} hosts × a month | {spread} | {spread.median / floor.median:.2f} | {target} |"
            )
        return [*lines, "", *_growth(app, partial, now)]


def _growth(app: Flask, partial: object, now: datetime) -> list[str]:
    """The cost grows with what the page shows, not with the table: a hundred times the past and the contacts."""
    assert callable(partial)
    with app.app_context():
        _past(50, now)
    before = partial(50)
    with app.app_context():
        _past(4950, now)
    after = partial(50)
    change = 100 * (after.median / before.median - 1)
    return [
        "| table | slots partial, 50 hosts | change | target |",
        "| --- | --- | --- | --- |",
        f"| 50 past bookings and contacts | {before} | | |",
        f"| 5,000 past bookings and contacts | {after} | {change:+.1f} % | < 10 % |",
    ]


def _past(count: int, now: datetime) -> None:
    """Bookings that lie behind us, and their contacts, in the shape that booking leaves them."""
    link = db.session.scalars(select(Link).where(Link.slug == "hosts-50")).one()
    known = db.session.query(Booking).count()
    hosts = [member.user_id for member in link.hosts]
    for number in range(known, known + count):
        start = now - timedelta(days=3 + number // 400, minutes=30 * (number % 16))
        key = f"past{number}"
        contact = Contact(email=f"{key}@prospect.example", name=key)
        booking = Booking(
            token=key,
            uid=key,
            nonce=key,
            request_hash=key,
            link=link,
            contact=contact,
            start_at=start,
            end_at=start + timedelta(minutes=30),
            timezone="UTC",
            name=key,
            email=contact.email,
            created_at=start,
        )
        step = int(start.timestamp()) // 300
        booking.hosts = [
            BookingHost(user_id=hosts[number % len(hosts)], occupied_from=step, occupied_until=step + 6)
        ]
        db.session.add_all([contact, booking])
    db.session.commit()
