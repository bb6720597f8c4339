"""Five members in memory, with real keys: parties north and south, mediators straits (the secretariat) and gulf,
and cross, the neutral. A `World` holds a state and the entries that made it, and lets any author speak.

    >>> from repatria.exchange.events import Suspended
    >>> world = world_at("listed")
    >>> [person.state for person in world.state.persons.values()]
    ['listed', 'listed', 'listed', 'listed']
    >>> world.say("south", Suspended(ROUND)).applied
    True

`world_at(phase)` gives a fresh copy of a small scenario carried to that phase; phases are in `PHASES`.
A desk or a gate out of contact is a world too: `world.apart("north/desk-bridge", "s1", "bridge")`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from repatria.deal.classes import PersonClass, encode_classes
from repatria.deal.draw import PARTS, commitments
from repatria.deal.terms import PlaceTerms, StageTerms, Terms, alone, encode_terms
from repatria.exchange.authority import SIGNATORIES, SIGNATORY, SUPERVISOR, TABLE
from repatria.exchange.clearing import SEALED_CHARACTERS
from repatria.exchange.codec import Body, encode_body
from repatria.exchange.counting import accounts, tallies
from repatria.exchange.documents import Answers, FinalList, Freeze, ListRow, Plan, PlanPlace, PlanStage, write
from repatria.exchange.events import (
    AnswersGiven,
    Author,
    ClauseAgreed,
    ClauseProposed,
    Cleared,
    Day,
    DelegateAppointed,
    Event,
    ExchangeClosed,
    ExchangeOpened,
    FinalListSigned,
    Founder,
    Key,
    KeyRotated,
    LotteryCommitted,
    LotteryHeld,
    LotteryRevealed,
    MemberAdmitted,
    NoncePart,
    Opaque,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    PlanProposed,
    PlanSigned,
    Recipient,
    RegisterCommitted,
    RegisterDisclosed,
    RightGranted,
    RoundActivated,
    RoundClosed,
    Row,
    SecretariatSucceeded,
    Sha256,
    Signature,
    Slug,
    StageOpened,
    StageReconciled,
    TermsSigned,
    TimeVouched,
    Vkey,
    admission_text,
    rotation_text,
)
from repatria.exchange.fold import apply
from repatria.exchange.planning import ALGORITHM, not_held, seed_of
from repatria.exchange.state import State, Verdict, narrowed
from repatria.ledger.entry import encode_entry, sign_entry
from repatria.ledger.note import COSIGNATURE, ED25519, VerifierKey, ed25519_sign, format_vkey, public_key

EXCHANGE = Opaque("e" * 32)
ROUND = Slug("2025-1")
NORTH, SOUTH, STRAITS, GULF, CROSS = (Slug(name) for name in ("north", "south", "straits", "gulf", "cross"))
PARTIES, MEDIATORS = (NORTH, SOUTH), (STRAITS, GULF)
MEMBERS = (*PARTIES, *MEDIATORS, CROSS)
ROLES = {NORTH: "party", SOUTH: "party", STRAITS: "mediator", GULF: "mediator", CROSS: "neutral"}
QUORUM = {NORTH: 2, SOUTH: 2, STRAITS: 0, GULF: 0, CROSS: 0}
SIGNATORIES_EACH = 3
SEALED = "A" * SEALED_CHARACTERS
AT = "2025-12-01T08:00:00Z"
COOLING_HOURS = 24
VISIT = Day("2025-12-08")
STAGE_DAYS = ("2025-12-10", "2025-12-12", "2025-12-14")

PHASES = (
    "founded", "opened", "round", "clauses", "terms", "registers", "disclosed", "answered", "listed", "cleared",
    "committed", "held", "drawn", "proposed", "planned", "stage-open", "granted", "presented", "released", "received",
    "reconciled", "closed", "ended",
)  # fmt: skip


def other(party: str) -> Slug:
    return SOUTH if party == NORTH else NORTH


@cache
def seed(author: str) -> bytes:
    """Every author's Ed25519 seed; `author#2` for the key after the first, `member!` for its witness key."""
    return hashlib.sha256(b"repatria/test-seed\x00" + author.encode()).digest()


