"""Owners in HubSpot, page by page, those who were archived too."""

from collections.abc import Iterator

from ..records import FoundOwner
from .api import OWNERS, Api, Json, path_of, understood

A_PAGE = "500"
MOST_PAGES = 100
# A queue owns records without being anybody.
A_PERSON = "PERSON"


def read_all(api: Api) -> list[FoundOwner]:
    """Every owner; who is listed among both is no longer archived."""
    rows = [row for archived in ("true", "false") for row in _pages(api, archived)]
    with understood():
        found = [_owner(row) for row in rows if row.get("type", A_PERSON) == A_PERSON]
    return list({owner.id: owner for owner in found}.values())


def _pages(api: Api, archived: str) -> Iterator[Json]:
    after = ""
    for _page in range(MOST_PAGES):
        query = {"limit": A_PAGE, "archived": archived} | ({"after": after} if after else {})
        answer = api.ask("GET", path_of(OWNERS), query=query)
        with understood():
            yield from answer.body["results"]
            after = answer.body.get("paging", {}).get("next", {}).get("after", "")
        if not after:
            return


def _owner(row: Json) -> FoundOwner:
    """The id is what contacts name; an owner's `userId` is something else."""
    name = " ".join(filter(None, (row.get("firstName"), row.get("lastName"))))
    return FoundOwner(str(row["id"]), row.get("email") or "", name, bool(row["archived"]))
