"""How the connection to a CRM stands."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from .types import UtcDateTime


class CrmState(Model):
    """When the owners of a CRM were last asked for, when they were last read, and what went wrong since: the name of
    the error and a sentence, empty when all is well."""

    __tablename__ = "crm_state"

    provider: Mapped[str] = mapped_column(primary_key=True)
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(default="")