@cache
def public(author: str) -> Key:
    return Key(public_key(seed(author)).hex())


def sha(text: str) -> Sha256:
    return Sha256(hashlib.sha256(text.encode()).hexdigest())


def opaque(text: str) -> Opaque:
    return Opaque(sha(text)[:32])


@cache
def witness_key(member: str) -> Vkey:
    return Vkey(format_vkey(VerifierKey(f"{member}-witness", COSIGNATURE, public_key(seed(f"{member}!")))))


def number_of(holder: str, index: int) -> Opaque:
    """The number of one of a holder's people, counted from 0; the class of uncounted people comes after the others."""
    return opaque(f"person {holder} {index}")


@dataclass(frozen=True)
class Scenario:
    """How many people of each side, how many outside the ratio or the totals besides, over which stages and places."""

    people: tuple[int, int] = (2, 2)
    uncounted: tuple[int, int] = (0, 0)
    spare: int = 0  # of each side, on the list beyond the totals, and in no stage
    stages: int = 1
    places: tuple[str, ...] = ("bridge",)
    bound: int = 1  # k_j, of each place
    exposure: int | None = None  # k; as much as every place of every stage together if not given
    weight: int = 1
    desks: int = 1  # of each party at each place
    requires: tuple[str, ...] = ()  # of the neutral, before a stage opens
    outside: str = ""  # the account of the uncounted; repatriation if not given
    embargo: int | None = None  # days from a stage until its counts may be told

    @property
    def totals(self) -> dict[str, int]:
        return {str(p): n * self.weight for p, n in zip(PARTIES, self.people, strict=True)}

    def day(self, stage: int) -> Day:
        return Day(STAGE_DAYS[stage])

    @property
    def capacity(self) -> int:
        """Of each side, at each place."""
        return 40

    def numbers(self, holder: str) -> list[Opaque]:
        at = PARTIES.index(Slug(holder))
        return [number_of(holder, i) for i in range(self.people[at] + self.uncounted[at] + self.spare)]

    def manifest(self, stage: int, place: str) -> list[tuple[Opaque, Slug]]:
        """Everyone in turn over all stages and places; north and south alternate in the sequence."""
        slots = [(s, p) for s in range(self.stages) for p in self.places]
        mine = slots.index((stage, place))
        planned = {p: self.numbers(p)[: len(self.numbers(p)) - self.spare] for p in PARTIES}
        sides = [[(n, p) for n in planned[p][mine :: len(slots)]] for p in PARTIES]
        longest = max(len(side) for side in sides)
        return [side[i] for i in range(longest) for side in sides if i < len(side)]


