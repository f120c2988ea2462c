"""The workspace file: idempotent, all or nothing, with errors that name their lines."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select

from tests.factories import NOW
from tests.services.test_booking import ask, stored
from website.extensions import db
from website.models import BuiltinEvent, Calendar, CalendarAccount, Contact, Link, User
from website.services.booking import book
from website.services.contact import NOBODY
from website.services.note import leave_note
from website.services.workspace_file import BadWorkspace, apply, decoded, export

ACME = """
[organisation]
name = "Acme"
timezone = "Europe/Paris"

[[users]]
email = "Ana@acme.example"
name = "Ana Alves"
timezone = "Europe/Lisbon"
role = "admin"
seat = true
hours = { mon = ["09:00-12:30", "13:30-17:00"], fri = ["09:00-12:00"] }

[[users.calendars]]
kind = "ics"
url = "https://calendar.example/ana.ics"
conflicts = true
receives_bookings = false

[[users.calendars]]
kind = "builtin"
receives_bookings = true
busy = [{ start = 2026-12-01T09:00:00Z, end = 2026-12-01T10:30:00Z, title = "Board" }]

[[users]]
email = "ben@acme.example"
name = "Ben"
seat = true
calendars = [{ kind = "builtin" }]

[[contacts]]
email = "dana@prospect.example"
name = "Dana Prospect"
owner = "ana@acme.example"

[[links]]
slug = "demo"
kind = "round_robin"
title = "Product demo"
timezone = "Europe/Paris"
durations = [30]
increment = 30
hours = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] }
overrides = { "2026-12-24" = [], "2026-12-23" = ["09:00-11:00"] }
hours_source = "link"
notice_minutes = 240
window_days = 60
buffer_before = 0
buffer_after = 10
max_per_day_per_host = 6
owner_first = true
owner_fallback_days = 0
rotation = "balanced"
hosts = [{ user = "ana@acme.example", weight = 2, priority = 1 }, { user = "ben@acme.example" }]
embed_origins = ["https://www.acme.example"]
"""


@pytest.mark.both_engines
@pytest.mark.rule("R40")
def test_a_file_is_applied_whole_and_a_second_time_changes_nothing(world: Flask) -> None:
    first = apply(ACME, prune=False, now=NOW)
    assert "added link demo" in first
    assert apply(ACME, prune=False, now=NOW) == []
    link = db.session.scalars(select(Link)).one()
    assert [(host.user.email, host.weight, host.priority) for host in link.hosts] == [
        ("ana@acme.example", 2, 1),
        ("ben@acme.example", 1, None),
    ]


OWNERS_AND_TURNS = ACME.replace(
    "owner_first = true", "owner_first = true\ncompany_owner = true\nprevious_host = true\ncrm_owner = true"
).replace(
    'hosts = [{ user = "ana@acme.example", weight = 2, priority = 1 }',
    """share_days = 90
