"""Order inside a stage: whole vehicles and families, both sides as near to even as steps allow, and nobody is ever
blocked, also where a place falls behind."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, currently_in_test_context, event, given, reject, settings
from hypothesis import strategies as st

from repatria.deal.classes import PersonClass
from repatria.deal.ratio import factors, scaled
from repatria.exchange.balance import Account, exercisable
from repatria.plan.check import check_plan, unproved
from repatria.plan.model import Place, PlanTerms, Progress, Stage, Unit, Vehicle
from repatria.plan.stages import Names, make_plan, replan
from repatria.plan.vehicles import Passenger, pack
from tests.plan.instances import kind, lists, number
from tests.plan.strategies import Round, riding

SEED = bytes(range(32))
NAMES = Names("2025-1", "0" * 64)
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
Plan = dict[str, Any]
Step = tuple[str, int]  # side, weight that counts: what leaves at once


def planned(case: Round) -> Plan:
    made = make_plan(*case, SEED, NAMES)
    if isinstance(made, list) and currently_in_test_context():
        reject()
    assert isinstance(made, dict), made
    return made


def steps_of(place: Plan, case: Round, away: frozenset[str] = frozenset()) -> list[Step]:
    """What leaves a place, in the signed order; a load without those who are away."""
    units, classes, _ = case
    weight = {u.number: classes[u.class_id] for u in units} | {n: classes[c] for u in units for n, c in u.others}
    runs = {load["first"]: load["people"] for load in place["loads"]}
    at, steps = 0, []
    while at < len(place["sequence"]):
        those = place["sequence"][at : at + runs.get(at, 1)]
        counted = (weight[n].weight * weight[n].counts for n, _ in those if n not in away)
        steps.append((those[0][1], sum(counted)))
        at += len(those)
    return steps


# --- the planner ------------------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(riding())
def test_every_plan_with_vehicles_and_families_passes_and_its_desks_are_never_blocked(case: Round) -> None:
    """Step by step in the signed order, each whole load is one that the desk may release, with receipts delivered."""
    plan = planned(case)
    units, classes, terms = case
    assert [str(p) for p in check_plan(plan, units, classes, terms, SEED)] == []
    if any(load["vehicle"] for s in plan["stages"] for p in s["places"] for load in p["loads"]):
        event("somebody rides")
    event("a goal not proved" if unproved(plan) else "proved")
    for stage in plan["stages"]:
        assert sum(place["bound"] for place in stage["places"]) <= terms.bound
        for place in stage["places"]:
            moved = dict.fromkeys(terms.holders, 0)
            for holder, weight in steps_of(place, case):
                (other,) = (each for each in terms.holders if each != holder)
                account = Account(released=moved[holder], credit=moved[other])
                assert not weight or exercisable(account, weight, holder, terms.factors, place["bound"])
                moved[holder] += weight


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(riding(), st.data())
def test_a_plan_whose_loads_are_bent_is_refused(case: Round, data: st.DataObject) -> None:
    plan = planned(case)
    units, classes, terms = case
    bent = copy.deepcopy(plan)
    places = [place for stage in bent["stages"] for place in stage["places"] if place["loads"]]
    assume(places)
    loads = data.draw(st.sampled_from(places))["loads"]
    load = data.draw(st.sampled_from(loads))
    way = data.draw(st.sampled_from(("left out", "shorter", "longer", "unnamed", "another", "earlier")))
    event(way)
    match way:
        case "left out":
            loads.remove(load)
        case "shorter":
            load["people"] -= 1
        case "longer":
            load["people"] = 99
        case "unnamed":
            assume(load["vehicle"] is not None)
            load["vehicle"] = None
        case "another":
            load["vehicle"] = "no such"
        case "earlier":
            load["first"] -= 1
    if way == "unnamed":  # a family alone in a vehicle is one on foot as well, but for the terms
        assert {p.code for p in check_plan(bent, units, classes, terms, SEED)} & {"plan.load", "plan.vehicle"}
    else:
        assert check_plan(bent, units, classes, terms, SEED) != []


def family(name: str, holder: str, people: int, tier: int = 1) -> Unit:
    class_id = kind(tier).class_id
    others = tuple((number(f"{name} {i}"), class_id) for i in range(1, people))
    return Unit(number(f"{name} 0"), holder, class_id, others=others)


def bridge(**vehicles: tuple[Vehicle, ...]) -> Stage:
    return Stage("s1", "2025-12-10", (Place("bridge", {"north": 40, "south": 40}, 4, vehicles),))


def of_vehicles(plan: Plan) -> dict[str, list[str]]:
    return {
        load["vehicle"]: [n for n, _ in place["sequence"][load["first"] : load["first"] + load["people"]]]
        for stage in plan["stages"] for place in stage["places"] for load in place["loads"] if load["vehicle"]
    }  # fmt: skip


def test_families_ride_whole_singles_fill_the_seats_left_and_no_vehicle_carries_more_than_the_bound() -> None:
    singles, classes = lists(north=[(3, kind(1))], south=[(8, kind(1))])
    families = (family("a", "north", 3), family("b", "north", 2))
    vans = (Vehicle("van", 9), Vehicle("car", 4))
    terms = PlanTerms({"north": 8, "south": 8}, 4, (bridge(north=vans),))
    case = ((*singles, *families), classes, terms)
    plan = planned(case)
    assert check_plan(plan, *case, SEED) == []
    inside = of_vehicles(plan)
    assert sorted(map(len, inside.values())) == [4, 4]  # nine seats, and four leave at once at most
    for unit in families:
        assert sum(set(unit.numbers) <= set(those) for those in inside.values()) == 1
    assert [step for step in steps_of(plan["stages"][0]["places"][0], case) if step[0] == "north"] == [("north", 4)] * 2


def test_whoever_lies_takes_a_stretcher_and_nobody_sits_on_one() -> None:
    lying = PersonClass(number("lying"), 1, 0, False, True, "", ("s",))
    singles, classes = lists(north=[(4, kind(1))], south=[(4, kind(1))])
    patients = tuple(Unit(number(f"patient {i}"), "north", lying.class_id) for i in range(2))
    ambulance = Vehicle("ambulance", 1, 2)
    terms = PlanTerms({"north": 4, "south": 4}, 4, (bridge(north=(Vehicle("bus", 4), ambulance)),), lying="s")
    case = ((*singles, *patients), {**classes, lying.class_id: lying}, terms)
    plan = planned(case)
    assert set(of_vehicles(plan)["ambulance"]) == {unit.number for unit in patients}
    few = replace(terms, stages=(bridge(north=(Vehicle("bus", 6), Vehicle("ambulance", 9, 1))),))
    made = make_plan(case[0], case[1], few, SEED, NAMES)
    assert isinstance(made, list)
    assert "stretchers of the vehicles of north at bridge" in " ".join(str(problem) for problem in made)


def test_people_outside_the_ratio_ride_by_themselves_and_leave_first() -> None:
    units, classes = lists(north=[(2, kind(0, counts=False)), (4, kind(1))], south=[(4, kind(1))])
    terms = PlanTerms({"north": 4, "south": 4}, 4, (bridge(north=(Vehicle("one", 6), Vehicle("two", 6))),))
    plan = planned((units, classes, terms))
    place = plan["stages"][0]["places"][0]
    assert [(load["first"], load["people"]) for load in place["loads"]] == [(0, 2), (4, 4)]
    outside = {unit.number for unit in units if not classes[unit.class_id].counts}
    assert {n for n, _ in place["sequence"][:2]} == outside


def test_families_that_fill_no_vehicle_whole_leave_seats_empty_and_the_plan_says_what_is_not_proved() -> None:
    """Three and three and three, and two vehicles of five: rows alone would let ten people go."""
    families = tuple(family(name, "north", 3) for name in "abc")
    classes = {kind(1).class_id: kind(1)}
    south = tuple(Unit(number(f"south {i}"), "south", kind(1).class_id) for i in range(9))
    days = tuple(replace(bridge(north=(Vehicle("a", 5), Vehicle("b", 5))), stage=f"s{t}", date=f"2025-12-1{t}")
                 for t in (1, 2))  # fmt: skip
    terms = PlanTerms({"north": 9, "south": 9}, 4, days)
    plan = planned(((*families, *south), classes, terms))
    assert check_plan(plan, (*families, *south), classes, terms, SEED) == []
    assert [len(of_vehicles({"stages": [stage]})) for stage in plan["stages"]] == [2, 1]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=6), st.lists(st.integers(1, 6), min_size=1, max_size=3),
    st.integers(4, 6),
)  # fmt: skip
def test_whoever_fits_whole_vehicles_in_any_way_is_packed(sizes: list[int], seats: list[int], most: int) -> None:
    """Against every assignment there is."""
    units = [Passenger(size, 0, size, "all", at) for at, size in enumerate(sizes)]
    vehicles = [Vehicle(f"v{at}", each) for at, each in enumerate(seats)]
    possible = any(
        all(sum(s for s, at in zip(sizes, where, strict=True) if at == v) <= min(most, seats[v])
            for v in range(len(seats)))
        for where in product(range(len(seats)), repeat=len(sizes))
    )  # fmt: skip
    packed = pack(units, vehicles, most)
    assert (packed is not None) == possible
    if packed is not None:
        assert sorted(unit.at for _, inside in packed for unit in inside) == list(range(len(units)))
        for size in set(sizes):
            ats = [unit.at for _, inside in packed for unit in inside if unit.seats == size]
            assert ats == sorted(ats)  # among those alike the earlier ticket leaves in the earlier vehicle


# --- a model of the desks ---------------------------------------------------------------------------------------------


class At(NamedTuple):
    """One place: how many steps each side has released, how many of them the other side's desk has receipts for."""

    released: tuple[int, int] = (0, 0)
    receipted: tuple[int, int] = (0, 0)
    closed: bool = False


