"""Runs the kill tests on both engines, or on those that are named, and prints what happened."""

import random
import sys

from tests.chaos.databases import ENGINES
from tests.chaos.run import Plan, Report, run

PLAN = Plan(visitors=6, bookings=500, at_each_step=1, at_random=160, pause_seconds=0.5, rounds=4)


def main() -> int:
    """0 where everything agrees on every engine."""
    seed = random.randrange(10**6)
    failed = False
    for engine in sys.argv[1:] or ENGINES:
        with ENGINES[engine]() as url:
            report = run(url, PLAN, seed)
        print(f"\n{engine}, seed {seed}: {'agrees' if not report.wrong else 'DOES NOT AGREE'}")
        print(_told(report))
        failed = failed or bool(report.wrong)
    return int(failed)


def _told(report: Report) -> str:
    seen, kills = report.seen, report.kills
    lines = [
        f"  {seen['booked']} bookings acknowledged, {seen['cancelled']} of them cancelled again,"
        f" {seen['taken']} times too late, in {report.seconds:.0f} s",
        f"  {kills.total()} kills: " + ", ".join(f"{what} {times}" for what, times in sorted(kills.items())),
        f"  {seen['lost answers']} answers to posts and {seen['lost pages']} pages were lost,"
        f" {seen['asked twice']} posts sent twice on purpose",
        f"  {report.repeated_mails} mails came twice",
    ]
    return "\n".join([*lines, *(f"  WRONG: {sentence}" for sentence in report.wrong[:50])])
