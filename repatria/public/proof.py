"""A published table with its proof: that those who signed it did so in the log, and nothing else of the log.

The file is canonical JSON: the table, and for each member that signed it the entry of the log, with its place and the
hashes from there to a checkpoint that the log and its witnesses have signed (C2SP tlog-proof). An entry says who
signed the hash of which table, and nothing about a person. No other entry can be read or guessed from the hashes: each
is of half a tree or of an entry that bears signatures.

What it proves: these entries stand in the log, at these places, and name this table. That every party and a mediator
were entitled to sign, and that the table is what the stages came to, is what members check (`repatria verify`): the
witnesses' cosignatures are their word that the log is one and the same for all of them.

    >>> try:
    ...     parse_published(b"{}")
    ... except ValueError as error:
    ...     print(error)
    not a published table with its proof
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from repatria.exchange.assent import members
from repatria.exchange.codec import data_hash, decode_body
from repatria.exchange.documents import PublicCounts, read
from repatria.exchange.events import CountsPublished
from repatria.exchange.state import PublishedCounts, State
from repatria.ledger.canonical import NotCanonical, decode, digest, encode
from repatria.ledger.entry import decode_entry
from repatria.ledger.note import COSIGNATURE, ED25519, BadNote, VerifierKey, open_note, parse_note
from repatria.ledger.proof import InclusionProof, check_proof, format_proof, parse_proof
from repatria.ledger.tree import BadProof

KIND = "repatria/published-counts/v1"


@dataclass(frozen=True)
class Signed:
    """One member's entry, and the proof that it stands in the log."""

    entry: bytes
    proof: InclusionProof


@dataclass(frozen=True)
class Published:
    """What a proof shows: the table, who signed it at which entries, and by which key the log signed the checkpoint."""

    table: PublicCounts
    name: str  # the table's hash
    by: tuple[tuple[str, int], ...]
    origin: str
    size: int
    log: VerifierKey
    cosigners: tuple[str, ...]


def entries_of(state: State, published: PublishedCounts) -> list[int]:
    """Where the entries stand by which a table came into force: one for each member that signed it."""
    act = data_hash(CountsPublished(published.size, published.table))
    indexes = [state.events[each.event] for each in state.assents[act]]
    return sorted(index for index in indexes if index <= published.index)


def signers_of(state: State, published: PublishedCounts) -> list[str]:
    """Who has signed it, later signatures included."""
    return sorted(members(state.assents[data_hash(CountsPublished(published.size, published.table))]))


def format_published(table: bytes, signed: Sequence[Signed]) -> bytes:
    return encode({
        "kind": KIND, "table": _text(table),
        "signed": [{"entry": _text(each.entry), "proof": format_proof(each.proof).decode()} for each in signed],
    })  # fmt: skip


def parse_published(data: bytes) -> tuple[bytes, tuple[Signed, ...]]:
    """The table's bytes and the entries with their proofs; nothing is verified.

    Raises:
        BadProof: the bytes are none.
    """
    try:
        raw = decode(data)
        if not isinstance(raw, dict) or raw.get("kind") != KIND or set(raw) != {"kind", "table", "signed"}:
            raise BadProof("not a published table with its proof")
        signed = tuple(
            Signed(_bytes(each["entry"]), parse_proof(str(each["proof"]).encode())) for each in raw["signed"]
        )
        return _bytes(raw["table"]), signed
    except BadProof:
        raise
    except (NotCanonical, KeyError, TypeError, ValueError) as error:
        raise BadProof("not a published table with its proof") from error


def check_published(data: bytes, keys: Sequence[VerifierKey]) -> Published:
    """What the file proves, with keys of the log and of its witnesses, in whatever order they come.

    Raises:
        BadProof: it is no such file, or one of its entries is not in the log, or is about another table.
        BadNote: no key of the log has signed the checkpoint.
    """
    table, signed = parse_published(data)
    if not signed:
        raise BadProof("nobody's signature is in it")
    log = log_key(signed[0].proof.checkpoint, keys)
    by: list[tuple[str, int]] = []
    checkpoints = set()
    for each in signed:
        checkpoint = check_proof(each.proof, each.entry, log)
        try:
            body = decode_body(decode_entry(each.entry).body)
        except ValueError as error:
            raise BadProof("an entry that is none") from error
        if not isinstance(body.data, CountsPublished) or body.data.table != digest(table):
            raise BadProof("an entry about another table")
        by.append((body.member, each.proof.index))
        checkpoints.add((checkpoint.origin, checkpoint.size, each.proof.checkpoint))
    if len(checkpoints) != 1:
        raise BadProof("proofs of several checkpoints")
    (found,) = checkpoints
    try:
        told = read(PublicCounts, table)
    except ValueError as error:
        raise BadProof("a table that is none") from error
    opened = open_note(found[2], [log, *(key for key in keys if key.kind == COSIGNATURE)])
    cosigners = tuple(sorted({each.name for each in opened.verified if each.time is not None}))
    return Published(told, digest(table), tuple(sorted(by)), found[0], found[1], log, cosigners)


def log_key(checkpoint: bytes, keys: Sequence[VerifierKey]) -> VerifierKey:
    """The key that signed this checkpoint as the log's: of the kind of a log's, named as the checkpoint's origin is.

    A witness's key is none, whatever it is called; of several (a log has another key after a succession) it is the one
    whose signature is there.

    Raises:
        BadNote: none of them is, or none has signed it.
    """
    origin = parse_note(checkpoint)[0].partition("\n")[0]
    mine = [key for key in keys if key.kind == ED25519 and key.name == origin]
    if not mine:
        raise BadNote("none of the keys is one of this log's: it would bear the name in the checkpoint's first line")
    for key in mine:
        with suppress(BadNote):
            open_note(checkpoint, [key])
            return key
    raise BadNote("no key of this log that was given has signed the checkpoint")


def first_shown(shown: bytes, made: bytes) -> bytes:
    """Of a proof that the public has been shown and one made now, the one that it is shown from now on.

    A proof bears the size of the log, so that one made anew each time would tell how the log grows (ADR 167). The
    first stays, until there is another table or more witnesses stand for a checkpoint.
    """
    try:
        before, now = parse_published(shown), parse_published(made)
        same = before[0] == now[0] and bool(before[1])
        return shown if same and _lines(now[1]) <= _lines(before[1]) else made
    except (BadProof, BadNote):  # nothing was shown yet, or nothing can be
        return made


def _lines(signed: Sequence[Signed]) -> int:
    return len(parse_note(signed[0].proof.checkpoint)[1])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


__all__ = [
    "BadNote", "BadProof", "Published", "Signed", "check_published", "entries_of", "first_shown", "format_published",
    "parse_published", "signers_of",
]  # fmt: skip
