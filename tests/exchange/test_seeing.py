"""Proof of life and identity: who may say it, of whom, and what opens without it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.audit.ledger import Run
from repatria.deal.terms import decode_terms, encode_terms, parse_terms
from repatria.exchange import handing
from repatria.exchange.events import AccessRefused, Day, IdentityConfirmed, NotGoing, Opaque, ProofOfLifeRecorded, Slug
from repatria.exchange.seeing import lacks
from repatria.exchange.state import dump_state, load_state
from repatria.ledger.log import LogReading
from repatria.rehearsal.terms import TEST, terms_text
from tests.exchange.world import (
    GULF,
    NORTH,
    PARTIES,
    SOUTH,
    VISIT,
    World,
    carry,
    everyone,
    number_of,
    opaque,
    register_of,
    row_of,
    stage_opened,
    terms_of,
    world_at,
)

CAMP = Slug("camp")
Kind = type[ProofOfLifeRecorded | IdentityConfirmed]
UNSOLVED = {"audit.plan.fair", "audit.draw.chances", "audit.attachments.form"}


def of_numbers(kind: Kind, *numbers: Opaque, day: str = VISIT) -> ProofOfLifeRecorded | IdentityConfirmed:
    return kind(CAMP, Day(day), None, (), tuple(sorted(numbers)))


def of_row(kind: Kind, index: int, day: str = VISIT) -> ProofOfLifeRecorded | IdentityConfirmed:
    """The person whom south seeks in this row of its register, and whom north holds."""
    return kind(CAMP, Day(day), register_of(SOUTH), (row_of(NORTH, index),), ())


def second_opinion(world: World) -> set[str]:
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    return {p.code for p in [*run.problems, *run.watch.problems]} - UNSOLVED


def test_whom_the_neutral_saw_before_there_was_a_list_was_seen_when_they_have_a_number() -> None:
    world = world_at("answered")
    world.must("cross/visitor", of_row(ProofOfLifeRecorded, 0))
    world.must("cross/visitor", of_row(IdentityConfirmed, 1, "2025-12-02"))
    carry(world, ["listed"])
    first, second = (world.state.persons[number_of(NORTH, at)] for at in (0, 1))
    assert (first.alive_on, first.identified_on) == (VISIT, None)
    assert (second.alive_on, second.identified_on) == ("2025-12-02", "2025-12-02")
    assert load_state(dump_state(world.state)) == world.state


def test_a_row_and_a_number_are_the_same_person() -> None:
    world = world_at("listed")
    world.must("cross/visitor", of_row(ProofOfLifeRecorded, 0))
    assert world.state.persons[number_of(NORTH, 0)].alive_on == VISIT
    assert world.state.persons[number_of(NORTH, 1)].alive_on is None


@settings(max_examples=30, deadline=None)
@given(st.permutations([
    of_numbers(ProofOfLifeRecorded, number_of(NORTH, 0), day="2025-12-03"),
    of_numbers(IdentityConfirmed, number_of(NORTH, 0), day="2025-12-01"),
    of_row(ProofOfLifeRecorded, 0, "2025-12-05"), of_row(IdentityConfirmed, 0, "2025-12-02"),
]))  # fmt: skip
def test_the_latest_day_counts_in_whichever_order_it_was_said(
    said: list[ProofOfLifeRecorded | IdentityConfirmed],
) -> None:
    world = world_at("listed")
    for event in said:
        world.must("cross/visitor", event)
    person = world.state.persons[number_of(NORTH, 0)]
    assert (person.alive_on, person.identified_on) == ("2025-12-05", "2025-12-02")


@pytest.mark.parametrize("kind", [ProofOfLifeRecorded, IdentityConfirmed])
@pytest.mark.parametrize("author", ["north", "north/desk-bridge", "gulf", "cross"])
def test_nobody_but_the_neutrals_own_people_says_so(kind: Kind, author: str) -> None:
    world = world_at("listed")
    event = of_numbers(kind, number_of(NORTH, 0))
    assert (world.say(author, event).rule or "").startswith("authority.")
    assert world.say("cross/visitor", event).applied
    assert world.say("cross/gate-bridge", event).applied


def test_numbers_that_no_list_allotted_are_padding() -> None:
    world = world_at("listed")
    before = dict(world.state.persons)
    world.must("cross/visitor", of_numbers(ProofOfLifeRecorded, opaque("nobody")))
    assert dict(world.state.persons) == before


# --- what the terms ask for -----------------------------------------------------------------------------------------


def opens(world: World) -> str | None:
    return world.say(GULF, stage_opened(world)).rule


def test_no_stage_opens_before_everybody_in_it_was_seen_where_the_terms_ask_for_it() -> None:
    world = world_at("planned", requires=("proof-of-life",))
    first, *others = everyone(world)
    world.must("cross/visitor", of_numbers(ProofOfLifeRecorded, *others))
    assert opens(world) == "stage.not_seen"
    world.must("cross/visitor", of_numbers(IdentityConfirmed, first))  # whoever says who they are is alive
    assert opens(world) is None
    world.all_must(PARTIES, stage_opened(world))
    assert second_opinion(world) == set()


def test_life_is_not_identity() -> None:
    world = world_at("planned", requires=("identity", "proof-of-life"))
    world.must("cross/visitor", of_numbers(ProofOfLifeRecorded, *everyone(world)))
    assert opens(world) == "stage.not_seen"
    world.must("cross/visitor", of_numbers(IdentityConfirmed, *everyone(world)))
    assert opens(world) is None


def test_refused_access_traps_nobody_and_whoever_does_not_go_holds_nobody_up() -> None:
    world = world_at("planned", requires=("identity",))
    first, second, *others = everyone(world)
    world.must("cross/visitor", of_numbers(IdentityConfirmed, *others))
    holder = world.state.persons[first].holder
    world.must("cross/visitor", AccessRefused(CAMP, VISIT, holder, (first,)))
    assert opens(world) == "stage.not_seen"
    world.must("cross/visitor", NotGoing(CAMP, VISIT, (second,)))
    assert opens(world) is None


def test_terms_that_ask_for_nothing_need_nothing_and_their_bytes_are_as_they_were() -> None:
    world = world_at("planned")
    assert opens(world) is None
    terms = terms_of(world.scenario)
    assert b"requires" not in encode_terms(terms)
    asking = terms_of(world_at("planned", requires=("identity",)).scenario)
    assert decode_terms(encode_terms(asking)).requires == ("identity",)


@pytest.mark.parametrize(("text", "good"), [
    ('["identity"]', True), ('["identity", "proof-of-life"]', True), ("[]", True),
    ('["proof-of-life", "identity"]', True), ('["photograph"]', False), ('"identity"', False), ('[1]', False),
])  # fmt: skip
def test_terms_ask_for_what_the_neutral_can_say(text: str, good: bool) -> None:
    written = terms_text(TEST).replace("chance_days = 7", f"chance_days = 7\nrequires = {text}")
    terms, problems = parse_terms(written, bytes(32))
    assert [problem.where for problem in problems] == ([] if good else ["terms, requires"])
    assert (terms is not None) is good


def test_the_second_opinion_finds_a_stage_that_opened_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "unseen", lambda state, stage, requires: (0, 0))
    world = world_at("planned", requires=("identity",))
    world.all_must((*PARTIES, GULF), stage_opened(world))
    assert second_opinion(world) == {"audit.cleared.seen"}
    assert all(lacks(person, ("identity",)) for person in world.state.persons.values())
