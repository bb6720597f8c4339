"""Every kind of term as a row: what the search makes keeps them all, and the checker names each that is broken."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from repatria.deal.classes import PersonClass
from repatria.plan import search
from repatria.plan.check import check_plan, unproved
from repatria.plan.lottery import Odds, going, odds
from repatria.plan.model import POINTS, Part, Place, PlanTerms, Progress, Row, Stage, Unit, unit_types
from repatria.plan.solve import Solution, solve
from repatria.plan.stages import Names, make_plan, replan
from tests.plan.instances import lists, number, one_place
from tests.plan.strategies import Round, wide_rounds

SEED = bytes(range(32))
NAMES = Names("2025-1", "0" * 64, {"north": "1" * 64, "south": "2" * 64}, "3" * 64)
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def made(units: tuple[Unit, ...], classes: dict[str, PersonClass], terms: PlanTerms) -> dict[str, Any]:
    plan = make_plan(units, classes, terms, SEED, NAMES)
    assert isinstance(plan, dict), [str(p) for p in plan]
    assert [str(p) for p in check_plan(plan, units, classes, terms, SEED)] == []
    return plan


def numbers(plan: dict[str, Any], stage: str = "", place: str = "") -> list[str]:
    return [
        n for s in plan["stages"] if stage in ("", s["stage"]) for p in s["places"] if place in ("", p["place"])
        for n, _ in p["sequence"]
    ]  # fmt: skip


# --- whatever the terms ---------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(wide_rounds(), st.data())
def test_every_plan_passes_and_a_plan_altered_in_one_person_fails(case: Round, data: st.DataObject) -> None:
    units, classes, terms = case
    chances = odds(units, classes, terms)
    event("possible" if isinstance(chances, Odds) else "impossible")
    assume(isinstance(chances, Odds))
    assert isinstance(chances, Odds)
    table = chances.drawn(SEED)
    plan = make_plan(units, classes, terms, SEED, NAMES, going=going(table, units, classes))
    assert isinstance(plan, dict)
    assert check_plan(plan, units, classes, terms, SEED, table=table) == []
    assert unproved(plan) == []
    assume(numbers(plan))
    bent = copy.deepcopy(plan)
    places = [(s, p) for s in range(len(plan["stages"])) for p in range(len(plan["stages"][s]["places"]))]
    s, p = data.draw(st.sampled_from([at for at in places if plan["stages"][at[0]]["places"][at[1]]["sequence"]]))
    sequence = bent["stages"][s]["places"][p]["sequence"]
    slot = sequence[data.draw(st.integers(0, len(sequence) - 1))]
    how = data.draw(st.sampled_from(("dropped", "doubled", "replaced", "moved")))
    event(how)
    match how:
        case "dropped":
            sequence.remove(slot)
        case "doubled":
            sequence.append(list(slot))
        case "replaced":
            there = set(numbers(plan))
            staying = [u.number for u in units if u.number not in there and u.holder == slot[1]]
            assume(staying)
            slot[0] = data.draw(st.sampled_from(staying))
        case "moved":
            other = data.draw(st.sampled_from([t for t in range(len(bent["stages"])) if t != s] or [s]))
            assume(other != s)
            sequence.remove(slot)
            bent["stages"][other]["places"][0]["sequence"].append(slot)
    assert check_plan(bent, units, classes, terms, SEED, table=table)


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(wide_rounds(sides=3))
def test_every_plan_of_three_sides_passes(case: Round) -> None:
    units, classes, terms = case
    plan = make_plan(units, classes, terms, SEED, NAMES)
    event("possible" if isinstance(plan, dict) else plan[0].code)
    assume(isinstance(plan, dict))
    assert isinstance(plan, dict)
    event(f"{bool(numbers(plan))} rounds: {terms.packages} {bool(plan.get('packages'))}")
    assert [str(p) for p in check_plan(plan, units, classes, terms, SEED)] == []


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(wide_rounds(), st.data())
def test_every_plan_made_over_passes(case: Round, data: st.DataObject) -> None:
    units, classes, terms = case
    before = make_plan(units, classes, terms, SEED, NAMES)
    assume(isinstance(before, dict))
    assert isinstance(before, dict)
    done = frozenset(s.stage for s in terms.stages[: data.draw(st.integers(0, len(terms.stages) - 1))])
    there = set(numbers(before))
    over = {n for stage in done for n in numbers(before, stage)}
    few = st.frozensets(st.sampled_from(sorted(u.number for u in units)), max_size=2)
    gone = data.draw(few) - over
    offered = (data.draw(few) & there) - over - gone
    progress = Progress(before, done, gone, offered)
    after = replan(progress, units, classes, terms, SEED, NAMES)
    event("possible" if isinstance(after, dict) else "impossible")
    assume(isinstance(after, dict))
    assert isinstance(after, dict)
    assert [str(p) for p in check_plan(after, units, classes, terms, SEED, progress=progress)] == []


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(wide_rounds())
def test_every_plan_found_near_the_relaxation_passes_and_no_level_passes_its_bound(case: Round) -> None:
    """As large rounds are searched, on small ones, where the best is known beside it."""
    units, classes, terms = case
    best = solve(units, classes, terms)
    assume(isinstance(best, Solution))
    assert isinstance(best, Solution)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "LARGE", 0)
        patch.setattr(search, "MIDDLE", 0)
        plan = make_plan(units, classes, terms, SEED, NAMES)
    assert isinstance(plan, dict), [str(p) for p in plan]
    event("proved" if not unproved(plan) else "with a gap")
    assert [str(p) for p in check_plan(plan, units, classes, terms, SEED)] == []
    for level, known in zip(plan["levels"], best.levels, strict=False):
        if level["name"] != known.name or level["value"] != known.value:  # a bound holds under what came before
            if level["name"] == known.name:
                assert level["bound"] >= known.value if known.greatest else level["bound"] <= known.value
            break


# --- term by term -----------------------------------------------------------------------------------------------------


def marked(tier: int, marks: str = "", counts: bool = True, weight: int = 1, account: str = "") -> PersonClass:
    class_id = number(f"{tier}{marks}{counts}{weight}{account}")
    return PersonClass(class_id, weight, tier, counts, False, account, tuple(marks))


def with_rows(*rows: Row, seats: int = 9, stages: int = 1, north: int = 4, south: int = 4, **more: Any) -> PlanTerms:
    terms = one_place(seats, 2, stages, north, south)
    return PlanTerms(terms.totals, terms.bound, terms.stages, rows=rows, **more)


def refused_row(units: Any, classes: Any, terms: PlanTerms) -> list[str]:
    """The rows that a plan made without them breaks, as the checker names them."""
    bare = PlanTerms(terms.totals, terms.bound, terms.stages, tolerance=terms.tolerance)
    plan = make_plan(units, classes, bare, SEED, NAMES)
    assert isinstance(plan, dict)
    return [p.where for p in check_plan(plan, units, classes, terms, SEED) if p.code == "plan.row"]


CASES = {
    "at least": Row("officers", "at least two officers of north", (Part(holder="north", mark="a"),), 2, None),
    "at most": Row("plain", "at most three others of north", (Part(holder="north"), Part(by=-1, mark="a")), None, 3),
    "alike": Row(
        "alike", "officers alike", (Part(mark="a", holder="north"), Part(by=-1, mark="a", holder="south")), 1, 9
    ),
    "stretchers": Row("berths", "one berth on the first day", (Part(mark="b", stage="s1"),), None, 1),
    "window": Row("late", "mark b not on the first day", (Part(mark="b", stage="s1"),), None, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_a_further_row_is_kept_and_named_where_it_is_broken(name: str) -> None:
    units, classes = lists(
        north=[(4, marked(1, "b")), (3, marked(2, "a"))], south=[(5, marked(1))]
    )
    terms = with_rows(CASES[name], stages=2, north=4, south=4)
    assert refused_row(units, classes, terms) == [f"plan, row {CASES[name].name}"]
    made(units, classes, terms)


def test_a_row_that_nobody_can_meet_is_told_in_its_sentence_with_both_figures() -> None:
    units, classes = lists(north=[(4, marked(1)), (1, marked(2, "a"))], south=[(5, marked(1))])
    found = solve(units, classes, with_rows(CASES["at least"]))
    assert isinstance(found, list)
    assert "at least two officers of north: 2 are needed, and all who could go come to 1" in found[0].what


def test_a_family_goes_together_one_after_the_other_or_not_at_all() -> None:
    units, classes = lists(north=[(3, marked(1))], south=[(4, marked(1))])
    first = marked(1)
    family = Unit(number("father"), "north", first.class_id, others=((number("son"), first.class_id),))
    terms = with_rows()
    plan = made((*units, family), classes, PlanTerms({"north": 4, "south": 4}, 2, terms.stages))
    sequence = plan["stages"][0]["places"][0]["sequence"]
    at = [n for n, _ in sequence].index(family.number)
    assert sequence[at + 1][0] == number("son")
    sequence[at + 1], sequence[at + 2] = sequence[at + 2], sequence[at + 1]
    assert "plan.together" in {p.code for p in check_plan(plan, (*units, family), classes, terms, SEED)}
    without = made((*units, family), classes, PlanTerms({"north": 3, "south": 3}, 1, one_place(9, 1).stages))
    assert not {family.number, number("son")} & set(numbers(without))


def test_as_many_go_as_the_proportion_of_totals_lets_within_the_tolerance() -> None:
    units, classes = lists(north=[(7, marked(1))], south=[(9, marked(1))])
    place = (Stage("s1", "2025-12-10", (Place("bridge", {"north": 9, "south": 9}, 2),)),)
    for tolerance, people in ((0, (6, 4)), (1, (7, 5))):
        plan = made(units, classes, PlanTerms({"north": 9, "south": 6}, 2, place, tolerance=tolerance))
        sides = [holder for _, holder in plan["stages"][0]["places"][0]["sequence"]]
        assert (sides.count("north"), sides.count("south")) == people


def test_ranks_of_a_past_exchange_weigh_points_and_take_one_seat_each() -> None:
    general, private = marked(1, weight=6), marked(1)
    units, classes = lists(north=[(2, general)], south=[(12, private)])
    units = tuple(Unit(u.number, u.holder, u.class_id, people=1) for u in units)
    stage = (Stage("s1", "2025-12-10", (Place("landing", {"north": 2, "south": 12}, 6),)),)
    plan = made(units, classes, PlanTerms({"north": 12, "south": 12}, 6, stage))
    assert len(numbers(plan)) == 14
    row = Row("points", "no more than ten points of north", (Part(of=POINTS, holder="north"),), None, 10)
    terms = PlanTerms({"north": 12, "south": 12}, 6, stage, rows=(row,))
    assert [p.where for p in check_plan(plan, units, classes, terms, SEED)] == ["plan, row points"]


def test_remains_have_their_own_places_and_nothing_to_do_with_the_balance() -> None:
    body = marked(0, counts=False, account="remains")
    units, classes = lists(north=[(6, body), (2, marked(1))], south=[(2, marked(1))])
    row = Row("cold", "four sets of remains a day", (Part(account="remains", stage="s1"),), None, 4)
    terms = with_rows(row, stages=2, north=2, south=2)
    plan = made(units, classes, terms)
    dead = {u.number for u in units if u.class_id == body.class_id}
    assert [len(dead & set(numbers(plan, stage))) for stage in ("s1", "s2")] == [4, 2]


def test_a_host_takes_in_no_more_than_it_offered() -> None:
    sick = marked(0, counts=False)
    units, classes = lists(north=[(5, sick), (2, marked(1))], south=[(2, marked(1))])
    units = tuple(Unit(u.number, u.holder, u.class_id, to="alps" if u.class_id == sick.class_id else "") for u in units)
    row = Row("alps", "the host takes in three", (Part(to="alps"),), None, 3)
    plan = made(units, classes, with_rows(row, north=2, south=2))
    assert len(numbers(plan)) == 7


# --- more than two sides ----------------------------------------------------------------------------------------------


def ring(most: int, per_pair: int = 2) -> tuple[tuple[Unit, ...], dict[str, PersonClass], PlanTerms]:
    """Each of three gives to the next alone: nothing is given in return between two."""
    one = marked(1)
    after = {"north": "south", "south": "west", "west": "north"}
    units = tuple(Unit(number(f"{p} {i}"), p, one.class_id, to=to) for p, to in after.items() for i in range(per_pair))
    place = Place("bridge", dict.fromkeys(after, 9), 1)
    stages = (Stage("s1", "2025-12-10", (place,)),)
    return units, {one.class_id: one}, PlanTerms(dict.fromkeys(after, per_pair), 1, stages, packages=most)


def test_three_who_give_in_a_ring_exchange_in_closed_rounds_of_three() -> None:
    plan = made(*ring(3))
    assert plan["packages"] == [{"parties": ["north", "south", "west"], "times": 2}]
    assert len(numbers(plan)) == 6


def test_rounds_of_two_cannot_carry_a_ring() -> None:
    assert isinstance(make_plan(*ring(2), SEED, NAMES), list)


def test_rounds_that_do_not_carry_what_goes_or_are_too_long_are_refused() -> None:
    units, classes, terms = ring(3)
    plan = made(units, classes, terms)
    plan["packages"][0]["times"] = 1
    assert "plan.packages" in {p.code for p in check_plan(plan, units, classes, terms, SEED)}
    plan["packages"][0]["times"] = 2
    short = PlanTerms(terms.totals, terms.bound, terms.stages, packages=2)
    assert "plan.packages" in {p.code for p in check_plan(plan, units, classes, short, SEED)}
    assert "plan.packages" in {
        p.code for p in check_plan(plan, units, classes, PlanTerms(terms.totals, 1, terms.stages), SEED)
    }


def test_nobody_of_three_is_further_behind_at_any_moment_than_the_bound() -> None:
    units, classes, terms = ring(3, per_pair=5)
    plan = made(units, classes, terms)
    to = {u.number: u.to for u in units}
    ahead = dict.fromkeys(terms.totals, 0)
    for n, holder in plan["stages"][0]["places"][0]["sequence"]:
        ahead[holder] += 1
        ahead[to[n]] -= 1
        assert max(map(abs, ahead.values())) <= 1


# --- stopping -----------------------------------------------------------------------------------------------------


def test_when_it_is_enough_the_best_plan_so_far_comes_back_with_its_gaps() -> None:
    units, classes = lists(north=[(5, marked(t)) for t in range(4)], south=[(5, marked(t)) for t in range(4)])
    place = Place("bridge", {"north": 4, "south": 4}, 2)
    stages = tuple(Stage(f"s{t}", f"2025-12-1{t}", (place,)) for t in range(4))
    terms = PlanTerms({"north": 12, "south": 12}, 3, stages)
    plan = make_plan(units, classes, terms, SEED, NAMES, enough=lambda: True)
    assert isinstance(plan, dict)
    left = unproved(plan)
    assert left
    assert {p.code for p in check_plan(plan, units, classes, terms, SEED)} <= {"plan.tier", "plan.outside"}  # who goes
    assert unproved(made(units, classes, terms)) == []


def test_a_plan_that_is_stopped_when_it_is_settled_who_goes_passes_as_it_is() -> None:
    units, classes = lists(north=[(7, marked(t)) for t in range(4)], south=[(7, marked(t)) for t in range(4)])
    places = (Place("bridge", {"north": 3, "south": 3}, 1), Place("port", {"north": 2, "south": 2}, 1))
    stages = tuple(Stage(f"s{t}", f"2025-12-1{t}", places) for t in range(5))
    terms = PlanTerms({"north": 20, "south": 20}, 2, stages)
    drawn = {kind: (7, 7, 6, 0)[kind.tier] for kind in unit_types(units, classes).values()}
    stopped = 0
    for patience in range(8):
        asked = iter([False] * patience)
        plan = make_plan(units, classes, terms, SEED, NAMES, going=drawn, enough=lambda asked=asked: next(asked, True))
        assert isinstance(plan, dict)
        assert check_plan(plan, units, classes, terms, SEED) == []
        stopped += bool(unproved(plan))
    assert stopped
