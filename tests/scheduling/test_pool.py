"""Who may host: the decision table of R20 row by row, and what holds for any hosts.

Ana owns the contact, Ben and Cleo share the link with her, Zoe is not on it.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from website.scheduling.kinds import LINK_KINDS
from website.scheduling.pool import (
    POOL_RULES,
    REASONS,
    STANDINGS,
    Candidate,
    Membership,
    Owner,
    Pool,
    any_colleague,
    choose_pool,
    colleagues,
    kept,
    pauses,
    without,
)

ANA, BEN, CLEO, ZOE = 1, 2, 3, 9
OWNER = Owner(ANA)
TEAM = (Candidate(ANA, "Ana"), Candidate(BEN, "Ben"), Candidate(CLEO, "Cleo"))


def choose(candidates=TEAM, *, kind="round_robin", owner_first=True, owner=OWNER, identified=True) -> Pool:
    return choose_pool(
        LINK_KINDS[kind], candidates, owner_first=owner_first, owner=owner, identified=identified
    )


def team(**standings) -> tuple[Candidate, ...]:
    return tuple(Candidate(each.host_id, each.name, standings.get(each.name.lower())) for each in TEAM)


# R20's table


@pytest.mark.rule("R20")
def test_an_unknown_contact_may_meet_every_eligible_host() -> None:
    pool = choose(owner=None, identified=False)
    assert (pool.rule, pool.host_ids) == ("unknown_or_unowned", (ANA, BEN, CLEO))


@pytest.mark.rule("R20")
def test_a_contact_without_an_owner_may_meet_every_eligible_host() -> None:
    pool = choose(owner=None)
    assert (pool.rule, pool.host_ids) == ("unknown_or_unowned", (ANA, BEN, CLEO))


@pytest.mark.rule("R20")
def test_nobody_is_routed_to_an_owner_before_an_address_is_known() -> None:
    assert choose(identified=False) == choose(owner=None)


@pytest.mark.rule("R20")
@pytest.mark.parametrize("standing", STANDINGS)
def test_an_owner_who_cannot_host_leaves_the_contact_to_the_others(standing) -> None:
    pool = choose(team(ana=standing), owner=Owner(ANA, standing))
    assert (pool.rule, pool.host_ids, pool.owner_id) == ("owner_not_able", (BEN, CLEO), ANA)


@pytest.mark.rule("R20")
@pytest.mark.parametrize("standing", STANDINGS)
def test_an_owner_who_cannot_host_and_is_not_on_the_link_leaves_it_to_the_others(standing) -> None:
    pool = choose(owner=Owner(ZOE, standing))
    assert (pool.rule, pool.host_ids) == ("owner_not_able", (ANA, BEN, CLEO))


@pytest.mark.rule("R20")
def test_an_owner_whose_standing_is_known_only_as_a_host_is_not_routed_to_either() -> None:
    assert choose(team(ana="calendar_broken"), owner=Owner(ANA)).rule == "owner_not_able"


@pytest.mark.rule("R20")
def test_an_owner_who_is_not_on_the_link_leaves_the_contact_to_its_hosts() -> None:
    pool = choose(owner=Owner(ZOE))
    assert (pool.rule, pool.host_ids, pool.owner_id) == ("owner_not_host", (ANA, BEN, CLEO), ZOE)


@pytest.mark.rule("R20")
def test_an_owner_who_is_an_eligible_host_is_the_whole_pool() -> None:
    pool = choose()
    assert (pool.rule, pool.host_ids, pool.owner_id) == ("owner", (ANA,), ANA)


@pytest.mark.rule("R20")
def test_without_the_option_the_owner_is_a_host_like_any_other() -> None:
    pool = choose(owner_first=False)
    assert (pool.rule, pool.host_ids, pool.owner_id) == ("everyone", (ANA, BEN, CLEO), None)


# The other kinds


@pytest.mark.rule("R26")
@pytest.mark.parametrize("kind", ["personal", "group"])
@pytest.mark.parametrize("owner", [None, Owner(ANA), Owner(BEN, "inactive"), Owner(ZOE)])
def test_personal_and_group_links_ignore_the_owner_option(kind, owner) -> None:
    assert choose(TEAM[:1], kind=kind, owner=owner) == choose(
        TEAM[:1], kind=kind, owner_first=False, owner=None
    )


@pytest.mark.rule("R12")
@pytest.mark.parametrize("standing", STANDINGS)
def test_the_host_of_a_personal_link_stays_in_the_pool_whatever_their_standing(standing) -> None:
    pool = choose([Candidate(ANA, "Ana", standing)], kind="personal")
    assert pool.in_or_out == (Membership(ANA, "Ana", True, standing),)


@pytest.mark.rule("R12")
@pytest.mark.parametrize("standing", STANDINGS)
def test_a_required_host_of_a_group_stays_in_the_pool_whatever_their_standing(standing) -> None:
    pool = choose(team(ben=standing), kind="group")
    assert pool.host_ids == (ANA, BEN, CLEO)
    assert pool.in_or_out[1].reason == standing


@pytest.mark.rule("R6")
def test_an_optional_host_of_a_group_is_not_in_the_pool() -> None:
    pool = choose([*TEAM, Candidate(ZOE, "Zoe", optional=True)], kind="group")
    assert (pool.rule, pool.host_ids) == ("group", (ANA, BEN, CLEO))
    assert pool.in_or_out[-1] == Membership(ZOE, "Zoe", False, "optional")


@pytest.mark.rule("R12")
def test_a_round_robin_host_with_a_broken_calendar_is_out_and_the_others_remain() -> None:
    pool = choose(team(ben="calendar_broken"), owner=None)
    assert pool.host_ids == (ANA, CLEO)
    assert pool.in_or_out[1] == Membership(BEN, "Ben", False, "calendar_broken")


# Colleagues


@pytest.mark.rule("R20")
def test_the_colleagues_are_all_eligible_hosts_but_the_owner() -> None:
    candidates = team(cleo="no_seat")
    pool = colleagues(choose(candidates), candidates)
    assert (pool.rule, pool.host_ids, pool.owner_id) == ("colleagues", (BEN,), ANA)
    assert [member.reason for member in pool.in_or_out] == ["owner_apart", "eligible", "no_seat"]


@pytest.mark.rule("R20")
def test_an_owner_alone_on_the_link_has_no_colleagues() -> None:
    assert colleagues(choose(TEAM[:1]), TEAM[:1]).host_ids == ()


def test_colleagues_are_refused_where_no_owner_stands_before_them() -> None:
    with pytest.raises(ValueError, match="owner_not_host"):
        colleagues(choose(owner=Owner(ZOE)), TEAM)


# Declined


@pytest.mark.rule("R36")
def test_who_declined_is_out_and_every_other_eligible_host_is_in() -> None:
    pool = without(team(cleo="no_seat"), {ANA})
    assert (pool.rule, pool.host_ids, pool.owner_id) == ("declined", (BEN,), None)
    assert [member.reason for member in pool.in_or_out] == ["declined", "eligible", "no_seat"]


# Paused


def resting(*names: str) -> tuple[Candidate, ...]:
    return tuple(each._replace(paused=each.name in names) for each in TEAM)


@pytest.mark.rule("R23")
def test_who_is_paused_is_out_of_every_pool_that_a_rotation_chooses_from() -> None:
    candidates = resting("Ben")
    pools = [
        choose(candidates, owner_first=False),
        choose(candidates, owner=None),
        choose(candidates, owner=Owner(ZOE, "no_seat")),
        choose(candidates, owner=Owner(ZOE)),
        without(candidates, {ANA}),
        any_colleague(candidates),
        colleagues(choose(candidates), candidates),
    ]
    assert [pool.rule for pool in pools] == [
        "everyone", "unknown_or_unowned", "owner_not_able", "owner_not_host", "declined", "any_colleague", "colleagues",
    ]  # fmt: skip
    assert all(pool.in_or_out[1] == Membership(BEN, "Ben", False, "paused") for pool in pools)
    assert all(CLEO in pool.host_ids for pool in pools)


@pytest.mark.rule("R20")
def test_an_owner_who_is_paused_keeps_their_own_contacts() -> None:
    pool = choose(resting("Ana", "Ben"))
    assert (pool.rule, pool.host_ids) == ("owner", (ANA,))
    assert [member.reason for member in pool.in_or_out] == ["owner_paused", "paused", "not_owner"]


@pytest.mark.rule("R23")
@pytest.mark.parametrize("kind", ["personal", "group"])
def test_where_no_rotation_chooses_a_pause_changes_nothing(kind) -> None:
    assert choose(resting("Ana")[:1], kind=kind) == choose(TEAM[:1], kind=kind)
    assert kept(resting("Ana"), {ANA}) == kept(TEAM, {ANA})


@pytest.mark.rule("R23")
@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(None, None, ""), (8, None, "89"), (None, 7, "67"), (7, 8, "78"), (9, 6, ""), (8, 8, "8")],
)
def test_a_pause_holds_on_its_first_and_its_last_date(first, last, days) -> None:
    def day(number: int | None) -> date | None:
        return date(2027, 2, number) if number else None

    assert "".join(str(on) for on in range(6, 10) if pauses(date(2027, 2, on), day(first), day(last))) == days


# Why each one is in or out


@pytest.mark.rule("R24")
def test_the_owners_pool_says_why_the_others_are_out() -> None:
    reasons = [member.reason for member in choose(team(cleo="inactive")).in_or_out]
    assert reasons == ["owner", "not_owner", "inactive"]


@pytest.mark.parametrize("table", [STANDINGS, REASONS, POOL_RULES])
def test_every_reason_is_a_plain_sentence(table) -> None:
    assert all(text[0].isupper() and text.endswith(".") for text in table.values())


# What holds for any hosts

standings = st.sampled_from([None, None, *STANDINGS])
users = st.integers(1, 8)
candidate_lists = st.lists(
    st.builds(Candidate, users, st.text(max_size=3), standings, st.booleans(), st.booleans()),
    min_size=1,
    unique_by=lambda candidate: candidate.host_id,
)
pools = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(LINK_KINDS)),
        "owner_first": st.booleans(),
        "owner": st.none() | st.builds(Owner, users, standings),
        "identified": st.booleans(),
    }
)


@pytest.mark.rule("R24")
@given(candidate_lists, pools)
def test_every_host_of_the_link_is_in_or_out_for_a_known_reason(candidates, question) -> None:
    pool = choose(candidates, **question)
    assert [member.host_id for member in pool.in_or_out] == [each.host_id for each in candidates]
    assert all(member.reason in REASONS for member in pool.in_or_out)
    assert pool.rule in POOL_RULES


@pytest.mark.rule("R20")
@given(candidate_lists, pools)
def test_a_round_robin_pool_has_eligible_hosts_only(candidates, question) -> None:
    pool = choose(candidates, **question | {"kind": "round_robin"})
    eligible = {each.host_id for each in candidates if each.standing is None}
    assert set(pool.host_ids) <= eligible
    paused = {each.host_id for each in candidates if each.paused}
    assert pool.owner_alone or not paused & set(pool.host_ids)


@pytest.mark.rule("R20")
@given(candidate_lists, pools)
def test_no_owner_ever_empties_a_round_robin_that_has_a_host_to_choose(candidates, question) -> None:
    pool = choose(candidates, **question | {"kind": "round_robin"})
    assert pool.owner_alone or bool(pool.host_ids) == any(each.reason_out is None for each in candidates)
    assert len(pool.host_ids) == 1 if pool.owner_alone else True


@pytest.mark.rule("R20")
@given(candidate_lists, st.builds(Owner, users))
def test_owner_and_colleagues_together_are_the_eligible_hosts(candidates, owner) -> None:
    pool = choose(candidates, owner=owner)
    if pool.rule == "owner":
        second = colleagues(pool, candidates)
        assert not set(pool.host_ids) & set(second.host_ids)
        everyone = choose(candidates, owner_first=False).host_ids
        assert {*pool.host_ids, *second.host_ids} == {*everyone, owner.user_id}


# A booking that is moved


@pytest.mark.rule("R35")
def test_a_moved_booking_stays_with_its_hosts() -> None:
    pool = kept(TEAM, {BEN})
    assert (pool.rule, pool.host_ids, pool.keeps_hosts) == ("kept", (BEN,), True)
    assert [member.reason for member in pool.in_or_out] == ["not_present", "present", "not_present"]


@pytest.mark.rule("R35")
@pytest.mark.parametrize("standing", STANDINGS)
def test_a_host_who_cannot_host_any_more_stays_needed(standing) -> None:
    pool = kept(team(ben=standing), {BEN})
    assert pool.host_ids == (BEN,)
    assert pool.in_or_out[1].reason == standing


@pytest.mark.rule("R6")
def test_whoever_was_only_invited_is_not_needed_after_a_move() -> None:
    pool = kept((Candidate(ANA, "Ana"), Candidate(BEN, "Ben", optional=True)), {ANA})
    assert [(member.inside, member.reason) for member in pool.in_or_out] == [
        (True, "present"),
        (False, "optional"),
    ]


@pytest.mark.rule("R35")
def test_any_colleague_is_any_eligible_host() -> None:
    pool = any_colleague(team(ben="no_seat"))
    assert (pool.rule, pool.host_ids, pool.keeps_hosts) == ("any_colleague", (ANA, CLEO), False)


@pytest.mark.rule("R24")
def test_the_reasons_of_a_move_can_be_read() -> None:
    pools = (kept(TEAM, {BEN}), any_colleague(team(ben="inactive")))
    assert all(pool.rule in POOL_RULES for pool in pools)
    assert all(member.reason in REASONS for pool in pools for member in pool.in_or_out)
