"""The smallest conflict among terms of any kind, against trying every set."""

from __future__ import annotations

import random
from collections.abc import Collection
from itertools import combinations

import pytest

from repatria.plan.hitting import Oracle, Smallest, Unknown, least_hitting_set, smallest_conflict


def by_trying(count: int, possible: Oracle) -> int:
    """The size of the smallest conflict, by trying all sets of one term, then of two, and so on."""
    return next(
        size
        for size in range(count + 1)
        if any(possible(frozenset(kept)) is None for kept in combinations(range(count), size))
    )


def from_conflicts(conflicts: Collection[frozenset[int]]) -> Oracle:
    return lambda kept: None if any(conflict <= kept for conflict in conflicts) else kept


@pytest.mark.parametrize("seed", range(60))
def test_the_conflict_is_as_small_as_the_smallest_of_all_sets(seed: int) -> None:
    draw = random.Random(seed)
    count = draw.randint(1, 10)
    conflicts = {
        frozenset(draw.sample(range(count), draw.randint(1, count))) for _ in range(draw.randint(1, 8))
    }
    possible = from_conflicts(conflicts)
    found = smallest_conflict(count, possible)
    assert possible(found.terms) is None
    assert found.proved
    assert len(found.terms) == by_trying(count, possible)


FIFTEEN, TWO = frozenset(range(25, 40)), frozenset({0, 20})  # leaving terms out from the first on ends with fifteen


def test_fifteen_terms_that_leaving_out_terms_ends_with_give_way_to_two() -> None:
    assert smallest_conflict(40, from_conflicts([FIFTEEN, TWO])) == Smallest(TWO, 2)


def test_a_budget_that_ends_leaves_a_conflict_that_is_not_called_smallest() -> None:
    asked = []

    def possible(kept: frozenset[int]) -> Collection[int] | None:
        asked.append(kept)
        return from_conflicts([FIFTEEN, TWO])(kept)

    smallest_conflict(40, possible)
    found = smallest_conflict(40, from_conflicts([FIFTEEN, TWO]), calls=len(asked) - 1)
    assert found.terms == FIFTEEN
    assert not found.proved
    assert found.least < 15


def test_a_budget_of_one_question_leaves_all_terms() -> None:
    assert smallest_conflict(3, from_conflicts([frozenset({1})]), calls=1) == Smallest(frozenset({0, 1, 2}), 0)


def test_where_only_a_few_terms_are_of_use_a_long_conflict_is_left_early() -> None:
    asked = []

    def possible(kept: frozenset[int]) -> Collection[int] | None:
        asked.append(kept)
        return None if len(kept) == 60 else kept

    found = smallest_conflict(60, possible, most=4)
    assert len(found.terms) > 4
    assert not found.proved
    assert found.least == 5
    assert len(asked) < 10
    assert smallest_conflict(60, from_conflicts([frozenset({7, 50})]), most=4) == Smallest(frozenset({7, 50}), 2)


def test_what_the_oracle_cannot_say_is_never_called_smallest() -> None:
    def possible(kept: frozenset[int]) -> Collection[int] | None:
        if 0 not in kept:
            raise Unknown
        return None if kept >= {0, 1} else kept

    found = smallest_conflict(3, possible)
    assert found.terms == {0, 1}
    assert not found.proved


def test_terms_that_can_be_met_together_have_no_conflict() -> None:
    with pytest.raises(ValueError, match="can be met"):
        smallest_conflict(3, lambda kept: kept)


@pytest.mark.parametrize("seed", range(40))
def test_a_least_hitting_set_hits_all_and_no_smaller_one_does(seed: int) -> None:
    draw = random.Random(seed)
    count = draw.randint(1, 9)
    sets = [frozenset(draw.sample(range(count), draw.randint(1, count))) for _ in range(draw.randint(1, 9))]
    found = least_hitting_set(sets)
    assert all(found & each for each in sets)
    for smaller in combinations(range(count), len(found) - 1) if found else ():
        assert not all(set(smaller) & each for each in sets)
