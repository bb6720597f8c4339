"""Lists on the command line: an office alone with its files, and a register that goes out and comes back the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from repatria.files.tables import read_table
from repatria.people.person import IDENTITY_FIELDS
from repatria.store.node import NodeFolder
from tests.cli.test_main import answered, problems, said
from tests.sync.nodes import NOW, PASSPHRASE, Nodes, make_nodes

ROWS = [
    "record_id,family_name,given_names,father_name,date_of_birth,person_category,capture_date,rank,Shoe",
    "1,Zqxenko,Serhij,Ivan,1990-03-05,prisoner_of_war,2024-01-01,major,41",
    "2,ZQXENKO,Serhij,Ivan,1990-03-05,prisoner_of_war,1980-01-01,=1+1,42",
    "3,Zqxchuk,Taras,,1985,civilian_internee,2024-02,,",
]


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


def file(folder: Path, *rows: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(rows or ROWS) + "\n", encoding="utf-8")
    return path


def checked(path: Path, *words: str) -> dict[str, Any]:
    _, out, _ = said("register", "check", path, "--kind", "sought", "--on", "2025-12-01", "--json", *words)
    return dict(json.loads(out))


def test_an_office_alone_is_told_everything_of_a_file_at_once_and_no_name(tmp_path: Path) -> None:
    told = checked(file(tmp_path))
    found = [(problem["code"], problem["where"]) for problem in told["problems"]]
    assert found == [
        ("import.column.unknown", "list.csv, row 1, column I"),
        ("import.date.order", 'list.csv, row 3, "capture_date"'),
        ("import.row.doubled", "list.csv, row 2"),
    ]
    assert {name: told["answer"]["quality"][name] for name in ("rows", "incomplete", "doubtful", "stopped")} == {
        "rows": 3, "incomplete": 3, "doubtful": 2, "stopped": 0
    }  # fmt: skip
    assert any(gap["article"] == "GC IV 138" for gap in told["answer"]["gaps"])
    text = said("register", "check", tmp_path / "list.csv", "--kind", "sought")
    assert not re.search("zqx|Serhij|1990", json.dumps([told, text]), re.IGNORECASE)


def test_the_figures_of_a_list_do_not_fail_it(tmp_path: Path) -> None:
    path = file(tmp_path, ROWS[0].removesuffix(",Shoe"), ROWS[1].removesuffix(",41"))
    code, _, err = said("register", "check", path, "--kind", "sought")
    assert (code, err) == (0, "")


@pytest.mark.parametrize("language", ["en", "uk", "ru", "tr", "ar"])
def test_the_page_of_a_list_has_its_figures_and_nobody(tmp_path: Path, language: str) -> None:
    page = tmp_path / "page.html"
    told = checked(file(tmp_path), "--page", str(page), "--language", language)["answer"]["quality"]
    text = page.read_text("utf-8")
    cells = [re.sub("<[^>]*>", "", cell) for cell in re.findall("<td.*?</td>", text)]
    assert [int(cell) for cell in cells[:6]] == [
        told[name] for name in ("rows", "complete", "incomplete", "category_unknown", "doubtful", "stopped")
    ]
    fields = [[row["filled"], row["doubtful"], row["missing"]] for row in told["fields"]]
    assert [int(cell) for cell in cells[6:]] == [number for row in fields for number in row]
    assert f'lang="{language}"' in text
    assert not re.search("zqx|Serhij|1990|<script", text, re.IGNORECASE)


def test_a_file_that_is_stopped_is_looked_through_all_the_same(tmp_path: Path) -> None:
    told = checked(file(tmp_path, *ROWS, "4,,,Ivan\u202e,1990-02-30,,2030-01-01,,"))
    codes = [problem["code"] for problem in told["problems"]]
    assert codes[0] == "import.text.bidi"
    assert {"import.date.future", "import.date.order", "import.row.doubled"} <= set(codes)
    assert told["answer"]["people"] == 0


def test_two_versions_are_told_apart_without_names_and_the_file_asked_for_has_them(tmp_path: Path) -> None:
    old, new = file(tmp_path), file(tmp_path, *ROWS[:2], ROWS[3].replace("1985", "1985-07-01"), name="new.csv")
    code, out, _ = said("register", "compare", old, new, "--kind", "sought", "--out", tmp_path / "c.xlsx", "--json")
    told = json.loads(out)["answer"]
    assert (code, told["gone_rows"], told["added_rows"], told["unchanged"]) == (0, [3], [], 1)
    (changed,) = told["changed_rows"]
    assert (changed["old_row"], changed["new_row"], changed["changes"]) == (4, 3, ["date of birth: known more exactly"])
    assert not re.search("zqx", out, re.IGNORECASE)
    assert "Zqxchuk" in str(read_table(tmp_path / "c.xlsx").rows)


def test_an_office_alone_compares_with_files_of_the_released_and_of_the_held(tmp_path: Path) -> None:
    gone = file(tmp_path, "Прізвище;Ім'я;Дата народження", "Zqxchuk;Тарас;1985", name="march.csv")
    camps = file(tmp_path, ROWS[0], "77,Zqxenko,Serhij,Ivan,1990-03-05,,,,", name="camps.csv")
    told = checked(file(tmp_path), "--released", str(gone), "--held", str(camps))["problems"]
    found = [(each["code"], each["where"]) for each in told if each["code"].startswith("import.person.")]
    assert found == [
        ("import.person.held", "list.csv, row 2"), ("import.person.held", "list.csv, row 3"),
        ("import.person.released", "list.csv, row 4"),
    ]  # fmt: skip
    assert "(march.csv)" in next(each["what"] for each in told if each["code"] == "import.person.released")
    assert not re.search("zqx|Serhij|1990|1985", json.dumps(told), re.IGNORECASE)


def test_whoever_is_sought_and_held_at_once_is_named_as_a_list_is_checked_and_imported(
    nodes: Nodes, tmp_path: Path
) -> None:
    north, list_ = nodes.path("north"), file(tmp_path, *ROWS[:2])
    answered("register", "import", north, list_, "--kind", "sought", "--at", NOW)
    camps = file(tmp_path, ROWS[0] + ",camp", "77,ZQXENKO,Serhij,,1990,,,,,camp 1", name="camps.csv")
    words = (camps, "--kind", "held", "--map", "camp=place_of_detention")
    _, out, _ = said("register", "check", *words, "--node", north, "--json")
    done = answered("register", "import", north, *words, "--at", NOW)
    for told in (json.loads(out)["problems"], done["notes"]):
        (doubt,) = [each for each in told if each["code"] == "import.person.both"]  # type: ignore[attr-defined]
        assert doubt["where"] == "camps.csv, row 2"
        assert doubt["what"].startswith("may be somebody whom our own list of the sought asks for: family name")
    assert not re.search("zqx|Serhij|1990", json.dumps(done), re.IGNORECASE)


@pytest.mark.parametrize("language", ["en", "uk", "ru", "tr", "ar"])
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_register_goes_out_and_comes_back_as_the_same_records(
    nodes: Nodes, tmp_path: Path, language: str, suffix: str
) -> None:
    at = ("--at", NOW)
    north, out = nodes.path("north"), tmp_path / f"out.{suffix}"
    answered("register", "import", north, file(tmp_path), "--kind", "sought", *at)
    told = answered("register", "export", north, "sought", "--out", out, "--language", language, *at)
    assert told["people"] == 3
    answered("register", "import", north, out, "--kind", "sought", *at)
    with NodeFolder.open(Path(north), PASSPHRASE) as node:
        first, second = (
            sorted(json.dumps(fields, sort_keys=True) for _, fields, _ in node.vault.records(name))
            for name in node.state().registers
        )
    assert first == second
    assert len(first) == 3


def test_what_the_other_side_would_see_is_shown_of_a_bare_file(tmp_path: Path) -> None:
    told = answered("register", "preview", file(tmp_path), "--kind", "sought", "--for", "south")
    assert (told["people"], told["fields"], told["why_nobody"]) == (3, list(IDENTITY_FIELDS), None)
    rows: Any = told["rows"]
    assert rows[2] == {
        "row": "4", "fields": {"family_name": "Zqxchuk", "given_names": "Taras", "date_of_birth": "1985"}
    }  # fmt: skip


def test_of_people_held_the_other_side_would_see_nobody_and_is_told_why(tmp_path: Path) -> None:
    held = file(tmp_path, "family_name,given_names,date_of_birth,place_of_detention", "Zqxenko,Serhij,1990,camp 1")
    told = answered("register", "preview", held, "--kind", "held", "--for", "south")
    assert (told["people"], told["rows"], told["in_the_ledger"]) == (0, [], {"kind": "held", "people": 1})
    assert told["why_nobody"]


def test_the_preview_of_a_file_is_what_a_disclosure_of_it_holds(nodes: Nodes, tmp_path: Path) -> None:
    north, path = nodes.path("north"), file(tmp_path)
    words = ("--for", "south", "--node", north, "--at", NOW)
    before: Any = answered("register", "preview", path, "--kind", "sought", *words)
    answered("register", "import", north, path, "--kind", "sought", "--at", NOW)
    after: Any = answered("register", "preview", "sought", *words)
    assert by_name(before) == by_name(after)
    assert problems("register", "preview", "sought", "--for", "nobody", "--node", north, "--at", NOW) == ["register.to"]


def by_name(told: dict[str, Any]) -> list[str]:
    return sorted(json.dumps(row["fields"], sort_keys=True) for row in told["rows"])
