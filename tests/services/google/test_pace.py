"""How often Google is asked at the default pace, against what it allows; `make bench` runs a whole team."""

from tests.bench.polling import A_PROJECT, A_USER, CALENDARS, measured

REPS, TEAM = 10, 200


def test_a_team_of_two_hundred_stays_within_what_google_allows() -> None:
    busiest_user, busiest, mean, _ = measured(REPS, minutes=4)
    # A reading of 94 days is four calls, whatever the number of calendars, once in two minutes.
    assert CALENDARS > 1
    assert 1.5 * REPS <= mean <= 3 * REPS
    assert busiest_user <= 8 < A_USER
    assert busiest * TEAM / REPS < A_PROJECT
