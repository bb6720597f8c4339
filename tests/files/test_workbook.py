"""Workbooks in: plain cells of one sheet; bombs, entities and broken archives end in a problem, the parent lives."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook

from repatria.files import workbook as reader
from repatria.files.guarded import Asked, Limits, read_guarded
from repatria.files.lists import format_annotated, format_template
from repatria.files.locales import load_language
from repatria.people.register import read_register
from repatria.people.vocabulary import HEADINGS, LANGUAGES
from repatria.people.written import TEMPLATE
from repatria.problem import Problem, Problems
from tests.files.books import ods, xls

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: list[object], more_sheets: int = 0, on_them: object = "Invented") -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.title = "List 2"
    for row in rows:
        book.active.append(row)
    for number in range(more_sheets):
        book.create_sheet(f"Other {number}").append([on_them])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD = workbook(["family_name", "rank"], ["Вигаданий", "сержант"])


def repacked(data: bytes, change: Callable[[str, bytes], bytes], level: int = 9) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, True, level) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return out.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        assert name != SHEET or old in content
        return content.replace(old, new, 1) if name == SHEET else content

    return repacked(GOOD, change)


def refusal(data: bytes, limits: Limits | None = None) -> Problem:
    with pytest.raises(Problems) as raised:
        read_guarded(data, "f.xlsx", limits=limits)
    (problem,) = raised.value.problems
    return problem


def test_the_first_sheets_cells_come_as_text_and_dates_as_iso() -> None:
    table = read_guarded(
        workbook(
            ["family_name", "date_of_birth", "number", "seen", "ratio", "flag"],
            ["Вигаданий", datetime.date(1990, 3, 5), 123456, datetime.datetime(2025, 1, 2, 3, 4), 1.5, True],
            [],
            [" Invented ", None, "00123", None, None, None],
        ),
        "f.xlsx",
    )
    assert table.sheet == "List 2"
    assert table.heading == ("family_name", "date_of_birth", "number", "seen", "ratio", "flag")
    assert [row.number for row in table.rows] == [2, 4]
    assert table.rows[0].cells == ("Вигаданий", "1990-03-05", "123456", "2025-01-02T03:04:00", "1.5", "TRUE")
    assert table.rows[1].cells == ("Invented", "", "00123", "", "", "")
    assert table.place(2, heading="rank") == 'f.xlsx, sheet "List 2", row 2, "rank"'


def test_further_sheets_are_left_aside_and_said_so() -> None:
    table = read_guarded(workbook(["family_name"], ["Invented"], more_sheets=2), "f.xlsx")
    assert [note.code for note in table.notes] == ["file.workbook.sheets"]


def test_further_sheets_that_are_empty_need_no_saying() -> None:
    assert read_guarded(workbook(["family_name"], ["Invented"], more_sheets=2, on_them=None), "f.xlsx").notes == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_template_filled_in_is_read_without_a_word_and_nobody_hides_beside_it(language: str) -> None:
    book = load_workbook(io.BytesIO(format_template("sought", load_language(language))))
    sheet, beside = book.worksheets[0], book.worksheets[1:]
    fields = [name for name in TEMPLATE if HEADINGS[language][name] in [cell.value for cell in sheet[1]]]
    sheet.append([{"family_name": "Invented", "given_names": "Test"}.get(name) for name in fields])
    assert [sheet.sheet_state for sheet in beside] == ["visible", "hidden"]
    reading = read_register(read_guarded(saved(book), "f.xlsx"), "sought", "north")
    assert (len(reading.persons), reading.problems) == (1, ())
    for other in beside:
        row = other.max_row + 1
        other.cell(row, 1, "Somebody")
        other.cell(row, 2, "Else")
        assert [note.code for note in read_guarded(saved(book), "f.xlsx").notes] == ["file.workbook.sheets"]
        other.delete_rows(row)
    assert read_guarded(saved(book), "f.xlsx").notes == ()


def test_our_own_annotated_copy_comes_back_without_a_word_on_its_list_of_problems() -> None:
    table = read_guarded(GOOD, "f.xlsx")
    said = Problem("import.cell.missing", table.place(2, 0), "no entry", "fill in the cell")
    assert read_guarded(format_annotated(table, [said]), "g.xlsx").notes == ()


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_xls_and_ods_are_read_as_xlsx_is() -> None:
    rows = [["Прізвище", "Ім'я", "rank"], ["Вигаданий", "Тест", ""], ["Invented", "", "x"]]
    for book in (xls(rows), ods(rows), workbook(*[list[object](row) for row in rows])):
        table = read_guarded(book, "f")
        assert table.heading == tuple(rows[0])
        assert [row.cells for row in table.rows] == [tuple(row) for row in rows[1:]]
        assert table.notes == ()


def many_sheets() -> bytes:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Примітки"
    first.append(["Інструкція"])
    for title, person in (("List", "Invented"), ("Other", "Second"), ("Secret", "Third")):
        book.create_sheet(title)
        book[title].append(["surname", "first name"])
        book[title].append([person, "Test"])
    book["Secret"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("asked", "person", "notes"),
    [
        (None, "Invented", ["file.workbook.sheets"]),
        ("Other", "Second", []),
        ("3", "Second", []),
        ("Secret", "Third", []),
    ],
)
def test_the_first_sheet_with_known_headings_is_read_or_the_one_asked_for(
    asked: str | None, person: str, notes: list[str]
) -> None:
    table = read_guarded(many_sheets(), "f.xlsx", Asked(sheet=asked))
    assert [row.cells[0] for row in table.rows] == [person]
    assert [note.code for note in table.notes] == notes


def test_the_note_on_further_sheets_says_which_was_taken_and_how_many_are_hidden() -> None:
    (note,) = read_guarded(many_sheets(), "f.xlsx").notes
    assert (note.where, note.what) == (
        'f.xlsx, sheet "List"',
        "this sheet is read, number 2 of 4; 1 of them hidden",
    )


def test_a_sheet_that_is_not_there_is_refused() -> None:
    with pytest.raises(Problems) as raised:
        read_guarded(many_sheets(), "f.xlsx", Asked(sheet="9"))
    assert raised.value.problems[0].code == "file.workbook.no_such_sheet"


def test_titles_numbered_columns_and_totals_are_left_aside_by_name() -> None:
    table = read_guarded(
        workbook(
            ["Список осіб", None, None],
            ["станом на сьогодні"],
            [],
            ["Прізвище", "Ім'я", "По батькові"],
            ["1", "2", "3"],
            ["Вигаданий", "Тест", "Уявич"],
            ["Всього: 1"],
        ),
        "f.xlsx",
    )
    assert (table.heading_row, [row.number for row in table.rows]) == (4, [6])
    assert [(note.code, note.what.split(" left")[0]) for note in table.notes] == [
        ("file.title_rows", "2 rows (1, 2) above the headings"),
        ("file.row_aside", "row 5"),
        ("file.row_aside", "row 7"),
    ]


def test_another_heading_row_can_be_named_and_an_empty_one_is_refused() -> None:
    data = workbook(["surname", "rank"], ["a", "b"], [], ["x", "y"])
    assert read_guarded(data, "f.xlsx", Asked(heading_row=2)).heading == ("a", "b")
    with pytest.raises(Problems) as raised:
        read_guarded(data, "f.xlsx", Asked(heading_row=3))
    assert raised.value.problems[0].code == "file.heading_row"


def test_merged_cells_hold_for_every_row_that_they_cover_and_it_is_said() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["surname", "unit"], ["Invented", "1st"], ["Second", None], ["Third", "2nd"]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    out = io.BytesIO()
    book.save(out)
    table = read_guarded(out.getvalue(), "f.xlsx")
    assert [row.cells for row in table.rows] == [("Invented", "1st"), ("Second", "1st"), ("Third", "2nd")]
    assert [(note.code, note.what[-11:]) for note in table.notes] == [("file.workbook.merged", "also rows 3")]


def test_hidden_rows_and_columns_are_read_and_named() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["surname", "rank", "unit"], ["Invented", "x", "y"], ["Second", "x", "y"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    out = io.BytesIO()
    book.save(out)
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    hidden = ods([["surname", "rank", "unit"], ["Invented", "x", "y"]], columns=columns)
    table = read_guarded(out.getvalue(), "f.xlsx")
    assert [row.cells[0] for row in table.rows] == ["Invented", "Second"]
    assert [(note.code, note.what[-3:]) for note in table.notes] == [
        ("file.workbook.hidden_rows", "(3)"),
        ("file.workbook.hidden_columns", "(B)"),
    ]
    assert [note.code for note in read_guarded(hidden, "f.ods").notes] == ["file.workbook.hidden_columns"]


def test_an_empty_sheet_is_refused() -> None:
    assert refusal(workbook()).code == "file.empty"


def test_an_entry_beside_the_table_is_refused_with_its_row() -> None:
    problem = refusal(workbook(["rank", "unit"], ["1", "2", "3"]))
    assert (problem.code, problem.where) == ("file.workbook.ragged", 'f.xlsx, sheet "List 2", row 2')


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (b'r="XFD1048576"', "file.workbook.far_cell"),
        (b'r="A1048576"', "file.workbook.far_cell"),
        (b"r = 'XFD2'", "file.workbook.far_cell"),
        (b'r="SR250000"', "file.workbook.far_cell"),
        (b'r="A99999999999999999999"', "file.workbook.far_cell"),
    ],
)
def test_a_far_cell_bomb_is_refused_before_it_is_parsed(cell: bytes, code: str) -> None:
    bomb = in_sheet(b'r="B2"', cell)
    assert len(bomb) < 6000
    assert refusal(bomb).code == code


def test_a_far_dimension_is_refused() -> None:
    assert refusal(in_sheet(b'ref="A1:B2"', b'ref="A1:XFD1048576"')).code == "file.workbook.far_cell"


def test_a_far_cell_split_over_two_pieces_of_the_part_is_found() -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        start = archive.read(SHEET).index(b'<c r="B2"')
    for offset in range(30):
        padding = b"<!--" + b"x" * (reader.CHUNK - start - 7 - offset) + b"-->"
        data = in_sheet(b'<c r="B2"', padding + b'<c r="XFD1048576"')
        assert reader._scanned(data)[1] == {"refused": "far_cell", "cell": "XFD1048576"}


def test_a_bomb_that_the_scan_does_not_know_dies_in_the_child_and_the_parent_lives() -> None:
    """Each cell is within bounds by itself; together they span a range that needs gigabytes."""
    data = in_sheet(b'r="B2"', b'r="A250000"')
    data = repacked(data, lambda name, content: content.replace(b'r="B1"', b'r="SR1"') if name == SHEET else content)
    assert refusal(data).code in ("file.read.died", "file.read.memory", "file.read.time")


def test_a_child_that_hangs_is_killed() -> None:
    assert refusal(GOOD, Limits(seconds=0.001)).code == "file.read.time"


def test_a_zip_bomb_is_refused_by_its_ratio() -> None:
    bomb = in_sheet(b"<sheetData>", b"<sheetData>" + b" " * 20_000_000)
    assert len(bomb) < 50_000
    assert refusal(bomb).code == "file.workbook.ratio"


def test_a_zip_bomb_is_refused_by_its_size() -> None:
    bomb = in_sheet(b"<sheetData>", b"<sheetData>" + b" " * 210_000_000)
    assert refusal(bomb).code == "file.workbook.unpacked"


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(in_sheet(b"<sheetData>", b"<sheetData>" + b" " * 60_000_000))
    place = bomb.rindex(SHEET.encode()) - 46  # the central directory's record of the sheet
    assert bomb[place : place + 4] == b"PK\x01\x02"
    bomb[place + 24 : place + 28] = struct.pack("<L", 1000)
    assert refusal(bytes(bomb)).code in ("file.workbook.broken", "file.workbook.unpacked")


def test_an_archive_of_very_many_parts_is_refused() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(1001):
            archive.writestr(f"xl/media/{number}", b"")
    assert refusal(out.getvalue()).code == "file.workbook.parts"


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">',
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE r [<!ENTITY x "y">]>'.encode("utf-16-le"),
        b'<!doctype r [<! ENTITY x "y">]>',
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"])
def test_a_document_type_or_entity_in_any_part_is_refused(declaration: bytes, part: str) -> None:
    data = repacked(GOOD, lambda name, content: declaration + content if name == part else content)
    assert refusal(data).code == "file.workbook.declaration"


def test_a_workbook_cut_short_anywhere_is_refused_and_the_whole_one_is_read() -> None:
    for cut in (10, 100, len(GOOD) // 2, len(GOOD) - 30, len(GOOD) - 1):
        assert refusal(GOOD[:cut]).code == "file.workbook.broken"
    assert len(read_guarded(GOOD, "f.xlsx").rows) == 1


def test_a_flipped_byte_in_a_part_is_refused() -> None:
    place = GOOD.index(SHEET.encode()) + len(SHEET) + 20
    assert refusal(GOOD[:place] + bytes([GOOD[place] ^ 255]) + GOOD[place + 1 :]).code == "file.workbook.broken"


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("letter.txt", "Invented")
    assert refusal(out.getvalue()).code == "file.workbook.not_a_workbook"


def test_a_sheet_of_damaged_xml_is_refused() -> None:
    assert refusal(in_sheet(b"<sheetData>", b"<sheetData><row><c>")).code in ("file.workbook.broken", "file.empty")
