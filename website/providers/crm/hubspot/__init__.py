"""HubSpot, by one token: a service key, or a private app's."""

from .provider import HubSpot

__all__ = ["HubSpot"]
