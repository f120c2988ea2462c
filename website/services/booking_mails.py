"""Which mails a booking and its changes cause, and who invites its guests: one authority at a time (R34, R35)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..extensions import db
from ..ical.invitation import CANCEL, REQUEST
from ..models import Booking, User
from .booking_mail import message_for
from .booking_readers import Reader, guests, hosts, invitee, left, without_event
from .history import Before, provider_invites

# The calendar text for whoever was asked in before a change and still is, by whether a provider invited before,
# and does now. Where the authority goes to a provider, ours is taken back.
_STAYS = {(False, False): REQUEST, (False, True): CANCEL, (True, False): REQUEST, (True, True): ""}


@dataclass(frozen=True, slots=True)
class _Letter:
    kind: str
    reader: Reader
    method: str


def confirm(booking: Booking, now: datetime) -> None:
    """A new booking: the invitee gets a confirmation, the hosts a notice, the guests our invitation where no provider
    sends one. Inside a transaction, like all of these."""
    method = "" if provider_invites(booking) else REQUEST
    letters = [_Letter("booking_confirmed", invitee(booking), method)]
    letters += _to_hosts("booking_host", booking, hosts(booking), method)
    letters += [_Letter("booking_invitation", guest, method) for guest in guests(booking) if method]
    _write(booking, letters, None, now, {})


def tell_change(booking: Booking, before: Before, by: User | None, now: datetime) -> None:
    """A new time, other hosts, or both; `by` None is the invitee."""
    was, ours = before.provider_invites, not provider_invites(booking)
    method = _STAYS[was, not ours]
    stays = [host for host in hosts(booking) if host.user_id in before.host_ids]
    came = [host for host in hosts(booking) if host.user_id not in before.host_ids]
    gone = left(booking, before.host_ids)
    letters = [_Letter("booking_changed", invitee(booking), method)]
    letters += _to_hosts("booking_changed", booking, stays, method)
    letters += _to_hosts("booking_host", booking, came, REQUEST if ours else "")
    letters += _to_hosts("booking_handed", booking, gone, "" if was else CANCEL)
    letters += [_Letter("booking_changed", guest, method) for guest in guests(booking) if method]
    _write(booking, letters, by, now, _what_changed(booking, before, by, handed=bool(came or gone)))


def tell_end(booking: Booking, before: Before, by: User | None, now: datetime) -> None:
    """The meeting is off; `by` None is the invitee."""
    method = "" if before.provider_invites else CANCEL
    letters = [_Letter("booking_cancelled", invitee(booking), method)]
    letters += _to_hosts("booking_cancelled", booking, hosts(booking), method)
    letters += [_Letter("booking_cancelled", guest, method) for guest in guests(booking) if method]
    _write(booking, letters, by, now, _said_by(booking, by) | {"reason": booking.cancel_reason})


def invite_ourselves(booking: Booking, now: datetime) -> None:
    """The provider that was to invite the guests never can: they get our own invitation."""
    readers = [invitee(booking), *without_event(booking, hosts(booking)), *guests(booking)]
    letters = [_Letter("booking_invitation", reader, REQUEST) for reader in readers]
    _write(booking, letters, None, now, {})


def _to_hosts(kind: str, booking: Booking, readers: list[Reader], method: str) -> list[_Letter]:
    """Calendar text only for those whose calendar does not have the event itself."""
    asked = set(without_event(booking, readers))
    return [_Letter(kind, reader, method if reader in asked else "") for reader in readers]


def _what_changed(booking: Booking, before: Before, by: User | None, *, handed: bool) -> dict[str, Any]:
    facts = _said_by(booking, by)
    if (before.start_at, before.end_at) != (booking.start_at, booking.end_at):
        facts |= {"was_start": before.start_at.isoformat(), "was_end": before.end_at.isoformat()}
    if handed:
        users = [db.session.get_one(User, number) for number in before.host_ids]
        facts |= {"was_hosts": [user.name for user in users]}
    return facts


def _said_by(booking: Booking, by: User | None) -> dict[str, Any]:
    return {"by": by.name if by else booking.name, "by_invitee": by is None}


def _write(
    booking: Booking, letters: Iterable[_Letter], by: User | None, now: datetime, facts: dict[str, Any]
) -> None:
    """One mail for each address. Whoever did it knows already; an invitee wants it in writing all the same."""
    told = {by.email.lower()} if by else set()
    for number, letter in enumerate(letters):
        address = letter.reader.address.lower()
        if number == 0 or address not in told:
            told.add(address)
            row = message_for(booking, letter.kind, letter.reader, now, method=letter.method, **facts)
            db.session.add(row)
