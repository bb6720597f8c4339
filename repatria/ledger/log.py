"""A whole log directory, read and re-verified: what `repatria verify` rests on.

The checkpoint's signatures fix a size and a root; the root fixes every entry and every hash of every tile. So
after the signatures, nothing in the directory is believed and everything is recomputed:

- every signature line of the checkpoint is by a listed key and holds, one for each listed key;
- the entries of the bundles hash to the signed root, and every byte of every tile is what those entries give;
- tiles kept from smaller sizes (a partial tile beside the fuller one) are a prefix of today's;
- every attachment hashes to its name;
- there is no other file. The formats let a reader ignore what it doesn't know; here it is reported, for bytes
  that nothing covers are bytes in which anyone may put anything.

Problems name the place: the file, and where there is one the entry's index. If the entries and the tiles
disagree, the signed root says which of them is damaged. Whether an entry means anything, and whether each
attachment is named by one, is for others to check.

    >>> reading = read_log({}.get, lambda: [], [])
    >>> [problem.code for problem in reading.problems]
    ['log.checkpoint.missing']
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from repatria.ledger.checkpoint import BadCheckpoint, Checkpoint, parse_checkpoint
from repatria.ledger.note import ED25519, BadNote, Verified, VerifierKey, key_of, parse_note, verify_line
from repatria.ledger.tiles import (
    ENTRIES,
    WIDTH,
    BadBundle,
    Tile,
    count_at,
    new_tiles,
    parse_bundle,
    parse_tile_path,
    tile_bytes,
)
from repatria.ledger.tree import EMPTY_ROOT, HASH_SIZE, Tree, leaf_hash, root_of
from repatria.problem import Problem

CHECKPOINT = "checkpoint"
_ATTACHMENT = re.compile(r"attachments/([0-9a-f]{64})", re.ASCII)
_COPY_AGAIN = "take the file from another copy of this log, and keep this one as evidence"


@dataclass(frozen=True)
class LogReading:
    """What a log directory holds, and everything that is wrong with it.

    `origin`, `size` and `root` are the log's own signed words; size is 0 where it signed nothing readable.
    `entries` are all of them, or none if one is missing or damaged. `attachments` are those that hash to
    their name. `note` is the checkpoint as it stands.
    """

    origin: str
    size: int
    root: bytes
    entries: list[bytes]
    attachments: dict[str, bytes]
    cosignatures: tuple[Verified, ...]
    problems: list[Problem]
    note: bytes

    @property
    def is_whole(self) -> bool:
        """Whether a signed tree is there with every entry of it; other problems may remain."""
        return bool(self.origin) and len(self.entries) == self.size


def read_log(
    read: Callable[[str], bytes | None], list_paths: Callable[[], Iterable[str]], vkeys: Sequence[VerifierKey]
) -> LogReading:
    """The directory, with every byte of it accounted for.

    Args:
        read: gives the bytes of a file by its path in the directory, or None if there is none.
        list_paths: gives the path of every file in the directory, with / between its parts.
        vkeys: the log's key, then its witnesses' keys: each of them is expected to have signed.
    """
    reading = _Reading(read, sorted(set(list_paths())))
    note = read(CHECKPOINT)
    checkpoint = None
    cosignatures: list[Verified] = []
    if note is None:
        reading.report("log.checkpoint.missing", CHECKPOINT, "there is none", "copy the log again, checkpoint last")
    else:
        checkpoint = _check_signatures(note, vkeys, cosignatures, reading)
    entries = _check_tiles(checkpoint, reading) if checkpoint else []
    if not entries:  # tiles without a signed tree: what is wrong has been said once
        reading.left = {path for path in reading.left if parse_tile_path(path) is None}
    attachments = _check_other_files(reading)
    return LogReading(
        checkpoint.origin if checkpoint else "",
        checkpoint.size if checkpoint else 0,
        checkpoint.root if checkpoint else EMPTY_ROOT,
        entries, attachments, tuple(cosignatures), reading.problems, note or b"",
    )  # fmt: skip


@dataclass
class _Reading:
    """What is being read: the problems so far, and the files nobody has accounted for yet."""

    read: Callable[[str], bytes | None]
    unread: list[str]
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = set(self.unread) - {CHECKPOINT}

    def report(self, code: str, where: str, what: str, do: str = _COPY_AGAIN) -> None:
        self.problems.append(Problem(code, where, what, do))

    def take(self, tile: Tile) -> bytes | None:
        """The bytes of a tile that must be there."""
        self.left.discard(tile.path)
        data = self.read(tile.path)
        if data is None:
            what = f"missing; it holds entries {tile.start} to {tile.stop - 1}" if tile.level < 0 else "missing"
            self.report("log.tile.missing", tile.path, what)
        return data


# --- the checkpoint -----------------------------------------------------------------------------------------


def _check_signatures(
    note: bytes, vkeys: Sequence[VerifierKey], cosignatures: list[Verified], reading: _Reading
) -> Checkpoint | None:
    """The checkpoint if the log's own key signed it, with every signature line judged by itself."""
    try:
        text, lines = parse_note(note)
        checkpoint = parse_checkpoint(text)
    except (BadNote, BadCheckpoint) as error:
        reading.report("log.checkpoint.malformed", CHECKPOINT, str(error))
        return None
    seen: dict[VerifierKey, Verified] = {}
    for at, line in enumerate(lines, 1):
        where = f"{CHECKPOINT}, signature line {at}"
        key = key_of(line, vkeys)
        if key is None:
            reading.report(
                "log.checkpoint.line.unknown", where, f"by the key {line.key_id.hex()}, which is not listed",
                "list the key if it is a witness of this log; otherwise ask who added the line",
            )  # fmt: skip
        elif key in seen:
            reading.report("log.checkpoint.line.twice", where, f"the key {line.key_id.hex()} signed before")
        elif verified := verify_line(text, line, key):
            seen[key] = verified
        else:
            reading.report("log.checkpoint.signature", where, f"the key {line.key_id.hex()} did not sign this")
    for key in vkeys[1:]:
        if key not in seen:
            reading.report(
                "log.checkpoint.cosignature.missing", CHECKPOINT, f"the witness key {key.key_id.hex()} has not signed",
                "have the witness cosign this checkpoint",
            )  # fmt: skip
    cosignatures += [seen[key] for key in vkeys[1:] if key in seen]
    log_key = vkeys[0] if vkeys else None
    if log_key is None or log_key not in seen or log_key.kind != ED25519:
        reading.report("log.checkpoint.unsigned", CHECKPOINT, "not signed by the log's key, so nothing in it counts")
        return None
    if checkpoint.origin != log_key.name:
        reading.report("log.checkpoint.origin", CHECKPOINT, "of another log than the key")
        return None
    return checkpoint


