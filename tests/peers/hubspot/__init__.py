"""A strict stand-in for HubSpot's CRM, judged by HubSpot's own client."""

from .hubspot import HubSpot

__all__ = ["HubSpot"]
