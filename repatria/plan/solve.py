"""The search: how many of each type go, in which stage and at which place.

Who goes is settled first, over one integer variable per type; then when and where, over what no row of a stage or
place tells apart. Should those who are to go not fit any stages, both are searched for together. The objectives are
taken one after the other, each fixed at its value before the next (see `search`). The whole plan is checked again in
`check`.

A level is *proved* where its value equals its bound, and *exact* where whole numbers say so and not only the solver.
Where the node limit came first, or somebody stopped the search, value and bound differ, and whoever shows the plan says
so.

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
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from repatria.plan.case import STAYS, Case, Slot, make_case, necessary
from repatria.plan.change import impossible
from repatria.plan.cycles import Cycle
from repatria.plan.model import Classes, PlanTerms, Progress, Unit, UnitType, check_input
from repatria.plan.rows import Kin, Program, choose, kin_of, place, plus, times
from repatria.plan.search import MAX_NODES, Enough, Goal, Infeasible, Level, Search, Stop, Undecided, Watch
from repatria.plan.sooner import Sooner
from repatria.problem import Problem

__all__ = ["Enough", "Level", "Slot", "Solution", "Watch", "solve", "tier_name"]

@dataclass(frozen=True)
class Solution:
    """How many units of each type go where, out of how many, and what each objective came to."""

    counts: Mapping[UnitType, Mapping[Slot, int]]
    available: Mapping[UnitType, int]
    bounds: Mapping[Slot, int]  # of each place of stages to come, in people: the terms' or less
    levels: tuple[Level, ...]
    packages: tuple[tuple[Cycle, int], ...] = ()  # closed rounds of parties, and how many of each
    selection: tuple[Ask, ...] = ()  # all that keeps who goes to the terms and levels, in whole numbers
    stopped: bool = False  # before every level was proved


class Ask(NamedTuple):
    """One row about who goes: least <= sum of figure * units of a type that go <= most."""

    name: str
    least: int | None
    most: int | None
    figures: Mapping[UnitType, int]


def solve(
    units: Sequence[Unit],
    classes: Classes,
    terms: PlanTerms,
    *,
    progress: Progress | None = None,
    force: UnitType | None = None,
    going: Mapping[UnitType, int] | None = None,
    favour: Mapping[UnitType, int] | None = None,
    schedule: bool = True,
    enough: Enough | None = None,
    watch: Watch | None = None,
    reasons: bool = True,
) -> Solution | list[Problem]:
    """The best counts, proved level by level, or the terms that cannot be met together.

    Args:
        progress: what happened under the plan to be replaced.
        force: a type of which at least one unit more must go than without it (for "why not").
        going: how many units of each type go, where a draw has settled that.
        favour: weights of types, whose greatest sum is asked for right after the selection, and nothing after it.
        schedule: False stops after the selection: who goes is settled, where and when is not.
        enough: says when to stop once it is settled who goes; the best plan so far comes back, its levels with the gaps
            left.
        watch: told of every level as it comes nearer to its bound.
        reasons: False does not look for what collides, and for what change would do, where there is no plan.

    Raises:
        KeyboardInterrupt: Ctrl-C before there was any plan, or twice.
    """
    problems = check_input(tuple(units), classes, terms)
    if problems:
        return problems
    case = make_case(units, classes, terms, progress, force, going)
    stop = Stop(enough, watch)
    problems = necessary(case)
    if not problems:
        try:
            if favour is not None:
                return _at_once(case, False, stop, favour=favour)
            return _planned(case, schedule, stop)
        except Undecided:
            return [
                Problem(
                    "plan.undecided",
                    "terms",
                    f"no plan found within {MAX_NODES:,} steps of the search, and no proof that there is none",
                    "give more room: seats, bounds or stages",
                )
            ]
        except Infeasible:
            problems = []
    if reasons:
        problems += impossible(case, classes, stop)
    what = "no plan meets all terms together"
    return problems or [Problem("plan.infeasible", "terms", what, "ask which of them are in conflict")]


def _planned(case: Case, schedule: bool, stop: Stop) -> Solution:
    """Who goes and then when, where that works out; else all at once."""
    proof: tuple[Level, ...] = ()
    if case.replanning:  # everybody keeping their slot is the best there is, and leaves a small search
        still = case.still()
        if min(still.seats.values(), default=0) >= 0:
            for plan in (_in_turn, _at_once):
                with suppress(Infeasible, Undecided, _Unplaced):
                    return plan(still, schedule, stop)
    else:
        try:
            return _in_turn(case, schedule, stop)
        except _Unplaced as error:
            proof = error.proof
    return _at_once(case, schedule, stop, proof)


class _Unplaced(Exception):
    """Those who are to go fit no stages; `proof`: what no other choice passes."""

    def __init__(self, proof: tuple[Level, ...]) -> None:
        super().__init__()
        self.proof = proof


# --- objectives ---------------------------------------------------------------------------------------------------


def _in_turn(case: Case, schedule: bool, stop: Stop) -> Solution:
    """Who goes, and then when and where."""
    chosen = Program()
    choose(case, chosen)
    search = Search(chosen, Stop(None, stop.tell), plan=False)  # seconds, and what comes of half of it nobody may sign
    levels = [] if not case.replanning else [_all_kept(case)]
    levels += search.settle(_selection(case, chosen), proof=schedule)
    asked = _asked(case, chosen)
    levels += _evenly(case, chosen, search)
    going = _shared(case, chosen, search)
    packages = _packages(chosen, search.answer())
    staged = Program()
    place(case, staged, going)
    search = Search(staged, stop, plan=schedule)
    try:
        if not schedule:  # that they fit is all that is asked
            search.some(_waiting(case, staged))
            return Solution(_counted(case, going, {}), _available(case), {}, tuple(levels), packages, asked, stop.asked)
        found, bounds = _scheduled(case, staged, search)
    except (Infeasible, Undecided) as error:
        raise _Unplaced(tuple(levels)) from error
    counts = _counted(case, going, _places(case, staged, going, search.answer()))
    levels += search.as_answered(found)
    return Solution(counts, _available(case), bounds, tuple(levels), packages, asked, stop.asked)


def _at_once(
    case: Case,
    schedule: bool,
    stop: Stop,
    proof: tuple[Level, ...] = (),
    favour: Mapping[UnitType, int] | None = None,
) -> Solution:
    """Who goes, when and where in one search. `proof`: levels that no plan passes, since even without a schedule
    none does."""
    program = Program()
    choose(case, program)
    place(case, program, None)
    search = Search(program, stop, plan=True)
    levels: list[Level] = []
    if case.kept:
        wanted = sum(n for slots in case.kept.values() for n in slots.values())
        levels += search.settle([Goal(KEPT, dict.fromkeys(program.kept, 1), True)], [wanted], proof=schedule)
    elif case.replanning:
        levels.append(_all_kept(case))
    levels += search.settle(_selection(case, program), [level.value for level in proof], proof=schedule)
    asked = _asked(case, program)
    if favour is None:
        levels += _evenly(case, program, search)
    else:
        liked = {program.x[kind]: weight for kind, weight in favour.items() if weight}
        levels += search.settle([Goal("favoured types", liked, True)], whole=True)
    bounds: dict[Slot, int] = {}
    if schedule:
        found, bounds = _scheduled(case, program, search)
        levels += found
    answer = search.answer()
    going = {kind: answer[c] for kind, c in program.x.items()}
    counts = _counted(case, going, _places(case, program, going, answer))
    packages = _packages(program, answer)
    levels = search.as_answered(levels)
    return Solution(counts, _available(case), bounds, tuple(levels), packages, asked, stop.asked)


KEPT = "units kept in their slot"


def _all_kept(case: Case) -> Level:
    kept = sum(case.staying.values())
    return Level(KEPT, kept, kept, True, True)


def _available(case: Case) -> dict[UnitType, int]:
    return {kind: n + case.staying.get(kind, 0) for kind, n in case.types.items()}


def _counted(
    case: Case, going: Mapping[UnitType, int], places: Mapping[UnitType, Mapping[Slot, int]]
) -> dict[UnitType, dict[Slot, int]]:
    """Units of each type by slot, with those who stay in theirs; without a schedule all in the first slot."""
    counts: dict[UnitType, dict[Slot, int]] = {kind: dict(places.get(kind, {})) for kind in case.types}
    for kind, n in going.items() if not places else ():
        counts[kind] = {(0, 0): n} if n else {}
    for (kind, slot, why), n in case.placed.items():
        if why == STAYS:
            counts[kind][slot] = counts[kind].get(slot, 0) + n
    return {kind: dict(sorted(slots.items())) for kind, slots in counts.items()}


def _asked(case: Case, program: Program) -> tuple[Ask, ...]:
    """The rows and levels so far that are about who goes alone."""
    of = {c: kind for kind, c in program.x.items()}
    return tuple(
        Ask(
            row.name, None if row.low == -math.inf else int(row.low), None if row.high == math.inf else int(row.high),
            {of[c]: v for c, v in row.terms.items()},
        )
        for row in program.rows
        if all(c in of for c in row.terms)
    )  # fmt: skip


def _packages(program: Program, answer: Sequence[int]) -> tuple[tuple[Cycle, int], ...]:
    return tuple((cycle, answer[c]) for cycle, c in sorted(program.z.items()) if answer[c])


def _scheduled(case: Case, program: Program, search: Search) -> tuple[list[Level], dict[Slot, int]]:
    """The levels about when, and each place's bound."""
    fixed = sum(
        place.bound
        for t in case.stages
        for j, place in enumerate(case.terms.stages[t].places)
        if (t, j) not in program.bounds
    )
    wide = Goal("places' bounds kept", dict.fromkeys(program.bounds.values(), 1), True, fixed, minor=True)
    levels = search.settle(
        [*_waiting(case, program), wide], mend=lambda answer: Sooner(case, program, answer).mended(), proof=True
    )
    answer = search.answer()
    bounds = {
        (t, j): answer[program.bounds[t, j]] if (t, j) in program.bounds else place.bound
        for t in case.stages
        for j, place in enumerate(case.terms.stages[t].places)
    }
    return levels, bounds


