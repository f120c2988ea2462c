"""Where an address can be typed, and what is sent there: a table."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from tests.probes.ground import FULL, LATE, SAME, Address, Ground
from website.tokens import signer

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request."""

    method: str
    path: str
    body: str = ""
    content_type: str = ""


Place = Callable[[Ground, Address], Ask]


def page(slug: str, part: str = "") -> Place:
    """A page of a link, for whoever the token names."""
    return lambda _, who: Ask("GET", f"/book/{slug}{part}?who={who.who}&duration=30")


def posted(slug: str, part: str, form: Callable[[Ground, Address], Mapping[str, str]]) -> Place:
    """A form of a link, shown a moment ago."""

    def ask(ground: Ground, who: Address) -> Ask:
        token = {"token": signer.form(ground.links[slug], ground.now), "duration": "30"}
        return Ask("POST", f"/book/{slug}{part}", urlencode(token | dict(form(ground, who))), FORM)

    return ask


def _month(ground: Ground, who: Address) -> Ask:
    return Ask("GET", f"/book/{SAME}/slots?who={who.who}&duration=30&month={ground.day:%Y-%m}")


def _night(ground: Ground, who: Address) -> Ask:
    slot = f"{ground.day:%Y%m%dT%H%MZ}"
    return Ask("GET", f"/book/{SAME}/details?who={who.who}&duration=30&slot={slot}")


def _api_slots(slug: str) -> Place:
    def ask(ground: Ground, who: Address) -> Ask:
        query = {"email": who.email, "from": f"{ground.day:%Y-%m-%d}"}
        query["to"] = f"{ground.day + timedelta(days=7):%Y-%m-%d}"
        return Ask("GET", f"/api/v1/links/{slug}/slots?{urlencode(query)}")

    return ask


def _api_booking(**values: str) -> Place:
    def ask(ground: Ground, who: Address) -> Ask:
        body = {"start": ground.day.isoformat(), "name": "Dana", "email": who.email} | values
        return Ask("POST", f"/api/v1/links/{SAME}/bookings", json.dumps(body), JSON)

    return ask


def _filled_in(ground: Ground, who: Address) -> dict[str, str]:
    return {"name": "Dana", "email": who.email, "slot": f"{ground.day:%Y%m%dT%H%MZ}"}


def _without_time(ground: Ground, who: Address) -> dict[str, str]:
    typed = _filled_in(ground, who)
    return {"name": typed["name"], "email": typed["email"], "near": typed["slot"]}


PLACES: dict[str, Place] = {
    "address typed (303)": posted(SAME, "/who", lambda _, who: {"email": who.email}),
    "page of times": page(SAME),
    "page of times, colleagues besides": page(LATE),
    "page without times": page(FULL),
    "slots partial": _month,
    "details, time taken (409)": _night,
    "form, time taken (409)": posted(SAME, "", _filled_in),
    "form, no name (422)": posted(SAME, "", lambda ground, who: _filled_in(ground, who) | {"name": ""}),
    "form, no time (422)": posted(SAME, "", _without_time),
    "message form": page(FULL, "/write"),
    "message, empty (422)": posted(FULL, "/write", lambda _, who: {"name": "Dana", "email": who.email}),
    "message, sent": posted(
        FULL, "/write", lambda _, who: {"name": "Dana", "email": who.email, "text": "When?"}
    ),
    "API, slots": _api_slots(SAME),
    "API, slots and colleagues'": _api_slots(LATE),
    "API, time taken (409)": _api_booking(),
    "API, no name (422)": _api_booking(name=""),
}
