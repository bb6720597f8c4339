"""A list looked through before it is imported, and read to be imported: what pages and verbs both do with a file.

Nothing is decided here; the rules are those of `people` and `linkage`, asked in one order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from repatria.exchange.state import State
from repatria.files.beside import CHANGES
from repatria.linkage.compare import Record
from repatria.office import Given
from repatria.people.columns import ColumnMap, columns_from_toml
from repatria.people.person import ListKind
from repatria.people.quality import Quality, quality
from repatria.people.register import AS_WRITTEN, UNKNOWN_PREFIX, RegisterReading
from repatria.people.table import Table
from repatria.problem import Problem

if TYPE_CHECKING:
    from repatria.linkage.across import Elsewhere
    from repatria.linkage.versions import Versions

COLUMNS = "columns/"  # a sender's column map, among the node's documents


@dataclass(frozen=True)
class Looked:
    """A file looked through: its table, what was read, what is wrong or doubtful, and what a treaty names beside."""

    table: Table
    reading: RegisterReading
    problems: tuple[Problem, ...]
    gaps: tuple[Problem, ...]
    quality: Quality
    answer: dict[str, Any]


def look(
    table: Table, reading: RegisterReading, kind: ListKind, party: str, today: date, elsewhere: Sequence[Elsewhere]
) -> Looked:
    from repatria.linkage.across import doubts_across
    from repatria.linkage.within import doubled
    from repatria.people.doubts import doubled_rows, doubts, gap_notes

    found = [
        *doubts(table, reading, kind, party, today),
        *doubled_rows(table, [(group.rows, group.reason) for group in doubled(records_of(reading))]),
        *(doubts_across(table, list(records_of(reading)), elsewhere) if elsewhere else ()),
    ]
    noted = [*reading.notes, *found]
    gaps = tuple(gap_notes(table, reading))
    figures = quality(table, reading, party, noted)
    answer = {
        "people": len(reading.persons),
        "notes": len(noted),
        "quality": figures.as_json(),
        "gaps": [gap.as_json() for gap in gaps],
    }
    return Looked(table, reading, (*reading.stopping, *noted), gaps, figures, answer)


def records_of(reading: RegisterReading) -> Iterator[Record]:
    """Every row as it is compared with others, as far as it could be read; each made when it is asked for."""
    return (Record(row.number, row.texts()) for row in reading.cells)


def changed_cells(table: Table, reading: RegisterReading, found: Versions) -> dict[tuple[int, int], str]:
    """What changed, at the cell in the later version: its row and its column counted from 0."""
    column = {name: table.heading.index(heading) for name, heading in reading.headings.items()}
    for at, heading in enumerate(table.heading):
        column |= {UNKNOWN_PREFIX + heading: at, UNKNOWN_PREFIX + AS_WRITTEN + heading: at}
    notes = {(row - 1, 0): "Added in this version." for row in found.added}
    for pair in found.changed:
        since = f"since row {pair.old_row} of the earlier version."
        texts = [(f"{change.how.capitalize()} {since}", column.get(change.field, 0)) for change in pair.changes]
        for text, at in [*texts, *([(f"{pair.remark.capitalize()}.", 0)] if pair.remark else [])]:
            cell = (pair.new_row - 1, at)
            notes[cell] = f"{notes[cell]}\n{text}" if cell in notes else text
    return notes


def told(found: Versions) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [CHANGES]
    rows += [("", str(row), "added", "") for row in found.added]
    rows += [(str(row), "", "gone", "") for row in found.gone]
    for pair in found.changed:
        what = "; ".join([*map(str, pair.changes), *([pair.remark] if pair.remark else [])])
        rows.append((str(pair.old_row), str(pair.new_row), what, pair.reason))
    for old, new in found.unclear:
        rows.append((", ".join(map(str, old)), ", ".join(map(str, new)), "fit each other alike", ""))
    return rows


def with_doubts_across(
    reading: RegisterReading, table: Table, state: State, given: Given, member: str, kind: ListKind
) -> RegisterReading:
    """The reading, and who of it is known elsewhere already: released, or on another list."""
    from repatria.linkage.across import doubts_across
    from repatria.linkage.commands import known_elsewhere

    elsewhere = [] if reading.stopping else known_elsewhere(state, given, member, kind)
    if not elsewhere:
        return reading
    return replace(reading, notes=(*reading.notes, *doubts_across(table, list(records_of(reading)), elsewhere)))


def remembered(given: Given, sender: str) -> ColumnMap:
    """How this node was told to understand a sender's columns; nothing where it was not."""
    return columns_from_toml((given.document(f"{COLUMNS}{sender}") or b"[columns]").decode())
