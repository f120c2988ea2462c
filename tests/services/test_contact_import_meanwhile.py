"""Somebody else takes an address between our look and our writing, as PostgreSQL lets them."""

from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import insert

from tests.conftest import BASE
from tests.factories import NOW, make_user
from tests.peers.postgres import Postgres
from tests.services.test_contact_import import contacts, rehearsed, row
from website.config import Config
from website.extensions import db
from website.models import Contact, ContactAddress
from website.models.contact_import import DONE
from website.services.contact_import import start
from website.services.contact_import_people import People
from website.services.contact_import_work import imports_due


@pytest.fixture
def config(postgres: Postgres, postgres_template: str) -> Config:
    return replace(BASE, database_url=postgres.new_database(postgres_template))


@pytest.mark.parametrize("taken", ["first", "further"])
def test_an_address_that_somebody_takes_at_the_same_moment_is_theirs(
    world: Flask, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    ana = make_user("Ana", role="admin")
    number = rehearsed("email,name\nnew@a.example,New\nother@a.example,Other\n", ana).id
    write = People.write

    def after_somebody_else(self: People, now: datetime) -> None:
        monkeypatch.setattr(People, "write", write)
        with db.engine.begin() as elsewhere:
            values = {"email": "new@a.example" if taken == "first" else "dana@a.example", "name": "Dana"}
            dana = elsewhere.scalar(insert(Contact).values(values).returning(Contact.id))
            if taken == "further":
                elsewhere.execute(insert(ContactAddress).values(email="new@a.example", contact_id=dana))
        write(self, now)

    monkeypatch.setattr(People, "write", after_somebody_else)
    start(number, by=ana)
    imports_due(NOW)
    assert (row(number).state, row(number).counts) == (DONE, {"created": 1, "updated": 1})
    assert [values[0] for values in contacts().values()] == ["New", "Other"]
