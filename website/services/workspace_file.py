"""The workspace file: one TOML text states a whole organisation (SPEC §6)."""

import re
import tomllib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import tomli_w
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import CalendarAccount, Company, Link, Organisation, User
from ..providers.calendars import CALENDAR_PROVIDERS
from .link import values_of
from .transaction import in_transaction
from .value_rules import Problem
from .workspace_apply import Application
from .workspace_calendars import is_stated
from .workspace_contacts import contacts_stated
from .workspace_lines import line_numbers, line_of
from .workspace_prune import prune as prune_rest
from .workspace_rules import problems_of

BYTE_ORDER_MARK = "\ufeff"
_ENDLESS = re.compile(r"[\d_]{4000}")


class BadWorkspace(Exception):
    """The file was refused whole; each line of the text names a line of the file."""


def decoded(content: bytes) -> str:
    """The text of a file. Raises BadWorkspace when it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadWorkspace(f"line {line}: this is not UTF-8: save the file as UTF-8 text.") from error


def apply(text: str, *, prune: bool, now: datetime) -> list[str]:
    """Makes the organisation what the file says, all or nothing, and returns what changed, a line each.

    What the file does not name stays, unless `prune` is given. Raises BadWorkspace.
    """
    text = text.removeprefix(BYTE_ORDER_MARK)
    data = _checked(text)

    def work() -> list[str]:
        with db.session.no_autoflush:
            application = Application(data, now)
            application.people()
            _refuse(application.problems(), text)
            application.contacts_and_links()
            if prune:
                _refuse(prune_rest(data, application.changes, now), text)
        return application.changes.said

    return in_transaction(work)


def _checked(text: str) -> dict[str, Any]:
    """What a text says, once it keeps all rules that need no database."""
    try:
        data = _parsed(text)
        _refuse(problems_of(data), text)
    except RecursionError as error:
        raise BadWorkspace("line 1: somewhere below, brackets stand too deep inside each other.") from error
    return data


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = place[1] if place else text.rstrip().count("\n") + 1
        raise BadWorkspace(f"line {line}: this is no TOML: {error}") from error
    except ValueError as error:
        number = _ENDLESS.search(text)
        line = text.count("\n", 0, number.start() if number else 0) + 1
        raise BadWorkspace(f"line {line}: this number is too long to be read.") from error


def _refuse(problems: Iterable[Problem], text: str) -> None:
    found = list(problems)
    if found:
        numbers = line_numbers(text)
        lines = sorted((line_of(path, numbers), path, sentence) for path, sentence in found)
        raise BadWorkspace("\n".join(f"line {line}: {path}: {sentence}" for line, path, sentence in lines))


def export() -> str:
    """A file that states all that there is. It holds the addresses of feeds, which are secrets: keep it safe."""
    organisation = db.session.get(Organisation, 1)
    data: dict[str, Any] = {}
    if organisation:
        data["organisation"] = {"name": organisation.name, "timezone": organisation.timezone}
    data["users"] = [_user_values(user) for user in db.session.scalars(select(User).order_by(User.email))]
    companies = select(Company).order_by(Company.domain).options(joinedload(Company.owner))
    data["companies"] = [_company_values(company) for company in db.session.scalars(companies)]
    data["contacts"] = contacts_stated()
    data["links"] = [_link_values(link) for link in db.session.scalars(select(Link).order_by(Link.slug))]
    return tomli_w.dumps({key: value for key, value in data.items() if value})


def _user_values(user: User) -> dict[str, Any]:
    values: dict[str, Any] = {
        "email": user.email, "name": user.name, "timezone": user.timezone, "role": user.role, "seat": user.seat,
    }  # fmt: skip
    if user.language:
        values["language"] = user.language
    if not user.active:
        values["active"] = False
    if user.hours:
        values["hours"] = user.hours
    values["calendars"] = [_calendar_values(account) for account in user.accounts if is_stated(account)]
    return values


def _calendar_values(account: CalendarAccount) -> dict[str, Any]:
    calendar = account.calendars[0]
    values: dict[str, Any] = {"kind": account.kind, **account.secret, "conflicts": calendar.conflicts}
    values["receives_bookings"] = calendar.receives_bookings
    if CALENDAR_PROVIDERS[account.kind].capabilities.in_database:
        own = [event for event in calendar.events if not event.ours]
        values["busy"] = [
            {"start": event.start_at, "end": event.end_at, **({"title": event.title} if event.title else {})}
            for event in sorted(own, key=lambda event: (event.start_at, event.end_at, event.title))
        ]
    return values


def _company_values(company: Company) -> dict[str, Any]:
    values = {"domain": company.domain, "name": company.name}
    found = {key: value for key, value in values.items() if value}
    return found | ({"owner": company.owner.email} if company.owner else {})


def _link_values(link: Link) -> dict[str, Any]:
    return {key: value for key, value in values_of(link).items() if value is not None}
