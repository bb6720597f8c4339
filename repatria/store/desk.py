"""A desk's folder: everything that one desk at one place needs, and nothing else, with no network and no node.

    desk.json   public: author, stage, place, exchange, public key
    key         the desk's signing key, sealed under its passphrase
    base        the narrowed state of the ledger it was made from, with a MAC
    names       the rows of its manifest, sealed under the same passphrase
    journal, log/, tmp/, lock    every entry signed or heard here, in order of arrival (store.tiles)
    refused/    what was brought here and is no entry of this exchange
    snapshot    the folded state; disposable

Rules:

* what is so here = `decide` over base and journal. The journal keeps what waits and what is refused as well, so the
  same entries brought in any order give the same people in the same states, and nothing that was brought is lost;
* an entry is acknowledged when the journal is fsynced. Only then does the desk say that somebody was released;
* two folders talk by the bytes of their entries: `receive` takes them, `entries` gives them, in any order, as often
  as one likes. No passphrase is needed to read what a desk signed;
* the lists of names are opened by `names`, never kept open in a file.

    >>> from repatria.exchange.state import State
    >>> import os, tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "desk"
    >>> with DeskFolder.create(folder, "north/desk", "s1", "bridge", State(), bytes(32), "four words", {}) as desk:
    ...     desk.receive([b"not an entry"]).problems[0].code, desk.entries()
    ('entry.malformed', [])
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from typing import Any, NoReturn

from repatria import __version__
from repatria.exchange.codec import event_id
from repatria.exchange.door import Decision, Decisions, decide
from repatria.exchange.fold import apply
from repatria.exchange.state import State, dump_state, load_state, narrowed
from repatria.ledger.entry import decode_entry
from repatria.ledger.note import public_key
from repatria.office import Given, Outcome
from repatria.problem import Problem, Problems
from repatria.store import vault
from repatria.store.delegate import new_passphrase_key, unlocked
from repatria.store.disk import Disk, File, Locked, make_folders, replace
from repatria.store.equipment import Equipment
from repatria.store.tiles import LogStore
from repatria.store.vault import PassphraseKey, Random

_ORIGIN = "repatria/desk"
_MAC_BYTES = 32
_WRITE_AFTER = 100  # entries folded beyond the snapshot
_KEPT_MOST = 64


@dataclass(frozen=True)
class Heard:
    """What became of entries that another desk brought."""

    new: int
    known: int
    waiting: int
    problems: tuple[Problem, ...]

    @property
    def answer(self) -> dict[str, Any]:
        return {"new": self.new, "known": self.known, "waiting": self.waiting}

    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class _View:
    """The journal as folded: never changed."""

    size: int
    root: bytes
    state: State
    waiting: tuple[bytes, ...]
    refused: tuple[Decision, ...]
    written: int  # the journal's size in the snapshot on the disk


_views: OrderedDict[str, _View] = OrderedDict()


class DeskFolder:
    """An open desk; `create` or `open` one, and close it."""

    def __init__(self, path: Path, random: Random, disk: Disk) -> None:
        """Use `create` or `open`."""
        self.path, self._random, self._disk = path, random, disk
        self._lock: File | None = None
        self._log: LogStore | None = None

    @classmethod
    def create(
        cls, path: Path, author: str, stage: str, place: str, state: State, seed: bytes, passphrase: str,
        names: Mapping[str, Mapping[str, str]], *, key: PassphraseKey | None = None, random: Random = os.urandom,
        disk: Disk | None = None,
    ) -> DeskFolder:  # fmt: skip
        """A new desk, open, or a desk of the same author and place brought up to a newer ledger.

        Args:
            state: of the ledger; it is narrowed to the stage and place here.
            names: the rows of the manifest by opaque number, to be sealed.
            key: the same passphrase stretched already, as in the desk's key file; by default it is stretched anew.
        """
        disk = disk or Disk()
        public = {
            "v": 1, "author": author, "stage": stage, "place": place, "exchange": state.exchange,
            "key": public_key(seed).hex(),
        }  # fmt: skip
        if (path / "desk.json").exists():
            with cls.open(path, passphrase, random=random, disk=disk) as desk:
                if desk._public != public:
                    _refuse("desk.exists", path.name, "another desk's folder is there", "choose another folder")
                desk._renew(state, names)
            return cls.open(path, passphrase, random=random, disk=disk)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            _refuse("desk.exists", path.name, "something is there already", "choose another folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        if beside.exists():
            shutil.rmtree(beside)
        beside.mkdir(mode=0o700)
        key = key or new_passphrase_key(path, passphrase, random)
        desk = cls(beside, random, disk)
        desk._key, desk._seed = key, seed
        desk._put("key", key.seal(json.dumps({"v": 1, "author": author, "seed": seed.hex()}).encode(), random))
        desk._put("names", key.seal(json.dumps(names).encode(), random))
        desk._write_base(narrowed_with(state, stage, place, ()))
        LogStore.create(beside / "log", _ORIGIN, disk=disk).close()
        desk._put("desk.json", json.dumps(public, indent=1).encode() + b"\n")
        disk.rename(beside, path)
        disk.sync_folder(path.parent)
        return cls.open(path, passphrase, random=random, disk=disk)

    @classmethod
    def equip(
        cls, path: Path, made: Equipment, seed: bytes, passphrase: str, key: PassphraseKey, *,
        random: Random = os.urandom,
    ) -> DeskFolder:  # fmt: skip
        """A new desk of its equipment and its key, open, or the desk that is there with newer equipment.

        Raises:
            Problems: `desk.exists`, `desk.older`, `desk.base` for equipment of another version of this program.
        """
        try:
            state = load_state(made.state)
        except (ValueError, KeyError, TypeError):
            _refuse("desk.base", path.name, "made by another version of this program", _FROM_NODE)
        return cls.create(
            path, made.author, made.stage, made.place, state, seed, passphrase, made.names, key=key, random=random
        )

    @classmethod
    def open(
        cls, path: Path, passphrase: str, *, random: Random = os.urandom, disk: Disk | None = None
    ) -> DeskFolder:
        """The desk in the folder, locked for this process until it is closed.

        Raises:
            Problems: `desk.absent`, `desk.locked`, `desk.base`, `vault.passphrase`, and what is wrong with its journal.
        """
        desk = cls(path, random, disk or Disk())
        try:
            desk._open(passphrase)
        except BaseException:
            desk.close()
            raise
        return desk

    def _open(self, passphrase: str) -> None:
        self._public = read_desk(self.path, self._disk)
        try:
            self._lock = self._disk.lock(self.path / "desk.lock")
        except Locked:
            _refuse("desk.locked", self.path.name, "another program has this desk open", "let it finish, or close it")
        sealed = self._read("key")
        self._key: PassphraseKey = unlocked(sealed, passphrase, "key")
        held = json.loads(self._key.open(sealed, "key"))
        self._seed: bytes = bytes.fromhex(held["seed"])
        if held["author"] != self.author or public_key(self._seed).hex() != self._public["key"]:
            _refuse("desk.format", self.path.name, "its key is not the one that desk.json names", _FROM_NODE)
        self._base_mac = self._read("base")[:_MAC_BYTES].hex()
        self._log = LogStore.open(self.path / "log", disk=self._disk)

    def close(self) -> None:
        for each in (self._log, self._lock):
            if each is not None:
                each.close()
        self._log = self._lock = None

    def __enter__(self) -> DeskFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def author(self) -> str:
        return str(self._public["author"])

    @property
    def stage(self) -> str:
        return str(self._public["stage"])

    @property
    def place(self) -> str:
        return str(self._public["place"])

    # --- what is so here ---------------------------------------------------------------------------------------

    def state(self) -> State:
        """A fork of the present state that may be changed."""
        return self._view().state.fork()

    def entries(self) -> list[bytes]:
        """Everything signed or heard here, in order of arrival."""
        return list(self._journal.entries())

    def waiting(self) -> int:
        """How many entries wait for what they rely on."""
        return len(self._view().waiting)

    def problems(self) -> list[Problem]:
        """What was heard here, is rightly signed, and has no effect."""
        return [decision.problem for decision in self._view().refused]

    def names(self) -> dict[str, dict[str, str]]:
        """The rows of the manifest, by opaque number."""
        opened = json.loads(self._key.open(self._read("names"), "names"))
        return {str(number): dict(fields) for number, fields in opened.items()}

    def given(self, now: str) -> Given:
        return Given(
            now, self._random, lambda author: self._seed if author == self.author else None, lambda name: None,
            lambda name: None, lambda prefix: [], lambda register: [], vault.seal_to,
        )  # fmt: skip

    # --- keeping -----------------------------------------------------------------------------------------------

    def commit(self, entries: Sequence[bytes], outcome: Outcome) -> None:
        """Keep what was signed here; durable when this returns."""
        if any((outcome.records, outcome.documents, outcome.mail, outcome.attachments, outcome.erase, outcome.without)):
            _refuse("desk.vault", self.path.name, "a desk keeps entries only", "do this at the member's node")
        view = self._view()
        state = view.state.fork()
        for entry in entries:
            apply(state, entry, lambda name: None)
        self._journal.append(entries)
        self._keep(changed(view, size=self._journal.size, root=self._journal.root(), state=state))

    def receive(self, entries: Iterable[bytes]) -> Heard:
        """Take in what another desk signed or heard. Duplicates are nothing new; what cannot be judged yet waits."""
        view, state = self._view(), self._view().state.fork()
        brought = list(dict.fromkeys(entries))
        have = set(self._journal.entries())
        fresh = [entry for entry in brought if entry not in have]
        tried = decide(state, [*fresh, *view.waiting], lambda name: None)
        away = [decision for decision in tried.away if decision.entry not in have]
        self._put_aside(away)
        ordered = [decision.entry for decision in tried.come_in if decision.entry not in have]
        waits = [decision.entry for decision in tried.waiting if decision.entry not in have]
        new = {*ordered, *waits}
        if new:
            self._journal.append([*ordered, *waits])
            if not view.refused:  # else what came may let them take effect: folded anew by `_view`
                self._keep(self._judged(tried, state, view.written))
        problems = [decision.problem for decision in away]
        problems += [decision.problem for decision in self._view().refused if decision.entry in new]
        known = len(brought) - len(new) - len(away)
        return Heard(len(new), known, len(self._view().waiting), tuple(problems))

    def take(self, source: Path) -> Heard:
        """Take in what the desk in another folder signed or heard."""
        if source.resolve() == self.path.resolve():
            _refuse("desk.same", source.name, "this is the same desk", "name the other desk's folder")
        return self.receive(read_entries(source, self._disk))

    # --- under it ----------------------------------------------------------------------------------------------

    @property
    def _name(self) -> str:
        """Of its view in this process: another base, another view."""
        return f"{self.path.absolute()} {self._base_mac}"

    @property
    def _journal(self) -> LogStore:
        if self._log is None:
            raise ValueError("the desk is closed")
        return self._log

    def _view(self) -> _View:
        log = self._journal
        view = _views.get(self._name) or self._read_snapshot()
        if view is None or view.size > log.size or log.root(view.size) != view.root:
            view = _View(0, log.root(0), self._base(), (), (), 0)
        if view.size < log.size:
            fresh = list(log.entries(view.size))
            if view.refused:  # something new may let them take effect after all
                view, fresh = _View(0, log.root(0), self._base(), (), (), 0), self.entries()
            state = view.state.fork()
            view = self._judged(decide(state, [*fresh, *view.waiting], lambda name: None), state, view.written)
        return self._keep(view)

    def _judged(self, decisions: Decisions, state: State, written: int) -> _View:
        """The view of today's journal. What a newer ledger turns away stays in the journal, and waits."""
        have = set(self._journal.entries()) if decisions.away else set()
        waiting = [each.entry for each in decisions.waiting] + [d.entry for d in decisions.away if d.entry in have]
        refused = tuple(each for each in decisions.come_in if not each.applied)
        return _View(self._journal.size, self._journal.root(), state, tuple(waiting), refused, written)

    def _keep(self, view: _View) -> _View:
        if view.size - view.written > _WRITE_AFTER and not view.refused:
            self._write_snapshot(view)
            view = changed(view, written=view.size)
        _views[self._name] = view
        _views.move_to_end(self._name)
        while len(_views) > _KEPT_MOST:
            _views.popitem(last=False)
        return view

    def _renew(self, state: State, names: Mapping[str, Mapping[str, str]]) -> None:
        """A newer ledger under the same journal; an older one could lack what this desk has done elsewhere since."""
        had = self._base().size
        if state.size < had:
            _refuse("desk.older", self.path.name, f"it knows {had} entries; this ledger has {state.size}",
                    "bring the node up to date first")  # fmt: skip
        events = [event_id(decode_entry(entry).body) for entry in self.entries()]
        self._put("names", self._key.seal(json.dumps(names).encode(), self._random))
        self._write_base(narrowed_with(state, self.stage, self.place, events))

    def _base(self) -> State:
        sealed = self._read("base")
        if not hmac.compare_digest(sealed[:_MAC_BYTES], self._mac(b"base", sealed[_MAC_BYTES:])):
            _refuse("desk.base", self.path.name, "the state it was made with has been changed", _FROM_NODE)
        try:
            return load_state(sealed[_MAC_BYTES:])
        except (ValueError, KeyError, TypeError):
            _refuse("desk.base", self.path.name, "made by another version of this program", _FROM_NODE)

    def _write_base(self, state: State) -> None:
        data = dump_state(state)
        self._put("base", self._mac(b"base", data) + data)

    def _read_snapshot(self) -> _View | None:
        sealed = self._disk.read(self.path / "snapshot")
        if sealed is None or not hmac.compare_digest(sealed[:_MAC_BYTES], self._mac(_SNAPSHOT, sealed[_MAC_BYTES:])):
            return None
        head, _, data = sealed[_MAC_BYTES:].partition(b"\n")
        raw = json.loads(head)
        if raw["base"] != self._base_mac:
            return None
        waiting = list(raw["waiting"])
        try:
            entries = [next(iter(self._journal.entries(at, at + 1))) for at in waiting]
            root = bytes.fromhex(raw["root"])
            return _View(raw["size"], root, load_state(data), tuple(entries), (), raw["size"])
        except (ValueError, KeyError, TypeError, IndexError, StopIteration):
            return None

    def _write_snapshot(self, view: _View) -> None:
        places = {entry: at for at, entry in enumerate(self._journal.entries())}
        waiting = [places[entry] for entry in view.waiting]
        head = {"size": view.size, "root": view.root.hex(), "base": self._base_mac, "waiting": waiting}
        data = json.dumps(head).encode() + b"\n" + dump_state(view.state)
        try:
            self._put("snapshot", self._mac(_SNAPSHOT, data) + data)
        except OSError:
            return  # it saves time and nothing else

    def _put_aside(self, away: Sequence[Decision]) -> None:
        for decision in away:
            name = hashlib.sha256(decision.entry).hexdigest()
            make_folders(self._disk, self.path, ("refused",))
            if self._disk.read(self.path / "refused" / f"{name}.entry") is None:
                path = self.path / "refused" / f"{name}.entry"
                replace(self._disk, path.with_suffix(".tmp"), path, decision.entry)

    def _mac(self, what: bytes, data: bytes) -> bytes:
        key = hmac.digest(self._seed, b"repatria/desk/v1\x00" + what, "sha256")
        return hmac.digest(key, hashlib.sha256(data).digest(), "sha256")

    def _put(self, name: str, data: bytes) -> None:
        replace(self._disk, self.path / f"{name}.tmp", self.path / name, data)

    def _read(self, name: str) -> bytes:
        data = self._disk.read(self.path / name)
        if data is None:
            _refuse("desk.format", self.path.name, f"its file {name} is missing", _FROM_NODE)
        return data


