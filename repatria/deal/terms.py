"""The terms of a round as data: what was agreed, in a form that the fold, the planner and the verifier all read.

Officers write terms in TOML. Two things come out of one text:

* the *ledger form*: totals, stages, places, bounds, dates. It is an attachment that everyone who holds the
  ledger can read, so it says nothing of ages, ranks or medicine;
* the *annex*: the categories as predicates over the record, and the quotas. It travels sealed to the parties and
  mediators; the ledger form carries only its salted hash, so that an outsider cannot guess it by trying.

No term sets a price on a person: totals join numbers of people. Where the terms say that the exchange is historical,
one of the past told again, a category may say how many points such a person stood for, and totals and bounds are in
points (GC IV 34; DESIGN rule 12).

    >>> terms, problems = parse_terms(EXAMPLE, salt=b"0" * 32)
    >>> problems, terms.totals == {"north": 10, "south": 12}, [stage.stage for stage in terms.stages]
    ([], True, ['s1'])
    >>> decode_terms(encode_terms(terms)) == terms
    True
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from repatria.deal.classes import EXCHANGE
from repatria.deal.limit import (
    ACCOUNTED,
    BOUNDED,
    LIMIT,
    LIMITED,
    MARKED,
    OUTSIDE,
    WINDOW,
    Limit,
    Whom,
    Window,
    read_limits,
    read_windows,
    sentence,
    window_sentence,
)
from repatria.deal.reader import Reader
from repatria.deal.shape import (
    Count,
    Day,
    Key,
    ListOf,
    PerMember,
    PerSide,
    Slug,
    Table,
    Text,
    Yes,
    names,
)
from repatria.ledger.canonical import NotCanonical, decode, encode
from repatria.message import Message, Name
from repatria.people.person import IDENTITY_FIELDS
from repatria.problem import Problem

EXAMPLE = """
round = "2025-1"
parties = ["north", "south"]
neutral = "cross"
target_date = 2025-12-31
answers_due = 2025-12-01
chance_days = 7
bound = 6
undertakings = ["gc3-117"]

[totals]  # by side: each party is a side of its own, unless [sides] puts several on one
north = 10
south = 12

[[stages]]
stage = "s1"
date = 2025-12-10
safe_place = "school"
  [[stages.places]]
  place = "bridge"
  bound = 3
  capacity = { north = 40, south = 40 }

