"""A host calls a booking off, and says whether the invitee came (R36)."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import NOW, make_user
from tests.services.meetings import booked, claimed_by, standing_in, team
from tests.services.test_booking import NINE, starts
from website.extensions import db
from website.services.cancellation import cancel_by_host
from website.services.errors import AlreadyOver, NotAllowed, NotBegun, UnknownBooking
from website.services.no_show import mark_came, mark_no_show

pytestmark = [pytest.mark.both_engines, pytest.mark.rule("R36")]
MINUTE = timedelta(minutes=1)


def test_a_host_calls_it_off_whatever_the_invitee_s_notice(world: Flask) -> None:
    (ana,) = team("Ana")
    booking = booked([ana], "personal", change_notice_minutes=10_000)
    assert standing_in() == {"Ana": 1}
    cancel_by_host(booking.id, reason="Ill", by=ana, now=NINE - MINUTE)
    assert (booking.confirmed, booking.cancel_reason, booking.sequence) == (False, "Ill", 1)
    assert [(one["what"], one["by"]) for one in booking.changes] == [("cancelled", ana.id)]
    assert claimed_by(booking) == set()
    assert NINE in starts(booking.link)
    cancel_by_host(booking.id, reason="Again", by=ana, now=NINE)
    assert (booking.cancel_reason, booking.sequence) == ("Ill", 1)


def test_not_once_it_has_begun_and_not_by_others(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    booking = booked([ana], "personal")
    with pytest.raises(AlreadyOver):
        cancel_by_host(booking.id, reason="", by=ana, now=NINE)
    with pytest.raises(UnknownBooking):
        cancel_by_host(booking.id, reason="", by=ben, now=NOW)
    assert booking.confirmed


def test_who_made_the_link_and_admins_may(world: Flask) -> None:
    ana, ben = team("Ana", "Ben")
    boss = make_user("Boss", role="admin")
    first, second = booked([ana], "personal"), booked([ana], "personal", start=NINE + 60 * MINUTE)
    first.link.creator_id = ben.id
    db.session.commit()
    cancel_by_host(first.id, reason="", by=ben, now=NOW)
    cancel_by_host(second.id, reason="", by=boss, now=NOW)
    assert not first.confirmed and not second.confirmed


def test_a_no_show_is_marked_once_it_has_begun_and_unmarked(world: Flask) -> None:
    (ana,) = team("Ana")
    booking = booked([ana], "personal")
    with pytest.raises(NotBegun):
        mark_no_show(booking.id, by=ana, now=NINE - MINUTE)
    mark_no_show(booking.id, by=ana, now=NINE)
    mark_no_show(booking.id, by=ana, now=NINE + MINUTE)
    assert booking.no_show
    mark_came(booking.id, by=ana, now=NINE + 2 * MINUTE)
    assert not booking.no_show
    assert [one["what"] for one in booking.changes] == ["no_show", "came"]
    # Nobody outside hears of it.
    assert booking.sequence == 0


def test_who_was_there_marks_it_and_of_what_took_place(world: Flask) -> None:
    ana, ben, cleo = team("Ana", "Ben", "Cleo")
    booking = booked([ana], "personal")
    booking.link.creator_id = ben.id
    db.session.commit()
    with pytest.raises(NotAllowed):
        mark_no_show(booking.id, by=ben, now=NINE)
    with pytest.raises(UnknownBooking):
        mark_no_show(booking.id, by=cleo, now=NINE)
    mark_no_show(booking.id, by=make_user("Boss", role="admin"), now=NINE)
    assert booking.no_show
    other = booked([cleo], "personal")
    cancel_by_host(other.id, reason="", by=cleo, now=NOW)
    with pytest.raises(AlreadyOver):
        mark_no_show(other.id, by=cleo, now=NINE)
