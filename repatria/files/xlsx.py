"""XLSX in: the first sheet's plain cells, read in a child process that may be killed.

A workbook is a zip of XML, and both can be made to explode: 4,654 bytes that name cell XFD1048576 made a
reader ask for 549 GB. So the bytes go to a child with 512 MB and 10 seconds (`xlsx_child.py`), which refuses
unpacked sizes, ratios, far cells, and any DTD or entity before a parser sees them. However the child ends,
the parent has an answer or a problem.

Dates in date cells become ISO dates. A formula gives its stored result. A whole number loses its leading
zeros if the sheet stored it as a number: service numbers belong in text cells.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from repatria.people.table import Row, Table
from repatria.problem import Problem, Problems

SECONDS = 10.0
_CHILD = Path(__file__).with_name("xlsx_child.py")


def parse_xlsx(data: bytes, file: str) -> Table:
    """The first sheet's table.

    Raises:
        Problems: why the workbook is refused; no cell is repeated.
    """
    said = _ask(data, file)
    if "refused" in said:
        raise Problems([_refusal(said, file)])
    sheet: str = said["sheet"]
    where = f'{file}, sheet "{sheet}"'
    filled = [(number, cells) for number, cells in enumerate(said["rows"], 1) if any(cells)]
    if not filled:
        raise Problems(
            [
                Problem(
                    "file.empty",
                    where,
                    "no entry in the first sheet",
                    "move the table to the first sheet, then import again",
                )
            ]
        )
    heading_row, heading = filled[0]
    while not heading[-1]:
        heading.pop()
    width = len(heading)
    long = [number for number, cells in filled[1:] if any(cells[width:])]
    if long:
        raise Problems(
            Problem(
                "file.xlsx.ragged",
                f"{where}, row {number}",
                f"an entry to the right of the {width} headings",
                "give every column a heading, or clear the cells beside the table, then import again",
            )
            for number in long
        )
    notes = (
        ()
        if not said["others"]
        else (
            Problem(
                "file.xlsx.sheets",
                where,
                f"only the first sheet is read; {said['others']} more in the workbook",
                "import further sheets from files of their own",
            ),
        )
    )
    rows = tuple(Row(number, tuple([*cells, *[""] * width][:width])) for number, cells in filled[1:])
    return Table(file, sheet, tuple(heading), rows, notes, heading_row)


def _ask(data: bytes, file: str) -> dict[str, Any]:
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(_CHILD)], input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return {"refused": "time"}
    except OSError:
        return {"refused": "died"}
    if child.returncode != 0:
        return {"refused": "died"}
    said = json.loads(child.stdout)
    assert isinstance(said, dict)
    return said


def _refusal(said: dict[str, Any], file: str) -> Problem:
    copy = "copy the table alone into a new workbook, save it as XLSX, then import again"
    again = 'save it again as XLSX, or as "CSV UTF-8", then import again'
    whole = "get the whole file again, or save it again as XLSX"
    found, limit = said.get("found", 0), said.get("limit", 0)
    what, do = {
        "broken": ("the workbook is damaged or cut short", whole),
        "not_xlsx": ("a zip archive that is not a workbook", again),
        "locked": ("the workbook is locked with a password", "remove the password, then import again"),
        "no_sheet": ("a workbook without a sheet", again),
        "parts": (f"{found} parts in the workbook, and {limit} are read at most", copy),
        "unpacked": (f"more than {limit // 1024 // 1024} MB unpacked", copy),
        "ratio": (f"a part that unpacks to {found} times its size, and {limit} times is the limit", copy),
        "declaration": ("a document type or entity declaration, which no spreadsheet needs", copy),
        "far_cell": (f"a cell far outside any table ({said.get('cell')})", copy),
        "memory": ("it needs more than 512 MB to be read", copy),
        "time": (f"it needs more than {SECONDS:.0f} seconds to be read", copy),
        "died": ("reading it failed inside the spreadsheet reader", copy),
    }[said["refused"]]
    return Problem(f"file.xlsx.{said['refused']}", file, what, do)
