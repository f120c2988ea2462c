"""A site that is linked to the stand-in for HubSpot."""

from dataclasses import replace

from tests.peers.hubspot import HubSpot
from website.config import Config


def with_hubspot(config: Config, hubspot: HubSpot) -> Config:
    """The settings of a site with a token of the stand-in's account."""
    return replace(config, hubspot_token=hubspot.token, hubspot_api_url=hubspot.url)
