"""`repatria link evaluate`: figures out of files, and every problem with them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_link_tables import LEFT, MAPS, RIGHT, write
from tests.cli.test_main import problems, said

TRUTH = "left_id,right_id\n1,a\n2,b\n3,c\n"


def test_what_link_tables_wrote_is_measured_with_and_without_its_tables(tmp_path: Path) -> None:
    left, right = write(tmp_path, "left.csv", LEFT), write(tmp_path, "right.csv", RIGHT)
    truth = write(tmp_path, "truth.csv", TRUTH)
    pairs = tmp_path / "pairs.csv"
    assert said("link", "tables", left, right, "--out", pairs, "--one-to-one", *MAPS)[0] == 0
    code, text, _ = said("link", "evaluate", pairs, "--truth", truth, "--json")
    answer = json.loads(text)["answer"]
    assert (code, answer["precision"], answer["recall"], answer["f1"]) == (0, 1, 1, 1)
    assert "blocking_ceiling" not in answer
    words = ("link", "evaluate", pairs, "--truth", truth, "--left", left, "--right", right, *MAPS)
    assert json.loads(said(*words, "--json")[1])["answer"]["blocking_ceiling"] == 1
    assert "blocking ceiling: 1" in said(*words)[1]


def test_other_headings_are_said_with_map(tmp_path: Path) -> None:
    pairs = write(tmp_path, "pairs.csv", "A,B,P\n1,a,0.9\n")
    truth = write(tmp_path, "truth.csv", "A,B\n1,a\n")
    maps = ("--map", "A=left_id", "--map", "B=right_id", "--map", "P=probability")
    code, text, _ = said("link", "evaluate", pairs, "--truth", truth, *maps, "--json")
    assert (code, json.loads(text)["answer"]["right"]) == (0, 1)


def test_every_problem_with_the_files_is_told(tmp_path: Path) -> None:
    truth = write(tmp_path, "truth.csv", TRUTH)
    bad = write(tmp_path, "bad.csv", "left_id,right_id,probability\n1,a,often\n1,a,0.5\n2,b,1.5\n2,c,nan\n")
    assert problems("link", "evaluate", bad, "--truth", truth) == ["table.probability", "table.pair.twice"]
    bare = write(tmp_path, "bare.csv", "left,right\n1,a\n")
    assert problems("link", "evaluate", bare, "--truth", truth) == ["table.column.missing"] * 3
