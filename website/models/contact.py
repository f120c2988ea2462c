"""People whom the organisation knows, and notes that visitors leave."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ForeignKey, Index, func, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..extensions import Model
from .types import UtcDateTime

if TYPE_CHECKING:
    from .link import Link
    from .user import User


def _domain(address: str) -> str:
    """What follows the last @ of a column of addresses, in words that SQLite and PostgreSQL both understand and keep an
    index of."""
    return f"substr({address}, length(rtrim({address}, replace({address}, '@', ''))) + 1)"


class Contact(Model):
    """A person known to the organisation. `email` is the address that is written to, in the form in which addresses are
    compared (`website.services.contact.normal_email`); `addresses` are further ones by which the same person is known.
    `source` says where the contact came from first: booking, import, api, file, crm or hand. `crm_id` is the contact's
    in the CRM, where it is known. A person who was to be forgotten leaves a row without anything personal behind, with
    `forgotten_at`, for the bookings that were.

    Lists are read in the order of an index, however long they are: each of their filters has one."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_owner_id_email", "owner_id", "email"),
        Index("ix_contact_owner_id_id", "owner_id", "id"),
        Index("ix_contact_source_email", "source", "email"),
        Index("ix_contact_company", func.lower(literal_column("company"))),
        Index("ix_contact_name", func.lower(literal_column("name")), "id"),
        Index("ix_contact_domain", text(_domain("email"))),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    company: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    source: Mapped[str] = mapped_column(default="")
    crm_id: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    owner: Mapped["User | None"] = relationship()
    addresses: Mapped[list["ContactAddress"]] = relationship(
        back_populates="contact", cascade="all, delete-orphan", order_by="ContactAddress.email"
    )


class ContactAddress(Model):
    """A further address of a contact. No address is that of two people."""

    __tablename__ = "contact_address"
    __table_args__ = (Index("ix_contact_address_domain", text(_domain("email"))),)

    email: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), index=True)

    contact: Mapped["Contact"] = relationship(back_populates="addresses")


CONTACT_DOMAIN: ColumnElement[str] = literal_column(_domain("contact.email"))
ADDRESS_DOMAIN: ColumnElement[str] = literal_column(_domain("contact_address.email"))


class Company(Model):
    """Who owns everybody whose address lies in a domain, where a link heeds it (R20)."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

    owner: Mapped["User | None"] = relationship()


class Note(Model):
    """What a visitor wrote from a page without times (R20, R22)."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str]
    email: Mapped[str]
    text: Mapped[str]
    nonce: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    link: Mapped["Link"] = relationship()
