"""Being told by providers that a calendar changed, where they can reach this site (handled as a hint, never as news).

Polling alone is enough. A notice only brings the next reading, and the next look at events, forward.
"""

import hmac
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy import Select, or_, select

from ..config import in_force
from ..extensions import db
from ..models import Calendar, CalendarAccount, PushChannel
from ..providers.calendars import CALENDAR_PROVIDERS
from ..providers.calendars.errors import CalendarError
from ..providers.calendars.records import ChannelRequest, Watching
from ..tokens import new_token
from .calendar import refresh_soon
from .calendar_account import provider_account
from .event_look import look_soon
from .transaction import in_transaction

log = logging.getLogger(__name__)

SPARE = timedelta(days=1)
AGAIN = timedelta(hours=6)
MOST_AT_ONCE = 5
DEADLINE_SECONDS = 8.0


def reachable(base_url: str) -> bool:
    """Whether a provider on the public Internet can tell this site anything: it needs https and a public name."""
    address = urlsplit(base_url)
    name = address.hostname or ""
    try:
        return address.scheme == "https" and ip_address(name).is_global
    except ValueError:
        return (
            address.scheme == "https"
            and "." in name
            and not name.endswith((".local", ".localhost", ".internal"))
        )


def watch_due(now: datetime) -> int:
    """Opens channels for calendars that have none that lasts, and returns how many; the worker calls this again and
    again. A provider that refuses is asked again after some hours."""
    if not reachable(in_force().base_url):
        return 0
    ids = list(db.session.scalars(_unwatched(now).limit(MOST_AT_ONCE)))
    for calendar_id in ids:
        _watch(calendar_id, now)
    return len(ids)


def _unwatched(now: datetime) -> Select[int]:
    telling = [key for key, provider in CALENDAR_PROVIDERS.items() if provider.capabilities.notifies]
    lasting = select(PushChannel.calendar_id).where(PushChannel.expires_at > now + SPARE)
    return (
        select(Calendar.id)
        .join(CalendarAccount)
        .where(
            CalendarAccount.kind.in_(telling),
            CalendarAccount.broken.is_(False),
            or_(Calendar.conflicts, Calendar.receives_bookings),
            Calendar.missing_at.is_(None),
            Calendar.id.not_in(lasting),
        )
        .order_by(Calendar.id)
    )


def _watch(calendar_id: int, now: datetime) -> None:
    calendar = db.session.get(Calendar, calendar_id)
    if calendar is None:
        return
    provider, account = CALENDAR_PROVIDERS[calendar.account.kind], provider_account(calendar.account)
    external_id = calendar.external_id
    address = f"{in_force().base_url}/calendars/{provider.key}/notices"
    request = ChannelRequest(new_token(), new_token(), address)
    db.session.rollback()
    try:
        watching = provider.watch(account, external_id, request, DEADLINE_SECONDS)
    except CalendarError as error:
        log.warning("calendar %s cannot be watched: %s", calendar_id, type(error).__name__)
        # A row without a resource: nobody knows its token, and it keeps us from asking again at once.
        watching = Watching("", now + SPARE + AGAIN)
    old = in_transaction(lambda: _keep(calendar_id, request, watching))
    for name, resource in old:
        _stop(provider.key, account_id=account.id, name=name, resource=resource)


def _keep(calendar_id: int, request: ChannelRequest, watching: Watching) -> list[tuple[str, str]]:
    """Records the new channel in place of the old ones, which are then to be stopped."""
    old = db.session.scalars(select(PushChannel).where(PushChannel.calendar_id == calendar_id)).all()
    stopped = [(channel.name, channel.resource) for channel in old if channel.resource]
    for channel in old:
        db.session.delete(channel)
    db.session.add(
        PushChannel(
            calendar_id=calendar_id,
            name=request.name,
            token=request.token,
            resource=watching.resource,
            expires_at=watching.expires_at,
        )
    )
    return stopped


def _stop(kind: str, *, account_id: int | None, name: str, resource: str) -> None:
    """Ends a channel that another one has taken over from; one that cannot be ended ends by itself."""
    row = db.session.get(CalendarAccount, account_id)
    if row is None:
        return
    account = provider_account(row)
    db.session.rollback()
    try:
        CALENDAR_PROVIDERS[kind].stop_watching(account, name, resource, DEADLINE_SECONDS)
    except CalendarError as error:
        log.warning("a channel was not ended: %s", type(error).__name__)


def heard(kind: str, headers: Mapping[str, str], now: datetime) -> bool:
    """Takes a notice: has the account read, and its events looked at, soon. Returns whether it was genuine."""
    notice = CALENDAR_PROVIDERS[kind].notice(headers) if kind in CALENDAR_PROVIDERS else None
    if notice is None:
        return False
    channel = db.session.scalar(select(PushChannel).where(PushChannel.name == notice.channel))
    if channel is None or not hmac.compare_digest(channel.token.encode(), notice.token.encode()):
        return False
    if not notice.first:
        account_id = channel.calendar.account_id
        in_transaction(lambda: _hasten(account_id, now))
    return True


def _hasten(account_id: int, now: datetime) -> None:
    refresh_soon(account_id, now)
    look_soon(account_id, now)
