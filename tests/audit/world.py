"""A whole round in memory, with invented people, signed by real keys: what the audit's and the report's tests read.

    world = World(); Round(world, north=12, south=10).to_the_end()

`World.do` signs one event and lets it take effect, or fails the test; `World.put` takes any bytes into the log, as a
secretariat could. `World.files` is the ledger's directory, signed and cosigned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from repatria.deal.classes import PersonClass, encode_classes
from repatria.deal.draw import PARTS, commitments, holders_of
from repatria.deal.terms import parse_terms
from repatria.exchange import events
from repatria.exchange.always import paper_bytes
from repatria.exchange.commands import By
from repatria.exchange.consulting import offer_commitment
from repatria.exchange.counting import accounts, tallies
from repatria.exchange.documents import Answers, FinalList, ListRow, write
from repatria.exchange.events import Author, Day, Event, Key, Opaque, Recipient, Row, Sha256, Signature, Slug, Vkey
from repatria.exchange.fold import apply
from repatria.exchange.person import AVAILABLE
from repatria.exchange.state import State, Verdict
from repatria.handover import commands as handover
from repatria.ledger.canonical import digest, encode
from repatria.ledger.checkpoint import format_checkpoint
from repatria.ledger.note import (
    COSIGNATURE,
    ED25519,
    VerifierKey,
    build_note,
    cosign,
    ed25519_sign,
    format_vkey,
    public_key,
    sign_note,
)
from repatria.ledger.tiles import ENTRIES, build_bundle, new_tiles, tile_bytes
from repatria.ledger.tree import Tree, leaf_hash
from repatria.office import Command, Draft, Given, Outcome, Record, sign
from repatria.people.commands import root_of
from repatria.plan.basis import basis_of
from repatria.plan.lottery import make_freeze, odds, register_root
from repatria.plan.stages import make_plan, replan

EXCHANGE = "e" * 32
ORIGIN = "repatria.example/" + EXCHANGE[:8]
ROUND = Slug("2025-1")
PARTIES, MEDIATORS, NEUTRAL = ("north", "south"), ("ankara", "gulf"), "cross"
MEMBERS = (*PARTIES, *MEDIATORS, NEUTRAL)
SIGNATORIES = {party: (f"{party}/sig-1", f"{party}/sig-2") for party in PARTIES}
BATCH = 500
CATEGORIES = """
[[category]]
id = "out"
tier = 0
counts = false
all = true
when = { medical_category = ["seriously_wounded", "direct_repatriation", "neutral_eligible"] }
[[category]]
id = "first"
tier = 1
counts = true
when = { age_under = 25 }
[[category]]
id = "then"
tier = 2
counts = true
"""
FIELDS = {  # of an invented person of each class
    "out": {"medical_category": "seriously_wounded", "date_of_birth": "1990-01-01"},
    "first": {"medical_category": "fit", "date_of_birth": "2004-05-06"},
    "then": {"medical_category": "fit", "date_of_birth": "1980-07-08"},
}
BEGAN = 1_763_800_000  # POSIX seconds of the cosignatures


def nonce(member: str) -> tuple[bytes, ...]:
    return tuple(seed(f"nonce {member} {part}") for part in PARTS)


def parts_of(member: str, *parts: int) -> tuple[events.NoncePart, ...]:
    """These parts of a member's nonce, or all of them."""
    return tuple(events.NoncePart(part, Sha256(nonce(member)[part - 1].hex())) for part in parts or PARTS)


def seed(name: str) -> bytes:
    return hashlib.sha256(b"a test's key: " + name.encode()).digest()


def key(name: str) -> str:
    return public_key(seed(name)).hex()


def opaque(name: str) -> Opaque:
    return Opaque(hashlib.sha256(name.encode()).hexdigest()[:32])


def log_key() -> VerifierKey:
    return VerifierKey(ORIGIN, ED25519, public_key(seed("log")))


def witness_key(member: str) -> VerifierKey:
    return VerifierKey(f"{member}.example", COSIGNATURE, public_key(seed(f"witness {member}")))


def vkeys() -> list[VerifierKey]:
    return [log_key(), *(witness_key(member) for member in MEMBERS)]


def by(author: str) -> By:
    return By(author, SIGNATORIES.get(author, ()))


