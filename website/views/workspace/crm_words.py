"""The connection to the CRM in words."""

from flask_babel import gettext as _

from ...models import CrmState, User
from ...providers.crm.base import CrmProvider
from ...services.crm import breaker
from ...services.crm_owner import state_of
from ..languages import translated
from .booking_words import moment
from .outbox_words import REMEDIES


def connection_of(crm: CrmProvider, reader: User) -> list[tuple[str, str]]:
    """How the connection stands, as pairs of a name and a text, in the reader's zone."""
    state = state_of(crm)
    read_at = state.read_at if state is not None else None
    never = _("Not yet: the worker reads them when it starts, and every hour.")
    resting = _("Not asked at present: it failed several times in a row, and is tried again soon.")
    return [
        (_("Owners last read"), moment(read_at, reader) if read_at is not None else never),
        (_("Questions about contacts"), resting if breaker.open else _("Asked while a visitor waits.")),
    ]


def trouble_of(state: CrmState | None) -> tuple[str, str] | None:
    """What went wrong at the last reading, and what to do; None when all is well."""
    name, _colon, said = (state.error if state is not None else "").partition(": ")
    return (translated(said), str(REMEDIES.get(name, ""))) if name else None
