"""Small numbers that nobody can subtract back: neighbours in time are told together, and never apart afterwards.

Counts come one after the other, stage by stage, each known for good once its stage is over. A count of nobody is told
as it is. A count below `SMALL` is not told; it is held back and told together with the counts that follow it, as one
number, as soon as they come to `SMALL` or more. So every number that is told is nobody, or `SMALL` and more; and what
is told of a longer series begins with what was told of each shorter one, so that two tables differ in nothing but
what they add (ADR *counts told together*).

Why nothing comes out: what is told together covers counts of which all but the last add up to 1..SMALL-1, and nothing
else that is told touches them. The first may be any of 1..SMALL-1 if the last is what is left. Whoever knows this rule
and every table knows no more than that. Counts of one kind are never added up with those of another.

    >>> blocks([390, 307, 303])
    ([Block(first=0, last=0, people=390), Block(first=1, last=1, people=307), Block(first=2, last=2, people=303)], None)
    >>> blocks([390, 4, 0, 303, 2])
    ([Block(first=0, last=0, people=390), Block(first=1, last=3, people=307)], 4)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SMALL = 10  # people; fewer are not told by themselves


@dataclass(frozen=True)
class Block:
    """Counts `first` to `last`, both included, told as one number."""

    first: int
    last: int
    people: int


def blocks(counts: Sequence[int], small: int = SMALL) -> tuple[list[Block], int | None]:
    """What is told of these counts, and the first of those that are held back, if any are.

    Args:
        small: the least number of people that is told, above nobody.
    """
    told: list[Block] = []
    held_back, together = None, 0
    for at, people in enumerate(counts):
        together += people
        first = at if held_back is None else held_back
        if together == 0 or together >= small:
            told.append(Block(first, at, together))
            held_back, together = None, 0
        else:
            held_back = first
    return told, held_back
