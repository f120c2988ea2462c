"""Finding a link by its address."""

from sqlalchemy import bindparam, select

from ..extensions import db
from ..models import Link
from .errors import LinkClosed, UnknownLink

_BY_SLUG = select(Link).where(Link.slug == bindparam("slug"))


def link_by_slug(slug: str) -> Link:
    """The link with this slug, switched on or off. Raises UnknownLink."""
    link: Link | None = db.session.scalar(_BY_SLUG, {"slug": slug})
    if link is None:
        raise UnknownLink
    return link


def open_link(slug: str) -> Link:
    """The link with this slug, if it takes bookings. Raises UnknownLink, LinkClosed."""
    link = link_by_slug(slug)
    if not link.active:
        raise LinkClosed
    return link
