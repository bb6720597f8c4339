"""Leximin chances and their mixtures: exact, the fairest there are, and made of compositions that can really go."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planning.fairness import crossed_quotas
from repatria.plan.leximin import marginals
from repatria.plan.linear import IntegerProgram, Row, solve_exactly
from repatria.plan.mixture import fair


def compositions(sizes: Sequence[int], rows: Sequence[Row]) -> list[tuple[int, ...]]:
    """Every composition, by trying all."""
    points = itertools.product(*(range(size + 1) for size in sizes))
    return [point for point in points if all(row.holds(point) for row in rows)]


def best_mix(points: Sequence[Sequence[float]], least: Sequence[Fraction], wanted: Sequence[int]) -> float:
    """The greatest sum of the wanted chances over all mixtures of points that give everybody at least so much."""
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    for point in points:
        highs.addVar(0.0, 1.0)
        highs.changeColCost(highs.getNumCol() - 1, -float(sum(point[kind] for kind in wanted)))
    columns = list(range(len(points)))
    highs.addRow(1.0, 1.0, len(points), columns, [1.0] * len(points))
    for kind, floor in enumerate(least):
        values = [float(point[kind]) for point in points]
        highs.addRow(float(floor) - 1e-9, highspy.kHighsInf, len(points), columns, values)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(-highs.getObjectiveValue())


def assert_leximin(chances: Sequence[Fraction], points: Sequence[Sequence[float]]) -> None:
    """Nobody's chance can rise unless that of somebody who has no more falls, whatever the mixture of points."""
    for level in sorted(set(chances)):
        least = [min(chance, level) for chance in chances]
        of_level = [kind for kind, chance in enumerate(chances) if chance == level]
        most = best_mix(points, least, of_level)
        assert most == pytest.approx(float(sum(chances[kind] for kind in of_level)), abs=1e-6)


