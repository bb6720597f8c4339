"""The fold is total: whatever the bytes, it neither raises nor changes anything but the record of what it refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.exchange.door import attempt
from repatria.exchange.events import Day, Slug, TaskDone, TaskSet
from repatria.exchange.fold import apply, fold
from repatria.exchange.state import State, dump_state, load_state, state_hash
from tests.exchange.hostile import Hostile
from tests.exchange.invariants import check
from tests.exchange.test_refusals import effect
from tests.exchange.world import MEDIATORS, PHASES, ROUND, World, world_at

SMALL = {"people": (3, 3), "spare": 1}
# A mediator's time counts whatever becomes of its entry, and with it what is due.
BROUGHT_BY_TIME = ("deadlines", "breaches")


@given(st.lists(st.binary(max_size=120), max_size=8))
def test_random_bytes_are_refused_one_by_one(entries: list[bytes]) -> None:
    state = State()
    for entry in entries:
        assert not apply(state, entry, lambda name: None).applied
    assert [refusal.rule for refusal in state.refusals] == ["entry.malformed"] * len(entries)


def assail(world: World, random: Random, entries: int) -> None:
    """Hostile entries one after the other, each judged as it must be."""
    for _ in range(entries):
        hostile = Hostile(world, random)
        if random.random() < 0.2:
            world.attach(hostile.attachment())
        entry = hostile.entry()
        before, days = world.state.fork(), len(world.state.days)
        persons = dict(world.state.persons)
        verdict = world.take(entry)
        if not verdict.applied:
            but = BROUGHT_BY_TIME if len(world.state.days) > days else ()
            assert effect(world.state, but) == effect(before, but), verdict
        assert set(persons) <= set(world.state.persons)
        check(world.state)
        assert world.state.size == len(world.state.leaves)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PHASES), st.integers(0, 2**32))
def test_hostile_entries_with_the_right_signatures_never_raise_and_break_no_invariant(phase: str, seed: int) -> None:
    assail(world_at(phase, **SMALL), Random(seed), 25)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(("planned", "granted", "presented", "released", "received")), st.integers(0, 2**32))
def test_a_devices_narrowed_state_is_as_total_as_the_whole(phase: str, seed: int) -> None:
    assail(world_at(phase, people=(4, 4), stages=2, exposure=4).apart(), Random(seed), 25)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(400))
def test_many_more_hostile_entries(seed: int) -> None:
    random = Random(seed)
    assail(world_at(random.choice(PHASES), **SMALL), random, 250)


def stormy_ledger(seed: int, entries: int) -> World:
    random = Random(seed)
    world = world_at(random.choice(("listed", "planned", "presented", "released")), **SMALL)
    for _ in range(entries):
        world.take(Hostile(world, random).entry())
    return world


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_a_snapshot_taken_anywhere_and_continued_gives_the_state_of_a_whole_fold(seed: int) -> None:
    world = stormy_ledger(seed, 30)
    at = Random(seed).randrange(len(world.entries) + 1)
    half = fold(world.entries[:at], world.attachments.get)
    again = load_state(dump_state(half))
    assert again == half
    for entry in world.entries[at:]:
        apply(again, entry, world.attachments.get)
    assert again == world.state
    assert state_hash(again) == state_hash(fold(world.entries, world.attachments.get))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_a_fork_that_goes_its_own_way_leaves_the_state_it_came_from_alone(seed: int) -> None:
    world = stormy_ledger(seed, 5)
    before = dump_state(world.state)
    twin = world.copy()
    assail(twin, Random(seed), 20)
    assert dump_state(world.state) == before


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(PHASES), st.integers(0, 2**32))
def test_an_attempt_that_is_refused_leaves_nothing_behind_at_all(phase: str, seed: int) -> None:
    world, random = world_at(phase, **SMALL), Random(seed)
    for _ in range(20):
        before = dump_state(world.state)
        if not attempt(world.state, Hostile(world, random).entry(), world.attachments.get).applied:
            assert dump_state(world.state) == before


def test_a_refused_attempt_of_a_mediator_on_a_new_day_leaves_no_day_behind() -> None:
    world = world_at("clauses")
    late = "2025-12-24T08:00:00Z"
    first, second = MEDIATORS  # it takes both for a new day
    world.must(first, TaskSet(ROUND, Slug("press"), Slug(first), Day("2025-12-30")), at=late)
    before = dump_state(world.state)
    entry = world.entry(second, TaskDone(ROUND, Slug("press"), Slug(second)), at=late)
    assert attempt(world.state, entry, world.attachments.get).rule == "task.unknown"
    assert dump_state(world.state) == before


_FOLD = """
import json, sys
from repatria.exchange.fold import fold
from repatria.exchange.state import state_hash
said = json.load(sys.stdin)
attachments = {name: bytes.fromhex(data) for name, data in said["attachments"].items()}
print(state_hash(fold((bytes.fromhex(entry) for entry in said["entries"]), attachments.get)))
"""


def test_two_processes_with_other_hash_seeds_fold_to_the_same_state_hash() -> None:
    world = stormy_ledger(7, 60)
    said: dict[str, Any] = {
        "entries": [entry.hex() for entry in world.entries],
        "attachments": {name: data.hex() for name, data in world.attachments.items()},
    }
    hashes = set()
    for hash_seed in ("0", "1", "4711"):
        done = subprocess.run(
            [sys.executable, "-c", _FOLD], input=json.dumps(said), capture_output=True, text=True, check=True,
            cwd=Path(__file__).resolve().parents[2], env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )  # fmt: skip
        hashes.add(done.stdout.strip())
    assert hashes == {state_hash(world.state)}


def test_a_damaged_snapshot_is_a_value_error() -> None:
    data = dump_state(world_at("released").state)
    for at in range(0, len(data), 211):
        bent = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            load_state(bent)
        except ValueError:
            continue
    with pytest.raises(ValueError, match="snapshot"):
        load_state(b'{"events":[]}')
