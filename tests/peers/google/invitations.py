"""The mails that Google sends to guests: counted, not sent."""

from .records import Calendar, Invitation, Json
from .state import State

VISIBLE = ("summary", "description", "location", "start", "end", "hangoutLink", "status")


def invite(google: State, calendar: Calendar, send_updates: str, old: Json, new: Json) -> None:
    """Tells the guests of a change; an event that is not there yet, or no more, is empty."""
    before, after = _guests(old, calendar), _guests(new, calendar)
    changed = any(old.get(name) != new.get(name) for name in VISIBLE)
    event_id = (new or old)["id"]
    mails = [("request", guest) for guest in after if guest not in before]
    mails += [("update", guest) for guest in after if guest in before and changed]
    mails += [("cancel", guest) for guest in before if guest not in after]
    for kind, guest in mails:
        if send_updates == "all" or (send_updates == "externalOnly" and guest not in google.accounts):
            google.invitations.append(Invitation(kind, event_id, guest, send_updates))


def _guests(event: Json, calendar: Calendar) -> list[str]:
    return [a["email"] for a in event.get("attendees", []) if a["email"] != calendar.id]
