"""`repatria plan page` where there is nothing to be shown, or nothing to write; the rest is in tests/scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_main import problems
from tests.sync.nodes import NOW, PASSPHRASE, Nodes, make_nodes


@pytest.fixture
def north(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    nodes: Nodes = make_nodes()
    return nodes.path("north")


def test_a_page_of_a_plan_that_nobody_proposed_is_a_problem_and_nothing_is_written(north: Path, tmp_path: Path) -> None:
    out = tmp_path / "plan.html"
    words = ("plan", "page", north, "--out", out, "--at", NOW)
    assert problems(*words) == ["plan.not_proposed"]
    assert problems(*words, "--plan", "00ff") == ["plan.not_proposed"]
    assert problems(*words, "--language", "xx") == ["cli.language"]
    assert problems("plan", "page", north, "--at", NOW) == ["plan.out"]
    assert not out.exists()
