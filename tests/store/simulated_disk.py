"""A disk in memory that can be killed, can fail and can lose power at any operation.

It keeps two worlds: what a running system sees, and what would be found after the power went. A write is durable
after `fsync` of its file; a name (a new file, a rename, a removal, a folder) after `sync_folder` of its folder.
When the power goes, each change since then is kept or lost by chance, and the writes are torn at any sector or
byte. A failed fsync loses what it should have made durable, though the running system goes on seeing it: that is
what Linux does.
"""

from __future__ import annotations

import copy
import errno
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from repatria.store.disk import Disk, Locked

SECTOR = 32  # small, so that small files are torn in many ways


class Killed(BaseException):
    """The process ends here, with no chance to tidy up."""


@dataclass(eq=False)
class Inode:
    """A file's bytes as seen, as durable, and the writes between the two."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    writes: list[tuple[int, bytes | None]] = field(default_factory=list)  # (offset, data) or (new size, None)


@dataclass(eq=False)
class Folder:
    """A folder's names as seen, as durable, and the changes between the two."""

    seen: dict[str, Inode | Folder] = field(default_factory=dict)
    durable: dict[str, Inode | Folder] = field(default_factory=dict)
    changes: list[tuple[str, Inode | Folder | None]] = field(default_factory=list)

    def change(self, name: str, node: Inode | Folder | None) -> None:
        self.changes.append((name, node))
        if node is None:
            del self.seen[name]
        else:
            self.seen[name] = node


