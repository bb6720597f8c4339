"""A witness cosigns only what grew from what it cosigned before, and says why when it doesn't."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random

import pytest

from repatria.ledger.checkpoint import format_checkpoint
from repatria.ledger.note import BadNote, build_note, cosign, parse_vkey, sign_note
from repatria.ledger.tree import EMPTY_ROOT, Tree, leaf_hash
from repatria.ledger.witness import (
    AddCheckpoint,
    Refusal,
    WitnessState,
    advance,
    format_request,
    format_response,
    parse_request,
    parse_response,
    requested_origin,
)
from tests.ledger.directory import LOG_KEY, LOG_SEED, ORIGIN, WITNESS_SEED, entries_of
from tests.shared import shared

TREE = Tree(map(leaf_hash, entries_of(40)))


def note_of(tree: Tree, size: int, origin: str = ORIGIN, seed: bytes = LOG_SEED) -> bytes:
    text = format_checkpoint(origin, size, tree.root(size))
    return build_note(text, [sign_note(text, origin, seed)])


def request(old: int, size: int, tree: Tree = TREE) -> AddCheckpoint:
    return AddCheckpoint(old, tuple(tree.prove_consistency(old, size)), note_of(tree, size))


def state(size: int, tree: Tree = TREE) -> WitnessState:
    return WitnessState(ORIGIN, size, tree.root(size))


def refused(status: int, at: WitnessState | None, asked: AddCheckpoint) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        advance(at, asked, LOG_KEY)
    assert refusal.value.status == status
    return refusal.value


def test_the_published_request_reads_advances_and_is_written_the_same() -> None:
    v = json.loads(shared("vectors/tiles/repatria_note_cosig_proof.json").read_text())
    tree = json.loads(shared("vectors/merkle/rfc6962_8leaf.json").read_text())
    data, key = v["add_checkpoint_old3_request"].encode(), parse_vkey(v["log_vkey"])
    asked = parse_request(data)
    assert (asked.old, len(asked.proof), requested_origin(asked)) == (3, 4, key.name)
    assert format_request(asked) == data
    before = WitnessState(key.name, 3, bytes.fromhex(tree["roots_hex"]["3"]))
    assert advance(before, asked, key) == WitnessState(key.name, 7, bytes.fromhex(tree["roots_hex"]["7"]))


def test_every_growth_of_an_honest_log_is_cosigned() -> None:
    for old in range(TREE.size + 1):
        for size in range(old, TREE.size + 1):
            assert advance(state(old), request(old, size), LOG_KEY) == state(size)


def test_a_fork_at_every_index_is_refused_at_first_contact() -> None:
    for fork in range(30):
        entries = entries_of(40)
        entries[fork] = b"another"
        other = Tree(map(leaf_hash, entries))
        for size in (30, 31, 40):
            refused(422, state(30), request(30, size, other))


def test_a_log_it_does_not_know_is_refused() -> None:
    refused(404, None, request(0, 3))
    refused(404, WitnessState("other.example"), request(0, 3))


def test_a_checkpoint_that_the_log_did_not_sign_is_refused() -> None:
    refused(403, state(3), dataclasses.replace(request(3, 7), note=note_of(TREE, 7, seed=bytes(32))))


def test_an_old_size_that_is_not_the_last_one_is_refused_with_the_last_one() -> None:
    assert refused(409, state(5), request(3, 7)).answer() == b"5\n"
    assert refused(409, state(3), request(0, 7)).size == 3
    assert refused(409, state(0), request(3, 7)).answer() == b"0\n"


def test_an_old_size_beyond_the_checkpoint_is_refused() -> None:
    refused(400, state(7), AddCheckpoint(7, (), note_of(TREE, 3)))


def test_a_smaller_log_is_never_cosigned_again() -> None:
    refused(409, state(7), request(3, 5))


@pytest.mark.parametrize("old", [1, 2, 3, 7, 8])
def test_a_bad_proof_is_refused(old: int) -> None:
    asked = request(old, 20)
    refused(422, state(old), dataclasses.replace(asked, proof=asked.proof[:-1]))
    refused(422, state(old), dataclasses.replace(asked, proof=(*asked.proof, bytes(32))))
    refused(422, state(old), dataclasses.replace(asked, proof=(bytes(32), *asked.proof[1:])))


def test_one_size_with_two_roots_is_refused() -> None:
    other = Tree(map(leaf_hash, entries_of(40, "!")))
    refused(422, state(7), AddCheckpoint(7, (), note_of(other, 7)))


def test_first_sight_needs_no_proof_and_takes_none() -> None:
    assert advance(WitnessState(ORIGIN), request(0, 7), LOG_KEY) == state(7)
    refused(422, WitnessState(ORIGIN), dataclasses.replace(request(0, 7), proof=(bytes(32),)))


def test_an_empty_log_with_a_wrong_root_is_refused() -> None:
    assert advance(WitnessState(ORIGIN), request(0, 0), LOG_KEY) == WitnessState(ORIGIN, 0, EMPTY_ROOT)
    text = format_checkpoint(ORIGIN, 0, bytes(32))
    refused(422, WitnessState(ORIGIN), AddCheckpoint(0, (), build_note(text, [sign_note(text, ORIGIN, LOG_SEED)])))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"old 3\n", b"new 3\n\nx", b"old 03\n\nx", b"old -1\n\nx", b"old 3\nAAAA\n\nx", b"old 3\nx\n\nx",
        b"old 3\n" + b"A" * 43 + b"=\n" * 64 + b"\nx", b"\xff\n\nx", b"old \n\nx",
    ],
)  # fmt: skip
def test_a_malformed_request_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        parse_request(data)
    assert refusal.value.status == 400


def test_more_than_63_hashes_are_refused() -> None:
    line = b"A" * 43 + b"=\n"
    assert len(parse_request(b"old 3\n" + line * 63 + b"\nx").proof) == 63
    with pytest.raises(Refusal):
        parse_request(b"old 3\n" + line * 64 + b"\nx")


@pytest.mark.parametrize("note", [b"x", b"a\n\n", b"log.example/x1\n7\n\n\xe2\x80\x94 a AAAAAAAA\n"])
def test_a_request_whose_checkpoint_is_none_is_refused(note: bytes) -> None:
    refused(400, state(3), AddCheckpoint(3, (), note))


def test_an_answer_written_and_read_is_the_same_lines() -> None:
    text = format_checkpoint(ORIGIN, 7, TREE.root(7))
    lines = [cosign(text, "w.example", WITNESS_SEED, time) for time in (1, 2)]
    assert [line.line for line in parse_response(format_response(lines))] == lines
    for bad in (b"", b"x\n", format_response(lines)[:-1], format_response(lines) + b"\n", b"\xff\n"):
        with pytest.raises(BadNote):
            parse_response(bad)


def test_requests_that_race_advance_a_witness_along_one_history_only() -> None:
    """10,000 requests from an honest log and a fork of it, in any order: whatever is cosigned is one history."""
    rng = random.Random(7)
    fork = Tree(map(leaf_hash, [*entries_of(12), *entries_of(28, "!")]))
    pairs = [(old, size) for old in range(0, 41, 3) for size in range(old, 41, 5)]
    requests = [request(old, size, tree) for tree in (TREE, fork) for old, size in pairs]
    for _ in range(40):
        kept, cosigned = WitnessState(ORIGIN), []
        for _ in range(250):
            try:
                kept = advance(kept, rng.choice(requests), LOG_KEY)
            except Refusal:
                continue
            cosigned.append(kept)
        assert cosigned
        for earlier, later in itertools.pairwise(cosigned):
            assert earlier.size <= later.size
            roots = {(tree.root(earlier.size), tree.root(later.size)) for tree in (TREE, fork)}
            assert (earlier.root, later.root) in roots
