"""Who is listed twice in one register, and why; and who only looks so."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.linkage import within
from repatria.linkage.compare import Record
from repatria.linkage.within import Doubled, doubled


def person(row: int, family: str = "", given: str = "", born: str = "", number: str = "", father: str = "") -> Record:
    fields = {"family_name": family, "given_names": given, "date_of_birth": born, "service_number": number,
              "father_name": father}  # fmt: skip
    return Record(row, {name: text for name, text in fields.items() if text})


KOVALENKO = ("Коваленко", "Сергій", "1990-03-05")


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (("A", "B", "1990", "AB-123"), ("C", "D", "1980", "ав 123"), within.NUMBER),
        (KOVALENKO, ("KOVALENKO", "Sergey", "1990-03-05"), within.NAME_AND_DAY),
        (KOVALENKO, ("Коваленко", "Сергей", "1990-03"), within.NAME_AND_SPAN),
        (("Вигаданий", "", "1990"), ("Vyhadanyi", "", "1990-03-05"), within.NAME_AND_SPAN),
        (KOVALENKO, ("Коваленкос", "Сергій", "1990-03-05"), within.NEAR_FAMILY),
        (KOVALENKO, ("Коваленко", "Сергійко", "1990-03-05"), within.NEAR_GIVEN),
    ],
)
def test_two_rows_that_may_be_one_person_are_found_with_the_reason(
    one: tuple[str, ...], other: tuple[str, ...], reason: str
) -> None:
    assert doubled([person(2, *one), person(9, *other)]) == [Doubled((2, 9), reason)]


@pytest.mark.parametrize(
    "other",
    [
        ("Коваленко", "Сергій", "1990-03-06"),
        ("Коваленко", "Сергій", ""),
        ("Коваленко", "Андрій", "1990-03-05"),
        ("Шевчук", "Сергій", "1990-03-05"),
        ("Коваленко", "", "1990-03-05"),
        ("Коваленко", "Сергій", "1990-03-05", "", "Петро"),
    ],
)
def test_two_people_who_only_share_something_are_not_said_to_be_one(other: tuple[str, ...]) -> None:
    assert doubled([person(2, *KOVALENKO, "", "Іванович"), person(9, *other)]) == []


def test_a_father_who_is_not_known_keeps_nobody_apart() -> None:
    rows = [person(2, *KOVALENKO, "", "Іван"), person(3, *KOVALENKO, "", "Петро"), person(4, *KOVALENKO)]
    assert [each.rows for each in doubled(rows)] == [(2, 4), (3, 4)]


def test_a_group_is_told_once_by_the_first_rule_that_finds_it() -> None:
    rows = [person(row, *KOVALENKO, "AB-1") for row in (5, 3, 4)]
    assert doubled(rows) == [Doubled((3, 4, 5), within.NUMBER)]


@given(st.permutations([person(2, *KOVALENKO), person(3, "Kovalenko", "Sergey", "1990"), person(4, "A", "B", "", "7"),
                        person(5, "C", "D", "", "7"), person(6, "Коваленкос", "Сергій", "1990-03-05")]))  # fmt: skip
def test_the_groups_do_not_depend_on_the_order_of_the_rows(rows: list[Record]) -> None:
    assert doubled(rows) == doubled(sorted(rows, key=lambda each: each.row))


def test_a_column_filled_with_one_default_does_not_hang() -> None:
    started = time.process_time()
    rows = [person(row, f"Family{row}", "Test", "1990-01-01", "none") for row in range(20_000)]
    assert [each.reason for each in doubled(rows)] == [within.NUMBER]
    assert time.process_time() - started < 10
