"""What a log signs: its origin, its size and its root (C2SP tlog-checkpoint, "Note text").

    <origin> LF <size in decimal> LF <base64 of the 32-byte root> LF

Extension lines are refused: not every kind of signature covers them, so nothing may be read from them. The
origin is also the name of the log's key.

    >>> text = format_checkpoint("log.example/x1", 0, bytes(32))
    >>> parse_checkpoint(text).size
    0
"""

from __future__ import annotations

from dataclasses import dataclass

from repatria.ledger.note import BadNote, check_name, decode_b64, encode_b64
from repatria.ledger.tree import HASH_SIZE

SIZE_MAX = 2**63 - 1


class BadCheckpoint(ValueError):
    """Not a checkpoint's text."""


@dataclass(frozen=True)
class Checkpoint:
    """The log called `origin` has `size` entries, and they hash to `root`."""

    origin: str
    size: int
    root: bytes


def parse_checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise BadCheckpoint(f"a checkpoint has three lines, not {len(lines) - 1}")
    try:
        origin, size, root = check_name(lines[0]), parse_size(lines[1]), decode_b64(lines[2])
    except BadNote as error:
        raise BadCheckpoint(f"a checkpoint's origin or root: {error}") from None
    if len(root) != HASH_SIZE:
        raise BadCheckpoint(f"a checkpoint's root is {len(root)} bytes long, not {HASH_SIZE}")
    return Checkpoint(origin, size, root)


def format_checkpoint(origin: str, size: int, root: bytes) -> str:
    text = f"{origin}\n{size}\n{encode_b64(root)}\n"
    parse_checkpoint(text)
    return text


def parse_size(text: str) -> int:
    """A number in ASCII decimal without leading zeros, at most 2^63 - 1."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or (text[0] == "0" and text != "0"):
        raise BadCheckpoint("a size is a decimal number without leading zeros")
    size = int(text)
    if size > SIZE_MAX:
        raise BadCheckpoint("a size is beyond 2^63 - 1")
    return size
