"""`flask --app wsgi …`: the worker, the workspace file, and serving it all at once."""

import signal
import time
from collections.abc import Callable, Sequence
from functools import wraps
from threading import Event, Thread
from typing import Any, BinaryIO

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError, ProgrammingError

from . import clock
from .backup_commands import backup_command
from .doctor_commands import doctor_command
from .key_commands import before_work, first_admin_command, rotate_secrets_command
from .services.demo import load_demo
from .services.worker import LOOPS, Part, work_once
from .services.workspace_file import BadWorkspace, apply, decoded, export
from .serving import CannotListen, address, check_port, serve

IDLE_SECONDS = 1.0
# Longer than a delivery may take (its deadline, and recording it).
STOP_SECONDS = 45.0
Command = Callable[..., None]

workspace_group = AppGroup("workspace", help="The organisation as one TOML file.")


def register(app: Flask) -> None:
    """Binds the commands."""
    for command in (
        worker_command,
        serve_command,
        workspace_group,
        first_admin_command,
        rotate_secrets_command,
        doctor_command,
        backup_command,
    ):
        app.cli.add_command(command)


def with_database(command: Command) -> Command:
    """Says in a sentence that there is no database, or not the tables that are needed."""

    @wraps(command)
    def guarded(**values: Any) -> None:
        try:
            command(**values)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(
                f"The database does not answer as it should: {str(error.orig).strip()}\n"
                "Is DATABASE_URL right, and was `flask --app wsgi db upgrade` run?"
            ) from error

    return guarded


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@with_appcontext
def worker_command(once: bool) -> None:
    """Deliver what bookings left to do, and keep calendars in step."""
    before_work()
    if once:
        work_once(clock.now())
        return
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy, which threads cannot share
    threads = [Thread(target=_work, args=(app, parts, stopping), daemon=True) for parts in LOOPS]
    for thread in threads:
        thread.start()
    while not stopping.is_set() and all(thread.is_alive() for thread in threads):
        stopping.wait(IDLE_SECONDS)
    stopping.set()
    end = time.monotonic() + STOP_SECONDS
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))


def _work(app: Flask, parts: Sequence[Part], stopping: Event) -> None:
    """One of the worker's loops: it ends between two rounds."""
    with app.app_context():
        while not stopping.is_set():
            if not work_once(clock.now(), parts):
                stopping.wait(IDLE_SECONDS)


@workspace_group.command("apply")
@click.argument("file", type=click.File("rb"))
@click.option("--prune", is_flag=True, help="Take away what the file does not name.")
@with_database
def workspace_apply(file: BinaryIO, prune: bool) -> None:
    """Make the organisation what FILE says; - reads the standard input."""
    try:
        changes = apply(decoded(file.read()), prune=prune, now=clock.now())
    except BadWorkspace as error:
        click.echo(f"{file.name} was refused, and nothing was changed:\n{error}", err=True)
        raise SystemExit(1) from error
    click.echo("\n".join(changes) or "nothing to change")


@workspace_group.command("export")
@with_database
def workspace_export() -> None:
    """Write the organisation as a workspace file. It holds the addresses of feeds: keep it safe."""
    click.echo(export(), nl=False)


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--demo", is_flag=True, help="Load the demo workspace, and let anybody sign in as its people.")
@with_appcontext
@with_database
def serve_command(host: str, port: int, demo: bool) -> None:
    """Upgrade the database, then run the site with a worker beside it."""
    try:
        check_port(host, port)
    except CannotListen as error:
        raise click.ClickException(str(error)) from error
    upgrade()
    site = f"http://{address(host, port)}"
    settings = {"BASE_URL": site} if current_app.config["FIRSTHAND"].base_url_is_default else {}
    if demo:
        load_demo(clock.now())
        settings["DEMO"] = "1"
    _greet(site, demo)
    ended = serve(host, port, settings)
    if ended:
        raise click.ClickException(f"The {ended} ended by itself, so everything was stopped.")


def _greet(site: str, demo: bool) -> None:
    click.echo(f"\nFirsthand is at {site}\n")
    if demo:
        click.echo(f"  the team's side    {site}/sign-in")
        click.echo(f"  round robin        {site}/book/demo      (try nora@northwind.example: Ben owns her)")
        click.echo(f"  personal           {site}/book/ana")
        click.echo(f"  group              {site}/book/onboarding\n")
