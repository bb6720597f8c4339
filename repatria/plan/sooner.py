"""An answer about stages mended move by move: nobody waits who could go sooner with every row as it is.

A search that ends before its proof may leave single units, or even packets of both sides, in a later stage though there
is room in an earlier one. Each such move is tried here in whole numbers, earlier tiers and the longest ways first,
until none is left; the checker asks for no less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import gcd

from repatria.plan.case import Case, Group, Slot
from repatria.plan.rows import Kin, Program, Reach

Move = dict[int, int]  # by how much each column changes


class Sooner:
    """An answer, the sum of each row, and the moves that rows allow."""

    def __init__(self, case: Case, program: Program, answer: list[int]) -> None:
        self.case, self.program, self.answer = case, program, list(answer)
        self.reach_of: dict[int, list[Reach]] = defaultdict(list)
        for at in program.reach.values():
            for c in at.steps:
                self.reach_of[c].append(at)
        self.rows_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.sums = []
        for r, row in enumerate(program.rows):
            self.sums.append(sum(v * answer[c] for c, v in row.terms.items()))
            for c, v in row.terms.items():
                self.rows_of[c].append((r, v))

    def mended(self) -> list[int]:
        """The answer with every move made that makes somebody go sooner."""
        for at in self.program.reach.values():
            self._made(self._reaching(at, {}))
        moving = True
        while moving:
            self._by_tier()
            moving = False
            for move in self._moves():
                while self._made(move):
                    moving = True
        return self.answer

    def _by_tier(self) -> None:
        """Of one group, whoever has the earlier tier has the earlier stages; no row can tell."""
        stages: dict[Group, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for (kin, t), c in self.program.y.items():
            stages[kin.group][t] += self.answer[c]
        waiting: dict[Kin, int] = defaultdict(int)
        for (kin, _), c in self.program.y.items():
            waiting[kin] += self.answer[c]
        for kin in sorted(waiting, key=lambda kin: kin.rank):
            room = stages[kin.group]
            for t in sorted(room):
                taken = min(waiting[kin], room[t])
                self.answer[self.program.y[kin, t]] = taken
                waiting[kin] -= taken
                room[t] -= taken

    def _moves(self) -> Iterator[Move]:
        slots = sorted({slot for _, slot in self.program.q})
        kins = sorted({kin for kin, _ in self.program.y}, key=lambda kin: (kin.rank, kin.group[:-1]))
        for kin in kins:
            for late in reversed(slots):
                for early in slots:
                    if early[0] < late[0] and (move := self._one(kin, late, early, 1)):
                        yield move
        if len(self.case.terms.holders) != 2:
            return
        first, second = self.case.terms.holders
        common = gcd(self.case.factors[first], self.case.factors[second])
        plain: dict[str, list[Kin]] = defaultdict(list)
        for kin in kins:
            if kin.group.counts and kin.group.weight == kin.group.people == 1:
                plain[kin.group.holder].append(kin)
        for late in reversed(slots):
            for early in slots:
                for a in plain[first] if early[0] < late[0] else ():
                    for b in plain[second]:
                        one = self._one(a, late, early, self.case.factors[second] // common)
                        other = self._one(b, late, early, self.case.factors[first] // common)
                        if one and other:
                            yield {c: one.get(c, 0) + other.get(c, 0) for c in {*one, *other}}

    def _one(self, kin: Kin, late: Slot, early: Slot, n: int) -> Move:
        """So many units of a kind from one slot to an earlier one; nothing where there are not so many."""
        program, group = self.program, kin.group
        ends = program.y.get((kin, late[0])), program.y.get((kin, early[0]))
        places = program.q.get((group, late)), program.q.get((group, early))
        if None in (*ends, *places):
            return {}
        (y_late, y_early), (q_late, q_early) = ends, places
        if self.answer[y_late or 0] < n or self.answer[q_late or 0] < n:
            return {}
        move: Move = defaultdict(int)
        for column, by in ((y_late, -n), (y_early, n), (q_late, -n), (q_early, n)):
            move[column or 0] += by
        step = n * self.case.factors[group.holder] * group.weight if group.counts else 0
        for t in range(early[0], late[0]) if step else ():
            for holder, by in ((group.holder, step), (group.to, -step)):
                if (t, holder) in program.after:
                    move[program.after[t, holder]] += by
        return dict(move)

    def _reaching(self, at: Reach, move: Mapping[int, int]) -> Move:
        """How the columns of carry change at a place, so that they say just what is needed after a move."""
        full = at.widest if at.bound is None else at.scale * self.answer[at.bound]
        ahead = at.base + sum(step * (self.answer[c] + move.get(c, 0)) for c, step in at.steps.items())
        passes = int(ahead > full)
        reach = full if passes else ahead
        return {at.reach: reach - self.answer[at.reach], at.passes: passes - self.answer[at.passes]}

    def _made(self, units: Mapping[int, int]) -> bool:
        """Makes the move if every column and row allows it."""
        move = dict(units)
        for at in {id(at): at for c in units for at in self.reach_of.get(c, ())}.values():
            move.update(self._reaching(at, units))
        changed: dict[int, int] = defaultdict(int)
        for c, by in move.items():
            if not self.program.lower[c] <= self.answer[c] + by <= self.program.upper[c]:
                return False
            for r, v in self.rows_of[c]:
                changed[r] += v * by
        for r, by in changed.items():
            row = self.program.rows[r]
            if not row.low <= self.sums[r] + by <= row.high:
                return False
        for c, by in move.items():
            self.answer[c] += by
        for r, by in changed.items():
            self.sums[r] += by
        return True
