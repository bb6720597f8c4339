"""The fairest chances: as good as can be for whoever has the worst, then for the next, down to the last.

Units of one *type* are alike to every term, so a type's n units have one chance p = y / n, where y is how many of them
go on average. Every composition of the plan meets rows low <= sum a * y <= high, so the average does. `marginals`
maximises the least chance, fixes whoever cannot have more, and goes on with the rest:

    max z   with   y >= n z for every type not fixed yet,   y = n p for the others,   y <= n,   rows

Each of these is proved in rationals: the solver names the basis, the basis gives z, and multipliers of the rows show
that no z is greater. A type is fixed where its own multiplier is above 0: then y = n z in every optimum. The result is
unique (the leximin optimum of a convex set), so that whoever computes it with whatever solver has the same rationals.

Whether whole compositions have these averages is another question: see `mixture`.

Source: PLANNING.md section 3, step 7; Flanigan et al., Fair algorithms for selecting citizens' assemblies, Nature 596
(2021), on types instead of people.

    >>> two_tables = [Row("four go", 4, 4, {0: 1, 1: 1, 2: 1}), Row("one of the third at most", None, 1, {2: 1})]
    >>> [str(p) for p in marginals([3, 3, 4], two_tables)]
    ['1/2', '1/2', '1/4']
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from repatria.plan.linear import Inexact, Row, add_row, solve_exactly, solver


def marginals(sizes: Sequence[int], rows: Sequence[Row]) -> tuple[Fraction, ...] | None:
    """The chance of a unit of each type; None where no average meets the rows.

    Args:
        sizes: units of each type, at least 1.
        rows: over the number of units of each type that go, by the type's position.

    Raises:
        Inexact: no basis of the solver's could be proved in rationals.
    """
    if any(size < 1 for size in sizes):
        raise ValueError("a type without units")
    search = _Search(sizes, rows)
    while search.free:
        if not search.step():
            return None
    return tuple(search.chance[kind] for kind in range(len(sizes)))


class _Search:
    """One linear program, changed a little after every level: column 0 is z, column 1 + t the average of type t."""

    def __init__(self, sizes: Sequence[int], rows: Sequence[Row]) -> None:
        self.sizes, self.rows = sizes, rows
        self.chance: dict[int, Fraction] = {}
        self.free = set(range(len(sizes)))
        self.module, self.highs = solver()
        infinite = self.module.kHighsInf
        self.highs.addVar(-infinite, infinite)
        self.highs.changeColCost(0, -1.0)
        for size in sizes:
            self.highs.addVar(-infinite, float(size))
        for kind, size in enumerate(sizes):
            add_row(self.module, self.highs, 0, None, {1 + kind: 1, 0: -size})
        for row in rows:
            terms = {1 + kind: factor for kind, factor in row.terms.items()}
            add_row(self.module, self.highs, row.low, row.high, terms)
        self.highs.setOptionValue("presolve", "off")  # the basis is wanted, not only the value
        self.highs.setOptionValue("solver", "simplex")

    def step(self) -> bool:
        """One level: fixes everybody whose chance cannot be more. False where nothing meets the rows."""
        self.highs.clearSolver()  # from the rows on, or a type that is fixed could stay in the basis
        self.highs.run()
        kinds = self.module.HighsModelStatus
        if self.highs.getModelStatus() in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return False
        if all(self._everyone(row) for row in self.rows):
            return self._fix(self.free, Fraction(1))
        if self.highs.getModelStatus() != kinds.kOptimal:
            raise Inexact("no proved level of the chances")
        return self._exactly(self.highs.getBasis())

    def _everyone(self, row: Row) -> bool:
        """Whether a row holds when every type that is not fixed yet goes whole."""
        return row.holds([self.chance.get(kind, Fraction(1)) * size for kind, size in enumerate(self.sizes)])

    def _exactly(self, basis: Any) -> bool:
        """The level of a basis and its proof, in rationals.

        `level`: types that go at the level itself; `whole`: all of whose units go; `between`: neither.
        """
        basic, at_high = self.module.HighsBasisStatus.kBasic, self.module.HighsBasisStatus.kUpper
        count = len(self.sizes)
        of_rows, of_columns = list(basis.row_status), list(basis.col_status)
        level = [kind for kind in sorted(self.free) if of_rows[kind] != basic]
        rest = [kind for kind in sorted(self.free) if of_rows[kind] == basic]
        whole = [kind for kind in rest if of_columns[1 + kind] != basic]
        between = [kind for kind in rest if of_columns[1 + kind] == basic]
        binding = [
            (row, row.high if row.low is None or of_rows[count + at] == at_high else row.low)
            for at, row in enumerate(self.rows)
            if of_rows[count + at] != basic
        ]
        matrix = [
            [sum(row.terms.get(kind, 0) * self.sizes[kind] for kind in level),
             *(row.terms.get(kind, 0) for kind in between)]
            for row, _ in binding
        ]  # fmt: skip
        known = {**{kind: p * self.sizes[kind] for kind, p in self.chance.items()},
                 **{kind: Fraction(self.sizes[kind]) for kind in whole}}  # fmt: skip
        common = lcm(*(value.denominator for value in known.values()))
        scaled = {kind: int(value * common) for kind, value in known.items()}
        right = [
            (bound or 0) - Fraction(sum(n * scaled[kind] for kind, n in row.terms.items() if kind in scaled), common)
            for row, bound in binding
        ]
        point = solve_exactly(matrix, right) if len(binding) == 1 + len(between) else None
        turned = [list(column) for column in zip(*matrix, strict=True)]
        prices = solve_exactly(turned, [Fraction(1), *([Fraction(0)] * len(between))]) if point is not None else None
        if point is None or prices is None:
            raise Inexact("a basis without one solution")
        # From here on in whole numbers: averages in units of 1 / common, prices in a unit of their own.
        common = lcm(common, *(value.denominator for value in point))
        z = point[0]
        average = [int(known[kind] * common) if kind in known else 0 for kind in range(count)]
        for kind, value in zip(between, point[1:], strict=True):
            average[kind] = int(value * common)
        for kind in level:
            average[kind] = int(z * common) * self.sizes[kind]
        unit = lcm(*(price.denominator for price in prices))
        price_of = [int(price * unit) for price in prices]
        gain = [0] * count
        for price, (row, _) in zip(price_of, binding, strict=True):
            for kind, factor in row.terms.items():
                gain[kind] += price * factor
        proved = (
            all(row.holds(average, common) for row in self.rows)
            and all(z * common * self.sizes[kind] <= average[kind] <= self.sizes[kind] * common for kind in rest)
            and all(gain[kind] >= 0 for kind in level)
            and all(gain[kind] <= 0 for kind in whole)
            and all(
                row.low == row.high or (price >= 0 if bound == row.high else price <= 0)
                for price, (row, bound) in zip(price_of, binding, strict=True)
            )
        )
        if not proved:
            raise Inexact("a basis that is not the best in rationals")
        if z < 0:
            return False
        return self._fix({kind for kind in level if gain[kind] > 0}, z)

    def _fix(self, kinds: set[int], chance: Fraction) -> bool:
        for kind in sorted(kinds):
            self.chance[kind] = chance
            value = float(chance * self.sizes[kind])
            self.highs.changeColBounds(1 + kind, value, value)
            self.highs.changeRowBounds(kind, -self.module.kHighsInf, self.module.kHighsInf)
            self.highs.changeCoeff(kind, 0, 0.0)
        self.free = self.free - kinds
        return True
