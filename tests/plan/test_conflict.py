"""Terms that cannot be met together: the fewest that collide, and the least change that is enough."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations, islice

import pytest

from repatria.deal.classes import PersonClass
from repatria.message import in_english
from repatria.plan.case import Case, make_case
from repatria.plan.change import Change, Found, changed, changes_for, cost_of, firm_lines, impossible
from repatria.plan.check import check_plan
from repatria.plan.conflict import BOUND, Conflict, Line, Term, answer_of, conflict_of, relaxed, terms_of
from repatria.plan.model import Part, Place, PlanTerms, Progress, Row, Stage, Unit, unit_type
from repatria.plan.search import Stop
from repatria.plan.solve import Solution, solve
from repatria.plan.stages import Names, make_plan
from repatria.plan.why_texts import TEXTS
from tests.plan.impossible import Impossible
from tests.plan.impossible import impossible as drawn
from tests.plan.instances import kind, lists

SEED = bytes(range(32))
NAMES = Names("2025-1", "0" * 64, {"north": "1" * 64, "south": "2" * 64}, "3" * 64)
DEFAULT, DEEP = 40, 500


@cache
def drawn_before() -> list[Impossible]:
    return list(islice(drawn(), DEFAULT))


@cache
def conflict_in(at: int) -> Conflict:
    return conflict_of(drawn_before()[at].case)


@cache
def found_for(at: int) -> Found:
    each = drawn_before()[at]
    return changes_for(each.case, each.classes)


def can(case: Case, terms: tuple[Term, ...]) -> bool:
    """Whether these terms alone can be met, from rows of their own."""
    _, program = relaxed(case, {line for term in terms for line in term.lines})
    return answer_of(program, Stop(None)) is not None


def cannot_be_smaller(case: Case, conflict: Conflict) -> None:
    assert conflict.proved
    assert not can(case, conflict.terms)
    for fewer in combinations(terms_of(case), len(conflict.terms) - 1):
        assert can(case, fewer)


def works(each: Impossible, found: Found) -> None:
    for repair in found.repairs:
        plan = make_plan(each.units, repair.classes, repair.terms, SEED, NAMES)
        assert isinstance(plan, dict)
        assert check_plan(plan, each.units, repair.classes, repair.terms, SEED) == []


@pytest.mark.parametrize("at", range(DEFAULT))
def test_no_smaller_set_of_terms_is_a_conflict_and_each_repair_makes_a_plan(at: int) -> None:
    each = drawn_before()[at]
    cannot_be_smaller(each.case, conflict_in(at))
    works(each, found_for(at))


@pytest.mark.soak
def test_five_hundred_impossible_terms() -> None:
    repaired = 0
    for each in islice(drawn(10_000), DEEP):
        found = changes_for(each.case, each.classes)
        cannot_be_smaller(each.case, conflict_of(each.case))
        works(each, found)
        repaired += bool(found.repairs)
    assert repaired > DEEP * 0.7  # the others want people who are on no list


def test_the_random_terms_collide_in_ones_twos_and_more_and_most_can_be_repaired() -> None:
    sizes = [len(conflict_in(at).terms) for at in range(DEFAULT)]
    assert {1, 2, 3} <= set(sizes)
    assert sizes.count(1) < DEFAULT / 2
    assert sum(bool(found_for(at).repairs) for at in range(DEFAULT)) > DEFAULT * 0.7


def test_where_the_least_is_proved_no_change_of_one_or_two_figures_is_less() -> None:
    proved = [at for at in range(DEFAULT) if found_for(at).proved]
    assert len(proved) > DEFAULT / 3
    for at in proved[::3]:
        each, least = drawn_before()[at], found_for(at).repairs[0].cost
        single = [change for change in one_figure(each.case) if cost_of(each.case, change) < least]
        pairs = [pair for pair in combinations(single, 2) if pair[0].line != pair[1].line]
        pairs.sort(key=lambda pair: sum(cost_of(each.case, change) for change in pair))
        for changes in [*((change,) for change in single), *pairs[:40]]:
            if sum(cost_of(each.case, change) for change in changes) < least:
                assert not enough(each, changes)


def one_figure(case: Case) -> list[Change]:
    """Every change of one figure by up to six."""
    found = []
    for term in terms_of(case):
        for line in term.lines:
            if line in firm_lines(case):
                continue
            if line.kind == "all":
                found.append(Change(line, sum(n for k, n in case.types.items() if k.all and k.holder == line.holder)))
            for n in range(1, 7) if line.kind != "all" else ():
                if line.kind == "total":
                    found += [Change(line, n), *([Change(line, -n)] if case.terms.totals[line.holder] > n else [])]
                elif line.kind != "row":
                    found.append(Change(line, n))
                else:
                    row = next(row for row in case.terms.rows if row.name == line.row)
                    found.append(Change(line, n, row.least is not None))
    return found


def enough(each: Impossible, changes: tuple[Change, ...]) -> bool:
    terms, classes = changed(each.case, each.classes, changes)
    case = make_case(each.units, classes, terms, None, None)
    return can(case, terms_of(case))


# --- in the words of the terms ------------------------------------------------------------------------------------


def said(units: tuple[Unit, ...], classes: dict[str, PersonClass], terms: PlanTerms) -> tuple[list[str], list[str]]:
    """The terms in conflict, and each repair."""
    case = make_case(units, classes, terms, None, None)
    changes = changes_for(case, classes).repairs
    return (
        [in_english(each, TEXTS) for each in conflict_of(case).told()],
        [" + ".join(in_english(each, TEXTS) for each in repair.told()) for repair in changes],
    )


def days(*capacities: tuple[int, int], bound: int = 9) -> tuple[Stage, ...]:
    """A day at the bridge for each pair of seats, north's and south's."""
    return tuple(
        Stage(f"s{t}", f"2025-12-1{t}", (Place("bridge", {"north": north, "south": south}, bound),))
        for t, (north, south) in enumerate(capacities, 1)
    )


PEOPLE = lists(north=[(20, kind(1))], south=[(20, kind(1))])


def test_seats_that_lack_at_one_place_are_told_with_stage_and_place() -> None:
    rows = (Row("early", "at least 8 of north on the first day", (Part(holder="north", stage="s1"),), least=8),)
    terms = PlanTerms({"north": 10, "south": 10}, 9, days((6, 10), (10, 10)), (), None, rows)
    conflict, repairs = said(*PEOPLE, terms)
    assert conflict == ["at least 8 of north on the first day", "north has 6 seats at bridge in stage s1"]
    assert repairs == [
        "lower by 2, to 6, what this asks at least: at least 8 of north on the first day",
        "give north 2 more seats at bridge in stage s1",
    ]


def test_a_total_above_all_seats_is_told_with_both_figures_and_not_with_every_place() -> None:
    terms = PlanTerms({"north": 15, "south": 15}, 9, days(*[(2, 4)] * 6))
    conflict, repairs = said(*PEOPLE, terms)
    assert conflict == ["north hands over 15", "north has 12 seats in all stages together"]
    assert repairs[0] == "lower the total of north by 3, to 12"


def test_a_quota_against_everyone_of_a_tier_names_only_these_of_many_terms() -> None:
    marked = replace(kind(2, everyone=True), marks=("a",), class_id="a" * 32)
    units, classes = lists(north=[(6, marked), (20, kind(3))], south=[(20, kind(1))])
    rows = (
        Row("first", "at most 4 of mark a from north", (Part(holder="north", mark="a"),), most=4),
        *(Row(f"r{n}", f"at most {n} on day {t}", (Part(stage=f"s{t}"),), most=n) for t, n in ((1, 18), (2, 19))),
    )
    terms = PlanTerms({"north": 10, "south": 10}, 9, days((10, 10), (10, 10)), (), None, rows)
    conflict, repairs = said(units, classes, terms)
    assert conflict == ["everyone whom north holds of tier 2 goes: 6", "at most 4 of mark a from north"]
    assert repairs == [
        "let not everyone whom north holds of tier 2 have to go: 2 may stay",
        "raise by 2, to 6, what this allows at most: at most 4 of mark a from north",
    ]


def test_law_keeps_the_wounded_out_of_every_bargain() -> None:
    units, classes = lists(north=[(6, kind(0, counts=False, everyone=True)), (20, kind(3))], south=[(20, kind(1))])
    terms = PlanTerms({"north": 10, "south": 10}, 9, days((12, 16)))
    conflict, repairs = said(units, classes, terms)
    assert "everyone whom north holds of tier 0 outside the ratio goes: 6" in conflict
    assert repairs == ["give north 4 more seats at bridge in stage s1", "lower the total of north by 4, to 6"]


def test_the_bound_never_gives_way_while_anything_else_can() -> None:
    rows = (Row("early", "at least 5 of north on the first day", (Part(holder="north", stage="s1"),), least=5),)
    terms = PlanTerms({"north": 10, "south": 10}, 2, days((10, 2), (10, 10), bound=2), (), None, rows)
    conflict, repairs = said(*PEOPLE, terms)
    assert conflict[-1] == "no side is ahead by more than 2, nor at a place by more than the bound of that place"
    assert repairs
    assert not any("bound" in repair for repair in repairs)


def test_where_only_the_bound_could_give_way_the_bound_is_told_and_not_advised() -> None:
    units, classes = lists(
        north=[(1, kind(0, weight=4, everyone=True)), (3, kind(1))], south=[(20, kind(1))]
    )
    case = make_case(units, classes, PlanTerms({"north": 4, "south": 4}, 2, days((9, 9), bound=2)), None, None)
    found = changes_for(case, classes, firm={line for term in terms_of(case) for line in term.lines})
    assert found.repairs == ()
    assert found.bound is not None
    assert found.bound.changes == (Change(Line(BOUND), 2),)
    (problem,) = impossible(case, classes)
    assert "goes: 4" in problem.what


def test_lists_are_no_terms_and_too_few_people_are_told_as_a_fact() -> None:
    units, classes = lists(north=[(3, kind(1))], south=[(20, kind(1))])
    case = make_case(units, classes, PlanTerms({"north": 5, "south": 5}, 9, days((9, 9))), None, None)
    (problem,) = impossible(case, classes)
    assert problem.what == (
        "no plan meets this together: north hands over 5 (north has 3 people inside the ratio on its list)"
    )
    assert problem.do.startswith("do one of these, each of which was tried and is enough, the least first: "
                                 "lower the total of north by 2, to 3 | ")  # fmt: skip


def test_families_that_never_make_up_a_total_are_told_as_a_fact() -> None:
    units, classes = lists(north=[(4, kind(1, weight=2))], south=[(20, kind(1))])
    case = make_case(units, classes, PlanTerms({"north": 5, "south": 5}, 9, days((9, 9))), None, None)
    facts = [in_english(each, TEXTS) for each in conflict_of(case).facts()]
    assert facts[-1] == "no set of whole families and crews of north comes to its total"
    assert "lower the total of north by 1, to 4" in impossible(case, classes)[0].do


def test_a_unit_that_is_put_in_by_force_is_no_term_and_never_gives_way() -> None:
    units, classes = lists(north=[(20, kind(1)), (1, kind(9, weight=8))], south=[(20, kind(1))])
    forced = unit_type(units[20], classes)
    terms = PlanTerms({"north": 5, "south": 5}, 9, days((9, 9)))
    (problem,) = impossible(make_case(units, classes, terms, None, forced), classes)
    assert problem.what.startswith("no plan meets this together: north hands over 5; and a unit of north, stratum"
                                   " 9/weight-8, goes")  # fmt: skip
    assert "raise the total of north by 3, to 8" in problem.do


def test_a_budget_that_ends_says_that_the_conflict_may_not_be_the_smallest() -> None:
    rows = (Row("early", "at least 8 of north on the first day", (Part(holder="north", stage="s1"),), least=8),)
    terms = PlanTerms({"north": 10, "south": 10}, 9, days((6, 10), (10, 10)), (), None, rows)
    case = make_case(*PEOPLE, terms, None, None)
    conflict = conflict_of(case, calls=3)
    assert not conflict.proved
    assert conflict.least < len(conflict.terms)
    assert not can(case, conflict.terms)


def test_terms_that_can_be_met_have_no_conflict_and_need_no_change() -> None:
    case = make_case(*PEOPLE, PlanTerms({"north": 5, "south": 5}, 9, days((9, 9))), None, None)
    with pytest.raises(ValueError, match="can be met"):
        conflict_of(case)
    assert changes_for(case, PEOPLE[1]).repairs[0].changes == ()


# --- among three sides, and when a plan is made over --------------------------------------------------------------


def three(total: int, south_to: str = "east") -> tuple[tuple[Unit, ...], dict[str, PersonClass], PlanTerms]:
    """North gives to south, south to whom it is said, and east to north; all at one place on one day."""
    held = {"north": "south", "south": south_to, "east": "north"}
    units, classes = lists(**{holder: [(6, kind(1))] for holder in held})
    units = tuple(replace(unit, to=held[unit.holder]) for unit in units)
    place = Place("bridge", {"north": 5, "south": 9, "east": 9}, 3)
    terms = PlanTerms(dict.fromkeys(held, total), 3, (Stage("s1", "2025-12-10", (place,)),))
    return units, classes, terms


def test_among_three_sides_totals_give_way_together_where_one_alone_would_leave_a_side_ahead() -> None:
    units, classes, terms = three(6)
    terms = replace(terms, bound=1, stages=(replace(terms.stages[0], places=(
        replace(terms.stages[0].places[0], bound=1, capacity={"north": 3, "south": 9, "east": 9}),)),))  # fmt: skip
    conflict, repairs = said(units, classes, terms)
    assert conflict == ["north hands over 6", "north has 3 seats at bridge in stage s1"]
    for repair in changes_for(make_case(units, classes, terms, None, None), classes).repairs:
        case = make_case(units, repair.classes, repair.terms, None, None)
        assert can(case, terms_of(case))
    assert "give north 3 more seats at bridge in stage s1" in repairs


def test_rounds_that_are_too_short_for_three_are_told_and_may_be_longer() -> None:
    units, classes, terms = three(4)
    conflict, repairs = said(units, classes, replace(terms, packages=2))
    assert "everything given is part of a closed round of 2 parties at most" in conflict
    assert "let a closed round have 3 parties at most" in repairs


def test_when_a_plan_is_made_over_what_is_over_stays_and_the_rest_is_told() -> None:
    terms = PlanTerms({"north": 8, "south": 8}, 9, days((4, 4), (4, 4)))
    before = make_plan(*PEOPLE, terms, SEED, NAMES)
    assert isinstance(before, dict)
    absent = frozenset(n for n, holder in before["stages"][0]["places"][0]["sequence"][:2] if holder == "north")
    progress = Progress(before, frozenset({"s1"}), again=absent)
    (problem,) = [p for p in solve(*PEOPLE, terms, progress=progress) if p.code == "plan.infeasible"]  # type: ignore[union-attr]
    assert "north has 4 seats at bridge in stage s2" in problem.what
    assert "give north 1 more seat at bridge in stage s2" in problem.do
    wider = replace(terms, stages=days((4, 4), (5, 4)))
    assert isinstance(solve(*PEOPLE, wider, progress=progress), Solution)
