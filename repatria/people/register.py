"""A register: a table's rows become persons, or every problem in the table is told at once.

Rules:

- Headings are those of headings.py, or what a person said of a column (columns.py). Two
  columns for one field stop the file; so does a missing mandatory column.
- Nothing is imported by half: one stopping problem anywhere and there are no persons.
- `stopping` problems stop the file. `notes` are read by a person and stop nothing.
- A row is left out for nothing that stands in it. A cell that cannot be read is noted, recorded as unknown, and kept as
  it stands as `unknown:as written: <heading>`. What stops a file is what makes all of it doubtful, such as a column of
  which most cannot be read; what nobody can see; and a row with neither a name nor a number, which is nobody.
- An unknown column is kept whole as `unknown:<heading>` beside each person. Problems call it by its letter:
  in a file without headings the first row is somebody. A whole name that was divided is kept as it stands, too.
  A column that says it counts the rows, and does, is left out: below a new row it would tell everybody changed.
- An empty cell is unknown. An ambiguous date becomes the interval of its readings, with a note.
- The wish to return is nobody's to declare in a party's register: only the neutral records it.
- The national identity number is stored as a keyed hash or not at all.
- No problem repeats a cell.

    >>> from repatria.people.table import table_of
    >>> table = table_of("n.csv", ["Surname", "First name", "Born"], [["Invented", "Test", "1990-02-30"]])
    >>> reading = read_register(table, "sought", "north")
    >>> len(reading.persons), reading.stopping[0].where, reading.stopping[0].what
    (0, 'n.csv, row 2, "Born"', 'not a calendar date (the day exceeds its month)')
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard, overload

from repatria.people.columns import ColumnMap, fields_of
from repatria.people.dates import DateFormat, PartialDate, gives_two, inferred_order, is_serial, parse_date
from repatria.people.headings import WHOLE_NAMES, counts_rows, field_of
from repatria.people.lookalike import name_flags, scripts_differ
from repatria.people.names import fold, name_problems
from repatria.people.packed import packed
from repatria.people.person import (
    ListKind,
    Person,
    field_choices,
    field_value,
    person_to_fields,
    values_to_fields,
)
from repatria.people.split import NameOrder, order_shown, split_name
from repatria.people.table import Row, Table, column_letters
from repatria.people.vocabulary import word_of
from repatria.problem import Problem

UNKNOWN_PREFIX = "unknown:"
AS_WRITTEN = "as written: "
"""In front of a heading that stands for a field, over what is kept of it besides: no file's own heading is like it."""
MAX_CELL_LENGTH = 2000
MOST_CLEAN = 50_000  # cells whose value is remembered; columns of numbers have no two alike

MANDATORY: Mapping[ListKind, tuple[str, ...]] = {
    "held": ("family_name", "given_names", "date_of_birth", "place_of_detention"),
    "sought": ("family_name", "given_names", "date_of_birth"),
    "missing": ("family_name",),
    "remains": (),
}
"""The columns that a register of each kind must have."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as far as it could be read: its number in the file, and the value of each field that has one."""

    number: int
    values: Mapping[str, Any]
    extras: Mapping[str, str]

    def texts(self) -> dict[str, str]:
        """The text of each field that was read, and of each unknown column."""
        return values_to_fields(self.values) | dict(sorted(self.extras.items()))


class _Persons(Sequence[Person]):
    """The persons of rows that nothing stops, each made when it is asked for: the rows hold all that it is made of."""

    def __init__(self, cells: Sequence[ReadRow], source_party: str, kind: ListKind) -> None:
        self._cells, self._own = cells, {"source_party": source_party, "list_kind": kind}

    @overload
    def __getitem__(self, at: int) -> Person: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Person, ...]: ...
    def __getitem__(self, at: int | slice) -> Person | tuple[Person, ...]:
        if isinstance(at, slice):
            return tuple(map(self._person, self._cells[at]))
        return self._person(self._cells[at])

    def __len__(self) -> int:
        return len(self._cells)

    def _person(self, row: ReadRow) -> Person:
        return Person(**({"record_id": f"row-{row.number}"} | dict(row.values) | self._own))


