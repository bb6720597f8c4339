"""Linking on Spark, in an environment of its own: the same pairs and the same scores as here. Only in `make soak`."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.linkage import registers
from benchmarks.linkage.environment import scale_python
from repatria.linkage.learned import parse_learned
from repatria.linkage.pairs import LARGEST_BLOCK

pytestmark = pytest.mark.soak
ROOT = Path(__file__).parents[2]
SAME, PEOPLE = 1e-6, 400
COMMAND = ("-c", "from repatria.cli import entry; entry()")
Row = dict[str, str]


@pytest.fixture(scope="session")
def python() -> str:
    found = scale_python()
    if found is None:
        pytest.skip("Java or the packages of the extra cannot be had here")
    return found


def run(python: str, *words: object) -> tuple[str, str]:
    there = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([python, *map(str, words)], capture_output=True, text=True, env=there)
    assert done.returncode == 0, f"{words[:3]}: {done.stderr[-3000:]}"
    return done.stdout, done.stderr


Case = tuple[Path, tuple[str, ...]]


def compared(python: str, *cases: Case) -> list[Mapping[str, Any]]:
    """Each case linked on Spark, in one session, and here."""
    words: list[object] = []
    for folder, options in cases:
        words += [*([","] if words else []), folder / "LEFT.csv", folder / "RIGHT.csv", *options]
    out, _ = run(python, "-m", "benchmarks.linkage.scale", *words)
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


def assert_same(told: Mapping[str, Any]) -> None:
    assert told["met_by_one_only"] == told["levels"] == told["linked_by_one_only"] == 0
    assert told["weight"] < SAME
    assert told["probability"] < SAME
    assert told["explanations"]


def write(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("few")
    registers.main(PEOPLE, folder)
    return folder


def made(few: Path, folder: Path, change: Callable[[int, Row], Row]) -> Path:
    """Both tables with their rows changed."""
    for name in ("LEFT", "RIGHT"):
        with (few / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            write(folder / f"{name}.csv", [change(at, row) for at, row in enumerate(csv.DictReader(file))])
    return folder


def test_a_hundred_thousand_against_a_hundred_thousand_to_a_millionth(
    python: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("many")
    registers.main(100_000, folder)
    (told,) = compared(python, (folder, ()))
    print(told)  # what it cost, with -s
    assert_same(told)
    assert told["pairs"] > 500_000
    assert told["linked"] > 79_000


def odd(at: int, row: Row) -> Row:
    """Dates of two readings, blank cells, words of few, and a default that more pairs have than any block may."""
    year, month, day = row["date_of_birth"].split("-") if row["date_of_birth"].count("-") == 2 else ("", "", "")
    born = [f"{day}.{month}.{year}", row["date_of_birth"], year, "", "nobody_knows", f"{day}/{month}/{year}"]
    blank = {"family_name": "", "unit": "-"} if at % 50 == 0 else {}
    more = {"sex": ("m", "M", "", "-", "f")[at % 5], "town": row["place_of_birth"], "camp": "the same for all"}
    return {**row, "date_of_birth": born[at % 6], **blank, **more}


def test_few_people_in_every_way_that_tables_are_linked(python: str, few: Path, tmp_path: Path) -> None:
    assert LARGEST_BLOCK < PEOPLE * PEOPLE
    made(few, tmp_path, odd)
    said = json.dumps({"town": "text", "camp": "text"}, separators=(",", ":"))
    told = compared(
        python, (few, ()), (few, ("--many",)), (few, ("--learn-from", "200", "--weights-here")),
        (tmp_path, ("--columns", said)),
    )  # fmt: skip
    for each in told:
        assert_same(each)
    assert [each["linked"] > 250 for each in told[:3]] == [True] * 3
    assert len(told) == 4


def test_the_command_writes_pairs_and_weights_and_tells_no_cell(python: str, few: Path, tmp_path: Path) -> None:
    out, weights = tmp_path / "pairs.csv", tmp_path / "weights.json"
    command = (*COMMAND, "link", "spark", few / "LEFT.csv", few / "RIGHT.csv", "--one-to-one", "--json")
    told, said = run(python, *command, "--out", out, "--save-weights", weights)
    answer = json.loads(told)["answer"]
    with out.open(newline="", encoding="utf-8") as file:
        pairs = list(csv.DictReader(file))
    assert len(pairs) == answer["pairs"] > 250
    assert "family name: " in pairs[0]["explanation"]
    parse_learned(weights.read_text())
    again = tmp_path / "again.csv"
    run(python, *command, "--out", again, "--weights", weights)
    assert again.read_bytes() == out.read_bytes()
    with (few / "LEFT.csv").open(newline="", encoding="utf-8") as file:
        names = {row["family_name"] for row in csv.DictReader(file) if len(row["family_name"]) > 4}
    assert not [name for name in names if name in told + said + weights.read_text()]
    assert not (tmp_path / "spark-warehouse").exists()


def test_what_spark_cannot_do_is_a_problem_in_our_words(python: str, few: Path, tmp_path: Path) -> None:
    there = {**os.environ, "PYTHONPATH": str(ROOT)}
    (tmp_path / "broken.csv").write_text("id,family_name\n1,Secretname,and,more\n", encoding="utf-8")
    for left, code in ((tmp_path / "nothing.csv", "file.unreadable"), (tmp_path / "broken.csv", "link.spark.failed")):
        words = [*COMMAND, "link", "spark", left, few / "RIGHT.csv", "--out", tmp_path / "pairs.csv", "--json"]
        done = subprocess.run([python, *map(str, words)], capture_output=True, text=True, env=there)
        assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == [code]
        assert "Secretname" not in done.stdout + done.stderr
