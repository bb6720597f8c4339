"""The checker accepts what the search makes and refuses every way of bending a plan."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from repatria.ledger.canonical import decode, encode
from repatria.plan.check import check_plan, unproved
from repatria.plan.lottery import Chance, Odds, going, odds
from repatria.plan.model import Place, PlanTerms, Stage, shape_problems
from repatria.plan.stages import Names, make_plan
from tests.plan.instances import kind, lists, number, one_place
from tests.plan.strategies import Round, rounds

SEED = bytes(range(32))
NAMES = Names("2025-1", "0" * 64, {"north": "1" * 64, "south": "2" * 64}, "3" * 64)
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(rounds(), st.binary(min_size=32, max_size=32))
def test_every_plan_of_the_search_passes(case: Round, seed: bytes) -> None:
    units, classes, terms = case
    found = odds(units, classes, terms)
    event("possible" if isinstance(found, Odds) else "impossible")
    assume(isinstance(found, Odds))
    assert isinstance(found, Odds)
    event(f"{len(found.tied)} strata tied")
    table = found.drawn(seed)
    plan = make_plan(units, classes, terms, seed, NAMES, going=going(table, units, classes))
    assert isinstance(plan, dict)
    assert [str(p) for p in check_plan(plan, units, classes, terms, seed, table=table)] == []
    assert check_plan(decode(encode(plan)), units, classes, terms, seed) == []
    assert unproved(plan) == []


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(rounds(), st.randoms(use_true_random=False))
def test_no_two_people_can_change_places_unnoticed(case: Round, draw: Any) -> None:
    units, classes, terms = case
    plan = make_plan(units, classes, terms, SEED, NAMES)
    assume(isinstance(plan, dict))
    assert isinstance(plan, dict)
    going = [slot for stage in plan["stages"] for place in stage["places"] for slot in place["sequence"]]
    types = {u.number: (u.holder, u.class_id) for u in units}
    one = draw.choice(going)
    others = [n for n in types if types[n] == types[one[0]] and n != one[0]]
    assume(others)
    other = draw.choice(others)
    for slot in going:
        if slot[0] == other:
            slot[0] = one[0]
            break
    one[0] = other
    assert "plan.ticket" in {p.code[:11] for p in check_plan(plan, units, classes, terms, SEED)}


# --- one round, bent in every way -------------------------------------------------------------------------------------

UNITS, CLASSES = lists(
    north=[(2, kind(0, counts=False, everyone=True)), (2, kind(1, everyone=True)), (6, kind(2)), (6, kind(3))],
    south=[(1, kind(0, counts=False)), (4, kind(2)), (8, kind(3))],
)
TERMS = PlanTerms(
    {"north": 12, "south": 8},
    2,
    tuple(
        Stage(
            f"s{t}",
            f"2025-12-1{t}",
            (Place("bridge", {"north": 5, "south": 3}, 1), Place("pier", {"north": 4, "south": 2}, 1)),
        )
        for t in (1, 2)
    ),
)


def plan() -> dict[str, Any]:
    made = make_plan(UNITS, CLASSES, TERMS, SEED, NAMES)
    assert isinstance(made, dict), [str(p) for p in made]
    return made


def codes(bent: dict[str, Any], **kwargs: Any) -> set[str]:
    return {p.code for p in check_plan(bent, UNITS, CLASSES, TERMS, SEED, **kwargs)}


def at(bent: dict[str, Any], t: int, j: int) -> list[list[str]]:
    sequence: list[list[str]] = bent["stages"][t]["places"][j]["sequence"]
    return sequence


def of(bent: dict[str, Any], person_class: Any, holder: str) -> list[tuple[list[list[str]], list[str]]]:
    """Where units of a class are: (sequence, slot) in the plan's order."""
    numbers = {u.number for u in UNITS if u.class_id == person_class.class_id and u.holder == holder}
    return [
        (place["sequence"], slot)
        for stage in bent["stages"]
        for place in stage["places"]
        for slot in place["sequence"]
        if slot[0] in numbers
    ]


