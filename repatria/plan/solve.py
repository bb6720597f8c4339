"""The search: how many of each type go, in which stage and at which place. The only file that knows a solver.

One integer variable per type, stage and place; every term is a named row of whole numbers (see `model`). The
objectives are taken one after the other, each fixed at its value before the next. HiGHS does the search on
one thread with a fixed seed and a limit in nodes, never in seconds, so that the same input gives the same
answer on a slow machine too. Its floats are never evidence: each answer is rounded and every row is checked
in integers here, and the whole plan again in `check`.

A search may take minutes, and C++ looks at no signals. So it runs in a thread of its own, which Ctrl-C asks to stop.

A level is *proved* where its value equals its bound. Where the node limit came first the two differ, and
whoever shows the plan says so.

    >>> from repatria.deal.classes import PersonClass
    >>> from repatria.plan.model import Place, PlanTerms, Stage, Unit
    >>> place = Place("bridge", {"north": 9, "south": 9}, 1)
    >>> terms = PlanTerms({"north": 1, "south": 1}, 1, (Stage("s1", "2025-12-10", (place,)),))
    >>> lists = (Unit("0" * 32, "north", "c"), Unit("1" * 32, "north", "c"), Unit("2" * 32, "south", "c"))
    >>> found = solve(lists, {"c": PersonClass("c", 1, 0, True, False)}, terms)
    >>> [(kind.holder, counts) for kind, counts in sorted(found.counts.items())]
    [('north', {(0, 0): 1}), ('south', {(0, 0): 1})]
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from repatria.interrupts import deaf
from repatria.plan.model import Classes, Place, PlanTerms, Progress, Unit, UnitType, check_input, unit_type
from repatria.problem import Problem

Slot = tuple[int, int]  # index of the stage, index of the place in it
MAX_NODES = 20_000  # per objective
_LOOK_SECONDS = 0.1  # how long Ctrl-C waits at most on a system where it wakes no thread that waits


class Level(NamedTuple):
    """One objective in the order of importance: its value, and the bound that was proved for it."""

    name: str
    value: int
    bound: int
    greatest: bool  # more is better


@dataclass(frozen=True)
class Solution:
    """How many units of each type go where, out of how many, and what each objective came to."""

    counts: Mapping[UnitType, Mapping[Slot, int]]
    available: Mapping[UnitType, int]
    bounds: Mapping[Slot, int]  # of each place of stages to come, in people: the terms' or less
    levels: tuple[Level, ...]


def solve(
    units: Sequence[Unit],
    classes: Classes,
    terms: PlanTerms,
    *,
    progress: Progress | None = None,
    force: UnitType | None = None,
    schedule: bool = True,
) -> Solution | list[Problem]:
    """The best counts, proved level by level, or the terms that cannot be met together.

    Args:
        progress: what happened under the plan to be replaced.
        force: a type of which at least one unit more must go than without it (for "why not").
        schedule: False stops after the selection: who goes is settled, where and when is not.
    """
    problems = check_input(tuple(units), classes, terms)
    if problems:
        return problems
    case = _case(units, classes, terms, progress, force)
    problems = necessary(case)
    if problems:
        return problems
    program = _program(case)
    search = _Search(program)
    try:
        return _optimise(case, search, schedule)
    except _Infeasible:
        return _conflict(units, classes, terms, progress, force)
    except _Undecided:
        return [
            Problem(
                "plan.undecided",
                "terms",
                f"no plan found within {MAX_NODES:,} steps of the search, and no proof that there is none",
                "give more room: seats, bounds or stages",
            )
        ]


@dataclass(frozen=True)
class _Case:
    """Everything the rows are made from; `relaxed` replaces figures of terms when a conflict is looked
    into."""

    terms: PlanTerms
    factors: Mapping[str, int]
    types: Mapping[UnitType, int]  # available units
    stages: tuple[int, ...]  # indexes of stages still to come
    totals: Mapping[str, int]  # what is still to be handed over
    carry: Mapping[str, int]  # progress of each holder in the stages that are over
    kept: Mapping[UnitType, Mapping[Slot, int]]  # units with a slot in the plan that is replaced
    base: Mapping[tuple[Slot, str], int]  # progress of units offered and not going, at their slot
    replanning: bool
    least: Mapping[UnitType, int] = field(default_factory=dict)


def _case(
    units: Sequence[Unit],
    classes: Classes,
    terms: PlanTerms,
    progress: Progress | None,
    force: UnitType | None,
) -> _Case:
    factors = terms.factors
    kinds = {unit.number: unit_type(unit, classes) for unit in units}
    position = {stage.stage: t for t, stage in enumerate(terms.stages)}
    totals, carry = dict(terms.totals), dict.fromkeys(terms.totals, 0)
    kept: dict[UnitType, dict[Slot, int]] = defaultdict(lambda: defaultdict(int))
    base: dict[tuple[Slot, str], int] = defaultdict(int)
    done: frozenset[str] = frozenset()
    away: set[str] = set()
    if progress is not None:
        done = progress.done
        away = set(progress.gone) | set(progress.offered)
        for stage in progress.previous["stages"]:
            t = position.get(stage["stage"])
            for place in stage["places"]:
                names = [] if t is None else [p.place for p in terms.stages[t].places]
                j = names.index(place["place"]) if place["place"] in names else None
                for number, _ in place["sequence"]:
                    kind = kinds.get(number)
                    if kind is None or number in progress.gone:
                        continue
                    counted = kind.weight if kind.counts else 0
                    if stage["stage"] in done:
                        if number in progress.again:
                            continue
                        away.add(number)
                        totals[kind.holder] -= counted
                        carry[kind.holder] += factors[kind.holder] * counted
                    elif t is not None and j is not None:
                        if number in progress.offered:
                            totals[kind.holder] -= counted
                            base[(t, j), kind.holder] += factors[kind.holder] * counted
                        else:
                            kept[kind][t, j] += 1
    types: dict[UnitType, int] = defaultdict(int)
    for number, kind in kinds.items():
        types[kind] += number not in away
    return _Case(
        terms=terms,
        factors=factors,
        types=dict(sorted(types.items())),
        stages=tuple(t for t, stage in enumerate(terms.stages) if stage.stage not in done),
        totals=totals,
        carry=carry,
        kept={kind: dict(slots) for kind, slots in sorted(kept.items())},
        base=dict(base),
        replanning=progress is not None,
        least={force: 1} if force is not None else {},
    )


def necessary(case: _Case) -> list[Problem]:
    """Terms that plainly cannot be met together, each with the figure found and the figure needed."""
    problems: list[Problem] = []
    terms = case.terms

    def bad(code: str, where: str, what: str, do: str) -> None:
        problems.append(Problem(code, where, what, do))

    for holder in terms.holders:
        mine = {kind: n for kind, n in case.types.items() if kind.holder == holder and n}
        counted = sum(kind.weight * n for kind, n in mine.items() if kind.counts)
        must = sum(kind.weight * n for kind, n in mine.items() if kind.counts and kind.all)
        outside = sum(kind.weight * n for kind, n in mine.items() if not kind.counts and kind.all)
        total = case.totals[holder]
        seats = sum(p.capacity.get(holder, 0) for t in case.stages for p in terms.stages[t].places)
        due = f"{holder} hands over {total:,}" + (" more" if case.replanning else "")
        if total < 0:
            bad("plan.total.passed", f"terms, totals.{holder}",
                f"{holder} has handed over or offered {-total:,} more than its total of {terms.totals[holder]:,}",
                "amend the total")  # fmt: skip
            continue
        if counted < total:
            bad("plan.total.people", f"terms, totals.{holder}",
                f"{counted:,} counted people on the list of {holder}; {due}",
                f"lower the total of {holder} to {counted:,} at most, or agree on more people")  # fmt: skip
        if must > total:
            bad("plan.total.all", f"terms, totals.{holder}",
                f"everyone of the classes that all go, held by {holder}: {must:,} people; {due}",
                f"raise the total of {holder} to {must:,} at least, or amend who must all go")  # fmt: skip
        if total + outside > seats:
            beside = f" and {outside:,} outside the ratio who must all go" if outside else ""
            bad("plan.seats", f"terms, capacity for {holder}",
                f"{seats:,} seats for {holder} in all stages; {due}{beside}",
                f"give {total + outside - seats:,} seats more")  # fmt: skip
        reach = 1
        for kind, n in mine.items():
            step = case.factors[holder] * kind.weight
            fits = any(
                p.capacity.get(holder, 0) >= kind.weight and (not kind.counts or step <= terms.scaled(p.bound))
                for t in case.stages
                for p in terms.stages[t].places
            )
            if kind.all and not fits:
                bad("plan.step", f"terms, places for {holder}",
                    f"a unit of {kind.weight} that must go (tier {kind.tier}) fits no place: none has both the seats"
                    f" and a bound of {-(-step // max(case.factors.values())):,}",
                    "raise the bound and the capacity of one place")  # fmt: skip
            if kind.counts and fits:
                reach = _reach(reach, kind.weight, n)
        if counted >= total and not reach >> total & 1:
            bad("plan.total.units", f"terms, totals.{holder}",
                f"no set of whole units of {holder} weighs {total:,}",
                "choose a total that whole families and crews can make up")  # fmt: skip
    return problems


def _reach(reach: int, weight: int, n: int) -> int:
    """Bits of the sums reachable with up to n more units of one weight, by doubling."""
    step = 1
    while n:
        taken = min(step, n)
        reach |= reach << (taken * weight)
        n -= taken
        step *= 2
    return reach


# --- rows ---------------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    name: str
    low: float
    high: float
    terms: Mapping[int, int]


@dataclass
class _Program:
    """Columns with bounds and rows over them, all in whole numbers (an open side of a row is infinite)."""

    lower: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    y: dict[tuple[UnitType, int], int] = field(default_factory=dict)  # units of a type in a stage
    q: dict[tuple[_Group, Slot], int] = field(default_factory=dict)  # units of a group at a place
    kept: list[int] = field(default_factory=list)
    bounds: dict[Slot, int] = field(default_factory=dict)  # where a place's bound may be narrowed

    def column(self, low: int, high: int) -> int:
        self.lower.append(low)
        self.upper.append(high)
        return len(self.lower) - 1

    def row(self, name: str, low: float, high: float, terms: Mapping[int, int]) -> None:
        self.rows.append(_Row(name, low, high, {c: v for c, v in terms.items() if v}))

    def of(self, kind: UnitType, by: int = 1) -> dict[int, int]:
        return {column: by for (other, _), column in self.y.items() if other == kind}


class _Group(NamedTuple):
    """Types that no row at a place tells apart. When units keep their slots, each type is a group of its
    own."""

    holder: str
    counts: bool
    weight: int
    kind: UnitType | None


def _group(case: _Case, kind: UnitType) -> _Group:
    return _Group(kind.holder, kind.counts, kind.weight, kind if case.replanning else None)


def _program(case: _Case) -> _Program:
    """Types go to stages and groups to places; which type fills which place of a stage is no row's concern.

    Keeping types out of the places is what makes the search small: no two answers differ only in who of equal
    weight goes to which place.
    """
    program, terms = _Program(), case.terms
    slots = [(t, j) for t in case.stages for j in range(len(terms.stages[t].places))]
    members: dict[_Group, list[UnitType]] = defaultdict(list)
    for kind, n in case.types.items():
        members[_group(case, kind)] += [kind] if n else []
    for group, kinds in members.items():
        n = sum(case.types[kind] for kind in kinds)
        for t, j in slots:
            place = terms.stages[t].places[j]
            step = case.factors[group.holder] * group.weight if group.counts else 0
            most = min(n, place.capacity.get(group.holder, 0) // group.weight)
            if most > 0 and step <= terms.scaled(place.bound):
                program.q[group, (t, j)] = program.column(0, most)
        for t in case.stages:
            there = {c: 1 for (other, (s, _)), c in program.q.items() if other == group and s == t}
            if not there:
                continue
            for kind in kinds:
                program.y[kind, t] = program.column(0, min(case.types[kind], sum(program.upper[c] for c in there)))
            here = {program.y[kind, t]: -1 for kind in kinds}
            program.row(f"places of {t}", 0, 0, _plus(there, here))
    for kind, n in case.types.items():
        least = n if kind.all else case.least.get(kind, 0)
        program.row(f"all of {kind.holder} {kind.stratum}", least, n, program.of(kind))
    for holder in terms.holders:
        counted = {c: kind.weight for (kind, _), c in program.y.items() if kind.counts and kind.holder == holder}
        program.row(f"total of {holder}", case.totals[holder], case.totals[holder], counted)
        for t, j in slots:
            place = terms.stages[t].places[j]
            seated = {c: g.weight for (g, at), c in program.q.items() if at == (t, j) and g.holder == holder}
            program.row(f"seats {holder} {t} {j}", -math.inf, place.capacity.get(holder, 0), seated)
    _balance(case, program)
    if case.replanning:
        for kind, kept in case.kept.items():
            for slot, n in kept.items():
                if (_group(case, kind), slot) in program.q:
                    column = program.column(0, n)
                    program.row("kept", -math.inf, 0, {column: 1, program.q[_group(case, kind), slot]: -1})
                    program.kept.append(column)
    return program


def _balance(case: _Case, program: _Program) -> None:
    """Rows place, carry and stage of the model.

    Where earlier stages may leave something open, a place's bound is a variable of its own: a plan may narrow it,
    though not below the heaviest step there, so that all of them still fit under the bound of the terms.
    """
    terms = case.terms
    first, second = terms.holders
    scale, most = terms.scaled(1), terms.scaled(terms.bound)
    before: int | None = None  # the column of c_{t-1}; None while it is the constant below
    constant = case.carry[first] - case.carry[second]
    for t in case.stages:
        places = terms.stages[t].places
        sums: dict[tuple[int, str], dict[int, int]] = {}
        for j, place in enumerate(places):
            steps = {
                c: case.factors[group.holder] * group.weight
                for (group, at), c in program.q.items()
                if at == (t, j) and group.counts
            }
            for holder in terms.holders:
                mine = {c for (group, at), c in program.q.items() if at == (t, j) and group.holder == holder}
                sums[j, holder] = {c: step for c, step in steps.items() if c in mine}
            offset = case.base.get(((t, j), first), 0) - case.base.get(((t, j), second), 0)
            gap = _plus(sums[j, first], _times(sums[j, second], -1))
            least = -(-max(steps.values(), default=scale) // scale)
            if (before is None and not constant) or least >= place.bound:
                own = place.bound * scale
                program.row(f"place {t} {j}", -own - offset, own - offset, gap)
            else:
                program.bounds[t, j] = bound = program.column(least, place.bound)
                program.row(f"place {t} {j}", -math.inf, -offset, _plus(gap, {bound: -scale}))
                program.row(f"place {t} {j}", -offset, math.inf, _plus(gap, {bound: scale}))
        if before is not None or constant:
            for holder, sign in ((first, 1), (second, -1)):
                total = {} if before is None else {before: sign}
                room = most - sign * constant
                for j in range(len(places)):
                    reach, known = _reach_of(case, program, (t, j), holder, sums[j, holder])
                    total = _plus(total, reach)
                    room -= known
                program.row(f"carry {t} {holder}", -math.inf, room, total)
        after = program.column(-most, most)
        step: dict[int, int] = {after: -1} if before is None else {after: -1, before: 1}
        for j in range(len(places)):
            constant += case.base.get(((t, j), first), 0) - case.base.get(((t, j), second), 0)
            step = _plus(step, _plus(sums[j, first], _times(sums[j, second], -1)))
        program.row(f"stage {t}", -constant, -constant, step)
        before, constant = after, 0


def _reach_of(
    case: _Case, program: _Program, slot: Slot, holder: str, mine: Mapping[int, int]
) -> tuple[dict[int, int], int]:
    """min(K_tj, a_j) for a row that keeps it small: columns and a constant. A binary says whether a_j passes K_tj."""
    place = case.terms.stages[slot[0]].places[slot[1]]
    scale, base = case.terms.scaled(1), case.base.get((slot, holder), 0)
    bound = program.bounds.get(slot)
    widest = place.bound * scale
    narrowest = widest if bound is None else program.lower[bound] * scale
    greatest = base + case.factors[holder] * place.capacity.get(holder, 0)
    if greatest <= narrowest:
        return dict(mine), base
    reach, passes = program.column(0, widest), program.column(0, 1)
    program.row("reach", base, math.inf, _plus({reach: 1, passes: greatest}, _times(mine, -1)))
    if bound is None:
        program.row("reach", 0, math.inf, {reach: 1, passes: -widest})
    else:
        program.row("reach", -widest, math.inf, {reach: 1, passes: -widest, bound: -scale})
    return {reach: 1}, 0


def _plus(a: Mapping[int, int], b: Mapping[int, int]) -> dict[int, int]:
    total = dict(a)
    for column, value in b.items():
        total[column] = total.get(column, 0) + value
    return total


def _times(a: Mapping[int, int], by: int) -> dict[int, int]:
    return {column: value * by for column, value in a.items()}


# --- objectives ---------------------------------------------------------------------------------------------------


class _Goal(NamedTuple):
    name: str
    terms: Mapping[int, int]
    greatest: bool


def _optimise(case: _Case, search: _Search, schedule: bool) -> Solution:
    program = search.program
    levels: list[Level] = []

    def settle(goal: _Goal, limit: int | None = None) -> int:
        value, bound = search.best(goal, limit)
        levels.append(Level(goal.name, value, bound, goal.greatest))
        search.fix(goal, value, value == bound)
        return value

    if case.replanning:
        wanted = sum(n for slots in case.kept.values() for n in slots.values())
        settle(_Goal("units kept in their slot", dict.fromkeys(program.kept, 1), True), wanted)
    choices = _selection(case, program)
    limits = _limits(case, choices, {})
    if search.try_all([choice.goal for choice in choices], limits):
        levels += [Level(c.goal.name, limit, limit, True) for c, limit in zip(choices, limits, strict=True)]
    else:
        # A limit holds only if every level before it came to its own, so each is worked out from what was reached.
        reached: dict[int, int] = {}
        for i, choice in enumerate(choices):
            reached[i] = settle(choice.goal, _limits(case, choices, reached)[i])
    for goal in _evenly(case, program, search):
        settle(goal)
    for goal in _waiting(case, program) if schedule else ():
        settle(goal)
    wide = _Goal("places' bounds kept", dict.fromkeys(program.bounds.values(), 1), True)
    if schedule:
        settle(wide, sum(program.upper[column] for column in program.bounds.values()))
    answer = search.answer()
    bounds = {
        (t, j): answer[program.bounds[t, j]] if (t, j) in program.bounds else place.bound
        for t in case.stages
        for j, place in enumerate(case.terms.stages[t].places)
    }
    fixed = sum(bounds.values()) - sum(answer[column] for column in program.bounds.values())
    if schedule:
        levels[-1] = levels[-1]._replace(value=levels[-1].value + fixed, bound=levels[-1].bound + fixed)
    return Solution(_places(case, program, answer), dict(case.types), bounds, tuple(levels))


def _places(case: _Case, program: _Program, answer: Sequence[int]) -> dict[UnitType, dict[Slot, int]]:
    """Which type fills which place: in the order of tiers, places in the order of the terms."""
    counts: dict[UnitType, dict[Slot, int]] = {kind: {} for kind in case.types}
    left = {at: answer[column] for at, column in program.q.items()}
    for (kind, t), column in sorted(program.y.items()):
        units = answer[column]
        for j in range(len(case.terms.stages[t].places)):
            at = _group(case, kind), (t, j)
            taken = min(units, left.get(at, 0))
            if taken:
                counts[kind][t, j] = taken
                left[at] -= taken
                units -= taken
    return counts


class _Choice(NamedTuple):
    """People of one holder and tier who go: of how many, and how many of them are forced in."""

    goal: _Goal
    holder: str
    counts: bool
    people: int
    forced: int


def _selection(case: _Case, program: _Program) -> list[_Choice]:
    """Who goes, outside the ratio first, tier by tier and holder by holder; classes that all go are no choice."""
    groups: dict[tuple[tuple[int, int], str], list[UnitType]] = defaultdict(list)
    for kind in case.types:
        if not kind.all:
            groups[kind.rank, kind.holder].append(kind)
    return [
        _Choice(
            goal=_Goal(
                f"{holder}, {tier_name(rank)}: people who go",
                {c: kind.weight for (kind, _), c in program.y.items() if kind in kinds},
                True,
            ),
            holder=holder,
            counts=bool(rank[0]),
            people=sum(kind.weight * case.types[kind] for kind in kinds),
            forced=sum(kind.weight * case.least.get(kind, 0) for kind in kinds),
        )
        for (rank, holder), kinds in sorted(groups.items())
    ]


def _limits(case: _Case, choices: Sequence[_Choice], reached: Mapping[int, int]) -> list[int]:
    """What no plan passes at each level, given what those before it reached, or else that they reach their limits."""
    left = dict(case.totals)
    for kind, n in case.types.items():
        left[kind.holder] -= kind.weight * n if kind.all and kind.counts else 0
    for choice in choices:
        left[choice.holder] -= choice.forced if choice.counts else 0
    limits = []
    for i, choice in enumerate(choices):
        limit = min(choice.people, left[choice.holder] + choice.forced) if choice.counts else choice.people
        left[choice.holder] -= reached.get(i, limit) - choice.forced if choice.counts else 0
        limits.append(limit)
    return limits


def _evenly(case: _Case, program: _Program, search: _Search) -> Iterable[_Goal]:
    """Where one tier has units of several weights: places shared as near to one chance as whole units
    allow."""
    groups: dict[tuple[tuple[int, int], str], list[UnitType]] = defaultdict(list)
    for kind, n in case.types.items():
        if not kind.all and n:
            groups[kind.rank, kind.holder].append(kind)
    for (rank, holder), kinds in sorted(groups.items()):
        people = sum(kind.weight * case.types[kind] for kind in kinds)
        answer = search.answer()
        going = sum(kind.weight * answer[c] for (kind, _), c in program.y.items() if kind in kinds)
        if len(kinds) < 2 or going in (0, people):
            continue
        uneven = {}
        for kind in kinds:
            target = going * kind.weight * case.types[kind]
            off = program.column(0, people * people)
            search.added(off)
            share = program.of(kind, people * kind.weight)
            search.row(_Row("even", -target, math.inf, _plus({off: 1}, _times(share, -1))))
            search.row(_Row("even", target, math.inf, _plus({off: 1}, share)))
            uneven[off] = 1
        yield _Goal(f"{holder}, {tier_name(rank)}: unevenness between weights", uneven, False)
        for kind in sorted(kinds, key=lambda kind: -kind.weight)[:-1]:
            name = f"{holder}, {tier_name(rank)}, weight {kind.weight}: units that go"
            yield _Goal(name, program.of(kind), True)


def _waiting(case: _Case, program: _Program) -> Iterable[_Goal]:
    for rank in sorted({kind.rank for kind in case.types}):
        columns = {c: kind.weight * t for (kind, t), c in program.y.items() if kind.rank == rank and t}
        yield _Goal(f"{tier_name(rank)}: stages waited", columns, False)


def tier_name(rank: tuple[int, int]) -> str:
    """How levels and explanations call a tier."""
    return f"tier {rank[1]}" if rank[0] else f"outside the ratio, tier {rank[1]}"


# --- terms that cannot be met together ------------------------------------------------------------------------------


class _Change(NamedTuple):
    """One term that could give way by some amount: what to call it, how, and the most that makes sense."""

    say: Callable[[int], str]
    make: Callable[[int], tuple[PlanTerms, Classes]]
    most: int
    stepwise: bool  # whether more of it is never worse, so that the least can be looked for


def _conflict(
    units: Sequence[Unit], classes: Classes, terms: PlanTerms, progress: Progress | None, force: UnitType | None
) -> list[Problem]:
    """The terms whose single change would be enough, each solved again with that change before it is said."""

    def possible(change: _Change, amount: int) -> bool:
        changed, also = change.make(amount)
        if check_input(tuple(units), also, changed):
            return False
        case = _case(units, also, changed, progress, force)
        try:
            return not necessary(case) and bool(_Search(_program(case)).answer())
        except (_Infeasible, _Undecided):
            return False

    enough = []
    for change in _changes(classes, terms):
        if not possible(change, change.most):
            continue
        low, high = 0, change.most  # low is not enough, high is
        while high - low > 1 and change.stepwise:
            middle = (low + high) // 2
            low, high = (low, middle) if possible(change, middle) else (middle, high)
        enough.append(change.say(high))
    totals = ", ".join(f"{holder} {terms.totals[holder]:,}" for holder in terms.holders)
    seats = ", ".join(
        f"{holder} {sum(p.capacity.get(holder, 0) for s in terms.stages for p in s.places):,}"
        for holder in terms.holders
    )
    what = (
        f"no plan meets these together: totals ({totals}), seats ({seats}), bound {terms.bound:,} with its places'"
        f" bounds, {len(terms.stages)} stages"
    )
    if force is not None:
        what += f", and a unit of {force.holder}, stratum {force.stratum}, that must go"
    do = "any one of these is enough (each was tried): " + "; ".join(enough) if enough else (
        "no single change of a total, of seats or of bounds is enough: change several, or add a stage"
    )  # fmt: skip
    return [Problem("plan.infeasible", "terms", what, do)]


def _changes(classes: Classes, terms: PlanTerms) -> list[_Change]:
    most = max(terms.totals.values())

    def bound(amount: int) -> tuple[PlanTerms, Classes]:
        return replace(terms, bound=terms.bound + amount), classes

    def bounds(amount: int) -> tuple[PlanTerms, Classes]:
        stages = tuple(
            replace(s, places=tuple(replace(p, bound=p.bound + amount) for p in s.places)) for s in terms.stages
        )
        widest = max(sum(p.bound for p in s.places) for s in stages)
        return replace(terms, bound=max(terms.bound, widest), stages=stages), classes

    def seats(holder: str, amount: int) -> tuple[PlanTerms, Classes]:
        def wider(place: Place) -> Place:  # a place closed to the holder stays closed
            now = place.capacity.get(holder, 0)
            return replace(place, capacity={**place.capacity, holder: now + amount}) if now else place

        stages = tuple(replace(s, places=tuple(wider(p) for p in s.places)) for s in terms.stages)
        return replace(terms, stages=stages), classes

    def total(holder: str, amount: int) -> tuple[PlanTerms, Classes]:
        return replace(terms, totals={**terms.totals, holder: terms.totals[holder] - amount}), classes

    def optional(class_id: str, _: int) -> tuple[PlanTerms, Classes]:
        return terms, {**classes, class_id: replace(classes[class_id], all=False)}

    changes = [
        _Change(lambda n: f"raise the bound from {terms.bound:,} to {terms.bound + n:,}", bound, most, True),
        _Change(
            lambda n: f"raise every place's bound by {n:,}, and the bound to {bounds(n)[0].bound:,}",
            bounds,
            most,
            True,
        ),
    ]
    for holder in terms.holders:
        changes.append(
            _Change(
                partial("give {0} {1:,} more seats at every place".format, holder), partial(seats, holder), most, True
            )
        )
        equal = terms.totals[holder] - min(terms.totals.values())
        if equal:  # the proportion changes with a total, so there is no "least" to look for: equal totals are tried
            say = partial("lower the total of {0} by {1:,}, so that totals are equal".format, holder)
            changes.append(_Change(say, partial(total, holder), equal, False))
    for class_id, known in sorted(classes.items()):
        if known.all:
            say = partial("let not everyone of tier {0} with weight {1} have to go".format, known.tier, known.weight)
            changes.append(_Change(say, partial(optional, class_id), 1, False))
    return changes


# --- the solver ---------------------------------------------------------------------------------------------------


class _Infeasible(Exception):
    """No whole numbers meet the rows; proved by the solver."""


class _Undecided(Exception):
    """The node limit came before any answer."""


class _Search:
    """A program in HiGHS, its best answer so far, and its rows in integers to check each answer against."""

    def __init__(self, program: _Program) -> None:
        import highspy

        make: Any = highspy.Highs
        self.program = program
        self._kinds = highspy
        self._solver = make()
        for name, value in (
            ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", 0),
            ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.9), ("mip_max_nodes", MAX_NODES),
        ):  # fmt: skip
            self._solver.setOptionValue(name, value)
        self._stopped = False

        def look(event: Any) -> None:  # called by the solver, in its thread, many times a second
            if self._stopped:
                event.interrupt()

        for often in (self._solver.cbMipInterrupt, self._solver.cbSimplexInterrupt, self._solver.cbIpmInterrupt):
            often.subscribe(look)
        for low, high in zip(program.lower, program.upper, strict=True):
            self._add_column(low, high)
        for row in program.rows:
            self._add_row(row)
        self._answer: list[int] | None = None

    def answer(self) -> list[int]:
        if self._answer is None:
            self._run()
        assert self._answer is not None
        return self._answer

    def best(self, goal: _Goal, limit: int | None) -> tuple[int, int]:
        """The value of a goal and the bound proved for it; no search where the answer at hand is at the
        limit."""
        if limit is None and not goal.greatest:
            limit = 0  # every goal that asks for less is a sum of what cannot be negative
        if limit is not None and self._answer is not None and _value(goal.terms, self._answer) == limit:
            return limit, limit
        n = self._solver.getNumCol()
        costs = [0.0] * n
        for column, value in goal.terms.items():
            costs[column] = float(-value if goal.greatest else value)
        self._solver.changeColsCost(n, list(range(n)), costs)
        bound = self._run()
        value = _value(goal.terms, self.answer())
        if goal.greatest:
            known = sum(v * (self.program.upper if v > 0 else self.program.lower)[c] for c, v in goal.terms.items())
            known = known if limit is None else min(known, limit)
            return value, max(value, min(known, math.floor(-bound + 1e-6) if math.isfinite(bound) else known))
        return value, max(0, min(value, math.ceil(bound - 1e-6) if math.isfinite(bound) else 0))

    def fix(self, goal: _Goal, value: int, proved: bool = True) -> None:
        low, high = (value, math.inf) if goal.greatest else (-math.inf, value)
        if proved:
            low = high = value
        self.row(_Row(goal.name, low, high, goal.terms))

    def try_all(self, goals: Sequence[_Goal], values: Sequence[int]) -> bool:
        """Whether all goals can be at their values at once; then they are fixed there."""
        rows = len(self.program.rows)
        for goal, value in zip(goals, values, strict=True):
            self.fix(goal, value)
        n = self._solver.getNumCol()
        self._solver.changeColsCost(n, list(range(n)), [0.0] * n)
        try:
            self._run()
            return True
        except (_Infeasible, _Undecided):
            del self.program.rows[rows:]
            self._solver.deleteRows(len(goals), list(range(rows, rows + len(goals))))
            return False

    def added(self, column: int) -> None:
        self._add_column(self.program.lower[column], self.program.upper[column])
        self._answer = None

    def row(self, row: _Row) -> None:
        self.program.rows.append(row)
        self._add_row(row)

    def _add_column(self, low: int, high: int) -> None:
        self._solver.addVar(float(low), float(high))
        self._solver.changeColIntegrality(self._solver.getNumCol() - 1, self._kinds.HighsVarType.kInteger)

    def _add_row(self, row: _Row) -> None:
        infinite = self._kinds.kHighsInf
        low = -infinite if row.low == -math.inf else float(row.low)
        high = infinite if row.high == math.inf else float(row.high)
        columns = sorted(row.terms)
        self._solver.addRow(low, high, len(columns), columns, [float(row.terms[c]) for c in columns])

    def _run(self) -> float:
        """Searches; keeps the rounded answer; gives the proved bound."""
        if self._answer is not None:
            start = self._kinds.HighsSolution()
            start.col_value = [float(value) for value in self._answer]
            self._solver.setSolution(start)
        self._search()
        status = self._solver.getModelStatus()
        fallback = self._answer if self._answer is not None and self._meets(self._answer) else None
        if status in (self._kinds.HighsModelStatus.kInfeasible, self._kinds.HighsModelStatus.kUnboundedOrInfeasible):
            if fallback is None:
                raise _Infeasible
            return -math.inf  # the answer at hand meets every row, whatever the solver's floats say: nothing is proved
        answer: list[int] | None = [round(value) for value in self._solver.getSolution().col_value]
        if answer is None or len(answer) != len(self.program.lower) or not self._meets(answer):
            answer = fallback
        if answer is None:
            raise _Undecided
        self._answer = answer
        return float(self._solver.getInfo().mip_dual_bound)

    def _search(self) -> None:
        """Runs the solver aside. Ctrl-C comes out of here as soon as the solver has stopped."""
        ended, over = threading.Lock(), False  # a plain lock: waiting for it may be interrupted anywhere
        ended.acquire()

        def run() -> None:
            nonlocal over
            try:
                self._solver.run()
            finally:
                over = True
                ended.release()

        search = threading.Thread(target=run)
        try:
            with deaf():
                search.start()
            while not over:
                ended.acquire(timeout=_LOOK_SECONDS)
        except BaseException:
            self._stopped = True
            while search.ident is not None and not over:
                with suppress(KeyboardInterrupt):  # pressed again: the solver has been asked, and looks soon
                    ended.acquire(timeout=_LOOK_SECONDS)
            raise

    def _meets(self, answer: Sequence[int]) -> bool:
        """Every bound and row, in integers."""
        within = all(low <= a <= high for low, a, high in
                     zip(self.program.lower, answer, self.program.upper, strict=True))  # fmt: skip
        return within and all(row.low <= _value(row.terms, answer) <= row.high for row in self.program.rows)


def _value(terms: Mapping[int, int], answer: Sequence[int]) -> int:
    return sum(value * answer[column] for column, value in terms.items())
