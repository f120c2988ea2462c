"""Keys change: what is stored moves to the newest one, what was signed with an older one still holds."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Text, literal_column, select, type_coerce, update

from tests.factories import NOW, make_feed, make_link, make_user
from website.extensions import db, vault
from website.models import CalendarAccount
from website.services.stored_secrets import check_secrets, give_up_secrets, rotate_secrets
from website.tokens import BadToken, signer
from website.vault import Vault, WrongKey

OLD, NEW, FOREIGN = "the old secret key of tests", "the new secret key of tests", "a foreign secret key"
URL = "https://feeds.acme.example/a.ics"


@pytest.fixture(autouse=True)
def bound(world: Flask) -> None:
    """The process has the old key; the next application that is made binds its own."""
    keys(OLD)


def keys(*secrets: str) -> None:
    vault.bind(*secrets)
    signer.bind(*secrets)
    db.session.expire_all()


def stored() -> list[str]:
    """The texts in the database."""
    db.session.rollback()
    return list(db.session.scalars(select(type_coerce(CalendarAccount.secret, Text)).order_by("id")))


def feeds(count: int = 2) -> list[CalendarAccount]:
    made = [make_feed(make_user(f"U{number}", calendar=False), URL) for number in range(count)]
    db.session.commit()
    return made


def test_rotation_moves_every_secret_to_the_newest_key_once(world: Flask) -> None:
    first, second = feeds()
    keys(NEW, OLD)
    assert first.secret == {"url": URL}
    done = rotate_secrets()
    assert (done.renewed, done.current, done.unreadable) == (2, 0, 0)
    texts = stored()
    again = rotate_secrets()
    assert (again.renewed, again.current, again.unreadable) == (0, 2, 0)
    assert stored() == texts
    keys(NEW)
    assert (first.secret, second.secret) == ({"url": URL}, {"url": URL})
    check_secrets()
    keys(OLD)
    with pytest.raises(WrongKey):
        check_secrets()


def test_what_no_key_opens_is_counted_and_left_alone(world: Flask) -> None:
    feeds(1)
    keys(FOREIGN)
    before = stored()
    done = rotate_secrets()
    assert (done.renewed, done.current, done.unreadable) == (0, 0, 1)
    assert stored() == before


@pytest.mark.rule("R12")
def test_secrets_that_are_given_up_break_their_accounts_and_no_others(world: Flask) -> None:
    lost, builtin = feeds(1)[0], make_user("Ben").accounts[0]
    db.session.commit()
    keys(NEW)
    kept = feeds(1)[0]
    assert give_up_secrets(NOW) == 2
    assert (lost.secret, lost.broken, lost.broken_at, builtin.secret, builtin.broken) == (
        {},
        True,
        NOW,
        {},
        False,
    )
    assert (kept.secret, kept.broken) == ({"url": URL}, False)
    assert give_up_secrets(NOW) == 0
    check_secrets()


def test_a_secret_that_is_renewed_meanwhile_is_not_put_back(
    world: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = feeds(1)[0]
    account_id = account.id
    keys(NEW, OLD)
    newer = vault.lock({"url": "https://feeds.acme.example/newer.ics"})
    renew = Vault.renew

    def while_somebody_stores(self: Vault, locked: str) -> str:
        text = type_coerce(literal_column(f"'{newer}'"), Text)
        mine = update(CalendarAccount).where(CalendarAccount.id == account_id).values(secret=text)
        db.session.execute(mine, execution_options={"synchronize_session": False})
        return renew(self, locked)

    monkeypatch.setattr(Vault, "renew", while_somebody_stores)
    rotate_secrets()
    assert stored() == [newer]


def test_what_was_signed_with_the_old_key_holds_as_long_as_it_is_named(world: Flask) -> None:
    link = make_link(hosts=[make_user()])
    form, who = signer.form(link.id, NOW), signer.who("dana@prospect.example", NOW)
    personal = signer.personal(7, NOW + timedelta(days=1))
    keys(NEW, OLD)
    assert signer.read_form(form, link.id, NOW)
    assert signer.read_who(who, NOW).email == "dana@prospect.example"
    assert signer.read_personal(personal, NOW) == 7
    keys(NEW)
    with pytest.raises(BadToken):
        signer.read_form(form, link.id, NOW)
    with pytest.raises(BadToken):
        signer.read_who(who, NOW)
    with pytest.raises(BadToken):
        signer.read_personal(personal, NOW)


def test_new_signatures_are_made_with_the_newest_key(world: Flask) -> None:
    keys(NEW, OLD)
    form = signer.form(1, NOW)
    keys(NEW)
    assert signer.read_form(form, 1, NOW)
