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
from repatria.exchange.events import Opaque, Slug
from repatria.ledger.entry import decode_entry
from repatria.ledger.log import LogReading
from repatria.office import Draft, Outcome, sign
from tests.audit.walk import Walk
from tests.audit.world import Round, World

# What the walks' own plans and freezes are not, since nobody solved them.
UNSOLVED = {"audit.plan.fair", "audit.draw.chances", "audit.attachments.form"}


def differences(seed: int) -> tuple[Counter[str], list[str]]:
    world = Walk(seed).world
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    found = [p for p in [*run.problems, *run.watch.problems, *run.draw.problems] if p.code not in UNSOLVED]
    return Counter(v.kind for v in run.verdicts if v.applied), [str(problem) for problem in found]


def test_both_agree_on_every_walk() -> None:
    told: Counter[str] = Counter()
    for seed in range(16):
        kinds, found = differences(seed)
        told += kinds
        assert not found, (seed, found[:3])
    for kind in ("PersonReleased", "PersonReceived", "SubstitutionFound", "ReleaseConfirmed", "Unconfirmed",
                 "NotGoing", "WithdrawnFromList", "StageReconciled", "RoundClosed", "KeyRevoked", "KeyRotated",
                 "KeyCompromised", "KeyObjected"):  # fmt: skip
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
