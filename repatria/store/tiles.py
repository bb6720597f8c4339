"""The log on a disk: one writer, a journal that acknowledges, tiles that anyone can check.

    <folder>/checkpoint, tile/..., attachments/<sha256>     the log as it is served or copied (ledger.tiles)
    <state>/journal       every entry, in order: what is in it and fsynced is acknowledged
    <state>/intent        the largest size and root that we were ever about to sign
    <state>/incoming      the signed checkpoint that a follower is taking over: evidence if it is contradicted
    <state>/fraud-proof.txt   two histories signed by one log (ledger.proof)
    <state>/lock, tmp/    held by the one writer; files being written, so that none ever lies half in <folder>

The rules, each of which a test breaks and sees the loss:

1. An entry is acknowledged when `append` returns, and not before its attachments and then the journal are fsynced.
2. A checkpoint is signed in this order: journal fsynced, tiles written and fsynced, intent fsynced, signed, written
   beside, fsynced, renamed, folder fsynced, then the high-water mark on its other medium. So whatever was signed
   can be rebuilt, and what may have been signed is known, after a power cut at any point.
3. On opening, the root is recomputed from the journal. If the checkpoint, the intent or the high-water mark is
   larger than the journal, or has another root for its size, nothing is opened: a signed tree is never cut short.
4. After any disk error the store stops: nothing more is acknowledged until it is opened anew.
5. A tile's path never gets other bytes. Partial tiles stay until the full one is published.

The journal is a line with the log's origin, then frames, one for each append, each made durable before the next:

    u64be index of the first entry || u32be count || u32be length || entries as in a bundle || SHA-256 of it all
    "ack" LF || u64be size || CRC-32 of these 12 bytes        written once the frame is durable

The last frame may be torn by a power cut, or by a write that failed; it was never acknowledged and is cut away. It
counts as torn only if no ack for a larger size follows anywhere: else an acknowledged entry is damaged, and the
store refuses to open. (An entry is JSON, so it can't hold an ack's zero bytes.) On opening, the last frame is written
and fsynced once more before its ack, since a failed fsync may have left it in memory only.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "ledger"
    >>> with LogStore.create(folder, "log.example/x1") as store:
    ...     store.append([b"one", b"two"])
    ...     note = store.sign_checkpoint("log.example/x1", bytes(32))
    >>> with LogStore.open(folder) as store:
    ...     store.size, list(store.entries(1))
    (2, [b'two'])
"""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

from repatria.ledger.checkpoint import BadCheckpoint, Checkpoint, format_checkpoint, parse_checkpoint
from repatria.ledger.entry import ENTRY_MAX
from repatria.ledger.log import CHECKPOINT, LogReading, read_log
from repatria.ledger.note import (
    ED25519,
    BadNote,
    VerifierKey,
    build_note,
    check_name,
    key_of,
    open_note,
    parse_line,
    parse_note,
    public_key,
    sign_note,
    verify_line,
)
from repatria.ledger.proof import FraudProof, check_fraud, format_fraud
from repatria.ledger.tiles import ENTRIES, WIDTH, BadBundle, Tile, build_bundle, new_tiles, parse_bundle, tile_bytes
from repatria.ledger.tree import BadProof, Tree, leaf_hash
from repatria.problem import Problem, Problems
from repatria.store.disk import Disk, File, Locked, make_folders, replace, write_new

_HEADER = b"repatria/journal/v1 "
_FRAME_HEAD = 16
_FRAME_SUM = 32
_ACK = b"ack\n"
_ACK_SIZE = 16
_BATCH = 1024  # entries taken over from a source per fsync
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)

_FROM_A_MEMBER = "keep this copy as evidence, and take the log over from a member's node"

Adoption = Literal["adopted", "same", "older"]


