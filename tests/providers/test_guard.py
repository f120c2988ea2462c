"""The guarded session: nobody's inner network can be reached through a typed address."""

import gzip
from typing import Any

import pytest
import requests

from tests.peers.certificates import Authority
from tests.peers.internet import HTTPS, PUBLIC, Internet
from tests.peers.web import WebServer
from website.providers.guard import MAX_BYTES, is_public
from website.providers.http import guarded_session

URL = "https://feeds.example/secret.ics"
INNER = [
    "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "localhost", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "10.0.0.5", "172.16.0.1", "192.168.1.1", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[::]", "255.255.255.255", "224.0.0.1",
]  # fmt: skip
STRANGE = [
    "http://feeds.example/", "ftp://feeds.example/", "https://user:secret@feeds.example/", "https://feeds.example:22/",
    "https://user@feeds.example/", "https:///x", "file:///etc/passwd", "https://[::1", "https://feeds.example:99999/",
    "https://", "feeds.example", "", "https://feeds.example:443x/",
]  # fmt: skip
FAILURES = (requests.RequestException, OSError, ValueError)


def get(url: str, *, allow_private: bool = False, **values: Any) -> requests.Response:
    with guarded_session(allow_private=allow_private) as session, session.ends_after(10):
        return session.get(url, **values)


@pytest.mark.fault(30)
@pytest.mark.parametrize("host", INNER)
def test_an_inner_address_is_refused_before_any_connection(host: str, internet: Internet) -> None:
    for name in ("2130706433", "0x7f.1", "localhost"):
        internet.names[name] = [["127.0.0.1"]]
    with pytest.raises(FAILURES):
        get(f"https://{host}/")
    assert internet.reached == []