[[category]]
id = "everyone"
tier = 1
counts = true
"""

# A chance to decline is never older than this. The rules version pins it; law/figures.toml says where it comes from.
CHANCE_DAYS_MAX = 7
IDENTITY, PROOF_OF_LIFE = "identity", "proof-of-life"  # what terms can ask the neutral for, before a stage opens
POINTS = ("points", "equivalence")  # what terms call a scale that weighs people against each other
ANNEX = ("category", "quota")  # what stays in the sealed annex, and out of the ledger form
# Acts for which terms may ask for signatures of further members, besides those that every exchange needs.
TERMS, FINAL_LIST, PLAN, STAGE_OPEN, ROUND_CLOSE = "terms", "final_list", "plan", "stage_open", "round_close"
SIGNED_ACTS = (TERMS, FINAL_LIST, PLAN, STAGE_OPEN, ROUND_CLOSE)
HOLDER, NEUTRAL = "holder", "neutral"  # whom terms mean by these words in [disclosure]; others are members by name

EMBARGO_MOST = 3650  # days; ten years
ROUND_MAX = 7  # parties; more have so many closed rounds that nobody could check them
# What terms may call firm, besides single limits and windows.
TOTALS, CAPACITY, EVERYONE, TOLERANCE, ROUNDS = "totals", "capacity", "everyone", "tolerance", "closed_rounds"
MAY_GIVE_WAY = (TOTALS, CAPACITY, EVERYONE, TOLERANCE, ROUNDS)

# What may stand in the ledger form, and what it means. The parser knows keys and limits from here.
_SIGNERS = ListOf(Slug(), least=1, once=True)
SIGNING = Count(1, 99)
SIGNATURES = (
    Key(TERMS, _SIGNERS, "who signs terms, and amendments of those in force, besides the parties", default=None),
    Key(FINAL_LIST, _SIGNERS, "who signs each half of the final list besides the parties; it is shown the rows",
        default=None),
    Key(PLAN, _SIGNERS, "who signs the plan besides the parties and a mediator", default=None),
    Key(STAGE_OPEN, _SIGNERS, "on whose word a stage opens, besides the parties and a mediator", default=None),
    Key(ROUND_CLOSE, _SIGNERS, "who closes the round besides parties, mediators, neutrals and hosts", default=None),
)  # fmt: skip
DISCLOSURE = (
    Key("to", ListOf(Slug(), least=1, once=True),
        "who may be shown a register of the sought: `holder` (every party of the other side), `neutral`, or members by"
        " name"),
    Key("fields", ListOf(Text(IDENTITY_FIELDS), least=1, once=True), "which fields of a person it shows",
        article="GC III 17", default=list(IDENTITY_FIELDS), told_default="all of them"),
)  # fmt: skip
VEHICLE = (
    Key("vehicle", Slug(), "what it is called, such as `bus-1`; a vehicle that comes twice has a name each time"),
    Key("side", Slug(), "whose people ride in it"),
    Key("seats", Count(0), "how many sit in it", unit="people"),
    Key("stretchers", Count(0), "how many lie in it; nobody sits on a stretcher", unit="people", default=0),
)
PLACE = (
    Key("place", Slug(), "the point of handover"),
    Key("bound", Count(1), "how far one side may be ahead at this place; those of a stage add up to the bound at most",
        unit="people of the larger direction"),
    Key("capacity", PerSide(Count(0)), "how many people of each side the place can take on that day"),
    MARKED,
    ACCOUNTED,
    Key("vehicles", ListOf(Table(VEHICLE, "stages.places.vehicles")),
        "what leaves the place whole, each once on that day; a side that has any there brings everyone in them",
        default=[], told_default="people walk, families together"),
)  # fmt: skip
STAGE = (
    Key("stage", Slug(), "one day of handing over; its name stays its own in later rounds"),
    Key("date", Day(), "its day; stages stand in the order of their days"),
    Key("safe_place", Slug(), "where people wait if a stage stops; nobody past the last gate is turned back"),
    Key("places", ListOf(Table(PLACE, "stages.places"), least=1), "the points of handover on that day"),
)  # fmt: skip
KEYS = (
    Key("round", Slug(), "the round that these terms are for, as it was activated"),
    Key("parties", ListOf(Slug(), least=2, once=True), "every party to the exchange"),
    Key("sides", PerSide(ListOf(Slug(), least=1, once=True)),
        "which parties stand together, where there are more than two: the balance has two sides", default=None,
        told_default="each of two parties by itself"),
    Key("neutral", Slug(), "who asks people in private and lets them through the last gate", article="Non-refoulement"),
    Key("totals", PerSide(Count(1)), "how many people inside the ratio each side hands over; in a historical exchange"
        " points", unit="people"),
    Key("bound", Count(1), "how far one side may be ahead of what the other has offered",
        unit="people of the larger direction"),
    Key("tolerance", Count(0), "then the totals are the most: as many go as leave no side further ahead than that"
        " at the end", unit="people of the larger direction", default=None, told_default="the totals are met exactly"),
    Key("party_tolerance", Count(0), "by how much what a party gives and what it is given may differ at the end, inside"
        " the ratio; for equal totals", unit="people", default=None, told_default="no limit"),
    Key("closed_rounds", Count(2, ROUND_MAX), "then all that is given inside the ratio is part of closed rounds: each"
        " of so many parties at most gives one to the next; for equal totals", unit="parties", default=None,
        told_default="nobody asks for rounds"),
    Key("firm", ListOf(Text(MAY_GIVE_WAY), once=True), "what is never told as something that could give way where terms"
        " cannot be met. Bounds never are, nor that all of those outside the ratio go", default=[],
        told_default="totals, capacities and the like may"),
    Key("stages", ListOf(Table(STAGE, "stages"), least=1), "the days and places of handing over"),
    Key("limit", ListOf(Table(LIMIT, "limit", LIMITED)), "at least, or at most, so many of some people", default=[],
        told_default="none"),
    Key("window", ListOf(Table(WINDOW, "window", BOUNDED)), "who goes in some stages, or at some places, only",
        default=[], told_default="none"),
    Key("answers_due", Day(), "by when every name of a register has its answer; a blank after it is a breach"),
    Key("target_date", Day(), "by when people shall be home; ages and captivity are counted to this day"),
    Key("chance_days", Count(1, CHANCE_DAYS_MAX), "how long before the stage a chance to decline may lie at most",
        unit="days", article="Non-refoulement"),
    Key("embargo_days", Count(1, EMBARGO_MOST), "how long after the day of a stage its counts are not told in public,"
        " nor those of stages that were over later", unit="days", default=None,
        told_default="counts may be told as soon as the stage is over"),
    Key("undertakings", ListOf(Slug()), "what the parties undertake, such as `gc3-117`: no active service for whoever"
        " returns", article="GC III 117", default=[], told_default="none"),
    Key("requires", ListOf(Text((IDENTITY, PROOF_OF_LIFE)), once=True),
        "what the neutral must have said of everybody who is to go in a stage, before it opens", default=[],
        told_default="nothing besides the chance to decline"),
    Key("historical", Yes(), "one of the past, told again: only then may people stand for points", article="GC IV 34",
        default=False),
    Key("signatures", Table(SIGNATURES, "signatures"), "members whose signature is needed besides the usual ones",
        default={}, told_default="nobody"),
    Key("quorums", PerMember(SIGNING),
        "how many of a member's signatories sign terms, lists, plan and close: more than its own quorum, never fewer",
        unit="signatories", default=None, told_default="as many as each member's quorum in the opening"),
    Key("lying", Text((), "[a-z]"), "the mark of those who need a stretcher in a vehicle", article="GC III 16",
        default=None, told_default="nobody does"),
    Key("disclosure", Table(DISCLOSURE, "disclosure"), "to whom a register of the sought may be shown, and with what",
        article="GC III 17", default=None, told_default="to any member, every identity field"),
)  # fmt: skip
# Which are the sides follows from the parties, where there are two of them.
JOINED = {"if": {"properties": {"parties": {"type": "array", "minItems": 3}}}, "then": {"required": ["sides"]}}


@dataclass(frozen=True)
class VehicleTerms:
    """What leaves a place whole, once in a stage, with people of one side."""

    vehicle: str
    side: str
    seats: int
    stretchers: int


@dataclass(frozen=True)
class PlaceTerms:
    """One point of handover in one stage: how many people each side can bring, in which vehicles where it has any, and
    its own balance bound."""

    place: str
    bound: int  # k_j, in people of the larger direction
    capacity: dict[str, int]  # side -> people
    marked: Mapping[str, int] = field(default_factory=dict)  # mark -> people of both sides
    accounts: Mapping[str, int] = field(default_factory=dict)  # account -> people of both sides
    vehicles: tuple[VehicleTerms, ...] = ()


@dataclass(frozen=True)
class StageTerms:
    stage: str
    date: str
    safe_place: str
    places: tuple[PlaceTerms, ...]


@dataclass(frozen=True)
class Disclosure:
    """What a register of the sought may show, and to whom: `holder` (every party of the other side), `neutral`, or
    members by name; and which of the identity fields."""

    to: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """The ledger form. `totals` counts people inside the ratio that each side hands over in this round.

    However many parties there are, what is balanced has two sides: `sides` says which parties stand together. With two
    parties each is a side by itself, called by its own name.
    """

    round: str
    parties: tuple[str, ...]
    sides: dict[str, tuple[str, ...]]  # side -> its parties, sorted
    neutral: str
    totals: dict[str, int]
    bound: int  # k, in people of the larger direction
    stages: tuple[StageTerms, ...]
    answers_due: str
    target_date: str
    chance_days: int
    undertakings: tuple[str, ...]
    annex: str  # SHA-256(salt || annex text), hex
    historical: bool = False
    signatures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # act -> members besides the usual ones
    quorums: Mapping[str, int] = field(default_factory=dict)  # member -> how many of its signatories sign such an act
    disclosure: Disclosure | None = None  # None: to any member, every identity field
    requires: tuple[str, ...] = ()  # of everybody who is to go in a stage: identity, proof-of-life
    tolerance: int | None = None  # None: totals are met exactly
    party_tolerance: int | None = None
    closed_rounds: int | None = None  # the most parties of one; None: nobody asks for them
    firm: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    windows: tuple[Window, ...] = ()
    lying: str | None = None  # the mark of those who need a stretcher
    embargo_days: int | None = None  # from the day of a stage until its counts may be told in public

    def besides(self, act: str) -> tuple[str, ...]:
        """The members whose signature these terms ask for, for one of `SIGNED_ACTS`, besides the usual ones."""
        return self.signatures.get(act, ())

    def may_read(self, owner: str, member: str) -> bool:
        """Whether a register of the sought of one party may be disclosed to a member."""
        if self.disclosure is None or member in self.disclosure.to:
            return True
        if member == self.neutral:
            return NEUTRAL in self.disclosure.to
        facing = member in self.parties and self.side_of(member) != self.side_of(owner)
        return facing and HOLDER in self.disclosure.to

    def side_of(self, party: str) -> str:
        """The side on which a party stands."""
        return next(side for side, members in self.sides.items() if party in members)

    def other_side(self, side: str) -> str:
        return next(other for other in self.sides if other != side)

    @property
    def grid(self) -> dict[str, list[str]]:
        """Every stage with its places."""
        return {stage.stage: [place.place for place in stage.places] for stage in self.stages}

    def stage(self, stage: str) -> StageTerms | None:
        return next((each for each in self.stages if each.stage == stage), None)


def marks_of(terms: Terms) -> set[str]:
    """The letters by which terms count people."""
    whom = [*(each for limit in terms.limits for each in limit.whom), *(window.whom for window in terms.windows)]
    places = [place for stage in terms.stages for place in stage.places]
    return {each.mark for each in whom if each.mark} | {mark for place in places for mark in place.marked}


def limits_in_words(terms: Terms) -> Iterator[Message]:
    """What every clause besides totals, seats, bounds and days says, a sentence each, for every language."""
    if terms.tolerance is not None:
        yield Message("limit.tolerance", {"n": terms.tolerance})
    if terms.party_tolerance is not None:
        for party in terms.parties:
            yield Message("limit.party", {"party": Name(party)}, terms.party_tolerance)
    if terms.closed_rounds is not None:
        yield Message("limit.rounds", {"n": terms.closed_rounds})
    if terms.embargo_days is not None:
        yield Message("limit.embargo", {}, terms.embargo_days)
    for limit in terms.limits:
        yield sentence(limit)
    for window in terms.windows:
        yield window_sentence(window)
    for stage in terms.stages:
        for place in stage.places:
            where = Message("limit.where", {"place": Name(place.place), "stage": Name(stage.stage)})
            for each in place.vehicles:
                whose = {"vehicle": Name(each.vehicle), "side": Name(each.side)}
                room = {"seats": each.seats, "stretchers": each.stretchers}
                yield Message("limit.place.vehicle", {"where": where, **whose, **room})
            for name, most in sorted(place.marked.items()):
                yield Message("limit.place.marked", {"where": where, "name": name}, most)
            for name, most in sorted(place.accounts.items()):
                yield Message("limit.place.account", {"where": where, "which": Message(f"limit.account.{name}")}, most)
    firm = [Message(f"limit.firm.{name}") for name in terms.firm]
    single = [*(each.id for each in terms.limits if each.firm), *(each.id for each in terms.windows if each.firm)]
    firm += [Message("limit.firm.limit", {"id": Name(name)}) for name in single]
    if firm:
        yield Message("limit.firm", {"which": tuple(firm)})


def alone(parties: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Each party a side of its own."""
    return {party: (party,) for party in sorted(parties)}


