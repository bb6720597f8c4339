"""Ctrl-C in the middle of a command: a rehearsal whose officers press it, at chosen instants, and look what is left.

A command is stopped in a child of this process, as a command line is: what it held in memory and its locks are gone
with it, and only the disk tells the next one. The instants are counted in a run that nobody stops:

* a *step* is a call that changes a disk, whoever makes it: before it is made, or just after;
* a *call* is a call of one of the package's own functions: computing, reading, checking.

SIGINT is raised by the operating system, so a handler that a command sets is what gets it.

After each, every place that the command may change is opened and looked at: it is as it was, or has what the whole
command leaves, and for verbs that bring many things, some of these things, each whole. What is left stays there for
the next try; only where the whole effect is there, the place is put back first.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import os
import pickle
import random
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple, TypeVar

import repatria
from repatria.cli.main import NOUNS, main
from repatria.cli.show import INTERRUPTED
from repatria.exchange.codec import decode_body, event_id
from repatria.ledger.entry import decode_entry
from repatria.rehearsal.nodes import PASSPHRASE, SECRETARIAT, Rehearsal
from repatria.store import desk, snapshot, tiles
from repatria.store.delegate import open_key
from repatria.store.desk import DeskFolder
from repatria.store.node import NodeFolder

OURS = str(Path(repatria.__file__).parent) + os.sep
# What changes a disk, by whose method it is: the operating system's, a database's, a file's that is written.
STEPS: dict[type, frozenset[str]] = {
    type(os): frozenset(
        ["pwrite", "write", "fsync", "ftruncate", "replace", "rename", "unlink", "remove", "mkdir", "rmdir"]
    ),
    sqlite3.Connection: frozenset(["execute", "executemany", "executescript", "commit"]),
    io.BufferedWriter: frozenset(["write", "close", "__exit__"]),
    io.TextIOWrapper: frozenset(["write", "close", "__exit__"]),
}
_SYSTEM = sys.modules[os.name]  # the module whose functions `os` gives on
SUCCESSION = "succession.json"  # the card of a successor, with a fresh key in it
STOPPED = "Stopped. What was not finished was not kept."
R = TypeVar("R")


class Instant(NamedTuple):
    """When Ctrl-C is pressed: before or after the step of that number, or at the call of that number."""

    kind: str  # before, after, call
    number: int


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it did until then."""

    code: int
    out: str
    err: str
    raised: str  # the traceback of what `main` let through
    steps: tuple[str, ...]
    calls_before: tuple[int, ...]  # how many calls were made before each step
    calls: int
    seconds: float  # of computing


def stopped_at(argv: list[str], instant: Instant | None, afresh: bool = False) -> Ended:
    """Run one command line in a child process, with Ctrl-C at that instant.

    Args:
        afresh: read journals again, and mend their ends, as a process does that has read none yet.
    """

    def run() -> Ended:
        if afresh:
            tiles._reads.clear()
        return _run(argv, _Meter(instant))

    return _in_child(run)


