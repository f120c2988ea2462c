"""Making the organisation what a workspace file says: its people, contacts and links. Inside a transaction."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ..email_addresses import normal_domain, normal_email
from ..extensions import db
from ..models import Company, Contact, Link, Organisation, User
from ..scheduling.kinds import LINK_KINDS
from .company import company_of_domain
from .link import apply_values, leaves_out_creator, organisation_zone
from .value_rules import Problem
from .workspace_calendars import apply_calendars
from .workspace_changes import Changes, say_what_is_left, update
from .workspace_contacts import apply_addresses, contact_named, contact_problems


class Application:
    """One application of a file that keeps all rules: what the file says, and what it changed so far."""

    def __init__(self, data: Mapping[str, Any], now: datetime) -> None:
        self.data, self.now, self.changes = data, now, Changes()
        self.users: dict[str, User] = {user.email: user for user in db.session.scalars(select(User))}

    def people(self) -> None:
        """The organisation and its users."""
        self._organisation()
        for values in self.data.get("users", []):
            self._user(values)

    def contacts_and_links(self) -> None:
        """Whatever names users, once they are there."""
        for values in self.data.get("companies", []):
            self._company(values)
        self._contacts(self.data.get("contacts", []))
        for values in self.data.get("links", []):
            self._link(values)

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the users that companies, contacts and links name, and with addresses of contacts."""
        for name in ("companies", "contacts"):
            for number, row in enumerate(self.data.get(name, [])):
                yield from self._unknown(f"{name}[{number}].owner", row.get("owner"))
        yield from contact_problems(self.data.get("contacts", []))
        for number, link in enumerate(self.data.get("links", [])):
            yield from self._wrong_people(f"links[{number}]", link)

    def _unknown(self, path: str, email: str | None) -> Iterator[Problem]:
        if email is not None and email.lower() not in self.users:
            yield path, f"There is no user {email}."

    def _wrong_people(self, path: str, values: Mapping[str, Any]) -> Iterator[Problem]:
        found = list(self._unknown(f"{path}.creator", values.get("creator") or None))
        for number, host in enumerate(values["hosts"]):
            found += self._unknown(f"{path}.hosts[{number}].user", host["user"])
        yield from found or self._wrong_creator(path, values)

    def _wrong_creator(self, path: str, values: Mapping[str, Any]) -> Iterator[Problem]:
        link = _link_of(values)
        creator = self._creator(link, values)
        hosts = {self.users[host["user"].lower()].id for host in values["hosts"]}
        if leaves_out_creator(LINK_KINDS[values["kind"]], creator, hosts, link):
            yield f"{path}.hosts", f"The creator of a group link is one of its hosts: add {creator.email}."

    def _creator(self, link: Link | None, values: Mapping[str, Any]) -> User:
        """Whom the file names, else who is it already, else the first host."""
        if values.get("creator") or link is None:
            return self.users[(values.get("creator") or values["hosts"][0]["user"]).lower()]
        return link.creator

    def _organisation(self) -> None:
        values = self.data.get("organisation", {})
        row = db.session.get(Organisation, 1) or Organisation(
            id=1, name="Our team", timezone=organisation_zone()
        )
        update(row, values)
        if values or row in db.session:
            self.changes.store(row, "organisation")

    def _user(self, values: Mapping[str, Any]) -> None:
        email = values["email"].lower()
        usual = {
            "timezone": organisation_zone(),
            "role": "member",
            "seat": False,
            "active": True,
            "hours": {},
        }
        user = self.users.get(email) or User(email=email)
        was_active = user.active
        update(user, usual | {key: values[key] for key in values if key not in ("email", "calendars")})
        self.changes.store(user, f"user {email}")
        self.users[email] = user
        if was_active and not user.active:
            say_what_is_left(user, self.changes, self.now)
        if "calendars" in values:
            apply_calendars(user, values["calendars"], self.changes, self.now)

    def _company(self, values: Mapping[str, Any]) -> None:
        domain = normal_domain(values["domain"])
        company = company_of_domain(domain) or Company(domain=domain)
        update(company, self._plain(values, ("name",)))
        self.changes.store(company, f"company {domain}")

    def _contacts(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for values in rows:
            known = contact_named(values)
            contact = known or Contact(
                email=normal_email(values["email"]), source="file", created_at=self.now
            )
            update(contact, self._plain(values, ("name", "phone", "company")))
            apply_addresses(contact, values, self.changes)

    def _plain(self, values: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
        """What the file says of these fields, and of the owner."""
        plain: dict[str, Any] = {key: values[key] for key in fields if key in values}
        if "owner" in values:
            plain["owner_id"] = self.users[values["owner"].lower()].id
        return plain

    def _link(self, values: Mapping[str, Any]) -> None:
        known = _link_of(values)
        link = known or Link(slug=values["slug"])
        update(link, {"creator_id": self._creator(known, values).id})
        before = set(link.hosts)
        apply_values(link, values, self.users)
        hosts_changed = before != set(link.hosts) or any(map(db.session.is_modified, before))
        self.changes.store(link, f"link {link.slug}")
        if hosts_changed:
            self.changes.changed(link, f"link {link.slug}")


def _link_of(values: Mapping[str, Any]) -> Link | None:
    return db.session.scalar(select(Link).where(Link.slug == values["slug"]))
