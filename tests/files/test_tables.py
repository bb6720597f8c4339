"""Tables on a disk: known by their first bytes; written so that no spreadsheet runs a cell."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest
from openpyxl import Workbook

from repatria.files.tables import format_csv, parse_table, read_table
from repatria.files.whole import write_whole
from repatria.people.register import read_register
from repatria.problem import Problems


def refused(path: Path) -> str:
    with pytest.raises(Problems) as raised:
        read_table(path)
    return raised.value.problems[0].code


def test_a_file_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["family_name"])
    book.active.append(["Invented"])
    book.save(tmp_path / "named.xlsx")
    misnamed = tmp_path / "misnamed.csv"
    misnamed.write_bytes((tmp_path / "named.xlsx").read_bytes())
    assert read_table(misnamed).rows[0].cells == ("Invented",)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.empty"),
        (b" \r\n", "file.empty"),
        (b"%PDF-1.7 ...", "file.kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file.workbook.broken"),
        (b"<html><table>", "file.kind"),
        (b"\x89PNG\r\n", "file.kind"),
    ],
)
def test_what_is_not_a_table_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    assert refused(path) == code


def test_an_absent_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.csv") == "file.unreadable"
    assert refused(tmp_path) == "file.unreadable"


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("repatria.files.tables.MAX_FILE", 10)
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b\n1,2\n3,4\n")
    assert refused(path) == "file.long"


@pytest.mark.parametrize(
    "formula",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "=cmd|' /C calc'!A0", '=HYPERLINK("x")'],
)
def test_a_formula_is_written_as_text_in_cells_and_headings(formula: str) -> None:
    written = format_csv(["family_name", formula], [["Invented", formula]])
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert [row[1] for row in rows] == ["'" + formula] * 2


def test_plain_cells_are_written_as_they_are() -> None:
    cells = ["Вигаданий", "1990-03-05", "AB-1", "", "a, b", 'say "so"']
    written = format_csv(["a", "b", "c", "d", "e", "f"], [cells])
    assert list(parse_table(written, "f.csv").rows[0].cells) == cells


def test_what_is_written_is_for_its_owner_and_replaces_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    write_whole(path, format_csv(["family_name"], [["Invented"]]))
    assert read_table(path).rows[0].cells == ("Invented",)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_formula_in_a_name_is_imported_as_text_and_leaves_neutralised() -> None:
    table = parse_table(b"family_name,given_names,date_of_birth\n=1+1,Test,\n", "f.csv")
    (person,) = read_register(table, "sought", "north").persons
    assert person.family_name == "=1+1"
    assert b"'=1+1" in format_csv(["family_name"], [[person.family_name]])
