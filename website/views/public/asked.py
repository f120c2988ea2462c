"""What a visitor's address asks for, checked once; whatever cannot be is a clear 400 (R21)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ... import clock
from ...email_addresses import is_email, normal_email
from ...models import Booking, Link
from ...services.change import minutes_of
from ...services.contact import NOBODY, Visitor, recognise
from ...services.find_link import link_by_slug, open_link
from ...services.ownership import heeds_owner
from ...services.personal_link import visitor_named_by
from ...tokens import BadToken, ExpiredToken, Who, signer
from ..languages import prefer
from .framing import Frame, framed
from .parameters import all_zones, date_of, duration_of, known_zone, month_of

# What advertisements and letters add to an address, to be found again on the booking; embed.js hands them on.
CAMPAIGN = (
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id", "gclid", "gbraid", "wbraid",
    "dclid", "fbclid", "msclkid", "li_fat_id", "ttclid", "twclid",
)  # fmt: skip
WHO = ("for", "who")
LONGEST_VALUE = 254
LONGEST_TOKEN = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """A link, and how a visitor wants to see it. `carried` are the parameters that travel on to every page;
    `zone_chosen` tells whether somebody named the zone, or the link's is shown until the browser's is known.
    `problem` is the status and the sentence for a token that does not work (any more)."""

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
    zone_chosen: bool = False
    problem: tuple[int, str] | None = None

    @property
    def must_say_who(self) -> bool:
        """Whether the address has to be asked for before any time is shown (R21)."""
        return heeds_owner(self.link) and self.visitor.email is None

    @property
    def query(self) -> str:
        """The carried parameters as a query string; a zone that nobody chose is not passed on as if chosen."""
        return _query(self.timezone if self.zone_chosen else "", self.duration, self.carried)

    @property
    def shown_query(self) -> str:
        """The same with the day or month that was asked for."""
        if self.on:
            return f"{self.query}&date={self.on.isoformat()}"
        return f"{self.query}&month={self.month:%Y-%m}" if self.month else self.query

    def carrying(self, **values: str) -> "Asked":
        """The same question with these parameters from here on; an empty one is left behind."""
        rest = [pair for pair in self.carried if pair[0] not in values]
        return replace(self, carried=(*rest, *((key, text) for key, text in values.items() if text)))

    def known_as(self, email: str) -> "Asked":
        """The same question with an address, and the name, in an opaque token from here on; it replaces who a
        link or an earlier answer said it was."""
        token = signer.who(email, self.now, self.name)
        rest = tuple(pair for pair in self.carried if pair[0] not in WHO)
        return replace(self, carried=(*rest, ("who", token)))


@lru_cache(maxsize=256)
def _query(timezone: str, duration: int, carried: tuple[tuple[str, str], ...]) -> str:
    zone = [("timezone", timezone)] if timezone else []
    return urlencode([*zone, ("duration", duration), *carried])


def asked(slug: str, values: MultiDict[str, str] | None = None, *, closed: bool = False) -> Asked:
    """What the request asks for; `closed`: of a link that is switched off, too. Raises UnknownLink, LinkClosed, or
    aborts with a 400."""
    values = request.args if values is None else values
    link, now = link_by_slug(slug) if closed else open_link(slug), clock.now()
    frame = framed(link, values)
    prefer(link.language)
    visitor, filled_in, problem = _visitor(link, values, now)
    timezone = _named_zone(values, frame)
    return Asked(
        link=link,
        now=now,
        timezone=timezone or link.timezone,
        duration=duration_of(link, values.get("duration", ""), typed=values is request.form),
        month=month_of(values.get("month", ""), now),
        on=date_of(values.get("date", ""), now),
        visitor=visitor,
        carried=_carried(values, frame, without=WHO if problem else ()),
        name=filled_in.name or visitor.name,
        email=visitor.email or filled_in.email,
        zone_chosen=bool(timezone),
        problem=problem,
    )


def asked_to_move(booking: Booking, *, zone: str = "") -> Asked:
    """What the request asks for of another time for a booking: its length is its own, and nobody is looked up.
    `zone` is that of a host, who reads the site's language; without it the invitee asks. Aborts with a 400."""
    values, now = request.values, clock.now()
    frame = framed(booking.link, values)
    if not zone:
        prefer(booking.language)
    return Asked(
        link=booking.link,
        now=now,
        timezone=known_zone(values.get("timezone") or zone or booking.timezone),
        duration=minutes_of(booking),
        month=month_of(values.get("month", ""), now),
        on=date_of(values.get("date", ""), now),
        visitor=NOBODY,
        carried=(*_picked(values, ("host", "lang")), *frame.carried),
        zone_chosen=bool(values.get("timezone")),
    )


def _carried(
    values: MultiDict[str, str], frame: Frame, without: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    kept = _picked(values, [key for key in (*WHO, "lang", *CAMPAIGN) if key not in without])
    return (*kept, *frame.carried)


def _picked(values: MultiDict[str, str], keys: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((key, values[key][:LONGEST_TOKEN]) for key in keys if values.get(key))


def _visitor(
    link: Link, values: MultiDict[str, str], now: datetime
) -> tuple[Visitor, Who, tuple[int, str] | None]:
    """Who it is, what is to be filled in, and what is wrong with the token that should have said so."""
    typed = Who(
        normal_email(values.get("email", ""))[:LONGEST_VALUE], values.get("name", "").strip()[:LONGEST_VALUE]
    )
    try:
        if values.get("for"):
            return visitor_named_by(values["for"], link, now), typed, None
        if values.get("who"):
            who = signer.read_who(values["who"], now)
            return _recognised(who.email, link), Who(who.email, typed.name or who.name), None
    except ExpiredToken:
        return (
            NOBODY,
            typed,
            (410, _("The link that you followed does not work any more. You can still book here.")),
        )
    except BadToken:
        return NOBODY, typed, (400, _("The link that you followed is not complete. You can still book here."))
    return _recognised(typed.email, link), typed, None


def _recognised(email: str, link: Link) -> Visitor:
    return recognise(email, link) if is_email(email) else NOBODY


def _named_zone(values: MultiDict[str, str], frame: Frame) -> str:
    """The zone that was asked for, if any. embed.js names the browser's, and a browser may be newer than our list:
    inside of a frame a zone that is not in it is as good as none."""
    name = values.get("timezone", "")
    if not name or (frame.embedded and name not in all_zones()):
        return ""
    return known_zone(name)
