"""Workbooks made byte by byte, where no writer is at hand: ODS as a zip of XML, XLSB as a zip of binary records, XLS as
BIFF8 in a compound file.

Source: OASIS OpenDocument 1.3 part 3; [MS-XLS] 2.4 (records), [MS-CFB] 2.2-2.6 (header, sectors, directory);
[MS-XLSB] 2.1.4 (records) and 2.4 (their bodies).
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

_NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)


def ods(
    rows: Sequence[Sequence[str]], *, name: str = "Список", more: str = "", columns: str = "", declaration: str = ""
) -> bytes:
    """A workbook of one sheet; `more` is further XML of rows, `columns` that of column declarations."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            if cell
            else "<table:table-cell/>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{declaration}<office:document-content {_NAMESPACES}><office:body>'
        f'<office:spreadsheet><table:table table:name="{name}">{columns}{cells}{more}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return out.getvalue()


def xls(
    rows: Sequence[Sequence[str | float]],
    *,
    name: str = "List",
    far: tuple[int, int] | None = None,
    hidden_rows: Sequence[int] = (),
    hidden_columns: tuple[int, int] | None = None,
    from_1904: bool = False,
) -> bytes:
    """A BIFF8 workbook of one sheet of texts and numbers; `far` puts one more text there (row, column from 0)."""
    cells = b"".join(
        _cell(at, column, value) for at, row in enumerate(rows) for column, value in enumerate(row) if value != ""
    )
    if far is not None:
        cells += _cell(*far, "x")
    look = b"" if hidden_columns is None else _record(0x7D, struct.pack("<HHHHHH", *hidden_columns, 2340, 15, 1, 0))
    look += b"".join(_record(0x208, struct.pack("<HHHHHHI", row, 0, 9, 255, 0, 0, 0x0F0120)) for row in hidden_rows)
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6)) + look + cells + _record(0x0A, b"")
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)) + _record(0x42, struct.pack("<H", 1200))
    start += _record(0x22, struct.pack("<H", from_1904))
    text = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    length = len(start) + 4 + 6 + len(text) + 4
    globals_ = start + _record(0x85, struct.pack("<IBB", length, 0, 0) + text) + _record(0x0A, b"")
    return _compound(globals_ + sheet)


def xlsb(
    rows: Sequence[Sequence[str | float]],
    *,
    name: str = "List",
    hidden_rows: Sequence[int] = (),
    hidden_columns: tuple[int, int] | None = None,
    from_1904: bool = False,
) -> bytes:
    """A binary workbook of one sheet: texts, and numbers; a number in a column of dates has the style of dates."""
    wide = max(map(len, rows), default=0)
    book = _brt(131) + _brt(153, struct.pack("<II", from_1904, 0) + _wide("")) + _brt(143)
    book += _brt(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name)) + _brt(144) + _brt(132)
    sheet = _brt(129) + _brt(148, struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, max(wide - 1, 0)))
    if hidden_columns is not None:
        sheet += _brt(390) + _brt(60, struct.pack("<IIIIH", *hidden_columns, 2340, 0, 1)) + _brt(391)
    sheet += _brt(145)
    for at, row in enumerate(rows):
        hidden = 0x10 if at in hidden_rows else 0
        sheet += _brt(0, struct.pack("<IIHBBBI", at, 0, 300, 0, hidden, 0, 0))
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet += _brt(6, struct.pack("<II", column, 0) + _wide(value)) if value else b""
            else:
                sheet += _brt(5, struct.pack("<IId", column, 0, value))
    sheet += _brt(146) + _brt(130)
    package, office = (
        "http://schemas.openxmlformats.org/package/2006",
        "http://schemas.openxmlformats.org/officeDocument",
    )
    relation = '<Relationship Id="rId1" Type="{0}/2006/relationships/{1}" Target="{2}"/>'
    relations = '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{0}/relationships">{1}</Relationships>'
    types = "".join(
        f'<Override PartName="/xl/{part}" ContentType="application/vnd.ms-excel.{kind}"/>'
        for part, kind in (("workbook.bin", "sheet.binary.macroEnabled.main"), ("worksheets/sheet1.bin", "worksheet"))
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in (
            ("[Content_Types].xml", f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{package}/content-types">'
             f'<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
             f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
             f"{types}</Types>"),
            ("_rels/.rels", relations.format(package, relation.format(office, "officeDocument", "xl/workbook.bin"))),
            ("xl/_rels/workbook.bin.rels",
             relations.format(package, relation.format(office, "worksheet", "worksheets/sheet1.bin"))),
            ("xl/workbook.bin", book),
            ("xl/worksheets/sheet1.bin", sheet),
        ):  # fmt: skip
            archive.writestr(part, content)
    return out.getvalue()


def _brt(kind: int, body: bytes = b"") -> bytes:
    """A record: its kind in one or two bytes and its length in up to four, seven bits in each."""
    return (bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])) + _sevens(len(body)) + body


def _sevens(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(row: int, column: int, value: str | float) -> bytes:
    if isinstance(value, str):
        text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
        return _record(0x204, struct.pack("<HHH", row, column, 0) + text)
    return _record(0x203, struct.pack("<HHHd", row, column, 0, value))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """A compound file of sectors of 512 bytes with the one stream `Workbook`: allocation table, directory, stream."""
    stream = stream.ljust(4096, b"\x00")
    sectors = -(-len(stream) // 512)
    assert sectors + 2 <= 128
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    directory = _entry("Root Entry", 5, child=1, start=0xFFFFFFFE, size=0) + _entry(
        "Workbook", 2, start=2, size=len(stream)
    )
    return header + table + directory.ljust(512, b"\x00") + stream.ljust(sectors * 512, b"\x00")


def _entry(name: str, kind: int, *, child: int = 0xFFFFFFFF, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    entry = text.ljust(64, b"\x00") + struct.pack("<HBBIII", len(text) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)
