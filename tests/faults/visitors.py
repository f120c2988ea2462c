"""Visitors of a booking page, as their browsers send what they filled in, and what is left in the database."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.factories import NOW, make_link, make_user
from tests.services.test_booking import NINE
from website.extensions import db
from website.models import Booking, BookingHost, Claim, Link, Message
from website.tokens import signer
from website.views.public.parameters import slot_text

HALF_HOUR = timedelta(minutes=30)
ALL_DAY = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
Form = dict[str, str]


def open_link(hosts: int = 1, **values: Any) -> Link:
    """A round robin at /book/demo that is open day and night, with as many hosts."""
    made = make_link(
        hosts=[make_user(f"Host {n}") for n in range(hosts)], slug="demo", hours=ALL_DAY, **values
    )
    db.session.commit()
    return made


def slot(number: int) -> datetime:
    """The start of the `number`-th half hour from nine on Tuesday."""
    return NINE + number * HALF_HOUR


def form(link_id: int, start: datetime = NINE, email: str = "dana@prospect.example") -> Form:
    """A page of details, filled in: the token in it is the page's own."""
    return {
        "slot": slot_text(start), "token": signer.form(link_id, NOW), "timezone": "Europe/Paris", "duration": "30",
        "name": "Dana Prospect", "email": email, "guests": "",
    }  # fmt: skip


def post(client: FlaskClient, sent: Form, **environ: Any) -> TestResponse:
    """Sends the form. The answer is never a bare fault, whatever happens on the other side."""
    answer = client.post("/book/demo", data=sent, environ_overrides=environ)
    assert answer.status_code in (303, 409, 503), answer.text
    assert answer.status_code != 503 or answer.headers["Retry-After"]
    return answer


def post_apart(app: Flask, sent: Form) -> TestResponse:
    """Sends the form from a thread of its own, outside any context of the test's."""
    return post(app.test_client(), sent)


def token_of(answer: TestResponse) -> str:
    """The token of the booking that an answer leads to."""
    return answer.location.rpartition("/")[2] if answer.status_code == 303 else ""


def tokens() -> list[str]:
    """The tokens of all bookings that are stored, after checking that each of them is whole."""
    db.session.rollback()
    check_whole()
    return list(db.session.scalars(select(Booking.token)))


def check_whole() -> None:
    """Every booking has its host, the claims for it, its message and its contact; nothing belongs to no booking."""
    bookings = db.session.scalar(select(func.count()).select_from(Booking))
    parts = db.session.scalars(select(BookingHost)).all()
    claims = Counter(db.session.scalars(select(Claim.booking_id)))
    assert len(parts) == bookings
    assert claims == {part.booking_id: part.occupied_until - part.occupied_from for part in parts}
    told = Counter(db.session.scalars(select(Message.booking_id).where(Message.kind == "event_put")))
    assert told == dict.fromkeys(claims, 1)
