"""Workbooks in: XLSX, XLSM, XLSB, ODS and XLS, one sheet of them, as text.

A workbook is a zip of XML, and both can be made to explode: 4,654 bytes that name cell XFD1048576 made a
reader ask for 549 GB. So it is opened in a child alone (guarded.py), and every part of an archive is read once for
what must not be parsed: unpacked sizes, ratios, far cells, any DTD or entity. Binary records (records.py) and the
repeated cells of an ODS (sheets.py) are looked through for far cells as well. What no scan knows ends with the child.

- The sheet is the one that was asked for; otherwise the first that is shown and has known headings, or else the
  first that is shown. Others are left aside and said so, but for those that hold nobody (beside.py). Hidden sheets
  are read only where they are asked for.
- Hidden rows and columns are read as the others, and reported: whoever stands there is on the list.
- The entry of merged cells is read for every row that they cover, not for further columns; and reported.
- A formula gives its stored result. Macros and links to other files are never followed; a note says they are there.
- Dates in date cells become ISO dates. A whole number loses its leading zeros if the sheet stored it as a number:
  service numbers belong in text cells.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from repatria.files.beside import holds_nobody
from repatria.files.guarded import Asked
from repatria.files.layout import Line, heading_at, no_table, without_furniture
from repatria.files.records import BookLook, SheetLook, look_at_xls, look_at_xlsb
from repatria.files.sheets import look_at_ods, look_at_sheet
from repatria.people.headings import recognised
from repatria.people.table import Row, Table, Texts, column_letters
from repatria.problem import Problem, Problems

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO, RATIO_FROM = 200, 1024 * 1024
MAX_PARTS = 1000
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 250_000, 512, 4_000_000
MAX_TEXT = 64 * 1024 * 1024
LOOKED_INTO = 20
MAX_BESIDE = 2 * 1024 * 1024  # bytes, or cells, of a sheet that is looked at beside the list
CHUNK = 1 << 18

_COORDINATE = re.compile(rb"\b(?:r|ref)\s*=\s*[\"'](?:\$?[A-Za-z]+\$?[0-9]+:)?\$?([A-Za-z]*)\$?([0-9]+)[\"']")
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_Merged = tuple[tuple[int, int], tuple[int, int]]


def parse_workbook(data: bytes, file: str, asked: Asked | None = None) -> Table:
    """One sheet's table.

    Raises:
        Problems: why the workbook is refused; no cell is repeated.
    """
    asked = asked or Asked()
    archive = None
    if data.startswith(b"PK"):
        archive, refused = _scanned(data)
        if refused:
            raise Problems([_refusal(refused, file)])
    book = _look(archive, data, file)
    name, rows, merged, notes = _sheet(data, file, asked, archive)
    where = f'{file}, sheet "{name}"'
    notes += _carried(archive, file)
    look = book.sheets.get(name) or _of_xlsx(archive, name)
    notes += _hidden(look, where, len(rows), max(map(len, rows), default=0))
    filled: list[Line] = [(number, cells) for number, cells in enumerate(rows, 1) if any(cells)]
    if not filled:
        do = "name the sheet that holds the table with --sheet"
        raise Problems([Problem("file.empty", where, "no entry in the sheet", do)])
    place = heading_at(filled, asked.heading_row, where)
    heading_row, heading = filled[place][0], list(filled[place][1])
    while not heading[-1]:
        heading.pop()
    notes += _spread(rows, merged, heading_row, len(heading), where)
    filled = [(number, cells) for number, cells in enumerate(rows, 1) if any(cells)]
    place = next(at for at, (number, _) in enumerate(filled) if number == heading_row)
    below, aside = without_furniture(filled, place, where)
    width = len(heading)
    if long := [number for number, cells in below if any(cells[width:])]:
        if not_a_table := no_table(heading, len(long), len(below), where):
            raise Problems([not_a_table])
        what = f"an entry to the right of the {width} headings"
        do = "give every column a heading, or clear the cells beside the table, then import again"
        raise Problems(Problem("file.workbook.ragged", f"{where}, row {number}", what, do) for number in long)
    padding = ("",) * width
    table = tuple(Row(number, (*cells, *padding[len(cells) :])[:width]) for number, cells in below)
    return Table(file, name, tuple(heading), table, (*notes, *aside), heading_row, book.epoch)


def _scanned(data: bytes) -> tuple[zipfile.ZipFile | None, dict[str, object] | None]:
    """The archive, or why it must not be parsed."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        return archive, _archive_refusal(archive) or _parts_refusal(archive)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile archive provokes is one refusal
        return None, {"refused": "broken", "detail": type(error).__name__}


