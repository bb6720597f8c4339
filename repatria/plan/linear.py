"""Linear and integer programs in whole numbers, as the lottery asks them: the solver proposes, whole numbers decide.

HiGHS works in floating point, and its floats are never evidence. Of a linear program only the *basis* is taken from it
(which rows and columns bind), and `solve_exactly` makes the rational solution of that basis; whoever asked checks its
optimality with the rational multipliers. Of an integer program only the point is taken, rounded and put to every row.

    >>> solve_exactly([[2, 1], [1, 3]], [Fraction(5), Fraction(10)])
    [Fraction(1, 1), Fraction(3, 1)]
    >>> choices = IntegerProgram([(0, 3), (0, 3)], [Row("seats", None, 4, {0: 1, 1: 2})])
    >>> choices.best([3, 2])
    [3, 0]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import Any


@dataclass(frozen=True)
class Row:
    """low <= sum of factor * column <= high, in whole numbers; None where a side is open."""

    name: str
    low: int | None
    high: int | None
    terms: Mapping[int, int]

    def value(self, point: Sequence[Any]) -> Any:
        return sum(factor * point[column] for column, factor in self.terms.items())

    def holds(self, point: Sequence[Any], unit: int = 1) -> bool:
        """Whether a point meets the row; its values are in parts of one, `unit` to the whole."""
        value = self.value(point)
        return (self.low is None or self.low * unit <= value) and (self.high is None or value <= self.high * unit)


class Inexact(ArithmeticError):
    """The solver's basis does not stand in whole numbers, or it gave up."""


def solver() -> tuple[Any, Any]:
    """The solver's module, and one silent instance on one thread with a fixed seed."""
    import highspy

    make: Any = highspy.Highs
    solver = make()
    for name, value in (("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", 0)):
        solver.setOptionValue(name, value)
    return highspy, solver


def add_row(module: Any, highs: Any, low: float | None, high: float | None, terms: Mapping[int, float]) -> None:
    infinite = module.kHighsInf
    columns = sorted(terms)
    highs.addRow(
        -infinite if low is None else float(low), infinite if high is None else float(high),
        len(columns), columns, [float(terms[column]) for column in columns],
    )  # fmt: skip


def solve_exactly(matrix: Sequence[Sequence[int]], right: Sequence[Fraction]) -> list[Fraction] | None:
    """The one solution of matrix * x = right; None where there is none or more than one.

    Args:
        matrix: whole numbers, as many rows as columns or more.
        right: one rational for each row.

    Source: Bareiss, Sylvester's identity and multistep integer-preserving Gaussian elimination (1968): every division
    is without remainder, so that no number grows beyond a subdeterminant.
    """
    columns = len(matrix[0]) if matrix else 0
    common = lcm(*(value.denominator for value in right)) if right else 1
    rows = [[*row, int(value * common)] for row, value in zip(matrix, right, strict=True)]
    before = 1
    for step in range(columns):
        best = min(
            (at for at in range(step, len(rows)) if rows[at][step]), key=lambda at: abs(rows[at][step]), default=None
        )
        if best is None:
            return None
        rows[step], rows[best] = rows[best], rows[step]
        pivot_row = rows[step]
        pivot = pivot_row[step]
        for at in range(step + 1, len(rows)):
            row, factor = rows[at], rows[at][step]
            if factor:
                rows[at] = [
                    0 if i <= step else (pivot * value - factor * other) // before
                    for i, (value, other) in enumerate(zip(row, pivot_row, strict=True))
                ]
            elif pivot != before:
                rows[at] = [0 if i <= step else pivot * value // before for i, value in enumerate(row)]
        before = pivot
    if any(row[columns] for row in rows[columns:]):
        return None
    found = [Fraction(0)] * columns
    for step in reversed(range(columns)):
        row = rows[step]
        known = sum((row[i] * found[i] for i in range(step + 1, columns) if row[i]), Fraction(0))
        found[step] = (row[columns] - known) / row[step]
    return [value / common for value in found]


class IntegerProgram:
    """Whole numbers within bounds that meet rows; asked again and again for the best by other weights."""

    def __init__(self, bounds: Sequence[tuple[int, int]], rows: Sequence[Row]) -> None:
        self.bounds, self.rows = list(bounds), list(rows)
        self._module, self._highs = solver()
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        self._highs.setOptionValue("mip_abs_gap", 0.9)
        for column, (low, high) in enumerate(self.bounds):
            self._highs.addVar(float(low), float(high))
            self._highs.changeColIntegrality(column, self._module.HighsVarType.kInteger)
        for row in self.rows:
            add_row(self._module, self._highs, row.low, row.high, row.terms)

    def narrow(self, column: int, low: int, high: int) -> None:
        """Gives a column these bounds from now on."""
        self.bounds[column] = low, high
        self._highs.changeColBounds(column, float(low), float(high))

    def bind(self, at: int, value: int) -> None:
        """Lets a row have only this value from now on."""
        self.rows[at] = replace(self.rows[at], low=value, high=value)
        self._highs.changeRowBounds(at, float(value), float(value))

    def best(self, weights: Sequence[int]) -> list[int] | None:
        """The point of greatest weight; None where no point meets the rows.

        Raises:
            Inexact: the solver gave up, or its point does not meet the rows in whole numbers.
        """
        count = len(self.bounds)
        self._highs.changeColsCost(count, list(range(count)), [-float(weight) for weight in weights])
        self._highs.run()
        kinds = self._module.HighsModelStatus
        status = self._highs.getModelStatus()
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return None
        point = [round(value) for value in self._highs.getSolution().col_value]
        within = all(low <= value <= high for value, (low, high) in zip(point, self.bounds, strict=True))
        if status != kinds.kOptimal or not within or not all(row.holds(point) for row in self.rows):
            raise Inexact("no proved point in whole numbers")
        return point
