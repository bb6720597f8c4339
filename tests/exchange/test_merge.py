"""Merging what devices did apart: in any order, in any groups, twice: the same people, accounts and tallies.

A session lets desks, a gate and a visitor act on their own states and hear from each other now and then. Then all that
they said is brought to the ledger in many orders that respect each author's chain and every ref.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.exchange.codec import Body, decode_body, event_id
from repatria.exchange.counting import balance_ahead, tallies
from repatria.exchange.door import attempt, decide
from repatria.exchange.events import (
    Author,
    Cleared,
    Day,
    Event,
    NotGoing,
    Opaque,
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    RightReturned,
    Slug,
    SubstitutionFound,
    Unconfirmed,
)
from repatria.exchange.person import Person, Right
from repatria.exchange.sequence import to_name
from repatria.ledger.entry import decode_entry, encode_entry
from tests.exchange.invariants import check
from tests.exchange.world import NORTH, PARTIES, STRAITS, World, world_at

S1, BRIDGE, CAMP = Slug("s1"), Slug("bridge"), Slug("camp")


class Device:
    """One author apart with its own state: it acts when it may, and hears what others bring."""

    def __init__(self, author: str, world: World) -> None:
        self.author = author
        self.world = world.apart()
        if author == "cross/visitor":
            self.world.state = world.state.fork(provisional=True)

    def tries(self, event: Event, *refs: str) -> None:
        entry = self.world.entry(self.author, event, refs=refs)
        if attempt(self.world.state, entry, self.world.attachments.get).applied:
            self.world.entries.append(entry)

    def hears(self, other: Device) -> None:
        for entry in other.world.entries:
            known = event_of(entry) in self.world.state.events
            if not known and attempt(self.world.state, entry, self.world.attachments.get).applied:
                self.world.entries.append(entry)

    def acts(self, random: Random) -> None:
        people = sorted(self.world.state.persons.values(), key=lambda each: each.number)
        person = random.choice(people)
        if self.author == "cross/visitor":
            kind = random.choice((Cleared, NotGoing))
            self.tries(kind(CAMP, Day(random.choice(("2025-12-08", "2025-12-09"))), (person.number,)))
            return
        if self.author.startswith("cross/gate"):
            self._at_gate(person, random)
            return
        here = [(each, each.right) for each in people if each.right is not None]
        mine = [(each, right) for each, right in here if right.holder == self.author and right.out]
        theirs = [(each, right) for each, right in here if each.holder != self.side and right.released is not None]
        if theirs and random.random() < 0.5:
            person, right = random.choice(theirs)
            answer = SubstitutionFound if random.random() < 0.15 else PersonReceived
            self.tries(answer(S1, BRIDGE, person.number, right.epoch), str(right.released))
        elif mine:
            self._with_right(*random.choice(mine), random)

    @property
    def side(self) -> str:
        return self.author.partition("/")[0]

    def _at_gate(self, person: Person, random: Random) -> None:
        right, roll = person.right, random.random()
        if right is None:
            return
        back = (right.returned,) if right.returned else ()
        if roll < 0.05:
            self.tries(NotGoing(BRIDGE, Day("2025-12-10"), (person.number,)), *back)
        elif roll < 0.1:
            self.tries(Cleared(BRIDGE, Day("2025-12-10"), (person.number,)), *back)
        else:
            others = [n for n in sorted(self.world.state.persons) if n != person.number and random.random() < 0.3]
            self.tries(PersonPresented(S1, BRIDGE, (person.number, *map(Opaque, others))))
            self.tries(PersonPresented(S1, BRIDGE, (person.number,)))

    def _with_right(self, person: Person, right: Right, random: Random) -> None:
        roll = random.random()
        if roll < 0.05:
            self.tries(RightReturned(S1, BRIDGE, right.epoch, (person.number,)))
        elif roll < 0.1:
            self.tries(PersonAbsent(S1, BRIDGE, person.number, right.epoch))
        elif right.presented is not None:
            held = [event for event in to_name(self.world.state, (S1, BRIDGE), self.author) if random.random() < 0.8]
            event = PersonReleased(S1, BRIDGE, person.number, right.epoch, None)
            self.tries(event, right.presented, *held)


def event_of(entry: bytes) -> str:
    return event_id(decode_entry(entry).body)


def session(seed: int, desks: int, steps: int = 80) -> tuple[World, list[bytes]]:
    """A ledger with rights granted, and everything that devices said apart."""
    random = Random(seed)
    world = world_at("stage-open", people=(3, 3), uncounted=(1, 1), bound=random.choice((1, 2)), desks=desks)
    for party in PARTIES:
        people = world.manifest(party)
        world.grant(people[: len(people) // desks])
        if desks == 2:
            world.grant(people[len(people) // 2 :], holder=f"{party}/desk-bridge-2")
    names = [f"{party}/desk-bridge" + ("-2" if i else "") for party in PARTIES for i in range(desks)]
    devices = [Device(name, world) for name in (*names, "cross/gate-bridge", "cross/visitor")]
    often = [6] * (2 * desks) + [4, 1]
    for _ in range(steps):
        (device,) = random.choices(devices, often)
        if random.random() < 0.5:
            device.acts(random)
        elif device.author != "cross/visitor":
            device.hears(random.choice(devices[:-1]))
    said = {event_of(entry): entry for device in devices for entry in device.world.entries}
    return world, list(said.values())


def some_order(entries: Iterable[bytes], random: Random) -> list[bytes]:
    """A random order in which every entry comes after its author's earlier ones and after what it names."""
    waiting: dict[str, Body] = {}
    data: dict[str, bytes] = {}
    for entry in entries:
        name = event_of(entry)
        waiting[name], data[name] = decode_body(decode_entry(entry).body), entry
    order = []
    while waiting:
        ready = [n for n, body in waiting.items() if body.prev not in waiting and not set(body.refs) & set(waiting)]
        name = random.choice(sorted(ready))
        del waiting[name]
        order.append(data[name])
    return order


