"""Binary workbooks, XLS and XLSB, record by record: what the reader of their cells does not say, or dies of.

- The farthest cell of any sheet: a reader sets memory aside for every cell up to there.
- Which rows and columns are hidden, and from which year days are counted.

Nothing here is sure of anything: what is not such a file, or is a damaged one, gives what could be read until there.
Refused is what the reader of cells would go round in, or read for what stood there before: sectors that follow each
other in a ring, and records of cells without a place.

Source: [MS-CFB] 2.2 to 2.6; [MS-XLS] 2.1.4, 2.4.28 (BoundSheet8), 2.4.53 (ColInfo), 2.4.77 (Date1904), 2.4.221 (Row);
[MS-XLSB] 2.1.4, 2.4.301 (BrtBundleSh), 2.4.323 (BrtColInfo), 2.4.752 (BrtRowHdr), 2.4.825 (BrtWbProp).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE


@dataclass
class SheetLook:
    """What one sheet shows and how far it reaches: rows as a person counts them, columns from 0."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    last_row: int = 0
    last_column: int = -1

    def reaches(self, row: int, column: int) -> None:
        self.last_row, self.last_column = max(self.last_row, row + 1), max(self.last_column, column)


@dataclass(frozen=True)
class BookLook:
    """Every sheet by its name, and the year from which the book counts its days."""

    sheets: dict[str, SheetLook]
    epoch: int


# --- XLS: BIFF8 in a compound file ---------------------------------------------------------------------------------


def look_at_xls(data: bytes, widest: int) -> BookLook:
    """As much as the records of an XLS say; `widest` bounds the columns that are named as hidden.

    Raises:
        ValueError: its sectors follow each other in a ring.
    """
    stream = _workbook_stream(data)
    epoch, places = 1900, {}
    for kind, at, length in _biff(stream, 0):
        if kind == 0x22 and length >= 2:
            epoch = 1904 if stream[at] & 1 else 1900
        elif kind == 0x85 and length >= 8:
            letters, wide = stream[at + 6], stream[at + 7] & 1
            text = stream[at + 8 : at + 8 + letters * (1 + wide)]
            name = text.decode("utf-16-le" if wide else "latin-1", "replace")
            places[name] = int.from_bytes(stream[at : at + 4], "little")
    return BookLook({name: _xls_sheet(stream, place, widest) for name, place in places.items()}, epoch)


_WITH_A_CELL = frozenset({0x06, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E})


def _xls_sheet(stream: bytes, place: int, widest: int) -> SheetLook:
    look = SheetLook()
    for kind, at, length in _biff(stream, place):
        if kind in _WITH_A_CELL and length >= 4:
            row, column = struct.unpack_from("<HH", stream, at)
            last = struct.unpack_from("<H", stream, at + length - 2)[0] if kind == 0xBD else column
            look.reaches(row, max(column, last))
        elif kind == 0x208 and length >= 16 and stream[at + 12] & 0x20:
            look.hidden_rows.add(struct.unpack_from("<H", stream, at)[0] + 1)
        elif kind == 0x7D and length >= 10 and stream[at + 8] & 1:
            first, last = struct.unpack_from("<HH", stream, at)
            look.hidden_columns.update(range(first, min(last + 1, widest)))
    return look