def _places(
    case: Case, program: Program, going: Mapping[UnitType, int], answer: Sequence[int]
) -> dict[UnitType, dict[Slot, int]]:
    """Which type fills which place: of a stage and group in the order of tiers, places in the order of the terms;
    among kin in proportion, stage by stage."""
    kin: dict[Kin, list[UnitType]] = defaultdict(list)
    for kind, n in sorted(going.items()):
        if n:
            kin[kin_of(case, kind)].append(kind)
    left = {at: answer[column] for at, column in program.q.items()}
    slots: dict[Kin, list[Slot]] = defaultdict(list)
    for (each, t), column in sorted(program.y.items()):
        units = answer[column]
        for j in range(len(case.terms.stages[t].places)):
            taken = min(units, left.get((each.group, (t, j)), 0))
            if taken:
                slots[each] += [(t, j)] * taken
                left[each.group, (t, j)] -= taken
                units -= taken
    counts: dict[UnitType, dict[Slot, int]] = defaultdict(lambda: defaultdict(int))
    for each, types in kin.items():
        turn = sorted(
            ((2 * i + 1) / (2 * going[kind]), k) for k, kind in enumerate(types) for i in range(going[kind])
        )
        for (_, k), slot in zip(turn, sorted(slots[each]), strict=True):
            counts[types[k]][slot] += 1
    return counts


