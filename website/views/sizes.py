"""How much one request may hold. More is a clear 4xx, before any view looks at it.

The body is bounded by MAX_CONTENT_LENGTH, or by what an address takes itself; the server bounds lines and headers
(deploy/gunicorn.conf.py).
"""

from flask import Flask, abort, request
from flask_babel import lazy_gettext as _l

from ..csv_file import LARGEST_BYTES

# Far more than any form of ours has: a link's, with a large team on it.
MOST_FIELDS = 5000
# Tokens that travel on make addresses long; nothing makes them this long.
LONGEST_QUERY = 8000
# A batch of contacts with long names, a file of a hundred thousand addresses, and a file of contacts in its form.
MOST_BYTES = {
    "api-contacts.push": 2 * 1024 * 1024,
    "workspace.many_personal_links": 6 * 1024 * 1024,
    "workspace.import_contacts": LARGEST_BYTES + 1024 * 1024,
}
# What to say of more than that, where there is something to do about it.
SAID_OF_MORE = {
    "workspace.import_contacts": _l(
        "This file is too large: a file may have 25 MB. Part it into several, each with the column names."
    )
}


def register(app: Flask) -> None:
    """Binds the checks to every request."""
    # Before anything looks into the body.
    app.url_value_preprocessor(_take_more)
    app.before_request(_check)


def said_of_more() -> str:
    """What to say of a body that is larger than its address takes; empty where there is nothing more exact to say."""
    return str(SAID_OF_MORE.get(request.endpoint or "", ""))


def _take_more(endpoint: str | None, _values: object) -> None:
    if endpoint in MOST_BYTES:
        request.max_content_length = MOST_BYTES[endpoint]


def _check() -> None:
    if len(request.query_string) > LONGEST_QUERY:
        abort(414)
    if request.mimetype == "application/x-www-form-urlencoded" and _separators() >= MOST_FIELDS:
        abort(413)


def _separators() -> int:
    """How many fields a form has, but one. It is counted before it is taken apart: that is what costs."""
    return request.get_data(cache=True).count(b"&")
