"""The child that opens an XLSX: it may die, its parent may not.

Run as `python -I xlsx_child.py`: the workbook's bytes on standard input, one JSON value on standard output.
It takes its own limits before it looks at a byte (512 MB of address space, 10 s of processor, no file to
write), then reads every part of the archive once for what must not be parsed, then parses the first sheet.

It imports nothing of this project, so that the limits hold for all that it runs. It decides nothing: it
answers either {"refused": code, ...} or {"sheet", "others", "rows"} and its parent puts words to that.
"""

from __future__ import annotations

import datetime
import io
import json
import re
import resource
import sys
import zipfile

ADDRESS_SPACE = 512 * 1024 * 1024
CPU_SECONDS = 10
MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO, RATIO_FROM = 200, 1024 * 1024
MAX_PARTS = 1000
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 250_000, 512, 4_000_000
CHUNK = 1 << 18

_COORDINATE = re.compile(rb"\b(?:r|ref)\s*=\s*[\"'](?:\$?[A-Za-z]+\$?[0-9]+:)?\$?([A-Za-z]*)\$?([0-9]+)[\"']")
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def answer(data: bytes) -> dict[str, object]:
    """What the workbook holds, or why it is refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        refused = _archive_refusal(archive) or _parts_refusal(archive)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a hostile archive provokes is one refusal
        return {"refused": "broken", "detail": type(error).__name__}
    return refused or _sheet(data)


def _archive_refusal(archive: zipfile.ZipFile) -> dict[str, object] | None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        return {"refused": "parts", "found": len(parts), "limit": MAX_PARTS}
    names = {part.filename for part in parts}
    if len(names) != len(parts):
        return {"refused": "broken", "detail": "two parts of one name"}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        return {"refused": "not_xlsx"}
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


def _sheet(data: bytes) -> dict[str, object]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        if not names:
            return {"refused": "no_sheet"}
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except MemoryError:
        raise
    except python_calamine.PasswordError:
        return {"refused": "locked"}
    except Exception as error:  # noqa: BLE001 - whatever the parser meets is one refusal
        return {"refused": "broken", "detail": type(error).__name__}
    return {"sheet": names[0], "others": len(names) - 1, "rows": [[_text(cell) for cell in row] for row in rows]}


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


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        text = json.dumps(answer(sys.stdin.buffer.read()))
    except MemoryError:
        text = json.dumps({"refused": "memory"})
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
