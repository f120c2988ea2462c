"""`flask --app wsgi doctor`: what is wrong with a site, and how to mend it."""

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from . import clock
from .doctor import FAIL, OK, WARN, examine

MARKS = {OK: "ok  ", WARN: "warn", FAIL: "FAIL"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@with_appcontext
def doctor_command(as_json: bool) -> None:
    """Say what is wrong with this site, and how to mend it; the exit code is 1 if anything fails."""
    found = examine(clock.now())
    failed = any(finding.level == FAIL for finding in found.values())
    if as_json:
        checks = [{"check": name, **asdict(finding)} for name, finding in found.items()]
        click.echo(json.dumps({"ok": not failed, "checks": checks}, indent=2))
    else:
        for name, finding in found.items():
            click.echo(f"{MARKS[finding.level]}  {name:<15} {finding.sentence}")
    if failed:
        raise SystemExit(1)
