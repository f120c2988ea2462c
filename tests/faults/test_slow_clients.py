"""Clients whose requests drip: nginx holds them, with the settings in deploy/, and gunicorn never hears of them."""

import re
import select
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
import requests
from flask import Flask

from tests.chaos.driver import HIDDEN
from tests.faults.dripping import HEADERS, Dripping, body_of, crowd
from tests.flows.writer import HALF_HOUR, first_start, prepare
from tests.peers.nginx import SHIPPED, Proxy, proxy_before
from tests.peers.web import WebServer
from tests.test_commands import PATIENCE_SECONDS, free_port, wait_for
from tests.test_deploy import booking_of, count, process, wait_until
from website import FORM_BYTES
from website.models import Booking
from website.views.pictures import UPLOAD_BYTES
from website.views.sizes import MOST_BYTES

pytestmark = [pytest.mark.fault(13), pytest.mark.slow]

SLOW, THREADS = 60, 2
# Nobody is dropped while a test looks on; everybody is before long.
LONG, SHORT = 3600, 1


@pytest.fixture(autouse=True)
def _monday() -> None:
    """The processes go by the clock on the wall, and so do these tests."""


@contextmanager
def gunicorn(url: str) -> Iterator[int]:
    """One process with two threads under deploy/gunicorn.conf.py; gives its port."""
    port = free_port()
    words = ("gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app")
    settings = {"BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "1", "WEB_THREADS": str(THREADS)}
    with process(words, url, TRUSTED_PROXIES="1", BASE_URL="https://localhost", **settings):
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield port


@pytest.fixture
def site(world: Flask, engine: str) -> Iterator[int]:
    prepare()
    with gunicorn(engine) as port:
        yield port


def ask(proxy: Proxy, method: str, path: str, **values: object) -> requests.Response:
    """What an ordinary visitor is answered."""
    return requests.request(
        method, proxy.url + path, verify=str(proxy.authority), allow_redirects=False,
        timeout=PATIENCE_SECONDS, **values,
    )  # type: ignore[arg-type]  # fmt: skip


def book_by_api(proxy: Proxy, number: int) -> int:
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"key {number}"}
    return ask(
        proxy, "POST", "/api/v1/links/ana/bookings", data=booking_of(number), headers=headers
    ).status_code


def book_by_form(proxy: Proxy, number: int) -> str:
    """Books as somebody without JavaScript does, and returns where that leads to."""
    slot = {"slot": f"{first_start() + number * HALF_HOUR:%Y%m%dT%H%MZ}", "timezone": "UTC"}
    page = ask(proxy, "GET", "/book/ana/details", params=slot)
    for _ in range(2):
        # Who is that quick is asked to look at the form and to send it again.
        form = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
        answer = ask(
            proxy, "POST", "/book/ana", data=form | {"name": "Dana", "email": "form@prospect.example"}
        )
        if answer.status_code != 422:
            break
        page = answer
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_others_are_served_while_sixty_drip_headers_and_sixty_drip_bodies(site: int, tmp_path: Path) -> None:
    with (
        proxy_before(site, tmp_path, seconds=LONG) as proxy,
        crowd(proxy.https, SLOW, proxy.authority) as (headers, bodies),
    ):
        slow = [*headers, *bodies]
        for number in range(3):
            assert ask(proxy, "GET", "/book/ana").status_code == 200
            assert book_by_api(proxy, number) == 201
            for one in slow:
                one.drip()
        shown = book_by_form(proxy, 4)
        assert ask(proxy, "GET", shown).status_code == 200
        assert sum(one.held for one in slow) == 2 * SLOW
        assert count(Booking) == 4


def test_who_is_slow_is_answered_in_the_end(site: int, tmp_path: Path) -> None:
    with proxy_before(site, tmp_path, seconds=LONG) as proxy:
        body = booking_of(0)
        slow = Dripping(proxy.https, body_of(len(body)), body, trusted=proxy.authority)
        for _ in range(20):
            slow.drip()
        assert slow.finish().startswith(b"HTTP/1.1 201 ")
        slow.close()


