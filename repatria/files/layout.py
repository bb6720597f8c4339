"""Where the table stands in a sheet: titles above the headings, counts below, rows that are nobody.

A row is the heading row where it holds the most headings that are known (headings.py), at least two; or one, where
nothing stands above but titles of one cell. Otherwise it is the first row with an entry. Every row that is left
aside is named in a note, so that nobody's row goes in silence.

    >>> filled = [(1, ["List of the missing", ""]), (3, ["Surname", "First name"]), (4, ["Invented", "Test"])]
    >>> heading_at(filled)
    1
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from repatria.people.headings import recognised
from repatria.problem import Problem, Problems

Line = tuple[int, Sequence[str]]
"""A row's number in the file, and its cells."""
LOOKED_AT = 30


def heading_at(filled: Sequence[Line], asked: int | None = None, file: str = "") -> int:
    """The place of the heading row among the filled rows.

    Args:
        asked: the row number that a person gave, which nothing overrules.

    Raises:
        Problems: the asked row has no entry.
    """
    if asked is not None:
        for place, (number, _) in enumerate(filled):
            if number == asked:
                return place
        what = "no entry in the row that is said to hold the headings"
        raise Problems([Problem("file.heading_row", f"{file}, row {asked}", what, "say the row that holds them")])
    best, most = 0, 0
    for place, (_, cells) in enumerate(filled[:LOOKED_AT]):
        known = recognised(cells)
        titles_only = all(sum(map(bool, above)) <= 1 for _, above in filled[:place])
        if known > most and (known > 1 or (titles_only and sum(map(bool, cells)) > 1)):
            best, most = place, known
    return best


def without_furniture(filled: Sequence[Line], place: int, where: str) -> tuple[list[Line], list[Problem]]:
    """The rows below the headings that may be people, and a note on what else is left aside."""
    notes = []
    if place:
        rows = _rows([number for number, _ in filled[:place]])
        what = f"{rows} above the headings left aside (the headings are in row {filled[place][0]})"
        do = "check that nobody stands there; another heading row can be named with --heading-row"
        notes.append(Problem("file.title_rows", where, what, do))
    rows_below = list(filled[place + 1 :])
    if rows_below and _counts_columns(rows_below[0][1], filled[place][1]):
        notes.append(_aside(where, [rows_below.pop(0)[0]], "numbers the columns"))
    if apart := _apart_below(rows_below, sum(map(bool, filled[place][1]))):
        notes.append(_aside(where, [number for number, _ in rows_below[-apart:]], "stands apart below the list"))
        del rows_below[-apart:]
    totals = []
    while rows_below and _is_total(rows_below[-1][1]):
        totals.append(rows_below.pop()[0])
    if totals:
        notes.append(_aside(where, totals[::-1], "holds a total"))
    return rows_below, notes


def no_table(heading: Sequence[str], ragged: int, rows: int, where: str) -> Problem | None:
    """That this is no table, which nobody need hear row by row: no heading is known, and most rows are ragged."""
    if recognised(list(heading)) or 2 * ragged <= rows:
        return None
    what = f"not a table: no known heading, and {ragged} of {rows} rows are wider or narrower than the first"
    do = "check that this is the right file; if it is a list, say which row holds its headings with --heading-row"
    return Problem("file.no_table", where, what, do)


def _aside(where: str, numbers: list[int], why: str) -> Problem:
    do = "check that this is nobody's row; if it is somebody's, write it as the others are written"
    return Problem("file.row_aside", where, f"{_rows(numbers)} left aside, which {why}", do)


def _counts_columns(cells: Sequence[str], heading: Sequence[str]) -> bool:
    """1, 2, 3 ... under each heading, as printed forms have it."""
    entries = [cell for cell in cells if cell]
    numbers = [str(number) for number in range(1, len(entries) + 1)]
    return len(entries) > 2 and entries == numbers and len(entries) == sum(map(bool, heading))


def _is_total(cells: Sequence[str]) -> bool:
    entries = [cell for cell in cells if cell]
    return 0 < len(entries) <= 2 and bool(_TOTAL.match(entries[0])) and all(_SHORT.fullmatch(e) for e in entries[1:])


def _apart_below(rows: Sequence[Line], headings: int) -> int:
    """How many rows at the end have one entry at the most and stand below an empty row: who signed it, and when."""
    at = len(rows)
    while at and sum(any(map(str.isalnum, cell)) for cell in rows[at - 1][1]) <= 1 and not _is_total(rows[at - 1][1]):
        at -= 1
    parted = 0 < at < len(rows) and rows[at][0] > rows[at - 1][0] + 1
    return len(rows) - at if parted and headings > 2 else 0


def _rows(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    shown = ", ".join(map(str, numbers[:10]))
    return f"{len(numbers)} rows ({shown}{', ...' if len(numbers) > 10 else ''})"


_TOTAL = re.compile(
    r"(?:total|всього|усього|разом|итого|всего|toplam|المجموع|الإجمالي)\b[\s:.]*[0-9]*\s*\w{0,10}\.?$", re.I
)
_SHORT = re.compile(r"[0-9]+(?:\s*\w{1,10}\.?)?")
