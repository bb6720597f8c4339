"""Every order of everything, in a small exchange: two people of each side, one place with a bound of one.

Four devices: a desk of each side and the neutral's gate, out of contact from the opening of the stage on, each with
its own narrowed state; and the ledger. They act by the very code of the fold (`apply`, real signatures). A step is an
act of one device, or one device's folder carried to another, in any order, at any time, never, or long after the
ledger has given the desk up as dark. A crash loses what was not acknowledged, which is a device that did not act;
a restart folds again what it had, which is how every state here is made.

A device is what it knows. So states of a device are made once for each set of events it can know, and one set reached
in two orders must give one state (merge laws). Breadth first, until nothing new is found: complete.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import permutations

import pytest

from repatria.exchange.codec import event_id, plain
from repatria.exchange.events import (
    Author,
    Day,
    NotGoing,
    Opaque,
    PersonAbsent,
    PersonPresented,
    RightReturned,
    Slug,
    Unconfirmed,
    WithdrawnFromList,
)
from repatria.exchange.person import IN_THE_AIR
from repatria.ledger.canonical import digest, encode
from repatria.ledger.entry import decode_entry
from tests.exchange import invariants
from tests.exchange.world import NORTH, SOUTH, STAGE_DAYS, Scenario, World, sha, world_at

LEDGER, GATE = "ledger", "gate"
DEVICES = (NORTH, SOUTH, GATE, LEDGER)
AUTHORS = {NORTH: "north/desk-bridge", SOUTH: "south/desk-bridge", GATE: "cross/gate-bridge"}
APART = (NORTH, SOUTH, GATE)
CARRIED = ((NORTH, SOUTH), (SOUTH, NORTH), (GATE, NORTH), (GATE, SOUTH), (SOUTH, GATE))
Known = frozenset[int]  # events by their number in the model
Devices = tuple[Known, Known, Known]


@dataclass
class Model:
    """What can happen, worked out once for each device and each set of events that it can know."""

    scenario: Scenario
    absences: bool = False
    events: dict[str, int] = field(default_factory=dict)
    entries: list[bytes] = field(default_factory=list)
    order: dict[tuple[str, Known], tuple[int, ...]] = field(default_factory=dict)
    worlds: dict[tuple[str, Known], World] = field(default_factory=dict)
    acts: dict[tuple[str, Known], tuple[Known, ...]] = field(default_factory=dict)
    heard: set[tuple[str, Known, tuple[int, ...]]] = field(default_factory=set)

    def start(self) -> Devices:
        ledger = world_at("granted", self.scenario)
        for device in DEVICES:
            world = ledger.copy() if device == LEDGER else ledger.apart()
            self.worlds[device, frozenset()] = world
            self.order[device, frozenset()] = ()
            invariants.check(world.state)
        none: Known = frozenset()
        return (none, none, none)

    def hear(self, device: str, known: Known, news: tuple[int, ...]) -> Known:
        """What the device knows after it has heard these events in this order; its state is checked."""
        fresh = tuple(event for event in news if event not in known)
        after = known | frozenset(fresh)
        if not fresh or (device, known, fresh) in self.heard:
            return after
        self.heard.add((device, known, fresh))
        world = self.worlds[device, known].copy()
        for event in fresh:
            world.take(self.entries[event])
        self._found(device, after, (*self.order[device, known], *fresh), world)
        return after

    def _found(self, device: str, known: Known, order: tuple[int, ...], world: World) -> None:
        standing = self.worlds.get((device, known))
        if standing is not None:
            assert fingerprint(standing) == fingerprint(world), f"{device}: {order} and {self.order[device, known]}"
            return
        invariants.check(world.state)
        against_their_will(world)
        self.worlds[device, known], self.order[device, known] = world, order

    def can(self, device: str, known: Known) -> tuple[Known, ...]:
        """What the device knows after each act that it can do now."""
        if (device, known) not in self.acts:
            self.acts[device, known] = tuple(self._act(device, known))
        return self.acts[device, known]

    def _act(self, device: str, known: Known) -> list[Known]:
        world = self.worlds[device, known]
        found = []
        for author, event, refs in wishes(world, device, self.absences):
            twin = world.copy()
            entry = twin.entry(author, event, refs=refs)
            if not twin.take(entry).applied:
                continue
            number = self.events.setdefault(event_id(decode_entry(entry).body), len(self.entries))
            if number == len(self.entries):
                self.entries.append(entry)
            after = known | {number}
            self._found(device, after, (*self.order[device, known], number), twin)
            found.append(after)
        return found


def wishes(world: World, device: str, absences: bool) -> list[tuple[str, object, list[str]]]:
    """Everything that somebody at a device could want to do now, allowed or not."""
    state, stage, place = world.state, Slug("s1"), Slug("bridge")
    found: list[tuple[str, object, list[str]]] = []
    if device == LEDGER:
        found.append((NORTH, Unconfirmed(stage, place, Author(AUTHORS[NORTH])), []))
        found.append((NORTH, WithdrawnFromList(world.manifest(NORTH)[-1], sha("a reason")), []))
        return found
    author = AUTHORS[device]
    if device == GATE:
        declining = world.manifest(SOUTH)[0]
        if not any(word.stage for word in state.persons[declining].words):
            found.append((author, NotGoing(place, Day(STAGE_DAYS[0]), (declining,)), []))
        waiting = [p for p in state.persons.values() if p.right and p.right.presented is None and not p.not_going]
        if waiting:
            numbers = tuple(sorted(Opaque(person.number) for person in waiting))
            found.append((author, PersonPresented(stage, place, numbers), []))
        return found
    for number in world.manifest():
        person = state.persons[number]
        right = person.right
        if right is None:
            continue
        if person.holder != device:
            if right.released is not None:
                found.append((author, world.receive_event(number), [right.released]))
            continue
        if right.presented is not None:
            found.append((author, world.release_event(number), [right.presented, *state.receipts]))
        if person.number == world.manifest(device)[0] and right.out:
            found.append((author, RightReturned(stage, place, right.epoch, (number,)), []))
        if absences and right.out:
            found.append((author, PersonAbsent(stage, place, number, right.epoch), []))
    return found


def fingerprint(world: World) -> str:
    """Everything of a state that the order of merging must not change."""
    state = world.state
    return digest(encode({
        "persons": plain(dict(state.persons)),
        "states": world.states(),
        "accounts": plain(dict(state.accounts)),
        "receipts": plain(dict(state.receipts)),
    }))  # fmt: skip


def against_their_will(world: World) -> None:
    """Nobody whom the gate has heard decline is released, whatever was known where."""
    for person in world.state.persons.values():
        declined = any(not word.going and word.stage is not None for word in person.words)
        assert not (declined and any(right.released for right in person.rights))


def nobody_is_stuck(model: Model, devices: Devices) -> None:
    """Where all three know the same and the gate has let people through, somebody can act or nobody waits."""
    north, south, gate = devices
    if not north == south == gate:
        return
    world = model.worlds[NORTH, north]
    waiting = [p for p in world.state.persons.values() if p.state in IN_THE_AIR and p.right and p.right.presented]
    if waiting:
        assert model.can(NORTH, north) or model.can(SOUTH, south)


def explore(model: Model, most: int) -> tuple[int, bool]:
    """How many states of the three devices together are reached, and whether that is all of them."""
    start = model.start()
    seen, queue = {start}, deque([start])
    while queue:
        devices = queue.popleft()
        nobody_is_stuck(model, devices)
        come_home(model, devices)
        at = dict(zip(APART, devices, strict=True))
        after = [{**at, device: known} for device in APART for known in model.can(device, at[device])]
        for source, target in CARRIED:
            heard = model.hear(target, at[target], model.order[source, at[source]])
            if heard != at[target]:
                after.append({**at, target: heard})
        for each in after:
            next_ = (each[NORTH], each[SOUTH], each[GATE])
            if next_ not in seen:
                if len(seen) >= most:
                    return len(seen), False
                seen.add(next_)
                queue.append(next_)
    return len(seen), True


def come_home(model: Model, devices: Devices) -> None:
    """The ledger hears the devices as they are now, in every order; before any of them, the first of them, or never,
    it gives the north desk up as dark, or somebody tries to withdraw a person."""
    for first in (None, 0, 1):
        for order in permutations(range(3)):
            known: Known = frozenset()
            for turn, which in enumerate(order):
                if first == turn:
                    known = known | frozenset().union(*model.can(LEDGER, known))
                    if (LEDGER, known) not in model.worlds:
                        break
                known = model.hear(LEDGER, known, model.order[APART[which], devices[which]])


SMALL = Scenario(people=(1, 1))


def test_one_and_one_complete() -> None:
    reached, complete = explore(Model(SMALL, absences=True), 10**6)
    assert complete
    print(f"1+1 people: {reached:,} states, complete")


@pytest.mark.soak
def test_two_and_two_complete() -> None:
    model = Model(Scenario(people=(2, 2)))
    reached, complete = explore(model, 20 * 10**6)
    print(f"2+2 people: {reached:,} states of four devices, {len(model.worlds):,} of one device, complete: {complete}")
    assert complete
