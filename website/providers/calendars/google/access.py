"""What is asked of a user who links a Google account, and what is lost without it."""

from website.sentences import gettext_noop

from ..base import Scope, SignIn

_PREFIX = "https://www.googleapis.com/auth/"

CALENDARS = Scope(
    _PREFIX + "calendar.calendarlist.readonly",
    label=gettext_noop("See which calendars you have"),
    without=gettext_noop("Only your primary calendar can be used."),
)
BUSY = Scope(
    _PREFIX + "calendar.events.freebusy",
    label=gettext_noop("See when you are busy"),
    without=gettext_noop("The account cannot be linked: without this nobody could know when you are free."),
    required=True,
)
EVENTS = Scope(
    _PREFIX + "calendar.events.owned",
    label=gettext_noop("Put meetings into your calendars"),
    without=gettext_noop("Your calendars are checked for conflicts, and cannot receive bookings."),
)

# Google gives a refresh token with the first consent only, so consent is asked for each time an account is linked.
SIGN_IN = SignIn(
    client="google",
    scopes=(CALENDARS, BUSY, EVENTS),
    parameters={"access_type": "offline", "prompt": "select_account consent"},
)
