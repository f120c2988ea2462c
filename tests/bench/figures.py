"""Prints every figure of the product, and writes them to BENCHMARKS.md with `--write`.

With `--load` it lets visitors in instead, for some minutes: that is a part of the report of its own.
"""

import platform
import sys
from datetime import UTC, datetime

from tests.bench import engine, faults, large, load, polling, report, site

HEAD = """# Benchmarks

Made by `make bench`, the part "Visitors at once" by `make load`, "At work for long" by `make soak`, and "Addresses that
are probed" by `make probes` (`ARGS=--write` writes this file). Each figure is a median with its quartiles; ratios
compare runs of the same process: a shared machine's milliseconds move by a factor of two.
"""


def main() -> None:
    """Runs all benches, or the load."""
    text = _load() if "--load" in sys.argv else _benches()
    print(text)
    if "--write" in sys.argv:
        report.write(text)


def _benches() -> str:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    parts = [HEAD, _machine(), "\n## The engine alone\n", *engine.run()]
    parts += ["\n## The slots partial over the whole WSGI stack\n", *site.run(now)]
    parts += ["\n## A million contacts and bookings\n", *large.run()]
    parts += ["\n## Keeping Google calendars in step\n", *polling.run()]
    parts += ["\n## Pages while Google fails\n", *faults.run()]
    return "\n".join(parts) + "\n"


def _load() -> str:
    return "\n".join(["\n## Visitors at once\n", f"`make load`, {_machine()}", *load.run()]) + "\n"


def _machine() -> str:
    return f"Python {platform.python_version()}, {platform.system()}, {datetime.now(UTC):%Y-%m-%d}."
