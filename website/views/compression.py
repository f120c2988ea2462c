"""Answers made smaller: brotli where the browser takes it, else gzip.

Only what everybody may see is: static files and the booking page. A page that holds a secret beside something that
others choose tells it by its length once it is compressed (BREACH). Signed-in pages hold CSRF tokens, pages of a
booking its address, the API what its callers alone should know: these go out as they are. The booking page knows its
visitor by nothing but its address, so another site cannot ask for it in a visitor's name.
"""

import gzip
from collections.abc import Callable
from functools import lru_cache

import brotli
from flask import Flask, Response, request

TYPES = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml")
FILES = ("static", "bundle", "embed")
# Less than this is one packet anyway.
SMALLEST = 400
# A page is compressed each time it is asked for, in a fraction of a millisecond; a file once in a process.
PAGE: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: brotli.compress(data, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda data: gzip.compress(data, 5, mtime=0),
}
FILE: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: brotli.compress(data, mode=brotli.MODE_TEXT, quality=11),
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
}


def register(app: Flask) -> None:
    """Binds compression to every answer."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in TYPES or not (_is_file() or request.blueprint == "booking_page"):
        return response
    response.vary.add("Accept-Encoding")
    encoding = _wanted()
    if encoding and response.status_code == 200 and "Content-Encoding" not in response.headers:
        (_send_file if _is_file() else _send_page)(response, encoding)
    return response


def _is_file() -> bool:
    return request.endpoint in FILES


def _wanted() -> str:
    return next((name for name in PAGE if request.accept_encodings.quality(name) > 0), "")


def _send_page(response: Response, encoding: str) -> None:
    data = response.get_data()
    if len(data) >= SMALLEST:
        _replace(response, PAGE[encoding](data), encoding)


def _send_file(response: Response, encoding: str) -> None:
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < SMALLEST:
        return
    _replace(response, _compressed_file(data, encoding), encoding)
    # The same name for other bytes: what is compressed is alike, not equal.
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)


@lru_cache(maxsize=256)
def _compressed_file(data: bytes, encoding: str) -> bytes:
    return FILE[encoding](data)


def _replace(response: Response, data: bytes, encoding: str) -> None:
    response.set_data(data)
    response.headers["Content-Encoding"] = encoding
