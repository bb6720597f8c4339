"""What a plan is about: units, classes, stages and places, and the rows that every plan must meet.

Each *unit* (a person, or a family or crew that goes together or not at all) has a number, its holder and the class of
each of its people. Units alike to every term are one *type*, and the units of a holder with one *stratum* label are
exactly one type. The holders are the sides of the balance. Where there are two, whoever goes from one goes to the
other; where there are more, each unit says to which it goes.

A holder's progress is `factor * weight` over its counted units (DESIGN 4.5); K = bound * greatest factor, and K_tj the
same of a place's own bound. `a_p` is the progress of holder p at place j of stage t, `d_p` that less the progress of
the units that go to p there: how far p is ahead. c_tp is how far p is ahead over all stages up to and with t. People
outside the ratio weigh nothing in totals and balance. Every term is a row, in whole numbers:

    total     what a holder's counted units weigh is its total; with a `tolerance`, at most
    even      with a tolerance: over the whole plan nobody is further ahead than that (ratio of totals, points)
    all       every unit of an `all` class goes
    seats     everyone of a holder at a place, counted or not, fits its capacity there; none given, no seats
    step      factor * weight of a counted unit at a place is at most K_tj
    place     |d_p| <= K_tj, so that the last desk of the day can still exercise its rights
    carry     c_{t-1,p} + sum_j min(K_tj, a_p) <= K: the worst any order of receipts can do
    stage     |c_tp| <= K (which place and carry imply; it is a row because it is what people ask)
    bounds    sum_j k_j <= k in each stage; a plan may narrow a place's bound, never widen it
    packages  what goes from party to party is made of closed rounds of so many parties at most
    rows      further terms, each a `Row`: quotas, stretchers and desks, windows, remains, a host's places

Carry is what makes the bound hold at every moment: places run side by side, each may be K_tj ahead at once,
and what earlier stages left open comes on top.

Objectives, each fixed before the next is asked for: (replanning: units kept in their slot;) people outside
the ratio who go, tier by tier; counted people who go, tier by tier and holder by holder; where units of one
tier have different weights, places shared as evenly as whole units allow; then, tier by tier, the fewest
stages waited; then places' bounds as wide as the terms have them.

    >>> PlanTerms({"north": 1200, "south": 1000}, 10, ()).factors
    {'north': 5, 'south': 6}
    >>> stratum(PersonClass("c" * 32, 1, 2, True, False)), stratum(PersonClass("d" * 32, 4, 0, False, True))
    ('2', '0/outside/all/weight-4')
    >>> stretchers = Row("stretchers", "at most 12 of mark b at the bridge on the first day",
    ...                  (Part(mark="b", stage="s1", place="bridge"),), most=12)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from repatria.deal.classes import EXCHANGE, REPATRIATION, PersonClass
from repatria.deal.ratio import factors as _factors
from repatria.deal.ratio import scaled as _scaled
from repatria.message import Message
from repatria.problem import Problem

Classes = Mapping[str, PersonClass]  # by class id; ids are random, so the tables of both holders join


@dataclass(frozen=True, order=True)
class Unit:
    """One indivisible unit on the final lists: its opaque number, which side holds it, and its class.

    Attributes:
        party: who of the side holds it; "" where the side is one party.
        to: where it goes; "" is the other side.
        others: the rest of a family or crew, each with number and class; they go with it or not at all.
        people: how many seats the unit takes; 0 is as many as its classes weigh.
    """

    number: str
    holder: str
    class_id: str
    party: str = ""
    to: str = ""
    others: tuple[tuple[str, str], ...] = ()
    people: int = 0

    @property
    def numbers(self) -> tuple[str, ...]:
        """Its own number, and those of the people who go with it."""
        return self.number, *(number for number, _ in self.others)


@dataclass(frozen=True)
class Vehicle:
    """What leaves a place whole, once in a stage: a bus, an ambulance, a flight."""

    vehicle: str
    seats: int
    stretchers: int = 0


@dataclass(frozen=True)
class Place:
    """A point of handover on the day of a stage. `capacity` is people per holder, `bound` is k_j in people.

    `vehicles` are those of a holder; where it has any, all its people there ride in them, and else they walk.
    """

    place: str
    capacity: Mapping[str, int]
    bound: int
    vehicles: Mapping[str, tuple[Vehicle, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """One day of handing over, at one or several places at once."""

    stage: str
    date: str
    places: tuple[Place, ...]


PEOPLE, POINTS = "people", "points"  # what a part of a row counts: everyone, or what counted people weigh


@dataclass(frozen=True)
class Part:
    """What a row counts: `by` times the people (or the points) whom all of the following fit, at the stages and places
    that it names. What is empty fits everybody, every stage and every place.

    `size`: the units of so many people or more, each as one; nothing is asked of their people then but the holder.
    """

    by: int = 1
    of: str = PEOPLE
    holder: str = ""
    party: str = ""
    to: str = ""
    account: str = ""
    mark: str = ""
    stage: str = ""
    place: str = ""
    size: int = 0


@dataclass(frozen=True)
class Row:
    """One more term, in a sentence and in whole numbers: at least, and at most, so many of what its parts count.

    Whoever is not going by the neutral's word counts in a row over the whole plan, as in the totals, and takes
    nothing of a row that names a stage or a place.
    """

    name: str
    sentence: str
    parts: tuple[Part, ...]
    least: int | None = None
    most: int | None = None
    told: Message | None = field(default=None, compare=False)  # the sentence for every language, made of data
    firm: bool = False  # it never gives way where terms cannot be met

    @property
    def words(self) -> Message | str:
        return self.told or self.sentence

    @property
    def whole(self) -> bool:
        """Whether it is about who goes, and not about when or where."""
        return not any(part.stage or part.place for part in self.parts)


@dataclass(frozen=True)
class PlanTerms:
    """What the terms say to a plan.

    Attributes:
        totals: the weight of counted units that each holder hands over; the holders are the sides of the balance.
        bound: k, in people of the direction with the larger step.
        starts: who opens a place while neither side is ahead, stage by stage in turn; without it the holders open in
            turn, place by place.
        tolerance: None: totals are met exactly. A number: totals are the most, and as many go as leave nobody further
            ahead of the proportion of totals than that, in people of the direction with the larger step.
        rows: further terms.
        packages: the most parties that a closed round may have; 0: nobody asks for rounds.
        firm: kinds of terms (as `conflict` names them) that parties have said never give way, besides firm rows.
        lying: the mark of those who need a stretcher in a vehicle; "": nobody does.
    """

    totals: Mapping[str, int]
    bound: int
    stages: tuple[Stage, ...]
    starts: tuple[str, ...] = ()
    tolerance: int | None = None
    rows: tuple[Row, ...] = ()
    packages: int = 0
    firm: frozenset[str] = frozenset()
    lying: str = ""

    @property
    def holders(self) -> tuple[str, ...]:
        return tuple(sorted(self.totals))

    @property
    def factors(self) -> dict[str, int]:
        if len(self.totals) > 2:  # a proportion joins two; among more, one person stands against one
            return dict.fromkeys(self.holders, 1)
        return reduced(self.totals)

    def receiver(self, unit: Unit | UnitType) -> str:
        """The side to which a unit goes."""
        if len(self.totals) > 2:
            return unit.to
        return next((holder for holder in self.totals if holder != unit.holder), "")

    def scaled(self, bound: int) -> int:
        """A bound in people as progress."""
        return _scaled(bound, self.factors)


@dataclass(frozen=True)
class Progress:
    """What happened since the plan that is being replaced.

    `done`: stages over and reconciled. `gone`: units that cannot go and do not count as offered (withdrawn).
    `offered`: units that do not go by the neutral's word; they keep their place in the sequence, count as
    offered there and in the total, and take no seat. `again`: units of done stages to be placed again
    (absent, withheld, substituted).
    """

    previous: Mapping[str, Any]
    done: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()


@dataclass(frozen=True, order=True)
class Member:
    """What terms may ask of one of a unit's people."""

    account: str
    marks: tuple[str, ...]
    weight: int  # in the balance; 0 outside it


