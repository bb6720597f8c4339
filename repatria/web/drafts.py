"""Lists that somebody has brought and nobody has imported yet: the file and all that was said of it, in the vault.

A draft has a random number, which is all that an address says of it. Once it is imported, or thrown away, nothing of
it is left here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from repatria.files.guarded import Asked, Limits
from repatria.files.tables import parse_table
from repatria.office import Given
from repatria.people.columns import ColumnMap
from repatria.people.table import Table

PLACE = "web/list"  # among the vault's documents: <number>, <number>/file, /looked, /annotated
PARTS = ("", "/file", "/looked", "/annotated")
LIMITS = Limits(60.0, 1024)  # in the background somebody can wait, and cancel


@dataclass(frozen=True)
class Draft:
    """What was said of a file: its name, whose columns these are, which kind of list, and what each column means."""

    number: str
    file: str
    kind: str
    sender: str
    by: str
    at: str
    sheet: str | None = None
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{PLACE}/{self.number}"

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    def said(self) -> ColumnMap:
        return ColumnMap(dict(self.columns))

    def table(self, given: Given) -> Table:
        """The file's table, opened in a child process. Raises Problems where there is none."""
        asked = Asked(self.encoding, self.sheet)
        return parse_table(given.document(f"{self.place}/file") or b"", self.file, asked, LIMITS)

    def everything(self) -> tuple[str, ...]:
        """Every document of it, to be taken away."""
        return tuple(self.place + part for part in PARTS)


def draft(given: Given, number: str) -> Draft | None:
    data = given.document(f"{PLACE}/{number}")
    return None if data is None else Draft(**json.loads(data))


def drafts(given: Given) -> list[Draft]:
    """All that wait, the latest first."""
    numbers = {name.removeprefix(f"{PLACE}/").partition("/")[0] for name in given.documents(f"{PLACE}/")}
    found = [each for number in numbers if (each := draft(given, number)) is not None]
    return sorted(found, key=lambda each: (each.at, each.number), reverse=True)


def looked(given: Given, number: str) -> dict[str, Any] | None:
    """What looking it through came to; None before that."""
    data = given.document(f"{PLACE}/{number}/looked")
    return None if data is None else json.loads(data)
