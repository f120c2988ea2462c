"""The table of faults: what can go wrong, and where it is shown that it does no harm.

A test names its rows by `@pytest.mark.fault(number)`. A row that is shown elsewhere, in part only or not at all says so
here. tests/faults/test_rows.py holds the table against the tests.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A fault. `elsewhere`: files, or tests as file::name, that show it without naming it; `why`: why they do not name
    it, or what is not shown."""

    fault: str
    elsewhere: tuple[str, ...] = ()
    why: str = ""


NAMED_THERE = "They are about killing and remembering as a whole, and have their own list of points."

ROWS: dict[int, Row] = {
    1: Row("the same slot, wanted by many visitors at once"),
    2: Row("groups, and hosts named in any order"),
    3: Row("the same form posted again: double click, two tabs, back button, a proxy's retry"),
    4: Row("the web process is killed at any step of a booking", ("tests/chaos/test_short.py",), NAMED_THERE),
    5: Row("the worker is killed at any step of a delivery", ("tests/chaos/test_short.py",), NAMED_THERE),
    6: Row("processes are killed at random", ("tests/chaos/test_short.py",), NAMED_THERE),
    7: Row(
        "random histories of many faults",
        ("tests/chaos/test_short.py", "tests/flows/test_booking_life.py"),
        "By the real code: processes killed at random, and lives of bookings under a clock of the test's own. There is"
        " no simulator of the network beside them.",
    ),
    8: Row(
        "random lives of bookings against a naive model",
        ("tests/flows/test_booking_life.py",),
        "It is one test, of every rule at once.",
    ),
    9: Row("a provider answers with any status, to any verb"),
    10: Row("a request times out before, or after, its effect"),
    11: Row("answers that are malformed, cut, empty, huge or about something else"),
    12: Row("a provider that is slow, or never answers"),
    13: Row("slow clients: headers or bodies that drip"),
    14: Row("access is revoked, or a password changed, while messages wait"),
    15: Row("a provider is down for a day"),
    16: Row("clocks that jump, stand still or differ"),
    17: Row("the nights on which clocks change, in ten zones"),
    18: Row("SQLite is locked by somebody who writes for long"),
    19: Row("the disk is full, or read-only"),
    20: Row("the disk or the connection fails at the n-th call"),
    21: Row("PostgreSQL crashes and starts again under load"),
    22: Row("PostgreSQL fails over to its standby"),
    23: Row("connections are cut in mid-transaction, or used up; the server takes a transaction back"),
    24: Row(
        "upgrading a database that holds data", ("tests/test_migrations.py",), "All of that file is about it."
    ),
    25: Row(
        "a backup while people book, and restoring it",
        ("tests/test_backup.py",),
        "All of that file is about it.",
    ),
    26: Row("a mail server that refuses, puts off, drops the line or dawdles"),
    27: Row("notices of calendars that are missing, doubled, forged or late"),
    28: Row("programs that post by the thousand, or replay a form"),
    29: Row("finding out by trying addresses"),
    30: Row("addresses that lead into inner networks"),
    31: Row("an old web process beside a new worker, and a new schema"),
    32: Row("a day and a night under load"),
}
