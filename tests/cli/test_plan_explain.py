"""`repatria plan explain` with words that do not fit together, and where there is no plan; the rest is in
tests/scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.test_main import problems, said
from tests.sync.nodes import NOW, PASSPHRASE, Nodes, make_nodes


@pytest.fixture
def north(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPATRIA_PASSPHRASE", PASSPHRASE)
    nodes: Nodes = make_nodes()
    return nodes.path("north")


def test_nothing_is_explained_and_nothing_written_where_there_is_no_plan(north: Path, tmp_path: Path) -> None:
    out = tmp_path / "reasons.csv"
    words = ("plan", "explain", north, "--at", NOW)
    assert problems(*words, "0" * 32) == ["plan.not_proposed"]
    assert problems(*words, "--all", "--out", out) == ["plan.not_proposed"]
    assert not out.exists()


@pytest.mark.parametrize(
    "words", [(), ("--all",), ("0" * 32, "--all", "--out", "x"), ("0" * 32, "--out", "x"),
              ("0" * 32, "--audience", "press"), ("0" * 32, "--language", "xx"),
              ("--all", "--out", "x", "--audience", "family")],
)  # fmt: skip
def test_words_that_do_not_fit_together_are_not_understood(north: Path, words: tuple[str, ...]) -> None:
    code, _, errors = said("plan", "explain", north, "--at", NOW, *words)
    assert code == 2
    assert "explain" in errors


def test_everything_that_does_not_fit_is_said_at_once(north: Path) -> None:
    words = ("--all", "--audience", "press", "--language", "xx")
    code, _, errors = said("plan", "explain", north, "--at", NOW, *words)
    assert code == 2
    for told in ("--out FILE", "--audience is", "--language is"):
        assert told in " ".join(errors.replace("│", " ").split())
