"""Proofs as files: that an entry is in a log (C2SP tlog-proof), and that a log signed two histories.

Inclusion, one receipt per file, extension .tlog-proof:

    c2sp.org/tlog-proof@v1 LF
    [extra SP base64 LF]                   not authenticated by anything: never decide by it
    index SP <decimal> LF
    { base64(hash) LF }
    LF
    <signed and cosigned checkpoint>

Fraud, ours: two checkpoints of one log, of sizes m <= n, both signed by the log's key (or by two keys that it had
one after the other), whose first m entries can't be the same. It carries the root that the first m entries of the
*larger* tree really have, with the consistency proof from there to the larger tree. If that root is not the one the
smaller checkpoint signed, the log signed two histories, and anyone who has its key can see so without seeing an entry:

    repatria/fraud-proof/v1 LF
    root SP base64 LF
    { base64(hash) LF }
    LF
    <the smaller signed checkpoint> LF <the larger signed checkpoint>

    >>> from repatria.ledger.note import build_note, public_key, sign_note, ED25519
    >>> from repatria.ledger.checkpoint import format_checkpoint
    >>> seed, key = bytes(32), VerifierKey("log.example", ED25519, public_key(bytes(32)))
    >>> def signed(root):
    ...     text = format_checkpoint("log.example", 1, root)
    ...     return build_note(text, [sign_note(text, "log.example", seed)])
    >>> one, other = leaf_hash(b"one"), leaf_hash(b"other")
    >>> fraud = FraudProof(one, (), signed(other), signed(one))
    >>> check_fraud(parse_fraud(format_fraud(fraud)), key)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from repatria.ledger.checkpoint import BadCheckpoint, Checkpoint, parse_checkpoint, parse_size
from repatria.ledger.note import BadNote, VerifierKey, decode_b64, encode_b64, open_note
from repatria.ledger.tree import HASH_SIZE, BadProof, check_consistency, check_inclusion, leaf_hash

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
FRAUD_HEADER = "repatria/fraud-proof/v1"
HASHES_MAX = 63  # a tree of at most 2^63 - 1 leaves


@dataclass(frozen=True)
class InclusionProof:
    """Entry `index` is in the tree of `checkpoint` (a note), by `hashes`. `extra` is not authenticated."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def format_proof(proof: InclusionProof) -> bytes:
    extra = "" if proof.extra is None else f"extra {encode_b64(proof.extra)}\n"
    head = f"{PROOF_HEADER}\n{extra}index {proof.index}\n{format_hashes(proof.hashes)}\n"
    return head.encode() + proof.checkpoint


def parse_proof(data: bytes) -> InclusionProof:
    """The proof that the bytes spell; nothing is verified.

    Raises:
        BadProof: if they are not a tlog-proof.
    """
    lines, checkpoint = _head(data, PROOF_HEADER)
    try:
        extra = decode_b64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
        if not lines or not lines[0].startswith("index "):
            raise BadProof("a tlog-proof says which index it is for")
        index = parse_size(lines[0][6:])
    except (BadNote, BadCheckpoint) as error:
        raise BadProof(f"a tlog-proof's head: {error}") from None
    return InclusionProof(index, parse_hashes(lines[1:]), checkpoint, extra)


def check_proof(proof: InclusionProof, entry: bytes, log_key: VerifierKey) -> Checkpoint:
    """The signed checkpoint whose tree holds `entry` at the proof's index.

    Raises:
        BadNote: if the log's key did not sign it.
        BadProof: if the proof does not hold.
    """
    checkpoint = _signed(proof.checkpoint, log_key)
    check_inclusion(proof.hashes, proof.index, checkpoint.size, leaf_hash(entry), checkpoint.root)
    return checkpoint


@dataclass(frozen=True)
class FraudProof:
    """Two signed checkpoints (notes), and the root that the larger tree had at the smaller one's size."""

    root: bytes
    hashes: tuple[bytes, ...]
    smaller: bytes
    larger: bytes


def format_fraud(proof: FraudProof) -> bytes:
    head = f"{FRAUD_HEADER}\nroot {encode_b64(proof.root)}\n{format_hashes(proof.hashes)}\n"
    return head.encode() + proof.smaller + b"\n" + proof.larger


def parse_fraud(data: bytes) -> FraudProof:
    lines, notes = _head(data, FRAUD_HEADER)
    if not lines or not lines[0].startswith("root "):
        raise BadProof("a fraud proof says which root it shows")
    (root,) = parse_hashes([lines[0][5:]])
    # A checkpoint's text has no empty line, so a note has one, and the next one ends it.
    text_end = notes.find(b"\n\n")
    end = notes.find(b"\n\n", text_end + 2) if text_end >= 0 else -1
    if end < 0:
        raise BadProof("a fraud proof holds two checkpoints")
    return FraudProof(root, parse_hashes(lines[1:]), notes[: end + 1], notes[end + 2 :])


def check_fraud(proof: FraudProof, *log_keys: VerifierKey) -> None:
    """Raises unless the proof shows that the log signed two histories (BadNote, BadProof).

    Args:
        log_keys: the log's key; where it has had several, each that is believed to have signed for it.
    """
    smaller, larger = _signed_by_one(proof.smaller, log_keys), _signed_by_one(proof.larger, log_keys)
    check_consistency(proof.hashes, smaller.size, larger.size, proof.root, larger.root)
    if proof.root == smaller.root:
        raise BadProof("the two checkpoints agree, and so no fraud")


def parse_hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > HASHES_MAX:
        raise BadProof(f"{len(lines)} hashes; at most {HASHES_MAX}")
    try:
        hashes = tuple(decode_b64(line) for line in lines)
    except BadNote as error:
        raise BadProof(f"a hash of the proof: {error}") from None
    if any(len(h) != HASH_SIZE for h in hashes):
        raise BadProof(f"a hash of the proof is not {HASH_SIZE} bytes long")
    return hashes


def format_hashes(hashes: tuple[bytes, ...]) -> str:
    return "".join(encode_b64(h) + "\n" for h in hashes)


def _head(data: bytes, header: str) -> tuple[list[str], bytes]:
    """The lines between the header and the first empty line, and what follows it."""
    head, found, rest = data.partition(b"\n\n")
    try:
        lines = head.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise BadProof("not UTF-8") from None
    if not found or lines[0] != header:
        raise BadProof(f"the file does not begin with {header} and a head")
    return lines[1:], rest


def _signed_by_one(checkpoint: bytes, log_keys: Sequence[VerifierKey]) -> Checkpoint:
    """What the checkpoint says, if one of the keys signed it; else why the last one did not."""
    for key in log_keys[:-1]:
        try:
            return _signed(checkpoint, key)
        except BadNote:
            continue
    return _signed(checkpoint, log_keys[-1])


def _signed(checkpoint: bytes, log_key: VerifierKey) -> Checkpoint:
    opened = open_note(checkpoint, [log_key])
    try:
        parsed = parse_checkpoint(opened.text)
    except BadCheckpoint as error:
        raise BadProof(str(error)) from None
    if parsed.origin != log_key.name:
        raise BadNote("the checkpoint is of another log than the key")
    return parsed