def chance_is_fresh(asked: date, stage: date, days: int) -> bool:
    """Whether a chance to decline given on one day still serves a stage on another, at most so many days later."""
    return 0 <= (stage - asked).days <= days


def annex_hash(salt: bytes, text: str) -> str:
    """The hash that binds the sealed annex; `salt` is 32 random bytes that travel inside the seal."""
    return hashlib.sha256(b"repatria/annex/v1\x00" + salt + text.encode()).hexdigest()


def encode_terms(terms: Terms) -> bytes:
    """The attachment's canonical bytes."""
    return encode(
        {
            "v": 1,
            "kind": "terms",
            "round": terms.round,
            "parties": list(terms.parties),
            "sides": {side: list(parties) for side, parties in terms.sides.items()},
            "neutral": terms.neutral,
            "totals": dict(terms.totals),
            "bound": terms.bound,
            "stages": [
                {
                    "stage": stage.stage,
                    "date": stage.date,
                    "safe_place": stage.safe_place,
                    "places": [
                        {
                            "place": p.place, "bound": p.bound, "capacity": dict(p.capacity),
                            **({"marked": dict(p.marked)} if p.marked else {}),
                            **({"accounts": dict(p.accounts)} if p.accounts else {}),
                            **({"vehicles": [vars(each) for each in p.vehicles]} if p.vehicles else {}),
                        }
                        for p in stage.places
                    ],
                }
                for stage in terms.stages
            ],
            "answers_due": terms.answers_due,
            "target_date": terms.target_date,
            "chance_days": terms.chance_days,
            "undertakings": list(terms.undertakings),
            "annex": terms.annex,
            "historical": terms.historical,
            "signatures": {act: list(members) for act, members in terms.signatures.items()},
            "disclosure": None
            if terms.disclosure is None
            else {"to": list(terms.disclosure.to), "fields": list(terms.disclosure.fields)},
            **({"quorums": dict(terms.quorums)} if terms.quorums else {}),
            **({"requires": list(terms.requires)} if terms.requires else {}),
            **_given(terms, "tolerance", "party_tolerance", "closed_rounds", "embargo_days"),
            **({"firm": list(terms.firm)} if terms.firm else {}),
            **({"limit": [_limit_table(each) for each in terms.limits]} if terms.limits else {}),
            **({"window": [_window_table(each) for each in terms.windows]} if terms.windows else {}),
            **({"lying": terms.lying} if terms.lying is not None else {}),
        }
    )  # fmt: skip