Steps = tuple[tuple[int, ...], tuple[int, ...]]  # of each side, in its signed order


def moves(at: At, steps: Steps, factor: dict[str, int], bound: int) -> Iterator[At]:
    """A release that the desk's own rule allows, or one receipt delivered; late, early or never."""
    for side, name in enumerate(("north", "south")):
        n = at.released[side]
        if at.receipted[side] < n:
            yield at._replace(receipted=_one_more(at.receipted, side))
        if n < len(steps[side]) and not at.closed:
            other = 1 - side
            account = Account(sum(steps[side][:n]), sum(steps[other][: at.receipted[other]]))
            if exercisable(account, steps[side][n], name, factor, bound):
                yield at._replace(released=_one_more(at.released, side))


def _one_more(counts: tuple[int, int], side: int) -> tuple[int, int]:
    return (counts[0] + 1, counts[1]) if side == 0 else (counts[0], counts[1] + 1)


def reachable(steps: Steps, factor: dict[str, int], bound: int) -> set[At]:
    seen, todo = {At()}, [At()]
    while todo:
        for after in moves(todo.pop(), steps, factor, bound):
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return seen


def compositions(most: int, length: int) -> Iterator[tuple[int, ...]]:
    for n in range(length + 1):
        yield from product(range(1, most + 1), repeat=n)


