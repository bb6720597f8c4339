"""One partner at most: of the pairs of two registers, those that can all be true together and are likeliest.

    >>> one_to_one(np.array([0, 0, 1]), np.array([5, 6, 5]), np.array([0.9, 0.8, 0.85]))
    array([0])
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def one_to_one(left: NDArray[np.int32], right: NDArray[np.int32], weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """The places of the pairs that stay, in the order given: the strongest first, and whoever is free after it.

    A pair is taken once it is the strongest that is left to both its rows; of equal ones the first given.
    """
    order = np.argsort(-weight, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    lefts, rights = int(left.max(initial=-1)) + 1, int(right.max(initial=-1)) + 1
    taken: list[NDArray[np.int64]] = []
    alive = np.arange(len(left))
    while len(alive):
        best_left = np.full(lefts, len(rank))
        best_right = np.full(rights, len(rank))
        np.minimum.at(best_left, left[alive], rank[alive])
        np.minimum.at(best_right, right[alive], rank[alive])
        mutual = (best_left[left[alive]] == rank[alive]) & (best_right[right[alive]] == rank[alive])
        chosen = alive[mutual]
        taken.append(chosen)
        gone_left, gone_right = np.zeros(lefts, bool), np.zeros(rights, bool)
        gone_left[left[chosen]] = True
        gone_right[right[chosen]] = True
        alive = alive[~(gone_left[left[alive]] | gone_right[right[alive]])]
    return np.sort(np.concatenate([np.zeros(0, np.int64), *taken]))
