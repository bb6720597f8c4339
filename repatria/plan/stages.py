"""From counts to a plan that can be signed: tickets say who, and each place gets one sequence over both
directions.

Within a stratum the earliest tickets take the earliest slots. At a place, people outside the ratio come
first, because nothing may hold them up; then, step by step, whichever side leaves all nearest to even, so that no
prefix passes the place's bound and nobody is left blocked at its end. A step is a *load*: whoever leaves together, in a
vehicle or as a family on foot (`plan/vehicles.py`). In a plan that replaces another, stages that are over stay as they
were carried out and units keep their slots wherever the terms still allow it.

    >>> from repatria.deal.classes import PersonClass
    >>> from repatria.plan.model import Stage
    >>> place = Place("bridge", {"north": 9, "south": 9}, 1)
    >>> terms = PlanTerms({"north": 2, "south": 2}, 1, (Stage("s1", "2025-12-10", (place,)),))
    >>> lists = [Unit(f"{i:032x}", "north" if i < 2 else "south", "c") for i in range(4)]
    >>> drawn = {"c": PersonClass("c", 1, 0, True, False)}
    >>> plan = make_plan(lists, drawn, terms, bytes(32), Names("2025-1", "0" * 64, {}))
    >>> [holder for _, holder in plan["stages"][0]["places"][0]["sequence"]]
    ['north', 'south', 'north', 'south']
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from repatria.ledger.canonical import digest, encode
from repatria.plan.lottery import ticket
from repatria.plan.model import (
    Classes,
    Part,
    Place,
    PlanTerms,
    Progress,
    Row,
    Unit,
    UnitType,
    shape_problems,
    unit_types,
)
from repatria.plan.solve import Enough, Slot, Solution, Watch, solve
from repatria.plan.vehicles import pack, passenger, with_rows
from repatria.problem import Problem

Order = tuple[int, bytes, str]  # tier, ticket, number: who of a side comes first
_AGAIN = 8  # so many times a round is solved with fewer people where whole families do not fill its vehicles


@dataclass(frozen=True)
class Names:
    """What a plan document refers to: the round, and by hash the terms, each holder's list and the freeze."""

    round: str
    terms: str
    lists: Mapping[str, str] = field(default_factory=dict)
    freeze: str | None = None


def make_plan(
    units: Iterable[Unit],
    classes: Classes,
    terms: PlanTerms,
    seed: bytes | None,
    names: Names,
    *,
    going: Mapping[UnitType, int] | None = None,
    enough: Enough | None = None,
    watch: Watch | None = None,
) -> dict[str, Any] | list[Problem]:
    """A plan document, or why there is none. Without a seed nobody may be drawn: every stratum goes whole
    or not. `going`, `enough` and `watch` as in `solve`."""
    listed = tuple(sorted(units))
    return _solved(listed, classes, terms, seed, names, None, going, enough, watch)


def replan(
    progress: Progress,
    units: Iterable[Unit],
    classes: Classes,
    terms: PlanTerms,
    seed: bytes | None,
    names: Names,
    *,
    enough: Enough | None = None,
    watch: Watch | None = None,
) -> dict[str, Any] | list[Problem]:
    """A plan that replaces `progress.previous`: what is done stays, and as few units as possible change
    slot."""
    problems = shape_problems(progress.previous)
    unknown = sorted(progress.done - {stage.stage for stage in terms.stages})
    if not problems and unknown:
        what = f"stages {', '.join(unknown)} are over, but the terms do not have them"
        problems = [Problem("plan.replan.stages", "terms, stages", what, "keep stages that are over in the terms")]
    if problems:
        return problems
    listed = tuple(sorted(units))
    return _solved(listed, classes, terms, seed, names, progress, None, enough, watch)


