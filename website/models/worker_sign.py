"""Signs of life of the workers."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from .types import UtcDateTime


class WorkerSign(Model):
    """When a worker process, named by host and number, was last at work."""

    __tablename__ = "worker_sign"

    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
