"""The assignment receipt: it survives being stored, can be repeated, and reads as one plain sentence (R24).

Ana reads: she was chosen. Ben and Cleo share the link with her.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from string import Formatter

import pytest

from website.scheduling.pool import POOL_RULES, Membership
from website.scheduling.receipt import VERSION, HandOver, Receipt, remarks, sentence
from website.scheduling.rotations import ROTATIONS, Share

ANA, BEN, CLEO = 1, 2, 3
NAMES = {ANA: "Ana Alves", BEN: "Ben", CLEO: "Cleo"}
POOL = tuple(Membership(host, name, True, "eligible") for host, name in NAMES.items())


def rotated(
    rotation: str,
    given: Mapping[int, int],
    *,
    rule: str = "everyone",
    weights: Mapping[int, int] | None = None,
) -> Receipt:
    """A receipt of a real choice among the hosts in `given`, who are free."""
    shares = tuple(
        Share(host, weight=(weights or {}).get(host, 1), given=count, position=host)
        for host, count in given.items()
    )
    choice = ROTATIONS[rotation].choose(shares, shares, Random(5))
    return Receipt(
        rule=rule,
        pool=POOL,
        free_host_ids=tuple(given),
        rotation=rotation,
        shares=shares,
        scores=choice.scores,
        winner_id=choice.host_id,
        winner_name=NAMES[choice.host_id],
    )


ALONE = Receipt("personal", POOL[:1], (ANA,), winner_id=ANA, winner_name="Ana Alves")
BALANCED = rotated("balanced", {ANA: 4, BEN: 5, CLEO: 7})


# The sentence


@pytest.mark.rule("R24")
def test_the_host_of_a_personal_link_reads_that_it_is_theirs() -> None:
    assert sentence(ALONE) == "This is your personal link."


@pytest.mark.rule("R24")
def test_an_optional_host_reads_that_nothing_waited_for_them() -> None:
    pool = (Membership(ANA, "Ana", True, "required"), Membership(BEN, "Ben", False, "optional"))
    receipt = Receipt("group", pool, (ANA,))
    assert sentence(receipt, reader_id=BEN) == "You are invited to this group meeting, and need not be free."
    assert sentence(receipt, reader_id=ANA) == "Everyone on this group link hosts."


def test_the_host_of_a_group_link_reads_that_everyone_hosts() -> None:
    assert sentence(Receipt("group", POOL, tuple(NAMES))) == "Everyone on this group link hosts."


@pytest.mark.rule("R24")
def test_the_owner_reads_that_the_contact_is_theirs() -> None:
    assert sentence(replace(ALONE, rule="owner", owner_name="Ana Alves")) == "You own this contact."


@pytest.mark.rule("R24")
def test_the_host_with_the_fewest_bookings_reads_how_many() -> None:
    assert sentence(BALANCED) == (
        "3 of 3 hosts were free, and you had the fewest recent bookings for your share: 4, the next host 5."
    )


@pytest.mark.rule("R24")
@pytest.mark.parametrize("given", [5, 6])
def test_a_host_with_no_fewer_bookings_but_a_larger_share_reads_that_they_were_furthest_below_it(
    given,
) -> None:
    weighted = rotated("balanced", {ANA: given, BEN: 5}, weights={ANA: 3})
    assert sentence(weighted) == (
        "2 of 3 hosts were free, and you were furthest below your share of recent bookings."
    )


@pytest.mark.rule("R24")
def test_a_host_among_equals_reads_how_many_they_were() -> None:
    assert sentence(rotated("balanced", {ANA: 4, BEN: 4, CLEO: 7})) == (
        "3 of 3 hosts were free, 2 of them equally far below their share of recent bookings,"
        " and among these it was your turn."
    )


@pytest.mark.rule("R24")
def test_a_host_who_was_drawn_reads_that_it_was_by_chance() -> None:
    assert sentence(rotated("random", {ANA: 1, BEN: 9})) == (
        "2 of 3 hosts were free, and you were drawn at random."
    )


@pytest.mark.rule("R24")
def test_a_host_in_the_ring_reads_that_they_were_next() -> None:
    assert (
        sentence(rotated("strict", {ANA: 1, BEN: 9})) == "2 of 3 hosts were free, and you were next in line."
    )


@pytest.mark.rule("R24")
def test_a_host_of_the_highest_rank_reads_so() -> None:
    ranked = replace(rotated("priority", {ANA: 1, BEN: 9}), scores={ANA: 1.0, BEN: 2.0})
    assert sentence(ranked) == "2 of 3 hosts were free, and you have the highest rank of them."


@pytest.mark.rule("R24")
def test_a_host_among_equal_ranks_reads_how_many_they_were() -> None:
    assert sentence(rotated("priority", {ANA: 1, BEN: 9})) == (
        "2 of 3 hosts were free, 2 of them share the highest rank, and among these it was your turn."
    )


@pytest.mark.rule("R24")
@pytest.mark.parametrize("rotation", ROTATIONS)
def test_the_only_free_host_reads_so_whatever_the_rotation(rotation) -> None:
    assert sentence(rotated(rotation, {ANA: 4})) == "You were the only one of 3 hosts who was free."


@pytest.mark.rule("R24")
def test_the_only_host_of_the_pool_reads_so() -> None:
    alone = replace(rotated("random", {ANA: 4}), pool=POOL[:1])
    assert sentence(alone) == "You were the only host who could be chosen."


@pytest.mark.rule("R31")
@pytest.mark.parametrize("answer", ["busy", "no answer"])
def test_hosts_whom_the_last_look_passed_over_do_not_count_as_free(answer) -> None:
    looked = replace(BALANCED, checked={BEN: answer, ANA: "free"})
    assert sentence(looked) == (
        "2 of 3 hosts were free, and you had the fewest recent bookings for your share: 4, the next host 7."
    )


@pytest.mark.rule("R31")
def test_hosts_who_did_not_answer_count_as_free_where_nobody_answered() -> None:
    looked = replace(BALANCED, checked=dict.fromkeys(NAMES, "no answer"), unchecked=True)
    assert sentence(looked) == sentence(BALANCED)


@pytest.mark.parametrize("rule", POOL_RULES)
@pytest.mark.parametrize("rotation", [None, *ROTATIONS])
def test_there_is_a_sentence_for_every_rule_and_rotation(rule, rotation) -> None:
    read = sentence(replace(BALANCED, rule=rule, rotation=rotation))
    assert read[0].isupper() or read[0].isdigit()
    assert read.endswith(".")
    assert "{" not in read


# Remarks


@pytest.mark.rule("R20")
@pytest.mark.parametrize(
    ("rule", "remark"),
    [
        ("owner_not_able", "Zoe owns this contact and cannot host at present."),
        ("owner_not_host", "Zoe owns this contact and is not a host of this link."),
        ("colleagues", "Zoe owns this contact; a sooner time with a colleague was chosen."),
    ],
)
def test_the_host_of_somebody_elses_contact_reads_whose_it_is(rule, remark) -> None:
    assert remarks(replace(BALANCED, rule=rule, owner_name="Zoe")) == [remark]


def test_there_is_nothing_to_remark_about_a_plain_choice() -> None:
    assert remarks(BALANCED) == []


@pytest.mark.rule("R31")
def test_the_host_reads_that_another_was_busy_or_silent_before_them() -> None:
    looked = replace(BALANCED, checked={BEN: "busy", CLEO: "no answer", ANA: "free"})
    assert remarks(looked) == [
        "Before you, a host who seemed free turned out to be busy.",
        "Before you, a host's calendar did not answer.",
    ]


@pytest.mark.rule("R31")
def test_the_host_reads_that_the_booking_is_unchecked() -> None:
    looked = replace(BALANCED, checked=dict.fromkeys(NAMES, "no answer"), unchecked=True)
    assert remarks(looked) == [
        "Not every calendar answered in time: the booking rests on what was last seen."
    ]


# Other languages


def test_the_translator_gets_whole_sentences_with_named_placeholders() -> None:
    heard: list[str] = []

    def french(text: str) -> str:
        heard.append(text)
        return "{free} hôtes libres sur {pool}, à vous : {mine} contre {next}"

    assert sentence(BALANCED, french) == "3 hôtes libres sur 3, à vous : 4 contre 5"
    assert heard == [ROTATIONS["balanced"].fewest]


def test_a_name_with_braces_is_only_a_name() -> None:
    read = remarks(replace(BALANCED, rule="owner_not_host", owner_name="{free} Zoe"))
    assert read == ["{free} Zoe owns this contact and is not a host of this link."]


@pytest.mark.parametrize("rotation", ROTATIONS.values(), ids=lambda rotation: rotation.key)
def test_rotations_name_only_the_facts_that_a_receipt_has(rotation) -> None:
    texts = [text for text in (rotation.sentence, rotation.tied, rotation.fewest) if text]
    named = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    assert named <= {"free", "pool", "equal", "mine", "next"}


# Stored


@pytest.mark.rule("R24")
@pytest.mark.parametrize("rotation", ROTATIONS)
def test_a_receipt_survives_being_stored_as_json(rotation) -> None:
    written = replace(
        rotated(rotation, {ANA: 4, BEN: 5, CLEO: 7}, rule="owner_not_host"),
        owner_name="Zoé",
        checked={BEN: "busy", ANA: "free"},
        unchecked=True,
    )
    assert Receipt.from_json(json.loads(json.dumps(written.to_json()))) == written


@pytest.mark.rule("R24")
def test_a_stored_choice_can_be_repeated_from_its_receipt() -> None:
    kept = Receipt.from_json(json.loads(json.dumps(BALANCED.to_json())))
    free = [share for share in kept.shares if share.host_id in kept.free_host_ids]
    again = ROTATIONS["balanced"].choose(free, kept.shares, Random(0))
    assert (again.host_id, again.scores) == (kept.winner_id, kept.scores)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {**BALANCED.to_json(), "version": VERSION + 1},
        {**BALANCED.to_json(), "colour": "red"},
        {**BALANCED.to_json(), "pool": [{"host_id": 1}]},
        {key: value for key, value in BALANCED.to_json().items() if key != "scores"},
    ],
    ids=["empty", "a later version", "an unknown field", "a broken host", "a missing field"],
)
def test_what_is_no_receipt_is_refused(values) -> None:
    with pytest.raises(ValueError, match="no receipt"):
        Receipt.from_json(values)


# What became of it (R36)

GIVEN = HandOver(ANA, "Ana Alves", BEN, "Ben", ANA, "Ana Alves")


@pytest.mark.rule("R24")
@pytest.mark.parametrize(
    ("step", "said"),
    [
        (GIVEN, "Ana Alves handed this over to you."),
        (replace(GIVEN, by_id=CLEO, by_name="Cleo"), "Cleo handed this over from Ana Alves to you."),
    ],
)
def test_whoever_got_it_reads_who_gave_it(step: HandOver, said: str) -> None:
    receipt = Receipt.from_json(json.loads(json.dumps(replace(BALANCED, handed_over=(step,)).to_json())))
    assert receipt.handed_over == (step,)
    assert sentence(receipt, reader_id=BEN) == said
    assert remarks(receipt, reader_id=BEN) == []
    assert sentence(receipt, reader_id=ANA) == sentence(BALANCED)


@pytest.mark.rule("R24")
def test_the_last_hand_over_to_the_reader_counts() -> None:
    back = HandOver(BEN, "Ben", ANA, "Ana Alves", BEN, "Ben")
    again = replace(GIVEN, by_id=CLEO, by_name="Cleo")
    receipt = replace(ALONE, handed_over=(GIVEN, back, again))
    assert sentence(receipt, reader_id=BEN) == "Cleo handed this over from Ana Alves to you."
    assert sentence(receipt, reader_id=ANA) == "Ben handed this over to you."


@pytest.mark.rule("R24")
def test_a_receipt_from_before_there_were_hand_overs_is_still_read() -> None:
    old = BALANCED.to_json()
    del old["handed_over"]
    assert Receipt.from_json(old) == BALANCED
