"""What is so: the state of an exchange, as `fold.py` accumulates it from ledger bytes.

One accumulator is changed inside the fold; every value in it is immutable, so `fork` is cheap and a command can
try its events before it signs them. The snapshot is canonical JSON, and disposable: the ledger gives it again.

    >>> state = State()
    >>> load_state(dump_state(state)) == state, state.seen[0], state.log_time
    (True, 0, None)
"""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping, Set
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, cast, get_origin, get_type_hints

from repatria.deal.draw import PARTS
from repatria.exchange.codec import Body, Note, plain, revive
from repatria.exchange.events import (
    Author,
    CaseFound,
    ClauseValue,
    Day,
    FinalListSigned,
    Key,
    Moment,
    Opaque,
    Recipient,
    Sealed,
    Sha256,
    Slug,
    SoughtFound,
    Vkey,
)
from repatria.exchange.layers import Leaves, forked
from repatria.exchange.person import Person
from repatria.exchange.standing import Standing
from repatria.ledger.canonical import decode, encode

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Attachments = Callable[[str], bytes | None]


@dataclass(frozen=True)
class KeyGrant:
    """A key that speaks for an author in a role, from one index of the ledger until another.

    A change of who can bind a member cools off first, in log time: the new key does not stand before `stands_from`,
    and what ended a key can be objected to before `lifts_until`.
    """

    key: Key
    role: Slug
    place: Slug | None
    since: int
    until: int | None
    stands_from: Moment | None = None
    lifts_until: Moment | None = None
    after: Key | None = None  # the author's key that signed for this one to take its place
    compromised: int | None = None  # as from which index its member no longer answers for it
    declared: int | None = None  # the index at which the member said so


@dataclass(frozen=True)
class MemberFact:
    role: Slug
    key: Key
    quorum: int
    witness: Vkey | None
    recipient: Recipient | None
    admitted: int | None
    former: tuple[KeyGrant, ...] = ()  # its signing keys before this one


@dataclass(frozen=True)
class LogFact:
    """Who keeps the log with which key: its checkpoints hold from this entry on, until a successor's do."""

    key: Vkey
    secretariat: Slug
    since: int


@dataclass(frozen=True)
class Assent:
    """One member's part of an act of several members. `paper`: entered by others from its signed paper."""

    member: Slug
    event: Sha256
    paper: bool


@dataclass(frozen=True)
class ActivationFact:
    """A round as one or several members want it. In force once every party and a mediator have said the same."""

    round: Slug
    target_date: Day
    since: int
    in_force: int | None


@dataclass(frozen=True)
class ClauseStep:
    """What happened to a clause: `opened`, `proposed`, `released` (an offer), `agreed` (by one party), `amended`."""

    member: Slug
    step: Slug
    value: ClauseValue | None
    index: int


@dataclass(frozen=True)
class ClauseFact:
    value_kind: Slug
    words: tuple[Slug, ...]
    status: Slug  # open, proposed, agreed
    value: ClauseValue | None  # the latest proposal, or what was agreed
    history: tuple[ClauseStep, ...]

    @property
    def proposed(self) -> tuple[ClauseStep, ...]:
        """Every value that somebody has put forward, in order."""
        return tuple(each for each in self.history if each.step in ("proposed", "released"))


@dataclass(frozen=True)
class OfferFact:
    """An offer as a mediator carried it. Whose it is, and what it says, show when its maker releases it."""

    round: Slug
    by: Slug
    to: Slug
    clause: Slug
    commitment: Sha256
    since: int
    released: int | None


@dataclass(frozen=True)
class TaskFact:
    round: Slug
    task: Slug
    owner: Slug
    dates: tuple[tuple[Slug, Day, int], ...]  # who set it, due by, index; the latest holds
    done: int | None

    @property
    def due(self) -> Day:
        return self.dates[-1][1]


@dataclass(frozen=True)
class AnswersFact:
    """The latest answers of one holder to one register: the attachment, its rows without erased ones, its version."""

    answers: Sha256
    answered: int
    version: int