@dataclass(frozen=True, order=True)
class UnitType:
    """Units alike to every term. The order is the planner's: people outside the ratio, then tier by tier.

    A family has the first tier of its people, counts if anybody of it does, and goes if anybody of it must.
    """

    counts: bool
    tier: int
    holder: str
    weight: int
    all: bool
    people: int
    party: str = ""
    to: str = ""
    members: tuple[Member, ...] = ()

    @property
    def rank(self) -> tuple[int, int]:
        """Whose turn: everyone outside the ratio by tier, then everyone counted by tier."""
        return int(self.counts), self.tier

    @property
    def stratum(self) -> str:
        return label(self)


def reduced(totals: Mapping[str, int]) -> dict[str, int]:
    """The factor of each direction: what one counted person of that holder adds to progress."""
    return _factors(totals)


def unit_type(unit: Unit, classes: Classes) -> UnitType:
    """The type of a unit."""
    own = classes[unit.class_id]
    if not unit.others:
        people = unit.people or own.weight
        return UnitType(
            own.counts, own.tier, unit.holder, own.weight, own.all, people, unit.party, unit.to, (_member(own),)
        )
    all_of = [own, *(classes[class_id] for _, class_id in unit.others)]
    counted = [each for each in all_of if each.counts]
    weight = sum(each.weight for each in counted or all_of)
    return UnitType(
        bool(counted), min(each.tier for each in counted or all_of), unit.holder, weight,
        any(each.all for each in all_of), unit.people or len(all_of), unit.party, unit.to,
        tuple(sorted(map(_member, all_of))),
    )  # fmt: skip


