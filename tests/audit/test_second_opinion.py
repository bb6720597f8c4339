"""The fold and the second opinion agree on whatever anybody tries: random walks, thousands of attempts each way.

Every person in every state, every right, lead and figure is computed twice by code that shares nothing but the
reading of bytes; in an honest program the two never differ, however late, wrong or hostile an entry is.
"""

from __future__ import annotations

from collections import Counter

import pytest

from repatria.audit.ledger import Run
from repatria.exchange import events
from repatria.exchange.codec import Body, decode_body
from repatria.exchange.events import Author, Opaque, Slug
from repatria.ledger.entry import decode_entry
from repatria.ledger.log import LogReading
from repatria.office import Draft, Outcome, sign
from tests.audit.walk import Walk
from tests.audit.world import Round, World
from tests.exchange import world as story

S1, BRIDGE = Slug("s1"), Slug("bridge")
NORTH_DESK, SOUTH_DESK = Author("north/desk-bridge"), Author("south/desk-bridge")

# What the walks' own plans and freezes are not, since nobody solved them.
UNSOLVED = {"audit.plan.fair", "audit.draw.chances", "audit.attachments.form"}


def differences(seed: int) -> tuple[Counter[str], list[str]]:
    world = Walk(seed).world
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    every = [*run.problems, *run.watch.problems, *run.draw.problems, *run.published.problems]
    kinds = Counter(v.kind for v in run.verdicts if v.applied)
    kinds["people in stages that are over"] = sum(sum(each.received.values()) for each in run.state.counted_stages)
    return kinds, [str(problem) for problem in every if problem.code not in UNSOLVED]


def test_both_agree_on_every_walk() -> None:
    told: Counter[str] = Counter()
    for seed in range(16):
        kinds, found = differences(seed)
        told += kinds
        assert not found, (seed, found[:3])
    for kind in ("PersonReleased", "PersonReceived", "SubstitutionFound", "ReleaseConfirmed", "Unconfirmed",
                 "NotGoing", "WithdrawnFromList", "StageReconciled", "RoundClosed", "KeyRevoked", "KeyRotated",
                 "KeyCompromised", "KeyObjected", "people in stages that are over", "FinalListSigned"):  # fmt: skip
        assert told[kind], f"no walk came to {kind}"


@pytest.mark.soak
def test_both_agree_on_many_more_walks() -> None:
    for seed in range(16, 2000):
        _, found = differences(seed)
        assert not found, (seed, found[:3])


# --- what walks found once ----------------------------------------------------------


def tried(world: World, author: str, event: events.Event, *refs: str) -> bool:
    """Whether the fold lets it take effect; then it stands in the ledger."""
    signed = sign(world.state.fork(), Outcome(drafts=(Draft(event, author, (), refs),)), world.given())
    return not isinstance(signed, list) and world.put(signed[0][0]).applied


def presented() -> Round:
    """One stage, one place, a bound of one person each way; everybody is through the gate."""
    story = Round(World(), totals={"north": 4, "south": 4}, days=1, seats=9, outside=0, bound=1)
    return story.to_the_plan().clearing("s1").open("s1").grant("s1").gate("s1")


def release_two(story: Round, word: str) -> bool:
    """North releases one on its bound, and a second one that relies on the word."""
    world = story.world
    done = []
    for number, refs in zip(story.manifest("s1", holder="north")[:2], ([], [word]), strict=True):
        right = world.state.persons[number].right
        assert right is not None
        event = events.PersonReleased(Slug("s1"), Slug("bridge"), Opaque(number), 1, None)
        done.append(tried(world, "north/desk-bridge", event, right.presented or "", *refs))
    return done[1]


@pytest.mark.parametrize("overtaken", [True, False])
def test_a_word_that_the_desk_knows_to_be_overtaken_answers_for_nobody(overtaken: bool) -> None:
    story = Round(World(), totals={"north": 4, "south": 4}, days=1, seats=9, outside=0, bound=1).to_the_plan()
    south = story.manifest("s1", holder="south")
    _, word = story.clearing("s1").words([], south[:1], day="2025-12-08")
    if overtaken:
        story.words(south[:1], day="2025-12-09")
    story.open("s1").grant("s1").gate("s1")
    assert release_two(story, word) != overtaken


def test_a_word_from_elsewhere_on_somebody_past_the_gate_answers_for_nobody() -> None:
    story = presented()
    _, word = story.words([], story.manifest("s1", holder="south")[:1], day="2025-12-10")
    assert not release_two(story, word)


def test_somebody_let_through_who_then_stays_was_brought_once() -> None:
    story = presented().return_rights("s1")
    story.words([], story.manifest("s1")[:1], author="cross/gate-bridge", place="bridge", day="2025-12-10")
    story.reconcile("s1")
    brought = [body.data.tallies for body in bodies(story.world) if isinstance(body.data, events.StageReconciled)][-1]
    assert all(tally.brought <= tally.agreed for tally in brought)


def bodies(world: World) -> list[Body]:
    return [decode_body(decode_entry(entry).body) for entry in world.entries]


def doubts(world: story.World) -> list[str]:
    """What the second opinion finds wrong with the ledger of the small world, whose plan nobody solved."""
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    found = [*run.problems, *run.watch.problems, *run.draw.problems, *run.published.problems]
    return [problem.code for problem in found if problem.code not in UNSOLVED]


def test_a_release_that_relied_on_a_finding_is_in_sequence_though_the_finders_key_was_revoked_before_it_came() -> None:
    world = story.world_at("presented")
    first, second = world.manifest("north")
    bridge = world.apart()
    released = bridge.release(first)
    finding = bridge.must("south/desk-bridge", events.SubstitutionFound(S1, BRIDGE, first, 1), refs=(released,))
    bridge.release(second, finding)
    world.must("south", events.KeyRevoked(SOUTH_DESK, story.public(SOUTH_DESK)))
    assert all(verdict.applied for verdict in world.hear(bridge.entries))
    assert not doubts(world)


def test_a_release_elsewhere_is_within_the_bound_though_a_receipt_that_others_relied_on_is_in_doubt_since() -> None:
    world = story.world_at("presented", people=(4, 4), places=("bridge", "pier"))
    bridge, pier = world.apart(), world.apart("s1", "pier")
    mine, theirs = world.manifest("north"), world.manifest("south")
    bridge.release(mine[0])
    receipt = [bridge.release(theirs[0]), bridge.receive(theirs[0])][1]
    bridge.release(mine[1], receipt)
    pier.release(world.manifest("north", place="pier")[0])
    world.must("north", events.KeyRevoked(NORTH_DESK, story.public(NORTH_DESK)))
    assert all(verdict.applied for verdict in world.hear([*bridge.entries, *pier.entries]))
    assert world.state_of(theirs[0]) == "unconfirmed"
    assert not doubts(world)
