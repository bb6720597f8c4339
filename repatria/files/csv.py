"""CSV in: any encoding that encoding.py reads; comma, semicolon, tab or upright bar between the cells.

What is not such a file is refused with the reason, never half read: an encoding in doubt, a zero byte, two
separators that fit equally well, a row that is longer or shorter than the headings, a quotation mark left
open, a last line that breaks off.

An apostrophe that was put in front of a cell so that no spreadsheet runs it is taken off (`formulas.py`).

A row's number counts records, headings as 1, which is what a spreadsheet shows.

    >>> parse_csv(b"family_name;rank\\nInvented;sergeant\\n", "north.csv").rows[0].cells
    ('Invented', 'sergeant')
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from repatria.files.encoding import decode
from repatria.files.formulas import plain
from repatria.files.guarded import Asked
from repatria.files.layout import LOOKED_AT, Line, heading_at, no_table, without_furniture
from repatria.people.headings import recognised
from repatria.people.table import Row, Table, Texts
from repatria.problem import Problem, Problems

_LINE = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "upright bar"}


def parse_csv(data: bytes, file: str, asked: Asked | None = None) -> Table:
    """The table in these bytes.

    Raises:
        Problems: everything that keeps them from being one; no cell is repeated.
    """
    asked = asked or Asked()
    text, notes = decode(data, file, asked.encoding)
    separator, text = _separator(text, file, asked.separator)
    records = _records(text, separator, file)
    whole = text.endswith(("\n", "\r"))
    del text  # its cells are there now
    filled = [(number, cells) for number, cells in records if any(cells)]
    if not filled:
        raise Problems([_problem("file.empty", file, "no entry in the file", "check that this is the right file")])
    place = heading_at(filled, asked.heading_row, file)
    heading_row, heading = filled[place][0], list(filled[place][1])
    while not heading[-1]:
        heading.pop()
    below, aside = without_furniture(filled, place, file)
    problems = _width_problems(below, len(heading), whole, file)
    if problems:
        not_a_table = no_table(heading, len(problems), len(below), file)
        raise Problems([not_a_table] if not_a_table else problems)
    notes = (*notes, *aside)
    if not whole:
        what = "the last line has no line end"
        do = f"check that the file is whole: it has {len(below)} rows below the headings"
        notes = (*notes, _problem("file.csv.no_final_line_end", f"{file}, row {records[-1][0]}", what, do))
    rows = tuple(Row(number, tuple(cells[: len(heading)])) for number, cells in below)
    return Table(file, None, tuple(heading), rows, notes, heading_row)


def _separator(text: str, file: str, asked: str | None) -> tuple[str, str]:
    """What separates the cells, and the text without the line `sep=` by which some spreadsheets declare it."""
    if asked is not None:
        said = asked.strip(" ").lower()
        named = [mark for mark, name in SEPARATORS.items() if said in (mark, name, name.split()[-1])]
        if not named:
            do = "name it as comma, semicolon, tab or bar"
            raise Problems([_problem("file.csv.separator", file, "a separator that is not read", do)])
        return named[0], re.sub(r"\Asep=.(?=[\r\n])", "", text, flags=re.I)
    lines = text[:100_000].splitlines(keepends=True)
    if lines and (declared := re.fullmatch(r"sep=(.)\s*", lines[0], re.I)) and declared[1] in SEPARATORS:
        # The line goes and its end stays, so that rows keep their numbers.
        return declared[1], text[len("sep=") + 1 :]
    known = {
        separator: max(
            (recognised([c.strip(' "') for c in line.split(separator)]) for line in lines[:LOOKED_AT]), default=0
        )
        for separator in SEPARATORS
    }
    most_known = max(known.values())
    best = [separator for separator, count in known.items() if count == most_known]
    if most_known > 1 and len(best) == 1:
        return best[0], text
    return _by_count(text, file), text


def _by_count(text: str, file: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    counts = {separator: bare.count(separator) for separator in SEPARATORS}
    most = max(counts.values())
    best = [separator for separator, count in counts.items() if count == most]
    if most == 0:
        return ","
    if len(best) > 1:
        names = " and ".join(SEPARATORS[separator] for separator in best)
        raise Problems(
            [
                _problem(
                    "file.csv.separator",
                    f"{file}, row 1",
                    f"{names} both separate {most + 1} headings",
                    "say which separates the cells, with --separator, or save as XLSX",
                )
            ]
        )
    return best[0]


def _records(text: str, separator: str, file: str) -> list[tuple[int, tuple[str, ...]]]:
    records: list[tuple[int, tuple[str, ...]]] = []
    texts = Texts()
    # Line by line: a stream of the whole text would hold it once more, at four bytes a letter.
    lines = (match[0] for match in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            records.append((number, texts.row([plain(cell.strip()) for cell in cells])))
    except csv.Error as error:
        where = f"{file}, row {number + 1}"
        if "unexpected end" in str(error) or "field larger" in str(error):
            raise Problems(
                [
                    _problem(
                        "file.csv.open_quote",
                        where,
                        "a quotation mark is opened here and not closed before the file ends, or before any cell could",
                        "check that the file is whole, then export it again",
                    )
                ]
            ) from None
        raise Problems(
            [
                _problem(
                    "file.csv.malformed",
                    where,
                    "a quotation mark stands inside a cell",
                    "export the file again, with quotation marks doubled inside a cell",
                )
            ]
        ) from None
    return records


def _width_problems(rows: Sequence[Line], width: int, whole: bool, file: str) -> list[Problem]:
    problems = []
    for place, (number, cells) in enumerate(rows):
        where = f"{file}, row {number}"
        if len(cells) < width and place == len(rows) - 1 and not whole:
            problems.append(
                _problem(
                    "file.csv.cut",
                    where,
                    f"the file breaks off: {len(cells)} of {width} cells",
                    "get the whole file again, then import it",
                )
            )
        elif len(cells) < width or any(cells[width:]):
            problems.append(
                _problem(
                    "file.csv.ragged",
                    where,
                    f"{len(cells)} cells under {width} headings",
                    "give every row as many cells as there are headings, then import again",
                )
            )
    return problems


def _problem(code: str, where: str, what: str, do: str) -> Problem:
    return Problem(code, where, what, do)
