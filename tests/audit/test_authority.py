"""With a rule about keys taken out of the fold, the second opinion says what should not have had effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from repatria.audit.ledger import Run
from repatria.deal.terms import encode_terms
from repatria.exchange import authority, keys, succession
from repatria.exchange.events import (
    Author,
    KeyCompromised,
    KeyObjected,
    KeyRevoked,
    SecretariatSucceeded,
    Signature,
    TermsSigned,
)
from repatria.exchange.state import State
from repatria.ledger.log import LogReading
from tests.exchange.world import (
    CROSS,
    GULF,
    NORTH,
    ROUND,
    SOUTH,
    World,
    appointment,
    hours_pass,
    log_vkey,
    public,
    rotation,
    terms_of,
    world_at,
)
from tests.exchange.world import succession as handed_to


def told(world: World) -> list[str]:
    """What the second opinion finds, besides plans and draws that nobody solved."""
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    return [problem.what for problem in (*run.problems, *run.watch.problems) if "plan" not in problem.code]


def signs(world: World, *signers: str) -> None:
    terms = TermsSigned(ROUND, world.attach(encode_terms(terms_of(world.scenario))))
    world.must(NORTH, terms, signers=[NORTH, *signers])


def with_a_key_that_has_not_cooled_off() -> World:
    world = world_at("clauses")
    world.must(NORTH, appointment("north/sig-4", "signatory"))
    signs(world, "north/sig-1", "north/sig-4")
    return world


def objected_too_late() -> World:
    world = world_at("clauses")
    world.must(NORTH, KeyRevoked(Author("north/sig-1"), public("north/sig-1")))
    hours_pass(world, 24)
    world.must("north/sig-2", KeyObjected(Author("north/sig-1"), public("north/sig-1")))
    return world


def rotated_by_one_key() -> World:
    world = world_at("clauses")
    world.must(NORTH, rotation(NORTH, "thief"), 0)
    return world


def rotated_without_the_new_key() -> World:
    world = world_at("clauses")
    unsigned = replace(rotation("cross/visitor", "cross/visitor#2"), signature=Signature("0" * 128))
    world.must("cross/visitor", unsigned)
    return world


def a_bad_desk_believed() -> World:
    world = world_at("presented")
    since = world.state.size
    world.release(world.manifest(NORTH)[0])
    world.must(NORTH, KeyCompromised(Author("north/desk-bridge"), public("north/desk-bridge"), since))
    return world


def handed_on_without_south() -> World:
    world = world_at("round")
    world.all_must((GULF, NORTH, CROSS), handed_to(world))
    world.must(GULF, appointment("gulf/sig-1", "signatory"))
    return world


def handed_on_with_a_used_key() -> World:
    world = world_at("round")
    world.must(GULF, handed_to(world, label="log"))
    return world


def _nobody_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(State, "is_before", lambda state, moment: False)


def _everybody_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keys, "can_be_lifted", lambda state, grant: grant.until is not None)


def _no_signatories_for_keys(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(authority, "_changes_who_binds", lambda state, body: False)


def _no_proof_of_the_new_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keys, "ed25519_verify", lambda public, signature, text: True)


def _no_doubt(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keys, "_doubt", lambda state, desk, since: None)


def _any_log_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(succession, "keys_in_use", lambda state: set())


@pytest.mark.parametrize(
    ("without", "story", "what"),
    [
        (_nobody_waits, with_a_key_that_has_not_cooled_off, "a signature by no key that speaks for the author"),
        (_everybody_waits, objected_too_late, "objects to an end that nobody can object to any more"),
        (_no_signatories_for_keys, rotated_by_one_key, "0 of the 2 signatories needed have signed"),
        (_no_proof_of_the_new_key, rotated_without_the_new_key, "the new key has not signed"),
        (_no_doubt, a_bad_desk_believed, "the fold has this person as released"),
        (_any_log_key, handed_on_with_a_used_key, "the key has been used before"),
    ],
)
def test_it_notices_what_the_fold_should_have_refused(
    monkeypatch: pytest.MonkeyPatch, without: Callable[[pytest.MonkeyPatch], None], story: Callable[[], World],
    what: str,
) -> None:  # fmt: skip
    without(monkeypatch)
    assert any(what in each for each in told(story()))


@pytest.mark.parametrize("story", [a_bad_desk_believed, handed_on_without_south])
def test_it_finds_nothing_where_the_rules_are_kept(story: Callable[[], World]) -> None:
    assert told(story()) == []


def test_both_follow_the_log_to_the_same_successor() -> None:
    world = world_at("round")
    event = handed_to(world)
    world.all_must((GULF, NORTH, SOUTH), event)
    again = SecretariatSucceeded(event.successor, log_vkey("log#3"), event.size, event.root)
    assert world.say(CROSS, again).rule == "secretariat.successor"
    run = Run(LogReading("", len(world.entries), b"", world.entries, world.attachments, (), [], b""))
    run.all(lambda what, done, total: None)
    assert run.acts.authority.logs == [(log.key, log.secretariat, log.since) for log in world.state.logs]
    assert len(run.acts.authority.logs) == 2