def _solved(
    units: tuple[Unit, ...],
    classes: Classes,
    terms: PlanTerms,
    seed: bytes | None,
    names: Names,
    progress: Progress | None,
    going: Mapping[UnitType, int] | None,
    enough: Enough | None,
    watch: Watch | None,
) -> dict[str, Any] | list[Problem]:
    """Solved and put in order; where whole families leave seats empty that rows cannot tell of, solved again with so
    many seats fewer. What the first search proved of its goals is what is proved."""
    asked, first = with_rows(terms), None
    tries = len(asked.rows) + _AGAIN
    while True:
        solution = solve(units, classes, asked, progress=progress, going=going, enough=enough, watch=watch)
        if not isinstance(solution, Solution):
            return solution
        first = first or solution
        made = _document(units, classes, terms, seed, names, solution, progress)
        if not isinstance(made, _Unpacked):
            if isinstance(made, dict) and solution is not first:
                return {**made, "levels": _as_proved(made["levels"], first)}
            return made
        if len(asked.rows) == tries:
            return [made.problem(terms)]
        asked = replace(asked, rows=(*asked.rows, made.fewer(terms, len(asked.rows))))


def _as_proved(levels: list[dict[str, Any]], first: Solution) -> list[dict[str, Any]]:
    """The goals as reached, with what the search before any seat was left empty proved of them."""
    proved = {level.name: level for level in first.levels}
    told = []
    for level in levels:
        before = proved.get(level["name"])
        best = (max if before.greatest else min)(level["value"], before.bound) if before is not None else level["bound"]
        exact = level["exact"] if before is None else before.exact and best == level["value"]
        told.append({**level, "bound": best, "exact": exact})
    return told


@dataclass(frozen=True)
class _Unpacked:
    """People of one holder at a place whom its vehicles do not carry whole: the seats that they asked for."""

    slot: Slot
    holder: str
    people: int

    def fewer(self, terms: PlanTerms, count: int) -> Row:
        stage = terms.stages[self.slot[0]]
        place = stage.places[self.slot[1]].place
        what = f"people of {self.holder} at {place} in stage {stage.stage} whom whole vehicles carry"
        part = Part(holder=self.holder, stage=stage.stage, place=place)
        return Row(f"carried {count}", what, (part,), None, self.people - 1)

    def problem(self, terms: PlanTerms) -> Problem:
        stage = terms.stages[self.slot[0]]
        where = f"terms, stage {stage.stage}, place {stage.places[self.slot[1]].place}"
        what = f"families of {self.holder} fill no vehicles there as they were tried, {_AGAIN} times with fewer people"
        return Problem("plan.vehicles", where, what, "give the side there one vehicle more, or a larger one")


