"""How claims stand against each other: under the same counting rule, side against side, and never by repetition."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.files.locales import load_language
from repatria.public.claims import CONTENTS, CUES, QUALIFIERS, STATUSES, Claim, judged, on_record, standings
from repatria.public.draft import message_of
from repatria.report.claims_texts import TEXTS
from repatria.report.language import CODES
from tests.exchange.world import CROSS, GULF, SOUTH, sha, world_at
from tests.public.test_published import claim as recorded

HOME = Claim("A", "president", "north", "release", 300, "people of north", said_on="2026-03-12", meant="2026-03-12")


def statuses(*claims: Claim) -> list[str]:
    return [each.status for each in standings(claims)]


def against(claim: Claim) -> tuple[str, str]:
    """The standing of HOME against another claim, and the reason."""
    first = standings([HOME, claim])[0]
    return first.status, first.why.id.removeprefix("claim.why.")


# --- corroboration ---------------------------------------------------------------------------------------------------


def test_another_side_that_says_the_same_corroborates() -> None:
    assert against(replace(HOME, speaker="B", side="south")) == ("corroborated", "corroborated")


def test_the_same_speaker_in_another_paper_is_a_repeat_and_corroborates_nothing() -> None:
    assert against(replace(HOME, outlet="another paper")) == ("alone", "repeated")


def test_another_office_of_the_same_side_corroborates_nothing() -> None:
    assert against(replace(HOME, speaker="B", office="army")) == ("alone", "one_side")


def test_whoever_has_no_known_side_corroborates_nothing() -> None:
    assert against(replace(HOME, speaker="a paper", side="")) == ("alone", "alone")


def test_an_agreeing_silence_or_statement_corroborates_nothing() -> None:
    assert against(replace(HOME, speaker="B", side="south", content="statement", value=None, unit=""))[0] == "alone"
    one = Claim("A", "", "north", "statement")
    assert statuses(one, replace(one, speaker="B", side="south")) == ["alone", "alone"]


# --- contradiction ---------------------------------------------------------------------------------------------------


def test_another_number_of_the_same_thing_by_another_side_contradicts() -> None:
    assert against(replace(HOME, speaker="B", side="south", value=280)) == ("contradicted", "contradicted")


def test_a_denial_contradicts_what_it_denies_and_is_contradicted_by_it() -> None:
    taken = Claim("A", "", "north", "territory", "Hill", "place")
    assert statuses(taken, replace(taken, speaker="B", side="south", cue="denied")) == ["contradicted"] * 2


@pytest.mark.parametrize(
    "counted",
    [
        {"unit": "people of south"}, {"unit": "people"}, {"unit": "bodies of north", "content": "remains"},
        {"content": "held"}, {"meant": "2026-01-05"}, {"since": "2022-02-24"},
    ],
)  # fmt: skip
def test_a_number_under_another_counting_rule_contradicts_nothing(counted: dict[str, str]) -> None:
    assert against(replace(HOME, speaker="B", side="south", value=280, **counted))[0] == "alone"


@pytest.mark.parametrize(
    ("qualifier", "value", "status"),
    [
        ("at-least", 280, "alone"), ("at-least", 301, "contradicted"), ("over", 300, "contradicted"),
        ("over", 299, "alone"), ("up-to", 300, "alone"), ("up-to", 299, "contradicted"), ("about", 280, "alone"),
        ("about", 200, "contradicted"), ("possible", 9, "alone"), ("under", 300, "contradicted"),
        ("further", 9, "alone"),
    ],
)  # fmt: skip
def test_numbers_contradict_only_where_no_number_would_do_for_both(qualifier: str, value: int, status: str) -> None:
    other = replace(HOME, speaker="B", side="south", value=value, qualifier=qualifier)
    assert against(other)[0] == status
    assert against(replace(other, value=300, qualifier=""))[0] == "corroborated"


def test_what_each_army_says_it_shot_down_is_not_compared() -> None:
    north = Claim("A", "", "north", "interception", 139, "drones", meant="2026-03-12")
    south = Claim("B", "", "south", "interception", 57, "drones", meant="2026-03-12")
    assert statuses(north, south) == ["alone", "alone"]
    same = [replace(each, unit="drones of south") for each in (north, south)]
    assert statuses(*same) == ["contradicted", "contradicted"]


def test_no_side_contradicts_itself_but_a_later_word_of_one_speaker_supersedes_the_earlier() -> None:
    assert against(replace(HOME, value=280, speaker="B"))[0] == "alone"
    later = replace(HOME, value=310, said_on="2026-03-14")
    assert statuses(HOME, later) == ["superseded", "alone"]


# --- silence ---------------------------------------------------------------------------------------------------------


def test_silence_leaves_what_the_other_side_said_of_the_exchange_uncommented_and_nothing_else() -> None:
    silence = Claim("C", "", "south", "silence", cue="did-not-comment")
    attack = Claim("A", "", "north", "attack", 9, "drones")
    own = replace(HOME, side="south", unit="people of south")
    assert statuses(HOME, attack, own, silence) == ["uncommented", "alone", "alone", "uncommented"]
    assert against(silence) == ("uncommented", "uncommented")


def test_silence_on_what_was_just_said_covers_that_sentence_only() -> None:
    attack = Claim("A", "", "north", "attack", 9, "drones", sentence="It hit.")
    silence = Claim("C", "", "south", "silence", cue="did-not-comment", scope="It hit.")
    again = replace(attack, sentence="It hit again.")
    assert statuses(attack, again, HOME, silence)[:3] == ["uncommented", "alone", "alone"]


def test_a_neutral_body_that_keeps_silent_is_not_the_other_side() -> None:
    assert against(Claim("C", "", "red-cross", "silence", cue="did-not-comment"))[0] == "alone"


def test_what_was_said_outweighs_that_somebody_else_kept_silent() -> None:
    silence = Claim("C", "", "south", "silence", cue="did-not-comment")
    assert statuses(HOME, silence, replace(HOME, speaker="B", side="south"))[0] == "corroborated"


# --- laws ------------------------------------------------------------------------------------------------------------

CLAIMS = st.lists(
    st.builds(
        Claim, st.sampled_from("ABC"), st.just(""), st.sampled_from(["north", "south", "", "red-cross"]),
        st.sampled_from(["release", "remains", "territory", "target-date", "silence", "attack", "statement"]),
        st.sampled_from([None, 10, 11, "Hill"]), st.sampled_from(["people of north", "people", ""]),
        st.sampled_from(["", *QUALIFIERS]), st.sampled_from([None, "2026-03-12", "2026-03-14"]),
        st.sampled_from([None, "2026-03-12", "2026-04"]), st.sampled_from(["said", "denied"]),
    ),
    max_size=4,
)  # fmt: skip


@given(CLAIMS)
def test_how_claims_stand_does_not_depend_on_their_order_nor_on_what_they_say_of_it(claims: list[Claim]) -> None:
    once = {repr(claim): each.status for claim, each in zip(claims, standings(claims), strict=True)}
    for order in permutations(claims):
        assert {repr(c): each.status for c, each in zip(order, standings(order), strict=True)} == once
    assert judged([replace(claim, status="corroborated") for claim in claims]) == judged(claims)


@given(CLAIMS)
def test_no_claim_is_corroborated_or_contradicted_by_its_own_side(claims: list[Claim]) -> None:
    for claim, each in zip(claims, standings(claims), strict=True):
        assert each.status in STATUSES
        if each.status in ("corroborated", "contradicted"):
            assert each.against
            assert all(claims[at].side not in ("", claim.side) for at in each.against)


# --- on the ledger ---------------------------------------------------------------------------------------------------


def test_claims_on_the_ledger_stand_against_each_other_by_the_same_rule() -> None:
    world = world_at("reconciled", people=(12, 11))
    world.must(CROSS, recorded())
    world.must(SOUTH, recorded("south-ministry", 300))
    world.must(GULF, recorded("press", 307, source=sha("another page")))
    found = {each.claim.speaker: each.claim for each in on_record(world.state)}
    assert {name: each.status for name, each in found.items()} == {
        "north-ombudsman": "contradicted", "south-ministry": "contradicted", "press": "alone",
    }  # fmt: skip
    assert (found["north-ombudsman"].side, found["north-ombudsman"].office) == ("north", "ombudsman")


# --- in words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_claim_and_every_standing_can_be_said_in_every_language(code: str) -> None:
    say = load_language(code).say
    for content in CONTENTS:
        for cue in CUES:
            for value, unit in ((None, ""), (1200, "people of north"), ("Hill", "place")):
                claim = Claim("A", "president", "north", content, value, unit, said_on="2026-03-12", cue=cue)
                assert "{" not in say(message_of(claim))
    for qualifier in QUALIFIERS:
        assert "1" in say(message_of(replace(HOME, qualifier=qualifier)))
    for status in STATUSES:
        assert f"claim.status.{status}" in TEXTS


def test_whoever_has_neither_office_nor_side_is_not_named() -> None:
    say = load_language("en").say
    private = Claim("Jane Private", "", "", "statement", cue="said")
    assert "Private" not in say(message_of(private))
    assert "Jane Private" in say(message_of(replace(private, office="ombudswoman")))
