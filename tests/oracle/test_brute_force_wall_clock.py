"""The oracle's hours, zones and DST days against answers worked out by hand, in UTC."""

import pytest

from tests.oracle.asking import daily, hours, personal, starts


@pytest.mark.rule("R1")
def test_a_slot_lies_in_the_hours_for_its_whole_length():
    link = personal(daily("Europe/London", "09:00-10:00"), duration=30, increment=15)
    assert starts(link, "2027-01-12") == ["01-12 09:00", "01-12 09:15", "01-12 09:30"]


@pytest.mark.fault(17)
@pytest.mark.rule("R1")
def test_a_skipped_hour_has_no_minutes():
    """London, 28 March 2027: 01:00 becomes 02:00 at 01:00 UTC. 00:00 to 03:00 is two hours long."""
    link = personal(hours("Europe/London", {"sun": ["00:00-03:00"]}), increment=30)
    assert starts(link, "2027-03-28") == ["03-28 00:00", "03-28 00:30", "03-28 01:00"]


@pytest.mark.rule("R1")
def test_hours_inside_a_skipped_hour_are_empty():
    link = personal(hours("Europe/London", {"sun": ["01:00-02:00"]}), duration=15, increment=5)
    assert starts(link, "2027-03-28") == []


@pytest.mark.fault(17)
@pytest.mark.rule("R1")
def test_a_repeated_hour_counts_twice():
    """London, 31 October 2027: 02:00 becomes 01:00 at 01:00 UTC. 01:00 to 02:00 lasts 00:00 to 02:00 UTC."""
    link = personal(hours("Europe/London", {"sun": ["01:00-02:00"]}), increment=30)
    assert starts(link, "2027-10-31") == ["10-31 00:00", "10-31 00:30", "10-31 01:00"]


@pytest.mark.rule("R1")
def test_lord_howe_repeats_half_an_hour():
    """4 April 2027: 02:00 (+11) becomes 01:30 (+10:30) at 15:00 UTC on the 3rd. 01:00 to 03:00 lasts 2.5
    hours, 14:00 to 16:30 UTC. Full hours are read at 14:00 UTC (01:00) and 15:30 UTC (02:00)."""
    link = personal(hours("Australia/Lord_Howe", {"sun": ["01:00-03:00"]}))
    assert starts(link, "2027-04-03") == ["04-03 14:00", "04-03 15:30"]


@pytest.mark.rule("R1")
def test_lord_howe_skips_half_an_hour():
    """3 October 2027: 02:00 (+10:30) becomes 02:30 (+11) at 15:30 UTC on the 2nd. 01:00 to 03:00 lasts 1.5
    hours, 14:30 to 16:00 UTC. 02:30 is the first reading after 01:59."""
    link = personal(hours("Australia/Lord_Howe", {"sun": ["01:00-03:00"]}), increment=30)
    assert starts(link, "2027-10-02") == ["10-02 14:30", "10-02 15:00"]


@pytest.mark.rule("R1")
def test_casablanca_goes_back_an_hour_when_ramadan_begins():
    """15 February 2026: 03:00 (+1) becomes 02:00 (+0) at 02:00 UTC. 02:00 to 03:00 is 01:00 to 03:00 UTC."""
    link = personal(hours("Africa/Casablanca", {"sun": ["02:00-03:00"]}))
    assert starts(link, "2026-02-15") == ["02-15 01:00", "02-15 02:00"]


@pytest.mark.rule("R1")
def test_casablanca_goes_forward_an_hour_when_ramadan_is_over():
    """22 March 2026: 02:00 (+0) becomes 03:00 (+1) at 02:00 UTC. 01:00 to 04:00 lasts 01:00 to 03:00 UTC."""
    link = personal(hours("Africa/Casablanca", {"sun": ["01:00-04:00"]}))
    assert starts(link, "2026-03-22") == ["03-22 01:00", "03-22 02:00"]


@pytest.mark.rule("R1")
def test_a_slot_may_lie_over_midnight_where_both_days_are_open():
    """8 January 2027 is a Friday. Kathmandu is 5:45 ahead: 22:00 is 16:15 UTC."""
    link = personal(hours("Asia/Kathmandu", {"fri": ["22:00-24:00"], "sat": ["00:00-01:00"]}), increment=30)
    expected = ["01-08 16:15", "01-08 16:45", "01-08 17:15", "01-08 17:45", "01-08 18:15"]
    assert starts(link, "2027-01-08", days=2) == expected


@pytest.mark.rule("R1")
def test_twenty_four_is_an_end_and_a_closed_morning_keeps_slots_from_midnight():
    link = personal(hours("UTC", {"fri": ["22:00-24:00"]}), increment=30)
    assert starts(link, "2027-01-08", days=2) == ["01-08 22:00", "01-08 22:30", "01-08 23:00"]


@pytest.mark.rule("R1")
def test_ranges_that_touch_are_one():
    link = personal(daily("UTC", "09:00-10:02", "10:02-11:00"))
    assert starts(link, "2027-01-08") == ["01-08 09:00", "01-08 10:00"]


@pytest.mark.rule("R1")
def test_an_override_replaces_its_dates_weekly_hours():
    opening = hours(
        "UTC", {"fri": ["09:00-17:00"]}, {"2027-01-08": ["12:00-13:00"], "2027-01-09": ["07:00-08:00"]}
    )
    assert starts(personal(opening), "2027-01-08", days=2) == ["01-08 12:00", "01-09 07:00"]


@pytest.mark.rule("R1")
def test_an_empty_override_closes_the_day():
    opening = hours("UTC", {"fri": ["09:00-17:00"]}, {"2027-01-08": []})
    assert starts(personal(opening), "2027-01-08") == []


@pytest.mark.rule("R1")
def test_an_override_is_a_date_of_the_hours_zone():
    """8 January in Kiritimati (+14) lasts from 7 January, 10:00 UTC, to 8 January, 10:00 UTC."""
    opening = hours("Pacific/Kiritimati", {}, {"2027-01-08": ["00:00-01:00", "23:00-24:00"]})
    assert starts(personal(opening), "2027-01-07", days=3) == ["01-07 10:00", "01-08 09:00"]
