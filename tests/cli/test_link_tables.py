"""`repatria link tables` and `repatria link dedupe`: files in, files out, every problem at once."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.linkage import registers
from tests.cli.test_link_review import SCRIPT
from tests.cli.test_main import problems, said

HEAD = "No;Surname;Given;Born\n"
LEFT = (
    f"{HEAD}1;Коваленко;Сергій;05.03.1990\n2;Бондар;Іван;13.04.1985\n"
    "3;Ткач;Олена;30.11.1971\n4;Гай;Петро;25.12.1960\n"
)
RIGHT = (
    "id,family_name,given_names,date_of_birth\na,Kovalenko,Sergey,1990-03-05\nb,Bondar,Ivan,1985-04-13\n"
    "c,Tkach,Elena,1971-11-30\n"
)
MAPS = ("--map", "No=id", "--map", "Surname=family_name", "--map", "Given=given_names", "--map", "Born=date_of_birth")


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    (folder / name).write_text(text, encoding=encoding)
    return folder / name


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_two_files_with_other_headings_separators_and_encodings(tmp_path: Path, encoding: str) -> None:
    left, right = write(tmp_path, "left.csv", LEFT, encoding), write(tmp_path, "right.csv", RIGHT)
    out = tmp_path / "pairs.csv"
    code, text, _ = said("link", "tables", left, right, "--out", out, "--one-to-one", *MAPS, "--json")
    assert code == 0
    answer = json.loads(text)["answer"]
    assert (answer["left"], answer["right"], answer["pairs"]) == (4, 3, 3)
    found = rows(out)
    assert list(found[0]) == ["left_id", "right_id", "probability", "explanation"]
    assert [(row["left_id"], row["right_id"]) for row in found] == [("1", "a"), ("2", "b"), ("3", "c")]
    assert all(0.25 <= float(row["probability"]) <= 1 for row in found)
    assert "date of birth: the same day" in found[0]["explanation"]
    assert "Коваленко" not in text


def test_without_one_to_one_a_row_may_have_several_partners(tmp_path: Path) -> None:
    left = write(tmp_path, "left.csv", RIGHT)
    twice = RIGHT + "".join(f"{id_}2{rest}\n" for id_, rest in ((row[0], row[1:]) for row in RIGHT.splitlines()[1:]))
    right, out = write(tmp_path, "right.csv", twice), tmp_path / "pairs.csv"
    assert said("link", "tables", left, right, "--out", out)[0] == 0
    assert {("a", "a"), ("a", "a2")} <= {(row["left_id"], row["right_id"]) for row in rows(out)}


def test_doubles_of_one_file(tmp_path: Path) -> None:
    table = write(tmp_path, "table.csv", RIGHT + "d,Коваленко,Сергій,1990-03-05\n")
    out = tmp_path / "clusters.csv"
    code, text, _ = said("link", "dedupe", table, "--out", out, "--json")
    assert (code, json.loads(text)["answer"]["in_clusters_of_several"]) == (0, 2)
    assert rows(out) == [{"id": i, "cluster_id": c} for i, c in (("a", "a"), ("b", "b"), ("c", "c"), ("d", "a"))]


def told(*words: object) -> list[tuple[str, str]]:
    """Of each problem where it is, and its code."""
    code, text, _ = said(*words, "--json")
    assert code == 1
    return [(each["where"], each["code"]) for each in json.loads(text)["problems"]]


def test_whatever_a_new_user_gives_is_told_by_its_file_and_nothing_is_written(tmp_path: Path) -> None:
    right, out = write(tmp_path, "right.csv", RIGHT), tmp_path / "pairs.csv"
    bad = {
        "no-id.csv": "surname,born\nInvented,1990\n", "twice.csv": "id,name\n1,a\n1,b\n", "empty.csv": "",
        "no-rows.csv": "id,family_name\n", "unknown.csv": "id,colour\n1,red\n", "bare.csv": "id,family_name\n1,\n",
    }  # fmt: skip
    where = {"unknown.csv": "unknown.csv and right.csv"}
    for name, text in bad.items():
        code = "file.empty" if name == "empty.csv" else "table.unfit"
        found = told("link", "tables", write(tmp_path, name, text), right, "--out", out)
        assert found == [(where.get(name, name), code)]
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04 and more")
    assert told("link", "tables", right, tmp_path / "book.xlsx", "--out", out) == [("book.xlsx", "file.workbook")]
    for to, code in ((right, "file.same"), (tmp_path / "none" / "x.csv", "file.no_folder"), (tmp_path, "file.folder")):
        assert told("link", "tables", right, right, "--out", to) == [("--out", code)]
    assert told("link", "dedupe", right, "--out", out, "--pairs", out) == [("--pairs", "file.same")]
    assert told("link", "names", right, "--out", right) == [("--out", "file.same")]
    assert not out.exists()
    assert right.read_text(encoding="utf-8") == RIGHT


def test_ids_that_look_like_formulas_come_through_every_verb(tmp_path: Path) -> None:
    """They are written with an apostrophe, so that no spreadsheet runs them, and read without it."""
    table = write(tmp_path, "left.csv", RIGHT.replace("\na,", "\n=1+1,").replace("\nb,", "\n-2,"))
    right, out = write(tmp_path, "right.csv", RIGHT), tmp_path / "pairs.csv"
    assert said("link", "tables", table, right, "--out", out)[0] == 0
    assert [row["left_id"] for row in rows(out)] == ["'-2", "'=1+1", "c"]
    truth = write(tmp_path, "truth.csv", "left_id,right_id\n=1+1,a\n-2,b\nc,c\n")
    code, text, _ = said("link", "evaluate", out, "--truth", truth, "--left", table, "--right", right, "--json")
    assert (code, json.loads(text)["answer"]["right"]) == (0, 3)


def test_how_a_file_was_read_that_is_not_in_utf_8_is_told(tmp_path: Path) -> None:
    left, right = write(tmp_path, "left.csv", LEFT, "cp1251"), write(tmp_path, "right.csv", RIGHT)
    code, text, _ = said("link", "tables", left, right, "--out", tmp_path / "pairs.csv", *MAPS, "--json")
    assert code == 0
    (how,) = json.loads(text)["answer"]["read_as"]
    assert how.startswith("left.csv: ")


def test_ctrl_c_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    registers.main(3_000, tmp_path)
    out = tmp_path / "pairs.csv"
    words = ["link", "tables", str(tmp_path / "LEFT.csv"), str(tmp_path / "RIGHT.csv"), "--out", str(out)]
    run = subprocess.Popen([sys.executable, "-c", SCRIPT, *words, "--save", str(tmp_path / "a.run")],
                           stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    end = time.monotonic() + 60
    while "numpy" not in Path(f"/proc/{run.pid}/maps").read_text() and time.monotonic() < end:  # it has begun
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    text, problem = run.communicate(timeout=60)
    assert (run.returncode, text) == (130, "")
    assert problem.strip() == "Stopped. What was not finished was not kept."
    assert {path.name for path in tmp_path.iterdir()} == {"LEFT.csv", "RIGHT.csv", "TRUTH.csv"}


def test_every_problem_of_both_files_at_once_and_nothing_written(tmp_path: Path) -> None:
    left = write(tmp_path, "left.csv", "id,sex\n1,m\n1,f\n")
    right = write(tmp_path, "right.csv", "id,name\n2,Invented\n")
    out = tmp_path / "pairs.csv"
    assert problems("link", "tables", left, right, "--out", out) == ["table.unfit"]
    assert problems("link", "tables", left, right, "--out", out, "--map", "None=id") == ["table.column.unknown"]
    assert problems("link", "tables", left, tmp_path / "none.csv", "--out", out) == ["file.unreadable"]
    wide = write(tmp_path, "wide.csv", "id,name,name\n1,2,3,4\n5,6,7,8\n")
    assert problems("link", "dedupe", wide, "--out", out) == ["table.heading.twice", "file.csv.width", "file.csv.width"]
    assert not out.exists()
    assert said("link", "tables", left, right, "--out", out, "--least", "2")[0] == 2
