"""The nodes of a run: members with a copy of the ledger and an outbox, the secretariat, and devices out of contact.

Each is what `store/node.py` and `store/desk.py` are without a disk: a journal that keeps what was synced, the fold for
what the ledger gives, `door.decide` for whatever others bring, and `office.run` for its own acts. A crash leaves the
journal and the copy of the ledger, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from repatria.exchange.attachments import named_by
from repatria.exchange.codec import decode_body, event_id
from repatria.exchange.door import decide
from repatria.exchange.fold import apply
from repatria.exchange.state import State, narrowed, state_hash
from repatria.ledger.entry import decode_entry
from repatria.office import Command, Done, Given, Outcome, run
from tests.exchange.world import World, seed

if TYPE_CHECKING:
    from tests.simulation.run import Simulation


class Down(Exception):
    """The power went out in the middle of a commit."""


class Journal:
    """An append-only file: what was written is there after a crash only once it was synced."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.cached: list[bytes] = []

    def write(self, entries: Iterable[bytes]) -> None:
        self.cached += entries

    def sync(self) -> None:
        self.kept += self.cached
        self.cached = []

    def lose_what_is_not_synced(self) -> None:
        self.cached = []

    @property
    def entries(self) -> list[bytes]:
        return self.kept + self.cached


class Node:
    """What members and devices have in common: a name, a journal, a clock that may be wrong, and the power."""

    def __init__(self, sim: Simulation, name: str) -> None:
        self.sim, self.name = sim, name
        self.journal = Journal()
        self.random = Random(f"{sim.case.seed} {name}")
        self.skew_years = 0
        self.down_until = 0
        self.cut = ""  # "before" or "after" the next commit is durable, the power goes
        self.half_done = False  # whether it went down between the disk and its memory
        self.dirty = True
        self.woken = -1

    def given(self) -> Given:
        return Given(
            now=self.sim.moment(self.skew_years), random=self.random.randbytes, seed=self.seed,
            attachment=self.attachment, document=lambda name: None, documents=lambda prefix: (),
            records=lambda register: (), seal=lambda data, to: data,
        )  # fmt: skip

    def seed(self, author: str) -> bytes | None:
        """The keys that are unlocked here: the member's and its delegates', or a device's own."""
        return seed(author) if author == self.name or author.startswith(self.name + "/") else None

    def attachment(self, name: str) -> bytes | None:
        return None

    def do(self, command: Command[Any], request: Any) -> bool:
        """Whether the command was done; what it signed is then durable."""
        return isinstance(run(self, command, request, self.given()), Done)

    def keep(self, entries: Sequence[bytes]) -> None:
        if self.cut == "before":
            raise Down
        self.journal.write(entries)
        self.journal.sync()
        self.sim.watch.durable(self, entries)
        if self.cut:
            raise Down
        self.sim.watch.acknowledged(self, entries)

    def crash(self, minutes: int) -> None:
        self.half_done, self.cut = bool(self.cut), ""
        self.down_until = self.sim.clock + minutes
        self.journal.lose_what_is_not_synced()
        self.restart()

    def restart(self) -> None:
        raise NotImplementedError

    def hear(self, sender: str, kind: str, load: Any) -> None:
        raise NotImplementedError


