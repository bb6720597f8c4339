"""What no answer to a program passes, in whole numbers: a solver's multipliers are rounded, and the sum is ours.

Whatever multiplier each row is given, for every answer

    cost * x  =  sum of y_r * row_r(x)  +  sum of d_c * x_c      where d = cost - y * rows
              >= sum of the least that y_r * row_r can be within the row's ends
                 + the least that d_c * x_c can be within the column's.

So a bound needs no trust in whoever chose y: with good multipliers it is the optimum of the relaxation, with bad ones
it is weak, and never wrong (weak duality; Neumaier and Shcherbina, Safe bounds in linear and mixed-integer linear
programming, 2004, there with directed rounding). The same sums say how far a column can be from the end at which it
costs least before the value is worse than the one at hand.

    >>> from repatria.plan.rows import Program
    >>> program = Program([0, 0], [9, 9])
    >>> program.row("together", 5, 9, {0: 2, 1: 3})
    >>> found = dual_bound(program, {0: 1, 1: 2}, [0.5])  # x + 2 y over 2 x + 3 y >= 5
    >>> found.least, found.narrowed(3, program.lower, program.upper)
    (3, {1: (0, 1)})
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from repatria.plan.rows import Program

_UNIT = 1 << 40  # multipliers are whole numbers of parts of so many


class Bound(NamedTuple):
    """A bound under a cost, and what each column adds to it, both in parts of `_UNIT`."""

    parts: int
    prices: Mapping[int, int]

    @property
    def least(self) -> int:
        """The least whole cost that an answer can have."""
        return -(-self.parts // _UNIT)

    def narrowed(self, most: int, lower: Sequence[int], upper: Sequence[int]) -> dict[int, tuple[int, int]]:
        """The columns that an answer of this cost or less leaves less room than they have, with their new ends."""
        room = most * _UNIT - self.parts
        ends = {}
        for c, price in self.prices.items():
            far = room // abs(price) if room >= 0 else 0
            if far < upper[c] - lower[c]:
                ends[c] = (lower[c], lower[c] + far) if price > 0 else (upper[c] - far, upper[c])
        return ends


def dual_bound(program: Program, costs: Mapping[int, int], multipliers: Sequence[float]) -> Bound | None:
    """The bound that these multipliers of the rows give; None where one is no number.

    Args:
        multipliers: of the first rows of the program, in their order; those of other rows are nothing.
    """
    prices = {c: cost * _UNIT for c, cost in costs.items() if cost}
    parts = 0
    for row, multiplier in zip(program.rows, multipliers, strict=False):
        if not math.isfinite(multiplier):
            return None
        y = round(multiplier * _UNIT)
        end = row.low if y > 0 else row.high
        if not y or math.isinf(end):
            continue
        parts += y * int(end)
        for c, factor in row.terms.items():
            prices[c] = prices.get(c, 0) - y * factor
    prices = {c: price for c, price in prices.items() if price}
    parts += sum(price * (program.lower[c] if price > 0 else program.upper[c]) for c, price in prices.items())
    return Bound(parts, prices)