def records(register: str, rows: Sequence[str]) -> list[Record]:
    """What the seeker's vault holds of the people whom it seeks."""
    return [
        Record(register, row, {"family_name": f"Invented {row[:4]}"}, {"family_name": seed(f"salt {row}")})
        for row in rows
    ]


@dataclass
class World:
    """One ledger that every member writes to at once, and the state that its entries give."""

    state: State = field(default_factory=State)
    entries: list[bytes] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    day: date = date(2025, 11, 1)
    moments: int = 0

    def given(self) -> Given:
        self.moments += 1
        drawn = iter(range(10**9))

        def random(n: int) -> bytes:
            text = f"{len(self.entries)} {self.moments} {next(drawn)}".encode()
            return hashlib.shake_256(text).digest(n)

        return Given(
            now=f"{self.day.isoformat()}T{self.moments // 3600 % 24:02}:{self.moments // 60 % 60:02}"
            f":{self.moments % 60:02}Z",
            random=random, seed=seed, attachment=self.attachments.get, document=lambda name: None,
            documents=lambda prefix: (), records=lambda register: (), seal=lambda data, to: data.rjust(768, b"\0"),
        )  # fmt: skip

    def do(self, author: str, event: Event, *refs: str, signatories: Sequence[str] | None = None) -> str:
        """Sign the event and put it into the log; the test fails where it does not take effect."""
        those = SIGNATORIES.get(author, ()) if signatories is None else tuple(signatories)
        return self._commit(Outcome(drafts=(Draft(event, author, those, refs),)))[0]

    def command(self, command: Command[Any], request: Any) -> list[str]:
        outcome = command(self.state, request, self.given())
        assert isinstance(outcome, Outcome), outcome
        return self._commit(outcome)

    def all(self, authors: Sequence[str], event: Event) -> None:
        for author in authors:
            self.do(author, event)

    def attach(self, data: bytes) -> Sha256:
        self.attachments[digest(data)] = data
        return Sha256(digest(data))

    def put(self, entry: bytes) -> Verdict:
        """Take any bytes into the log, and say what the fold makes of them."""
        verdict = apply(self.state, entry, self.attachments.get)
        self.entries.append(entry)
        self.verdicts.append(verdict)
        return verdict

    def _commit(self, outcome: Outcome) -> list[str]:
        self.attachments |= outcome.attachments
        before = self.state.fork()
        signed = sign(before, outcome, self.given())
        assert not isinstance(signed, list), signed
        for entry in signed[0]:
            verdict = self.put(entry)
            assert verdict.applied, verdict
        return list(signed[1])

    # --- the directory ------------------------------------------------------------------------------------------

    def files(self, cosigners: Sequence[str] = MEMBERS) -> dict[str, bytes]:
        tree = Tree(map(leaf_hash, self.entries))
        files: dict[str, bytes] = {}
        for tile in new_tiles(0, len(self.entries)):
            if tile.level == ENTRIES:
                files[tile.path] = build_bundle(self.entries[tile.start : tile.stop])
            else:
                files[tile.path] = tile_bytes(tree, tile)
        files |= {f"attachments/{name}": data for name, data in self.attachments.items()}
        text = format_checkpoint(ORIGIN, tree.size, tree.root())
        lines = [sign_note(text, ORIGIN, seed("log"))]
        lines += [
            cosign(text, f"{member}.example", seed(f"witness {member}"), BEGAN + 60 * at)
            for at, member in enumerate(cosigners)
        ]
        return files | {"checkpoint": build_note(text, lines)}


