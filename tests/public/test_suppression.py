"""No number that is held back can be computed from all that was published, even by somebody who knows the rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.exchange.suppression import SMALL, Block, blocks

Told = tuple[list[Block], int | None]
Rule = Callable[[Sequence[int], int], Told]


def worked_out(rule: Rule, stages: int, small: int, most: int) -> list[tuple[tuple[int, ...], int]]:
    """The attacker: every series of counts there can be, and every table that the rule makes of its beginnings.

    Whoever sees the tables knows that the truth is one of the series that would have given just these; and whoever
    knows how many were agreed, that it is one of those that come to no more, however few more than the truth that is. A
    count that is the same in all of them has been worked out, unless it is nobody, or told as it is.

    Returns:
        such series, each with the stage whose count comes out.
    """
    # The attacker reckons with larger counts than any that is to be protected, else the bound itself would tell.
    reckoned = range(most + 2 * small + 1)
    by_tables: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for series in product(reckoned, repeat=stages):
        tables = [rule(series[:at], small) for at in range(1, stages + 1)]
        by_tables[repr(tables)].append(series)
    found = []
    for candidates in by_tables.values():
        if min(map(max, candidates)) > most:
            continue
        told, _ = rule(candidates[0], small)
        alone = {block.first for block in told if block.first == block.last and block.people >= small}
        hidden = sorted(set(range(stages)) - alone)
        for agreed in sorted({sum(series) for series in candidates}):
            left = [series for series in candidates if sum(series) <= agreed]
            found += [(left[0], at) for at in hidden if left[0][at] and len({series[at] for series in left}) == 1]
    return found


@pytest.mark.parametrize(("stages", "small", "most"), [(1, 3, 12), (2, 3, 9), (2, 10, 22), (3, 3, 7), (4, 3, 4)])
def test_an_attacker_who_tries_every_series_finds_no_count_that_is_held_back(
    stages: int, small: int, most: int
) -> None:
    assert worked_out(blocks, stages, small, most) == []


def naive(counts: Sequence[int], small: int) -> Told:
    """Small counts left out one by one, and a total: the last of them is what is missing from it."""
    told = [Block(at, at, people) for at, people in enumerate(counts) if people >= small]
    return [*told, Block(0, len(counts) - 1, sum(counts))], None


def forgetful(counts: Sequence[int], small: int) -> Told:
    """Right by itself, and made anew each time: small ones go with the one before, which was told already."""
    told: list[Block] = []
    for at, people in enumerate(counts):
        if told and 0 < people < small:
            told[-1] = Block(told[-1].first, at, told[-1].people + people)
        else:
            told.append(Block(at, at, people))
    return told, None


def telling_nobody(counts: Sequence[int], small: int) -> Told:
    """Nobody told as nobody: then what is held back is somebody, and one above what is told, as agreed, is one."""
    told: list[Block] = []
    first = None
    for at in range(len(counts)):
        since = at if first is None else first
        together = sum(counts[since : at + 1])
        if together == 0 or together >= small:
            told.append(Block(since, at, together))
            first = None
        else:
            first = since
    return told, first


@pytest.mark.parametrize("rule", [naive, forgetful, telling_nobody])
def test_the_attacker_works_out_what_weaker_rules_leave_open(rule: Rule) -> None:
    found = worked_out(rule, 2, 3, 6)
    assert any(series[at] in (1, 2) for series, at in found)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=30))
def test_each_table_begins_as_the_one_before_and_uses_every_count_once(counts: list[int]) -> None:
    told, first = blocks(counts)
    assert all(block.people >= SMALL for block in told)
    covered = [at for block in told for at in range(block.first, block.last + 1)]
    assert covered == list(range(len(counts) if first is None else first))
    assert all(block.people == sum(counts[block.first : block.last + 1]) for block in told)
    if first is not None:
        assert sum(counts[first:]) < SMALL
    for at in range(len(counts)):
        earlier, _ = blocks(counts[:at])
        assert told[: len(earlier)] == earlier