class LogStore:
    """One log in one folder. Writable by one holder of the lock at a time; any number may read."""

    def __init__(self, folder: Path, state: Path, high_water: Path | None, disk: Disk, read_only: bool) -> None:
        """Use `create` or `open`."""
        self.folder, self.state, self.high_water = folder, state, high_water
        self.origin = ""
        self._disk, self._read_only = disk, read_only
        self._tree = Tree()
        self._offsets, self._lengths = array("Q"), array("H")
        self._end = 0  # of the journal: where the next frame begins
        self._note: bytes | None = None
        self._signed: Checkpoint | None = None
        self._opened = False  # for writing: all of the journal was read, checked and mended
        self._stopped = False
        self._lock: File | None = None
        self._durable_folders: set[Path] = set()
        self._journal: File | None = None

    # --- opening and closing -----------------------------------------------------------------------------------

    @classmethod
    def create(
        cls, folder: Path, origin: str, *, state_dir: Path | None = None, high_water: Path | None = None,
        disk: Disk | None = None,
    ) -> LogStore:  # fmt: skip
        """A new and empty log, open for writing. `state_dir` (by default the folder's parent) must be on its disk."""
        check_name(origin)
        store = cls(folder, state_dir or folder.parent, high_water, disk or Disk(), read_only=False)
        try:
            with store._disk_errors("journal"):
                make_folders(store._disk, store.state.parent, [store.state.name])
                make_folders(store._disk, store.folder.parent, [store.folder.name])
                store._take_lock()
                if store._disk.read(store.state / "journal") is not None or store._disk.files(folder):
                    _refuse("log.exists", folder.name, "there is a log already", "open it, or choose another folder")
                make_folders(store._disk, store.state, ["tmp"])
                store._write_whole(store.state / "journal", _HEADER + origin.encode() + b"\n")
        finally:
            store.close()
        return cls.open(folder, high_water, state_dir=state_dir, disk=disk)

    @classmethod
    def open(
        cls, folder: Path, high_water: Path | None = None, *, read_only: bool = False, state_dir: Path | None = None,
        disk: Disk | None = None,
    ) -> LogStore:  # fmt: skip
        """The log in `folder`, its root recomputed.

        Args:
            high_water: a file on another medium with the highest checkpoint ever signed here.

        Raises:
            Problems: if another writer has it, if its journal is damaged, or if it is not all that was signed.
        """
        store = cls(folder, state_dir or folder.parent, high_water, disk or Disk(), read_only)
        try:
            with store._disk_errors("journal"):
                if not read_only:
                    store._take_lock()
                store._load()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        if self._opened and not self._stopped and self._journal is not None and type(self._disk) is Disk:
            _keep_read(self.state / "journal", _Read(self.origin, self._end, self._offsets, self._lengths, self._tree))
        for file in (self._journal, self._lock):
            if file is not None:
                file.close()
        self._journal = self._lock = None
        self._stopped = True

    def __enter__(self) -> LogStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- reading -----------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        return self._tree.size

    @property
    def tree(self) -> Tree:
        """For proofs; not to be changed."""
        return self._tree

    def root(self, size: int | None = None) -> bytes:
        return self._tree.root(size)

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The entries from `start` on, acknowledged and not necessarily signed."""
        stop = self.size if stop is None else min(stop, self.size)
        for index in range(start, stop):
            yield self._entry(index)

    def attachment(self, digest: str) -> bytes:
        """The attachment of that SHA-256; Problems if it is absent or damaged."""
        path = _attachment_path(digest)
        with self._disk_errors(path):
            data = self._disk.read(self.folder / path)
        if data is None:
            _refuse("log.attachment.missing", path, "there is none", "copy it from another node")
        if hashlib.sha256(data).hexdigest() != digest:
            _refuse("log.attachment.changed", path, "not the bytes that were put there", "copy it from another node")
        return data

    def has_attachment(self, digest: str) -> bool:
        path = _attachment_path(digest)
        with self._disk_errors(path):
            return self._disk.read(self.folder / path) is not None

    def checkpoint(self) -> Checkpoint | None:
        """What the checkpoint says, if there is one."""
        return self._signed

    def checkpoint_note(self) -> bytes | None:
        """The checkpoint with its signatures, if there is one."""
        return self._note

    # --- writing -----------------------------------------------------------------------------------------------

    def append(self, entries: Sequence[bytes], attachments: Mapping[str, bytes] | None = None) -> None:
        """Appends entries, with the attachments they name by SHA-256. When it returns, they are acknowledged.

        Raises:
            Problems: if the disk failed; nothing is acknowledged, and the store has to be opened anew.
        """
        for digest, data in (attachments or {}).items():
            if hashlib.sha256(data).hexdigest() != digest:
                raise ValueError("an attachment is not the bytes that its name is the hash of")
        for entry in entries:
            if len(entry) > ENTRY_MAX:
                raise ValueError(f"an entry of {len(entry)} bytes; at most {ENTRY_MAX}")
        with self._writing("journal") as journal:
            self._write_attachments(attachments or {})
            if entries:
                frame = _build_frame(self.size, entries)
                self._write_frame(journal, frame)
                # Durable, and so acknowledged: only now may the next frame, or a reader, count on it.
                after = self._end + len(frame)
                journal.write(after, _build_ack(self.size + len(entries)))
                self._take_in(entries, self._end + _FRAME_HEAD)
                self._end = after + _ACK_SIZE

    def sign_checkpoint(self, name: str, seed: bytes) -> bytes:
        """Signs what is acknowledged, and gives back the note. The same tree is signed once by one key.

        Args:
            name: the key's name, which is the log's origin.
        """
        if name != self.origin:
            raise ValueError("a log's key has the log's origin for its name")
        with self._writing(CHECKPOINT):
            self._check_high_water()
            text = format_checkpoint(self.origin, self.size, self.root())
            line = _line_of(self._note, text, VerifierKey(name, ED25519, public_key(seed)))
            if line is not None and self._note is not None:
                return self._note
            self._write_tiles(self.size)
            self._write_intent(text)
            kept = _lines_of_others(self._note, text, name)
            note = build_note(text, [sign_note(text, name, seed), *kept])
            self._publish(note)
        return note

    def add_cosignatures(self, lines: Iterable[str], keys: Sequence[VerifierKey]) -> bytes:
        """Adds cosignature lines to the checkpoint they are for, and gives back the note.

        Raises:
            Problems: if one of the lines is by none of the keys, or doesn't hold for today's checkpoint.
        """
        with self._writing(CHECKPOINT):
            if self._note is None:
                _refuse("log.checkpoint.missing", CHECKPOINT, "nothing is signed yet", "sign or adopt a checkpoint")
            note = self._note
            text, present = parse_note(note)
            good = [line.line for line in present]
            problems = []
            for at, given in enumerate(lines, 1):
                try:
                    line = parse_line(given)
                    key = key_of(line, keys)
                except BadNote as error:
                    problems.append(Problem("log.cosignature.malformed", f"cosignature line {at}", str(error),
                                            "ask the witness for its answer again"))  # fmt: skip
                    continue
                if key is None:
                    problems.append(Problem("log.cosignature.unknown", f"cosignature line {at}",
                                            f"by the key {line.key_id.hex()}, which is no witness of this log",
                                            "check the witness's key with it, by voice or on paper"))  # fmt: skip
                elif verify_line(text, line, key) is None:
                    size = self._signed.size if self._signed else 0
                    problems.append(Problem("log.cosignature.bad", f"cosignature line {at}",
                                            f"the key {line.key_id.hex()} did not sign the checkpoint of size {size}",
                                            "send the witness this checkpoint and ask again"))  # fmt: skip
                else:
                    good.append(line.line)
            if problems:
                raise Problems(problems)
            note = build_note(text, _one_for_each_key(good))
            if note != self._note:
                self._write_checkpoint(note)
        return note

    def adopt(
        self, source: Path, log_key: VerifierKey, witness_keys: Sequence[VerifierKey] = (),
        other_keys: Sequence[VerifierKey] = (),
    ) -> Adoption:  # fmt: skip
        """Takes over a log directory that somebody brought: its newer entries, attachments and checkpoint.

        Everything in it is verified first (`ledger.log`). What a verifier would report and nothing here is made
        from (a stray file on the stick, a line of an unknown key, a missing cosignature) is left behind.

        Args:
            log_key: the key that signed the source's checkpoint, which holds for a log of that size.
            other_keys: those that the log has had besides: two histories signed by two of them are fraud, too.

        Returns:
            "adopted" if this log grew or got a newer checkpoint; "same"; or "older" if it knows more than the source.

        Raises:
            Problems: if the source is damaged or of another log, or if the log signed two histories. Then both
                checkpoints are kept as a fraud proof, and nothing is taken over.
        """
        self._require_writable(CHECKPOINT)
        try:
            reading = read_folder(source, [log_key, *witness_keys], self._disk)
        except OSError as error:  # their disk, not ours: ours goes on
            _refuse("log.source.unreadable", source.name, f"it can't be read ({error.strerror or 'error'})",
                    "put the medium in again, or bring another copy", error)  # fmt: skip
        missing = {d: data for d, data in reading.attachments.items() if not self.has_attachment(d)}
        spoilt = [problem for problem in reading.problems if self._is_needed(problem)]
        if not reading.is_whole or spoilt:
            raise Problems(spoilt or reading.problems)
        if reading.origin != self.origin:
            _refuse("log.origin", source.name, "a copy of another log", f"bring a copy of {self.origin}")
        theirs = Tree(map(leaf_hash, reading.entries))
        common = min(self.size, theirs.size)
        if self.root(common) != theirs.root(common):
            self._accuse(reading, theirs, (log_key, *other_keys))
        signed_size = self._signed.size if self._signed else -1
        if theirs.size < signed_size:
            return "older"
        text, lines = parse_note(reading.note)
        log_line = next(line.line for line in lines if key_of(line, [log_key]))
        known = [log_line, *(line.line for line in reading.cosignatures)]
        if theirs.size == signed_size:
            with self._writing(CHECKPOINT):
                # The log's line too: a successor may have signed the same tree anew.
                have = _lines_of_others(self._note, text, self.origin)
                note = build_note(text, _one_for_each_key([log_line, *have, *known]))
                if note != self._note:
                    self._write_checkpoint(note)
            return "same"
        note = build_note(text, known)
        with self._writing("incoming"):
            self._check_high_water()
            self._write_whole(self.state / "incoming", note)
        self.append((), missing)
        for start in range(self.size, theirs.size, _BATCH):
            self.append(reading.entries[start : start + _BATCH])
        with self._writing(CHECKPOINT):
            self._write_tiles(theirs.size)
            self._publish(note)
        return "adopted"

    def confront(self, source: Path, former_key: VerifierKey, other_keys: Sequence[VerifierKey]) -> None:
        """What a key signed after the log had another one: nothing, where it is part of this log.

        Raises:
            Problems: `log.fork`: it signed another history, and the proof is kept; `log.superseded`: it signed more.
        """
        reading = read_folder(source, [former_key], self._disk)
        if not reading.is_whole:
            return  # it proves nothing, and nothing is taken from it
        theirs = Tree(map(leaf_hash, reading.entries))
        common = min(self.size, theirs.size)
        if self.root(common) != theirs.root(common):
            self._accuse(reading, theirs, (former_key, *other_keys))
        if theirs.size > self.size:
            _refuse("log.superseded", CHECKPOINT, "signed by a key that the log no longer has",
                    "ask the present secretariat for the log")  # fmt: skip

    # --- writing, in the order that keeps the promises ---------------------------------------------------------

    def _write_frame(self, journal: File, frame: bytes) -> None:
        journal.write(self._end, frame)
        journal.fsync()

    def _write_attachments(self, attachments: Mapping[str, bytes]) -> None:
        new = {_attachment_path(digest): data for digest, data in attachments.items()}
        if new:
            self._write_files(new)

    def _write_tiles(self, size: int) -> None:
        """The tiles that the checkpoint before had not, durable when it returns."""
        before = self._signed.size if self._signed else 0
        files = {}
        for tile in new_tiles(before, size):
            if tile.level == ENTRIES:
                files[tile.path] = build_bundle([self._entry(i) for i in range(tile.start, tile.stop)])
            else:
                files[tile.path] = tile_bytes(self._tree, tile)
        self._write_files(files)

    def _write_files(self, files: Mapping[str, bytes]) -> None:
        """Files of the log directory that never change once they are there: bytes, then names, then folders."""
        folders: dict[Path, None] = {}
        renames = []
        for at, (path, data) in enumerate(files.items()):
            target = self.folder / path
            there = self._disk.read(target)
            if there is not None:
                if there != data:
                    _refuse("log.tile.conflict", path, "other bytes than the journal's are there already",
                            "take a copy of everything, then restore the file from another node")  # fmt: skip
                # Ours, from a run that was cut short: its bytes are durable (rename comes after fsync), its name
                # may not be.
            else:
                beside = self.state / "tmp" / str(at)
                write_new(self._disk, beside, data)
                renames.append((beside, target))
            folders[target.parent] = None
        for folder in folders.keys() - self._durable_folders:
            make_folders(self._disk, self.folder, folder.relative_to(self.folder).parts)
            self._durable_folders.add(folder)
        for beside, target in renames:
            self._disk.rename(beside, target)
        for folder in folders:
            self._disk.sync_folder(folder)

    def _write_intent(self, text: str) -> None:
        self._write_whole(self.state / "intent", text.encode())

    def _publish(self, note: bytes) -> None:
        """Puts a signed checkpoint in place, whose tiles are durable."""
        before = self._signed.size if self._signed else 0
        self._write_checkpoint(note)
        self._write_high_water(note)
        self._drop_partial_tiles(before)

    def _write_checkpoint(self, note: bytes) -> None:
        self._write_whole(self.folder / CHECKPOINT, note)
        self._note, self._signed = note, _parse_signed(note)

    def _write_high_water(self, data: bytes | None) -> None:
        if self.high_water is not None and data is not None:
            replace(self._disk, self.high_water.with_name(self.high_water.name + ".new"), self.high_water, data)

    def _drop_partial_tiles(self, before: int) -> None:
        """Partial tiles whose full tile is now signed. Those left by a crash here stay, and verify."""
        size = self._signed.size if self._signed else 0
        for tile in new_tiles(before, size):
            partial = self.folder / (Tile(tile.level, tile.n).path + ".p")
            if tile.width == WIDTH and (names := self._disk.files(partial)):
                for name in names:
                    self._disk.remove(partial / name)
                self._disk.remove_folder(partial)

    def _write_whole(self, path: Path, data: bytes) -> None:
        replace(self._disk, self.state / "tmp" / path.name, path, data)

    # --- opening -----------------------------------------------------------------------------------------------

    def _take_lock(self) -> None:
        try:
            self._lock = self._disk.lock(self.state / "lock")
        except Locked:
            _refuse("log.locked", self.folder.name, "another program is writing to this log",
                    "let it finish, or close it")  # fmt: skip
        except FileNotFoundError:
            self._refuse_absent()

    def _load(self) -> None:
        """Everything is checked before anything is mended."""
        # The checkpoint before the journal: a writer may be at work beside a reader.
        self._note = self._disk.read(self.folder / CHECKPOINT)
        self._signed = _parse_signed(self._note)
        intent = self._disk.read(self.state / "intent")
        high_water = self._disk.read(self.high_water) if self.high_water else None
        try:
            opener = self._disk.open_to_read if self._read_only else self._disk.open
            journal = self._journal = opener(self.state / "journal")
        except FileNotFoundError:
            self._refuse_absent()
        kept = _read_before(self.state / "journal") if type(self._disk) is Disk and not self._read_only else None
        if kept is not None:
            self.origin, self._end, self._offsets, self._lengths, self._tree = kept
            last = None
        else:
            last = self._read_journal(journal)
        problems = [
            problem
            for name, marked in (
                (CHECKPOINT, self._signed),
                ("intent", _parse_mark(intent, "intent")),
                ("high-water mark", _parse_mark(high_water, "high-water mark")),
            )
            if marked is not None
            for problem in self._contradictions(name, marked)
        ]
        if problems:
            raise Problems(problems)
        if not self._read_only:
            for name in self._disk.files(self.state / "tmp"):
                self._disk.remove(self.state / "tmp" / name)
            if last is not None:
                self._mend(journal, last)
            self._start_high_water(high_water, intent)
            self._opened = True

    def _read_journal(self, journal: File) -> int:
        """Takes in every whole frame, and gives where the last one begins. `_end` is where it ends."""
        reader = _Reader(journal)
        head = reader.read(0, len(_HEADER) + 1024)
        origin = head[len(_HEADER) :].split(b"\n")[0]
        if not head.startswith(_HEADER) or len(head) < len(_HEADER) + len(origin) + 1:
            _refuse_damaged("its first line is damaged")
        try:
            self.origin = check_name(origin.decode())
        except (UnicodeDecodeError, BadNote):
            _refuse_damaged("its first line is damaged")
        self._end = last = at = len(_HEADER) + len(origin) + 1
        while True:
            entries, after = _read_frame(reader, at, self.size)
            if entries is None:
                if size := _later_ack(reader, at, self.size):
                    _refuse_damaged(f"entry {self.size} is damaged, at byte {at}, and {size} were acknowledged")
                return last
            self._take_in(entries, at + _FRAME_HEAD)
            self._end, last, at = after, at, after + _ACK_SIZE
            if reader.read(after, _ACK_SIZE) != _build_ack(self.size):
                if size := _later_ack(reader, after, self.size):
                    _refuse_damaged(f"the mark after entry {self.size - 1} is damaged, and {size} were acknowledged")
                return last

    def _mend(self, journal: File, last: int) -> None:
        """Cuts away what follows the last whole frame; makes that frame durable and acknowledges it.

        An fsync that failed before may have lost what was written since the one before it: the ack before the last
        frame, and the frame. Their pages can be in memory and count as clean, so they are written again.
        """
        journal.truncate(self._end)
        if self.size:
            start = max(last - _ACK_SIZE, len(_HEADER) + len(self.origin.encode()) + 1)
            journal.write(start, journal.read(start, self._end - start))
        journal.fsync()
        if self.size:
            journal.write(self._end, _build_ack(self.size))
            self._end += _ACK_SIZE

    def _contradictions(self, name: str, marked: Checkpoint) -> Iterator[Problem]:
        if marked.origin != self.origin:
            yield Problem("log.origin", name, "of another log", f"give the file that belongs to {self.origin}")
        elif marked.size > self.size:
            yield Problem(
                "log.rollback", name, f"{marked.size} entries may have been signed, and {self.size} are here",
                "this is an old or a damaged copy: take the log over from a member's node instead",
            )  # fmt: skip
        elif self.root(marked.size) != marked.root:
            yield Problem(
                "log.fork", name, f"its first {marked.size} entries were signed with another root than they have here",
                "keep both copies as evidence and compare them with a member's node",
            )  # fmt: skip

    def _start_high_water(self, found: bytes | None, intent: bytes | None) -> None:
        """A mark for a log that has signed nothing; today's for one that signed and was cut short before it."""
        if self.high_water is None:
            return
        if found is None and self._note is None and intent is None:
            self._write_high_water(format_checkpoint(self.origin, 0, self.root(0)).encode())
            return
        self._check_high_water()
        marked = _parse_mark(found, "high-water mark")
        if self._signed and marked and self._signed.size > marked.size:
            self._write_high_water(self._note)

    def _check_high_water(self) -> None:
        """The medium must be there, and must not know more than we do."""
        if self.high_water is None:
            return
        found = self._disk.read(self.high_water)
        if found is None:
            _refuse(
                "log.high-water.missing", "high-water mark", "it is not where it should be",
                "put the medium in; for a new medium, compare the log with a member's, then copy its checkpoint there",
            )  # fmt: skip
        marked = _parse_mark(found, "high-water mark")
        if marked and (problems := list(self._contradictions("high-water mark", marked))):
            raise Problems(problems)

    # --- the rest ----------------------------------------------------------------------------------------------

    def _take_in(self, entries: Sequence[bytes], at: int) -> None:
        for entry in entries:
            self._offsets.append(at + 2)
            self._lengths.append(len(entry))
            at += 2 + len(entry)
        self._tree.extend(map(leaf_hash, entries))

    def _entry(self, index: int) -> bytes:
        if self._journal is None:
            raise ValueError("the log is closed")
        try:
            entry = self._journal.read(self._offsets[index], self._lengths[index])
        except OSError as error:
            self._disk_failed("journal", error)
        if leaf_hash(entry) != self._tree.leaf(index):
            _refuse_damaged(f"entry {index} has changed since the log was opened")
        return entry

    def _is_needed(self, problem: Problem) -> bool:
        """Whether a problem of a source spoils something we would take from it."""
        if problem.code in ("log.attachment.changed", "log.attachment.missing"):
            return not self.has_attachment(problem.where.removeprefix("attachments/"))
        return problem.code == "log.checkpoint.signature"

    def _accuse(self, reading: LogReading, theirs: Tree, log_keys: Sequence[VerifierKey]) -> NoReturn:
        """Keeps the proof that the log signed two histories, if we hold a signed one, and refuses."""
        for name in (self.folder / CHECKPOINT, self.state / "incoming"):
            ours = self._disk.read(name)
            proof = _fraud_of(ours, self._tree, reading.note, theirs, log_keys) if ours else None
            if proof is not None:
                where = self.state / "fraud-proof.txt"
                if self._disk.read(where) is None:
                    with self._disk_errors(where.name):
                        self._write_whole(where, format_fraud(proof))
                _refuse(
                    "log.fork", CHECKPOINT,
                    f"the log signed two histories (sizes {self.size} here, {reading.size} there)",
                    f"send {where.name} to every member, and stop relying on this secretariat",
                )  # fmt: skip
        _refuse("log.diverged", CHECKPOINT, "entries here that no checkpoint covers are not the source's",
                "keep both copies, and compare them with a third member's")  # fmt: skip

    @contextmanager
    def _writing(self, where: str) -> Iterator[File]:
        journal = self._require_writable(where)
        with self._disk_errors(where):
            yield journal

    def _require_writable(self, where: str) -> File:
        if self._read_only or self._stopped or self._journal is None:
            _refuse("log.stopped", where, "not open for writing, or stopped by a disk error", "open the log anew")
        return self._journal

    @contextmanager
    def _disk_errors(self, where: str) -> Iterator[None]:
        """A disk error becomes a problem, and stops the store: nobody knows what is on the disk after it."""
        try:
            yield
        except OSError as error:
            self._disk_failed(where, error)
        except Problems:
            raise
        except BaseException:
            self._stopped = True
            raise

    def _disk_failed(self, where: str, error: OSError) -> NoReturn:
        self._stopped = True
        _refuse("log.disk", where, f"the disk failed ({error.strerror or 'error'}); nothing was acknowledged",
                "check the disk and its free space, then open the log anew", error)  # fmt: skip

    def _refuse_absent(self) -> NoReturn:
        if self._disk.read(self.folder / CHECKPOINT) is not None:
            _refuse("log.rollback", "journal", "there is none, and the log was signed", _FROM_A_MEMBER)
        _refuse("log.absent", self.folder.name, "there is no log here", "create one, or give its folder")


