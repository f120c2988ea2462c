"""Companies: a domain, a name, and who looks after them."""

import pytest
from flask import Flask

from tests.factories import make_user
from website.extensions import db
from website.models import Company, User
from website.services.company import CompanyValues, companies_like, remove_company, save_company
from website.services.errors import Invalid, NotAllowed, UnknownCompany


@pytest.fixture
def admin(world: Flask) -> User:
    found = make_user("Ana", role="admin")
    db.session.commit()
    return found


def test_a_company_is_added_changed_found_and_removed(admin: User) -> None:
    save_company(None, CompanyValues("https://www.XN--BCHER-KVA.example/", "Books", admin.id), by=admin)
    (company,), more = companies_like("", 1)
    assert (company.domain, company.name, company.owner, more) == ("bücher.example", "Books", admin, False)
    save_company(company.id, CompanyValues("@books.example", "Books"), by=admin)
    assert (company.domain, company.owner) == ("books.example", None)
    assert companies_like("ooks.ex", 1)[0] == [company]
    assert companies_like("nothing", 1)[0] == []
    remove_company(company.id, by=admin)
    assert companies_like("", 1) == ([], False)
    with pytest.raises(UnknownCompany):
        remove_company(1, by=admin)


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        ("gmail.com", "Anybody may have an address in this domain: it is nobody's company."),
        ("ACME.example.", "There is a company with this domain already."),
    ],
)
def test_a_domain_that_is_no_company_s_or_another_s_is_refused(admin: User, domain: str, why: str) -> None:
    save_company(None, CompanyValues("acme.example"), by=admin)
    with pytest.raises(Invalid) as refused:
        save_company(None, CompanyValues(domain), by=admin)
    assert refused.value.errors == {"domain": [why]}
    with pytest.raises(Invalid) as refused:
        save_company(None, CompanyValues("b.example", owner_id=99), by=admin)
    assert list(refused.value.errors) == ["owner"]
    assert db.session.query(Company).count() == 1


def test_members_change_no_company(admin: User) -> None:
    member = make_user("Ben")
    save_company(None, CompanyValues("acme.example"), by=admin)
    with pytest.raises(NotAllowed):
        save_company(1, CompanyValues("b.example"), by=member)
    with pytest.raises(NotAllowed):
        remove_company(1, by=member)