@dataclass(frozen=True)
class RegisterFact:
    owner: Slug
    list_kind: Slug
    version: int
    rows: int
    disclosed_to: tuple[Slug, ...]
    asked: tuple[Slug, ...]  # the parties among them: each answers every row
    answers: dict[str, AnswersFact]  # by who answers
    erased: int = 0  # of its rows

    def blank(self, holder: str) -> int:
        """How many rows this holder has not answered, of those that have not been erased."""
        given = self.answers.get(holder)
        return max(0, self.rows - self.erased - (given.answered if given is not None else 0))


@dataclass(frozen=True)
class BoardFact:
    """A board's findings as they were told, sealed; `told`: the log's day by then, and not before the board sat."""

    place: Slug
    held_on: Day
    holder: Slug
    board: Slug
    sealed: Sealed
    index: int
    told: Day | None


@dataclass(frozen=True)
class DueFact:
    """The date of the terms for answers, and the log's day on which it was agreed."""

    day: Day
    since: Day | None


@dataclass(frozen=True)
class ListFact:
    list: Sha256
    classes: Sha256
    version: int


@dataclass(frozen=True)
class DrawFact:
    freeze: Sha256
    commitments: dict[str, tuple[Sha256, ...]]  # of the three parts of each member's nonce
    held: dict[str, tuple[Slug, ...]]  # member -> who holds its parts of that nonce
    parts: dict[str, Sha256]  # revealed, in hex, by member/part

    def nonce(self, member: str) -> tuple[bytes, ...] | None:
        """A member's nonce, once all its parts are revealed."""
        found = [self.parts.get(f"{member}/{part}") for part in PARTS]
        return None if None in found else tuple(bytes.fromhex(part) for part in found if part is not None)


@dataclass(frozen=True)
class PlaceFact:
    """A place of a planned stage. `loads`: runs of the manifest that leave together, each a vehicle ("" on foot), the
    position of its first person, and how many they are."""

    bound: int
    manifest: tuple[Opaque, ...]
    reconciled: bool
    aborted: bool
    loads: tuple[tuple[str, int, int], ...] = ()

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(self.manifest)


@dataclass(frozen=True)
class Books:
    """What one desk has done and named at one place: weight released, and the answers that it has relied on."""

    released: int = 0
    credit: int = 0  # the weight of those credited
    credited: tuple[Opaque, ...] = ()  # people of the other side for whom an answer was named
    named: tuple[Sha256, ...] = ()


@dataclass(frozen=True)
class FallenReceipt:
    """What a receiving desk signed about a release that turned out to be void, and the receipt with it."""

    number: Opaque
    stage: Slug
    place: Slug


@dataclass(frozen=True)
class StageFact:
    """`totals` and `chance_days` are those of the terms under which it was planned: late events are judged by them."""

    date: Day
    opened: int | None
    places: dict[str, PlaceFact]
    round: Slug
    totals: dict[str, int]
    chance_days: int


@dataclass(frozen=True)
class RoundFact:
    """A round that is closed: what it stood on."""

    round: Slug
    terms: Sha256 | None
    plan: Sha256 | None


@dataclass(frozen=True)
class Suspension:
    by: Slug
    since: int
    until: int | None
    resumed_by: tuple[Slug, ...]


@dataclass(frozen=True)
class Breach:
    """A rule of the terms or the Conventions that a member did not keep, on the record; it stops nothing by itself."""

    index: int
    member: Slug
    code: Slug
    count: int
    register: Opaque | None = None  # whose rows were blank
    due: Day | None = None  # the day that had passed


@dataclass(frozen=True)
class DisputeFact:
    by: Slug
    subject: Sha256
    code: Slug
    since: int
    settled: int | None
    outcome: Slug | None


@dataclass(frozen=True)
class ClaimFact:
    """A number said in public, and which member put it on record."""

    event: Sha256
    index: int
    by: Slug
    speaker: Slug
    said_on: Day
    counted: Slug
    of: Slug | None
    since: Day | None
    until: Day
    number: int
    source: Sha256


