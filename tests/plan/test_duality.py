"""Bounds from a solver's multipliers: never passed by any answer, whoever chose them."""

from __future__ import annotations

import itertools

from hypothesis import event, given, settings
from hypothesis import strategies as st

from repatria.plan.duality import dual_bound
from repatria.plan.rows import Program
from repatria.plan.search import Goal, Search, Stop

SMALL = st.integers(-4, 4)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    columns = draw(st.integers(1, 4))
    lower = draw(st.lists(st.integers(-2, 1), min_size=columns, max_size=columns))
    program = Program(lower, [low + draw(st.integers(0, 3)) for low in lower])
    for at in range(draw(st.integers(0, 4))):
        low, high = sorted((draw(st.integers(-9, 9)), draw(st.integers(-9, 9))))
        ends = draw(st.sampled_from(((low, high), (float("-inf"), high), (low, float("inf")))))
        program.row(str(at), *ends, {c: draw(SMALL) for c in range(columns)})
    return program


def answers(program: Program) -> list[tuple[int, ...]]:
    every = itertools.product(*(range(low, high + 1) for low, high in zip(program.lower, program.upper, strict=True)))
    return [
        each for each in every
        if all(row.low <= sum(v * each[c] for c, v in row.terms.items()) <= row.high for row in program.rows)
    ]  # fmt: skip


@settings(deadline=None)
@given(programs(), st.data())
def test_no_answer_passes_a_bound_or_the_ends_it_leaves_whatever_the_multipliers(
    program: Program, data: st.DataObject
) -> None:
    costs = {c: data.draw(SMALL) for c in range(len(program.lower))}
    multipliers = data.draw(st.lists(st.floats(-3, 3), min_size=len(program.rows), max_size=len(program.rows)))
    bound = dual_bound(program, costs, multipliers)
    assert bound is not None
    most = data.draw(st.integers(-20, 20))
    ends = bound.narrowed(most, program.lower, program.upper)
    event("narrowed" if ends else "as wide as before")
    for each in answers(program):
        cost = sum(value * each[c] for c, value in costs.items())
        assert cost >= bound.least
        if cost <= most:
            assert all(low <= each[c] <= high for c, (low, high) in ends.items())


@settings(max_examples=60, deadline=None)
@given(programs(), st.data())
def test_a_level_called_exact_is_the_best_of_all_answers(program: Program, data: st.DataObject) -> None:
    every = answers(program)
    terms = {c: data.draw(SMALL) for c in range(len(program.lower))}
    best = max((sum(value * each[c] for c, value in terms.items()) for each in every), default=None)
    if best is None:
        return
    (level,) = Search(program, Stop(None), plan=True).settle([Goal("most", terms, True)], proof=True)
    event("exact" if level.exact else "by the search")
    assert level.value == level.bound == best


def test_a_multiplier_that_is_no_number_gives_no_bound() -> None:
    program = Program([0], [1])
    program.row("one", 0, 1, {0: 1})
    assert dual_bound(program, {0: 1}, [float("nan")]) is None
