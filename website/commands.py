"""`flask --app wsgi …`: the worker, the workspace file, and serving it all at once."""

import time

import click
from flask import Flask, current_app

from . import clock
from .services.worker import work_once

IDLE_SECONDS = 1.0


def register(app: Flask) -> None:
    """Binds the commands."""
    app.cli.add_command(worker)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
def worker(once: bool) -> None:
    """Deliver what bookings left to do, and read calendars."""
    allow_private = current_app.config["FIRSTHAND"].allow_private_urls
    while True:
        done = work_once(clock.now(), allow_private=allow_private)
        if once:
            return
        if not done:
            time.sleep(IDLE_SECONDS)