def staying(bent: dict[str, Any], person_class: Any, holder: str) -> list[str]:
    there = {slot[0] for s in bent["stages"] for p in s["places"] for slot in p["sequence"]}
    return [
        u.number for u in UNITS if u.class_id == person_class.class_id and u.holder == holder and u.number not in there
    ]


def test_the_plan_itself_passes() -> None:
    assert codes(plan()) == set()


def test_a_person_swapped_for_one_who_stays_is_refused() -> None:
    bent = plan()
    of(bent, kind(3), "north")[0][1][0] = staying(bent, kind(3), "north")[0]
    assert "plan.ticket" in codes(bent)


def test_a_person_of_a_later_tier_in_place_of_an_earlier_one_is_refused() -> None:
    bent = plan()
    of(bent, kind(2), "north")[0][1][0] = staying(bent, kind(3), "north")[0]
    assert "plan.tier" in codes(bent)


def test_two_people_of_one_stratum_who_change_stages_are_refused() -> None:
    bent = plan()
    slots = of(bent, kind(2), "north") + of(bent, kind(3), "north")
    same = of(bent, kind(3), "south")
    first, last = same[0][1], same[-1][1]
    first[0], last[0] = last[0], first[0]
    assert slots
    assert "plan.ticket.order" in codes(bent)


def test_people_of_two_tiers_who_change_stages_are_refused() -> None:
    bent = plan()
    early, late = of(bent, kind(2), "north")[0], of(bent, kind(3), "north")[-1]
    assert early[0] is not late[0]
    early[1][0], late[1][0] = late[1][0], early[1][0]
    assert "plan.tier.stage" in codes(bent)


def test_a_person_moved_to_a_later_stage_is_refused() -> None:
    bent = plan()
    sequence, slot = of(bent, kind(2), "south")[-1]
    assert sequence is not at(bent, 1, 1)
    sequence.remove(slot)
    at(bent, 1, 1).append(slot)
    assert codes(bent)


def test_a_whole_even_packet_moved_to_a_later_stage_is_refused() -> None:
    units, classes = lists(north=[(4, kind(1))], south=[(4, kind(1))])
    terms = one_place(4, 1, stages=2, north=4, south=4)
    bent = make_plan(units, classes, terms, SEED, NAMES)
    assert isinstance(bent, dict)
    assert check_plan(bent, units, classes, terms, SEED) == []
    sequence = bent["stages"][0]["places"][0]["sequence"]
    bent["stages"][1]["places"][0]["sequence"] = sequence[2:]
    del sequence[2:]
    assert {p.code for p in check_plan(bent, units, classes, terms, SEED)} == {"plan.early", "plan.levels"}
    for level in bent["levels"]:  # nor does it help to own up to it
        if level["name"].endswith("waited"):
            level["value"] = level["bound"] = 6
    assert {p.code for p in check_plan(bent, units, classes, terms, SEED)} == {"plan.early"}


def test_a_person_of_a_class_that_all_goes_left_out_is_refused() -> None:
    bent = plan()
    sequence, slot = of(bent, kind(1, everyone=True), "north")[0]
    sequence.remove(slot)
    assert {"plan.all", "plan.total"} <= codes(bent)


def test_a_person_outside_the_ratio_left_out_though_there_is_a_seat_is_refused() -> None:
    bent = plan()
    sequence, slot = of(bent, kind(0, counts=False), "south")[0]
    sequence.remove(slot)
    assert {"plan.outside", "plan.levels"} <= codes(bent)


def test_a_person_twice_is_refused() -> None:
    bent = plan()
    at(bent, 1, 1).append(list(at(bent, 0, 0)[0]))
    assert codes(bent) == {"plan.twice"}


