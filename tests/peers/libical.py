"""Debian's libical as a judge of what we send: it checks iTIP texts by RFC 5546's own tables."""

import ctypes
import ctypes.util
import re
from functools import cache

import pytest


@cache
def _library() -> ctypes.CDLL:
    """The library. It must be there: what nobody judged may be wrong without anybody seeing it."""
    try:
        library = ctypes.CDLL("libical.so.3")
    except OSError:
        pytest.fail("libical is missing: apt-get install libical3")
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    library.icalrestriction_check.argtypes = [ctypes.c_void_p]
    library.icalcomponent_as_ical_string.restype = ctypes.c_char_p
    library.icalcomponent_as_ical_string.argtypes = [ctypes.c_void_p]
    library.icalcomponent_free.argtypes = [ctypes.c_void_p]
    return library


def complaints(text: bytes) -> list[str]:
    """What libical has against a calendar; nothing when it accepts it."""
    library = _library()
    component = library.icalparser_parse_string(text)
    if not component:
        return ["not a calendar"]
    try:
        accepted = library.icalrestriction_check(component)
        said = library.icalcomponent_as_ical_string(component).decode()
    finally:
        library.icalcomponent_free(component)
    errors = re.findall(r"^X-LIC-ERROR[^:]*:(.*)$", said.replace("\r\n ", ""), re.MULTILINE)
    return [error.strip() for error in errors] or ([] if accepted else ["refused"])
