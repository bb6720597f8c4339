"""Whole compositions with whole weights that come to given chances exactly; one draw picks the composition.

A *composition* says how many units of each type go: whole numbers that meet every row. Nobody can go by three fifths,
so a lottery over types is a lottery over compositions: `weight / total` for each, and on average exactly what
`leximin.marginals` found fair. What is published are the compositions with their weights, so that whoever adds them up
has the table of chances, to the last unit.

`fair` walks along faces. From the averages it goes straight away from a composition near them until something binds: a
row, or a type of which as few or as many go as may. What binds stays so, the next composition is one for which it does,
and so on until only one is left: at most as many compositions as there are types and rows. All in rationals, since in
floating point nothing ever quite binds. At first only compositions that round every average down or up are asked for,
then wider ones, so that as few numbers as can be are left to the draw.

Where the walk ends on a face without a whole composition, column generation takes over: the compositions at hand are
mixed as near to the averages as can be, the prices of what is still missing say which composition would help most, and
it is added. The shares are solved again in rationals.

Rows over averages may allow what no mixture of whole compositions gives: where quotas cross, the polytope of the rows
is larger than the hull of its whole points. Then the prices make a row that the averages break and every composition
keeps. It is added to the rows, and the chances are computed again; each such row is a face of the hull nearer, so the
result is the leximin optimum over what can be drawn.

    >>> two_of_three = [Row("all three pairs", None, 1, {0: 1, 1: 1}), Row("", None, 1, {1: 1, 2: 1}),
    ...                 Row("", None, 1, {0: 1, 2: 1})]
    >>> from repatria.plan.leximin import marginals
    >>> [str(p) for p in marginals([1, 1, 1], two_of_three)]  # but only one of them can ever go
    ['1/2', '1/2', '1/2']
    >>> drawn = fair([1, 1, 1], two_of_three)
    >>> [str(p) for p in drawn.chances], drawn.total, sorted(composition for _, composition in drawn.parts)
    (['1/3', '1/3', '1/3'], 3, [(0, 0, 1), (0, 1, 0), (1, 0, 0)])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, gcd, lcm

from repatria.plan.leximin import marginals
from repatria.plan.linear import Inexact, IntegerProgram, Row, add_row, solve_exactly, solver

Composition = tuple[int, ...]
Price = Callable[[Sequence[int]], Sequence[int] | None]  # weights of the types -> the composition of greatest weight

_SCALE = 10**6  # prices of the types, as whole numbers
_ENOUGH = 1e-9  # missing units at which the weights are solved in rationals, which decide
ROUNDS_MAX, FACES_MAX = 5_000, 500


@dataclass(frozen=True)
class Mixture:
    """Compositions and their whole weights, heaviest first; `faces` rows had to be added before they were fair.

    Whole compositions then allow less than the rows do.
    """

    sizes: tuple[int, ...]
    parts: tuple[tuple[int, Composition], ...]
    faces: int = 0

    @property
    def total(self) -> int:
        return sum(weight for weight, _ in self.parts)

    @property
    def chances(self) -> tuple[Fraction, ...]:
        return tuple(
            Fraction(sum(weight * composition[kind] for weight, composition in self.parts), self.total * size)
            for kind, size in enumerate(self.sizes)
        )

    def drawn(self, number: int) -> Composition:
        """The composition of a number from 0 to total - 1."""
        for weight, composition in self.parts:
            if number < weight:
                return composition
            number -= weight
        raise ValueError("a number that is not below the total of the weights")


def fair(
    sizes: Sequence[int],
    rows: Sequence[Row],
    price: Price | None = None,
    may_go: Callable[[Composition], bool] | None = None,
) -> Mixture | None:
    """The mixture of compositions whose chances are leximin; None where no composition meets the rows.

    Args:
        sizes: units of each type, at least 1.
        rows: met by every composition, over the number of units of each type that go.
        price: the best composition by given weights, where compositions must meet more than these rows.
        may_go: whether a composition that meets the rows meets the rest too; without it, with `price`, only
            compositions that were priced are mixed.

    Raises:
        Inexact: it could not be solved in rationals.
    """
    asked = IntegerProgram([(0, size) for size in sizes], rows).best if price is None else price
    faces: list[Row] = []
    pool: dict[Composition, None] = {}
    while len(faces) <= FACES_MAX:
        chances = marginals(sizes, [*rows, *faces])
        if chances is None:
            return None
        averages = [chance * size for chance, size in zip(chances, sizes, strict=True)]
        walked = _walk(sizes, averages, rows) if price is None or may_go is not None else None
        if walked is not None and (may_go is None or all(may_go(composition) for _, composition in walked)):
            return _whole(sizes, walked, len(faces))
        mixed = _mix(averages, asked, pool)
        if mixed is None:
            return None
        if isinstance(mixed, list):
            return _whole(sizes, mixed, len(faces))
        faces.append(mixed)
    raise Inexact(f"not fair after {FACES_MAX} more rows")


def _walk(
    sizes: Sequence[int], averages: Sequence[Fraction], rows: Sequence[Row]
) -> list[tuple[Fraction, Composition]] | None:
    """Compositions with shares that come to the averages, as near to them as can be; None where the walk ends early."""
    wide = 0
    while True:
        bounds = [
            (max(0, floor(each) - wide), min(size, -floor(-each) + wide))
            for each, size in zip(averages, sizes, strict=True)
        ]
        found = _Walk(averages, bounds, rows).all()
        if found is not None or bounds == [(0, size) for size in sizes]:
            return found
        wide = 2 * wide or 1


class _Walk:
    """What is left of the averages, in whole numbers of 1 / `unit`, and the face on which it lies."""

    def __init__(self, averages: Sequence[Fraction], bounds: Sequence[tuple[int, int]], rows: Sequence[Row]) -> None:
        self.program = IntegerProgram(bounds, rows)
        self.unit = lcm(*(average.denominator for average in averages))
        self.rest = [int(average * self.unit) for average in averages]
        self.share = Fraction(1)  # of the whole that is left

    def all(self) -> list[tuple[Fraction, Composition]] | None:
        found: list[tuple[Fraction, Composition]] = []
        while True:
            for kind, (low, high) in enumerate(self.program.bounds):
                for bound in (low, high):
                    if low < high and self.rest[kind] == bound * self.unit:
                        self.program.narrow(kind, bound, bound)
            for at, row in enumerate(self.program.rows):
                for side in {row.low, row.high} - {None}:
                    if row.low != row.high and side is not None and row.value(self.rest) == side * self.unit:
                        self.program.bind(at, side)
            near = self.program.best([self._liking(kind) for kind in range(len(self.rest))])
            if near is None:
                return None
            step = self._step(near)
            found.append((self.share * step, tuple(near)))
            if step == 1:
                return found
            self._leave(near, step)

    def _liking(self, kind: int) -> int:
        """For more than less of a type, the nearer what is left of its average is to the next whole number."""
        low, high = self.program.bounds[kind]
        if low == high:
            return 0
        return round(_SCALE * (2 * Fraction(self.rest[kind], self.unit) - low - high) / (high - low))

    def _step(self, near: Sequence[int]) -> Fraction:
        """How much of a composition can be taken until something more binds."""
        step = Fraction(1)
        limits: list[tuple[int | None, int | None, int, int]] = [
            *((low, high, self.rest[kind], near[kind]) for kind, (low, high) in enumerate(self.program.bounds)),
            *((row.low, row.high, row.value(self.rest), row.value(near)) for row in self.program.rows),
        ]
        for low, high, left, taken in limits:
            if low is not None and taken > low:
                step = min(step, Fraction(left - low * self.unit, (taken - low) * self.unit))
            if high is not None and taken < high:
                step = min(step, Fraction(high * self.unit - left, (high - taken) * self.unit))
        return step

    def _leave(self, near: Sequence[int], step: Fraction) -> None:
        p, q = step.numerator, step.denominator
        rest = [q * left - p * self.unit * taken for left, taken in zip(self.rest, near, strict=True)]
        unit = self.unit * (q - p)
        common = gcd(unit, *rest)
        self.rest, self.unit = [left // common for left in rest], unit // common
        self.share *= 1 - step


def _mix(
    averages: Sequence[Fraction], price: Price, pool: dict[Composition, None]
) -> list[tuple[Fraction, Composition]] | Row | None:
    """Compositions with shares that come to the averages, or a row that these break and every composition keeps.

    Args:
        pool: compositions known from before, and kept for the next time.
    """
    first = price([round((2 * (each - floor(each)) - 1) * _SCALE) for each in averages])
    if first is None:
        return None
    pool.setdefault(tuple(first))
    master = _Master(averages, list(pool))
    for _ in range(ROUNDS_MAX):
        missing, prices = master.solve()
        if missing <= _ENOUGH:
            return master.shares()
        weights = [round(each * _SCALE) for each in prices]
        best = price(weights)
        if best is None:
            return None
        greatest = sum(weight * units for weight, units in zip(weights, best, strict=True))
        if sum(weight * each for weight, each in zip(weights, averages, strict=True)) > greatest:
            common = gcd(*weights)
            # Whole factors and whole units: the row is as near as whole numbers allow.
            terms = {kind: weight // common for kind, weight in enumerate(weights) if weight}
            return Row("face", None, greatest // common, terms)
        composition = tuple(best)
        if composition in pool:
            return master.shares()  # no nearer in floating point; rationals say whether that is near enough
        pool[composition] = None
        master.add(composition)
    raise Inexact(f"not mixed after {ROUNDS_MAX} rounds")


class _Master:
    """Shares of the compositions at hand that come as near to the averages as can be: a linear program.

    Column 2 t and 2 t + 1 are what type t has too little and too much; row t is its average, the last row the shares.
    """

    def __init__(self, averages: Sequence[Fraction], compositions: Sequence[Composition]) -> None:
        self.averages, self.compositions = averages, [*compositions]
        self.module, self.highs = solver()
        infinite = self.module.kHighsInf
        self.highs.setOptionValue("presolve", "off")
        self.highs.setOptionValue("primal_feasibility_tolerance", 1e-10)
        for kind, average in enumerate(averages):
            for _ in range(2):
                self.highs.addVar(0.0, infinite)
                self.highs.changeColCost(self.highs.getNumCol() - 1, 1.0)
            add_row(self.module, self.highs, float(average), float(average), {2 * kind: 1, 2 * kind + 1: -1})
        add_row(self.module, self.highs, 1, 1, {})
        for composition in compositions:
            self._column(composition)

    def add(self, composition: Composition) -> None:
        self.compositions.append(composition)
        self._column(composition)

    def _column(self, composition: Composition) -> None:
        entries = [(kind, units) for kind, units in enumerate(composition) if units] + [(len(composition), 1)]
        at, values = [kind for kind, _ in entries], [float(units) for _, units in entries]
        self.highs.addCol(0.0, 0.0, self.module.kHighsInf, len(entries), at, values)

    def solve(self) -> tuple[float, list[float]]:
        """How many units are missing or too many, and what one more unit of each type would save."""
        self.highs.run()
        if self.highs.getModelStatus() != self.module.HighsModelStatus.kOptimal:
            raise Inexact("no proved shares")
        return self.highs.getObjectiveValue(), list(self.highs.getSolution().row_dual)[:-1]

    def shares(self) -> list[tuple[Fraction, Composition]]:
        """The shares, solved again in rationals: at least 0, and exactly the averages."""
        status, basic = self.highs.getBasis().col_status, self.module.HighsBasisStatus.kBasic
        offset = 2 * len(self.averages)
        used = [each for each, is_basic in zip(self.compositions, status[offset:], strict=True) if is_basic == basic]
        down = [floor(average) for average in self.averages]  # smaller figures, the same shares
        matrix = [[1] * len(used), *([each[kind] - low for each in used] for kind, low in enumerate(down))]
        right = [Fraction(1), *(average - low for average, low in zip(self.averages, down, strict=True))]
        shares = solve_exactly(matrix, right)
        if shares is None or any(share < 0 for share in shares):
            raise Inexact("the weights do not stand in whole numbers")
        return [(share, each) for share, each in zip(shares, used, strict=True) if share]


def _whole(sizes: Sequence[int], shares: Sequence[tuple[Fraction, Composition]], faces: int) -> Mixture:
    total = lcm(*(share.denominator for share, _ in shares))
    parts = [(int(share * total), composition) for share, composition in shares]
    return Mixture(tuple(sizes), tuple(sorted(parts, key=lambda each: (-each[0], each[1]))), faces)
