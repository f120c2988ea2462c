"""What a page says of its link: with whom the meeting is, where, and who is seen beside its title."""

from flask_babel import gettext as _

from ...models import Link, User
from ...scheduling.kinds import LINK_KINDS
from ...scheduling.places import PLACES
from ...services.availability import scene_of
from ...services.contact import owner_of
from ...wording import listed
from .asked import Asked

# The drawing beside each kind of place (templates/components/icon.html).
ICONS = {"meet": "video", "phone": "phone", "url": "video"}
# Kinds whose name says enough where there are no words.
SAY_ENOUGH = ("meet", "phone")


def owner_named(asked: Asked) -> User | None:
    """The owner, where a personal link lets the page name them and they host (R20), else None (R22)."""
    if not asked.visitor.personal:
        return None
    scene = scene_of(asked.link, visitor=asked.visitor, duration=asked.duration, now=asked.now)
    return owner_of(asked.visitor) if scene.pool.owner_alone else None


def with_whom(link: Link) -> str:
    """The hosts' names where everybody who books meets the same ones, else empty (R22)."""
    return listed(_host_names(link)) if LINK_KINDS[link.kind].meets == "everyone" else ""


def place_shown(link: Link) -> tuple[str, str] | None:
    """The drawing and the words; None where nothing is said."""
    kind = link.place.get("kind", "")
    words = link.place.get("value") or (_(PLACES[kind].label) if kind in SAY_ENOUGH else "")
    return (ICONS.get(kind, "pin"), words) if words else None


def seen_as(link: Link) -> str:
    """Whose initials stand for a link without a picture: the one host's, else those of the title."""
    names = _host_names(link) if LINK_KINDS[link.kind].max_hosts == 1 else []
    return names[0] if names else link.title


def _host_names(link: Link) -> list[str]:
    return [host.user.name for host in link.hosts if not host.optional]
