"""Bare tables, for programs: a CSV whose first row has the headings, read as it is and written back with columns added.

No row is left aside, no heading is guessed and no cell is changed, but for the apostrophe that keeps a spreadsheet from
running it (formulas.py). Columns that are wanted are found by their own names, or by what was said of them.

    >>> wanted({"Name A": "left"}, ("left", "right"), ("id", "Name A", "Right"), "pairs.csv")
    {'left': 1, 'id': 0, 'right': 2}
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from repatria.files.encoding import decode
from repatria.files.formulas import neutral, plain
from repatria.files.whole import write_whole
from repatria.people.table import Row, Table
from repatria.problem import Problem, Problems

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SEPARATORS = (",", ";", "\t", "|")


def read_bare(path: Path) -> Table:
    """The table in a file.

    Raises:
        Problems: why there is none, and every row that is wider than the headings.
    """
    table = _records(path)
    heading = tuple(cell.strip() for cell in next(table.records))
    rows, problems = [], []
    for number, cells in enumerate(table.records, 2):
        if not cells:
            continue
        if len(cells) > len(heading):
            problems.append(_too_wide(path.name, number, len(cells), len(heading)))
        short = [""] * (len(heading) - len(cells))
        rows.append(Row(number, tuple(plain(cell.strip()) for cell in (*cells, *short))))
    if problems:
        raise Problems(problems)
    return Table(path.name, None, heading, tuple(rows), table.notes)


@dataclass(frozen=True)
class _Records:
    records: Iterator[list[str]]  # the headings first
    notes: tuple[Problem, ...]
    apostrophes: bool  # whether a cell may begin with one


def _records(path: Path) -> _Records:
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"it cannot be opened ({error.strerror})"
        raise Problems(
            [Problem("file.unreadable", path.name, what, "check the path and the rights to the file")]
        ) from None
    if data.startswith(_WORKBOOKS):
        what = "a workbook, and a CSV is read here"
        do = 'save its sheet as "CSV UTF-8", and name that file'
        raise Problems([Problem("file.workbook", path.name, what, do)])
    text, notes = decode(data, path.name) if data.strip() else ("", ())
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        do = "check that every quotation mark is closed, then write the file again"
        raise Problems([Problem("file.csv.malformed", path.name, "a cell is longer than any cell is", do)]) from None
    if not records or not any(records[0]):
        do = "put the headings in the first row"
        raise Problems([Problem("file.empty", path.name, "no headings in the file", do)])
    begins = any(f"{before}'" in text for before in (separator, "\n", "\r", '"', " "))
    return _Records(iter(records), tuple(notes), begins or text[:1] == "'")


def _too_wide(file: str, number: int, cells: int, headings: int) -> Problem:
    what = f"{cells} cells under {headings} headings"
    do = "put cells that contain a separator in quotation marks"
    return Problem("file.csv.width", f"{file}, row {number}", what, do)


def read_columns(path: Path, notes: list[Problem] | None = None) -> dict[str, list[str]]:
    """The table in a file column by column, by heading: a million rows at a time. Cells stand as they are.

    Args:
        notes: is given how the file was read, where it is not plain UTF-8.

    Raises:
        Problems: as `read_bare`, and where two columns have one heading.
    """
    table = _records(path)
    if notes is not None:
        notes += table.notes
    heading = [cell.strip() for cell in next(table.records)]
    rows, problems = list(table.records), []
    width = len(heading)
    twice = sorted({name for name in heading if name and heading.count(name) > 1})
    if twice:
        what = f"{len(twice)} headings stand over two columns"
        do = "give each column a name of its own"
        problems.append(Problem("table.heading.twice", f"{path.name}, row 1", what, do))
    odd = [(number, len(cells)) for number, cells in enumerate(rows, 2) if len(cells) != width]
    problems += [_too_wide(path.name, number, count, width) for number, count in odd if count > width]
    if problems:
        raise Problems(problems)
    for number, count in odd:
        rows[number - 2] = [*rows[number - 2], *[""] * (width - count)]
    rows = [cells for cells in rows if any(cells)]
    if not rows:
        return {name: [] for name in heading}
    columns = zip(*rows, strict=True)
    return dict(zip(heading, map(_plain if table.apostrophes else list, columns), strict=True))


def _plain(cells: Sequence[str]) -> list[str]:
    """The column as it was before an apostrophe kept a spreadsheet from running a cell."""
    return [plain(cell) if cell[:1] == "'" else cell for cell in cells]


def write_bare(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table in UTF-8 without a byte order mark, whole or not at all."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([neutral(cell) for cell in heading])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    write_whole(path, out.getvalue().encode())


def append_bare(path: Path, heading: Sequence[str], row: Sequence[str]) -> None:
    """Add one row to a table, in one piece and at once; a file that is not there yet begins with the headings."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    with open(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b") as file:
        if file.seek(0, os.SEEK_END) == 0:
            writer.writerow(heading)
        else:
            file.seek(-1, os.SEEK_END)
            out.write("" if file.read(1) == b"\n" else "\n")  # after a row that somebody's editor left open
        writer.writerow([neutral(cell) for cell in row])
        file.write(out.getvalue().encode())
        file.flush()
        os.fsync(file.fileno())


