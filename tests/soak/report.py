"""Runs long on both engines, or on one, and prints what was found; `--write` puts it into BENCHMARKS.md."""

import os
import platform
import sys
from datetime import UTC, datetime

from tests.bench import report
from tests.chaos.databases import ENGINES
from tests.soak.crowd import AT_ONCE
from tests.soak.run import Plan, Soaked, soak
from tests.soak.verdict import Finding, flat, steady

MINUTES, SAMPLES = 20.0, 600
# Of a round: longer ones want more of the hosts' time than there is.
ROUNDS, MOST_SECONDS = 10, 150.0


def main() -> int:
    """0 where nothing grows and nothing was wrong. The arguments: minutes, an engine, --write, in any order."""
    given = [one for one in sys.argv[1:] if one != "--write"]
    minutes = next((float(one) for one in given if one not in ENGINES), MINUTES)
    plan = _plan(60 * minutes)
    results = {
        engine: _soaked(engine, plan) for engine in [one for one in given if one in ENGINES] or ENGINES
    }
    text = _text(minutes, plan, results)
    print(text)
    if "--write" in sys.argv:
        report.write(text)
    return int(
        any(result.wrong or not all(one.good for one in _found(result)) for result in results.values())
    )


def _plan(seconds: float) -> Plan:
    return Plan(seconds, min(seconds / ROUNDS, MOST_SECONDS), max(1.0, seconds / SAMPLES))


def _soaked(engine: str, plan: Plan) -> Soaked:
    with ENGINES[engine]() as url:
        return soak(url, plan)


def _found(result: Soaked) -> list[Finding]:
    return [*flat(result), *steady(result)]


def _text(minutes: float, plan: Plan, results: dict[str, Soaked]) -> str:
    lines = [
        "\n## At work for long\n",
        f"`make soak`, Python {platform.python_version()}, {platform.system()}, {datetime.now(UTC):%Y-%m-%d}.",
        f"{minutes:.0f} minutes on each engine, in rounds. For {plan.round_seconds:.0f} s"
        f" {plan.calm_a_second:.0f} visitors come every second, who look around, book, move and cancel; in the last"
        f" {100 * plan.peak_part:.0f} % of them"
        f" {plan.peak_a_second:.0f} bookings a second are wanted, of which {AT_ONCE} are served at a time. Then the"
        " outbox empties, all books are compared, and the clock jumps until everything is over and pruned. Two web"
        f" workers and a worker, {os.cpu_count()} processors for them, the database and the visitors.",
        "",
        "| engine | rounds | wanted | no room | booked | moved | cancelled | too late | requests | errors |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(_counts(engine, result) for engine, result in results.items()),
        "",
        "| engine | what | measured | bound | |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {engine} | {one.what} | {one.measured} | {one.bound} | {'' if one.good else '**NOT** '}good |"
        for engine, result in results.items()
        for one in _found(result)
    ]
    lines += [line for engine, result in results.items() for line in _also(engine, result)]
    return "\n".join(lines) + "\n"


def _counts(engine: str, result: Soaked) -> str:
    names = ("wanted", "unserved", "booked", "moved", "cancelled", "taken", "requests")
    numbers = " | ".join(f"{result.counts[name]:,}" for name in names)
    return f"| {engine} | {len(result.rests)} | {numbers} | {len(result.wrong)} |"


def _also(engine: str, result: Soaked) -> list[str]:
    late = max(one.lag_seconds for one in result.samples)
    sizes = " → ".join(f"{one.size:.1f}" for one in (result.rests[0], result.rests[-1]))
    rows = " → ".join(f"{one.rows['booking']:,}" for one in (result.rests[0], result.rests[-1]))
    return [
        f"\n- {engine}: bookings stay, {rows} rows from the first round to the last; the database is {sizes} MB. The"
        f" oldest message waited {late:.0f} s at most.",
        *(f"- {engine}: WRONG: {sentence}" for sentence in result.wrong[:20]),
    ]
