"""A list that is written comes back as the same records: every field, every value, every language, XLSX and CSV."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.files.lists import format_annotated, format_template, write_list
from repatria.files.locales import load_language
from repatria.files.tables import format_csv, parse_table, read_table
from repatria.files.workbook import parse_workbook
from repatria.people.columns import parse_map
from repatria.people.dates import PartialDate
from repatria.people.person import FIELDS, FitToTravel, ListKind, Person, ProofOfLife, field_choices, person_to_fields
from repatria.people.register import MANDATORY, read_register, register_fields
from repatria.people.table import Table, table_of
from repatria.people.vocabulary import HEADINGS, LANGUAGES, heading_of, word_for, word_of
from repatria.people.written import SEVERAL, TEMPLATE, choices, write_register, written

printable = st.characters(exclude_categories=["C", "Z"], exclude_characters="|", include_characters=" ")
texts = st.text(printable, max_size=20).map(lambda text: text.strip() or "x")
hostile = st.sampled_from(
    ["=1+1", "+7", "-", "@x", "'=1", "''", "|", "00123", "1e5", "TRUE", "1990-01-01", "_x0041_", "a;b,c"]
)
some_text = texts | hostile
days = st.dates(date(1800, 1, 1), date(2100, 12, 31))
dates = (
    st.builds(PartialDate.of_day, days)
    | st.builds(PartialDate.of_year, st.integers(1800, 2100))
    | st.builds(PartialDate.of_month, st.integers(1800, 2100), st.integers(1, 12))
    | st.tuples(days, days).map(lambda pair: PartialDate(min(pair), max(pair)))
)
names = st.tuples(st.sampled_from(["Latn", "Cyrl", "Arab"]), texts)


def values(name: str) -> st.SearchStrategy[Any]:
    if name in SEVERAL:
        words = field_choices(name)
        return st.sets(st.sampled_from(words)).map(lambda chosen: tuple(word for word in words if word in chosen))
    if name in ("date_of_birth", "capture_date", "valid_until"):
        return dates
    special: dict[str, st.SearchStrategy[Any]] = {
        "alternate_names": st.lists(names, min_size=1, max_size=3).map(lambda pairs: tuple(sorted(set(pairs)))),
        "fit_to_travel": st.builds(FitToTravel, dates, texts),
        "proof_of_life": st.builds(ProofOfLife, dates, texts),
        "record_id": st.none(),
    }
    if name in special:
        return special[name]
    return st.sampled_from(field_choices(name)) if field_choices(name) else some_text


WRITTEN = [name for name in HEADINGS["en"] if name not in ("source_party", "list_kind")]
people = st.fixed_dictionaries({}, optional={name: values(name) for name in WRITTEN})
extras = st.dictionaries(st.sampled_from(["unknown:Shoe size", "unknown:=1+1", "unknown:Розмір"]), some_text)


def records(given: list[tuple[dict[str, Any], dict[str, str]]], kind: ListKind) -> list[dict[str, str]]:
    own = {"source_party": "north", "list_kind": kind}
    must = {name: PartialDate.of_year(1990) if name.startswith("date") else "Invented" for name in MANDATORY[kind]}
    return [
        dict(register_fields(Person(**(must | fields | own | {"record_id": f"R{at}"})), more))
        for at, (fields, more) in enumerate(given)
    ]


def read_back(table: Table, kind: ListKind) -> list[dict[str, str]]:
    reading = read_register(table, kind, "north")
    assert reading.stopping == ()
    return [dict(register_fields(*each)) for each in zip(reading.persons, reading.extras, strict=True)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(people, extras), min_size=1, max_size=4), st.sampled_from(LANGUAGES),
       st.sampled_from(["held", "sought", "missing", "remains"]))  # fmt: skip
def test_a_list_written_as_a_text_table_comes_back_the_same(given: Any, language: str, kind: ListKind) -> None:
    wanted = records(given, kind)
    assert read_back(parse_table(format_csv(*write_register(wanted, kind, language)), "f.csv"), kind) == wanted


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(people, extras), min_size=8, max_size=12), st.sampled_from(LANGUAGES))
def test_a_list_written_as_a_workbook_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, given: Any, language: str
) -> None:
    wanted = records(given, "remains")
    path = tmp_path_factory.mktemp("list") / "list.xlsx"
    write_list(path, wanted, "remains", load_language(language))
    assert read_back(read_table(path), "remains") == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_every_field_comes_back_in_every_language(language: str) -> None:
    assert set(HEADINGS[language]) == set(FIELDS) - {"national_id", "wish_to_return"}
    for name, heading in HEADINGS[language].items():
        assert heading_of(heading) == name
        for word in field_choices(name):
            assert word_of(name, word_for(name, word, language)) == word


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_is_read_with_every_column_known_and_its_words_are_taken_back(language: str) -> None:
    table = parse_workbook(format_template("held", load_language(language)), "t.xlsx")
    reading = read_register(table, "held", "north")
    assert [problem.code for problem in reading.stopping] == ["import.table.empty"]
    assert (reading.unknown_columns, tuple(reading.headings)) == ((), TEMPLATE)
    for at, words in choices(TEMPLATE, language).items():
        assert [word_of(TEMPLATE[at], word) for word in words] == list(field_choices(TEMPLATE[at]))


def test_a_template_in_arabic_reads_from_right_to_left() -> None:
    import io

    from openpyxl import load_workbook

    for code in LANGUAGES:
        book = load_workbook(io.BytesIO(format_template("held", load_language(code))))
        assert [bool(sheet.sheet_view.rightToLeft) for sheet in book.worksheets[:2]] == [code == "ar"] * 2


def test_the_senders_own_file_comes_back_with_every_problem_at_its_cell() -> None:
    import io

    from openpyxl import load_workbook

    rows = "family_name;given_names;date_of_birth\n\nInvented;Test;1990-02-30\n;Other;1990\nInvented;Third;1991\n"
    table = parse_table(rows.encode(), "f.csv")
    found = read_register(table, "sought", "north").problems
    sheet, listed = load_workbook(io.BytesIO(format_annotated(table, found))).worksheets
    marked = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
    assert {at: text.split(".")[0] for at, text in marked.items()} == {
        "C3": "not a calendar date (the day exceeds its month); it is recorded as unknown, and kept as it stands",
        "A4": "no entry; it is recorded as unknown",
    }
    assert [cell.value for cell in sheet[5]] == ["Invented", "Third", "1991"]
    assert [row[4].value for row in listed.iter_rows(min_row=2)] == [problem.code for problem in found]


def test_what_a_cell_said_goes_out_and_comes_back_as_the_same_record() -> None:
    heading = ["record id", "ПІБ", "Дата народження", "стать", "birth_year", "ім'я батька"]
    rows = [
        ["1", "Вигаданий, Тест", "30.02.1990", "висока", "1990", "x"],
        ["2", "Інша Олена Петрівна", "05.03.1990", "жіноча", "", ""],
        ["3", "Один", "1990", "", "1990", ""],
    ]
    said = parse_map(["Дата народження=date_of_birth", "F=unknown"])
    reading = read_register(table_of("f.csv", heading, rows), "sought", "north", said=said)
    records = [dict(register_fields(*each)) for each in zip(reading.persons, reading.extras, strict=True)]
    assert sum(name.startswith("unknown:as written: ") for record in records for name in record) == 8
    again = read_register(table_of("g.csv", *write_register(records, "sought", "uk")), "sought", "north")
    assert (again.stopping, again.rows) == ((), (2, 3, 4))
    assert [dict(register_fields(*each)) for each in zip(again.persons, again.extras, strict=True)] == records


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_of_no_list_that_another_members_letter_has_stands_as_it_is(language: str) -> None:
    """A letter is another's: no field's word is taken for known, and no file of many people fails for one of them."""
    record = {"family_name": "Invented", "sex": "a_strange_word", "sharing_consent": "family;<b>"}
    heading, (row,) = write_register([record], "sought", language)
    assert row[heading.index(HEADINGS[language]["sex"])] == "a_strange_word"
    assert row[heading.index(HEADINGS[language]["sharing_consent"])].endswith("; <b>")
    assert written("no_field_of_ours", "x", language) == "x"


def test_a_text_table_has_its_data_dictionary_beside_it_and_both_are_the_owners(tmp_path: Path) -> None:
    person = Person(family_name="Invented", sex="female")
    write_list(tmp_path / "list.csv", [person_to_fields(person)], "missing", load_language("uk"))
    table = read_table(tmp_path / "list.columns.csv")
    assert [row.cells[1] for row in table.rows] == ["family_name", "sex"]
    assert table.rows[1].cells[4] == "жіноча; чоловіча; інша; невідомо"
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
