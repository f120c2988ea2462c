"""What a booking's receipt says to its host, in the language of whoever reads it (R24)."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from .scheduling.receipt import Receipt, remarks, sentence


def why_you(receipt: Mapping[str, Any], reader_id: int) -> list[str]:
    """Why a user hosts a booking, in sentences; `receipt` is as it is stored."""
    known = Receipt.from_json(receipt)
    return [sentence(known, _, reader_id=reader_id), *remarks(known, _, reader_id=reader_id)]
