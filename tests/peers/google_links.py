"""Google accounts as a site has them linked: its settings, the account's secret, the provider's view of it."""

import time
from dataclasses import replace
from typing import Any

from tests.peers.google import Google
from tests.peers.google.records import full_scope
from website.config import Config
from website.providers.calendars.records import Account

ANA = "ana@acme.example"
LIST, BUSY, OWNED = "calendar.calendarlist.readonly", "calendar.events.freebusy", "calendar.events.owned"
ALL = (LIST, BUSY, OWNED)


def with_google(config: Config, google: Google) -> Config:
    """The settings of a site that is registered with the stand-in."""
    return replace(
        config,
        google_client_id=google.client_id,
        google_client_secret=google.client_secret,
        google_metadata_url=google.metadata_url,
        google_calendar_url=google.calendar_url,
    )


def secret_of(token: dict[str, Any], seconds: float = 3600) -> dict[str, str]:
    """What a site keeps of a token that lasts for so long."""
    secret = {name: token[name] for name in ("access_token", "refresh_token")}
    return secret | {"expires_at": str(int(time.time() + seconds))}


def linked(google: Google, email: str = ANA, scopes: tuple[str, ...] = ALL, **values: Any) -> Account:
    """An account with a primary calendar, linked with these scopes; `seconds` is how long its token lasts."""
    if email not in google.accounts:
        google.add_account(email, time_zone="Europe/Paris")
    secret = secret_of(google.grant(email, *scopes), values.pop("seconds", 3600))
    known: dict[str, Any] = {"timezone": "Europe/Paris", "owner_email": email, "calendars": (email,), "id": 7}
    return Account(
        kind="google", secret=secret, scopes=frozenset(map(full_scope, scopes)), **(known | values)
    )
