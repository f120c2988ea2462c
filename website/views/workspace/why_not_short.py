"""What keeps a host from a time, in a word or two for a cell (R43)."""

from flask_babel import gettext as _

from ...scheduling.case import Cause
from ...sentences import gettext_noop
from ...services.why_not import Reason

# One word or two for a cell, by the key of the reason.
SHORT = {
    "increment": gettext_noop("Between starts"),
    "notice": gettext_noop("Notice"),
    "window": gettext_noop("Dates"),
    "hours": gettext_noop("Closed"),
    "link_cap": gettext_noop("Cap"),
    "own_hours": gettext_noop("Own hours"),
    "busy": gettext_noop("Busy"),
    "booked": gettext_noop("Booked"),
    "host_cap": gettext_noop("Cap"),
    "others": gettext_noop("Free, others are not"),
    "optional": gettext_noop("Optional"),
    "paused": gettext_noop("Paused"),
    "not_owner": gettext_noop("Not the owner"),
    "owner_apart": gettext_noop("The owner"),
}
# The same where the cause says more than its rule does.
SHORT_BY_KIND = {
    "busy_buffer": gettext_noop("Buffer"),
    "booked_buffer": gettext_noop("Buffer"),
    "not_known": gettext_noop("Not known"),
    "past": gettext_noop("Past"),
}
SHORT_BY_STANDING = {
    "inactive": gettext_noop("Not active"),
    "no_seat": gettext_noop("No seat"),
    "no_calendar": gettext_noop("No calendar"),
    "calendar_broken": gettext_noop("Broken calendar"),
    "calendar_missing": gettext_noop("Calendar gone"),
    "calendar_stale": gettext_noop("Silent calendar"),
}
CANNOT_HOST = gettext_noop("Cannot host")
NOT_IN_POOL = gettext_noop("Not in the pool")


def short_word(reason: Reason, cause: Cause | None, standing: str | None) -> str:
    """What a cell says of the reason that decides."""
    if reason.key == "standing":
        return str(_(SHORT_BY_STANDING.get(standing or "", CANNOT_HOST)))
    kind = cause.kind if cause else ""
    return str(_(SHORT_BY_KIND.get(kind) or SHORT.get(reason.key, NOT_IN_POOL)))
