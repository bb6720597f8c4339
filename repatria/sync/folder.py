"""Nodes talk by a folder: on a stick, a shared disk, or anything else that carries files.

    repatria.json                     which exchange the stick is for
    ledger/                           the log as it is (tlog-tiles), its checkpoint written last
    outbox/<event>.entry              what members signed and the ledger does not have yet
    attachments/<sha256>              what those entries name
    mail/<member>/<sha256>.age        letters, sealed to that member
    cosignatures/<size>-<member>.note a checkpoint with that member's cosignature
    tmp/                              files being written

Rules:

* `export_` and `import_` may be repeated, and stopped at any moment, the stick pulled out: every file is written
  beside and renamed, so each side has its old state or the new one, and the next good stick repairs the rest;
* a damaged file on the stick is a problem that names it; everything else goes on. Nothing on a stick is believed:
  the ledger is verified to its last byte, letters and attachments by their hashes, entries at the door;
* a member takes a ledger over only if it continues its own, and only with every attachment that its entries name;
  two histories signed by one log become a fraud proof. Then the member cosigns, its promise being durable first;
* the log can go to a successor, by the same sticks: whoever holds enough members' agreement, naming its own fresh key,
  takes the log over from its own copy; members follow a new key only where the entries hand the log to it. What the
  old key signs beyond that entry is no ledger, and where it contradicts the successor's, a fraud proof is kept;
* the secretariat takes entries through its door, merges cosignatures, and signs. A stick that bears a checkpoint
  larger than the secretariat's own ledger says that the secretariat was put back to an old copy: it signs nothing;
* any node hands on letters for others. Nobody takes anything off a stick that its ledger does not have signed.

    >>> SyncReport({"ordered": 2}).answer
    {'ordered': 2}
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

from repatria.exchange.attachments import named_by
from repatria.exchange.codec import Body, decode_body
from repatria.exchange.door import Decision
from repatria.exchange.events import ExchangeOpened, SecretariatSucceeded
from repatria.exchange.fold import apply
from repatria.exchange.state import State
from repatria.exchange.succession import every_log_key, log_keys
from repatria.ledger.checkpoint import BadCheckpoint, Checkpoint, parse_checkpoint
from repatria.ledger.entry import ENTRY_MAX, decode_entry
from repatria.ledger.note import (
    BadNote,
    VerifierKey,
    build_note,
    key_of,
    open_note,
    parse_note,
    parse_vkey,
    verify_line,
)
from repatria.ledger.tiles import ENTRIES, WIDTH, BadBundle, entries_path, new_tiles, parse_bundle, tiles_for_size
from repatria.ledger.tree import Tree, leaf_hash
from repatria.problem import Problem, Problems
from repatria.store.disk import Disk, make_folders, write_new
from repatria.store.node import NodeFolder
from repatria.store.tiles import LogStore

FILE_MAX = 256 * 2**20  # bytes: no file of ours is larger
_ENTRY_NAME = re.compile(r"([0-9a-f]{64})\.entry")
_LETTER_NAME = re.compile(r"([a-z0-9][a-z0-9-]{0,31})/([0-9a-f]{64})\.age")
_COSIGNATURE_NAME = re.compile(r"([0-9]{1,19})-([a-z0-9][a-z0-9-]{0,31})\.note", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}")
FOLDERS = ("ledger", "outbox", "attachments", "mail", "cosignatures", "tmp")
_ANOTHER = "bring it on another stick; what is whole was taken in"


@dataclass(frozen=True)
class SyncReport:
    """What was carried, by kind, and everything that was wrong."""

    counts: Mapping[str, int]
    problems: tuple[Problem, ...] = ()
    events: tuple[str, ...] = ()

    @property
    def answer(self) -> dict[str, Any]:
        return dict(self.counts)


def export_(node: NodeFolder, stick: Path, now: str) -> SyncReport:
    """Put on the stick what this node has for others: its ledger, its unordered entries, letters, cosignature.

    Args:
        now: the time that the secretariat's own cosignature bears, where there is something to sign.
    """
    out = _Stick(stick, node, Disk())
    stick.mkdir(parents=True, exist_ok=True)
    out.check_files()
    out.check_exchange()
    counts: dict[str, int] = {}
    _confront(node, out)
    theirs = out.checkpoint()
    _check_not_behind(node, out, theirs)
    node.sign(now)
    out.write("repatria.json", _format_label(node))
    counts["ledger"] = _export_ledger(node, out, theirs)
    counts["entries"] = _export_outbox(node, out)
    counts["letters"] = _export_letters(node, out)
    counts["cosignatures"] = _export_cosignature(node, out)
    out.sync()
    counts["files_written"] = out.written
    return SyncReport(counts, tuple(out.problems))


def import_(node: NodeFolder, stick: Path, now: str) -> SyncReport:
    """Take in what is on the stick for this node.

    Args:
        now: the time that a cosignature bears, and the door's notes.
    """
    source = _Stick(stick, node, Disk())
    if not stick.is_dir():
        raise Problems([Problem("sync.absent", stick.name, "there is no such folder", "put the stick in")])
    source.check_files()
    source.check_exchange()
    counts: dict[str, int] = {}
    _confront(node, source)
    handed_on = _hands_on(node, source)
    if handed_on is not None and node.is_secretariat and node.ledger is not None and handed_on < node.ledger.size:
        node.step_down(handed_on)
    if node.is_secretariat and handed_on is None:
        _check_not_behind(node, source, source.checkpoint())
        counts["cosignatures"] = _merge_cosignatures(node, source)
        counts |= _import_entries(node, source, now)
        node.sign(now)
    else:
        counts |= _import_ledger(node, source, now)
        counts["cosignatures"] = _merge_cosignatures(node, source)
        counts |= _take_over(node, source, now)
    counts |= _import_letters(node, source)
    counts["size"] = 0 if node.ledger is None else node.ledger.size
    return SyncReport(counts, tuple(source.problems))


def take_desk(node: NodeFolder, entries: Sequence[bytes], now: str) -> SyncReport:
    """Take in what a desk signed or heard: judged as its check-in is, and kept in this member's outbox, or in the
    ledger at the secretariat, which signs it.

    A desk's folder may hold anything, as a request may: what is forged, malformed or of another exchange is turned
    away, and what waits for something that is not here is brought again after it (at the secretariat it is kept).
    """
    decisions = node.check_in(entries, now)
    again = () if node.is_secretariat else decisions.waiting  # not kept here: whoever brings it has to come again
    if node.is_secretariat:
        node.sign(now)
    applied = "ordered" if node.is_secretariat else "entries"
    counts = {
        applied: sum(1 for each in decisions.come_in if each.applied), "known": len(decisions.known),
        "recorded_as_refused": sum(1 for each in decisions.come_in if not each.applied),
        "waiting": len(decisions.waiting), "turned_away": len(decisions.away),
    }  # fmt: skip
    bad = [each.problem for each in (*decisions.come_in, *decisions.away, *again) if not each.applied]
    return SyncReport(counts, tuple(bad))


# --- the stick ---------------------------------------------------------------------------------------------------


class _Stick:
    """A stick's files: read with suspicion, written beside and renamed."""

    def __init__(self, path: Path, node: NodeFolder, disk: Disk) -> None:
        self.path, self._node, self._disk = path, node, disk
        self.problems: list[Problem] = []
        self.written = 0
        self._made: set[Path] = set()
        self._unsynced: set[Path] = set()

    def check_files(self) -> None:
        """Links, devices and huge files are no part of a stick; a link could lead a write to another place."""
        for name in FOLDERS:
            for at, folders, files in os.walk(self.path / name):
                for each in (at, *(os.path.join(at, one) for one in (*folders, *files))):
                    mode = os.lstat(each)
                    if not (stat.S_ISDIR(mode.st_mode) or stat.S_ISREG(mode.st_mode)) or mode.st_size > FILE_MAX:
                        where = Path(each).relative_to(self.path).as_posix()
                        raise Problems([
                            Problem("sync.stick", where, "a link, a device or a huge file", "use a clean stick")
                        ])  # fmt: skip

    def check_exchange(self) -> None:
        """Refuse a stick of another exchange; a damaged label is only a problem."""
        data = self.read("repatria.json")
        if data is None:
            return
        try:
            exchange = json.loads(data)["exchange"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self.report("repatria.json", "damaged", "export again")
            return
        own = self._node.ledger_state().exchange
        if own and exchange and exchange != own:
            raise Problems([Problem("sync.exchange", "repatria.json", "of another exchange", "use another stick")])

    def checkpoint(self) -> Checkpoint | None:
        """What the stick's checkpoint says, if a key of the log signed it that holds for it."""
        signed = self.signed() if self._node.log_key() is not None else None
        return None if signed is None else signed[1]

    def signed(self, opening: Sequence[VerifierKey] = ()) -> tuple[VerifierKey, Checkpoint] | None:
        """The stick's checkpoint, and which key of the log signed it: one that this node knows, or the opening's for a
        node that has no ledger yet, or one to which the entries on the stick hand the log."""
        found = self.claimed()
        if found is None:
            return None
        key = self.signer([*opening, *log_keys(self._node.ledger_state(), found.size)]) or self._heir(found)
        return None if key is None else (key, found)

    def claimed(self) -> Checkpoint | None:
        """What the stick's checkpoint says, whoever signed it."""
        try:
            return parse_checkpoint(parse_note(self.read("ledger/checkpoint") or b"")[0])
        except (BadNote, BadCheckpoint):
            return None

    def signer(self, keys: Sequence[VerifierKey]) -> VerifierKey | None:
        """Which of these keys signed the stick's checkpoint."""
        note = self.read("ledger/checkpoint") or b""
        for key in keys:
            try:
                open_note(note, [key])
                return key
            except BadNote:
                continue
        return None

    def _heir(self, checkpoint: Checkpoint) -> VerifierKey | None:
        """A successor's key that signed the stick's checkpoint, if the entries there hand the log to it.

        They are folded as they lie there; that they are what was signed, `adopt` makes sure of. No other entry than a
        succession names a log key, so nothing is folded where none has signed.
        """
        entries = self.entries(checkpoint)
        keys = [parse_vkey(event.log) for event in map(_succession, entries) if event is not None]
        if self.signer(keys) is None:
            return None
        state = self._node.ledger_state()
        continues = state.size <= len(entries) and _root(entries, state.size) == state.root
        state = state.fork() if continues else State()
        for entry in entries[state.size :]:
            apply(state, entry, self.attachment)
        return self.signer(log_keys(state, checkpoint.size)) if state.exchange else None

    def entries(self, checkpoint: Checkpoint) -> list[bytes]:
        """The entries on the stick as they lie there; none if they cannot be read."""
        found: list[bytes] = []
        for tile in new_tiles(0, checkpoint.size):
            if tile.level != ENTRIES:
                break
            try:
                found += parse_bundle(self.read(f"ledger/{tile.path}") or b"", tile.width)
            except BadBundle:
                return []
        return found

    def attachment(self, name: str) -> bytes | None:
        data = self.read(f"ledger/attachments/{name}") if _HASH.fullmatch(name) else None
        return data if data is not None and hashlib.sha256(data).hexdigest() == name else self._node.attachment(name)

    def read(self, path: str) -> bytes | None:
        try:
            return self._disk.read(self.path / path)
        except OSError as error:
            self.report(path, f"cannot be read ({error.strerror})")
            return None

    def files(self, folder: str) -> list[str]:
        return self._disk.files(self.path / folder)

    def cosignatures(self) -> list[str]:
        return [f"cosignatures/{name}" for name in self.files("cosignatures") if _COSIGNATURE_NAME.fullmatch(name)]

    def hashed(self, folder: str, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Files that are named by the hash of their bytes, if they are those bytes."""
        for name in names:
            data = self.read(f"{folder}/{name}")
            wanted = name.rpartition("/")[2].removesuffix(".age")
            if data is None:
                continue
            if hashlib.sha256(data).hexdigest() != wanted:
                self.report(f"{folder}/{name}", "not the bytes that its name is the hash of")
            else:
                yield name, data

    def write(self, path: str, data: bytes) -> bool:
        """Put a file there, all or nothing; durable after the next `sync`. False if it was there already."""
        target = self.path / path
        if self._disk.read(target) == data:
            return False
        for folder in (Path("tmp"), Path(path).parent):
            if folder not in self._made and not (self.path / folder).is_dir():
                make_folders(self._disk, self.path, folder.parts)
            self._made.add(folder)
        write_new(self._disk, self.path / "tmp" / "part", data)
        self._disk.rename(self.path / "tmp" / "part", target)
        self._unsynced.add(target.parent)
        self.written += 1
        return True

    def remove(self, path: str) -> None:
        self._disk.remove(self.path / path)
        self._unsynced.add((self.path / path).parent)

    def sync(self) -> None:
        """Make the names of everything written so far durable."""
        for folder in sorted(self._unsynced):
            self._disk.sync_folder(folder)
        self._unsynced.clear()

    def report(self, where: str, what: str, do: str = _ANOTHER) -> None:
        self.problems.append(Problem("sync.damaged", where, what, do))


def _format_label(node: NodeFolder) -> bytes:
    state = node.ledger_state()
    return json.dumps({"v": 1, "exchange": state.exchange or None, "origin": state.origin or None}).encode() + b"\n"


def _confront(node: NodeFolder, stick: _Stick) -> None:
    """Refuse what a key signed after the log had another one; keep the proof where it contradicts this ledger."""
    keys = every_log_key(node.ledger_state())
    former = stick.signer(keys[1:])
    if node.ledger is not None and former is not None:
        node.ledger.confront(stick.path / "ledger", former, keys)


def _hands_on(node: NodeFolder, stick: _Stick) -> int | None:
    """Where the stick's ledger gives this node's log to a successor: how many entries the two have in common."""
    ledger, signed = node.ledger, stick.signed()
    if ledger is None or signed is None or signed[0] in log_keys(node.ledger_state(), signed[1].size):
        return None
    theirs = Tree(map(leaf_hash, stick.entries(signed[1])))
    return next(n for n in range(min(ledger.size, theirs.size), -1, -1) if ledger.root(n) == theirs.root(n))


def _take_over(node: NodeFolder, stick: _Stick, now: str) -> dict[str, int]:
    """Go on as the secretariat where enough members have agreed to it, with what is on this stick and in the outbox.

    Until then their entries stay in this node's outbox, so that several sticks add up.
    """
    brought = [stick.read(f"outbox/{name}") or b"" for name in stick.files("outbox") if _ENTRY_NAME.fullmatch(name)]
    entries = [*(each.entry for each in node.outbox()), *(data[: ENTRY_MAX + 1] for data in brought)]
    agreed = [_body(entry) for entry in entries if (event := _succession(entry)) and event.successor == node.member]
    if node.ledger is None or not agreed:
        return {}
    names = [name for name in stick.files("attachments") if _HASH.fullmatch(name)]
    attachments = dict(stick.hashed("attachments", names))
    done, decisions = node.take_over(entries, attachments, now)
    if done:
        node.sign(now)
        return {"succession": 1, "ordered": len(decisions.come_in)}
    away = {decision.entry for decision in decisions.away}  # forged ones among them: nobody has agreed by those
    true = [entry for entry in entries if entry not in away]
    members = {body.member for entry in true if (event := _succession(entry)) and event.successor == node.member
               and (body := _body(entry)) is not None}  # fmt: skip
    theirs = [data for data in brought if data not in away and (body := _body(data)) and body.member in members]
    node.carry(theirs, {n: attachments[n] for entry in theirs for n in _names_of(entry) if n in attachments})
    for decision in decisions.waiting:
        if decision.kind == SecretariatSucceeded.__name__ and decision.rule in ("seen.unknown", "chain.place"):
            stick.problems.append(Problem(
                "secretariat.behind", decision.author, "has seen more of the ledger than is here",
                "bring the ledger from that member's node first; the log goes on from there",
            ))  # fmt: skip
    return {"succession": 0}


def _body(entry: bytes) -> Body | None:
    try:
        return decode_body(decode_entry(entry).body)
    except ValueError:
        return None


def _succession(entry: bytes) -> SecretariatSucceeded | None:
    """What the entry says of a successor, if it says so."""
    body = _body(entry)
    return body.data if body is not None and isinstance(body.data, SecretariatSucceeded) else None


def _root(entries: Sequence[bytes], size: int) -> str:
    return Tree(map(leaf_hash, entries[:size])).root().hex()


def _check_not_behind(node: NodeFolder, stick: _Stick, theirs: Checkpoint | None) -> None:
    """The secretariat signs nothing beside a checkpoint of its own that it does not continue."""
    ledger = node.ledger
    if theirs is None or ledger is None or not node.is_secretariat:
        return
    if stick.signer(log_keys(node.ledger_state(), theirs.size)) is None:
        raise Problems([
            Problem(
                "secretariat.succeeded", "ledger/checkpoint", "the members have given the log to a successor",
                "import this stick; what is only in this node's ledger then goes to the successor",
            )
        ])  # fmt: skip
    if theirs.size > ledger.size:
        raise Problems([
            Problem(
                "log.rollback", "ledger/checkpoint",
                f"this secretariat has signed {theirs.size} entries, and {ledger.size} are here",
                "this is an old copy of the node: sign nothing with it, and take the log over from a member's node",
            )
        ])  # fmt: skip
    if ledger.root(theirs.size) != theirs.root:
        raise Problems([
            Problem(
                "log.fork", "ledger/checkpoint", f"signed by this log, with another root for {theirs.size} entries",
                "keep the stick and this node as evidence, sign nothing, and call the other members",
            )
        ])  # fmt: skip


# --- out -----------------------------------------------------------------------------------------------------------


def _export_ledger(node: NodeFolder, stick: _Stick, theirs: Checkpoint | None) -> int:
    """The log directory, unless the stick's is newer; the size that the stick has now."""
    ledger = node.ledger
    ours = None if ledger is None else ledger.checkpoint()
    note = None if ledger is None else ledger.checkpoint_note()
    if ledger is None or ours is None or note is None:
        return 0
    if theirs is not None and theirs.size > ours.size:
        return theirs.size
    attachments = [f"attachments/{name}" for name in Disk().files(ledger.folder / "attachments")]
    tiles = tiles_for_size(ours.size)
    for name in (*attachments, *tiles):
        if (data := Disk().read(ledger.folder / name)) is not None:
            stick.write(f"ledger/{name}", data)
    stick.sync()
    stick.write("ledger/checkpoint", _with_lines_of(note, stick.read("ledger/checkpoint"), node.witness_keys()))
    stick.sync()
    for name in set(stick.files("ledger/tile")) - {tile.removeprefix("tile/") for tile in tiles}:
        stick.remove(f"ledger/tile/{name}")  # partial tiles of smaller checkpoints: nobody needs them from a stick
    return ours.size


def _with_lines_of(note: bytes, other: bytes | None, keys: Sequence[VerifierKey]) -> bytes:
    """The note, with the cosignatures that the stick's checkpoint of the same text has besides."""
    text, lines = parse_note(note)
    have = {(line.name, line.key_id) for line in lines}
    more = [line[2] for line in _cosignatures(other, text, keys) if (line[0], line[1]) not in have]
    merged = build_note(text, [*(line.line for line in lines), *more])
    same = other is not None and sorted(other.splitlines()) == sorted(merged.splitlines())
    return other if same and other is not None else merged  # the same lines in another order: leave the file alone


def _cosignatures(note: bytes | None, text: str, keys: Sequence[VerifierKey]) -> list[tuple[str, bytes, str]]:
    """The good cosignature lines of known witnesses in a note of that text."""
    if note is None:
        return []
    try:
        found, lines = parse_note(note)
    except BadNote:
        return []
    good = []
    for line in lines if found == text else ():
        key = key_of(line, keys)
        if key is not None and verify_line(text, line, key) is not None:
            good.append((line.name, line.key_id, line.line))
    return good


def _export_outbox(node: NodeFolder, stick: _Stick) -> int:
    """What waits to be ordered, with its attachments; what the signed ledger has is taken off the stick."""
    ledger, state = node.ledger, node.ledger_state()
    signed = 0 if ledger is None or (checkpoint := ledger.checkpoint()) is None else checkpoint.size
    for name in stick.files("outbox"):
        match = _ENTRY_NAME.fullmatch(name)
        index = None if match is None else state.events.get(match[1])
        if index is not None and max(index, -1 - index) < signed:
            stick.remove(f"outbox/{name}")
    for name in stick.files("attachments"):
        if ledger is not None and _HASH.fullmatch(name) and ledger.has_attachment(name):
            stick.remove(f"attachments/{name}")
    pending = node.outbox()
    for each in pending:
        for name in _names_of(each.entry):
            if (ledger is None or not ledger.has_attachment(name)) and (data := node.attachment(name)) is not None:
                stick.write(f"attachments/{name}", data)
        stick.write(f"outbox/{each.event}.entry", each.entry)
    return len(pending)


def _export_letters(node: NodeFolder, stick: _Stick) -> int:
    """Letters for others; those on the stick that this node has opened are taken off it."""
    read = {name.rpartition("/")[2] for name in node.vault.documents("mail/")}
    for name in stick.files("mail"):
        match = _LETTER_NAME.fullmatch(name)
        if match is not None and match[1] == node.member and match[2] in read:
            stick.remove(f"mail/{name}")
    count = 0
    for member, name, sealed in node.letters():
        stick.write(f"mail/{member}/{name}.age", sealed)
        count += 1
    return count


def _export_cosignature(node: NodeFolder, stick: _Stick) -> int:
    """This member's cosignature on the newest checkpoint it has; its own older ones are taken off the stick."""
    ledger, fact = node.ledger, node.ledger_state().members.get(node.member)
    if ledger is None or (note := ledger.checkpoint_note()) is None or fact is None or fact.witness is None:
        return 0
    text = parse_note(note)[0]
    key = parse_vkey(fact.witness)
    lines = _cosignatures(note, text, [key])
    if not lines:
        return 0
    name = f"{parse_checkpoint(text).size}-{node.member}.note"
    stick.write(f"cosignatures/{name}", build_note(text, [lines[0][2]]))
    for old in stick.files("cosignatures"):
        match = _COSIGNATURE_NAME.fullmatch(old)
        if match is not None and match[2] == node.member and int(match[1]) < parse_checkpoint(text).size:
            stick.remove(f"cosignatures/{old}")
    return 1


# --- in ------------------------------------------------------------------------------------------------------------


def _import_ledger(node: NodeFolder, stick: _Stick, now: str) -> dict[str, int]:
    """Take a member's ledger on; every reason why not is a problem, and then it stays as it was."""
    before = 0 if node.ledger is None else node.ledger.size
    try:
        if stick.read("ledger/checkpoint") is None:
            if stick.files("ledger"):
                stick.report("ledger/checkpoint", "there is none: the copy was cut short", "export again")
        else:
            _adopt(node, stick)
            node.note_exchange()
            node.cosign(now)
    except Problems as error:
        stick.problems += error.problems
    return {"entries": (0 if node.ledger is None else node.ledger.size) - before}


def _adopt(node: NodeFolder, stick: _Stick) -> None:
    opening = _first_log_key(node, stick) if node.log_key() is None else None
    signed = stick.signed([] if opening is None else [opening])
    if signed is None:
        raise Problems([
            Problem("sync.checkpoint", "ledger/checkpoint", "not signed by a key of this log", "export again")
        ])  # fmt: skip
    log_key, checkpoint = signed
    ledger = node.ledger
    ours = None if ledger is None else ledger.checkpoint()
    if ours is not None and ledger is not None and checkpoint == ours:
        _add_cosignatures(node, stick, ledger)
        return
    if ledger is None or ledger.size <= checkpoint.size:
        _check_attachments(node, stick, checkpoint)
    ledger = node.start_log(log_key.name)
    ledger.adopt(stick.path / "ledger", log_key, node.witness_keys(), every_log_key(node.ledger_state()))
    _add_cosignatures(node, stick, ledger)  # also of those whose admission has just come with it


def _add_cosignatures(node: NodeFolder, stick: _Stick, ledger: LogStore) -> None:
    """The good lines of witnesses that the stick's checkpoint has besides, if it is the same checkpoint."""
    note, keys = ledger.checkpoint_note(), node.witness_keys()
    if note is not None:
        lines = _cosignatures(stick.read("ledger/checkpoint"), parse_note(note)[0], keys)
        if lines:
            ledger.add_cosignatures([line[2] for line in lines], keys)


def _first_log_key(node: NodeFolder, stick: _Stick) -> VerifierKey:
    """The log's key as the opening on the stick pins it, if this member is one of its founders, with its own key.

    Before it joins, the member compares the founders' keys with them; until then it trusts this for nothing.
    """
    try:
        text = parse_note(stick.read("ledger/checkpoint") or b"")[0]
        width = min(WIDTH, parse_checkpoint(text).size)
        bundle = stick.read(f"ledger/{entries_path(0, width)}") or b""
        opening = decode_body(decode_entry(parse_bundle(bundle, width)[0]).body).data
        if not isinstance(opening, ExchangeOpened):
            raise ValueError("the first entry is no opening")
        log_key = parse_vkey(opening.log)
    except (BadNote, BadCheckpoint, BadBundle, ValueError, IndexError) as error:
        raise Problems([
            Problem("sync.ledger", "ledger", f"its opening cannot be read ({error})", "export again")
        ]) from None  # fmt: skip
    founder = next((each for each in opening.founders if each.member == node.member), None)
    if founder is None or (founder.key, founder.role) != (node.public_key, node.role):
        raise Problems([
            Problem(
                "exchange.not_founder", "ledger", "the opening does not name this member with its role and key",
                "give this node's card to the secretariat, and have it open the exchange with that",
            )
        ])  # fmt: skip
    return log_key


def _check_attachments(node: NodeFolder, stick: _Stick, checkpoint: Checkpoint) -> None:
    """Refuse the update if an entry names an attachment that neither came with it nor is here.

    The bytes are looked at before they are verified; damaged ones are left for `adopt` to refuse.
    """
    ledger = node.ledger
    start = 0 if ledger is None else ledger.size
    brought = {name for name in stick.files("ledger/attachments") if _HASH.fullmatch(name)}
    problems = []
    for tile in new_tiles(start, checkpoint.size):
        if tile.level != ENTRIES:
            break
        try:
            entries = parse_bundle(stick.read(f"ledger/{tile.path}") or b"", tile.width)
        except BadBundle:
            return
        for index, entry in enumerate(entries, tile.start):
            problems += [
                Problem(
                    "ledger.attachment_missing", f"entry {index}, attachment {name[:16]}",
                    "the entry names it, and it did not come with the ledger", "export again from a whole node",
                )
                for name in (_names_of(entry) if index >= start else ())
                if name not in brought and (ledger is None or not ledger.has_attachment(name))
            ]  # fmt: skip
    if problems:
        raise Problems(problems)


def _names_of(entry: bytes) -> tuple[str, ...]:
    """The attachments that an entry names; none if it is no event, which the fold records as refused."""
    try:
        return named_by(decode_body(decode_entry(entry).body).data)
    except ValueError:
        return ()


def _merge_cosignatures(node: NodeFolder, stick: _Stick) -> int:
    """Witnesses' lines for the checkpoint that this node has; those for other sizes have nothing to stand on here."""
    ledger = node.ledger
    note = None if ledger is None else ledger.checkpoint_note()
    if ledger is None or note is None:
        return 0
    text, before = parse_note(note)
    keys = node.witness_keys()
    lines: dict[tuple[str, bytes], str] = {}
    for name in ["ledger/checkpoint", *stick.cosignatures()]:
        data = stick.read(name)
        if data is None:
            continue
        try:
            found, _ = parse_note(data)
        except BadNote as error:
            if name != "ledger/checkpoint" or node.is_secretariat:
                stick.report(name, str(error))
            continue
        good = _cosignatures(data, text, keys)
        if name != "ledger/checkpoint" and found == text and not good:
            stick.problems.append(Problem(
                "log.cosignature.bad", name, "no witness of this exchange signed this", "ask the witness again"
            ))  # fmt: skip
        lines |= {(line[0], line[1]): line[2] for line in good}
    if lines:
        note = ledger.add_cosignatures(lines.values(), keys)
    return len(parse_note(note)[1]) - len(before)


def _import_entries(node: NodeFolder, stick: _Stick, now: str) -> dict[str, int]:
    """Everything in the outbox, through the secretariat's door."""
    files: dict[bytes, str] = {}
    for name in stick.files("outbox"):
        data = stick.read(f"outbox/{name}") if _ENTRY_NAME.fullmatch(name) else None  # not what a system left there
        if data is not None:
            files.setdefault(data[: ENTRY_MAX + 1], f"outbox/{name}")
    names = [name for name in stick.files("attachments") if _HASH.fullmatch(name)]
    attachments = dict(stick.hashed("attachments", names))
    decisions = node.let_in(list(files), attachments, now)
    for decision in (*decisions.come_in, *decisions.away):
        if not decision.applied:
            stick.problems.append(_named(decision, files))
    stick.problems += [_named(each, files) for each in decisions.waiting if each.rule == "seen.unknown"]
    return {
        "ordered": sum(1 for each in decisions.come_in if each.applied),
        "recorded_as_refused": sum(1 for each in decisions.come_in if not each.applied),
        "waiting": len(decisions.waiting),
        "known": len(decisions.known),
        "turned_away": len(decisions.away),
    }


def _named(decision: Decision, files: Mapping[bytes, str]) -> Problem:
    """The decision's problem, with the file's name where the bytes say nothing of themselves."""
    problem = decision.problem
    file = files.get(decision.entry)
    return changed(problem, where=f"{file}, {problem.where}") if file and decision.event is None else problem


def _import_letters(node: NodeFolder, stick: _Stick) -> dict[str, int]:
    """Letters to this member are opened, letters to others handed on."""
    members = node.ledger_state().members
    mine: dict[str, bytes] = {}
    handed = 0
    names = [name for name in stick.files("mail") if _LETTER_NAME.fullmatch(name)]
    for name, data in stick.hashed("mail", names):
        member, _, file = name.partition("/")
        digest = file.removesuffix(".age")
        if member == node.member:
            mine[digest] = data
        elif member in members:
            node.post(member, digest, data)
            handed += 1
    new, problems = node.receive(mine)
    stick.problems += problems
    return {"letters": new, "letters_handed_on": handed}

