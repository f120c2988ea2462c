"""`flask --app wsgi backup`: a copy of the database."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from .services.backup import CannotBackUp, back_up


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup_command(file: Path) -> None:
    """Copy the SQLite database to FILE while the site runs. The secret key is not in it: keep that apart."""
    try:
        size = back_up(file)
    except CannotBackUp as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(f"The database could not be copied: {str(error.orig).strip()}.") from error
    click.echo(f"{file} is whole and sound ({size} bytes). Keep SECRET_KEY too, in another place.")
