"""The kinds of scheduling link, as rows of policy. Whoever wants to know how a kind behaves asks its row."""

from dataclasses import dataclass
from typing import Literal

from ..sentences import gettext_noop


@dataclass(frozen=True, slots=True)
class LinkKind:
    """What sets a kind of link apart. `label`, `description` and `hosts_rule` are sentences for translation.

    `needs`: how many required hosts must be free for a slot (R6, R7); `meets`: who of them hosts the meeting;
    `pool_rule`: the row of `POOL_RULES` that holds where no owner decides; `owner_first`: whether the option
    *show the owner's calendar* may apply (R20, R26); `assigns_owner`: whether a new link gives an unowned
    contact its host as owner (R25); `rotates`: whether a rotation picks the host (R23); `optional_hosts`:
    whether a host may be invited without being needed (R6); `creator_hosts`: whether who creates the link is
    one of its hosts (R42); `max_hosts`: None means any number.
    """

    key: str
    label: str
    description: str
    hosts_rule: str
    needs: Literal["all", "any"]
    meets: Literal["everyone", "one"]
    pool_rule: str
    min_hosts: int = 1
    max_hosts: int | None = None
    owner_first: bool = False
    assigns_owner: bool = False
    rotates: bool = False
    optional_hosts: bool = False
    creator_hosts: bool = False

    def accepts(self, hosts: int) -> bool:
        """Whether a link of this kind may have this many hosts."""
        return self.min_hosts <= hosts and (self.max_hosts is None or hosts <= self.max_hosts)


_ROWS = (
    LinkKind(
        key="personal",
        label=gettext_noop("Personal"),
        description=gettext_noop("People book a meeting with one host."),
        hosts_rule=gettext_noop("A personal link has exactly one host."),
        needs="all",
        meets="everyone",
        pool_rule="personal",
        max_hosts=1,
        assigns_owner=True,
    ),
    LinkKind(
        key="group",
        label=gettext_noop("Group"),
        description=gettext_noop(
            "People book a meeting with several hosts at once, when all of them are free."
        ),
        hosts_rule=gettext_noop("A group link has at least one host."),
        needs="all",
        meets="everyone",
        pool_rule="group",
        optional_hosts=True,
        creator_hosts=True,
    ),
    LinkKind(
        key="round_robin",
        label=gettext_noop("Round robin"),
        description=gettext_noop(
            "People book a meeting with one of several hosts: their owner, or whose turn it is."
        ),
        hosts_rule=gettext_noop("A round-robin link has at least one host."),
        needs="any",
        meets="one",
        pool_rule="everyone",
        owner_first=True,
        assigns_owner=True,
        rotates=True,
    ),
)

LINK_KINDS: dict[str, LinkKind] = {kind.key: kind for kind in _ROWS}
