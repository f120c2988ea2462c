"""What the worker does, again and again: delivers what is due, reads the calendars whose time has come,
and tells people of those that fail."""

import logging
from datetime import datetime

from ..extensions import db
from .calendar import refresh_due
from .calendar_alarm import tell_due
from .outbox import deliver_due

log = logging.getLogger(__name__)


def work_once(now: datetime) -> int:
    """One round; returns how much there was to do. A fault in one part does not stop the others."""
    done = 0
    for part in (deliver_due, refresh_due, tell_due):
        try:
            done += part(now)
        except Exception:
            log.exception("the worker's %s failed; it goes on", part.__name__)
        finally:
            db.session.rollback()
    return done
