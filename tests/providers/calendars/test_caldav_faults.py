"""CalDAV servers that lie, fail, dawdle or point elsewhere: nobody is free for it, and no password travels."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.peers.certificates import Authority
from tests.peers.dav import vcalendar
from tests.peers.dav_liar import BUSY, DavLiar, Said, calendar, event, multistatus, resource
from tests.peers.internet import Internet
from tests.peers.web import WebServer
from tests.providers.calendars.test_caldav_events import NEW, WANTED
from website.providers.calendars.caldav import CalDav
from website.providers.calendars.errors import (
    AccessRevoked,
    CalendarMissing,
    CalendarReadOnly,
    CalendarUnreachable,
)
from website.providers.calendars.records import Account, Reading

START, END = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 5, 1, tzinfo=UTC)
SECONDS = 10.0
HTML = Said(200, "<!doctype html><html><p>Sign in, Dana<br></html>", {"Content-Type": "text/html"})


@pytest.fixture
def liar() -> Iterator[DavLiar]:
    server = DavLiar()
    yield server
    server.stop()


def account(liar: DavLiar, *names: str, **values: Any) -> Account:
    return liar.user.account(*(f"{liar.user.home}{name}/" for name in names or ("office",)), **values)


def read(account: Account, seconds: float = SECONDS) -> Reading:
    return CalDav().read_busy(account, START, END, seconds)


def test_the_liar_can_be_honest(liar: DavLiar) -> None:
    found = read(account(liar))
    assert [[one.start.hour for one in events] for events in found.busy.values()] == [[9]]
    assert {user for _method, _path, _host, user in liar.asked} == {"ana"}


def cut(said: Said) -> Said:
    return replace(said, body=said.body[:-20])


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><d:multistatus xmlns:d="DAV:">'
    "<d:response><d:href>/&c;</d:href></d:response></d:multistatus>"
)
EVENTS = multistatus(event("/ana/office/1.ics"))
# Each row: which method is answered wrongly, and with what.
LIES = {
    "a login page for a calendar": ("PROPFIND", HTML),
    "a login page for events": ("REPORT", HTML),
    "half of a calendar": ("PROPFIND", cut(multistatus(calendar("/ana/office/")))),
    "half of the events": ("REPORT", cut(EVENTS)),
    "nothing about a calendar": ("PROPFIND", multistatus()),
    "an empty answer": ("REPORT", Said(207)),
    "no content": ("REPORT", Said(204)),
    "other XML": ("REPORT", Said(200, "<feed/>", {"Content-Type": "application/xml"})),
    "an event without its text": (
        "REPORT",
        multistatus(resource("/ana/office/1.ics", "<d:getetag>1</d:getetag>")),
    ),
    "an event that may not be read": (
        "REPORT",
        multistatus(event("/ana/office/1.ics"), resource("/ana/office/2.ics", "<c:calendar-data/>", 403)),
    ),
    "an event that is no calendar": ("REPORT", multistatus(event("/ana/office/1.ics", "Hello"))),
    "half of an event": ("REPORT", multistatus(event("/ana/office/1.ics", BUSY[:-30]))),
    "more events than it tells": (
        "REPORT",
        multistatus(
            event("/ana/office/1.ics"),
            "<d:href>/ana/office/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status>",
        ),
    ),
    "an event at no address": ("REPORT", multistatus("<d:status>HTTP/1.1 404 Not Found</d:status>")),
    "an address that is none": ("REPORT", multistatus(event("http://[/1.ics"))),
    "a bomb": ("REPORT", Said(207, BOMB, {"Content-Type": "application/xml"})),
    "bad requests": ("REPORT", Said(400)),
    "not found, in its own way": ("REPORT", Said(418, "<d:multistatus xmlns:d='DAV:'/>")),
    "a broken connection": ("REPORT", replace(EVENTS, length=len(EVENTS.body) + 1)),
    "too much": ("REPORT", replace(EVENTS, body=EVENTS.body + " " * 10 * 1024 * 1024)),
}


@pytest.mark.fault(11)
@pytest.mark.rule("R12")
@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_no_answer(liar: DavLiar, lie: str) -> None:
    method, said = LIES[lie]
    liar.says[method] = [said]
    with pytest.raises(CalendarUnreachable):
        read(account(liar))


@pytest.mark.fault(11)
@pytest.mark.rule("R12")
@pytest.mark.parametrize("lie", [lie for lie in LIES if lie not in ("a broken connection", "too much")])
def test_a_lie_about_one_calendar_leaves_the_others(liar: DavLiar, lie: str) -> None:
    method, said = LIES[lie]
    liar.says[f"{method} /ana/office/"] = [said]
    office, home = account(liar, "office", "home").calendars
    found = read(account(liar, "office", "home"))
    assert found.busy.keys() == {home}
    assert isinstance(found.unknown[office], CalendarUnreachable)


@pytest.mark.rule("R12")
def test_an_event_that_was_deleted_meanwhile_is_passed_over(liar: DavLiar) -> None:
    gone = "<d:href>/ana/office/2.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status>"
    liar.says["REPORT"] = [multistatus(event("/ana/office/1.ics"), gone)]
    assert [len(events) for events in read(account(liar)).busy.values()] == [1]


@pytest.mark.rule("R12")
@pytest.mark.parametrize("status", [404, 410])
def test_a_calendar_that_is_gone_is_missing(liar: DavLiar, status: int) -> None:
    for said in (
        Said(status),
        multistatus(f"<d:href>/ana/office/</d:href><d:status>HTTP/1.1 {status} x</d:status>"),
    ):
        liar.says["PROPFIND /ana/office/"] = [said]
        office, home = account(liar, "office", "home").calendars
        found = read(account(liar, "office", "home"))
        assert found.busy.keys() == {home}
        assert isinstance(found.unknown[office], CalendarMissing)


@pytest.mark.fault(9)
@pytest.mark.rule("R12")
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_in_trouble_is_no_answer_for_the_whole_account(
    liar: DavLiar, method: str, status: int
) -> None:
    liar.says[f"{method} /ana/home/"] = [Said(status)]
    with pytest.raises(CalendarUnreachable):
        read(account(liar, "office", "home"))


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    ("status", "said", "seconds"),
    [
        (429, "120", 120), (503, "60", 60), (429, "", None), (429, "soon", None), (429, "-5", 0),
        (429, "9" * 12, 86_400), (429, "9" * 400, None),
    ],
)  # fmt: skip
def test_a_server_says_when_to_come_back(liar: DavLiar, status: int, said: str, seconds: int | None) -> None:
    liar.says["PROPFIND"] = [Said(status, headers={"Retry-After": said} if said else {})]
    with pytest.raises(CalendarUnreachable) as failed:
        read(account(liar))
    assert failed.value.retry_after_seconds == seconds


@pytest.mark.rule("R12")
def test_a_refused_password_is_tried_once(liar: DavLiar) -> None:
    liar.says["PROPFIND"] = [Said(401, headers={"WWW-Authenticate": 'Digest realm="x", nonce="y"'})]
    with pytest.raises(AccessRevoked) as refused:
        read(account(liar, "office", "home", "team", "club", "trips"))
    assert refused.value.final
    assert len(liar.asked) == 1
    with pytest.raises(AccessRevoked):
        CalDav().find_calendars(account(liar), SECONDS)
    assert len(liar.asked) == 2


@pytest.mark.rule("R12")
def test_a_user_who_may_see_nothing_is_broken_but_asked_again(liar: DavLiar) -> None:
    liar.says["PROPFIND"] = [Said(403)]
    for ask in (read, lambda account: CalDav().find_calendars(account, SECONDS)):
        with pytest.raises(AccessRevoked) as refused:
            ask(account(liar, "office", "home"))
        assert not refused.value.final


@pytest.mark.rule("R12")
def test_a_dead_server_is_no_answer(liar: DavLiar) -> None:
    linked = account(liar)
    liar.stop()
    with pytest.raises(CalendarUnreachable):
        read(linked)


@pytest.mark.fault(12)
@pytest.mark.rule("R12")
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
def test_an_answer_that_drips_is_cut_off(liar: DavLiar, method: str) -> None:
    liar.says[method] = [replace(multistatus(calendar("/ana/office/" + "x" * 1000)), drips=True)]
    before = liar.whole + (method == "REPORT")
    with pytest.raises(CalendarUnreachable):
        read(account(liar), seconds=1.0)
    assert liar.whole == before


def test_calendars_without_versions_are_always_read(liar: DavLiar) -> None:
    liar.says["PROPFIND"] = [multistatus(calendar("/ana/office/", ""))]
    assert read(account(liar)).etag is None


def elsewhere(liar: DavLiar, path: str = "/ana/office/") -> str:
    return f"http://localhost:{liar.port}{path}"


@pytest.mark.parametrize(
    "place",
    [
        "http://localhost:{port}/", "//localhost:{port}/", "http://localhost:{port}\\@127.0.0.1:{port}/",
        "http://127.0.0.1@localhost:{port}/", "http://127.0.0.1.localhost:{port}/", "http://localhost:{port}#@127.0.0.1/",
        "http://localhost:{port}?@127.0.0.1/", "ftp://127.0.0.1:{port}/", "http://x127.0.0.1:{port}/", "http://[",
    ],
)  # fmt: skip
def test_no_odd_redirect_leads_the_password_to_another_host(liar: DavLiar, place: str) -> None:
    liar.says["PROPFIND"] = [Said(302, headers={"Location": place.format(port=liar.port)})]
    with pytest.raises(CalendarUnreachable):
        read(account(liar))
    assert {host for _method, _path, host, _user in liar.asked} == {f"127.0.0.1:{liar.port}"}


@pytest.mark.fault(30)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_leads_the_password_to_another_host(liar: DavLiar, status: int) -> None:
    liar.says["PROPFIND"] = [Said(status, headers={"Location": elsewhere(liar)})]
    with pytest.raises(CalendarUnreachable, match="another host"):
        read(account(liar))
    with pytest.raises(CalendarUnreachable, match="another host"):
        CalDav().find_calendars(account(liar), SECONDS)
    assert {host for _method, _path, host, _user in liar.asked} == {f"127.0.0.1:{liar.port}"}


def test_no_address_that_a_server_gives_leads_the_password_to_another_host(liar: DavLiar) -> None:
    there = elsewhere(liar)
    principal = f"<d:current-user-principal><d:href>{there}</d:href></d:current-user-principal>"
    home = f"<c:calendar-home-set><d:href>{there}</d:href></c:calendar-home-set>"
    for properties in (principal, home):
        liar.says["PROPFIND"] = [multistatus(resource("/", properties))]
        with pytest.raises(CalendarUnreachable, match="another host"):
            CalDav().find_calendars(account(liar), SECONDS)
    liar.says["PROPFIND"] = [multistatus(calendar(there), calendar("/ana/office/"))]
    assert [one.external_id for one in CalDav().find_calendars(account(liar), SECONDS)] == [
        f"{liar.user.home}office/"
    ]
    with pytest.raises(CalendarUnreachable, match="another host"):
        read(liar.user.account(there))
    assert {host for _method, _path, host, _user in liar.asked} == {f"127.0.0.1:{liar.port}"}


def test_three_redirects_are_followed_and_no_more(liar: DavLiar) -> None:
    hops = {f"PROPFIND /{n}": [Said(302, headers={"Location": f"/{n + 1}"})] for n in range(9)}
    liar.says.update(hops)
    with pytest.raises(CalendarUnreachable):
        read(liar.user.account(f"{liar.user.url}0"))
    assert [path for _method, path, _host, _user in liar.asked] == ["/0", "/1", "/2", "/3"]
    liar.asked.clear()
    assert len(read(liar.user.account(f"{liar.user.url}6")).busy) == 1


def on_the_internet(authority: Authority, internet: Internet, host: str, address: str) -> WebServer:
    """A server with a certificate that is trusted."""
    server = WebServer(authority.certificate(host))
    internet.names[host] = [[address]]
    internet.servers[address] = server.port
    return server


@pytest.fixture
def icloud(authority: Authority, internet: Internet) -> Iterator[dict[str, WebServer]]:
    """iCloud, which sends its users on, and a host that is nobody's friend."""
    hosts = ("caldav.icloud.com", "p42-caldav.icloud.com", "dav.example", "evil-icloud.com")
    servers = {
        host: on_the_internet(authority, internet, host, f"93.184.216.{number}")
        for number, host in enumerate(hosts, 1)
    }
    yield servers
    for server in servers.values():
        server.stop()


