"""Categories decide classes; law and doubt come before convenience."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.deal.classes import (
    Age,
    Category,
    ClassKey,
    In,
    PersonClass,
    check_categories,
    classify,
    decode_classes,
    draft_classes,
    encode_classes,
    format_categories,
    parse_categories,
)
from repatria.ledger.canonical import encode
from repatria.people.dates import PartialDate
from repatria.problem import Problem, Problems

ON = date(2025, 12, 10)
WOUNDED = Category("wounded", 0, False, True, (In("medical_category", ("seriously_wounded", "seriously_sick")),))
YOUNG = Category("young", 1, True, True, (Age(under=25),))
WOMEN = Category("women", 2, True, False, (In("sex", ("female",)),))
REST = Category("rest", 3, True, False, order="captivity_months", since="2022-02")
ALL = (WOUNDED, YOUNG, WOMEN, REST)


def key(**fields: object) -> ClassKey:
    found = classify({"date_of_birth": "1980", "capture_date": "2022-03-01", **fields}, ALL, ON)
    assert isinstance(found, ClassKey), str(found)
    return found


def problem(categories: tuple[Category, ...] = ALL, **fields: object) -> str:
    found = classify({"date_of_birth": "1980", "capture_date": "2022-03-01", **fields}, categories, ON)
    assert isinstance(found, Problem)
    return found.code


# --- classifying ------------------------------------------------------------------------------------------------------


def test_the_first_category_that_fits_wins() -> None:
    assert key(medical_category="seriously_wounded", date_of_birth="2003", sex="female") == ClassKey(0, 1, False, True)
    assert key(date_of_birth="2003", sex="female") == ClassKey(1, 1, True, True)
    assert key(sex="female") == ClassKey(2, 1, True, False)
    assert key() == ClassKey(4, 1, True, False)


def test_a_list_field_fits_where_any_of_its_values_does() -> None:
    category = Category("mothers", 0, True, False, (In("priority_grounds", ("pregnant", "mother_small_child")),))
    assert classify({"priority_grounds": ("minor", "pregnant")}, (category,), ON) == ClassKey(0, 1, True, False)
    assert problem((category,), priority_grounds=("minor",)) == "deal.category.none"


@pytest.mark.parametrize(
    ("born", "tier"),
    [
        ("2000-12-10", 4),  # 25 on the day
        ("2000-12-11", 1),  # 25 tomorrow
        ("2001", 1),  # at most 24 whatever the day
        ("1999", 4),
        (PartialDate.of_day(date(2000, 12, 11)), 1),
    ],
)
def test_age_is_counted_in_whole_years_on_the_day(born: object, tier: int) -> None:
    assert key(date_of_birth=born).tier == tier


@pytest.mark.parametrize("born", ["2000", "2000-12", "2000-12-09/2000-12-12", None, "", "unknown"])
def test_what_a_partial_date_leaves_open_a_person_decides(born: object) -> None:
    assert problem(date_of_birth=born) == "deal.category.uncertain"


def test_a_doubt_about_age_does_not_matter_where_another_predicate_says_no() -> None:
    young_women = Category("young-women", 1, True, False, (Age(under=25), In("sex", ("female",))))
    man = {"date_of_birth": "2000", "sex": "male", "capture_date": "2022-02"}
    assert classify(man, (young_women, REST), ON) == ClassKey(3, 1, True, False)
    assert problem((young_women, REST), date_of_birth="2000", sex="female") == "deal.category.uncertain"


def test_the_longest_in_captivity_come_first_month_by_month() -> None:
    captured = ["2014-08-29", "2022-02-24", "2022-03-31", "2022-04", "2025-11-02"]
    assert [key(capture_date=when).tier for when in captured] == [3, 3, 4, 5, 48]


def test_without_a_first_month_captivity_still_orders() -> None:
    rest = Category("rest", 3, True, False, order="captivity_months")
    tiers = [classify({"capture_date": when}, (rest,), ON) for when in ("2014-08", "2022-02", "2022-03")]
    assert all(isinstance(each, ClassKey) for each in tiers)
    assert sorted(tiers, key=lambda each: each.tier) == tiers  # type: ignore[union-attr]


@pytest.mark.parametrize("captured", ["2022", None, "2022-02/2022-03"])
def test_a_month_of_capture_that_is_not_certain_is_for_a_person_to_decide(captured: object) -> None:
    assert problem(capture_date=captured) == "deal.category.capture"


@pytest.mark.parametrize(
    ("field", "value", "article"),
    [
        ("person_category", "civilian_internee", "GC IV 34"),
        ("person_category", "retained_personnel", "GC III 33"),
        ("medical_category", "direct_repatriation", "GC III 109(1)"),
        ("medical_category", "seriously_wounded", "GC III 109(1)"),
        ("medical_category", "seriously_sick", "GC III 109(1)"),
    ],
)
def test_nobody_whom_the_law_keeps_out_of_a_ratio_slips_in_by_a_wide_category(
    field: str, value: str, article: str
) -> None:
    found = classify({field: value, "capture_date": "2022-03"}, (REST,), ON)
    assert isinstance(found, Problem)
    assert (found.code, found.article) == ("deal.category.counted", article)
    before = Category("before", 0, False, True, (In(field, (value,)),))
    assert classify({field: value, "capture_date": "2022-03"}, (before, REST), ON) == ClassKey(0, 1, False, True)


def test_a_family_weighs_what_it_is_told_to() -> None:
    found = classify({"capture_date": "2022-02"}, (REST,), ON, weight=4)
    assert found == ClassKey(3, 4, True, False)


# --- categories before anyone signs -----------------------------------------------------------------------------------


def test_sound_categories_have_no_problem() -> None:
    assert check_categories(ALL) == []


@pytest.mark.parametrize(
    ("field", "article"),
    [
        ("race", "GC III 16"),
        ("religion", "GC III 16"),
        ("political_opinion", "GC III 16"),
        ("nationality", "GC III 16"),
        ("wish_to_return", "GC III 109(3)"),
    ],
)
def test_a_category_on_an_adverse_ground_is_refused_with_its_article(field: str, article: str) -> None:
    (found,) = check_categories((Category("x", 0, True, False, (In(field, ("y",)),)),))
    assert (found.code, found.article) == ("deal.category.adverse", article)


def test_a_category_on_a_field_that_could_stand_in_for_one_is_refused() -> None:
    (found,) = check_categories((Category("x", 0, True, False, (In("place_of_birth", ("y",)),)),))
    assert found.code == "deal.category.field"


@pytest.mark.parametrize(
    ("field", "value", "article"),
    [
        ("person_category", "civilian_internee", "GC IV 34"),
        ("person_category", "retained_personnel", "GC III 33"),
        ("medical_category", "direct_repatriation", "GC III 109(1)"),
        ("medical_category", "seriously_sick", "GC III 109(1)"),
        ("person_category", "deceased", "GC I 17"),
    ],
)
def test_a_category_that_prices_whom_the_law_protects_is_refused(field: str, value: str, article: str) -> None:
    bad = Category("x", 0, True, False, (In(field, (value,)),))
    (found,) = check_categories((bad,))
    assert (found.code, found.article) == ("deal.category.counted", article)
    assert check_categories((Category("x", 0, False, False, (In(field, (value,)),)),)) == []


@pytest.mark.parametrize(
    ("categories", "code"),
    [
        ((YOUNG, YOUNG), "deal.category.twice"),
        ((REST, YOUNG), "deal.category.order"),
        ((YOUNG, Category("rest", 1, True, False, order="captivity_months")), "deal.category.tier"),
        ((Category("rest", 1, True, False, order="alphabet"),), "deal.category.order"),
        ((Category("x", -1, True, False),), "deal.category.tier"),
        ((Category("x", 1, True, False, account="civilians"),), "deal.category.account"),
        ((Category("x", 1, True, False, points=60),), "deal.category.price"),
        ((Category("x", 1, True, False, points=0),), "deal.category.points"),
        ((Category("x", 1, False, False, account="exchange"),), "deal.category.account"),
        ((Category("x", 1, False, False, account="ransom"),), "deal.category.account"),
        ((Category("x", 1, True, False, (Age(),)),), "deal.category.age"),
        ((Category("x", 1, True, False, (In("sex", ()),)),), "deal.category.empty"),
        ((Category("x", 1, True, False, order="captivity_months", since="2022"),), "deal.category.since"),
    ],
)
def test_categories_out_of_order_are_refused(categories: tuple[Category, ...], code: str) -> None:
    assert code in {p.code for p in check_categories(categories)}


def test_categories_survive_the_annex() -> None:
    parsed, problems = parse_categories(format_categories(ALL))
    assert problems == []
    assert parsed == ALL


@pytest.mark.parametrize(
    "table",
    [
        "x",
        {"id": 3, "tier": 1, "counts": True},
        {"id": "x", "tier": True, "counts": True},
        {"id": "x", "tier": 1},
        {"id": "x", "tier": 1, "counts": True, "all": 1},
        {"id": "x", "tier": 1, "counts": True, "price": 3},
        {"id": "x", "tier": 1, "counts": True, "when": []},
        {"id": "x", "tier": 1, "counts": True, "when": {"sex": "female"}},
        {"id": "x", "tier": 1, "counts": True, "when": {"age_under": "25"}},
        {"id": "x", "tier": 1, "counts": True, "since": 2022},
    ],
)
def test_a_table_out_of_form_is_a_problem_and_never_an_exception(table: object) -> None:
    parsed, problems = parse_categories([table, {"id": "rest", "tier": 3, "counts": True}])
    assert [c.id for c in parsed] == ["rest"]
    assert {p.code for p in problems} == {"deal.form"}
    assert parse_categories({"id": "x"})[1]


# --- class tables -----------------------------------------------------------------------------------------------------

keys = st.builds(ClassKey, st.integers(0, 99), st.integers(1, 9), st.booleans(), st.booleans())


@given(st.lists(keys), st.randoms(use_true_random=False))
def test_a_class_table_reads_back_as_it_was_written(wanted: list[ClassKey], source: random.Random) -> None:
    drafted = draft_classes(wanted, source.randbytes)
    assert set(drafted) == set(wanted)
    assert all(drafted[k].key == k for k in wanted)
    assert decode_classes(encode_classes(drafted.values())) == {c.class_id: c for c in drafted.values()}


def test_ids_are_drawn_again_where_they_collide() -> None:
    stream = iter([b"a" * 16, b"a" * 16, b"b" * 16])
    drafted = draft_classes([ClassKey(0, 1, True, False), ClassKey(1, 1, True, False)], lambda n: next(stream))
    assert len({c.class_id for c in drafted.values()}) == 2


def test_an_id_says_nothing_of_the_class() -> None:
    one = draft_classes([ClassKey(0, 1, True, False)], lambda n: b"a" * n)
    other = draft_classes([ClassKey(9, 3, False, True)], lambda n: b"a" * n)
    assert {c.class_id for c in one.values()} == {c.class_id for c in other.values()}


ROW = {"class": "a" * 32, "weight": 1, "tier": 0, "counts": True, "all": False, "account": "exchange"}


def table(*rows: object) -> bytes:
    return encode({"v": 1, "kind": "classes", "classes": list(rows)})


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"not json",
        encode([]),
        encode({"v": 2, "kind": "classes", "classes": []}),
        encode({"v": 1, "kind": "list", "classes": []}),
        encode({"v": 1, "kind": "classes", "classes": {}}),
        encode({"v": 1, "kind": "classes", "classes": [], "more": 1}),
        table("x"),
        table({**ROW, "more": 1}),
        table({**ROW, "class": "A" * 32}),
        table({**ROW, "class": 3}),
        table({**ROW, "weight": 0}),
        table({**ROW, "weight": True}),
        table({**ROW, "tier": -1}),
        table({**ROW, "counts": 1}),
        table({**ROW, "all": None}),
        table({**ROW, "account": "ransom"}),
        table({**ROW, "account": "civilians"}),
        table({**ROW, "counts": False}),
        table(ROW, ROW),
        table({**ROW, "class": "b" * 32}, ROW),
        table(ROW) + b"\n",
    ],
)
def test_a_class_table_out_of_form_is_refused(data: bytes) -> None:
    assert decode_classes(table(ROW))
    with pytest.raises(Problems):
        decode_classes(data)


def test_every_problem_of_a_class_table_comes_at_once() -> None:
    rows: list[Any] = [{**ROW, "weight": 0, "tier": -1}, {**ROW, "class": "b" * 32, "counts": 2}]
    with pytest.raises(Problems) as raised:
        decode_classes(table(*rows))
    assert [p.where for p in raised.value.problems] == ["classes, class 1", "classes, class 1", "classes, class 2"]
    assert decode_classes(table(ROW)) == {"a" * 32: PersonClass("a" * 32, 1, 0, True, False)}


# --- points, for exchanges of the past -------------------------------------------------------------------------------

GENERAL = Category("general", 1, True, False, (In("rank", ("general",)),), points=60)


def test_ranks_stand_for_points_only_in_a_historical_exchange() -> None:
    (found,) = check_categories((GENERAL,))
    assert (found.code, found.article) == ("deal.category.price", "GC IV 34")
    assert check_categories((GENERAL,), historical=True) == []
    assert classify({"rank": "general"}, (GENERAL,), ON) == ClassKey(1, 60, True, False)


def test_outside_the_ratio_nobody_stands_for_points_in_any_exchange() -> None:
    outside = Category("sick", 0, False, True, points=60)
    assert [problem.code for problem in check_categories((outside,), historical=True)] == ["deal.category.price"]


def test_a_record_with_several_grounds_in_its_text_fits_a_category_for_any_of_them() -> None:
    """A register keeps a list field as one text, `minor;pregnant`: neither ground may be overlooked."""
    ahead = Category("ahead", 0, True, True, (In("priority_grounds", ("pregnant",)),))
    rest = Category("rest", 1, True)
    for text, tier in (("pregnant", 0), ("minor;pregnant", 0), ("minor", 1), ("none", 1)):
        key = classify({"priority_grounds": text}, (ahead, rest), date(2025, 12, 1))
        assert isinstance(key, ClassKey)
        assert key.tier == tier