def read_folder(folder: Path, vkeys: Sequence[VerifierKey], disk: Disk | None = None) -> LogReading:
    """The log directory on a disk, with every byte of it verified; vkeys[0] is the log's key (`ledger.log`)."""
    disk = disk or Disk()
    return read_log(lambda path: disk.read(folder / path), lambda: disk.files(folder), vkeys)


def _line_of(note: bytes | None, text: str, key: VerifierKey) -> str | None:
    """The line by which that key has signed that text already."""
    if note is None:
        return None
    try:
        signed = open_note(note, [key])
    except BadNote:
        return None
    by = signed.by(key)
    return by.line if by and signed.text == text else None


def _lines_of_others(note: bytes | None, text: str, name: str) -> list[str]:
    """The signature lines over the same text that are not by a key of that name."""
    if note is None or parse_note(note)[0] != text:
        return []
    return [line.line for line in parse_note(note)[1] if line.name != name]


def _one_for_each_key(lines: Iterable[str]) -> list[str]:
    """The first line of each key."""
    first: dict[tuple[str, bytes], str] = {}
    for line in map(parse_line, lines):
        first.setdefault((line.name, line.key_id), line.line)
    return list(first.values())


def _fraud_of(
    ours: bytes, tree: Tree, note: bytes, theirs: Tree, log_keys: Sequence[VerifierKey]
) -> FraudProof | None:
    """The proof that `ours` and `note` can't both be honest, if they can't."""
    mine, other = _parse_signed(ours), _parse_signed(note)
    if mine is None or other is None:
        return None
    smaller, larger, grown = (ours, note, theirs) if mine.size <= other.size else (note, ours, tree)
    size, larger_size = sorted((mine.size, other.size))
    if larger_size > grown.size:
        return None
    proof = FraudProof(grown.root(size), tuple(grown.prove_consistency(size, larger_size)), smaller, larger)
    try:
        check_fraud(proof, *log_keys)
    except (BadProof, BadNote):
        return None
    return proof