def _member(of: PersonClass) -> Member:
    return Member(of.account, of.marks, of.weight if of.counts else 0)


def unit_types(units: Iterable[Unit], classes: Classes) -> dict[str, UnitType]:
    """The type of each unit, by its number; one object per type, so that large lists are quick."""
    known: dict[tuple[Any, ...], UnitType] = {}
    kinds = {}
    for unit in units:
        alike = (unit.holder, unit.class_id, unit.party, unit.to, unit.people, *(c for _, c in unit.others))
        kind = known.get(alike)
        if kind is None:
            kind = known[alike] = unit_type(unit, classes)
        kinds[unit.number] = kind
    one = {kind: kind for kind in known.values()}  # classes of two tables may say the same
    return {number: one[kind] for number, kind in kinds.items()} if len(one) < len(known) else kinds


def stratum(person_class: PersonClass) -> str:
    """Who is drawn against whom: units of one holder with this label. A plain class is its tier alone,
    "2"."""
    return unit_type(Unit("", "", person_class.class_id), {person_class.class_id: person_class}).stratum


def label(kind: UnitType) -> str:
    """A label that no two types of one holder share, as short as what sets the type apart from a plain one."""
    parts = [str(kind.tier)]
    parts += ["outside"] if not kind.counts else []
    parts += ["all"] if kind.all else []
    parts += [f"weight-{kind.weight}"] if kind.weight > 1 else []
    parts += [f"people-{kind.people}"] if kind.people != kind.weight else []
    parts += [f"of-{kind.party}"] if kind.party else []
    parts += [f"to-{kind.to}"] if kind.to else []
    usual = (Member(_usual(kind.counts), (), kind.weight if kind.counts else 0),)
    if kind.members != usual:
        parts += ["with-" + ".".join(_told(member, kind.counts) for member in kind.members)]
    return "/".join(parts)


def _usual(counts: bool) -> str:
    return EXCHANGE if counts else REPATRIATION


