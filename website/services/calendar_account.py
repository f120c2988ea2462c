"""A calendar account as its provider sees it, and the renewal of its secret by one process at a time."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, or_, select, update

from .. import clock
from ..config import in_force
from ..extensions import db
from ..models import CalendarAccount
from ..providers.calendars.errors import CalendarUnreachable
from ..providers.calendars.records import Account, Secret

RENEWAL_SECONDS = 20
WAIT_SECONDS = 3.0
LOOK_SECONDS = 0.05

Renewed = Callable[[Secret], Secret]


def provider_account(account: CalendarAccount) -> Account:
    """The account as its provider sees it: with the calendars that are to be read."""
    return Account(
        kind=account.kind,
        secret=account.secret,
        timezone=account.user.timezone,
        owner_email=account.user.email,
        scopes=frozenset(account.scopes.split()),
        calendars=tuple(calendar.external_id for calendar in account.calendars if calendar.conflicts),
        etag=account.etag or None,
        last_modified=account.last_modified or None,
        allow_private=in_force().allow_private_urls,
        id=account.id,
        renew=_renewal(db.engine, account.id) if account.id is not None else None,
    )


def _renewal(engine: Engine, account_id: int) -> Callable[[Renewed], Secret]:
    """How a provider renews the secret of an account, from any thread.

    Whoever renews holds a lease on the row, not a transaction: a provider that answers slowly keeps nobody from
    writing. The others wait, and then find the new secret. Connections of its own, as the threads that ask
    providers share no session.
    """

    secret_of = select(CalendarAccount.secret).where(CalendarAccount.id == account_id)

    def renew(renewed: Renewed) -> Secret:
        until = _wait_for_lease(engine, account_id)
        try:
            with engine.connect() as connection:
                newest = connection.execute(secret_of).scalar_one()
            secret = renewed(newest)
        except BaseException:
            _end_lease(engine, account_id, until, {})
            raise
        _end_lease(engine, account_id, until, {} if secret is newest else {"secret": dict(secret)})
        return secret

    return renew


def _wait_for_lease(engine: Engine, account_id: int) -> datetime:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        now = clock.now()
        until = now + timedelta(seconds=RENEWAL_SECONDS)
        free = or_(
            CalendarAccount.renewing_until.is_(None),
            CalendarAccount.renewing_until <= now,
            CalendarAccount.renewing_until > until + clock.SKEW,
        )
        if _write(
            engine,
            update(CalendarAccount)
            .where(CalendarAccount.id == account_id, free)
            .values(renewing_until=until),
        ):
            return until
        time.sleep(LOOK_SECONDS)
    raise CalendarUnreachable("Another process is renewing the access to this account.")


def _end_lease(engine: Engine, account_id: int, until: datetime, values: dict[str, object]) -> None:
    mine = (CalendarAccount.id == account_id, CalendarAccount.renewing_until == until)
    _write(engine, update(CalendarAccount).where(*mine).values(renewing_until=None, **values))


def _write(engine: Engine, statement: object) -> int:
    with _writing(engine) as connection, connection.begin():
        return int(connection.execute(statement).rowcount)  # type: ignore[call-overload]


def _writing(engine: Engine) -> Connection:
    return engine.connect().execution_options(writes=True)
