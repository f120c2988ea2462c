"""The application on a fresh, migrated database; on both engines where a test asks for it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from tests.catalogs import compile_catalogs
from tests.peers.postgres import Postgres
from tests.peers.radicale import Radicale
from tests.peers.smtp import MailServer
from tests.peers.xandikos import Xandikos
from website import create_app
from website.config import Config
from website.extensions import db, limiter

if TYPE_CHECKING:
    from tests.peers.google import Google
    from tests.peers.hubspot import HubSpot

settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("suite")

BASE = Config(
    database_url="sqlite://",
    secret_key="a secret of the tests, long enough",
    base_url="http://localhost",
    google_client_id="",
    google_client_secret="",
    google_metadata_url="http://127.0.0.1:1/openid",
    google_calendar_url="http://127.0.0.1:1/calendar",
    smtp_url="",
    mail_from="Acme <meet@acme.example>",
    hubspot_token="",
    hubspot_api_url="http://127.0.0.1:1/hubspot",
    allow_private_urls=True,
    demo=True,
    ratelimit_storage_url="memory://",
    trusted_proxies=0,
)


def pytest_configure(config: pytest.Config) -> None:
    compile_catalogs()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both_engines` runs on SQLite and on PostgreSQL, any other on SQLite."""
    if "engine" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_engines")
        metafunc.parametrize("engine", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """The name of a migrated database that others are copied from."""
    url = postgres.new_database()
    _migrate(url)
    return str(make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    path = tmp_path_factory.mktemp("template") / "site.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def radicale() -> Iterator[Radicale]:
    """A CalDAV server for everybody; each test makes users of its own there."""
    server = Radicale()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def xandikos() -> Iterator[Xandikos]:
    server = Xandikos()
    yield server
    server.stop()


def _migrate(url: str) -> None:
    app = create_app(replace(BASE, database_url=url))
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database of the engine that the test runs on."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        return str(server.new_database(request.getfixturevalue("postgres_template")))
    path = tmp_path / "site.db"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def config(engine: str) -> Config:
    return replace(BASE, database_url=engine)


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    app = create_app(config)
    limiter.enabled = False
    # Visitors of the tests fill in forms at once; tests of the time trap set its time again.
    app.config["QUICKEST_FORM"] = timedelta(0)
    yield app
    limiter.enabled = True
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> Iterator[Flask]:
    """The application with its context open, for tests of services; commit before asking a client."""
    with app.app_context():
        yield app


class FreshClient(FlaskClient):
    """A client whose requests know nothing of each other but the cookie, as in real life.

    Tests keep a context open, so what one request remembers in `g` would live on in the next one: who is signed
    in, the form's token, the language.
    """

    def open(self, *args: Any, **values: Any) -> Any:
        for name in list(g) if has_app_context() else []:
            g.pop(name)
        return super().open(*args, **values)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return FreshClient(app, app.response_class, use_cookies=True)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that takes what comes, until a test says otherwise."""
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def google() -> Iterator["Google"]:
    """A stand-in for Google, without accounts. What it was asked and Google would not take fails the test."""
    from tests.peers.google import Google

    with Google() as stand_in:
        yield stand_in
    assert stand_in.complaints == []


@pytest.fixture
def hubspot() -> Iterator["HubSpot"]:
    """A stand-in for HubSpot, without records. What it was asked and HubSpot would not take fails the test."""
    from tests.peers.hubspot import HubSpot
    from website.services.crm import forget_answers

    forget_answers()
    with HubSpot() as stand_in:
        yield stand_in
    forget_answers()
    assert stand_in.complaints == []
