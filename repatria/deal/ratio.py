"""Totals that differ, joined in reduced proportion: a factor per direction, never per person.

Where 1,200 go one way and 800 the other, two people of one side answer three of the other. Progress of a
direction is its factor times the people (weights) handed over, so that both directions end at the same figure, and
the bound is given in people of the larger step.

Source: DESIGN.md section 4.5: |q*A - p*B| <= k with p:q the reduced totals.

    >>> factors({"north": 800, "south": 1200})
    {'north': 3, 'south': 2}
    >>> scaled(5, factors({"north": 800, "south": 1200}))
    15
"""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm


def factors(totals: Mapping[str, int]) -> dict[str, int]:
    """What one counted person of each holder adds to progress; the totals times their factors are equal."""
    whole = lcm(*totals.values())
    return {holder: whole // total for holder, total in sorted(totals.items())}


def scaled(bound: int, factor: Mapping[str, int]) -> int:
    """A bound given in people, in units of progress: people of the direction with the larger step."""
    return bound * max(factor.values())
