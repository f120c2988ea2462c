"""The kinds of link, as policy."""

import pytest

from website.scheduling.kinds import LINK_KINDS
from website.scheduling.pool import POOL_RULES


def test_there_are_three_kinds_of_link() -> None:
    assert list(LINK_KINDS) == ["personal", "group", "round_robin"]


@pytest.mark.parametrize("kind", LINK_KINDS.values(), ids=lambda kind: kind.key)
def test_every_kind_says_what_it_is_and_whose_pool_it_has(kind) -> None:
    assert kind.label and kind.description and kind.hosts_rule
    assert kind.pool_rule in POOL_RULES


@pytest.mark.parametrize(
    ("kind", "hosts", "accepted"),
    [
        ("personal", 0, False),
        ("personal", 1, True),
        ("personal", 2, False),
        ("group", 0, False),
        ("group", 1, True),
        ("group", 200, True),
        ("round_robin", 0, False),
        ("round_robin", 1, True),
        ("round_robin", 200, True),
    ],
)
def test_a_personal_link_has_one_host_and_the_others_any_number(kind, hosts, accepted) -> None:
    assert LINK_KINDS[kind].accepts(hosts) is accepted


@pytest.mark.rule("R6")
def test_everyone_on_a_group_link_must_be_free_and_meets() -> None:
    assert (LINK_KINDS["group"].needs, LINK_KINDS["group"].meets) == ("all", "everyone")


@pytest.mark.rule("R7")
def test_one_free_host_of_a_round_robin_is_enough_and_meets() -> None:
    assert (LINK_KINDS["round_robin"].needs, LINK_KINDS["round_robin"].meets) == ("any", "one")


@pytest.mark.rule("R26")
def test_the_owner_option_and_a_rotation_belong_to_round_robin_alone() -> None:
    assert [kind.key for kind in LINK_KINDS.values() if kind.owner_first] == ["round_robin"]
    assert [kind.key for kind in LINK_KINDS.values() if kind.rotates] == ["round_robin"]


@pytest.mark.rule("R25")
def test_personal_and_round_robin_links_give_an_unowned_contact_an_owner_unless_told_otherwise() -> None:
    assert [kind.key for kind in LINK_KINDS.values() if kind.assigns_owner] == ["personal", "round_robin"]


@pytest.mark.rule("R6")
def test_only_group_links_have_optional_hosts() -> None:
    assert [kind.key for kind in LINK_KINDS.values() if kind.optional_hosts] == ["group"]
