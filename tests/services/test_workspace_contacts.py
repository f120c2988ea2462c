"""Contacts and companies in the workspace file."""

import pytest
from flask import Flask

from tests.factories import NOW, make_contact
from website.extensions import db
from website.models import Company, Contact, ContactAddress
from website.services.workspace_file import BadWorkspace, apply, export

FILE = """
[[users]]
email = "ana@acme.example"
name = "Ana"
role = "admin"

[[companies]]
domain = "WWW.Prospect.example"
name = "Prospect & Sons"
owner = "ana@acme.example"

[[contacts]]
email = "Dana@Prospect.example"
name = "Dana"
company = "Prospect & Sons"
addresses = ["dana@home.example", "Dana@XN--BCHER-KVA.example"]
owner = "ana@acme.example"
"""


def applied(text: str, *, prune: bool = False) -> list[str]:
    return apply(text, prune=prune, now=NOW)


def refusal(text: str) -> str:
    with pytest.raises(BadWorkspace) as refused:
        applied(text)
    return str(refused.value)


@pytest.mark.both_engines
def test_a_file_states_contacts_and_companies_and_its_export_says_the_same(world: Flask) -> None:
    assert applied(FILE)[1:] == ["added company prospect.example", "added contact dana@prospect.example"]
    contact = db.session.query(Contact).one()
    assert [one.email for one in contact.addresses] == ["dana@bücher.example", "dana@home.example"]
    assert (contact.company, contact.source, contact.created_at) == ("Prospect & Sons", "file", NOW)
    assert db.session.query(Company).one().owner.name == "Ana"
    assert applied(FILE) == []
    assert applied(export(), prune=True) == []
    fewer = FILE.replace('addresses = ["dana@home.example", ', "addresses = [")
    assert applied(fewer) == ["changed contact dana@prospect.example"]
    assert applied(FILE.replace("addresses", "# addresses")) == []
    assert [one.email for one in contact.addresses] == ["dana@bücher.example"]


def test_what_the_file_does_not_name_goes_only_when_pruned(world: Flask) -> None:
    applied(FILE)
    gone = make_contact("forgotten-9@invalid", name="")
    gone.forgotten_at = NOW
    db.session.commit()
    assert "forgotten" not in export()
    users = FILE.partition("[[companies]]")[0]
    assert applied(users) == []
    assert applied(users, prune=True) == [
        "removed contact dana@prospect.example",
        "removed company prospect.example",
    ]
    assert db.session.query(ContactAddress).count() == 0
    assert db.session.query(Contact).one() is gone


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ('domain = "WWW', 'domain = "gmail.com"', "line 8: companies[0].domain: Anybody may have an address"),
        ('domain = "WWW', 'domain = "x y"', "line 8: companies[0].domain: Write a domain such as"),
        ('name = "Prospect', 'nmae = "x"', "line 9: companies[0].nmae: There is no such field."),
        ("addresses", 'addresses = ["a@b.example", "x"]', "line 16: contacts[0].addresses[1]: Write an e-mail"),
        ("addresses", 'addresses = "a@b.example"', "line 16: contacts[0].addresses: Write a list"),
        ("addresses", 'addresses = ["DANA@prospect.example"]', "addresses[0]: This stands in the file twice."),
        ("addresses", 'addresses = ["eve@x.example"]', "line 16: contacts[0].addresses[0]: This address is that"),
    ],
)  # fmt: skip
def test_mistakes_are_named_by_their_lines(world: Flask, line: str, instead: str, said: str) -> None:
    make_contact("eve@x.example")
    db.session.commit()
    lines = [instead if old.startswith(line) else old for old in FILE.split("\n")]
    assert said in refusal("\n".join(lines))
    assert db.session.query(Contact).count() == 1


def test_an_owner_who_is_no_user_is_named_by_line(world: Flask) -> None:
    said = refusal(FILE.replace('owner = "ana@', 'owner = "who@'))
    assert said.split("\n") == [
        "line 10: companies[0].owner: There is no user who@acme.example.",
        "line 17: contacts[0].owner: There is no user who@acme.example.",
    ]
