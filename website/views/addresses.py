"""Addresses of this site as the world sees them."""

from flask import current_app, request

from ..models import PersonalLink
from ..services.personal_link import token_of


def own_address(path: str) -> str:
    """A whole address of ours; by BASE_URL, or where nobody set it by the one that the browser asked."""
    config = current_app.config["FIRSTHAND"]
    base: str = request.host_url.rstrip("/") if config.base_url_is_default else config.base_url
    return base + path


def personal_address(row: PersonalLink) -> str:
    """The whole address that a personal link is."""
    return own_address(f"/book/{row.link.slug}?for={token_of(row)}")


def inside(address: str) -> str:
    """An address of this site, and of no other."""
    is_inside = (
        address.startswith("/")
        and not address.startswith("//")
        and "\\" not in address
        and address.isprintable()
    )
    return address if is_inside else "/"