hosts = [{ user = "ana@acme.example", weight = 2, priority = 1, paused_from = 2026-12-24, paused_until = 2027-01-02,
           max_per_day = 2, max_per_week = 9 }""",
)


@pytest.mark.both_engines
@pytest.mark.rule("R23")
def test_owners_and_turns_are_stated_exported_and_taken_back(world: Flask) -> None:
    """What a file leaves out is as by default: also a pause that was made by hand."""
    with pytest.raises(BadWorkspace):
        apply(OWNERS_AND_TURNS, prune=False, now=NOW)
    text = OWNERS_AND_TURNS.replace("\n           max_per_day", " max_per_day")
    apply(text, prune=False, now=NOW)
    assert apply(text, prune=False, now=NOW) == apply(export(), prune=True, now=NOW) == []
    link = db.session.scalars(select(Link)).one()
    ana, ben = link.hosts
    assert (link.company_owner, link.previous_host, link.crm_owner, link.share_days) == (True, True, True, 90)
    assert (ana.paused_from, ana.paused_until) == (date(2026, 12, 24), date(2027, 1, 2))
    assert (ana.max_per_day, ana.max_per_week, ben.paused_from) == (2, 9, None)
    assert apply(ACME, prune=False, now=NOW) == ["changed link demo"]
    assert (ana.paused_from, ana.max_per_day, link.previous_host, link.share_days) == (None, None, False, 30)


@pytest.mark.both_engines
def test_applying_an_export_changes_nothing(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    assert apply(export(), prune=True, now=NOW) == []


def test_the_language_that_somebody_chose_stays_where_the_file_says_nothing(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    ana = db.session.scalars(select(User).where(User.email == "ana@acme.example")).one()
    ana.language = "fr-FR"
    db.session.commit()
    assert apply(ACME, prune=False, now=NOW) == []
    assert ana.language == "fr-FR"
    assert apply(export(), prune=True, now=NOW) == []


def test_what_the_file_says_of_a_calendar_is_its_busy_time(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    assert [event.title for event in db.session.scalars(select(BuiltinEvent))] == ["Board"]


@pytest.mark.parametrize(
    ("good", "bad", "words"),
    [
        ('mon = ["09:00-17:00"]', 'mon = ["9-17"]', "links[0].hours"),
        ('kind = "round_robin"', 'kind = "ring"', "Choose one of"),
        ('owner = "ana@acme.example"', 'owner = "eve@acme.example"', "There is no user"),
        ('timezone = "Europe/Lisbon"', 'timezone = "Mars/Base"', "no such time zone"),
        ("seat = true\nhours", "seats = true\nhours", "no such field"),
        ("end = 2026-12-01T10:30:00Z", "end = 2026-12-01T08:30:00Z", "does not end after"),
        ("durations = [30]", "durations = [32]", "multiples of 5"),
        ('kind = "ics"', 'kind = "google"', "linked by signing in"),
        ("owner_first = true", "company_owner = 1\nowner_first = true", "Write true or false"),
        ("owner_first = true", "share_days = 6\nowner_first = true", "from 7 to 365"),
        (
            "priority = 1 }",
            "max_per_day = 0 }",
            "Host 1: the most bookings are a whole number from 1 to 1000",
        ),
        ("priority = 1 }", 'paused_from = "May" }', "Host 1: write dates such as 2026-12-24"),
        ("priority = 1 }", "paused_until = 2026-12-24T09:00:00Z }", "Host 1: write dates"),
        (
            "priority = 1 }",
            "paused_from = 2026-12-24, paused_until = 2026-12-23 }",
            "Host 1: the pause ends before it begins",
        ),
    ],
)
def test_an_error_names_its_line_and_nothing_is_stored(world: Flask, good: str, bad: str, words: str) -> None:
    text = ACME.replace(good, bad, 1)
    line = text[: text.index(bad)].count("\n") + 1
    with pytest.raises(BadWorkspace) as refused:
        apply(text, prune=False, now=NOW)
    assert f"line {line}: " in str(refused.value)
    assert words in str(refused.value)
    assert stored(User) == stored(Link) == stored(Contact) == 0


def test_a_text_that_is_no_toml_is_refused_with_its_line(world: Flask) -> None:
    with pytest.raises(BadWorkspace, match="line 2"):
        apply('a = 1\nb = "', prune=False, now=NOW)


def test_what_the_file_does_not_name_stays_unless_it_is_pruned(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    without = ACME[: ACME.index("[[contacts]]")]
    assert apply(without, prune=False, now=NOW) == []
    assert apply(without, prune=True, now=NOW) == [
        "removed link demo",
        "removed contact dana@prospect.example",
    ]


def test_a_link_with_bookings_is_switched_off_rather_than_removed(world: Flask) -> None:
    apply(ACME.replace('kind = "ics"\nurl = "https://calendar.example/ana.ics"', 'kind = "builtin"', 1).replace(
        '[[users.calendars]]\nkind = "builtin"\nconflicts = true\nreceives_bookings = false\n', ""
    ), prune=False, now=NOW)  # fmt: skip
    link = db.session.scalars(select(Link)).one()
    book(link, ask(email="new@prospect.example"), now=NOW)
    said = apply(ACME[: ACME.index("[[contacts]]")], prune=True, now=NOW)
    assert "switched off link demo: it has bookings" in said


@pytest.mark.rule("R3")
def test_a_fixed_range_of_dates_stands_alone(world: Flask) -> None:
    fixed = ACME.replace("window_days = 60", "window = { from = 2026-12-01, to = 2026-12-31 }")
    apply(fixed, prune=False, now=NOW)
    link = db.session.scalars(select(Link)).one()
    assert (link.window_days, str(link.window_from), str(link.window_to)) == (
        None,
        "2026-12-01",
        "2026-12-31",
    )
    assert apply(export(), prune=True, now=NOW) == []


@pytest.mark.rule("R42")
def test_the_creator_of_a_group_link_is_one_of_its_hosts(world: Flask) -> None:
    group = ACME.replace('kind = "round_robin"', 'kind = "group"').replace("owner_first = true\n", "")
    alone = group.replace('{ user = "ana@acme.example", weight = 2, priority = 1 }, ', "")
    with pytest.raises(BadWorkspace, match="creator of a group link is one of its hosts"):
        apply(alone + 'creator = "ana@acme.example"\n', prune=False, now=NOW)
    assert "added link demo" in apply(group + 'creator = "ben@acme.example"\n', prune=False, now=NOW)


@pytest.mark.both_engines
def test_pruning_never_leaves_a_site_without_an_admin(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    with pytest.raises(BadWorkspace, match="no admin"):
        apply('[organisation]\nname = "Acme"\n', prune=True, now=NOW)
    assert all(user.active for user in db.session.scalars(select(User)))


@pytest.mark.both_engines
def test_pruning_says_what_it_kept_because_of_bookings(world: Flask) -> None:
    text = ACME.replace(
        '[[users.calendars]]\nkind = "ics"\nurl = "https://calendar.example/ana.ics"\n'
        "conflicts = true\nreceives_bookings = false\n",
        "",
    )
    apply(text, prune=False, now=NOW)
    book(db.session.scalars(select(Link)).one(), ask(email="new@prospect.example"), now=NOW)
    said = apply(text, prune=True, now=NOW)
    assert "kept contact new@prospect.example: it has bookings" in said


def test_an_export_applied_to_an_empty_site_gives_the_same_export(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    text = export()
    for table in reversed(db.metadata.sorted_tables):
        db.session.execute(table.delete())
    db.session.commit()
    apply(text, prune=False, now=NOW)
    assert export() == text


def test_a_mark_at_the_start_of_the_file_is_passed_over(world: Flask) -> None:
    assert "added link demo" in apply("\ufeff" + ACME, prune=False, now=NOW)


def test_a_mark_is_passed_over_once_and_lines_are_counted_as_ever(world: Flask) -> None:
    with pytest.raises(BadWorkspace, match=r"^line 2: a: "):
        apply("\ufeff\na = 1", prune=False, now=NOW)


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"\xff\xfea\x00", 1), (b'a = "ok"\n\nb = "Caf\xe9"', 3), (b'\n"\xed\xa0\x80"', 2)],
    ids=["UTF-16", "Latin-1", "half a letter"],
)
def test_what_is_not_utf_8_is_refused_with_its_line(content: bytes, line: int) -> None:
    with pytest.raises(BadWorkspace, match=f"^line {line}: this is not UTF-8"):
        decoded(content)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, 1),
        ("\na = " + "9" * 5000, 2),
        ("a = 1\nb = [\n1,\n\n", 3),
        ("a = 1\na = 2", 2),
        ("\r\n\r\na = 1", 3),
        ("x = 1\x0b", 1),
    ],
    ids=["depth", "a long number", "no end", "twice", "other line ends", "a control character"],
)
def test_what_no_parser_can_read_is_refused_with_its_line(world: Flask, text: str, line: int) -> None:
    with pytest.raises(BadWorkspace, match=f"^line {line}: "):
        apply(text, prune=False, now=NOW)


@pytest.mark.both_engines
@pytest.mark.parametrize("fault", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_whatever_stops_it_half_way_nothing_is_stored(world: Flask, fault: type[BaseException]) -> None:
    def stop(*_: object) -> None:
        raise fault

    event.listen(Link, "before_insert", stop)
    try:
        with pytest.raises(fault):
            apply(ACME, prune=False, now=NOW)
    finally:
        event.remove(Link, "before_insert", stop)
    assert stored(User) == stored(Contact) == stored(BuiltinEvent) == 0
    assert "added link demo" in apply(ACME, prune=False, now=NOW)


def test_one_calendar_named_twice_is_refused(world: Flask) -> None:
    twice = 'calendars = [{ kind = "builtin" }]\n'
    with pytest.raises(BadWorkspace, match=r"users\[1\].calendars\[1\]: This calendar stands here twice."):
        apply(ACME.replace(twice, twice.replace("}]", '}, { kind = "builtin" }]')), prune=False, now=NOW)
    feed = ACME[ACME.index("[[users.calendars]]") : ACME.index('[[users.calendars]]\nkind = "builtin"')]
    with pytest.raises(BadWorkspace, match=r"users\[0\].calendars\[1\]: This calendar stands here twice."):
        apply(ACME.replace(feed, feed + feed), prune=False, now=NOW)


def test_every_mistake_is_named_at_once_in_the_order_of_the_lines(world: Flask) -> None:
    bad = ACME.replace("Europe/Lisbon", "Mars/Base").replace("weight = 2", "weight = 0, rank = 1")
    with pytest.raises(BadWorkspace) as refused:
        apply(
            bad.replace("start = 2026-12-01T09:00:00Z, end", "start = 2026-12-01T09:00:00, end"),
            prune=False,
            now=NOW,
        )
    said = str(refused.value).splitlines()
    assert [line.split(": ")[1] for line in said] == [
        "users[0].timezone", "users[0].calendars[1].busy[0].start", "links[0].hosts[0].rank",
        "links[0].hosts[0].weight",
    ]  # fmt: skip
    lines = [int(line.split(":")[0].removeprefix("line ")) for line in said]
    assert lines == sorted(lines)


def test_users_whom_nobody_knows_are_named_with_their_places(world: Flask) -> None:
    bad = ACME.replace('{ user = "ben@acme.example" }', '{ user = "eve@acme.example" }')
    with pytest.raises(BadWorkspace) as refused:
        apply(bad + 'creator = "finn@acme.example"\n', prune=False, now=NOW)
    assert [line.split(": ", 1)[1] for line in str(refused.value).splitlines()] == [
        "links[0].hosts[1].user: There is no user eve@acme.example.",
        "links[0].creator: There is no user finn@acme.example.",
    ]


@pytest.mark.rule("R42")
def test_a_group_link_that_stands_without_its_creator_is_left_as_it_is(world: Flask) -> None:
    """The creator left, was taken off, and came back: an export of that still changes nothing."""
    group = ACME.replace('kind = "round_robin"', 'kind = "group"').replace("owner_first = true\n", "")
    group = group.replace('{ user = "ana@acme.example", weight = 2, priority = 1 }, ', "")
    group += 'creator = "ana@acme.example"\n'
    gone = group.replace("seat = true\nhours", "seat = true\nactive = false\nhours")
    assert "added link demo" in apply(gone, prune=False, now=NOW)
    assert apply(group, prune=False, now=NOW) == ["changed user ana@acme.example"]
    assert apply(export(), prune=False, now=NOW) == []
    with pytest.raises(BadWorkspace, match=r"add ben@acme\.example"):
        apply(group.replace('creator = "ana', 'creator = "ben').replace('{ user = "ben', '{ user = "ana'),
              prune=False, now=NOW)  # fmt: skip


def test_pruning_keeps_an_admin_whom_the_file_names(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    ben = ACME.replace('name = "Ben"\n', 'name = "Ben"\nrole = "admin"\n')
    without = (
        ben[: ben.index("[[users]]")] + ben[ben.index('[[users]]\nemail = "ben') : ben.index("[[contacts]]")]
    )
    said = apply(without, prune=True, now=NOW)
    assert said == [
        "changed user ben@acme.example",
        "removed link demo",
        "removed contact dana@prospect.example",
        "deactivated user ana@acme.example",
    ]


@pytest.mark.both_engines
def test_pruning_twice_says_the_second_time_what_it_still_keeps(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    link = db.session.scalars(select(Link)).one()
    leave_note(link, NOBODY, name="Eve", email="eve@prospect.example", text="Hello", nonce="n", now=NOW)
    users = ACME[: ACME.index("[[contacts]]")]
    first, second = apply(users, prune=True, now=NOW), apply(users, prune=True, now=NOW)
    assert "switched off link demo: it has notes from visitors" in first
    assert second == ["kept link demo: it has notes from visitors"]


def test_busy_times_that_start_together_are_exported_in_one_order(world: Flask) -> None:
    board = '{ start = 2026-12-01T09:00:00Z, end = 2026-12-01T10:30:00Z, title = "Board" }'
    titles = ("Zulu", "Mike", "Alpha")
    for count in range(1, len(titles) + 1):
        busy = ", ".join(board.replace("Board", title) for title in titles[:count])
        apply(ACME.replace(board, busy), prune=False, now=NOW)
    places = [export().index(title) for title in titles]
    assert places == sorted(places, reverse=True)


def test_calendars_that_a_user_is_stated_without_are_unlinked_by_pruning_alone(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    other = ACME.replace("https://calendar.example/ana.ics", "https://calendar.example/other.ics")
    assert apply(other, prune=False, now=NOW) == ["added ics calendar of ana@acme.example"]
    assert apply(other, prune=True, now=NOW) == ["removed ics calendar of ana@acme.example"]
    assert apply(other, prune=True, now=NOW) == []
    unsaid = ACME.replace('calendars = [{ kind = "builtin" }]\n', "").replace("/ana.ics", "/other.ics")
    assert apply(unsaid, prune=True, now=NOW) == []
    none = ACME.replace('[{ kind = "builtin" }]', "[]").replace("/ana.ics", "/other.ics")
    assert apply(none, prune=False, now=NOW) == []
    assert apply(none, prune=True, now=NOW) == ["removed builtin calendar of ben@acme.example"]


def test_an_account_whose_calendars_were_found_by_its_user_is_left_alone(world: Flask) -> None:
    apply(ACME, prune=False, now=NOW)
    ana = db.session.scalars(select(User).where(User.email == "ana@acme.example")).one()
    secret = {"url": "https://dav.example/", "username": "ana", "password": "hush"}
    account = CalendarAccount(kind="caldav", secret=secret, user=ana)
    names = ("https://dav.example/ana/office/", "https://dav.example/ana/home/")
    account.calendars = [Calendar(external_id=name, conflicts=False) for name in names]
    db.session.add(account)
    db.session.commit()
    assert apply(ACME, prune=True, now=NOW) == []
    assert "hush" not in export()
    assert apply(export(), prune=True, now=NOW) == []
    assert [calendar.external_id for calendar in account.calendars] == list(names)


def receivers(email: str) -> list[str]:
    """The kinds of the user's calendars that receive bookings."""
    user = db.session.scalars(select(User).where(User.email == email)).one()
    return [one.account.kind for row in user.accounts for one in row.calendars if one.receives_bookings]


def test_one_calendar_of_a_user_receives_bookings_whatever_the_file_leaves_out(world: Flask) -> None:
    silent = ACME.replace("receives_bookings = true\n", "").replace("receives_bookings = false\n", "")
    apply(silent, prune=False, now=NOW)
    assert receivers("ana@acme.example") == ["builtin"]
    other = CalendarAccount(kind="google", user=db.session.scalars(select(User).limit(1)).one(), secret={})
    other.calendars = [Calendar(external_id="primary", receives_bookings=True)]
    db.session.add(other)
    email = other.user.email
    db.session.commit()
    apply(silent, prune=False, now=NOW)
    assert receivers(email) == ["google"]
    apply(ACME, prune=False, now=NOW)
    assert len(receivers(email)) == 1
