"""Why, and why not: computed, in figures, without a name or a reason that nobody may know."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from repatria.files.locales import load_language
from repatria.message import Message, in_english
from repatria.plan.case import make_case
from repatria.plan.explain import Reason, Reasons, level_message
from repatria.plan.lottery import Chance, order
from repatria.plan.model import Part, Place, PlanTerms, Progress, Row, Stage
from repatria.plan.solve import Solution, solve
from repatria.plan.stages import Names, make_plan, replan
from repatria.report.language import CODES
from repatria.report.texts import ALL as TEXTS
from tests.plan.instances import kind, large, lists, number, one_place

SEED = bytes(range(32))
NAMES = Names("2025-1", "0" * 64, {"north": "1" * 64, "south": "2" * 64}, "3" * 64)
UNITS, CLASSES = lists(north=[(2, kind(1)), (6, kind(2)), (3, kind(3)), (1, kind(3, weight=5))], south=[(6, kind(1))])
TERMS = one_place(4, 1, stages=2, north=6, south=6)


@cache
def plan() -> dict[str, Any]:
    made = make_plan(UNITS, CLASSES, TERMS, SEED, NAMES)
    assert isinstance(made, dict)
    return made


@cache
def reasons() -> Reasons:
    return Reasons(plan(), UNITS, CLASSES, TERMS, SEED)


def english(told: tuple[Message, ...]) -> list[str]:
    return [in_english(each, TEXTS) for each in told]


def told(unit: str, why_not: bool = True) -> Reason:
    reason = reasons().of(unit, why_not)
    assert json.loads(json.dumps(reason.as_json())) == reason.as_json()
    return reason


def of(tier: int, weight: int = 1) -> list[str]:
    known = kind(tier, weight=weight).class_id
    mine = [u.number for u in UNITS if u.holder == "north" and u.class_id == known]
    return order(SEED, str(tier) if weight == 1 else f"{tier}/weight-{weight}", mine)


def test_without_some_the_reasons_are_those_of_a_plan_that_never_decided_of_them() -> None:
    """What a node keeps of a plan, and asks again as of today, is what would be worked out anew."""
    for away in (frozenset(), frozenset(each.number for each in UNITS[::3]), frozenset([UNITS[1].number])):
        kept, anew = reasons().without(away), Reasons(plan(), UNITS, CLASSES, TERMS, SEED, away=away)
        for unit in UNITS:
            assert kept.of(unit.number, why_not=False) == anew.of(unit.number, why_not=False)
    assert reasons().without(frozenset()).of(UNITS[0].number, False) == reasons().of(UNITS[0].number, False)


# --- for officers and verifiers -----------------------------------------------------------------------------------


def test_a_person_of_a_tier_that_goes_whole_reads_slot_and_tier() -> None:
    assert english(told(of(1)[0]).told) == [
        "tier 1, held by north.",
        "Goes in stage s1 on 2025-12-11 at bridge: number 1 of 8 in the order there.",
        "Everyone of this stratum goes.",
    ]


def test_a_person_drawn_reads_ticket_places_and_chance() -> None:
    reason = told(of(2)[3])
    assert reason.goes
    assert reason.values["ticket"] == {"rank": 4, "of": 6, "places": 4, "chance_permille": 667}
    assert english(reason.told)[-1] == "Ticket 4 of 6; 4 places; chance 66.7 %."


def test_a_person_not_drawn_reads_the_same_figures_and_how_many_places_more_would_do() -> None:
    reason = told(of(2)[5])
    assert not reason.goes
    assert english(reason.told)[-2:] == [
        "Ticket 6 of 6; 4 places; chance 66.7 %.",
        "Would go if there were 2 places more in this stratum.",
    ]
    assert reason.values["why_not"] == {"reason": "ticket", "last_ticket_that_goes": 4, "places_more": 2}


def test_so_many_places_more_are_just_enough_for_a_person_not_drawn() -> None:
    unit = of(2)[5]
    for n, goes in ((0, False), (1, False), (2, True)):
        terms = one_place(9, 9, stages=2, north=6 + n, south=6)
        made = make_plan(UNITS, CLASSES, terms, SEED, NAMES)
        assert isinstance(made, dict)
        assert Reasons(made, UNITS, CLASSES, terms, SEED).of(unit).goes == goes


def test_the_chance_is_the_one_that_was_published_before_the_draw() -> None:
    published = Chance("north", "2", 3, 6)
    reason = Reasons(plan(), UNITS, CLASSES, TERMS, SEED, table=[published]).of(of(2)[0])
    assert english(reason.told)[-1] == "Ticket 1 of 6; 4 places; chance 50.0 %."


def test_a_person_after_the_cut_off_reads_how_many_places_more_would_do_and_which_goal_would_get_worse() -> None:
    reason = told(of(3)[1])
    assert reason.values["cut_off_tier"] == 2
    assert english(reason.told)[1:] == [
        "The places of north end with tier 2.",
        "Would go, at the latest, with so many places more for north: 9.",
        "With this person in the plan one goal would come out worse: tier 2, from north: people who go; 3 instead"
        " of 4.",
    ]
    assert (reason.values["why_not"]["now"], reason.values["why_not"]["then"]) == (4, 3)
    assert "why_not" not in told(of(3)[1], why_not=False).values


def test_with_so_many_places_more_a_person_after_the_cut_off_goes() -> None:
    unit = of(3)[1]
    for n, goes in ((0, False), (2, False), (9, True)):
        terms = one_place(20, 20, stages=1, north=6 + n, south=6)
        made = make_plan(UNITS, CLASSES, terms, SEED, NAMES)
        assert isinstance(made, dict)
        assert Reasons(made, UNITS, CLASSES, terms, SEED).of(unit).goes == goes


def test_a_unit_that_only_the_bound_keeps_out_reads_so_and_of_no_change() -> None:
    reason = told(of(3, weight=5)[0])
    assert reason.values["why_not"]["reason"] == "terms"
    assert english(reason.told)[-1] == (
        "Cannot go under these terms, which cannot be met together with it: no side is ahead by more than 1, nor at a"
        " place by more than the bound of that place."
    )


def test_the_change_that_is_told_lets_the_unit_go() -> None:
    units, classes = lists(north=[(6, kind(2)), (1, kind(3, weight=4))], south=[(6, kind(1))])
    terms = one_place(3, 9, stages=2, north=6, south=6)
    made = make_plan(units, classes, terms, SEED, NAMES)
    assert isinstance(made, dict)
    reason = Reasons(made, units, classes, terms, SEED).of(units[6].number)
    assert english(reason.told)[-2:] == [
        "Cannot go under these terms, which cannot be met together with it: north has 6 seats in all stages together.",
        "It would be possible with this change: give north 1 more seat at bridge in stage s1.",
    ]
    assert reason.values["why_not"] == {
        "reason": "terms",
        "terms": ["north has 6 seats in all stages together"],
        "changes": ["give north 1 more seat at bridge in stage s1"],
    }
    first = replace(terms.stages[0].places[0], capacity={"north": 4, "south": 3})
    wider = replace(terms, stages=(replace(terms.stages[0], places=(first,)), terms.stages[1]))
    crew = next(each for each in make_case(units, classes, wider, None, None).types if each.weight == 4)
    assert isinstance(solve(units, classes, wider, force=crew), Solution)


def test_nobody_reads_what_a_mark_of_a_person_means() -> None:
    """A row's sentence may say "stretchers", and whoever is kept out by it would be known to need one."""
    crew = replace(kind(3, weight=4), marks=("a",))
    units, classes = lists(north=[(6, kind(2)), (1, crew)], south=[(6, kind(1))])
    for most, stage in ((0, ""), (0, "s1")):
        row = Row("stretchers", "so many stretchers", (Part(mark="a", stage=stage),), most=most)
        terms = replace(one_place(20, 20, stages=2, north=10 if stage else 6, south=6), rows=(row,))
        made = make_plan(units, classes, terms, SEED, NAMES)
        assert isinstance(made, dict)
        reason = Reasons(made, units, classes, terms, SEED).of(units[6].number)
        said = " ".join(english(reason.told))
        assert "a limit that the terms set by marks" in said
        assert "stretchers" not in said
        assert "stretchers" not in json.dumps(reason.as_json())


