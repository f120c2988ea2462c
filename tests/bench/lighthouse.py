"""`make lighthouse`: what Lighthouse says of the booking page, on a phone, against gunicorn with the demo's data.

It comes from npm, into a folder outside the project, in the version that is written here.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import report
from tests.peers.chromium import ARGUMENTS, chromium
from tests.peers.dav import free_port
from tests.peers.gunicorn import serving

VERSION = "13.5.0"
RUNS = 3
ROOT = Path(__file__).resolve().parents[2]
CATEGORIES = {"accessibility": 100, "best-practices": 100, "performance": 98}
AUDITS = {
    "first-contentful-paint": "first paint, ms",
    "largest-contentful-paint": "largest paint, ms",
    "total-blocking-time": "blocked, ms",
    "cumulative-layout-shift": "layout shift",
}
# Of a link without a first question the times; of one that asks who it is the question, and the note.
PAGES = {"times": "/book/onboarding?timezone=Europe/Paris", "who": "/book/demo", "note": "/book/demo/write"}


@dataclass(frozen=True, slots=True)
class Found:
    """Medians of all runs, and what is not right by the last one."""

    scores: dict[str, float]
    audits: dict[str, float]
    wrong: list[str]


@contextmanager
def demo() -> Iterator[str]:
    """The site with the demo's data, as gunicorn serves it."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ, "DATABASE_URL": f"sqlite:///{folder}/demo.db", "BASE_URL": url, "DEMO": "1",
            "SECRET_KEY": "a secret of a bench, long enough",
        }  # fmt: skip
        for command in (("db", "upgrade"), ("workspace", "apply", "website/demo.toml")):
            _run([sys.executable, "-m", "flask", "--app", "wsgi", *command], env=environment)
        with serving(port, environment) as served:
            yield served


def _run(command: list[str], env: dict[str, str]) -> None:
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


def installed() -> Path:
    """Lighthouse, from npm the first time."""
    folder = Path(os.environ.get("LIGHTHOUSE_FOLDER", Path(tempfile.gettempdir()) / f"lighthouse-{VERSION}"))
    program = folder / "node_modules/lighthouse/cli/index.js"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--no-fund", "--no-audit", "--prefix", str(folder), f"lighthouse@{VERSION}"]
        subprocess.run(npm, check=True, stdout=subprocess.DEVNULL)
    return program


def run_once(program: Path, address: str) -> dict[str, Any]:
    """One run's whole report."""
    flags = " ".join(["--headless=new", *ARGUMENTS])
    command = [
        "node", str(program), address, "--quiet", "--output=json", f"--chrome-flags={flags}",
        "--only-categories=" + ",".join(CATEGORIES),
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": chromium()}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(program: Path, address: str) -> Found:
    """The medians of some runs."""
    reports = [run_once(program, address) for _ in range(RUNS)]
    return Found(
        {
            name: statistics.median(100 * one["categories"][name]["score"] for one in reports)
            for name in CATEGORIES
        },
        {name: statistics.median(one["audits"][name]["numericValue"] for one in reports) for name in AUDITS},
        sorted(_wrong(reports[-1])),
    )


def _wrong(report: dict[str, Any]) -> Iterator[str]:
    for category in report["categories"].values():
        for audit in category["auditRefs"]:
            score = report["audits"][audit["id"]]["score"]
            if audit["weight"] and score is not None and score < 0.9:
                yield f"{category['id']}: {audit['id']} {score}"


def _text(found: dict[str, Found], version: str) -> str:
    lines = [
        "",
        "## Lighthouse",
        "",
        f"`make lighthouse`: Lighthouse {VERSION}, mobile, {version}, gunicorn with the demo's data, median of {RUNS}.",
        "",
        f"| page | {' | '.join(f'{name} (≥ {least})' for name, least in CATEGORIES.items())}"
        f" | {' | '.join(AUDITS.values())} |",
        f"| --- {'| --- ' * (len(CATEGORIES) + len(AUDITS))}|",
    ]
    for name, one in found.items():
        scores = " | ".join(f"{one.scores[key]:.0f}" for key in CATEGORIES)
        audits = " | ".join(_short(one.audits[key]) for key in AUDITS)
        lines.append(f"| {name} | {scores} | {audits} |")
    return "\n".join(
        [*lines, "", f"{platform.system()}, {os.cpu_count()} cores, shared with other work.", ""]
    )


def _short(value: float) -> str:
    return f"{value:.3g}" if value < 1 else f"{value:.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write BENCHMARKS.md")
    options = parser.parse_args()
    program = installed()
    version = subprocess.run(
        [chromium(), "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with demo() as url:
        found = {name: measure(program, url + path) for name, path in PAGES.items()}
    text = _text(found, version)
    print(text)
    for name, one in found.items():
        print("\n".join(f"{name}: {wrong}" for wrong in one.wrong))
    if options.write:
        report.write(text.lstrip("\n"))
    low = [name for one in found.values() for name, least in CATEGORIES.items() if one.scores[name] < least]
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