@dataclass
class Round:
    """The steps of one round, one method each, in their order; every figure can be chosen."""

    world: World
    north: int = 12  # people whom each side has on its list
    south: int = 10
    totals: Mapping[str, int] = field(default_factory=lambda: {"north": 6, "south": 4})
    outside: int = 1  # of each list, outside the ratio: they go whatever the other side does
    days: int = 2  # stages
    places: tuple[str, ...] = ("bridge",)
    seats: int = 4  # of each side at a place
    bound: int = 2  # of each place
    vehicles: str = ""  # of each place, as the terms have them

    # --- until the plan ----------------------------------------------------------------------------------------

    def opening(self) -> Round:
        world = self.world
        founders = [
            events.Founder(Slug(member), Slug(role), Key(key(member)), quorum)
            for member, role, quorum in (
                *((party, "party", 2) for party in PARTIES), *((m, "mediator", 0) for m in MEDIATORS),
                (NEUTRAL, "neutral", 0),
            )
        ]  # fmt: skip
        opened = events.ExchangeOpened(1, ORIGIN, Vkey(format_vkey(log_key())), Slug("ankara"), 1, tuple(founders), 24)
        signed = sign(
            world.state.fork(), Outcome(drafts=(Draft(opened, "ankara"),), exchange=EXCHANGE), world.given()
        )
        assert not isinstance(signed, list), signed
        assert world.put(signed[0][0]).applied
        for member in MEMBERS:
            recipient = Recipient("age1" + hashlib.sha256(member.encode()).hexdigest()[:58].ljust(58, "q"))
            text = events.admission_text(EXCHANGE, member, key(member), recipient)
            signature = Signature(ed25519_sign(seed(f"witness {member}"), text).hex())
            vkey = Vkey(format_vkey(witness_key(member)))
            world.do(member, events.MemberAdmitted(Slug(member), vkey, recipient, signature), signatories=())
        for party in PARTIES:
            for name, role, place in [
                ("sig-1", "signatory", None), ("sig-2", "signatory", None),
                *((f"desk-{place}", "desk", place) for place in self.places),
            ]:  # fmt: skip
                self.appoint(f"{party}/{name}", role, place, signatories=())
            self.appoint(f"{party}/super", "supervisor", None)
        for place in self.places:
            self.appoint(f"cross/gate-{place}", "gate", place)
        self.appoint("cross/visitor", "interviewer", None)
        return self

    def appoint(self, delegate: str, role: str, place: str | None, signatories: Sequence[str] | None = None) -> None:
        member = delegate.partition("/")[0]
        slug = None if place is None else Slug(place)
        event = events.DelegateAppointed(Author(delegate), Slug(role), Key(key(delegate)), slug)
        self.world.do(member, event, signatories=signatories)

    def consulting(self) -> Round:
        world = self.world
        world.all((*PARTIES, "ankara"), events.RoundActivated(ROUND, Day("2025-12-31")))
        for party in PARTIES:
            clause = Slug(f"total-{party}")
            world.do("gulf", events.ClauseProposed(ROUND, clause, self.totals[party]))
            world.all(PARTIES, events.ClauseAgreed(ROUND, clause, self.totals[party]))
        carrier, salt = Slug("carrier"), Sha256("7" * 64)
        world.do("gulf", events.ClauseOpened(ROUND, carrier, Slug("word"), (Slug("bus"), Slug("train"))))
        bound = offer_commitment(bytes.fromhex(salt), world.state.exchange, ROUND, carrier, "north", Slug("bus"))
        carried = world.do("gulf", events.OfferCarried(ROUND, carrier, Slug("south"), bound, Sha256("8" * 64)))
        world.do("north", events.OfferReleased(ROUND, Sha256(carried), Slug("bus"), salt), carried)
        world.all(PARTIES, events.ClauseAgreed(ROUND, carrier, Slug("bus")))
        world.do("gulf", events.TaskSet(ROUND, Slug("transport"), Slug("north"), Day("2025-12-05")))
        world.do("north", events.TaskDone(ROUND, Slug("transport"), Slug("north")))
        terms, problems = parse_terms(self.terms_text(), salt=bytes(32))
        assert terms is not None, problems
        from repatria.deal.terms import encode_terms

        world.all(PARTIES, events.TermsSigned(ROUND, world.attach(encode_terms(terms))))
        return self

    def terms_text(self) -> str:
        stages = "".join(
            f'\n[[stages]]\nstage = "s{n}"\ndate = {self.date(f"s{n}")}\nsafe_place = "school"\n'
            + "".join(
                f'[[stages.places]]\nplace = "{place}"\nbound = {self.bound}\n'
                f"capacity = {{ north = {self.seats}, south = {self.seats} }}\n{self.vehicles}"
                for place in self.places
            )
            for n in range(1, self.days + 1)
        )
        return (
            f'round = "{ROUND}"\nparties = ["north", "south"]\nneutral = "cross"\ntarget_date = 2025-12-31\n'
            f"answers_due = 2025-12-01\nchance_days = 7\nbound = {self.bound * len(self.places) * self.days}\n"
            f'undertakings = ["gc3-117"]\n[totals]\nnorth = {self.totals["north"]}\nsouth = {self.totals["south"]}\n'
            + stages
            + CATEGORIES
        )

    def date(self, stage: str) -> str:
        return (date(2025, 12, 9) + timedelta(days=int(stage[1:]))).isoformat()

    def listing(self) -> Round:
        world = self.world
        for holder, held in (("north", self.north), ("south", self.south)):
            seeker = "south" if holder == "north" else "north"
            register = opaque(f"register of those whom {holder} holds")
            rows = sorted(opaque(f"row {holder} {i}")[:16] for i in range(held + 2))
            root = Sha256(root_of(EXCHANGE, records(register, rows)).hex())
            world.do(seeker, events.RegisterCommitted(register, Slug("sought"), 1, len(rows), root), signatories=())
            world.do(seeker, events.RegisterDisclosed(register, (Slug(holder),), Sha256("1" * 64)))
            said = tuple((Row(row), "held" if i < held else "unknown") for i, row in enumerate(rows))
            answers = world.attach(write(Answers(register, said)))
            world.do(holder, events.AnswersGiven(register, 1, answers, len(said)), signatories=())
            self.sign_list(holder, register, [row for row, word in said if word == "held"])
        return self

    def sign_list(self, holder: str, register: Opaque, rows: Sequence[str]) -> None:
        world = self.world
        (seeker,) = (party for party in PARTIES if party != holder)
        first, then, out = (PersonClass(opaque(f"{holder} {n}"), 1, t, c, not c) for n, t, c in (
            ("first", 1, True), ("then", 2, True), ("out", 0, False),
        ))  # fmt: skip
        half = self.totals[holder] // 2
        drawn = [out] * self.outside + [first] * half + [then] * len(rows)
        listed = sorted(
            (
                ListRow(opaque(f"person {holder} {i}"), register, Row(row), seeker, Opaque(drawn[i].class_id))
                for i, row in enumerate(rows)
            ),
            key=lambda row: row.number,
        )
        half_list = FinalList(Slug(holder), 1, tuple(listed))
        lists, root = world.attach(write(half_list)), Sha256(half_list.tree.root().hex())
        classes = world.attach(encode_classes((first, then, out)))
        event = events.FinalListSigned(ROUND, Slug(holder), 1, lists, root, classes, Sha256("2" * 64), Sha256("3" * 64))
        world.all(PARTIES, event)

    def drawing(self) -> Round:
        world = self.world
        basis = basis_of(world.state, world.attachments.get)
        found = odds(basis.units, basis.classes, basis.terms)
        assert not isinstance(found, list), found
        classes = {holder: str(fact.classes) for holder, fact in sorted(world.state.lists.items())}
        root = register_root(basis.units, basis.classes)
        freeze = world.attach(write(make_freeze(basis.names.terms, basis.names.lists, classes, root, found)))
        drawing = (*PARTIES, *MEDIATORS)
        for member in drawing:
            bound = tuple(map(Sha256, commitments(member, freeze, nonce(member))))
            world.do(member, events.LotteryCommitted(ROUND, freeze, bound), signatories=())
        held: dict[str, list[Slug]] = {}
        for member in drawing:
            for holder in holders_of(member, ["cross"], MEDIATORS, PARTIES):
                held.setdefault(holder, []).append(Slug(member))
        for holder, members in held.items():
            world.do(holder, events.LotteryHeld(ROUND, freeze, tuple(members)), signatories=())
        for member in (*PARTIES, "ankara"):
            world.do(member, events.LotteryRevealed(ROUND, freeze, Slug(member), parts_of(member)), signatories=())
        # gulf keeps quiet; two of its holders open its nonce
        for holder, parts in (("cross", (2, 3)), ("ankara", (1, 3))):
            event = events.LotteryRevealed(ROUND, freeze, Slug("gulf"), parts_of("gulf", *parts))
            world.do(holder, event, signatories=())
        return self

    def planning(self) -> Round:
        world = self.world
        basis = basis_of(world.state, world.attachments.get)
        inputs = (basis.units, basis.classes, basis.terms, basis.seed, basis.names)
        plan = make_plan(*inputs, going=basis.going) if basis.progress is None else replan(basis.progress, *inputs)
        assert not isinstance(plan, list), plan
        name = world.attach(encode(plan))
        if world.state.plan is None:
            world.do("ankara", events.PlanProposed(ROUND, name))
        else:
            world.do("ankara", events.PlanRevised(ROUND, name, world.state.plan))
        world.all((*PARTIES, "ankara"), events.PlanSigned(ROUND, name))
        return self

    def to_the_plan(self) -> Round:
        return self.opening().consulting().listing().drawing().planning()

    # --- stages ------------------------------------------------------------------------------------------------

    def manifest(self, stage: str, place: str = "bridge", holder: str | None = None) -> list[str]:
        numbers = self.world.state.stages[stage].places[place].manifest
        return [n for n in numbers if holder is None or self.world.state.persons[n].holder == holder]

    def words(
        self, going: Sequence[str], declined: Sequence[str] = (), *, author: str = "cross/visitor", place: str = "camp",
        day: str = "2025-12-08",
    ) -> tuple[str, str]:  # fmt: skip
        """The neutral's two words, padded to one size with numbers that no list allotted."""
        ids = []
        for word, numbers in ((events.Cleared, going), (events.NotGoing, declined)):
            padding = [opaque(f"padding {len(self.world.entries)} {i}") for i in range(3)]
            batch = tuple(sorted(Opaque(n) for n in [*numbers, *padding]))
            ids.append(self.world.do(author, word(Slug(place), Day(day), batch)))
        return ids[0], ids[1]

    def clearing(self, stage: str, declined: Sequence[str] = ()) -> Round:
        going = [n for place in self.places for n in self.manifest(stage, place) if n not in declined]
        visited = self.date(stage)[:8] + f"{int(self.date(stage)[8:]) - 2:02}"
        for at in range(0, max(len(going), 1), BATCH):
            self.words(going[at : at + BATCH], declined if at == 0 else (), day=visited)
        return self

    def open(self, stage: str) -> Round:
        plan = self.world.state.plan
        assert plan is not None
        self.world.all((*PARTIES, "gulf"), events.StageOpened(ROUND, Slug(stage), plan))
        return self

    def grant(self, stage: str, place: str = "bridge") -> Round:
        people = self.world.state.persons
        for party in PARTIES:
            if any(people[number].state in AVAILABLE for number in self.manifest(stage, place, party)):
                request = handover.Grant(By(party), stage, place, f"{party}/desk-{place}")
                self.world.command(handover.grant, request)
        return self

    def gate(self, stage: str, place: str = "bridge", declined: Sequence[str] = ()) -> Round:
        request = handover.AtGate(By(f"cross/gate-{place}"), stage, place, self.date(stage), tuple(declined))
        if declined:
            self.world.command(handover.gate_words, request)
        self.world.command(handover.present, request)
        return self

    def desk(self, party: str, stage: str, place: str = "bridge", count: int = 0) -> handover.AtDesk:
        return handover.AtDesk(By(f"{party}/desk-{place}"), stage, place, count)

    def hand_over(self, stage: str, place: str = "bridge") -> Round:
        """Both sides release what they may and receive what they are given, until nothing moves."""
        while True:
            moved = 0
            for party in PARTIES:
                moved += len(self.world.command(handover.release, self.desk(party, stage, place)))
                moved += len(self.world.command(handover.receive, self.desk(party, stage, place)))
            if not moved:
                return self

    def return_rights(self, stage: str, place: str = "bridge") -> Round:
        for party in PARTIES:
            self.world.command(handover.return_rights, self.desk(party, stage, place))
        return self

    def reconcile(self, stage: str, place: str = "bridge") -> Round:
        counted = tallies(self.world.state, stage, place)
        self.world.all((*PARTIES, NEUTRAL), events.StageReconciled(Slug(stage), Slug(place), counted))
        return self

    def paper(self, member: str, event: Event) -> Round:
        """A member's signed paper, entered by both mediators."""
        data = paper_bytes(event)
        name = self.world.attach(data)
        self.world.all(
            MEDIATORS, events.Transcribed(Slug(member), Sha256("6" * 64), type(event).__name__, name)
        )
        return self

    def stage(self, stage: str) -> Round:
        self.clearing(stage).open(stage)
        for place in self.places:
            self.grant(stage, place).gate(stage, place).hand_over(stage, place).return_rights(stage, place)
            self.reconcile(stage, place)
        return self

    def closing(self) -> Round:
        self.world.all(MEMBERS, events.RoundClosed(ROUND, accounts(self.world.state)))
        self.world.all(MEMBERS, events.ExchangeClosed(ROUND))
        return self

    def to_the_end(self, before: Callable[[str], None] | None = None) -> Round:
        self.to_the_plan()
        for n in range(1, self.days + 1):
            if before is not None:
                before(f"s{n}")
            self.stage(f"s{n}")
        return self.closing()


