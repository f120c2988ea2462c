"""ICS feeds: a calendar published at an address that is as good as a password. Read only."""

import time
from datetime import datetime
from urllib.parse import urlsplit

from website.ical.feed import FeedError
from website.ical.read import read_busy
from website.providers.http import Answer, Unreachable, fetch
from website.sentences import gettext_noop

from .base import (
    AccessRevoked,
    Account,
    CalendarProvider,
    CalendarUnreachable,
    Capabilities,
    ConnectField,
    Reading,
)

ONLY = "main"
GONE = (401, 403, 404, 410)
SHOWN = 4


class IcsFeed(CalendarProvider):
    """One feed is one account with one calendar."""

    key = "ics"
    label = gettext_noop("ICS feed")
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
            refresh_minutes=feed.refresh_minutes,
            warnings=tuple(feed.warnings),
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
        raise AccessRevoked("The feed's address no longer works: link it again.")
    if answer.status not in (200, 304):
        raise CalendarUnreachable("The feed does not answer.", _retry_after(answer))
    return answer


def _retry_after(answer: Answer) -> int | None:
    text = answer.headers.get("retry-after", "")
    return int(text) if text.isdigit() else None
