"""The commands, as somebody at a terminal runs them: real processes, a database of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.services.test_workspace_file import ACME

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 120


def environment(folder: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if name not in ("DEMO", "BASE_URL", "SMTP_URL")}
    return kept | {
        "DATABASE_URL": f"sqlite:///{folder / 'site.db'}",
        "SECRET_KEY": "a secret for these tests alone",
    }


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi", *words]


def run(folder: Path, *words: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words),
        cwd=ROOT,
        env=environment(folder) | settings,
        input=given,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        command("serve", "--demo", "--port", str(port)),
        cwd=ROOT, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_SECONDS)


def wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer")


def below(number: int) -> dict[int, str]:
    """The processes that a process started, theirs included, with their command lines."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(number)], capture_output=True, text=True
    )
    children = {int(line.split()[0]): line for line in listed.stdout.splitlines()}
    return children | {pid: line for child in children for pid, line in below(child).items()}


def assert_gone(processes: dict[int, str]) -> None:
    """None of them runs any more; whether somebody has taken note of their end is not ours to say."""
    assert processes
    end = time.monotonic() + PATIENCE_SECONDS
    while running(processes) and time.monotonic() < end:
        time.sleep(0.1)
    assert running(processes) == []


def running(processes: dict[int, str]) -> list[str]:
    numbers = ",".join(map(str, processes))
    listed = subprocess.run(["ps", "-o", "stat=,pid=,args=", "-p", numbers], capture_output=True, text=True)
    return [line for line in listed.stdout.splitlines() if not line.startswith("Z")]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_serve_answers_and_stops_whole_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with serving(tmp_path, port) as process:
        for page in ("/sign-in", "/book/demo", "/book/ana", "/book/onboarding", "/api/v1/openapi.json"):
            with urlopen(f"http://127.0.0.1:{port}{page}", timeout=PATIENCE_SECONDS) as answer:
                assert answer.status == 200
        started = below(process.pid)
        process.send_signal(number)
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0
        assert f"http://127.0.0.1:{port}/book/demo" in said
        assert "Traceback" not in said
        assert_gone(started)
    with socket.socket() as probe:
        # As any server does: the answers just given keep their ends of the port for a minute, but nobody listens.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


@pytest.mark.slow
@pytest.mark.parametrize(("words", "name"), [("wsgi worker", "worker"), ("-m gunicorn", "web server")])
def test_serve_does_not_go_on_without_one_of_its_parts(tmp_path: Path, words: str, name: str) -> None:
    with serving(tmp_path, free_port()) as process:
        started = below(process.pid)
        first = min(pid for pid, line in started.items() if words in line)
        os.kill(first, signal.SIGKILL)
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 1
        assert f"The {name} ended by itself" in said
        assert_gone(started)


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run(tmp_path, "serve", "--port", str(port))
    assert answer.returncode == 1
    assert f"Port {port} is in use" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_workspace_is_applied_exported_and_refused_at_the_terminal(tmp_path: Path) -> None:
    good, bad, strange = tmp_path / "good.toml", tmp_path / "bad.toml", tmp_path / "strange.toml"
    good.write_text(ACME)
    bad.write_text(ACME.replace("Europe/Lisbon", "Mars/Base"))
    strange.write_bytes(b'[organisation]\nname = "Caf\xe9"\n')
    assert run(tmp_path, "db", "upgrade").returncode == 0
    assert "added link demo" in run(tmp_path, "workspace", "apply", str(good)).stdout
    assert run(tmp_path, "workspace", "apply", str(good)).stdout.strip() == "nothing to change"
    exported = run(tmp_path, "workspace", "export").stdout
    assert 'slug = "demo"' in exported
    again = run(tmp_path, "workspace", "apply", "--prune", "-", given="\ufeff" + exported)
    assert again.stdout == "nothing to change\n"
    for path, line in ((bad, 9), (strange, 2)):
        refused = run(tmp_path, "workspace", "apply", str(path))
        assert refused.returncode == 1
        assert f"line {line}: " in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("words", [("workspace", "export"), ("workspace", "apply", "-")])
def test_a_database_without_tables_is_said_in_a_sentence(tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = run(tmp_path, *words, given=ACME)
    assert answer.returncode == 1
    assert "db upgrade" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_database_that_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    answer = run(
        tmp_path, "serve", "--port", str(free_port()), DATABASE_URL=f"sqlite:///{tmp_path}/no/site.db"
    )
    assert answer.returncode == 1
    assert "DATABASE_URL" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL must start with"),
        ("DEMO", "perhaps", "DEMO"),
        ("RATELIMIT_STORAGE_URL", "pigeon://loft", "RATELIMIT_STORAGE_URL names a store that cannot be used"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_with_a_sentence(
    tmp_path: Path, setting: str, value: str, sentence: str
) -> None:
    answer = run(tmp_path, "routes", **{setting: value})
    assert answer.returncode != 0
    assert sentence in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.slow
def test_gunicorn_does_not_start_a_site_that_cannot_work_again_and_again(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{free_port()}", "wsgi:app"],
        cwd=ROOT, env=environment(tmp_path) | {"SECRET_KEY": "short"}, capture_output=True, text=True,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert answer.returncode != 0
    assert answer.stderr.count("SECRET_KEY is shorter than") == 1
