"""What a person should look at in a register that can be read: implausible dates, the wrong list, gaps by category.

Nothing here stops a file. Each finding says its row and its column and never what stands there.

- A date is doubted only where no reading of it is plausible: `1987` captured in `1987-03` is fine.
- What a Bureau shall know of a person is named by treaty, by category, "in so far as available": a gap is counted and
  named, and is no error. Where the category is not known, nobody can say what is missing, and that is said.
- A column that the file does not have is told once, not in every row.

    >>> from repatria.people.register import read_register
    >>> from repatria.people.table import table_of
    >>> table = table_of("n.csv", ["surname", "first name", "born", "captured"], [["Invented", "Test", "1990", "1989"]])
    >>> reading = read_register(table, "sought", "north")
    >>> [(found.code, found.where) for found in doubts(table, reading, "sought", "north", date(2025, 12, 1))]
    [('import.date.order', 'n.csv, row 2, "captured"')]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from repatria.people.dates import PartialDate, age_on
from repatria.people.person import FitToTravel, ListKind, ProofOfLife
from repatria.people.register import ReadRow, RegisterReading
from repatria.people.table import Table
from repatria.problem import Problem

YOUNGEST_CAPTURED, OLDEST_CAPTURED = 14, 90  # years; outside, a slip is likelier than the fact
OLDEST_BORN = 110

_GC3_122 = (
    "family_name", "given_names", "rank", "service_number", "place_of_birth", "date_of_birth",
    "power_on_which_depends", "father_name", "mother_maiden_name", "next_of_kin_ref",
)  # fmt: skip
_GC4_138 = (
    "family_name", "given_names", "place_of_birth", "date_of_birth", "nationality", "father_name",
    "mother_maiden_name", "next_of_kin_ref", "capture_date", "capture_place",
)  # fmt: skip
_GC1_16 = (
    "family_name", "given_names", "service_number", "date_of_birth", "power_on_which_depends", "capture_date",
    "capture_place",
)  # fmt: skip
SHALL_BE_KNOWN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "prisoner_of_war": ("GC III 122(4)", _GC3_122),
    "retained_personnel": ("GC III 33, 122(4)", _GC3_122),
    "civilian_internee": ("GC IV 138", _GC4_138),
    "security_detainee": ("GC IV 136, 138", _GC4_138),
    "convicted_detainee": ("GC IV 136, 138", (*_GC4_138, "legal_proceedings")),
    "deceased": ("GC I 16", _GC1_16),
}
"""Category of person: the article, and which fields of the record it names.

Source: GC III Art. 122(4); GC IV Art. 138: "his surname, first names, place and date of birth, nationality, last
residence and distinguishing characteristics, the first name of the father and the maiden name of the mother, the date,
place and nature of the action taken with regard to the individual"; GC I Art. 16: "(a) designation of the Power on
which he depends; (b) army, regimental, personal or serial number; (c) surname; (d) first name or names; (e) date of
birth; ... (g) date and place of capture or death". What an article names and the record has no field for is not here.
"""

_NOT_ON: Mapping[ListKind, tuple[tuple[str, frozenset[str], str], ...]] = {
    "held": (
        ("custody_status", frozenset({"sought", "claimed", "denied", "released", "repatriated", "escaped", "deceased"}),
         "somebody with this status is not held"),
        ("person_category", frozenset({"missing", "deceased"}), "somebody of this category is not held"),
    ),
    "sought": (
        ("custody_status", frozenset({"released", "repatriated", "escaped", "deceased"}),
         "somebody with this status need not be asked for"),
        ("person_category", frozenset({"deceased"}), "the remains of the dead are asked for on a list of remains"),
    ),
    "missing": (
        ("custody_status", frozenset({"acknowledged", "icrc_confirmed", "released", "repatriated",
                                      "neutral_accommodation"}),
         "the fate of somebody with this status is known"),
        ("person_category", frozenset({"deceased"}), "the fate of somebody of this category is known"),
    ),
    "remains": (
        ("custody_status", frozenset({"sought", "claimed", "acknowledged", "icrc_confirmed", "released", "repatriated",
                                      "neutral_accommodation", "escaped"}),
         "this status is of somebody who lives, or may"),
        ("fit_to_travel", frozenset(), "the dead do not travel by their health"),
    ),
}  # fmt: skip
_PAST = ("date_of_birth", "capture_date", "proof_of_life", "fit_to_travel")


@dataclass(frozen=True, slots=True)
class Gap:
    """A row in which fields are empty that an article names for its category."""

    row: int
    category: str
    fields: tuple[str, ...]
    named: int
    article: str


def doubts(table: Table, reading: RegisterReading, kind: ListKind, party: str, today: date) -> list[Problem]:
    """Every implausible or misplaced value, by row; rows that could be read in part count with what was read."""
    return [
        problem
        for row in reading.cells
        for problem in (*_dates(table, row, reading.headings, today), *_wrong_list(table, row, reading, kind, party))
    ]


def gaps(reading: RegisterReading) -> list[Gap]:
    """Every row in which a field is empty that the treaty names for the person's category, and which fields."""
    found = []
    for row in reading.cells:
        article, names = SHALL_BE_KNOWN.get(row.values.get("person_category", ""), ("", ()))
        empty = tuple(name for name in names if name not in row.values)
        if empty:
            found.append(Gap(row.number, row.values["person_category"], empty, len(names), article))
    return found


