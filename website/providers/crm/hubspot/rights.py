"""Which rights the token has: each is tried by a call that changes nothing."""

from collections.abc import Callable

from ..errors import CrmRefused
from .api import OBJECTS, OWNERS, Api, path_of

# No record has this id: whoever may write is told so.
NOBODY = "0"


def _read_owners(api: Api) -> None:
    api.ask("GET", path_of(OWNERS), query={"limit": "1", "archived": "false"})


def _read_contacts(api: Api) -> None:
    api.ask("GET", path_of(OBJECTS, "contacts"), query={"limit": "1"})


def _write_contacts(api: Api) -> None:
    path = path_of(OBJECTS, "contacts", NOBODY)
    api.ask("PATCH", path, body={"properties": {}}, allowed=(400, 404))


# By the name of the scope; meetings are written with the rights to contacts.
TRIALS: dict[str, Callable[[Api], None]] = {
    "crm.objects.owners.read": _read_owners,
    "crm.objects.contacts.read": _read_contacts,
    "crm.objects.contacts.write": _write_contacts,
}


def lacking(api: Api) -> list[str]:
    """The scopes that the token lacks. Raises CrmRefused where it is refused as a whole."""
    return [scope for scope, trial in TRIALS.items() if not _granted(api, trial)]


def _granted(api: Api, trial: Callable[[Api], None]) -> bool:
    try:
        trial(api)
    except CrmRefused as error:
        if not error.rights:
            raise
        return False
    return True
