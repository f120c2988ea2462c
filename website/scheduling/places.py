"""Where a meeting takes place, as a table: a new kind of place is a row."""

from dataclasses import dataclass

from ..sentences import gettext_noop


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of place. `label` is for translation; `video`: a calendar provider makes the meeting's address;
    `travel`: the invitee goes there."""

    key: str
    label: str
    video: bool = False
    travel: bool = False


_ROWS = (
    Place("", gettext_noop("Not said")),
    Place("meet", gettext_noop("Google Meet"), video=True),
    Place("phone", gettext_noop("Phone")),
    Place("address", gettext_noop("Address"), travel=True),
    Place("text", gettext_noop("Own words")),
    Place("url", gettext_noop("Web address")),
)

PLACES: dict[str, Place] = {place.key: place for place in _ROWS}
