"""The search finds the optimum of the model, proves it, and says which terms collide."""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from repatria.plan.model import Place, PlanTerms, Stage, Unit, UnitType, unit_type
from repatria.plan.solve import Solution, solve
from tests.plan.instances import kind, lists, number, one_place
from tests.plan.strategies import Round, rounds

ROOT = Path(__file__).resolve().parents[2]
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def going(solution: Solution) -> dict[tuple[str, str], int]:
    return {(k.holder, k.stratum): sum(counts.values()) for k, counts in solution.counts.items()}


def solved(*args: object, **kwargs: object) -> Solution:
    found = solve(*args, **kwargs)  # type: ignore[arg-type]
    assert isinstance(found, Solution), [str(p) for p in found]
    return found


def refused(*args: object, **kwargs: object) -> list[str]:
    found = solve(*args, **kwargs)  # type: ignore[arg-type]
    assert isinstance(found, list)
    return [str(problem) for problem in found]


# --- the optimum, by trying everything --------------------------------------------------------------------------------


def ways(n: int, slots: int) -> Iterator[tuple[int, ...]]:
    """All ways of giving at most n units to some slots."""
    if slots == 0:
        yield ()
        return
    for first in range(n + 1):
        for rest in ways(n - first, slots - 1):
            yield (first, *rest)


def brute_force(units: Sequence[Unit], classes: dict, terms: PlanTerms) -> list[int] | None:  # type: ignore[type-arg]
    """The best values of the levels, or None where nothing meets the rows; written from the model's text alone."""
    types: Counter[UnitType] = Counter(unit_type(unit, classes) for unit in units)
    slots = [(t, j) for t, stage in enumerate(terms.stages) for j in range(len(stage.places))]
    factor, scale = terms.factors, max(terms.factors.values())
    bests: list[int] | None = None
    for choice in itertools.product(*(ways(n, len(slots)) for n in types.values())):
        rows = dict(zip(types, choice, strict=True))
        if any(k.all and sum(row) != types[k] for k, row in rows.items()):
            continue
        if any(
            sum(k.weight * sum(row) for k, row in rows.items() if k.counts and k.holder == h) != total
            for h, total in terms.totals.items()
        ):
            continue
        kept = widest(rows, slots, terms, factor, scale)
        if kept is None:
            continue
        levels: list[int] = []
        for counts, tier, holder in sorted({(k.counts, k.tier, k.holder) for k in types if not k.all}):
            same = [k for k in types if not k.all and (k.counts, k.tier, k.holder) == (counts, tier, holder)]
            levels.append(-sum(k.weight * sum(rows[k]) for k in same))
        levels += [
            sum(k.weight * n * t for k, row in rows.items() if k.rank == rank
                for n, (t, _) in zip(row, slots, strict=True))
            for rank in sorted({k.rank for k in types})
        ]  # fmt: skip
        levels.append(-kept)
        bests = levels if bests is None else min(bests, levels)
    return bests


def widest(rows: dict, slots: list, terms: PlanTerms, factor: dict, scale: int) -> int | None:  # type: ignore[type-arg]
    """The sum of the widest places' bounds under which these counts meet the rows; None where there are none."""
    carry = kept = 0
    for t, stage in enumerate(terms.stages):
        weight = [dict.fromkeys(terms.holders, 0) for _ in stage.places]
        for j, place in enumerate(stage.places):
            i = slots.index((t, j))
            for k, row in rows.items():
                weight[j][k.holder] += factor[k.holder] * k.weight * row[i] if k.counts else 0
            for h in terms.holders:
                if sum(k.weight * row[i] for k, row in rows.items() if k.holder == h) > place.capacity[h]:
                    return None
        best = None
        for bounds in itertools.product(*(range(1, place.bound + 1) for place in stage.places)):
            ends = all(abs(w["north"] - w["south"]) <= k * scale for w, k in zip(weight, bounds, strict=True))
            reach = {
                h: sign * carry + sum(min(k * scale, w[h]) for w, k in zip(weight, bounds, strict=True))
                for h, sign in (("north", 1), ("south", -1))
            }
            if ends and max(reach.values()) <= terms.bound * scale:
                best = max(best or 0, sum(bounds))
        carry += sum(w["north"] - w["south"] for w in weight)
        if best is None or abs(carry) > terms.bound * scale:
            return None
        kept += best
    return kept


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(rounds(weights=(1,), people=2))
def test_the_search_finds_what_trying_everything_finds(case: Round) -> None:
    units, classes, terms = case
    slots = sum(len(stage.places) for stage in terms.stages)
    types = len({unit_type(unit, classes) for unit in units})
    if slots > 3 or types > 5:
        terms = replace(terms, stages=terms.stages[:1])
    best = brute_force(units, classes, terms)
    found = solve(units, classes, terms)
    if best is None:
        assert isinstance(found, list)
        return
    assert isinstance(found, Solution), [str(p) for p in found]
    assert [-lv.value if lv.greatest else lv.value for lv in found.levels] == best
    assert all(lv.value == lv.bound for lv in found.levels)