_FROM_NODE = "make the desk's folder again at the member's node; keep this one for what it has signed"
_SNAPSHOT = b"snapshot " + __version__.encode()


def read_desk(path: Path, disk: Disk | None = None) -> dict[str, Any]:
    """What desk.json says, in public."""
    data = (disk or Disk()).read(path / "desk.json")
    if data is None:
        _refuse("desk.absent", path.name, "there is no desk here", "name a desk's folder")
    try:
        raw = json.loads(data)
        if raw["v"] != 1 or not all(isinstance(raw[name], str) for name in ("author", "stage", "place", "exchange")):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        _refuse("desk.format", f"{path.name}, desk.json", "damaged, or of another version", _FROM_NODE)
    return dict(raw)


def read_entries(path: Path, disk: Disk | None = None) -> list[bytes]:
    """Everything that the desk in the folder signed or heard; public, no passphrase needed."""
    read_desk(path, disk)
    with LogStore.open(path / "log", read_only=True, disk=disk) as log:
        return list(log.entries())


def narrowed_with(state: State, stage: str, place: str, events: Iterable[str]) -> State:
    """What the desk needs of the state; of these events, which its journal has, those that the ledger knows as well."""
    twin = narrowed(state, stage, place)
    for event in set(events) & state.events.keys():
        twin.events[event] = state.events[event]
        if event in state.receipts:
            twin.receipts[event] = state.receipts[event]
    return twin


def _refuse(code: str, where: str, what: str, do: str) -> NoReturn:
    raise Problems([Problem(code, where, what, do)])
