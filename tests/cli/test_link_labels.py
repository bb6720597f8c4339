"""Bare tables under review on the command line: judge, let a second look, take back, link again with what was said."""

from __future__ import annotations

import csv
import json
import os
import pty
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_link_review import SCRIPT, _until
from tests.cli.test_main import answered, problems, said

HEAD = "id,family_name,given_names,date_of_birth\n"
LEFT = HEAD + (
    "1,Вигаданенко,Сергій,1990-03-05\n2,Прикладюк,Іван,1985-04-13\n3,Зразковська,Олена,1971-11-30\n"
    "4,Нікчемний,Петро,1960-12-25\n"
)
RIGHT = HEAD + (
    "a,Vyhadanenko,Sergey,1990-03-05\nb,Prykladiuk,Ivan,1985-04-13\nc,Zrazkovska,Elena,1971-11-03\n"
    "d,Zrazkovska,Elena,1971-11-30\n"
)
WHY = ("--why", "looked at")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "left.csv").write_text(LEFT, encoding="utf-8")
    (tmp_path / "right.csv").write_text(RIGHT, encoding="utf-8")
    answered("link", "tables", tmp_path / "left.csv", tmp_path / "right.csv", "--out", tmp_path / "pairs.csv", *LEAST)
    return tmp_path


LEAST = ("--least", "0.0")


def files(folder: Path) -> tuple[object, ...]:
    return ("--left", folder / "left.csv", "--right", folder / "right.csv", "--labels", folder / "labels.csv")


def review(folder: Path, who: str, *more: object) -> dict[str, Any]:
    return answered("link", "review", folder / "pairs.csv", *files(folder), "--who", who, *more)


def label(folder: Path, one: str, other: str, verdict: str, who: str, *more: object) -> dict[str, Any]:
    words = ("--verdict", verdict, "--who", who, *WHY, "--pairs", folder / "pairs.csv", *more)
    return answered("link", "label", one, other, *files(folder), *words)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_what_waits_is_told_by_ids_and_sentences_without_a_cell_and_without_the_probability(folder: Path) -> None:
    found = review(folder, "officer-1", "--language", "uk")
    assert found["open"] == len(found["queue"]) > 2
    assert all(row.keys() == {"left_id", "right_id", "worth", "waits_for", "evidence"} for row in found["queue"])
    assert "Прізвище" in found["queue"][0]["evidence"]
    assert not any(name in json.dumps(found, ensure_ascii=False) for name in ("Вигаданенко", "Zrazkovska", "1971"))
    assert not (folder / "labels.csv").exists()


def test_one_judges_a_second_agrees_and_the_next_run_keeps_to_it(folder: Path) -> None:
    first = label(folder, "3", "c", "link", "officer-1", "--one-to-one")
    assert (first["stands"], first["waits_for"]) == ("undecided", "the same word of a second reviewer")
    assert label(folder, "3", "c", "link", "Officer-1", "--one-to-one")["stands"] == "undecided"  # it is the same one
    assert label(folder, "3", "c", "link", "officer-2", "--one-to-one")["stands"] == "link"
    words = ("--verdict", "link", "--who", "officer-1", *WHY, "--one-to-one")
    assert problems("link", "label", "3", "d", *files(folder), *words) == ["linkage.row.linked"]
    tables = ("link", "tables", folder / "left.csv", folder / "right.csv", "--labels", folder / "labels.csv")
    answer = answered(*tables, "--out", folder / "again.csv", "--one-to-one")
    assert (answer["judged_links"], answer["judged_non_links"], answer["reopened"]) == (1, 0, 0)
    told = {(row["left_id"], row["right_id"]): row for row in rows(folder / "again.csv")}
    assert told["3", "c"]["probability"] == "1.000000"
    assert told["3", "c"]["explanation"].startswith("judged to be one person; ")
    assert ("3", "d") not in told
    answered(*tables, "--out", folder / "tr.csv", "--one-to-one", "--language", "tr")
    assert any(row["explanation"].startswith("bir insanın kararıyla aynı kişi; ") for row in rows(folder / "tr.csv"))


def test_a_word_is_taken_back_and_all_of_it_stays_in_the_file(folder: Path) -> None:
    label(folder, "1", "a", "link", "officer-1")
    label(folder, "1", "a", "link", "officer-2")
    assert label(folder, "1", "a", "taken_back", "officer-2")["words"] == 3
    back = ("link", "label", "1", "a", *files(folder), "--verdict", "taken_back", "--who", "officer-3", *WHY)
    assert problems(*back) == ["linkage.judgement.none"]
    assert [row["verdict"] for row in rows(folder / "labels.csv")] == ["link", "link", "taken_back"]
    assert (folder / "labels.csv").stat().st_mode & 0o077 == 0


def test_agreement_and_estimates_come_from_the_words(folder: Path) -> None:
    for one, other in (("1", "a"), ("2", "b"), ("3", "d")):
        for who in ("officer-1", "officer-2"):
            label(folder, one, other, "link", who)
    for who in ("officer-1", "officer-2"):
        label(folder, "3", "c", "non_link", who)
    found = review(folder, "officer-3")
    (agreed,) = found["agreement"]
    assert (agreed["pairs"], agreed["agreed"], agreed["kappa"]) == (4, 4, 1.0)
    assert found["judged_of_proposed"] == 4