class SimulatedFile:
    def __init__(self, disk: SimulatedDisk, inode: Inode) -> None:
        self._disk, self._inode = disk, inode

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._inode.seen[offset : offset + length])

    def write(self, offset: int, data: bytes) -> None:
        half = self._disk.step("write")
        if half is not None:
            self._write(offset, data[: len(data) // 2])
            raise half
        self._write(offset, data)

    def _write(self, offset: int, data: bytes) -> None:
        _apply(self._inode.seen, offset, data)
        self._inode.writes.append((offset, data))

    def truncate(self, size: int) -> None:
        self._disk.fail_at("truncate")
        del self._inode.seen[size:]
        self._inode.writes.append((size, None))

    def fsync(self) -> None:
        failure = self._disk.step("fsync")
        if isinstance(failure, OSError):
            self._inode.writes.clear()  # marked clean, never written
            raise failure
        if failure:
            raise failure
        durable = bytearray(self._inode.durable)
        for offset, data in self._inode.writes:  # only these: what a failed fsync lost stays lost
            _apply(durable, offset, data)
        self._inode.durable = bytes(durable)
        self._inode.writes.clear()

    def close(self) -> None:
        pass


class SimulatedLock:
    def __init__(self, disk: SimulatedDisk, path: Path) -> None:
        self._disk, self._path = disk, path

    def close(self) -> None:
        self._disk.locks.discard(self._path)

    def read(self, offset: int, length: int) -> bytes:
        raise NotImplementedError

    def write(self, offset: int, data: bytes) -> None:
        raise NotImplementedError

    def truncate(self, size: int) -> None:
        raise NotImplementedError

    def fsync(self) -> None:
        raise NotImplementedError


class SimulatedDisk(Disk):
    """`fail` is asked before each operation that changes something, with its number and name; what it gives is raised.

    A failed write has written half of its bytes.
    """

    def __init__(self, fail: Callable[[int, str], BaseException | None] | None = None) -> None:
        """A disk with the folders /node and /stick."""
        folders: dict[str, Inode | Folder] = {"node": Folder(), "stick": Folder()}
        self.root = Folder(dict(folders), dict(folders))
        self.locks: set[Path] = set()
        self.fail = fail
        self.steps: list[str] = []

    def step(self, name: str) -> BaseException | None:
        self.steps.append(name)
        return self.fail(len(self.steps) - 1, name) if self.fail else None

    def fail_at(self, name: str) -> None:
        failure = self.step(name)
        if failure:
            raise failure

    def put(self, path: Path, data: bytes) -> None:
        """A file that was there before, durable."""
        folder = self.root
        for part in path.parts[1:-1]:
            inner = folder.seen.setdefault(part, Folder())
            assert isinstance(inner, Folder)
            folder.durable[part] = inner
            folder = inner
        folder.seen[path.name] = folder.durable[path.name] = Inode(bytearray(data), data)

    # --- what happens to it ---

    def restart(self) -> None:
        """The process is gone; what it saw is still there."""
        self.locks.clear()
        self.fail = None
        self.steps = []

    def lose_power(self, rng: random.Random) -> None:
        """Only what was durable is still there, and by chance some of the rest."""
        self.restart()
        done: set[int] = set()
        folders = [self.root]
        while folders:
            folder = folders.pop()
            for name, node in folder.changes:
                if rng.random() < 0.5:
                    if node is None:
                        folder.durable.pop(name, None)
                    else:
                        folder.durable[name] = node
            folder.changes.clear()
            folder.seen = dict(folder.durable)
            for node in folder.seen.values():
                if isinstance(node, Folder):
                    folders.append(node)
                elif id(node) not in done:
                    done.add(id(node))
                    _lose(node, rng)

    def backup(self) -> SimulatedDisk:
        """A copy of everything that is seen."""
        other = copy.deepcopy(self)
        other.restart()
        return other

    # --- the operations ---

    def read(self, path: Path) -> bytes | None:
        node = self._node(path)
        return bytes(node.seen) if isinstance(node, Inode) else None

    def files(self, folder: Path) -> list[str]:
        found: list[str] = []
        node = self._node(folder)
        if isinstance(node, Folder):
            for name, inner in node.seen.items():
                found += [name] if isinstance(inner, Inode) else [f"{name}/{f}" for f in self.files(folder / name)]
        return sorted(found)

    def open(self, path: Path, create: bool = False) -> SimulatedFile:
        node = self._node(path)
        if create:
            self.fail_at("create")
            node = Inode()
            self._folder(path.parent).change(path.name, node)
        if not isinstance(node, Inode):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return SimulatedFile(self, node)

    def open_to_read(self, path: Path) -> SimulatedFile:
        return self.open(path)

    def rename(self, old: Path, new: Path) -> None:
        self.fail_at("rename")
        node = self._folder(old.parent).seen[old.name]
        self._folder(new.parent).change(new.name, node)
        self._folder(old.parent).change(old.name, None)

    def remove(self, path: Path) -> None:
        self.fail_at("remove")
        self._folder(path.parent).change(path.name, None)

    def remove_folder(self, path: Path) -> None:
        self.fail_at("remove_folder")
        self._folder(path.parent).change(path.name, None)

    def make_folder(self, path: Path) -> None:
        if self._node(path) is None:
            self.fail_at("make_folder")
            self._folder(path.parent).change(path.name, Folder())

    def sync_folder(self, path: Path) -> None:
        self.fail_at("sync_folder")
        folder = self._folder(path)
        folder.durable = dict(folder.seen)
        folder.changes.clear()

    def lock(self, path: Path) -> SimulatedLock:
        self._folder(path.parent)
        if path in self.locks:
            raise Locked
        self.locks.add(path)
        return SimulatedLock(self, path)

    # --- finding things ---

    def _node(self, path: Path) -> Inode | Folder | None:
        node: Inode | Folder | None = self.root
        for part in path.parts[1:]:
            node = node.seen.get(part) if isinstance(node, Folder) else None
        return node

    def _folder(self, path: Path) -> Folder:
        node = self._node(path)
        if not isinstance(node, Folder):
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        return node


def _apply(data: bytearray, offset: int, written: bytes | None) -> None:
    if written is None:
        del data[offset:]
    else:
        data.extend(bytes(max(0, offset - len(data))))
        data[offset : offset + len(written)] = written


def _lose(inode: Inode, rng: random.Random) -> None:
    """What a file holds after the power went: each sector of each write since the last fsync by chance."""
    if not inode.writes:
        inode.seen = bytearray(inode.durable)
        return
    data = bytearray(inode.durable)
    how = rng.choice(["nothing", "prefix", "sectors", "all"])
    writes = inode.writes if how != "nothing" else []
    if how == "prefix":
        writes = writes[: rng.randint(0, len(writes))]
        if writes:
            offset, last = writes[-1]
            if last is not None:
                writes = [*writes[:-1], (offset, last[: rng.randint(0, len(last))])]
    for offset, written in writes:
        if written is None:
            del data[offset:]
            continue
        data.extend(bytes(max(0, offset + len(written) - len(data))))  # the size is kept, the bytes may not be
        for at in range(0, len(written), SECTOR):
            if how != "sectors" or rng.random() < 0.5:
                data[offset + at : offset + at + len(written[at : at + SECTOR])] = written[at : at + SECTOR]
    inode.seen = data
    inode.durable = bytes(data)
    inode.writes.clear()
