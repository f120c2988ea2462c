"""Whether this machine knows what time it is, everywhere."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo, available_timezones

import requests
from sqlalchemy import select, text, union

from .. import clock
from ..config import in_force
from ..extensions import db
from ..locales import LANGUAGES, not_compiled
from ..models import Link, User
from .finding import Finding, fail, ok, warn

EVERYWHERE = (
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "UTC",
)
SUMMER = datetime(2026, 7, 1, tzinfo=UTC)
SECONDS = 5.0
ODD, WRONG = timedelta(seconds=5), timedelta(seconds=60)
SYNCHRONISE = "Let the machines set their clocks by NTP."


def languages(_now: datetime) -> Finding:
    missing = not_compiled()
    if missing:
        return warn(
            f"Pages and mails are in English for readers of {', '.join(missing)}: run `make install`."
        )
    return ok(f"Pages and mails speak {len(LANGUAGES)} languages.")


def time_zones(now: datetime) -> Finding:
    known = available_timezones()
    used = set(db.session.scalars(union(select(User.timezone), select(Link.timezone))))
    missing = sorted({*EVERYWHERE, *used} - known)
    if missing or ZoneInfo("Europe/Paris").utcoffset(SUMMER) != timedelta(hours=2):
        return fail(
            f"Time zones are missing ({', '.join(missing[:5])}): run `make install`, which brings tzdata."
        )
    try:
        release = version("tzdata")
    except PackageNotFoundError:
        return warn("The system's time zones are used; the package tzdata would keep them up to date.")
    if int(release.partition(".")[0]) < now.year - 1:
        return warn(f"The time zones are those of {release}: rules have changed since. Upgrade tzdata.")
    return ok(f"The time zones are there (tzdata {release}).")


def clocks(now: datetime) -> Finding:
    """Against the database's, where it has one, and the one of a web server."""
    others = [theirs for theirs in (_of_database(), _of_the_web()) if theirs is not None]
    if not others:
        return warn("The clock was not checked: there is none to compare it with. " + SYNCHRONISE)
    name, off = max(others, key=lambda other: abs(other[1]))
    if abs(off) < ODD:
        return ok(f"The clock agrees with that of {' and '.join(name for name, _off in others)}.")
    level = fail if abs(off) >= WRONG else warn
    return level(f"The clock is {abs(off).total_seconds():.0f} s from that of {name}. {SYNCHRONISE}")


def _of_database() -> tuple[str, timedelta] | None:
    if in_force().sqlite:
        return None
    theirs: datetime | None = db.session.scalar(text("SELECT clock_timestamp()"))
    return ("the database", clock.now() - theirs) if theirs else None


def _of_the_web() -> tuple[str, timedelta] | None:
    """The first that answers: the site itself through its proxy, else Google, where it is used."""
    config = in_force()
    asked = [("the site’s web server", f"{config.base_url}/healthz")]
    asked += [("Google", config.google_metadata_url)] if config.google_client_id else []
    for name, address in asked:
        try:
            said = requests.get(address, timeout=SECONDS, allow_redirects=False).headers["Date"]
            # The header has whole seconds: half of one is right on average.
            theirs = parsedate_to_datetime(said) + timedelta(seconds=0.5)
            return name, clock.now() - theirs
        except (requests.RequestException, KeyError, TypeError, ValueError):
            continue
    return None
