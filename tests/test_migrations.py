"""A database of the release before is brought to this one with all that it holds, and back (both engines)."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from tests.conftest import BASE
from tests.peers.postgres import Postgres
from website import create_app
from website.extensions import db, vault

pytestmark = pytest.mark.fault(24)

FIRST, LATER, NOW = "0001", ("0002", "0003", "0004"), datetime(2027, 2, 1, 8, tzinfo=UTC)
ROWS = (
    "INSERT INTO \"user\" (id, email, name, timezone, role, seat, active, hours)"
    " VALUES (1, 'ana@acme.example', 'Ana', 'Europe/Paris', 'admin', true, true, '{}')",
    "INSERT INTO calendar_account (id, user_id, kind, secret, broken, error, checked_at, known_until, failures, etag,"
    " last_modified, warnings) VALUES (1, 1, 'builtin', :secret, false, '', :now, :now, 0, '', '', '')",
    "INSERT INTO calendar (id, account_id, external_id, name, conflicts, receives_bookings, busy_version)"
    " VALUES (1, 1, 'main', '', true, true, 7)",
    "INSERT INTO link (id, slug, kind, name, title, description, creator_id, active, version, timezone, durations,"
    " increment, hours, overrides, hours_source, notice_minutes, window_days, buffer_before, buffer_after, owner_first,"
    " owner_fallback_days, owner_counts, assign_owner, rotation, place, questions, redirect_url, reminders, language,"
    " colour, embed_origins) VALUES (1, 'demo', 'personal', '', 'Demo', '', 1, true, 1, 'Europe/Paris', '[30]', 30,"
    " '{}', '{}', 'link', 0, 60, 0, 0, false, 0, false, true, 'random', '{}', '[]', '', '[]', '', '', '[]')",
    "INSERT INTO contact (id, email, name, phone) VALUES (1, 'dana@prospect.example', 'Dana', '')",
    "INSERT INTO booking (id, token, uid, nonce, request_hash, state, sequence, link_id, contact_id, start_at, end_at,"
    " timezone, language, name, email, guests, answers, campaign, owner_routed, receipt, unchecked, clash, created_at,"
    " cancel_reason) VALUES (1, 't', 'u', 'n', 'h', 'confirmed', 2, 1, 1, :now, :later, 'UTC', '', 'Dana',"
    " 'dana@prospect.example', '[]', '{}', '{}', false, '{}', false, false, :now, '')",
    "INSERT INTO builtin_event (id, calendar_id, uid, start_at, end_at, title, description, ours)"
    " VALUES (1, 1, 'u', :now, :later, 'Demo', '', true)",
    "INSERT INTO message (id, key, booking_id, channel, kind, payload, state, due_at, fence, attempts, error,"
    " created_at) VALUES (1, 'k', 1, 'calendar_event', 'event_put', '{\"calendar\": 1}', 'done', :now, 1, 1, '', :now)",
    # One whose event has not been put yet.
    "INSERT INTO booking (id, token, uid, nonce, request_hash, state, sequence, link_id, contact_id, start_at, end_at,"
    " timezone, language, name, email, guests, answers, campaign, owner_routed, receipt, unchecked, clash, created_at,"
    " cancel_reason) VALUES (2, 't2', 'u2', 'n2', 'h', 'confirmed', 0, 1, 1, :now, :later, 'UTC', '', 'Dana',"
    " 'dana@prospect.example', '[]', '{}', '{}', false, '{}', false, false, :now, '')",
    "INSERT INTO booking_host (booking_id, user_id, position, optional, occupied_from, occupied_until, active)"
    " VALUES (2, 1, 0, false, 1, 2, true)",
    "INSERT INTO message (id, key, booking_id, channel, kind, payload, state, due_at, fence, attempts, error,"
    " created_at) VALUES (2, 'k2', 2, 'calendar_event', 'event_put', '{\"calendar\": 1}', 'waiting', :now, 0, 0, '',"
    " :now)",
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'site.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


def test_what_the_release_before_holds_is_kept(address: str) -> None:
    app = create_app(replace(BASE, database_url=address))
    with app.app_context():
        upgrade(revision=FIRST)
        _fill()
        upgrade()
        event = _one(
            "SELECT calendar_id, uid, sequence, invites, found FROM booking_event WHERE booking_id = 1"
        )
        assert (event.calendar_id, event.uid, event.sequence, event.found) == (1, "u", 2, "")
        assert not event.invites
        calendar = _one("SELECT checked_at, known_until, missing_at FROM calendar")
        assert calendar.checked_at is not None
        assert calendar.checked_at == calendar.known_until
        assert calendar.missing_at is None
        waiting = _one("SELECT calendar_id, sequence FROM booking_event WHERE booking_id = 2")
        assert (waiting.calendar_id, waiting.sequence) == (1, None)
        message = _one("SELECT booking_id, lane FROM message WHERE id = 1")
        assert (message.booking_id, message.lane) == (1, "")
        downgrade(revision=FIRST)
        assert "booking_event" not in inspect(db.engine).get_table_names()
        assert _one("SELECT uid FROM booking WHERE id = 1").uid == "u"
        upgrade()
        db.session.remove()
        db.engine.dispose()


def _fill() -> None:
    values = {"now": NOW, "later": NOW.replace(hour=9), "secret": vault.lock({})}
    for row in ROWS:
        statement = text(row)
        used = {name: value for name, value in values.items() if f":{name}" in row}
        db.session.execute(statement, used)
    db.session.commit()


def _one(question: str) -> Any:
    found = db.session.execute(text(question)).one()
    db.session.rollback()
    return found


@pytest.mark.parametrize("before", LATER)
def test_the_step_from_a_release_before_loses_no_row(address: str, before: str) -> None:
    app = create_app(replace(BASE, database_url=address))
    with app.app_context():
        upgrade(revision=FIRST)
        _fill()
        upgrade(revision=before)
        held = _counts()
        assert held["booking"] == held["message"] == held["booking_event"] == 2
        upgrade()
        assert {name: _counts()[name] for name in held} == held
        booking = _one("SELECT no_show, token FROM booking WHERE id = 1")
        assert (bool(booking.no_show), booking.token) == (False, "t")
        assert _one("SELECT expires_at FROM message WHERE id = 2").expires_at is None
        assert _one('SELECT language, picture FROM "user" WHERE id = 1') == ("", "")
        downgrade(revision=before)
        assert _counts() == held
        upgrade()
        db.session.remove()
        db.engine.dispose()


def test_the_tables_are_those_of_the_models(address: str) -> None:
    app = create_app(replace(BASE, database_url=address))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            assert compare_metadata(context, db.metadata) == []
        db.engine.dispose()


def _counts() -> dict[str, int]:
    """How many rows each table holds."""
    tables = inspect(db.engine).get_table_names()
    found = {name: db.session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables}
    db.session.rollback()
    return found
