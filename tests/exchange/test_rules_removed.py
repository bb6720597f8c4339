"""Each rule is taken away in turn: an attack that the rule refuses then breaks an invariant, which is found.

The attack is the same both times. With the rule it leaves a state in which every invariant holds; without it one of
them fails. (That fsync comes before an acknowledgement is shown the same way in tests/store/test_tiles_faults.py.)
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from repatria.exchange import always, authority, fold, handing
from repatria.exchange.authority import EVERYONE, GATE, INTERVIEWER, Rule
from repatria.exchange.codec import decode_body, event_id
from repatria.exchange.events import (
    Author,
    Cleared,
    Day,
    KeyRevoked,
    PersonPresented,
    PersonReceived,
    RightGranted,
    RightReturned,
    Slug,
    WithdrawnFromList,
)
from repatria.exchange.person import Right
from repatria.exchange.state import Fact, KeyGrant, State
from repatria.ledger.entry import decode_entry
from tests.exchange import invariants
from tests.exchange.world import NORTH, SOUTH, World, public, sha, world_at

Attack = Callable[[], World]


def check(world: World) -> None:
    """The invariants of a state, and those that need the entries beside it."""
    invariants.check(world.state)
    bodies = {event_id(decode_entry(e).body): decode_body(decode_entry(e).body) for e in world.entries}
    took_effect = {event for event, index in world.state.events.items() if index >= 0}
    for person in world.state.persons.values():
        for right in person.rights:
            if right.released in bodies:  # single right: whoever releases holds it
                release = bodies[str(right.released)]
                assert right.holder in (release.author, getattr(release.data, "sheet", None))
            if right.presented in bodies:  # nobody but the neutral lets a person through
                assert world.state.members[bodies[str(right.presented)].member].role == "neutral"
        for word in person.words:
            if word.event in bodies:
                assert world.state.members[bodies[word.event].member].role == "neutral"
    for event in took_effect & bodies.keys():
        body = bodies[event]
        index = world.state.events[event]
        for ref in body.refs:  # refs before effect
            assert 0 <= world.state.events.get(ref, index) < index
        if "/" in body.author and not isinstance(body.data, PersonReceived):  # authority at the index that was seen
            grants = world.state.keys[body.author]
            assert any(g.since < body.seen[0] and (g.until is None or g.until >= body.seen[0]) for g in grants)


def release_with_a_right_that_was_given_back() -> World:
    world = world_at("presented", bound=2)
    number = world.manifest(NORTH)[0]
    world.say("north/desk-bridge", RightReturned(Slug("s1"), Slug("bridge"), 1, (number,)))
    world.say(NORTH, RightGranted(Slug("s1"), Slug("bridge"), Author("north/sheet-0001"), 2, (number,)))
    world.say("cross/gate-bridge", PersonPresented(Slug("s1"), Slug("bridge"), (number,)))
    right = world.state.persons[number].right
    assert right is not None
    world.say("north/desk-bridge", world.release_event(number), refs=[right.presented] if right.presented else [])
    return world


def release_far_ahead_of_the_receipts() -> World:
    world = world_at("presented")
    for number in world.manifest(NORTH):
        right = world.state.persons[number].right
        assert right is not None
        assert right.presented is not None
        world.say("north/desk-bridge", world.release_event(number), refs=[right.presented])
    return world


def withdraw_somebody_whose_right_is_out() -> World:
    world = world_at("presented")
    world.say(NORTH, WithdrawnFromList(world.manifest(NORTH)[0], sha("a reason")))
    return world


def release_somebody_whom_the_neutral_has_not_let_through() -> World:
    world = world_at("granted")
    world.say("north/desk-bridge", world.release_event(world.manifest(NORTH)[0]))
    return world


def clear_people_in_the_neutrals_place() -> World:
    world = world_at("granted")
    numbers = tuple(world.manifest(NORTH))
    world.say("south/desk-bridge", Cleared(Slug("bridge"), Day("2025-12-09"), numbers))
    return world


def release_with_a_key_that_had_been_revoked() -> World:
    world = world_at("presented")
    number = world.manifest(NORTH)[0]
    world.say(NORTH, KeyRevoked(Author("north/desk-bridge"), public("north/desk-bridge")))
    right = world.state.persons[number].right
    assert right is not None
    assert right.presented is not None
    world.say("north/desk-bridge", world.release_event(number), refs=[right.presented])
    return world


def rely_on_a_receipt_that_is_not_in_the_ledger() -> World:
    world = world_at("presented")
    number = world.manifest(SOUTH)[0]
    right = world.state.persons[number].right
    assert right is not None
    assert right.presented is not None
    world.say("south/desk-bridge", world.release_event(number), refs=[right.presented, sha("a receipt of nobody")])
    return world


def without_release_right(patch: pytest.MonkeyPatch) -> None:
    def any_right(state: State, fact: Fact, number: str, *_: object, **__: object) -> Right:
        right = state.persons[number].right
        assert right is not None
        return right

    patch.setattr(handing, "_held_right", any_right)


def without_sequence(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handing, "check_sequence", lambda *_: None)


def without_withdrawal_rule(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(always, "check_no_right_out", lambda *_: None)


def without_clearing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handing, "check_cleared", lambda *_: None)


def without_neutral_only(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(authority.TABLE, "Cleared", Rule(EVERYONE, (INTERVIEWER, GATE, "desk")))


def without_authority_at_the_index(patch: pytest.MonkeyPatch) -> None:
    def whenever(self: State, author: str, index: int) -> KeyGrant | None:
        grants = self.keys.get(author, ())
        return grants[-1] if grants else None

    patch.setattr(State, "key_at", whenever)


def without_refs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fold, "check_refs", lambda *_: None)


CASES = {
    "release right": (without_release_right, release_with_a_right_that_was_given_back),
    "sequence rule": (without_sequence, release_far_ahead_of_the_receipts),
    "no withdrawal under a right": (without_withdrawal_rule, withdraw_somebody_whose_right_is_out),
    "clearing before release": (without_clearing, release_somebody_whom_the_neutral_has_not_let_through),
    "neutral-only clearing": (without_neutral_only, clear_people_in_the_neutrals_place),
    "authority at the index": (without_authority_at_the_index, release_with_a_key_that_had_been_revoked),
    "refs before effect": (without_refs, rely_on_a_receipt_that_is_not_in_the_ledger),
}


@pytest.mark.parametrize(("removal", "attack"), CASES.values(), ids=CASES)
def test_without_the_rule_the_attack_breaks_an_invariant(
    removal: Callable[[pytest.MonkeyPatch], None], attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    world_at("presented")  # the scenario itself is made under all rules
    check(attack())
    removal(monkeypatch)
    with pytest.raises(AssertionError):
        check(attack())
