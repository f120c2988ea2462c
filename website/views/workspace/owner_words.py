"""Whose times an address is shown, in words, step by step (R20, R43)."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from ...models import User
from ...scheduling.pool import POOL_RULES, REASONS, STANDINGS
from ...scheduling.receipt import CRM_OUTCOMES, OWNER_SOURCES
from ...services.owner_path import TABLE, OwnerPath
from .why_not_words import moment


@dataclass(frozen=True, slots=True)
class PathWords:
    """`facts` are pairs of a name and a text, `table` the rows of R20 with whether each applies, `pool` who may host,
    and `besides` what the option of colleagues adds."""

    facts: list[tuple[str, str]]
    table: list[tuple[str, str, bool]]
    pool: str
    besides: str = ""


def path_words(path: OwnerPath, reader: User) -> PathWords:
    """The way of an address through the table, for somebody of the organisation."""
    table = [(_(row.contact), _(row.shows), key == path.row) for key, row in TABLE.items()]
    return PathWords(
        _facts(path, reader), table if path.asks else [], _(POOL_RULES[path.rule]), _besides(path)
    )


def _facts(path: OwnerPath, reader: User) -> list[tuple[str, str]]:
    facts = [(_("Contact"), _known(path))]
    if path.crm:
        facts.append((_("CRM"), _(CRM_OUTCOMES[path.crm])))
    if path.owner is None:
        return [*facts, (_("Owner"), _("Nobody."))]
    facts.append((_("Owner"), path.owner.name))
    if path.source:
        facts.append((_("Known by"), _(OWNER_SOURCES[path.source])))
    facts.append((_("Can host"), _(STANDINGS[path.standing]) if path.standing else _("Yes.")))
    facts.append((_("Host of this link"), _("Yes.") if path.hosts else _("No.")))
    if path.paused:
        reason = REASONS["owner_paused"]
        facts.append((_("Turns"), _(reason)))
    if path.row.startswith("owner"):
        first = moment(path.first, reader.timezone) if path.first else _("None on any date of this link.")
        facts.append((_("First time"), first))
    return facts


def _known(path: OwnerPath) -> str:
    if path.contact is None:
        return str(_("Nobody knows %(address)s yet.", address=path.address))
    if not path.contact.name:
        return path.contact.email
    return str(_("%(name)s, %(address)s", name=path.contact.name, address=path.contact.email))


def _besides(path: OwnerPath) -> str:
    if not path.asks:
        return str(_("This link does not heed who owns a contact."))
    if not path.row.startswith("owner"):
        return ""
    if not path.days:
        return str(_("The link never offers colleagues besides."))
    far = ngettext("more than %(num)s day away", "more than %(num)s days away", path.days)
    if path.colleagues:
        return str(_("Colleagues are offered besides, because the owner's first time is %(far)s.", far=far))
    return str(
        _("Colleagues are offered besides when the owner's first time is %(far)s: it is not.", far=far)
    )
