"""HiGHS behind one door: goals in order over whole numbers, each with the bound that was proved for it.

The only file that knows a solver. It runs on one thread with a fixed seed and limits in nodes and in steps, so that
every search ends, and the same input gives the same answer on a slow machine too. Its floats are never evidence: each
answer is rounded, and every inequality is checked in integers here.

Large programs go by their relaxation: the goals in order over real numbers, then whole numbers where that leaves each
goal hardly worse, and then the relaxation once more for bounds under the values reached. Where it pays to leave some
bound not used up, which one is searched first, with the columns that say so in whole numbers and all others real. What
is far from proved at the end gets a better bound from that search, then one for something better than the answer at
hand, as long as its share of the steps lasts. What a level's bound leaves a column
no room for is taken off it for all levels that follow, which is most of the room.

A bound that the relaxation gives is made again in whole numbers from its multipliers (`duality`): a level that it
proves is *exact*. What only the solver's search proves rests on the solver.

A search may take minutes, and C++ looks at no signals. So it runs in a thread of its own. Ctrl-C, or `enough`, ends
what makes a plan better; what there is already comes back, with the gap that is left. Pressed again, or before there
is any plan, Ctrl-C ends everything.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from repatria.interrupts import deaf
from repatria.plan.duality import Bound, dual_bound
from repatria.plan.rows import Inequality, Program, plus, times

Enough = Callable[[], bool]  # asked several times a second: whether the search shall end with the best plan so far
Mend = Callable[[list[int]], list[int]]
Watch = Callable[[str, int, int | None], None]  # told of a level, its value so far, and the bound known for it
MAX_NODES, MAX_STEPS = 20_000, 10_000  # per objective; a step is from one question whether to go on to the next
FIRST_STEPS = 10 * MAX_STEPS  # for a first answer: without one there is no plan
LARGE = 2_000  # columns from which on a program goes by its relaxation first,
MIDDLE = 6_000  # and up to which every level that this leaves open is searched; of a larger one
SMALL_GAP, WIDE_GAP = 200, 20  # none within such a part of its bound; in whole numbers none further than this
OPEN_STEPS, SHARE = 7_000, (2, 3)  # for all open levels together, of which each has such a share of what is left
FULL_NODES, FULL_STEPS = 20, 1_000  # of a search for which bounds are used up
NEARBY = (2, 8, 30, 120)  # by how much any one column may leave a goal behind its relaxation
NEAR_NODES, NEAR_STEPS, NEAR_GAP, STEEP = 200, 1_000, 1e-6, 12
_LOOK_SECONDS = 0.1  # how long Ctrl-C waits at most on a system where it wakes no thread that waits


class Level(NamedTuple):
    """One objective in the order of importance: its value, and the bound that was proved for it."""

    name: str
    value: int
    bound: int
    greatest: bool  # more is better
    exact: bool = False  # the value is the bound, and whole numbers prove it, whatever the solver says


class Goal(NamedTuple):
    name: str
    terms: Mapping[int, int]
    greatest: bool
    constant: int = 0  # what units that no search moves add
    minor: bool = False  # nobody waits for it: in a large program not worth a search of everything


class Infeasible(Exception):
    """No whole numbers meet the rows; proved by the solver."""


class Undecided(Exception):
    """The node limit came before any answer."""


class Stop:
    """Whether somebody has asked for an end: of the run that is on, and of all that only makes a plan better."""

    def __init__(self, enough: Enough | None, watch: Watch | None = None) -> None:
        self.enough, self.tell = enough, watch or (lambda level, value, bound: None)
        self.run = False  # ends the run that is on
        self.asked = False

    def look(self) -> None:
        if not self.asked and self.enough is not None and self.enough():
            self.asked = True
            self.run = True


class Relaxed(NamedTuple):
    """What each goal comes to over real numbers while those before are at theirs, rounded to what whole ones can reach,
    and its bound; some columns were settled."""

    values: list[int]
    bounds: list[Bound]
    shape: Mapping[int, int]

    def ends(self, program: Program, room: int) -> dict[int, tuple[int, int]]:
        """The ends of columns that leave no goal more than so much behind by any one of them."""
        lower, upper = [*program.lower], [*program.upper]
        ends = {c: (value, value) for c, value in self.shape.items()}
        for c, value in self.shape.items():
            lower[c] = upper[c] = value
        for bound in self.bounds:
            for c, (low, high) in bound.narrowed(bound.least + room, lower, upper).items():
                lower[c], upper[c] = low, high
                ends[c] = low, high
        return ends


class Search:
    """A program in HiGHS, its best answer so far, and its rows in integers to check each answer against."""

    def __init__(self, program: Program, stop: Stop, plan: bool) -> None:
        """`plan`: an answer of this search is one, which Ctrl-C may leave as the best so far."""
        self.program, self.stop, self._plan = program, stop, plan
        self._answer: list[int] | None = None
        self._whole = Solver(program, stop, range(len(program.lower)))
        self._relaxed: Solver | None = None
        self._open = OPEN_STEPS
        self._settled: dict[str, Goal] = {}

    def answer(self) -> list[int]:
        if self._answer is None:
            self._whole.patience(FIRST_STEPS, 0.0)
            self._run()
            self._whole.patience(MAX_STEPS, 0.0)
        assert self._answer is not None
        return self._answer

    def take(self, answer: list[int]) -> bool:
        """Takes over an answer if it meets every row."""
        if self._meets(answer):
            self._answer = answer
            return True
        return False

    def settle(
        self,
        goals: Sequence[Goal],
        limits: Sequence[int] = (),
        whole: bool = False,
        mend: Mend | None = None,
        proof: bool = False,
    ) -> list[Level]:
        """Each goal at its best, in order, and fixed there.

        Args:
            limits: what no answer passes, of as many goals as it has; each holds while those before are at theirs.
            whole: never by the relaxation, whose bound says little of this goal.
            mend: makes an answer better that was found near the relaxation, or that a search was stopped at.
            proof: says of each level whether whole numbers prove it.
        """
        if len(self.program.lower) > LARGE and not whole and not self.stop.asked:
            return self._near(goals, mend)
        levels = []
        for i, goal in enumerate(goals):
            limit = limits[i] - goal.constant if i < len(limits) else None
            value, bound = self._best(goal, limit)
            exact = value == bound and proof and self._exact(goal, value)
            if self.stop.asked and mend is not None:
                self.take(mend(self.answer()))
                value, mend = _value(goal.terms, self.answer()), None
            if limit is not None and value != limit:
                limits = ()
            self._fix(goal, value, value == bound)
            self._settled[goal.name] = goal
            levels.append(Level(goal.name, value + goal.constant, bound + goal.constant, goal.greatest, exact))
            self.stop.tell(goal.name, value + goal.constant, bound + goal.constant)
        return levels

    def as_answered(self, levels: Sequence[Level]) -> list[Level]:
        """The levels at what the answer comes to by now: one that was left with a gap may have come nearer since."""
        found = []
        for level in levels:
            goal = self._settled.get(level.name)
            if goal is not None and level.value != level.bound:
                value = _value(goal.terms, self.answer()) + goal.constant
                level = level._replace(value=max(value, level.value) if level.greatest else min(value, level.value))
            found.append(level)
        return found

    def _exact(self, goal: Goal, value: int) -> bool:
        """Whether whole numbers prove that no answer is better."""
        if value == self._known(goal):
            return True
        found = self._relaxation(goal)
        return found is not None and _of(goal, found.least) == value

    def try_all(self, goals: Sequence[Goal], values: Sequence[int]) -> bool:
        """Whether all goals can be at their values at once; then they are fixed there."""
        rows = len(self.program.rows)
        for goal, value in zip(goals, values, strict=True):
            self._fix(goal, value, True)
        try:
            self._run()
            return True
        except (Infeasible, Undecided):
            self._cut(rows)
            return False

    def _cut(self, rows: int) -> None:
        """Takes out all rows but the first so many."""
        del self.program.rows[rows:]
        for solver in (self._whole, self._relaxed):
            if solver is not None:
                solver.cut(rows)

    def grown(self, rows: int, columns: int) -> None:
        """The program has more rows and columns than that: takes them in, and forgets the answer."""
        self._whole.grow(rows, columns)
        self._answer = self._relaxed = None

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
        levels = []
        for i, goal in enumerate(goals):
            relaxation = self._relaxation(goal)
            least = self._known(goal) if relaxation is None else _of(goal, relaxation.least)
            value, bound = _value(goal.terms, self.answer()), least
            self.stop.tell(goal.name, value + goal.constant, bound + goal.constant)
            if value != bound and not self.stop.asked:
                bound = self._closer(goal, bound)
                if value != (now := _value(goal.terms, self.answer())):
                    value = now
                    self._again(goal, goals[i + 1 :], mend)
            self._fix(goal, value, value == bound)
            self._settled[goal.name] = goal
            if relaxation is not None:
                self._narrow(relaxation.narrowed(_of(goal, value), self.program.lower, self.program.upper))
            levels.append(Level(goal.name, value + goal.constant, bound + goal.constant, goal.greatest, value == least))
        return levels

    def _relaxation(self, goal: Goal) -> Bound | None:
        """What no answer passes over real numbers, in whole ones; None where there is no bound."""
        if self.stop.asked:
            return None
        if self._relaxed is None:
            self._relaxed = Solver(self.program, self.stop)
        costs = _costs(goal)
        status, _, _ = self._bettered(self._relaxed, costs)
        return dual_bound(self.program, costs, self._relaxed.multipliers()) if status not in (INFEASIBLE, "") else None

    def _known(self, goal: Goal) -> int:
        """What the columns' own ends say of a goal."""
        ends = (self.program.upper, self.program.lower)[:: 1 if goal.greatest else -1]
        return sum(v * ends[v < 0][c] for c, v in goal.terms.items())

    def _narrow(self, ends: Mapping[int, tuple[int, int]]) -> None:
        """Takes off columns what no answer needs that is as good as the one at hand."""
        for c, (low, high) in ends.items():
            self.program.lower[c], self.program.upper[c] = low, high
        for solver in (self._relaxed, self._whole):
            if solver is not None:
                solver.anywhere()

    def _closer(self, goal: Goal, bound: int) -> int:
        """The bound of a goal that the relaxation leaves open, after a search for a better answer, which is kept.

        First only the columns that say which bounds are used up are whole, which the relaxation is weakest about; then
        all, for something better than the answer at hand.
        """
        value, large = _value(goal.terms, self.answer()), len(self.program.lower) > MIDDLE
        if large and abs(value - bound) * SMALL_GAP <= abs(value):
            return bound
        share = self._open * SHARE[0] // SHARE[1]
        if large and self.program.full:
            solver = Solver(self.program, self.stop, self.program.full)
            solver.patience(min(share, FULL_STEPS), 0.0, effort=0.0)
            _, _, cost = self._bettered(solver, _costs(goal))
            share, self._open = share - solver.steps, self._open - solver.steps
            bound = _proved(goal, bound, cost)
            gap = abs(value - bound)
            if goal.minor or gap * SMALL_GAP <= abs(value) or gap * WIDE_GAP > abs(value):
                return bound
        if share <= 0 or self.stop.asked:
            return bound
        solver = Solver(self.program, self.stop, range(len(self.program.lower)))
        solver.add(_fixed(goal, value + (1 if goal.greatest else -1), False))
        solver.patience(share, 0.0, effort=0.0)
        status, values, cost = self._bettered(solver, _costs(goal))
        self._open -= solver.steps
        if status == INFEASIBLE:
            return value
        self._accept(values)
        return _proved(goal, bound, cost)

    def _again(self, goal: Goal, rest: Sequence[Goal], mend: Mend | None) -> None:
        """A better answer was found that looked at one goal alone: another near the relaxation for those after it."""
        value, best = _value(goal.terms, self.answer()), self.answer()
        if mend is not None:
            best = mend(best)
            self.take(best)
        rows = len(self.program.rows)
        self._fix(goal, value, False)
        try:
            if rest and not self.stop.asked:
                with suppress(Infeasible, Undecided):
                    self.some(rest)
                if mend is not None:
                    self.take(mend(self.answer()))
        finally:
            self._cut(rows)
        self.take(min(best, self.answer(), key=lambda found: [_of(each, _value(each.terms, found)) for each in rest]))

    def _bettered(self, solver: Solver, costs: Mapping[int, int]) -> tuple[str, list[float], float]:
        """A run that can only make an answer better, or say how good it is; Ctrl-C ends it, and no more."""
        try:
            status, values, bound = solver.run(costs)
        except KeyboardInterrupt:
            if self.stop.asked or not self._plan or self._answer is None or not self._meets(self._answer):
                raise
            self.stop.asked = True
            return "", [], -math.inf
        return ("", values, -math.inf) if self.stop.asked else (status, values, bound)

    def _accept(self, values: Sequence[float]) -> None:
        """Takes over the solver's numbers, rounded, if they meet every row."""
        if len(values) == len(self.program.lower):
            self.take([round(value) for value in values])

    def some(self, goals: Sequence[Goal]) -> None:
        """An answer, if there is one; of a large program near the best."""
        if len(self.program.lower) <= LARGE:
            self.answer()
            return
        free = self._in_order({}, goals)
        if free is None:
            raise Infeasible
        shape = {c: self.program.upper[c] for c in self.program.full}
        taut = self._in_order(shape, goals)
        if (taut is None or taut.values != free.values) and not self.stop.asked:
            full = Solver(self.program, self.stop, self.program.full)
            full.patience(FULL_STEPS, NEAR_GAP, nodes=FULL_NODES)
            _, values, _ = full.run(_weighed(goals))
            if len(values) == len(self.program.lower):
                shape = {c: round(values[c]) for c in self.program.full}
                taut = self._in_order(shape, goals)
        for room in NEARBY if taut is not None and not self.stop.asked else ():
            assert taut is not None
            self._whole.within(taut.ends(self.program, room))
            with suppress(Infeasible, Undecided):
                self._together(goals)
                return
        self._whole.anywhere()
        with suppress(Undecided):
            self._together(goals)
            return
        self._whole.patience(FIRST_STEPS, 0.0)
        try:
            self._run()
        finally:
            self._whole.patience(MAX_STEPS, 0.0)

    def _in_order(self, shape: Mapping[int, int], goals: Sequence[Goal]) -> Relaxed | None:
        """The relaxation's goals in order, where some columns are settled; None where there is no answer."""
        program = Program([*self.program.lower], [*self.program.upper], [*self.program.rows])
        for c, value in shape.items():
            program.lower[c] = program.upper[c] = value
        relaxed = Solver(program, self.stop)
        found = Relaxed([], [], shape)
        for goal in goals:
            costs = _costs(goal)
            status, _, _ = relaxed.run(costs)
            if status == INFEASIBLE:
                return None
            bound = dual_bound(program, costs, relaxed.multipliers())
            if bound is None or self.stop.asked:
                break
            found.values.append(_of(goal, bound.least))
            found.bounds.append(bound)
            program.rows.append(_fixed(goal, _of(goal, bound.least), False))
            relaxed.add(program.rows[-1])
        return found

    def _together(self, goals: Sequence[Goal]) -> None:
        """All goals at once, where columns may be now: each weighs `STEEP` times the next.

        Level by level the solver loses itself in answers that are all as good; together they lead it.
        """
        self._whole.patience(NEAR_STEPS, NEAR_GAP, nodes=NEAR_NODES)
        try:
            self._run(_weighed(goals))
        finally:
            self._whole.anywhere()
            self._whole.patience(MAX_STEPS, 0.0)

    def _fix(self, goal: Goal, value: int, proved: bool) -> None:
        self._row(_fixed(goal, value, proved))

    def _row(self, row: Inequality) -> None:
        self.program.rows.append(row)
        self._whole.add(row)
        if self._relaxed is not None:
            self._relaxed.add(row)

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
    """HiGHS with a program in it, over real numbers but for the columns that are to be whole."""

    def __init__(self, program: Program, stop: Stop, whole: Collection[int] = ()) -> None:
        import highspy

        make: Any = highspy.Highs
        self._program, self._stop, self._integers = program, stop, bool(whole)
        self._kinds = highspy
        self._solver = make()
        for name, value in (
            ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", 0),
            ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.9), ("mip_max_nodes", MAX_NODES),
        ):  # fmt: skip
            self._solver.setOptionValue(name, value)

        self._most, self.steps = MAX_STEPS, 0

        def look(event: Any) -> None:  # called by the solver, in its thread, many times a second
            self.steps += 1  # at the same points of the same search, on every machine
            if stop.run or (self._integers and self.steps > self._most):
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
            kinds = highspy.HighsVarType
            model.integrality_ = [kinds.kInteger if c in whole else kinds.kContinuous for c in range(n)]
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
        self.steps = 0
        self._search()
        status = self._solver.getModelStatus()
        kinds = self._kinds.HighsModelStatus
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return INFEASIBLE, [], -math.inf
        info = self._solver.getInfo()
        bound = info.mip_dual_bound if self._integers else info.objective_function_value
        return str(status), list(self._solver.getSolution().col_value), float(bound)

    def multipliers(self) -> list[float]:
        """What the last run over real numbers gave each row."""
        return list(self._solver.getSolution().row_dual)

    def patience(self, steps: int, gap: float, effort: float = 0.05, nodes: int = MAX_NODES) -> None:
        """After how many steps and nodes a search for whole numbers ends, or how near to its bound; which part of it
        may look for answers alone."""
        self._most = steps
        self._solver.setOptionValue("mip_heuristic_effort", effort)
        self._solver.setOptionValue("mip_max_nodes", nodes)
        self._solver.setOptionValue("mip_rel_gap", gap)

    def within(self, ends: Mapping[int, tuple[int, int]]) -> None:
        """Gives these columns these ends, and every other its own."""
        self.anywhere()
        low, high = [float(low) for low, _ in ends.values()], [float(high) for _, high in ends.values()]
        self._solver.changeColsBounds(len(ends), list(ends), low, high)

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


def _weighed(goals: Sequence[Goal]) -> dict[int, int]:
    """All goals as one cost, each `STEEP` times the next."""
    costs: dict[int, int] = {}
    for i, goal in enumerate(goals):
        by = STEEP ** (len(goals) - 1 - i) * (-1 if goal.greatest else 1)
        costs = plus(costs, times(goal.terms, by))
    return costs


def _proved(goal: Goal, bound: int, cost: float) -> int:
    """The stronger of a bound and what the solver proved of the cost."""
    if not math.isfinite(cost):
        return bound
    found = _of(goal, math.ceil(cost - 1e-5))
    return min(bound, found) if goal.greatest else max(bound, found)


def _costs(goal: Goal) -> dict[int, int]:
    """A goal as a cost: the less, the better."""
    return {c: -v if goal.greatest else v for c, v in goal.terms.items()}


def _of(goal: Goal, cost: int) -> int:
    """The value of a goal at a cost, or the cost of a value."""
    return -cost if goal.greatest else cost
