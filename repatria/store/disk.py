"""The few things a log does to a disk, each by a name, so that a test can count them, break them or lose them.

What is durable, by POSIX and by what file systems do:

- bytes written to a file: after `File.fsync` returns without an error, not before. After an error nothing is known,
  and asking again can lie (Linux may mark the lost pages clean): so nobody here asks again;
- a file's *name* (created, renamed, removed): after `sync_folder` on the folder that holds it;
- `rename` replaces in one step: a reader sees the old file or the new one.

So a whole file is replaced by `replace`: write beside, fsync, rename, sync the folder.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> disk = Disk()
    >>> replace(disk, folder / "new", folder / "checkpoint", b"text")
    >>> disk.read(folder / "checkpoint"), disk.files(folder)
    (b'text', ['checkpoint'])
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol


class Locked(Exception):
    """Somebody else holds the lock."""


class File(Protocol):
    """An open file. Offsets and lengths in bytes."""

    def read(self, offset: int, length: int) -> bytes: ...
    def write(self, offset: int, data: bytes) -> None: ...
    def truncate(self, size: int) -> None: ...
    def fsync(self) -> None: ...
    def close(self) -> None: ...


class DiskFile:
    """A file of the operating system. Python retries calls that a signal interrupted (PEP 475)."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self, offset: int, length: int) -> bytes:
        parts = []
        while length > 0 and (part := os.pread(self._fd, length, offset)):
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return b"".join(parts)

    def write(self, offset: int, data: bytes) -> None:
        left = memoryview(data)
        while left:  # a write may take only a part of it
            done = os.pwrite(self._fd, left, offset)
            offset, left = offset + done, left[done:]

    def truncate(self, size: int) -> None:
        os.ftruncate(self._fd, size)

    def fsync(self) -> None:
        os.fsync(self._fd)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class Disk:
    """The operating system's disk. A test's disk is a subclass with the same methods."""

    def read(self, path: Path) -> bytes | None:
        """The bytes of a regular file, or None if there is none (a link is not followed)."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            if path.is_symlink():
                return None
            raise
        with os.fdopen(fd, "rb") as file:
            return file.read()

    def files(self, folder: Path) -> list[str]:
        """The path, from `folder`, of every file below it, with / between the parts; links are not followed."""
        found = []
        for at, folders, names in os.walk(folder, followlinks=False):
            links = [name for name in folders if os.path.islink(os.path.join(at, name))]
            found += [Path(at, name).relative_to(folder).as_posix() for name in [*names, *links]]
        return sorted(found)

    def open(self, path: Path, create: bool = False) -> File:
        """The file, to read and write; new and empty if `create`."""
        flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT | os.O_TRUNC if create else 0)
        return DiskFile(os.open(path, flags, 0o600))

    def open_to_read(self, path: Path) -> File:
        return DiskFile(os.open(path, os.O_RDONLY | os.O_CLOEXEC))

    def rename(self, old: Path, new: Path) -> None:
        os.replace(old, new)

    def remove(self, path: Path) -> None:
        os.unlink(path)

    def remove_folder(self, path: Path) -> None:
        os.rmdir(path)

    def make_folder(self, path: Path) -> None:
        """Makes one folder, unless it is there."""
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            if not path.is_dir():
                raise

    def sync_folder(self, path: Path) -> None:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def lock(self, path: Path) -> File:
        """The lock, to be closed when done; Locked if another process or another opening has it.

        The operating system lets go of it when the process ends, however it ends.
        """
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            raise Locked from None
        except OSError:
            os.close(fd)
            raise
        return DiskFile(fd)


def write_new(disk: Disk, path: Path, data: bytes) -> None:
    """A new file whose bytes are durable; its name isn't yet."""
    file = disk.open(path, create=True)
    try:
        file.write(0, data)
        file.fsync()
    finally:
        file.close()


def replace(disk: Disk, beside: Path, path: Path, data: bytes) -> None:
    """Puts `data` at `path`, all or nothing, durable when it returns. `beside` is a free path on the same disk."""
    write_new(disk, beside, data)
    disk.rename(beside, path)
    disk.sync_folder(path.parent)


def make_folders(disk: Disk, root: Path, below: Iterable[str]) -> None:
    """Makes the folders `root`/a, `root`/a/b, ... for the parts a, b, ..., each with a durable name."""
    at = root
    for part in below:
        disk.make_folder(at / part)
        disk.sync_folder(at)
        at /= part
