"""Answers and final lists as files: for whoever may read them, each row beside its word or its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from repatria.deal.commands import lists
from repatria.exchange.documents import ANSWERS
from repatria.files import law
from repatria.files.tables import read_table
from repatria.report.list_texts import TEXTS
from tests.cli.test_main import problems
from tests.cli.test_terms import WIDE, act, answered_by_south, in_force, signed
from tests.sync.nodes import NOW, PASSPHRASE, Nodes, make_nodes


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def nodes() -> Nodes:
    return make_nodes(round_open=True)


def test_answers_and_lists_are_written_for_whoever_may_read_them(nodes: Nodes, tmp_path: Path) -> None:
    in_force(nodes, WIDE)
    answered_by_south(nodes, tmp_path)
    out = tmp_path / "answers.csv"
    before = act(nodes, "north", "answer", "export", "--out", out)  # south's word has not arrived yet
    assert (before["people"], before["answered"]) == (5, {})
    nodes.carry()
    told = act(nodes, "north", "answer", "export", "--out", out, "--language", "tr")
    assert (told["people"], told["answered"]) == (5, {"south": 5})
    table = read_table(out)
    assert table.heading[:2] == ("Yanıt: south", "Kayıt no")
    assert {row.cells[0] for row in table.rows} == {"tutuluyor"}
    assert len({row.cells[1] for row in table.rows}) == 5

    listing = tmp_path / "list.xlsx"
    missing = ("list", "export", nodes.path("north"), "--holder", "south", "--out", listing, "--at", NOW)
    assert problems(*missing) == ["list.none"]
    nodes.run("south", lists.draft_list, lists.DraftList(signed("south")))
    nodes.carry()
    signing = lists.SignList(signed("north"), "south", law.figures())
    nodes.run("north", lists.sign_list, signing)
    nodes.carry()
    told = act(nodes, "north", "list", "export", "--holder", "south", "--out", listing, "--language", "uk")
    assert (told["people"], told["without_a_record_here"]) == (5, 0)
    with nodes.open("north") as node:
        numbers = set(node.state().persons)
    assert {row.cells[0] for row in read_table(listing).rows} == numbers
    assert problems("answer", "export", nodes.path("cross"), "--out", out, "--at", NOW) == ["register.unknown"]



def test_every_answer_that_can_be_given_has_its_words() -> None:
    assert {f"list.{word}" for word in (*ANSWERS, "blank")} <= set(TEXTS)
