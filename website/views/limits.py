"""How often one may ask, by where a request comes from and by what it is about.

From one address an office of many people may come, so the limits stop programs and not colleagues. What is about one
link or booking is limited for everybody together, too: programs come from many addresses. All processes count together
where RATELIMIT_STORAGE_URL says so (docs/deploy.md).
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import limits as counting
from flask import current_app, request

from ..extensions import limiter

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Limit:
    """`visitor`: from one address; `target`: for one link or booking, from everybody together. `apart`: an address has
    the first one for each link. `everywhere`: all views that are held to it count together, else each for itself."""

    name: str
    visitor: str
    target: str = ""
    apart: bool = False
    everywhere: bool = False


# Who tries addresses gains nothing by trying them at several places (R22).
LOOKUPS = Limit("lookups", "120/minute;1000/hour", "600/minute;6000/hour", everywhere=True)
BOOKINGS = Limit("bookings", "120/hour", "600/hour", apart=True)
NOTES = Limit("notes", "20/hour", "100/hour")
# Each change of a booking is told to everybody who is invited.
CHANGES = Limit("changes", "60/hour", "10/hour;30/day")
# Questions of programs that look nobody up.
ASKED = Limit("asked", "600/minute")
# People of an organisation often share an address; nobody signs in that often.
SIGN_INS = Limit("sign_ins", "120/minute")
# Codes are guessed by trying.
CODES = Limit("codes", "10/minute;60/hour")
# Tokens of the API are long; whoever shows wrong ones tries them.
GUESSES = Limit("guesses", "20/minute;200/hour")
# Bookings and invitations in which one e-mail address is written to. It holds for every address alike, so it tells
# nothing about one (R22).
MAILS = counting.parse("40/day")
# Forms that are sent as soon as they are shown: a browser that fills forms in is quick now and then, a program always.
QUICK_FORMS = "20/hour"


def limited(limit: Limit, **conditions: Any) -> Callable[[View], View]:
    """A decorator that holds a view to a limit. `conditions` are Flask-Limiter's, such as `deduct_when`."""

    count = limiter.shared_limit if limit.everywhere else limiter.limit

    def hold(view: View) -> View:
        key = _visitor_and_target if limit.apart else visitor
        held: View = count(limit.visitor, scope=limit.name, key_func=key, **conditions)(view)
        if not limit.target:
            return held
        often = lambda: _in_force(limit.target)  # noqa: E731  (asked anew for each request)
        together: View = count(often, scope=limit.name, key_func=target, **conditions)(held)
        return together

    return hold


def _in_force(limit: str) -> str:
    """Nothing but a crowd of the tests' own is let past what one link takes."""
    loosened: str = current_app.config.get("LIMIT_OF_TARGET", limit)
    return loosened


def visitor() -> str:
    """Where the request comes from. Who has one address of IPv6 has 2^64 of them."""
    return _network(request.remote_addr or "")


@lru_cache(maxsize=1024)
def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address or "nowhere"
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address


def target() -> str:
    """The link or booking that the request is about."""
    values = request.view_args or {}
    return _secret(str(values.get("slug") or values.get("token") or ""))


def _visitor_and_target() -> str:
    return f"{visitor()} {target()}"


def may_write_to(addresses: Iterable[str]) -> bool:
    """Whether all of these may get another mail today."""
    if not limiter.enabled:
        return True
    return all(_counted(partial(limiter.limiter.test, MAILS, "mails", _secret(one))) for one in addresses)


def written_to(addresses: Iterable[str]) -> None:
    """Counts a booking that is told to these."""
    if limiter.enabled:
        for address in addresses:
            _counted(partial(limiter.limiter.hit, MAILS, "mails", _secret(address)))


def may_hurry() -> bool:
    """Whether another quick form may come from where this one does; counts it."""
    often = counting.parse(current_app.config.get("QUICK_FORMS", QUICK_FORMS))
    return _counted(partial(limiter.limiter.hit, often, "quick forms", visitor()))


def _counted(ask: Callable[[], bool]) -> bool:
    """The answer of the store; where it does not answer, nobody is held up for that, as with all other limits."""
    try:
        return ask()
    except Exception:  # whatever the client of the store raises
        current_app.logger.exception("the store of limits does not answer")
        return True


def seconds_to_wait() -> int:
    """When one may ask again, after a limit was reached."""
    reached = limiter.current_limit
    if reached is None or not reached.breached:
        return 3600
    return max(1, reached.reset_at - math.ceil(time.time()))


def minutes_to_wait() -> int:
    """The same in whole minutes."""
    return -(-seconds_to_wait() // 60)


def _secret(text: str) -> str:
    """What is counted is kept elsewhere, and said in logs: addresses of people and of bookings are not."""
    key = str(current_app.secret_key).encode()[:64]
    return hashlib.blake2b(text.strip().lower().encode(), key=key, digest_size=12).hexdigest()