@dataclass
class World:
    """One copy of the ledger, or a device apart with its narrowed state: what is so, and everything said."""

    scenario: Scenario
    state: State = field(default_factory=State)
    entries: list[bytes] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  # author -> which of its seeds, once it has a second one
    ids: dict[str, str] = field(default_factory=dict)  # events of the scenario by a label
    base: int = 0  # entries of this list from here on were said or heard by a device apart
    at: str = AT

    def copy(self) -> World:
        return World(
            self.scenario, self.state.fork(), list(self.entries), dict(self.attachments), dict(self.keys),
            dict(self.ids), self.base, self.at,
        )  # fmt: skip

    def apart(self, stage: str = "s1", place: str = "bridge") -> World:
        """A device that goes out of contact now, with what it needs of the state."""
        twin = self.copy()
        twin.state = narrowed(self.state, stage, place)
        twin.entries, twin.base = [], 0
        return twin

    def attach(self, data: bytes) -> Sha256:
        name = Sha256(hashlib.sha256(data).hexdigest())
        self.attachments[name] = data
        return name

    # --- speaking ---------------------------------------------------------------------------------------------------

    def body(
        self, author: str, event: Event, *, refs: Iterable[str] = (), seen: tuple[int, str] | None = None,
        at: str | None = None, seq: int | None = None, prev: str | None = None, exchange: str = EXCHANGE,
    ) -> Body:  # fmt: skip
        head, last, _ = self.state.chains.get(author, (-1, None, 0))
        if seq is None:
            seq, prev = head + 1, last
        return Body(
            exchange, author, seq, prev, seen or self.state.seen, tuple(refs), (), at or self.at, event
        )  # fmt: skip

    def signers(self, author: str, event: Event, signatories: int | None) -> list[str]:
        """The author, and as many of the member's signatories as the kind needs, or as asked for."""
        if signatories is None:
            rule = TABLE[type(event).__name__]
            signatories = QUORUM.get(Slug(author), 0) if rule.by == SIGNATORIES else 0
            if isinstance(event, DelegateAppointed) and event.role in (SIGNATORY, SUPERVISOR) and self.state.opened:
                signatories = QUORUM.get(Slug(author), 0)
            if isinstance(event, KeyRotated) and event.author == author:
                signatories = QUORUM.get(Slug(author), 0)
        return [author, *(f"{author}/sig-{i}" for i in range(1, signatories + 1))]

    def entry(
        self, author: str, event: Event, signatories: int | None = None, *, signers: Sequence[str] | None = None,
        **options: object,
    ) -> bytes:  # fmt: skip
        body = encode_body(self.body(author, event, **options))  # type: ignore[arg-type]
        by = self.signers(author, event, signatories) if signers is None else signers
        return encode_entry(sign_entry(body, [seed(self.keys.get(name, name)) for name in by]))

    def take(self, entry: bytes) -> Verdict:
        verdict = apply(self.state, entry, self.attachments.get)
        self.entries.append(entry)
        return verdict

    def hear(self, entries: Iterable[bytes]) -> list[Verdict]:
        return [self.take(entry) for entry in entries]

    def say(self, author: str, event: Event, signatories: int | None = None, **options: object) -> Verdict:
        return self.take(self.entry(author, event, signatories, **options))  # type: ignore[arg-type]

    def must(self, author: str, event: Event, signatories: int | None = None, **options: object) -> str:
        """Say it; it takes effect; its event id."""
        verdict = self.say(author, event, signatories, **options)
        assert verdict.applied, (verdict.kind, verdict.author, verdict.rule, verdict.what)
        assert verdict.event is not None
        return verdict.event

    def all_must(self, authors: Iterable[str], event: Event) -> None:
        for author in authors:
            self.must(author, event)

    # --- people -----------------------------------------------------------------------------------------------------

    def manifest(self, holder: str | None = None, stage: str = "s1", place: str = "bridge") -> list[Opaque]:
        of_all = self.scenario.manifest(int(stage[1:]) - 1, place)
        return [number for number, whose in of_all if holder in (None, whose)]

    def states(self) -> dict[str, str]:
        return {number: person.state for number, person in self.state.persons.items()}

    def state_of(self, number: str) -> str:
        return self.state.persons[number].state

    # --- the acts of a desk and a gate, in one line each ------------------------------------------------------------

    def desk(self, holder: str, place: str = "bridge") -> str:
        return f"{holder}/desk-{place}"

    def grant(
        self, numbers: Sequence[Opaque], holder: str | None = None, stage: str = "s1", place: str = "bridge"
    ) -> str:
        person = self.state.persons[numbers[0]]
        to = Author(holder or self.desk(person.holder, place))
        event = RightGranted(Slug(stage), Slug(place), to, len(person.rights) + 1, tuple(numbers))
        return self.must(person.holder, event)

    def present(self, numbers: Sequence[Opaque], stage: str = "s1", place: str = "bridge") -> str:
        event = PersonPresented(Slug(stage), Slug(place), tuple(numbers))
        return self.must(f"cross/gate-{place}", event)

    def release_event(self, number: Opaque, sheet: str | None = None) -> PersonReleased:
        right = self.state.persons[number].right
        assert right is not None
        return PersonReleased(right.stage, right.place, number, right.epoch, None if sheet is None else Author(sheet))

    def release(self, number: Opaque, *receipts: str, by: str | None = None) -> str:
        person = self.state.persons[number]
        assert person.right is not None
        refs = (*((person.right.presented,) if person.right.presented else ()), *receipts)
        return self.must(by or person.right.holder, self.release_event(number), refs=refs)

    def receive_event(self, number: Opaque) -> PersonReceived:
        right = self.state.persons[number].right
        assert right is not None
        return PersonReceived(right.stage, right.place, number, right.epoch)

    def receive(self, number: Opaque, by: str | None = None) -> str:
        person = self.state.persons[number]
        assert person.right is not None
        assert person.right.released is not None
        author = by or self.desk(other(person.holder), person.right.place)
        return self.must(author, self.receive_event(number), refs=(person.right.released,))

    def hand_over(self, stage: str = "s1", place: str = "bridge") -> None:
        """Everyone on the manifest, in the signed sequence, each release naming every receipt that the desk holds."""
        held: dict[str, list[str]] = {NORTH: [], SOUTH: []}
        for number in self.manifest(stage=stage, place=place):
            holder = self.state.persons[number].holder
            self.release(number, *held[holder])
            held[other(holder)].append(self.receive(number))


