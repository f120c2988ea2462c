"""Who may change a contact.

Everybody on the team sees all contacts. Admins change any of them. Members add contacts of their own or of nobody,
change those that they own or nobody owns, take unowned ones, and give up their own; whom somebody else owns they leave
alone.
"""

from ..models import Contact, User
from .errors import NotAllowed


def may_edit(contact: Contact, user: User) -> bool:
    """Admins, the contact's owner, and everybody where nobody owns the contact."""
    return user.is_admin or contact.owner_id in (None, user.id)


def may_own(former_id: int | None, owner_id: int | None, user: User) -> bool:
    """Whether the user may make `owner_id` the owner in place of `former_id`; None is nobody."""
    return user.is_admin or {former_id, owner_id} <= {None, user.id}


def allow_edit(contact: Contact, user: User) -> None:
    """Raises NotAllowed unless the user may change the contact."""
    if not may_edit(contact, user):
        raise NotAllowed
