"""Where the site can listen is asked before anything is started."""

import socket

import pytest

from website.serving import CannotListen, address, check_port


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "x" * 70, "", "::ffff:192.0.2.1"])
def test_an_address_that_is_not_ours_is_said_in_one_sentence(host: str) -> None:
    with pytest.raises(CannotListen, match=r"^Nothing can listen at [^\n]+\.$"):
        check_port(host, 8000)


def test_a_port_where_somebody_listens_is_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"^Port {port} is in use"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_an_address_of_many_colons_stands_in_brackets() -> None:
    assert (address("::1", 80), address("127.0.0.1", 80)) == ("[::1]:80", "127.0.0.1:80")
