"""A ledger in a folder or on a stick, and a file of keys, as the audit reads them: offline, and whatever is in them.

Only plain files count. Links, devices and pipes are problems and are never opened; a file larger than its kind can be
is never read. So neither a stick made to hurt nor a damaged one can make us follow it, wait for it, or run out of
memory.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from repatria.cli.show import printable
from repatria.ledger.note import COSIGNATURE, ED25519, BadNote, VerifierKey, parse_vkey
from repatria.problem import Problem, Problems

DEPTH_MAX = 12  # folders; a log's own paths have far fewer
FILES_MAX = 2_000_000
WHOLE_MAX = 2**31  # bytes that are read altogether
_LARGEST = {"checkpoint": 10**6, "tile": 256 * 32, "tile/entries": 256 * (2 + 65535), "attachments": 2**26}
_STRANGE = "take another copy of the ledger, and keep this one as evidence"


class LedgerFolder:
    """The files of a ledger. `paths` and `read` are what `audit_ledger` takes; `problems`, what it never saw."""

    def __init__(self, folder: Path) -> None:
        """Looks through the folder.

        Raises:
            Problems: `verify.folder`: there is no such folder, or it cannot be read.
        """
        self.problems: list[Problem] = []
        self.folder = _ledger_in(folder)
        self._left = WHOLE_MAX
        self._paths = dict(self._walk())

    def paths(self) -> list[str]:
        return [printable(path) for path in self._paths]

    def read(self, path: str) -> bytes | None:
        """The file's bytes, or None where there is no plain file of a possible size."""
        largest = _largest(path)
        if path not in self._paths or largest is None:
            return None
        if self._paths[path] > min(largest, self._left):
            self._bad(path, f"{self._paths[path]:,} bytes, more than such a file can have")
            return None
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            with open(os.open(self.folder / path, flags), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    self._bad(path, "not a plain file")
                    return None
                data = file.read(largest + 1)
        except OSError as error:
            self._bad(path, f"cannot be read ({error.strerror or type(error).__name__})")
            return None
        if len(data) > largest:
            self._bad(path, "grew while it was read, beyond what such a file can have")
            return None
        self._left -= len(data)
        return data

    def _bad(self, path: str, what: str) -> None:
        self.problems.append(Problem("verify.file", printable(path), what, _STRANGE))

    def _walk(self) -> Iterator[tuple[str, int]]:
        """Every plain file below, by its path with /, and its size."""
        folders, found = [""], 0
        while folders:
            inside = folders.pop()
            try:
                entries = sorted(os.scandir(self.folder / inside), key=lambda entry: entry.name)
            except OSError as error:
                if not inside:
                    raise Problems([_no_folder(self.folder, error.strerror or "cannot be read")]) from None
                self._bad(inside, f"a folder that cannot be read ({error.strerror or type(error).__name__})")
                continue
            for entry in entries:
                path = f"{inside}/{entry.name}" if inside else entry.name
                found += 1
                if found > FILES_MAX:
                    self._bad(inside or ".", f"more than {FILES_MAX:,} files; the rest was not looked at")
                    return
                try:
                    about = entry.stat(follow_symlinks=False)
                except OSError:
                    self._bad(path, "listed, and cannot be looked at")
                    continue
                if stat.S_ISDIR(about.st_mode):
                    if path == "checkpoint" or path.count("/") >= DEPTH_MAX:
                        self._bad(path, "a folder where a log has none; not looked into")
                    else:
                        folders.append(path)
                elif stat.S_ISREG(about.st_mode):
                    yield path, about.st_size
                else:
                    kind = "a link" if stat.S_ISLNK(about.st_mode) else "neither a file nor a folder"
                    self._bad(path, f"{kind}; not followed")


def read_vkeys(path: Path, in_order: bool = True) -> list[VerifierKey]:
    """The log's key and its witnesses' keys, one per line; empty lines and lines that begin with # are skipped.

    Args:
        in_order: the log's one key comes first; otherwise keys stand as they may, and are told apart by kind and name.

    Raises:
        Problems: everything that is wrong with the file, all at once.
    """
    name = printable(path.name)
    try:
        with path.open("rb") as file:
            text = file.read(10**6 + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = "not text" if isinstance(error, UnicodeDecodeError) else (error.strerror or "cannot be read")
        raise Problems([_bad_key(name, f"the file of keys: {what}")]) from None
    keys: list[VerifierKey] = []
    problems: list[Problem] = []
    for at, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            key = parse_vkey(line.strip())
        except BadNote as error:
            problems.append(_bad_key(f"{name}, line {at}", str(error)))
            continue
        wanted = COSIGNATURE if keys else ED25519
        if in_order and key.kind != wanted:
            role = "a witness's, of the cosignature kind" if keys else "the log's own"
            problems.append(_bad_key(f"{name}, line {at}", f"not {role}: the log's key comes first, then witnesses"))
        elif key in keys:
            problems.append(_bad_key(f"{name}, line {at}", "the same key as on a line before"))
        keys.append(key)
    if not keys and not problems:
        problems.append(_bad_key(name, "no key in it"))
    if problems:
        raise Problems(problems)
    return keys


def _ledger_in(folder: Path) -> Path:
    """The log's own folder: the one that was named, or the ledger in it where that is a stick or a node."""
    if not folder.is_dir():
        raise Problems([_no_folder(folder, "no such folder" if not folder.exists() else "not a folder")])
    inner = folder / "ledger"
    return inner if not os.path.lexists(folder / "checkpoint") and inner.is_dir() and not inner.is_symlink() else folder


def _largest(path: str) -> int | None:
    first, _, rest = path.partition("/")
    return _LARGEST.get("tile/entries" if first == "tile" and rest.startswith("entries/") else first)


def _no_folder(folder: Path, what: str) -> Problem:
    do = "name the folder that holds the log's checkpoint, or the stick"
    return Problem("verify.folder", printable(folder.name or str(folder)), what, do)


def _bad_key(where: str, what: str) -> Problem:
    do = "write one verifier key per line, the log's first, as the members gave them to you"
    return Problem("verify.vkeys", where, what, do)
