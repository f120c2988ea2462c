"""Who may be chosen as owner, and who was."""

from collections.abc import Sequence

from flask_babel import gettext as _

from ...models import User
from ...services.contact_rights import may_own
from ...services.user import active_users
from ..access import me
from ..numbers import row_number

Choices = list[tuple[str, str]]


def owner_choices(owner: User | None) -> Choices:
    """Nobody, and the users whom the reader may make the owner in place of this one; the owner stays on offer."""
    former = owner.id if owner else None
    able = [user for user in active_users() if user.id == former or may_own(former, user.id, me())]
    gone = [owner] if owner is not None and owner not in able else []
    return [("", _("Nobody")), *_named([*able, *gone])]


def _named(users: Sequence[User]) -> Choices:
    return [(str(user.id), user.name) for user in users]


def chosen(text: str | None) -> int | None:
    """The number of the owner that a form sent, None for nobody. Raises ValueError for what is neither."""
    return row_number(text or "none") if text != "" else None