def test_whoever_cannot_go_any_more_reads_no_reason() -> None:
    unit = of(1)[0]
    reason = Reasons(plan(), UNITS, CLASSES, TERMS, SEED, away={unit}).of(unit)
    assert not reason.goes
    assert english(reason.told)[-1] == "The plan does not decide about this person any more."
    gone = Reasons(plan(), [u for u in UNITS if u.number != unit], CLASSES, TERMS, SEED, away={unit}).of(unit)
    assert english(gone.told) == ["The plan does not decide about this person any more."]


def test_a_number_that_is_on_no_list() -> None:
    assert english(told(number("nobody")).told) == ["Not on a signed list."]


def test_everybody_of_a_family_reads_of_the_whole_family() -> None:
    units, classes = lists(north=[(4, kind(1)), (1, kind(1))], south=[(6, kind(1))])
    partner = units[4].number
    family = replace(units[3], others=((partner, units[4].class_id),))
    listed = (*units[:3], family, *units[5:])
    terms = one_place(9, 2, stages=1, north=5, south=5)
    made = make_plan(listed, classes, terms, SEED, NAMES)
    assert isinstance(made, dict)
    both = [Reasons(made, listed, classes, terms, SEED).of(n) for n in (family.number, partner)]
    assert all(reason.goes for reason in both)
    assert both[1].values["position"] == both[0].values["position"] + 1


