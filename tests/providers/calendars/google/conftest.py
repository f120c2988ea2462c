"""A site that is registered with the stand-in for Google, without its web pages."""

import pytest

from tests.peers.google import Google
from tests.peers.google_links import linked, with_google
from tests.providers.calendars.google.meetings import Calendar
from website.config import Config, put_in_force
from website.providers.calendars.google import GoogleCalendar
from website.providers.calendars.records import Account


@pytest.fixture
def config(config: Config, google: Google) -> Config:
    return with_google(config, google)


@pytest.fixture
def calendar(config: Config) -> GoogleCalendar:
    """The provider, with the site's settings in force."""
    put_in_force(config)
    return GoogleCalendar()


@pytest.fixture
def ana(google: Google, calendar: GoogleCalendar) -> Account:
    """An account that granted everything."""
    return linked(google)


@pytest.fixture
def anas(google: Google, calendar: GoogleCalendar, ana: Account) -> Calendar:
    return Calendar(google, calendar, ana)
