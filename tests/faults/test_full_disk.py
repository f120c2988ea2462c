"""The disk is full, or cannot be written: a calm page, nothing lost that was acknowledged, and it recovers alone."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from tests.conftest import BASE
from tests.factories import NOW
from tests.faults.visitors import form, open_link, post, slot, token_of, tokens
from tests.peers.disk import may_mount, small_disk
from tests.services.test_booking import stored
from website.config import Config
from website.extensions import db
from website.models import BuiltinEvent
from website.services.outbox import deliver_due
from website.services.worker import work_once

pytestmark = [pytest.mark.fault(19), pytest.mark.rule("R32")]


class Disk(Protocol):
    """Where the database lies. What is open is closed when it is protected."""

    folder: Path

    def fill(self) -> None: ...
    def free(self) -> None: ...
    def protect(self) -> None: ...
    def unprotect(self) -> None: ...


class Pragmas:
    """SQLite's own limits in place of a disk's, for whoever may not mount one: the same errors, another cause."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        self._say("max_page_count=1")  # no more than there are

    def free(self) -> None:
        self._say("max_page_count=1000000")

    def protect(self) -> None:
        self._say("query_only=1")

    def unprotect(self) -> None:
        self._say("query_only=0")

    def _say(self, pragma: str) -> None:
        def tell(connection: Any, _: Any) -> None:
            connection.execute(f"PRAGMA {pragma}")

        event.listen(db.engine, "connect", tell)


@pytest.fixture(params=["pragmas", *(["mounted"] if may_mount() else [])])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "pragmas":
        yield Pragmas(tmp_path)
        return
    with small_disk() as mounted:
        yield mounted


@pytest.fixture
def config(disk: Disk, sqlite_template: Path) -> Config:
    path = disk.folder / "site.db"
    shutil.copyfile(sqlite_template, path)
    return replace(BASE, database_url=f"sqlite:///{path}")


def reopen() -> None:
    """As another process would find the database."""
    db.session.remove()
    db.engine.dispose()


def integral() -> bool:
    return db.session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_full_disk_loses_nothing_and_recovers_when_it_is_freed(
    disk: Disk, world: Flask, client: FlaskClient
) -> None:
    link_id = open_link().id
    told = [token_of(post(client, form(link_id, slot(0))))]
    disk.fill()
    reopen()
    answers = [post(client, form(link_id, slot(n), f"v{n}@prospect.example")) for n in range(1, 40)]
    told += [token_of(answer) for answer in answers if answer.status_code == 303]
    assert answers[-1].status_code == 503
    assert work_once(NOW, (deliver_due,)) <= len(told)
    assert client.get("/book/demo?timezone=Europe/Paris").status_code == 200
    assert sorted(tokens()) == sorted(told)
    disk.free()
    reopen()
    last = form(link_id, slot(50))
    again = [post(client, last), post(client, last)]
    assert {token_of(answer) for answer in again} | set(told) == set(tokens())
    assert integral()
    work_once(NOW.replace(hour=12), (deliver_due,))
    assert stored(BuiltinEvent) == len(told) + 1


def test_a_database_that_cannot_be_written_makes_a_calm_page_until_it_can(
    disk: Disk, world: Flask, client: FlaskClient
) -> None:
    link_id = open_link().id
    told = token_of(post(client, form(link_id, slot(0))))
    reopen()
    disk.protect()
    sent = form(link_id, slot(1))
    assert post(client, sent).status_code == 503
    assert work_once(NOW, (deliver_due,)) == 0
    reopen()
    disk.unprotect()
    assert set(tokens()) == {told}
    answer = post(client, sent)
    assert set(tokens()) == {told, token_of(answer)}
    assert integral()
