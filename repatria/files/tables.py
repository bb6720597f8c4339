"""Tables on a disk: read whatever kind a file is, write CSV that no spreadsheet will run.

Reading goes by the first bytes, not by the file's name. Writing gives UTF-8 with a byte order mark
(spreadsheets show Cyrillic wrong without it), comma between cells, and every cell that a spreadsheet would
take for a formula neutralised with an apostrophe in front (`formulas.py`), in the headings too.

    >>> format_csv(["family_name"], [["=HYPERLINK(0)"]]).decode("utf-8-sig").split()
    ['family_name', "'=HYPERLINK(0)"]
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from repatria.files.formulas import neutral
from repatria.files.guarded import Asked, Limits, read_guarded
from repatria.people.table import Table
from repatria.problem import Problem, Problems

MAX_FILE = 50 * 1024 * 1024


def read_table(path: Path, asked: Asked | None = None, limits: Limits | None = None) -> Table:
    """The table in a file of any kind that is read (reading.py).

    Raises:
        Problems: why there is none.
    """
    return parse_table(read_bytes(path), path.name, asked, limits)


def read_bytes(path: Path) -> bytes:
    """A file's bytes, at most 50 MB.

    Raises:
        Problems: no such file, not a file, not readable, or too long.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except OSError as error:
        raise Problems(
            [
                Problem(
                    "file.unreadable",
                    path.name,
                    f"it cannot be opened ({os.strerror(error.errno or 0)})",
                    "check the path and the rights to the file",
                )
            ]
        ) from None
    if len(data) > MAX_FILE:
        raise Problems(
            [
                Problem(
                    "file.long",
                    path.name,
                    f"longer than {MAX_FILE // 1024 // 1024} MB",
                    "split the register into several files",
                )
            ]
        )
    return data


def read_text(path: Path) -> str:
    """A file's text, which is UTF-8 with or without its mark.

    Raises:
        Problems: as `read_bytes`, or not such a text.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"not a text in UTF-8 (byte {error.start})"
        raise Problems([Problem("file.text", path.name, what, "save it as UTF-8, or name another file")]) from None


def parse_table(data: bytes, file: str, asked: Asked | None = None, limits: Limits | None = None) -> Table:
    """The table in a file's bytes, which say themselves what kind they are; opened in a child process.

    Raises:
        Problems: why there is none.
    """
    if not data.strip():
        raise Problems([Problem("file.empty", file, "the file is empty", "check that this is the right file")])
    return read_guarded(data, file, asked, limits)


def format_csv(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The CSV bytes of a table, safe to open in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(cell) for cell in heading])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
