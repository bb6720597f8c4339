"""Who is ahead, and whether a desk may go on: the sequence rule of one place, and the bound over all places.

A side may release when what it may have released, with this person, is at most what it has *receipts* for from the
other side, plus the place's bound k_j. Nothing else is asked, least of all the network: what counts is what the
releasing desk holds in its hand and names in `refs`. What a side may have released is what this desk released, and
every right that it knows another desk or sheet of its side to hold there: the worst case, since they may be out of
contact. People outside the ratio weigh nothing here.

Why this cannot run away: each side is ahead by at most k_j at a place, and the k_j of open places add up to at
most k. Why it cannot block: if both sides were blocked with all receipts delivered,
f_A(a+1) > f_B b + k_j and f_B(b+1) > f_A a + k_j, so f_A + f_B > 2 k_j, which k_j >= max(f) excludes.

Source: DESIGN.md section 4.5.

    >>> factor = {"north": 3, "south": 2}
    >>> exercisable(Account(), 1, "north", factor, bound=1), exercisable(Account(released=1), 1, "north", factor, 1)
    (True, False)
    >>> exercisable(Account(released=1, credit=2), 1, "north", factor, bound=1)  # two received answer 2/3 of a step
    True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from repatria.deal.ratio import scaled


@dataclass(frozen=True)
class Account:
    """One desk at one place of one stage: weight that its side may have released there as far as the desk knows, and
    the weight it holds receipts (or words) for."""

    released: int = 0
    credit: int = 0


def exercisable(account: Account, weight: int, side: str, factor: Mapping[str, int], bound: int) -> bool:
    """Whether `side` may release a counted person of this weight now at a place with `bound` (people)."""
    other = next(name for name in factor if name != side)
    due = factor[side] * (account.released + weight) - factor[other] * account.credit
    return due <= scaled(bound, factor)


def ahead(factor: Mapping[str, int], released: Mapping[str, int], offered: Mapping[str, int]) -> dict[str, int]:
    """Per side, by how much progress it is ahead of what the other side has offered; below zero where behind.

    `released` counts what left a side's hands; `offered` what the other acknowledges: received, or not going by the
    neutral's word (ADR *ahead is one-sided*).
    """
    sides = sorted(factor)
    return {
        side: factor[side] * released[side] - sum(factor[other] * offered[other] for other in sides if other != side)
        for side in sides
    }
