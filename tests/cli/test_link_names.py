"""`repatria link names`: bare tables of pairs in, the same rows with a probability out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.cli.test_main import said


def written(folder: Path, *lines: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_row_comes_back_in_order_with_its_probability(tmp_path: Path) -> None:
    pairs = written(
        tmp_path, "id,left,right", "1,Zqxenko Сергій,Сергей Zqxenko", "2,Заквенко Іван Петрович,Иван Ильич Заквенко",
        "3,Заквенко Іван,Заквенко Остап",
    )  # fmt: skip
    code, out, err = said("link", "names", pairs, "--out", tmp_path / "scores.csv", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["answer"] == {"pairs": 3, "probability_half_or_more": 1, "file": "scores.csv"}
    rows = rows_of(tmp_path / "scores.csv")
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert float(rows[0]["probability"]) > 0.9
    assert float(rows[1]["probability"]) < 0.2
    assert float(rows[2]["probability"]) < 0.2


def test_other_headings_are_mapped_and_birth_dates_count(tmp_path: Path) -> None:
    lines = ("Name A;Name B;left_date_of_birth;right_date_of_birth",)
    pairs = written(
        tmp_path, *lines, "Заквенко Іван;Zakvenko Ivan;1990-03-05;1990-03-05",
        "Заквенко Іван;Zakvenko Ivan;1990-03-05;1971-11-30", "Заквенко Іван;Zakvenko Ivan;;",
    )  # fmt: skip
    words = ("--map", "Name A=left", "--map", "Name B=right", "--out", tmp_path / "scores.csv")
    assert said("link", "names", pairs, *words)[0] == 0
    same, other, unknown = (float(row["probability"]) for row in rows_of(tmp_path / "scores.csv"))
    assert same > unknown > other


def test_missing_columns_and_a_map_to_nothing_are_told_together_and_nothing_is_written(tmp_path: Path) -> None:
    pairs = written(tmp_path, "a,b", "x,y")
    code, _, err = said("link", "names", pairs, "--map", "c=left", "--out", tmp_path / "scores.csv")
    assert code == 1
    assert "table.column.unknown" in err
    assert "table.column.missing" in err
    assert not (tmp_path / "scores.csv").exists()
    good = ("--map", "a=left", "--map", "b=right", "--out", tmp_path / "scores.csv")
    assert said("link", "names", pairs, *good)[0] == 0


def test_every_wide_row_is_told_at_once(tmp_path: Path) -> None:
    pairs = written(tmp_path, "left,right", "a,b,c", "a,b", "d,e,f,g")
    code, _, err = said("link", "names", pairs, "--out", tmp_path / "scores.csv")
    assert code == 1
    assert "row 2" in err
    assert "row 4" in err


def test_a_row_without_a_name_or_with_no_date_is_told_and_the_others_are_scored(tmp_path: Path) -> None:
    pairs = written(
        tmp_path, "left,right,left_date_of_birth", "Zqxenko Ivan,", "Zqxenko Ivan,Zqxenko Ivan,31.02.1990",
        "Zqxenko Ivan,Zqxenko Ivan,1990",
    )  # fmt: skip
    code, _, err = said("link", "names", pairs, "--out", tmp_path / "scores.csv")
    assert code == 1
    assert "link.name.missing" in err
    assert "row 3" in err
    assert "qxenko" not in err.lower()
    assert [bool(row["probability"]) for row in rows_of(tmp_path / "scores.csv")] == [False, True, True]


def test_no_file_and_an_empty_one_are_problems(tmp_path: Path) -> None:
    assert said("link", "names", tmp_path / "none.csv", "--out", tmp_path / "scores.csv")[0] == 1
    assert said("link", "names", written(tmp_path, ""), "--out", tmp_path / "scores.csv")[0] == 1
