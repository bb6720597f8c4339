"""What hostile members try: with every key of one member, against the secretariat's door and against desks.

An attack strikes a few times. Whoever's keys it signs with rightly is compromised: those keys' chains may go another
way than their honest owner thinks.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from repatria.exchange import events
from repatria.exchange.codec import encode_body
from repatria.exchange.documents import FinalList, ListRow
from repatria.exchange.events import Author, Day, Event, Opaque, Row, Sha256, Slug
from repatria.exchange.person import Person, Right
from repatria.ledger.entry import Signature, decode_entry, encode_entry, key_id, sign_entry
from tests.exchange.hostile import Hostile
from tests.exchange.world import GULF, PARTIES, QUORUM, ROUND, World, list_event, other, public, seed, sha
from tests.simulation.nodes import author_of

if TYPE_CHECKING:
    from tests.simulation.case import Fault
    from tests.simulation.run import Simulation

# Attacks that use a member's true powers, such as to revoke its own desks or to suspend, or that sign in its name what
# can never come in, since its attachment does not exist: they may stall that member, and with it an exchange.
CAN_STALL = ("any-kind", "unilateral")
STRIKES, EVERY = 3, 40  # how often, and how many minutes apart


def strike(sim: Simulation, fault: Fault, nth: int) -> None:
    attack = Attack(sim, fault, nth)
    made = list(attack.entries())
    for entry in made:
        if attack.honestly_signed(entry):
            sim.compromised.add(author_of(entry))
    sim.send(fault.who, "straits", "push", (tuple(made), dict(attack.world.attachments)))
    for device in list(sim.devices.values()):
        if device.base is not None and attack.random.random() < 0.5:
            sim.send(fault.who, device.name, "hear", tuple(made))


class Attack:
    def __init__(self, sim: Simulation, fault: Fault, nth: int) -> None:
        self.sim, self.member, self.what = sim, fault.who, fault.what
        self.random = Random(f"{sim.case.seed} {fault} {nth}")
        self.state = sim.secretariat.folded.fork()
        self.world = World(sim.case.scenario, self.state, attachments=dict(sim.secretariat.attachments))

    def entries(self) -> Iterator[bytes]:
        ledger = self.sim.secretariat.ledger
        if not self.state.exchange:
            return
        match self.what:
            case "forged":
                yield from self._forged()
            case "replayed":
                yield from [self.random.choice(ledger) for _ in range(10)]
            case "other-exchange":
                for author, event, refs in self._wrong_acts():
                    yield self._signed(author, event, refs, exchange="f" * 32)
            case "malformed":
                yield from self._malformed(ledger)
            case "stripped":
                self.sim.strips_until = self.sim.clock + EVERY
                for entry in self.random.sample(ledger, min(8, len(ledger))):
                    read = decode_entry(entry)
                    if len(read.sigs) > 1:
                        yield encode_entry(read._replace(sigs=read.sigs[1:]))
            case "any-kind":
                hostile = Hostile(self.world, self.random)
                made = (hostile.entry() for _ in range(60))
                yield from [entry for entry in made if author_of(entry).partition("/")[0] in (self.member, "")][:6]
            case "back-dated":
                for author, event, refs in self._wrong_acts():
                    size = self.random.randrange(self.state.size)
                    yield self._signed(author, event, refs, seen=(size, self.state.root_at(size)))
            case "double-signed":
                for author, event, refs in list(self._wrong_acts())[:1]:
                    yield self._signed(author, event, refs)
                    yield self._signed(author, event, (*refs, *self.state.events)[:1])
            case "unilateral":
                yield from (self._signed(self.member, event) for event in self._unilateral())
            case _:
                yield from (self._signed(author, event, refs) for author, event, refs in self._wrong_acts())

    def honestly_signed(self, entry: bytes) -> bool:
        author = author_of(entry)
        return bool(author) and author.partition("/")[0] == self.member and self.what not in (
            "replayed", "stripped", "other-exchange", "malformed")  # fmt: skip

    def _signed(self, author: str, event: Event, refs: tuple[str, ...] = (), **options: object) -> bytes:
        """Signed with the member's own keys, and with its signatories as far as they exist."""
        body = encode_body(self.world.body(author, event, refs=refs, **options))  # type: ignore[arg-type]
        by = [author, *(f"{author}/sig-{i}" for i in range(1, QUORUM.get(Slug(author), 0) + 1))]
        return encode_entry(sign_entry(body, [seed(name) for name in by]))

    # --- what they say ------------------------------------------------------------------------------------------------

    def _desk(self) -> str:
        side = self.member if self.member in PARTIES else "north"
        desks = [name for name, grants in self.state.keys.items() if name.startswith(f"{side}/desk")]
        return self.random.choice(sorted(desks)) if desks and self.member in PARTIES else self.member

    def _people(self) -> list[tuple[Person, Right]]:
        people = [(person, person.right) for _, person in sorted(self.state.persons.items())]
        found = [(person, right) for person, right in people if right is not None]
        return self.random.sample(found, min(3, len(found)))

    def _wrong_acts(self) -> Iterator[tuple[str, Event, tuple[str, ...]]]:
        desk, day = self._desk(), Day("2025-12-10")
        if self.what == "withdrawal":
            for number in self.random.sample(sorted(self.state.persons), min(2, len(self.state.persons))):
                yield self.member, events.WithdrawnFromList(Opaque(number), sha("a reason")), ()
            return
        for person, right in self._people():
            spot = (right.stage, right.place)
            gate = (right.presented,) if right.presented else ()
            if self.what == "neutral's-word":
                word = self.random.choice((events.Cleared, events.NotGoing))
                yield desk, word(right.place, day, (person.number,)), ()
                yield desk, events.PersonPresented(*spot, (person.number,)), ()
            elif self.what == "for-nobody":
                said = right.released or sha("a release that nobody signed")
                yield desk, events.PersonReceived(*spot, person.number, right.epoch + (not right.released)), (said,)
            else:
                another = self.random.choice((right.epoch, right.epoch + 1, max(1, right.epoch - 1)))
                yield desk, events.PersonReleased(*spot, person.number, another, None), gate
                if self.random.random() < 0.3:
                    sheet = Author(f"{desk.partition('/')[0]}/sheet-{right.stage}")
                    yield desk, events.PersonReleased(*spot, person.number, right.epoch, sheet), gate

    def _unilateral(self) -> Iterator[Event]:
        """What binds nobody as long as the other side has not signed it."""
        state, member = self.state, self.member
        made: list[Event] = [events.Resumed(ROUND)]
        if member in PARTIES and state.lists:
            whose = self.random.choice(PARTIES)
            row = ListRow(Opaque("a" * 32), Opaque("d" * 32), Row("0" * 8), other(whose), Opaque("c" * 32))
            made.append(list_event(self.world, FinalList(whose, 2, (row,))))
        for number, person in sorted(state.persons.items())[:3]:
            if person.right is not None:
                made.append(events.RightGranted(
                    person.right.stage, person.right.place, Author(f"{member}/desk-bridge"), person.right.epoch + 1,
                    (Opaque(number),),
                ))  # fmt: skip
        if state.plan is not None:
            made += [events.StageOpened(ROUND, Slug(stage), state.plan) for stage in state.stages]
            made.append(events.PlanSigned(ROUND, Sha256(sha("a plan of its own"))))
        made.append(events.KeyRevoked(Author(f"{other(member) if member in PARTIES else GULF}/sig-1"),
                                      public("north/sig-1")))  # fmt: skip
        yield self.random.choice(made)

    def _forged(self) -> Iterator[bytes]:
        """In somebody else's name, signed by its own keys under the other's key id, or with a true signature moved."""
        acts: list[tuple[str, Event, tuple[str, ...]]] = [
            ("straits", events.Suspended(ROUND), ()), ("cross", events.DisputeRaised(sha("x"), Slug("x")), ())
        ]  # fmt: skip
        for person, right in self._people():
            spot = (right.stage, right.place)
            acts += [
                ("cross/visitor", events.Cleared(Slug("camp"), Day("2025-12-09"), (person.number,)), ()),
                (f"cross/gate-{right.place}", events.PersonPresented(*spot, (person.number,)), ()),
                (right.holder, events.PersonReleased(*spot, person.number, right.epoch, None),
                 (right.presented,) if right.presented else ()),
            ]  # fmt: skip
        for author, event, refs in acts:
            if author.partition("/")[0] == self.member:
                continue
            mine = sign_entry(encode_body(self.world.body(author, event, refs=refs)), [seed(self.member)])
            name = key_id(bytes.fromhex(public(author)))
            yield encode_entry(mine._replace(sigs=(Signature(name, mine.sigs[0].sig),)))
        last = decode_entry(self.sim.secretariat.ledger[-1])
        yield encode_entry(last._replace(body=last.body.replace(b'"seq":', b'"seq":1')))

    def _malformed(self, ledger: list[bytes]) -> Iterator[bytes]:
        random, last = self.random, ledger[-1]
        yield random.randbytes(random.randrange(300))
        yield b"{" * 70_000
        yield last[: random.randrange(len(last))]
        yield b"[" * 30_000 + b"]" * 30_000
        at = random.randrange(len(last))
        yield last[:at] + bytes([last[at] ^ (1 << random.randrange(8))]) + last[at + 1 :]
        yield encode_entry(sign_entry(b'{"kind":"Cleared"}', [seed(self.member)]))
        yield encode_entry(sign_entry(b"\xff" * 40_000, [seed(self.member)]))
