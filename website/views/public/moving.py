"""What the pages about another time for a booking show, whoever asks for it: its invitee or its host (R35, R36)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from ...models import Booking
from ...services.availability import Scene
from ...services.deciding import fresh_times
from ...tokens import signer
from ...wording import listed
from .alternatives import alternatives_of
from .asked import Asked
from .parameters import slot_start, slot_text
from .words import date_and_time, zone_name
from .zones import zones_to_choose

ANY = "any"


def wants_anybody() -> bool:
    """Whether any colleague is asked for, rather than the present host."""
    return request.values.get("host") == ANY


def around(booking: Booking, question: Asked, here: str, *, choice: bool, anybody: bool) -> dict[str, Any]:
    """What every step shows: the present time, zones, and with whom where there is a `choice`; `here` is the
    address of the grid."""
    return {
        "now_at": date_and_time(booking.start_at, question.timezone),
        "any_host": anybody,
        "with_whom": _with_whom(booking, question, anybody=anybody) if choice else [],
        **addresses(question, here),
    }


def addresses(question: Asked, here: str) -> dict[str, Any]:
    """What the grid shows around the times: where it is, where a time that is chosen leads, and zones."""
    return {
        "asked": question,
        "lengths": [],
        **zones_to_choose(question),
        "here": here,
        "choose": f"{here}/confirm",
        "zone_label": zone_name(question.timezone, question.now),
    }


def last_step(
    booking: Booking, question: Asked, start: datetime, alternatives: Sequence[datetime] | None
) -> dict[str, Any]:
    """What the last step shows: the new time, or others to choose from."""
    return {
        "slot": slot_text(start),
        "when": date_and_time(start, question.timezone),
        "same": start == booking.start_at and alternatives is None,
        "alternatives": alternatives_of(alternatives, question.timezone),
        "token": signer.change(booking.id, question.now),
    }


def near_by(booking: Booking, question: Asked, scene: Scene) -> tuple[datetime, list[datetime]]:
    """For a form that came without a time: which one it was about, and times to choose from."""
    near = request.form.get("near", "")
    start = slot_start(near, question.now) if near else booking.start_at
    fresh = fresh_times(scene, start)
    return start, [start] if fresh is None else fresh


def _with_whom(booking: Booking, question: Asked, *, anybody: bool) -> list[tuple[str, str, bool]]:
    """Label, query and whether it is chosen: the same host, or any colleague."""
    names = listed(host.user.name for host in booking.hosts)
    return [
        (_("With %(name)s", name=names), question.carrying(host="").query, not anybody),
        (_("With any colleague"), question.carrying(host=ANY).query, anybody),
    ]
