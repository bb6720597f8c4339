"""A foreign file is opened in a child process, which may die; its parent may not.

However the child ends, the parent has a table or a problem. The child (child.py) limits itself before it looks at
a byte: its memory, its processor time, no file to write, and nothing that it could open, neither a file nor a
connection. The parent waits for as long and then ends it; it takes the table row by row, and never more than it would
hold of the longest file.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from repatria.interrupts import deaf
from repatria.people.table import Row, Table, Texts
from repatria.problem import Problem, Problems

ROWS_AT_ONCE = 500
MOST_SAID = 1 << 30  # bytes of a child's answer: more than the longest that is read can become
MOST_ERRORS = 1 << 16
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
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError:
        raise Problems([_ended("died", file, limits)]) from None
    late, errors = threading.Event(), bytearray()

    def end() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(limits.seconds, end)
    others = [
        threading.Thread(target=_give, args=(child.stdin, data), daemon=True),
        threading.Thread(target=_take, args=(child.stderr, errors), daemon=True),
    ]
    with child:
        try:  # from before the first thread is there: Ctrl-C may come at any moment
            with deaf():
                for thread in (timer, *others):
                    thread.start()
            assert child.stdout is not None
            table = _table_from(child.stdout)
        finally:
            with deaf():
                timer.cancel()
            child.kill()  # which does nothing to one that has ended
            for thread in others:
                if thread.ident is not None:  # it has been started
                    thread.join()
    if isinstance(table, Table):
        return table
    if late.is_set():
        raise Problems([_ended("time", file, limits)])
    if isinstance(table, list):
        raise Problems(table)
    # The reader of workbooks says so where it is ended for want of memory, and has no other way of saying it.
    raise Problems([_ended("memory" if b"memory allocation of" in errors else table, file, limits)])


def _give(pipe: IO[bytes], data: bytes) -> None:
    # A child that has ended reads no more; and the pipe is closed where Ctrl-C came while this began.
    with contextlib.suppress(OSError, ValueError), pipe:
        pipe.write(data)


def _take(pipe: IO[bytes], errors: bytearray) -> None:
    with contextlib.suppress(ValueError), pipe:
        while piece := pipe.read(4096):
            errors += piece[: MOST_ERRORS - len(errors)]


def _table_from(said: IO[bytes]) -> Table | list[Problem] | str:
    """The table that a child says, or its problems, or how it ended without either."""
    texts, rows, head, length = Texts(), [], None, 0
    try:
        while line := said.readline(MOST_SAID):
            length += len(line)
            if length >= MOST_SAID:
                return "died"
            part = json.loads(line)
            if "rows" in part:
                rows += [Row(number, texts.row(cells)) for number, cells in part["rows"]]
            elif "table" in part:
                head = part["table"]
            elif "problems" in part:
                return [Problem(**problem) for problem in part["problems"]]
            elif "ended" in part:
                return "memory"
            elif head is not None and part.get("end") == len(rows):
                return _table(head, rows)
    except (ValueError, TypeError, KeyError):
        pass  # a line that was broken off, or was never such a child's
    return "died"


def lines_of(table: Table) -> Iterator[str]:
    """The table in lines of JSON, so that neither side ever holds all of it as one text."""
    head = {
        "file": table.file,
        "sheet": table.sheet,
        "heading": table.heading,
        "notes": [note.as_json() for note in table.notes],
        "heading_row": table.heading_row,
        "epoch": table.epoch,
    }
    yield json.dumps({"table": head}) + "\n"
    for at in range(0, len(table.rows), ROWS_AT_ONCE):
        rows = [(row.number, row.cells) for row in table.rows[at : at + ROWS_AT_ONCE]]
        yield json.dumps({"rows": rows}) + "\n"
    yield json.dumps({"end": len(table.rows)}) + "\n"


def table_from_lines(lines: Iterable[str]) -> Table | list[Problem] | str:
    """What the parent makes of a child's lines."""
    return _table_from(io.BytesIO("".join(lines).encode()))


def _table(head: dict[str, Any], rows: list[Row]) -> Table:
    notes = tuple(Problem(**note) for note in head["notes"])
    return Table(
        head["file"], head["sheet"], tuple(head["heading"]), tuple(rows), notes, head["heading_row"], head["epoch"]
    )


def _ended(how: str, file: str, limits: Limits) -> Problem:
    what = {
        "memory": f"it needs more than {limits.megabytes} MB to be read",
        "time": f"it needs more than {limits.seconds:g} seconds to be read",
        "died": "reading it failed inside the reader, which was ended",
    }[how]
    do = "copy the table alone into a new file, then import again"
    return Problem(f"file.read.{how}", file, what, do)
