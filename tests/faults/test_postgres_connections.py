"""Connections that are cut, used up or refused in the midst of a booking: tried again, or a calm page (R30, R32)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, make_url, text

from tests.conftest import BASE
from tests.faults.visitors import Form, form, open_link, post, post_apart, slot, token_of, tokens
from tests.peers.postgres import Postgres
from website import database
from website.config import Config
from website.extensions import db
from website.services import transaction

pytestmark = [pytest.mark.fault(23), pytest.mark.rule("R32")]
MOST = 150


@pytest.fixture
def config(postgres: Postgres, postgres_template: str) -> Config:
    return replace(BASE, database_url=postgres.new_database(postgres_template))


@pytest.fixture
def other(config: Config) -> Iterator[psycopg.Connection[Any]]:
    """A connection of somebody else's, to the same database."""
    url = make_url(config.database_url)
    with psycopg.connect(
        host=str(url.query["host"]), user=url.username, dbname=url.database, autocommit=True
    ) as connection:
        yield connection


def kill(other: psycopg.Connection[Any], connection: Any) -> None:
    """Ends a session of the site's, and waits until it is gone."""
    pid = connection.info.backend_pid
    other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@contextmanager
def killing(other: psycopg.Connection[Any], name: str, at: int) -> Iterator[list[int]]:
    """Ends the session of the site's right before call number `at` of the driver's `name`."""
    dialect, calls = db.engine.dialect, list[int]()
    call: Callable[..., Any] = getattr(dialect, name)

    def counted(target: Any, *values: Any, **more: Any) -> Any:
        calls.append(len(calls) + 1)
        if calls[-1] == at:
            kill(other, getattr(target, "driver_connection", None) or target.connection)
        return call(target, *values, **more)

    setattr(dialect, name, counted)
    try:
        yield calls
    finally:
        setattr(dialect, name, call)


def check_once(client: FlaskClient, sent: Form, told: list[str]) -> None:
    """The form sent again leads to its one booking."""
    told.append(token_of(post(client, sent)))
    assert sorted(tokens()) == sorted(told)


def test_a_session_that_ends_at_any_statement_costs_no_booking_and_makes_none_twice(
    world: Flask, client: FlaskClient, other: psycopg.Connection[Any]
) -> None:
    link_id, told = open_link().id, list[str]()
    for number in range(1, MOST, 3):
        sent = form(link_id, slot(number), f"v{number}@prospect.example")
        with killing(other, "do_execute", number) as calls:
            post(client, sent)
        check_once(client, sent, told)
        if len(calls) < number:
            break
    assert 15 < number < MOST - 3


def test_a_session_that_ends_at_the_commit_is_replaced_unnoticed(
    world: Flask, client: FlaskClient, other: psycopg.Connection[Any]
) -> None:
    sent = form(open_link().id)
    with killing(other, "do_commit", 1) as calls:
        answer = post(client, sent)
    assert answer.status_code == 303
    assert len(calls) == 2
    check_once(client, sent, [])


def test_a_session_that_ends_when_its_work_is_done_spoils_no_answer(
    world: Flask, client: FlaskClient, other: psycopg.Connection[Any]
) -> None:
    """What is read last leaves a transaction open, and its end is all that fails."""
    link_id, told = open_link().id, list[str]()
    for number in range(1, 20):
        sent = form(link_id, slot(number), f"v{number}@prospect.example")
        with killing(other, "do_rollback", number) as calls, ThreadPoolExecutor(1) as apart:
            apart.submit(post_apart, world, sent).result()
            page = apart.submit(world.test_client().get, "/book/demo?timezone=Europe/Paris").result()
        assert page.status_code in (200, 503)
        check_once(client, sent, told)
        if len(calls) < number:
            break
    assert 1 < number < 19


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "57014"])
@pytest.mark.parametrize("times", [1, transaction.ATTEMPTS])
def test_what_the_server_takes_back_is_tried_again_and_given_up_calmly(
    world: Flask, client: FlaskClient, state: str, times: int
) -> None:
    sent = form(open_link().id)
    refuse(state, times)
    answer = post(client, sent)
    assert answer.status_code == (303 if times < transaction.ATTEMPTS else 503)
    assert len(tokens()) == (times < transaction.ATTEMPTS)
    check_once(client, sent, [])


def refuse(state: str, times: int) -> None:
    """The server itself refuses the next bookings: a sequence counts on when a transaction is rolled back."""
    for statement in (
        "CREATE SEQUENCE refused",
        f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('refused') <= {times} THEN"
        f" RAISE EXCEPTION 'not now' USING ERRCODE = '{state}'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON booking FOR EACH ROW EXECUTE FUNCTION refuse()",
    ):
        db.session.execute(text(statement))
    db.session.commit()


def test_a_lock_that_somebody_holds_too_long_ends_in_a_calm_page(
    world: Flask, client: FlaskClient, other: psycopg.Connection[Any]
) -> None:
    sent = form(open_link().id)

    @event.listens_for(db.engine, "connect")
    def _impatient(connection: Any, _: Any) -> None:
        connection.execute("SET lock_timeout = '50ms'")
        connection.commit()

    db.session.remove()
    db.engine.dispose()
    with other.transaction():
        other.execute('SELECT 1 FROM "user" FOR UPDATE')
        refused = post(client, sent)
    assert refused.status_code == 503
    assert "Send this again in a moment" in refused.text
    check_once(client, sent, [])


@pytest.fixture
def small_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """One connection for everybody, and little patience. Before the application is made."""
    usual = database.engine_options
    few = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.1}
    monkeypatch.setattr(database, "engine_options", lambda config: usual(config) | few)


@pytest.mark.usefixtures("small_pool")
def test_a_pool_that_is_used_up_makes_a_calm_page(config: Config, world: Flask, client: FlaskClient) -> None:
    sent = form(open_link().id)
    db.session.remove()
    with db.engine.connect():
        for address in ("/book/demo", "/api/v1/links/demo/slots?from=2027-02-02&to=2027-02-02", "/readyz"):
            assert client.get(address).status_code == 503
        assert post(client, sent).status_code == 503
    check_once(client, sent, [])
