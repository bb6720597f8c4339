"""Printing: answers as tables or JSON, every problem at once, progress where somebody watches.

An answer goes to standard output and problems to standard error, of one code a hundred at the most; with --json both
go to standard output as one object, whole, so that a program reads one thing. What came out of a file is printed
without the control characters and direction marks by which a name could rewrite the screen. Where the reader of our
output has gone (`| head -1`), the rest is not printed; the exit code says what was done, not what was read.

    >>> show(Said({"people": 2, "rows": [{"row": "7", "state": "held"}]}))
    people: 2
    rows:
      row  state
      7    held
    0
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from repatria.problem import Problem

ALIKE_MOST = 100  # problems of one code on a screen
DONE, PROBLEMS, USAGE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class Said:
    """What a verb has to say: its answer, the events it made, and what is wrong nevertheless."""

    answer: Mapping[str, Any] = field(default_factory=dict)
    events: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    page: str = ""  # printed in place of the answer, where the answer is for programs
    unasked: bool = False  # the problems are why nothing could be asked


def show(said: Said, as_json: bool = False, telling: Callable[[Problem], str] = str) -> int:
    """Print it; gives back the exit code: 0, or 1 where there are problems, or 2 where nothing could be asked.

    `telling` puts a problem into a line; to a program it is told in English, as it was found.
    """
    try:
        _print(said, as_json, telling)
        sys.stdout.flush()
    except BrokenPipeError:
        unread()
    if not said.problems:
        return DONE
    return USAGE if said.unasked else PROBLEMS


def _print(said: Said, as_json: bool, telling: Callable[[Problem], str]) -> None:
    if as_json:
        print(json.dumps(_as_json(said), ensure_ascii=False, indent=2, default=str))
        return
    if said.page:
        print(said.page, end="")
    for line in () if said.page else _lines(said.answer):
        print(line)
    for event in said.events:
        print(f"signed: {event}")
    told: Counter[str] = Counter()
    for problem in said.problems:
        told[problem.code] += 1
        if told[problem.code] <= ALIKE_MOST:
            print(printable(telling(problem)), file=sys.stderr)
    for code, count in told.items():
        if count > ALIKE_MOST:
            print(f"... and {count - ALIKE_MOST:,} more of [{code}]: --json tells every one of them", file=sys.stderr)
    if len(said.problems) > 1:
        print(f"{len(said.problems)} problems", file=sys.stderr)


def unread() -> None:
    """The reader of our output has gone: what is still printed goes nowhere, also as this process ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def stopped() -> int:
    """Say that Ctrl-C was heard; gives back the exit code."""
    try:
        print("\nStopped. What was not finished was not kept.", file=sys.stderr)
    except BrokenPipeError:
        unread()
    return INTERRUPTED


def printable(text: str) -> str:
    """The text without characters that steer a terminal or turn the direction of what follows."""
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)


def progress() -> Callable[[str, int, int], None]:
    """Tells how far work has come, on standard error, if that is a terminal; otherwise says nothing."""
    if not sys.stderr.isatty():
        return lambda what, done, total: None

    def tell(what: str, done: int, total: int) -> None:
        end = "\n" if done >= total else ""
        print(f"\r{printable(what)}: {done} of {total}\033[K", end=end, file=sys.stderr, flush=True)

    return tell


def _as_json(said: Said) -> dict[str, Any]:
    return {
        "ok": not said.problems,
        "answer": plain(said.answer),
        "events": list(said.events),
        "problems": [problem.as_json() for problem in said.problems],
    }


def plain(value: Any) -> Any:
    """What JSON can say: bytes in hex, tuples and sets as lists."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, (set, frozenset)):
        return sorted(plain(each) for each in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(each) for each in value]
    return value


def _lines(answer: Mapping[str, Any], indent: str = "") -> list[str]:
    lines = []
    for name, value in plain(answer).items():
        label = indent + printable(name.replace("_", " "))
        if isinstance(value, dict):
            lines += [f"{label}:", *_lines(value, indent + "  ")] if value else [f"{label}: none"]
        elif isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            lines += [f"{label}:", *(f"{indent}  {line}" for line in _table(value))]
        elif isinstance(value, list):
            lines.append(f"{label}: {', '.join(map(_cell, value)) or 'none'}")
        elif isinstance(value, str) and "\n" in value.strip():
            lines += [f"{label}:", *(f"{indent}  {printable(line)}" for line in value.splitlines())]
        else:
            lines.append(f"{label}: {_cell(value)}")
    return lines


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Columns in the order in which the rows bring them; numbers to the right."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[printable(name.replace("_", " ")) for name in columns]]
    cells += [[_cell(row.get(name, "")) for name in columns] for row in rows]
    widths = [max(_width(row[at]) for row in cells) for at in range(len(columns))]
    right = [all(isinstance(row.get(name, 0), int) for row in rows) for name in columns]
    return [
        "  ".join(
            " " * (width - _width(cell)) + cell if to_right else cell + " " * (width - _width(cell))
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_cell, value)) or "-"
    if isinstance(value, dict):
        return "; ".join(f"{printable(name)}: {_cell(each)}" for name, each in value.items()) or "-"
    return printable(str(value))


def _width(text: str) -> int:
    """Columns on a terminal: marks that combine take none, wide scripts two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
