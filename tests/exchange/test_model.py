"""Every run of a small handover, over the reducers of the fold (see `model.py`), and the number of states it takes.

In each state, whatever the devices and the ledger happen to know: nobody is released twice or by two hands, nobody who
declined is released, neither side is ahead by more than the bound, received means that both sides signed, nobody is
withdrawn while a hand could still hand them over, nothing that was said is lost, and, where nobody was kept back, the
devices can finish once they hear from each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import pytest

from repatria.deal.ratio import factors, scaled
from repatria.exchange import always, authority, fold, handing, sequence
from repatria.exchange.authority import EVERYONE, GATE, INTERVIEWER, Rule
from repatria.exchange.events import (
    Event,
    NotGoing,
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    RightReturned,
    SubstitutionFound,
)
from repatria.exchange.person import NOT_GOING, RECEIVED, Right
from repatria.exchange.state import Fact, State
from tests.exchange.model import CAMP, Model, Setting, Violation
from tests.exchange.world import NORTH, PARTIES, SOUTH, World, other, world_at

NORTH_DESK, SOUTH_DESK, GATE_DEVICE = "north/desk-bridge", "south/desk-bridge", "cross/gate-bridge"


@dataclass(frozen=True)
class Said:
    """Who is said to be what, as person and event; receipts and findings with the release that they name."""

    released: frozenset[tuple[str, str]]
    received: frozenset[tuple[str, str]]
    sent_back: frozenset[tuple[str, str]]
    declined: frozenset[str]
    kept: frozenset[str]  # returned, absent, substituted: somebody was not offered


@dataclass
class Check:
    """What must hold in every state of one model."""

    model: Model
    said: dict[int, Said] = field(default_factory=dict)

    def __call__(self, whole: tuple[int, ...]) -> None:
        model = self.model
        devices = whole[model.first :]
        said = [self._said(number) for number in devices]
        released = frozenset().union(*(each.released for each in said))
        received = frozenset().union(*(each.received for each in said))
        sent_back = frozenset().union(*(each.sent_back for each in said)) - received
        declined = frozenset().union(*(each.declined for each in said))
        gone = released - sent_back
        self._single_release(gone)
        if {person for person, _ in gone} & declined:
            raise Violation("somebody who declined at the gate is released")
        self._balance(gone, received, declined)
        self._single_hand(whole, devices)
        if model.setting.members_act:
            self._withdrawn(whole, devices, gone)
        elif len(model.setting.passes) >= len(model.people) and not frozenset().union(*(each.kept for each in said)):
            self._can_finish(devices)

    def _said(self, number: int) -> Said:
        found = self.said.get(number)
        if found is None:
            about: dict[type[Event], set[tuple[str, str]]] = {}
            for name in self.model.locals[number].known:
                body = self.model.bodies[name]
                if any(ref not in self.model.locals[number].state.events for ref in body.refs):
                    raise Violation("an act took effect without what it relies on")
                for person in getattr(body.data, "numbers", None) or (getattr(body.data, "number", ""),):
                    release = body.refs[0] if isinstance(body.data, PersonReceived | SubstitutionFound) else name
                    about.setdefault(type(body.data), set()).add((person, release))
            at_gate = {p for p, name in about.get(NotGoing, ()) if self.model.bodies[name].author == GATE_DEVICE}
            kinds = (RightReturned, PersonAbsent, SubstitutionFound)
            kept = {person for kind in kinds for person, _ in about.get(kind, ())}
            found = self.said[number] = Said(
                frozenset(about.get(PersonReleased, ())),
                frozenset(about.get(PersonReceived, ())),
                frozenset(about.get(SubstitutionFound, ())),
                frozenset(at_gate),
                frozenset(kept),
            )
            self._gate_had_no_other_word(number, about.get(PersonPresented, set()))
        return found

    def _gate_had_no_other_word(self, number: int, presented: set[tuple[str, str]]) -> None:
        state = self.model.locals[number].state
        for person, name in presented:
            seen = self.model.bodies[name].seen[0]
            for word in state.persons[person].words:
                if word.place == CAMP and not word.going and state.events[word.event] < seen:
                    raise Violation("the gate let somebody through who, as it knew, does not go")

    def _single_release(self, gone: frozenset[tuple[str, str]]) -> None:
        if len({person for person, _ in gone}) != len(gone):
            raise Violation("somebody is released twice")

    def _balance(
        self, gone: frozenset[tuple[str, str]], received: frozenset[tuple[str, str]], declined: frozenset[str]
    ) -> None:
        world = self.model.world
        factor = factors(world.scenario.totals)
        holder = {number: person.holder for number, person in world.state.persons.items()}
        left, answered = dict.fromkeys(PARTIES, 0), dict.fromkeys(PARTIES, 0)
        for person, _ in gone:
            left[holder[person]] += 1
        for person in {person for person, _ in received} | declined:
            answered[holder[person]] += 1
        for side in PARTIES:
            ahead = factor[side] * left[side] - factor[other(side)] * answered[other(side)]
            if ahead > scaled(world.scenario.bound, factor):
                raise Violation(f"{side} is {ahead} ahead")

    def _single_hand(self, whole: tuple[int, ...], devices: tuple[int, ...]) -> None:
        for person in self.model.people:
            hands = [
                name
                for name, number in zip(self.model.setting.devices, devices, strict=True)
                if (right := self.model.locals[number].state.persons[person].right) is not None
                and right.holder == name
                and right.out
                and not self._fetched(whole, person, name)
            ]
            if len(hands) > 1:
                raise Violation("two hands hold the right for one person")

    def _fetched(self, whole: tuple[int, ...], person: str, desk: str) -> bool:
        """Whether supervisors have the person back from that desk."""
        if not self.model.setting.members_act:
            return False
        rights = self.model.locals[whole[0]].state.persons[person].rights
        return any(right.holder == desk and right.confirmed == "returned" for right in rights)

    def _withdrawn(self, whole: tuple[int, ...], devices: tuple[int, ...], gone: frozenset[tuple[str, str]]) -> None:
        ledger = self.model.locals[whole[0]].state
        for person in ledger.persons.values():
            if not person.withdrawn:
                continue
            if person.number in {number for number, _ in gone}:
                raise Violation("somebody was withdrawn and is released")
            for name, number in zip(self.model.setting.devices, devices, strict=True):
                right = self.model.locals[number].state.persons[person.number].right
                if right and right.holder == name and right.out and not self._fetched(whole, person.number, name):
                    raise Violation("somebody was withdrawn while a hand could hand them over")

    def _can_finish(self, devices: tuple[int, ...]) -> None:
        """Everybody who has not declined is received once the devices hear from each other and go on."""
        model, now = self.model, list(devices)
        moved = True
        while moved:
            moved = False
            for at, name in enumerate(model.setting.devices):
                for other_device in now:
                    for after in model.hears(now[at], model.locals[other_device].known):
                        now[at], moved = after, True
                while honest := [a for a, what in model.acts(name, now[at]) if what.split()[0] in HONEST]:
                    now[at], moved = honest[0], True
        for person in model.locals[now[0]].state.persons.values():
            if person.state not in (RECEIVED, NOT_GOING):
                raise Violation("the devices cannot finish")


HONEST = ("present", "release", "receive")
DESKS, DEVICES = (NORTH_DESK, SOUTH_DESK), (NORTH_DESK, SOUTH_DESK, GATE_DEVICE)
SECOND = "north/desk-bridge-2"

# Who is in it, what may happen, how many states there are up to exchanges of people, and how many in its merging.
SEARCHES = {
    "a whole handover of two and two": ((2, 2), Setting(), 13331, 8052),
    "one against two, who may decline, or whose right may come back": (
        (1, 2), Setting(declines=(0, 1, 2), returns=(0, 1, 2)), 38743, 9256,
    ),
    "one and one, who may decline, be kept back, or be somebody else": (
        (1, 1), Setting(declines=(0, 1), returns=(0, 1), absent=(0,), substituted=(0, 1)), 2279, 922,
    ),
    "both desks may go dark and return late, and people are withdrawn meanwhile": (
        (1, 1), Setting(dark=DESKS, settles=True, returns=(0,), withdraws=(0, 1), sticks=True), 42859, 0,
    ),
    "a desk goes dark, and what it said comes in event by event": (
        (1, 1),
        Setting(
            dark=(NORTH_DESK,), settles=True, returns=(0, 1), substituted=(0, 1), declines=(0, 1), withdraws=(0, 1)
        ),
        68957, 0,
    ),
    "a suspension, which the gate may hear of or not, and its end": (
        (1, 1), Setting(suspends=True, renews=(GATE_DEVICE,), withdraws=(0, 1), sticks=True), 51880, 0,
    ),
    "a word given in the camp, which the gate may hear of or not": (
        (1, 1), Setting(declines_in_camp=(0,), declines=(1,), renews=(GATE_DEVICE,), sticks=True), 14541, 0,
    ),
    "a right that came back is granted anew": (
        (1, 1), Setting(grants_anew=(NORTH_DESK,), renews=(NORTH_DESK, GATE_DEVICE), returns=(0,), sticks=True),
        39253, 0,
    ),
    "a dark desk's person is settled, and granted to a second desk": (
        (1, 1),
        Setting(
            devices=(NORTH_DESK, SECOND, SOUTH_DESK, GATE_DEVICE), passes=(0,), dark=(NORTH_DESK,), settles=True,
            grants_anew=(SECOND,), renews=(SECOND, GATE_DEVICE), sticks=True,
        ),
        5753, 0,
    ),
}  # fmt: skip

# Too many for every run: `make soak`. How many states there are, up to exchanges of people.
SOAKED = {
    "both desks may go dark, and everybody may be kept back, decline, be somebody else, or be withdrawn": (
        Setting(
            dark=DESKS, settles=True, returns=(0, 1), absent=(0, 1), substituted=(0, 1), declines=(0, 1),
            withdraws=(0, 1),
        ),
        1134721,
    ),
    "words given in the camp on both, which the gate may hear of or not, event by event": (
        Setting(declines_in_camp=(0, 1), declines=(0, 1), renews=(GATE_DEVICE,), returns=(0, 1)),
        1718207,
    ),
    "a right that came back, or whose person was absent, is granted anew, and both may decline": (
        Setting(
            grants_anew=(NORTH_DESK,), renews=(NORTH_DESK, GATE_DEVICE), returns=(0, 1), absent=(0, 1), declines=(0, 1)
        ),
        1104213,
    ),
    "a suspension, event by event, over somebody who may decline or be kept back": (
        Setting(suspends=True, renews=(GATE_DEVICE,), withdraws=(0, 1), returns=(0,), declines=(0,)), 804206,
    ),
}  # fmt: skip


def granted(people: tuple[int, int]) -> World:
    return world_at("granted", people=people, desks=2)


def granted_to_two_desks() -> World:
    """The rights for two people of north are with two of its desks."""
    world = world_at("stage-open", people=(2, 2), desks=2)
    first, second = world.manifest(NORTH)
    world.grant([first])
    world.grant([second], holder=SECOND)
    world.grant(world.manifest(SOUTH))
    return world


def searched(world: World, setting: Setting) -> Model:
    model = Model(world, setting)
    model.search(Check(model))
    return model


@pytest.mark.parametrize("name", SEARCHES)
def test_in_every_run_no_invariant_is_broken(name: str) -> None:
    people, setting, states, merging = SEARCHES[name]
    model = searched(granted(people), setting)
    print(f"{name}: {len(model.seen):,} states, {model.merged:,} of merging")
    assert (len(model.seen), model.merged) == (states, merging)


@pytest.mark.soak
@pytest.mark.parametrize("name", SOAKED)
def test_in_every_longer_run_no_invariant_is_broken(name: str) -> None:
    setting, states = SOAKED[name]
    model = searched(granted((1, 1)), setting)
    print(f"{name}: {len(model.seen):,} states")
    assert len(model.seen) == states


# --- each rule taken away ---------------------------------------------------------------------------------------------


def without_release_right(patch: pytest.MonkeyPatch) -> None:
    def any_right(state: State, fact: Fact, number: str, *_: object, **__: object) -> Right:
        right = state.persons[number].right
        assert right is not None
        return right

    patch.setattr(handing, "_held_right", any_right)


def without_sequence(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handing, "check_sequence", lambda *_: None)


def without_worst_case(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sequence, "_may_have", lambda knows, right, *_: right.left)


def without_withdrawal_rule(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(always, "check_no_right_out", lambda *_: None)


def without_clearing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handing, "check_cleared", lambda *_: None)


def without_neutral_only(patch: pytest.MonkeyPatch) -> None:
    for kind in ("Cleared", "PersonPresented"):
        patch.setitem(authority.TABLE, kind, Rule(EVERYONE, (INTERVIEWER, GATE, "desk")))


def without_refs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fold, "check_refs", lambda *_: None)


TWO_DESKS = (NORTH_DESK, SECOND, SOUTH_DESK, GATE_DEVICE)
ONE_EACH, TWO_EACH = partial(granted, (1, 1)), partial(granted, (2, 2))
# What is taken away, from where, in which setting, and how many states there are with it, none of them in violation.
REMOVALS = {
    "release right": (without_release_right, ONE_EACH, Setting(devices=TWO_DESKS, hostile=("others' rights",)), 1956),
    "sequence rule": (without_sequence, TWO_EACH, Setting(passes=(0, 2)), 43),
    "worst case": (
        without_worst_case, granted_to_two_desks, Setting(devices=TWO_DESKS, passes=(0, 2), returns=(0, 2)), 1775
    ),
    "no withdrawal under a right": (without_withdrawal_rule, ONE_EACH, Setting(withdraws=(0,), sticks=True), 825),
    "clearing before release": (without_clearing, ONE_EACH, Setting(declines=(0,)), 195),
    "neutral-only clearing": (without_neutral_only, ONE_EACH, Setting(declines=(0,), hostile=("desk clears",)), 195),
    "refs before effect": (without_refs, ONE_EACH, Setting(hostile=("unseen receipts",)), 143),
}  # fmt: skip


@pytest.mark.parametrize("name", REMOVALS)
def test_with_the_rule_the_search_finds_nothing_and_without_it_a_violation(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal, world, setting, states = REMOVALS[name]
    assert len(searched(world(), setting).seen) == states
    world()  # the scenario itself is made under all rules
    removal(monkeypatch)
    model = Model(world(), setting)
    with pytest.raises(AssertionError) as found:  # a Violation, or one of the invariants of a single state
        model.search(Check(model))
    print(f"without {name}, within {len(model.seen)} states: {found.value}")
