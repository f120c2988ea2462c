"""The site under load, for `gunicorn tests.bench.served:app`: as it is, but that it takes a whole crowd at once."""

from datetime import timedelta

from flask import Flask

from wsgi import app


def let_a_crowd_in(site: Flask) -> None:
    """Visitors of tests fill in forms at once, and book more in a minute than people do in a week. Everything is
    counted as ever; only what one link takes is without end."""
    site.config.update(QUICKEST_FORM=timedelta(0), LIMIT_OF_TARGET="1000000/hour")


let_a_crowd_in(app)