@dataclass(frozen=True)
class CountedStage:
    """A stage whose last place was reconciled at this index: how many people were received, by side and kind."""

    stage: Slug
    date: Day
    index: int
    received: dict[str, int]  # side/living or side/remains
    told_from: Day | None = None  # not to be told in public before this day, by the terms


@dataclass(frozen=True)
class PublishedCounts:
    """A table of counts in force, of the ledger's first `size` entries."""

    index: int
    size: int
    table: Sha256


@dataclass(frozen=True)
class FindingFact:
    """One version of what was found in a set of remains."""

    sought: tuple[SoughtFound, ...]
    cases: tuple[CaseFound, ...]
    since: int


@dataclass(frozen=True)
class Refusal:
    """An entry that had no effect, and the rule that says so."""

    index: int
    event: Sha256 | None
    kind: Note
    author: Note
    rule: Note


class Verdict(NamedTuple):
    """What became of one entry."""

    index: int  # type: ignore[assignment]  # hides a method of tuples that nobody calls
    event: str | None
    kind: str
    author: str
    applied: bool
    rule: str | None = None
    what: str = ""


class Refuse(Exception):
    """Raised by a reducer before it changes anything: the rule, and what was found and needed."""

    def __init__(self, rule: str, what: str) -> None:
        super().__init__(f"{rule}: {what}")
        self.rule, self.what = rule, what


class Fact(NamedTuple):
    """A well-formed, rightly signed event at its place in the ledger, as reducers get it."""

    index: int  # type: ignore[assignment]  # hides a method of tuples that nobody calls
    id: str
    body: Body
    member: str  # for whom it speaks: the author's member, or the member whose paper was transcribed
    role: str | None  # the delegate's role, if a delegate signed
    place: str | None  # the delegate's place
    signatories: int  # how many signatories of the member signed besides
    judged: int  # the index at which authority and suspension are judged
    revoked: bool  # a desk's key was valid at `judged` and is revoked by now
    paper: bool = False
    standing: bool = True  # the author's key speaks for it at `judged`
    forked: bool = False  # the author's chain has gone on without this event


