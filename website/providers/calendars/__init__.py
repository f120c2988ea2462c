"""The table of calendar providers, in the order in which they are offered: a new one is a file, a row here, and its
tests."""

from .base import CalendarProvider
from .builtin import BuiltinCalendar
from .caldav import CalDav
from .google import GoogleCalendar
from .ics import IcsFeed

_ROWS: tuple[CalendarProvider, ...] = (GoogleCalendar(), CalDav(), IcsFeed(), BuiltinCalendar())

CALENDAR_PROVIDERS: dict[str, CalendarProvider] = {provider.key: provider for provider in _ROWS}