class Member(Node):
    """A member's node: its copy of the ledger, and what it has signed or carries that the ledger does not have."""

    def __init__(self, sim: Simulation, name: str) -> None:
        super().__init__(sim, name)
        self.ledger: list[bytes] = []
        self.folded = State()
        self.attachments: dict[str, bytes] = {}
        self.since: dict[Any, int] = {}  # when this member first saw something, by its own count of minutes
        self._on_top: State | None = None
        self._pending: list[bytes] = []

    # --- what is so ---------------------------------------------------------------------------------------------------

    def now(self) -> State:
        """The present state, own unordered entries on top; not to be changed."""
        if self._on_top is None:
            self._on_top = self.folded.fork(provisional=True)
            self._pending = []
            for entry in self.journal.kept:
                if event_of(entry) not in self.folded.events:
                    apply(self._on_top, entry, self.attachments.get)
                    self._pending.append(entry)
            self.journal.kept = list(self._pending)  # what the ledger has is kept there
        return self._on_top

    def world(self) -> World:
        """The present state as the test's own documents are made from."""
        world = World(self.sim.case.scenario, self.now())
        world.attachments = self.attachments
        return world

    def state(self) -> State:
        self._lent = self.now().fork()
        return self._lent

    def commit(self, entries: Sequence[bytes], outcome: Outcome) -> None:
        self.attachments.update(outcome.attachments)
        self.keep(entries)
        self._on_top = self._lent  # office.run has tried exactly these entries on it
        self._pending += entries
        self.push(entries)

    def attachment(self, name: str) -> bytes | None:
        return self.attachments.get(name)

    # --- others -------------------------------------------------------------------------------------------------------

    def push(self, entries: Sequence[bytes]) -> None:
        if entries:
            self.sim.send(self.name, "straits", "push", (tuple(entries), self.named(entries)))

    def push_all(self) -> None:
        self.now()
        self.push(self._pending)

    def named(self, entries: Iterable[bytes]) -> dict[str, bytes]:
        return {name: self.attachments[name] for e in entries for name in named_in(e) if name in self.attachments}

    def hear(self, sender: str, kind: str, load: Any) -> None:
        if kind == "part":
            start, entries, attachments = load
            if start > len(self.ledger) or start + len(entries) <= len(self.ledger):
                return
            self.attachments.update(attachments)
            self.grow(entries[len(self.ledger) - start :])
        elif kind == "journal":
            self.take(load)
            self.sim.equip(self, sender)

    def grow(self, entries: Sequence[bytes]) -> None:
        for entry in entries:
            apply(self.folded, entry, self.attachments.get)
        self.ledger += entries
        self._on_top, self.dirty = None, True
        self.sim.watch.replica_grew(self)

    def take(self, entries: Sequence[bytes]) -> None:
        """Carry what a device has signed or heard."""
        have = {event_of(entry) for entry in self.journal.kept}
        new = [e for e in entries if (name := event_of(e)) not in self.folded.events and name not in have]
        if new:
            self.journal.write(new)
            self.journal.sync()
            self._on_top, self.dirty = None, True
            self.push(new)

    def restart(self) -> None:
        before = state_hash(self.folded)
        self.folded = State()
        for entry in self.ledger:
            apply(self.folded, entry, self.attachments.get)
        self._on_top, self.dirty = None, True
        self.sim.watch.restarted(self, before, state_hash(self.folded))


class Secretariat(Member):
    """The member that orders. What waits at its door is lost in a crash: senders bring it again."""

    def __init__(self, sim: Simulation, name: str) -> None:
        super().__init__(sim, name)
        self.waiting: list[bytes] = []
        self.held: list[bytes] = []
        self.disorder = ""

    def now(self) -> State:
        return self.folded  # what it signs it orders at once

    def commit(self, entries: Sequence[bytes], outcome: Outcome) -> None:
        self.attachments.update(outcome.attachments)
        self.keep(entries)
        self.journal.kept = []
        self._append(entries)

    def push(self, entries: Sequence[bytes]) -> None:
        self.let_in(entries)

    def push_all(self) -> None:
        if not self.disorder:
            entries, self.held = self.held, []
            self.let_in(entries)

    def hear(self, sender: str, kind: str, load: Any) -> None:
        if kind == "pull":
            if load < len(self.ledger):
                part = self.ledger[load : load + 60]
                self.sim.send(self.name, sender, "part", (load, tuple(part), self.named(part)))
            return
        if kind == "journal":
            self.let_in(load)
            return
        entries, attachments = load
        self.attachments.update(attachments)
        if self.disorder == "delays":
            self.held += entries
        elif self.disorder == "drops" and self.random.random() < 0.7:
            return
        elif self.disorder == "reorders":
            self._disordered(entries)
        else:
            self.let_in(entries)

    def let_in(self, entries: Sequence[bytes]) -> None:
        decisions = decide(self.folded.fork(), [*entries, *self.waiting], self.attachments.get, self._at)
        self.waiting = [decision.entry for decision in decisions.waiting]
        self._append(decisions.entries)

    def _disordered(self, entries: Sequence[bytes]) -> None:
        """Whatever it is brought goes into the ledger as it comes, and in no order: a hostile secretariat."""
        brought = [*entries, *self.waiting]
        self.waiting = []
        self.random.shuffle(brought)
        for entry in brought:
            lacking = any(name not in self.attachments for name in named_in(entry))
            if lacking or event_of(entry) in self.folded.events:
                continue
            before = len(self.ledger)
            self._append([entry])
            if event_of(entry) not in self.folded.events and before < len(self.ledger):
                self.waiting.append(entry)  # refused for what it waits for, without a trace: it can still come in

    def _at(self, index: int) -> bytes | None:
        return self.ledger[index] if index < len(self.ledger) else None

    def _append(self, entries: Sequence[bytes]) -> None:
        for entry in entries:
            verdict = apply(self.folded, entry, self.attachments.get)
            self.ledger.append(entry)
            self.sim.watch.ledger_grew(self, entry, verdict)
        if entries:
            self.dirty = True
            self.sim.ledger_grew()

    def restart(self) -> None:
        self.waiting, self.held = [], []
        super().restart()


