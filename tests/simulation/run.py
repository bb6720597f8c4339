"""One run: a virtual clock, a network with noise, faults at their moments, honest agents, and the watch.

    >>> outcome = simulate(Case(seed=1, people=(1, 1)))
    >>> outcome.violation, outcome.closed
    (None, True)

From the command line, one case by its seed or as data:

    python -m tests.simulation.run 17
    python -m tests.simulation.run '{"seed":17,"people":[2,1]}' real
"""

from __future__ import annotations

import heapq
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from repatria.exchange.state import State
from repatria.ledger.entry import decode_entry, encode_entry
from tests.exchange.world import PARTIES, number_of
from tests.simulation import attacks
from tests.simulation.agents import device_wishes, member_wishes
from tests.simulation.case import ILL, Case, Fault
from tests.simulation.nodes import Device, Down, Member, Node, Secretariat, author_of
from tests.simulation.signer import stub_signer
from tests.simulation.watch import Violation, Watch

BEGAN = datetime(2025, 12, 1, 8)
LAST = 14_000  # minutes; then the network is whole again, and everybody comes home
DRAIN = 3000


@dataclass(frozen=True)
class Outcome:
    violation: Violation | None
    closed: bool
    entries: int
    steps: int
    minutes: int
    faults: Counter[str]
    refused: Counter[str]
    states: Counter[str]
    left_ratio: int  # people whom a later version of a list took out of it
    hash: str