def test_a_person_who_is_on_no_list_is_refused() -> None:
    bent = plan()
    at(bent, 0, 0)[0][0] = number("nobody")
    assert codes(bent) == {"plan.unlisted"}


def test_a_person_under_the_wrong_holder_is_refused() -> None:
    bent = plan()
    at(bent, 0, 0)[0][1] = "south" if at(bent, 0, 0)[0][1] == "north" else "north"
    assert codes(bent) == {"plan.holder"}


def test_one_more_than_the_total_is_refused() -> None:
    bent = plan()
    at(bent, 1, 1).append([staying(bent, kind(3), "south")[0], "south"])
    assert "plan.total" in codes(bent)


def test_a_sequence_whose_prefix_runs_away_is_refused() -> None:
    bent = plan()
    at(bent, 0, 0).sort(key=lambda slot: slot[1])
    assert "plan.prefix" in codes(bent)


def test_more_people_than_seats_are_refused() -> None:
    bent = plan()
    at(bent, 0, 0).extend(at(bent, 0, 1))
    at(bent, 0, 1).clear()
    assert "plan.seats" in codes(bent)


def test_a_place_that_leaves_one_side_ahead_at_its_end_is_refused() -> None:
    bent = plan()
    moved = [slot for slot in at(bent, 0, 0) if slot[1] == "south"][:2]
    for slot in moved:
        at(bent, 0, 0).remove(slot)
        at(bent, 1, 0).append(slot)
    assert {"plan.place", "plan.prefix"} <= codes(bent)


def test_a_stage_that_starts_with_a_gap_and_full_bounds_is_refused() -> None:
    units, classes = lists(north=[(4, kind(1))], south=[(4, kind(1))])
    place = Place("bridge", {"north": 4, "south": 4}, 1)
    terms = PlanTerms({"north": 4, "south": 4}, 1, tuple(Stage(f"s{t}", f"2025-12-1{t}", (place,)) for t in (1, 2)))
    made = make_plan(units, classes, terms, SEED, NAMES)
    assert isinstance(made, dict)
    first, second = (stage["places"][0]["sequence"] for stage in made["stages"])
    assert [holder for _, holder in first] == ["north", "south"] * 4
    second += first[5:]  # 3 against 2 today leave north one ahead; tomorrow it could be one more ahead at the place
    del first[5:]
    found = {p.code for p in check_plan(made, units, classes, terms, SEED)}
    assert "plan.carry" in found


def test_a_step_greater_than_its_places_bound_is_refused_though_no_prefix_shows_it() -> None:
    # One short, one over, even: yet a desk that held the right to this step alone could not exercise it first.
    units, classes = lists(north=[(1, kind(1, weight=2))], south=[(2, kind(1))])
    made = make_plan(units, classes, one_place(2, 2, north=2, south=2), SEED, NAMES)
    assert isinstance(made, dict)
    place = made["stages"][0]["places"][0]
    family = next(slot for slot in place["sequence"] if slot[1] == "north")
    place["sequence"].remove(family)
    place["sequence"].insert(1, family)
    place["bound"] = 1
    narrow = one_place(2, 1, north=2, south=2)
    assert {p.code for p in check_plan(made, units, classes, narrow, SEED)} == {"plan.step", "plan.levels"}


def test_a_bound_widened_in_the_plan_is_refused() -> None:
    bent = plan()
    bent["stages"][0]["places"][0]["bound"] += 1
    assert "plan.bounds" in codes(bent)


def test_a_stage_on_another_day_is_refused() -> None:
    bent = plan()
    bent["stages"][0]["date"] = "2025-12-09"
    assert codes(bent) == {"plan.stages"}


def test_another_seed_is_refused() -> None:
    bent = plan()
    assert "plan.seed" in {p.code for p in check_plan(bent, UNITS, CLASSES, TERMS, bytes(32))}


