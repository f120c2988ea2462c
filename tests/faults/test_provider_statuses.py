"""Every status with which a calendar provider can refuse, of every verb: what it means for us (R12, R32)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from tests.peers.dav_liar import DavLiar, Said
from tests.peers.google import Google
from tests.peers.google.refusals import REFUSALS
from tests.peers.google_links import linked, with_google
from tests.providers.calendars.google.meetings import HOUR, NINE, Calendar, meeting
from tests.providers.calendars.google.test_refusals import MISSING, READ_ONLY, REVOKED
from tests.providers.calendars.test_caldav_events import NEW, WANTED
from tests.providers.calendars.test_caldav_faults import SECONDS, account, read
from website.config import Config, put_in_force
from website.providers.calendars.caldav import CalDav
from website.providers.calendars.errors import (
    AccessRevoked,
    CalendarMissing,
    CalendarReadOnly,
    CalendarUnreachable,
    EventGone,
)
from website.providers.calendars.google import GoogleCalendar

pytestmark = pytest.mark.fault(9)

# Google. Reading and inserting have their own tests: tests/providers/calendars/google/test_refusals.py.

GONE = {"notFound", "deleted", "fullSyncRequired"}
# What is done about a status, by verb, where it is not an error like any other.
OTHERWISE: dict[str, type[Exception] | None] = {"patch": EventGone, "delete": None, "get": None}


@pytest.fixture
def anas(config: Config, google: Google) -> Calendar:
    put_in_force(with_google(config, google))
    return Calendar(google, GoogleCalendar(), linked(google))


def meaning(verb: str, kind: str) -> type[Exception] | None:
    if kind in GONE:
        return OTHERWISE[verb]
    if kind in REVOKED:
        return AccessRevoked
    return CalendarReadOnly if kind in READ_ONLY and verb != "get" else CalendarUnreachable


@pytest.mark.rule("R32")
@pytest.mark.parametrize("verb", OTHERWISE)
@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_of_google_has_its_meaning_for_every_verb(
    google: Google, anas: Calendar, verb: str, kind: str
) -> None:
    ref = anas.put(meeting()).ref
    calls: dict[str, Callable[[], object]] = {
        "patch": lambda: anas.put(meeting(NINE + HOUR, sequence=1), ref),
        "delete": lambda: anas.remove(ref),
        "get": lambda: anas.look(ref),
    }
    google.fail(kind, times=None, method=f"calendar.events.{verb}")
    expected = meaning(verb, kind)
    if expected is None:
        assert calls[verb]() is None
    else:
        with pytest.raises(expected) as caught:
            calls[verb]()
        assert type(caught.value) is expected
    assert datetime.fromisoformat(anas.event["start"]["dateTime"]) == NINE
    google.heal()
    calls[verb]()


def test_no_table_is_left_out() -> None:
    assert MISSING <= GONE
    assert {REFUSALS[kind][0] for kind in REFUSALS} >= {401, 403, 404, 409, 410, 412, 429, 500, 503}


# CalDAV

UNREACHABLE = dict.fromkeys((401, 403, 404, 409, 410, 412, 429, 500, 503), CalendarUnreachable)
LEFT = {401: AccessRevoked}
DAV_MEANINGS: dict[str, dict[int, type[Exception] | None]] = {
    "PROPFIND": UNREACHABLE | LEFT | {403: AccessRevoked, 404: CalendarMissing, 410: CalendarMissing},
    "REPORT": UNREACHABLE | LEFT | {404: CalendarMissing, 410: CalendarMissing},
    "PUT": UNREACHABLE | LEFT | {403: CalendarReadOnly},
    "DELETE": UNREACHABLE | LEFT | {403: CalendarReadOnly, 404: None, 410: None},
    "GET": UNREACHABLE | LEFT | {403: CalendarMissing, 404: None, 410: None},
}


@pytest.fixture
def liar() -> Iterator[DavLiar]:
    server = DavLiar()
    yield server
    server.stop()


def read_office(liar: DavLiar) -> None:
    """Reads a calendar. Raises what is said of it, where the others could be read."""
    for error in read(account(liar)).unknown.values():
        raise error


DAV_CALLS: dict[str, Callable[[DavLiar, str], object]] = {
    "PROPFIND": lambda liar, _: read_office(liar),
    "REPORT": lambda liar, _: read_office(liar),
    "PUT": lambda liar, office: CalDav().put_event(account(liar), office, WANTED, NEW, SECONDS),
    "DELETE": lambda liar, office: CalDav().remove_event(account(liar), office, NEW, SECONDS),
    "GET": lambda liar, office: CalDav().look_at_event(account(liar), office, NEW, SECONDS),
}


@pytest.mark.rule("R12")
@pytest.mark.rule("R32")
@pytest.mark.parametrize("verb", DAV_MEANINGS)
@pytest.mark.parametrize("status", UNREACHABLE)
def test_every_status_of_a_caldav_server_has_its_meaning_for_every_verb(
    liar: DavLiar, verb: str, status: int
) -> None:
    liar.says[verb] = [Said(status)]
    expected = DAV_MEANINGS[verb][status]
    if expected is None:
        assert DAV_CALLS[verb](liar, f"{liar.user.home}office/") is None
        return
    with pytest.raises(expected):
        DAV_CALLS[verb](liar, f"{liar.user.home}office/")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("verb", DAV_MEANINGS)
def test_a_pause_that_a_caldav_server_asks_for_is_known(liar: DavLiar, verb: str, status: int) -> None:
    liar.says[verb] = [replace(Said(status), headers={"Retry-After": "7"})]
    with pytest.raises(CalendarUnreachable) as caught:
        DAV_CALLS[verb](liar, f"{liar.user.home}office/")
    assert caught.value.retry_after_seconds == 7
