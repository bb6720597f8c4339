"""A plan made over: what is done stays, what need not change does not, and nobody's fate is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from repatria.plan.check import check_plan
from repatria.plan.model import Place, PlanTerms, Progress, Stage
from repatria.plan.stages import Names, make_plan, replan
from tests.plan.instances import kind, lists, number, one_place
from tests.plan.strategies import Round, rounds

SEED = bytes(range(32))
NAMES = Names("2025-1", "0" * 64, {"north": "1" * 64, "south": "2" * 64}, "3" * 64)
UNITS, CLASSES = lists(north=[(4, kind(1)), (8, kind(2))], south=[(4, kind(1)), (8, kind(2))])
TERMS = one_place(4, 2, stages=3, north=8, south=8)
Slots = dict[str, tuple[str, str]]


def first_plan() -> dict[str, Any]:
    made = make_plan(UNITS, CLASSES, TERMS, SEED, NAMES)
    assert isinstance(made, dict)
    return made


def slots(plan: dict[str, Any]) -> Slots:
    return {n: (s["stage"], p["place"]) for s in plan["stages"] for p in s["places"] for n, _ in p["sequence"]}


def in_stage(plan: dict[str, Any], stage: str, holder: str) -> list[str]:
    return [
        n for s in plan["stages"] if s["stage"] == stage for p in s["places"] for n, h in p["sequence"] if h == holder
    ]


def made_over(progress: Progress, terms: PlanTerms = TERMS) -> dict[str, Any]:
    made = replan(progress, UNITS, CLASSES, terms, SEED, NAMES)
    assert isinstance(made, dict), [str(p) for p in made]
    problems = check_plan(made, UNITS, CLASSES, terms, SEED, progress=progress)
    assert [str(p) for p in problems] == []
    return made


def test_nothing_happened_so_nothing_changes() -> None:
    before = first_plan()
    after = made_over(Progress(before))
    assert after["stages"] == before["stages"]
    assert after["levels"][0] == {"name": "units kept in their slot", "value": 16, "bound": 16, "exact": True}


def test_a_withdrawn_person_is_replaced_by_the_next_ticket_and_nobody_else_moves() -> None:
    before = first_plan()
    out = in_stage(before, "s2", "north")[0]
    after = made_over(Progress(before, frozenset({"s1"}), gone=frozenset({out})))
    was, now = slots(before), slots(after)
    assert out not in now
    new = set(now) - set(was)
    assert len(new) == 1
    assert {n: s for n, s in now.items() if n in was} == {n: s for n, s in was.items() if n != out}


def test_an_absent_person_is_placed_again_and_nobody_else_moves() -> None:
    before = first_plan()
    absent = in_stage(before, "s1", "south")[1]
    after = made_over(Progress(before, frozenset({"s1"}), again=frozenset({absent})))
    was, now = slots(before), slots(after)
    assert now[absent][0] in ("s2", "s3")
    assert {n for n in was if was[n] != now[n]} == {absent}
    # South came one short, so north is one ahead: until that is mended the place may not be two ahead as well.
    assert [stage["places"][0]["bound"] for stage in after["stages"]] == [2, 1, 2]


def test_a_person_not_going_by_the_neutrals_word_counts_as_offered_and_is_not_replaced() -> None:
    before = first_plan()
    silent = in_stage(before, "s2", "north")[0]
    after = made_over(Progress(before, frozenset({"s1"}), offered=frozenset({silent})))
    assert slots(after) == slots(before)


def test_their_seat_is_free_for_someone_placed_again() -> None:
    before = first_plan()
    terms = replace(TERMS, stages=TERMS.stages[:2])
    two_days = {**before, "stages": before["stages"][:2]}
    assert all(not p["sequence"] for p in before["stages"][2]["places"])
    silent, absent = in_stage(before, "s2", "north")[0], in_stage(before, "s1", "north")[0]
    progress = Progress(two_days, frozenset({"s1"}), offered=frozenset({silent}), again=frozenset({absent}))
    after = made_over(progress, terms)
    assert slots(after)[absent] == ("s2", "bridge")


def test_a_stage_that_is_over_cannot_be_told_differently() -> None:
    before = first_plan()
    progress = Progress(before, frozenset({"s1"}))
    after = made_over(progress)
    sequence = after["stages"][0]["places"][0]["sequence"]
    sequence[0], sequence[2] = sequence[2], sequence[0]
    problems = check_plan(after, UNITS, CLASSES, TERMS, SEED, progress=progress)
    assert [p.code for p in problems] == ["plan.done"]


def test_a_withdrawn_person_put_back_is_refused() -> None:
    before = first_plan()
    out = in_stage(before, "s2", "north")[0]
    progress = Progress(before, frozenset({"s1"}), gone=frozenset({out}))
    found = {p.code for p in check_plan(first_plan() | {"replaces": made_over(progress)["replaces"]}, UNITS, CLASSES,
                                        TERMS, SEED, progress=progress)}  # fmt: skip
    assert "plan.gone" in found


def test_someone_offered_who_is_moved_is_refused() -> None:
    before = first_plan()
    silent = in_stage(before, "s2", "north")[-1]
    progress = Progress(before, frozenset({"s1"}), offered=frozenset({silent}))
    after = made_over(progress)
    after["stages"][1]["places"][0]["sequence"].remove([silent, "north"])
    after["stages"][2]["places"][0]["sequence"].append([silent, "north"])
    assert "plan.offered" in {p.code for p in check_plan(after, UNITS, CLASSES, TERMS, SEED, progress=progress)}


def test_a_plan_that_replaces_another_than_the_one_in_force_is_refused() -> None:
    progress = Progress(first_plan(), frozenset({"s1"}))
    after = made_over(progress)
    after["replaces"] = "9" * 64
    problems = check_plan(after, UNITS, CLASSES, TERMS, SEED, progress=progress)
    assert [p.code for p in problems] == ["plan.replaces"]


def test_a_person_who_loses_a_slot_for_no_reason_is_refused() -> None:
    before = first_plan()
    progress = Progress(before, frozenset({"s1"}))
    after = made_over(progress)
    here, there = (after["stages"][t]["places"][0]["sequence"] for t in (1, 2))
    for holder in ("north", "south"):
        last = [slot for slot in here if slot[1] == holder][-1]
        here.remove(last)
        there.append(last)
    assert {"plan.levels"} <= {p.code for p in check_plan(after, UNITS, CLASSES, TERMS, SEED, progress=progress)}


def test_a_place_that_closed_sends_its_people_elsewhere() -> None:
    stage = Stage("s1", "2025-12-10", tuple(Place(p, {"north": 4, "south": 4}, 1) for p in ("bridge", "pier")))
    terms = PlanTerms({"north": 8, "south": 8}, 2, (stage,))
    before = make_plan(UNITS, CLASSES, terms, SEED, NAMES)
    assert isinstance(before, dict)
    wide = Place("bridge", {"north": 8, "south": 8}, 1)
    after = made_over(Progress(before), replace(terms, stages=(replace(stage, places=(wide,)),)))
    kept = {n for n, (_, place) in slots(before).items() if place == "bridge"}
    assert len(kept) == after["levels"][0]["value"] == 8
    assert set(slots(after)) == set(slots(before))


def test_a_done_stage_that_the_terms_no_longer_have_is_a_problem() -> None:
    progress = Progress(first_plan(), frozenset({"s9"}))
    made = replan(progress, UNITS, CLASSES, TERMS, SEED, NAMES)
    assert isinstance(made, list)
    assert made[0].code == "plan.replan.stages"


def test_a_previous_plan_out_of_form_is_a_problem() -> None:
    made = replan(Progress({"v": 1}), UNITS, CLASSES, TERMS, SEED, NAMES)
    assert isinstance(made, list)
    assert made[0].code == "plan.form"
    assert number("x")


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(rounds(), st.data())
def test_every_plan_made_over_passes(case: Round, data: st.DataObject) -> None:
    units, classes, terms = case
    before = make_plan(units, classes, terms, SEED, NAMES)
    assume(isinstance(before, dict))
    assert isinstance(before, dict)
    done = frozenset(s.stage for s in terms.stages[: data.draw(st.integers(0, len(terms.stages) - 1))])
    planned = slots(before)
    over = sorted(n for n, (stage, _) in planned.items() if stage in done)
    few = st.frozensets(st.sampled_from(sorted(u.number for u in units)), max_size=2)
    gone = data.draw(few)
    offered = data.draw(few) & set(planned) - gone
    again = frozenset(data.draw(st.frozensets(st.sampled_from(over), max_size=2)) if over else ()) - gone - offered
    progress = Progress(before, done, gone, offered, again)
    after = replan(progress, units, classes, terms, SEED, NAMES)
    assume(isinstance(after, dict))
    assert isinstance(after, dict)
    assert [str(p) for p in check_plan(after, units, classes, terms, SEED, progress=progress)] == []
    again_after = replan(Progress(after, done, gone, offered), units, classes, terms, SEED, NAMES)
    assert isinstance(again_after, dict)
    assert slots(again_after) == slots(after)
