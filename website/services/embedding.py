"""Which sites may show a link's pages in a frame, and be told what happens there (R40)."""

import re
from collections.abc import Sequence

_ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?")
ANY_PART = "*."


def may_embed(origin: str, sites: Sequence[str]) -> bool:
    """Whether one of the sites is the origin, as a browser writes it. `https://*.acme.example` stands for every site
    below acme.example but not for itself, as in a `frame-ancestors` of CSP."""
    return bool(_ORIGIN.fullmatch(origin)) and any(_is(origin, site) for site in sites)


def _is(origin: str, site: str) -> bool:
    scheme, _, host = site.partition("://")
    if not host.startswith(ANY_PART):
        return origin == site
    their_scheme, _, theirs = origin.partition("://")
    return their_scheme == scheme and theirs.endswith(host[1:]) and theirs != host[1:]
