"""`repatria link review`, `undo`, `confirm` and `why-not`: at a real node, and the loop of keys on its own."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import sys
import termios
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from repatria.cli.reviewing import Screen, judge_each
from repatria.exchange.commands import By
from repatria.files.tables import read_table
from repatria.linkage.commands import FindLinks, find_links, judgements_on, linked_rows
from repatria.people.commands import CommitRegister, DiscloseRegister, commit_register, disclose_register
from repatria.people.register import read_register
from repatria.problem import Problem
from tests.cli.test_main import answered, problems, said
from tests.sync.nodes import PASSPHRASE, SIGNATORIES, Nodes, make_nodes

# --- the loop of keys ------------------------------------------------------------------------------------------------


class Desk:
    """Somebody who presses keys, and what is kept of it."""

    def __init__(self, keys: str, refuses: Sequence[int] = ()) -> None:
        self.keys, self.refuses = iter(keys), refuses
        self.kept: list[tuple[int, str]] = []
        self.lines: list[str] = []

    def key(self) -> str:
        key = next(self.keys, "")
        if key in ("^", ""):
            raise KeyboardInterrupt if key else EOFError
        return key

    def keep(self, at: int, verdict: str) -> list[Problem]:
        if at in self.refuses and verdict == "link":
            return [Problem("linkage.row.linked", "the pair", "already linked", "look at the other first")]
        self.kept.append((at, verdict))
        return []

    def judge(self, pages: int) -> int:
        return judge_each(
            [f"page {at}" for at in range(pages)], [0.421] * pages, Screen(self.key, self.lines.append), self.keep
        )


def test_a_key_is_a_verdict_and_is_kept_at_once() -> None:
    desk = Desk("lnsuq")
    assert desk.judge(9) == 3
    assert desk.kept == [(0, "link"), (1, "non_link"), (3, "undecided")]


@pytest.mark.parametrize("end", ["^", "", "q"])
def test_ctrl_c_the_end_of_the_keys_and_q_keep_what_was_judged(end: str) -> None:
    desk = Desk(f"ll{end}")
    assert desk.judge(9) == 2
    assert desk.kept == [(0, "link"), (1, "link")]


def test_a_word_is_taken_back_and_the_pair_comes_again() -> None:
    desk = Desk("lnbbl")
    assert desk.judge(3) == 1
    assert desk.kept == [(0, "link"), (1, "non_link"), (1, "taken_back"), (0, "taken_back"), (0, "link")]


def test_the_probability_is_hidden_until_it_is_asked_for() -> None:
    silent, curious = Desk("lq"), Desk("plq")
    silent.judge(3)
    curious.judge(3)
    assert "0.421" not in "".join(silent.lines)
    assert "probability: 0.421" in curious.lines


def test_a_word_that_cannot_stand_is_told_and_the_pair_stays() -> None:
    desk = Desk("lnq", refuses=[0])
    assert desk.judge(2) == 1
    assert any("linkage.row.linked" in line for line in desk.lines)
    assert desk.kept == [(0, "non_link")]


# --- at a node -------------------------------------------------------------------------------------------------------

def by(member: str) -> By:
    return By(member, tuple(f"{member}/{name}" for name in SIGNATORIES))


HEAD = "family name,given names,date of birth,service number,place of detention\n"
SOUGHT = (
    "Вигаданенко,Зореслав,1991-02-03,QX-771122,camp 1\nBeispielov,Example,1988-04-05,,camp 1\n"
    "Mustermanenko,Sample,1979-06-07,QX-771124,camp 1\n"
)
HELD = (
    "Vyhadanenko,Zoreslav,1991-02-03,QX-771122,camp 1\nBeispielow,Exampel,1988-04-06,,camp 1\n"
    "Mustermanenko,Sample,1979-06-07,QX-771124,camp 1\nMustermanenko,Sample,1979-06-07,,camp 1\n"
)


@cache
def linked() -> tuple[Nodes, str]:
    """North seeks three; south holds them, one all but hidden by slips, and one with a double."""
    made = make_nodes(round_open=True)
    sought = register(made, "north", "sought", SOUGHT)
    made.run("north", disclose_register, DiscloseRegister(by("north"), sought, ("south",)))
    register(made, "south", "held", HELD)
    made.carry()
    made.run("south", find_links, FindLinks(By("south"), sought))
    return made, sought


def register(nodes: Nodes, member: str, kind: str, text: str) -> str:
    file = nodes.folder / f"{member}-{kind}.csv"
    file.write_text(HEAD + text, encoding="utf-8")
    reading = read_register(read_table(file), kind, member, None)  # type: ignore[arg-type]
    done = nodes.run(member, commit_register, CommitRegister(By(member), kind, reading))
    return str(done.answer["register"])


@pytest.fixture
def south(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    made, _ = linked()
    shutil.copytree(made.folder, tmp_path / "nodes")
    return Nodes(tmp_path / "nodes").path("south")


def candidates(south: Path) -> dict[str, dict[str, Any]]:
    """The sure one, the near one, and the contested two."""
    found: Any = answered("link", "list", south, "--all")["candidates"]
    contested = [row for row in found if row["contested"]]
    assert len(contested) == 2
    return {
        "sure": next(row for row in found if row["grade"] == "sure" and not row["contested"]),
        "near": next(row for row in found if row["rule"] == "evidence"),
        "one": contested[0],
        "other": contested[1],
    }


def judge(south: Path, pair: dict[str, Any], verdict: str, who: str) -> dict[str, Any]:
    words = ("--verdict", verdict, "--who", who, "--why", "looked at")
    return answered("link", "judge", south, pair["sought"], pair["held"], *words)


def test_candidates_have_a_probability_and_sentences_in_the_language_asked_for(south: Path) -> None:
    found = candidates(south)
    assert found["sure"]["probability"] > 0.9
    assert found["near"]["grade"] == "possible"
    assert "Family name: the same, allowing for language and alphabet." in found["sure"]["evidence"]
    turkish: Any = answered("link", "list", south, "--all", "--language", "tr")["candidates"]
    assert any("Soyadı: dil ve alfabe farkı dışında aynı." in row["evidence"] for row in turkish)
    assert problems("link", "list", south, "--language", "xx") == ["cli.language"]


def test_a_contested_pair_waits_for_a_second_reviewer(south: Path) -> None:
    pair = candidates(south)["one"]
    first = judge(south, pair, "link", "officer-1")
    assert (first["links"], first["undecided"]) == (0, 1)
    assert "second reviewer" in str(first["waits_for"])
    again = judge(south, pair, "link", "Officer-1")
    assert again["links"] == 0
    second = judge(south, pair, "link", "officer-2")
    assert second["links"] == 1
    assert "waits_for" not in second


def test_a_row_that_two_reviewers_linked_is_answered_held(south: Path) -> None:
    pair = candidates(south)["one"]
    for who in ("officer-1", "officer-2"):
        judge(south, pair, "link", who)
    given = answered("answer", "give", south, "--others-not-held")
    assert given["held"] == 1
    assert linked_rows_of(south) == {pair["sought"]: pair["held"]}


def linked_rows_of(south: Path) -> dict[str, str]:
    with Nodes(south.parent).open("south") as node:
        return linked_rows(node.given("2025-12-01T08:00:00Z", [], lambda what, done, total: None), linked()[1])


def test_undo_takes_back_one_reviewers_last_word(south: Path) -> None:
    pair = candidates(south)["one"]
    judge(south, pair, "link", "officer-1")
    judge(south, pair, "link", "officer-2")
    words = ("link", "undo", south, pair["sought"], pair["held"], "--why", "the wrong key")
    assert problems(*words, "--who", "officer-3") == ["linkage.judgement.none"]
    assert answered(*words, "--who", "officer-2")["links"] == 0
    askew = ("link", "undo", south, "x", pair["held"], "--who", "officer-1", "--why", "y")
    assert problems(*askew) == ["linkage.row.form"]


def test_a_bulk_decision_names_the_rule_and_the_number(south: Path) -> None:
    words = ("link", "confirm", south, "--who", "officer-2", "--why", "number and name")
    assert problems(*words, "--number", 2) == ["linkage.bulk.number"]
    answer = answered(*words, "--number", 1)
    assert (answer["judged"], answer["rule"]) == (1, "sure and uncontested")
    with Nodes(south.parent).open("south") as node:
        (word,) = judgements_on(node.given("2025-12-01T08:00:00Z", [], lambda what, done, total: None), linked()[1])
    assert word.why == "number and name [rule: sure and uncontested; number: 1]"
    assert word.bulk


def test_outside_a_terminal_review_says_what_waits_without_names_and_without_the_probability(south: Path) -> None:
    near = candidates(south)["near"]
    before = answered("link", "review", "--node", south, "--who", "officer-1")
    rows: Any = before["queue"]
    assert len(rows) == before["open"] == 4
    assert all("probability" not in row for row in rows)
    assert "anenko" not in json.dumps(before)
    judge(south, near, "link", "officer-1")
    after = answered("link", "review", "--node", south, "--who", "officer-1", "--most", "1")
    left: Any = after["queue"]
    assert len(left) == 1
    assert near["sought"] not in (left[0]["sought"],)


def test_agreement_and_estimates_come_from_what_was_judged(south: Path) -> None:
    found = candidates(south)
    judge(south, found["sure"], "link", "officer-1")
    for who in ("officer-1", "officer-2"):
        judge(south, found["one"], "link", who)
        judge(south, found["other"], "non_link", who)
    answer = answered("link", "review", "--node", south, "--who", "officer-3")
    assert answer["judged_of_proposed"] == 3
    share: Any = answer["precision"]
    assert 0 <= share["low"] <= share["estimate"] <= share["high"] <= 1
    agreed: Any = answer["agreement"]
    assert [(row["reviewers"], row["pairs"], row["agreed"], row["kappa"]) for row in agreed] == [
        ("officer-1 and officer-2", 2, 2, 1.0)
    ]


def test_what_reviewers_decided_measures_what_was_proposed(south: Path) -> None:
    found = candidates(south)
    judge(south, found["sure"], "link", "officer-1")
    judge(south, found["near"], "non_link", "officer-1")
    judge(south, found["one"], "link", "officer-1")  # waits for another word, and is not counted
    answer = answered("link", "evaluate", "--node", south)
    needed_one = 1 + (not found["near"]["second_opinion"])
    assert (answer["pairs"], answer["true"], answer["right"]) == (needed_one, 1, 1)
    assert said("link", "evaluate")[0] == 2


def test_why_not_of_a_node_and_of_tables(south: Path, tmp_path: Path) -> None:
    found = candidates(south)
    near, sure = found["near"], found["sure"]
    answer = answered("link", "why-not", "--node", south, sure["sought"], near["held"])
    assert answer["proposed"] is False
    assert "No rule makes the two meet" in str(answer["why"])
    assert "In the way" in str(answer["nearest_rules"])
    arabic = answered("link", "why-not", "--node", south, sure["sought"], near["held"], "--language", "ar")
    assert "لا توجد قاعدة تجمع بينهما" in str(arabic["why"])
    assert answered("link", "why-not", "--node", south, sure["sought"], sure["held"])["proposed"] is True
    assert problems("link", "why-not", "--node", south, "0" * 16, sure["held"]) == ["link.row.unknown"]
    table = tmp_path / "table.csv"
    table.write_text("id,family_name,date_of_birth\n1,Гай,1990-01-01\n2,Ткач,1980-02-02\n", encoding="utf-8")
    assert answered("link", "why-not", table, table, "1", "2")["proposed"] is False
    assert said("link", "why-not", table, "1", "2")[0] == 2


NEWER = (
    "Beispielow,Exampel,1988-04-06,,camp 2\nVyhadanenko,Zoreslav,1991-02-04,QX-771122,camp 1\n"
    "Mustermanenko,Sample,1979-06-07,QX-771124,camp 1\nMustermanenko,Sample,1979-06-07,,camp 1\n"
    "Neuberg,Another,1970-01-01,,camp 1\n"
)


def test_a_new_version_keeps_what_was_decided_and_brings_back_what_changed(south: Path) -> None:
    """South's list comes in again: another order, another camp for one, another birth date for the one that is sure."""
    nodes = Nodes(south.parent)
    found = candidates(south)
    judge(south, found["sure"], "link", "officer-1")
    near = judge(south, found["near"], "non_link", "officer-1")
    if near["undecided"]:
        near = judge(south, found["near"], "non_link", "officer-2")
    assert (near["links"], near["non_links"]) == (1, 1)
    register(nodes, "south", "held", NEWER)
    answer = answered("link", "find", south)
    assert (answer["judgements_moved"], answer["reopened"], answer["judged_and_gone"]) == (2, 1, [])
    again: Any = answered("link", "review", "--node", south, "--who", "officer-1")
    assert again["changed_since"] == 1
    first = again["queue"][0]
    assert (first["sought"], first["waits_for"]) == (found["sure"]["sought"], "again")
    assert first["changed"] == "Changed since the decision, in the record of the held: date of birth: changed."
    assert first["held"] != found["sure"]["held"]
    proposed: Any = answered("link", "list", south, "--all")["candidates"]
    assert found["near"]["sought"] not in [row["sought"] for row in proposed]  # the non-link still blocks
    done = judge(south, first, "link", "officer-1")
    if done["undecided"]:
        done = judge(south, first, "link", "officer-2")
    assert done["links"] == 1
    unchanged = answered("link", "find", south)
    assert (unchanged["judgements_moved"], unchanged["compared_anew"]) == (0, 0)
    assert answered("link", "review", "--node", south, "--who", "officer-1")["changed_since"] == 0


