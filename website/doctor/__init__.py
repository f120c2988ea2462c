"""What may be wrong with a site: a table of checks, each of which finds that all is well, or says how to mend it."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from ..extensions import db
from . import contents, crm, database, machine, outside, settings
from .finding import FAIL, OK, WARN, Finding, fail

__all__ = ["CHECKS", "FAIL", "OK", "WARN", "Finding", "examine"]
log = logging.getLogger(__name__)

Check = Callable[[datetime], Finding]
CHECKS: dict[str, Check] = {
    "secret key": settings.secret_key,
    "base address": settings.base_url,
    "demo": settings.demo,
    "proxies": settings.trusted_proxies,
    "rate limits": settings.rate_limits,
    "database": database.writable,
    "engine": database.engine,
    "migrations": database.migrations,
    "time zones": machine.time_zones,
    "clock": machine.clocks,
    "languages": machine.languages,
    "mail server": outside.mail_server,
    "sign-in": outside.sign_in_providers,
    "CRM": crm.connection,
    "stored secrets": contents.secrets,
    "worker": contents.worker,
    "outbox": contents.outbox,
    "bookings": contents.bookings,
}


def examine(now: datetime) -> dict[str, Finding]:
    """What every check found, by its name. A check that cannot be made has failed."""
    return {name: _made(check, now) for name, check in CHECKS.items()}


def _made(check: Check, now: datetime) -> Finding:
    try:
        return check(now)
    except DBAPIError as error:
        return fail(f"The database does not answer as it should: {database.reason(error)} {database.UPGRADE}")
    except Exception as error:
        log.exception("a check went wrong")
        return fail(f"This could not be checked ({type(error).__name__}): the log says more.")
    finally:
        db.session.rollback()