class Simulation:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.clock = self._n = 0
        self.queue: list[tuple[int, int, str, tuple[Any, ...]]] = []
        self.noise = Random(f"{case.seed} network")
        self.fates = {number_of(side, at): fate for side, at, fate in case.fates}
        self.watch = Watch(self)
        self.secretariat = Secretariat(self, "straits")
        self.members: dict[str, Member] = {"straits": self.secretariat}
        self.members |= {name: Member(self, name) for name in ("north", "south", "gulf", "cross")}
        self.devices: dict[str, Device] = {}
        for place in case.scenario.places:
            for side in PARTIES:
                for tail in ("", "-2")[: case.desks]:
                    self._device(f"{side}/desk-{place}{tail}")
            self._device(f"cross/gate-{place}")
        self.cut: dict[str, int] = {}  # who is partitioned off, until when
        self.lost: set[str] = set()  # desks whose keys were lost
        self.replaced: set[str] = set()
        self.suspending: set[str] = set()
        self.replan = self.abort = False
        self.due = list(case.faults)
        self.happened: Counter[str] = Counter()
        self.compromised: set[str] = set()
        self.strips_until = 0
        self.draining = False

    def _device(self, name: str) -> None:
        self.devices[name] = Device(self, name)

    # --- what agents ask ----------------------------------------------------------------------------------------------

    def fate(self, number: str) -> str | None:
        return self.fates.get(number)  # type: ignore[call-overload]

    def is_ill(self, number: str, size: int) -> bool:
        """Whether somebody has fallen ill by the time that the ledger has so many entries."""
        return self.fate(number) == ILL and size >= int(number, 16) % 80

    def moment(self, skew_years: int) -> str:
        at = BEGAN + timedelta(minutes=self.clock)
        return at.replace(year=at.year + skew_years).strftime("%Y-%m-%dT%H:%M:%SZ")

    def at_place(self, stage: str, place: str) -> list[Device]:
        return [d for d in self.devices.values() if d.base is not None and (d.stage, d.place) == (stage, place)]

    def is_compromised(self, name: str) -> bool:
        return name in self.compromised

    @property
    def must_close(self) -> bool:
        """Whether the run has to come to its end: nobody attacked with keys, and no place was given up."""
        return not any(fault.kind == "hostile" and fault.what in attacks.CAN_STALL for fault in self.case.faults)

    # --- the network --------------------------------------------------------------------------------------------------

    def send(self, sender: str, to: str, kind: str, load: Any) -> None:
        if self.unreachable(sender) or self.unreachable(to):
            return
        copies = 1
        if kind == "push" and self.clock < self.strips_until:
            self._strip(sender, to, load)
        if not self.draining:
            if self.noise.random() < self.case.loss:
                self.happened["loss"] += 1
                return
            if self.noise.random() < self.case.repeat:
                self.happened["repetition"] += 1
                copies = 2
        for _ in range(copies):
            minutes = 1 + self.noise.randint(0, 3 if self.draining else self.case.delay)
            self.happened["reordering"] += minutes > 4
            self.at(minutes, to, "hear", sender, kind, load)

    def _strip(self, sender: str, to: str, load: Any) -> None:
        """Somebody on the way takes a signature off every entry that has more than one, and is faster."""
        reads = [decode_entry(entry) for entry in load[0] if author_of(entry)]
        stripped = tuple(encode_entry(read._replace(sigs=read.sigs[1:])) for read in reads if len(read.sigs) > 1)
        if stripped:
            self.at(1, to, "hear", sender, "push", (stripped, load[1]))

    def unreachable(self, name: str) -> bool:
        device = self.devices.get(name)
        return self.clock < self.cut.get(name, 0) or (device is not None and device.is_dark)

    def at(self, minutes: int, who: str, *what: Any) -> None:
        self._n += 1
        heapq.heappush(self.queue, (self.clock + minutes, self._n, who, what))

    def equip(self, home: Member, name: str) -> None:
        """A device came home: it gets the newest ledger of its member, for the stage that is open."""
        device, state = self.devices[name], home.folded
        grant = (state.keys.get(name) or (None,))[-1]
        if grant is None or grant.place is None or (device.base is not None and (device.base.base or 0) >= state.size):
            return
        open_ = [
            stage for stage, fact in sorted(state.stages.items())
            if fact.opened is not None and grant.place in fact.places
        ]  # fmt: skip
        if not open_:
            return
        unfinished = [s for s in open_ if not (
            (at := state.stages[s].places[grant.place]).reconciled or at.aborted)]  # fmt: skip
        self.send(home.name, name, "snapshot", (state.fork(), (unfinished or open_[-1:])[0], grant.place))

    def ledger_grew(self) -> None:
        for name in self.members:
            if name != "straits":
                start = max(0, len(self.secretariat.ledger) - 8)
                part = self.secretariat.ledger[start:]
                self.send("straits", name, "part", (start, tuple(part), self.secretariat.named(part)))

    # --- running ------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        for name in (*self.members, *self.devices):
            self.at(self.noise.randint(0, 5), name, "tick")
        while self.queue:
            self.clock, _, who, what = heapq.heappop(self.queue)
            if self._is_over():
                break
            self._begin_faults()
            node = self.members.get(who) or self.devices.get(who)
            if node is None:
                self._at_its_moment(what)
            elif self.clock >= node.down_until:
                try:
                    if what[0] == "tick":
                        self._tick(node)
                    else:
                        node.hear(*what[1:])
                except Down:
                    node.crash(self.noise.randint(1, 60))
            if what[0] == "tick":
                self.at((4 if isinstance(node, Device) else 9) + self.noise.randint(0, 4), who, "tick")

    def _is_over(self) -> bool:
        if not self.draining and (self.clock > LAST or self.secretariat.folded.closed):
            self._come_home()
        return self.draining and self.clock > self.drained_at

    def _come_home(self) -> None:
        """The network is whole, nodes are up, and whoever comes back at all comes back now."""
        self.draining, self.drained_at = True, self.clock + (400 if self.secretariat.folded.closed else DRAIN)
        self.cut.clear()
        self.suspending.clear()
        self.secretariat.disorder = ""
        self.due.clear()
        for node in (*self.members.values(), *self.devices.values()):
            node.down_until = 0
        for device in self.devices.values():
            if device.dark_until < 10**6:
                device.dark_until = 0

    def _tick(self, node: Node) -> None:
        idle = not node.dirty and self.clock - node.woken < 45
        if isinstance(node, Member):
            if not idle:
                self._act(node, member_wishes)
                node.push_all()
            if node is self.secretariat:
                node.push_all()
            else:
                self.send(node.name, "straits", "pull", len(node.ledger))
            return
        assert isinstance(node, Device)
        if node.name not in self.secretariat.folded.keys or not self.secretariat.folded.stages:
            return
        if node.base is not None and not idle:
            self._act(node, device_wishes)
            node.tell(node.journal.kept)
        if not idle or self.noise.random() < 0.2:
            self.send(node.name, node.home, "journal", tuple(node.journal.kept))

    def _act(self, node: Any, wishes: Any) -> None:
        node.dirty, node.woken = False, self.clock
        for _ in range(60):
            if not any(node.do(*wish) for wish in wishes(node)):
                return

    # --- faults -------------------------------------------------------------------------------------------------------

    def _begin_faults(self) -> None:
        size = len(self.secretariat.ledger)
        for fault in [fault for fault in self.due if fault.at <= size]:
            self.due.remove(fault)
            self.at(fault.after, "", fault, "begin")

    def _at_its_moment(self, what: tuple[Any, ...]) -> None:
        fault, moment = what
        if self.draining:
            return
        if moment == "begin":
            self._begin(fault)
        elif fault.kind == "hostile":
            self.happened[f"{fault.kind} ({fault.what})"] += 1
            attacks.strike(self, fault, moment)
        elif fault.kind == "suspension":
            self.suspending.discard(fault.who)
            self._wake()
        elif fault.kind == "secretariat":
            self.secretariat.disorder = ""
            self.secretariat.push_all()

    def _wake(self) -> None:
        for member in self.members.values():
            member.dirty = True

    def _begin(self, fault: Fault) -> None:
        node: Any = self.members.get(fault.who) or self.devices.get(fault.who)
        if node is None:
            return
        self.happened[fault.kind] += 1
        match fault.kind:
            case "partition":
                self.cut[fault.who] = self.clock + fault.long
            case "crash":
                node.crash(fault.long)
            case "power-cut":
                node.cut = fault.what
            case "dark":
                node.dark_until = self.clock + fault.long
            case "clock":
                node.skew_years = fault.long
            case "lost-key":
                self.lost.add(fault.who)
                self.replaced.add(fault.who)
                self.devices.setdefault(f"{fault.who}-new", Device(self, f"{fault.who}-new"))
                self.at(1, f"{fault.who}-new", "tick")
                node.dark_until = self.clock + fault.long
            case "suspension":
                self.suspending.add(fault.who)
                self.at(fault.long, "", fault, "end")
            case "replan":
                self.replan = True
            case "abort":
                self.abort = True
            case "secretariat":
                self.secretariat.disorder = fault.what
                self.at(fault.long, "", fault, "end")
            case "hostile":
                for nth in range(attacks.STRIKES):
                    self.at(nth * attacks.EVERY, "", fault, nth)
        self._wake()


