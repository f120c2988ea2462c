"""The pages of companies."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import make_organisation, make_user
from tests.views.workspace.test_links import sign_in, token_of
from website.extensions import db
from website.models import Company, User


@pytest.fixture
def ana(world: Flask) -> User:
    make_organisation()
    return make_user("Ana", role="admin")


def test_an_admin_adds_changes_and_removes_a_company(client: FlaskClient, ana: User) -> None:
    sign_in(client, ana)
    assert "No companies yet." in client.get("/companies").text
    data = {"csrf_token": token_of(client.get("/companies/new").text), "name": "Acme", "owner": str(ana.id)}
    for domain, said in (
        ("gmail.com", "Anybody may have an address in this domain"),
        ("x y", "Write a domain such as example.com."),
        ("", "Write the domain."),
    ):
        refused = client.post("/companies/new", data=data | {"domain": domain})
        assert refused.status_code == 422
        assert said in refused.text
        assert 'value="Acme"' in refused.text
    added = client.post("/companies/new", data=data | {"domain": "www.Acme.example"})
    assert added.location == "/companies?said=saved"
    assert "acme.example" in client.get("/companies?q=ACM").text
    company = db.session.query(Company).one()
    client.post(f"/companies/{company.id}/edit", data=data | {"domain": "acme.example", "owner": ""})
    db.session.refresh(company)
    assert company.owner_id is None
    assert "Remove Acme?" in client.get(f"/companies/{company.id}/remove").text
    client.post(f"/companies/{company.id}/remove", data=data)
    assert db.session.query(Company).count() == 0
    assert client.get(f"/companies/{company.id}/edit").status_code == 404


def test_a_member_sees_companies_and_changes_none(client: FlaskClient, ana: User) -> None:
    db.session.add(Company(domain="acme.example"))
    sign_in(client, make_user("Ben"))
    page = client.get("/companies").text
    assert "acme.example" in page
    assert "/edit" not in page
    for address in ("/companies/new", "/companies/1/edit", "/companies/1/remove"):
        assert client.get(address).status_code == 403
