"""The terms as inequalities over whole numbers: who goes, and when and where.

`choose` has a column for each type, `place` for kin in a stage and for groups at a place. Put into one program they
are linked; apart, what the first settles is a number in the second.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from repatria.plan.case import STAYS, Case, Group, Slot, anywhere, measure, only_adds
from repatria.plan.cycles import Party, rounds_of
from repatria.plan.model import Part, PlanTerms, Row, Unit, UnitType


class Inequality(NamedTuple):
    name: str
    low: float
    high: float
    terms: Mapping[int, int]


class Reach(NamedTuple):
    """min(K_tj, a_j) as columns: what it is, and whether a_j passes K_tj; and what makes a_j and K_tj."""

    reach: int
    passes: int
    steps: Mapping[int, int]
    base: int
    widest: int
    bound: int | None  # a column, in people, each so much of K_tj as `scale` says
    scale: int


@dataclass
class Program:
    """Columns with bounds and rows over them, all in whole numbers (an open side of a row is infinite)."""

    lower: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    rows: list[Inequality] = field(default_factory=list)
    x: dict[UnitType, int] = field(default_factory=dict)  # units of a type that go
    y: dict[tuple[Kin, int], int] = field(default_factory=dict)  # units in a stage
    q: dict[tuple[Group, Slot], int] = field(default_factory=dict)  # units of a group at a place
    full: set[int] = field(default_factory=set)  # columns that say that nothing is saved on a bound, when at their most
    people: dict[int, int] = field(default_factory=dict)  # of one unit of each column of q
    z: dict[tuple[Any, ...], int] = field(default_factory=dict)  # closed rounds of parties
    kept: list[int] = field(default_factory=list)
    reach: dict[tuple[Slot, str], Reach] = field(default_factory=dict)
    after: dict[tuple[int, str], int] = field(default_factory=dict)  # how far a holder is ahead after a stage
    bounds: dict[Slot, int] = field(default_factory=dict)  # where a place's bound may be narrowed

    def column(self, low: int, high: int) -> int:
        self.lower.append(low)
        self.upper.append(high)
        return len(self.lower) - 1

    def row(self, name: str, low: float, high: float, terms: Mapping[int, int]) -> None:
        self.rows.append(Inequality(name, low, high, {c: v for c, v in terms.items() if v}))


class Kin(NamedTuple):
    """Types alike to every row and objective once it is settled who goes."""

    rank: tuple[int, int]
    group: Group


def kin_of(case: Case, kind: UnitType) -> Kin:
    return Kin(kind.rank, case.groups[kind])


def choose(case: Case, program: Program) -> None:
    """Who goes: a column for each type, and every row that does not ask when or where."""
    terms = case.terms
    open_seats: dict[Group, bool] = {}
    for kind, n in case.types.items():
        group = case.groups[kind]
        able = open_seats.setdefault(group, bool(case.allowed[group]))
        least = n if kind.all else case.least.get(kind, 0)
        if case.going is not None:
            least = n = max(0, case.going.get(kind, 0) - case.staying.get(kind, 0))
        program.x[kind] = program.column(least, max(least, n if able else 0))
    for holder in terms.holders:
        counted = {c: kind.weight for kind, c in program.x.items() if kind.counts and kind.holder == holder}
        total = case.totals[holder]
        program.row(f"total of {holder}", total if terms.tolerance is None else -math.inf, total, counted)
        seated = {c: kind.people for kind, c in program.x.items() if kind.holder == holder}
        seats = sum(n for (_, whose), n in case.seats.items() if whose == holder)
        program.row(f"seats of {holder}", -math.inf, seats, seated)
    most = terms.scaled(terms.bound if terms.tolerance is None else min(terms.bound, terms.tolerance))
    for holder in case.balanced:
        ahead = {c: case.ahead(kind, holder) for kind, c in program.x.items()}
        so_far = sum(n * case.ahead(kind, holder) for (kind, _, _), n in case.placed.items())
        program.row(f"even {holder}", -most - so_far, most - so_far, ahead)
    for row in terms.rows:
        if row.whole:
            bottom, top = case.free[row.name]
            figures = {c: sum(measure(part, kind) for part in row.parts) for kind, c in program.x.items()}
            program.row(row.name, -math.inf if bottom is None else bottom, math.inf if top is None else top, figures)
    _summed(case, program)
    if terms.packages:
        _rounds(case, program)


def _summed(case: Case, program: Program) -> None:
    """What rows of stages and places allow of the same people over all of them together: a row about who goes."""
    alike: dict[tuple[Part, ...], list[Row]] = defaultdict(list)
    for row in case.staged:
        if only_adds(row) and row.most is not None and len({(part.stage, part.place) for part in row.parts}) == 1:
            alike[tuple(map(anywhere, row.parts))].append(row)
    for selectors, rows in alike.items():
        covered = {slot for row in rows for slot in case.slots if case.at(row.parts[0], slot)}
        inside = {group: covered.issuperset(slots) for group, slots in case.allowed.items()}
        figures = {
            c: sum(measure(part, kind) for part in selectors)
            for kind, c in program.x.items()
            if inside[case.groups[kind]]
        }
        most = sum(max(0, case.free[row.name][1] or 0) for row in rows)
        program.row(f"all of {rows[0].name}", -math.inf, most, figures)


def _rounds(case: Case, program: Program) -> None:
    """From each party to each other as many go as the closed rounds through that pair say."""
    arcs: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    sent: dict[tuple[str, str], int] = defaultdict(int)
    for kind, c in program.x.items():
        if kind.counts:
            arcs[arc_of(kind, case.terms)][c] = kind.weight
    for (kind, _, _), n in case.placed.items():
        if kind.counts:
            sent[arc_of(kind, case.terms)] += n * kind.weight
    most = {
        pair: sum(program.upper[c] * w for c, w in arcs[pair].items()) + sent[pair] for pair in sorted({*arcs, *sent})
    }
    for pair, rounds in rounds_through(program, most, case.terms.packages).items():
        row = {**arcs[pair], **dict.fromkeys(rounds, -1)}
        program.row(f"rounds {pair[0]} {pair[1]}", -sent[pair], -sent[pair], row)


def rounds_through(
    program: Program, pairs: Mapping[tuple[Party, Party], int], most: int
) -> dict[tuple[Party, Party], list[int]]:
    """A column for each closed round of up to `most` parties: how often it is. Gives the columns through each pair.

    Args:
        pairs: who may give to whom, and how often at most.
    """
    through: dict[tuple[Party, Party], list[int]] = {pair: [] for pair in pairs}
    for parties in rounds_of(pairs, most):
        along = [(giver, taker) for giver, taker in zip(parties, parties[1:] + parties[:1], strict=True)]
        program.z[parties] = c = program.column(0, min(pairs[pair] for pair in along))
        for pair in along:
            through[pair].append(c)
    return through


def arc_of(unit: Unit | UnitType, terms: PlanTerms) -> tuple[str, str]:
    """From which party to which a unit goes."""
    return unit.party or unit.holder, unit.to or terms.receiver(unit)


def place(case: Case, program: Program, going: Mapping[UnitType, int] | None) -> None:
    """When and where: kin go to stages and groups to places; which type fills which place is no row's concern.

    Keeping types out of the places is what makes the search small: no two answers differ only in who of equal
    weight goes to which place.

    Args:
        going: how many units of each type go; None where the program's own x says it.
    """
    kin: dict[Kin, dict[UnitType, int]] = defaultdict(dict)
    for kind, n in case.types.items():
        if n if going is None else going.get(kind, 0):
            kin[kin_of(case, kind)][kind] = n if going is None else going[kind]
    members: dict[Group, list[Kin]] = defaultdict(list)
    for each in kin:
        members[each.group].append(each)
    for group, several in members.items():
        n = sum(sum(kin[each].values()) for each in several)
        at: dict[int, dict[int, int]] = defaultdict(dict)
        for slot in case.allowed[group]:
            most = min(n, case.seats[slot, group.holder] // group.people)
            if most > 0:
                program.q[group, slot] = c = program.column(0, most)
                program.people[c] = group.people
                at[slot[0]][c] = 1
        for t, there in sorted(at.items()):
            room = sum(program.upper[c] for c in there)
            here = {}
            for each in several:
                program.y[each, t] = c = program.column(0, min(sum(kin[each].values()), room))
                here[c] = -1
            program.row(f"places of {t}", 0, 0, {**there, **here})
    for each, types in kin.items():
        staged = {program.y[each, t]: 1 for t in case.stages if (each, t) in program.y}
        n = 0 if going is None else sum(types.values())
        chosen = {program.x[kind]: -1 for kind in types} if going is None else {}
        program.row("everyone who goes", n, n, {**staged, **chosen})
    seated: dict[tuple[Slot, str], dict[int, int]] = defaultdict(dict)
    for (group, slot), c in program.q.items():
        seated[slot, group.holder][c] = group.people
    for (slot, holder), who in seated.items():
        program.row(f"seats {holder} {slot[0]} {slot[1]}", -math.inf, case.seats[slot, holder], who)
    asked: dict[str, dict[int, int]] = {row.name: {} for row in case.staged}
    for (group, slot), c in program.q.items():
        for row, those in case.figures[slot]:
            asked[row.name][c] = sum(group.marks[i] for i in those)
    for name, figures in asked.items():
        low, high = case.free[name]
        program.row(name, -math.inf if low is None else low, math.inf if high is None else high, figures)
    _balance(case, program)
    for kind, kept in case.kept.items():
        for slot, n in kept.items():
            if (case.groups[kind], slot) in program.q:
                c = program.column(0, n)
                program.row("kept", -math.inf, 0, {c: 1, program.q[case.groups[kind], slot]: -1})
                program.kept.append(c)


def _balance(case: Case, program: Program) -> None:
    """Rows place, carry and stage of the model.

    Where earlier stages may leave something open, a place's bound is a variable of its own: a plan may narrow it,
    though not below the heaviest step there, so that all of them still fit under the bound of the terms.
    """
    terms = case.terms
    scale, most = terms.scaled(1), terms.scaled(terms.bound)
    gave: dict[tuple[Slot, str], dict[int, int]] = defaultdict(dict)
    took: dict[tuple[Slot, str], dict[int, int]] = defaultdict(dict)
    heaviest: dict[Slot, int] = defaultdict(int)
    for (group, slot), c in program.q.items():
        if group.counts:
            step = case.factors[group.holder] * group.weight
            gave[slot, group.holder][c] = step
            took[slot, group.to][c] = step
            heaviest[slot] = max(heaviest[slot], step)
    for kind, slot, why in case.placed:
        heaviest[slot] = max(heaviest[slot], case.step(kind) if why == STAYS else 0)
    before: dict[str, int] = {}  # the columns of c_{t-1}; none while they are the constants below
    constant = {holder: case.carry[holder] for holder in case.balanced}
    for t in case.stages:
        places = terms.stages[t].places
        first = not before and not any(constant.values())
        for j, place in enumerate(places):
            least = -(-heaviest[t, j] // scale) or 1
            narrow = not first and least < place.bound
            if narrow:
                program.bounds[t, j] = program.column(least, place.bound)
                program.full.add(program.bounds[t, j])
            for holder in case.balanced:
                gap = plus(gave[(t, j), holder], times(took[(t, j), holder], -1))
                offset = case.base_ahead.get(((t, j), holder), 0)
                if not narrow:
                    own = place.bound * scale
                    program.row(f"place {t} {j}", -own - offset, own - offset, gap)
                else:
                    bound = program.bounds[t, j]
                    program.row(f"place {t} {j}", -math.inf, -offset, plus(gap, {bound: -scale}))
                    program.row(f"place {t} {j}", -offset, math.inf, plus(gap, {bound: scale}))
        if not first:
            for holder in terms.holders:
                told = holder if holder in case.balanced else case.balanced[0]
                sign = 1 if told == holder else -1
                total = {before[told]: sign} if before else {}
                room = most - sign * constant[told]
                for j in range(len(places)):
                    reach, known = _reach_of(case, program, (t, j), holder, gave)
                    total = plus(total, reach)
                    room -= known
                program.row(f"carry {t} {holder}", -math.inf, room, total)
        after = {}
        for holder in case.balanced:
            after[holder] = program.after[t, holder] = program.column(-most, most)
            step_terms = {after[holder]: -1, **({before[holder]: 1} if before else {})}
            for j in range(len(places)):
                constant[holder] += case.base_ahead.get(((t, j), holder), 0)
                step_terms = plus(step_terms, gave[(t, j), holder])
                step_terms = plus(step_terms, times(took[(t, j), holder], -1))
            program.row(f"stage {t}", -constant[holder], -constant[holder], step_terms)
        before, constant = after, dict.fromkeys(case.balanced, 0)


def _reach_of(
    case: Case, program: Program, slot: Slot, holder: str, gave: Mapping[tuple[Slot, str], Mapping[int, int]]
) -> tuple[dict[int, int], int]:
    """min(K_tj, a_j) for a row that keeps it small: columns and a constant. A binary says whether a_j passes K_tj."""
    place = case.terms.stages[slot[0]].places[slot[1]]
    scale, base = case.terms.scaled(1), case.base.get((slot, holder), 0)
    bound, mine = program.bounds.get(slot), gave[slot, holder]
    widest = place.bound * scale
    narrowest = widest if bound is None else program.lower[bound] * scale
    greatest = _most_at(case, program, slot, holder, mine)
    if len(case.terms.holders) == 2:  # the row of the place keeps the two together
        other = next(each for each in case.terms.holders if each != holder)
        greatest = min(greatest, _most_at(case, program, slot, other, gave[slot, other]) + widest)
    if greatest <= narrowest:
        return dict(mine), base
    reach, passes = program.column(0, widest), program.column(0, 1)
    program.full.add(passes)
    program.reach[slot, holder] = Reach(reach, passes, dict(mine), base, widest, bound, scale)
    program.row("reach", base, math.inf, plus({reach: 1, passes: greatest}, times(mine, -1)))
    if bound is None:
        program.row("reach", 0, math.inf, {reach: 1, passes: -widest})
    else:
        program.row("reach", -widest, math.inf, {reach: 1, passes: -widest, bound: -scale})
    return {reach: 1}, 0


def _most_at(case: Case, program: Program, slot: Slot, holder: str, mine: Mapping[int, int]) -> int:
    """The most progress of a holder at a place, by its people and its seats."""
    most = sum(step * program.upper[c] for c, step in mine.items())
    seats = case.seats[slot, holder]
    by_seats = max((-(-step * seats // program.people[c]) for c, step in mine.items()), default=0)
    return case.base.get((slot, holder), 0) + min(most, by_seats)


def plus(a: Mapping[int, int], b: Mapping[int, int]) -> dict[int, int]:
    total = dict(a)
    for column, value in b.items():
        total[column] = total.get(column, 0) + value
    return total


def times(a: Mapping[int, int], by: int) -> dict[int, int]:
    return {column: value * by for column, value in a.items()}


