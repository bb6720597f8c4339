"""A foreign file is opened in a child process, which may die; its parent may not.

However the child ends, the parent has a table or a problem. The child (child.py) limits itself before it looks at
a byte: its memory, its processor time, no file to write, and nothing that it could open, neither a file nor a
connection. The parent waits for a little longer than that and then ends it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from repatria.people.table import Row, Table
from repatria.problem import Problem, Problems

_CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True)
class Limits:
    """What the reading of one file may cost."""

    seconds: float = 10.0
    megabytes: int = 512


@dataclass(frozen=True)
class Asked:
    """What a person said of a file; None leaves it to the rules."""

    encoding: str | None = None
    sheet: str | None = None
    """A sheet's name, or its number counted from 1."""
    heading_row: int | None = None
    separator: str | None = None
    """By its name (csv.py) or itself."""


def read_guarded(data: bytes, file: str, asked: Asked | None = None, limits: Limits | None = None) -> Table:
    """The table in a file's bytes.

    Raises:
        Problems: why there is none.
    """
    limits = limits or Limits()
    asked = asked or Asked()
    order = {
        "file": file,
        "megabytes": limits.megabytes,
        "seconds": limits.seconds,
        "asked": asdict(asked),
    }
    command = [sys.executable, "-I", str(_CHILD), json.dumps(order)]
    try:
        child = subprocess.run(command, input=data, capture_output=True, timeout=limits.seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Problems([_ended("time", file, limits)]) from None
    except OSError:
        raise Problems([_ended("died", file, limits)]) from None
    if child.returncode != 0:
        # The reader of workbooks says so where it is ended for want of memory, and has no other way of saying it.
        how = "memory" if b"memory allocation of" in child.stderr else "died"
        raise Problems([_ended(how, file, limits)])
    said = json.loads(child.stdout)
    if "ended" in said:
        raise Problems([_ended(said["ended"], file, limits)])
    if "problems" in said:
        raise Problems(Problem(**problem) for problem in said["problems"])
    return table_from_json(said["table"])


def table_as_json(table: Table) -> dict[str, Any]:
    return {
        "file": table.file,
        "sheet": table.sheet,
        "heading": table.heading,
        "rows": [[row.number, row.cells] for row in table.rows],
        "notes": [note.as_json() for note in table.notes],
        "heading_row": table.heading_row,
        "epoch": table.epoch,
    }


def table_from_json(value: dict[str, Any]) -> Table:
    rows = tuple(Row(number, tuple(cells)) for number, cells in value["rows"])
    notes = tuple(Problem(**note) for note in value["notes"])
    return Table(
        value["file"], value["sheet"], tuple(value["heading"]), rows, notes, value["heading_row"], value["epoch"]
    )


def _ended(how: str, file: str, limits: Limits) -> Problem:
    what = {
        "memory": f"it needs more than {limits.megabytes} MB to be read",
        "time": f"it needs more than {limits.seconds:g} seconds to be read",
        "died": "reading it failed inside the reader, which was ended",
    }[how]
    do = "copy the table alone into a new file, then import again"
    return Problem(f"file.read.{how}", file, what, do)
