"""The table of faults: what can go wrong. Each row is named by the tests that show that it does no harm
(`@pytest.mark.fault(number)`); tests/faults/test_rows.py holds the table against the tests.

7 is shown by the real code, with processes killed at random and lives of bookings under a clock of the test's own;
there is no simulator of the network beside them.
"""

ROWS: dict[int, str] = {
    1: "the same slot, wanted by many visitors at once",
    2: "groups, and hosts named in any order",
    3: "the same form posted again: double click, two tabs, back button, a proxy's retry",
    4: "the web process is killed at any step of a booking",
    5: "the worker is killed at any step of a delivery",
    6: "processes are killed at random",
    7: "random histories of many faults",
    8: "random lives of bookings against a naive model",
    9: "a provider answers with any status, to any verb",
    10: "a request times out before, or after, its effect",
    11: "answers that are malformed, cut, empty, huge or about something else",
    12: "a provider that is slow, or never answers",
    13: "slow clients: headers or bodies that drip",
    14: "access is revoked, or a password changed, while messages wait",
    15: "a provider is down for a day",
    16: "clocks that jump, stand still or differ",
    17: "the nights on which clocks change, in ten zones",
    18: "SQLite is locked by somebody who writes for long",
    19: "the disk is full, or read-only",
    20: "the disk or the connection fails at the n-th call",
    21: "PostgreSQL crashes and starts again under load",
    22: "PostgreSQL fails over to its standby",
    23: "connections are cut in mid-transaction, or used up; the server takes a transaction back",
    24: "upgrading a database that holds data",
    25: "a backup while people book, and restoring it",
    26: "a mail server that refuses, puts off, drops the line or dawdles",
    27: "notices of calendars that are missing, doubled, forged or late",
    28: "programs that post by the thousand, or replay a form",
    29: "finding out by trying addresses",
    30: "addresses that lead into inner networks",
    31: "an old web process beside a new worker, and a new schema",
    32: "a day and a night under load",
}
