"""Personal links, of a link and of a contact: made, listed, revoked (R21)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...forms.personal_link import OneContactForm, OneLinkForm
from ...models import Contact, Link, PersonalLink, User
from ...scheduling.kinds import LINK_KINDS
from ...sentences import gettext_noop
from ...services import personal_link
from ...services.contact_change import contact_by_id
from ...services.errors import NotAllowed, UnknownContact, UnknownPersonalLink
from ...services.find_link import link_by_slug
from ...services.listing import links_of
from ...services.personal_link import EXPIRED, REVOKED, WORKS
from ..access import may_edit_link, me, signed_in
from ..addresses import personal_address
from ..numbers import row_number
from ..responses import see_other
from .booking_words import moment
from .lists import page_asked

# The state of one: its tone, and what is said.
STATES = {
    WORKS: ("good", gettext_noop("works until %(when)s")),
    EXPIRED: ("idle", gettext_noop("expired on %(when)s")),
    REVOKED: ("idle", gettext_noop("revoked on %(when)s")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A personal link in words; `address` is empty where it does not work any more."""

    row: PersonalLink
    tone: str
    state: str
    made: str
    address: str


@may_edit_link
def of_link(link: Link) -> ResponseReturnValue:
    if request.method == "POST":
        return _made_for_contact(link)
    return _link_page(link, OneContactForm())


def _made_for_contact(link: Link) -> ResponseReturnValue:
    form = OneContactForm(request.form)
    if not form.validate():
        return _link_page(link, form), 422
    try:
        row = personal_link.give_to_address(
            link, form.email.data, days=form.days.data, by=me(), now=clock.now()
        )
    except UnknownContact:
        form.email.errors = [_("There is no contact with this address.")]
        return _link_page(link, form), 422
    return see_other(f"/links/{link.slug}/personal-links?made={row.id}&said=personal_link#made")


def _link_page(link: Link, form: OneContactForm) -> str:
    page, now = page_asked(), clock.now()
    rows, more = personal_link.given_on(link, page)
    return render_template(
        "workspace/personal_links/of_link.html",
        link=link,
        kind=LINK_KINDS[link.kind],
        form=form,
        rows=_rows(rows, now),
        made=_just_made(lambda row: row.link_id == link.id),
        working=personal_link.working_on(link, now),
        page=page,
        more=more,
    )


@signed_in
def of_contact(contact_id: int) -> ResponseReturnValue:
    contact, form = contact_by_id(contact_id), _contact_form()
    if request.method != "POST":
        return _contact_page(contact, form)
    if not form.validate():
        return _contact_page(contact, form), 422
    link = link_by_slug(form.link.data)
    row = personal_link.give(link, contact_id, days=form.days.data, by=me(), now=clock.now())
    return see_other(f"/contacts/{contact_id}/personal-links?made={row.id}&said=personal_link#made")


def _contact_page(contact: Contact, form: OneLinkForm) -> str:
    return render_template(
        "workspace/personal_links/of_contact.html",
        contact=contact,
        made=_just_made(lambda row: row.contact_id == contact.id),
        personal_links=personal_links_of(contact, form),
    )


def personal_links_of(contact: Contact, form: OneLinkForm | None = None) -> dict[str, Any]:
    """What `workspace/contacts/_personal_links.html` shows of a contact: a form to make one, and those that were made
    on links of whoever reads."""
    page = page_asked()
    rows, more = personal_link.given_to(contact, me(), page)
    return {
        "contact": contact,
        "form": form or _contact_form(),
        "rows": _rows(rows, clock.now()),
        "page": page,
        "more": more,
    }


def _contact_form() -> OneLinkForm:
    links = [(link.slug, link.title) for link in links_of(me()) if link.active]
    return OneLinkForm(request.form, links=links)


@signed_in
def revoke(number: int) -> ResponseReturnValue:
    row = personal_link.personal_link_for(me(), number)
    if request.method != "POST":
        came_from = request.args.get("from", "")
        return render_template(
            "workspace/personal_links/revoke.html", row=row, came_from=came_from, back=_back(row, came_from)
        )
    personal_link.revoke(number, by=me(), now=clock.now())
    return see_other(_back(row, request.form.get("from", "")) + "?said=revoked")


@may_edit_link
def revoke_all(link: Link) -> ResponseReturnValue:
    now = clock.now()
    if request.method != "POST":
        return render_template(
            "workspace/personal_links/revoke_all.html", link=link, working=personal_link.working_on(link, now)
        )
    personal_link.revoke_all(link, by=me(), now=now)
    return see_other(f"/links/{link.slug}/personal-links?said=revoked")


def _back(row: PersonalLink, came_from: str) -> str:
    """The list that somebody came from."""
    if came_from == "contact":
        return f"/contacts/{row.contact_id}/personal-links"
    return f"/links/{row.link.slug}/personal-links"


def _just_made(belongs_here: Callable[[PersonalLink], bool]) -> Row | None:
    """The one that was made just now, by what the address says."""
    number = request.args.get("made", type=row_number)
    if number is None:
        return None
    try:
        row = personal_link.personal_link_for(me(), number)
    except (UnknownPersonalLink, NotAllowed):
        return None
    return _rows([row], clock.now())[0] if belongs_here(row) else None


def _rows(rows: Iterable[PersonalLink], now: datetime) -> list[Row]:
    return [_row(row, me(), now) for row in rows]


def _row(row: PersonalLink, reader: User, now: datetime) -> Row:
    state = personal_link.state_of(row, now)
    tone, words = STATES[state]
    return Row(
        row,
        tone,
        _(words, when=moment(row.revoked_at or row.expires_at, reader)),
        _made_by(row.creator.name if row.creator else "", moment(row.created_at, reader)),
        personal_address(row) if state == WORKS else "",
    )


def _made_by(name: str, when: str) -> str:
    if name:
        return str(_("Made by %(name)s on %(when)s", name=name, when=when))
    return str(_("Made through the API on %(when)s", when=when))