@dataclass(frozen=True)
class RegisterReading:
    """What a table says: persons with their row numbers and further fields, or the problems that stop it."""

    persons: Sequence[Person]
    rows: tuple[int, ...]
    """The row of each person in the file, in the same order."""
    extras: tuple[Mapping[str, str], ...]
    """Per person the filled cells of unknown columns, as `unknown:<heading>`."""
    stopping: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    unknown_columns: tuple[str, ...]
    cells: tuple[ReadRow, ...] = ()
    """Every row as far as it could be read, whether or not something stops the file."""
    headings: Mapping[str, str] = field(default_factory=dict)
    """Each field that has a column, and the heading over it in the file."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.stopping + self.notes


def read_register(
    table: Table,
    kind: ListKind,
    source_party: str,
    date_format: DateFormat | None = None,
    national_id_key: bytes | None = None,
    said: ColumnMap | None = None,
    epoch: int | None = None,
) -> RegisterReading:
    """The persons of a register, or everything that stops it from being one, in one pass.

    Args:
        date_format: the order declared for dates that are not ISO; None where nobody declared one.
        national_id_key: this node's key for hashing national identity numbers; without it they are left out.
        said: what a person said of its columns.
        epoch: the year from which day numbers count, where a person declared it.
    """
    columns, stopping, notes = _columns(table, kind, national_id_key, said)
    orders, remarks = _orders(table, columns, date_format)
    notes += remarks
    name_order, remarks = _name_order(table, columns)
    notes += remarks
    given = _Given(kind, source_party, orders, national_id_key, epoch or table.epoch, name_order)
    read = []
    found: list[_Found] = []
    for row in table.rows:
        values, extras, in_row, remarks = _row(table, row, columns, given)
        read.append(ReadRow(row.number, packed(values), packed(extras)))
        found += in_row
        notes += remarks
    stop, remarks = _weighed(table, columns, found)
    stopping += stop
    notes += remarks
    if not table.rows:
        stopping.append(
            Problem(
                "import.table.empty",
                table.place(),
                "no row below the headings",
                "check that this is the right file and the right sheet",
            )
        )
    stopping += _doubled(
        table,
        [(row.number, row.values.get("record_id")) for row in read],
        (
            "import.record_id.doubled",
            "one record id",
            "give every person an id of their own, then import again",
        ),
    )
    notes += _doubled(
        table,
        [(row.number, row.values.get("service_number")) for row in read],
        ("import.service_number.doubled", "one service number", "check whether one person is listed twice"),
    )
    unknown = tuple(heading for heading, _ in columns.unknown)
    cells = tuple(read)
    headings = {name: table.heading[column] for column, name in columns.fields}
    if stopping:
        return RegisterReading((), (), (), tuple(stopping), (*table.notes, *notes), unknown, cells, headings)
    return RegisterReading(
        _Persons(cells, source_party, kind),
        tuple(row.number for row in read),
        tuple(row.extras for row in read),
        (),
        (*table.notes, *notes),
        unknown,
        cells,
        headings,
    )


def register_fields(person: Person, extras: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """What a register commits to for a person: (field, text) in the order of `FIELDS`, then extras sorted."""
    return [*person_to_fields(person).items(), *sorted((extras or {}).items())]


def national_id_hash(number: str, key: bytes) -> str:
    """The keyed hash a national identity number is stored as; spaces and hyphens do not count."""
    plain = re.sub(r"[\s-]+", "", fold(number)).encode()
    return hmac.new(key, b"repatria/national-id/v1\x00" + plain, hashlib.sha256).hexdigest()


_NAME_FIELDS = frozenset({"family_name", "given_names", "father_name", "mother_maiden_name", "alternate_names"})
_OWN_NAMES = ("family_name", "given_names", "father_name")
_NAMES = frozenset({"family_name", "given_names", *WHOLE_NAMES})
_NAMED_EMPTY: Mapping[ListKind, frozenset[str]] = {
    "held": _NAMES | {"place_of_detention"}, "sought": _NAMES, "missing": _NAMES, "remains": frozenset(),
}  # fmt: skip
_WHO = (*_OWN_NAMES, "alternate_names", "service_number", "national_id")
_SAYS_WHOSE = frozenset({"source_party", "list_kind"})  # a wrong one is a wrong file
_DATE_FIELDS = frozenset({"date_of_birth", "capture_date", "valid_until"})
_MARKS_OF_DIRECTION = str.maketrans("", "", "\u200e\u200f\u061c")
_LINE_BREAKS = str.maketrans("\n\r\t", "   ")
_FORMS = {
    "alternate_names": "names with their script, as Latn=..., and | between them",
    "fit_to_travel": "a date, a space, and who found it",
    "proof_of_life": "a date, a space, and the kind of proof",
}


@dataclass(frozen=True)
class _Columns:
    fields: tuple[tuple[int, str], ...]
    unknown: tuple[tuple[str, int], ...]

    @property
    def tell_who(self) -> bool:
        return any(name in _WHO or name in WHOLE_NAMES for _, name in self.fields)


def _columns(
    table: Table, kind: ListKind, national_id_key: bytes | None, said: ColumnMap | None
) -> tuple[_Columns, list[Problem], list[Problem]]:
    stopping: list[Problem] = []
    notes: list[Problem] = []
    found: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for column, (heading, name) in enumerate(zip(table.heading, fields_of(table, said), strict=True)):
        place = table.place(table.heading_row, column)
        if name is None and not heading:
            if any(row.cells[column] for row in table.rows):
                stopping.append(
                    Problem(
                        "import.column.unnamed",
                        place,
                        "a column with entries and no heading",
                        "write a heading, or remove the column, then import again",
                    )
                )
        elif name is None:
            if counts_rows(heading) and _counts([row.cells[column] for row in table.rows]):
                continue
            if heading in unknown:
                stopping.append(
                    Problem(
                        "import.column.doubled",
                        place,
                        "this heading stands over two columns "
                        f"(the other is {table.place(table.heading_row, unknown[heading])})",
                        "keep one of them, or rename one, then import again",
                    )
                )
            else:
                unknown[heading] = column
                notes.append(
                    Problem(
                        "import.column.unknown",
                        place,
                        "a heading that the record does not know",
                        "nothing need be done: the column is kept, sealed, as it stands",
                    )
                )
        elif name in found:
            stopping.append(
                Problem(
                    "import.column.doubled",
                    place,
                    f"a second column for {name} (the first is {table.place(table.heading_row, found[name])})",
                    "keep one of them, then import again",
                )
            )
        else:
            found[name] = column
    whole = [name for name in found if name in WHOLE_NAMES]
    if whole and (len(whole) > 1 or "family_name" in found or "given_names" in found):
        stopping.append(
            Problem(
                "import.name.twice",
                table.place(table.heading_row, found[whole[-1]]),
                "whole names in one column, and a further column for names",
                "say which holds them: --map COLUMN=unknown leaves the other aside",
            )
        )
    of_whole = ("family_name", "given_names") if whole else ()
    missing = [name for name in MANDATORY[kind] if name not in found and name not in of_whole]
    if missing:
        stopping.append(
            Problem(
                "import.column.missing",
                table.place(table.heading_row),
                f"a register of kind {kind} needs {len(MANDATORY[kind])} columns and "
                f"{len(missing)} of them are missing: {', '.join(missing)}",
                "add the columns with these headings, or say which they are with --map COLUMN=FIELD, then import again",
            )
        )
    if "wish_to_return" in found:
        stopping.append(
            Problem(
                "import.column.wish",
                table.place(table.heading_row, found["wish_to_return"]),
                "a party's register carries no wish to return: only the neutral asks and records it",
                "remove the column from the file, then import again",
            )
        )
    if "national_id" in found and national_id_key is None:
        notes.append(
            Problem(
                "import.national_id.left_out",
                table.place(table.heading_row, found["national_id"]),
                "national identity numbers are kept as a keyed hash only, and no key was given",
                "nothing need be done: the column is left out",
            )
        )
    ordered = tuple((column, name) for name, column in found.items())
    return _Columns(ordered, tuple(unknown.items())), stopping, notes


def _counts(cells: Sequence[str]) -> bool:
    """1, 2, 3 ... down the column."""
    plain = [cell.rstrip(".") for cell in cells]
    return all(len(cell) < 9 and cell.isdecimal() and int(cell) == at for at, cell in enumerate(plain, 1))


@dataclass(frozen=True)
class _Given:
    kind: ListKind
    source_party: str
    orders: Mapping[str, DateFormat | None]
    national_id_key: bytes | None
    epoch: int | None
    name_order: NameOrder | None
    clean: dict[tuple[int, str], Any] = field(default_factory=dict)
    """By column and text, the value of a cell that there was nothing to say of: the next such cell has it too."""


def _orders(
    table: Table, columns: _Columns, declared: DateFormat | None
) -> tuple[dict[str, DateFormat | None], list[Problem]]:
    """The order of day and month in each column of dates: declared, or told by its other rows and then said."""
    orders: dict[str, DateFormat | None] = {}
    notes = []
    for column, name in columns.fields:
        if name not in _DATE_FIELDS:
            continue
        orders[name] = declared
        if declared is not None:
            continue
        cells = [(row.number, cell) for row in table.rows if len(cell := row.cells[column]) <= MAX_CELL_LENGTH]
        order, telling = inferred_order(cells)
        where = table.place(table.heading_row, heading=table.heading[column])
        rows = ", ".join(map(str, telling[:5])) + (", ..." if len(telling) > 5 else "")
        if order is not None:
            orders[name] = order
            before = "the day stands before the month" if order == "dmy" else "the month stands before the day"
            what = f"{before}, by {len(telling)} rows that have no other reading (rows {rows})"
            do = "check one of the rows; if the order is another, declare it with --dates"
            # Nothing is said where no row needed it.
            if any(_of_two_readings(value, cell) for _, cell in cells if cell and _is_date(value := parse_date(cell))):
                notes.append(Problem("import.date.inferred", where, what, do))
        elif telling:
            what = f"some rows can only have the day first and others only the month (rows {rows})"
            do = "ask the sender; dates of two readings are kept as intervals"
            notes.append(Problem("import.date.mixed", where, what, do))
    return orders, notes


def _is_date(value: PartialDate | Problem) -> TypeGuard[PartialDate]:
    return isinstance(value, PartialDate)


@dataclass(frozen=True)
class _Found:
    """A problem of one row, and the column in which a cell cannot be read; None where the problem stops the file."""

    problem: Problem
    unread: int | None = None


def _row(
    table: Table, row: Row, columns: _Columns, given: _Given
) -> tuple[dict[str, Any], dict[str, str], list[_Found], list[Problem]]:
    values: dict[str, Any] = {}
    extras: dict[str, str] = {}
    found: list[_Found] = []
    notes: list[Problem] = []
    for column, name in columns.fields:
        text = row.cells[column]
        if (value := given.clean.get((column, text))) is not None:
            values[name] = value
            continue
        where = table.place(row.number, heading=table.heading[column])
        if not text:
            if name in _NAMED_EMPTY[given.kind]:
                notes.append(_empty(name, where))
            continue
        if name in _DATE_FIELDS:
            text = text.translate(_MARKS_OF_DIRECTION)  # which spreadsheets put between the numbers of a date
        elif name in (_NAME_FIELDS | WHOLE_NAMES.keys()) and text != text.translate(_LINE_BREAKS):
            extras[UNKNOWN_PREFIX + AS_WRITTEN + table.heading[column]] = text
            notes.append(_broken(where))
            text = " ".join(text.translate(_LINE_BREAKS).split())
        if hidden := _hidden(name, text, where):
            found += map(_Found, hidden)
            continue
        if name in WHOLE_NAMES:
            split = split_name(text, given.name_order)
            # A column of its own for the father's name says more than the end of the whole one.
            values = split.fields | values
            notes += [*split.problems(where), *name_flags(text, where)]
            extras.setdefault(UNKNOWN_PREFIX + AS_WRITTEN + table.heading[column], text)
            continue
        value = _value(name, text, where, given)
        if isinstance(value, Problem):
            found.append(_Found(value, None if name in _SAYS_WHOSE else column))
            extras[UNKNOWN_PREFIX + AS_WRITTEN + table.heading[column]] = text
        elif value is not None:
            values[name] = value
            remarks = _remarks(name, text, value, where)
            notes += remarks
            if not remarks and len(given.clean) < MOST_CLEAN:
                given.clean[column, text] = value
    notes += scripts_differ([values[name] for name in _OWN_NAMES if name in values], table.place(row.number))
    for heading, column in columns.unknown:
        if text := row.cells[column]:
            found += map(_Found, _hidden("", text, table.place(row.number, column)))
            extras[UNKNOWN_PREFIX + (AS_WRITTEN if field_of(heading) else "") + heading] = text
    seen = all(each.unread is not None for each in found)  # what nobody can see may be the name
    if columns.tell_who and seen and given.kind != "remains" and not any(name in values for name in _WHO):
        found.append(_Found(_nobody(table.place(row.number))))
    return values, extras, found, notes


def _weighed(table: Table, columns: _Columns, found: Sequence[_Found]) -> tuple[list[Problem], list[Problem]]:
    """What stops the file, and what is noted: cells that cannot be read stop it where they are most of their column."""
    unread = Counter(each.unread for each in found if each.unread is not None)
    misread = {
        column for column, count in unread.items() if 2 * count > sum(bool(row.cells[column]) for row in table.rows)
    }
    stopping = [each.problem for each in found if each.unread is None or each.unread in misread]
    kept = "; it is recorded as unknown, and kept as it stands"
    notes = [
        replace(each.problem, what=each.problem.what + kept)
        for each in found
        if each.unread is not None and each.unread not in misread
    ]
    return stopping, notes


def _hidden(name: str, text: str, where: str) -> list[Problem]:
    """What no cell may carry: more text than a cell holds, or characters that nobody sees."""
    if len(text) > MAX_CELL_LENGTH:
        return [
            Problem(
                "import.cell.long",
                where,
                f"{len(text)} characters, and a cell may have {MAX_CELL_LENGTH}",
                "check that no quotation mark is left open above, then import again",
            )
        ]
    if name not in _NAME_FIELDS:
        text = text.translate(_LINE_BREAKS)
    return name_problems(text, where)


def _empty(name: str, where: str) -> Problem:
    why = "nobody can be planned for without it" if name == "place_of_detention" else "who has one name is hard to find"
    return Problem(
        "import.cell.unknown",
        where,
        "no entry; it is recorded as unknown",
        f"fill it in when it is known: {why}",
    )


def _broken(where: str) -> Problem:
    return Problem(
        "import.name.line_break",
        where,
        "a line break or tab in the cell, read as a space; the cell is kept as it stands",
        "check that it holds one name, and no second person's",
    )


def _nobody(where: str) -> Problem:
    return Problem(
        "import.row.nobody",
        where,
        "neither a name nor a number, so the row is nobody",
        "fill in what is known of the person, or remove the row, then import again",
    )


def _name_order(table: Table, columns: _Columns) -> tuple[NameOrder | None, list[Problem]]:
    """The order of whole names: declared by the heading or a person, or shown by the rows themselves and then said."""
    for column, name in columns.fields:
        if name == "name_whole":
            cells = [cell for row in table.rows if len(cell := row.cells[column]) <= MAX_CELL_LENGTH]
            order, telling = order_shown(cells)
            needed = sum(bool(order and split_name(cell).doubt and not split_name(cell, order).doubt) for cell in cells)
            if order is None or not needed:  # a row that shows nothing is told by itself
                return order, []
            first = "first" if order == "family_first" else "last"
            return order, [
                Problem(
                    "import.name.order_shown",
                    table.place(table.heading_row, heading=table.heading[column]),
                    f"the family name stands {first}, by {telling} rows that show it; {needed} rows are divided by it",
                    f"check one of those that show nothing; if it is wrong, declare the order with --map "
                    f"{column_letters(column)}=name_family_first or name_family_last",
                )
            ]
        if name in WHOLE_NAMES:
            return ("family_first" if name == "name_family_first" else "family_last"), []
    return None, []


def _value(name: str, text: str, where: str, given: _Given) -> Any:
    """The field's value; None where it is left out; or the problem with it."""
    if name in _SAYS_WHOSE:
        expected = given.source_party if name == "source_party" else given.kind
        if (word_of(name, text) or _word(text)) == _word(expected):
            return None
        return Problem(
            "import.source.differs",
            where,
            f"the file names another {name.replace('_', ' ')} than the one it is imported as ({expected})",
            "check that this is the right file, or correct the column",
        )
    if name == "wish_to_return":
        return None
    if name == "national_id":
        return national_id_hash(text, given.national_id_key) if given.national_id_key is not None else None
    if name in _DATE_FIELDS:
        return parse_date(text, given.orders[name], where, given.epoch)
    choices = field_choices(name)
    try:
        return field_value(name, _words(name, text, choices) if choices else text)
    except ValueError:
        expected = f"one of {', '.join(choices)}" if choices else _FORMS[name]
        return Problem(
            "import.value.unknown",
            where,
            "not a value of this field",
            f"write {expected}, or clear the cell to record it as unknown, then import again",
        )


