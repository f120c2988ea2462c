"""The files in deploy/, used as far as they can be: gunicorn under its settings, workers, the units."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import BASE
from tests.flows.writer import HALF_HOUR, first_start, prepare
from tests.peers.smtp import MailServer
from tests.test_commands import PATIENCE_SECONDS, ROOT, below, free_port, wait_for
from website import clock
from website.extensions import db
from website.mails import Mail
from website.models import Booking, BuiltinEvent, Claim, Message, WorkerSign
from website.models.message import DONE
from website.services.email import write_mail
from website.services.transaction import in_transaction

DEPLOY = ROOT / "deploy"
MAILS, BOOKINGS = 20, 24


@contextmanager
def process(words: Sequence[str], url: str, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """One process of a site; what is left of it is killed."""
    kept = {name: text for name, text in os.environ.items() if name not in ("DEMO", "SMTP_URL")}
    environment = kept | {"DATABASE_URL": url, "SECRET_KEY": BASE.secret_key} | settings
    running = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield running
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


@contextmanager
def web(url: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    words = ("gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app")
    with process(words, url, BIND=f"127.0.0.1:{port}", WEB_CONCURRENCY="2") as running:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield running


WORKER = ("flask", "--app", "wsgi", "worker")


def booking_of(number: int) -> bytes:
    start = (first_start() + number * HALF_HOUR).isoformat()
    return json.dumps({"start": start, "name": "Dana", "email": f"dana{number}@prospect.example"}).encode()


def post(port: int, number: int) -> int:
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"key {number}"}
    address = f"http://127.0.0.1:{port}/api/v1/links/ana/bookings"
    request = Request(address, booking_of(number), headers, method="POST")
    with urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        return int(answer.status)


@pytest.mark.slow
@pytest.mark.both_engines
@pytest.mark.rule("R32")
@pytest.mark.rule("R30")
def test_two_web_processes_and_two_workers_do_everything_once(world: Flask, engine: str) -> None:
    prepare()
    in_transaction(write_mails)
    mails, port = MailServer(), free_port()
    with ExitStack() as stack:
        stack.callback(mails.stop)
        stack.enter_context(web(engine, port))
        for _ in range(2):
            stack.enter_context(process(WORKER, engine, SMTP_URL=mails.url()))
        with ThreadPoolExecutor(8) as pool:
            # Each request is sent twice, as by somebody who presses twice.
            numbers = [number for number in range(BOOKINGS) for _ in range(2)]
            assert Counter(pool.map(lambda number: post(port, number), numbers)) == {201: 2 * BOOKINGS}
        wait_until(lambda: count(Message, Message.state != DONE) == 0)
        wait_until(lambda: count(WorkerSign) == 2)
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE_SECONDS) as answer:
            ready = json.load(answer)
    assert (ready["status"], ready["worker_lag_seconds"]) == ("ok", 0)
    assert count(Booking) == BOOKINGS
    assert count(Claim) == 6 * BOOKINGS
    events = Counter(db.session.scalars(select(BuiltinEvent.uid).where(BuiltinEvent.ours)))
    assert (len(events), set(events.values())) == (BOOKINGS, {1})
    written = Counter(mail["Subject"] for mail in mails.taken if mail["Subject"].startswith("Mail "))
    assert written == {f"Mail {number}": 1 for number in range(MAILS)}


def write_mails(number: int = MAILS) -> None:
    for one in range(number):
        mail = Mail(f"Mail {one}", "text", "<p>text</p>")
        write_mail(mail, to="ana@acme.example", kind="calendar_alarm", key=f"mail {one}", now=clock.now())


def count(model: Any, *conditions: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def wait_until(holds: Any) -> None:
    """Looks again until it is so; fails after a long time."""
    end, pause = clock.now() + timedelta(seconds=PATIENCE_SECONDS), Event()
    while not holds():
        assert clock.now() < end, "that never came about"
        pause.wait(0.1)


@pytest.mark.slow
def test_a_request_that_is_being_answered_at_sigterm_is_answered(world: Flask, engine: str) -> None:
    prepare()
    port, body = free_port(), booking_of(0)
    with web(engine, port) as running, socket.create_connection(("127.0.0.1", port), 60) as visitor:
        lines = (
            "POST /api/v1/links/ana/bookings HTTP/1.1", "Host: localhost", "Content-Type: application/json",
            f"Content-Length: {len(body)}", "Expect: 100-continue", "Connection: close", "", "",
        )  # fmt: skip
        visitor.sendall("\r\n".join(lines).encode())
        # The server says so when it has begun to deal with the request.
        assert visitor.recv(1000).startswith(b"HTTP/1.1 100 Continue")
        running.send_signal(signal.SIGTERM)
        # The other process has nothing to finish.
        wait_until(lambda: len(below(running.pid)) == 1)
        visitor.sendall(body)
        answer = b"".join(iter(lambda: visitor.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert running.wait(PATIENCE_SECONDS) == 0
    assert count(Booking) == 1


class SlowMailServer(MailServer):
    """Takes a mail only when it is let; `began` is set when the first one came in whole."""

    def __init__(self) -> None:
        self.began, self.may_go_on = Event(), Event()
        super().__init__()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        import asyncio

        self.began.set()
        await asyncio.to_thread(self.may_go_on.wait, PATIENCE_SECONDS)
        return await super().handle_DATA(server, session, envelope)


@pytest.mark.slow
@pytest.mark.rule("R32")
def test_a_worker_finishes_the_message_in_hand_at_sigterm_and_takes_no_other(
    world: Flask, engine: str
) -> None:
    in_transaction(lambda: write_mails(2))
    mails = SlowMailServer()
    try:
        with process(WORKER, engine, SMTP_URL=mails.url()) as worker:
            assert mails.began.wait(PATIENCE_SECONDS)
            worker.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                worker.wait(0.5)
            mails.may_go_on.set()
            assert worker.wait(PATIENCE_SECONDS) == 0
    finally:
        mails.stop()
    assert [mail["Subject"] for mail in mails.taken] == ["Mail 0"]
    assert (count(Message, Message.state == DONE), count(Message, Message.lease_until.is_not(None))) == (1, 0)


@pytest.mark.parametrize("name", ["firsthand-web.service", "firsthand-worker.service"])
def test_systemd_understands_the_units(tmp_path: Path, name: str) -> None:
    unit = (DEPLOY / name).read_text()
    assert "TimeoutStopSec=" in unit
    assert "User=firsthand" in unit
    tool = shutil.which("systemd-analyze")
    if tool is None:
        return  # what stands above was looked at; there is nobody here who could say more
    # Users and programs of the machine that the unit is for are not those of this one.
    here = unit.replace("/srv/firsthand/.venv/bin/", "/bin/").replace("=firsthand\n", "=root\n")
    here = here.replace("/bin/gunicorn", "/bin/true").replace("/bin/flask", "/bin/true")
    (tmp_path / name).write_text(here)
    done = subprocess.run([tool, "verify", str(tmp_path / name)], capture_output=True, text=True)
    said = [line for line in done.stderr.splitlines() if name in line]
    assert said == []


def test_the_container_is_nobody_s_root_and_knows_whether_it_lives() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    user = next(number for number, line in enumerate(lines) if line == "USER 10001")
    assert user < next(number for number, line in enumerate(lines) if line.startswith("CMD "))
    assert any("/healthz" in line for line in lines)
    for line in lines:
        if line.startswith("COPY "):
            assert (ROOT / line.split()[1]).exists(), line


def test_compose_is_well_formed_and_its_services_fit_together() -> None:
    yaml = pytest.importorskip("yaml")
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"database", "migrate", "web", "worker"}
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
    for name in ("web", "worker", "migrate"):
        assert {"DATABASE_URL", "SECRET_KEY", "BASE_URL"} <= set(services[name]["environment"]), name
    assert services["worker"]["command"][-1] == "worker"
