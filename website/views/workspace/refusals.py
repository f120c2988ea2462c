"""Why a booking did not go where it was to go, in a sentence (R36, R42)."""

from flask_babel import gettext as _

from ...scheduling.pool import STANDINGS
from ...sentences import gettext_noop
from ...services.errors import AlreadyHosts, HostNotFree, NobodyFree, NotEligible, Refused, UnknownUser
from ...services.handover import Candidate
from ...services.leaving import Unchosen

_CHANGED = gettext_noop("This meeting has changed in the meantime, has begun or was cancelled.")
SENTENCES: dict[type[Refused], str] = {
    AlreadyHosts: gettext_noop("Whoever you chose hosts this meeting already."),
    UnknownUser: gettext_noop("Choose somebody of the team."),
    NobodyFree: gettext_noop("Nobody else who hosts this link is free at that time."),
    Unchosen: gettext_noop("Choose what is to become of it."),
}


def refusal(refused: Refused) -> str:
    """Why something was not done."""
    if isinstance(refused, HostNotFree):
        return str(_("%(name)s is not free at that time any more.", name=refused.name))
    if isinstance(refused, NotEligible):
        why = _(STANDINGS[refused.standing])
        return str(_("%(name)s cannot host at present. %(why)s", name=refused.name, why=why))
    return str(_(SENTENCES.get(type(refused), _CHANGED)))


def standing_of(one: Candidate) -> str:
    """Why somebody cannot take a booking."""
    return str(_(STANDINGS[one.standing]) if one.standing else _("Is not free at that time."))
