"""A small log directory in memory, built from the formats alone: what the readers' tests read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from repatria.ledger.checkpoint import format_checkpoint
from repatria.ledger.log import LogReading, read_log
from repatria.ledger.note import COSIGNATURE, ED25519, VerifierKey, build_note, cosign, public_key, sign_note
from repatria.ledger.tiles import ENTRIES, build_bundle, new_tiles, tile_bytes
from repatria.ledger.tree import Tree, leaf_hash

ORIGIN = "log.example/x1"
LOG_SEED, WITNESS_SEED = bytes([1]) * 32, bytes([2]) * 32
LOG_KEY = VerifierKey(ORIGIN, ED25519, public_key(LOG_SEED))
WITNESS_KEY = VerifierKey("mediator.example", COSIGNATURE, public_key(WITNESS_SEED))
KEYS = [LOG_KEY, WITNESS_KEY]


def entries_of(count: int, salt: str = "") -> list[bytes]:
    return [b"entry %d%b" % (i, salt.encode()) for i in range(count)]


def signed_checkpoint(tree: Tree, size: int | None = None, time: int = 1_763_800_000, seed: bytes = LOG_SEED) -> bytes:
    size = tree.size if size is None else size
    text = format_checkpoint(ORIGIN, size, tree.root(size))
    return build_note(
        text, [sign_note(text, ORIGIN, seed), cosign(text, WITNESS_KEY.name, WITNESS_SEED, time)]
    )


def build_directory(
    entries: Sequence[bytes], kept: Sequence[int] = (), attachments: Sequence[bytes] = ()
) -> dict[str, bytes]:
    """The files of a log that had a checkpoint at each size in `kept` and has one now."""
    tree = Tree(map(leaf_hash, entries))
    files: dict[str, bytes] = {}
    before = 0
    for size in [*kept, len(entries)]:
        for tile in new_tiles(before, size):
            if tile.level == ENTRIES:
                files[tile.path] = build_bundle(entries[tile.start : tile.stop])
            else:
                files[tile.path] = tile_bytes(tree, tile)
        before = size
    files |= {f"attachments/{hashlib.sha256(data).hexdigest()}": data for data in attachments}
    return files | {"checkpoint": signed_checkpoint(tree)}


def read(files: dict[str, bytes], keys: Sequence[VerifierKey] = KEYS) -> LogReading:
    return read_log(files.get, lambda: files, keys)


def codes(reading: LogReading) -> list[str]:
    return [problem.code for problem in reading.problems]
