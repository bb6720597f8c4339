"""The smallest set of terms that cannot be met together, whatever the terms are.

A *conflict* is a set of terms that nothing meets; a *correction* is what some answer leaves unmet. Every conflict
shares a term with every correction, so the least set that hits all corrections known so far is a bound from below, and
once it is itself a conflict it is a smallest one. Each set that still can be met gives one more correction (Ignatiev,
Previti, Liffiton, Marques-Silva: Smallest MUS extraction with minimal hitting set dualization, CP 2015).

A conflict found by leaving terms out one by one stands from the beginning: it is the answer when the budget ends
first, and is then not called smallest.

    >>> sums = [5, 4, 9, 1]  # each term takes so much of 10
    >>> def possible(kept):
    ...     return kept if sum(sums[i] for i in kept) <= 10 else None
    >>> smallest_conflict(len(sums), possible)
    Smallest(terms=frozenset({1, 2}), least=2)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

Oracle = Callable[[frozenset[int]], Collection[int] | None]
"""Which terms an answer to the given ones meets, those among them; None where it is proved that there is no answer."""
CALLS = 600  # how often the oracle is asked before the best conflict so far is the answer
_NODES = 200_000  # of the search for one hitting set


class Unknown(Exception):
    """The oracle can neither give an answer nor prove that there is none."""


class Smallest(NamedTuple):
    """A conflict in which no term is idle, and the size below which it is proved that there is none."""

    terms: frozenset[int]
    least: int

    @property
    def proved(self) -> bool:
        return self.least == len(self.terms)


def smallest_conflict(count: int, possible: Oracle, calls: int = CALLS, most: int | None = None) -> Smallest:
    """The smallest conflict among terms 0 to count - 1, all of which together are one.

    Args:
        possible: asked with some of the terms. Fewer terms are never harder to meet.
        calls: how often it may be asked; when they are spent, `least` tells what is proved.
        most: conflicts of more terms are of no use: the search ends as soon as there is none of so few.

    Raises:
        ValueError: all terms can be met together.
        Unknown: the oracle cannot say even that.
    """
    asked = _Asked(possible, calls)
    everything = frozenset(range(count))
    if asked(everything) is not None:
        raise ValueError("all terms can be met together")
    conflict, corrections = _irreducible(everything, asked, most)
    least = 0
    try:
        while True:
            hitting = least_hitting_set(corrections, least)
            least = len(hitting)
            if least >= len(conflict):
                return Smallest(conflict, len(conflict))
            if most is not None and least > most:
                return Smallest(conflict, least)
            met = asked(hitting)
            if met is None:
                return Smallest(hitting, least)
            corrections.append(everything - _grown(met, everything, asked))
    except (Unknown, _Spent):
        return Smallest(conflict, least)


class _Spent(Exception):
    """The budget has come to its end."""


class _Asked:
    """The oracle, asked each thing once, and only so often."""

    def __init__(self, possible: Oracle, calls: int) -> None:
        self._possible, self._left = possible, calls
        self._met: list[frozenset[int]] = []
        self._conflicts: list[frozenset[int]] = []

    def __call__(self, kept: frozenset[int]) -> frozenset[int] | None:
        for met in self._met:
            if kept <= met:
                return met
        if any(conflict <= kept for conflict in self._conflicts):
            return None
        if self._left <= 0:
            raise _Spent
        self._left -= 1
        found = self._possible(kept)
        if found is None:
            self._conflicts.append(kept)
            return None
        self._met.append(frozenset(found) | kept)
        return self._met[-1]


def _irreducible(
    conflict: frozenset[int], asked: _Asked, most: int | None
) -> tuple[frozenset[int], list[frozenset[int]]]:
    """A conflict with no idle term, as far as the budget goes, and the corrections that came up on the way.

    Terms are left out by the half, by the quarter, and at last one by one, so that few among many are soon alone.
    """
    everything = conflict
    corrections: list[frozenset[int]] = []
    size = max(1, len(conflict) // 2)
    try:
        while True:
            ordered = sorted(conflict)
            for at in range(0, len(ordered), size):
                if most is not None and _disjoint(sorted(corrections, key=len)) > most:
                    return conflict, corrections
                try:
                    met = asked(conflict - frozenset(ordered[at : at + size]))
                except Unknown:
                    continue
                if met is None:
                    conflict -= frozenset(ordered[at : at + size])
                else:
                    corrections.append(everything - met)
            if size == 1:
                break
            size //= 2
    except _Spent:
        pass
    return conflict, corrections


def _grown(met: frozenset[int], everything: frozenset[int], asked: _Asked) -> frozenset[int]:
    """The same with as many more terms as go along with it, so that what is left over is small."""
    for term in sorted(everything - met):
        if term not in met:
            try:
                met = asked(met | {term}) or met
            except Unknown:
                continue
    return met


def least_hitting_set(sets: Iterable[frozenset[int]], least: int = 0) -> frozenset[int]:
    """A smallest set that shares a member with each of the sets, none of which is empty.

    Args:
        least: a size below which there is known to be none.

    Raises:
        Unknown: not within the budget.
    """
    wanted = sorted(set(sets), key=lambda s: (len(s), sorted(s)))
    minimal = [s for i, s in enumerate(wanted) if not any(t <= s for t in wanted[:i])]
    size, nodes = max(least, _disjoint(minimal)), [_NODES]
    while True:
        found = _hit(minimal, size, frozenset(), nodes)
        if found is not None:
            return found
        size += 1


def _hit(sets: Sequence[frozenset[int]], size: int, without: frozenset[int], nodes: list[int]) -> frozenset[int] | None:
    nodes[0] -= 1
    if nodes[0] < 0:
        raise Unknown
    if not sets:
        return frozenset()
    if _disjoint(sets) > size:
        return None
    fewest = min(sets, key=len)
    often = {term: sum(term in s for s in sets) for term in fewest}
    for term in sorted(fewest, key=lambda term: (-often[term], term)):
        rest = [s - without for s in sets if term not in s]
        if all(rest):
            found = _hit(sorted(rest, key=len), size - 1, without, nodes)
            if found is not None:
                return found | {term}
        without |= {term}
        if any(s <= without for s in sets):
            return None
    return None


def _disjoint(sets: Iterable[frozenset[int]]) -> int:
    """How many of the sets have no member in common, taken in their order: no smaller set hits them all."""
    taken: frozenset[int] = frozenset()
    count = 0
    for each in sets:
        if not each & taken:
            taken |= each
            count += 1
    return count
