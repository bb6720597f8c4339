"""Rows of one table that are one person, from the pairs that met: clusters, each row in one.

Two clusters are joined as long as what speaks for it, over all their pairs, outweighs what speaks against (average
linkage on log odds: correlation clustering, greedily). A pair that did not meet speaks against, a little. So one
mistaken pair does not chain two people together.

    >>> one, other = np.array([0, 1, 2]), np.array([1, 2, 3])
    >>> clusters(4, one, other, np.array([5.0, -2.0, 3.0]), unmet=-1.0).tolist()
    [0, 0, 2, 2]
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray


def clusters(
    rows: int, one: NDArray[np.int32], other: NDArray[np.int32], weight: NDArray[np.float64], unmet: float
) -> NDArray[np.int64]:
    """Each row's cluster, named by its first row.

    Args:
        weight: log2 odds of each pair; only pairs above `unmet` are told apart from those that did not meet. Infinite
            where somebody has decided: such pairs are joined, or never are.
        unmet: what a pair that did not meet counts.
    """
    keep = (weight > unmet) | np.isneginf(weight)
    links: list[dict[int, float]] = [{} for _ in range(rows)]  # sums of (weight − unmet) between clusters
    for a, b, w in zip(one[keep].tolist(), other[keep].tolist(), (weight[keep] - unmet).tolist(), strict=True):
        links[a][b] = links[b][a] = w
    size = [1] * rows
    into = list(range(rows))
    heap = [(-(w + unmet), a, b, 1, 1) for a in range(rows) for b, w in links[a].items() if a < b and w + unmet > 0]
    heapq.heapify(heap)
    while heap:
        _, a, b, size_a, size_b = heapq.heappop(heap)
        if into[a] != a or into[b] != b or (size[a], size[b]) != (size_a, size_b):
            continue
        if len(links[a]) < len(links[b]):
            keep_, gone = b, a
        else:
            keep_, gone = a, b
        size[keep_] += size[gone]
        into[gone] = keep_
        for other_, w in links[gone].items():
            del links[other_][gone]
            if other_ != keep_:
                links[keep_][other_] = links[other_][keep_] = links[keep_].get(other_, 0.0) + w
        links[gone] = {}
        for other_, w in links[keep_].items():
            average = w / (size[keep_] * size[other_]) + unmet
            if average > 0:
                x, y = min(keep_, other_), max(keep_, other_)
                heapq.heappush(heap, (-average, x, y, size[x], size[y]))
    return _named(into)


def agreed_scale(
    found: NDArray[np.int64], one: NDArray[np.int32], other: NDArray[np.int32], odds: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Shift and slope by which log odds of pairs come to what whole clusters say of them; None where they say no less.

    Columns slip together: a row of which one field is wrong has others wrong too, so that sums of weights are too
    sure, for and against (Fellegi and Sunter's independence). In a cluster of three and more, other rows bear witness
    whether two are one person. Platt's scale (1999) of the pairs whose rows both have such witnesses tells how much
    less sure to be; it is held back by `HELD_BACK` pairs. Where clusters only repeat what pairs said, the slope is
    above 1, and nothing is changed.

    Args:
        found: each row's cluster.
        odds: natural log odds of each pair.
    """
    size = np.bincount(found, minlength=len(found))
    witnessed = (size[found[one]] >= WITNESSED) & (size[found[other]] >= WITNESSED)
    same = (found[one] == found[other])[witnessed].astype(float)
    if min(same.sum(), len(same) - same.sum()) < LEAST_WITNESSED:
        return None
    x = np.clip(odds[witnessed], -MOST_ODDS, MOST_ODDS)
    shift, slope = 0.0, 1.0
    for _ in range(50):
        said = 1 / (1 + np.exp(-(shift + slope * x)))
        off, weight = same - said, said * (1 - said)
        first = float(off.sum()) - HELD_BACK * shift, float((off * x).sum()) - HELD_BACK * (slope - 1)
        aa, ab, bb = (float(each) for each in (weight.sum(), (weight * x).sum(), (weight * x * x).sum()))
        aa, bb = aa + HELD_BACK, bb + HELD_BACK
        determinant = aa * bb - ab * ab
        step = (bb * first[0] - ab * first[1]) / determinant, (aa * first[1] - ab * first[0]) / determinant
        largest = max(map(abs, step))
        held = min(1.0, 1.0 / largest) if largest else 1.0
        shift, slope = shift + held * step[0], min(3.0, max(0.05, slope + held * step[1]))
        if largest < 1e-8:
            break
    return (shift, slope) if slope < 1 else None


WITNESSED = 3  # rows in a cluster
LEAST_WITNESSED = 200
HELD_BACK = 20.0
MOST_ODDS = 20.0


def _named(into: list[int]) -> NDArray[np.int64]:
    root = list(into)
    for row in range(len(root)):
        at = row
        while root[at] != at:
            at = root[at]
        root[row] = at
    first: dict[int, int] = {}
    return np.array([first.setdefault(at, row) for row, at in enumerate(root)], np.int64)
