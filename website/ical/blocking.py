"""R5: which events block their owner's time."""

from icalendar import Component


def blocks(event: Component, owner_email: str | None) -> bool:
    """R5: not when transparent, cancelled, shown as free, or declined by `owner_email`, where known."""
    return not (
        _word(event, "STATUS") == "CANCELLED"
        or _word(event, "TRANSP") == "TRANSPARENT"
        or _shown_as(event) in ("FREE", "WORKINGELSEWHERE")
        or (owner_email is not None and _declined(event, owner_email))
    )


def _shown_as(event: Component) -> str:
    """What Outlook shows the event as; Zimbra writes only what it was meant to be shown as."""
    return _word(event, "X-MICROSOFT-CDO-BUSYSTATUS") or _word(event, "X-MICROSOFT-CDO-INTENDEDSTATUS")


def _word(event: Component, name: str) -> str:
    value = event.get(name, "")
    return str(value[0] if isinstance(value, list) else value).strip().upper()


def _declined(event: Component, owner_email: str) -> bool:
    held = event.get("ATTENDEE", [])
    mine = f"mailto:{owner_email}".lower()
    return any(
        str(attendee).strip().lower() == mine
        and str(attendee.params.get("PARTSTAT", "")).upper() == "DECLINED"
        for attendee in (held if isinstance(held, list) else [held])
    )