@dataclass
class State:
    """The accumulator. Every value in it is immutable; the containers are copied by `fork`, or shared (`layers.py`)."""

    exchange: str = ""
    rules: int = 0
    origin: str = ""
    log: str = ""
    secretariat: str = ""
    logs: list[LogFact] = field(default_factory=list)  # the first secretariat, and every successor
    mediator_quorum: int = 1
    cooling_hours: int = 0
    opened: bool = False
    members: dict[str, MemberFact] = field(default_factory=dict)
    keys: dict[str, tuple[KeyGrant, ...]] = field(default_factory=dict)
    chains: dict[str, tuple[int, Sha256, int]] = field(default_factory=dict)  # author: seq, event, seen size
    events: dict[str, int] = field(default_factory=dict)  # event id -> index; refused ones as -1 - index
    times: dict[str, Moment] = field(default_factory=dict)  # a mediator's latest `at`
    days: list[tuple[int, Day]] = field(default_factory=list)  # the log's days, and from which entry on
    assents: dict[str, tuple[Assent, ...]] = field(default_factory=dict)  # data hash -> who
    papers: dict[str, tuple[Slug, ...]] = field(default_factory=dict)  # data hash of Transcribed -> transcribers
    round: str = ""
    round_open: bool = False
    rounds: list[RoundFact] = field(default_factory=list)  # closed, and followed by another
    sides: dict[str, tuple[Slug, ...]] = field(default_factory=dict)  # of the first terms in force; they stay
    activations: dict[str, ActivationFact] = field(default_factory=dict)  # act -> what it activates
    clauses: dict[str, ClauseFact] = field(default_factory=dict)
    offers: dict[str, OfferFact] = field(default_factory=dict)  # the event that carried it
    tasks: dict[str, TaskFact] = field(default_factory=dict)  # round/task/owner
    terms: Sha256 | None = None
    terms_text: str = ""
    offered_terms: list[Sha256] = field(default_factory=list)  # signed by at least one party
    offered_to: dict[str, tuple[Slug, ...]] = field(default_factory=dict)  # terms -> who signs besides the parties
    registers: dict[str, RegisterFact] = field(default_factory=dict)
    due: DueFact | None = None  # of the terms in force
    findings: dict[str, tuple[FindingFact, ...]] = field(default_factory=dict)  # remains -> every version
    erased: dict[str, int] = field(default_factory=dict)  # register/row -> the entry that says so
    deadlines: dict[str, Day] = field(default_factory=dict)  # register/holder -> by when; not yet passed
    lists: dict[str, ListFact] = field(default_factory=dict)  # holder -> in force
    offered_lists: dict[str, FinalListSigned] = field(default_factory=dict)  # list -> as at least one party signed it
    letters: dict[str, int] = field(default_factory=dict)  # member/hash of its sealed letter -> the entry that names it
    persons: Mapping[str, Person] = field(default_factory=dict)  # written by `put` alone
    sightings: dict[str, Day] = field(default_factory=dict)  # alive or identified/register/row -> latest day
    boards: dict[str, BoardFact] = field(default_factory=dict)  # event -> what a medical board found
    draws: dict[str, DrawFact] = field(default_factory=dict)  # freeze -> who has committed to it
    draw: DrawFact | None = None  # the one that everybody who draws has committed to
    undrawn: tuple[str, ...] = ()  # who came on a list after the draw in force: no plan by it has them
    drawn: tuple[Sha256, ...] = ()  # the freezes of all draws of this round that everybody had committed to, in order
    plan: Sha256 | None = None
    proposed: dict[str, Sha256 | None] = field(default_factory=dict)  # plan -> what it replaces
    stages: dict[str, StageFact] = field(default_factory=dict)
    slots: Mapping[str, tuple[Slug, Slug]] = field(default_factory=dict)  # number -> stage, place; replaced whole
    books: dict[str, Books] = field(default_factory=dict)  # stage/place/desk
    receipts: dict[str, tuple[Opaque, ...]] = field(default_factory=dict)  # what a desk may have to name -> about whom
    fallen: dict[str, FallenReceipt] = field(default_factory=dict)  # receipt -> what it would have said
    hands: dict[str, tuple[Author, ...]] = field(default_factory=dict)  # stage/place/side -> who ever held rights
    doubtful: dict[str, tuple[Opaque, ...]] = field(default_factory=dict)  # stage/place -> more than one thing said
    settled: dict[str, tuple[Opaque, ...]] = field(default_factory=dict)  # stage/place/side -> sent back, or settled
    moved: dict[str, Sha256] = field(default_factory=dict)  # number -> access refused: the chance is at the gate
    since: dict[str, int] = field(default_factory=dict)  # what waits for somebody -> from which entry on (`moves.py`)
    suspensions: list[Suspension] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    disputes: dict[str, DisputeFact] = field(default_factory=dict)  # the event that raised it
    claims: list[ClaimFact] = field(default_factory=list)
    counted_stages: list[CountedStage] = field(default_factory=list)  # in the order in which they were over
    counts_offered: dict[str, int] = field(default_factory=dict)  # table signed by somebody -> of how many entries
    published: list[PublishedCounts] = field(default_factory=list)
    closed: bool = False
    size: int = 0
    base: int | None = None  # provisional: entries from here on are not in the ledger yet
    leaves: Leaves = field(default_factory=Leaves)  # of the log's tree: hashes of its entries
    standing: Standing = field(default_factory=Standing, compare=False, repr=False)  # no part of what is so

    def fork(self, provisional: bool = False) -> State:
        """A copy that can be changed freely; `provisional` marks what follows as not yet in the ledger."""
        twin = State.__new__(State)
        persons = self.persons
        for name in _NAMES:
            value = getattr(self, name)
            if name == "slots":
                pass  # nobody changes it: a new plan brings a new one
            elif isinstance(value, dict):
                here, value = forked(value)
                setattr(self, name, here)
            elif isinstance(value, list | Leaves):
                value = value.copy()
            setattr(twin, name, value)
        twin.standing = self.standing.fork(persons, self.persons, twin.persons)
        if provisional and twin.base is None:
            twin.base = twin.size
        return twin

    def root_at(self, size: int) -> str:
        """The Merkle root of the first `size` entries, hex."""
        return self.leaves.root(size).hex()

    @property
    def root(self) -> str:
        return self.root_at(self.size)

    @property
    def seen(self) -> tuple[int, str]:
        """The size and root that a new event names: the ledger's own, never provisional entries."""
        size = self.size if self.base is None else self.base
        return size, self.root_at(size)

    @property
    def parties(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, member in self.members.items() if member.role == "party"))

    @property
    def mediators(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, member in self.members.items() if member.role == "mediator"))

    @property
    def neutrals(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, member in self.members.items() if member.role == "neutral"))

    @property
    def log_time(self) -> str | None:
        """The time that a quorum of mediators vouches for: the q-th latest of their latest `at` (rule 7)."""
        latest = sorted(self.times.values(), reverse=True)
        return latest[self.mediator_quorum - 1] if len(latest) >= self.mediator_quorum else None

    def day_at(self, index: int) -> Day | None:
        """The day that it was, in log time, once the entry at this index was taken in."""
        at = bisect_right(self.days, index, key=lambda each: each[0])
        return self.days[at - 1][1] if at else None

    def suspended_at(self, index: int) -> bool:
        return any(s.since < index and (s.until is None or s.until >= index) for s in self.suspensions)

    def side_of(self, party: str) -> str:
        """The side on which a party stands; its own name as long as no terms have put it on one."""
        for side, parties in self.sides.items():
            if party in parties:
                return side
        return party

    def put(self, person: Person) -> None:
        """Keep a person anew, and note where somebody must be looked at again before they are counted."""
        self.standing.note(self.persons.get(person.number), person)
        cast(dict[str, Person], self.persons)[person.number] = person
        if person.doubtful:
            spots = {(right.stage, right.place) for right in person.rights}
            for spot in sorted(spots | {word.due for word in person.words if word.due is not None}):
                self.add(self.doubtful, place_key(*spot), person.number)

    def recall(self, what: Hashable, stage: str, place: str, count: Callable[[], T]) -> T:
        """What was counted at this place before, if all that a count reads is as it was; or `count()` now.

        Args:
            what: the name of the count, with all else that it reads (`standing.py`).
        """
        at = self.stages[stage]
        basis = (self.persons, self.slots)
        return self.standing.recall(what, (stage, place), at.places[place], at.date, basis, count)

    def census(self, of: Callable[[Person], K | None]) -> Mapping[K, int]:
        """How many people are of each kind, counted once over everybody and from then on as they are written.

        Args:
            of: a function of the module that asks, which reads nothing but the person; None for whom it leaves out.
        """
        return self.standing.census(of, self.persons)

    def once(self, what: Hashable, count: Callable[[], T]) -> T:
        """What `count` gives, worked out once as long as no entry comes in."""
        return self.standing.once(what, self.size, count)

    def those(self, holds: Callable[[Person], bool]) -> Set[str]:
        """The numbers of those of whom it holds, looked for once and from then on as people are written: for few.

        Args:
            holds: a function of the module that asks, which reads nothing but the person.
        """
        return self.standing.those(holds, self.persons)

    def add(self, table: dict[str, tuple[Opaque, ...]], key: str, number: Opaque) -> None:
        """Note a number in one of the tables by place."""
        numbers = table.get(key, ())
        if number not in numbers:
            table[key] = tuple(sorted((*numbers, number)))

    def known_to_fall(self, ref: str, judged: int) -> bool:
        """Whether somebody who had seen `judged` entries can have known that this event is void."""
        index = self.events.get(ref, 0)
        return index < 0 and -1 - index < judged

    def key_at(self, author: str, index: int) -> KeyGrant | None:
        """The author's key that was valid when the ledger had `index` entries: the latest that has cooled off."""
        for grant in reversed(self.keys.get(author, ())):
            held = grant.since < index and (grant.until is None or grant.until >= index)
            if held and not self.is_before(grant.stands_from):
                return grant
        return None

    def is_before(self, moment: Moment | None) -> bool:
        """Whether log time has not come to that moment yet."""
        return moment is not None and (self.log_time or "") < moment