def _selection(case: Case, program: Program) -> list[Goal]:
    """Who goes, outside the ratio first, tier by tier and holder by holder; classes that all go are no choice."""
    groups: dict[tuple[tuple[int, int], str], list[UnitType]] = defaultdict(list)
    for kind in case.types:
        if not kind.all:
            groups[kind.rank, kind.holder].append(kind)
    return [
        Goal(
            f"{holder}, {tier_name(rank)}: people who go", {program.x[kind]: kind.people for kind in kinds}, True,
            sum(kind.people * case.staying.get(kind, 0) for kind in kinds),
        )
        for (rank, holder), kinds in sorted(groups.items())
    ]  # fmt: skip


def _evenly(case: Case, program: Program, search: Search) -> list[Level]:
    """Where one tier has units of several weights: places shared as near to one chance as whole units
    allow.

    Between weights alone that is a search of a handful of columns, whose answer nothing can pass. Where the other rows
    allow it, it stands; else they are all searched.
    """
    groups: dict[tuple[tuple[int, int], str], list[UnitType]] = defaultdict(list)
    for kind, n in case.types.items():
        if not kind.all and n + case.staying.get(kind, 0):
            groups[kind.rank, kind.holder].append(kind)
    levels: list[Level] = []
    for (rank, holder), kinds in sorted(groups.items()):
        weights: dict[int, list[UnitType]] = defaultdict(list)
        for kind in kinds:
            weights[kind.weight].append(kind)
        if len(weights) < 2:
            continue
        answer = search.answer()
        stay = {kind: case.staying.get(kind, 0) for kind in kinds}
        people = sum(kind.people * (case.types[kind] + stay[kind]) for kind in kinds)
        going = sum(kind.people * (answer[program.x[kind]] + stay[kind]) for kind in kinds)
        if going in (0, people):
            continue
        name = f"{holder}, {tier_name(rank)}"
        shares = {weight: {program.x[kind]: kind.people for kind in those} for weight, those in weights.items()}
        units = {weight: {program.x[kind]: 1 for kind in those} for weight, those in weights.items()}
        here = {w: sum(kind.people * stay[kind] for kind in those) for w, those in weights.items()}
        each = {w: sum(kind.people * (case.types[kind] + stay[kind]) for kind in those) for w, those in weights.items()}
        ahead = {w: sum(stay[kind] for kind in those) for w, those in weights.items()}
        first = sorted(weights, reverse=True)[:-1]

        def goals(
            of: Program, by: Callable[[int], dict[int, int]], count: Callable[[int], dict[int, int]],
            here: Mapping[int, int] = here, each: Mapping[int, int] = each, ahead: Mapping[int, int] = ahead,
            name: str = name, first: Sequence[int] = first, going: int = going, people: int = people,
        ) -> list[Goal]:  # fmt: skip
            uneven = {}
            for weight in each:
                target, at = going * each[weight], here[weight] * people
                off = of.column(0, people * people)
                of.row("even", at - target, math.inf, plus({off: 1}, times(by(weight), -people)))
                of.row("even", target - at, math.inf, plus({off: 1}, times(by(weight), people)))
                uneven[off] = 1
            return [
                Goal(f"{name}: unevenness between weights", uneven, False),
                *(Goal(f"{name}, weight {w}: units that go", count(w), True, ahead[w]) for w in first),
            ]

        alone, found = _between(case, weights, going - sum(here.values()), goals, search.stop)
        if found is not None and search.try_all(
            [Goal("share", units[weight], True) for weight in weights], [found[weight] for weight in weights]
        ):
            levels += alone
            continue
        rows, columns = len(program.rows), len(program.lower)
        wanted = goals(program, shares.__getitem__, units.__getitem__)
        search.grown(rows, columns)
        for goal in wanted:
            levels += search.settle([goal], whole=True)
    return levels