def apart(written: Mapping[str, Path | None], read: Iterable[Path | None]) -> None:
    """What is to be written can be, and stands on nothing that is read and on nothing else that is written.

    Args:
        written: the option that names each file, and the file.

    Raises:
        Problems: every file that would be lost, and every folder that is not there or takes no file. Told before the
            work is begun, and not after it.
    """
    problems = []
    there = {path.resolve(): path for path in read if path is not None}
    for option, path in written.items():
        if path is None:
            continue
        if path.resolve() in there:
            do = "write to another file"
            problems.append(Problem("file.same", option, f"{path.name} is read or written besides", do))
        there[path.resolve()] = path
        if path.is_dir():
            problems.append(Problem("file.folder", option, f"{path.name} is a folder", "name a file in it"))
        elif not path.parent.is_dir():
            do = "make the folder, or name another"
            problems.append(Problem("file.no_folder", option, f"there is no folder {path.parent.name}", do))
        elif not os.access(path if path.exists() and not path.is_file() else path.parent, os.W_OK):
            do = "check the rights to it, or name another"
            problems.append(Problem("file.unwritable", option, "the folder takes no file", do))
    if problems:
        raise Problems(problems)


def mapped(texts: Iterable[str], names: Sequence[str]) -> dict[str, str]:
    """What was said as `COLUMN=NAME`: the name of each column.

    Raises:
        Problems: every text that is none, and every name that was said twice.
    """
    said: dict[str, str] = {}
    problems = []
    for number, text in enumerate(texts, 1):
        column, equals, name = (part.strip() for part in text.rpartition("="))
        if not equals or not column or name not in names:
            do = f"write COLUMN=NAME, the name one of {', '.join(names)}"
            problems.append(Problem("table.map.form", f"map {number}", "not a column and a name", do))
        elif name in said.values() or column in said:
            problems.append(Problem("table.map.twice", f"map {number}", "said before", "say it once"))
        else:
            said[column] = name
    if problems:
        raise Problems(problems)
    return said


def wanted(said: Mapping[str, str], needed: Sequence[str], heading: Sequence[str], file: str) -> dict[str, int]:
    """In which column each name stands; what was said of columns (`mapped`) comes before their own headings.

    Raises:
        Problems: every column that was named and is not there, every name that is needed and has none.
    """
    where = f"{file}, row 1"
    at: dict[str, int] = {}
    problems = []
    for column, name in said.items():
        if column in heading:
            at[name] = heading.index(column)
        else:
            do = f"name one of the {len(heading)} headings as it is written"
            problems.append(Problem("table.column.unknown", where, f'no column "{column}", said to be {name}', do))
    for place, column in enumerate(heading):
        if column not in said:
            at.setdefault(column.lower().replace(" ", "_"), place)
    for name in needed:
        if name not in at and name not in said.values():
            do = f"name the column {name}, or say which it is with --map COLUMN={name}"
            problems.append(Problem("table.column.missing", where, f"no column {name}", do))
    if problems:
        raise Problems(problems)
    return at