def test_a_level_that_boasts_is_refused() -> None:
    bent = plan()
    bent["levels"][0]["value"] += 1
    assert codes(bent) == {"plan.levels"}


def test_a_level_left_out_is_refused() -> None:
    bent = plan()
    bent["levels"].pop()
    assert codes(bent) == {"plan.levels"}


def test_an_unproved_level_is_reported_and_not_refused() -> None:
    bent = plan()
    level = next(level for level in bent["levels"] if level["value"])
    level["bound"] += 3 if level["name"].endswith("go") else -1
    level["exact"] = True  # but no whole numbers prove a level that has a gap
    assert codes(bent) == {"plan.levels"}
    level["exact"] = False
    assert codes(bent) == set()
    assert [name for name, _ in unproved(bent)] == [level["name"]]


def test_places_other_than_the_signed_table_gives_are_refused() -> None:
    found = odds(UNITS, CLASSES, TERMS)
    assert isinstance(found, Odds)
    assert found.tied == ()
    table = found.table
    assert codes(plan(), table=table) == set()
    other = tuple(replace(row, places=row.places - 1) if row.stratum == "3" else row for row in table)
    assert codes(plan(), table=other) == {"plan.table"}
    assert codes(plan(), table=(*table, Chance("north", "9", 1, 1))) == {"plan.table"}


def test_a_plan_that_claims_to_replace_another_is_refused_without_one() -> None:
    bent = plan()
    bent["replaces"] = "9" * 64
    assert codes(bent) == {"plan.replaces"}


def test_without_a_seed_nobody_is_drawn() -> None:
    made = make_plan(UNITS, CLASSES, TERMS, None, NAMES)
    assert isinstance(made, list)
    assert made[0].code == "plan.lottery.needed"
    whole = make_plan(*(all_go := lists(north=[(3, kind(1))], south=[(3, kind(1))])), one_place(3, 1, north=3, south=3),
                      None, NAMES)  # fmt: skip
    assert isinstance(whole, dict)
    assert check_plan(whole, *all_go, one_place(3, 1, north=3, south=3), None) == []
    bent = copy.deepcopy(plan())
    bent["seed"] = None
    found = {p.code for p in check_plan(bent, UNITS, CLASSES, TERMS, None)}
    assert "plan.lottery.needed" in found


def drop(key: str) -> Callable[[dict[str, Any]], None]:
    def apply(bent: dict[str, Any]) -> None:
        del bent[key]

    return apply


def put(value: object, *path: str | int) -> Callable[[dict[str, Any]], None]:
    def apply(bent: Any) -> None:
        for step in path[:-1]:
            bent = bent[step]
        bent[path[-1]] = value

    return apply


@pytest.mark.parametrize(
    "bend",
    [
        drop("levels"),
        put(2, "v"),
        put(True, "v"),
        put("plan ", "kind"),
        put("x", "terms"),
        put({"north": "x"}, "lists"),
        put("x", "freeze"),
        put(3, "seed"),
        put({}, "stages"),
        put(None, "levels", 0),
        put(1.5, "levels", 0, "value"),
        put("x", "stages", 0, "places"),
        put(None, "stages", 0),
        put(None, "stages", 0, "places", 0),
        put("1", "stages", 0, "places", 0, "bound"),
        put([["a", "north"]], "stages", 0, "places", 0, "sequence"),
        put(["a"], "stages", 0, "places", 0, "sequence"),
        put([[1, 2]], "stages", 0, "places", 0, "sequence"),
    ],
)
def test_a_plan_out_of_form_is_refused_and_never_raises(bend: Callable[[dict[str, Any]], None]) -> None:
    bent = plan()
    assert shape_problems(bent) == []
    bend(bent)
    assert codes(bent) == {"plan.form"}


def test_something_that_is_no_plan_at_all_is_refused() -> None:
    for value in (None, 3, [], "plan", {}):
        assert [p.code for p in shape_problems(value)] == ["plan.form"]
