"""Lists against terms, before anyone signs: how many fit which category, and what cannot be met, in numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.deal.classes import Category, parse_categories
from repatria.deal.fit import (
    ANSWERED,
    HELD,
    IN_FORCE,
    SOUGHT,
    WAITING,
    Listed,
    fits_of,
    unmet_by_lists,
    unmet_by_terms,
)
from repatria.deal.terms import EXAMPLE, Disclosure, PlaceTerms, Terms, annex_categories, parse_terms
from repatria.files.locales import lead_times
from repatria.problem import Problem

CATEGORIES = """
[[category]]
id = "wounded"
tier = 0
counts = false
all = true
when = { medical_category = ["seriously_wounded"] }

[[category]]
id = "under-25"
tier = 1
counts = true
all = true
when = { age_under = 25 }
"""
TEXT = EXAMPLE[: EXAMPLE.index("[[category]]")] + CATEGORIES
YOUNG, OLD, WOUNDED = {"date_of_birth": "2004-05"}, {"date_of_birth": "1980"}, {"medical_category": "seriously_wounded"}
OPEN = {"date_of_birth": "200X"}  # a decade is all that is known


def terms(text: str = TEXT, **changed: Any) -> Terms:
    read, problems = parse_terms(text, bytes(32))
    assert read is not None, problems
    return replace(read, **changed)


def categories(text: str = TEXT, historical: bool = False) -> tuple[Category, ...]:
    parsed, problems = parse_categories(annex_categories(text), historical=historical)
    assert problems == []
    return parsed


def of_south(kind: str, *people: tuple[int, dict[str, str]]) -> Listed:
    return Listed("south", ("south",), kind, [fields for number, fields in people for _ in range(number)])


def enough(side: str) -> Listed:
    """A list with which this side can meet its total."""
    return Listed(side, (side,), IN_FORCE, [YOUNG] * terms().totals[side])


def codes(problems: Sequence[Problem]) -> list[str]:
    return [problem.code.removeprefix("terms.unmet.") for problem in problems]


def test_every_person_is_in_one_category_or_outside_or_left_open() -> None:
    (fit,) = fits_of(terms(), categories(), [of_south(HELD, (3, YOUNG), (2, WOUNDED), (4, OLD), (1, OPEN))])
    assert fit.by_category == {"wounded": 2, "under-25": 3}
    assert (fit.none, fit.uncertain, fit.never, fit.weight, fit.people) == (4, 1, 0, 3, 10)


def test_six_hundred_and_forty_outside_the_categories_are_told_before_anyone_signs() -> None:
    """Istanbul, 2025: a list of 640 for an exchange of the seriously wounded and those under 25."""
    offered = of_south(WAITING, (12, YOUNG), (640, OLD))
    found = unmet_by_lists(terms(), categories(), [enough("north"), offered])
    assert [(problem.code, problem.what) for problem in found] == [
        ("terms.unmet.category", "640 of them fall outside the agreed categories")
    ]
    assert "652 people on the list that waits for signatures" in found[0].where


def test_lists_that_meet_the_terms_leave_nothing_to_say() -> None:
    assert unmet_by_lists(terms(), categories(), [enough("north"), enough("south")]) == []


def test_a_list_too_short_for_its_total_is_told_with_how_many_are_missing_and_how_many_are_open() -> None:
    short = of_south(ANSWERED, (9, YOUNG), (2, OPEN))
    found = unmet_by_lists(terms(), categories(), [enough("north"), short])
    assert codes(found) == ["uncertain", "total"]
    assert "9 of the people sought and answered held count" in found[1].what
    assert "the total is 12, so 3 are missing, unless 2 whose records leave it open count, too" in found[1].what


def test_everyone_of_a_category_is_more_than_the_total_says() -> None:
    found = unmet_by_lists(terms(), categories(), [enough("north"), of_south(ANSWERED, (15, YOUNG))])
    assert codes(found) == ["all"]
    assert "15 people is to go; the total is 12" in found[0].what


def test_whoever_goes_outside_the_ratio_needs_a_seat_too() -> None:
    """Forty seats: twelve in the ratio, and thirty wounded of whom all go."""
    found = unmet_by_lists(terms(), categories(), [enough("north"), of_south(ANSWERED, (12, YOUNG), (30, WOUNDED))])
    assert codes(found) == ["seats"]
    assert found[0].what == "42 people leave, 30 of them outside the ratio; there are seats for 40"
    fitting = of_south(ANSWERED, (12, YOUNG), (28, WOUNDED))
    assert unmet_by_lists(terms(), categories(), [enough("north"), fitting]) == []


def test_wounded_who_are_held_and_whom_nobody_has_sought_are_not_forgotten() -> None:
    held, answered = of_south(HELD, (12, YOUNG), (7, WOUNDED)), of_south(ANSWERED, (12, YOUNG), (4, WOUNDED))
    found = unmet_by_lists(terms(), categories(), [enough("north"), held, answered])
    assert codes(found) == ["unsought"]
    assert found[0].what.startswith("3 more are held")


def test_the_surest_list_of_each_party_decides() -> None:
    """What is sought is a hope; what is held is a chance; what is answered, waits or is in force is a list."""
    lists = [
        Listed("south", ("south",), SOUGHT, [YOUNG] * 99), of_south(HELD, (12, YOUNG)), of_south(ANSWERED, (11, YOUNG)),
        of_south(WAITING, (10, YOUNG)), of_south(IN_FORCE, (9, YOUNG)),
    ]  # fmt: skip
    for last, missing in zip(range(5, 2, -1), (3, 2, 1), strict=True):
        found = unmet_by_lists(terms(), categories(), [enough("north"), *lists[:last]])
        assert next(p.what for p in found if p.code == "terms.unmet.total").endswith(f"so {missing} are missing")


def test_a_side_whose_parties_are_not_all_known_is_not_called_short() -> None:
    sides = {"north": ("alba", "gora"), "south": ("south",)}
    wide = terms(sides=sides, parties=("alba", "gora", "south"))
    alone = Listed("north", ("alba",), HELD, [YOUNG])
    found = unmet_by_lists(wide, categories(), [alone, enough("south")])
    assert codes(found) == ["unknown"]
    assert "gora" in found[0].what
    both = Listed("north", ("gora",), HELD, [YOUNG])
    assert codes(unmet_by_lists(wide, categories(), [alone, both, enough("south")])) == ["total"]


def test_somebody_whom_a_category_inside_the_ratio_would_count_and_may_not() -> None:
    only = tuple(category for category in categories() if category.counts)
    found = unmet_by_lists(terms(), only, [enough("north"), of_south(HELD, (13, YOUNG), (2, {**YOUNG, **WOUNDED}))])
    assert codes(found) == ["counted", "all"]


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "date_of_birth": st.sampled_from(("2004-05", "1980", "200X", "not a date")),
        "medical_category": st.sampled_from(("fit", "seriously_wounded")),
    },
)


@given(st.lists(FIELDS, max_size=12))
def test_nobody_on_a_list_is_lost_or_told_twice(people: list[dict[str, str]]) -> None:
    (fit,) = fits_of(terms(), categories(), [Listed("south", ("south",), HELD, people)])
    assert sum(fit.by_category.values()) + fit.none + fit.uncertain + fit.never == fit.people == len(people)


@given(st.lists(FIELDS, max_size=12), st.lists(FIELDS, max_size=6))
def test_more_people_held_make_no_total_shorter(people: list[dict[str, str]], more: list[dict[str, str]]) -> None:
    """What is missing of a total only falls as people are found; and the order of a list says nothing."""

    def missing(held: list[dict[str, str]]) -> int:
        found = unmet_by_lists(terms(), categories(), [enough("north"), Listed("south", ("south",), HELD, held)])
        told = [p.what for p in found if p.code == "terms.unmet.total"]
        return int(re.findall(r"so (\d+) are missing", told[0])[0]) if told else 0

    assert missing(people + more) <= missing(people)
    assert missing(people[::-1]) == missing(people)


# --- without lists ----------------------------------------------------------------------------------------------------


def by_terms(changed: Terms, today: str | None = None, text: str = TEXT, historical: bool = False) -> list[Problem]:
    return unmet_by_terms(changed, categories(text, historical), lead_times(), today)


def placed(**capacity: int) -> Terms:
    plain = terms()
    (stage,) = plain.stages
    return replace(plain, stages=(replace(stage, places=(PlaceTerms("bridge", 3, capacity),)),))


def on_time(plain: Terms) -> Terms:
    return replace(plain, answers_due="2025-11-29")


def test_the_example_asks_for_answers_too_late_and_for_nothing_else_that_cannot_be() -> None:
    (found,) = by_terms(terms())
    assert (found.code, "by 2025-11-30" in found.what) == ("terms.unmet.answers", True)
    assert by_terms(on_time(terms())) == []


@pytest.mark.parametrize(
    ("north", "south", "expected"),
    [
        (10, 12, []),
        (9, 12, ["seats"]),
        (10, 11, ["seats"]),
        (40, 12, []),
    ],
)
def test_seats_are_held_against_totals(north: int, south: int, expected: list[str]) -> None:
    assert codes(by_terms(on_time(placed(north=north, south=south)))) == expected


def test_seats_that_the_bound_keeps_from_being_used_are_no_seats() -> None:
    """Two places, each for one direction only: nobody may get further ahead at either than its bound."""
    plain = terms()
    (stage,) = plain.stages
    one_way = (PlaceTerms("bridge", 3, {"north": 40, "south": 0}), PlaceTerms("quay", 3, {"north": 0, "south": 40}))
    found = by_terms(on_time(replace(plain, stages=(replace(stage, places=one_way),))))
    assert codes(found) == ["bound", "bound"]
    assert "3 of them at most can count; 10 are to go" in found[0].what  # one step of north is the larger one


def test_a_register_that_no_holder_is_shown_gets_no_answer() -> None:
    fields = ("family_name",)
    assert codes(by_terms(on_time(terms(disclosure=Disclosure(("neutral",), fields))))) == ["disclosure"]
    assert by_terms(on_time(terms(disclosure=Disclosure(("holder", "neutral"), fields)))) == []


def test_several_parties_of_one_side_need_a_bound_for_each() -> None:
    sides = {"north": ("alba", "gora", "west"), "south": ("south",)}
    wide = on_time(terms(sides=sides, parties=("alba", "gora", "south", "west")))
    assert by_terms(wide) == []  # a bound of 3 for three
    (stage,) = wide.stages
    narrow = replace(stage, places=(replace(stage.places[0], bound=2),))
    assert codes(by_terms(replace(wide, stages=(narrow,)))) == ["step"]


def test_points_of_a_past_exchange_fill_a_total_with_fewer_people() -> None:
    text = 'historical = true\n' + TEXT.replace("counts = true", "counts = true\npoints = 4").replace(
        "bound = 6", "bound = 8").replace("bound = 3", "bound = 4")  # fmt: skip
    plain = on_time(terms(text))
    (stage,) = plain.stages
    few = replace(plain, stages=(replace(stage, places=(PlaceTerms("bridge", 4, {"north": 3, "south": 3}),)),))
    assert by_terms(few, text=text, historical=True) == []
    fewer = replace(plain, stages=(replace(stage, places=(PlaceTerms("bridge", 4, {"north": 2, "south": 3}),)),))
    assert codes(by_terms(fewer, text=text, historical=True)) == ["seats"]


def test_days_that_are_too_short_are_told_from_the_logs_day_on() -> None:
    assert by_terms(on_time(terms()), today="2025-11-20") == []
    (found,) = by_terms(on_time(terms()), today="2025-12-01")
    assert found.code == "terms.unmet.days"
    assert found.what.startswith("stands on 2025-12-10; from 2025-12-01 on")
