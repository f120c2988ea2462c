"""Contacts by hand: who may, and that no address is that of two people."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from tests.at_once import at_once
from tests.factories import NOW, make_contact, make_user
from website.extensions import db
from website.models import Contact, ContactAddress, User
from website.services.contact import contact_for_booking, contact_known_as
from website.services.contact_address import AddressTaken
from website.services.contact_change import ContactValues, change_contact, create_contact, set_owner
from website.services.errors import BadRequest, NotAllowed, UnknownContact
from website.services.transaction import in_transaction

DANA = "dana@prospect.example"


def values(email: str = DANA, *further: str, owner: User | None = None) -> ContactValues:
    return ContactValues(email, "Dana", "+33 1", "Prospect", further, owner.id if owner else None)


def addresses_of(contact: Contact) -> list[str]:
    return [contact.email, *sorted(one.email for one in contact.addresses)]


@pytest.mark.both_engines
def test_a_contact_is_added_with_all_addresses_and_found_by_each(world: Flask) -> None:
    ana = make_user("Ana")
    db.session.commit()
    number = create_contact(values("DANA@prospect.example.", "Dana@Home.example", DANA), by=ana, now=NOW)
    contact = db.session.get_one(Contact, number)
    assert addresses_of(contact) == [DANA, "dana@home.example"]
    assert (contact.source, contact.created_at, contact.company) == ("hand", NOW, "Prospect")
    assert contact_known_as(" DANA@HOME.example ") is contact


@pytest.mark.both_engines
def test_addresses_change_places(world: Flask) -> None:
    ana = make_user("Ana")
    db.session.commit()
    number = create_contact(values(DANA, "b@x.example", "c@x.example"), by=ana, now=NOW)
    change_contact(number, values("c@x.example", DANA), by=ana)
    assert addresses_of(db.session.get_one(Contact, number)) == ["c@x.example", DANA]
    assert contact_known_as("b@x.example") is None
    change_contact(number, values("c@x.example", DANA), by=ana)


@pytest.mark.both_engines
@pytest.mark.parametrize("address", [DANA, "dana@home.example"])
def test_an_address_of_somebody_else_is_refused_by_name(world: Flask, address: str) -> None:
    ana = make_user("Ana")
    dana = make_contact(DANA, name="Dana Prospect")
    dana.addresses = [ContactAddress(email="dana@home.example")]
    eve = make_contact("eve@x.example")
    db.session.commit()
    for attempt in (
        lambda: create_contact(values(address), by=ana, now=NOW),
        lambda: create_contact(values("new@x.example", address), by=ana, now=NOW),
        lambda: change_contact(eve.id, values("eve@x.example", address), by=ana),
        lambda: change_contact(eve.id, values(address), by=ana),
    ):
        with pytest.raises(AddressTaken) as refused:
            attempt()
        assert (refused.value.address, refused.value.name) == (address, "Dana Prospect")
    assert db.session.query(Contact).count() == 2
    assert addresses_of(eve) == ["eve@x.example"]


@pytest.mark.both_engines
def test_of_many_who_add_an_address_at_once_one_gets_it(world: Flask) -> None:
    ana = make_user("Ana")
    others = [make_contact(f"other{number}@x.example") for number in range(3)]
    db.session.commit()
    ids, by = [other.id for other in others], ana.id

    def add_to(number: int) -> int:
        change_contact(ids[number], values(f"other{number}@x.example", DANA), by=db.session.get_one(User, by))
        return ids[number]

    works: list[Callable[[], int]] = [
        *(partial(add_to, number) for number in range(3)),
        lambda: create_contact(values(DANA), by=db.session.get_one(User, by), now=NOW),
        lambda: in_transaction(lambda: contact_for_booking(DANA, "Dana", owner_id=None, now=NOW).id),
    ]
    outcomes = at_once(world, lambda work: work(), works)
    holders = {
        *(contact.id for contact in db.session.query(Contact).filter_by(email=DANA)),
        *(one.contact_id for one in db.session.query(ContactAddress).filter_by(email=DANA)),
    }
    assert len(holders) == 1
    theirs = [one for one in outcomes if not isinstance(one, AddressTaken | IntegrityError)]
    # The booking takes the contact that is there; where it lost a race, it is decided anew.
    assert set(theirs) == holders
    assert sum(isinstance(one, IntegrityError) for one in outcomes[:4]) == 0


@pytest.mark.rule("R25")
def test_members_change_their_own_contacts_and_those_of_nobody(world: Flask) -> None:
    ana, ben = make_user("Ana"), make_user("Ben")
    own, free, hers = (
        make_contact(f"{name}@x.example", owner=owner)
        for name, owner in (("own", ben), ("free", None), ("hers", ana))
    )
    db.session.commit()
    change_contact(own.id, values("own@x.example", owner=ben), by=ben)
    change_contact(free.id, values("free@x.example"), by=ben)
    with pytest.raises(NotAllowed):
        change_contact(hers.id, values("hers@x.example", owner=ana), by=ben)
    assert (own.name, free.name, hers.name) == ("Dana", "Dana", "Dana")


@pytest.mark.rule("R25")
def test_members_take_unowned_contacts_and_give_up_their_own_and_no_more(world: Flask) -> None:
    admin, ana, ben = make_user("Cleo", role="admin"), make_user("Ana"), make_user("Ben")
    contact = make_contact()
    db.session.commit()
    set_owner(contact.id, ben.id, by=ben)
    for owner in (ana.id, admin.id):
        with pytest.raises(NotAllowed):
            set_owner(contact.id, owner, by=ben)
    with pytest.raises(NotAllowed):
        set_owner(contact.id, ana.id, by=ana)
    with pytest.raises(NotAllowed):
        set_owner(contact.id, None, by=ana)
    assert contact.owner_id == ben.id
    set_owner(contact.id, None, by=ben)
    with pytest.raises(NotAllowed):
        set_owner(contact.id, ana.id, by=ben)
    set_owner(contact.id, ana.id, by=admin)
    assert contact.owner_id == ana.id
    with pytest.raises(NotAllowed):
        create_contact(values("new@x.example", owner=ana), by=ben, now=NOW)
    create_contact(values("new@x.example", owner=ben), by=ben, now=NOW)


def test_who_left_becomes_no_owner_and_stays_one(world: Flask) -> None:
    admin, gone = make_user("Cleo", role="admin"), make_user("Gone", active=False)
    contact, free = make_contact(owner=gone), make_contact("free@x.example")
    db.session.commit()
    with pytest.raises(BadRequest):
        set_owner(free.id, gone.id, by=admin)
    change_contact(contact.id, values(DANA, owner=gone), by=admin)
    assert contact.owner_id == gone.id


def test_nobody_who_was_forgotten_is_changed(world: Flask) -> None:
    admin, contact = make_user("Cleo", role="admin"), make_contact("forgotten-1@invalid")
    contact.forgotten_at = NOW
    db.session.commit()
    with pytest.raises(UnknownContact):
        change_contact(contact.id, values(), by=admin)
    with pytest.raises(UnknownContact):
        set_owner(contact.id, admin.id, by=admin)