@pytest.mark.fault(30)
@pytest.mark.parametrize("url", STRANGE)
def test_a_strange_address_is_refused_before_any_look_up(
    url: str, public: WebServer, internet: Internet
) -> None:
    with pytest.raises(FAILURES):
        get(url)
    assert (internet.asked, internet.reached) == ([], [])


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.fault(30)
@pytest.mark.parametrize(
    "address", ["::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "fe80::1%eth0", "ff02::1"]
)
def test_wrapped_and_local_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_a_public_address_is_reached(public: WebServer, internet: Internet) -> None:
    public.body = b"hello"
    assert get(URL).content == b"hello"
    assert (internet.asked, internet.reached) == (["feeds.example"], [(PUBLIC, HTTPS)])


@pytest.mark.fault(30)
def test_a_name_that_resolves_to_an_inner_address_as_well_is_refused(
    public: WebServer, internet: Internet
) -> None:
    internet.names["feeds.example"] = [[PUBLIC, "10.0.0.5"]]
    with pytest.raises(FAILURES):
        get(URL)
    assert internet.reached == []


@pytest.mark.fault(30)
def test_the_address_that_was_checked_is_the_one_connected_to(public: WebServer, internet: Internet) -> None:
    internet.names["feeds.example"] = [[PUBLIC], ["127.0.0.1"]]
    assert get(URL).status_code == 200
    assert (internet.asked, internet.reached) == (["feeds.example"], [(PUBLIC, HTTPS)])


@pytest.mark.fault(30)
def test_a_name_whose_next_resolution_is_an_inner_address_is_refused(
    public: WebServer, internet: Internet
) -> None:
    public.status, public.headers = 302, {"Location": URL, "Connection": "close"}
    internet.names["feeds.example"] = [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises(FAILURES):
        get(URL)
    assert (internet.asked, internet.reached) == (["feeds.example"] * 2, [(PUBLIC, HTTPS)])


def test_the_second_address_is_tried_where_the_first_does_not_answer(
    public: WebServer, internet: Internet
) -> None:
    internet.names["feeds.example"] = [["8.8.8.8", PUBLIC]]
    assert get(URL).status_code == 200
    assert internet.reached == [("8.8.8.8", HTTPS), (PUBLIC, HTTPS)]


INWARD = ["https://10.0.0.5/", "https://inner.example/", "http://feeds.example/", "https://feeds.example:22/"]


@pytest.mark.fault(30)
@pytest.mark.parametrize("location", INWARD)
def test_a_redirect_that_the_caller_follows_is_checked_too(
    location: str, public: WebServer, internet: Internet
) -> None:
    public.status, public.headers = 302, {"Location": location}
    internet.names["inner.example"] = [["192.168.1.1"]]
    with pytest.raises(FAILURES):
        get(URL)
    assert internet.reached == [(PUBLIC, HTTPS)]


def test_no_more_than_three_redirects_are_followed_for_a_caller(public: WebServer) -> None:
    public.status, public.headers = 302, {"Location": "/again"}
    with pytest.raises(requests.TooManyRedirects):
        get(URL)
    assert len(public.asked) == 4


def test_a_certificate_that_nobody_vouches_for_is_refused(authority: Authority, internet: Internet) -> None:
    server = WebServer(authority.self_signed("feeds.example"))
    internet.names["feeds.example"], internet.servers[PUBLIC] = [[PUBLIC]], server.port
    with pytest.raises(requests.exceptions.SSLError):
        get(URL)
    assert server.asked == []
    server.stop()


def test_a_certificate_of_another_name_is_refused(public: WebServer, internet: Internet) -> None:
    internet.names["other.example"] = [[PUBLIC]]
    with pytest.raises(requests.exceptions.SSLError, match="Hostname mismatch"):
        get("https://other.example/")
    assert public.asked == []


def test_private_servers_are_reached_where_that_is_allowed(server: WebServer) -> None:
    with guarded_session(allow_private=True) as session, session.ends_after(10):
        assert session.request("PROPFIND", server.url, data=b"<x/>").status_code == 200
        assert session.put(server.url, data=b"x").status_code == 200
    assert [method for method, _path, _headers in server.asked] == ["PROPFIND", "PUT"]


def test_a_user_in_the_address_is_refused_even_where_private_servers_are_allowed(server: WebServer) -> None:
    with pytest.raises(FAILURES):
        get(server.url.replace("127", "ana:secret@127"), allow_private=True)
    assert server.asked == []


def test_no_proxy_of_the_environment_is_used(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert get(server.url, allow_private=True).status_code == 200


def test_a_proxy_that_a_caller_sets_is_refused(server: WebServer) -> None:
    with pytest.raises(FAILURES):
        get(server.url, allow_private=True, proxies={"http": server.url})
    assert server.asked == []


@pytest.mark.fault(11)
@pytest.mark.parametrize("status", [200, 302])
def test_a_packed_bomb_is_stopped(status: int, server: WebServer) -> None:
    """Also in the body of a redirect, which requests reads by itself."""
    server.status, server.body = status, gzip.compress(b"\0" * (MAX_BYTES + 1))
    server.headers = {"Content-Encoding": "gzip", "Location": server.url}
    with pytest.raises(OSError) as caught:
        get(server.url, allow_private=True)
    assert type(caught.value).__name__ == "Refused"
    assert len(server.asked) == 1


def test_a_body_of_the_largest_size_is_read(server: WebServer) -> None:
    server.body = b"x" * MAX_BYTES
    assert len(get(server.url, allow_private=True).content) == MAX_BYTES


SLOW = {"before the headers": 0, "in the headers": 30, "in the body": 300}


@pytest.mark.fault(12)
@pytest.mark.parametrize("phase", SLOW)
def test_an_answer_that_drips_is_cut_off_at_the_deadline(phase: str, server: WebServer) -> None:
    """Left alone it would come through: a byte is never long in coming."""
    server.drips, server.headers, server.body = SLOW[phase], {"X-Long": "x" * 200}, b"x" * 200
    with pytest.raises(FAILURES), guarded_session(allow_private=True) as session, session.ends_after(0.3):
        session.get(server.url, timeout=5)
    assert server.asked
    assert server.sent < len(server.answer())


@pytest.mark.fault(12)
def test_an_answer_without_an_end_is_cut_off_at_the_deadline(server: WebServer) -> None:
    """A connection that closes is the end of such a body: what came so far must not pass for the whole."""
    server.raw, server.drips = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 400, 50
    with pytest.raises(FAILURES), guarded_session(allow_private=True) as session, session.ends_after(0.3):
        session.get(server.url, timeout=5)
    assert server.asked
    assert server.sent < len(server.answer())