def simulate(case: Case, real: bool = False, audits: bool = True) -> Outcome:
    """Run it, with stub signatures unless `real`; the first violation ends the run."""
    with stub_signer(not real):
        sim = Simulation(case)
        violation = None
        try:
            sim.run()
            sim.watch.at_the_end(audits)
        except Violation as found:
            violation = found
        except AssertionError as found:
            violation = Violation("invariants of a state", str(found))
    ledger: State = sim.secretariat.folded
    return Outcome(
        violation, ledger.closed, ledger.size, sim.watch.steps, sim.clock, +sim.happened, sim.watch.refused,
        Counter(person.state for person in ledger.persons.values()),
        sum(person.counted is not None for person in ledger.persons.values()), ledger.root,
    )  # fmt: skip


def main() -> None:
    given = sys.argv[1]
    case = Case.parse(given) if given.startswith("{") else Case.drawn(int(given))
    outcome = simulate(case, real="real" in sys.argv[2:])
    print(case.text)
    print(f"{outcome.entries} entries, {outcome.minutes} minutes, closed: {outcome.closed}, {dict(outcome.states)}")
    print(f"faults: {dict(outcome.faults)}; refused: {dict(outcome.refused)}")
    print(f"violation: {outcome.violation}")


if __name__ == "__main__":
    main()
