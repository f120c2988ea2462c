"""What a visitor's address asks for, checked once; whatever cannot be is a clear 400 (R21)."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ... import clock
from ...forms.fields import is_email
from ...models import Link
from ...scheduling.kinds import LINK_KINDS
from ...services.contact import NOBODY, Visitor, recognise, recognise_contact
from ...services.find_link import open_link
from ...tokens import BadToken, ExpiredToken, signer

YEARS_BACK, YEARS_AHEAD = 1, 5
SLOT_FORMAT = "%Y%m%dT%H%MZ"
CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A link, and how a visitor wants to see it. `carried` are the parameters that travel on to every page."""

    link: Link
    now: datetime
    timezone: str
    duration: int
    month: date | None
    on: date | None
    visitor: Visitor
    carried: tuple[tuple[str, str], ...]
    name: str = ""
    email: str = ""

    @property
    def must_say_who(self) -> bool:
        """Whether the address has to be asked for before any time is shown (R21)."""
        return LINK_KINDS[self.link.kind].owner_first and self.link.owner_first and self.visitor.email is None

    @property
    def query(self) -> str:
        """The carried parameters as a query string."""
        return _query(self.timezone, self.duration, self.carried)

    def known_as(self, email: str) -> "Asked":
        """The same question with an address, in an opaque token from here on."""
        token = signer.who(email, self.now)
        rest = tuple(pair for pair in self.carried if pair[0] != "who")
        return replace(self, carried=(*rest, ("who", token)))


@lru_cache(maxsize=256)
def _query(timezone: str, duration: int, carried: tuple[tuple[str, str], ...]) -> str:
    return urlencode([("timezone", timezone), ("duration", duration), *carried])


def asked(slug: str, values: MultiDict[str, str] | None = None) -> Asked:
    """What the request asks for. Raises UnknownLink, LinkClosed, or aborts with a 400 or 410."""
    values = request.args if values is None else values
    link, now = open_link(slug), clock.now()
    email = values.get("email", "").strip()
    visitor = _visitor(link, values, email, now)
    return Asked(
        link=link,
        now=now,
        timezone=_timezone(values.get("timezone") or link.timezone),
        duration=_duration(link, values.get("duration", "")),
        month=_month(values.get("month", ""), now),
        on=_date(values.get("date", ""), now),
        visitor=visitor,
        carried=_carried(values),
        name=values.get("name", "")[:LONGEST_VALUE] or visitor.name,
        email=visitor.email or email[:LONGEST_VALUE],
    )


def _carried(values: MultiDict[str, str]) -> tuple[tuple[str, str], ...]:
    keys = ("for", "who", "lang", "embed", *CAMPAIGN)
    return tuple((key, values[key][:1000]) for key in keys if values.get(key))


def _visitor(link: Link, values: MultiDict[str, str], email: str, now: datetime) -> Visitor:
    try:
        if values.get("for"):
            return _personal(link, values["for"], now)
        if values.get("who"):
            return recognise(signer.read_who(values["who"], now))
    except ExpiredToken:
        abort(410, _("This link has expired. Open the booking page again to see the times."))
    except BadToken:
        abort(400, _("This address is not complete. Open the booking page again to see the times."))
    return recognise(email) if is_email(email) else NOBODY


def _personal(link: Link, token: str, now: datetime) -> Visitor:
    personal = signer.read_personal(token, now)
    if personal.link_id != link.id:
        raise BadToken
    return recognise_contact(personal.contact_id) or NOBODY


def _timezone(name: str) -> str:
    if name not in _zones():
        abort(400, _("There is no such time zone. Choose one from the list on the booking page."))
    return name


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _duration(link: Link, text: str) -> int:
    if not text:
        return link.durations[0]
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) in link.durations):
        abort(400, _("This link does not offer that duration."))
    return int(text)


def _month(text: str, now: datetime) -> date | None:
    return _in_reach(f"{text}-01", now) if text else None


def _date(text: str, now: datetime) -> date | None:
    return _in_reach(text, now) if text else None


def _in_reach(text: str, now: datetime) -> date:
    try:
        found = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a date has no zone)
    except ValueError:
        abort(400, _("There is no such date."))
    if not now.year - YEARS_BACK <= found.year <= now.year + YEARS_AHEAD:
        abort(400, _("That date is too far away."))
    return found


def slot_start(text: str, now: datetime) -> datetime:
    """The instant of a `slot=` parameter, such as 20261126T0800Z. Aborts with a 400."""
    try:
        start = datetime.strptime(text, SLOT_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        abort(400, _("There is no such time. Choose one on the booking page."))
    _in_reach(start.date().isoformat(), now)
    return start


def slot_text(start: datetime) -> str:
    """The inverse of `slot_start`."""
    return start.astimezone(UTC).strftime(SLOT_FORMAT)


def local(start: datetime, timezone: str) -> datetime:
    """An instant as the visitor's wall clock shows it."""
    return start.astimezone(ZoneInfo(timezone))
