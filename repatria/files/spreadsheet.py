"""XLSX out: sheets of texts with marks, notes and lists to choose from, and nothing that a spreadsheet could run.

Every cell is an inline string in a cell style of type text with the quote prefix set, so a spreadsheet shows
`=HYPERLINK(...)`, `+1` or `00123` as they stand, also after somebody has edited the cell, and nothing has to be put in
front of them. There are no formulas, links, macros or external parts, and the same sheets give the same bytes.

    >>> data = format_xlsx([Sheet("List", (("family_name",), ("=1+1",)))])
    >>> data == format_xlsx([Sheet("List", (("family_name",), ("=1+1",)))])
    True
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from repatria.people.table import column_letters
from repatria.problem import Problem, Problems

MAX_ROWS, MAX_COLUMNS, MAX_TEXT = 1_048_576, 16_384, 32_767  # Source: ECMA-376, and Excel's specifications and limits
Cell = tuple[int, int]  # row and column, both counted from 0
_PLAIN, _HEADING, _MARKED = 0, 1, 2  # where the styles stand in _STYLES


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows of texts, the first the heading where `heading` says so, and what lies on it."""

    name: str
    rows: Sequence[Sequence[str]]
    heading: int | None = 0
    """The row of headings, which stays in view; None where there is none."""
    notes: Mapping[Cell, str] = field(default_factory=dict)
    """Cells that are marked by colour, with what is shown when one points at them."""
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Columns whose cells below the heading are chosen from a list; another text can be typed, with a warning."""
    right_to_left: bool = False
    quiet: bool = False
    """A sheet with the lists to choose from, not shown at first."""


def format_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """The workbook's bytes.

    Raises:
        Problems: a sheet has more rows or columns, or a cell more text, than a workbook can hold; nothing is cut.
    """
    lists = _lists(sheets)
    whole = [*sheets, Sheet("Lists", lists.rows, None, quiet=True)] if lists.at else list(sheets)
    problems = [problem for sheet in whole for problem in _too_large(sheet)]
    if problems:
        raise Problems(problems)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in _parts(whole, lists):
            archive.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


@dataclass(frozen=True)
class _Lists:
    """Every distinct list of choices, a column each on a sheet of its own: a list in a rule has 255 signs at most."""

    rows: tuple[tuple[str, ...], ...]
    at: Mapping[tuple[str, ...], str]


def _lists(sheets: Sequence[Sheet]) -> _Lists:
    distinct = list(dict.fromkeys(tuple(words) for sheet in sheets for words in sheet.choices.values()))
    longest = max(map(len, distinct), default=0)
    rows = tuple(tuple(words[at] if at < len(words) else "" for words in distinct) for at in range(longest))
    return _Lists(
        rows,
        {
            words: f"Lists!${column_letters(at)}$1:${column_letters(at)}${len(words)}"
            for at, words in enumerate(distinct)
        },
    )


def _parts(sheets: Sequence[Sheet], lists: _Lists) -> Iterator[tuple[str, str]]:
    noted = [at for at, sheet in enumerate(sheets, 1) if sheet.notes]
    yield "[Content_Types].xml", _xml(
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        + _type("workbook.xml", "sheet.main") + _type("styles.xml", "styles")
        + "".join(_type(f"worksheets/sheet{at}.xml", "worksheet") for at, _ in enumerate(sheets, 1))
        + "".join(_type(f"comments{at}.xml", "comments") for at in noted) + "</Types>"
    )  # fmt: skip
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    yield (
        "xl/workbook.xml",
        _xml(
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            + "".join(
                f'<sheet name={quoteattr(_sheet_name(sheet.name))} sheetId="{at}" r:id="rId{at}"'
                + (' state="hidden"/>' if sheet.quiet else "/>")
                for at, sheet in enumerate(sheets, 1)
            )
            + "</sheets></workbook>"
        ),
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        _relations(
            [*(("worksheet", f"worksheets/sheet{at}.xml") for at, _ in enumerate(sheets, 1)), ("styles", "styles.xml")]
        ),
    )
    yield "xl/styles.xml", _xml(_STYLES)
    for at, sheet in enumerate(sheets, 1):
        yield f"xl/worksheets/sheet{at}.xml", _xml("".join(_sheet(sheet, lists)))
        if sheet.notes:
            yield (
                f"xl/worksheets/_rels/sheet{at}.xml.rels",
                _relations([("vmlDrawing", f"../drawings/vmlDrawing{at}.vml"), ("comments", f"../comments{at}.xml")]),
            )
            yield f"xl/comments{at}.xml", _xml("".join(_comments(sheet)))
            yield f"xl/drawings/vmlDrawing{at}.vml", "".join(_drawing(sheet))


def _sheet(sheet: Sheet, lists: _Lists) -> Iterator[str]:
    yield f'<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetViews>'
    yield f'<sheetView workbookViewId="0"{_RTL if sheet.right_to_left else ""}>'
    if sheet.heading is not None:
        below = sheet.heading + 1
        yield f'<pane ySplit="{below}" topLeftCell="A{below + 1}" activePane="bottomLeft" state="frozen"/>'
    yield '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
    width = max(map(len, sheet.rows), default=0)
    if width:
        yield "<cols>"
        for column in range(width):
            longest = max((len(row[column]) for row in sheet.rows[:200] if column < len(row)), default=0)
            shown = min(max(longest + 2, 9), 60)
            yield f'<col min="{column + 1}" max="{column + 1}" width="{shown}" style="0" customWidth="1"/>'
        yield "</cols>"
    yield "<sheetData>"
    for at, row in enumerate(sheet.rows):
        cells = "".join(
            f'<c r="{column_letters(column)}{at + 1}" s="{_style(sheet, at, column)}" t="inlineStr">'
            f'<is><t xml:space="preserve">{_text(text)}</t></is></c>'
            for column, text in enumerate(row)
            if text or (at, column) in sheet.notes
        )
        if cells:
            yield f'<row r="{at + 1}">{cells}</row>'
    yield "</sheetData>"
    if sheet.choices:
        first = 1 if sheet.heading is None else sheet.heading + 2
        yield f'<dataValidations count="{len(sheet.choices)}">'
        for column, words in sorted(sheet.choices.items()):
            letters = column_letters(column)
            yield '<dataValidation type="list" allowBlank="1" showErrorMessage="1" errorStyle="warning" '
            yield f'sqref="{letters}{first}:{letters}{MAX_ROWS}"><formula1>{lists.at[tuple(words)]}</formula1>'
            yield "</dataValidation>"
        yield "</dataValidations>"
    if sheet.notes:
        yield '<legacyDrawing r:id="rId1"/>'
    yield "</worksheet>"


def _style(sheet: Sheet, row: int, column: int) -> int:
    if (row, column) in sheet.notes:
        return _MARKED
    return _HEADING if row == sheet.heading else _PLAIN


def _comments(sheet: Sheet) -> Iterator[str]:
    yield f'<comments xmlns="{_MAIN}"><authors><author>repatria</author></authors><commentList>'
    for (row, column), text in sorted(sheet.notes.items()):
        yield f'<comment ref="{column_letters(column)}{row + 1}" authorId="0"><text><r><t xml:space="preserve">'
        yield f"{_text(text)}</t></r></text></comment>"
    yield "</commentList></comments>"


def _drawing(sheet: Sheet) -> Iterator[str]:
    """The boxes in which older spreadsheets, and Excel to this day, show notes."""
    yield '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    yield 'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="t" coordsize="21600,21600" o:spt="202" '
    yield 'path="m,l,21600r21600,l21600,xe"/>'
    for row, column in sorted(sheet.notes):
        yield '<v:shape type="#t" style="position:absolute;visibility:hidden;width:320px;height:110px">'
        yield f'<x:ClientData ObjectType="Note"><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData>'
        yield "</v:shape>"
    yield "</xml>"


def _text(text: str) -> str:
    """The text as XML, with what XML cannot hold written as `_xHHHH_`, and what looks like that kept as it stands.

    Source: ECMA-376 part 1, 22.9.2.19 (ST_Xstring).
    """
    kept = _ESCAPED.sub("_x005F_", text)
    return escape(_UNSPEAKABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", kept))


def _too_large(sheet: Sheet) -> Iterator[Problem]:
    do = "divide the list into several files"
    if len(sheet.rows) > MAX_ROWS:
        yield Problem("file.xlsx.rows", sheet.name, f"{len(sheet.rows)} rows, and a sheet holds {MAX_ROWS}", do)
    for at, row in enumerate(sheet.rows, 1):
        if len(row) > MAX_COLUMNS:
            yield Problem("file.xlsx.columns", f"{sheet.name}, row {at}", f"more than {MAX_COLUMNS} columns", do)
        for column, text in enumerate(row):
            if len(text) > MAX_TEXT:
                where = f"{sheet.name}, row {at}, column {column_letters(column)}"
                what = f"{len(text)} characters, and a cell of a workbook holds {MAX_TEXT}"
                yield Problem("file.xlsx.text", where, what, "write the table as CSV")


def _sheet_name(name: str) -> str:
    """At most 31 signs, and none that names of sheets may not have."""
    return re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:31] or "Sheet"


def _relations(parts: Sequence[tuple[str, str]]) -> str:
    return _xml(
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{at}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for at, (kind, target) in enumerate(parts, 1)
        )
        + "</Relationships>"
    )


def _type(part: str, kind: str) -> str:
    of = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return f'<Override PartName="/xl/{part}" ContentType="{of}.{kind}+xml"/>'


def _xml(text: str) -> str:
    return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_RTL = ' rightToLeft="1"'
_CELL = 'numFmtId="49" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"'
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFD9E2EC"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFD966"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="3"><xf {_CELL} fontId="0" fillId="0"/><xf {_CELL} fontId="1" fillId="2"/>'
    f'<xf {_CELL} fontId="0" fillId="3"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
