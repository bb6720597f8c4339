"""CSV in: UTF-8 with or without a byte order mark; comma, semicolon or tab between the cells.

What is not such a file is refused with the reason, never half read: another encoding, a zero byte, two
separators that fit equally well, a row that is longer or shorter than the headings, a quotation mark left
open, a last line that breaks off.

An apostrophe that was put in front of a cell so that no spreadsheet runs it is taken off (`formulas.py`).

A row's number counts records, headings as 1, which is what a spreadsheet shows.

    >>> parse_csv(b"family_name;rank\\nInvented;sergeant\\n", "north.csv").rows[0].cells
    ('Invented', 'sergeant')
"""

from __future__ import annotations

import csv
import io

from repatria.files.formulas import plain
from repatria.people.table import Row, Table
from repatria.problem import Problem, Problems

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}


def parse_csv(data: bytes, file: str) -> Table:
    """The table in these bytes.

    Raises:
        Problems: everything that keeps them from being one; no cell is repeated.
    """
    text = _text(data, file)
    separator = _separator(text, file)
    records = _records(text, separator, file)
    filled = [(number, cells) for number, cells in records if any(cells)]
    if not filled:
        raise Problems([_problem("file.empty", file, "no entry in the file", "check that this is the right file")])
    heading_row, heading = filled.pop(0)
    while not heading[-1]:
        heading.pop()
    problems = _width_problems(filled, len(heading), text, file)
    if problems:
        raise Problems(problems)
    notes = (
        ()
        if text.endswith(("\n", "\r"))
        else (
            _problem(
                "file.csv.no_final_line_end",
                f"{file}, row {records[-1][0]}",
                "the last line has no line end",
                f"check that the file is whole: it has {len(filled)} rows below the headings",
            ),
        )
    )
    rows = tuple(Row(number, tuple(cells[: len(heading)])) for number, cells in filled)
    return Table(file, None, tuple(heading), rows, notes, heading_row)


def _text(data: bytes, file: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Problems(
            [_problem("file.csv.encoding", file, "the text is UTF-16, not UTF-8", 'save it again as "CSV UTF-8"')]
        )
    if b"\x00" in data:
        raise Problems(
            [
                _problem(
                    "file.csv.binary",
                    file,
                    f"a zero byte at byte {data.index(0)}: not a text file",
                    'save the table as "CSV UTF-8" or as XLSX',
                )
            ]
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Problems(
            [
                _problem(
                    "file.csv.encoding",
                    f"{file}, line {line}",
                    f"the text is not UTF-8 (byte {error.start})",
                    'save it again as "CSV UTF-8"',
                )
            ]
        ) from None


def _separator(text: str, file: str) -> str:
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
                    "put headings that contain a separator in quotation marks, or save as XLSX",
                )
            ]
        )
    return best[0]


def _records(text: str, separator: str, file: str) -> list[tuple[int, list[str]]]:
    records: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            records.append((number, [plain(cell.strip()) for cell in cells]))
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


def _width_problems(rows: list[tuple[int, list[str]]], width: int, text: str, file: str) -> list[Problem]:
    problems = []
    for place, (number, cells) in enumerate(rows):
        where = f"{file}, row {number}"
        if len(cells) < width and place == len(rows) - 1 and not text.endswith(("\n", "\r")):
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