# --- the journal's bytes ---------------------------------------------------------------------------------------


class _Reader:
    """A file read in large pieces, for a walk through it."""

    def __init__(self, file: File, piece: int = 1 << 20) -> None:
        self._file, self._piece = file, piece
        self._start, self._data = 0, b""

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes; fewer only at the file's end."""
        at = offset - self._start
        if not 0 <= at <= at + length <= len(self._data):
            self._start, self._data = offset, self._file.read(offset, max(length, self._piece))
            at = 0
        return self._data[at : at + length]


def _build_frame(index: int, entries: Sequence[bytes]) -> bytes:
    payload = build_bundle(entries)
    frame = index.to_bytes(8, "big") + len(entries).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + payload
    return frame + hashlib.sha256(frame).digest()


def _read_frame(reader: _Reader, at: int, index: int) -> tuple[list[bytes] | None, int]:
    """The entries of the frame at `at`, which begins with entry `index`, and where it ends; None if it is torn."""
    head = reader.read(at, _FRAME_HEAD)
    count, length = int.from_bytes(head[8:12], "big"), int.from_bytes(head[12:16], "big")
    if len(head) < _FRAME_HEAD or not 0 < 2 * count <= length:
        return None, at
    frame = reader.read(at, _FRAME_HEAD + length + _FRAME_SUM)
    body, checksum = frame[: _FRAME_HEAD + length], frame[_FRAME_HEAD + length :]
    if hashlib.sha256(body).digest() != checksum:
        return None, at
    if (begins := int.from_bytes(head[:8], "big")) != index:
        _refuse_damaged(f"entry {begins} stands where entry {index} should, at byte {at}")  # no power cut does that
    try:
        return parse_bundle(body[_FRAME_HEAD:], count), at + len(frame)
    except BadBundle:
        return None, at