# --- entries and tiles --------------------------------------------------------------------------------------


def _check_tiles(checkpoint: Checkpoint, reading: _Reading) -> list[bytes]:
    """All entries, if each of them hashes to its leaf under the signed root."""
    if checkpoint.size > len(reading.unread) * WIDTH:
        # Also keeps a hostile size from making us look for 2^55 files.
        reading.report(
            "log.truncated", CHECKPOINT,
            f"it has {checkpoint.size} entries, and {len(reading.unread)} files can't hold so many",
        )  # fmt: skip
        return []
    wanted = list(new_tiles(0, checkpoint.size))
    found = {tile: reading.take(tile) for tile in wanted}
    bundles = {tile.n: _read_bundle(tile, found[tile], reading) for tile in wanted if tile.level == ENTRIES}
    tree = _signed_tree(checkpoint, bundles, found)
    if tree is None:
        _report_disagreement(checkpoint, bundles, found, reading)
        return []
    whole = True
    for tile in wanted:
        if tile.level == ENTRIES:
            whole &= _check_bundle(tile, bundles[tile.n], tree, reading)
        else:
            _check_tile(tile, found[tile], tile_bytes(tree, tile), reading)
    entries = [entry for n in sorted(bundles) for entry in bundles[n].entries] if whole else []
    _check_kept_tiles(checkpoint.size, tree, bundles, reading)
    return entries


@dataclass(frozen=True)
class _Bundle:
    """The entries of one bundle as far as they could be read, their hashes, and whether that was all of it."""

    width: int
    entries: list[bytes]
    hashes: list[bytes]
    damage: str | None


def _read_bundle(tile: Tile, data: bytes | None, reading: _Reading) -> _Bundle:
    if data is None:
        return _Bundle(tile.width, [], [], "missing")
    try:
        entries, damage = parse_bundle(data, tile.width), None
    except BadBundle as error:
        entries, damage = error.entries, str(error)
    return _Bundle(tile.width, entries, [leaf_hash(entry) for entry in entries], damage)


def _signed_tree(
    checkpoint: Checkpoint, bundles: dict[int, _Bundle], found: dict[Tile, bytes | None]
) -> Tree | None:
    """The tree with the signed root, from the entries, or where they are damaged from the leaf tiles.

    Each block of 256 leaves may be had from its bundle or from its tile. Bundles come first. If that gives another
    root, the hash of the block in the tile above decides; where there is none (the last block), both are tried.
    """
    if all(bundle.damage is None for bundle in bundles.values()):
        tree = Tree(h for bundle in bundles.values() for h in bundle.hashes)
        if tree.root() == checkpoint.root:
            return tree
    leaf_tiles = {tile.n: _hashes(data, tile.width) for tile, data in found.items() if tile.level == 0}
    above = [
        h for tile, data in found.items() if tile.level == 1
        for h in _hashes(data, tile.width) or [b""] * tile.width
    ]  # fmt: skip
    for last_from_tile in (False, True):
        leaves: list[bytes] = []
        for n, bundle in bundles.items():
            from_bundle = bundle.hashes if bundle.damage is None else None
            from_tile = leaf_tiles[n]
            if from_bundle is None:
                leaves += from_tile
            elif from_bundle == from_tile or not from_tile:
                leaves += from_bundle
            elif n < len(above):
                leaves += from_tile if root_of(from_tile) == above[n] else from_bundle
            else:
                leaves += from_tile if last_from_tile else from_bundle
        if len(leaves) == checkpoint.size and (tree := Tree(leaves)).root() == checkpoint.root:
            return tree
    return None


