"""`repatria register`: columns shown, corrected and remembered; what a person says of a file is heeded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_main import answered, problems
from tests.sync.nodes import NOW, PASSPHRASE, Nodes, make_nodes

ROWS = "Прізвище;Ім'я;Дата народження;Табір;Позивний\nВигаданий;Тест;1990-03-05;camp;Тінь\n"


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def shown(*words: object) -> dict[str, str]:
    answer = answered("register", "columns", *words)
    return {row["column"]: row["field"] for row in answer["columns"]}  # type: ignore[attr-defined]


def test_columns_are_shown_and_what_is_corrected_is_remembered_beside_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "list.csv", ROWS)
    assert shown(path)["E"] == ""
    assert shown(path, "--map", "E=unit", "--remember")["E"] == "unit"
    assert shown(path)["E"] == "unit"
    assert "позивний" in (tmp_path / "list.csv.columns.toml").read_text("utf-8")
    other = written(tmp_path / "other.toml", '[columns]\n"Позивний" = "rank"\n')
    assert shown(path, "--columns", other)["E"] == "rank"


def test_an_import_remembers_the_senders_columns_in_the_node(nodes: Nodes, tmp_path: Path) -> None:
    first, second = (
        written(tmp_path / "first.csv", ROWS),
        written(tmp_path / "second.csv", ROWS.replace("Тест", "Інший")),
    )
    words = ("register", "import", nodes.path("north"))
    done = answered(*words, first, "--kind", "held", "--at", NOW, "--from", "5th camp", "--map", "E=unit")
    assert done["unknown_columns"] == 0
    assert answered(*words, second, "--kind", "held", "--at", NOW, "--from", "5th camp")["unknown_columns"] == 0
    assert answered(*words, second, "--kind", "held", "--at", NOW, "--from", "another")["unknown_columns"] == 1


def test_a_node_that_is_in_no_exchange_says_so_and_what_can_be_done_without(tmp_path: Path) -> None:
    answered("node", "init", tmp_path / "alone", "--member", "north", "--role", "party")
    path = written(tmp_path / "list.csv", ROWS)
    words = ("--kind", "held", "--map", "E=unit")
    assert problems("register", "import", tmp_path / "alone", path, *words) == ["register.no_exchange"]
    assert answered("register", "check", path, *words, "--node", tmp_path / "alone")["people"] == 1


def test_an_encoding_in_doubt_is_asked_for_and_then_heeded(tmp_path: Path) -> None:
    path = written(tmp_path / "list.csv", "surname;first name;dob;camp\nXé;Y;1990;\n", "cp1252")
    assert problems("register", "check", path, "--kind", "held") == ["file.encoding.doubtful"]
    assert problems("register", "check", path, "--kind", "held", "--encoding", "cp1252") == ["import.cell.unknown"]


def test_day_numbers_are_read_once_it_is_said_from_when_they_count(tmp_path: Path) -> None:
    path = written(tmp_path / "list.csv", "surname;first name;dob\nInvented;Test;31841\n")
    assert problems("register", "check", path, "--kind", "sought") == ["import.date.serial"]
    assert problems("register", "check", path, "--kind", "sought", "--epoch", "1900") == ["import.date.from_serial"]


def test_two_versions_are_read_as_it_is_said_of_both_or_of_the_earlier_one_alone(tmp_path: Path) -> None:
    """Another encoding, another place of the column, another name of it; nobody changed."""
    new = written(tmp_path / "new.csv", ROWS)
    moved = "Позивний;Прізвище;Ім'я;Дата народження;Табір\nТінь;Вигаданий;Тест;1990-03-05;camp\n"
    old = written(tmp_path / "old.csv", moved)
    words = ("register", "compare", old, new, "--kind", "held")
    assert answered(*words, "--map", "E=unit")["changed"] == 0  # by its heading in the earlier one
    other = written(tmp_path / "other.csv", ROWS.replace("Позивний", "Кличка"), "koi8-u")
    words = ("register", "compare", other, new, "--kind", "held", "--old-encoding", "koi8-u")
    assert answered(*words, "--map", "E=unit")["changed"] == 1
    told = answered(*words, "--map", "E=unit", "--old-map", "Кличка=unit")
    assert (told["changed"], told["unchanged"]) == (0, 1)


@pytest.mark.parametrize("name", ["semicolon", ";"])
def test_a_separator_in_doubt_is_asked_for_and_then_heeded(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / "list.csv", "a,x;b\nc,y;d\n")
    words = ("register", "columns", path)
    assert problems(*words) == ["file.csv.separator"]
    rows = answered(*words, "--separator", name)["columns"]
    assert [row["heading"] for row in rows] == ["a,x", "b"]  # type: ignore[attr-defined]
    assert problems(*words, "--separator", "dot") == ["file.csv.separator"]