def view(world: World) -> object:
    """Everything that anybody may act upon."""
    state = world.state
    figures = tallies(state, "s1", "bridge"), balance_ahead(state)
    return state.persons, state.books, state.doubtful, state.settled, state.receipts, state.moved, state.chains, figures


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from((1, 2)))
def test_any_order_gives_the_same_and_loses_nothing(seed: int, desks: int) -> None:
    world, said = session(seed, desks)
    random = Random(seed)
    views = []
    for _ in range(4):
        merged = world.copy()
        for entry in some_order(said, random):
            verdict = merged.take(entry)
            assert verdict.applied, (verdict.kind, verdict.author, verdict.rule, verdict.what)
            check(merged.state)
        views.append(view(merged))
    assert all(each == views[0] for each in views)
    for entry in said:  # idempotent
        assert merged.take(entry).rule == "chain.replayed"
    assert view(merged) == views[0]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from((1, 2)))
def test_sticks_with_any_part_of_it_in_any_order_give_the_same_at_the_door(seed: int, desks: int) -> None:
    world, said = session(seed, desks)
    random, views = Random(seed), []
    for _ in range(2):
        merged, brought = world.copy(), said * 2
        random.shuffle(brought)
        waiting: list[bytes] = []
        while brought:
            stick = [brought.pop() for _ in range(min(len(brought), random.randrange(1, 9)))]
            decisions = decide(merged.state, [*waiting, *stick], merged.attachments.get)
            assert not decisions.away
            assert all(decision.applied for decision in decisions.come_in)
            waiting = [decision.entry for decision in decisions.waiting]
        assert not waiting
        views.append(view(merged))
    assert views[0] == views[1]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_a_desk_declared_dark_before_between_or_after_its_late_events_leaves_the_same_states(seed: int) -> None:
    world, said = session(seed, desks=1)
    random, seen = Random(seed), []
    order = some_order(said, random)
    for at in {0, len(order) // 2, len(order)}:
        merged = world.copy()
        for i, entry in enumerate([*order, b""]):
            if i == at:
                merged.say(STRAITS, Unconfirmed(S1, BRIDGE, Author("north/desk-bridge")))
            if entry:
                assert merged.take(entry).applied
        seen.append((merged.states(), tallies(merged.state, "s1", "bridge")))
    assert all(each == seen[0] for each in seen)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_ten_times_replayed_a_receipt_has_no_effect(seed: int) -> None:
    world, said = session(seed, desks=1)
    for entry in some_order(said, Random(seed)):
        world.take(entry)
        before = view(world)
        for _ in range(9):
            assert world.take(entry).rule == "chain.replayed"
        assert view(world) == before


def test_a_signature_of_one_exchange_is_worth_nothing_in_another() -> None:
    world = world_at("released")
    other = world_at("released")
    other.state.exchange = "f" * 32  # the same members, keys and numbers, under another exchange
    number = world.manifest(NORTH)[0]
    release = (world.state.persons[number].right.released,)  # type: ignore[union-attr]
    receipt = world.entry("south/desk-bridge", world.receive_event(number), refs=release)
    assert other.take(receipt).rule == "exchange.other"
    renamed = decode_entry(receipt)
    bent = type(renamed)(renamed.type, renamed.body.replace(b"e" * 32, b"f" * 32), renamed.sigs)
    assert other.take(encode_entry(bent)).rule == "signature.invalid"
    assert world.take(receipt).applied


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1500))
def test_many_more_sessions_merge(seed: int) -> None:
    world, said = session(seed, desks=1 + seed % 2, steps=120)
    random, views = Random(seed), []
    for _ in range(7):
        merged = world.copy()
        for entry in some_order(said, random):
            assert merged.take(entry).applied
        check(merged.state)
        views.append(view(merged))
    assert all(each == views[0] for each in views)
