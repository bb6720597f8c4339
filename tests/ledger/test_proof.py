"""A checkpoint's text, a receipt as a file, and the proof that a log signed two histories."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.ledger.checkpoint import BadCheckpoint, Checkpoint, format_checkpoint, parse_checkpoint
from repatria.ledger.note import (
    ED25519,
    BadNote,
    VerifierKey,
    build_note,
    encode_b64,
    parse_vkey,
    public_key,
    sign_note,
)
from repatria.ledger.proof import (
    FraudProof,
    InclusionProof,
    check_fraud,
    check_proof,
    format_fraud,
    format_proof,
    parse_fraud,
    parse_proof,
)
from repatria.ledger.tree import BadProof, Tree, leaf_hash
from tests.shared import shared

SEED = bytes([1]) * 32
KEY = VerifierKey("log.example", ED25519, public_key(SEED))
ENTRIES = [b"entry %d" % i for i in range(12)]
TREE = Tree(map(leaf_hash, ENTRIES))
OTHER = Tree(map(leaf_hash, [*ENTRIES[:4], b"another", *ENTRIES[5:]]))


def signed(tree: Tree, size: int, origin: str = "log.example", seed: bytes = SEED) -> bytes:
    text = format_checkpoint(origin, size, tree.root(size))
    return build_note(text, [sign_note(text, origin, seed)])


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_written_and_read_is_the_same(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("a.example/x", size, root)
    assert parse_checkpoint(format_checkpoint("a.example/x", size, root)) == checkpoint


ROOT = encode_b64(bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        f"a\n1\n{ROOT}", f"a\n1\n{ROOT}\nextension\n", f"a\n01\n{ROOT}\n", f"a\n-1\n{ROOT}\n",
        f"a\n+1\n{ROOT}\n",
        f"a\n\n{ROOT}\n", f"a\n٣\n{ROOT}\n", f"a\n{2**63}\n{ROOT}\n", f"\n1\n{ROOT}\n", f"a b\n1\n{ROOT}\n",
        f"a\n1\n{ROOT[:-1]}\n", "a\n1\nAAAA\n", "a\n1\n", "", f"a\r\n1\r\n{ROOT}\r\n", f"a\n1\n{ROOT}\n\n",
    ],
)  # fmt: skip
def test_another_spelling_of_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        parse_checkpoint(text)


def test_the_published_proof_file_reads_verifies_and_is_written_the_same() -> None:
    v = json.loads(shared("vectors/tiles/repatria_note_cosig_proof.json").read_text())
    leaves = json.loads(shared("vectors/merkle/rfc6962_8leaf.json").read_text())["leaf_inputs_hex"]
    leaf = bytes.fromhex(leaves[3])
    data = v["tlog_proof_index3"].encode()
    proof = parse_proof(data)
    assert (proof.index, proof.extra, len(proof.hashes)) == (3, None, 3)
    assert check_proof(proof, leaf, parse_vkey(v["log_vkey"])).size == 7
    assert format_proof(proof) == data
    with pytest.raises(BadProof):
        check_proof(proof, leaf + b"x", parse_vkey(v["log_vkey"]))


def test_a_proof_with_something_extra_is_read_and_the_extra_decides_nothing() -> None:
    proof = InclusionProof(2, tuple(TREE.prove_inclusion(2, 9)), signed(TREE, 9), b"a sealed opening")
    assert parse_proof(format_proof(proof)) == proof
    assert check_proof(dataclasses.replace(proof, extra=b"changed"), ENTRIES[2], KEY).size == 9


def test_a_proof_under_another_logs_key_is_refused() -> None:
    proof = InclusionProof(2, tuple(TREE.prove_inclusion(2, 9)), signed(TREE, 9))
    check_proof(proof, ENTRIES[2], KEY)
    with pytest.raises(BadNote):
        check_proof(proof, ENTRIES[2], VerifierKey("log.example", ED25519, public_key(bytes(32))))
    # The same key signs for another origin: the line's name is the key's, the text is not.
    text = format_checkpoint("other.example", 9, TREE.root(9))
    note = build_note(text, [sign_note(text, "log.example", SEED)])
    with pytest.raises(BadNote, match="another log"):
        check_proof(dataclasses.replace(proof, checkpoint=note), ENTRIES[2], KEY)


@pytest.mark.parametrize(
    "damage",
    [
        lambda d: d.replace(b"@v1", b"@v2"), lambda d: d.replace(b"index 2", b"index 02"),
        lambda d: d.replace(b"index 2\n", b""), lambda d: d.replace(b"index 2\n", b"index 2\nAAAA\n"),
        lambda d: d.replace(b"index 2\n", b"index 2\n" + ROOT.encode() * 2 + b"\n"), lambda d: d[:30],
        lambda d: b"",
        lambda d: d.replace(b"index 2\n", b"index 2\n" + (ROOT.encode() + b"\n") * 64), lambda d: b"\xff" + d,
        lambda d: d.replace(b"index 2\n", b"extra A\nindex 2\n"), lambda d: b"c2sp.org/tlog-proof@v1\n\n",
    ],
)  # fmt: skip
def test_a_malformed_proof_file_is_refused(damage: object) -> None:
    data = format_proof(InclusionProof(2, tuple(TREE.prove_inclusion(2, 9)), signed(TREE, 9)))
    with pytest.raises(BadProof):
        parse_proof(damage(data))  # type: ignore[operator]


def test_two_histories_of_one_log_are_proven_at_every_pair_of_sizes_after_the_fork() -> None:
    for small in range(5, 13):
        for large in range(small, 13):
            hashes = tuple(OTHER.prove_consistency(small, large))
            fraud = FraudProof(OTHER.root(small), hashes, signed(TREE, small), signed(OTHER, large))
            assert parse_fraud(format_fraud(fraud)) == fraud
            check_fraud(fraud, KEY)


def test_an_honest_log_cannot_be_shown_guilty() -> None:
    honest = FraudProof(TREE.root(5), tuple(TREE.prove_consistency(5, 9)), signed(TREE, 5), signed(TREE, 9))
    with pytest.raises(BadProof, match="agree"):
        check_fraud(honest, KEY)
    invented = dataclasses.replace(honest, root=OTHER.root(5))
    with pytest.raises(BadProof):
        check_fraud(invented, KEY)
    with pytest.raises(BadNote):
        check_fraud(dataclasses.replace(honest, smaller=signed(OTHER, 5, seed=bytes(32))), KEY)
    with pytest.raises(BadNote):
        check_fraud(dataclasses.replace(honest, smaller=signed(OTHER, 5, origin="log.example/2")), KEY)


@pytest.mark.parametrize("cut", [0, 10, 60, 200])
def test_a_cut_fraud_proof_is_refused(cut: int) -> None:
    fraud = FraudProof(OTHER.root(5), tuple(OTHER.prove_consistency(5, 9)), signed(TREE, 5), signed(OTHER, 9))
    with pytest.raises(BadProof):
        parse_fraud(format_fraud(fraud)[:cut])