def _given(of: object, *fields: str) -> dict[str, Any]:
    return {name: value for name in fields if (value := getattr(of, name)) is not None}


def _limit_table(limit: Limit) -> dict[str, Any]:
    return {
        "id": limit.id,
        "whom": [_whom_table(each) for each in limit.whom],
        **_given(limit, "at_least", "at_most"),
        **({"each": list(limit.each)} if limit.each else {}),
        **({"firm": True} if limit.firm else {}),
    }


def _window_table(window: Window) -> dict[str, Any]:
    return {"id": window.id, **_whom_table(window.whom), **({"firm": True} if window.firm else {})}


def _whom_table(whom: Whom) -> dict[str, Any]:
    """What it says, and nothing of what it leaves open."""
    usual = Whom()
    said = {name: value for name, value in vars(whom).items() if value != getattr(usual, name)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}


@lru_cache(maxsize=16)  # the fold asks for the terms in force at every release
def decode_terms(data: bytes) -> Terms:
    """The terms in an attachment.

    Raises:
        ValueError: the bytes are not a well-formed ledger form of terms.
    """
    try:
        raw = decode(data)
    except NotCanonical as error:
        raise ValueError("terms are not canonical JSON") from error
    if not isinstance(raw, dict) or raw.get("kind") != "terms" or raw.get("v") != 1:
        raise ValueError("not terms, version 1")
    body = {key: value for key, value in raw.items() if key not in ("kind", "v", "annex")}
    terms, problems = read_terms(body, str(raw.get("annex")))
    if terms is None or problems or encode_terms(terms) != data:
        raise ValueError("terms are not well formed")
    return terms