# --- what goes first --------------------------------------------------------------------------------------------------


def test_everyone_outside_the_ratio_goes_and_costs_nothing_of_the_totals() -> None:
    units, classes = lists(north=[(3, kind(0, counts=False)), (5, kind(1))], south=[(5, kind(1))])
    found = solved(units, classes, one_place(9, 1, north=5, south=5))
    assert going(found) == {("north", "0/outside"): 3, ("north", "1"): 5, ("south", "1"): 5}


def test_an_earlier_tier_goes_before_a_later_one() -> None:
    units, classes = lists(north=[(4, kind(1)), (4, kind(2))], south=[(5, kind(1))])
    found = solved(units, classes, one_place(9, 1, north=5, south=5))
    assert going(found)["north", "1"] == 4
    assert going(found)["north", "2"] == 1


def test_whoever_must_all_go_does_even_from_a_later_tier() -> None:
    units, classes = lists(north=[(4, kind(1)), (2, kind(2, everyone=True))], south=[(4, kind(1))])
    found = solved(units, classes, one_place(9, 1, north=4, south=4))
    assert going(found) == {("north", "1"): 2, ("north", "2/all"): 2, ("south", "1"): 4}


def test_an_earlier_tier_goes_in_an_earlier_stage() -> None:
    units, classes = lists(north=[(3, kind(2)), (3, kind(1))], south=[(6, kind(1))])
    found = solved(units, classes, one_place(3, 1, stages=2, north=6, south=6))
    where = {k.stratum: dict(counts) for k, counts in found.counts.items() if k.holder == "north"}
    assert where == {"1": {(0, 0): 3}, "2": {(1, 0): 3}}


def test_families_and_single_people_of_one_tier_share_places_evenly() -> None:
    # 600 places for 1,000 single people and 20 families of four: 1,080 people, 55.6 % each.
    units, classes = lists(north=[(1000, kind(1)), (20, kind(1, weight=4))], south=[(600, kind(1))])
    found = solved(units, classes, one_place(700, 4, north=600, south=600))
    assert going(found)["north", "1/weight-4"] == 11
    assert going(found)["north", "1"] == 556


def test_unequal_totals_stay_in_proportion_stage_by_stage() -> None:
    units, classes = lists(north=[(12, kind(1))], south=[(8, kind(1))])
    terms = one_place(6, 1, stages=3, north=12, south=8)
    found = solved(units, classes, terms)
    north, south = (next(c for k, c in found.counts.items() if k.holder == h) for h in ("north", "south"))
    assert {slot: north.get(slot, 0) for slot in ((0, 0), (1, 0), (2, 0))} == {(0, 0): 6, (1, 0): 6, (2, 0): 0}
    assert south == {(0, 0): 4, (1, 0): 4}


def test_a_gap_left_open_by_one_stage_limits_what_the_next_can_risk() -> None:
    # With k = k_j = 1 a stage that ends one apart would leave no room to begin the next: so it ends even.
    units, classes = lists(north=[(4, kind(1))], south=[(4, kind(1))])
    place = Place("bridge", {"north": 3, "south": 2}, 1)
    terms = PlanTerms(
        {"north": 4, "south": 4}, 1, (Stage("s1", "2025-12-10", (place,)), Stage("s2", "2025-12-11", (place,)))
    )
    found = solved(units, classes, terms)
    assert all(dict(counts) == {(0, 0): 2, (1, 0): 2} for counts in found.counts.values())


def test_a_place_too_small_for_a_family_goes_to_the_next_tier_and_not_to_the_last() -> None:
    units, classes = lists(north=[(1, kind(0, weight=2)), (1, kind(1)), (1, kind(2))], south=[(1, kind(0))])
    found = solved(units, classes, one_place(2, 2))
    assert going(found) == {("north", "0/weight-2"): 0, ("north", "1"): 1, ("north", "2"): 0, ("south", "0"): 1}


# --- terms that collide -----------------------------------------------------------------------------------------------


def test_more_who_must_go_than_the_total_allows_names_both_figures() -> None:
    units, classes = lists(north=[(1130, kind(1, everyone=True))], south=[(1000, kind(1))])
    said = refused(units, classes, one_place(2000, 1, north=1000, south=1000))
    assert any("1,130 people; north hands over 1,000" in text for text in said), said


