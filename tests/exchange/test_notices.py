"""Whoever reads the notices of their member finds every use of its keys, and nothing of anybody else's."""

from __future__ import annotations

from repatria.exchange.events import Author, KeyObjected, KeyRevoked, Suspended
from repatria.exchange.fold import fold
from repatria.exchange.notices import Notice, notices
from repatria.ledger.entry import decode_entry, is_signed_by
from tests.exchange.world import (
    COOLING_HOURS,
    MEMBERS,
    NORTH,
    PHASES,
    ROUND,
    SOUTH,
    World,
    appointment,
    hours_pass,
    public,
    rotation,
    seed,
    world_at,
)


def told(world: World, member: str, since: int = 0) -> list[Notice]:
    return notices(member, world.state, world.entries[since:], since)


def test_every_signature_in_the_ledger_is_told_to_the_member_whose_key_made_it_and_to_nobody_else() -> None:
    world = world_at(PHASES[-1])
    everything = [notice for member in MEMBERS for notice in told(world, member)]
    for notice in everything:
        assert is_signed_by(decode_entry(world.entries[notice.index]), bytes.fromhex(public(notice.author)))
    assert len(everything) == sum(len(decode_entry(entry).sigs) for entry in world.entries)


def test_a_use_of_a_stolen_key_is_told_though_it_had_no_effect() -> None:
    world = world_at("round")
    since = world.state.size
    world.say("north/desk-bridge", Suspended(ROUND))
    (notice,) = told(world, NORTH, since)
    assert (notice.what, notice.rule, notice.author) == ("refused", "authority.delegate", "north/desk-bridge")
    assert "revoke the key" in notice.do
    assert told(world, SOUTH, since) == []


def test_a_change_of_who_can_bind_the_member_says_until_when_to_object() -> None:
    world = world_at("round")
    since = world.state.size
    world.must(NORTH, appointment("north/sig-4", "signatory"))
    mine = told(world, NORTH, since)
    assert [notice.author for notice in mine] == [NORTH, "north/sig-1", "north/sig-2"]
    assert {(notice.what, notice.about, notice.until) for notice in mine} == {
        ("changed", "north/sig-4", "2025-12-02T08:00:00Z")
    }
    assert mine[0].do.startswith("object before 2025-12-02T08:00:00Z, with another signatory's key")
    hours_pass(world, COOLING_HOURS)
    assert {notice.until for notice in told(world, NORTH, since)} == {None}


def test_a_revocation_can_be_objected_to_and_is_told_so_until_it_is_lifted() -> None:
    world = world_at("round")
    since = world.state.size
    world.must(NORTH, KeyRevoked(Author("north/sig-1"), public("north/sig-1")))
    (notice,) = told(world, NORTH, since)
    assert notice.until is not None
    world.must("north/sig-2", KeyObjected(Author("north/sig-1"), public("north/sig-1")))
    assert [notice.until for notice in told(world, NORTH, since)] == [None, None]


def test_a_key_that_was_replaced_is_still_the_members() -> None:
    world = world_at("round")
    since = world.state.size
    world.must(NORTH, rotation(NORTH, "north#2"))
    world.say(NORTH, Suspended(ROUND))  # with the old key
    kinds = [(notice.kind, notice.what) for notice in told(world, NORTH, since) if notice.author == NORTH]
    assert kinds == [("KeyRotated", "changed"), ("Suspended", "refused")]
    assert seed(NORTH) != seed("north#2")


def test_notices_are_a_function_of_the_ledger_alone() -> None:
    world = world_at("released")
    again = fold(world.entries, world.attachments.get)
    assert notices(NORTH, again, world.entries) == told(world, NORTH)
    assert told(world, NORTH, 30) == [notice for notice in told(world, NORTH) if notice.index >= 30]