def typed(url: str, *calendars: str) -> Account:
    secret = {"url": url, "username": "ana", "password": "top-secret"}
    return Account("caldav", secret, "Europe/Paris", calendars=calendars)


def answer_with(server: WebServer, said: Said) -> None:
    server.status, server.headers, server.body = said.status, said.headers, said.body.encode()


def test_icloud_sends_its_users_to_hosts_of_its_own(icloud: dict[str, WebServer]) -> None:
    there = "https://p42-caldav.icloud.com:443/123/calendars/"
    home = f"<c:calendar-home-set><d:href>{there}</d:href></c:calendar-home-set>"
    answer_with(icloud["caldav.icloud.com"], multistatus(resource("/123/principal/", home)))
    answer_with(icloud["p42-caldav.icloud.com"], multistatus(calendar("/123/calendars/office/")))
    (found,) = CalDav().find_calendars(typed("https://caldav.icloud.com"), SECONDS)
    assert found.external_id == f"{there}office/"
    assert "Authorization" in icloud["p42-caldav.icloud.com"].asked[0][2]


@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("https://caldav.icloud.com/", "https://evil-icloud.com/"),
        ("https://caldav.icloud.com/", "https://dav.example/"),
        ("https://caldav.icloud.com/", "http://caldav.icloud.com/"),
        ("https://dav.example/", "https://caldav.icloud.com/"),
    ],
)
def test_the_password_stays_with_the_host_that_was_typed_and_its_own(
    icloud: dict[str, WebServer], url: str, location: str
) -> None:
    host = url.split("/")[2]
    answer_with(icloud[host], Said(301, headers={"Location": location}))
    with pytest.raises(CalendarUnreachable):
        read(typed(url, url))
    assert [bool(server.asked) for server in icloud.values()] == [name == host for name in icloud]


