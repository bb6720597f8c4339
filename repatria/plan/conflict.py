"""Which terms cannot be met together: as few as there can be, each in its own words.

A term is everything that one sentence of the agreement says: the total of a side, its seats, the bound, that everyone
of a tier goes, a further row. Whether some of them can be met together is asked of the search, in whole numbers, with
the figures of the others let go; which set of terms to ask about is `hitting`'s concern. What nobody may bargain about
is no term: the lists, who is not going, and that families stay together.

Of the terms in conflict, those with a figure per place are then narrowed to the places that matter. Every conflict is
searched once more, from its rows in another order, before anybody is told.

    >>> from repatria.deal.classes import PersonClass
    >>> from repatria.plan.case import make_case
    >>> from repatria.plan.model import Place, PlanTerms, Stage, Unit
    >>> lists = [Unit(f"{i:032x}", "north" if i < 3 else "south", "c") for i in range(6)]
    >>> stage = Stage("s1", "2025-12-10", (Place("bridge", {"north": 9, "south": 2}, 1),))
    >>> terms = PlanTerms({"north": 3, "south": 3}, 1, (stage,))
    >>> case = make_case(lists, {"c": PersonClass("c", 1, 0, True, False)}, terms, None, None)
    >>> [in_english(each, TEXTS) for each in conflict_of(case).told()]
    ['south hands over 3', 'south has 2 seats at bridge in stage s1']
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from repatria.message import Message, Name, Place, in_english
from repatria.plan.case import Case, Slot, measure
from repatria.plan.hitting import CALLS, Unknown, smallest_conflict
from repatria.plan.model import Row, UnitType
from repatria.plan.rows import Program, choose, place
from repatria.plan.search import INFEASIBLE, LARGE, Infeasible, Search, Solver, Stop, Undecided
from repatria.plan.why_texts import TEXTS

__all__ = ["TEXTS", "Conflict", "Line", "Term", "conflict_of", "eased", "feasible", "in_english", "terms_of"]

TOTAL, ALL, SEATS, BOUND = "total", "all", "seats", "bound"
TOLERANCE, PACKAGES, ROW = "tolerance", "packages", "row"
NARROWED = 4  # so many places are named one by one; of more, all are told at once


class Line(NamedTuple):
    """One figure of the terms."""

    kind: str
    holder: str = ""
    slot: Slot | None = None  # of seats
    rank: tuple[int, int] | None = None  # of whom everyone goes
    row: str = ""


class Term(NamedTuple):
    """What one sentence of the terms says: its figures, as many as there are places."""

    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Conflict:
    """Terms that cannot be met together.

    Attributes:
        terms: all of them are needed for the conflict.
        lines: the figures of these terms that are enough for it.
        least: so many terms a conflict has at least; fewer than there are where the budget ended first, and none
            where a large case was asked over real numbers: what is in conflict there is so for people as well, but
            fewer terms may be.
    """

    case: Case
    terms: tuple[Term, ...]
    lines: frozenset[Line]
    least: int

    @property
    def proved(self) -> bool:
        """Whether it is proved that no conflict has fewer terms."""
        return self.least == len(self.terms)

    def told(self, of_somebody: bool = False) -> tuple[Message, ...]:
        """Each term in its own words; where it is told of somebody, a row that goes by marks without its sentence,
        which may say what the mark means."""
        return tuple(_told(self.case, term, self.lines, of_somebody) for term in self.terms)

    def facts(self) -> tuple[Message, ...]:
        """What is no term, and stands against them: how many there are on the lists of the totals in conflict."""
        facts = []
        for term in self.terms:
            if term.kind == TOTAL:
                holder = term.lines[0].holder
                n = sum(k.weight * n for k, n in self.case.types.items() if k.holder == holder and k.counts)
                facts.append(Message("why.fact.list", {"holder": Name(holder)}, n))
                if len(self.terms) == 1 and n >= self.case.totals[holder]:
                    facts.append(Message("why.fact.whole", {"holder": Name(holder)}))
        return tuple(facts)


def terms_of(case: Case) -> tuple[Term, ...]:
    """Every term of the case, in the order in which it is told."""
    terms = case.terms
    found = [Term(TOTAL, (Line(TOTAL, holder),)) for holder in terms.holders]
    must = sorted({(kind.holder, kind.rank) for kind, n in case.types.items() if kind.all and n})
    found += [Term(ALL, (Line(ALL, holder, rank=rank),)) for holder, rank in must]
    found += [Term(ROW, (Line(ROW, row=row.name),)) for row in terms.rows]
    for holder in terms.holders:
        found.append(Term(SEATS, tuple(Line(SEATS, holder, slot) for slot in case.slots)))
    found.append(Term(BOUND, (Line(BOUND),)))
    if terms.tolerance is not None:
        found.append(Term(TOLERANCE, (Line(TOLERANCE),)))
    if terms.packages:
        found.append(Term(PACKAGES, (Line(PACKAGES),)))
    return tuple(term for term in found if term.lines)


def conflict_of(case: Case, stop: Stop | None = None, calls: int = CALLS) -> Conflict:
    """The smallest conflict among the terms of a case that no plan meets.

    Raises:
        ValueError: the terms can be met together.
        Unknown: the search can say neither.
    """
    stop = stop or Stop(None)
    terms = terms_of(case)
    every = frozenset(line for term in terms for line in term.lines)

    def kept(of: Collection[int]) -> frozenset[Line]:
        return frozenset(line for i in of for line in terms[i].lines)

    def possible(asked: frozenset[int]) -> list[int] | None:
        met = _met(case, kept(asked), every, stop)
        return None if met is None else [i for i, term in enumerate(terms) if met.issuperset(term.lines)]

    large = is_large(relaxed(case, every)[1])
    found = smallest_conflict(len(terms), possible, calls)
    lines = _narrowed(case, [terms[i] for i in found.terms], every, stop, calls)
    if not _confirmed(case, lines, stop):
        raise Unknown
    return Conflict(case, tuple(terms[i] for i in sorted(found.terms)), lines, 0 if large else found.least)


def _narrowed(
    case: Case, terms: Sequence[Term], every: frozenset[Line], stop: Stop, calls: int
) -> frozenset[Line]:
    """As few figures of the terms as are a conflict, where they are few enough to be named one by one."""
    single = frozenset(term.lines[0] for term in terms if len(term.lines) == 1)
    many = [line for term in terms if len(term.lines) > 1 for line in term.lines]
    whole = single | frozenset(many)
    if not many:
        return whole

    def possible(asked: frozenset[int]) -> list[int] | None:
        met = _met(case, single | {many[i] for i in asked}, every, stop)
        return None if met is None else [i for i, line in enumerate(many) if line in met]

    try:
        most = NARROWED * sum(len(term.lines) > 1 for term in terms)
        found = smallest_conflict(len(many), possible, calls, most)
    except (Unknown, ValueError):
        return whole
    return single | {many[i] for i in found.terms}


# --- the terms let go --------------------------------------------------------------------------------------------


def eased(case: Case, kept: Collection[Line]) -> Case:
    """The case with every figure that is not kept as wide as it could ever matter; totals stay for `drop`."""
    terms = case.terms
    units = [*case.types.items(), *((kind, n) for (kind, _, _), n in case.placed.items())]
    people = sum(kind.people * n for kind, n in units)
    weight = sum(kind.weight * n for kind, n in units) + terms.bound
    open_bound = Line(BOUND) not in kept
    by = 1 + max((abs(part.by) for row in terms.rows for part in row.parts), default=0)
    parts = 1 + max((len(row.parts) for row in terms.rows), default=0)
    limit = by * parts * (people + weight)  # no row counts more than that
    stages = tuple(
        replace(
            stage,
            places=tuple(
                replace(
                    each,
                    bound=max(each.bound, weight) if open_bound else each.bound,
                    capacity={
                        holder: each.capacity.get(holder, 0)
                        + (0 if Line(SEATS, holder, (t, j)) in kept else people)
                        for holder in terms.holders
                    },
                )
                for j, each in enumerate(stage.places)
            ),
        )
        for t, stage in enumerate(terms.stages)
    )
    rows = tuple(
        row if Line(ROW, row=row.name) in kept else replace(row, least=None, most=limit) for row in terms.rows
    )
    bound = terms.bound if not open_bound else weight * (1 + max(len(stage.places) for stage in stages))
    tolerance = terms.tolerance
    if tolerance is not None and Line(TOLERANCE) not in kept:
        tolerance = bound
    packages = terms.packages if Line(PACKAGES) in kept else 0
    return replace(
        case,
        terms=replace(terms, stages=stages, rows=rows, bound=bound, tolerance=tolerance, packages=packages),
    )


def relaxed(case: Case, kept: Collection[Line], when: bool = True) -> tuple[Case, Program]:
    """A program of the terms kept alone. `when`: also of the stages and places, and not only of who goes."""
    wide = eased(case, kept)
    program = Program()
    choose(wide, program)
    free = {f"total of {holder}" for holder in case.terms.holders if Line(TOTAL, holder) not in kept}
    program.rows = [row for row in program.rows if row.name not in free]
    for kind, column in program.x.items():
        if kind.all and Line(ALL, kind.holder, rank=kind.rank) not in kept and case.going is None:
            program.lower[column] = min(program.upper[column], case.least.get(kind, 0))
            if not wide.allowed[wide.groups[kind]]:
                program.upper[column] = program.lower[column]
    if when:
        place(wide, program, None)
    return wide, program


def feasible(case: Case, stop: Stop | None = None) -> bool:
    """Whether any plan meets all terms of a case; of a large one, whether it would if people could be divided.

    Raises:
        Unknown: the search cannot say.
    """
    program = Program()
    choose(case, program)
    place(case, program, None)
    return answer_of(program, stop or Stop(None)) is not None


def is_large(program: Program) -> bool:
    """Whether a program is asked over real numbers, since whole ones would take too long."""
    return len(program.lower) > LARGE


def answer_of(program: Program, stop: Stop) -> Sequence[float] | None:
    """Numbers that meet a program, whole ones unless it is large; None where there are none.

    Raises:
        Unknown: the search cannot say.
    """
    if is_large(program):
        status, values, _ = Solver(program, stop).run({})
        if status == INFEASIBLE:
            return None
        if len(values) != len(program.lower) or stop.asked:
            raise Unknown
        return values
    try:
        return Search(program, stop, plan=False).answer()
    except Infeasible:
        return None
    except Undecided as error:
        raise Unknown from error


def _met(case: Case, kept: frozenset[Line], every: frozenset[Line], stop: Stop) -> frozenset[Line] | None:
    """Which lines an answer to those kept meets; None where there is none."""
    wide, program = relaxed(case, kept)
    answer = answer_of(program, stop)
    if answer is None:
        return None
    seated: dict[tuple[Slot, str], float] = defaultdict(int)
    figures: dict[str, float] = defaultdict(int)
    for (group, slot), c in program.q.items():
        seated[slot, group.holder] += group.people * answer[c]
        for row, those in wide.figures[slot]:
            figures[row.name] += answer[c] * sum(group.marks[i] for i in those)
    going = {kind: answer[c] for kind, c in program.x.items()}
    for row in wide.terms.rows:
        if row.whole:
            figures[row.name] = sum(n * measure(part, kind) for kind, n in going.items() for part in row.parts)
    return kept | {line for line in every - kept if _meets(case, line, going, seated, figures)}


def _meets(
    case: Case,
    line: Line,
    going: Mapping[UnitType, float],
    seated: Mapping[tuple[Slot, str], float],
    figures: Mapping[str, float],
) -> bool:
    """Whether an answer meets a line that it was not asked to meet; of bounds nobody looks."""
    near = 1e-6  # of an answer in real numbers; whole ones are never that near and not equal
    if line.kind == TOTAL:
        counted = sum(kind.weight * n for kind, n in going.items() if kind.counts and kind.holder == line.holder)
        total = case.totals[line.holder]
        return abs(counted - total) <= near or (case.terms.tolerance is not None and counted <= total)
    if line.kind == ALL:
        mine = {k: n for k, n in case.types.items() if k.all and (k.holder, k.rank) == (line.holder, line.rank)}
        return all(going.get(kind, 0) >= n - near for kind, n in mine.items())
    if line.kind == SEATS and line.slot is not None:
        return seated[line.slot, line.holder] <= case.seats[line.slot, line.holder] + near
    if line.kind == ROW:
        least, most = case.free[line.row]
        figure = figures[line.row]
        return (least is None or least <= figure + near) and (most is None or figure - near <= most)
    return False


def _confirmed(case: Case, lines: frozenset[Line], stop: Stop) -> bool:
    """The conflict searched again, its rows and columns in the opposite order: a slip of floats would have to happen
    twice in the same way."""
    _, program = relaxed(case, lines)
    last = len(program.lower) - 1
    turned = Program(program.lower[::-1], program.upper[::-1])
    for row in reversed(program.rows):
        turned.row(row.name, row.low, row.high, {last - c: value for c, value in row.terms.items()})
    return answer_of(turned, stop) is None


# --- in words ----------------------------------------------------------------------------------------------------


def by_marks(row: Row) -> bool:
    """Whether a row counts anybody by a mark, whose meaning is sealed and may be a medical fact."""
    return any(part.mark for part in row.parts)


def _told(case: Case, term: Term, lines: Collection[Line], of_somebody: bool) -> Message:
    terms, line = case.terms, term.lines[0]
    holder = Name(line.holder)
    if term.kind == TOTAL:
        kind = "total" if terms.tolerance is None else "total.most"
        return Message(f"why.term.{kind}", {"holder": holder, "n": terms.totals[line.holder]})
    if term.kind == ALL:
        n = sum(k.people * n for k, n in case.types.items() if (k.holder, k.rank, k.all) == (*line[1::2], True))
        return Message("why.term.all", {"holder": holder, "tier": tier_message(line.rank or (1, 0)), "n": n})
    if term.kind == SEATS:
        mine = [each for each in term.lines if each in lines]
        if len(mine) > NARROWED or not mine:
            mine = list(term.lines)
        n = sum(_capacity(case, each) for each in mine)
        if len(mine) == len(term.lines) > 1:
            return Message("why.term.seats", {"holder": holder}, n)
        where = tuple(at_message(case, each.slot) for each in mine if each.slot is not None)
        return Message("why.term.seats.at", {"holder": holder, "where": where}, n)
    if term.kind == BOUND:
        return Message("why.term.bound", {"n": terms.bound})
    if term.kind == TOLERANCE:
        return Message("why.term.tolerance", {"n": terms.tolerance or 0})
    if term.kind == PACKAGES:
        return Message("why.term.packages", {"n": terms.packages})
    row = next(row for row in terms.rows if row.name == line.row)
    if of_somebody and by_marks(row):
        return Message("why.term.marks")
    return Message("why.term.row", {"sentence": row.words})


def _capacity(case: Case, line: Line) -> int:
    t, j = line.slot or (0, 0)
    return case.terms.stages[t].places[j].capacity.get(line.holder, 0)


def tier_message(rank: tuple[int, int]) -> Message:
    """A tier, and whether it stands outside the ratio."""
    return Message("why.tier" if rank[0] else "why.tier.outside", {"tier": rank[1]})


def at_message(case: Case, slot: Slot) -> Place:
    """A place in a stage."""
    stage = case.terms.stages[slot[0]]
    return Message("why.at", {"place": Name(stage.places[slot[1]].place), "stage": stage.stage})
