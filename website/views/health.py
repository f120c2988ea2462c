"""Health: the process, and what it stands on."""

from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .. import clock
from ..extensions import db
from ..services.outbox import lag
from ..services.worker_sign import at_work, last_seen

LATE_SECONDS = 300


def register(app: Flask) -> None:
    """Binds `/healthz` and `/readyz`."""
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def healthz() -> ResponseReturnValue:
    return {"status": "ok"}


def readyz() -> ResponseReturnValue:
    try:
        db.session.execute(text("SELECT 1"))
        now = clock.now()
        late, seen = lag(now).total_seconds(), last_seen(now)
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return {"status": "unavailable", "database": "no answer"}, 503
    ready = late < LATE_SECONDS and (late <= 0 or at_work(now))
    return {
        "status": "ok" if ready else "late",
        "database": "ok",
        "worker_lag_seconds": round(late),
        "worker_seen_seconds": round(seen.total_seconds()) if seen is not None else None,
    }, 200 if ready else 503