def _told(member: Member, counts: bool) -> str:
    account = "" if member.account == _usual(bool(member.weight)) else member.account
    return f"{member.weight}{account}{''.join(member.marks)}"


def check_input(units: tuple[Unit, ...], classes: Classes, terms: PlanTerms) -> list[Problem]:
    """Everything that keeps lists, classes and terms from being planned at all, before any search."""
    problems: list[Problem] = []

    def others(unit: Unit) -> set[str]:
        return set(terms.totals) - {unit.holder}

    if len(terms.totals) < 2 or any(total < 1 for total in terms.totals.values()):
        problems.append(
            Problem(
                "plan.terms.totals",
                "terms, totals",
                f"totals for {len(terms.totals)} holders; a plan needs two at least, each with 1 or more",
                "give each of the parties its total",
            )
        )
    if terms.packages and set(terms.factors.values()) != {1}:
        what = "rounds of parties, and totals that differ"
        problems.append(Problem("plan.terms.packages", "terms, packages", what, "give every side the same total"))
    problems += _row_problems(terms)
    seen: set[str] = set()
    for unit in units:
        where = f"lists, {unit.number}"
        if not seen.isdisjoint(unit.numbers) or (unit.others and len(set(unit.numbers)) <= len(unit.others)):
            problems.append(Problem("plan.list.twice", where, "on the lists twice", "correct the lists"))
        seen.update(unit.numbers)
        if unit.holder not in terms.totals:
            problems.append(
                Problem("plan.list.holder", where, "held by someone the totals do not name", "correct the lists")
            )
        if unit.class_id not in classes or any(class_id not in classes for _, class_id in unit.others):
            problems.append(
                Problem("plan.list.class", where, "its class is not in the signed tables", "sign a table with it")
            )
        elif len(terms.totals) > 2 and unit_type(unit, classes).counts and terms.receiver(unit) not in others(unit):
            what = "counted, and goes to none of the other sides"
            problems.append(Problem("plan.list.to", where, what, "say on the list where it goes"))
    ids = [stage.stage for stage in terms.stages]
    if not ids or len(set(ids)) != len(ids) or any(not stage.places for stage in terms.stages):
        problems.append(
            Problem(
                "plan.terms.stages",
                "terms, stages",
                "no stage, a stage named twice, or a stage without a place",
                "give every stage its own name and at least one place",
            )
        )
    for stage in terms.stages:
        given = sum(place.bound for place in stage.places)
        if given > terms.bound or len({place.place for place in stage.places}) != len(stage.places):
            problems.append(
                Problem(
                    "plan.terms.bounds",
                    f"terms, stage {stage.stage}",
                    f"the bounds of its places add up to {given}; the bound of the terms is {terms.bound}"
                    if given > terms.bound
                    else "a place is named twice",
                    "lower a place's bound or raise the bound of the terms"
                    if given > terms.bound
                    else "name each place once",
                )
            )
    return problems


def _row_problems(terms: PlanTerms) -> list[Problem]:
    """Rows that name nothing, the same as another, or a stage or place that is not there."""
    problems = []
    stages = {stage.stage for stage in terms.stages} | {""}
    places = {place.place for stage in terms.stages for place in stage.places} | {""}
    names = [row.name for row in terms.rows]
    for row in terms.rows:
        where = f"terms, row {row.name}"
        if names.count(row.name) > 1 or not row.name or not row.parts:
            problems.append(Problem("plan.terms.row", where, "no name of its own, or no part", "name each row once"))
        if (row.least is None and row.most is None) or (
            row.least is not None and row.most is not None and row.least > row.most
        ):
            problems.append(Problem("plan.terms.row", where, "no limit, or none between its two", "correct them"))
        for part in row.parts:
            if part.of not in (PEOPLE, POINTS):
                problems.append(Problem("plan.terms.row", where, "counts neither people nor points", "choose one"))
            if part.stage not in stages or part.place not in places:
                what = "names a stage or place that is not in the terms"
                problems.append(Problem("plan.terms.row", where, what, "name one of them"))
    return problems