def _build_ack(size: int) -> bytes:
    ack = _ACK + size.to_bytes(8, "big")
    return ack + zlib.crc32(ack).to_bytes(4, "big")


class _Read(NamedTuple):
    """What a journal says, as this process read it, wrote it and closed it last."""

    origin: str
    end: int
    offsets: array[int]
    lengths: array[int]
    tree: Tree


# A process that opens one log many times reads its journal once, as if it had kept the log open: what is here was
# read and written under the log's lock, without an error, and the file has not been touched since.
_reads: dict[str, tuple[tuple[int, int, int], _Read]] = {}
_READS_MOST = 16


def _stat(path: Path) -> tuple[int, int, int]:
    found = os.stat(path)
    return found.st_ino, found.st_size, found.st_mtime_ns


def _keep_read(path: Path, read: _Read) -> None:
    name = str(path.absolute())
    _reads.pop(name, None)
    _reads[name] = (_stat(path), read)
    while len(_reads) > _READS_MOST:
        del _reads[next(iter(_reads))]


def _read_before(path: Path) -> _Read | None:
    stat, read = _reads.pop(str(path.absolute()), (None, None))
    return read if read is not None and stat == _stat(path) else None


def _later_ack(reader: _Reader, at: int, size: int) -> int | None:
    """The largest size beyond `size` acknowledged anywhere from `at` on."""
    largest = None
    while True:
        piece = reader.read(at, 1 << 20)
        found = piece.find(_ACK)
        while found >= 0:
            ack = reader.read(at + found, _ACK_SIZE)
            acked = int.from_bytes(ack[4:12], "big")
            if ack == _build_ack(acked) and acked > max(size, largest or 0):
                largest = acked
            found = piece.find(_ACK, found + 1)
        if len(piece) < 1 << 20:
            return largest
        at += len(piece) - len(_ACK) + 1