def test_fewer_people_than_the_total_names_both_figures() -> None:
    units, classes = lists(north=[(3, kind(1))], south=[(5, kind(1))])
    said = refused(units, classes, one_place(9, 1, north=5, south=5))
    assert said[0].startswith("terms, totals.north: 3 counted people on the list of north; north hands over 5.")


def test_too_few_seats_says_how_many_more() -> None:
    units, classes = lists(north=[(5, kind(1)), (2, kind(0, counts=False, everyone=True))], south=[(5, kind(1))])
    said = refused(units, classes, one_place(6, 1, north=5, south=5))
    assert any("6 seats for north" in text and "Give 1 seats more" in text for text in said), said


def test_a_total_that_no_set_of_families_makes_up() -> None:
    units, classes = lists(north=[(3, kind(1, weight=2))], south=[(5, kind(1))])
    assert any("no set of whole units of north weighs 5" in t for t in refused(
        units, classes, one_place(9, 2, north=5, south=5)))  # fmt: skip


def test_a_crew_heavier_than_every_bound_is_named() -> None:
    units, classes = lists(north=[(1, kind(1, weight=3, everyone=True)), (2, kind(1))], south=[(5, kind(1))])
    assert any("a bound of 3" in text for text in refused(units, classes, one_place(9, 2, north=5, south=5)))


def test_terms_that_collide_only_together_come_with_changes_that_were_tried() -> None:
    # Seats 3 against 2 at each of two days, all in one place, and nothing may be left open.
    units, classes = lists(north=[(5, kind(1))], south=[(5, kind(1))])
    days = tuple(
        Stage(f"s{t}", f"2025-12-1{t}", (Place("bridge", {"north": 3 - t % 2, "south": 2 + t % 2}, 1),)) for t in (0, 1)
    )
    terms = PlanTerms({"north": 5, "south": 5}, 1, days)
    said = refused(units, classes, terms)
    assert "south has 2 seats at bridge in stage s0" in said[0]
    assert "give south 1 more seat at bridge in stage s0" in said[0]
    wider = replace(days[0], places=(replace(days[0].places[0], capacity={"north": 3, "south": 3}),))
    assert isinstance(solve(units, classes, replace(terms, stages=(wider, days[1]))), Solution)


def test_whoever_asks_for_no_reasons_is_told_only_that_there_is_no_plan() -> None:
    units, classes = lists(north=[(5, kind(1))], south=[(5, kind(1))])
    days = tuple(
        Stage(f"s{t}", f"2025-12-1{t}", (Place("bridge", {"north": 3 - t % 2, "south": 2 + t % 2}, 1),)) for t in (0, 1)
    )
    found = solve(units, classes, PlanTerms({"north": 5, "south": 5}, 1, days), reasons=False)
    assert isinstance(found, list)
    assert [problem.what for problem in found] == ["no plan meets all terms together"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"totals": {"north": 1}}, "plan.terms.totals"),
        ({"stages": ()}, "plan.terms.stages"),
        ({"bound": 0}, "plan.terms.bounds"),
    ],
)
def test_terms_out_of_form_are_refused_before_any_search(change: dict, code: str) -> None:  # type: ignore[type-arg]
    units, classes = lists(north=[(1, kind(1))], south=[(1, kind(1))])
    terms = one_place(1, 1)
    assert isinstance(solve(units, classes, terms), Solution)
    found = solve(units, classes, replace(terms, **change))
    assert isinstance(found, list)
    assert code in {problem.code for problem in found}


def test_a_unit_twice_or_without_a_class_is_refused() -> None:
    units, classes = lists(north=[(1, kind(1))], south=[(1, kind(1))])
    found = solve((*units, units[0], Unit(number("x"), "west", "?")), classes, one_place(1, 1))
    assert isinstance(found, list)
    assert {p.code for p in found} == {"plan.list.twice", "plan.list.class", "plan.list.holder"}


# --- Ctrl-C -----------------------------------------------------------------------------------------------------------


def test_ctrl_c_stops_a_search_of_half_a_minute_at_once() -> None:
    program = (
        "import sys, time\nfrom repatria.plan.solve import solve\nfrom tests.plan.instances import stubborn\n"
        "case = stubborn()\nprint('begins', flush=True)\n"
        "try:\n    solve(*case)\nexcept KeyboardInterrupt:\n    sys.exit(130)\n"
    )
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begins\n"
        time.sleep(0.6)  # the rows are made in less, and the search has begun
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, errors) == (130, b"")
