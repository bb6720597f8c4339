"""Lists as files for people: a register, a template to fill in, the sender's own file with its problems at the cells.

A name that ends in .xlsx gives a workbook, .csv a text table with a data dictionary beside it. Only a file that
somebody asked for by its name holds names, and only its owner may read it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from repatria.files.beside import PROBLEMS
from repatria.files.spreadsheet import Cell, Sheet, format_xlsx
from repatria.files.tables import format_csv
from repatria.files.whole import write_whole
from repatria.message import Message, Name
from repatria.people.dictionary import describe
from repatria.people.person import ListKind
from repatria.people.table import Table
from repatria.people.vocabulary import HEADINGS, RIGHT_TO_LEFT, word_for
from repatria.people.written import ORDER, TEMPLATE, choices, write_register, written
from repatria.problem import Problem, Problems
from repatria.report.language import Language
from repatria.report.retelling import ENGLISH, Retelling


def write_list(path: Path, records: Sequence[Mapping[str, str]], kind: ListKind, language: Language) -> None:
    """Write a register's records, which reading the file again gives back.

    Raises:
        Problems: the name ends in neither .xlsx nor .csv, or the list is larger than a workbook.
    """
    if _suffix(path) == ".csv":
        (heading, *rows), columns = _list(records, kind, language)
        # The dictionary first: whoever finds the list finds what its columns mean.
        write_whole(path.with_name(f"{path.stem}.columns.csv"), format_csv(columns[0], columns[1:]))
        write_whole(path, format_csv(heading, rows))
        return
    write_whole(path, format_list(records, kind, language))


def format_list(records: Sequence[Mapping[str, str]], kind: ListKind, language: Language) -> bytes:
    """A register's records as a workbook, with what its columns mean on a second sheet."""
    rows, columns = _list(records, kind, language)
    return format_xlsx([_sheet("list.sheet", rows, language), _sheet("list.dictionary", columns, language)])


def _list(
    records: Sequence[Mapping[str, str]], kind: ListKind, language: Language
) -> tuple[list[Sequence[str]], list[tuple[str, ...]]]:
    """The records under their headings, and what these columns mean."""
    heading, rows = write_register(records, kind, language.code)
    fields = [name for name, text in HEADINGS[language.code].items() if text in heading]
    return [heading, *rows], _columns(fields, kind, language)


def write_answers(
    path: Path, rows: Sequence[tuple[Mapping[str, str], Mapping[str, str]]], members: Sequence[str], language: Language
) -> None:
    """Write who is sought and what each member answered; a row that nobody answered says so."""
    write_whole(path, format_answers(rows, members, language, _suffix(path)))


def format_answers(
    rows: Sequence[tuple[Mapping[str, str], Mapping[str, str]]], members: Sequence[str], language: Language,
    suffix: str = ".xlsx",
) -> bytes:  # fmt: skip
    """The bytes of what `write_answers` writes."""
    heading, people = write_register([fields for fields, _ in rows], "sought", language.code)
    heads = [language.say(Message("list.answered", {"member": Name(member)})) for member in members]
    words = [
        [language.say(Message(f"list.{said.get(member, 'blank')}")) for member in members] for _, said in rows
    ]  # fmt: skip
    answers = [(*word, *row) for word, row in zip(words, people, strict=True)]
    return _bytes([(*heads, *heading), *answers], language, suffix)


def write_listed(path: Path, rows: Sequence[tuple[str, Mapping[str, str]]], language: Language) -> None:
    """Write the people of a final list, each beside the number that everybody knows them by."""
    write_whole(path, format_listed(rows, language, _suffix(path)))


def format_listed(
    rows: Sequence[tuple[str, Mapping[str, str]]], language: Language, suffix: str = ".xlsx"
) -> bytes:  # fmt: skip
    """The bytes of what `write_listed` writes."""
    heading, people = write_register([fields for _, fields in rows], "held", language.code)
    listed = [(number, *row) for (number, _), row in zip(rows, people, strict=True)]
    return _bytes([(language.say(Message("list.listed")), *heading), *listed], language, suffix)


def _bytes(rows: Sequence[Sequence[str]], language: Language, suffix: str, name: str = "list.sheet") -> bytes:
    return format_csv(rows[0], rows[1:]) if suffix == ".csv" else format_xlsx([_sheet(name, rows, language)])


def write_dictionary(path: Path, kind: ListKind, language: Language) -> int:
    """Write what every column of a list means, and give back how many there are."""
    write_whole(path, format_dictionary(kind, language, _suffix(path)))
    return len(ORDER)


