"""What becomes of the rows of a file: whom they make, whom they change, and which of them cannot be used."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..sentences import Sentence
from .contact_import import Choices
from .contact_import_people import Owners, People, Person
from .contact_import_rows import Entry, EntryReader, Problem

LONGEST_KEPT = 1000


class Judge:
    """Decides for each row of a part what becomes of it. `counts` are rows by outcome (created, updated, unchanged,
    skipped, error), and beside that owners who were kept or replaced; `failed` are the rows that cannot be used."""

    def __init__(self, reader: EntryReader, entries: Sequence[Entry], choices: Choices) -> None:
        self._reader, self._choices, self._owners = reader, choices, Owners()
        usable = [entry for entry in entries if not entry.problems]
        self.people = People({address for entry in usable for address in entry.addresses})
        self.counts: Counter[str] = Counter()
        self.failed = list[Entry]()
        for entry in entries:
            self._judge(entry)

    def _judge(self, entry: Entry) -> None:
        owner_id = self._owner(entry)
        person = self.people.by_address.get(entry.email)
        self._look_at_further(entry, person)
        if entry.problems:
            self.failed.append(entry)
            self.counts["error"] += 1
        elif person is None:
            self._create(entry, owner_id)
        elif not self._choices.update:
            self.counts["skipped"] += 1
        else:
            self._update(person, entry, owner_id)

    def _owner(self, entry: Entry) -> int | None:
        if not entry.owner:
            return None
        found = self._owners.find(entry.owner)
        if isinstance(found, int):
            return found
        entry.problems.append(Problem(self._reader.column("owner"), entry.owner, found))
        return None

    def _look_at_further(self, entry: Entry, person: Person | None) -> None:
        for address in entry.further:
            other = self.people.by_address.get(address)
            if other is not None and other is not person:
                why = Sentence(
                    "This is an address of another contact, %(email)s. Leave it out, or change that contact first.",
                    email=other.email,
                )
                entry.problems.append(Problem(self._reader.further_column, address, why))

    def _create(self, entry: Entry, owner_id: int | None) -> None:
        person = Person(None, entry.email, entry.name, entry.phone, entry.company, owner_id)
        self.people.add(person)
        self.people.add_addresses(person, entry.further)
        self.counts["created"] += 1

    def _update(self, person: Person, entry: Entry, owner_id: int | None) -> None:
        before, person.changed = person.changed, False
        person.change(name=entry.name, phone=entry.phone, company=entry.company)
        self.people.add_addresses(person, entry.further)
        if owner_id is not None and person.owner_id not in (None, owner_id):
            self.counts["owner_replaced" if self._choices.replace_owner else "owner_kept"] += 1
        if person.owner_id is None or self._choices.replace_owner:
            person.change(owner_id=owner_id)
        self.counts["updated" if person.changed else "unchanged"] += 1
        person.changed = person.changed or before


def kept_error(reader: EntryReader, entry: Entry) -> dict[str, Any]:
    """A row that cannot be used, as it is kept: with the cells of the columns that were to be read."""
    return {
        "line": entry.line,
        "cells": [cell[:LONGEST_KEPT] for cell in reader.used_cells(entry.cells)],
        "problems": [_kept_problem(problem) for problem in entry.problems],
    }


def _kept_problem(problem: Problem) -> dict[str, Any]:
    value, why = problem.value[:LONGEST_KEPT], problem.why
    return {"column": problem.column, "value": value, "why": why.message, "values": why.values}
