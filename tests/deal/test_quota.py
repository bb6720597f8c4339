"""Quotas: what can be agreed, and who keeps them before a list is signed."""

from __future__ import annotations

from typing import Any

import pytest

from repatria.deal.classes import Category, In
from repatria.deal.fit import ANSWERED, HELD, Listed, unmet_by_lists, unmet_by_terms
from repatria.deal.quota import Quota, off_quota, parse_quotas
from repatria.deal.told import TEXTS, in_english, sentences
from tests.deal.test_fit import TEXT, YOUNG, categories, codes, enough, on_time, terms

CATEGORIES = (
    Category("wounded", 0, False, True, (In("medical_category", ("seriously_wounded",)),)),
    Category("ill", 0, False, False, (In("medical_category", ("seriously_sick",)),)),
    Category("everyone-young", 1, True, True),
    Category("rest", 2, True),
)
SIDES = ("north", "south")


def parsed(**table: Any) -> list[str]:
    quotas, problems = parse_quotas([{"category": "rest", "side": "north", **table}], CATEGORIES, SIDES)
    assert len(quotas) == (0 if problems and problems[0].code in FORM else 1)
    return [problem.code for problem in problems]


FORM = {"deal.quota.form", "deal.quota.category", "deal.quota.side"}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"at_least": 3}, []),
        ({"at_most": 0}, []),
        ({"at_least": 3, "at_most": 3}, []),
        ({}, ["deal.quota.form"]),
        ({"at_least": -1}, ["deal.quota.form"]),
        ({"at_least": True}, ["deal.quota.form"]),
        ({"at_least": "3"}, ["deal.quota.form"]),
        ({"at_least": 3, "about": 3}, ["deal.quota.form"]),
        ({"at_least": 3, "category": "nobody"}, ["deal.quota.category"]),
        ({"at_least": 3, "side": "west"}, ["deal.quota.side"]),
        ({"at_least": 4, "at_most": 3}, ["deal.quota.limits"]),
        ({"at_most": 3, "category": "everyone-young"}, ["deal.quota.all"]),
        ({"at_least": 3, "category": "everyone-young"}, []),
    ],
)
def test_a_quota_has_a_category_a_side_and_limits_that_can_be_kept(table: dict[str, Any], expected: list[str]) -> None:
    assert parsed(**table) == expected


@pytest.mark.parametrize("category", ["wounded", "ill"])
def test_nothing_limits_how_many_seriously_wounded_and_sick_go_home(category: str) -> None:
    tables = [{"category": category, "side": "north", "at_most": 5}]
    (problem,) = parse_quotas(tables, CATEGORIES, SIDES)[1]
    assert (problem.code, problem.article) == ("deal.quota.ill", "GC III 109(1)")
    assert parse_quotas([{"category": category, "side": "north", "at_least": 5}], CATEGORIES, SIDES)[1] == []


def test_two_quotas_of_one_category_and_side_are_one_too_many() -> None:
    tables = [{"category": "rest", "side": side, "at_most": 5} for side in ("north", "south", "north")]
    assert [problem.code for problem in parse_quotas(tables, CATEGORIES, SIDES)[1]] == ["deal.quota.twice"]


@pytest.mark.parametrize(
    ("people", "whole", "expected"),
    [
        (3, True, ["deal.quota.under"]),
        (3, False, []),  # other parties of the side may still bring more
        (4, True, []),
        (6, True, []),
        (7, True, ["deal.quota.over"]),
        (7, False, ["deal.quota.over"]),
    ],
)
def test_a_list_keeps_both_limits(people: int, whole: bool, expected: list[str]) -> None:
    quota = Quota("rest", "north", 4, 6)
    assert [problem.code for problem in off_quota([quota], "north", {"rest": people}, whole)] == expected
    assert off_quota([quota], "south", {"rest": people}, whole) == []
    said = [in_english(each, TEXTS) for each in sentences(terms(), categories(), [quota])]
    assert "rest: at least 4 and at most 6 people on the lists of north" in said


def test_lists_at_hand_are_held_against_quotas_and_more_being_held_than_may_go_is_no_harm() -> None:
    quotas = (Quota("under-25", "south", 20, 25),)
    few = Listed("south", ("south",), HELD, [YOUNG] * 12)
    many = Listed("south", ("south",), HELD, [YOUNG] * 30)
    listed = Listed("south", ("south",), ANSWERED, [YOUNG] * 30)
    for lists, expected in (([few], ["deal.quota.under"]), ([many], []), ([listed], ["deal.quota.over"])):
        found = unmet_by_lists(terms(), categories(), [enough("north"), *lists], quotas)
        assert [problem.code for problem in found if problem.code.startswith("deal.")] == expected


def test_quotas_and_totals_that_exclude_each_other_are_told() -> None:
    def told(*quotas: Quota) -> list[str]:
        return codes(unmet_by_terms(on_time(terms()), categories(TEXT), (), quotas=quotas))

    assert told(Quota("under-25", "south", 12, 12)) == []
    assert told(Quota("under-25", "south", 13)) == ["quota"]
    assert told(Quota("under-25", "south", None, 11)) == ["quota"]
    assert told(Quota("wounded", "south", 99)) == []  # outside the ratio
