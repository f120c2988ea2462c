"""When somebody is busy, read from the calendars of their account, side by side and before one deadline."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from website import clock
from website.ical.read import Feed, FeedError, read_busy

from ..errors import AccessRevoked, CalendarError, CalendarMissing, CalendarUnreachable
from ..records import Account, Reading
from .collection import NAMESPACES, VERSION, is_calendar, version_of, zone_of
from .multistatus import CALDAV, Member, members
from .server import Answer, BadAnswer, DavServer

SIDE_BY_SIDE = 4
A_DAY = timedelta(days=1)
INCOMPLETE = "The calendar server did not hand out all events."
UNREADABLE = "An event in this calendar cannot be read, so its time is not known."

# Whole events, not expanded ones: servers do that in too many ways.
IN_TIME = f"""<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query {NAMESPACES}><d:prop><c:calendar-data/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
<c:time-range start="%s" end="%s"/>
</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""


class NotShared(CalendarMissing):
    """The server does not let the account see a calendar: where it is all of them, the account is in trouble."""


@dataclass(frozen=True, slots=True)
class State:
    """A calendar's version, empty where the server has none, and its time zone, the owner's where it has none."""

    version: str
    timezone: str


@dataclass(frozen=True, slots=True)
class BusyReader:
    """Reads what blocks in `[start, end)`, aware datetimes. Trouble of one calendar is kept apart from the others;
    that of the account is raised: AccessRevoked, CalendarUnreachable."""

    server: DavServer
    account: Account
    start: datetime
    end: datetime

    def read(self, addresses: Mapping[str, str]) -> Reading:
        """The calendars, given as our ids and their addresses. Not modified where every one of them has a version
        and these are the versions of the account's `etag`."""
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            urls = list(addresses.values())
            states = [self._state(url) for url in urls[:1]]
            # The others once the password is known to be right: a server may count every refusal.
            states += pool.map(self._state, urls[1:])
            etag = self._joined(addresses, states)
            if etag is not None and etag == self.account.etag:
                return Reading({}, not_modified=True)
            feeds = list(pool.map(self._feed, urls, states))
        return _reading(dict(zip(addresses, feeds, strict=True)), etag)

    def _state(self, url: str) -> State | CalendarError:
        try:
            member = _members(self.server.propfind(url, VERSION))[0]
        except (BadAnswer, CalendarMissing) as error:
            return error
        if not is_calendar(member):
            return CalendarMissing("There is no calendar at this address: it has to be a calendar's own.")
        return State(version_of(member), zone_of(member) or self.account.timezone)

    def _joined(self, ids: Iterable[str], states: Sequence[State | CalendarError]) -> str | None:
        """One version for everything that a reading depends on, None where a part of it is not known.

        The hour is a part: a server that forgets to change its versions is believed no longer than that.
        """
        known = [state for state in states if isinstance(state, State) and state.version]
        if len(known) < len(states):
            return None
        parts: list[object] = [f"{clock.now():%Y-%m-%d %H}", self.account.owner_email]
        parts += [[id, state.version, state.timezone] for id, state in zip(ids, known, strict=True)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _feed(self, url: str, state: State | CalendarError) -> Feed | CalendarError:
        if isinstance(state, CalendarError):
            return state
        try:
            objects = _objects(self.server.report(url, self._query()))
            feed = self._parsed(b"\r\n".join(objects), state.timezone) if objects else Feed([])
        except (BadAnswer, CalendarMissing) as error:
            return error
        except FeedError as error:
            return BadAnswer(str(error))
        return BadAnswer(UNREADABLE) if feed.degraded else feed

    def _query(self) -> str:
        """A day more on either side: servers take all-day events and those without a zone for UTC."""
        start, end = (moment.astimezone(UTC) for moment in (self.start - A_DAY, self.end + A_DAY))
        return IN_TIME % (f"{start:%Y%m%dT%H%M%SZ}", f"{end:%Y%m%dT%H%M%SZ}")

    def _parsed(self, data: bytes, timezone: str) -> Feed:
        return read_busy(
            data,
            window_start=self.start,
            window_end=self.end,
            timezone=timezone,
            owner_email=self.account.owner_email,
            deadline_seconds=self.server.left(),
        )


def _members(answer: Answer) -> list[Member]:
    """What the server says of one calendar. Raises CalendarMissing, BadAnswer."""
    if answer.status == 403:
        raise NotShared("This calendar is no longer shared with the account.")
    found = [] if answer.gone else members(answer)
    if answer.gone or any(member.status in (404, 410) for member in found[:1]):
        raise CalendarMissing("This calendar is no longer there.")
    if not found:
        raise BadAnswer(INCOMPLETE)
    return found


def _objects(answer: Answer) -> list[bytes]:
    """The iCalendar text of each event that was found. Raises CalendarMissing, and BadAnswer where one is lacking."""
    if answer.gone:
        raise CalendarMissing("This calendar is no longer there.")
    found = [member for member in members(answer) if member.status != 404]
    texts = [member.text(f"{CALDAV}calendar-data") for member in found]
    if not all(text[:15].upper() == "BEGIN:VCALENDAR" for text in texts):
        raise BadAnswer(INCOMPLETE)
    return [text.encode() for text in texts]


def _reading(feeds: Mapping[str, Feed | CalendarError], etag: str | None) -> Reading:
    busy = {id: feed.busy for id, feed in feeds.items() if isinstance(feed, Feed)}
    unknown = {id: feed for id, feed in feeds.items() if isinstance(feed, CalendarError)}
    if not busy:
        _raise_if_of_the_account(list(unknown.values()))
    warnings = chain.from_iterable(feed.warnings for feed in feeds.values() if isinstance(feed, Feed))
    return Reading(busy, unknown, etag=None if unknown else etag, warnings=tuple(dict.fromkeys(warnings)))


def _raise_if_of_the_account(errors: Sequence[CalendarError]) -> None:
    """What is wrong with every calendar is wrong with the account. One that is gone is not."""
    if errors and all(isinstance(error, NotShared) for error in errors):
        raise AccessRevoked("The calendar server does not let this user see the calendars.", final=False)
    if errors and all(isinstance(error, CalendarUnreachable) for error in errors):
        raise errors[0]
