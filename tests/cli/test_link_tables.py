"""`repatria link tables` and `repatria link dedupe`: files in, files out, every problem at once."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

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
    twice = RIGHT + "d,Kovalenko,Sergei,1990-03-05\n"
    right, out = write(tmp_path, "right.csv", twice), tmp_path / "pairs.csv"
    assert said("link", "tables", left, right, "--out", out)[0] == 0
    assert {("a", "a"), ("a", "d")} <= {(row["left_id"], row["right_id"]) for row in rows(out)}


def test_doubles_of_one_file(tmp_path: Path) -> None:
    table = write(tmp_path, "table.csv", RIGHT + "d,Коваленко,Сергій,1990-03-05\n")
    out = tmp_path / "clusters.csv"
    code, text, _ = said("link", "dedupe", table, "--out", out, "--json")
    assert (code, json.loads(text)["answer"]["in_clusters_of_several"]) == (0, 2)
    assert rows(out) == [{"id": i, "cluster_id": c} for i, c in (("a", "a"), ("b", "b"), ("c", "c"), ("d", "a"))]


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