def _hashes(data: bytes | None, width: int) -> list[bytes]:
    """The hashes of a tile, or none if they aren't `width` of them."""
    if data is None or len(data) != width * HASH_SIZE:
        return []
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def _check_bundle(tile: Tile, bundle: _Bundle, tree: Tree, reading: _Reading) -> bool:
    wrong: list[int] = []
    if bundle.damage or b"".join(bundle.hashes) != tile_bytes(tree, Tile(0, tile.n, tile.width)):
        wrong = [i for i, h in enumerate(bundle.hashes) if h != tree.leaf(tile.start + i)]
    if not wrong and bundle.damage is None:
        return True
    if bundle.damage == "missing":
        return False  # reported when it was not found
    first = tile.start + (wrong[0] if wrong else min(len(bundle.entries), tile.width - 1))
    more = f", and so for {len(wrong) - 1} more after it" if len(wrong) > 1 else ""
    damage = f"; the bundle is {bundle.damage}" if bundle.damage else ""
    reading.report(
        "log.entry.changed", f"{tile.path}, entry {first}", f"not the bytes that were signed{more}{damage}"
    )
    return False


def _check_tile(tile: Tile, data: bytes | None, expected: bytes, reading: _Reading) -> None:
    if data is None or data == expected:
        return
    if len(data) != len(expected):
        where, what = tile.path, f"{len(data)} bytes long, not {len(expected)}"
    else:
        starts = range(0, len(data), HASH_SIZE)
        at = next(at for at in starts if data[at : at + HASH_SIZE] != expected[at : at + HASH_SIZE])
        byte = next(i for i in range(at, at + HASH_SIZE) if data[i] != expected[i])
        where = f"{tile.path}, hash {at // HASH_SIZE} (byte {byte})"
        what = "not the hash that the signed entries give"
    reading.report("log.tile.changed", where, what)


def _check_kept_tiles(
    size: int, tree: Tree | None, bundles: dict[int, _Bundle], reading: _Reading
) -> None:
    """The partial tiles kept from smaller sizes: each must be a prefix of what its tile is today."""
    for path in sorted(reading.left):
        tile = parse_tile_path(path)
        if tile is None:
            continue
        reading.left.discard(path)
        if tile.stop > count_at(tile.level, size):
            reading.report(
                "log.tile.beyond", path, "for a larger log than the checkpoint's, so no signature covers it",
                "sign a checkpoint for the larger log, or remove the file",
            )  # fmt: skip
            continue
        data = reading.read(path)
        if data is None:
            reading.report("log.tile.missing", path, "listed, and can't be read")
        elif tree is None:
            reading.report("log.tile.unchecked", path, "no tile or entry here leads to the signed root")
        elif tile.level != ENTRIES:
            _check_tile(tile, data, tile_bytes(tree, tile), reading)
        else:
            _check_bundle(tile, _read_bundle(tile, data, reading), tree, reading)


def _report_disagreement(
    checkpoint: Checkpoint, bundles: dict[int, _Bundle], found: dict[Tile, bytes | None], reading: _Reading
) -> None:
    """Nothing leads to the signed root: the places where entries and leaf tiles differ are what can be named."""
    reading.report(
        "log.root", CHECKPOINT, f"neither the {checkpoint.size} entries nor the tiles give the root that was signed"
    )
    for tile, data in found.items():
        if tile.level != 0:
            continue
        bundle, hashes = bundles[tile.n], _hashes(data, tile.width)
        width = min(len(hashes), len(bundle.hashes))
        first = next((i for i in range(width) if hashes[i] != bundle.hashes[i]), width)
        if first < tile.width and bundle.hashes and hashes:
            where = f"{Tile(ENTRIES, tile.n, tile.width).path}, entry {tile.start + first}"
            reading.report("log.entry.disagrees", where, f"the entry and its hash in {tile.path} disagree")
    _check_kept_tiles(checkpoint.size, None, bundles, reading)


# --- everything else ----------------------------------------------------------------------------------------


def _check_other_files(reading: _Reading) -> dict[str, bytes]:
    attachments = {}
    for path in sorted(reading.left):
        match = _ATTACHMENT.fullmatch(path)
        if not match:
            code = "log.attachment.name" if path.startswith("attachments/") else "log.file.stray"
            reading.report(
                code, path, "no part of a log: nothing in the log covers it", "find out who put it there; remove it"
            )
            continue
        data = reading.read(path)
        if data is None:
            reading.report("log.attachment.missing", path, "listed, and can't be read")
        elif hashlib.sha256(data).hexdigest() != match[1]:
            reading.report("log.attachment.changed", path, "not the bytes that its name is the hash of")
        else:
            attachments[match[1]] = data
    return attachments
