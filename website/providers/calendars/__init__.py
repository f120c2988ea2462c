"""The table of calendar providers: a new one is a file, a row here, and its tests."""

from .base import CalendarProvider
from .builtin import BuiltinCalendar
from .google import GoogleCalendar
from .ics import IcsFeed

_ROWS: tuple[CalendarProvider, ...] = (BuiltinCalendar(), GoogleCalendar(), IcsFeed())

CALENDAR_PROVIDERS: dict[str, CalendarProvider] = {provider.key: provider for provider in _ROWS}
