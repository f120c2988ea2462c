"""Fresh, migrated databases of both engines, outside pytest."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask_migrate import upgrade

from tests.conftest import BASE
from tests.peers.postgres import Postgres
from website import create_app
from website.extensions import db


@contextmanager
def sqlite() -> Iterator[str]:
    """The address of a database in a file."""
    with tempfile.TemporaryDirectory() as folder:
        yield _migrated(f"sqlite:///{Path(folder) / 'site.db'}")


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a database in a cluster of its own."""
    server = Postgres()
    try:
        yield _migrated(server.new_database())
    finally:
        server.stop()


ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def _migrated(url: str) -> str:
    app = create_app(replace(BASE, database_url=url))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return url