def _biff(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Each record of a substream: its kind, where its body stands, and how long that is."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        if at + length > len(stream):
            return
        depth += (kind in (0x809, 0x409, 0x209, 0x09)) - (kind == 0x0A)
        if depth <= 0:
            return
        if depth == 1:  # deeper are charts that lie on the sheet
            yield kind, at, length
        at += length


def _workbook_stream(data: bytes) -> bytes:
    """The stream `Workbook` of a compound file; empty where there is none."""
    if len(data) < 512:
        return b""
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift != 6:
        return b""
    size = 1 << shift
    sectors = len(data) // size

    def sector(number: int) -> bytes:
        return data[(number + 1) << shift : (number + 2) << shift]

    def numbers(content: bytes) -> Sequence[int]:
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])

    tables = [number for number in struct.unpack_from("<109I", data, 76) if number < sectors]
    further, seen = struct.unpack_from("<I", data, 68)[0], 0
    while further < sectors:
        if seen == sectors:
            raise ValueError("sectors that follow each other in a ring")
        *listed, further = numbers(sector(further)) or (_END,)
        tables += [number for number in listed if number < sectors]
        seen += 1
    table = [number for place in tables[:sectors] for number in numbers(sector(place))]

    def chain(start: int, following: Sequence[int], piece: Callable[[int], bytes]) -> bytes:
        pieces: list[bytes] = []
        number = start
        while number < len(following):
            if len(pieces) == len(following):
                raise ValueError("sectors that follow each other in a ring")
            pieces.append(piece(number))
            number = following[number]
        return b"".join(pieces)

    def pieces_of(content: bytes) -> Callable[[int], bytes]:
        return lambda number: content[number << 6 : (number + 1) << 6]

    start_of_directory, _, cutoff, start_of_small = struct.unpack_from("<IIII", data, 48)
    directory = chain(start_of_directory, table, sector)
    small_table, small = numbers(chain(start_of_small, table, sector)), b""
    for at in range(0, len(directory) - 127, 128):
        entry = directory[at : at + 128]
        start, length = struct.unpack_from("<II", entry, 116)
        letters = entry[: max(min(struct.unpack_from("<H", entry, 64)[0], 64) - 2, 0)].decode("utf-16-le", "replace")
        if entry[66] == 5:
            small = chain(start, table, sector)
        elif entry[66] == 2 and letters.casefold() in ("workbook", "book"):
            if length >= cutoff:
                return chain(start, table, sector)[:length]
            return chain(start, small_table, pieces_of(small))[:length]
    return b""


# --- XLSB: records in the parts of an archive ------------------------------------------------------------------------


def look_at_xlsb(book: bytes, part_of: Callable[[str], bytes], widest: int) -> BookLook:
    """As much as the records of an XLSB say.

    Args:
        book: the part that lists the sheets.
        part_of: the content of a sheet's part by the identity of its relation; empty where there is none.
        widest: bounds the columns that are named as hidden.

    Raises:
        ValueError: a cell or a row does not say where it stands.
    """
    epoch, sheets = 1900, {}
    for kind, at, length in _brt(book):
        if kind == 153 and length:
            epoch = 1904 if book[at] & 1 else 1900
        elif kind == 156:
            identity, after = _wide(book, at + 8)
            name, _ = _wide(book, after)
            sheets[name] = _xlsb_sheet(part_of(identity), widest)
    return BookLook(sheets, epoch)


def _xlsb_sheet(part: bytes, widest: int) -> SheetLook:
    look, row = SheetLook(), 0
    for kind, at, length in _brt(part):
        if kind <= 11 and length < (8 if kind else 12):
            raise ValueError("a cell or a row without its place")
        if kind == 0:
            row = int.from_bytes(part[at : at + 4], "little")
            if part[at + 11] & 0x10:
                look.hidden_rows.add(row + 1)
        elif 1 < kind <= 11:
            look.reaches(row, int.from_bytes(part[at : at + 4], "little"))
        elif kind == 60 and length >= 18 and part[at + 16] & 1:
            first, last = struct.unpack_from("<II", part, at)
            look.hidden_columns.update(range(first, min(last + 1, widest)))
    return look


def _brt(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Each record: its kind, where its body stands, and how long that is."""
    at = 0
    while at + 2 <= len(part):
        kind = part[at]
        at += 1
        if kind & 128:
            kind = kind & 127 | (part[at] & 127) << 7
            at += 1
        length = 0
        for place in range(4):
            if at >= len(part):
                return
            length |= (part[at] & 127) << 7 * place
            at += 1
            if not part[at - 1] & 128:
                break
        if at + length > len(part):
            return
        yield kind, at, length
        at += length


def _wide(part: bytes, at: int) -> tuple[str, int]:
    """A text behind its length in letters, and the place after it; empty where it has none."""
    letters = int.from_bytes(part[at : at + 4], "little")
    if letters == _FREE:
        return "", at + 4
    end = at + 4 + 2 * letters
    return part[at + 4 : end].decode("utf-16-le", "replace"), end
