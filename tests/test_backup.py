"""A backup that is made while somebody books, restored into a fresh place: the site goes on from there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import BASE
from tests.flows.writer import prepare
from tests.peers.postgres import Postgres
from tests.test_commands import ROOT, run
from website import clock, create_app
from website.extensions import db
from website.models import Booking, BuiltinEvent, Message
from website.models.message import WAITING

pytestmark = pytest.mark.fault(25)

BEFORE, AFTER = 25, 10
KEY = BASE.secret_key


@contextmanager
def writer(url: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that books, and prints each booking's token when it is acknowledged."""
    command = [sys.executable, "-m", "tests.flows.writer", url]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def acknowledged(process: "subprocess.Popen[str]", count: int) -> list[str]:
    """The tokens of the next bookings."""
    assert process.stdout is not None
    lines = [process.stdout.readline().strip() for _ in range(count)]
    assert all(lines), "the writer ended"
    return lines


def back_up(folder: Path, url: str) -> Path:
    """What docs/backup.md says for this engine."""
    file = folder / "backup"
    if url.startswith("sqlite"):
        done = run(folder, "backup", str(file), DATABASE_URL=url, SECRET_KEY=KEY)
        assert (done.returncode, "whole and sound" in done.stdout) == (0, True), done.stderr
    else:
        documented("pg_dump", FILE=str(file), PG_URL=url.replace("+psycopg", ""))
    return file


def restore(folder: Path, file: Path, request: pytest.FixtureRequest, url: str) -> str:
    """A fresh place with what the backup holds: its address."""
    if url.startswith("sqlite"):
        place = folder / "fresh"
        place.mkdir()
        shutil.copyfile(file, place / "site.db")
        return f"sqlite:///{place / 'site.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    fresh = postgres.new_database("template0")
    documented("pg_restore", FILE=str(file), NEW_PG_URL=fresh.replace("+psycopg", ""))
    return fresh


def documented(program: str, **values: str) -> None:
    """Runs the one command line of docs/backup.md that begins with `program`."""
    lines = [line.strip() for line in (ROOT / "docs/backup.md").read_text().splitlines()]
    (command,) = [line for line in lines if line.startswith(f"{program} ")]
    folders = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    path = os.pathsep.join([*folders, os.environ["PATH"]])
    assert shutil.which(program, path=path), f"{program} is missing: apt-get install postgresql"
    done = subprocess.run(
        ["sh", "-c", command], env=os.environ | values | {"PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def due() -> int:
    """How many messages wait to be delivered now."""
    db.session.rollback()
    wanted = (Message.state == WAITING, Message.due_at <= clock.now())
    return db.session.scalar(select(func.count()).select_from(Message).where(*wanted)) or 0


def work(url: str, folder: Path) -> None:
    done = run(folder, "worker", "--once", DATABASE_URL=url, SECRET_KEY=KEY)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.both_engines
@pytest.mark.rule("R32")
def test_what_was_acknowledged_before_the_backup_is_there_after_a_restore(
    world: Flask, engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    prepare()
    with writer(engine) as process:
        before = acknowledged(process, BEFORE)
        file = back_up(tmp_path, engine)
        acknowledged(process, AFTER)
    fresh = restore(tmp_path, file, request, engine)
    restored = create_app(replace(BASE, database_url=fresh))
    with restored.app_context():
        tokens = set(db.session.scalars(select(Booking.token)))
        assert set(before) <= tokens
        assert due() >= len(tokens)
        for _ in range(due()):
            work(fresh, tmp_path)
            if not due():
                break
        assert due() == 0
        events = db.session.scalars(select(BuiltinEvent.uid).where(BuiltinEvent.ours)).all()
        assert len(events) == len(set(events)) == len(tokens)
        db.session.remove()
        db.engine.dispose()
    looked = run(tmp_path, "doctor", DATABASE_URL=fresh, SECRET_KEY=KEY)
    assert looked.returncode == 0, looked.stdout


def test_nothing_is_overwritten(app: Flask, engine: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    file.write_text("precious")
    answer = run(tmp_path, "backup", str(file), DATABASE_URL=engine)
    assert (answer.returncode, "exists already" in answer.stderr) == (1, True)
    assert file.read_text() == "precious"


def test_a_copy_is_for_its_owner_alone(app: Flask, engine: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    assert run(tmp_path, "backup", str(file), DATABASE_URL=engine).returncode == 0
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("target", ["no/such/folder/backup.db", "/proc/backup.db"])
def test_a_place_that_cannot_be_written_is_said(app: Flask, engine: str, tmp_path: Path, target: str) -> None:
    answer = run(tmp_path, "backup", str(tmp_path / target), DATABASE_URL=engine)
    assert (answer.returncode, "cannot be written" in answer.stderr) == (1, True)
    assert "Traceback" not in answer.stderr


def test_a_copy_that_is_not_sound_is_no_backup(world: Flask, engine: str, tmp_path: Path) -> None:
    connection = db.engine.raw_connection()
    connection.cursor().execute("PRAGMA foreign_keys=OFF")
    connection.cursor().execute("INSERT INTO claim (host_id, step, booking_id) VALUES (99, 1, 99)")
    connection.close()
    db.engine.dispose()
    file = tmp_path / "backup.db"
    answer = run(tmp_path, "backup", str(file), DATABASE_URL=engine)
    assert (answer.returncode, "not sound" in answer.stderr, file.exists()) == (1, True, False)


def test_postgresql_has_its_own_way(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    postgres: Postgres = request.getfixturevalue("postgres")
    answer = run(tmp_path, "backup", str(tmp_path / "b"), DATABASE_URL=postgres.new_database())
    assert (answer.returncode, "docs/backup.md" in answer.stderr) == (1, True)