@st.composite
def small(draw: st.DrawFn) -> tuple[list[int], list[Row]]:
    """Up to five types of up to three units, a total, and crossed rows with factors from -1 to 3."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    kinds = range(len(sizes))
    rows = []
    for name in "abc"[: draw(st.integers(1, 3))]:
        factors = draw(st.lists(st.integers(-1, 3), min_size=len(sizes), max_size=len(sizes)))
        terms = {kind: factor for kind, factor in zip(kinds, factors, strict=True) if factor}
        low, high = draw(st.integers(-1, 4)), draw(st.integers(-1, 6))
        rows.append(Row(name, min(low, high), max(low, high), terms))
    return sizes, rows


@settings(max_examples=60, deadline=None)
@given(small())
def test_a_mixture_is_leximin_over_everything_that_can_go(case: tuple[list[int], list[Row]]) -> None:
    sizes, rows = case
    points = compositions(sizes, rows)
    found = fair(sizes, rows)
    if not points:
        assert found is None
        return
    assert found is not None
    assert all(composition in points and weight > 0 for weight, composition in found.parts)
    shares = [[units / size for units, size in zip(point, sizes, strict=True)] for point in points]
    assert_leximin(found.chances, shares)
    if not found.faces:
        assert found.chances == marginals(sizes, rows)


@settings(max_examples=40, deadline=None)
@given(small(), st.randoms(use_true_random=False))
def test_chances_do_not_depend_on_the_order_of_types_or_rows(
    case: tuple[list[int], list[Row]], shuffled: random.Random
) -> None:
    sizes, rows = case
    order = list(range(len(sizes)))
    shuffled.shuffle(order)
    place = {kind: at for at, kind in enumerate(order)}
    turned = [Row(row.name, row.low, row.high, {place[k]: n for k, n in row.terms.items()}) for row in reversed(rows)]
    one, other = marginals(sizes, rows), marginals([sizes[kind] for kind in order], turned)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert tuple(other[place[kind]] for kind in range(len(sizes))) == one


def test_everyone_has_the_same_chance_where_nothing_but_the_total_binds() -> None:
    families = Row("twelve people", 12, 12, {0: 1, 1: 3})
    found = fair([10, 5], [families])
    assert found is not None
    assert found.chances == (Fraction(12, 25), Fraction(12, 25))
    assert all(families.holds(composition) for _, composition in found.parts)
    # As near to the average as whole families allow: 4.8 singles and 2.4 families are three, or two.
    assert {composition for _, composition in found.parts} == {(3, 3), (6, 2)}


def test_where_quotas_cross_rows_alone_would_promise_what_no_composition_gives() -> None:
    """Three units of which no two may go together: rows allow one half each, whole compositions one third."""
    apart = [Row(f"{a} or {b}", None, 1, {a: 1, b: 1}) for a, b in ((0, 1), (1, 2), (0, 2))]
    assert marginals([1, 1, 1], apart) == (Fraction(1, 2),) * 3
    found = fair([1, 1, 1], apart)
    assert found is not None
    assert (found.faces, found.chances) == (1, (Fraction(1, 3),) * 3)


def test_compositions_may_have_to_meet_more_than_the_rows_say() -> None:
    """The rows ask for four of six; whoever prices compositions knows that of two types as many go of each."""
    four = Row("four", 4, 4, {0: 1, 1: 1, 2: 1})
    pairs = IntegerProgram([(0, 2)] * 3, [four, Row("pair", 0, 0, {0: 1, 1: -1})])
    for may_go in (None, lambda composition: bool(composition[0] == composition[1])):
        found = fair([2, 2, 2], [four], pairs.best, may_go)
        assert found is not None
        assert {composition for _, composition in found.parts} == {(1, 1, 2), (2, 2, 0)}
        assert found.chances == (Fraction(2, 3),) * 3
    free = fair([2, 2, 2], [four])
    assert free is not None
    assert any(composition[0] != composition[1] for _, composition in free.parts)


def test_a_number_picks_each_composition_as_often_as_its_weight_says() -> None:
    found = fair([10, 5], [Row("twelve people", 12, 12, {0: 1, 1: 3})])
    assert found is not None
    drawn = [found.drawn(number) for number in range(found.total)]
    assert {(drawn.count(composition), composition) for composition in drawn} == set(found.parts)
    with pytest.raises(ValueError, match="not below"):
        found.drawn(found.total)


def test_no_chances_where_no_composition_meets_the_rows() -> None:
    assert marginals([2, 2], [Row("five", 5, 5, {0: 1, 1: 1})]) is None
    assert fair([2, 2], [Row("five", 5, 5, {0: 1, 1: 1})]) is None
    assert fair([2, 2], [Row("odd", 3, 3, {0: 2, 1: 2})]) is None  # 3/4 each on average, and no whole units


def test_two_thousand_people_of_crossed_quotas_are_mixed_to_the_last_unit() -> None:
    sizes, rows = crossed_quotas(people=400, seed=3, features=(2, 3, 3), seats=60)
    chances, found = marginals(sizes, rows), fair(sizes, rows)
    assert chances is not None
    assert found is not None
    assert found.faces == 0
    assert found.chances == chances  # fractions, not floats
    assert all(row.holds(composition) for _, composition in found.parts for row in rows)


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=3, max_size=5), st.data())
def test_a_solution_in_rationals_is_one(matrix: list[list[int]], data: st.DataObject) -> None:
    known = data.draw(st.lists(st.fractions(-5, 5, max_denominator=9), min_size=3, max_size=3))
    right = [sum((n * x for n, x in zip(row, known, strict=True)), Fraction(0)) for row in matrix]
    found = solve_exactly(matrix, right)
    if found is None:
        assert _rank(matrix) < 3  # the columns depend on each other, so that there are others
    else:
        assert found == known
    assert solve_exactly([[1, 0], [0, 1], [1, 1]], [Fraction(1), Fraction(1), Fraction(3)]) is None


def _rank(matrix: list[list[int]]) -> int:
    rows = [[Fraction(value) for value in row] for row in matrix]
    rank = 0
    for column in range(3):
        pivot = next((row for row in rows[rank:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(rank, pivot)
        for at in range(rank + 1, len(rows)):
            factor = rows[at][column] / pivot[column]
            rows[at] = [a - factor * b for a, b in zip(rows[at], pivot, strict=True)]
        rank += 1
    return rank
