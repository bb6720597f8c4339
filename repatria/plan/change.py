"""The least change of terms that makes a plan possible, each tried before it is told.

Every figure may give way by some amount, which costs as much as it is of the figure: three seats of sixty cost as much
as one of twenty. The search asks for the least cost, and among equals for the fewest figures changed; then for the
least that does without one of the terms so changed, so that parties see what else there is. What it finds is written
into the terms and searched again as terms of their own.

Some terms are *firm* and never give way: the bound, which is there for safety; that everyone of a tier outside the
ratio goes, because law wants the seriously wounded and sick sent home whatever is agreed (GC III 109, 110); and
whatever the terms call firm. Lists, and who is not going, are no terms at all.

A total has a way of its own. Where there are two sides their totals are the proportion by which progress is compared,
so a changed total is another program: candidates come from who could go at all, and each is searched whole.

    >>> from repatria.deal.classes import PersonClass
    >>> from repatria.plan.case import make_case
    >>> from repatria.plan.model import Place, PlanTerms, Stage, Unit
    >>> classes = {"c": PersonClass("c", 1, 0, True, False)}
    >>> lists = [Unit(f"{i:032x}", "north" if i < 3 else "south", "c") for i in range(6)]
    >>> stage = Stage("s1", "2025-12-10", (Place("bridge", {"north": 9, "south": 2}, 1),))
    >>> terms = PlanTerms({"north": 3, "south": 3}, 1, (stage,))
    >>> found = changes_for(make_case(lists, classes, terms, None, None), classes)
    >>> for repair in found.repairs:
    ...     print(*(in_english(each, TEXTS) for each in repair.told()), sep=", ")
    lower the total of south by 1, to 2
    give south 1 more seat at bridge in stage s1
    lower the total of north by 1, to 2, lower the total of south by 1, to 2
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from repatria.deal.classes import REPATRIATION
from repatria.message import Message, Name
from repatria.plan.case import Case, measure
from repatria.plan.conflict import (
    ALL,
    BOUND,
    PACKAGES,
    ROW,
    SEATS,
    TEXTS,
    TOLERANCE,
    TOTAL,
    Line,
    at_message,
    by_marks,
    conflict_of,
    feasible,
    in_english,
    is_large,
    relaxed,
    terms_of,
    tier_message,
)
from repatria.plan.hitting import Unknown
from repatria.plan.model import Classes, PlanTerms, UnitType
from repatria.plan.search import INFEASIBLE, Goal, Infeasible, Search, Solver, Stop, Undecided
from repatria.problem import Problem

__all__ = ["TEXTS", "Change", "Found", "Repair", "changes_for", "firm_lines", "impossible", "in_english"]

MILLION = 1_000_000  # the cost of changing a figure by all of itself
ALIKE = 2  # what else is told costs at most so many times the least
MOST = 4  # so many repairs are told at most
_STEPS = 8  # so many amounts of a total are tried one by one


class Change(NamedTuple):
    """One figure of the terms and by how much it changes: what is allowed grows, what is asked shrinks."""

    line: Line
    amount: int  # of a total: negative is lower
    least: bool = False  # of a row with two limits: it is the lower one


@dataclass(frozen=True)
class Repair:
    """Changes that are enough together. `cost`: of all, in millionths of the figures changed."""

    case: Case
    changes: tuple[Change, ...]
    cost: int
    terms: PlanTerms
    classes: Classes

    def told(self, of_somebody: bool = False) -> tuple[Message, ...]:
        """Each change in the words of its term; `of_somebody` as in `Conflict.told`."""
        return tuple(_told(self.case, change, of_somebody) for change in self.changes)

    def touched(self) -> frozenset[str]:
        """The terms changed, by which repairs are told apart. So many for so many, changed alike, is a term by itself:
        sides that agreed on equal numbers may want to keep them equal."""
        equal = all(len(set(terms.totals.values())) == 1 for terms in (self.case.terms, self.terms))
        return frozenset(
            TOTAL if equal and line.kind == TOTAL else f"{line.kind} {line.holder} {line.row}"
            for line, *_ in self.changes
        )


@dataclass(frozen=True)
class Found:
    """What could be changed, the least first.

    Attributes:
        whole: each was tried with people who cannot be divided; a large case is tried as if they could.
        proved: no change of terms that are not firm is less.
        bound: where nothing else is enough: the bound that would be, which nobody is told to agree to.
    """

    repairs: tuple[Repair, ...]
    proved: bool
    bound: Repair | None = None
    whole: bool = True


def firm_lines(case: Case) -> frozenset[Line]:
    """What never gives way, whatever parties would agree to."""
    must = {
        Line(ALL, kind.holder, rank=kind.rank)
        for kind in case.types
        if kind.all and not kind.counts and any(member.account == REPATRIATION for member in kind.members)
    }
    agreed = {line for term in terms_of(case) if term.kind in case.terms.firm for line in term.lines}
    rows = {Line(ROW, row=row.name) for row in case.terms.rows if row.firm}
    return frozenset({Line(BOUND), *must, *agreed, *rows})


def changes_for(
    case: Case, classes: Classes, firm: Collection[Line] | None = None, stop: Stop | None = None
) -> Found:
    """The least changes that make a plan possible of terms that are impossible as they are.

    Args:
        classes: as signed; whom a tier's `all` concerns is written there.
        firm: what never gives way; by default `firm_lines`.
    """
    stop = stop or Stop(None)
    search = _Changes(case, classes, firm_lines(case) if firm is None else frozenset(firm), stop)
    return search.found()


@dataclass
class _Changes:
    case: Case
    classes: Classes
    firm: frozenset[Line]
    stop: Stop
    sure: bool = True  # that nothing was given up undecided

    def found(self) -> Found:
        repairs = [*self._without_totals(), *self._of_totals(), *self._of_rounds()]
        least = sum(cost_of(self.case, change) for change in self._anywhere or ())
        unlike: dict[frozenset[str], Repair] = {}
        for repair in sorted(repairs, key=lambda r: (r.cost, len(r.changes), r.changes)):
            terms = repair.touched()
            if not any(known <= terms for known in unlike):
                unlike[terms] = repair
        told = list(unlike.values())
        whole = not is_large(relaxed(self.case, {line for term in terms_of(self.case) for line in term.lines})[1])
        if not told:
            return Found((), False, self._wider_bound(), whole)
        told = [repair for repair in told if repair.cost <= ALIKE * told[0].cost][:MOST]
        return Found(tuple(told), whole and self.sure and told[0].cost <= least, None, whole)

    # --- figures that give way in one program -----------------------------------------------------------------

    def _without_totals(self) -> Iterator[Repair]:
        """The least changes that leave the proportion as it is; each without all of the terms of one before."""
        yield from self._elastic(self.case, (), 3)

    def _elastic(self, case: Case, before: tuple[Change, ...], most: int) -> Iterator[Repair]:
        banned: list[frozenset[Line]] = []
        for _ in range(most):
            elastic = _Elastic(case, self._lines(case), True)
            elastic.ban(banned)
            try:
                changes = elastic.least(self.stop)
            except Unknown:
                self.sure = False
                return
            if changes is None:
                return
            repair = self._tried((*before, *changes))
            if repair is not None:
                yield repair
            if not changes:
                return
            banned.append(frozenset(elastic.term[change.line] for change in changes))

    def _lines(self, case: Case) -> list[tuple[Line, Line]]:
        """What may give way in one program, each with the first line of its term."""
        fixed = len(case.terms.holders) == 2  # whose totals are the proportion
        kinds = {SEATS, ROW, ALL, *(() if fixed else (TOTAL,)), TOLERANCE}
        return [
            (line, term.lines[0])
            for term in terms_of(case)
            for line in term.lines
            if term.kind in kinds and line not in self.firm
        ]

    # --- totals of two sides ----------------------------------------------------------------------------------

    def _of_totals(self) -> Iterator[Repair]:
        holders = self.case.terms.holders
        free = [holder for holder in holders if Line(TOTAL, holder) not in self.firm]
        if len(holders) != 2 or not free:
            return
        for moved in [*([holder] for holder in free), *([free] if len(free) == 2 else [])]:
            for way in (-1, 1):
                yield from self._stepped(moved, way)
        least = self._anywhere
        totals = tuple(change for change in least or () if change.line.kind == TOTAL)
        if totals:  # with other figures besides
            yield from self._elastic(self._with(totals), totals, 1)

    def _stepped(self, moved: list[str], way: int) -> Iterator[Repair]:
        """Totals alone, of one side or of both alike, lower or higher: one by one at first and then in longer steps,
        each the next that who could go allows; what a longer step passed over is halved until it is met."""
        failed, step, best = 0, 0, None
        while best is None or best[0] - failed > 1:
            step = failed + 1 + (max(0, failed - _STEPS) // 2) if best is None else (failed + best[0]) // 2
            shifts = _Elastic(self.case, self._totals(moved), False)
            shifts.beyond(step - 1, way)
            try:
                changes = shifts.least(self.stop)
            except Unknown:
                self.sure = False
                break
            amount = max((abs(change.amount) for change in changes or ()), default=0)
            if not changes or (best is not None and amount >= best[0]):
                if best is None:
                    break
                failed = step
                continue
            repair = self._tried(changes)
            if repair is None:
                failed = amount
            else:
                best = amount, repair
        if best is not None:
            yield best[1]

    def _totals(self, holders: Collection[str]) -> list[tuple[Line, Line]]:
        return [(Line(TOTAL, holder), Line(TOTAL, holder)) for holder in holders]

    def _with(self, changes: tuple[Change, ...]) -> Case:
        terms, _ = changed(self.case, self.classes, changes)
        return replace(self.case, terms=terms)

    # --- rounds of parties ------------------------------------------------------------------------------------

    def _of_rounds(self) -> Iterator[Repair]:
        if self.case.terms.packages and Line(PACKAGES) not in self.firm:
            for longer in range(1, len(self.case.terms.holders) + 1):
                repair = self._tried((Change(Line(PACKAGES), longer),))
                if repair is not None:
                    yield repair
                    return

    def _wider_bound(self) -> Repair | None:
        """The least bound that would be enough."""
        low, high, best = 0, max(self.case.terms.totals.values()), None
        while high - low > 0:
            middle = (low + high + 1) // 2 if best is None else (low + high) // 2
            middle = high if best is None else middle
            if best is not None and middle == low:
                break
            repair = self._tried((Change(Line(BOUND), middle),))
            if repair is None and best is None:
                return None
            low, high, best = (middle, high, best) if repair is None else (low, middle, repair)
        return best

    # --- what is common to all --------------------------------------------------------------------------------

    def _tried(self, changes: tuple[Change, ...]) -> Repair | None:
        """The changes written into the terms and searched again; None where that is not enough."""
        changes = tuple(sorted(changes))
        terms, classes = changed(self.case, self.classes, changes)
        if any(total < 1 for total in terms.totals.values()):
            return None
        try:
            if not feasible(_fewer(replace(self.case, terms=terms), changes), self.stop):
                return None
        except Unknown:
            self.sure = False
            return None
        cost = sum(cost_of(self.case, change) for change in changes)
        return Repair(self.case, changes, cost, terms, classes)

    @cached_property
    def _anywhere(self) -> tuple[Change, ...] | None:
        """What who goes would need to change by itself, wherever and whenever: no change costs less."""
        lines = self._lines(self.case)
        lines += self._totals([h for h in self.case.terms.holders if Line(TOTAL, h) not in self.firm])
        try:
            return _Elastic(self.case, list(dict.fromkeys(lines)), False).least(self.stop)
        except Unknown:
            return None


@dataclass
class _Elastic:
    """A program in which lines give way, each by a column that costs.

    Attributes:
        when: also of stages and places; else the seats of a side give way together, at the price of the largest place.
    """

    case: Case
    lines: list[tuple[Line, Line]]
    when: bool
    term: dict[Line, Line] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.term = dict(self.lines)
        firm = {line for term in terms_of(self.case) for line in term.lines if line not in self.term}
        if not self.when and len(self.case.terms.holders) == 2:  # rows of a proportion that may change
            firm -= {Line(BOUND), Line(TOLERANCE)}
        self.wide, self.program = relaxed(self.case, firm, self.when)
        self.by: dict[int, Change] = {}  # what one of a column changes
        self.touched: dict[int, Line] = {}
        self.terms: dict[Line, int] = {}
        cheapest: dict[str, Line] = {}
        for line in self.term:
            if line.kind == SEATS and not self.when:
                best = cheapest.get(line.holder)
                if best is None or figure_of(self.case, line) > figure_of(self.case, best):
                    cheapest[line.holder] = line
        for line in self.term:
            if line.kind == SEATS and not self.when:
                if cheapest[line.holder] == line:
                    self._seats_of(line)
            elif line.kind != TOLERANCE or Line(BOUND) in firm:
                self._give(line)

    def _give(self, line: Line) -> None:
        case, program = self.case, self.program
        if line.kind == SEATS and line.slot is not None:
            taken = {c: g.people for (g, slot), c in program.q.items() if (slot, g.holder) == (line.slot, line.holder)}
            self._row(line, taken, None, case.seats[line.slot, line.holder])
        elif line.kind == TOTAL:
            counted = {c: k.weight for k, c in program.x.items() if k.counts and k.holder == line.holder}
            total = case.totals[line.holder]
            self._row(line, counted, total if case.terms.tolerance is None else None, total)
        elif line.kind == ALL:
            mine = {c: k for k, c in program.x.items() if k.all and (k.holder, k.rank) == (line.holder, line.rank)}
            people = {c: k.people for c, k in mine.items()}
            self._row(line, people, sum(case.types[k] * k.people for k in mine.values()), None)
        elif line.kind == ROW:
            row = next(row for row in case.terms.rows if row.name == line.row)
            figures: dict[int, int] = defaultdict(int)
            if row.whole:
                for kind, c in program.x.items():
                    figures[c] += sum(measure(part, kind) for part in row.parts)
            elif not self.when:
                return
            for (group, slot), c in program.q.items() if not row.whole else ():
                for other, those in self.wide.figures[slot]:
                    if other.name == row.name:
                        figures[c] += sum(group.marks[i] for i in those)
            self._row(line, figures, *case.free[row.name])
        elif line.kind == TOLERANCE:
            most = case.terms.scaled(min(case.terms.bound, case.terms.tolerance or 0))
            room = max(0, case.terms.bound - (case.terms.tolerance or 0))
            column = program.column(0, room)
            self.by[column] = Change(line, 1)
            self._touch(line, column, room)
            by = case.terms.scaled(1)
            for holder in case.balanced:
                so_far = sum(n * case.ahead(kind, holder) for (kind, _, _), n in case.placed.items())
                ahead = {c: case.ahead(kind, holder) for kind, c in program.x.items()}
                program.row("gives", -math.inf, most - so_far, {**ahead, column: -by})
                program.row("gives", -most - so_far, math.inf, {**ahead, column: by})

    def _seats_of(self, line: Line) -> None:
        seated = {c: k.people for k, c in self.program.x.items() if k.holder == line.holder}
        seats = sum(n for (_, holder), n in self.case.seats.items() if holder == line.holder)
        self._row(line, seated, None, seats)

    def _row(self, line: Line, figures: Mapping[int, int], least: int | None, most: int | None) -> None:
        """Figures between two limits, either of which may give way."""
        ends = [(self.program.lower[c] * v, self.program.upper[c] * v) for c, v in figures.items()]
        low, high = sum(map(min, ends)), sum(map(max, ends))
        for limit, over, sign in ((most, high, -1), (least, low, 1)):
            if limit is None:
                continue
            widest = max(0, (over - limit) * -sign)
            if line.kind == TOTAL and sign > 0:
                widest = min(widest, self.case.terms.totals[line.holder] - 1)
            terms = dict(figures)
            if widest > 0:
                column = self.program.column(0, widest)
                terms[column] = sign
                total = line.kind == TOTAL  # which is met from below when it is lower, from above when it is higher
                self.by[column] = Change(line, -sign) if total else Change(line, 1, line.kind == ROW and sign > 0)
                self._touch(line, column, widest)
            self.program.row("gives", limit if sign > 0 else -math.inf, math.inf if sign > 0 else limit, terms)

    def _touch(self, line: Line, column: int, widest: int) -> None:
        touched = self.program.column(0, 1)
        self.touched[touched] = line
        self.program.row("touched", -math.inf, 0, {column: 1, touched: -widest})
        term = self.term[line]
        if term not in self.terms:
            self.terms[term] = self.program.column(0, 1)
        self.program.row("touched", -math.inf, 0, {touched: 1, self.terms[term]: -1})

    def ban(self, sets: Collection[frozenset[Line]]) -> None:
        """No answer changes all terms of any of these sets."""
        for banned in sets:
            columns = {self.terms[term]: 1 for term in banned if term in self.terms}
            self.program.row("banned", -math.inf, len(banned) - 1, columns)

    def beyond(self, past: int, way: int) -> None:
        """Totals change one way, lower (-1) or higher (1), by more than so many; equal ones by the same."""
        moved: dict[int, list[int]] = defaultdict(list)
        for column, change in self.by.items():
            if change.amount == way:
                moved[self.case.terms.totals[change.line.holder]].append(column)
                self.program.row("beyond", past + 1, math.inf, {column: 1})
            else:
                self.program.row("way", 0, 0, {column: 1})
        for first, *others in moved.values():
            for other in others:
                self.program.row("alike", 0, 0, {first: 1, other: -1})

    def least(self, stop: Stop) -> tuple[Change, ...] | None:
        """The least that has to give way; None where even that is not enough.

        Raises:
            Unknown: the search cannot say.
        """
        cost = {c: cost_of(self.case, change) for c, change in self.by.items()}
        if is_large(self.program):
            return self._least_of_large(cost, stop)
        goals = [Goal("cost", cost, False), Goal("figures", dict.fromkeys(self.touched, 1), False)]
        search = Search(self.program, stop, plan=False)
        try:
            levels = [level for goal in goals for level in search.settle([goal], whole=True)]
        except Infeasible:
            return None
        except Undecided as error:
            raise Unknown from error
        if levels[0].value != levels[0].bound:
            raise Unknown
        answer = search.answer()
        return tuple(
            change._replace(amount=change.amount * answer[c]) for c, change in self.by.items() if answer[c]
        )


    def _least_of_large(self, cost: Mapping[int, int], stop: Stop) -> tuple[Change, ...] | None:
        """The least over real numbers, each amount rounded up."""
        status, values, _ = Solver(self.program, stop).run(cost)
        if status == INFEASIBLE:
            return None
        if len(values) != len(self.program.lower) or stop.asked:
            raise Unknown
        amounts = {c: math.ceil(values[c] - 1e-6) for c in self.by}
        return tuple(change._replace(amount=change.amount * amounts[c]) for c, change in self.by.items() if amounts[c])


# --- as a problem ------------------------------------------------------------------------------------------------


def impossible(case: Case, classes: Classes, stop: Stop | None = None) -> list[Problem]:
    """Which terms cannot be met together, and what change would do, in words."""
    stop = stop or Stop(None)
    try:
        conflict = conflict_of(case, stop)
    except (Unknown, ValueError):
        what = "no plan meets all terms together, and the search was too long to say which of them are in conflict"
        return [Problem("plan.infeasible", "terms", what, "give more room: seats, bounds or stages")]

    def say(messages: Iterable[Message]) -> str:
        return "; ".join(in_english(message, TEXTS) for message in messages)

    what = "no plan meets this together: " + say(conflict.told())
    if case.going is not None:
        what += "; and just those go whom the draw has settled on"
    what += "".join(
        f"; and a unit of {kind.holder}, stratum {kind.stratum}, goes" for kind, n in sorted(case.least.items()) if n
    )
    if conflict.facts():
        what += f" ({say(conflict.facts())})"
    if not conflict.proved and conflict.least == 0:
        what += " (perhaps fewer of these are in conflict)"
    elif not conflict.proved:
        what += f" (that no fewer than these are in conflict is not proved, only that {conflict.least} are)"
    return [Problem("plan.infeasible", "terms", what, _advice(changes_for(case, classes, None, stop)))]


def _advice(found: Found) -> str:
    tried = ["; ".join(in_english(each, TEXTS) for each in repair.told()) for repair in found.repairs]
    how = "tried and is enough" if found.whole else "tried, as if people could be divided, and is enough"
    if len(tried) == 1:
        return f"{tried[0]} (this was {how}" + (", and nothing less is)" if found.proved else ")")
    if tried:
        least = ", the least first" if found.proved else ""
        return f"do one of these, each of which was {how}{least}: " + " | ".join(tried)
    if found.bound is not None:
        bound = in_english(found.bound.told()[0], TEXTS)
        return f"nothing that may give way is enough; to {bound} would be, and bounds are there for safety"
    return "no change of these terms is enough: agree on more people, or on other stages"


# --- figures, costs, terms ---------------------------------------------------------------------------------------


def figure_of(case: Case, line: Line, least: bool = False) -> int:
    """The figure of a line: what its change is measured by."""
    terms = case.terms
    if line.kind == TOTAL:
        return terms.totals[line.holder]
    if line.kind == SEATS:
        t, j = line.slot or (0, 0)
        return terms.stages[t].places[j].capacity.get(line.holder, 0)
    if line.kind == ALL:
        return sum(k.people * n for k, n in case.types.items() if _of(k, line))
    if line.kind == ROW:
        row = next(row for row in terms.rows if row.name == line.row)
        return abs((row.least if least else row.most) or 0)
    return {BOUND: terms.bound, TOLERANCE: terms.tolerance or 0, PACKAGES: terms.packages}[line.kind]


def cost_of(case: Case, change: Change) -> int:
    """The amount as millionths of the figure; of a figure of none, of one."""
    return abs(change.amount) * (MILLION // max(1, figure_of(case, change.line, change.least)))


def _of(kind: UnitType, line: Line) -> bool:
    return kind.all and (kind.holder, kind.rank) == (line.holder, line.rank)


def changed(case: Case, classes: Classes, changes: Collection[Change]) -> tuple[PlanTerms, Classes]:
    """The terms and classes with the changes written into them."""
    terms, table = case.terms, dict(classes)
    for change in changes:
        if change.line.kind in _WRITTEN:
            terms = _WRITTEN[change.line.kind](terms, change)
        if change.line.kind == ALL:
            tier = change.line.rank or (1, 0)
            for class_id, known in classes.items():
                if known.all and (int(known.counts), known.tier) == tier:
                    table[class_id] = replace(known, all=False)
    return terms, table


def _fewer(case: Case, changes: Collection[Change]) -> Case:
    """The case in which nobody of some tiers has to go any more."""
    ranks = {(change.line.holder, change.line.rank) for change in changes if change.line.kind == ALL}
    if not ranks:
        return case

    def free(kind: UnitType) -> UnitType:
        return replace(kind, all=False) if (kind.holder, kind.rank) in ranks else kind

    types: dict[UnitType, int] = defaultdict(int)
    for kind, n in case.types.items():
        types[free(kind)] += n
    return replace(
        case,
        types=dict(sorted(types.items())),
        placed={(free(kind), slot, why): n for (kind, slot, why), n in case.placed.items()},
        kept={free(kind): slots for kind, slots in case.kept.items()},
        least={free(kind): n for kind, n in case.least.items()},
    )


def _wider(terms: PlanTerms, change: Change) -> PlanTerms:
    t, j = change.line.slot or (0, 0)
    stage = terms.stages[t]
    place = stage.places[j]
    holder = change.line.holder
    capacity = {**place.capacity, holder: place.capacity.get(holder, 0) + change.amount}
    places = (*stage.places[:j], replace(place, capacity=capacity), *stage.places[j + 1 :])
    stages = (*terms.stages[:t], replace(stage, places=places), *terms.stages[t + 1 :])
    return replace(terms, stages=stages)


def _row(terms: PlanTerms, change: Change) -> PlanTerms:
    rows = []
    for row in terms.rows:
        if row.name == change.line.row and change.least:
            row = replace(row, least=(row.least or 0) - change.amount)
        elif row.name == change.line.row:
            row = replace(row, most=(row.most or 0) + change.amount)
        rows.append(row)
    return replace(terms, rows=tuple(rows))


def _total(terms: PlanTerms, change: Change) -> PlanTerms:
    holder = change.line.holder
    return replace(terms, totals={**terms.totals, holder: terms.totals[holder] + change.amount})


def _bounds(terms: PlanTerms, change: Change) -> PlanTerms:
    n = change.amount
    stages = tuple(replace(s, places=tuple(replace(p, bound=p.bound + n) for p in s.places)) for s in terms.stages)
    widest = max(sum(place.bound for place in stage.places) for stage in stages)
    return replace(terms, bound=max(terms.bound + n, widest), stages=stages)


_WRITTEN: Mapping[str, Callable[[PlanTerms, Change], PlanTerms]] = {
    SEATS: _wider,
    ROW: _row,
    TOTAL: _total,
    BOUND: _bounds,
    TOLERANCE: lambda terms, change: replace(terms, tolerance=(terms.tolerance or 0) + change.amount),
    PACKAGES: lambda terms, change: replace(terms, packages=terms.packages + change.amount),
}


def _told(case: Case, change: Change, of_somebody: bool) -> Message:
    line, n = change.line, abs(change.amount)
    holder, to = Name(line.holder), figure_of(case, line, change.least) + change.amount
    if line.kind == TOTAL:
        way = "lower" if change.amount < 0 else "raise"
        return Message(f"why.change.total.{way}", {"holder": holder, "n": n, "to": to})
    if line.kind == SEATS and line.slot is not None:
        return Message("why.change.seats", {"holder": holder, "where": at_message(case, line.slot)}, n)
    if line.kind == ALL:
        return Message("why.change.all", {"holder": holder, "tier": tier_message(line.rank or (1, 0)), "n": n})
    if line.kind == ROW:
        row = next(row for row in case.terms.rows if row.name == line.row)
        if of_somebody and by_marks(row):
            return Message("why.change.marks", {"n": n})
        limit = (row.least or 0) - n if change.least else (row.most or 0) + n
        way = "least" if change.least else "most"
        return Message(f"why.change.{way}", {"sentence": row.words, "n": n, "to": limit})
    if line.kind == PACKAGES:
        return Message("why.change.packages", {"to": to})
    if line.kind == BOUND:
        to = _bounds(case.terms, change).bound
    return Message(f"why.change.{line.kind}", {"n": n, "to": to})
