"""Who asked this node for what: one line per reading, in order, each bound to the one before it (THREATS 19).

    <hash> {"about":[…],"allowed":true,"at":"…","by":"north/clerk","purpose":"…","what":"matches"}

The hash is SHA-256 over the hash before it and the line, so that a line cannot be taken out or changed without every
later one changing. Whoever copies the last hash elsewhere (`Reads.head`) can tell later whether the beginning is still
the same; without such a copy the last lines can be cut off unseen, as with any file. No line names a person.

    >>> import tempfile
    >>> reads = Reads(Path(tempfile.mkdtemp()) / "reads")
    >>> reads.add(Read("2025-12-01T08:00:00Z", "north/clerk", "matches", True, "answering", ("0f3a",)))
    >>> [read.what for read in reads.all()], reads.intact()
    (['matches'], True)
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

_START = "0" * 64
_BLOCK = 2**14  # bytes read at once


@dataclass(frozen=True)
class Read:
    """One reading: when, by whom, of what, whether it was theirs to ask, why, and about which rows or numbers."""

    at: str
    by: str
    what: str
    allowed: bool
    purpose: str = ""
    about: tuple[str, ...] = ()


class Reads:
    """The record in one file; a line that a power cut left half written is dropped when the next one is added."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._head: str | None = None

    @property
    def head(self) -> str:
        """The hash of the last whole line; 64 zeros before there is one."""
        if self._head is None:
            self._head = next((line[:64].decode() for _, line in self._backwards(None)), _START)
        return self._head

    def add(self, read: Read) -> None:
        """Put it at the end, on the disk before this returns."""
        text = json.dumps(asdict(read), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        head = _bound(self.head, text)
        with open(self.path, "a+b") as file:
            file.truncate(_whole(file, file.seek(0, os.SEEK_END)))
            file.write(f"{head} {text}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        self._head = head

    def all(self) -> Iterator[Read]:
        """Every reading, the oldest first."""
        return (_read(line) for line in self._lines())

    def latest(self, before: int | None = None, *, by: str = "", what: str = "") -> Iterator[tuple[int, Read]]:
        """Readings from the last one back, each with its place; as much of the file is read as is asked for.

        Args:
            before: a place that was given with a reading: those that stand before it.
            by: only those of this person, where one is named.
            what: only those of this page.
        """
        for place, line in self._backwards(before):
            read = _read(line)
            if by in ("", read.by) and what in ("", read.what):
                yield place, read

    def intact(self) -> bool:
        """Whether each line is bound to the one before it."""
        head = _START
        for line in self._lines():
            if line[:64].decode() != _bound(head, line[65:].decode()):
                return False
            head = line[:64].decode()
        return True

    def _lines(self) -> Iterator[bytes]:
        """The whole lines, without their ends."""
        try:
            with open(self.path, "rb") as file:
                for line in file:
                    if line.endswith(b"\n"):
                        yield line[:-1]
        except FileNotFoundError:
            return

    def _backwards(self, before: int | None) -> Iterator[tuple[int, bytes]]:
        """The whole lines from the last one back, or from the last one that ends at that place: where each begins."""
        try:
            file = open(self.path, "rb")  # noqa: SIM115 - closed below; there is none before the first reading
        except FileNotFoundError:
            return
        with file:
            end = file.seek(0, os.SEEK_END)
            at, rest = _whole(file, end if before is None else min(before, end)), b""
            while at > 0:
                start = max(0, at - _BLOCK)
                file.seek(start)
                data = file.read(at - start) + rest
                first = data.find(b"\n") + 1 if start else 0  # what stands before it began before this block
                place = start + len(data)
                for line in reversed(data[first:].split(b"\n")[:-1]):
                    place -= len(line) + 1
                    yield place, line
                at, rest = start, data[:first]


def _whole(file: IO[bytes], stop: int) -> int:
    """The bytes up to the end of the last whole line before that place."""
    while stop > 0:
        start = max(0, stop - _BLOCK)
        file.seek(start)
        found = file.read(stop - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        stop = start
    return 0


def _read(line: bytes) -> Read:
    raw = json.loads(line[65:])
    return Read(raw["at"], raw["by"], raw["what"], raw["allowed"], raw["purpose"], tuple(raw["about"]))


def _bound(before: str, text: str) -> str:
    return hashlib.sha256(f"{before} {text}".encode()).hexdigest()