# --- the scenario, step by step -------------------------------------------------------------------------------------


def _founded(world: World) -> None:
    founders = tuple(Founder(m, Slug(ROLES[m]), public(m), QUORUM[m]) for m in MEMBERS)
    world.must(STRAITS, ExchangeOpened(1, "repatria.test/log", log_vkey(), STRAITS, 2, founders, COOLING_HOURS))


def admission(member: str) -> MemberAdmitted:
    recipient = Recipient("age1" + "q" * 58)
    signature = ed25519_sign(seed(f"{member}!"), admission_text(EXCHANGE, member, public(member), recipient))
    return MemberAdmitted(Slug(member), witness_key(member), recipient, Signature(signature.hex()))


def appointment(delegate: str, role: str, place: str | None = None, key: str | None = None) -> DelegateAppointed:
    at = None if place is None else Slug(place)
    return DelegateAppointed(Author(delegate), Slug(role), public(key or delegate), at)


def rotation(author: str, new: str, old: str | None = None) -> KeyRotated:
    """The author's key replaced by the one called `new`, such as `north#2`."""
    text = rotation_text(EXCHANGE, author, public(old or author), public(new))
    signature = Signature(ed25519_sign(seed(new), text).hex())
    return KeyRotated(Author(author), public(old or author), public(new), signature)


def log_vkey(label: str = "log") -> Vkey:
    return Vkey(format_vkey(VerifierKey("repatria.test/log", ED25519, public_key(seed(label)))))


def succession(world: World, successor: str = GULF, label: str = "log#2") -> SecretariatSucceeded:
    """The log to another mediator, from the ledger as it is."""
    return SecretariatSucceeded(
        Slug(successor), log_vkey(label), world.state.size, Sha256(world.state.root)
    )  # fmt: skip


def hours_pass(world: World, hours: int) -> None:
    """Both mediators' clocks go on, and they say so."""
    then = datetime.fromisoformat(world.at) + timedelta(hours=hours)
    world.at = then.strftime("%Y-%m-%dT%H:%M:%SZ")
    for mediator in MEDIATORS:
        world.must(mediator, TimeVouched())


def _opened(world: World) -> None:
    for party in PARTIES:
        world.must(party, admission(party))
        for i in range(1, QUORUM[party] + 1):
            world.must(party, appointment(f"{party}/sig-{i}", "signatory"))
    for member in (*MEDIATORS, CROSS):
        world.must(member, admission(member))
    for party in PARTIES:
        for i in range(QUORUM[party] + 1, SIGNATORIES_EACH + 1):
            world.must(party, appointment(f"{party}/sig-{i}", "signatory"))
        world.must(party, appointment(f"{party}/supervisor", "supervisor"))
        for place in world.scenario.places:
            world.must(party, appointment(f"{party}/desk-{place}", "desk", place))
            for i in range(2, world.scenario.desks + 1):
                world.must(party, appointment(f"{party}/desk-{place}-{i}", "desk", place))
    world.must(CROSS, appointment("cross/visitor", "interviewer"))
    for place in world.scenario.places:
        world.must(CROSS, appointment(f"cross/gate-{place}", "gate", place))