def place_key(stage: str, place: str, who: str | None = None) -> str:
    """Where what concerns one place of one stage stands, or one desk's or side's part of it."""
    return f"{stage}/{place}" if who is None else f"{stage}/{place}/{who}"


_NAMES = tuple(item.name for item in fields(State) if item.compare)


# --- snapshots ------------------------------------------------------------------------------------------------------


def dump_state(state: State) -> bytes:
    """A snapshot: canonical JSON. Disposable, since the ledger gives the same state again."""
    raw = {name: plain(getattr(state, name)) for name in _NAMES if name != "leaves"}
    raw["leaves"] = base64.b64encode(bytes(state.leaves)).decode()
    return encode(raw)


def load_state(data: bytes) -> State:
    """The state in a snapshot.

    Raises:
        ValueError: the snapshot is not one that `dump_state` of this version wrote.
    """
    raw = decode(data)
    if not isinstance(raw, dict) or set(raw) != set(_NAMES):
        raise ValueError("not a snapshot of this version")
    try:
        return _revived(raw)
    except (AttributeError, TypeError) as error:
        raise ValueError("not a snapshot of this version") from error


def _revived(raw: dict[str, Any]) -> State:
    state = State()
    for name in _NAMES:
        if name == "leaves":
            state.leaves = Leaves(base64.b64decode(raw[name]))
        elif name == "events":
            state.events = {event: _index(at) for event, at in raw[name].items()}
        elif _HINTS[name] is str:
            setattr(state, name, str(raw[name]))
        elif get_origin(_HINTS[name]) is list:
            setattr(state, name, [revive(_HINTS[name].__args__[0], item) for item in raw[name]])
        else:
            setattr(state, name, revive(_HINTS[name], raw[name]))
    return state


