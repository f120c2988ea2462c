"""Addresses that open a calendar on the Web with the meeting filled in."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from ...models import Booking
from ...services.guest_copy import copy_of

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = ("https://outlook.live.com", "https://outlook.office.com")
LONGEST = 1000


def calendar_addresses(booking: Booking) -> list[tuple[str, str]]:
    """Name and address of each. The address that changes the booking is not in them: they end up in other sites'
    logs."""
    names = ("Google", "Outlook.com", "Microsoft 365")
    return list(zip(names, (_google(booking), *(_outlook(booking, site) for site in OUTLOOK)), strict=True))


def _google(booking: Booking) -> str:
    meeting = copy_of(booking)
    dates = f"{_plain(meeting.start)}/{_plain(meeting.end)}"
    values = {"action": "TEMPLATE", "text": meeting.title, "dates": dates}
    return _address(GOOGLE, values | {"details": meeting.description, "location": meeting.location})


def _outlook(booking: Booking, site: str) -> str:
    meeting = copy_of(booking)
    values = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": meeting.title,
        "startdt": f"{meeting.start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{meeting.end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    return _address(
        f"{site}/calendar/0/deeplink/compose",
        values | {"body": meeting.description, "location": meeting.location},
    )


def _plain(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _address(page: str, values: dict[str, str]) -> str:
    """Spaces as %20: Outlook shows a plus sign as one."""
    return (
        f"{page}?{urlencode({key: text[:LONGEST] for key, text in values.items() if text}, quote_via=quote)}"
    )
