"""How good a sender's list is, in figures: rows, how many are complete, doubtful or stopped, and the same by field.

A row is *complete* where nothing is empty that the treaty names for its category, *doubtful* where anything was noted
in it, *stopped* where something in it keeps the file from being imported. A row of unknown category is neither complete
nor incomplete, and is counted as such. No figure says who anybody is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from repatria.people.doubts import SHALL_BE_KNOWN, Gap, gaps
from repatria.people.person import FIELDS
from repatria.people.register import RegisterReading
from repatria.people.table import Table
from repatria.problem import Problem


@dataclass(frozen=True)
class Quality:
    """The figures of one list of one sender."""

    sender: str
    rows: int
    complete: int
    incomplete: int
    category_unknown: int
    doubtful: int
    stopped: int
    fields: tuple[tuple[str, int, int, int], ...]
    """Per field that has a column or that a row ought to have: filled, doubtful, and empty though named for the row."""

    def as_json(self) -> dict[str, Any]:
        return {
            "sender": self.sender, "rows": self.rows, "complete": self.complete, "incomplete": self.incomplete,
            "category_unknown": self.category_unknown, "doubtful": self.doubtful, "stopped": self.stopped,
            "fields": [
                {"field": name, "filled": filled, "doubtful": doubtful, "missing": missing}
                for name, filled, doubtful, missing in self.fields
            ],
        }  # fmt: skip


def quality(table: Table, reading: RegisterReading, sender: str, doubtful: Sequence[Problem]) -> Quality:
    """The figures; `doubtful` are the notes of the reading and whatever else was found to look at."""
    lacking: list[Gap] = gaps(reading)
    unknown = sum(row.values.get("person_category") not in SHALL_BE_KNOWN for row in reading.cells)
    filled = Counter(name for row in reading.cells for name in row.values)
    missing = Counter(name for gap in lacking for name in gap.fields)
    doubted = Counter(_field(table, reading, problem) for problem in {*doubtful, *reading.stopping})
    columns = [name for name in FIELDS if name in reading.headings or missing[name]]
    return Quality(
        sender,
        len(reading.cells),
        len(reading.cells) - unknown - len(lacking),
        len(lacking),
        unknown,
        len(_rows(table, doubtful)),
        len(_rows(table, reading.stopping)),
        tuple((name, filled[name], doubted[name], missing[name]) for name in columns),
    )


def _rows(table: Table, problems: Iterable[Problem]) -> set[int]:
    first = {row.number for row in table.rows}
    return {at[0] for problem in problems if (at := table.cell_at(problem.where)) is not None and at[0] in first}


def _field(table: Table, reading: RegisterReading, problem: Problem) -> str | None:
    at = table.cell_at(problem.where)
    if at is None or at[1] is None or at[0] == table.heading_row:
        return None
    return next((name for name, heading in reading.headings.items() if heading == table.heading[at[1]]), None)