# --- why that stage -----------------------------------------------------------------------------------------------


def why_late(units: Any, classes: Any, terms: PlanTerms, unit: str) -> list[str]:
    made = make_plan(units, classes, terms, SEED, NAMES)
    assert isinstance(made, dict)
    said = english(Reasons(made, units, classes, terms, SEED).of(unit).told)
    return [each for each in said if each.startswith("Not in stage")]


def two_days(first: dict[str, int], rows: tuple[Row, ...] = (), bound: int = 9) -> PlanTerms:
    stages = tuple(
        Stage(f"s{t}", f"2025-12-1{t}", (Place("bridge", seats, bound),))
        for t, seats in ((1, first), (2, {"north": 9, "south": 9}))
    )
    return PlanTerms({"north": 3, "south": 3}, bound, stages, (), None, rows)


def test_a_later_stage_is_told_by_seats_that_earlier_tiers_have() -> None:
    units, classes = lists(north=[(2, kind(1)), (1, kind(2))], south=[(3, kind(1))])
    terms = two_days({"north": 2, "south": 9})
    assert why_late(units, classes, terms, units[2].number) == [
        "Not in stage s1: the seats of north are taken by people of the same tier or an earlier one."
    ]


def test_a_later_stage_is_told_by_a_place_that_is_closed_to_the_side() -> None:
    units, classes = lists(north=[(3, kind(1))], south=[(3, kind(1))])
    terms = two_days({"north": 0, "south": 9})
    assert why_late(units, classes, terms, units[0].number) == [
        "Not in stage s1: no place there has seats enough for north."
    ]


def test_a_later_stage_is_told_by_the_row_that_would_be_passed() -> None:
    units, classes = lists(north=[(3, kind(1))], south=[(3, kind(1))])
    rows = (Row("desk", "at most 2 of north on the first day", (Part(holder="north", stage="s1"),), most=2),)
    made = make_plan(units, classes, two_days({"north": 9, "south": 9}, rows), SEED, NAMES)
    assert isinstance(made, dict)
    late = next(n for n, holder in made["stages"][1]["places"][0]["sequence"] if holder == "north")
    assert why_late(units, classes, two_days({"north": 9, "south": 9}, rows), late) == [
        "Not in stage s1: this would be passed: at most 2 of north on the first day."
    ]


