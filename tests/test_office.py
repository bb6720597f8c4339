"""Signed elsewhere: what one node prepares and others sign at home becomes the very entry that one room would sign."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from repatria.deal.commands.clauses import Clause, propose_clause
from repatria.exchange.commands import By, Say, say
from repatria.exchange.events import Day, RoundActivated, RoundClosed, Slug
from repatria.ledger.entry import ENTRY_TYPE, pae
from repatria.ledger.note import ed25519_sign
from repatria.office import Done, Prepared, complete, prepare, run
from repatria.rehearsal.nodes import PASSPHRASE
from repatria.store.delegate import open_key
from repatria.store.node import NodeFolder
from tests.web.world import World

NOW = "2025-11-20T08:00:00Z"


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World.after("open", tmp_path)
    found.at.on("2025-11-16")
    found.at.signed("north", "exchange", "activate", "--round", "2025-1", "--target", "2025-12-31")
    found.at.do("exchange", "activate", found.at.node("straits"), "--round", "2025-1", "--target", "2025-12-31")
    found.at.carry()
    return found


def asked(node: NodeFolder) -> Prepared:
    """South wants the round, too: what waits for its signatories."""
    given = node.given(NOW)
    outcome = say(node.state(), Say(By("south"), RoundActivated(Slug("2025-1"), Day("2025-12-31"))), given)
    assert not isinstance(outcome, list)
    prepared = prepare(node.state(), outcome, given)
    assert isinstance(prepared, Prepared)
    return prepared


def signed(world: World, prepared: Prepared, *names: str) -> Prepared:
    """With the signatures of these signatories, each made with their own key file and nothing else."""
    (event,) = prepared.events
    signatures = dict(event.signed)
    for name in names:
        key = open_key(Path(world.at.key(f"south/{name}")), PASSPHRASE)
        signatures[key.author] = ed25519_sign(key.seed, pae(ENTRY_TYPE, event.body))
    return replace(prepared, events=(replace(event, signed=signatures),))


def test_an_event_waits_for_its_quorum_and_takes_effect_with_it(world: World) -> None:
    with NodeFolder.open(Path(world.at.node("south")), PASSPHRASE) as node:
        prepared = asked(node)
        (event,) = prepared.events
        assert event.waits_for() == ("south/sig-1", "south/sig-2", "south/sig-3")
        one = signed(world, prepared, "sig-2")
        assert (one.enough, one.events[0].waits_for()) == (False, ("south/sig-1", "south/sig-3"))
        two = signed(world, prepared, "sig-2", "sig-3")
        assert (two.enough, two.events[0].waits_for()) == (True, ())
        done = complete(node, two, node.given(NOW))
        assert isinstance(done, Done)
        assert [each.event for each in node.outbox() if each.applied] == [event.event]


def test_too_few_signatures_keep_nothing(world: World) -> None:
    with NodeFolder.open(Path(world.at.node("south")), PASSPHRASE) as node:
        found = complete(node, signed(world, asked(node), "sig-1"), node.given(NOW))
        assert isinstance(found, list)
        assert [each.code for each in found] == ["authority.quorum"]
        assert node.outbox() == []


def test_a_forged_signature_keeps_nothing(world: World) -> None:
    with NodeFolder.open(Path(world.at.node("south")), PASSPHRASE) as node:
        whole = signed(world, asked(node), "sig-1", "sig-2")
        (event,) = whole.events
        forged = replace(event, signed={**event.signed, "south/sig-2": bytes(64)})
        found = complete(node, replace(whole, events=(forged,)), node.given(NOW))
        assert isinstance(found, list)
        assert [each.code for each in found] == ["signature.invalid"]
        assert node.outbox() == []


def test_after_another_event_of_the_same_member_it_has_to_be_signed_anew(world: World) -> None:
    with NodeFolder.open(Path(world.at.node("south")), PASSPHRASE) as node:
        waiting = signed(world, asked(node), "sig-1", "sig-2")
        again = signed(world, asked(node), "sig-1", "sig-2")
        assert isinstance(complete(node, again, node.given(NOW)), Done)
        found = complete(node, waiting, node.given(NOW))
        assert isinstance(found, list)
        assert found[0].code in ("chain.place", "chain.forked", "chain.replayed", "assent.twice")


def test_what_would_be_refused_is_not_asked_of_anybody(world: World) -> None:
    with NodeFolder.open(Path(world.at.node("south")), PASSPHRASE) as node:
        given = node.given(NOW)
        outcome = say(node.state(), Say(By("south"), RoundClosed(Slug("2025-1"), ())), given)
        assert not isinstance(outcome, list)
        found = prepare(node.state(), outcome, given)
        assert isinstance(found, list)
        assert node.outbox() == []


def test_before_a_round_has_begun_it_is_said_that_none_has(world: World) -> None:
    with NodeFolder.open(Path(world.at.node("south")), PASSPHRASE) as node:
        given = node.given(NOW)
        request = Clause(By("south"), "total-south", 40)
        outcome = propose_clause(node.state(), request, given)
        assert not isinstance(outcome, list)
        for found in (prepare(node.state(), outcome, given), run(node, propose_clause, request, given)):
            assert isinstance(found, list)
            assert [each.code for each in found] == ["round.not_open"]
        assert node.outbox() == []