def test_a_new_version_of_a_table_brings_back_who_changed_and_says_what(folder: Path) -> None:
    for who in ("officer-1", "officer-2"):
        label(folder, "1", "a", "link", who)
        label(folder, "2", "b", "link", who)
    changed = LEFT.replace("1990-03-05", "1990-03-06").replace("Прикладюк", "PRYKLADIUK")
    (folder / "left.csv").write_text(changed, encoding="utf-8")
    found = review(folder, "officer-1")
    assert found["changed_since"] == 1
    first = found["queue"][0]
    assert (first["left_id"], first["right_id"], first["waits_for"]) == ("1", "a", "again")
    now = "Changed since the decision: date of birth: one digit apart; before: the same day."
    assert first["changed"].startswith(now)
    tables = ("link", "tables", folder / "left.csv", folder / "right.csv", "--out", folder / "again.csv")
    answer = answered(*tables, "--labels", folder / "labels.csv")
    assert (answer["judged_links"], answer["reopened"]) == (1, 1)


def test_a_run_is_kept_and_only_what_changed_is_compared_again(folder: Path) -> None:
    tables = ("link", "tables", folder / "left.csv", folder / "right.csv", "--out", folder / "again.csv")
    run = folder / "first.run"
    first = answered(*tables, "--save", run)
    same = answered(*tables, "--again", run)
    assert (same["compared"], same["compared_anew"]) == (first["compared"], 0)
    before = (folder / "again.csv").read_bytes()
    (folder / "right.csv").write_text(RIGHT.replace("a,Vyhadanenko", "a,Vyhadanchuk"), encoding="utf-8")
    newer = answered(*tables, "--again", run, "--save", run)  # onto the run that it began with
    assert 0 < newer["compared_anew"] < newer["compared"]
    assert newer["weights_fit"] is True
    assert (folder / "again.csv").read_bytes() != before
    assert b"Vyhadan" not in run.read_bytes()
    assert run.stat().st_mode & 0o077 == 0
    assert problems(*tables, "--again", run, "--one-to-one") == ["table.unfit"]
    run.write_bytes(run.read_bytes()[:-5])
    assert problems(*tables, "--again", run) == ["link.run"]
    assert problems(*tables, "--again", folder / "left.csv") == ["link.run"]


def test_doubles_of_one_table_are_reviewed_the_same_way(folder: Path) -> None:
    both = LEFT + RIGHT.split("\n", 1)[1]
    (folder / "both.csv").write_text(both, encoding="utf-8")
    out = ("--out", folder / "clusters.csv", "--pairs", folder / "doubles.csv")
    answered("link", "dedupe", folder / "both.csv", *out)
    told = rows(folder / "doubles.csv")
    assert ("1", "a") in {(row["left_id"], row["right_id"]) for row in told}
    table = ("--left", folder / "both.csv", "--labels", folder / "labels.csv")
    found = answered("link", "review", folder / "doubles.csv", *table, "--who", "officer-1")
    assert found["open"] == len(told)
    words = ("--verdict", "non_link", "--who", "officer-1", *WHY)
    assert answered("link", "label", "a", "1", *table, *words)["stands"] == "non_link"  # whichever comes first
    answer = answered("link", "dedupe", folder / "both.csv", *out, "--labels", folder / "labels.csv")
    assert answer["judged_non_links"] == 1
    cluster = {row["id"]: row["cluster_id"] for row in rows(folder / "clusters.csv")}
    assert cluster["1"] != cluster["a"]


def test_every_wrong_word_is_told(folder: Path) -> None:
    unknown = ("link", "label", "99", "zz", *files(folder), "--verdict", "link", "--who", "x", *WHY)
    assert problems(*unknown) == ["link.row.unknown", "link.row.unknown"]
    assert said("link", "label", "1", "a", *files(folder), "--verdict", "maybe", "--who", "x", *WHY)[0] == 2
    assert said("link", "review", "--who", "x")[0] == 2
    assert said("link", "review", folder, "--who", "x")[0] == 2  # a node's folder goes with --node
    (folder / "labels.csv").write_text("left_id,right_id,verdict\n1,a,perhaps\n,a,link\n", encoding="utf-8")
    assert problems("link", "review", folder / "pairs.csv", *files(folder), "--who", "x") == ["label.row", "label.row"]
    same = ("--left", folder / "left.csv", "--right", folder / "right.csv", "--labels", folder / "left.csv")
    assert problems("link", "review", folder / "pairs.csv", *same, "--who", "x") == ["file.same"]


def test_at_a_terminal_each_key_is_a_row_at_once_and_ctrl_c_keeps_them(folder: Path) -> None:
    words = ["link", "review", *map(str, (folder / "pairs.csv", *files(folder))), "--who", "officer-1"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", SCRIPT, *words])
    for place, key in ((1, "l"), (2, "b"), (1, "n"), (2, "\x03")):
        _until(terminal, f"{place} of ", "q quit")
        while termios.tcgetattr(terminal)[3] & termios.ICANON:  # it does not wait for a key yet
            time.sleep(0.02)
        os.write(terminal, key.encode())
    seen = _until(terminal, "queue:")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert "judged: 1" in seen
    assert [row["verdict"] for row in rows(folder / "labels.csv")] == ["link", "taken_back", "non_link"]
