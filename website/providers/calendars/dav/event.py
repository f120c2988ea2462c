"""One meeting of ours in a calendar: put, taken away and looked at (R34, R38)."""

import re
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from website import clock
from website.ical.read import FeedError, StoredEvent, read_event
from website.ical.write import Meeting, stored_copy, written_times
from website.sentences import gettext_noop

from ..errors import CalendarMissing, CalendarReadOnly, CalendarUnreachable, EventChanged, EventGone
from ..records import Account, CalendarEvent, EventRef, Placed
from .collection import NAMESPACES, VERSION
from .multistatus import members
from .server import Answer, BadAnswer, DavServer

REFUSED = gettext_noop("The calendar server refused the event.")
READ_ONLY = gettext_noop("This calendar cannot be written: choose another one for bookings.")
BY_UID = f"""<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query {NAMESPACES}><d:prop><d:getetag/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:prop-filter name="UID">
<c:text-match collation="i;octet">%s</c:text-match>
</c:prop-filter></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class Standing:
    """An event as it stands at an address, in the version that a server calls `etag`."""

    url: str
    etag: str
    event: StoredEvent

    def placed(self, ref: EventRef) -> Placed:
        found = replace(ref, external_id=self.url, uid=ref.key, etag=self.etag)
        return Placed(found, self.event.start, self.event.end)

    def says(self, wanted: CalendarEvent) -> bool:
        """Whether it says already what is wanted. Servers and programs may break lines and trim ends anew."""
        here, texts = self.event, (wanted.title, wanted.description, wanted.location)
        return (
            not here.cancelled
            and (here.start, here.end) == (wanted.start, wanted.end)
            and [text.split() for text in (here.title, here.description, here.location)]
            == [text.split() for text in texts]
        )

    def moved(self, wanted: CalendarEvent, ref: EventRef) -> bool:
        """Whether somebody else gave it other times since it was last seen, and not those that are wanted. Any other
        change, such as a reminder, has nothing to decide."""
        here = self.event
        if self.etag == ref.etag or (here.start, here.end) == (wanted.start, wanted.end):
            return False
        return here.written != written_times(here.start, here.end)


@dataclass(frozen=True, slots=True)
class EventKeeper:
    """The events of ours in one calendar, given as its address. Methods raise as those of CalendarProvider."""

    server: DavServer
    account: Account
    calendar: str

    def put(self, event: CalendarEvent, ref: EventRef) -> Placed:
        """Creates the event, or changes the one that stands there. An event that a lost answer left behind, or that
        stands under its UID at another address, is taken for ours: then there is but one."""
        created = None if ref.external_id else self._stored(self._chosen(ref), event, {"If-None-Match": "*"})
        if created is not None and created.good:
            return self._placed(created, event, ref)
        standing = self._standing(ref) or self._adopted(ref)
        if standing is None or (standing.event.cancelled and ref.external_id):
            self._check_calendar()
            raise EventGone("The event was deleted.") if ref.external_id else _refusal(created)
        if standing.says(event):
            return standing.placed(ref)
        if standing.moved(event, ref) and not standing.event.cancelled:
            raise EventChanged("The event was moved in the calendar.")
        condition = {"If-Match": standing.etag} if standing.etag else {}
        changed = self._stored(standing.url, event, condition)
        if not changed.good:
            raise _refusal(changed)
        return self._placed(changed, event, ref)

    def remove(self, ref: EventRef) -> None:
        """Deletes the event, whoever changed it."""
        answer = self.server.delete(ref.external_id or self._chosen(ref))
        if not (answer.good or answer.gone):
            raise _refusal(answer)

    def look(self, ref: EventRef) -> Placed | None:
        """The event as it stands."""
        standing = self._standing(ref)
        if standing is None:
            self._check_calendar()
        return standing.placed(ref) if standing and not standing.event.cancelled else None

    def _chosen(self, ref: EventRef) -> str:
        """Where an event is put at first: always the same place, so that it is never put twice."""
        return f"{self.calendar.rstrip('/')}/{_UNSAFE.sub('-', ref.key)}.ics"

    def _stored(self, url: str, event: CalendarEvent, condition: dict[str, str]) -> Answer:
        meeting = Meeting(
            event.uid, event.sequence, event.start, event.end, event.title, event.description, event.location,
            event.address,
        )  # fmt: skip
        return self.server.put(url, stored_copy(meeting, clock.now()), condition)

    def _placed(self, answer: Answer, event: CalendarEvent, ref: EventRef) -> Placed:
        """How the event stands now; a server that does not say which version that is is asked (RFC 4791 §5.3.4)."""
        found = replace(ref, external_id=answer.url, uid=event.uid, etag=answer.etag)
        standing = None if answer.etag else self._standing(found)
        return standing.placed(ref) if standing else Placed(found, event.start, event.end)

    def _standing(self, ref: EventRef, url: str = "") -> Standing | None:
        """The event at its address, None where nothing or somebody else's event is there."""
        url = url or ref.external_id or self._chosen(ref)
        answer = self.server.get(url)
        if answer.gone:
            return None
        if answer.status == 403:
            raise CalendarMissing("This calendar is no longer shared with the account.")
        if not answer.good:
            raise BadAnswer("The event cannot be read.")
        try:
            event = read_event(
                answer.text.encode(),
                uid=ref.key,
                timezone=self.account.timezone,
                deadline_seconds=self.server.left(),
            )
        except FeedError as error:
            raise BadAnswer(str(error)) from error
        return Standing(url, answer.etag, event) if event else None

    def _adopted(self, ref: EventRef) -> Standing | None:
        """The event that has our UID at another address of the calendar: no second one may (RFC 4791 §4.1)."""
        if ref.external_id:
            return None
        answer = self.server.report(self.calendar, BY_UID % escape(ref.key))
        found = [member.url for member in members(answer)] if answer.good else []
        return self._standing(ref, found[0]) if found else None

    def _check_calendar(self) -> None:
        """Raises CalendarMissing where the calendar itself is gone, and not just an event of it."""
        answer = self.server.propfind(self.calendar, VERSION)
        if answer.gone or (answer.good and members(answer)[0].status in (404, 410)):
            raise CalendarMissing("This calendar is no longer there.")


def _refusal(answer: Answer | None) -> CalendarReadOnly | CalendarUnreachable:
    """What it means that an event was not taken: a change of the same moment, most of the time, is tried again."""
    if answer is not None and answer.status in (403, 405):
        return CalendarReadOnly(READ_ONLY)
    return CalendarUnreachable(REFUSED)
