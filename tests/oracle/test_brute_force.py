"""The oracle against answers worked out by hand. Every expected instant is written out in UTC."""

from datetime import date

import pytest

from tests.oracle.asking import answer, at, daily, host, personal, starts
from tests.oracle.brute_force import offered
from tests.oracle.case import Booking, Caps, Case, Link


@pytest.mark.rule("R2")
def test_starts_are_counted_from_local_midnight():
    """St John's is 3:30 behind in January: 09:00 is 12:30 UTC."""
    link = personal(daily("America/St_Johns", "09:00-12:00"))
    assert starts(link, "2027-01-08") == ["01-08 12:30", "01-08 13:30", "01-08 14:30"]


@pytest.mark.rule("R2")
def test_the_duration_as_increment_is_counted_from_midnight_too():
    """Multiples of 50 minutes near 09:00 are 08:20, 09:10, 10:00, 10:50."""
    link = personal(daily("UTC", "09:00-11:40"), duration=50, increment="duration")
    assert starts(link, "2027-01-08") == ["01-08 09:10", "01-08 10:00", "01-08 10:50"]


@pytest.mark.rule("R3")
def test_notice_is_counted_to_the_second():
    link = personal(daily("UTC", "09:00-12:00"), duration=30, increment=30, notice_minutes=60)
    assert starts(link, "2027-01-08", now="2027-01-08T10:00")[0] == "01-08 11:00"
    late = Case(at("2027-01-08T10:00") + 1, link, (host(),), at("2027-01-08T00:00"), at("2027-01-09T00:00"))
    assert min(offered(late)) == at("2027-01-08T11:30")


@pytest.mark.rule("R3")
def test_the_last_day_is_today_in_the_links_zone_and_so_many_days():
    """At 20:00 UTC on the 7th it is the 8th in Kathmandu: today and one day are the 8th and 9th."""
    link = personal(daily("Asia/Kathmandu", "09:45-10:45"), increment=15, window_days=1)
    assert starts(link, "2027-01-07", now="2027-01-07T20:00", days=4) == ["01-08 04:00", "01-09 04:00"]


@pytest.mark.rule("R3")
def test_both_ends_of_a_fixed_range_are_offered():
    link = personal(daily("UTC", "09:00-10:00"), fixed_range=(date(2027, 1, 8), date(2027, 1, 9)))
    assert starts(link, "2027-01-07", days=4) == ["01-08 09:00", "01-09 09:00"]


@pytest.mark.rule("R4")
def test_wrap_up_of_one_booking_and_preparation_of_the_next_add_up():
    """Booked until 10:00, wrap-up until 10:10, preparation of 15 minutes: the first start is 10:25."""
    link = personal(daily("UTC", "09:00-11:00"), duration=30, increment=5, buffer_before=15)
    earlier = Booking(("ana",), at("2027-01-08T08:00"), at("2027-01-08T10:00"), buffer_after=10)
    assert starts(link, "2027-01-08", bookings=[earlier]) == ["01-08 10:25", "01-08 10:30"]


@pytest.mark.rule("R4")
def test_buffers_may_lie_outside_the_hours():
    link = personal(daily("UTC", "09:00-10:00"), buffer_before=30, buffer_after=30)
    assert starts(link, "2027-01-08") == ["01-08 09:00"]


@pytest.mark.rule("R4")
def test_a_buffer_touches_nothing_that_is_busy():
    """Busy until 08:55:01: with ten minutes of preparation, 09:05 is one second too soon."""
    link = personal(daily("UTC", "09:00-10:00"), duration=30, increment=5, buffer_before=10)
    busy = ((at("2027-01-08T08:00"), at("2027-01-08T08:55") + 1),)
    found = starts(link, "2027-01-08", (host(busy=busy),))
    assert found == ["01-08 09:10", "01-08 09:15", "01-08 09:20", "01-08 09:25", "01-08 09:30"]


@pytest.mark.rule("R4")
def test_a_meeting_may_begin_when_the_one_before_ends():
    link = personal(daily("UTC", "09:00-12:00"))
    busy = ((at("2027-01-08T10:00"), at("2027-01-08T11:00")),)
    assert starts(link, "2027-01-08", (host(busy=busy),)) == ["01-08 09:00", "01-08 11:00"]


TWO_HOSTS = (
    host("ana", busy=((at("2027-01-08T09:00"), at("2027-01-08T10:00")),)),
    host("ben", busy=((at("2027-01-08T10:00"), at("2027-01-08T11:00")),)),
)
MORNING = daily("UTC", "09:00-12:00")


@pytest.mark.rule("R6")
def test_a_group_needs_every_host():
    assert starts(Link("group", MORNING, 60, 60), "2027-01-08", TWO_HOSTS) == ["01-08 11:00"]


