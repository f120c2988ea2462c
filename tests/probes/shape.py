"""What an answer says, without what is new in every answer: tokens, the address itself, the time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from tests.probes.ground import Address

# They tell the moment, or repeat the body.
MOVING = {"date", "content-length", "etag"}
TOKEN = re.compile(r'(?<=name="token" value=")[^"]+')
WHO = re.compile(r"(?:(?<=who=)|(?<=name=\"who\" value=\"))[\w%.=-]+")
SLOTS = (
    re.compile(r'(?<=data-announce=")[^"]*'),
    re.compile(r'<p class="first">.*?</p>', re.S),
    re.compile(r'<div class="month-head">.*?</div>', re.S),
    re.compile(r"<tbody>.*?</tbody>", re.S),
    re.compile(r'(?<=<div class="times">).*?(?=<p class="write">)', re.S),
    # What the colour of a link without times is: it is the way on there.
    re.compile(r'(?<=<p class="write">)<a [^>]*>'),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What must be the same for every address. `length` is that of the whole body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    length: int
    body: str


def shape_of(status: int, headers: Iterable[tuple[str, str]], body: str, who: Address) -> Shape:
    """The shape of an answer to a probe with this address."""
    kept = [(name.lower(), _without(text, who)) for name, text in headers if name.lower() not in MOVING]
    return Shape(status, tuple(sorted(kept)), len(body.encode()), _without(body, who))


def without_slots(body: str) -> str:
    """A page of times without the times, the days that have some, and what is said of them."""
    for part in SLOTS:
        body = part.sub("", body)
    return body


def _without(text: str, who: Address) -> str:
    text = text.replace(who.email, "EMAIL").replace(quote(who.email, safe=""), "EMAIL")
    return WHO.sub("WHO", TOKEN.sub("TOKEN", text))