def _in_child(work: Callable[[], R]) -> R:
    """What `work` gives back in a child of this process."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            gc.disable()  # it would touch, and so copy, everything that is shared with the parent
            signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                said = pickle.dumps((True, work()))
            except BaseException:  # noqa: BLE001  told to the parent, whatever it is
                said = pickle.dumps((False, traceback.format_exc()))
            with open(writer, "wb") as pipe:
                pipe.write(said)
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    done, result = pickle.loads(data)
    assert done, result
    return result  # type: ignore[no-any-return]


def _run(argv: list[str], meter: _Meter) -> Ended:
    out, err = io.StringIO(), io.StringIO()
    raised, code = "", -1
    begun = time.process_time()
    with redirect_stdout(out), redirect_stderr(err):
        sys.setprofile(meter.profile)
        try:
            code = main(argv)
        except BaseException:  # noqa: BLE001  nothing may come through: the test says so
            raised = traceback.format_exc()
        finally:
            sys.setprofile(None)
    return Ended(
        code, out.getvalue(), err.getvalue(), raised, tuple(meter.steps), tuple(meter.calls_before), meter.calls,
        time.process_time() - begun,
    )  # fmt: skip


class _Meter:
    """Counts steps and calls while its `profile` is set, and raises SIGINT once."""

    def __init__(self, instant: Instant | None) -> None:
        self.steps: list[str] = []
        self.calls_before: list[int] = []
        self.calls = 0
        self._instant = instant
        self._ours: dict[CodeType, bool] = {main.__code__: False}  # before its first line, the console script catches

    def profile(self, frame: FrameType, event: str, arg: Any) -> None:
        """Called by the interpreter very often: so the quick questions come first."""
        if event == "call":
            code = frame.f_code
            ours = self._ours.get(code)
            if ours is None:
                ours = self._ours[code] = code.co_filename.startswith(OURS)
            if ours:
                if self._instant is not None and self._instant == ("call", self.calls):
                    self._press()
                self.calls += 1
        elif event != "return":
            owner = arg.__self__
            names = STEPS.get(type(owner))
            if names is None or arg.__name__ not in names or (type(owner) is type(os) and owner is not _SYSTEM):
                return
            if event == "c_call":
                if self._instant == ("before", len(self.steps)):
                    self._press()
                self.steps.append(arg.__name__)
                self.calls_before.append(self.calls)
            elif event == "c_return" and self._instant == ("after", len(self.steps) - 1):
                self._press()

    def _press(self) -> None:
        self._instant = None
        sys.setprofile(None)
        signal.raise_signal(signal.SIGINT)


# --- what is left ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What whoever opens a place next finds there; parts by name, each a set of what is kept."""

    kind: str  # node, desk, folder, key, file, nothing
    parts: Mapping[str, frozenset[Any]] = field(default_factory=dict)


def look_at(places: list[Path], passphrase: str = PASSPHRASE) -> list[Seen]:
    """Open each place, as the next command would; what this process knew of their ledgers before, it knows after."""
    states, views = dict(snapshot._states), dict(desk._views)
    try:
        return [_look(place, passphrase) for place in places]
    finally:
        snapshot._states.update(states)
        desk._views.update(views)


def _look(path: Path, passphrase: str) -> Seen:
    if (path / "node.json").exists():
        return _look_at_node(path, passphrase)
    if (path / "desk.json").exists():
        with DeskFolder.open(path, passphrase) as opened:
            names = frozenset(opened.names())
            return Seen("desk", {"events": frozenset(map(_event, opened.entries())), "names": names})
    if (path / "rehearsal.json").exists():  # without that it is a folder, which is not what the whole command leaves
        nodes = [_look_at_node(each, passphrase) for each in sorted((path / "nodes").iterdir())]
        return Seen("rehearsal", {"ledgers": frozenset.union(*(node.parts["ledger"] for node in nodes))})
    if path.is_dir():
        files = {p.relative_to(path).as_posix(): p for p in path.rglob("*") if p.is_file()}
        kept = {name: each for name, each in files.items() if not name.startswith(("tmp/", "."))}
        return Seen("folder", {"files": frozenset((name, _hash(each)) for name, each in kept.items())})
    if path.is_file() and path.read_bytes().startswith(b"repatria/key/"):
        return Seen("key", {"author": frozenset([open_key(path, passphrase).author])})
    if path.is_file() and path.name == SUCCESSION:
        with suppress(ValueError):  # else it is torn, and no such card
            return Seen("succession", {"successor": frozenset([json.loads(path.read_bytes())["successor"]])})
    if path.is_file():
        return Seen("file", {"bytes": frozenset([_hash(path)])})
    return Seen("nothing")


