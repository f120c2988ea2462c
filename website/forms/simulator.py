"""What bookings are replayed under: rule, window, hosts with weights and ranks, as typed in an address (R24)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ..scheduling.rotations import ROTATIONS
from .fields import whole

PERIODS = (4, 12, 26)
# As the link's own rules have it.
SHARE_DAYS, WEIGHTS = range(7, 366), range(1, 101)


@dataclass
class HostTyped:
    """One host of the form: whether tried, and weight and rank as typed."""

    tried: bool
    weight: str = "1"
    priority: str = ""


@dataclass
class SimulatorForm:
    """The form as typed or as the link has it; `hosts` by user id, in the page's order. `errors` are by field."""

    rotation: str
    share_days: str
    weeks: int
    owner_counts: bool
    hosts: dict[int, HostTyped]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def tried(self) -> list[int]:
        """The hosts tried, in order."""
        return [host for host, typed in self.hosts.items() if typed.tried]

    def check(self) -> bool:
        """Whether everything can be used; what cannot is in `errors`."""
        if self.rotation not in ROTATIONS:
            self.errors["rotation"] = _("Choose one of these.")
        if whole(self.share_days) not in SHARE_DAYS:
            self.errors["share_days"] = _(
                "Write a whole number from %(least)s to %(most)s.", least=7, most=365
            )
        if not self.tried:
            self.errors["hosts"] = _("Choose at least one host.")
        for host in self.tried:
            typed = self.hosts[host]
            if whole(typed.weight) not in WEIGHTS or (
                typed.priority and whole(typed.priority) not in WEIGHTS
            ):
                self.errors["hosts"] = _("Weights and ranks are whole numbers from 1 to 100.")
        return not self.errors

    def host_values(self, host: int) -> dict[str, Any]:
        """Weight and rank of a host, once they are checked; no rank is None."""
        typed = self.hosts[host]
        return {"weight": whole(typed.weight), "priority": whole(typed.priority) if typed.priority else None}


def typed_form(sent: MultiDict[str, str], host_ids: Collection[int]) -> SimulatorForm:
    """The form as it was sent, for these users."""
    tried = set(sent.getlist("host"))
    weeks = whole(sent.get("weeks"))
    return SimulatorForm(
        rotation=sent.get("rotation", ""),
        share_days=sent.get("share_days", "").strip(),
        weeks=weeks if weeks in PERIODS else PERIODS[1],
        owner_counts="owner_counts" in sent,
        hosts={
            host: HostTyped(
                str(host) in tried,
                sent.get(f"weight_{host}", "").strip() or "1",
                sent.get(f"rank_{host}", "").strip(),
            )
            for host in host_ids
        },
    )
