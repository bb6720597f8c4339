"""The exchange that the figures are measured on: nothing in it is refused, and folding it in any way is the same."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from repatria.exchange import layers
from repatria.exchange.door import attempt
from repatria.exchange.fold import fold
from repatria.exchange.layers import Layered
from repatria.exchange.state import dump_state
from repatria.store.provers import Provers
from tests.exchange.large import Ledger, check_honest, large_ledger

PEOPLE = 200


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return large_ledger(tmp_path_factory.mktemp("large"), PEOPLE)


def test_the_large_exchange_is_honest_and_a_crew_folds_it_to_the_same_bytes(ledger: Ledger) -> None:
    plain = fold(ledger.entries(), ledger.attachment)
    check_honest(plain, ledger.size)
    with Provers(1) as prove:
        assert dump_state(fold(ledger.entries(), ledger.attachment, prove=prove)) == dump_state(plain)


def test_one_event_after_the_other_on_forks_gives_the_bytes_of_one_fold(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "LAYERED_FROM", 0)
    monkeypatch.setattr(layers, "MERGED_AT", 50)
    start = ledger.size - 600
    state = fold(ledger.entries(start), ledger.attachment)
    for entry in itertools.islice(ledger.entries(), start, None):
        state = state.fork()
        assert attempt(state, entry, ledger.attachment).applied
    assert isinstance(state.persons, Layered)
    assert dump_state(state) == dump_state(fold(ledger.entries(), ledger.attachment))


def test_what_is_written_stops_and_goes_on_to_the_same_bytes(ledger: Ledger, tmp_path: Path) -> None:
    again = large_ledger(tmp_path, PEOPLE)
    assert list(again.entries()) == list(ledger.entries())
    (tmp_path / "done").unlink()
    (tmp_path / "entries-99999").unlink()
    assert list(large_ledger(tmp_path, PEOPLE).entries()) == list(ledger.entries())


@pytest.mark.soak
def test_a_million_events_of_100_000_people() -> None:
    """Prints the figures of docs/benchmarks.md; asserts what does not hang on what else the machine does."""
    root = Path(__file__).resolve().parents[2]
    kept = os.environ.get("REPATRIA_LARGE")
    folder = ["--folder", kept] if kept else []
    command = [sys.executable, "-m", "tests.bench_fold", "--people", "100000", *folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    print(done.stdout)
    lines = done.stdout.splitlines()
    megabytes = sum(int(line.split(" MB")[0].split()[-1]) for line in lines[2].split(",") if " MB" in line)
    assert megabytes <= 1500
    assert float(next(line for line in lines if "Ed25519 alone" in line).split("takes ")[1].split()[0]) < 4
    assert float(next(line for line in lines if line.startswith("one more event")).split()[3]) <= 5
