"""What must hold after every step and at the end (DESIGN section 5), seen by somebody who sees everything.

It knows what no node knows: who stands where in the flesh, what was acknowledged to whom, and every journal. It has its
own small book of keys. Nothing here asks a reducer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from repatria.audit.ledger import Run
from repatria.deal.ratio import factors, scaled
from repatria.exchange import events
from repatria.exchange.authority import DESK_KINDS
from repatria.exchange.codec import decode_body
from repatria.exchange.person import RECEIVED, RELEASED, RIGHT_OUT, Person, Right
from repatria.exchange.state import State, Verdict, state_hash
from repatria.ledger.entry import decode_entry, is_signed_by
from repatria.ledger.log import LogReading
from tests.exchange import invariants
from tests.exchange.world import PARTIES, QUORUM, Scenario, other, public
from tests.simulation.nodes import Device, Member, Node, author_of, event_of

if TYPE_CHECKING:
    from tests.simulation.run import Simulation

UNSOLVED = {"audit.plan.fair", "audit.draw.chances", "audit.attachments.form"}  # nobody solved the runs' plans
WORDS = (events.Cleared, events.NotGoing)


class Violation(AssertionError):
    """Something that must never be is so. `name` says which invariant."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name}: {what}")
        self.name = name


class Watch:
    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        scenario: Scenario = sim.case.scenario
        self.holder = {n: party for party in PARTIES for n in scenario.numbers(party)}
        self.factor = factors(scenario.totals)
        self.crossed: dict[str, int] = {}  # who stands on the other side, under which epoch
        self.impostor: dict[str, int] = {}  # under whose number somebody else was brought, and when
        self.fetched: set[tuple[str, int]] = set()  # whom supervisors have back from a desk's hands
        self.settled: dict[tuple[str, int], str] = {}
        self.declined: dict[tuple[str, str, str], set[str]] = {}  # stage, place, holder
        self.left: dict[tuple[str, str, str], set[str]] = {}
        self.answered: dict[tuple[str, str, str], set[str]] = {}
        self.carriers: dict[str, str] = {}
        self.promised: dict[str, tuple[Node, str]] = {}  # what was acknowledged: by whom, the kind
        self.keys: dict[str, list[list[int | str | None]]] = {}  # author: key, since, until
        self.refused: Counter[str] = Counter()
        self.void: set[str] = set()  # honest acts that fell with an event of somebody compromised
        self.steps = 0

    # --- the flesh ----------------------------------------------------------------------------------------------------

    def is_here(self, number: str, epoch: int) -> bool:
        """Whether the person stands with the desk that holds the right of that epoch."""
        gone = number in self.crossed or self.impostor.get(number) == epoch
        return not gone and (number, epoch) not in self.fetched

    def is_other(self, number: str) -> bool:
        return number in self.impostor and number not in self.crossed

    def reached(self, device: Device, number: str, epoch: int) -> bool:
        """Whether somebody under that number stands before the receiving side."""
        return epoch in (self.crossed.get(number), self.impostor.get(number))

    def carries(self, device: Device, sheet: str) -> bool:
        """Whether the paper sheet is in this desk's hand: in one hand only."""
        return self.carriers.setdefault(sheet, device.name) == device.name

    def what_became(self, node: Member, number: str, right: Right) -> str | None:
        """What a supervisor finds on going there: the person on the other side, or back in its own side's hands."""
        key = (number, right.epoch)
        if key not in self.settled:
            crossed = self.crossed.get(number) == right.epoch
            if not crossed:
                self.fetched.add(key)
            self.settled[key] = "received" if crossed else "returned"
        return self.settled[key]

    # --- devices ------------------------------------------------------------------------------------------------------

    def durable(self, node: Node, entries: Sequence[bytes]) -> None:
        """What is signed and on a desk's disk is done: people walk."""
        if isinstance(node, Device):
            for entry in entries:
                self._acted(node, entry)

    def acknowledged(self, node: Node, entries: Sequence[bytes]) -> None:
        for entry in entries:
            kind = decode_body(decode_entry(entry).body).kind
            self.promised[event_of(entry)] = node, kind

    def _acted(self, device: Device, entry: bytes) -> None:
        event = decode_body(decode_entry(entry).body).data
        spot = (device.stage, device.place)
        match event:
            case events.PersonReleased():
                self._walks(device, event.number, event.epoch)
            case events.PersonReceived():
                self.answered.setdefault((*spot, self.holder[event.number]), set()).add(event.number)
            case events.SubstitutionFound():
                self.left.get((*spot, self.holder[event.number]), set()).discard(event.number)
            case events.NotGoing():
                for number in event.numbers:
                    if number in self.holder:
                        self.answered.setdefault((*spot, self.holder[number]), set()).add(number)

    def _walks(self, device: Device, number: str, epoch: int) -> None:
        sim = self.sim
        if number in self.crossed:
            raise Violation("single release", "somebody who is on the other side is released again")
        if (number, epoch) in self.fetched:
            raise Violation("single right", "a desk releases somebody whom supervisors have fetched from it")
        if sim.fate(number) == "declines":
            raise Violation("wishes", "somebody who declined is released")
        ledger = sim.secretariat.folded.persons.get(number)
        if ledger is not None and ledger.withdrawn:
            raise Violation("withdrawal", "somebody who was withdrawn is released")
        if sim.fate(number) == "substituted" and number not in self.impostor:
            self.impostor[number] = epoch
        else:
            self.crossed[number] = epoch
        self.left.setdefault((device.stage, device.place, self.holder[number]), set()).add(number)
        self.check_balance(device.stage, device.place)

    def check_balance(self, stage: str, place: str) -> None:
        """Neither side has sent more than what answers for it there and the bound, wherever the news has come.

        A side whose own desk's keys others use too may give more than it gets: its desk's acts may be void. A desk that
        has not heard that somebody left the ratio may still have credit for them.
        """
        state = self.sim.secretariat.folded
        counts = {n for n, person in state.persons.items() if person.counts}
        counted = counts | {n for n, person in state.persons.items() if person.counted is not None}
        bound = scaled(state.stages[stage].places[place].bound, self.factor)
        for side in PARTIES:
            left = self.left.get((stage, place, side), set()) & counts
            theirs = self.answered.get((stage, place, other(side)), set())
            theirs = theirs | self._answered_in_ledger(state, stage, place, other(side))
            ahead = self.factor[side] * len(left) - self.factor[other(side)] * len(theirs & counted)
            own = [device for device in self.sim.at_place(stage, place) if device.home == side]
            if ahead > bound and not any(self.sim.is_compromised(device.name) for device in own):
                raise Violation("balance", f"{side} is {ahead} ahead at a place; the bound is {bound}")

    def _answered_in_ledger(self, state: State, stage: str, place: str, holder: str) -> set[str]:
        found = set()
        for number in state.stages[stage].places[place].manifest:
            person = state.persons[number]
            if person.holder != holder:
                continue
            declined = any(not word.going and word.due == (stage, place) for word in person.words)
            settled = any(r.confirmed == RECEIVED and (r.stage, r.place) == (stage, place) for r in person.rights)
            if declined or settled:
                found.add(number)
        return found

    def device_changed(self, device: Device) -> None:
        """Single right: of one person, no two hands hold a right that they can use."""
        for person in device.now.persons.values():
            if not self._can_use(device, person):
                continue
            for another in self.sim.at_place(device.stage, device.place):
                twin = another.now.persons.get(person.number)
                if another is not device and twin is not None and self._can_use(another, twin):
                    raise Violation("single right", "two desks hold the right for one person")

    def _can_use(self, device: Device, person: Person) -> bool:
        right = person.right
        return right is not None and right.holder == device.name and right.out and self.is_here(
            person.number, right.epoch)  # fmt: skip

    def device_restarted(self, device: Device, before: dict[str, Person]) -> None:
        if device.now.persons != before:
            raise Violation("nothing lost", f"{device.name} knows something else after a restart")

    # --- members ------------------------------------------------------------------------------------------------------

    def replica_grew(self, member: Member) -> None:
        """Append-only: every copy is a beginning of the secretariat's ledger, by its root."""
        ledger = self.sim.secretariat.folded
        size = member.folded.size
        if size > ledger.size or member.folded.root != ledger.root_at(size):
            raise Violation("append-only", f"the copy of {member.name} is no beginning of the ledger")

    def restarted(self, member: Member, before: str, after: str) -> None:
        if before != after:
            raise Violation("determinism", f"{member.name} folds its ledger to another state after a restart")

    # --- the ledger ---------------------------------------------------------------------------------------------------

    def ledger_grew(self, secretariat: Member, entry: bytes, verdict: Verdict) -> None:
        self.steps += 1
        state = secretariat.folded
        if not verdict.applied:
            self.refused[verdict.rule or ""] += 1
            self._check_promise(entry, verdict)
            return
        self._check_authority(entry, verdict)
        if state.persons:
            try:
                invariants.check(state)
            except Violation:
                raise
            except AssertionError as error:
                raise Violation("invariants of a state", f"after {verdict.kind}: {error}") from error

    def _check_promise(self, entry: bytes, verdict: Verdict) -> None:
        """What an honest device did takes effect wherever it comes in, unless its keys were used by somebody else."""
        if verdict.event not in self.promised or verdict.event not in self.sim.secretariat.folded.events:
            return
        node, kind = self.promised[str(verdict.event)]
        fair = self.sim.secretariat.folded.closed or verdict.rule == "authority.key" or self._is_among_compromised(node)
        if verdict.rule == "refs.refused" and any(map(self._is_void, decode_body(decode_entry(entry).body).refs)):
            self.void.add(str(verdict.event))
            fair = True
        if isinstance(node, Device) and not fair:
            raise Violation("nothing lost", f"{kind} took effect at {node.name} and is refused: {verdict.rule}")

    def _is_among_compromised(self, node: Node) -> bool:
        """Whether others use its keys, or those of a device beside it: what rests on the words of that one may fall."""
        beside = self.sim.at_place(node.stage, node.place) if isinstance(node, Device) else []
        return any(self.sim.is_compromised(each.name) for each in (node, *beside))

    def _is_void(self, event: str) -> bool:
        """Whether an event was refused and is by somebody whose keys others used too, or relies on such a one."""
        if event in self.void:
            return True
        index = self.sim.secretariat.folded.events.get(event, 0)
        return index < 0 and self.sim.is_compromised(author_of(self.sim.secretariat.ledger[-1 - index]))

    def _check_authority(self, entry: bytes, verdict: Verdict) -> None:
        """The author's own key stood at the index that counts, and has signed; those who must sign besides, too."""
        read = decode_entry(entry)
        body = decode_body(read.body)
        author, index = body.author, verdict.index
        if "/" in author:
            late = isinstance(body.data, DESK_KINDS) or (isinstance(body.data, WORDS) and "/gate" in author)
            at = min(body.seen[0], index) if late else index
            stood = [key for key, since, until in self.keys.get(author, ()) if since < at and (
                until is None or until >= at)]  # fmt: skip
            if not any(is_signed_by(read, bytes.fromhex(str(key))) for key in stood):
                raise Violation("authority", f"{body.kind} took effect without a key that stood at {at}")
        elif not is_signed_by(read, bytes.fromhex(public(author))):
            raise Violation("authority", f"{body.kind} took effect unsigned by {author}")
        if body.kind in BINDING and author in PARTIES and len(read.sigs) < 1 + QUORUM[author]:
            raise Violation("authority", f"{body.kind} took effect without the signatories of {author}")
        if isinstance(body.data, (*WORDS, events.PersonPresented)) and body.member != "cross":
            raise Violation("cleared first", f"{body.kind} took effect by {body.member}")
        match body.data:
            case events.DelegateAppointed(delegate=delegate, key=key):
                self.keys.setdefault(delegate, []).append([key, index, None])
            case events.KeyRevoked(delegate=delegate):
                self.keys[delegate][-1][2] = index
            case events.PlanRevised():
                self.sim.replan = False
            case events.StageAborted():
                self.sim.abort = False

    # --- the end ------------------------------------------------------------------------------------------------------

    def at_the_end(self, audits: bool) -> None:
        sim = self.sim
        ledger = sim.secretariat.folded
        invariants.check(ledger)
        whole = state_hash(ledger)
        for member in sim.members.values():
            if member.folded.size < ledger.size and ledger.closed:
                raise Violation("convergence", f"{member.name} never came to the end of the ledger")
            member.attachments.update(sim.secretariat.attachments)
            member.grow(sim.secretariat.ledger[member.folded.size :])  # where it grows to the last minute
            if state_hash(member.folded) != whole:
                raise Violation("convergence", f"{member.name} folds the same ledger to another state")
        self._nothing_lost(ledger)
        self._accounted(ledger)
        if sim.must_close and not ledger.closed:
            waits = sorted({person.state for person in ledger.persons.values()})
            raise Violation("liveness", f"the exchange does not close; {ledger.size} entries, people are {waits}")
        if audits:
            self._second_opinion()

    def _nothing_lost(self, ledger: State) -> None:
        sim = self.sim
        for event, (node, kind) in self.promised.items():
            if event in ledger.events:
                continue
            held = {event_of(entry) for entry in node.journal.kept}
            if event not in held:
                raise Violation("nothing lost", f"{kind} by {node.name} was acknowledged and is nowhere")
            away = isinstance(node, Device) and node.is_dark
            if not away and not ledger.closed and not sim.is_compromised(node.name):
                raise Violation("nothing lost", f"{kind} by {node.name} never comes in")

    def _accounted(self, ledger: State) -> None:
        """Conservation, and liveness: nobody hangs between two desks for ever without that being said."""
        if ledger.persons and set(ledger.persons) != set(self.holder):
            raise Violation("conservation", "somebody agreed is missing")
        for number, person in ledger.persons.items():
            if person.state == RECEIVED and not {number} & {*self.crossed, *self.impostor}:
                raise Violation("received", "somebody is received who never left")
            if self.sim.must_close and person.state in (RIGHT_OUT, RELEASED):
                raise Violation("liveness", f"a right ended in no final state: {person.state}")

    def _second_opinion(self) -> None:
        node = self.sim.secretariat
        run = Run(LogReading("", len(node.ledger), b"", node.ledger, node.attachments, (), [], b""))
        run.all(lambda what, done, total: None)
        found = [p for p in [*run.problems, *run.watch.problems, *run.draw.problems] if p.code not in UNSOLVED]
        if found:
            raise Violation("audit", str(found[0]))


BINDING = (
    "RoundActivated", "ClauseAgreed", "TermsSigned", "RegisterDisclosed", "FinalListSigned", "PlanSigned", "Resumed",
    "WithdrawnFromList", "RoundClosed", "ExchangeClosed",
)  # fmt: skip