@pytest.mark.parametrize(("totals", "bound"), [((1, 1), 2), ((1, 1), 3), ((3, 2), 2), ((2, 1), 2)])
def test_of_all_small_places_none_can_block_both_sides_whatever_is_late(totals: tuple[int, int], bound: int) -> None:
    """Every order of every few whole loads that a plan may sign, every way in which receipts are late: whenever nothing
    can move any more, both sides are through; and none is ever further ahead than the place's bound."""
    factor = factors({"north": totals[0], "south": totals[1]})
    most = scaled(bound, factor)
    tried = 0
    for steps in product(compositions(bound, 3), repeat=2):
        if any(factor[name] * step > most for name, those in zip(factor, steps, strict=True) for step in those):
            continue  # heavier than the bound: no plan has it
        if abs(factor["north"] * sum(steps[0]) - factor["south"] * sum(steps[1])) > most:
            continue  # ends further apart than the row `place` allows
        tried += 1
        for at in reachable(steps, factor, bound):
            gone = [sum(steps[side][: at.released[side]]) for side in (0, 1)]
            known = [sum(steps[side][: at.receipted[side]]) for side in (0, 1)]
            assert factor["north"] * gone[0] - factor["south"] * known[1] <= most
            assert factor["south"] * gone[1] - factor["north"] * known[0] <= most
            if not any(moves(at, steps, factor, bound)):
                assert at.released == (len(steps[0]), len(steps[1]))
    assert tried > 50


