"""What languages write differently around texts that are not theirs: lists, colons, a day with its time."""

from collections.abc import Iterable

from babel.dates import get_datetime_format
from babel.lists import format_list
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup


def colon(name: object) -> str:
    """`When:`, as it stands before what it names."""
    return str(_("%(name)s:", name=str(name)))


def listed(names: Iterable[object]) -> str:
    """Ana, Ben and Cleo."""
    return format_list([str(name) for name in names], locale=get_locale() or "en_GB")


def together(day: str, time: str) -> str:
    """Thursday 26 November 2026, 9:30: a day and a time of day, or a city and its offset, each in words."""
    return str(get_datetime_format("medium", locale=get_locale())).replace("{0}", time).replace("{1}", day)


def isolated(text: object) -> Markup:
    """A text of its own direction, such as a name or an address, for a page that may be read the other way."""
    return Markup("<bdi>{}</bdi>").format(text)