@pytest.mark.rule("R6")
def test_an_optional_host_never_blocks_a_group():
    hosts = (TWO_HOSTS[0], host("ben", busy=TWO_HOSTS[1].busy, optional=True))
    found = answer(Link("group", MORNING, 60, 60), "2027-01-08", hosts)
    assert found == {
        at("2027-01-08T10:00"): frozenset({"ana"}),
        at("2027-01-08T11:00"): frozenset({"ana", "ben"}),
    }


@pytest.mark.rule("R7")
def test_a_round_robin_needs_one_host():
    found = answer(Link("round_robin", MORNING, 60, 60), "2027-01-08", TWO_HOSTS)
    assert found == {
        at("2027-01-08T09:00"): frozenset({"ben"}),
        at("2027-01-08T10:00"): frozenset({"ana"}),
        at("2027-01-08T11:00"): frozenset({"ana", "ben"}),
    }


@pytest.mark.rule("R8")
def test_a_hosts_own_hours_are_cut_to_the_links():
    """New York is five hours behind: 08:00 to 10:00 there is 13:00 to 15:00 UTC; the link closes at 14:00."""
    link = personal(daily("UTC", "09:00-14:00"), hours_source="hosts")
    assert starts(link, "2027-01-08", (host(hours=daily("America/New_York", "08:00-10:00")),)) == [
        "01-08 13:00"
    ]


@pytest.mark.rule("R9")
def test_a_full_day_is_closed_for_the_link_and_a_group_booking_counts_once():
    both = Booking(("ana", "ben"), at("2027-01-08T06:00"), at("2027-01-08T07:00"), on_this_link=True)
    hosts = (host("ana"), host("ben"))
    capped = [Link("group", MORNING, 60, 60, caps=Caps(link_day=most)) for most in (1, 2)]
    assert starts(capped[0], "2027-01-08", hosts, bookings=[both]) == []
    assert len(starts(capped[1], "2027-01-08", hosts, bookings=[both])) == 3


@pytest.mark.rule("R9")
def test_a_full_iso_week_is_closed_for_the_link():
    """4 January 2027 is a Monday, 10 January the Sunday of its ISO week."""
    monday = Booking(("gone",), at("2027-01-04T09:00"), at("2027-01-04T10:00"), on_this_link=True)
    link = personal(daily("UTC", "09:00-10:00"), caps=Caps(link_week=1))
    assert starts(link, "2027-01-03", days=9, bookings=[monday]) == ["01-03 09:00", "01-11 09:00"]


@pytest.mark.rule("R9")
def test_a_hosts_cap_closes_the_day_for_that_host_alone():
    mine = Booking(("ana",), at("2027-01-08T06:00"), at("2027-01-08T07:00"), on_this_link=True)
    elsewhere = Booking(("ben",), at("2027-01-08T06:00"), at("2027-01-08T07:00"))
    link = Link("round_robin", daily("UTC", "09:00-10:00"), 60, 60, caps=Caps(host_day=1))
    found = answer(link, "2027-01-08", (host("ana"), host("ben")), bookings=[mine, elsewhere])
    assert found == {at("2027-01-08T09:00"): frozenset({"ben"})}


@pytest.mark.rule("R9")
def test_a_cap_of_a_hosts_own_counts_in_place_of_the_links():
    both = Booking(("ana", "ben"), at("2027-01-08T06:00"), at("2027-01-08T07:00"), on_this_link=True)
    link = Link("round_robin", daily("UTC", "09:00-10:00"), 60, 60, caps=Caps(host_day=1))
    hosts = (host("ana", own_day=2), host("ben", own_week=9))
    assert answer(link, "2027-01-08", hosts, bookings=[both]) == {at("2027-01-08T09:00"): frozenset({"ana"})}


@pytest.mark.rule("R9")
def test_a_cap_counts_dates_of_the_links_zone():
    """20:00 UTC on the 7th is 8 January in Kathmandu; 04:00 UTC on the 8th is that day, too."""
    booked = Booking(("ana",), at("2027-01-07T20:00"), at("2027-01-07T21:00"), on_this_link=True)
    link = personal(daily("Asia/Kathmandu", "09:45-10:45"), increment=15, caps=Caps(link_day=1))
    assert starts(link, "2027-01-07", days=3, bookings=[booked]) == ["01-07 04:00", "01-09 04:00"]


@pytest.mark.rule("R12")
def test_a_host_without_a_working_calendar_is_never_free():
    hosts = (host("ana"), host("ben", working=False))
    assert starts(Link("group", MORNING, 60, 60), "2027-01-08", hosts) == []
    found = answer(Link("round_robin", MORNING, 60, 60), "2027-01-08", hosts)
    assert set(found.values()) == {frozenset({"ana"})}
