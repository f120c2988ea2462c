"""`flask --app wsgi …` for whoever holds the keys of a site: the first admin's code, and new secret keys."""

import logging

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from . import clock
from .config import in_force
from .extensions import db
from .services.first_admin import first_admin_code
from .services.stored_secrets import check_secrets, give_up_secrets, rotate_secrets
from .vault import WrongKey

log = logging.getLogger(__name__)


@click.command("first-admin")
@with_appcontext
def first_admin_command() -> None:
    """Print the code by which the first admin of a site signs in."""
    click.echo(_about_first_admin() or "This site has an admin: they invite everybody else.")


@click.command("rotate-secrets")
@click.option(
    "--give-up", is_flag=True, help="Empty what no key opens: those calendars must be linked again."
)
@with_appcontext
def rotate_secrets_command(give_up: bool) -> None:
    """Encrypt all that is stored encrypted with the newest SECRET_KEY."""
    if give_up:
        click.echo(f"Given up: {give_up_secrets(clock.now())}.")
    done = rotate_secrets()
    click.echo(
        f"Encrypted with the newest key: {done.renewed}. Already so: {done.current}."
        f" Opened by no key: {done.unreadable}."
    )
    if done.unreadable:
        raise click.ClickException(str(WrongKey()))


def before_work() -> None:
    """What a worker looks at before its first round. Ends it with a sentence when its keys are the wrong ones."""
    try:
        check_secrets()
        hint = _about_first_admin()
    except WrongKey as error:
        raise click.ClickException(str(error)) from error
    except SQLAlchemyError:
        log.exception("the database does not answer yet")
        return
    finally:
        # Left open for as long as the worker lives, it would keep SQLite's journal from being used again.
        db.session.rollback()
    if hint:
        click.echo(hint)


def _about_first_admin() -> str:
    """How the first admin signs in; empty where there is an admin."""
    code = first_admin_code()
    if code is None:
        return ""
    return (
        f"\nThis site has no admin yet. Open {in_force().base_url}/sign-in, type this code, and sign in:\n\n"
        f"  {code}\n"
    )
