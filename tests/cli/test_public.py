"""`repatria public` between nodes that meet by stick: claims and counts, told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_main import answered, problems
from tests.sync.nodes import NOW, PASSPHRASE, Nodes, make_nodes


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Nodes:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    return make_nodes(round_open=True)


def claim(nodes: Nodes, member: str, page: Path, number: int = 307, *more: str) -> list[object]:
    return [
        "public", "claim", nodes.path(member), number, "--speaker", "north-ombudsman", "--said-on", "2025-11-30",
        "--counted", "came-home", "--of", "north", "--source", page, "--at", NOW, *more,
    ]  # fmt: skip


def test_a_claim_comes_to_every_node_with_its_speaker_and_source_and_without_the_page(
    nodes: Nodes, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"307 came home, said the ombudsman; an invented page")
    recorded = answered(*claim(nodes, "gulf", page))
    nodes.carry()
    for member in ("north", "south", "cross"):
        (row,) = answered("public", "show", nodes.path(member), "--at", NOW)["claims"]
        assert (row["speaker"], row["number"], row["source"]) == ("north-ombudsman", 307, recorded["source"])
        assert row["recorded_by"] == "gulf"
        assert (row["status"], row["against"]) == ("alone", [])
        assert row["why"] == "Nobody else has spoken of it. What one side says is not thereby so."
    with nodes.open("south") as node:
        assert node.ledger is not None
        assert not [entry for entry in node.ledger.entries() if b"invented page" in entry]
    with nodes.open("gulf") as node:
        assert node.vault.document(f"claim/{recorded['source']}") == page.read_bytes()


def test_a_claim_with_an_unknown_definition_or_without_a_page_is_a_problem(nodes: Nodes, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert problems(*claim(nodes, "gulf", page)) == ["cli.file"]
    page.write_bytes(b"a page")
    assert problems(*claim(nodes, "gulf", page, 307, "--counted", "rumoured")) == ["claim.counted"]
    assert problems(*claim(nodes, "gulf", page, 307, "--speaker", "somebody")) == ["claim.speaker"]
    assert problems(*claim(nodes, "gulf", page, 307, "--until", "yesterday")) == ["claim.days"]


def test_no_counts_are_signed_before_a_stage_is_over(nodes: Nodes) -> None:
    assert problems("public", "counts", nodes.path("straits"), "--at", NOW) == ["counts.nothing"]
    assert answered("public", "show", nodes.path("straits"), "--at", NOW)["published"] == []


def test_every_definition_and_office_can_be_looked_up() -> None:
    told = answered("public", "definitions")
    assert {row["code"] for row in told["counted"]} >= {"came-home", "held", "remains-returned"}
    assert "ombudsman" in told["offices"]