def test_who_does_not_come_to_an_end_is_dropped(site: int, tmp_path: Path) -> None:
    with (
        proxy_before(site, tmp_path, seconds=SHORT) as proxy,
        crowd(proxy.https, SLOW, proxy.authority) as (headers, bodies),
    ):

        def dropped() -> bool:
            # Headers have so long in all, whether they drip or not; bodies from one byte to the next.
            for one in headers:
                one.drip()
            return not any(one.held for one in [*headers, *bodies])

        wait_until(dropped)
        assert ask(proxy, "GET", "/book/ana").status_code == 200
        statuses = Counter(line.split()[-3] for line in proxy.logged())
        assert statuses == {"408": 2 * SLOW, "200": 1}
    assert count(Booking) == 0


def test_one_address_can_hold_up_so_many_bodies_and_no_more(site: int, tmp_path: Path) -> None:
    most = int(re.search(r"limit_conn firsthand (\d+);", SHIPPED.read_text())[1])  # type: ignore[index]
    with proxy_before(site, tmp_path, seconds=LONG) as proxy:
        slow = [
            Dripping(proxy.https, body_of(1000), source="127.0.1.1", trusted=proxy.authority)
            for _ in range(most + 5)
        ]
        wait_until(lambda: sum(one.held for one in slow) == most)
        # Who comes from elsewhere is served.
        assert book_by_api(proxy, 0) == 201
        for one in slow:
            one.close()


@pytest.mark.parametrize("start", [HEADERS, body_of(1000)], ids=["headers", "bodies"])
def test_without_a_proxy_as_many_as_there_are_threads_hold_up_everybody(site: int, start: bytes) -> None:
    """The limit that docs/deploy.md names, and what shows that the tests above would see it."""
    slow = [Dripping(site, start) for _ in range(THREADS)]
    with socket.create_connection(("127.0.0.1", site), PATIENCE_SECONDS) as visitor:
        visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert select.select([visitor], [], [], 2) == ([], [], [])
        for one in slow:
            one.close()
        assert visitor.recv(100).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/book/ana", FORM_BYTES),
        ("/me/picture", UPLOAD_BYTES),
        ("/links/ana/picture", UPLOAD_BYTES),
        ("/api/v1/contacts", MOST_BYTES["api-contacts.push"]),
        ("/links/ana/personal-links/many", MOST_BYTES["workspace.many_personal_links"]),
        ("/contacts/import", MOST_BYTES["workspace.import_contacts"]),
    ],
)
def test_the_proxy_takes_as_much_as_the_site_and_no_more(tmp_path: Path, path: str, most: int) -> None:
    behind = WebServer()
    with proxy_before(behind.port, tmp_path, seconds=LONG) as proxy:
        assert ask(proxy, "POST", path, data=b"x" * most).status_code == 200
        assert ask(proxy, "POST", path, data=b"x" * (most + 1)).status_code == 413
    behind.stop()
    assert len(behind.asked) == 1


def test_what_the_site_learns_of_a_visitor_is_what_the_proxy_sees(tmp_path: Path) -> None:
    behind = WebServer()
    with proxy_before(behind.port, tmp_path, seconds=LONG) as proxy:
        forged = dict.fromkeys(("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"), "evil.example")
        for path in ("/book/ana", "/readyz"):
            assert ask(proxy, "GET", path, headers=forged).status_code == 200
        elsewhere = requests.get(f"http://127.0.0.1:{proxy.http}/book/ana", allow_redirects=False, timeout=60)
        assert elsewhere.headers["Location"] == "https://127.0.0.1/book/ana"
    behind.stop()
    for _, _, headers in behind.asked:
        told = {name: headers[name] for name in ("Host", *forged)}
        assert told == {
            "Host": "localhost",
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "localhost",
        }


def test_no_log_holds_what_opens_a_booking(tmp_path: Path) -> None:
    behind = WebServer()
    with proxy_before(behind.port, tmp_path, seconds=LONG) as proxy:
        for path in (
            "/booking/t0ken",
            "/booking/t0ken/cancel",
            "/book/ana?who=t0ken",
            "/api/v1/contacts/t0ken",
        ):
            ask(proxy, "GET", path)
            requests.get(f"http://127.0.0.1:{proxy.http}{path}", allow_redirects=False, timeout=60)
        behind.stop()
        # Nobody is behind it now: faults are not logged with their addresses either.
        assert ask(proxy, "GET", "/booking/t0ken").status_code == 502
        asked = [line.split()[4] for line in proxy.logged()]
        assert asked == ["/booking/-", "/booking/-", "/book/ana", "/api/v1/contacts/-", "/booking/-"]
    written = [path.read_text() for path in tmp_path.glob("*.log")]
    assert written
    assert not any("t0ken" in text for text in written)
