"""The column map: which field each heading of a sender's list stands for; guessed, shown, corrected, remembered.

The guess goes by the headings alone (headings.py). A person corrects it column by column, naming the column by its
heading or by its letter; what is corrected is remembered by heading, so that the sender's next list is read alike.
A field that a person said for one column is guessed for no other, nor parts of names beside a column of whole ones.
`unknown` leaves a column aside: it is kept, sealed, as it stands.

    >>> said = parse_map(["Shoe=unit", "C=unknown"])
    >>> said.field("shoe:", 0), said.field("Rank", 2), said.field("Rank", 0)
    ('unit', 'unknown', None)
    >>> columns_from_toml(columns_to_toml(said)) == said
    True
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from repatria.people.headings import WHOLE_NAMES, field_of, plain_heading
from repatria.people.person import FIELDS
from repatria.people.table import Table, column_letters
from repatria.problem import Problem, Problems

UNKNOWN = "unknown"
MAPPABLE = (*FIELDS, *WHOLE_NAMES, UNKNOWN)
SAMPLES = 3


@dataclass(frozen=True)
class ColumnMap:
    """What a person said of some columns: by plain heading or by small letter, the field that it stands for."""

    fields: Mapping[str, str] = field(default_factory=dict)

    def field(self, heading: str, column: int) -> str | None:
        """The field that was said for a column; None where nobody said any."""
        found = self.fields.get(plain_heading(heading)) if heading else None
        return found or self.fields.get(column_letters(column).lower())

    def over(self, older: ColumnMap) -> ColumnMap:
        """This map, and what an older one says of other columns."""
        return ColumnMap({**older.fields, **self.fields})

    def by_heading(self, table: Table) -> ColumnMap:
        """The map with each letter that means a column with a heading put as that heading."""
        said = dict(self.fields)
        for column, heading in enumerate(table.heading):
            letter = column_letters(column).lower()
            if heading and letter in said and plain_heading(heading) != letter:
                said.setdefault(plain_heading(heading), said.pop(letter))
        return ColumnMap(said)


@dataclass(frozen=True)
class Column:
    """One column as it is understood: its place, heading, field if any, who says so, and its first entries."""

    letters: str
    heading: str
    field: str | None
    by: str
    """`map`, `heading`, or `nothing`."""
    samples: tuple[str, ...]


def understood(table: Table, said: ColumnMap | None = None) -> tuple[Column, ...]:
    """How each column is read. The samples are people's own: for the screen of whoever holds the file, never a log."""
    found = fields_of(table, said)
    columns = []
    for at, heading in enumerate(table.heading):
        name = found[at]
        by = "nothing" if name is None else "map" if said and said.field(heading, at) else "heading"
        entries = dict.fromkeys(row.cells[at] for row in table.rows if row.cells[at])
        columns.append(Column(column_letters(at), heading, name, by, tuple(entries)[:SAMPLES]))
    return tuple(columns)


def fields_of(table: Table, said: ColumnMap | None = None) -> list[str | None]:
    """The field, or way of splitting a whole name, of each column; None where nothing says any."""
    told = [said.field(heading, at) if said else None for at, heading in enumerate(table.heading)]
    guessed = [field_of(heading) for heading in table.heading]
    aside = {*told, *(("family_name", "given_names", *WHOLE_NAMES) if set(told) & set(WHOLE_NAMES) else ())}
    found = [own or (guess if guess not in aside else None) for own, guess in zip(told, guessed, strict=True)]
    # `Name` beside `Surname` is the given name; beside `First names`, as on the capture card, the family name; and
    # alone a whole name.
    if found.count("name_whole") == 1 and ("family_name" in found) != ("given_names" in found):
        found[found.index("name_whole")] = "given_names" if "family_name" in found else "family_name"
    return [None if name == UNKNOWN else name for name in found]


def parse_map(texts: Iterable[str]) -> ColumnMap:
    """What was said as `column=field`, the column by its heading or its letter.

    Raises:
        Problems: a text without `=`, a field that there is not, or one column twice.
    """
    said: dict[str, str] = {}
    problems = []
    for number, text in enumerate(texts, 1):
        column, equals, name = (part.strip() for part in text.rpartition("="))
        name = name.replace(" ", "_").lower()
        if not equals or not plain_heading(column) or name not in MAPPABLE:
            do = f"write COLUMN=FIELD, the field one of {', '.join(MAPPABLE)}"
            problems.append(Problem("import.map.form", f"map {number}", "not a column and a field", do))
        elif said.setdefault(plain_heading(column), name) != name:
            problems.append(
                Problem("import.map.twice", f"map {number}", "this column has another field already", "keep one")
            )
    if problems:
        raise Problems(problems)
    return ColumnMap(said)


def columns_to_toml(said: ColumnMap) -> str:
    """The map as a file that a person can correct."""
    # A JSON string is a TOML string too.
    lines = [
        f"{json.dumps(column, ensure_ascii=False)} = {json.dumps(name)}" for column, name in sorted(said.fields.items())
    ]
    return "\n".join(["# column (heading or letter) = field", "[columns]", *lines, ""])


def columns_from_toml(text: str, file: str = "columns.toml") -> ColumnMap:
    """The map that a file holds.

    Raises:
        Problems: not TOML, no table `columns`, or what `parse_map` refuses.
    """
    try:
        table = tomllib.loads(text).get("columns")
    except (tomllib.TOMLDecodeError, RecursionError):
        table = None
    if not isinstance(table, dict) or not all(isinstance(name, str) for name in table.values()):
        do = 'write [columns], and below it lines as "Surname" = "family_name"'
        raise Problems([Problem("import.map.file", file, "not a column map", do)])
    return parse_map(f"{column}={name}" for column, name in table.items())
