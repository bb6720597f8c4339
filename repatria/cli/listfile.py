"""A list's file as every verb takes it: what a person may say of it, in one place, and the table or register it holds.

Whoever reads a list says the same things of it everywhere: which sheet, which encoding, which column is which. A verb
has a parameter of one of these classes, and `verb` gives it all their options:

    @verb(app)
    def check(file: File, kind: AnyKind, how: ReadAs) -> Said:
        table = how.table(file)
        reading = how.register(table, how.columns_of(file), known_kind(kind), "north")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from repatria.files.guarded import Asked, Limits
from repatria.files.tables import read_table, read_text
from repatria.people.columns import ColumnMap, columns_from_toml, parse_map
from repatria.people.dates import DateFormat
from repatria.people.person import ListKind
from repatria.people.register import RegisterReading, read_register
from repatria.people.table import Table

KINDS: tuple[str, ...] = get_args(ListKind)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A list: CSV, XLSX, XLS, ODS, JSON Lines or PFIF.")]
Kind = Annotated[str, typer.Option("--kind", metavar="KIND", help="held or sought.")]
AnyKind = Annotated[str, typer.Option("--kind", metavar="KIND", help=f"{', '.join(KINDS[:-1])} or {KINDS[-1]}.")]
Encoding = Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="A text's encoding, as cp1251.")]
Separator = Annotated[
    str | None, typer.Option("--separator", metavar="NAME", help="A text's: comma, semicolon, tab or bar.")
]
Sheet = Annotated[str | None, typer.Option("--sheet", metavar="SHEET", help="A workbook's sheet, by name or number.")]
HeadingRow = Annotated[int | None, typer.Option("--heading-row", metavar="ROW", help="The row of the headings.")]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="COLUMN=FIELD", help="A column, by heading or letter, stands for a field; may repeat."
    ),
]
ColumnsFile = Annotated[Path | None, typer.Option("--columns", metavar="FILE", help="A column map in TOML.")]
Seconds = Annotated[float, typer.Option("--seconds", metavar="N", min=0.1, help="How long the reading may take.")]
Megabytes = Annotated[
    int, typer.Option("--megabytes", metavar="N", min=100, help="How much memory the reading may take.")
]
Dates = Annotated[str | None, typer.Option("--dates", metavar="ORDER", help="dmy, mdy or ymd, if declared.")]
Epoch = Annotated[int | None, typer.Option("--epoch", metavar="YEAR", help="Day numbers count from 1900 or 1904.")]


@dataclass(frozen=True)
class OpenAs:
    """What may be said of a file before its table is there, and of its columns."""

    maps: Maps = None
    columns: ColumnsFile = None
    encoding: Encoding = None
    separator: Separator = None
    sheet: Sheet = None
    heading_row: HeadingRow = None
    seconds: Seconds = 10.0
    megabytes: Megabytes = 512

    def table(self, file: Path) -> Table:
        asked = Asked(self.encoding, self.sheet, self.heading_row, self.separator)
        return read_table(file, asked, Limits(self.seconds, self.megabytes))

    def columns_of(self, file: Path) -> ColumnMap:
        """What was said of the columns: with --map, then in the file that was named, or in the one beside the list."""
        said = parse_map(self.maps or ())
        read = self.columns or (beside(file) if beside(file).is_file() else None)
        if read is None:
            return said
        return said.over(columns_from_toml(read_text(read), read.name))


@dataclass(frozen=True)
class ReadAs(OpenAs):
    """What may be said besides, where the table is read as a register."""

    dates: Dates = None
    epoch: Epoch = None

    def register(self, table: Table, said: ColumnMap, kind: ListKind, party: str) -> RegisterReading:
        if self.dates not in (None, "dmy", "mdy", "ymd"):
            raise typer.BadParameter("--dates is dmy, mdy or ymd")
        if self.epoch not in (None, 1900, 1904):
            raise typer.BadParameter("--epoch is 1900 or 1904")
        if not party.strip():
            raise typer.BadParameter("--party is a name")
        order = cast("DateFormat | None", self.dates)
        return read_register(table, kind, party, order, said=said.by_heading(table), epoch=self.epoch)


def _of_other(option: str, what: str, metavar: str) -> typer.models.OptionInfo:
    return cast(typer.models.OptionInfo, typer.Option(f"--old-{option}", metavar=metavar, help=f"OLD's {what}."))


@dataclass(frozen=True)
class OldReadAs:
    """What is to be said of an earlier file where it is otherwise than of the later one."""

    old_maps: Annotated[list[str] | None, _of_other("map", "column and field; may repeat", "COLUMN=FIELD")] = None
    old_encoding: Annotated[str | None, _of_other("encoding", "encoding", "NAME")] = None
    old_separator: Annotated[str | None, _of_other("separator", "separator", "NAME")] = None
    old_sheet: Annotated[str | None, _of_other("sheet", "sheet", "SHEET")] = None
    old_heading_row: Annotated[int | None, _of_other("heading-row", "row of headings", "ROW")] = None
    old_dates: Annotated[str | None, _of_other("dates", "order of dates", "ORDER")] = None
    old_epoch: Annotated[int | None, _of_other("epoch", "first year of day numbers", "YEAR")] = None

    def instead_of(self, new: ReadAs) -> ReadAs:
        """How the earlier file is read: as it is said of it, or else as the later one."""
        own = {
            "encoding": self.old_encoding, "separator": self.old_separator, "sheet": self.old_sheet,
            "heading_row": self.old_heading_row, "dates": self.old_dates, "epoch": self.old_epoch,
        }  # fmt: skip
        return replace(new, maps=self.old_maps, **{name: value for name, value in own.items() if value is not None})  # type: ignore[arg-type]


def beside(file: Path) -> Path:
    """Where the columns of a list are remembered beside it."""
    return file.with_name(file.name + ".columns.toml")


def known_kind(kind: str, kinds: Sequence[str] = KINDS) -> ListKind:
    if kind not in kinds:
        raise typer.BadParameter(f"--kind is {', '.join(kinds[:-1])} or {kinds[-1]}")
    return cast(ListKind, kind)