def test_a_new_version_of_the_sought_takes_over_what_was_said_of_the_old(south: Path) -> None:
    nodes, old = Nodes(south.parent), linked()[1]
    judge(south, candidates(south)["sure"], "link", "officer-1")
    new = register(nodes, "north", "sought", SOUGHT.replace("camp 1\n", "camp 9\n", 1))
    nodes.run("north", disclose_register, DiscloseRegister(by("north"), new, ("south",)))
    nodes.carry()
    answer = answered("link", "find", south)
    assert (answer["judgements_moved"], answer["reopened"]) == (1, 0)
    assert answer["compared_anew"] == 0
    with nodes.open("south") as node:
        given = node.given("2025-12-01T08:00:00Z", [], lambda what, done, total: None)
        assert [word.verdict for word in judgements_on(given, new)] == ["link"]
        assert [word.verdict for word in judgements_on(given, old)] == ["link"]  # what the old one was answered by


def test_at_a_terminal_ctrl_c_keeps_what_was_judged(south: Path) -> None:
    """A real terminal: two keys, then Ctrl-C; the words are in the node, and one entry is signed on them."""
    pid, terminal = pty.fork()
    if pid == 0:
        words = ["link", "review", "--node", str(south), "--who", "officer-1"]
        os.execv(sys.executable, [sys.executable, "-c", SCRIPT, *words])
    seen = ""
    for place, key in ((1, "n"), (2, "u"), (3, "\x03")):
        seen += _until(terminal, f"{place} of 4", "q quit")
        while termios.tcgetattr(terminal)[3] & termios.ICANON:  # it does not wait for a key yet
            time.sleep(0.02)
        os.write(terminal, key.encode())
    seen += _until(terminal, "queue:", "signed: ")
    assert seen.count("signed: ") == 1
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert "Vyhadanenko" in seen or "Beispielow" in seen or "Mustermanenko" in seen
    with Nodes(south.parent).open("south") as node:
        words = judgements_on(node.given("2025-12-01T08:00:00Z", [], lambda what, done, total: None), linked()[1])
    assert [word.verdict for word in words] == ["non_link", "undecided"]


SCRIPT = "import sys\nfrom repatria.cli import entry\nsys.argv[0] = 'repatria'\nentry()\n"


def _until(terminal: int, *texts: str) -> str:
    seen = b""
    end = time.monotonic() + 60
    while not all(text.encode() in seen for text in texts) and time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        seen += part
    assert all(text.encode() in seen for text in texts), f"the terminal did not say {texts}"
    return seen.decode()
