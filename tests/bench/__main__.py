"""Prints every figure of the product, and writes them to BENCHMARKS.md with `--write`."""

import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import engine, faults, polling, site

HEAD = """# Benchmarks

Made by `make bench` (`ARGS=--write` writes this file). Each figure is a median with its quartiles;
ratios compare runs of the same process: a shared machine's milliseconds move by a factor of two.
"""


def main() -> None:
    """Runs all benches."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    machine = f"Python {platform.python_version()}, {platform.system()}, {now:%Y-%m-%d}."
    parts = [HEAD, machine, "\n## The engine alone\n", *engine.run()]
    parts += ["\n## The slots partial over the whole WSGI stack\n", *site.run(now)]
    parts += ["\n## Keeping Google calendars in step\n", *polling.run()]
    parts += ["\n## Pages while Google fails\n", *faults.run()]
    text = "\n".join(parts) + "\n"
    print(text)
    if "--write" in sys.argv:
        Path("BENCHMARKS.md").write_text(text)


if __name__ == "__main__":
    main()
