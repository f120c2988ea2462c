"""Trying accounts out at their source: before they are linked, and whenever their user asks. Never inside a
transaction: other people's servers take their time."""

import logging
from collections.abc import Collection
from datetime import datetime

from ..config import in_force
from ..extensions import db
from ..models import CalendarAccount, User
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.errors import CalendarError, CalendarMissing, CalendarUnreachable
from ..providers.calendars.records import Account, FoundCalendar
from .calendar import refresh
from .calendar_account import provider_account
from .connect import own_account
from .event_look import look_soon
from .found_calendars import keep_calendars, settle_receiving
from .transaction import in_transaction

log = logging.getLogger(__name__)

SECONDS = 10.0
# Somebody is waiting for a page; what takes longer is left to the worker.
READING_SECONDS = 8.0


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
    problem = ""
    try:
        found = _found(provider_account(own_account(user_id, account_id)))
        in_transaction(lambda: _keep(user_id, account_id, found, now))
    except CalendarError as error:
        problem = str(error)
    read_at_once(account_id, now)
    return problem


def read_at_once(account_id: int, now: datetime) -> None:
    """Reads an account while its user waits; one in our own database is always known."""
    account = db.session.get(CalendarAccount, account_id)
    if account is not None and not CALENDAR_PROVIDERS[account.kind].capabilities.in_database:
        refresh([account_id], now, deadline_seconds=READING_SECONDS)


def _found(account: Account) -> list[FoundCalendar]:
    """At least one calendar. Raises CalendarError."""
    db.session.rollback()
    try:
        found = CALENDAR_PROVIDERS[account.kind].find_calendars(account, SECONDS)
        if not found:
            raise CalendarMissing("There is no calendar in this account.")
        return found
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