def _look_at_node(path: Path, passphrase: str) -> Seen:
    with NodeFolder.open(path, passphrase) as node:
        state = node.state()
        checkpoint = None if node.ledger is None else node.ledger.checkpoint()
        own = {each.event: (each.author, each.kind) for each in node.outbox()}
        events = {
            (event, *(own.get(event) or _kind_of(node, index if index >= 0 else -1 - index)))
            for event, index in state.events.items()
        }
        names = node.vault.documents()
        parts = {
            "events": frozenset(events),
            "ledger": frozenset([0 if node.ledger is None else node.ledger.size]),
            "signed": frozenset([None if checkpoint is None else checkpoint.size]),
            "cosigned": frozenset(node.cosigners()),
            "documents": frozenset((name, hashlib.sha256(node.vault.document(name) or b"").digest()) for name in names),
            "letters": frozenset((member, name) for member, name, _ in node.letters()),
            "waiting": frozenset(hashlib.sha256(entry).digest() for entry in node.waiting()),
            "turned away": frozenset(row["sha256"] for row in node.turned_away()),
        }
    parts["records"] = frozenset(_records(path / "vault"))
    return Seen("node", parts)


def _kind_of(node: NodeFolder, index: int) -> tuple[str, str]:
    assert node.ledger is not None
    entry = next(iter(node.ledger.entries(index, index + 1)))
    return _event(entry)[1:]


_events: dict[bytes, tuple[str, str, str]] = {}


def _event(entry: bytes) -> tuple[str, str, str]:
    """The event, its author and its kind."""
    if entry not in _events:
        body = decode_entry(entry).body
        said = decode_body(body)
        _events[entry] = event_id(body), said.author, type(said.data).__name__
    return _events[entry]


def _records(vault: Path) -> Iterator[tuple[str, bytes]]:
    """Every sealed person, and every key of one: neither may be there without the other."""
    for file, query in (("sealed.db", "SELECT person FROM person"), ("keys.db", "SELECT person FROM person_key")):
        connection = sqlite3.connect(vault / file)
        try:
            yield from ((file, person) for (person,) in connection.execute(query))
        finally:
            connection.close()


