"""A table as it came out of a file: a heading row and rows of text, each with the place it came from.

The edge (`files/`) makes tables; the core reads them. A cell is text with the spaces around it taken off; an
empty cell is an empty text. A row keeps its number in the file, so that a problem can name the row a person
sees.

    >>> table = table_of("north.csv", ["family_name", "rank"], [["Invented", ""]])
    >>> table.place(2, 1)
    'north.csv, row 2, column B'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from repatria.problem import Problem


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (the heading is mostly row 1) and its cells, as wide as the heading."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What a file held. `notes` are the reader's own remarks, such as sheets that were left aside."""

    file: str
    sheet: str | None
    heading: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Problem, ...] = ()
    heading_row: int = 1
    epoch: int | None = None
    """The year from which a workbook counts its days, 1900 or 1904, where the file says so."""

    def place(self, row: int | None = None, column: int | None = None, heading: str | None = None) -> str:
        """The place in words: file, sheet, row, and the column by its heading or by its letter."""
        parts = [self.file]
        if self.sheet is not None:
            parts.append(f'sheet "{self.sheet}"')
        if row is not None:
            parts.append(f"row {row}")
        if heading is not None:
            parts.append(f'"{heading}"')
        elif column is not None:
            parts.append(f"column {column_letters(column)}")
        return ", ".join(parts)

    def cell_at(self, where: str) -> tuple[int, int | None] | None:
        """The row and the column of a place in this table, as `place` writes it; None where it names no row."""
        whole = self.place()
        match = _AT.fullmatch(where[len(whole) :]) if where.startswith(whole) else None
        if match is None:
            return None
        if match["letters"]:
            return int(match["row"]), column_of(match["letters"])
        known = match["heading"] is not None and match["heading"] in self.heading
        return int(match["row"]), self.heading.index(match["heading"]) if known else None


class Texts:
    """Makes rows whose equal texts are one object: a column of ranks holds a dozen of them, not one for every row."""

    MOST = 100_000  # different texts that are remembered; columns of numbers have no equals

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def row(self, cells: Iterable[str]) -> tuple[str, ...]:
        known = self._known
        if len(known) < self.MOST:
            return tuple([known.setdefault(cell, cell) for cell in cells])
        return tuple([known.get(cell, cell) for cell in cells])


def table_of(file: str, heading: Sequence[str], rows: Iterable[Sequence[str]], sheet: str | None = None) -> Table:
    """A table from texts alone: headings in row 1, the first row below it is row 2."""
    width = len(heading)
    return Table(
        file,
        sheet,
        tuple(cell.strip() for cell in heading),
        tuple(
            Row(number, tuple(cell.strip() for cell in [*cells, *[""] * (width - len(cells))]))
            for number, cells in enumerate(rows, 2)
        ),
    )


def column_letters(column: int) -> str:
    """The letters of a column counted from 0: A, B, ... Z, AA.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_of(letters: str) -> int:
    """The column, counted from 0, that has these letters.

    >>> column_of("A"), column_of("AB")
    (0, 27)
    """
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


_AT = re.compile(r', row (?P<row>[0-9]+)(?:, (?:"(?P<heading>.*)"|column (?P<letters>[A-Z]+)))?', re.DOTALL)
