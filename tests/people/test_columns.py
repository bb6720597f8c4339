"""The column map: guessed by headings, shown with samples, corrected by a person, written and read back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.people.columns import (
    MAPPABLE,
    ColumnMap,
    columns_from_toml,
    columns_to_toml,
    fields_of,
    parse_map,
    understood,
)
from repatria.people.headings import plain_heading
from repatria.people.register import read_register
from repatria.people.table import table_of
from repatria.problem import Problems

TABLE = table_of(
    "f.csv",
    ["Прізвище", "Позивний", "", "Ім'я", "Дата народження"],
    [["Вигаданий", "Тінь", "x", "Тест", "1990"], ["Уявний", "", "x", "Тест", ""], ["Третій", "Тінь", "y", "", ""]],
)


def test_each_column_is_shown_with_its_field_who_says_so_and_its_first_different_entries() -> None:
    shown = understood(TABLE, parse_map(["C=unit"]))
    assert [(column.letters, column.field, column.by, column.samples) for column in shown] == [
        ("A", "family_name", "heading", ("Вигаданий", "Уявний", "Третій")),
        ("B", None, "nothing", ("Тінь",)),
        ("C", "unit", "map", ("x", "y")),
        ("D", "given_names", "heading", ("Тест",)),
        ("E", "date_of_birth", "heading", ("1990",)),
    ]


def test_a_map_names_columns_by_heading_or_letter_and_overrules_the_guess() -> None:
    assert fields_of(TABLE, parse_map(["позивний=rank", "C=unit", "D=unknown"])) == [
        "family_name", "rank", "unit", None, "date_of_birth",
    ]  # fmt: skip


def test_a_column_left_aside_is_kept_as_it_stands() -> None:
    table = table_of("f.csv", ["surname", "first name", "dob", "rank"], [["A", "B", "1990", "x"]])
    reading = read_register(table, "sought", "north", said=parse_map(["rank=unknown"]))
    assert (reading.persons[0].rank, reading.extras) == (None, ({"unknown:as written: rank": "x"},))


def test_what_a_person_said_of_a_column_is_guessed_for_no_other() -> None:
    table = table_of("f.csv", ["surname", "given", "birth_raw", "birth_year"], [])
    assert fields_of(table)[2:] == [None, "date_of_birth"]
    assert fields_of(table, parse_map(["birth_raw=date_of_birth"]))[2:] == ["date_of_birth", None]
    assert fields_of(table, parse_map(["A=name_whole"])) == ["name_whole", None, None, "date_of_birth"]


def test_a_letter_is_remembered_as_the_heading_that_it_meant() -> None:
    said = parse_map(["B=rank", "C=unit"]).by_heading(TABLE)
    assert said.fields == {"позивний": "rank", "c": "unit"}


def test_what_is_said_now_stands_over_what_is_remembered() -> None:
    assert parse_map(["x=rank"]).over(parse_map(["X=unit", "y=unit"])).fields == {"x": "rank", "y": "unit"}


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["rank"], "import.map.form"),
        (["=rank"], "import.map.form"),
        (["x=shoe_size"], "import.map.form"),
        (["x=rank", "X:=unit"], "import.map.twice"),
    ],
)
def test_a_map_that_says_nothing_that_can_be_done_is_refused(texts: list[str], code: str) -> None:
    with pytest.raises(Problems) as raised:
        parse_map(texts)
    assert [problem.code for problem in raised.value.problems] == [code]


def test_a_heading_of_a_million_signs_is_no_heading_and_takes_no_time() -> None:
    started = time.process_time()
    assert fields_of(table_of("f.csv", ["." * 500_000 + "x", "surname" + " " * 500_000 + "x"], [])) == [None, None]
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", ["", "columns = 1", "[columns]\nx = 1", "[columns", "x" * 10])
def test_a_file_that_holds_no_map_is_refused(text: str) -> None:
    with pytest.raises(Problems) as raised:
        columns_from_toml(text)
    assert [problem.code for problem in raised.value.problems] == ["import.map.file"]


HEADINGS = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
    .map(plain_heading)
    .filter(lambda text: bool(text) and plain_heading(text) == text)
)


@given(st.dictionaries(HEADINGS, st.sampled_from(MAPPABLE)))
def test_a_map_that_is_written_is_read_back(fields: dict[str, str]) -> None:
    assert columns_from_toml(columns_to_toml(ColumnMap(fields))) == ColumnMap(fields)
