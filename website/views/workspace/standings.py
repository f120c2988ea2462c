"""What can be done about a user who cannot host at present (R41)."""

from typing import NamedTuple

from ...scheduling.pool import STANDINGS
from ...sentences import gettext_noop
from ...services.hosts import Host


class StandingWords(NamedTuple):
    """Why a user cannot host and what to do about it, for translation; `address` is where the user does it."""

    why: str = ""
    remedy: str = ""
    address: str = ""


NO_WORDS = StandingWords()
CALENDARS = "/calendars"
REMEDIES = {
    "inactive": (
        gettext_noop("An admin can make the account active again, or take the person off this link."),
        "",
    ),
    "no_seat": (gettext_noop("An admin can give a seat."), ""),
    "no_calendar": (gettext_noop("Link one first, under Calendars."), CALENDARS),
    "calendar_broken": (gettext_noop("Reconnect it under Calendars."), CALENDARS),
    "calendar_missing": (gettext_noop("Stop checking it under Calendars, or reconnect."), CALENDARS),
    "calendar_stale": (
        gettext_noop("It is tried again every few minutes; its state is under Calendars."),
        CALENDARS,
    ),
}


def standing_words(host: Host) -> StandingWords:
    """Why a user cannot host and what to do about it; empty texts for who can."""
    if host.standing is None:
        return NO_WORDS
    return StandingWords(STANDINGS[host.standing], *REMEDIES[host.standing])
