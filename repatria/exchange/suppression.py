"""Small numbers that nobody can subtract back: neighbours in time are told together, and never apart afterwards.

Counts come one after the other, stage by stage, each known for good once its stage is over. A count below `SMALL` is
not told, nobody at all included; it is held back and told together with the counts that follow it, as one number, as
soon as they come to `SMALL` or more. So every number that is told is `SMALL` or more; and what is told of a longer
series begins with what was told of each shorter one, so that two tables differ in nothing but what they add (ADR
*counts told together*).

Why nothing comes out: what is told together covers counts of which all but the last add up to 0..SMALL-1, and nothing
else that is told touches them. The first may be any of 0..SMALL-1 if the last is what is left. Whoever knows this rule
and every table knows no more than that. What is held back at the end may be nobody: so a total that was announced, and
that is one person above what is told, does not say that there is one (ADR *nobody is not told as nobody*). Counts of
one kind are never added up with those of another.

    >>> blocks([390, 307, 303])
    ([Block(first=0, last=0, people=390), Block(first=1, last=1, people=307), Block(first=2, last=2, people=303)], None)
    >>> blocks([390, 4, 0, 303, 2])
    ([Block(first=0, last=0, people=390), Block(first=1, last=3, people=307)], 4)
    >>> blocks([390, 0])
    ([Block(first=0, last=0, people=390)], 1)
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
        small: the least number of people that is told.
    """
    told: list[Block] = []
    first, together = 0, 0
    for at, people in enumerate(counts):
        together += people
        if together >= small:
            told.append(Block(first, at, together))
            first, together = at + 1, 0
    return told, first if first < len(counts) else None
