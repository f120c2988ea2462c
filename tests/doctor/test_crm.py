"""What the doctor says of the CRM, and that it changes nothing there."""

import pytest
from flask import Flask

from tests.doctor.test_doctor import found, site
from tests.peers.hubspot import HubSpot
from tests.peers.hubspot_site import with_hubspot
from website.config import Config
from website.doctor import FAIL, OK, WARN


@pytest.fixture
def linked(config: Config, hubspot: HubSpot) -> Flask:
    return site(with_hubspot(config, hubspot))


def test_a_site_without_a_crm_is_in_order(app: Flask) -> None:
    assert found(app, "CRM") == (OK, "No CRM is linked: HUBSPOT_TOKEN is not set.")


def test_the_crm_answers_and_the_token_has_its_rights(linked: Flask, hubspot: HubSpot) -> None:
    assert found(linked, "CRM")[0] == OK
    assert hubspot.contacts == {}


@pytest.mark.parametrize(
    ("kind", "level", "said"),
    [
        ("unauthorized", FAIL, "HubSpot refuses the token in HUBSPOT_TOKEN"),
        ("not found", FAIL, "check HUBSPOT_API_URL and HUBSPOT_API_PREFIX"),
        ("daily", WARN, "was asked too often"),
        ("cut", FAIL, "HubSpot does not answer"),
        ("html", FAIL, "HubSpot does not answer"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(
    linked: Flask, hubspot: HubSpot, kind: str, level: str, said: str
) -> None:
    hubspot.fail(kind)
    assert found(linked, "CRM")[0] == level
    sentence = found(linked, "CRM")[1]
    assert said in sentence and hubspot.token not in sentence


def test_the_rights_that_are_missing_are_named(linked: Flask, hubspot: HubSpot) -> None:
    hubspot.scopes -= {"crm.objects.contacts.write", "crm.objects.owners.read"}
    level, sentence = found(linked, "CRM")
    assert level == FAIL
    assert "give it crm.objects.owners.read, crm.objects.contacts.write (docs/crm.md)" in sentence


def test_a_token_does_not_travel_in_the_open(config: Config) -> None:
    open_site = site(config, hubspot_token="pat", hubspot_api_url="http://hubspot.acme.example")
    assert found(open_site, "CRM") == (
        FAIL,
        "HUBSPOT_API_URL does not begin with https://: the token would travel in the open.",
    )
