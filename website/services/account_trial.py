"""Trying accounts out at their source: before they are linked, and whenever their user asks. Never inside a
transaction: other people's servers take their time."""

import logging
from collections.abc import Collection
from datetime import datetime

from ..config import in_force
from ..extensions import db
from ..models import User
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.base import Account, CalendarError, CalendarUnreachable, FoundCalendar
from .calendar import refresh
from .calendar_account import provider_account
from .connect import keep_calendars, own_account, settle_receiving
from .event_look import look_soon
from .transaction import in_transaction

log = logging.getLogger(__name__)

SECONDS = 10.0


def try_out(
    kind: str, secret: dict[str, str], user: User, scopes: Collection[str] = ()
) -> list[FoundCalendar]:
    """The calendars of an account that is about to be linked. Raises CalendarError."""
    account = Account(
        kind=kind,
        secret=secret,
        timezone=user.timezone,
        owner_email=user.email,
        scopes=frozenset(scopes),
        allow_private=in_force().allow_private_urls,
    )
    return _found(account)


def check_account(user_id: int, account_id: int, now: datetime) -> str:
    """Asks a linked account for its calendars and reads them. Returns the provider's sentence where it names none,
    else an empty text. Raises UnknownCalendar."""
    row = own_account(user_id, account_id)
    in_database = CALENDAR_PROVIDERS[row.kind].capabilities.in_database
    problem = ""
    try:
        found = _found(provider_account(row))
        in_transaction(lambda: _keep(user_id, account_id, found, now))
    except CalendarError as error:
        problem = str(error)
    if not in_database:
        refresh([account_id], now)
    return problem


def _found(account: Account) -> list[FoundCalendar]:
    db.session.rollback()
    try:
        return CALENDAR_PROVIDERS[account.kind].find_calendars(account, SECONDS)
    except CalendarError:
        raise
    except Exception as error:  # what a server answers can always surprise
        log.exception("a calendar account was not tried out")
        raise CalendarUnreachable("The account could not be read.") from error


def _keep(user_id: int, account_id: int, found: list[FoundCalendar], now: datetime) -> None:
    account = own_account(user_id, account_id)
    keep_calendars(account, found, now)
    settle_receiving(account.user)
    look_soon(account_id, now)
