"""A published register of 8,482 people is taken in whole, however an officer reads it, and every doubtful row is named.

The file is not shipped: the test skips where it is absent. No row of it is printed.
"""

from __future__ import annotations

import csv
from functools import cache

import pytest

from repatria.people.columns import parse_map
from repatria.people.person import ListKind
from repatria.people.register import RegisterReading, read_register
from repatria.people.table import Table, table_of
from tests.shared import shared

PEOPLE, ONE_NAME = 8482, 66
TWO_DATES, NO_DATE = 11, 2
MIXED_SCRIPT = 32  # rows with a Latin letter among Cyrillic ones


@cache
def rows() -> list[list[str]]:
    with shared("data/historical_register_ru.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def as_it_stands() -> Table:
    return table_of("register.csv", rows()[0], rows()[1:])


def with_whole_names() -> Table:
    """As many offices have it: one column for the name."""
    people = [[row[0], " ".join(filter(None, row[1:4])), row[4]] for row in rows()[1:]]
    return table_of("register.csv", ["id", "ФИО", "Дата рождения"], people)


def noted(reading: RegisterReading, code: str) -> set[str]:
    return {note.where.split(",")[1] for note in reading.notes if note.code == code}


@pytest.mark.parametrize("kind", ["sought", "missing"])
@pytest.mark.parametrize("maps", [(), ("birth_raw=date_of_birth",)], ids=["years", "dates"])
def test_all_of_a_published_register_is_taken_in_and_every_doubtful_row_is_named(
    kind: ListKind, maps: tuple[str, ...]
) -> None:
    reading = read_register(as_it_stands(), kind, "north", said=parse_map(maps))
    assert (reading.stopping, len(reading.persons)) == ((), PEOPLE)
    one_name = {f" row {at}" for at, row in enumerate(rows()[1:], 2) if not row[2]}
    assert noted(reading, "import.cell.unknown") == one_name
    assert len(one_name) == ONE_NAME
    assert len(noted(reading, "import.name.mixed_script")) == MIXED_SCRIPT
    unread = noted(reading, "import.date.invalid")
    assert (len(noted(reading, "import.date.two")), len(unread)) == ((TWO_DATES, NO_DATE) if maps else (0, 0))
    undated = {f" row {row}" for row, one in zip(reading.rows, reading.persons, strict=True) if not one.date_of_birth}
    assert undated == unread
    kept = [extras for extras in reading.extras if "unknown:as written: birth_raw" in extras]
    assert len(kept) == len(unread)


def test_all_of_it_is_taken_in_with_the_names_in_one_column_too() -> None:
    reading = read_register(with_whole_names(), "sought", "north")
    assert (reading.stopping, len(reading.persons)) == ((), PEOPLE)
    whole = {row.number: row.cells[1] for row in with_whole_names().rows}
    kept = {row: extras["unknown:as written: ФИО"] for row, extras in zip(reading.rows, reading.extras, strict=True)}
    assert kept == whole
    one_name = {f" row {row}" for row, name in whole.items() if len(name.split()) == 1}
    assert one_name
    assert one_name <= noted(reading, "import.name.split")
