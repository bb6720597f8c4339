"""Whatever bytes come, a parser reads them or refuses them in its own words: no crash, no other exception."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from repatria.ledger import canonical, checkpoint, entry, note, proof, tiles, witness
from repatria.ledger.tree import BadProof, Tree, leaf_hash
from tests.ledger.directory import KEYS, LOG_KEY, WITNESS_SEED, entries_of, signed_checkpoint

TREE = Tree(map(leaf_hash, entries_of(9)))
NOTE = signed_checkpoint(TREE)
TEXT = note.parse_note(NOTE)[0]
PARSERS: dict[str, tuple[bytes, Callable[[bytes], object], type[Exception]]] = {
    "note": (NOTE, lambda d: note.open_note(d, KEYS), note.BadNote),
    "verifier key": (
        note.format_vkey(LOG_KEY).encode(), lambda d: note.parse_vkey(d.decode("latin-1")), note.BadNote,
    ),
    "checkpoint": (
        TEXT.encode(), lambda d: checkpoint.parse_checkpoint(d.decode("latin-1")), checkpoint.BadCheckpoint,
    ),
    "bundle": (
        tiles.build_bundle([b"a", b"bc" * 40, b""]), lambda d: tiles.parse_bundle(d, 3), tiles.BadBundle,
    ),
    "tile path": (b"tile/0/x001/234.p/5", lambda d: tiles.parse_tile_path(d.decode("latin-1")), AssertionError),
    "canonical JSON": (
        canonical.encode({"a": [1, None, "é"], "b": {"c": True}}), canonical.decode, canonical.NotCanonical,
    ),
    "entry": (
        entry.encode_entry(entry.sign_entry(b"{}", [bytes(32)])), entry.decode_entry, entry.BadEntry,
    ),
    "witness request": (
        witness.format_request(witness.AddCheckpoint(3, tuple(TREE.prove_consistency(3, 9)), NOTE)),
        witness.parse_request, witness.Refusal,
    ),
    "witness response": (
        witness.format_response([note.cosign(TEXT, "w.example", WITNESS_SEED, 1)]),
        witness.parse_response, note.BadNote,
    ),
    "inclusion proof": (
        proof.format_proof(proof.InclusionProof(2, tuple(TREE.prove_inclusion(2, 9)), NOTE, b"extra")),
        proof.parse_proof, BadProof,
    ),
    "fraud proof": (
        proof.format_fraud(proof.FraudProof(TREE.root(5), tuple(TREE.prove_consistency(5, 9)), NOTE, NOTE)),
        proof.parse_fraud, BadProof,
    ),
}  # fmt: skip
TOKENS = [b"\n", b"\0", b'"', b"\\", b"{", b"[", b" ", b"\xff", b"=", b"+", "é".encode(), b"-", b"9" * 20, b"\n\n"]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The bytes with one to five bits, bytes or pieces flipped, put in, taken out or doubled."""
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(5):
            case 0 if changed:
                changed[at % len(changed)] ^= 1 << rng.randrange(8)
            case 1:
                changed[at:at] = bytes([rng.randrange(256)])
            case 2:
                del changed[at : at + rng.randrange(1, 9)]
            case 3:
                changed[at:at] = changed[: rng.randrange(40)]
            case _:
                changed[at : at + 1] = rng.choice(TOKENS)
    return bytes(changed)


def fuzz(what: str, cases: int) -> None:
    whole, parse, refusal = PARSERS[what]
    parse(whole)
    rng = random.Random(what)
    for _ in range(cases):
        data = mutated(whole, rng)
        try:
            parse(data)
        except refusal:
            continue


@pytest.mark.parametrize("what", PARSERS)
def test_a_parser_reads_or_refuses_whatever_comes(what: str) -> None:
    fuzz(what, 1000)


@pytest.mark.soak
@pytest.mark.parametrize("what", PARSERS)
def test_a_parser_reads_or_refuses_a_hundred_thousand_inputs(what: str) -> None:
    fuzz(what, 100_000)
