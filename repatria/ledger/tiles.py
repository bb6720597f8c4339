"""Where each byte of a log directory lies (C2SP tlog-tiles). Pure geometry: no file is opened here.

    checkpoint                       the signed note; the only file that changes tile/<L>/<N>[.p/<W>]
    256 hashes of 32 bytes; the i-th is MTH(D[(256 N + i) 256^L : ... + 256^L]) tile/entries/<N>[.p/<W>]
    256 entries, each u16be length || bytes attachments/<sha256>             ours: bulk that an entry names by
    its hash

A tile that is not full yet has its width W (1 to 255) in its path, and another path for each width: no path
is ever written again with other bytes. Level L + 1 has a hash for each *full* tile of level L. An empty tile
doesn't exist. <N> is written in groups of three digits, all but the last with an x before it.

    >>> tile_path(0, 1234067), entries_path(0, 44)
    ('tile/0/x001/x234/067', 'tile/entries/000.p/44')
    >>> tiles_for_size(256)
    ['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from repatria.ledger.entry import ENTRY_MAX
from repatria.ledger.tree import HASH_SIZE, Tree

WIDTH = 256  # tlog-tiles, "Merkle Tree": a full tile is 256 hashes
_WIDTH_BITS = 8
_LEVEL_MAX = 63

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class BadBundle(ValueError):
    """An entry bundle that is not `width` entries and nothing else. `entries` are those before the damage."""

    def __init__(self, message: str, entries: list[bytes]) -> None:
        super().__init__(message)
        self.entries = entries


@dataclass(frozen=True, order=True)
class Tile:
    """One tile of hashes (level 0 to 63) or, with level -1, one bundle of entries."""

    level: int
    n: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        digits = f"{self.n:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        name = "/".join(["x" + group for group in groups[:-1]] + [groups[-1]])
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level < 0 else self.level}/{name}{partial}"

    @property
    def start(self) -> int:
        """The index, on the tile's level, of its first hash or entry."""
        return self.n * WIDTH

    @property
    def stop(self) -> int:
        return self.n * WIDTH + self.width


ENTRIES = -1  # the level of entry bundles


def tile_path(level: int, n: int, width: int = WIDTH) -> str:
    return Tile(level, n, width).path


def entries_path(n: int, width: int = WIDTH) -> str:
    return Tile(ENTRIES, n, width).path


def parse_tile_path(path: str) -> Tile | None:
    """The tile at that path, or None if no tile is ever at such a path."""
    match = _PATH.fullmatch(path)
    if not match:
        return None
    level = ENTRIES if match[1] == "entries" else int(match[1])
    n, width = int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH)
    tile = Tile(level, n, width)
    return tile if level <= _LEVEL_MAX and tile.path == path else None


def tiles_for_size(size: int) -> list[str]:
    """The paths that a log of that size must have, beside its checkpoint."""
    return [tile.path for tile in new_tiles(0, size)]


def new_tiles(old: int, size: int) -> Iterator[Tile]:
    """The tiles of a log of `size` that it had not at size `old`: what a checkpoint has to write."""
    if not 0 <= old <= size:
        raise ValueError(f"a log doesn't shrink from {old} to {size}")
    for level in range(ENTRIES, _LEVEL_MAX + 1):
        before, now = count_at(level, old), count_at(level, size)
        if now == 0:
            return
        if now == before:
            continue
        for n in range(before // WIDTH, -(-now // WIDTH)):
            yield Tile(level, n, min(WIDTH, now - n * WIDTH))


def count_at(level: int, size: int) -> int:
    """How many hashes (or entries) a log of that size has on that level of tiles."""
    return size >> _WIDTH_BITS * max(level, 0)


def tile_bytes(tree: Tree, tile: Tile) -> bytes:
    """The bytes of a tile of hashes: a slice of the tree."""
    level = _WIDTH_BITS * tile.level
    hashes = tree.levels[level] if level < len(tree.levels) else b""
    data = bytes(hashes[tile.start * HASH_SIZE : tile.stop * HASH_SIZE])
    if len(data) != tile.width * HASH_SIZE:
        raise IndexError(f"a tree of {tree.size} has no {tile.path}")
    return data


def build_bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of a bundle. Source: tlog-tiles, "Log entries"; its inverse is `parse_bundle`."""
    parts = []
    for entry in entries:
        if len(entry) > ENTRY_MAX:
            raise ValueError(f"an entry of {len(entry)} bytes; at most {ENTRY_MAX}")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def parse_bundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle.

    Raises:
        BadBundle: if there are more or fewer, or bytes are left over.
    """
    entries: list[bytes] = []
    at = 0
    while len(entries) < width:
        start = at + 2
        stop = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or stop > len(data):
            raise BadBundle(f"cut off in entry {len(entries)} of {width}", entries)
        entries.append(data[start:stop])
        at = stop
    if at != len(data):
        raise BadBundle(f"{len(data) - at} bytes after entry {width - 1}", entries)
    return entries
