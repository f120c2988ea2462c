"""ICS feeds: a calendar published at an address that is as good as a password. Read only."""

import re
import time
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from website import clock
from website.ical.feed import FeedError
from website.ical.read import read_busy
from website.providers.http import Answer, Unreachable, fetch
from website.sentences import gettext_noop

from .base import CalendarProvider, Capabilities, ConnectField
from .errors import AccessRevoked, CalendarUnreachable
from .records import Account, FoundCalendar, Reading

ONLY = "main"
TRIED = timedelta(days=31)
GONE = (401, 403, 404, 410)
SHOWN = 4
LEAST_MINUTES, MOST_MINUTES = 5, 60


class IcsFeed(CalendarProvider):
    """One feed is one account with one calendar."""

    key = "ics"
    label = gettext_noop("ICS feed")
    speaker = gettext_noop("The feed")
    description = gettext_noop(
        "A calendar's published address. It may be late: link the calendar itself where you can."
    )
    capabilities = Capabilities(
        writes=False, max_age_minutes=24 * 60, poll_minutes=15, live_check_after_seconds=120
    )
    connect_fields = (ConnectField("url", gettext_noop("Address of the feed"), type="url"),)

    def account_line(self, account: Account) -> str:
        """The host, and the end of the address: the rest is a secret."""
        url = account.secret["url"]
        return f"{urlsplit(url).hostname} …{url[-SHOWN:]}"

    def find_calendars(self, account: Account, deadline_seconds: float) -> list[FoundCalendar]:
        """The one calendar of the feed, once the feed could be read."""
        now = clock.now()
        self.read_busy(account, now, now + TRIED, deadline_seconds)
        return [FoundCalendar(ONLY, urlsplit(account.secret["url"]).hostname or self.label, primary=True)]

    def read_busy(
        self, account: Account, window_start: datetime, window_end: datetime, deadline_seconds: float
    ) -> Reading:
        end = time.monotonic() + deadline_seconds
        answer = _fetch(account, deadline_seconds)
        if answer.status == 304:
            return Reading({}, not_modified=True)
        try:
            feed = read_busy(
                answer.body,
                window_start=window_start,
                window_end=window_end,
                timezone=account.timezone,
                owner_email=account.owner_email,
                deadline_seconds=max(0.5, end - time.monotonic()),
            )
        except FeedError as error:
            raise CalendarUnreachable(str(error)) from error
        if feed.degraded:
            raise CalendarUnreachable("An event in the feed cannot be read, so its time is not known.")
        return Reading(
            {ONLY: feed.busy},
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            refresh_minutes=_clamped(feed.refresh_minutes),
            warnings=tuple(feed.warnings),
            empty=feed.empty,
        )


def _fetch(account: Account, seconds: float) -> Answer:
    headers = {"Accept": "text/calendar"}
    if account.etag:
        headers["If-None-Match"] = account.etag
    if account.last_modified:
        headers["If-Modified-Since"] = account.last_modified
    url = account.secret["url"]
    if url.lower().startswith("webcal://"):
        url = "https://" + url[len("webcal://") :]
    try:
        answer = fetch(url, allow_private=account.allow_private, headers=headers, deadline_seconds=seconds)
    except Unreachable as error:
        raise CalendarUnreachable(str(error)) from error
    if answer.status in GONE:
        raise AccessRevoked("The feed's address no longer works: link it again.", final=False)
    if answer.status not in (200, 304):
        raise CalendarUnreachable("The feed does not answer.", _retry_after(answer))
    return answer


def _clamped(minutes: int | None) -> int | None:
    return minutes and min(max(minutes, LEAST_MINUTES), MOST_MINUTES)


def _retry_after(answer: Answer) -> int | None:
    """Seconds to wait (RFC 9110 §10.2.3); a date is compared with the server's own clock."""
    text = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):  # no dates, or one with a zone and one without
        return None
    return max(0, int(wait.total_seconds()))