def format_dictionary(kind: ListKind, language: Language, suffix: str = ".xlsx") -> bytes:
    """The bytes of what `write_dictionary` writes."""
    return _bytes(_columns(ORDER, kind, language), language, suffix, "list.dictionary")


def format_template(kind: ListKind, language: Language) -> bytes:
    """An empty list to fill in: headings that the reader takes back, words to choose from, and a sheet of help."""
    texts = HEADINGS[language.code]
    say = language.say
    rules = [[say(Message(f"list.rule.{rule}"))] for rule in ("row", "heading", "wish")]
    return format_xlsx([
        Sheet(
            say(Message("list.sheet")), [[texts[name] for name in TEMPLATE]],
            choices=choices(TEMPLATE, language.code), right_to_left=language.code in RIGHT_TO_LEFT,
        ),
        Sheet(
            say(Message("list.help")), [*rules, [], *_columns(TEMPLATE, kind, language)], len(rules) + 1,
            right_to_left=language.code in RIGHT_TO_LEFT,
        ),
    ])  # fmt: skip


def format_annotated(table: Table, problems: Sequence[Problem], telling: Retelling = ENGLISH) -> bytes:
    """The sender's own table with every problem at its cell, or at its row's first; and all of them on a second sheet.

    In the language of `telling`; the second sheet's headings are always the same, since the reader knows them.

    Rows stand where they stood, so that a row's number is the same in both files.
    """
    rows = _as_it_stood(table)
    notes: dict[Cell, str] = {}
    for problem in problems:
        at = table.cell_at(problem.where)
        if at is not None and 1 <= at[0] <= len(rows):
            cell = (at[0] - 1, at[1] or 0)
            notes[cell] = "\n".join(filter(None, (notes.get(cell), telling.line(problem))))
    listed: list[tuple[str, ...]] = [PROBLEMS]
    retold = [telling.problem(each) for each in problems]
    listed += [(each.where, each.what, each.do, each.article or "", each.code) for each in retold]
    right = any("\u0590" <= letter <= "\u08ff" for text in table.heading for letter in text)
    return format_xlsx([
        Sheet(table.sheet or table.file, rows, table.heading_row - 1, notes, right_to_left=right),
        Sheet("Problems", listed),
    ])  # fmt: skip


def format_compared(table: Table, notes: Mapping[Cell, str], summary: Sequence[Sequence[str]]) -> bytes:
    """The later version of a list with what changed at its cells (row number and column), and a sheet that says it."""
    sheet = Sheet(table.sheet or table.file, _as_it_stood(table), table.heading_row - 1, notes)
    return format_xlsx([sheet, Sheet("Changes", summary)])


def _as_it_stood(table: Table) -> list[Sequence[str]]:
    """Every row at its number in the file; rows above the heading, and empty ones, are empty."""
    rows: list[Sequence[str]] = [()] * max([table.heading_row, *(row.number for row in table.rows)])
    rows[table.heading_row - 1] = table.heading
    for row in table.rows:
        rows[row.number - 1] = row.cells
    return rows


def _columns(fields: Sequence[str], kind: ListKind, language: Language) -> list[tuple[str, ...]]:
    """The data dictionary of these fields: a row for each, under a heading row."""

    def say(name: str) -> str:
        return language.say(Message(f"list.{name}"))

    rows = [tuple(map(say, ("column", "field", "needed", "what", "words", "example", "named", "seen")))]
    for entry in describe(fields):
        words = "; ".join(word_for(entry.field, word, language.code) for word in entry.words)
        needed = say("must" if kind in entry.must else "may")
        named = "; ".join(
            f"{article}: " + ", ".join(word_for("person_category", each, language.code) for each in categories)
            for article, categories in entry.named.items()
        )
        seen = "; ".join(say(f"seen.{reader}") for reader in entry.seen)
        example = written(entry.field, entry.example, language.code)
        heading = HEADINGS[language.code][entry.field]
        rows.append((heading, entry.field, needed, language.say(entry.form), words, example, named, seen))
    return rows


def _sheet(name: str, rows: Sequence[Sequence[str]], language: Language) -> Sheet:
    return Sheet(language.say(Message(name)), rows, right_to_left=language.code in RIGHT_TO_LEFT)


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        do = "give the file a name that ends in .xlsx or .csv"
        raise Problems([Problem("file.suffix", path.name, "the name does not say which kind of file", do)])
    return suffix
