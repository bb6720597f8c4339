"""From counts to a plan that can be signed: tickets say who, and each place gets one sequence over both
directions.

Within a stratum the earliest tickets take the earliest slots. At a place, people outside the ratio come
first, because nothing may hold them up; then, step by step, whichever side leaves all nearest to even, so that no
prefix passes the place's bound and nobody is left blocked at its end. A family's people follow one another. In a plan
that replaces another, stages that are over stay as they were carried out and units keep their slots wherever the terms
still allow it.

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
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from repatria.ledger.canonical import digest, encode
from repatria.plan.lottery import ticket
from repatria.plan.model import (
    Classes,
    Place,
    PlanTerms,
    Progress,
    Unit,
    UnitType,
    shape_problems,
    unit_types,
)
from repatria.plan.solve import Enough, Slot, Solution, solve
from repatria.problem import Problem

Order = tuple[int, bytes, str]  # tier, ticket, number: who of a side comes first


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
) -> dict[str, Any] | list[Problem]:
    """A plan document, or why there is none. Without a seed nobody may be drawn: every stratum goes whole
    or not. `going` and `enough` as in `solve`."""
    listed = tuple(sorted(units))
    solution = solve(listed, classes, terms, going=going, enough=enough)
    if not isinstance(solution, Solution):
        return solution
    return _document(listed, classes, terms, seed, names, solution, None)


def replan(
    progress: Progress,
    units: Iterable[Unit],
    classes: Classes,
    terms: PlanTerms,
    seed: bytes | None,
    names: Names,
    *,
    enough: Enough | None = None,
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
    solution = solve(listed, classes, terms, progress=progress, enough=enough)
    if not isinstance(solution, Solution):
        return solution
    return _document(listed, classes, terms, seed, names, solution, progress)


def _document(
    units: tuple[Unit, ...],
    classes: Classes,
    terms: PlanTerms,
    seed: bytes | None,
    names: Names,
    solution: Solution,
    progress: Progress | None,
) -> dict[str, Any] | list[Problem]:
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
                bound, sequence = _carried_out(progress, stage.stage, place)
            else:
                bound = solution.bounds[t, j]
                who = [(orders[n], kinds[n]) for n in present[t, j]]
                ordered = _sequence(terms, (t, j), bound, who)
                if ordered is None:
                    what = "no order of these people keeps to the place's bound"
                    where = f"terms, stage {stage.stage}, place {place.place}"
                    return [Problem("plan.sequence", where, what, "raise the bound of the place")]
                sequence = [[n, holder] for number, holder in ordered for n in with_others.get(number, (number,))]
            places.append({"place": place.place, "bound": bound, "sequence": sequence})
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
        "levels": [{"name": lv.name, "value": lv.value, "bound": lv.bound} for lv in solution.levels],
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


def _carried_out(progress: Progress, stage: str, place: Place) -> tuple[int, list[list[str]]]:
    """Bound and sequence of a place in a stage that is over, without those who did not go after all."""
    struck = progress.gone | progress.again
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


def _sequence(
    terms: PlanTerms, slot: Slot, bound: int, present: list[tuple[Order, UnitType]]
) -> list[tuple[str, str]] | None:
    """All directions in one order: outside the ratio first, then always the step that leaves all nearest to even.

    Of two sides, no prefix passes the bound K: the side that is not ahead can always take its step, since a step is at
    most K; and once one side is through, the other only moves towards the end, where the rows allow at most
    K. Among more, whoever was given one more than it gave has somebody left who goes; where steps of several weights
    cross, there may be no such order, and the answer is None.
    """
    t, j = slot
    most = terms.scaled(bound)
    sequence = [(order[2], kind.holder) for order, kind in sorted(present) if not kind.counts]
    queues: dict[tuple[str, str], list[tuple[Order, UnitType]]] = defaultdict(list)
    for each in sorted(present):
        if each[1].counts:
            queues[each[1].holder, terms.receiver(each[1])].append(each)
    turn = (t + j) % len(terms.holders)
    opener = terms.starts[t % len(terms.starts)] if terms.starts else terms.holders[turn]
    taken = dict.fromkeys(queues, 0)
    ahead = dict.fromkeys(terms.holders, 0)
    for _ in range(sum(map(len, queues.values()))):
        options = []
        for (holder, to), queue in queues.items():
            if taken[holder, to] < len(queue):
                kind = queue[taken[holder, to]][1]
                step = terms.factors[holder] * kind.weight
                off = {**ahead, holder: ahead[holder] + step, to: ahead[to] - step}
                options.append((sum(map(abs, off.values())), holder != opener, holder, to, off))
        _, _, holder, to, ahead = min(options, key=lambda option: option[:4])
        if len(terms.holders) > 2 and max(map(abs, ahead.values())) > most:
            return None
        sequence.append((queues[holder, to][taken[holder, to]][0][2], holder))
        taken[holder, to] += 1
    return sequence