class Device(Node):
    """A desk or a gate: a snapshot of the ledger narrowed to its place, and a journal of what it signed and heard."""

    def __init__(self, sim: Simulation, name: str) -> None:
        super().__init__(sim, name)
        self.stage = self.place = ""
        self.base: State | None = None
        self.now: State = State()
        self.have: set[bytes] = set()
        self.dark_until = 0
        self.idle_since = 0
        self.released_at: dict[str, int] = {}

    @property
    def home(self) -> str:
        return self.name.partition("/")[0]

    @property
    def is_dark(self) -> bool:
        return self.sim.clock < self.dark_until

    def own(self) -> list[bytes]:
        return [entry for entry in self.journal.kept if author_of(entry) == self.name]

    def equip(self, ledger: State, stage: str, place: str) -> None:
        """The folder for a stage and place, or a newer ledger under the same journal; never an older ledger."""
        if self.base is not None and (self.base.base or 0) >= ledger.size:
            return
        if (stage, place) != (self.stage, self.place):
            if any(event_of(entry) not in ledger.events for entry in self.journal.kept):
                return  # it comes home first
            self.stage, self.place = stage, place
            self.journal, self.have = Journal(), set()
        self.base = narrowed(ledger, stage, place)
        for name in {event_of(entry) for entry in self.journal.kept} & ledger.events.keys():
            self.base.events[name] = ledger.events[name]
            if name in ledger.receipts:
                self.base.receipts[name] = ledger.receipts[name]
        self._fold_anew()
        self.sim.watch.device_changed(self)

    def _fold_anew(self) -> None:
        assert self.base is not None
        self.now = self.base.fork()
        decide(self.now, self.journal.kept, lambda name: None)
        self.dirty, self.idle_since = True, self.sim.clock

    def state(self) -> State:
        self._lent = self.now.fork()
        return self._lent

    def commit(self, entries: Sequence[bytes], outcome: Outcome) -> None:
        self.keep(entries)
        self.have |= set(entries)
        self.now = self._lent
        self.idle_since = self.sim.clock
        self.tell(entries)

    def tell(self, entries: Sequence[bytes]) -> None:
        """To the other devices at the place, in the open air: no network is asked for."""
        for other in self.sim.at_place(self.stage, self.place):
            if other is not self and not self.is_dark:
                self.sim.send(self.name, other.name, "hear", tuple(entries))

    def hear(self, sender: str, kind: str, load: Any) -> None:
        if kind == "snapshot":
            ledger, stage, place = load
            self.equip(ledger, stage, place)
        elif kind == "hear" and self.base is not None:
            new = [entry for entry in load if entry not in self.have]
            if not new:
                return
            decisions = decide(self.now, [*new, *self._waiting()], lambda name: None)
            taken = {decision.entry for decision in (*decisions.come_in, *decisions.waiting)} & set(new)
            self.journal.write(entry for entry in new if entry in taken)
            self.journal.sync()
            self.have |= taken
            self.dirty, self.idle_since = True, self.sim.clock
            self.sim.watch.device_changed(self)

    def _waiting(self) -> list[bytes]:
        return [entry for entry in self.journal.kept if event_of(entry) not in self.now.events]

    def restart(self) -> None:
        self.have = set(self.journal.kept)
        if self.base is not None:
            before = dict(self.now.persons)
            self._fold_anew()
            if not self.half_done:
                self.sim.watch.device_restarted(self, before)


_decoded: dict[bytes, tuple[str, str, tuple[str, ...]]] = {}


def _read(entry: bytes) -> tuple[str, str, tuple[str, ...]]:
    """An entry's event id, author and attachments; nothing for what is no entry."""
    found = _decoded.get(entry)
    if found is None:
        if len(_decoded) > 20_000:
            _decoded.clear()
        try:
            raw = decode_entry(entry)
            body = decode_body(raw.body)
            found = event_id(raw.body), body.author, named_by(body.data)
        except ValueError:
            found = "", "", ()
        _decoded[entry] = found
    return found


def event_of(entry: bytes) -> str:
    return _read(entry)[0]


def author_of(entry: bytes) -> str:
    return _read(entry)[1]


def named_in(entry: bytes) -> tuple[str, ...]:
    return _read(entry)[2]
