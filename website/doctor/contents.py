"""Whether the work is done, and whether what is stored fits together."""

from datetime import datetime, timedelta

from ..services.outbox import lag
from ..services.outbox_listing import failed_count
from ..services.sanity import bookings_without_claims, orphaned_claims, overlapping_hosts
from ..services.stored_secrets import check_secrets
from ..services.worker_sign import last_seen
from ..vault import WrongKey
from .finding import Finding, fail, ok, warn

SILENT, LATE = timedelta(minutes=2), timedelta(minutes=5)
RESTORE = (
    "Do not take bookings; report this, with the worker's log, and keep a backup of the database as it is."
)


def worker(now: datetime) -> Finding:
    seen, late = last_seen(now), lag(now)
    if seen is None or seen >= SILENT:
        when = f"since {_long(seen)}" if seen is not None else "so far"
        return fail(f"No worker was seen {when}: start one with `flask --app wsgi worker`.")
    if late >= LATE:
        return fail(
            f"A message has been due for {_long(late)}: look at the worker's log, or start another worker."
        )
    return ok(f"A worker was seen {_long(seen)} ago, and nothing is late.")


def outbox(now: datetime) -> Finding:
    failed = failed_count()
    if failed:
        return warn(f"{failed} messages could not be delivered: an admin sees at /outbox what to do.")
    return ok("Nothing failed in the outbox.")


def bookings(now: datetime) -> Finding:
    """R30, as the database shows it."""
    wrong = {
        "hosts are booked twice at one time": overlapping_hosts(),
        "coming bookings do not hold their time": bookings_without_claims(now),
        "times are held by no booking": orphaned_claims(),
    }
    found = [f"{count} {what}" for what, count in wrong.items() if count]
    return fail(f"{', '.join(found)}. {RESTORE}") if found else ok("Nobody is booked twice.")


def secrets(now: datetime) -> Finding:
    try:
        check_secrets()
    except WrongKey as error:
        return fail(str(error))
    return ok("What is stored encrypted can be opened.")


def _long(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
