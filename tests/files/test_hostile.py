"""Files made to harm: each attack ends in a problem that says why, and the parent goes on."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from repatria.files import child
from repatria.files.guarded import Asked, Limits, read_guarded
from repatria.files.reading import read_foreign
from repatria.problem import Problems
from tests.files.books import ods, xls, xlsb
from tests.files.test_workbook import GOOD, in_sheet, repacked

HEADING = ["family_name", "given_names"]


def refusal(data: bytes, file: str = "f.xlsx", limits: Limits | None = None) -> str:
    """The code of the one problem; the parent's own memory must not have grown by what the child took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Problems) as raised:
        read_guarded(data, file, limits=limits)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    (problem,) = raised.value.problems
    return problem.code


def test_the_far_cell_file_of_less_than_5_kb_is_refused() -> None:
    bomb = in_sheet(b'r="B2"', b'r="XFD1048576"')
    assert len(bomb) < 5000
    assert refusal(bomb) == "file.workbook.far_cell"


def test_the_bomb_of_some_hundred_kb_that_unpacks_to_hundreds_of_mb_is_refused() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", bytes(400 * 1024 * 1024))
    assert 300_000 < len(out.getvalue()) < 1_000_000
    assert refusal(out.getvalue()) == "file.workbook.unpacked"


@pytest.mark.parametrize(
    "rows",
    [
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
        'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>',
        '<table:table-row table:number-rows-repeated="4000000000"><table:table-cell office:value-type="string">'
        "<text:p>x</text:p></table:table-cell></table:table-row>",
    ],
)
def test_an_ods_whose_one_cell_is_repeated_for_ever_is_refused_before_it_is_parsed(rows: str) -> None:
    assert refusal(ods([HEADING], more=rows), "f.ods") == "file.workbook.far_cell"


def test_an_ods_that_ends_in_empty_repeated_rows_as_every_ods_does_is_read() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384"/>'
    trailing = f'<table:table-row table:number-rows-repeated="1048570">{cell}</table:table-row>'
    assert len(read_guarded(ods([HEADING, ["Invented", "Test"]], more=trailing), "f.ods").rows) == 1


def test_entities_that_grow_in_an_ods_are_refused_before_they_are_parsed() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert refusal(ods([HEADING], declaration=laughs), "f.ods") == "file.workbook.declaration"


