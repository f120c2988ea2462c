"""The site that is probed, for `gunicorn tests.probes.served:app`: as it is, but that a crowd may ask, and that an
answer takes a millisecond more where a probe says so, which shows that the comparison finds one."""

import time

from flask import request

from tests.bench.served import app

PLANTED = "X-Planted"
MILLISECOND = 0.001


@app.before_request
def plant() -> None:
    """Takes the planted millisecond."""
    if PLANTED in request.headers:
        time.sleep(MILLISECOND)