def _parse_signed(note: bytes | None) -> Checkpoint | None:
    """What a checkpoint's note says; its signatures were checked when it was put there. None if there is no note."""
    if note is None:
        return None
    try:
        return parse_checkpoint(parse_note(note)[0])
    except (BadNote, BadCheckpoint):
        _refuse("log.checkpoint.malformed", CHECKPOINT, "damaged", _FROM_A_MEMBER)


def _parse_mark(data: bytes | None, name: str) -> Checkpoint | None:
    """What an intent or a high-water mark says: a checkpoint's text, with or without signatures."""
    if data is None:
        return None
    try:
        return parse_checkpoint(parse_note(data)[0] if b"\n\n" in data else data.decode())
    except (BadNote, BadCheckpoint, UnicodeDecodeError):
        _refuse("log.mark.malformed", name, "damaged", _FROM_A_MEMBER)


def _attachment_path(digest: str) -> str:
    if not _HEX.fullmatch(digest):
        raise ValueError("an attachment is named by 64 hex characters")
    return f"attachments/{digest}"


def _refuse_damaged(what: str) -> NoReturn:
    _refuse("log.journal.damaged", "journal", what, _FROM_A_MEMBER)


def _refuse(code: str, where: str, what: str, do: str, cause: BaseException | None = None) -> NoReturn:
    raise Problems([Problem(code, where, what, do)]) from cause