def test_an_xls_with_a_cell_in_its_last_corner_and_a_cut_one_leave_the_parent_unharmed() -> None:
    book = xls([HEADING, ["Invented", "Test"]], far=(65_535, 255))
    assert refusal(book, "f.xls") == "file.workbook.far_cell"
    book = xls([HEADING, ["Invented", "Test"]])
    for cut in (9, 600, len(book) // 2):
        assert refusal(book[:cut], "f.xls") in ("file.workbook.broken", "file.read.died")


def test_a_shared_text_used_by_very_many_cells_does_not_reach_the_parent() -> None:
    long = "x" * 100_000
    rows = "".join(
        f"<table:table-row><table:table-cell office:value-type='string' table:number-columns-repeated='200'>"
        f"<text:p>{long}</text:p></table:table-cell></table:table-row>"
        for _ in range(10)
    )
    assert refusal(ods([HEADING], more=rows), "f.ods") == "file.workbook.text"


@pytest.mark.parametrize("name", ["f.csv", "f.xlsx", "f.jpg", "f"])
def test_a_wrong_extension_changes_nothing(name: str) -> None:
    assert read_guarded(GOOD, name).heading == ("family_name", "rank")
    assert read_guarded(b"family_name,rank\nInvented,x\n", name).heading == ("family_name", "rank")


def test_a_workbook_cut_anywhere_is_refused_in_every_kind() -> None:
    for book in (GOOD, ods([HEADING, ["Invented", "Test"]])):
        for cut in (5, len(book) // 3, len(book) - 5):
            assert refusal(book[:cut]) == "file.workbook.broken"


def test_one_line_of_fifty_mb_is_refused_or_ends_with_the_child() -> None:
    assert refusal(b"a" * 50_000_000 + b"\n" + b",,,," * 10, "f.csv").startswith("file.")


def test_limits_can_be_set() -> None:
    long = b"surname,first name\n" + b"Invented,Test\n" * 500_000
    assert refusal(long, "f.csv", Limits(megabytes=40)) == "file.read.memory"
    assert refusal(GOOD, limits=Limits(seconds=0.01)) == "file.read.time"


def test_the_child_can_open_no_file_and_no_connection_and_start_no_program() -> None:
    """What a reader that was taken over could try, tried under the child's own limits."""
    trial = f"""
import socket, subprocess, sys
sys.path.insert(0, {str(Path(child.__file__).resolve().parents[2])!r})
from repatria.files import child
child._limit(512 << 20, 10)
for attempt in (
    lambda: open("/etc/hostname"),
    lambda: open("/tmp/repatria-never", "w"),
    lambda: socket.socket(),
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: subprocess.run(["/bin/true"]),
):
    try:
        attempt()
    except OSError as error:
        print(error.errno)
    else:
        print("done")
"""
    tried = subprocess.run([sys.executable, "-I", "-c", trial], capture_output=True, text=True, check=True)
    assert tried.stdout.split() == ["24"] * 5


def test_macros_and_links_to_other_files_are_said_and_not_followed() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    table = read_guarded(out.getvalue(), "f.xlsm")
    assert [note.code for note in table.notes] == ["file.workbook.macros", "file.workbook.links"]
    assert len(table.rows) == 1


def test_an_ods_that_breaks_off_inside_a_cell_is_refused_and_not_waited_for() -> None:
    whole = ods([HEADING, ["Invented", "Test"]])

    def cut(name: str, content: bytes) -> bytes:
        return content[: content.index(b"office:value-type")] if name == "content.xml" else content

    assert refusal(repacked(whole, cut), "f.ods", Limits(seconds=3)) == "file.workbook.broken"
    assert len(read_guarded(whole, "f.ods").rows) == 1


def test_an_xls_whose_sectors_follow_each_other_in_a_ring_is_refused() -> None:
    book = xls([HEADING, ["Invented", "Test"]])
    table = 512  # the allocation table is the first sector; the stream begins in sector 2
    ring = book[: table + 8] + (2).to_bytes(4, "little") + book[table + 12 :]
    assert refusal(ring, "f.xls", Limits(seconds=3)) == "file.workbook.broken"
    assert len(read_guarded(book, "f.xls").rows) == 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"\x06\x22\x00\x00\x00\x00", b"\x06\x22\xff\xff\xff\x7f", "file.workbook.far_cell"),
        (b"\x06\x22", b"\x00\x00\x06\x22", "file.workbook.broken"),
    ],
    ids=["far cell", "row without a place"],
)
def test_an_xlsb_is_refused_before_memory_is_set_aside_for_it(old: bytes, new: bytes, code: str) -> None:
    book = xlsb([HEADING, ["Invented", "Test"]])

    def change(name: str, content: bytes) -> bytes:
        return content.replace(old, new, 1) if name.endswith("sheet1.bin") else content

    assert len(read_guarded(book, "f.xlsb").rows) == 1
    assert refusal(repacked(book, change), "f.xlsb") == code


def test_an_xlsx_whose_sheet_has_no_relation_is_refused_or_read_and_nothing_else_is_raised() -> None:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b' r:id="rId1"', b' id="rId1"') if name == "xl/workbook.xml" else content

    assert repacked(GOOD, change) != GOOD
    try:
        heading = read_foreign(repacked(GOOD, change), "f.xlsx", Asked()).heading
    except Problems:
        return
    assert heading == ("family_name", "rank")


def test_a_panic_of_the_reader_is_a_damaged_workbook() -> None:
    book = xls([HEADING, ["Invented", "Test"]])
    place = book.index(b"\x85\x00") + 4  # where the sheet begins, said to be far behind the end
    assert refusal(book[:place] + (10**6).to_bytes(4, "little") + book[place + 4 :], "f.xls") == "file.workbook.broken"