def _document(
    units: tuple[Unit, ...],
    classes: Classes,
    terms: PlanTerms,
    seed: bytes | None,
    names: Names,
    solution: Solution,
    progress: Progress | None,
) -> dict[str, Any] | list[Problem] | _Unpacked:
    kinds = unit_types(units, classes)
    fixed, slots = _past(terms, progress)
    away = set(fixed) | (progress.gone | progress.offered if progress else frozenset())
    orders: dict[str, Order] = {
        number: (kind.tier, ticket(seed, kind.stratum, number) if seed is not None else b"", number)
        for number, kind in kinds.items()
    }
    strata: dict[UnitType, list[str]] = defaultdict(list)
    for number in sorted(set(kinds) - away, key=lambda number: orders[number]):
        strata[kinds[number]].append(number)
    if seed is None:
        drawn = [
            f"{kind.holder}, stratum {kind.stratum}: {going} of {len(strata[kind])}"
            for kind, counts in solution.counts.items()
            if 0 < (going := sum(counts.values())) < len(strata[kind])
        ]
        if drawn:
            what = "places are fewer than people and nobody has drawn: " + "; ".join(drawn)
            return [Problem("plan.lottery.needed", "plan", what, "freeze lists and terms, and hold the draw first")]
    present: dict[Slot, list[str]] = defaultdict(list)
    for kind, counts in solution.counts.items():
        for number, slot in _assign(strata[kind], counts, slots).items():
            present[slot].append(number)
    if progress is not None:
        for number in sorted(progress.offered & set(slots) & set(kinds)):
            present[slots[number]].append(number)
    with_others = {unit.number: unit.numbers for unit in units if unit.others}
    stages = []
    for t, stage in enumerate(terms.stages):
        done = progress is not None and stage.stage in progress.done
        places = []
        for j, place in enumerate(stage.places):
            if done and progress is not None:
                bound, sequence = _carried_out(progress, stage.stage, place, with_others)
                places.append({"place": place.place, "bound": bound, "sequence": sequence, "loads": []})
                continue
            bound = solution.bounds[t, j]
            offered = progress.offered if progress is not None else frozenset()
            who = [(orders[n], kinds[n]) for n in present[t, j]]
            loads = _loads(terms, (t, j), bound, who, offered)
            if isinstance(loads, _Unpacked):
                return loads
            ordered = _sequence(terms, (t, j), bound, loads)
            if ordered is None:
                what = "no order of these people keeps to the place's bound"
                where = f"terms, stage {stage.stage}, place {place.place}"
                return [Problem("plan.sequence", where, what, "raise the bound of the place")]
            places.append({"place": place.place, "bound": bound, **_told(ordered, with_others, offered)})
        stages.append({"stage": stage.stage, "date": stage.date, "places": places})
    return {
        "v": 1,
        "kind": "plan",
        "round": names.round,
        "terms": names.terms,
        "lists": dict(names.lists),
        "freeze": names.freeze,
        "seed": None if seed is None else seed.hex(),
        "replaces": None if progress is None else digest(encode(progress.previous)),
        "stages": stages,
        "levels": [
            {"name": lv.name, "value": lv.value, "bound": lv.bound, "exact": lv.exact} for lv in solution.levels
        ],
        "packages": [{"parties": list(parties), "times": n} for parties, n in solution.packages],
    }


def _past(terms: PlanTerms, progress: Progress | None) -> tuple[set[str], dict[str, Slot]]:
    """Numbers that stages already over have settled, and the slot in stages to come of everyone who had
    one."""
    fixed: set[str] = set()
    slots: dict[str, Slot] = {}
    if progress is None:
        return fixed, slots
    where = {(s.stage, p.place): (t, j) for t, s in enumerate(terms.stages) for j, p in enumerate(s.places)}
    for stage in progress.previous["stages"]:
        for place in stage["places"]:
            for number, _ in place["sequence"]:
                if stage["stage"] in progress.done:
                    fixed |= {number} - progress.gone - progress.again
                elif (stage["stage"], place["place"]) in where:
                    slots[number] = where[stage["stage"], place["place"]]
    return fixed, slots


def _carried_out(
    progress: Progress, stage: str, place: Place, with_others: Mapping[str, tuple[str, ...]]
) -> tuple[int, list[list[str]]]:
    """Bound and sequence of a place in a stage that is over, without those who did not go after all."""
    struck = {n for number in progress.gone | progress.again for n in with_others.get(number, (number,))}
    for each in progress.previous["stages"]:
        for at in each["places"]:
            if (each["stage"], at["place"]) == (stage, place.place):
                return at["bound"], [[number, holder] for number, holder in at["sequence"] if number not in struck]
    return place.bound, []


def _assign(ordered: list[str], counts: Mapping[Slot, int], slots: Mapping[str, Slot]) -> dict[str, Slot]:
    """Slots for the units of one type: first whoever keeps one, then by ticket, earliest slot first."""
    room = dict(counts)
    given: dict[str, Slot] = {}
    for number in ordered:
        slot = slots.get(number)
        if slot is not None and room.get(slot, 0):
            given[number] = slot
            room[slot] -= 1
    rest = iter([number for number in ordered if number not in given])
    for slot in sorted(room):
        for _ in range(room[slot]):
            given[next(rest)] = slot
    return given


class Load(NamedTuple):
    """Whoever leaves at once: the first of them, in which vehicle, and the units; `step` is of progress."""

    first: Order
    turn: int  # among vehicles of a side, whose order is that in which they were filled
    vehicle: str
    holder: str
    to: str
    counts: bool
    step: int
    numbers: tuple[str, ...]


