"""Pictures of users and of links: kept once for each content, and thrown away when nobody shows them any more."""

import hashlib
from collections.abc import Callable

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.exc import IntegrityError

from ..extensions import db
from ..images import NotAPicture, TooLarge, square_webp
from ..models import Link, Picture, User
from ..scheduling.kinds import LINK_KINDS
from ..sentences import Sentence
from .errors import Invalid, NotAllowed
from .link import may_edit
from .transaction import in_transaction

NAME_LENGTH = 32
NOT_ONE = Sentence("Choose a picture: a JPEG, PNG, WebP or GIF file.")
TOO_LARGE = Sentence("This picture is too large: choose one of up to 5 MB and 30 megapixels.")


def show_user(content: bytes, *, of: User) -> None:
    """Gives a user a picture, made from any file. Raises Invalid for what is none."""
    made = _made(content)
    _change(lambda: setattr(of, "picture", _kept(made)))


def show_link(slug: str, content: bytes, *, by: User) -> None:
    """Gives a link a picture, made from any file. Raises NotAllowed (R42), and Invalid for what is none."""
    made = _made(content)
    _change(lambda: setattr(_link(slug, by), "picture", _kept(made)))


def hide_user(*, of: User) -> None:
    """Takes the picture of a user away."""
    in_transaction(lambda: setattr(of, "picture", ""))


def hide_link(slug: str, *, by: User) -> None:
    """Takes the picture of a link away. Raises NotAllowed (R42)."""
    in_transaction(lambda: setattr(_link(slug, by), "picture", ""))


def content_of(name: str) -> bytes | None:
    """The picture of that name, None where there is none."""
    return db.session.scalar(select(Picture.content).where(Picture.name == name))


def picture_for(link: Link) -> str:
    """The name of the picture that stands for a link: its own, else its host's where it has but one. Empty for none."""
    if link.picture or LINK_KINDS[link.kind].max_hosts != 1:
        return link.picture
    return next((host.user.picture for host in link.hosts), "")


def prune_pictures(most: int) -> int:
    """Removes pictures that nobody shows. Inside a transaction.

    They are locked first, then asked for again: somebody may have begun to show one in the meantime."""
    idle = select(Picture.name).where(~_shown()).limit(most).with_for_update()
    names = list(db.session.scalars(idle))
    gone = db.session.execute(delete(Picture).where(Picture.name.in_(names), ~_shown()))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _shown() -> ColumnElement[bool]:
    return exists().where(User.picture == Picture.name) | exists().where(Link.picture == Picture.name)


def _made(content: bytes) -> bytes:
    try:
        return square_webp(content)
    except TooLarge as error:
        raise Invalid({"picture": [TOO_LARGE]}) from error
    except NotAPicture as error:
        raise Invalid({"picture": [NOT_ONE]}) from error


def _change(work: Callable[[], None]) -> None:
    try:
        in_transaction(work)
    except IntegrityError:
        # Somebody else kept the very same picture at the same moment.
        in_transaction(work)


def _kept(content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()[:NAME_LENGTH]
    if db.session.get(Picture, name, with_for_update=True) is None:
        db.session.add(Picture(name=name, content=content))
    return name


def _link(slug: str, by: User) -> Link:
    link = db.session.scalars(select(Link).where(Link.slug == slug)).one()
    if not may_edit(link, by):
        raise NotAllowed
    return link