def test_a_later_stage_is_told_by_the_bound() -> None:
    units, classes = lists(north=[(3, kind(1))], south=[(3, kind(1))])
    terms = two_days({"north": 9, "south": 1}, bound=1)
    made = make_plan(units, classes, terms, SEED, NAMES)
    assert isinstance(made, dict)
    late = next(n for n, holder in made["stages"][1]["places"][0]["sequence"] if holder == "north")
    assert why_late(units, classes, terms, late) == ["Not in stage s1: north would be ahead by more than the bound."]


def test_in_a_large_round_every_stage_before_is_told_by_seats_or_bounds() -> None:
    units, classes, terms = large(people=2000)
    terms = replace(terms, totals={"north": 700, "south": 600})
    made = make_plan(units, classes, terms, SEED, NAMES)
    assert isinstance(made, dict)
    every = Reasons(made, units, classes, terms, SEED)
    grounds = set()
    for unit in units:
        reason = every.of(unit.number, why_not=False)
        assert reason.goes == ("stage" in reason.values)
        for said in reason.values.get("kept_out", {}).values():
            grounds |= set(said)
    assert grounds <= {"full", "bound"}
    assert "full" in grounds


# --- goals --------------------------------------------------------------------------------------------------------


def test_every_goal_of_a_plan_has_a_text_of_its_own() -> None:
    units, classes = lists(
        north=[(2, kind(0, counts=False)), (5, kind(1)), (2, kind(1, weight=2))], south=[(9, kind(1))]
    )
    terms = one_place(9, 4, stages=2, north=6, south=6)
    made = make_plan(units, classes, terms, SEED, NAMES)
    assert isinstance(made, dict)
    again = replan(Progress(made, frozenset({"s1"})), units, classes, terms, SEED, NAMES)
    assert isinstance(again, dict)
    names = {level["name"] for each in (made, again) for level in each["levels"]}
    said = {name: level_message(name).id for name in names}
    assert "why.level.other" not in said.values(), said
    assert {f"plan.goal.{kind}" for kind in ("go", "waited", "kept", "bounds")} <= set(said.values())
    outside = level_message("north, outside the ratio, tier 0: people who go")
    assert in_english(outside, TEXTS) == "tier 0 outside the ratio, from north: people who go"
    assert in_english(level_message("a goal of another version"), TEXTS) == "a goal of another version"


# --- for families -------------------------------------------------------------------------------------------------


def test_a_family_reads_the_same_whoever_else_is_on_the_list() -> None:
    unit = of(2)[5]
    alone = reasons().for_family(unit)
    fewer, classes = lists(north=[(2, kind(1)), (6, kind(2))], south=[(6, kind(1))])
    made = make_plan(fewer, classes, TERMS, SEED, NAMES)
    assert isinstance(made, dict)
    assert Reasons(made, fewer, classes, TERMS, SEED).for_family(unit) == alone


@pytest.mark.parametrize("code", CODES)
def test_no_family_reads_a_figure_a_place_a_day_a_stage_or_a_tier(code: str) -> None:
    say = load_language(code)
    for unit in UNITS:
        for in_person in (False, True):
            for message in reasons().for_family(unit.number, in_person):
                text = say.sentence(message)
                assert not any(letter.isdigit() for letter in text)
                assert "{" not in text
                assert not message.places
    for name in ("bridge", "s1", "north", "%"):
        assert not any(name in say.form(each, None) for each in TEXTS if each.startswith("why.family."))


def test_a_family_reads_one_sentence_whatever_has_happened() -> None:
    gone = Reasons(plan(), UNITS, CLASSES, TERMS, SEED, away={of(1)[0], of(3)[0]})
    for said in (gone.for_family(of(1)[0]), gone.for_family(of(3)[0]), reasons().for_family(of(1)[1], in_person=True)):
        assert english(said) == ["Nothing can be said in writing at present. The family liaison will speak with you."]
