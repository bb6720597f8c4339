"""HiGHS behind one door: goals in order over whole numbers, each with the bound that was proved for it.

The only file that knows a solver. It runs on one thread with a fixed seed and a limit in nodes, so that the same
input gives the same answer on a slow machine too. Its floats are never evidence: each answer is rounded, and every
inequality is checked in integers here.

Large programs go by their relaxation: the goals in order over real numbers, then whole numbers within one of what came
out, and then the relaxation once more for bounds under the values reached (PLANNING.md section 2).

A search may take minutes, and C++ looks at no signals. So it runs in a thread of its own. Ctrl-C, or `enough`, ends
what makes a plan better; what there is already comes back, with the gap that is left. Pressed again, or before there
is any plan, Ctrl-C ends everything.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from repatria.interrupts import deaf
from repatria.plan.rows import Inequality, Program, plus, times

Enough = Callable[[], bool]  # asked several times a second: whether the search shall end with the best plan so far
Mend = Callable[[list[int]], list[int]]
MAX_NODES = 20_000  # per objective
LARGE = 2_000  # columns from which on a program goes by its relaxation first,
MIDDLE = 6_000  # and up to which what that leaves open is searched in full
NEARBY = ((3, 1), (6, 2), (20, 4))  # how far from the relaxation's point units may be, of large groups and of others
NEAR_NODES, NEAR_GAP, STEEP = 20, 1e-6, 12
_LOOK_SECONDS = 0.1  # how long Ctrl-C waits at most on a system where it wakes no thread that waits


class Level(NamedTuple):
    """One objective in the order of importance: its value, and the bound that was proved for it."""

    name: str
    value: int
    bound: int
    greatest: bool  # more is better


class Goal(NamedTuple):
    name: str
    terms: Mapping[int, int]
    greatest: bool
    constant: int = 0  # what units that no search moves add


class Infeasible(Exception):
    """No whole numbers meet the rows; proved by the solver."""


class Undecided(Exception):
    """The node limit came before any answer."""


class Stop:
    """Whether somebody has asked for an end: of the run that is on, and of all that only makes a plan better."""

    def __init__(self, enough: Enough | None) -> None:
        self.enough = enough
        self.run = False  # ends the run that is on
        self.asked = False

    def look(self) -> None:
        if not self.asked and self.enough is not None and self.enough():
            self.asked = True
            self.run = True


class Search:
    """A program in HiGHS, its best answer so far, and its rows in integers to check each answer against."""

    def __init__(self, program: Program, stop: Stop, plan: bool) -> None:
        """`plan`: an answer of this search is one, which Ctrl-C may leave as the best so far."""
        self.program, self.stop, self._plan = program, stop, plan
        self._answer: list[int] | None = None
        self._whole = Solver(program, stop, whole=True)

    def answer(self) -> list[int]:
        if self._answer is None:
            self._run()
        assert self._answer is not None
        return self._answer

    def take(self, answer: list[int]) -> bool:
        """Takes over an answer if it meets every row."""
        if self._meets(answer):
            self._answer = answer
            return True
        return False

    def settle(
        self, goals: Sequence[Goal], limits: Sequence[int] = (), whole: bool = False, mend: Mend | None = None
    ) -> list[Level]:
        """Each goal at its best, in order, and fixed there.

        Args:
            limits: what no answer passes, of as many goals as it has; each holds while those before are at theirs.
            whole: never by the relaxation, whose bound says little of this goal.
            mend: makes an answer better that was found near the relaxation, or that a search was stopped at.
        """
        if len(self.program.lower) > LARGE and not whole and not self.stop.asked:
            return self._near(goals, mend)
        levels = []
        for i, goal in enumerate(goals):
            limit = limits[i] - goal.constant if i < len(limits) else None
            value, bound = self._best(goal, limit)
            if self.stop.asked and mend is not None:
                self.take(mend(self.answer()))
                value, mend = _value(goal.terms, self.answer()), None
            if limit is not None and value != limit:
                limits = ()
            self._fix(goal, value, value == bound)
            levels.append(Level(goal.name, value + goal.constant, bound + goal.constant, goal.greatest))
        return levels

    def try_all(self, goals: Sequence[Goal], values: Sequence[int]) -> bool:
        """Whether all goals can be at their values at once; then they are fixed there."""
        rows = len(self.program.rows)
        for goal, value in zip(goals, values, strict=True):
            self._fix(goal, value, True)
        try:
            self._run()
            return True
        except (Infeasible, Undecided):
            del self.program.rows[rows:]
            self._whole.cut(rows)
            return False

    def grown(self, rows: int, columns: int) -> None:
        """The program has more rows and columns than that: takes them in, and forgets the answer."""
        self._whole.grow(rows, columns)
        self._answer = None

    def _best(self, goal: Goal, limit: int | None) -> tuple[int, int]:
        """The value of a goal and the bound proved for it; no search where the answer at hand is at the
        limit."""
        ends = (self.program.upper, self.program.lower) if goal.greatest else (self.program.lower, self.program.upper)
        known = sum(v * ends[v < 0][c] for c, v in goal.terms.items())
        if limit is not None:
            known = min(known, limit) if goal.greatest else max(known, limit)
        if self._answer is not None and _value(goal.terms, self._answer) == known:
            return known, known
        self.stop.look()
        if self.stop.asked:  # the first answer will do
            return _value(goal.terms, self.answer()), known
        bound = self._run({c: -v if goal.greatest else v for c, v in goal.terms.items()})
        value = _value(goal.terms, self.answer())
        if goal.greatest:
            proved = math.floor(-bound + 1e-6) if math.isfinite(bound) else known
            return value, max(value, min(known, proved))
        proved = math.ceil(bound - 1e-6) if math.isfinite(bound) else known
        return value, min(value, max(known, proved))

    def _near(self, goals: Sequence[Goal], mend: Mend | None) -> list[Level]:
        """The goals over real numbers, whole numbers near by, and bounds under what those reached."""
        self.some(goals)
        if mend is not None:
            self.take(mend(self.answer()))
        relaxed = Solver(self.program, self.stop, whole=False)
        levels = []
        for goal in goals:
            value = _value(goal.terms, self.answer())
            bound = relaxed.bound(goal)
            if value != bound and len(self.program.lower) <= MIDDLE:
                value, proved = self._best(goal, bound)
                bound = min(bound, proved) if goal.greatest else max(bound, proved)
            row = _fixed(goal, value, value == bound)
            relaxed.add(row)
            self._row(row)
            levels.append(Level(goal.name, value + goal.constant, bound + goal.constant, goal.greatest))
        return levels

    def some(self, goals: Sequence[Goal]) -> None:
        """An answer, if there is one; of a large program near the best."""
        if len(self.program.lower) <= LARGE:
            self.answer()
            return
        relaxed = Solver(self.program, self.stop, whole=False)
        relaxed.taut()
        try:
            point = relaxed.in_order(goals)
        except Infeasible:
            point = Solver(self.program, self.stop, whole=False).in_order(goals)
        self._close_to(point, goals)

    def _close_to(self, point: Sequence[float], goals: Sequence[Goal]) -> None:
        """An answer in whole numbers near a point, or anywhere if there is none near."""
        for radius, widest in NEARBY:
            self._whole.around(point, radius, widest)
            with suppress(Infeasible, Undecided):
                self._together(goals)
                return
        self._whole.anywhere()
        self._together(goals)

    def _together(self, goals: Sequence[Goal]) -> None:
        """All goals at once, where columns may be now: each weighs `STEEP` times the next.

        Level by level the solver loses itself in answers that are all as good; together they lead it.
        """
        costs: dict[int, int] = {}
        for i, goal in enumerate(goals):
            by = STEEP ** (len(goals) - 1 - i) * (-1 if goal.greatest else 1)
            costs = plus(costs, times(goal.terms, by))
        self._whole.patience(NEAR_NODES, NEAR_GAP)
        try:
            self._run(costs)
        finally:
            self._whole.anywhere()
            self._whole.patience(MAX_NODES, 0.0)

    def _fix(self, goal: Goal, value: int, proved: bool) -> None:
        self._row(_fixed(goal, value, proved))

    def _row(self, row: Inequality) -> None:
        self.program.rows.append(row)
        self._whole.add(row)

    def _run(self, costs: Mapping[int, int] | None = None) -> float:
        """Searches; keeps the rounded answer; gives the proved bound."""
        try:
            status, values, bound = self._whole.run(costs or {}, self._answer)
        except KeyboardInterrupt:
            if self.stop.asked or not self._plan or self._answer is None or not self._meets(self._answer):
                raise
            self.stop.asked = True
            return -math.inf
        fallback = self._answer if self._answer is not None and self._meets(self._answer) else None
        if status == INFEASIBLE:
            if fallback is None:
                raise Infeasible
            return -math.inf  # the answer at hand meets every row, whatever the solver's floats say: nothing is proved
        answer: list[int] | None = [round(value) for value in values]
        if answer is None or len(answer) != len(self.program.lower) or not self._meets(answer):
            answer = fallback
        if answer is None:
            if self.stop.asked and costs:  # stopped before any answer: the first one will do
                return self._run()
            raise Undecided
        self._answer = answer
        return bound

    def _meets(self, answer: Sequence[int]) -> bool:
        """Every bound and row, in integers."""
        within = all(low <= a <= high for low, a, high in
                     zip(self.program.lower, answer, self.program.upper, strict=True))  # fmt: skip
        return within and all(row.low <= _value(row.terms, answer) <= row.high for row in self.program.rows)


INFEASIBLE = "infeasible"


class Solver:
    """HiGHS with a program in it, over whole or over real numbers."""

    def __init__(self, program: Program, stop: Stop, whole: bool) -> None:
        import highspy

        make: Any = highspy.Highs
        self._program, self._stop, self._integers = program, stop, whole
        self._kinds = highspy
        self._solver = make()
        for name, value in (
            ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", 0),
            ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.9), ("mip_max_nodes", MAX_NODES),
        ):  # fmt: skip
            self._solver.setOptionValue(name, value)

        def look(event: Any) -> None:  # called by the solver, in its thread, many times a second
            if stop.run:
                event.interrupt()

        for often in (self._solver.cbMipInterrupt, self._solver.cbSimplexInterrupt, self._solver.cbIpmInterrupt):
            often.subscribe(look)
        n = len(program.lower)
        model: Any = highspy.HighsLp()
        model.num_col_, model.num_row_ = n, len(program.rows)
        model.col_cost_ = [0.0] * n
        model.col_lower_, model.col_upper_ = list(map(float, program.lower)), list(map(float, program.upper))
        ends = [self._ends(row) for row in program.rows]
        model.row_lower_, model.row_upper_ = [low for low, _ in ends], [high for _, high in ends]
        starts: list[int] = [0]
        index: list[int] = []
        values: list[float] = []
        for row in program.rows:
            index += row.terms.keys()
            values += map(float, row.terms.values())
            starts.append(len(index))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = starts, index, values
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * n
        self._solver.passModel(model)
        self._set: set[int] = set()  # columns that cost something now

    def run(self, costs: Mapping[int, int], start: Sequence[int] | None = None) -> tuple[str, list[float], float]:
        """Searches for the least cost: what came of it, the columns' values, and the bound."""
        n = self._solver.getNumCol()
        touched = sorted(self._set | costs.keys())
        self._solver.changeColsCost(len(touched), touched, [float(costs.get(c, 0)) for c in touched])
        self._set = set(costs)
        if start is not None and len(start) == n:
            known = self._kinds.HighsSolution()
            known.col_value = [float(value) for value in start]
            self._solver.setSolution(known)
        self._search()
        status = self._solver.getModelStatus()
        kinds = self._kinds.HighsModelStatus
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return INFEASIBLE, [], -math.inf
        info = self._solver.getInfo()
        bound = info.mip_dual_bound if self._integers else info.objective_function_value
        return str(status), list(self._solver.getSolution().col_value), float(bound)

    def in_order(self, goals: Sequence[Goal]) -> list[float]:
        """A point at the best of each goal in order: after each, whatever would cost something is fixed."""
        values: list[float] = []
        for goal in goals:
            status, values, _ = self.run({c: -v if goal.greatest else v for c, v in goal.terms.items()})
            if status == INFEASIBLE:
                raise Infeasible
            if self._stop.asked:
                break
            solution = self._solver.getSolution()
            at = [c for c, dual in enumerate(solution.col_dual) if abs(dual) > 1e-7]
            self._solver.changeColsBounds(len(at), at, [values[c] for c in at], [values[c] for c in at])
            rows = [r for r, dual in enumerate(solution.row_dual) if abs(dual) > 1e-7]
            activity = solution.row_value
            for r in rows:
                low, high = self._ends(self._program.rows[r])
                end = low if abs(activity[r] - low) <= abs(activity[r] - high) else high
                self._solver.changeRowBounds(r, end, end)
        return values

    def bound(self, goal: Goal) -> int:
        """What no answer passes, by the relaxation."""
        status, _, cost = self.run({c: -v if goal.greatest else v for c, v in goal.terms.items()})
        if status == INFEASIBLE or self._stop.asked or not math.isfinite(cost):
            ends = (self._program.upper, self._program.lower)[:: 1 if goal.greatest else -1]
            return sum(v * ends[v < 0][c] for c, v in goal.terms.items())
        return math.floor(-cost + 1e-5) if goal.greatest else math.ceil(cost - 1e-5)

    def around(self, point: Sequence[float], radius: int, widest: int) -> None:
        """Lets the number of units in each column be only so far from a point."""
        loose = self._program.many
        of = sorted({*self._program.x.values(), *self._program.y.values(), *self._program.q.values()})
        far = [radius if c in loose else widest for c in of]
        low = [max(self._program.lower[c], math.floor(point[c] + 1e-6) - r) for c, r in zip(of, far, strict=True)]
        high = [min(self._program.upper[c], math.ceil(point[c] - 1e-6) + r) for c, r in zip(of, far, strict=True)]
        self._solver.changeColsBounds(len(of), of, list(map(float, low)), list(map(float, high)))
        self.taut()

    def patience(self, nodes: int, gap: float) -> None:
        """After how many nodes a search ends, or how near to its bound."""
        self._solver.setOptionValue("mip_max_nodes", nodes)
        self._solver.setOptionValue("mip_rel_gap", gap)

    def taut(self) -> None:
        """Has no bound narrowed, and none counted as not used up: what carry allows is then a span for each stage."""
        full = sorted(self._program.full)
        most = [float(self._program.upper[c]) for c in full]
        self._solver.changeColsBounds(len(full), full, most, most)

    def anywhere(self) -> None:
        """Gives every column its own bounds back."""
        low, high = list(map(float, self._program.lower)), list(map(float, self._program.upper))
        self._solver.changeColsBounds(len(low), list(range(len(low))), low, high)

    def add(self, row: Inequality) -> None:
        low, high = self._ends(row)
        columns = sorted(row.terms)
        self._solver.addRow(low, high, len(columns), columns, [float(row.terms[c]) for c in columns])

    def cut(self, rows: int) -> None:
        """Takes out all rows but the first so many."""
        there = self._solver.getNumRow()
        self._solver.deleteRows(there - rows, list(range(rows, there)))

    def grow(self, rows: int, columns: int) -> None:
        """Takes in what the program has more than so many rows and columns."""
        for c in range(columns, len(self._program.lower)):
            self._solver.addVar(float(self._program.lower[c]), float(self._program.upper[c]))
            if self._integers:
                self._solver.changeColIntegrality(c, self._kinds.HighsVarType.kInteger)
        for row in self._program.rows[rows:]:
            self.add(row)

    def _ends(self, row: Inequality) -> tuple[float, float]:
        infinite = self._kinds.kHighsInf
        return (
            -infinite if row.low == -math.inf else float(row.low),
            infinite if row.high == math.inf else float(row.high),
        )

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

        self._stop.run = False
        search = threading.Thread(target=run)
        try:
            with deaf():
                search.start()
            while not over:
                ended.acquire(timeout=_LOOK_SECONDS)
                self._stop.look()
        except BaseException:
            self._stop.run = True
            while search.ident is not None and not over:
                with suppress(KeyboardInterrupt):  # pressed again: the solver has been asked, and looks soon
                    ended.acquire(timeout=_LOOK_SECONDS)
            raise


def _fixed(goal: Goal, value: int, proved: bool) -> Inequality:
    if proved:
        return Inequality(goal.name, value, value, goal.terms)
    return Inequality(goal.name, value, math.inf, goal.terms) if goal.greatest else Inequality(
        goal.name, -math.inf, value, goal.terms
    )  # fmt: skip


def _value(terms: Mapping[int, int], answer: Sequence[int]) -> int:
    return sum(value * answer[column] for column, value in terms.items())
