"""Closed rounds: each party of a round gives to the next, and the last to the first.

Where more than two parties exchange, what one gives another may be in return for what a third gives it. Terms then ask
that everything given is part of a closed round of few parties, so that whoever gives is given back within a circle that
it can see. Rounds are counted, never people: seven parties have 2,365 of them.

    >>> rounds_of([("a", "b"), ("b", "a"), ("b", "c"), ("c", "a")], 3)
    [('a', 'b'), ('a', 'b', 'c')]
    >>> len(rounds_of([(p, q) for p in "abcdefg" for q in "abcdefg" if p != q], 7))
    2365
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

Party = TypeVar("Party", str, int)
Cycle = tuple[str, ...]  # parties in the order of giving, beginning with the least


def rounds_of(pairs: Iterable[tuple[Party, Party]], most: int) -> list[tuple[Party, ...]]:
    """Every simple directed cycle of 2 to `most` parties over the given pairs, each once, in order.

    Each begins with its least party, and a path goes on only as far as it can still come back in time.
    """
    after: dict[Party, list[Party]] = defaultdict(list)
    before: dict[Party, list[Party]] = defaultdict(list)
    for giver, taker in sorted(set(pairs)):
        if giver != taker:
            after[giver].append(taker)
            before[taker].append(giver)
    found: list[tuple[Party, ...]] = []
    for start in sorted(after):
        home = _home(before, start, most)
        path = [start]
        waiting = [iter(after[start])]
        while waiting:
            following = next(waiting[-1], None)
            if following is None:
                waiting.pop()
                path.pop()
            elif following == start:
                if len(path) > 1:
                    found.append(tuple(path))
            elif following > start and len(path) + home.get(following, most) <= most and following not in path:
                path.append(following)
                waiting.append(iter(after.get(following, ())))
    return sorted(found, key=lambda cycle: (len(cycle), cycle))


def _home(before: dict[Party, list[Party]], start: Party, most: int) -> dict[Party, int]:
    """How many steps it takes at least from each party back to the start, over parties that come after it."""
    steps = {start: 0}
    edge = [start]
    for far in range(1, most):
        edge = [p for p in sorted({q for r in edge for q in before.get(r, ())}) if p > start and p not in steps]
        steps.update(dict.fromkeys(edge, far))
    return steps
