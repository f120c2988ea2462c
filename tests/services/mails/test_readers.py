"""Who gets which mail about a booking, and from whom the invitation comes: one authority (R34, R35)."""

import pytest
from flask import Flask

from tests.diary import Diary
from tests.factories import NOW, make_user
from tests.services.mails.letters import ANA, BEN, BOSS, DANA, GUS, booked, hand_over, host, move, rows
from website.models import Booking, User
from website.services.cancellation import call_off, cancel
from website.services.transaction import in_transaction

pytestmark = pytest.mark.both_engines


def boss() -> User:
    return make_user("Boss", email=BOSS, role="admin")


def called_off(booking: Booking, by: User) -> None:
    in_transaction(lambda: call_off(booking, "Ill", by, NOW))


@pytest.mark.rule("R34")
def test_where_no_provider_invites_we_do_and_the_host_s_calendar_has_the_event(world: Flask) -> None:
    booked([host("Ana")])
    assert rows() == [
        ("booking_confirmed", DANA, "REQUEST"),
        ("booking_host", ANA, ""),
        ("booking_invitation", GUS, "REQUEST"),
    ]


@pytest.mark.rule("R34")
def test_a_host_without_a_calendar_for_bookings_is_invited_too(world: Flask) -> None:
    booked([host("Ana", receives=False)])
    assert rows() == [
        ("booking_confirmed", DANA, "REQUEST"),
        ("booking_host", ANA, "REQUEST"),
        ("booking_invitation", GUS, "REQUEST"),
    ]


@pytest.mark.rule("R34")
def test_where_a_provider_invites_no_mail_of_ours_does(world: Flask, diary: Diary) -> None:
    booked([host("Ana", diary=True)])
    assert rows() == [("booking_confirmed", DANA, ""), ("booking_host", ANA, "")]


@pytest.mark.rule("R34")
def test_in_a_mixed_group_the_provider_is_the_one_authority(world: Flask, diary: Diary) -> None:
    booked([host("Ana"), host("Ben", diary=True), host("Cleo", receives=False)], kind="group")
    assert rows() == [
        ("booking_confirmed", DANA, ""),
        ("booking_host", ANA, ""),
        ("booking_host", BEN, ""),
        ("booking_host", "cleo@acme.example", ""),
    ]


@pytest.mark.rule("R34")
def test_an_address_gets_one_mail_however_often_it_is_named(world: Flask) -> None:
    booked([host("Ana")], guests=["DANA@prospect.example", "Ana@ACME.example", GUS, GUS.upper()])
    assert rows() == [
        ("booking_confirmed", DANA, "REQUEST"),
        ("booking_host", ANA, ""),
        ("booking_invitation", GUS, "REQUEST"),
    ]


@pytest.mark.rule("R35")
def test_an_invitee_who_moves_it_tells_everybody(world: Flask) -> None:
    booking = booked([host("Ana"), host("Ben", receives=False)], kind="group")
    before = len(rows())
    move(booking)
    assert rows(before) == [
        ("booking_changed", DANA, "REQUEST"),
        ("booking_changed", ANA, ""),
        ("booking_changed", BEN, "REQUEST"),
        ("booking_changed", GUS, "REQUEST"),
    ]


@pytest.mark.rule("R36")
def test_a_host_who_moves_it_is_not_told_what_they_did(world: Flask) -> None:
    ana = host("Ana")
    booking = booked([ana, host("Ben")], kind="group")
    before = len(rows())
    move(booking, by=ana)
    assert [address for _, address, _ in rows(before)] == [DANA, BEN, GUS]


@pytest.mark.rule("R36")
def test_a_provider_tells_the_guests_of_its_own_change(world: Flask, diary: Diary) -> None:
    booking = booked([host("Ana", diary=True)])
    before = len(rows())
    move(booking)
    assert rows(before) == [("booking_changed", DANA, ""), ("booking_changed", ANA, "")]


# Whether the provider of who left invited, and that of who came does: what invitee and guest get.
AUTHORITIES = [
    (False, False, [("booking_changed", DANA, "REQUEST"), ("booking_changed", GUS, "REQUEST")]),
    (False, True, [("booking_changed", DANA, "CANCEL"), ("booking_changed", GUS, "CANCEL")]),
    (True, False, [("booking_changed", DANA, "REQUEST"), ("booking_changed", GUS, "REQUEST")]),
    (True, True, [("booking_changed", DANA, "")]),
]


@pytest.mark.rule("R34")
@pytest.mark.rule("R36")
@pytest.mark.parametrize(("was", "is_now", "expected"), AUTHORITIES)
def test_the_authority_goes_over_with_the_booking(
    world: Flask, diary: Diary, was: bool, is_now: bool, expected: list[tuple[str, str, str]]
) -> None:
    ana, ben = host("Ana", diary=was), host("Ben", diary=is_now)
    booking = booked([ana])
    before = len(rows())
    hand_over(booking, ben, by=boss())
    written = rows(before)
    assert [row for row in written if row[1] in (DANA, GUS)] == expected
    assert [row for row in written if row[1] not in (DANA, GUS)] == [
        ("booking_host", BEN, ""),
        ("booking_handed", ANA, ""),
    ]


@pytest.mark.rule("R36")
def test_hosts_without_calendars_are_asked_in_and_out(world: Flask) -> None:
    ana, ben = host("Ana", receives=False), host("Ben", receives=False)
    booking = booked([ana], guests=())
    before = len(rows())
    hand_over(booking, ben, by=ana)
    assert rows(before) == [("booking_changed", DANA, "REQUEST"), ("booking_host", BEN, "REQUEST")]
    before = len(rows())
    hand_over(booking, ana, by=boss())
    assert rows(before) == [
        ("booking_changed", DANA, "REQUEST"),
        ("booking_host", ANA, "REQUEST"),
        ("booking_handed", BEN, "CANCEL"),
    ]


@pytest.mark.rule("R35")
def test_a_cancellation_is_told_to_everybody_the_invitee_too(world: Flask) -> None:
    booking = booked([host("Ana"), host("Ben", receives=False)], kind="group")
    before = len(rows())
    cancel(booking.token, reason="", now=NOW)
    assert rows(before) == [
        ("booking_cancelled", DANA, "CANCEL"),
        ("booking_cancelled", ANA, ""),
        ("booking_cancelled", BEN, "CANCEL"),
        ("booking_cancelled", GUS, "CANCEL"),
    ]


@pytest.mark.rule("R36")
def test_a_host_who_cancels_gets_no_mail_and_a_provider_takes_its_own_invitation_back(
    world: Flask, diary: Diary
) -> None:
    ana = host("Ana", diary=True)
    booking = booked([ana])
    before = len(rows())
    called_off(booking, by=ana)
    assert rows(before) == [("booking_cancelled", DANA, "")]


@pytest.mark.rule("R35")
def test_an_invitee_who_is_a_user_gets_it_in_writing_all_the_same(world: Flask) -> None:
    dana = make_user("Dana", email=DANA)
    booking = booked([host("Ana")], guests=())
    before = len(rows())
    called_off(booking, by=dana)
    assert rows(before) == [("booking_cancelled", DANA, "CANCEL"), ("booking_cancelled", ANA, "")]
