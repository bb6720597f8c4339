"""CSV in: each separator and start of file is read; all that is not a whole table is refused."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.files.csv import parse_csv
from repatria.problem import Problem, Problems

GOOD = "family_name,rank\nВигаданий,сержант\nInvented,\n"


def refusal(data: bytes) -> list[Problem]:
    with pytest.raises(Problems) as raised:
        parse_csv(data, "f.csv")
    return list(raised.value.problems)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_utf8_csv_is_read_with_each_separator_start_and_line_end(separator: str, start: bytes, line_end: str) -> None:
    data = start + GOOD.replace(",", separator).replace("\n", line_end).encode()
    table = parse_csv(data, "f.csv")
    assert table.heading == ("family_name", "rank")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("Вигаданий", "сержант")), (3, ("Invented", ""))]
    assert table.notes == ()


def test_a_quoted_cell_may_hold_separators_quotes_and_line_breaks() -> None:
    table = parse_csv(b'family_name,unit\n"In,vented","1st ""old""\nunit"\nOther,2\n', "f.csv")
    assert table.rows[0].cells == ("In,vented", '1st "old"\nunit')
    assert table.rows[1].number == 3


def test_empty_rows_are_passed_over_and_keep_the_row_numbers_true() -> None:
    table = parse_csv(b"family_name,rank\n\nInvented,x\n,\n\n", "f.csv")
    assert [row.number for row in table.rows] == [3]


def test_surplus_empty_cells_of_a_spreadsheet_export_are_let_go() -> None:
    assert parse_csv(b"family_name,rank,,\nInvented,x,,\n", "f.csv").rows[0].cells == ("Invented", "x")


def test_a_file_cut_inside_its_last_row_is_refused_and_the_whole_file_is_not() -> None:
    whole = b"family_name,rank,unit\nInvented,x,1\nOther,y,2\n"
    for cut in range(whole.index(b"Other") + 1, len(whole) - 4):
        assert [problem.code for problem in refusal(whole[:cut])] == ["file.csv.cut"]
    assert len(parse_csv(whole, "f.csv").rows) == 2


def test_a_file_cut_inside_its_last_cell_says_how_many_rows_it_has() -> None:
    (note,) = parse_csv(b"family_name,rank\nInvented,x\nOther,serg", "f.csv").notes
    assert note.code == "file.csv.no_final_line_end"
    assert "2 rows" in note.do


def test_a_file_cut_inside_a_quotation_is_refused() -> None:
    (problem,) = refusal(b'family_name,unit\nInvented,"1\nOther,2\nThird,3\n')
    assert (problem.code, problem.where) == ("file.csv.open_quote", "f.csv, row 2")


def test_a_quotation_that_swallows_a_whole_file_is_refused() -> None:
    assert [problem.code for problem in refusal(b'a,b\n"' + b"x,y\n" * 50_000)] == ["file.csv.open_quote"]


def test_each_row_of_another_width_is_named() -> None:
    problems = refusal(b"rank,unit\n1\n1,2\n1,2,3\n")
    assert [(problem.code, problem.where) for problem in problems] == [
        ("file.csv.ragged", "f.csv, row 2"),
        ("file.csv.ragged", "f.csv, row 4"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("a,b\nxé,y\n".encode("cp1252"), "file.encoding.doubtful"),
        (GOOD.encode("utf-16")[:-1], "file.encoding.wrong"),
        (GOOD.encode()[:-20] + b"\xff\xfe\x81" + GOOD.encode() * 20, "file.encoding.unknown"),
        (b"family_name,rank\nInv\x00ented,x\n", "file.csv.binary"),
        (b"a,b;c\n1,2;3\n", "file.csv.separator"),
        (b'a,b\n"In"vented,x\n', "file.csv.malformed"),
        (b"\n\n,,\n", "file.empty"),
    ],
)
def test_what_is_not_a_table_is_refused_with_the_reason(data: bytes, code: str) -> None:
    assert [problem.code for problem in refusal(data)] == [code]


def test_no_refusal_repeats_a_cell() -> None:
    for data in (
        b'a,b\n"zqx',
        b"a,b\nzqx",
        b"a,b\nzqx,zqx,zqx\n",
        "a,b\nzqx,Ж\n".encode("cp1251"),
        b"a,b\nzqx\x00,x\n",
    ):
        assert not any("zqx" in str(problem) for problem in refusal(data))


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_problems(data: bytes) -> None:
    with contextlib.suppress(Problems):
        assert parse_csv(data, "f.csv").heading


CELLS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=10).map(
    lambda text: f"<{text}>"
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[tuple[str, str]], separator: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows([("a", "b"), *rows])
    assert [row.cells for row in parse_csv(out.getvalue().encode(), "f.csv").rows] == rows


def test_empty_lines_above_the_headings_are_passed_over() -> None:
    table = parse_csv(b"\n,,\nfamily_name,rank\nInvented,x\n", "f.csv")
    assert (table.heading, table.heading_row, table.rows[0].number) == (("family_name", "rank"), 3, 4)