def test_hosts_below_the_typed_one_are_its_own(authority: Authority, internet: Internet) -> None:
    front = on_the_internet(authority, internet, "dav.example", "93.184.216.1")
    below = on_the_internet(authority, internet, "a.dav.example", "93.184.216.2")
    answer_with(front, Said(301, headers={"Location": "https://a.dav.example/ana/"}))
    answer_with(below, multistatus(calendar("office/")))
    (found,) = CalDav().find_calendars(typed("https://dav.example"), SECONDS)
    assert found.external_id == "https://a.dav.example/ana/office/"
    front.stop()
    below.stop()


def test_nobodys_inner_network_is_reached(liar: DavLiar) -> None:
    for url in (f"https://127.0.0.1:{liar.port}/", "https://127.0.0.1/", "https://localhost:8443/"):
        with pytest.raises(CalendarUnreachable):
            read(typed(url, url))
    with pytest.raises(CalendarUnreachable, match="https://"):
        read(typed(liar.user.url, liar.user.url))
    assert liar.asked == []


@pytest.mark.parametrize(
    "url", ["", "https://", "http://[", "https://ana:secret@dav.example/", "ftp://dav.example/"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(CalendarUnreachable):
        CalDav().find_calendars(typed(url), SECONDS)


def test_nothing_that_is_secret_or_personal_is_logged(
    liar: DavLiar, caplog: pytest.LogCaptureFixture
) -> None:
    said = Said(200, "<html>Dana Prospect</html>", {"Content-Type": "text/html"})
    half = cut(multistatus(event("/ana/office/1.ics", vcalendar("UID:1\nSUMMARY:Dana Prospect"))))
    with caplog.at_level(logging.DEBUG):
        for method, answer in (
            ("REPORT", said),
            ("REPORT", half),
            ("PROPFIND", Said(401)),
            ("PROPFIND", Said(500)),
        ):
            liar.says = {method: [answer]}
            with pytest.raises((CalendarUnreachable, AccessRevoked)) as failed:
                read(account(liar))
            assert "ana" not in str(failed.value)
        liar.says = {"GET": [Said(200, "<html>Dana Prospect")]}
        with pytest.raises(CalendarUnreachable):
            CalDav().look_at_event(account(liar), f"{liar.user.home}office/", NEW, SECONDS)
    for secret in ("top-secret", "Dana", "Authorization", "/ana/"):
        assert secret not in caplog.text


# What servers say of calendars, and what that means.


def find(liar: DavLiar, *said: str) -> list[Any]:
    liar.says["PROPFIND"] = [multistatus(*said)]
    return CalDav().find_calendars(account(liar), SECONDS)


@pytest.mark.parametrize("status", [200, 404, 405, 501])
def test_calendars_are_found_through_the_well_known_address(liar: DavLiar, status: int) -> None:
    principal = "<d:current-user-principal><d:href>me/</d:href></d:current-user-principal>"
    homes = "<c:calendar-home-set><d:href>mine/</d:href><d:href>/dav/ours/</d:href></c:calendar-home-set>"
    liar.says = {
        "PROPFIND /": [Said(status)],
        "PROPFIND /.well-known/caldav": [Said(301, headers={"Location": "/dav/"})],
        "PROPFIND /dav/": [multistatus(resource("/dav/", principal))],
        "PROPFIND /dav/me/": [multistatus(resource("/dav/me/", homes))],
        "PROPFIND /dav/me/mine/": [
            multistatus(resource("/dav/me/mine/", ""), calendar("/dav/me/mine/office/"))
        ],
        "PROPFIND /dav/ours/": [multistatus(calendar("/dav/ours/team/"))],
    }
    found = [one.external_id for one in CalDav().find_calendars(account(liar), SECONDS)]
    assert found == [f"{liar.user.url}dav/me/mine/office/", f"{liar.user.url}dav/ours/team/"]


def test_a_server_that_is_no_caldav_server_says_so(liar: DavLiar) -> None:
    liar.says["PROPFIND"] = [HTML]
    with pytest.raises(CalendarUnreachable, match="No CalDAV server"):
        CalDav().find_calendars(account(liar), SECONDS)


def test_the_servers_default_calendar_is_the_primary_one(liar: DavLiar) -> None:
    default = "<c:schedule-default-calendar-URL><d:href>/ana/b/</d:href></c:schedule-default-calendar-URL>"
    found = find(liar, calendar("/ana/a/"), calendar("/ana/b/"), resource("/ana/inbox/", default))
    assert [one.primary for one in found] == [False, True]


@pytest.mark.parametrize(
    ("rights", "writable"),
    [
        ("", True),
        ("<d:privilege><d:read/></d:privilege>", False),
        ("<d:privilege><d:read/></d:privilege><d:privilege><d:write-properties/></d:privilege>", False),
        ("<d:privilege><d:write/></d:privilege>", True),
        ("<d:privilege><d:all/></d:privilege>", True),
        ("<d:privilege><d:bind/></d:privilege><d:privilege><d:write-content/></d:privilege>", True),
    ],
)
def test_a_calendar_is_writable_as_its_rights_say(liar: DavLiar, rights: str, writable: bool) -> None:
    said = f"<d:current-user-privilege-set>{rights}</d:current-user-privilege-set>" if rights else ""
    first, second = find(liar, calendar("/ana/a/", said), calendar("/ana/b/"))
    assert (first.writable, second.writable) == (writable, True)
    assert first.primary is writable


@pytest.mark.parametrize(
    ("properties", "timezone"),
    [
        ("<c:calendar-timezone-id>Europe/Lisbon</c:calendar-timezone-id>", "Europe/Lisbon"),
        (
            "<c:calendar-timezone>BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\n</c:calendar-timezone>",
            "Europe/Berlin",
        ),
        (
            "<c:calendar-timezone>BEGIN:VTIMEZONE\nTZID:Mine\nX-LIC-LOCATION:Asia/Tokyo\n</c:calendar-timezone>",
            "Asia/Tokyo",
        ),
        ("<c:calendar-timezone>BEGIN:VTIMEZONE\nTZID:Mine\n</c:calendar-timezone>", ""),
        ("<c:calendar-timezone/>", ""),
    ],
)
def test_a_calendars_zone_is_known_by_its_name(liar: DavLiar, properties: str, timezone: str) -> None:
    (found,) = find(liar, calendar("/ana/a/", properties))
    assert found.timezone == timezone


def test_a_calendar_without_a_name_is_called_by_its_address(liar: DavLiar) -> None:
    (found,) = find(liar, calendar("/ana/my%20office/", "<d:displayname/>"))
    assert found.name == "my office"


def test_what_holds_no_events_is_no_calendar_of_ours(liar: DavLiar) -> None:
    holding = "<c:supported-calendar-component-set>%s</c:supported-calendar-component-set>"
    tasks, both = (
        holding % '<c:comp name="VTODO"/>',
        holding % '<c:comp name="VTODO"/><c:comp name="VEVENT"/>',
    )
    inbox = resource("/ana/inbox/", "<d:resourcetype><d:collection/><c:schedule-inbox/></d:resourcetype>")
    found = find(liar, calendar("/ana/tasks/", tasks), inbox, calendar("/ana/office/", both))
    assert [one.external_id for one in found] == [f"{liar.user.home}office/"]


def test_a_property_that_may_not_be_seen_is_none(liar: DavLiar) -> None:
    hidden = (
        "<d:propstat><d:prop><c:schedule-default-calendar-URL/></d:prop><d:status>HTTP/1.1 403 Forbidden</d:status>"
        "</d:propstat>"
    )
    assert len(find(liar, calendar("/ana/office/") + hidden)) == 1


# Writing.


def put(liar: DavLiar, ref: Any = NEW) -> Any:
    return CalDav().put_event(account(liar), f"{liar.user.home}office/", WANTED, ref, SECONDS)


def stored(liar: DavLiar, text: str, etag: str = '"7"') -> None:
    liar.says["GET"] = [Said(200, text, {"Content-Type": "text/calendar", "ETag": etag})]


OURS = vcalendar(f"UID:{WANTED.uid}\nDTSTART:20270202T090000Z\nDTEND:20270202T093000Z")
SEEN = replace(NEW, etag='"7"')


def test_a_server_that_names_no_version_is_asked_for_it(liar: DavLiar) -> None:
    liar.says["PUT"] = [Said(201)]
    stored(liar, OURS, 'W/"7"')
    assert put(liar).ref.etag == '"7"'


@pytest.mark.rule("R32")
@pytest.mark.parametrize("status", [400, 403, 409, 412])
def test_a_server_may_refuse_a_second_event_as_it_likes(liar: DavLiar, status: int) -> None:
    liar.says["PUT"] = [Said(status), Said(204, headers={"ETag": '"8"'})]
    stored(liar, OURS)
    assert put(liar, SEEN).ref.etag == '"8"'
    assert liar.conditions == [("*", None), (None, '"7"')]


def test_a_change_of_the_same_moment_is_tried_again_later(liar: DavLiar) -> None:
    liar.says["PUT"] = [Said(412)]
    stored(liar, OURS)
    with pytest.raises(CalendarUnreachable):
        put(liar, SEEN)


def test_a_calendar_that_takes_no_event_is_read_only(liar: DavLiar) -> None:
    for status in (403, 405):
        liar.says = {"PUT": [Said(status)], "DELETE": [Said(status)]}
        with pytest.raises(CalendarReadOnly):
            put(liar)
        with pytest.raises(CalendarReadOnly):
            CalDav().remove_event(account(liar), f"{liar.user.home}office/", NEW, SECONDS)


@pytest.mark.fault(11)
@pytest.mark.parametrize("said", [HTML, Said(500), Said(400), Said(200, OURS[:-40])])
def test_an_event_of_which_nothing_can_be_learnt_is_not_called_deleted(liar: DavLiar, said: Said) -> None:
    liar.says["GET"] = [said]
    for ask in (
        lambda: CalDav().look_at_event(account(liar), f"{liar.user.home}office/", NEW, SECONDS),
        lambda: put(liar, replace(SEEN, external_id=f"{liar.user.home}office/1.ics")),
    ):
        with pytest.raises(CalendarUnreachable):
            ask()


@pytest.mark.parametrize("status", [400, 409, 423, 500])
def test_an_event_that_was_not_removed_is_not_called_removed(liar: DavLiar, status: int) -> None:
    liar.says["DELETE"] = [Said(status)]
    with pytest.raises(CalendarUnreachable):
        CalDav().remove_event(account(liar), f"{liar.user.home}office/", NEW, SECONDS)
