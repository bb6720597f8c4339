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

_START = "0" * 64


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
            self._head = next((line[:64] for line in reversed(self._lines())), _START)
        return self._head

    def add(self, read: Read) -> None:
        """Put it at the end, on the disk before this returns."""
        text = json.dumps(asdict(read), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        head = _bound(self.head, text)
        with open(self.path, "ab") as file:
            whole = sum(len(line) + 1 for line in self._lines()) if self._torn() else file.tell()
            file.truncate(whole)
            file.write(f"{head} {text}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        self._head = head

    def all(self) -> Iterator[Read]:
        """Every reading, the oldest first."""
        for line in self._lines():
            raw = json.loads(line[65:])
            yield Read(raw["at"], raw["by"], raw["what"], raw["allowed"], raw["purpose"], tuple(raw["about"]))

    def intact(self) -> bool:
        """Whether each line is bound to the one before it."""
        head = _START
        for line in self._lines():
            if line[:64] != _bound(head, line[65:]):
                return False
            head = line[:64]
        return True

    def _lines(self) -> list[str]:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return []
        return data[: data.rfind(b"\n") + 1].decode("ascii").splitlines()

    def _torn(self) -> bool:
        with open(self.path, "rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return False
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"


def _bound(before: str, text: str) -> str:
    return hashlib.sha256(f"{before} {text}".encode()).hexdigest()