def _hash(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def shape(before: Seen, after: Seen) -> Mapping[str, Counter[Any]]:
    """What has come and gone between two looks, without what is random in it: so two runs of a command compare."""
    found: dict[str, Counter[Any]] = {"kind": Counter([after.kind])}
    for name in before.parts.keys() | after.parts.keys():
        was, now = before.parts.get(name, frozenset()), after.parts.get(name, frozenset())
        found[name] = Counter(("new", _plain(name, item)) for item in now - was)
        found[name] += Counter(("gone", _plain(name, item)) for item in was - now)
    return {name: counted for name, counted in found.items() if counted}


def _plain(part: str, item: Any) -> Any:
    if part == "events":
        return item[1:]
    if part == "documents":
        return item[0].rpartition("/")[0] or item[0]
    return item[0] if part in ("letters", "records") else item


def between(before: Seen, after: Seen, now: Seen) -> bool:
    """Whether everything here was there before or is what the whole command leaves, and nothing is lost or torn.

    A newer checkpoint may lack cosignatures that the one before had.
    """
    if now.kind not in (before.kind, after.kind):
        return False
    return all(
        was & then <= now.parts.get(name, frozenset()) <= was | then
        for name in now.parts.keys() - {"cosigned"}
        for was, then in [(before.parts.get(name, frozenset()), after.parts.get(name, frozenset()))]
    )


# --- the rehearsal ---------------------------------------------------------------------------------------------------

SLOW_SECONDS = 0.2  # of computing: what takes longer is stopped more rarely, unless all is to be thorough
# These bring many things, each by itself whole: stopped in the middle they may have brought some of them, and the
# next try brings the rest. Every other verb does all of what it is for, or nothing.
BY_PARTS = {"sync export", "sync import", "sync desk", "report", "public site"}
# Where a file that people keep beside the nodes is made; elsewhere such files are only read.
MAKES_A_FILE = {
    "node card", "node delegate", "node rotate", "node succeed", "node vkeys", "terms new", "register check",
    "register compare", "register template", "register export", "answer export", "list export", "public prove",
    "handover card",
}  # fmt: skip


@dataclass
class Interrupting(Rehearsal):
    """A rehearsal that stops its commands: the first uses of each verb, each at several instants, then goes on."""

    thorough: bool = False
    always: bool = False  # stop every use
    asides: dict[str, Callable[[], None]] = field(default_factory=dict)  # what is done before a verb's first use
    uses: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)  # verb -> how often Ctrl-C came in the middle of it
    left: Counter[tuple[str, str]] = field(default_factory=Counter)  # verb, and how its places were left

    def __post_init__(self) -> None:
        super().__post_init__()
        for noun, _ in NOUNS:
            import_module(f"repatria.cli.{noun}")

    def run(self, *words: str, fails: str | None = None) -> dict[str, Any]:
        verb = verb_of(words)
        if verb in self.asides:
            self.asides.pop(verb)()
        if not self._wanted(verb, words):
            return super().run(*words, fails=fails)
        places = self._places(verb, words)
        for word in words:
            if word.endswith(".key") and Path(word).exists():
                open_key(Path(word), PASSPHRASE)  # stretched here once, and not in each child
        before = look_at(places)
        whole = self._interrupt(verb, words, places, before)
        answer = super().run(*words, fails=fails)
        for place, was, then, now in zip(places, before, whole, look_at(places), strict=True):
            assert shape(was, now) == shape(was, then), f"{verb}, at {place.name}, after it was stopped and repeated"
        return answer

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Commands that the scenario does not need: each is stopped."""
        self.always = True
        yield
        self.always = False

    @contextmanager
    def elsewhere(self) -> Iterator[Interrupting]:
        """The same rehearsal in a copy of its folder, for what must not go on: each command is stopped."""
        copy = self.folder.with_name(f"{self.folder.name}-elsewhere-{sum(self.uses.values())}")
        shutil.copytree(self.folder, copy)
        yield Interrupting(
            copy, self.now, self.commands, self.thorough, True, {}, self.uses, self.stopped, self.left
        )  # fmt: skip
        shutil.rmtree(copy)

    def _wanted(self, verb: str, words: tuple[str, ...]) -> bool:
        """The first uses of a verb, at the secretariat and elsewhere, and a few later ones, with more to lose."""
        self.uses[verb] += 1
        where = f"{verb} of {words[2]}" if verb.startswith("sync") else verb
        if where != verb:
            self.uses[where] += 1
        if self.thorough:
            return self.always or self.uses[where] <= 2 or self.uses[verb] % 20 == 0
        first = self.uses[verb] == 1 or (self.uses[where] == 1 and where.endswith(SECRETARIAT))
        return first or self.uses[verb] in (40, 200) or (self.always and self.uses[where] < 3)

    def _places(self, verb: str, words: tuple[str, ...]) -> list[Path]:
        """The nodes, desks, sticks and files that the command may change."""
        inside = [Path(word) for word in words if word.startswith(str(self.folder) + os.sep)]
        given = {"registers"} if verb in MAKES_A_FILE else {"registers", "keys"}
        return [path for path in inside if path.relative_to(self.folder).parts[0] not in given]

    def _interrupt(self, verb: str, words: tuple[str, ...], places: list[Path], before: list[Seen]) -> list[Seen]:
        """Stop the command at each instant, and judge what is left; gives back what the whole command leaves."""
        argv = [*words, "--json"]
        kept = self.folder.with_name(self.folder.name + "-kept")
        with _put_back(places, kept):
            counted = stopped_at(argv, None, self.thorough)
            whole = look_at(places)
        assert not counted.raised, counted.raised
        draw = random.Random(f"{verb} {self.uses[verb]}")
        _copy(places, kept)
        changes = whole != before and counted.seconds < SLOW_SECONDS
        few = 60 if self.thorough else 1 if changes else 0
        for instant in _instants(counted, draw, few):
            where = f"{verb}, {' '.join(map(str, instant))} of {len(counted.steps)} steps and {counted.calls} calls"
            ended = stopped_at(argv, instant, self.thorough)
            now = look_at(places)
            found = [self._judged(verb, *seen) for seen in zip(before, whole, now, strict=True)]
            self.left.update((verb, each) for each in found)
            assert "torn" not in found, f"{where}\n{_told(places, found, before, whole, now)}"
            if ended.code == INTERRUPTED:
                assert ended.err.strip() == STOPPED, where
                self.stopped[verb] += 1
            else:
                assert ended.code == counted.code, f"{where}\n{ended.raised}{ended.out}{ended.err}"
                done = [shape(was, is_) == shape(was, then) for was, then, is_ in zip(before, whole, now, strict=True)]
                assert all(done), where
            assert not ended.raised, where
            if now != before and "part" not in found:
                _restore(places, kept)
        shutil.rmtree(kept)
        return whole

    def _judged(self, verb: str, before: Seen, whole: Seen, now: Seen) -> str:
        if now == before:
            return "nothing"
        if shape(before, now) == shape(before, whole):
            return "whole"
        return "part" if verb in BY_PARTS and between(before, whole, now) else "torn"


def _told(places: list[Path], found: list[str], before: list[Seen], whole: list[Seen], now: list[Seen]) -> str:
    return "\n".join(
        f"{place.name} is {word}: {dict(shape(was, is_))}, and whole it would be {dict(shape(was, then))}"
        for place, word, was, then, is_ in zip(places, found, before, whole, now, strict=True)
    )


def verb_of(words: tuple[str, ...]) -> str:
    return words[0] if words[0] in ("verify", "report", "rehearse") else f"{words[0]} {words[1]}"


def _instants(counted: Ended, draw: random.Random, few: int) -> list[Instant]:
    """The first step, the last, after it, and so many in between; and a third as many calls. As they come in time.

    A few are taken late in the run, where things are kept: most steps before are reading and opening.
    """
    steps, calls = len(counted.steps), counted.calls
    inside = range(0 if few > 9 else steps * 6 // 10, steps)
    before = sorted({0, steps - 1, *draw.sample(inside, min(len(inside), few))}) if steps else []
    found = [(_time(counted, at), Instant("before", at)) for at in before]
    found += [(_time(counted, at) + 0.5, Instant("after", at)) for at in before[-1:]]
    found += [(float(at), Instant("call", at)) for at in draw.sample(range(calls), min(calls, 1 + few // 3))]
    return [instant for _, instant in sorted(found)]


def _time(counted: Ended, step: int) -> float:
    return counted.calls_before[step] + step / (1 + len(counted.steps))


@contextmanager
def _put_back(places: list[Path], kept: Path) -> Iterator[None]:
    """What is done to the places meanwhile is done to copies of them."""
    kept.mkdir()
    for at, place in enumerate(places):
        if place.exists():
            place.rename(kept / str(at))
            _copy_one(kept / str(at), place)
    yield
    for at, place in enumerate(places):
        _remove(place)
        if (kept / str(at)).exists():
            (kept / str(at)).rename(place)
    kept.rmdir()


def _copy(places: list[Path], kept: Path) -> None:
    kept.mkdir()
    for at, place in enumerate(places):
        if place.exists():
            _copy_one(place, kept / str(at))


def _restore(places: list[Path], kept: Path) -> None:
    for at, place in enumerate(places):
        _remove(place)
        if (kept / str(at)).exists():
            _copy_one(kept / str(at), place)


def _copy_one(old: Path, new: Path) -> None:
    if old.is_dir():
        shutil.copytree(old, new)
    else:
        shutil.copy2(old, new)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
