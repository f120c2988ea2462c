"""Personal links for many contacts, as a file for letters to all of them (R21)."""

from collections.abc import Callable, Iterator

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from ... import clock
from ...csv_cells import csv_lines
from ...forms.personal_link import ADDRESSES, EVERYBODY, FOUND, OWNED, UNOWNED, ManyContactsForm
from ...models import Link
from ...services.contact_list import Wanted
from ...services.errors import BadRequest
from ...services.personal_links_many import (
    Line,
    contacts_found,
    contacts_named_in,
    give_to_many,
)
from ...services.user import active_users
from ..access import may_edit_link, me
from ..addresses import own_address
from ..languages import translated

# Whom else one may choose, as a list of contacts would show them.
WANTED: dict[str, Callable[[ManyContactsForm], Wanted]] = {
    OWNED: lambda form: Wanted(owner_id=int(form.owner.data)),
    UNOWNED: lambda _: Wanted(unowned=True),
    FOUND: lambda form: Wanted(words=form.words.data),
    EVERYBODY: lambda _: Wanted(),
}
COLUMNS = ("email", "name", "owner", "personal_link")
# As many as one looks at.
SHOWN = 20


@may_edit_link
def make(link: Link) -> ResponseReturnValue:
    owners = [(str(user.id), user.name) for user in active_users()]
    form = ManyContactsForm(request.form, owners=owners)
    if request.method != "POST":
        return _page(link, form)
    unknown: list[str] = []
    if form.validate():
        try:
            ids, unknown = _whom(form)
            if ids and (not unknown or form.leave_out.data):
                return _file(link, ids, form.days.data)
            form.whom.errors = [_what_is_wrong(unknown)]
        except BadRequest as refused:
            form[refused.field].errors = [translated(refused.message)]
    return _page(link, form, unknown), 422


def _whom(form: ManyContactsForm) -> tuple[list[int], list[str]]:
    """The contacts that were chosen, and what was written that is none's address."""
    if form.whom.data == ADDRESSES:
        return contacts_named_in(form.emails.data or "", _text_sent())
    if form.whom.data == FOUND and not form.words.data:
        return [], []
    return contacts_found(WANTED[form.whom.data](form)), []


def _text_sent() -> str:
    """The file, in whatever of the usual encodings it is."""
    file = request.files.get("file")
    content = file.read() if file else b""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _what_is_wrong(unknown: list[str]) -> str:
    if not unknown:
        return str(_("This is nobody. Choose whom the personal links are for."))
    return str(
        ngettext(
            "%(num)s of these is no contact's address: it is listed below.",
            "%(num)s of these are no contact's address: they are listed below.",
            len(unknown),
        )
    )


def _page(link: Link, form: ManyContactsForm, unknown: list[str] | None = None) -> str:
    unknown = unknown or []
    return render_template(
        "workspace/personal_links/many.html",
        link=link,
        form=form,
        unknown=unknown[:SHOWN],
        more=len(unknown) - SHOWN,
    )


def _file(link: Link, ids: list[int], days: int) -> Response:
    address = own_address(f"/book/{link.slug}?for=")
    lines = give_to_many(link, ids, days=days, by=me(), now=clock.now())
    answer = Response(
        stream_with_context(csv_lines(_cells(lines, address))), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="personal-links-{link.slug}.csv"'
    return answer


def _cells(lines: Iterator[Line], address: str) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for line in lines:
        yield line.email, line.name, line.owner, address + line.token