def _round(world: World) -> None:
    world.all_must((*PARTIES, GULF), RoundActivated(ROUND, Day("2025-12-31")))


def _clauses(world: World) -> None:
    for party in PARTIES:
        clause, total = Slug(f"total-{party}"), world.scenario.totals[party]
        world.must(GULF, ClauseProposed(ROUND, clause, total))
        world.all_must(PARTIES, ClauseAgreed(ROUND, clause, total))


def terms_of(scenario: Scenario) -> Terms:
    stages = tuple(
        StageTerms(
            f"s{s + 1}", scenario.day(s), "school",
            tuple(
                PlaceTerms(p, scenario.bound, {"north": scenario.capacity, "south": scenario.capacity})
                for p in scenario.places
            ),
        )
        for s in range(scenario.stages)
    )  # fmt: skip
    exposure = scenario.exposure or scenario.bound * len(scenario.places) * scenario.stages
    return Terms(
        ROUND, PARTIES, alone(PARTIES), CROSS, scenario.totals, exposure, stages, "2025-12-05", "2025-12-31", 7,
        ("gc3-117",), sha("annex"), requires=scenario.requires, embargo_days=scenario.embargo,
    )  # fmt: skip


def _terms(world: World) -> None:
    world.all_must(PARTIES, TermsSigned(ROUND, world.attach(encode_terms(terms_of(world.scenario)))))


def register_of(seeker: str) -> Opaque:
    return opaque(f"register of those whom {seeker} seeks")


def row_of(holder: str, index: int) -> Row:
    return Row(sha(f"row {holder} {index}")[:8])


ROWS_BESIDES = 3  # sought, and not on the list: two not held, one left blank


def _registers(world: World) -> None:
    for seeker in PARTIES:
        rows = len(world.scenario.numbers(other(seeker))) + ROWS_BESIDES
        register = register_of(seeker)
        world.must(seeker, RegisterCommitted(register, Slug("sought"), 1, rows, sha(f"root {seeker}")))


def _disclosed(world: World) -> None:
    for seeker in PARTIES:
        world.must(seeker, RegisterDisclosed(register_of(seeker), (other(seeker),), sha("sealed register")))


def answers_of(world: World, holder: str, **changed: str) -> Answers:
    """The holder's answers to the register of the other side; `changed` by row."""
    count = len(world.scenario.numbers(holder))
    rows: dict[Row, str] = {row_of(holder, i): "held" for i in range(count)}
    rows |= {row_of(holder, count + i): "not_held" for i in range(ROWS_BESIDES - 1)}
    rows |= {Row(row): answer for row, answer in changed.items()}
    return Answers(register_of(other(holder)), tuple(sorted(rows.items())))


def _answered(world: World) -> None:
    for holder in PARTIES:
        answers = answers_of(world, holder)
        name = world.attach(write(answers))
        world.must(holder, AnswersGiven(answers.register, 1, name, len(answers.answers)))


def classes_of(world: World, holder: str, weight: int | None = None) -> bytes:
    counted = PersonClass(opaque(f"class {holder}"), weight or world.scenario.weight, 1, True, False)
    outside = PersonClass(opaque(f"class {holder} outside"), 1, 0, False, True, world.scenario.outside)
    return encode_classes([counted, outside])