def parse_terms(text: str, salt: bytes, where: str = "terms") -> tuple[Terms | None, list[Problem]]:
    """Terms from an officer's TOML, or every problem in it at once. The categories stay in the annex."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return None, [Problem("terms.toml", where, f"not TOML ({error})", "correct the syntax at that place")]
    for name in ANNEX:
        raw.pop(name, None)
    raw.pop("about", None)  # where the terms come from, in an agreement that is shipped; it is not a term
    return read_terms(raw, annex_hash(salt, text), where)


def annex_categories(text: str) -> Any:
    """The category tables of the annex, in the order in which they are tried."""
    return _tables(text).get("category", [])


def annex_quotas(text: str) -> Any:
    """The quota tables of the annex."""
    return _tables(text).get("quota", [])


def _tables(text: str) -> dict[str, Any]:
    """The tables of an annex, which somebody else may have written: none where it is no TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def read_terms(raw: Any, annex: str, where: str = "terms") -> tuple[Terms | None, list[Problem]]:
    """Terms from the table of a ledger form, without annex, or every problem in it at once."""
    reader = Reader(where)
    for scale in POINTS:
        if isinstance(raw, dict) and scale in raw:
            raw = {key: value for key, value in raw.items() if key != scale}
            reader.bad(
                scale,
                "not a term; in an exchange marked historical each category says its points",
                "join totals by a ratio instead; a person has no price",
                "terms.price",
                "GC IV 34",
            )
    raw = reader.table(raw, "", KEYS)
    listed = raw.get("parties")
    parties = tuple(reader.slug(p, "parties") for p in listed) if isinstance(listed, list | tuple) else ()
    if len(parties) < 2 or len(set(parties)) != len(parties):
        reader.bad("parties", "fewer than two parties, or one named twice", "name each party once")
    sides = _sides(reader, raw.get("sides"), parties)
    totals_raw = raw.get("totals")
    totals = {
        side: reader.count(totals_raw.get(side) if isinstance(totals_raw, dict) else None, f"totals.{side}", Count(1))
        for side in sides
    }
    for name in sorted(set(totals_raw) - set(sides)) if isinstance(totals_raw, dict) else []:
        reader.bad(f"totals.{name}", "not one of the sides", "remove it")
    bound: int = reader.take(raw, KEYS, "bound")
    stages_raw = raw.get("stages")
    stages = tuple(
        _stage(reader, stage, tuple(sides), bound, i) for i, stage in enumerate(stages_raw, 1)
    ) if isinstance(stages_raw, list | tuple) else ()  # fmt: skip
    if not stages:
        reader.bad("stages", "no stage", "give at least one stage with a date and a place")
    if len({stage.stage for stage in stages}) != len(stages):
        reader.bad("stages", "two stages have the same identifier", "give each its own")
    if [stage.date for stage in stages] != sorted(stage.date for stage in stages):
        reader.bad("stages", "the stages do not stand in the order of their dates", "sort them by date")
    target: str = reader.take(raw, KEYS, "target_date")
    if stages and stages[-1].date > target:
        reader.bad("target_date", "the last stage comes after it", "move the stage or the target date")
    grid = {stage.stage: [place.place for place in stage.places] for stage in stages}
    historical: bool = reader.take(raw, KEYS, "historical")
    _joined_with_totals(reader, raw, totals, parties)
    _nowhere_any(reader, stages)
    chance = raw.get("chance_days")
    if type(chance) is int and chance > CHANCE_DAYS_MAX:
        reader.bad("chance_days", f"{chance} days; at most {CHANCE_DAYS_MAX}", "a chance to decline must be recent",
                   "terms.chance", "Non-refoulement")  # fmt: skip
        chance = CHANCE_DAYS_MAX
    chance = reader.count(chance, "chance_days", Count(1, CHANCE_DAYS_MAX))
    terms = Terms(
        round=reader.take(raw, KEYS, "round"),
        parties=parties,
        sides=sides,
        neutral=reader.take(raw, KEYS, "neutral"),
        totals=totals,
        bound=bound,
        stages=stages,
        answers_due=reader.take(raw, KEYS, "answers_due"),
        target_date=target,
        chance_days=chance,
        undertakings=reader.take(raw, KEYS, "undertakings"),
        annex=annex,
        historical=historical,
        signatures=_signatures(reader, raw.get("signatures", {}), parties),
        quorums=_quorums(reader, raw.get("quorums")),
        disclosure=_disclosure(reader, raw.get("disclosure")),
        requires=tuple(sorted(reader.take(raw, KEYS, "requires"))),
        tolerance=reader.take(raw, KEYS, "tolerance"),
        party_tolerance=reader.take(raw, KEYS, "party_tolerance"),
        closed_rounds=reader.take(raw, KEYS, "closed_rounds"),
        firm=tuple(sorted(reader.take(raw, KEYS, "firm"))),
        limits=read_limits(reader, raw.get("limit"), grid, sides, parties, historical),
        windows=read_windows(reader, raw.get("window"), grid, sides, parties),
        lying=_lying(reader, raw.get("lying")),
        embargo_days=reader.take(raw, KEYS, "embargo_days"),
    )
    return (None if reader.problems else terms), reader.problems


