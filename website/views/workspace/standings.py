"""What can be done about a user who cannot host at present (R41)."""

from ...scheduling.pool import STANDINGS
from ...sentences import gettext_noop
from ...services.hosts import Host

REMEDIES = {
    "inactive": gettext_noop("An admin can make the account active again, or take the person off this link."),
    "no_seat": gettext_noop("An admin can give a seat."),
    "no_calendar": gettext_noop("Link a calendar to the account first."),
    "calendar_broken": gettext_noop("Link the calendar again."),
    "calendar_stale": gettext_noop("It is tried again every few minutes."),
}


def standing_words(host: Host) -> tuple[str, str]:
    """Why a user cannot host and what to do about it, for translation; two empty texts for who can."""
    if host.standing is None:
        return "", ""
    return STANDINGS[host.standing], REMEDIES[host.standing]
