"""What people do in Google's own pages, for tests to do it in their place."""

from datetime import date, datetime

from .event_writing import cancel, keep, new_event
from .records import Account, Calendar, Json, full_scope
from .state import State


class People(State):
    """Accounts, their calendars and events, and what they take away again."""

    def add_account(
        self, email: str, name: str = "", domain: str | None = None, time_zone: str = "UTC"
    ) -> Account:
        """A person with a primary calendar; `domain` if the account is in a Workspace."""
        sub = str(10**20 + len(self.accounts))
        account = Account(email, name or email.split("@")[0].title(), domain, sub)
        self.accounts[email] = account
        self.add_calendar(email, email, email, time_zone)
        return account

    def add_calendar(
        self, email: str, calendar_id: str, summary: str = "", time_zone: str = "UTC"
    ) -> Calendar:
        """A calendar that the account owns."""
        calendar = Calendar(calendar_id, summary or calendar_id, time_zone, owner=email)
        self.calendars[calendar_id] = calendar
        self.share(calendar_id, email, "owner")
        return calendar

    def share(self, calendar_id: str, email: str, role: str) -> None:
        """Puts a calendar on an account's list; `role` as in accessRole."""
        self.accounts[email].roles[calendar_id] = role

    def unshare(self, calendar_id: str, email: str) -> None:
        """Takes a calendar off an account's list, and all access to it."""
        del self.accounts[email].roles[calendar_id]

    def add_event(
        self,
        calendar_id: str,
        start: date,
        end: date,
        *,
        summary: str = "Own event",
        response: str = "",
        **body: object,
    ) -> str:
        """An event `[start, end)`: aware datetimes, or dates for whole days. Returns its id.

        `response`: how the calendar's owner answered an invitation of somebody else. Anything more is laid
        over the event: `transparency="transparent"`, `status="tentative"`, `eventType="outOfOffice"`.
        """
        calendar = self.calendars[calendar_id]
        with self.lock:
            event = new_event(self, calendar, self.accounts[calendar.owner], {"summary": summary, **body})
            event |= {"start": _when(start), "end": _when(end)}
            if response:
                event["organizer"] = {"email": "somebody@elsewhere.example"}
                event["attendees"] = [{"email": calendar.id, "responseStatus": response}]
            return keep(self, calendar, {}, event)["id"]

    def move_event(self, calendar_id: str, event_id: str, start: date, end: date) -> None:
        """Drags an event to another time."""
        calendar = self.calendars[calendar_id]
        with self.lock:
            old = calendar.events[event_id]
            keep(self, calendar, old, old | {"start": _when(start), "end": _when(end)})

    def delete_event(self, calendar_id: str, event_id: str) -> None:
        """Deletes an event."""
        with self.lock:
            cancel(self, self.calendars[calendar_id], self.calendars[calendar_id].events[event_id])

    def events(self, calendar_id: str) -> list[Json]:
        """The events that its owner sees in a calendar."""
        return [e for e in self.calendars[calendar_id].events.values() if e["status"] != "cancelled"]

    def revoke(self, email: str) -> None:
        """Takes back, in the account's settings, all that the site was allowed."""
        self.tokens.forget(email)

    def expire_access_tokens(self, email: str) -> None:
        """Lets time pass for access tokens only: refresh tokens still work."""
        self.tokens.forget(email, access_only=True)

    def untick(self, *scopes: str) -> None:
        """The boxes of these scopes come unticked on the next consent page."""
        self.unticked |= set(map(full_scope, scopes))


def _when(moment: date) -> Json:
    if isinstance(moment, datetime):
        return {"dateTime": moment.isoformat(timespec="seconds")}
    return {"date": moment.isoformat()}