_HINTS: dict[str, Any] = get_type_hints(State)


def state_hash(state: State) -> str:
    """SHA-256 over the snapshot: the same on every machine that folded the same ledger."""
    return hashlib.sha256(dump_state(state)).hexdigest()


def narrowed(state: State, stage: str, place: str) -> State:
    """What a desk needs of the state: its stage and place, the people on that manifest, members and keys.

    Of the events it keeps those that a desk's own may have to name: what happened to these people so far.
    """
    twin = state.fork(provisional=True)
    found = state.stages.get(stage)
    here: set[str] = set()
    if found is not None and place in found.places:
        here |= set(found.places[place].manifest)
    here |= {number for number, slot in state.slots.items() if slot == (stage, place)}
    twin.persons = {number: person for number, person in state.persons.items() if number in here}
    twin.slots = {number: slot for number, slot in state.slots.items() if number in here}
    acts = {act for person in twin.persons.values() for act in person.acts}
    twin.events = {act: state.events[act] for act in sorted(acts)}
    twin.moved = {number: event for number, event in state.moved.items() if number in twin.persons}
    twin.stages = {}
    if found is not None:
        twin.stages[stage] = replace(found, places={name: at for name, at in found.places.items() if name == place})
    twin.receipts = {event: numbers for event, numbers in state.receipts.items() if event in twin.events}
    twin.fallen = {event: it for event, it in state.fallen.items() if (it.stage, it.place) == (stage, place)}
    twin.events |= {event: state.events[event] for event in twin.fallen}
    for name in ("books", "hands", "doubtful", "settled"):
        table = getattr(state, name)
        setattr(twin, name, {key: table[key] for key in table if f"{key}/".startswith(place_key(stage, place, ""))})
    twin.assents, twin.papers, twin.registers, twin.letters, twin.refusals = {}, {}, {}, {}, []
    twin.boards, twin.deadlines, twin.sightings = {}, {}, {}
    twin.erased, twin.findings = {}, {}
    return twin


def _index(raw: Any) -> int:
    """A place in the ledger; below zero for an event that was refused there."""
    if type(raw) is not int:
        raise ValueError("not a place in the ledger")
    return raw
