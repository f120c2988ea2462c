"""Links and addresses to probe. All hosts have the same calendar, so that nothing at all may tell who owns a contact;
on `apart` alone the owner's is another one, and the slots with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select, update

from tests.factories import make_busy, make_contact, make_link, make_organisation, make_user
from website.extensions import db
from website.models import Calendar, Company, Link, User
from website.tokens import signer

HOSTS = 5
UNKNOWN, PLANTED = "unknown", "planted"
# Who owns the contacts of each kind: nobody, a host, one who could host and is none of the hosts, one who cannot host.
KINDS = (UNKNOWN, "unowned", "a host's", "an outsider's", "an unseated host's")
# Unknown, of a company that a host owns. Only the work is compared.
OF_COMPANY = "of a host's company"
SAME, LATE, FULL, APART = "same", "late", "full", "apart"


@dataclass(frozen=True, slots=True)
class Address:
    """An address to probe with, and the token in which it travels on."""

    kind: str
    email: str
    who: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What there is to probe, at `now`; `links` are the numbers of the links by slug."""

    now: datetime
    links: dict[str, int]
    addresses: dict[str, list[Address]]

    @property
    def day(self) -> datetime:
        """The morning of a working day that every link but `full` has slots on, in UTC."""
        found = self.now.replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=14)
        return found - timedelta(days=max(0, found.weekday() - 4))


def lay(now: datetime, each: int, rng: Random) -> Ground:
    """Makes the rows, with so many addresses of each kind; commits."""
    make_organisation()
    hosts = [make_user(f"Host {number}") for number in range(HOSTS)]
    hosts.append(make_user("Unseated", seat=False))
    outsider = make_user("Outsider")
    for host in (*hosts, outsider):
        make_busy(host, *((now + timedelta(days=day), now + timedelta(days=day, hours=1)) for day in range(40)),
                  now=now)  # fmt: skip
    links = {link.slug: link.id for link in _links(hosts, now)}
    owners = dict(zip(KINDS[1:], (None, hosts[1], outsider, hosts[-1]), strict=True))
    emails = {kind: [_email(rng) for _ in range(each)] for kind in KINDS}
    for kind, owner in owners.items():
        for email in emails[kind]:
            make_contact(email, owner)
    db.session.add(Company(domain="customer.example", owner_id=hosts[1].id))
    db.session.commit()
    emails[OF_COMPANY] = [_email(rng, "customer.example") for _ in range(each)]
    return Ground(now, links, {kind: _addresses(kind, emails[kind], now) for kind in emails})


def _links(hosts: list[User], now: datetime) -> list[Link]:
    """`late` offers colleagues, because the first slot is days away; `full` has no slot at all."""
    early = make_user("Host of mornings")
    make_busy(early, *((now + timedelta(days=day, hours=3), now + timedelta(days=day, hours=12)) for day in range(40)),
              now=now)  # fmt: skip
    common = {"owner_first": True, "company_owner": True, "previous_host": True}
    return [
        make_link(hosts=hosts, slug=SAME, **common),
        make_link(hosts=hosts, slug=LATE, notice_minutes=6 * 1440, owner_fallback_days=2, **common),
        make_link(hosts=hosts, slug=FULL, notice_minutes=90 * 1440, **common),
        make_link(hosts=[*hosts[1:], early], slug=APART, **common),
    ]


def _email(rng: Random, domain: str = "prospect.example") -> str:
    """Nobody has it; all are of the same length."""
    return f"{rng.getrandbits(64):016x}@{domain}"


def _addresses(kind: str, emails: list[str], now: datetime) -> list[Address]:
    return [Address(kind, email, signer.who(email, now)) for email in emails]


def grow_cold(rng: Random) -> None:
    """A calendar has changed: what processes hold of it is read again. Commits."""
    chosen = rng.choice(db.session.scalars(select(Calendar.id).order_by(Calendar.id)).all())
    db.session.execute(
        update(Calendar).where(Calendar.id == chosen).values(busy_version=Calendar.busy_version + 1)
    )
    db.session.commit()
