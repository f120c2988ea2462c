"""`python -m tests.probes`: twenty thousand probes on each engine; `--write` writes what they tell to BENCHMARKS.md.

A number as argument is that of the probes, a name that of the only engine.
"""

import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

PROBES = 20_000
SEED = 1


def main() -> None:
    """Probes, prints the part of the report, and writes it if asked."""
    from tests.bench import report as benchmarks

    text = part(next((int(one) for one in sys.argv[1:] if one.isdigit()), PROBES), sys.argv[1:])
    print(text)
    if "--write" in sys.argv:
        benchmarks.write(text)


def part(probes: int, named: Sequence[str] = ()) -> str:
    """The part of the report."""
    from tests.chaos.databases import ENGINES
    from tests.probes.prober import probe
    from tests.probes.report import summary, table

    lines = [
        "\n## Addresses that are probed\n",
        f"`make probes`, Python {platform.python_version()}, {platform.system()}, {datetime.now(UTC):%Y-%m-%d}."
        f" {probes:,} probes on each engine, one after another, in random order, of gunicorn with two processes, while"
        " calendars change; each asks three times, and the quickest answer counts. The contact of an address is"
        " unknown, known and unowned, a host's, an outsider's, or an unseated host's, and all hosts have the same"
        " times. An answer is the same when status, headers, and the body with its length are, apart from tokens."
        " Times, and lengths as compressed, are compared pair by pair (Mann-Whitney, Kolmogorov-Smirnov): the smallest"
        " p of a place, by itself and after Holm's correction for the number of comparisons; above 0.01 is equal. As a"
        " control some probes take 1 ms more: their p after correction.",
        "",
        "| engine | place | probes | same answer | median | smallest p of a pair | p of the planted 1 ms |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    heard = {}
    for engine in [name for name in ENGINES if name in named] or ENGINES:
        with ENGINES[engine]() as url:
            heard[engine] = probe(url, probes, SEED)
    lines += [row for engine, one in heard.items() for row in table(engine, one)]
    lines += ["", *(summary(engine, one) for engine, one in heard.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