def final_list(world: World, holder: str, version: int = 1, besides: Collection[str] = ()) -> FinalList:
    """Everybody of a holder's list; `besides` are outside the ratio, too."""
    at = PARTIES.index(Slug(holder))
    outside = range(world.scenario.people[at], world.scenario.people[at] + world.scenario.uncounted[at])
    rows = [
        ListRow(
            number, register_of(other(holder)), row_of(holder, i), other(holder),
            opaque(f"class {holder}" + (" outside" if i in outside or number in besides else "")),
        )
        for i, number in enumerate(world.scenario.numbers(holder))
    ]  # fmt: skip
    return FinalList(Slug(holder), version, tuple(sorted(rows, key=lambda row: row.number)))


def list_event(world: World, listed: FinalList, classes: bytes | None = None) -> FinalListSigned:
    name = world.attach(write(listed))
    table = world.attach(classes or classes_of(world, listed.holder))
    root = Sha256(listed.tree.root().hex())
    return FinalListSigned(ROUND, listed.holder, listed.version, name, root, table, sha("sealed rows"), sha("places"))


def _listed(world: World) -> None:
    for holder in PARTIES:
        world.all_must(PARTIES, list_event(world, final_list(world, holder)))


def everyone(world: World) -> list[Opaque]:
    return sorted(Opaque(number) for number in world.state.persons)


def _cleared(world: World) -> None:
    padding = [opaque(f"padding {i}") for i in range(3)]
    world.must("cross/visitor", Cleared(Slug("camp"), VISIT, tuple(sorted([*everyone(world), *padding]))))


def nonce(member: str) -> tuple[bytes, ...]:
    return tuple(hashlib.sha256(f"nonce of {member}, part {part}".encode()).digest() for part in PARTS)


def nonce_parts(member: str, *parts: int) -> tuple[NoncePart, ...]:
    """These parts of a member's nonce, or all of them."""
    return tuple(NoncePart(part, Sha256(nonce(member)[part - 1].hex())) for part in parts or PARTS)


def freeze_of(world: World) -> Freeze:
    lists = {holder: fact.list for holder, fact in sorted(world.state.lists.items())}
    classes = {holder: fact.classes for holder, fact in sorted(world.state.lists.items())}
    table = tuple((holder, "1", str(n), n) for holder, n in zip(PARTIES, world.scenario.people, strict=True))
    assert world.state.terms is not None
    replaces = world.state.drawn[-1] if world.state.drawn else None
    return Freeze(world.state.terms, lists, classes, sha("register"), ALGORITHM, table, (), (("1", ()),), replaces)


def commit_event(world: World, member: str, freeze: Freeze | None = None) -> LotteryCommitted:
    name = world.attach(write(freeze or freeze_of(world)))
    return LotteryCommitted(ROUND, name, tuple(map(Sha256, commitments(member, name, nonce(member)))))


def reveal_event(world: World, member: str, *parts: int) -> LotteryRevealed:
    """What reveals these parts of a member's nonce in the draw in force, or all of them."""
    assert world.state.draw is not None
    return LotteryRevealed(
        Slug(world.state.round), world.state.draw.freeze, Slug(member), nonce_parts(member, *parts)
    )


def hold(world: World) -> None:
    """Every holder says that it has its parts of every nonce."""
    assert world.state.draw is not None
    held: dict[str, list[Slug]] = {}
    for member, holders in not_held(world.state).items():
        for holder in holders:
            held.setdefault(holder, []).append(Slug(member))
    for holder, members in held.items():
        world.must(holder, LotteryHeld(Slug(world.state.round), world.state.draw.freeze, tuple(members)))


def _committed(world: World) -> None:
    for member in (*PARTIES, *MEDIATORS):
        world.must(member, commit_event(world, member))


def _held(world: World) -> None:
    hold(world)


def _drawn(world: World) -> None:
    for member in (*PARTIES, *MEDIATORS):
        world.must(member, reveal_event(world, member))


