"""`flask --app wsgi …`: the worker, the workspace file, and serving it all at once."""

import signal
import time
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade

from . import clock
from .key_commands import before_work, first_admin_command, rotate_secrets_command
from .services.demo import load_demo
from .services.worker import work_once
from .services.workspace_file import BadWorkspace, apply, export
from .serving import PortInUse, check_port, serve

IDLE_SECONDS = 1.0

workspace_group = AppGroup("workspace", help="The organisation as one TOML file.")


def register(app: Flask) -> None:
    """Binds the commands."""
    for command in (
        worker_command,
        serve_command,
        workspace_group,
        first_admin_command,
        rotate_secrets_command,
    ):
        app.cli.add_command(command)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@with_appcontext
def worker_command(once: bool) -> None:
    """Deliver what bookings left to do, and read calendars."""
    before_work()
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    while not stopping:
        done = work_once(clock.now())
        if once:
            return
        if not done:
            time.sleep(IDLE_SECONDS)


@workspace_group.command("apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--prune", is_flag=True, help="Take away what the file does not name.")
def workspace_apply(file: Path, prune: bool) -> None:
    """Make the organisation what FILE says."""
    try:
        changes = apply(file.read_text(encoding="utf-8"), prune=prune, now=clock.now())
    except (BadWorkspace, UnicodeDecodeError) as error:
        click.echo(f"{file} was refused, and nothing was changed:\n{error}", err=True)
        raise SystemExit(1) from error
    click.echo("\n".join(changes) or "nothing to change")


@workspace_group.command("export")
def workspace_export() -> None:
    """Write the organisation as a workspace file. It holds the addresses of feeds: keep it safe."""
    click.echo(export(), nl=False)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--demo", is_flag=True, help="Load the demo workspace, and let anybody sign in as its people.")
@with_appcontext
def serve_command(host: str, port: int, demo: bool) -> None:
    """Upgrade the database, then run the site with a worker beside it."""
    try:
        check_port(host, port)
    except PortInUse as error:
        raise click.ClickException(
            f"Port {port} is in use: choose another one, such as PORT={port + 1}."
        ) from error
    upgrade()
    address = f"http://{host}:{port}"
    settings = {"BASE_URL": address} if current_app.config["FIRSTHAND"].base_url_is_default else {}
    if demo:
        load_demo(clock.now())
        settings["DEMO"] = "1"
    _greet(address, demo)
    raise SystemExit(serve(host, port, settings))


def _greet(address: str, demo: bool) -> None:
    click.echo(f"\nFirsthand is at {address}\n")
    if demo:
        click.echo(f"  the team's side    {address}/sign-in")
        click.echo(
            f"  round robin        {address}/book/demo      (try nora@northwind.example: Ben owns her)"
        )
        click.echo(f"  personal           {address}/book/ana")
        click.echo(f"  group              {address}/book/onboarding\n")
