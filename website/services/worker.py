"""What the worker does, again and again: delivers what is due, keeps calendars and events in step, tells people of
those that fail, and reads files of contacts."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from ..extensions import db
from .calendar import refresh_due
from .calendar_alarm import tell_due
from .contact_import_work import import_part, imports_due
from .crm_owner import read_owners_due
from .event_look import look_due
from .offered_hours import note_offered_due
from .outbox import deliver_due, deliver_patiently, deliver_soon
from .outbox_waking import wake_due
from .pruning import prune_due
from .push import watch_due
from .worker_sign import sign_due

log = logging.getLogger(__name__)

Part = Callable[[datetime], int]
OTHERS: tuple[Part, ...] = (look_due, tell_due, watch_due, wake_due, prune_due, note_offered_due)
CRM: tuple[Part, ...] = (read_owners_due, deliver_patiently)
# Side by side, so that neither a provider who answers slowly nor a file of contacts holds up a message that could go
# elsewhere. A round of the first is one message: each lease begins when it is taken, and a worker that is told to stop
# has one to finish.
LOOPS: tuple[tuple[Part, ...], ...] = (
    (deliver_soon,),
    (refresh_due,),
    CRM,
    OTHERS,
    (import_part,),
    (sign_due,),
)
EVERYTHING = (deliver_due, refresh_due, read_owners_due, *OTHERS, imports_due, sign_due)


def work_once(now: datetime, parts: Sequence[Part] = EVERYTHING) -> int:
    """One round; returns how much there was to do. A fault in one part does not stop the others."""
    done = 0
    for part in parts:
        try:
            done += part(now)
        except Exception:
            log.exception("the worker's %s failed; it goes on", part.__name__)
        finally:
            db.session.rollback()
    return done