def _archive_refusal(archive: zipfile.ZipFile) -> dict[str, object] | None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        return {"refused": "parts", "found": len(parts), "limit": MAX_PARTS}
    names = {part.filename for part in parts}
    if len(names) != len(parts):
        return {"refused": "broken", "detail": "two parts of one name"}
    if "content.xml" not in names and (
        "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names)
    ):
        return {"refused": "not_a_workbook"}
    if any(part.flag_bits & 1 for part in parts):
        return {"refused": "locked"}
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED:
        return {"refused": "unpacked", "found": unpacked, "limit": MAX_UNPACKED}
    for part in parts:
        if part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            return {"refused": "ratio", "found": part.file_size // max(part.compress_size, 1), "limit": MAX_RATIO}
    return None


def _parts_refusal(archive: zipfile.ZipFile) -> dict[str, object] | None:
    """Every part unpacked in pieces, whatever size it claims: declarations and far cells, and each checksum."""
    unpacked = 0
    for part in archive.infolist():
        is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
        in_sheet = part.filename.lower().startswith("xl/worksheets/")
        with archive.open(part) as stream:
            tail = b""
            while piece := stream.read(CHUNK):
                unpacked += len(piece)
                if unpacked > MAX_UNPACKED:
                    return {"refused": "unpacked", "found": unpacked, "limit": MAX_UNPACKED}
                if is_xml:
                    # Zero bytes go, so that UTF-16 hides nothing.
                    text = tail + piece.replace(b"\x00", b"")
                    if _DECLARATION.search(text):
                        return {"refused": "declaration"}
                    if in_sheet and (far := _far(text)):
                        return far
                    tail = text[-128:]
    return None


def _far(text: bytes) -> dict[str, object] | None:
    for letters, digits in set(_COORDINATE.findall(text)):
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        row = int(digits) if len(digits) < 10 else MAX_ROWS + 1
        if row > MAX_ROWS or column > MAX_COLUMNS or row * column > MAX_CELLS:
            cell = (letters.decode("ascii").upper() + digits.decode("ascii"))[:20]
            return {"refused": "far_cell", "cell": cell}
    return None


def _sheet(
    data: bytes, file: str, asked: Asked, archive: zipfile.ZipFile | None
) -> tuple[str, list[tuple[str, ...]], list[_Merged], list[Problem]]:
    """The chosen sheet's name, its cells as text, what is merged in it, and a note on what was left aside."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        kinds = python_calamine.SheetTypeEnum, python_calamine.SheetVisibleEnum
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == kinds[0].WorkSheet]
        shown = [sheet.name for sheet in sheets if sheet.visible == kinds[1].Visible]
        names = [sheet.name for sheet in sheets]
        chosen = [_asked_for(asked.sheet, names, file)] if asked.sheet is not None else shown or names
        if not chosen:
            raise Problems([_refusal({"refused": "no_sheet"}, file)])
        first = None
        for name in chosen[:LOOKED_INTO]:
            found = (name, *_cells(book.get_sheet_by_name(name), file))
            first = first or found
            if any(recognised(cells) > 1 for cells in found[1][:30]):
                first = found
                break
        others = [name for name in names if name != first[0]] if first and asked.sheet is None else []
        people = len(others) >= LOOKED_INTO or not all(_holds_nobody(book, name, archive) for name in others)
    except (MemoryError, Problems):
        raise
    except python_calamine.PasswordError:
        raise Problems([_refusal({"refused": "locked"}, file)]) from None
    except BaseException as error:
        # Whatever the parser meets is one refusal. Its panics are no Exceptions, and some are a want of memory.
        panic = type(error).__name__ == "PanicException"
        if panic and any(words in str(error) for words in ("pointer is null", "MemError")):
            raise MemoryError from None
        if not panic and not isinstance(error, Exception):
            raise
        raise Problems([_refusal({"refused": "broken"}, file)]) from None
    assert first is not None
    notes = []
    if others and people:
        unseen = len(names) - len(shown)
        what = f"this sheet is read, number {names.index(first[0]) + 1} of {len(names)}"
        what += f"; {unseen} of them hidden" if unseen else ""
        do = "if another is meant, name it, or its number, with --sheet"
        notes.append(Problem("file.workbook.sheets", f'{file}, sheet "{first[0]}"', what, do))
    return (*first, notes)


def _holds_nobody(book: Any, name: str, archive: zipfile.ZipFile | None) -> bool:
    """Whether a sheet beside the list surely holds nobody; one that is large, or cannot be read, may hold people."""
    try:
        if archive is not None and "xl/workbook.xml" in archive.namelist():
            part = archive.getinfo(_part_of(archive, _identity(archive, name)))
            if part.file_size > MAX_BESIDE:
                return False
        sheet = book.get_sheet_by_name(name)
        if sheet.end is not None and (sheet.end[0] + 1) * (sheet.end[1] + 1) > MAX_BESIDE:
            return False
        return holds_nobody([[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)])
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - it is said to be there, and the list itself is read
        return False


def _asked_for(sheet: str, names: list[str], file: str) -> str:
    if sheet in names:
        return sheet
    if sheet.isascii() and sheet.isdigit() and 1 <= int(sheet) <= len(names):
        return names[int(sheet) - 1]
    do = f"name a sheet as the workbook does, or by its number, 1 to {len(names)}"
    raise Problems([Problem("file.workbook.no_such_sheet", file, "no sheet of that name", do)])


def _cells(sheet: Any, file: str) -> tuple[list[tuple[str, ...]], list[_Merged]]:
    cells = (sheet.end[0] + 1) * (sheet.end[1] + 1) if sheet.end else 0
    if cells > MAX_CELLS:
        raise Problems([_refusal({"refused": "cells", "found": cells, "limit": MAX_CELLS}, file)])
    texts, rows, length = Texts(), [], 0
    left = [""] * (sheet.start[1] if sheet.start else 0)  # columns are given from the first one that has an entry
    for row in sheet.iter_rows():
        rows.append(texts.row([*left, *map(_text, row)]))
        length += sum(map(len, rows[-1]))
        if length > MAX_TEXT:
            raise Problems([_refusal({"refused": "text", "limit": MAX_TEXT}, file)])
    return rows, list(sheet.merged_cell_ranges or [])


def _spread(
    rows: list[tuple[str, ...]], merged: Sequence[_Merged], heading_row: int, width: int, where: str
) -> list[Problem]:
    """Give the entry of merged cells to every row that they cover, below the headings."""
    covered: list[int] = []
    for (top, left), (bottom, _) in merged:
        if not heading_row <= top < len(rows) or left >= width or bottom <= top or not rows[top][left]:
            continue
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if any(rows[row]) and not rows[row][left]:
                rows[row] = (*rows[row][:left], rows[top][left], *rows[row][left + 1 :])
                covered.append(row + 1)
    if not covered:
        return []
    numbers = sorted(set(covered))
    shown = ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
    what = f"merged cells: their entry is read for every row that they cover, also rows {shown}"
    return [Problem("file.workbook.merged", where, what, "if it is true of the first row only, part the cells")]


def _carried(archive: zipfile.ZipFile | None, file: str) -> list[Problem]:
    names = [name.lower() for name in archive.namelist()] if archive else []
    notes = []
    if any("vbaproject" in name or name.startswith("basic/") for name in names):
        do = "nothing need be done: they are not run"
        notes.append(Problem("file.workbook.macros", file, "the workbook carries macros", do))
    if any("externallink" in name for name in names):
        do = "nothing need be done: they are not followed; the results that are stored are read"
        notes.append(Problem("file.workbook.links", file, "the workbook refers to other files", do))
    return notes


def _look(archive: zipfile.ZipFile | None, data: bytes, file: str) -> BookLook:
    """What is known of the book before its cells are read.

    Raises:
        Problems: a cell so far out that the reader would set memory aside for millions; an ODS that is not whole.
    """
    if archive is None:
        try:
            book = look_at_xls(data, MAX_COLUMNS)
        except ValueError:
            raise Problems([_refusal({"refused": "broken"}, file)]) from None
    elif "content.xml" in archive.namelist():
        found = look_at_ods(archive.read("content.xml"), MAX_ROWS, MAX_COLUMNS)
        if found is None:
            raise Problems([_refusal({"refused": "broken"}, file)])
        book = found
    elif "xl/workbook.bin" in archive.namelist():
        try:
            listed = archive.read("xl/workbook.bin")
            book = look_at_xlsb(listed, lambda identity: archive.read(_part_of(archive, identity)), MAX_COLUMNS)
        except (ElementTree.ParseError, LookupError, ValueError):
            raise Problems([_refusal({"refused": "broken"}, file)]) from None
    else:
        return BookLook({}, _epoch(archive))  # its far cells were looked for when its parts were
    for sheet in book.sheets.values():
        row, column = sheet.last_row, sheet.last_column + 1
        if row > MAX_ROWS or column > MAX_COLUMNS or row * column > MAX_CELLS:
            raise Problems([_refusal({"refused": "far_cell", "cell": f"{column_letters(column - 1)}{row}"[:20]}, file)])
    return book


def _hidden(look: SheetLook, where: str, height: int, width: int) -> list[Problem]:
    """Notes on rows and columns that the sender's view does not show."""
    shown_rows = [str(row) for row in sorted(look.hidden_rows) if row <= height]
    shown_columns = [column_letters(column) for column in sorted(look.hidden_columns) if column < width]
    notes = []
    for one, numbers in (("row", shown_rows), ("column", shown_columns)):
        if numbers:
            named = ", ".join(numbers[:10]) + (", ..." if len(numbers) > 10 else "")
            s = "s" if len(numbers) > 1 else ""
            what = f"{len(numbers)} {one}{s} hidden in the file and read all the same ({named})"
            do = "ask the sender whether they belong to the list; remove them if not"
            notes.append(Problem(f"file.workbook.hidden_{one}s", where, what, do))
    return notes


def _of_xlsx(archive: zipfile.ZipFile | None, sheet: str) -> SheetLook:
    if archive is None or "xl/workbook.xml" not in archive.namelist():
        return SheetLook()
    try:
        return look_at_sheet(archive.read(_part_of(archive, _identity(archive, sheet))), MAX_COLUMNS)
    except (ElementTree.ParseError, LookupError, ValueError):
        return SheetLook()  # the note is lost, not the sheet


def _identity(archive: zipfile.ZipFile, sheet: str) -> str:
    """The relation of a sheet of XLSX; empty where it has none."""
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            return next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
    return ""


def _part_of(archive: zipfile.ZipFile, identity: str) -> str:
    """The name of the part that a relation of the book names.

    Raises:
        KeyError: there is none.
        ElementTree.ParseError: the list of relations is no XML.
    """
    kind = "bin" if "xl/workbook.bin" in archive.namelist() else "xml"
    relations = ElementTree.fromstring(archive.read(f"xl/_rels/workbook.{kind}.rels"))
    target = {each.get("Id"): each.get("Target", "") for each in relations}[identity]
    bare = target.lstrip("/")
    return bare if target.startswith(("/", "xl/")) else f"xl/{bare}"


def _epoch(archive: zipfile.ZipFile) -> int:
    """From which year the days of an XLSX are counted."""
    if "xl/workbook.xml" not in archive.namelist():
        return 1900
    with archive.open("xl/workbook.xml") as stream:
        return 1904 if re.search(rb"date1904\s*=\s*[\"'](1|true)[\"']", stream.read(MAX_UNPACKED)) else 1900


def _text(cell: object) -> str:
    """The cell as text: dates as ISO, whole numbers without a decimal point."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return (cell.date() if cell.time() == datetime.time() else cell).isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _refusal(said: dict[str, Any], file: str) -> Problem:
    copy = "copy the table alone into a new workbook, save it as XLSX or ODS, then import again"
    again = 'save it again as XLSX, or as "CSV UTF-8", then import again'
    whole = "get the whole file again, or save it again as XLSX"
    found, limit = said.get("found", 0), said.get("limit", 0)
    what, do = {
        "broken": ("the workbook is damaged or cut short", whole),
        "not_a_workbook": ("an archive that is not a workbook", again),
        "locked": ("the workbook is locked with a password", "remove the password, then import again"),
        "no_sheet": ("a workbook without a sheet", again),
        "parts": (f"{found} parts in the workbook, and {limit} are read at most", copy),
        "unpacked": (f"more than {limit // 1024 // 1024} MB unpacked", copy),
        "text": (f"more than {limit // 1024 // 1024} million characters in its cells", copy),
        "cells": (f"{found} cells in the sheet, and {limit} are read at most", copy),
        "ratio": (f"a part that unpacks to {found} times its size, and {limit} times is the limit", copy),
        "declaration": ("a document type or entity declaration, which no spreadsheet needs", copy),
        "far_cell": (f"a cell far outside any table ({said.get('cell')})", copy),
    }[said["refused"]]
    return Problem(f"file.workbook.{said['refused']}", file, what, do)
