"""The time zones that a visitor may choose from."""

from typing import Any

from flask import request

from .asked import Asked
from .parameters import all_zones
from .words import zone_name

COMMON_ZONES = (
    "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Sao_Paulo",
    "Europe/London", "Europe/Paris", "Europe/Athens", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Sydney",
)  # fmt: skip


def zones_to_choose(question: Asked) -> dict[str, Any]:
    """What the choice of a zone shows. `zones`: name and label of the visitor's and the link's own, and the common
    ones; or all, where that is asked, in the order of their labels. `more_zones`: the query that asks, else empty."""
    if request.args.get("zones") == "all":
        every = [(zone, zone_name(zone, question.now)) for zone in all_zones()]
        return {"zones": sorted(every, key=lambda pair: (pair[1], pair[0])), "more_zones": ""}
    zones = dict.fromkeys((question.timezone, question.link.timezone, *COMMON_ZONES))
    return {
        "zones": [(zone, zone_name(zone, question.now)) for zone in zones],
        "more_zones": f"{question.shown_query}&zones=all",
    }
