"""Whether the settings suit a site that the world can see."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

from ..config import in_force
from .finding import Finding, fail, ok, warn

LOCAL = ("localhost", "127.0.0.1", "::1")
NEW_KEY = "make one with `openssl rand -hex 32`, and put it into the environment or .env"


def secret_key(now: datetime) -> Finding:
    kept = Path(current_app.instance_path) / "secret.key"
    if not (kept.is_file() and kept.read_text().strip() == in_force().secret_key):
        return ok("SECRET_KEY is set.")
    level = fail if public() else warn
    return level(
        "SECRET_KEY is not set: the one that this machine made for itself is used. Put the content of"
        " instance/secret.key into the environment or .env as SECRET_KEY, and keep a copy apart from the backups."
    )


def base_url(now: datetime) -> Finding:
    config = in_force()
    if config.base_url_is_default:
        return warn(
            "BASE_URL is not set: links in mails lead to this machine. Set it to the site's address, with https."
        )
    if not public():
        return warn("BASE_URL names this machine: nobody else can open the links in mails.")
    if not config.base_url.startswith("https://"):
        return fail("BASE_URL does not begin with https://: sessions and passwords would travel in the open.")
    return ok("BASE_URL is set, with https.")


def demo(now: datetime) -> Finding:
    if not in_force().demo:
        return ok("DEMO is off.")
    level: Callable[[str], Finding] = fail if public() else warn
    return level("DEMO is on: anybody may sign in as anybody. Take DEMO out of the environment.")


def trusted_proxies(now: datetime) -> Finding:
    count = in_force().trusted_proxies
    if public() and not count:
        return warn(
            "TRUSTED_PROXIES is 0: if a proxy stands in front, all visitors look like one to the rate limits."
            " Set it to the number of proxies."
        )
    if count and not public():
        return warn(
            f"TRUSTED_PROXIES is {count}, but BASE_URL names this machine: without a proxy in front, anybody can"
            " pretend to come from any address. Set it to 0."
        )
    return ok(f"TRUSTED_PROXIES is {count}.")


def rate_limits(now: datetime) -> Finding:
    from limits.storage import storage_from_string

    url = in_force().ratelimit_storage_url
    if url.startswith("memory:"):
        return (warn if public() else ok)(
            "Rate limits are counted by each process for itself: with several, a visitor may ask several times as"
            " often. RATELIMIT_STORAGE_URL=redis://… counts them together."
        )
    try:
        reached = storage_from_string(url).check()
    except Exception:  # of whichever client it is
        reached = False
    if reached:
        return ok("The store of the rate limits answers.")
    return fail(
        "The store that RATELIMIT_STORAGE_URL names does not answer: until it does, each process counts for itself."
        " Is it running, and can this machine reach it?"
    )


def public() -> bool:
    """Whether the site's address is one that others can open."""
    return (urlsplit(in_force().base_url).hostname or "") not in LOCAL