def gap_notes(table: Table, reading: RegisterReading) -> list[Problem]:
    """The gaps in words: a column that is not there once, an empty cell in its row, a category unknown once."""
    notes = []
    without = Counter(
        (name, gap.article) for gap in gaps(reading) for name in gap.fields if name not in reading.headings
    )
    for (name, article), rows in sorted(without.items()):
        notes.append(
            Problem(
                "import.gap.column", table.place(table.heading_row),
                f"no column for {name.replace('_', ' ')}, which the article names for {_rows(rows)} of the list",
                "add the column where this is known", article,
            )
        )  # fmt: skip
    for gap in gaps(reading):
        here = [name for name in gap.fields if name in reading.headings]
        notes += [
            Problem(
                "import.gap.cell", table.place(gap.row, heading=reading.headings[name]),
                f"no entry; of the {gap.named} fields named for this category {len(gap.fields)} are empty",
                "fill it in when it is known", gap.article,
            )
            for name in here
        ]  # fmt: skip
    unknown = sum("person_category" not in row.values for row in reading.cells)
    if unknown:
        notes.append(
            Problem(
                "import.gap.category", table.place(table.heading_row),
                f"the category of person is not known in {_rows(unknown)}, so nobody can say what they lack",
                "fill in person category: what must be known of a person depends on it", "GC III 122(4), GC IV 138",
            )
        )  # fmt: skip
    return notes


def doubled_rows(table: Table, groups: Sequence[tuple[tuple[int, ...], str]]) -> list[Problem]:
    """Rows that may be one person, each with the reason, at the first of them."""
    return [
        Problem(
            "import.row.doubled", table.place(rows[0]),
            f"rows {', '.join(map(str, rows[:20]))}{f' and {len(rows) - 20} more' if len(rows) > 20 else ''} may be "
            f"one person: {reason}",
            "compare the rows, and take out whoever is listed twice",
        )
        for rows, reason in groups
    ]  # fmt: skip


def _dates(table: Table, row: ReadRow, headings: Mapping[str, str], today: date) -> Iterator[Problem]:
    def told(code: str, name: str, what: str) -> Problem:
        do = "check the cell against the document it came from, and correct it or clear it"
        return Problem(code, table.place(row.number, heading=headings[name]), what, do)

    known = {name: value for name in _PAST if (value := _day_of(row.values.get(name))) is not None}
    for name, value in known.items():
        if value.first > today:
            yield told("import.date.future", name, f"a day after {today}")
    born = known.get("date_of_birth")
    if born is not None and age_on(born, today)[0] > OLDEST_BORN:
        yield told("import.age", "date_of_birth", f"an age above {OLDEST_BORN} years")
    captured = known.get("capture_date")
    if born is not None and captured is not None:
        if captured.last < born.first:
            yield told("import.date.order", "capture_date", "captured before born")
        elif (age := age_on(born, captured.last)[1]) < YOUNGEST_CAPTURED:
            yield told("import.age", "date_of_birth", f"captured at {age} years at the most ({YOUNGEST_CAPTURED})")
        elif (age := age_on(born, captured.first)[0]) > OLDEST_CAPTURED:
            yield told("import.age", "date_of_birth", f"captured at {age} years at the least ({OLDEST_CAPTURED})")
    alive = known.get("proof_of_life")
    if born is not None and alive is not None and alive.last < born.first:
        yield told("import.date.order", "proof_of_life", "seen alive before born")


def _wrong_list(table: Table, row: ReadRow, reading: RegisterReading, kind: ListKind, party: str) -> Iterator[Problem]:
    for name, words, why in _NOT_ON[kind]:
        value = row.values.get(name)
        if value is not None and (not words or value in words):
            yield Problem(
                "import.list.wrong", table.place(row.number, heading=reading.headings[name]),
                f"{why}, and this is a list of kind {kind}", "correct the cell, or move the row to the list it is of",
            )  # fmt: skip
    side = "detaining_power" if kind in ("sought", "missing") else "power_on_which_depends"
    if party and str(row.values.get(side, "")).casefold() == party.casefold():
        what = "asked for, and in our own hands" if side == "detaining_power" else "held by us, and one of ours"
        yield Problem(
            "import.list.wrong", table.place(row.number, heading=reading.headings[side]),
            f"{what}: this is a list of kind {kind}", "correct the cell, or move the row to the list it is of",
        )  # fmt: skip


def _day_of(value: object) -> PartialDate | None:
    if isinstance(value, ProofOfLife | FitToTravel):
        return value.date
    return value if isinstance(value, PartialDate) else None


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"
