"""Who may sign in, and as whom: known, invited, of a domain of ours, or with the first admin's code."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.at_once import at_once
from tests.factories import NOW, make_organisation, make_user
from website.config import in_force, put_in_force
from website.extensions import db
from website.models import Identity, User
from website.services.errors import NotInvited
from website.services.first_admin import first_admin_code, has_admin
from website.services.sign_in import Person, sign_in

ADA = Person("https://accounts.example", "1001", "ada@acme.example", True, "Ada")
HERS = replace(ADA, domain="acme.example")


@pytest.fixture
def team(world: Flask) -> Flask:
    """A site with an admin in whose settings acme.example is a domain of ours."""
    make_organisation(timezone="Europe/Lisbon")
    make_user("Cleo", role="admin", email="cleo@acme.example")
    db.session.commit()
    put_in_force(replace(in_force(), sign_in_domains=("acme.example",)))
    return world


def invited(email: str = "ada@acme.example", **values: object) -> User:
    user = make_user("Ada Invited", email=email, calendar=False, **values)
    db.session.commit()
    return user


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def refused(person: Person, **more: str) -> bool:
    """Whether the person is refused; then nothing may have been stored."""
    before = count(User), count(Identity)
    with pytest.raises(NotInvited):
        sign_in(person, now=NOW, **more)
    assert (count(User), count(Identity)) == before
    return True


def test_whoever_was_invited_is_bound_at_the_first_sign_in(team: Flask) -> None:
    user = invited()
    assert sign_in(replace(ADA, email="Ada@ACME.example"), now=NOW) == user
    identity = user.identities[0]
    assert (identity.issuer, identity.subject, identity.created_at) == (ADA.issuer, ADA.subject, NOW)
    assert (user.name, user.role, user.email) == ("Ada Invited", "member", "ada@acme.example")


def test_from_then_on_the_subject_alone_decides(team: Flask) -> None:
    user = invited()
    sign_in(ADA, now=NOW)
    assert sign_in(replace(ADA, email="ada@married.example"), now=NOW) == user
    assert sign_in(replace(ADA, email="", email_verified=False), now=NOW) == user
    assert count(Identity) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "1002"},
        {"issuer": "https://else.example"},
        {"subject": "1002", "domain": "acme.example"},
    ],
)
def test_another_account_with_the_same_address_does_not_take_the_user_over(
    team: Flask, other: dict[str, str]
) -> None:
    invited()
    sign_in(ADA, now=NOW)
    assert refused(replace(ADA, **other))


def test_an_address_that_the_provider_did_not_verify_proves_nothing(team: Flask) -> None:
    invited()
    assert refused(replace(ADA, email_verified=False))
    assert refused(replace(HERS, email_verified=False))


def test_letters_that_only_look_alike_in_small_are_not_the_same_address(team: Flask) -> None:
    invited("kim@acme.example")
    assert refused(replace(ADA, email="\u212aim@acme.example"))


def test_whoever_is_of_our_domain_becomes_a_member_without_a_seat(team: Flask) -> None:
    user = sign_in(replace(HERS, email="Ada@Acme.example"), now=NOW)
    assert (user.email, user.name, user.timezone) == ("ada@acme.example", "Ada", "Europe/Lisbon")
    assert (user.role, user.seat, user.active) == ("member", False, True)
    assert sign_in(replace(ADA, email="x@y.example"), now=NOW) == user


def test_an_address_at_our_domain_is_not_membership(team: Flask) -> None:
    assert refused(ADA)


def test_another_domain_is_not_ours(team: Flask) -> None:
    assert refused(replace(ADA, domain="evil.example"))
    assert refused(replace(ADA, domain="acme.example.evil.example"))


def test_no_domain_is_ours_unless_the_settings_say_so(team: Flask) -> None:
    put_in_force(replace(in_force(), sign_in_domains=()))
    assert refused(HERS)
    assert refused(ADA)


def test_without_an_address_nobody_is_made_or_found(team: Flask) -> None:
    assert refused(replace(HERS, email="", email_verified=True))


@pytest.mark.parametrize("person", [ADA, HERS])
def test_whoever_left_is_refused_known_or_not(team: Flask, person: Person) -> None:
    user = invited(active=False)
    assert refused(person)
    user.active = True
    db.session.commit()
    sign_in(person, now=NOW)
    user.active = False
    db.session.commit()
    assert refused(person)


def test_with_the_code_whoever_signs_in_first_becomes_admin_with_a_seat(world: Flask) -> None:
    code = first_admin_code()
    assert code is not None
    user = sign_in(ADA, code=code, now=NOW)
    assert (user.role, user.seat, user.email) == ("admin", True, "ada@acme.example")
    assert first_admin_code() is None
    assert refused(replace(ADA, subject="2", email="eve@else.example"), code=code)


def test_the_code_is_the_same_everywhere_and_dies_with_its_use(world: Flask) -> None:
    first = first_admin_code()
    assert first == first_admin_code()
    assert first is not None
    admin = sign_in(ADA, code=first.lower().replace("-", " "), now=NOW)
    admin.active = False
    db.session.commit()
    second = first_admin_code()
    assert second not in (None, first)
    assert refused(replace(ADA, subject="2", email="eve@else.example"), code=first)
    assert sign_in(ADA, code=str(second), now=NOW) == admin
    assert has_admin()


def test_the_code_reads_letters_that_look_like_digits(world: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("website.services.first_admin.first_admin_code", lambda: "1010-0000-1111-ABCD")
    assert sign_in(ADA, code="iOlo-OOOO-llll-abcd", now=NOW).is_admin


def test_the_code_needs_the_secret_key(world: Flask) -> None:
    code = first_admin_code()
    put_in_force(replace(in_force(), secret_key="another secret key of the tests"))
    assert refused(ADA, code=str(code))
    assert refused(ADA, code="0000-0000-0000-0000")
    assert refused(ADA, code="ключ")


def test_the_code_makes_a_member_admin_but_gives_nobody_somebody_else_s_user(world: Flask) -> None:
    member = invited()
    sign_in(ADA, now=NOW)
    code = str(first_admin_code())
    assert refused(replace(ADA, subject="2"), code=code)
    assert sign_in(ADA, code=code, now=NOW) == member
    assert (member.role, member.seat) == ("admin", True)


@pytest.mark.both_engines
def test_of_several_who_use_the_code_at_once_one_becomes_admin(world: Flask) -> None:
    code = str(first_admin_code())
    people = [replace(ADA, subject=str(number), email=f"p{number}@acme.example") for number in range(6)]
    answers = at_once(world, lambda person: sign_in(person, code=code, now=NOW).id, people)
    refusals = [answer for answer in answers if isinstance(answer, NotInvited)]
    assert len(refusals) == 5, answers
    assert [user.role for user in db.session.scalars(select(User))] == ["admin"]


@pytest.mark.both_engines
def test_one_account_in_several_tabs_at_once_is_one_user(team: Flask) -> None:
    answers = at_once(team, lambda person: sign_in(person, now=NOW).id, [HERS] * 6)
    assert len(set(answers)) == 1, answers
    assert count(Identity) == 1


@pytest.mark.both_engines
def test_of_several_accounts_with_the_invited_address_at_once_one_is_bound(team: Flask) -> None:
    user_id = invited().id
    people = [replace(ADA, subject=str(number)) for number in range(6)]
    answers = at_once(team, lambda person: sign_in(person, now=NOW).id, people)
    assert sorted(map(str, answers)) == sorted([str(user_id), *[""] * 5])
    assert count(Identity) == 1
