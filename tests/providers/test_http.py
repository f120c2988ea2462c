"""Getting what is published at an address: one kind of failure, which tells nothing about what is behind it."""

import logging
import traceback
from collections.abc import Callable

import pytest

from tests.peers.internet import HTTPS, PUBLIC, Internet
from tests.peers.web import WebServer
from website.providers.http import Answer, Unreachable, fetch

URL = "https://feeds.example/secret-0123456789.ics"


def get(url: str = URL, *, allow_private: bool = False, seconds: float = 10) -> Answer:
    return fetch(url, allow_private=allow_private, headers={"If-None-Match": "x"}, deadline_seconds=seconds)


def test_an_answer_is_whole(public: WebServer) -> None:
    public.status, public.headers, public.body = 404, {"ETag": '"one"'}, b"gone"
    answer = get()
    assert (answer.status, answer.headers["etag"], answer.body) == (404, '"one"', b"gone")
    assert public.asked[0][2]["If-None-Match"] == "x"
    assert public.asked[0][2]["User-Agent"].startswith("Firsthand")


@pytest.mark.parametrize("redirects", [1, 3])
def test_redirects_are_followed(redirects: int, public: WebServer) -> None:
    public.answer = answers(public, redirects)  # type: ignore[method-assign]
    assert get().body == b"there"
    assert [path for _method, path, _headers in public.asked][1:] == ["/next.ics"] * redirects


def test_the_fourth_redirect_is_one_too_many(public: WebServer) -> None:
    public.answer = answers(public, 4)  # type: ignore[method-assign]
    with pytest.raises(Unreachable):
        get()
    assert len(public.asked) == 4


def answers(server: WebServer, redirects: int) -> Callable[[], bytes]:
    """So many redirects, then something."""

    def answer() -> bytes:
        server.status = 302 if len(server.asked) <= redirects else 200
        server.headers, server.body = {"Location": "next.ics"}, b"there"
        return WebServer.answer(server)

    return answer


@pytest.mark.fault(30)
@pytest.mark.parametrize(
    "location", ["https://10.0.0.5/", "http://feeds.example/", "https://[::1", "ftp://x/"]
)
def test_a_redirect_to_nowhere_good_is_refused(location: str, public: WebServer, internet: Internet) -> None:
    public.status, public.headers = 301, {"Location": location}
    with pytest.raises(Unreachable):
        get()
    assert internet.reached == [(PUBLIC, HTTPS)]


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "xn--.example", "\u2488com"])
def test_a_name_that_cannot_be_one_is_refused(host: str) -> None:
    with pytest.raises(Unreachable):
        get(f"https://{host}/")


def test_a_redirect_without_an_address_is_an_answer_like_any_other(public: WebServer) -> None:
    public.status = 302
    assert get().status == 302


def broken(server: WebServer) -> None:
    server.raw = b"HTTP/1.1 200 OK\r\nthis is no header\r\nContent-Length: 5\r\n\r\nhello"


def cut(server: WebServer) -> None:
    server.headers, server.body = {"Content-Length": "100"}, b"hello"


def packed_badly(server: WebServer) -> None:
    server.headers, server.body = {"Content-Encoding": "gzip"}, b"hello"


def no_http(server: WebServer) -> None:
    server.raw = b"220 mail.example ESMTP\r\n"


def silent(server: WebServer) -> None:
    server.raw = b""


def redirect_in_circles(server: WebServer) -> None:
    server.status, server.headers = 302, {"Location": server.url}


def redirect_to_no_address(server: WebServer) -> None:
    server.status, server.headers = 302, {"Location": "https://[secret-0123456789"}


FAILURES = [cut, packed_badly, no_http, silent, redirect_in_circles, redirect_to_no_address]


@pytest.mark.parametrize("failure", FAILURES)
def test_every_failure_reads_the_same_and_names_no_address(
    failure: Callable[[WebServer], None], server: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    failure(server)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Unreachable) as caught:
        get(server.url, allow_private=True)
    assert str(caught.value) == "The address cannot be reached."
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert server.asked
    assert "secret-0123456789" not in told


def test_odd_headers_do_not_bring_the_address_into_the_log(
    server: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    broken(server)
    caplog.set_level(logging.DEBUG)
    get(server.url, allow_private=True)
    assert server.asked
    assert "secret-0123456789" not in caplog.text
