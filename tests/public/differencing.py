"""A differencing attack: all that was ever published, as integer equations, and each hidden count's least and most.

The attacker has every version of the public record, knows the rule by which it is made and the day of each stage, and
what the terms say in public: how many each side hands over at most. Every count of a stage is a whole number that is
not known; what was told are equations, what was held back are inequalities. A count is recovered where the least and
the most that it can be are the same (each found by an integer programme of its own) and it is somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import highspy

from repatria.exchange.documents import PublicCounts
from repatria.exchange.suppression import SMALL

Cell = tuple[str, str, str]  # side, kind, stage


@dataclass
class Known:
    """What the attacker knows: sums of cells, from a least to a most."""

    cells: list[Cell]
    sums: list[tuple[frozenset[Cell], int, int]] = field(default_factory=list)
    told: set[Cell] = field(default_factory=set)  # by themselves: nothing is hidden about them

    def total(self, cells: Iterable[Cell], least: int, most: int) -> None:
        self.sums.append((frozenset(cells), least, most))

    def table(self, table: PublicCounts, days: Sequence[tuple[str, str]]) -> None:
        """One published version.

        Args:
            days: each stage with its day, in the order in which stages were over, of those that the version tells of.
        """
        for series in {(side, kind) for side, kind, _ in self.cells}:
            left = list(days)
            for row in [each for each in table.rows if (each.side, each.kind) == series]:
                taken = [left.pop(0)]
                while taken[-1][1] < row.until and left:  # a row says until which day it tells
                    taken.append(left.pop(0))
                cells = [(*series, stage) for stage, _ in taken]
                self.total(cells, row.received, row.received)
                self._rule(cells[:-1])
                if len(cells) == 1:
                    self.told.add(cells[0])
            self._rule([(*series, stage) for stage, _ in left])

    def _rule(self, cells: Sequence[Cell]) -> None:
        """What was not told yet came to too few, after each stage."""
        for upto in range(1, len(cells) + 1):
            self.total(cells[:upto], 0, SMALL - 1)

    def bounds(self, cell: Cell) -> tuple[float, float]:
        """The least and the most that a count can be, by all that is known."""
        return self._solve(cell, highspy.ObjSense.kMinimize), self._solve(cell, highspy.ObjSense.kMaximize)

    def recovered(self, truth: Mapping[Cell, int]) -> dict[Cell, int]:
        """Every hidden count that comes out, and is somebody."""
        found = {}
        for cell in self.cells:
            if cell in self.told or not truth[cell]:
                continue
            least, most = self.bounds(cell)
            assert least <= truth[cell] <= most, "the attacker's equations are not true"
            if least == most:
                found[cell] = truth[cell]
        return found

    def _solve(self, cell: Cell, sense: highspy.ObjSense) -> float:
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        at = {each: index for index, each in enumerate(self.cells)}
        for each in self.cells:
            model.addVar(0, highspy.kHighsInf)
            model.changeColCost(at[each], 1.0 if each == cell else 0.0)
            model.changeColIntegrality(at[each], highspy.HighsVarType.kInteger)
        for cells, least, most in set(self.sums):
            if cells:
                indexes = sorted(at[each] for each in cells)
                model.addRow(least, most, len(indexes), indexes, [1.0] * len(indexes))
        model.changeObjectiveSense(sense)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return float("inf")  # unbounded: nothing is known above
        return round(model.getInfo().objective_function_value)
