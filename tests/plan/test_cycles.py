"""Closed rounds: each once, all of them, and the best of them found, beside trying everything."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.planning.kidney import Graph, clear, parse_plain, parse_wmd
from repatria.plan.cycles import rounds_of

PAIRS = st.frozensets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=18)


def every_round(pairs: frozenset[tuple[int, int]], most: int) -> set[tuple[int, ...]]:
    """All orders of all choices of parties, kept where each gives to the next."""
    return {
        order
        for size in range(2, most + 1)
        for order in itertools.permutations(range(6), size)
        if order[0] == min(order) and all((a, b) in pairs for a, b in zip(order, order[1:] + order[:1], strict=True))
    }


@given(PAIRS, st.integers(2, 5))
def test_all_rounds_are_found_each_once(pairs: frozenset[tuple[int, int]], most: int) -> None:
    found = rounds_of(pairs, most)
    assert len(found) == len(set(found))
    assert set(found) == every_round(pairs, most)


@settings(max_examples=30, deadline=None)
@given(PAIRS, st.integers(2, 4), st.data())
def test_the_rounds_chosen_are_worth_as_much_as_any_choice(
    pairs: frozenset[tuple[int, int]], most: int, data: st.DataObject
) -> None:
    worth = {pair: Fraction(data.draw(st.integers(1, 4)), 2) for pair in sorted(pairs) if pair[0] != pair[1]}
    found = clear(Graph(6, worth), most)

    def value(cycle: tuple[int, ...]) -> Fraction:
        return sum((worth[a, b] for a, b in zip(cycle, cycle[1:] + cycle[:1], strict=True)), Fraction())

    def best(rest: tuple[tuple[int, ...], ...]) -> Fraction:
        if not rest:
            return Fraction()
        first, *others = rest
        apart = tuple(other for other in others if not set(other) & set(first))
        return max(value(first) + best(apart), best(tuple(others)))

    assert found.weight == found.bound == best(tuple(sorted(every_round(pairs, most))))
    assert sum(map(value, found.cycles)) == found.weight
    met = [party for cycle in found.cycles for party in cycle]
    assert len(met) == len(set(met))


def test_both_formats_tell_the_same_graph_and_altruists_stay_out() -> None:
    plain = parse_plain("3 4\n0 1 1\n1 2 1\n2 0 1\n1 0 1\n-1 -1 -1\n")
    head = "# NUMBER ALTERNATIVES: 4\n# ALTERNATIVE NAME 1: Pair 1\n# ALTERNATIVE NAME 4: Pair 4\n"
    arcs = "1,2,1.0\n2,3,1.0\n3,1,1.0\n2,1,1.0\n4,1,1.0\n1,4,1.0\n"
    told = "Pair,Patient,Donor,Wife-P?,%Pra,Out-Deg,Altruist\n1,O,A,0,0.05,1,0\n4,O,A,0,0.05,1,1\n"
    preflib = parse_wmd(head + arcs, told)
    assert {(u - 1, v - 1) for u, v in preflib.arcs} == set(plain.arcs)
    assert clear(plain, 3).transplants == clear(preflib, 3).transplants == 3
