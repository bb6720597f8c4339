"""JSON Lines in, for machines: an object on each line, or one array of objects; a key is a heading.

A value is a text, a number, true or false, or null (unknown). A key twice in one object, a value within a value and
anything that JSON does not have (NaN) are refused with the line. A row's number is its line, or its place in the array.

    >>> parse_jsonl(b'{"family_name": "Invented", "unit": null}\\n{"family_name": "Other", "rank": 3}\\n', "f").rows[1]
    Row(number=2, cells=('Other', '', '3'))
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from repatria.files.encoding import decode
from repatria.files.guarded import Asked
from repatria.people.table import Row, Table
from repatria.problem import Problem, Problems

MAX_KEYS, MAX_CELLS = 512, 4_000_000


class _RefusedError(ValueError):
    """What is wrong with one line."""


def parse_jsonl(data: bytes, file: str, asked: Asked | None = None) -> Table:
    """The table in these lines.

    Raises:
        Problems: each line that is not an object of plain values; no value is repeated.
    """
    text, notes = decode(data, file, (asked or Asked()).encoding)
    if text.lstrip().startswith("["):
        objects, problems = _array(text, file)
    else:
        objects, problems = _lines(text, file)
    names = dict.fromkeys(name for _, one in objects for name in one)
    if len(names) > MAX_KEYS or len(names) * len(objects) > MAX_CELLS:
        what = f"{len(names)} different keys in {len(objects)} objects, which is more than is read"
        problems.append(
            Problem("file.json.keys", file, what, "name each field alike in every object, or split the file")
        )
    if problems:
        raise Problems(problems)
    if not objects:
        raise Problems([Problem("file.empty", file, "no entry in the file", "check that this is the right file")])
    rows = tuple(Row(number, tuple(one.get(name, "") for name in names)) for number, one in objects)
    return Table(file, None, tuple(name.strip() for name in names), rows, notes, heading_row=0)


def _lines(text: str, file: str) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    objects: list[tuple[int, dict[str, str]]] = []
    problems: list[Problem] = []
    # Not splitlines: JSON may hold U+2028 within a text.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                objects.append((number, _plain(_loads(line))))
            except _RefusedError as refused:
                problems.append(_problem(f"{file}, line {number}", str(refused)))
    return objects, problems


def _array(text: str, file: str) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    objects: list[tuple[int, dict[str, str]]] = []
    problems: list[Problem] = []
    try:
        array = _loads(text)
    except _RefusedError as refused:
        return [], [_problem(file, str(refused))]
    for number, value in enumerate(array, 1):
        try:
            objects.append((number, _plain(value)))
        except _RefusedError as refused:
            problems.append(_problem(f"{file}, object {number}", str(refused)))
    return objects, problems


def _loads(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except _RefusedError:
        raise
    except RecursionError:
        raise _RefusedError("values nested too deep") from None
    except ValueError:
        raise _RefusedError("not JSON") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError("a key that stands twice in one object")
    return found


def _constant(_: str) -> NoReturn:
    raise _RefusedError("not JSON")


def _plain(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _RefusedError("not an object")
    found = {}
    for name, one in value.items():
        if isinstance(one, dict | list):
            raise _RefusedError("a value that holds further values")
        if isinstance(one, bool):
            found[name] = str(one).upper()
        else:
            found[name] = "" if one is None else str(one).strip()
    # A lone half of a pair, as \\ud800, is no text that could be stored.
    if any("\ud800" <= c <= "\udfff" for pair in found.items() for part in pair for c in part):
        raise _RefusedError("half of a character")
    return found


def _problem(where: str, what: str) -> Problem:
    return Problem("file.json.line", where, what, "write an object of plain values on each line, then import again")
