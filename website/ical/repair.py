"""What feeds write wrong so often that it is set right before the parser sees it.

The parser drops a line that it cannot take apart, and with it a rule or an end: the event would look shorter
than it is. So whatever may make it stumble is taken out here.
"""

import re

RAW_DURATION = "X-RAW-DURATION"
"""A DURATION as it was written: days and hours differ when the clocks change (RFC 5545 §3.3.6)."""

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# Times hold no colon, so whatever stands before the last one is the zone's name: (UTC+01:00) Amsterdam, Berlin.
_BARE_ZONE = re.compile(r";TZID=([^\";]+)(?=:[^:]*$)", re.IGNORECASE)
_DECLINED = re.compile(r"[;:\s]PARTSTAT=\"?DECLINED\b", re.IGNORECASE)
_ADDRESS = re.compile(r":mailto:(\S+)\s*$|;EMAIL=\"?([^\";:,]+)", re.IGNORECASE)


def repaired(name: str, line: str) -> list[str]:
    """The content lines that say the same as this one of this name, in the standard's own way."""
    line = _CONTROL.sub("", line)
    if name == "ATTENDEE":
        return _attendee(line)
    line = _BARE_ZONE.sub(r';TZID="\1"', line)
    return [line, f"{RAW_DURATION}:{line.partition(':')[2]}"] if name == "DURATION" else [line]


def _attendee(line: str) -> list[str]:
    """An attendee who declined, without names, which are quoted badly, and with the address that counts.

    Some servers have their own addresses for people, and give theirs as a parameter (RFC 7986 §6.2).
    """
    found = list(_ADDRESS.finditer(line)) if _DECLINED.search(line) else []
    return [f"ATTENDEE;PARTSTAT=DECLINED:mailto:{found[-1][1] or found[-1][2]}"] if found else []