def _words(name: str, text: str, choices: Sequence[str]) -> str:
    """The words that a cell holds, in whichever language it says them, as the record writes them."""
    if word := word_of(name, text):
        return word
    return ";".join(word_of(name, part) or _word(part) for part in re.split("[;,،]", text))


def _remarks(name: str, text: str, value: Any, where: str) -> list[Problem]:
    if name == "alternate_names":
        return [flag for _, alternate in value for flag in name_flags(alternate, where)]
    if name in _NAME_FIELDS:
        return name_flags(text, where)
    if name in _DATE_FIELDS and is_serial(text):
        return [
            Problem(
                "import.date.from_serial",
                where,
                "a spreadsheet's day number, read as a date",
                "check it once; format the column as dates or as text in the file",
            )
        ]
    if name in _DATE_FIELDS and gives_two(text):
        return [
            Problem(
                "import.date.two",
                where,
                "two dates, one by other data; the span from the earlier to the later is recorded",
                "find out which is right; if one is, write it alone",
            )
        ]
    if name in _DATE_FIELDS and _of_two_readings(value, text):
        return [
            Problem(
                "import.date.ambiguous",
                where,
                "two readings of the day and the month; both are kept, as an interval",
                "declare the order of dates that the file uses, or write the date as 1987-03-05",
            )
        ]
    return []


def _of_two_readings(value: PartialDate, text: str) -> bool:
    return "/" in str(value) and not re.match("[0-9]{4}", text)


def _word(text: str) -> str:
    return re.sub(r"[\s_-]+", "_", fold(text.strip()))


def _doubled(table: Table, texts: list[tuple[int, str | None]], wording: tuple[str, str, str]) -> list[Problem]:
    code, what, do = wording
    count = Counter(text for _, text in texts if text is not None)
    rows: dict[str, list[int]] = {}
    for number, text in texts:
        if text is not None and count[text] > 1:
            rows.setdefault(text, []).append(number)
    return [
        Problem(code, table.place(numbers[-1]), f"{what} stands in rows {', '.join(map(str, numbers))}", do)
        for numbers in rows.values()
    ]
