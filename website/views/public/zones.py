"""The time zones that a visitor may choose from."""

from flask import request

from .asked import Asked, all_zones
from .words import zone_name

COMMON_ZONES = (
    "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Sao_Paulo",
    "Europe/London", "Europe/Paris", "Europe/Athens", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Sydney",
)  # fmt: skip


def zones_to_choose(question: Asked) -> list[tuple[str, str]]:
    """Name and label of each: the visitor's and the link's own, and the common ones, or all where that is asked."""
    shown = sorted(all_zones()) if request.args.get("zones") == "all" else COMMON_ZONES
    zones = dict.fromkeys((question.timezone, question.link.timezone, *shown))
    return [(zone, zone_name(zone, question.now)) for zone in zones]
