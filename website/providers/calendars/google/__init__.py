"""Google Calendar: calendars of Google accounts that users link by signing in there."""

from .provider import GoogleCalendar

__all__ = ["GoogleCalendar"]
