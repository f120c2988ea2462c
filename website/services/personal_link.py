"""Personal links: addresses that say who comes, so that a page need not ask (R21)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, insert, select, update
from sqlalchemy.orm import joinedload

from ..extensions import db
from ..models import Contact, Link, PersonalLink, User
from ..sentences import Sentence
from ..tokens import MOST_PERSONAL_DAYS, BadToken, ExpiredToken, signer
from .contact import Visitor, contact_ids_of, normal_email, recognise_contact
from .crm import ask_crm
from .errors import BadRequest, NotAllowed, UnknownContact, UnknownPersonalLink
from .link import may_edit
from .listing import links_of
from .transaction import in_transaction

A_PAGE = 50
WORKS, EXPIRED, REVOKED = "works", "expired", "revoked"


def visitor_named_by(token: str, link: Link, now: datetime) -> Visitor:
    """Whom the `for=` token of a personal link names, on this link (R21). Raises BadToken for one of another link,
    ExpiredToken for one that does not work any more: its time has passed, it was revoked, or the contact is gone. May
    ask the CRM: never inside a transaction."""
    row = db.session.get(PersonalLink, signer.read_personal(token, now))
    if row is not None and row.link_id != link.id:
        raise BadToken
    if row is None or state_of(row, now) != WORKS or row.contact.forgotten_at is not None:
        raise ExpiredToken
    visitor = recognise_contact(row.contact_id, link, ask_crm(row.contact.email, link))
    if visitor is None:
        raise ExpiredToken
    return visitor


def state_of(row: PersonalLink, now: datetime) -> str:
    """Whether it still works: WORKS, EXPIRED or REVOKED."""
    if row.revoked_at is not None:
        return REVOKED
    return WORKS if now <= row.expires_at else EXPIRED


def token_of(row: PersonalLink) -> str:
    """The `for=` parameter of its address; the same each time."""
    return signer.personal(row.id, row.expires_at)


def give(link: Link, contact_id: int, *, days: int, by: User | None, now: datetime) -> PersonalLink:
    """Makes a personal link that works for so many days. `by` is None for a program. Raises NotAllowed, UnknownContact,
    BadRequest."""
    check_may_give(link, by)
    check_days(days)

    def work() -> PersonalLink:
        contact = db.session.get(Contact, contact_id)
        if contact is None or contact.forgotten_at is not None:
            raise UnknownContact
        (row_id,) = insert_rows(link.id, [contact_id], expires_at=expiry(now, days), by_id=_id(by), now=now)
        return db.session.get_one(PersonalLink, row_id)

    return in_transaction(work)


def give_to_address(link: Link, email: str, *, days: int, by: User | None, now: datetime) -> PersonalLink:
    """The same for whom an address belongs to, a further one included."""
    contact_id = contact_ids_of([email]).get(normal_email(email))
    if contact_id is None:
        raise UnknownContact
    return give(link, contact_id, days=days, by=by, now=now)


def give_to_addresses(
    link: Link, emails: Sequence[str], *, days: int, by: User | None, now: datetime
) -> list[PersonalLink | None]:
    """A personal link for each of these, None where an address belongs to no contact; in their order, all together."""
    check_may_give(link, by)
    check_days(days)

    def work() -> list[PersonalLink | None]:
        known = contact_ids_of(emails)
        found = [known.get(normal_email(email)) for email in emails]
        ids = [number for number in found if number is not None]
        made = iter(insert_rows(link.id, ids, expires_at=expiry(now, days), by_id=_id(by), now=now))
        return [db.session.get_one(PersonalLink, next(made)) if number else None for number in found]

    return in_transaction(work)


def insert_rows(
    link_id: int, contact_ids: Sequence[int], *, expires_at: datetime, by_id: int | None, now: datetime
) -> list[int]:
    """Stores a personal link for each contact, made by a user or a program (None); returns their numbers, in the same
    order. Inside a transaction."""
    if not contact_ids:
        return []
    shared = {"link_id": link_id, "creator_id": by_id, "created_at": now, "expires_at": expires_at}
    rows = [{"contact_id": contact_id, **shared} for contact_id in contact_ids]
    made = insert(PersonalLink).returning(PersonalLink.id, sort_by_parameter_order=True)
    return list(db.session.scalars(made, rows))


def _id(user: User | None) -> int | None:
    return user.id if user else None


def expiry(now: datetime, days: int) -> datetime:
    """The instant until which one made now works, in whole seconds, as its token says it."""
    return (now + timedelta(days=days)).replace(microsecond=0)


def check_days(days: int) -> None:
    """Raises BadRequest for a time that no personal link may work."""
    if not 1 <= days <= MOST_PERSONAL_DAYS:
        raise BadRequest("days", Sentence("Choose 1 to %(most)s days.", most=MOST_PERSONAL_DAYS))


def check_may_give(link: Link, user: User | None) -> None:
    """Members give out personal links of links they may change, admins and programs of all. Raises NotAllowed."""
    if user is not None and not may_edit(link, user):
        raise NotAllowed


def revoke(row_id: int, *, by: User | None, now: datetime) -> PersonalLink:
    """Ends a personal link before its time; one that was revoked before stays so. `by` is None for a program. Raises
    UnknownPersonalLink, NotAllowed."""

    def work() -> PersonalLink:
        row = db.session.get(PersonalLink, row_id, with_for_update=True)
        if row is None:
            raise UnknownPersonalLink
        check_may_give(row.link, by)
        row.revoked_at = row.revoked_at or now
        return row

    return in_transaction(work)


def personal_link_for(user: User, row_id: int) -> PersonalLink:
    """The personal link with this number, for who may revoke it. Raises UnknownPersonalLink, NotAllowed."""
    row = db.session.get(PersonalLink, row_id)
    if row is None:
        raise UnknownPersonalLink
    check_may_give(row.link, user)
    return row


def revoke_all(link: Link, *, by: User, now: datetime) -> int:
    """Ends all personal links of a link; returns how many there were. Raises NotAllowed."""
    check_may_give(link, by)
    ended = update(PersonalLink).where(PersonalLink.link_id == link.id, *_working(now)).values(revoked_at=now)
    return in_transaction(lambda: int(db.session.execute(ended).rowcount))  # type: ignore[attr-defined]


def working_on(link: Link, now: datetime) -> int:
    """How many personal links of a link work."""
    found = select(func.count(PersonalLink.id)).where(PersonalLink.link_id == link.id, *_working(now))
    return db.session.scalar(found) or 0


def _working(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return PersonalLink.revoked_at.is_(None), PersonalLink.expires_at >= now


def given_on(link: Link, page: int = 1) -> tuple[list[PersonalLink], bool]:
    """A page of the personal links of a link, newest first, and whether more follow."""
    return _page(select(PersonalLink).where(PersonalLink.link_id == link.id), page)


def given_to(contact: Contact, by: User, page: int = 1) -> tuple[list[PersonalLink], bool]:
    """The same for a contact, on the links that a user may change."""
    links = [link.id for link in links_of(by)]
    mine = (PersonalLink.contact_id == contact.id, PersonalLink.link_id.in_(links))
    return _page(select(PersonalLink).where(*mine), page)


def _page(found: Select[PersonalLink], page: int) -> tuple[list[PersonalLink], bool]:
    shown = (
        joinedload(PersonalLink.link), joinedload(PersonalLink.contact), joinedload(PersonalLink.creator),
    )  # fmt: skip
    wanted = found.order_by(PersonalLink.id.desc()).limit(A_PAGE + 1).offset((page - 1) * A_PAGE)
    rows = list(db.session.scalars(wanted.options(*shown)))
    return rows[:A_PAGE], len(rows) > A_PAGE