def eventful(world: World | None = None) -> Round:
    """A round in which everything that may happen does: declining, absence, substitution, a dark desk, a paper."""
    world = world or World()
    story = Round(world, north=16, south=14, totals={"north": 9, "south": 6}, days=4, seats=5, bound=3)
    story.to_the_plan()
    world.put(b"not an entry")
    world.put(world.entries[20])  # replayed
    world.do("gulf", events.DisputeRaised(Sha256("4" * 64), Slug("list")))
    # s1: one declines in detention, one is absent, for one somebody else is brought
    north, south = (story.manifest("s1", holder=party) for party in PARTIES)
    story.clearing("s1", declined=south[:1]).open("s1").grant("s1").gate("s1")
    absent = events.PersonAbsent(Slug("s1"), Slug("bridge"), Opaque(north[0]), 1)
    world.do("north/desk-bridge", absent)
    right = world.state.persons[north[1]].right
    assert right is not None
    assert right.presented is not None
    released = events.PersonReleased(Slug("s1"), Slug("bridge"), Opaque(north[1]), 1, None)
    name = world.do("north/desk-bridge", released, right.presented)
    found = events.SubstitutionFound(Slug("s1"), Slug("bridge"), Opaque(north[1]), 1)
    world.do("south/desk-bridge", found, name)
    story.hand_over("s1").return_rights("s1").reconcile("s1")
    world.do("south", events.Suspended(ROUND))
    world.all(PARTIES, events.Resumed(ROUND))
    story.planning()
    # s2: access refused, so everyone of south is asked at the gate, and one declines there; north's desk goes dark
    south = story.manifest("s2", holder="south")
    refused = events.AccessRefused(Slug("prison"), Day("2025-12-10"), Slug("south"), tuple(map(Opaque, south)))
    world.do("cross/visitor", refused)
    story.words(story.manifest("s2", holder="north"), day="2025-12-09")
    story.open("s2").grant("s2")
    story.words([n for n in south if n != south[-1]], south[-1:], author="cross/gate-bridge", place="bridge",
                day=story.date("s2"))  # fmt: skip
    story.gate("s2")
    world.command(handover.release, story.desk("north", "s2", count=1))
    world.do("ankara", events.Unconfirmed(Slug("s2"), Slug("bridge"), Author("north/desk-bridge")))
    for number in story.manifest("s2", holder="north"):
        person = world.state.persons[number]
        if person.state == "unconfirmed":
            assert person.right is not None
            outcome = Slug("received" if person.right.released else "returned")
            settled = events.ReleaseConfirmed(Slug("s2"), Slug("bridge"), Opaque(number), person.right.epoch, outcome)
            world.all(("north/super", "south/super"), settled)
    story.hand_over("s2").return_rights("s2")
    # south's node is down: its reconciliation comes on paper, entered by both mediators
    counted = events.StageReconciled(Slug("s2"), Slug("bridge"), tallies(world.state, "s2", "bridge"))
    world.all(("north", NEUTRAL), counted)
    story.paper("south", counted)
    story.planning()
    leaving = next(p for p in world.state.persons.values() if p.state == "listed" and p.number not in world.state.slots)
    world.do("north", events.WithdrawnFromList(leaving.number, Sha256("5" * 64)))
    for stage in ("s3", "s4"):
        story.stage(stage)
    return story.closing()