def _loads(
    terms: PlanTerms, slot: Slot, bound: int, present: list[tuple[Order, UnitType]], offered: Collection[str]
) -> list[Load] | _Unpacked:
    """Everybody at a place in loads. Whoever does not go by the neutral's word keeps a step and takes no seat."""
    present = sorted(present)
    vehicles = terms.stages[slot[0]].places[slot[1]].vehicles
    loads, riding = [], defaultdict(list)
    for at, (order, kind) in enumerate(present):
        rider = passenger(terms, kind, at)
        if vehicles.get(kind.holder) and order[2] not in offered:
            riding[kind.holder].append(rider)
        else:
            loads.append(_load(terms, [present[at]]))
    for holder, riders in sorted(riding.items()):
        packed = pack(riders, vehicles[holder], terms.scaled(bound))
        if packed is None:
            return _Unpacked(slot, holder, sum(present[each.at][1].people for each in riders))
        latest = present[0][0]
        for turn, (vehicle, inside) in enumerate(packed):
            load = _load(terms, [present[each.at] for each in inside])
            latest = max(latest, load.first)
            loads.append(load._replace(first=latest, turn=turn, vehicle=vehicle.vehicle))
    return loads


def _load(terms: PlanTerms, units: list[tuple[Order, UnitType]]) -> Load:
    """Units that walk, or the load of a vehicle that is still to be named."""
    (first, kind), factor = units[0], terms.factors
    step = sum(factor[each.holder] * each.weight for _, each in units if each.counts)
    numbers = tuple(order[2] for order, _ in units)
    return Load(first, 0, "", kind.holder, terms.receiver(kind), kind.counts, step, numbers)


def _told(
    loads: list[Load], with_others: Mapping[str, tuple[str, ...]], offered: frozenset[str]
) -> dict[str, Any]:
    """The sequence of a place, and which runs of it leave together."""
    sequence: list[list[str]] = []
    together = []
    for load in loads:
        numbers = [n for number in load.numbers for n in with_others.get(number, (number,))]
        if load.vehicle or (len(numbers) > 1 and not offered & set(load.numbers)):
            vehicle = load.vehicle or None
            together.append({"vehicle": vehicle, "first": len(sequence), "people": len(numbers)})
        sequence += [[number, load.holder] for number in numbers]
    return {"sequence": sequence, "loads": together}


def _sequence(terms: PlanTerms, slot: Slot, bound: int, loads: list[Load]) -> list[Load] | None:
    """All directions in one order: outside the ratio first, then always the step that leaves all nearest to even.

    Of two sides, no prefix passes the bound K: the side that is not ahead can always take its step, since a step is at
    most K; and once one side is through, the other only moves towards the end, where the rows allow at most
    K. Among more, whoever was given one more than it gave has somebody left who goes; where steps of several weights
    cross, there may be no such order, and the answer is None.
    """
    t, j = slot
    most = terms.scaled(bound)
    sequence = sorted(load for load in loads if not load.counts)
    queues: dict[tuple[str, str], list[Load]] = defaultdict(list)
    for load in sorted(loads):
        if load.counts:
            queues[load.holder, load.to].append(load)
    turn = (t + j) % len(terms.holders)
    opener = terms.starts[t % len(terms.starts)] if terms.starts else terms.holders[turn]
    taken = dict.fromkeys(queues, 0)
    ahead = dict.fromkeys(terms.holders, 0)
    for _ in range(sum(map(len, queues.values()))):
        options = []
        for (holder, to), queue in queues.items():
            if taken[holder, to] < len(queue):
                step = queue[taken[holder, to]].step
                off = {**ahead, holder: ahead[holder] + step, to: ahead[to] - step}
                options.append((sum(map(abs, off.values())), holder != opener, holder, to, off))
        _, _, holder, to, ahead = min(options, key=lambda option: option[:4])
        if len(terms.holders) > 2 and max(map(abs, ahead.values())) > most:
            return None
        sequence.append(queues[holder, to][taken[holder, to]])
        taken[holder, to] += 1
    return sequence