def _joined_with_totals(
    reader: Reader, raw: Mapping[str, Any], totals: Mapping[str, int], parties: Sequence[str]
) -> None:
    """What is counted party by party stands one against one."""
    asked = [name for name in ("party_tolerance", "closed_rounds") if name in raw]
    for name in asked if len(set(totals.values())) > 1 else ():
        reader.bad(name, "totals that differ, and parties among whom one stands against one", "give equal totals")
    for name in asked if len(parties) == 2 else ():
        reader.bad(name, "two parties, whom the totals and the bound join already", "leave it out")


def taken_nowhere(places: Sequence[Mapping[str, int]]) -> list[str]:
    """Of places' room by mark, or by account: what no place takes any of, and may stand outside the ratio."""
    names_ = sorted({name for room in places for name in room} - {EXCHANGE})
    return [name for name in names_ if all(room.get(name) == 0 for room in places)]


def _nowhere_any(reader: Reader, stages: Sequence[StageTerms]) -> None:
    places = [place for stage in stages for place in stage.places]
    for kind, room in (("marked", [p.marked for p in places]), ("accounts", [p.accounts for p in places])):
        for name in taken_nowhere(room):
            reader.bad(f"stages.places.{kind}.{name}", "no place takes any of them on any day",
                       "let one place take them: nothing may keep those outside the ratio from going", OUTSIDE,
                       "GC III 109(1)")  # fmt: skip


