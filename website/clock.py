"""The only place that asks the time."""

from datetime import UTC, datetime, timedelta

# Clocks of several machines differ by less than this. What lies further in the future than a clock that is right
# can have written it was written by one that was wrong, and is not waited for.
SKEW = timedelta(minutes=5)


def now() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.now(UTC)