_HEX32 = re.compile("[0-9a-f]{32}")
_HEX64 = re.compile("[0-9a-f]{64}")
PLAN_FIELDS = frozenset(
    ("v", "kind", "round", "terms", "lists", "freeze", "seed", "replaces", "stages", "levels", "packages"),
)


def shape_problems(plan: object) -> list[Problem]:
    """What keeps a value from being a plan document at all; whoever reads one asks this first."""

    def fields(value: object, *names: str) -> bool:
        return isinstance(value, Mapping) and set(value) == set(names)

    def bad(what: str) -> list[Problem]:
        return [Problem("plan.form", "plan", what, "ask its author for a well-formed plan")]

    if not isinstance(plan, Mapping) or set(plan) != PLAN_FIELDS:
        return bad("not an object with exactly " + ", ".join(sorted(PLAN_FIELDS)))
    if type(plan["v"]) is not int or plan["v"] != 1 or plan["kind"] != "plan":
        return bad('not kind "plan", version 1')
    lists = plan["lists"]
    if not isinstance(plan["round"], str) or not _is(_HEX64, plan["terms"]):
        return bad("round or terms are out of form")
    if not isinstance(lists, Mapping) or not all(isinstance(k, str) and _is(_HEX64, v) for k, v in lists.items()):
        return bad("lists is not a hash per holder")
    for name in ("freeze", "seed", "replaces"):
        if plan[name] is not None and not _is(_HEX64, plan[name]):
            return bad(f"{name} is neither null nor a hash")
    if not isinstance(plan["stages"], list | tuple) or not isinstance(plan["levels"], list | tuple):
        return bad("stages or levels is not a list")
    for level in plan["levels"]:
        if not fields(level, "name", "value", "bound", "exact") or not isinstance(level["name"], str):
            return bad("a level is not a name with value and bound, and whether it is exact")
        if type(level["value"]) is not int or type(level["bound"]) is not int or type(level["exact"]) is not bool:
            return bad("a level's value or bound is not a whole number, or exact neither true nor false")
    packages = plan["packages"]
    if not isinstance(packages, list | tuple):
        return bad("packages is not a list")
    for package in packages:
        if not fields(package, "parties", "times") or type(package["times"]) is not int or package["times"] < 1:
            return bad("a package is not a round of parties and how many times")
        parties = package["parties"]
        if not isinstance(parties, list | tuple) or not all(isinstance(party, str) for party in parties):
            return bad("a package's parties are not a list of names")
    for stage in plan["stages"]:
        if not fields(stage, "stage", "date", "places") or not isinstance(stage["places"], list | tuple):
            return bad("a stage is not a name and a date with places")
        if not isinstance(stage["stage"], str) or not isinstance(stage["date"], str):
            return bad("a stage's name or date is not a text")
        for place in stage["places"]:
            if not fields(place, "place", "bound", "sequence", "loads") or not isinstance(
                place["sequence"], list | tuple
            ):
                return bad("a place is not a name and a bound with a sequence and loads")
            if not isinstance(place["place"], str) or type(place["bound"]) is not int:
                return bad("a place's name or bound is out of form")
            for slot in place["sequence"]:
                if not isinstance(slot, list | tuple) or len(slot) != 2 or not isinstance(slot[1], str):
                    return bad("a sequence is not a list of number and holder")
                if not _is(_HEX32, slot[0]):
                    return bad("a number in a sequence is not 32 hex digits")
            if not isinstance(place["loads"], list | tuple):
                return bad("loads is not a list")
            for load in place["loads"]:
                if not fields(load, "vehicle", "first", "people"):
                    return bad("a load is not a vehicle with the first of its people and how many they are")
                if not isinstance(load["vehicle"], str | None):
                    return bad("a load's vehicle is neither null nor a text")
                if type(load["first"]) is not int or type(load["people"]) is not int:
                    return bad("a load's first or people is not a whole number")
    return []


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
