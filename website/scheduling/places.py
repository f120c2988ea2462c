"""Where a meeting takes place, as a table: a new kind of place is a row."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place. `label` is for translation; `video`: a calendar provider makes the meeting's address."""

    key: str
    label: str
    video: bool = False


_ROWS = (
    Place("", "Not said"),
    Place("meet", "Google Meet", video=True),
    Place("phone", "Phone"),
    Place("address", "Address"),
    Place("text", "Own text"),
    Place("url", "Web address"),
)

PLACES: dict[str, Place] = {place.key: place for place in _ROWS}
