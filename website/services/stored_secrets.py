"""All that is stored encrypted, and the keys it is encrypted with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Table, Text, literal, select, type_coerce, update

from ..extensions import Base, db, vault
from ..models import CalendarAccount
from ..models.types import Secret
from ..providers.calendars import CALENDAR_PROVIDERS
from ..sentences import gettext_noop
from ..vault import WrongKey
from .reading import NEVER
from .transaction import in_transaction

LOST = gettext_noop("The key that opened this account's access is lost: link it again.")


@dataclass(slots=True)
class Rotation:
    """How many secrets were encrypted anew, were under the newest key before, and are opened by no key."""

    renewed: int = 0
    current: int = 0
    unreadable: int = 0


def check_secrets() -> None:
    """Raises WrongKey when something stored cannot be opened with the keys of the settings."""
    for _table, _column, _id, locked in _stored():
        vault.unlock(locked)


def rotate_secrets() -> Rotation:
    """Encrypts every stored secret with the newest key. A second time changes nothing."""

    def work() -> Rotation:
        done = Rotation()
        for table, column, row_id, locked in _stored():
            try:
                renewed = vault.renew(locked)
            except WrongKey:
                done.unreadable += 1
                continue
            if renewed == locked:
                done.current += 1
            else:
                done.renewed += _replace(table, column, row_id, locked, renewed)
        return done

    return in_transaction(work)


def give_up_secrets(now: datetime) -> int:
    """Empties what no key opens; accounts outside are then broken, for their users to link again (R12)."""

    def work() -> int:
        emptied = 0
        for table, column, row_id, locked in _stored():
            try:
                vault.unlock(locked)
            except WrongKey:
                emptied += _replace(table, column, row_id, locked, vault.lock({}))
                _break(table, row_id, now)
        return emptied

    return in_transaction(work)


def _stored() -> Iterator[tuple[Table, "Column[Secret]", int, str]]:
    """Every secret as it is stored, with its place."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Secret):
                found = select(table.c.id, type_coerce(column, Text)).where(column.is_not(None))
                for row_id, locked in db.session.execute(found.order_by(table.c.id)).all():
                    yield table, column, row_id, locked


def _replace(table: Table, column: "Column[Secret]", row_id: int, before: str, after: str) -> int:
    """Stores the text unless another process has stored a newer secret in the meantime; returns how many it did."""
    mine = (table.c.id == row_id, type_coerce(column, Text) == before)
    values = {column.name: type_coerce(literal(after), Text)}
    return int(db.session.execute(update(table).where(*mine).values(values)).rowcount)  # type: ignore[attr-defined]


def _break(table: Table, row_id: int, now: datetime) -> None:
    account = db.session.get(CalendarAccount, row_id) if table is CalendarAccount.__table__ else None
    if account is not None and not CALENDAR_PROVIDERS[account.kind].capabilities.in_database:
        account.broken, account.broken_at, account.error = True, now, LOST
        account.next_check_at = NEVER
