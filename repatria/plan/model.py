"""What a plan is about: units, classes, stages and places, and the rows that every plan must meet.

Two parties hold people; each unit (a person, a family, a crew) has an opaque number, its holder and a
class. Units alike to every term are one *type*, and the units of a holder with one *stratum* label are
exactly one type. In the rows, a holder's progress is `factor * weight` over its counted units (DESIGN 4.5),
K = bound * greatest factor, and K_tj the same of a place's own bound. `a` is one side's progress at place j
of stage t, `b` the other side's, c_t the balance over all stages up to and with t. People outside the ratio
weigh nothing in totals and balance.

    total     what a holder's counted units weigh is its total
    all       every unit of an `all` class goes
    seats     everyone of a holder at a place, counted or not, fits its capacity there; none given, no seats
    step      factor * weight of a counted unit at a place is at most K_tj
    place     |a - b| <= K_tj, so that the last desk of the day can still exercise its rights
    carry     c_{t-1} + sum_j min(K_tj, a_j) <= K, and the same for b: the worst any order of receipts can do
    stage     |c_t| <= K (which place and carry imply; it is a row because it is what people ask)
    bounds    sum_j k_j <= k in each stage; a plan may narrow a place's bound, never widen it

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
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from repatria.deal.classes import PersonClass
from repatria.deal.ratio import factors as _factors
from repatria.deal.ratio import scaled as _scaled
from repatria.problem import Problem

Classes = Mapping[str, PersonClass]  # by class id; ids are random, so the tables of both holders join


@dataclass(frozen=True, order=True)
class Unit:
    """One indivisible unit on a final list: its opaque number, who holds it, and its class."""

    number: str
    holder: str
    class_id: str


@dataclass(frozen=True)
class Place:
    """A point of handover on the day of a stage. `capacity` is people per holder, `bound` is k_j in
    people."""

    place: str
    capacity: Mapping[str, int]
    bound: int


@dataclass(frozen=True)
class Stage:
    """One day of handing over, at one or several places at once."""

    stage: str
    date: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class PlanTerms:
    """What the terms say to a plan.

    `totals`: counted people whom each holder hands over. `bound`: k, in people of the direction with the
    larger step. `starts`: who opens a place while neither side is ahead, stage by stage in turn; without it
    the holders open in turn, place by place.
    """

    totals: Mapping[str, int]
    bound: int
    stages: tuple[Stage, ...]
    starts: tuple[str, ...] = ()

    @property
    def holders(self) -> tuple[str, ...]:
        return tuple(sorted(self.totals))

    @property
    def factors(self) -> dict[str, int]:
        return reduced(self.totals)

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
class UnitType:
    """Units alike to every term. The order is the planner's: people outside the ratio, then tier by tier."""

    counts: bool
    tier: int
    holder: str
    weight: int
    all: bool

    @property
    def rank(self) -> tuple[int, int]:
        """Whose turn: everyone outside the ratio by tier, then everyone counted by tier."""
        return int(self.counts), self.tier

    @property
    def stratum(self) -> str:
        return _label(self.tier, self.weight, self.counts, self.all)


def reduced(totals: Mapping[str, int]) -> dict[str, int]:
    """The factor of each direction: what one counted person of that holder adds to progress."""
    return _factors(totals)


def unit_type(unit: Unit, classes: Classes) -> UnitType:
    """The type of a unit."""
    known = classes[unit.class_id]
    return UnitType(known.counts, known.tier, unit.holder, known.weight, known.all)


def stratum(person_class: PersonClass) -> str:
    """Who is drawn against whom: units of one holder with this label. A plain class is its tier alone,
    "2"."""
    return _label(person_class.tier, person_class.weight, person_class.counts, person_class.all)


def _label(tier: int, weight: int, counts: bool, everyone: bool) -> str:
    parts = [str(tier)]
    parts += ["outside"] if not counts else []
    parts += ["all"] if everyone else []
    parts += [f"weight-{weight}"] if weight > 1 else []
    return "/".join(parts)


def check_input(units: tuple[Unit, ...], classes: Classes, terms: PlanTerms) -> list[Problem]:
    """Everything that keeps lists, classes and terms from being planned at all, before any search."""
    problems: list[Problem] = []
    if len(terms.totals) != 2 or any(total < 1 for total in terms.totals.values()):
        problems.append(
            Problem(
                "plan.terms.totals",
                "terms, totals",
                f"totals for {len(terms.totals)} holders; a plan needs two, each at least 1",
                "give each of the two parties its total",
            )
        )
    seen: set[str] = set()
    for unit in units:
        where = f"lists, {unit.number}"
        if unit.number in seen:
            problems.append(Problem("plan.list.twice", where, "on the lists twice", "correct the lists"))
        seen.add(unit.number)
        if unit.holder not in terms.totals:
            problems.append(
                Problem("plan.list.holder", where, "held by someone the totals do not name", "correct the lists")
            )
        if unit.class_id not in classes:
            problems.append(
                Problem("plan.list.class", where, "its class is not in the signed tables", "sign a table with it")
            )
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


_HEX32 = re.compile("[0-9a-f]{32}")
_HEX64 = re.compile("[0-9a-f]{64}")
PLAN_FIELDS = frozenset(
    ("v", "kind", "round", "terms", "lists", "freeze", "seed", "replaces", "stages", "levels"),
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
        if not fields(level, "name", "value", "bound") or not isinstance(level["name"], str):
            return bad("a level is not a name with value and bound")
        if type(level["value"]) is not int or type(level["bound"]) is not int:
            return bad("a level's value or bound is not a whole number")
    for stage in plan["stages"]:
        if not fields(stage, "stage", "date", "places") or not isinstance(stage["places"], list | tuple):
            return bad("a stage is not a name and a date with places")
        if not isinstance(stage["stage"], str) or not isinstance(stage["date"], str):
            return bad("a stage's name or date is not a text")
        for place in stage["places"]:
            if not fields(place, "place", "bound", "sequence") or not isinstance(place["sequence"], list | tuple):
                return bad("a place is not a name and a bound with a sequence")
            if not isinstance(place["place"], str) or type(place["bound"]) is not int:
                return bad("a place's name or bound is out of form")
            for slot in place["sequence"]:
                if not isinstance(slot, list | tuple) or len(slot) != 2 or not isinstance(slot[1], str):
                    return bad("a sequence is not a list of number and holder")
                if not _is(_HEX32, slot[0]):
                    return bad("a number in a sequence is not 32 hex digits")
    return []


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