def test_a_load_heavier_than_the_bound_would_block_for_ever() -> None:
    """What the rows keep out: the model notices."""
    factor = {"north": 1, "south": 1}
    stuck = [at for at in reachable(((3,), (3,)), factor, 2) if not any(moves(at, ((3,), (3,)), factor, 2))]
    assert stuck == [At()]


def test_a_place_that_closes_at_any_moment_leaves_the_other_to_go_on_to_its_end() -> None:
    """Two places side by side, each with its own bound: whatever has been released when one closes, the other comes to
    its end, and both together are never further ahead than the bounds added up."""
    factor = factors({"north": 3, "south": 2})
    pier, quay = ((1, 2, 1), (2, 1, 2)), ((2, 1), (1, 2, 1))
    for late in reachable(pier, factor, 2):
        closed = late._replace(closed=True)
        todo, seen = [(closed, At())], {(closed, At())}
        while todo:
            one, other = todo.pop()
            after = [(a, other) for a in moves(one, pier, factor, 2)]
            after += [(one, b) for b in moves(other, quay, factor, 2)]
            if not after:
                assert other.released == (len(quay[0]), len(quay[1]))
            ahead = sum(
                factor["north"] * sum(steps[0][: at.released[0]]) - factor["south"] * sum(steps[1][: at.receipted[1]])
                for at, steps in ((one, pier), (other, quay))
            )
            assert ahead <= 2 * scaled(2, factor)
            todo += [each for each in after if each not in seen]
            seen |= set(after)


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(riding(), st.data())
def test_whoever_stays_away_blocks_one_side_at_most_and_who_is_left_is_planned_again(
    case: Round, data: st.DataObject
) -> None:
    """Some of a stage are not brought. Its desks go on as far as the rule lets them: never are both sides blocked. What
    is left is placed again, or the terms say why not, and nobody whose stage is to come moves without need."""
    plan = planned(case)
    units, classes, terms = case
    everyone = sorted({n for place in plan["stages"][0]["places"] for n, _ in place["sequence"]})
    assume(everyone)
    away = data.draw(st.frozensets(st.sampled_from(everyone), min_size=1, max_size=3))
    for place in plan["stages"][0]["places"]:
        queues: dict[str, list[int]] = {holder: [] for holder in terms.holders}
        for holder, weight in steps_of(place, case, away):
            queues[holder] += [weight] if weight else []
        moved = dict.fromkeys(terms.holders, 0)
        going = True
        while going:
            going = False
            for holder, other in (terms.holders, terms.holders[::-1]):
                account = Account(moved[holder], moved[other])
                queue = queues[holder]
                while queue and exercisable(account, queue[0], holder, terms.factors, place["bound"]):
                    moved[holder] += queue.pop(0)
                    account, going = Account(moved[holder], moved[other]), True
        assert not all(queues.values())
        if any(queues.values()):
            event("one side waits for people who did not come")
    leads = {n: unit.number for unit in units for n in unit.numbers}
    left = {leads[n] for n in away}
    progress = Progress(plan, frozenset({terms.stages[0].stage}), again=frozenset(left))
    after = replan(progress, units, classes, terms, SEED, NAMES)
    if isinstance(after, list):
        event("the terms leave no room for them")
        return
    assert [str(p) for p in check_plan(after, units, classes, terms, SEED, progress=progress)] == []