def _sides(reader: Reader, raw: Any, parties: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Which parties stand together: two sides, every party on exactly one."""
    if raw is None and len(parties) == 2:
        return alone(parties)
    if not isinstance(raw, dict) or len(raw) != 2:
        reader.bad("sides", "not a table of two sides", "put every party on one of two sides, such as [sides]")
        return alone(parties[:2])
    sides = {
        reader.slug(side, "sides"): tuple(sorted(reader.slug(party, f"sides.{side}") for party in members))
        if isinstance(members, list | tuple)
        else ()
        for side, members in sorted(raw.items())
    }
    if sorted(party for members in sides.values() for party in members) != sorted(parties) or not all(sides.values()):
        reader.bad("sides", "a party is missing, named twice or unknown", "put every party on exactly one side")
    if any(side in parties and members != (side,) for side, members in sides.items()):
        reader.bad("sides", "a side of several parties bears the name of one", "give it a name of its own")
    return sides


def _signatures(reader: Reader, raw: Any, parties: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Act -> members, sorted; parties sign every one of these acts in any case."""
    raw = reader.table(raw, "signatures", SIGNATURES)
    found = {}
    for act in sorted(set(raw) & names(SIGNATURES)):
        members = reader.take(raw, SIGNATURES, act, "signatures")
        if set(members) & set(parties):
            reader.bad(f"signatures.{act}", "names a party, whose signature is needed in any case", "leave it out")
        found[act] = tuple(sorted(members))
    return found


def _quorums(reader: Reader, raw: Any) -> dict[str, int]:
    if raw is None:
        return {}
    if not isinstance(raw, dict) or not raw:
        reader.bad("quorums", "not a table of members", "write it as { north = 3 }")
        return {}
    return {
        reader.slug(member, "quorums"): reader.count(count, f"quorums.{member}", SIGNING)
        for member, count in sorted(raw.items())
    }


def _disclosure(reader: Reader, raw: Any) -> Disclosure | None:
    if raw is None:
        return None
    raw = reader.table(raw, "disclosure", DISCLOSURE)
    fields = reader.take(raw, DISCLOSURE, "fields", "disclosure")
    kept = tuple(name for name in IDENTITY_FIELDS if name in fields)
    return Disclosure(tuple(sorted(reader.take(raw, DISCLOSURE, "to", "disclosure"))), kept)


def _lying(reader: Reader, raw: Any) -> str | None:
    if raw is None or (isinstance(raw, str) and len(raw) == 1 and "a" <= raw <= "z"):
        return raw
    reader.bad("lying", "not a mark", "write the letter that the categories of those who lie have among their marks")
    return None


def _vehicles(reader: Reader, raw: Any, sides: tuple[str, ...], field: str) -> tuple[VehicleTerms, ...]:
    if not isinstance(raw, list | tuple):
        reader.bad(field, "not a list of vehicles", "write each as { vehicle = \"bus-1\", side = ..., seats = 40 }")
        return ()
    found = []
    for number, each in enumerate(raw, 1):
        at = f"{field}[{number}]"
        each = reader.table(each, at, VEHICLE)
        told = VehicleTerms(*(reader.take(each, VEHICLE, key.name, at) for key in VEHICLE))
        if told.side not in sides:
            reader.bad(f"{at}.side", "not one of the sides", "say whose people ride in it")
        if not told.seats + told.stretchers:
            reader.bad(at, "neither seats nor stretchers", "say how many it carries")
        found.append(told)
    if len({each.vehicle for each in found}) != len(found):
        reader.bad(field, "a vehicle is named twice", "give each its own name")
    return tuple(found)


def _stage(reader: Reader, raw: Any, sides: tuple[str, ...], bound: int, position: int) -> StageTerms:
    field = f"stages[{position}]"
    raw = reader.table(raw, field, STAGE)
    places = []
    listed = raw.get("places")
    for number, place_raw in enumerate(listed if isinstance(listed, list | tuple) else [], 1):
        at = f"{field}.places[{number}]"
        place_raw = reader.table(place_raw, at, PLACE)
        capacity = place_raw.get("capacity")
        places.append(
            PlaceTerms(
                place=reader.take(place_raw, PLACE, "place", at),
                bound=reader.take(place_raw, PLACE, "bound", at),
                capacity={
                    side: reader.count(
                        capacity.get(side) if isinstance(capacity, dict) else None, f"{at}.capacity.{side}", Count(0)
                    )
                    for side in sides
                },
                marked=reader.take(place_raw, PLACE, "marked", at) or {},
                accounts=reader.take(place_raw, PLACE, "accounts", at) or {},
                vehicles=_vehicles(reader, place_raw.get("vehicles", []), sides, f"{at}.vehicles"),
            )
        )
    if not places:
        reader.bad(f"{field}.places", "no point of handover", "give at least one place")
    if len({place.place for place in places}) != len(places):
        reader.bad(f"{field}.places", "a place is named twice", "give each place once")
    given = sum(place.bound for place in places)
    if given > bound:
        reader.bad(
            f"{field}.places", f"the bounds of its places add up to {given}; the bound of the terms is {bound}",
            "lower a place's bound or raise the bound of the terms", "terms.bound",
        )  # fmt: skip
    return StageTerms(
        stage=reader.take(raw, STAGE, "stage", field),
        date=reader.take(raw, STAGE, "date", field),
        safe_place=reader.take(raw, STAGE, "safe_place", field),
        places=tuple(places),
    )