def _between(
    case: Case,
    weights: Mapping[int, Sequence[UnitType]],
    going: int,
    goals: Callable[..., list[Goal]],
    stop: Stop,
) -> tuple[list[Level], dict[int, int] | None]:
    """The fairest numbers of units by weight, if nothing but their sum kept them; None where people and weights
    differ, or there are no such numbers."""
    if any(kind.people != kind.weight for those in weights.values() for kind in those):
        return [], None
    small = Program()
    column = {w: small.column(0, sum(case.types[kind] for kind in those)) for w, those in weights.items()}
    small.row("sum", going, going, {c: w for w, c in column.items()})
    wanted = goals(small, lambda w: {column[w]: w}, lambda w: {column[w]: 1})
    search = Search(small, stop, plan=False)
    try:
        levels = [level for goal in wanted for level in search.settle([goal], whole=True)]
    except (Infeasible, Undecided):
        return [], None
    answer = search.answer()
    return levels, {w: answer[c] for w, c in column.items()}


def _shared(case: Case, program: Program, search: Search) -> dict[UnitType, int]:
    """Units that go of each type: in proportion among those of one tier, holder and weight, as near as rows allow."""
    answer = search.answer()
    alike: dict[tuple[tuple[int, int], str, int], list[UnitType]] = defaultdict(list)
    for kind, n in case.types.items():
        if not kind.all and n:
            alike[kind.rank, kind.holder, kind.weight].append(kind)
    target = {kind: answer[c] for kind, c in program.x.items()}
    for kinds in alike.values():
        going = sum(target[kind] for kind in kinds)
        whole = sum(case.types[kind] for kind in kinds)
        if len(kinds) > 1 and 0 < going < whole:
            rest = sorted(kinds, key=lambda kind: (-(going * case.types[kind] % whole), kind))
            for kind in kinds:
                target[kind] = going * case.types[kind] // whole
            for kind in rest[: going - sum(target[kind] for kind in kinds)]:
                target[kind] += 1
    if any(target[kind] != answer[c] for kind, c in program.x.items()):
        near = list(answer)
        for kind, c in program.x.items():
            near[c] = target[kind]
        if not search.take(near) and not search.stop.asked:
            rows, columns = len(program.rows), len(program.lower)
            off = {}
            for kind, c in program.x.items():
                if program.lower[c] < program.upper[c]:
                    off[program.column(0, max(program.upper[c], target[kind]))] = 1
                    program.row("near", -target[kind], math.inf, {len(program.lower) - 1: 1, c: -1})
                    program.row("near", target[kind], math.inf, {len(program.lower) - 1: 1, c: 1})
            search.grown(rows, columns)
            search.settle([Goal("near", off, False)])
    answer = search.answer()
    return {kind: answer[c] for kind, c in program.x.items()}


def _waiting(case: Case, program: Program) -> list[Goal]:
    columns: dict[tuple[int, int], dict[int, int]] = {kind.rank: {} for kind in sorted(case.types)}
    for (kin, t), c in program.y.items():
        if t:
            columns[kin.rank][c] = kin.group.people * t
    stayed: dict[tuple[int, int], int] = defaultdict(int)
    for (kind, (t, _), why), n in case.placed.items():
        stayed[kind.rank] += n * t * kind.people if why == STAYS else 0
    return [
        Goal(f"{tier_name(rank)}: stages waited", terms, False, stayed[rank])
        for rank, terms in sorted(columns.items())
    ]


def tier_name(rank: tuple[int, int]) -> str:
    """How levels and explanations call a tier."""
    return f"tier {rank[1]}" if rank[0] else f"outside the ratio, tier {rank[1]}"
