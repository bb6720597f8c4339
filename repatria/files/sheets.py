"""The XML of a workbook's sheets, XLSX and ODS: what the reader of their cells does not say, or never comes back from.

- Which rows and columns are hidden; from which year an ODS counts its days.
- Whether the XML of an ODS is whole (the reader of cells waits for the end of an element that has none), and how far
  its repeated cells reach.

Source: ECMA-376 part 1, 18.3.1 (`row`, `col`); OASIS OpenDocument 1.3 part 3, 9.1 (tables) and 19.
"""

from __future__ import annotations

from xml.parsers import expat

from repatria.files.records import BookLook, SheetLook


def look_at_sheet(part: bytes, widest: int) -> SheetLook:
    """The hidden rows and columns of one sheet of an XLSX; those until there, where its XML is broken."""
    look = SheetLook()
    if b"hidden" not in part:
        return look

    def start(name: str, own: dict[str, str]) -> None:
        if own.get("hidden") not in ("1", "true"):
            return
        tag = name.rpartition(" ")[2]
        if tag == "row" and own.get("r", "").isdecimal():
            look.hidden_rows.add(int(own["r"][:9]))
        elif tag == "col" and own.get("min", "").isdecimal() and own.get("max", "").isdecimal():
            look.hidden_columns.update(range(max(int(own["min"][:9]) - 1, 0), min(int(own["max"][:9]), widest)))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, LookupError, ValueError):
        return look  # the note is lost, not the sheet
    return look


def look_at_ods(content: bytes, tallest: int, widest: int) -> BookLook | None:
    """Every table of an ODS; None where its XML is not well-formed.

    Args:
        tallest, widest: bound the rows and columns that are named as hidden.
    """
    reader = _Ods(tallest, widest)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError):
        return None
    return BookLook(reader.sheets, reader.epoch)


class _Ods:
    """Counts rows and columns, those that are repeated as often as they are."""

    def __init__(self, tallest: int, widest: int) -> None:
        self.sheets: dict[str, SheetLook] = {}
        self.epoch = 1900
        self._tallest, self._widest = tallest, widest
        self._look = SheetLook()
        self._row = self._column = self._rows = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag not in ("table", "table-row", "table-column", "table-cell", "covered-table-cell", "null-date"):
            return
        own = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if tag == "table":
            self._look = self.sheets.setdefault(own.get("name", ""), SheetLook())
            self._row = self._column = 0
        elif tag == "null-date" and own.get("date-value", "").startswith("1904"):
            self.epoch = 1904
        elif tag == "table-row":
            self._rows, self._column = _times(own.get("number-rows-repeated")), 0
            if own.get("visibility") in ("collapse", "filter"):
                self._look.hidden_rows.update(range(self._row + 1, self._row + 1 + min(self._rows, self._tallest)))
        else:
            times = _times(own.get("number-columns-repeated"))
            if tag == "table-column" and own.get("visibility") in ("collapse", "filter"):
                self._look.hidden_columns.update(range(self._column, self._column + min(times, self._widest)))
            elif tag.endswith("cell") and "value-type" in own:  # others are empty
                self._look.reaches(self._row + self._rows - 1, self._column + times - 1)
            self._column += times

    def end(self, name: str) -> None:
        if name.rpartition(" ")[2] == "table-row":
            self._row += self._rows
            self._column = 0


def _times(text: str | None) -> int:
    return int(text[:12]) if text and text.isascii() and text.isdigit() else 1
