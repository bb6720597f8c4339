"""The differencing attack on tables that are made by hand: what weaker rules give away, it finds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from repatria.exchange.documents import CountRow, HeldBack, PublicCounts
from repatria.exchange.events import Day, Slug
from repatria.exchange.suppression import Block, blocks
from tests.public.differencing import Cell, Known
from tests.public.test_suppression import Rule, Told, forgetful, naive, telling_nobody

DAYS = [(f"s{at}", f"2025-12-{10 + at}") for at in range(8)]


def version(rule: Rule, counts: Sequence[int]) -> PublicCounts:
    told, first = rule(counts, 10)
    rows = tuple(
        CountRow(Slug("north"), Slug("living"), Day(DAYS[each.first][1]), Day(DAYS[each.last][1]), each.people)
        for each in told
    )
    held = [HeldBack(Slug("north"), Slug("living"), Day(DAYS[first][1]), Day(DAYS[-1][1]))] if first is not None else []
    return PublicCounts(len(counts), rows, tuple(held))


def cells(counts: Sequence[int]) -> dict[Cell, int]:
    return {("north", "living", DAYS[at][0]): people for at, people in enumerate(counts)}


def attacked(rule: Rule, counts: Sequence[int], agreed: int | None = None) -> dict[Cell, int]:
    """Every version after each stage, and how many were agreed."""
    truth = cells(counts)
    known = Known(list(truth))
    for upto in range(1, len(counts) + 1):
        _tell(known, rule, counts[:upto])
    if agreed is not None:
        known.total(truth, 0, agreed)
    return known.recovered(truth)


def _tell(known: Known, rule: Rule, counts: Sequence[int]) -> None:
    """A version by any rule, as plain sums; by the rule in force with what the rule lets conclude."""
    if rule is blocks:
        known.table(version(rule, counts), DAYS[: len(counts)])
        return
    told, first = rule(counts, 10)
    for each in told:
        span = [("north", "living", DAYS[at][0]) for at in range(each.first, each.last + 1)]
        known.total(span, each.people, each.people)
        if len(span) == 1:
            known.told |= set(span)
    if rule is telling_nobody and first is not None:
        known.total([("north", "living", DAYS[at][0]) for at in range(first, len(counts))], 1, 9)


SERIES = [
    [390, 307, 303], [390, 4, 303], [390, 4, 0, 303, 2], [3, 3, 3, 3], [9, 1, 9, 1], [0, 390, 0, 1], [12, 9, 1, 8],
]  # fmt: skip


@pytest.mark.parametrize("counts", SERIES)
@pytest.mark.parametrize("more", [None, 0, 1, 5, 100])
def test_the_rule_gives_away_no_hidden_count_whatever_was_agreed(counts: list[int], more: int | None) -> None:
    assert attacked(blocks, counts, None if more is None else sum(counts) + more) == {}


@pytest.mark.parametrize(("rule", "counts", "agreed"), [
    (naive, [390, 4, 303], None),  # cells left out, and a total: the one cell is what is missing
    (forgetful, [390, 4, 303], None),  # made anew each time: the second version less the first
    (telling_nobody, [390, 307, 1], 698),  # somebody is held back, and one more was agreed than is told
])  # fmt: skip
def test_the_attack_breaks_weaker_rules(rule: Rule, counts: list[int], agreed: int | None) -> None:
    found = attacked(rule, counts, agreed)
    assert found
    assert all(0 < people < 10 for people in found.values())


def test_a_rule_that_is_no_rule_is_broken_everywhere() -> None:
    def everything(counts: Sequence[int], small: int) -> Told:
        return [Block(0, len(counts) - 1, sum(counts))], None

    assert attacked(everything, [3, 4, 5]) == {("north", "living", "s1"): 4, ("north", "living", "s2"): 5}
