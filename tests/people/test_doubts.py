"""What to look at in a list: implausible dates, the wrong list, gaps by category; each beside the row that is well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from repatria.people.doubts import SHALL_BE_KNOWN, Gap, doubts, gap_notes, gaps
from repatria.people.person import FIELDS, ListKind
from repatria.people.quality import quality
from repatria.people.register import read_register
from repatria.people.table import Table, table_of

TODAY = date(2025, 12, 1)
SOUGHT = ["family_name", "given_names", "date_of_birth"]


def doubted(heading: Sequence[str], *rows: Sequence[str], kind: ListKind = "sought") -> list[tuple[str, str]]:
    table = table_of("f.csv", heading, rows)
    found = doubts(table, read_register(table, kind, "north"), kind, "north", TODAY)
    return [(problem.code, problem.where.removeprefix("f.csv, ")) for problem in found]


def born(birth: str, capture: str = "") -> list[str]:
    return [code for code, _ in doubted([*SOUGHT, "capture_date"], ["Invented", "Test", birth, capture])]


@pytest.mark.parametrize(
    ("birth", "capture", "code"),
    [
        ("1990-03-05", "1989-03-05", "import.date.order"),
        ("2011-06-01", "2025-05-31", "import.age"),
        ("1934-01-01", "2025-02-01", "import.age"),
        ("1914-01-01", "", "import.age"),
        ("2025-12-02", "", "import.date.future"),
        ("1990-03-05", "2026", "import.date.future"),
    ],
)
def test_an_implausible_date_is_doubted(birth: str, capture: str, code: str) -> None:
    assert born(birth, capture) == [code]


@pytest.mark.parametrize(
    ("birth", "capture"),
    [("1990", "1990-03-05/2024-01-01"), ("2011-05-31", "2025-05-31"), ("1935", "2025-12-01"), ("1916", ""),
     ("2025", ""), ("2011", "2025"), ("", "2024-01-01")],
)  # fmt: skip
def test_a_date_with_one_plausible_reading_is_not_doubted(birth: str, capture: str) -> None:
    assert born(birth, capture) == []


def test_everything_is_told_at_once_beside_what_stops_the_file() -> None:
    heading = [*SOUGHT, "capture_date", "custody_status"]
    rows = [
        ["Invented\u202e", "Test", "1990-02-20", "2030-01-01", "released"],
        ["", "Test", "1990-01-01", "1980-01-01", "sought"],
        ["", "", "1990", "", ""],
    ]
    assert doubted(heading, *rows) == [
        ("import.date.future", 'row 2, "capture_date"'),
        ("import.list.wrong", 'row 2, "custody_status"'),
        ("import.date.order", 'row 3, "capture_date"'),
    ]
    assert len(read_register(table_of("f.csv", heading, rows), "sought", "north").stopping) == 2


@pytest.mark.parametrize(
    ("kind", "column", "wrong", "right"),
    [
        ("held", "custody_status", "released", "acknowledged"),
        ("held", "person_category", "missing", "prisoner_of_war"),
        ("held", "power_on_which_depends", "North", "south"),
        ("sought", "custody_status", "repatriated", "claimed"),
        ("sought", "detaining_power", "north", "south"),
        ("missing", "custody_status", "icrc_confirmed", "unknown"),
        ("remains", "custody_status", "escaped", "deceased"),
        ("remains", "fit_to_travel", "2025-01-01 doctor", ""),
    ],
)
def test_somebody_on_the_wrong_list_is_doubted(kind: ListKind, column: str, wrong: str, right: str) -> None:
    heading = [*SOUGHT, "place_of_detention", column]
    rows = [["Invented", "Test", "1990", "camp 1", wrong], ["Invented", "Other", "1990", "camp 1", right]]
    assert doubted(heading, *rows, kind=kind) == [("import.list.wrong", f'row 2, "{column}"')]


def test_gaps_are_named_by_category_with_the_article_that_names_them() -> None:
    table = table_of("f.csv", [*SOUGHT, "person_category", "rank"], [
        ["Invented", "Test", "1990", "prisoner_of_war", ""],
        ["Invented", "Other", "1990", "civilian_internee", ""],
        ["Invented", "Third", "1990", "", ""],
    ])  # fmt: skip
    reading = read_register(table, "sought", "north")
    found = gaps(reading)
    assert [(gap.row, gap.category, gap.article) for gap in found] == [
        (2, "prisoner_of_war", "GC III 122(4)"), (3, "civilian_internee", "GC IV 138")
    ]  # fmt: skip
    assert "rank" in found[0].fields
    assert "rank" not in found[1].fields
    notes = gap_notes(table, reading)
    assert [note.where for note in notes if note.code == "import.gap.cell"] == ['f.csv, row 2, "rank"']
    assert sum(note.code == "import.gap.category" for note in notes) == 1
    columns = [note for note in notes if note.code == "import.gap.column"]
    assert {note.where for note in columns} == {"f.csv, row 1"}
    assert len(columns) == len({(name, gap.article) for gap in found for name in gap.fields if name != "rank"})


def test_a_complete_prisoner_of_war_has_no_gap() -> None:
    names = SHALL_BE_KNOWN["prisoner_of_war"][1]
    row = ["1990" if name == "date_of_birth" else "invented" for name in names]
    reading = read_register(table_of("f.csv", [*names, "person_category"], [[*row, "prisoner_of_war"]]), "sought", "n")
    assert gaps(reading) == []
    shorter = read_register(
        table_of("f.csv", [*names[:-1], "person_category"], [[*row[:-1], "prisoner_of_war"]]), "sought", "n"
    )
    assert gaps(shorter) == [Gap(2, "prisoner_of_war", (names[-1],), len(names), "GC III 122(4)")]


def test_every_field_that_an_article_is_said_to_name_is_of_the_record() -> None:
    assert {name for _, names in SHALL_BE_KNOWN.values() for name in names} <= set(FIELDS)


def test_the_figures_of_a_list_count_rows_and_fields() -> None:
    table = table_of("f.csv", [*SOUGHT, "capture_date", "person_category"], [
        ["Invented", "Test", "1990", "1980", "deceased"],
        ["", "", "1990-02-30", "", "deceased"],
        ["Invented", "Third", "1991", "", ""],
    ])  # fmt: skip
    reading = read_register(table, "sought", "north")
    noted = [*reading.notes, *doubts(table, reading, "sought", "north", TODAY)]
    found = quality(table, reading, "north", noted)
    assert (found.rows, found.complete, found.incomplete, found.category_unknown) == (3, 0, 2, 1)
    assert (found.doubtful, found.stopped) == (2, 1)
    by_field = {name: rest for name, *rest in found.fields}
    assert by_field["date_of_birth"] == [2, 1, 1]
    assert by_field["capture_date"] == [1, 1, 1]
    assert by_field["capture_place"] == [0, 0, 2]


def test_a_place_in_words_leads_back_to_its_cell() -> None:
    table = Table('a, row 3, "b".csv', 'L "1", row 2', ("plain", 'say "x", row 9', ""), ())
    for column, heading in enumerate(table.heading):
        assert table.cell_at(table.place(7, heading=heading)) == (7, column)
        assert table.cell_at(table.place(7, column)) == (7, column)
    assert table.cell_at(table.place(7)) == (7, None)
    assert table.cell_at(table.place()) is None
    assert table.cell_at("other.csv, row 7") is None
