"""By what somebody counts as a contact's owner: the CRM, the contact, their company, their last meeting (R20, R25)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.factories import NOW, make_contact, make_link, make_user
from tests.services.meetings import team
from tests.services.test_booking import HALF_HOUR, NINE, ask
from tests.views.workspace.test_links import sign_in
from website.extensions import db
from website.models import Booking, Company, Contact, ContactAddress, Link, User
from website.scheduling.receipt import Receipt, remarks, sentence
from website.services.booking import book
from website.services.cancellation import cancel
from website.services.contact import Visitor, recognise, recognise_by
from website.services.crm import CrmAnswer
from website.services.handover import hand_over
from website.services.no_show import mark_no_show

DANA, EVE, GMAIL = "dana@prospect.example", "eve@prospect.example", "dana@gmail.com"
DAY = timedelta(days=1)


@pytest.fixture
def people(world: Flask) -> list[User]:
    return team("Ana", "Ben", "Cleo")


def round_robin(people: list[User], **values: object) -> Link:
    usual = {"owner_first": True, "company_owner": True, "previous_host": True, "rotation": "strict"}
    link = make_link(hosts=people, **usual | values)
    db.session.commit()
    return link


def make_company(owner: User | None, domain: str = "prospect.example") -> Company:
    company = Company(domain=domain, owner_id=owner.id if owner else None)
    db.session.add(company)
    db.session.commit()
    return company


def owner(link: Link, email: str = DANA) -> tuple[int | None, str]:
    db.session.commit()
    visitor = recognise(email, link)
    return visitor.owner_id, visitor.owner_source


def met(host: User, email: str = DANA, number: int = 0, **values: object) -> Booking:
    """A booking with one host, on a day of its own."""
    link = make_link("personal", hosts=[host], assign_owner=False, **values)
    db.session.commit()
    return book(link, ask(NINE + number * DAY, nonce=f"met{link.id}", email=email), now=NOW)


# The company


@pytest.mark.rule("R20")
def test_whoever_owns_the_company_owns_everybody_with_its_domain(people: list[User]) -> None:
    ana, *_ = people
    make_company(ana)
    link = round_robin(people)
    assert owner(link) == owner(link, "nobody@prospect.example") == (ana.id, "company")
    assert owner(link, "eve@www.prospect.example") == (ana.id, "company")
    for other in ("eve@sub.prospect.example", "eve@myprospect.example", "eve@example"):
        assert owner(link, other) == (None, "")


@pytest.mark.rule("R20")
def test_a_company_counts_only_where_the_link_says_so(people: list[User]) -> None:
    make_company(people[0])
    assert owner(round_robin(people, company_owner=False)) == (None, "")
    assert owner(round_robin(people, owner_first=False)) == (None, "")
    assert owner(make_link("group", hosts=people, company_owner=True, owner_first=True)) == (None, "")


@pytest.mark.rule("R20")
def test_free_mail_is_nobody_s_company_and_a_company_may_be_nobody_s(people: list[User]) -> None:
    make_company(people[0], "gmail.com")
    make_company(None)
    link = round_robin(people)
    assert owner(link, GMAIL) == owner(link) == (None, "")


# The last meeting


@pytest.mark.rule("R20")
def test_whoever_hosted_the_latest_meeting_meets_the_contact_again(people: list[User]) -> None:
    ana, ben, _ = people
    link = round_robin(people)
    assert owner(link) == (None, "")
    met(ana, number=1)
    met(ben)
    met(ben, EVE, number=2)
    assert owner(link) == (ana.id, "previous_host")
    assert owner(round_robin(people, previous_host=False)) == (None, "")


@pytest.mark.rule("R20")
def test_cancelled_and_missed_meetings_and_those_of_several_hosts_do_not_count(people: list[User]) -> None:
    ana, ben, cleo = people
    link = round_robin(people)
    met(ana)
    cancel(met(ben, number=1).token, reason="", now=NOW)
    missed = met(cleo, number=2)
    mark_no_show(missed.id, by=cleo, now=NOW + 5 * DAY)
    group = make_link("group", hosts=[ben, cleo])
    db.session.commit()
    book(group, ask(NINE + 3 * DAY, nonce="group"), now=NOW)
    assert owner(link) == (ana.id, "previous_host")


@pytest.mark.rule("R20")
def test_whoever_took_a_meeting_over_was_the_host(people: list[User]) -> None:
    ana, ben, _ = people
    link = round_robin(people)
    booking = met(ana)
    hand_over(booking.id, ben.id, from_user_id=ana.id, by=ana, now=NOW)
    assert owner(link) == (ben.id, "previous_host")


@pytest.mark.rule("R20")
def test_a_contact_s_further_addresses_are_the_same_person(people: list[User]) -> None:
    ana, *_ = people
    contact = met(ana).contact
    contact.addresses.append(ContactAddress(email="dana@home.example"))
    assert owner(round_robin(people), "dana@home.example") == (ana.id, "previous_host")


# Their order


@pytest.mark.rule("R20")
def test_the_crm_comes_first_then_the_contact_then_the_company_then_the_last_meeting(
    people: list[User],
) -> None:
    ana, ben, cleo = people
    dora = make_user("Dora")
    met(dora)
    link = round_robin(people)

    def asked(crm: int | None = None) -> Visitor:
        db.session.commit()
        return recognise_by(DANA, link, CrmAnswer(crm, "owned" if crm else ""))

    assert (asked().owner_id, asked().owner_source) == (dora.id, "previous_host")
    make_company(cleo)
    assert (asked().owner_id, asked().owner_source) == (cleo.id, "company")
    db.session.query(Contact).one().owner_id = ben.id
    assert (asked().owner_id, asked().owner_source) == (ben.id, "contact")
    assert (asked(ana.id).owner_id, asked(ana.id).owner_source) == (ana.id, "crm")


@pytest.mark.rule("R22")
def test_every_address_is_looked_up_in_the_same_way(people: list[User]) -> None:
    ana, ben, _ = people
    make_company(ana)
    make_contact("owned@elsewhere.example", owner=ben)
    met(ana, "met@elsewhere.example")
    link = round_robin(people)
    found = []
    for email in (
        DANA, GMAIL, "owned@elsewhere.example", "met@elsewhere.example", "unknown@nowhere.example",
    ):  # fmt: skip
        db.session.commit()
        assert link.slug
        with statements() as said:
            recognise(email, link)
        found.append(said)
    assert found.count(found[0]) == len(found)
    assert len(found[0]) == 3


@contextmanager
def statements() -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


# What is done with it, and said about it


@pytest.mark.rule("R25")
def test_an_unowned_contact_gets_the_host_as_owner_whoever_routed_it(people: list[User]) -> None:
    ana, ben, _ = people
    make_company(ben)
    make_contact(EVE, owner=ana)
    link = round_robin(people, assign_owner=True)
    booking = book(link, ask(), now=NOW)
    assert [host.user_id for host in booking.hosts] == [ben.id]
    assert (booking.owner_routed, booking.contact.owner_id) == (True, ben.id)
    hers = book(link, ask(NINE + HALF_HOUR, nonce="eve", email=EVE), now=NOW)
    assert [host.user_id for host in hers.hosts] == [ana.id]
    assert hers.contact.owner_id == ana.id


@pytest.mark.rule("R25")
def test_a_company_s_owner_is_not_written_to_a_contact_who_meets_a_colleague(people: list[User]) -> None:
    ana, _, _ = people
    gone = make_user("Gone", seat=False)
    make_company(gone)
    booking = book(round_robin(people, assign_owner=True), ask(), now=NOW)
    assert booking.contact.owner_id == booking.hosts[0].user_id == ana.id
    receipt = Receipt.from_json(booking.receipt)
    assert (receipt.rule, receipt.owner_source, receipt.owner_name) == ("owner_not_able", "company", "Gone")
    assert remarks(receipt) == ["Gone owns this contact's company and cannot host at present."]


@pytest.mark.rule("R24")
def test_the_receipt_says_by_what_the_owner_is_known(people: list[User]) -> None:
    ana, ben, _ = people
    link = round_robin(people, assign_owner=False)
    make_company(ana)
    met(ben, "eve@elsewhere.example")
    make_contact("cy@elsewhere.example", owner=ben)
    db.session.commit()
    said = []
    for number, email in enumerate((DANA, "eve@elsewhere.example", "cy@elsewhere.example")):
        booking = book(link, ask(NINE + (number + 3) * HALF_HOUR, nonce=email, email=email), now=NOW)
        said.append(sentence(Receipt.from_json(booking.receipt)))
    assert said == [
        "You own this contact's company.",
        "You met this contact last time.",
        "You own this contact.",
    ]


@pytest.mark.rule("R24")
def test_an_admin_sees_by_what_the_owner_is_known(people: list[User], client: FlaskClient) -> None:
    _ana, ben, _cleo = people
    make_company(ben)
    booking = book(round_robin(people), ask(), now=NOW)
    sign_in(client, make_user("Boss", role="admin"))
    page = client.get(f"/bookings/{booking.id}").text
    assert "<dt>Owner</dt><dd>Ben</dd>" in page
    assert "<dt>Known by</dt><dd>The owner of the contact&#39;s company.</dd>" in page
