"""The chronology that comes with the program, or one in a folder: three CSV files, one statement to a line."""

from __future__ import annotations

import csv
import io
from importlib import resources
from pathlib import Path
from typing import Any

from repatria.problem import Problem, Problems
from repatria.public.chronology import HEADS, SOURCES, STATEMENTS, TOTALS, Chronology, Tables, lines, parse_chronology


def load_chronology(folder: Path | None = None) -> Chronology:
    """The chronology in a folder, or the one that comes with the program.

    Raises:
        Problems: everything that is wrong with its files.
    """
    where: Any = resources.files("repatria") / "data" if folder is None else folder
    read = {name: _table(where / name) for name in (STATEMENTS, TOTALS, SOURCES)}
    chronology, problems = parse_chronology(Tables(read[STATEMENTS], read[TOTALS], read[SOURCES]))
    if problems:
        raise Problems(problems)
    return chronology


def _table(file: Any) -> list[dict[str, str]]:
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Problems([Problem("chronology.file", file.name, "not UTF-8 text", "save it as UTF-8")]) from None
    rows = list(csv.reader(io.StringIO(text), strict=False))
    head = HEADS[file.name]
    if not rows or tuple(rows[0]) != head:
        what, do = "not the headings of this file", f"begin it with {','.join(head)}"
        raise Problems([Problem("chronology.head", f"{file.name}, line 1", what, do)])
    if short := [at for at, row in enumerate(rows[1:], 2) if len(row) != len(head)]:
        what, do = f"not {len(head)} cells", "give every column a cell, an empty one where nothing is said"
        raise Problems([Problem("chronology.cells", f"{file.name}, line {at}", what, do) for at in short])
    return lines(head, rows[1:])
