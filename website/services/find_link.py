"""Finding a link by its address."""

from sqlalchemy import select

from ..extensions import db
from ..models import Link
from .errors import LinkClosed, UnknownLink


def link_by_slug(slug: str) -> Link:
    """The link with this slug, switched on or off. Raises UnknownLink."""
    link: Link | None = db.session.scalar(select(Link).where(Link.slug == slug))
    if link is None:
        raise UnknownLink
    return link


def open_link(slug: str) -> Link:
    """The link with this slug, if it takes bookings. Raises UnknownLink, LinkClosed."""
    link = link_by_slug(slug)
    if not link.active:
        raise LinkClosed
    return link