def plan_of(world: World, replaces: str | None = None) -> Plan:
    assert world.state.draw is not None
    assert world.state.terms is not None
    seed_now = seed_of(world.state)
    assert seed_now is not None
    stages = tuple(
        PlanStage(
            Slug(f"s{s + 1}"), world.scenario.day(s),
            tuple(
                PlanPlace(Slug(p), world.scenario.bound, tuple(world.scenario.manifest(s, p)))
                for p in world.scenario.places
            ),
        )
        for s in range(world.scenario.stages)
    )  # fmt: skip
    lists = {holder: fact.list for holder, fact in world.state.lists.items()}
    return Plan(
        ROUND, world.state.terms, lists, world.state.draw.freeze, Sha256(seed_now),
        None if replaces is None else Sha256(replaces), stages, (),
    )  # fmt: skip


def _proposed(world: World) -> None:
    world.must(GULF, PlanProposed(ROUND, world.attach(write(plan_of(world)))))


def _planned(world: World) -> None:
    (plan,) = world.state.proposed
    world.all_must((*PARTIES, GULF), PlanSigned(ROUND, Sha256(plan)))


def stage_opened(world: World, stage: str = "s1") -> StageOpened:
    assert world.state.plan is not None
    return StageOpened(ROUND, Slug(stage), world.state.plan)


def _stage_open(world: World) -> None:
    world.all_must((*PARTIES, GULF), stage_opened(world))


def _granted(world: World) -> None:
    for place in world.scenario.places:
        for holder in PARTIES:
            if world.manifest(holder, place=place):
                world.grant(world.manifest(holder, place=place), place=place)


def _presented(world: World) -> None:
    for place in world.scenario.places:
        world.present(world.manifest(place=place), place=place)


def _released(world: World) -> None:
    """The first of each side."""
    for place in world.scenario.places:
        for holder in PARTIES:
            world.release(world.manifest(holder, place=place)[0])


def _received(world: World) -> None:
    """Everyone of the first stage."""
    for place in world.scenario.places:
        held: dict[str, list[str]] = {NORTH: [], SOUTH: []}
        for holder in PARTIES:
            held[other(holder)].append(world.receive(world.manifest(holder, place=place)[0]))
        for number in world.manifest(place=place)[2:]:
            holder = world.state.persons[number].holder
            world.release(number, *held[holder])
            held[other(holder)].append(world.receive(number))


def reconciliation(world: World, stage: str = "s1", place: str = "bridge") -> StageReconciled:
    return StageReconciled(Slug(stage), Slug(place), tallies(world.state, stage, place))


def _reconciled(world: World) -> None:
    for place in world.scenario.places:
        world.all_must((*PARTIES, CROSS), reconciliation(world, "s1", place))


def _closed(world: World) -> None:
    world.all_must(MEMBERS, RoundClosed(ROUND, accounts(world.state)))


def _ended(world: World) -> None:
    world.all_must(MEMBERS, ExchangeClosed(ROUND))


_STEPS: dict[str, Callable[[World], None]] = {
    "founded": _founded,
    "opened": _opened,
    "round": _round,
    "clauses": _clauses,
    "terms": _terms,
    "registers": _registers,
    "disclosed": _disclosed,
    "answered": _answered,
    "listed": _listed,
    "cleared": _cleared,
    "committed": _committed,
    "held": _held,
    "drawn": _drawn,
    "proposed": _proposed,
    "planned": _planned,
    "stage-open": _stage_open,
    "granted": _granted,
    "presented": _presented,
    "released": _released,
    "received": _received,
    "reconciled": _reconciled,
    "closed": _closed,
    "ended": _ended,
}


def carry(world: World, phases: Iterable[str]) -> World:
    """These steps of the scenario, one after the other."""
    for phase in phases:
        _STEPS[phase](world)
    return world


@cache
def _world_at(phase: str, scenario: Scenario) -> World:
    at = PHASES.index(phase)
    world = World(scenario) if at == 0 else _world_at(PHASES[at - 1], scenario).copy()
    return carry(world, [phase])


def forget_worlds() -> None:
    """Make every scenario anew when it is asked for next."""
    _world_at.cache_clear()


def world_at(phase: str, scenario: Scenario | None = None, **options: object) -> World:
    """A fresh copy of the scenario at the end of this phase."""
    return _world_at(phase, scenario or replace(Scenario(), **options)).copy()  # type: ignore[arg-type]

