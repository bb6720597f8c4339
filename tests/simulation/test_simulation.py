"""Whole exchanges with faults: no invariant breaks, one seed gives one run, a planted violation is found and shrunk.

The long run, with thousands of seeds, is `make soak`.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.simulation.case import FATES, FAULTS, ILL, Case, Fault
from tests.simulation.kept import KEPT
from tests.simulation.nodes import Journal
from tests.simulation.run import Outcome, simulate
from tests.simulation.shrink import broken, smallest
from tests.simulation.soak import Record

SEEDS = range(30)
REAL = range(100, 104)
AUDITED = 4


def case_of(kept: str | int) -> Case:
    return Case.drawn(kept) if isinstance(kept, int) else Case.parse(kept)


def must_hold(case: Case, real: bool = False, audits: bool = True) -> Outcome:
    outcome = simulate(case, real, audits)
    assert outcome.violation is None, f"{outcome.violation}\n  python -m tests.simulation.run '{case.text}'"
    return outcome


def test_in_whole_exchanges_with_faults_no_invariant_breaks() -> None:
    faults: Counter[str] = Counter()
    states: Counter[str] = Counter()
    closed = left_ratio = 0
    for seed in SEEDS:
        outcome = must_hold(Case.drawn(seed), audits=seed % AUDITED == 0)
        faults += outcome.faults
        states += outcome.states
        closed += outcome.closed
        left_ratio += outcome.left_ratio
    assert {kind.partition(" ")[0] for kind in faults} == {*FAULTS, "loss", "repetition", "reordering"}
    assert states["received"] > sum(states.values()) // 2
    assert closed > len(SEEDS) * 3 // 4
    assert left_ratio > 0


def test_with_real_keys_too() -> None:
    for seed in REAL:
        must_hold(Case.drawn(seed), real=True)


@pytest.mark.parametrize("what", KEPT)
def test_what_once_failed_holds(what: str) -> None:
    must_hold(case_of(KEPT[what]))


@pytest.mark.parametrize("fate", [*FATES, ILL])
def test_without_faults_every_exchange_closes_and_everybody_who_goes_is_received(fate: str) -> None:
    case = Case(seed=3, people=(3, 2), uncounted=(1, 0), bound=3, fates=(("north", 1, fate), ("south", 0, fate)))
    outcome = must_hold(case)
    assert outcome.closed
    goes = 6 if fate in ("no-access", "on-paper", ILL) else 4
    assert outcome.states["received"] == goes, outcome.states
    assert (outcome.left_ratio > 0) == (fate == ILL)


def test_one_seed_gives_one_run_and_the_signer_changes_nothing_but_signatures() -> None:
    case = Case.drawn(5)
    first, again, real = simulate(case), simulate(case), simulate(case, real=True)
    assert first == again
    assert first.hash != real.hash  # the entries hold other signatures
    assert (first.entries, first.minutes, first.states, first.refused, first.faults) == (
        real.entries, real.minutes, real.states, real.refused, real.faults)  # fmt: skip


def test_an_acknowledgement_before_the_disk_has_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that never syncs loses what it promised at the first crash."""
    crashes = tuple(Fault("crash", at, 2, 5, who) for at in (20, 30, 40) for who in ("north", "south", "gulf"))
    case = Case(seed=1, people=(1, 1), loss=0.5, faults=crashes)
    must_hold(case)
    monkeypatch.setattr(Journal, "sync", lambda journal: None)
    assert broken(case) == "nothing lost"


def test_a_failing_case_is_made_small() -> None:
    case = next(case for case in map(Case.drawn, range(100)) if case.has_hostile and len(case.faults) > 3)
    small = smallest(case, lambda each: each.has_hostile, seconds=10)
    assert (small.people, len(small.faults), small.loss, small.stages) == ((1, 1), 1, 0.0, 1)
    assert Case.parse(small.text) == small


def test_a_soak_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("tests.simulation.soak.FOLDER", tmp_path)
    wanted = {"stub": 30, "real": 10}
    pieces = Record().missing(wanted)
    assert sorted(pieces) == [("real", 0), ("stub", 0), ("stub", 1), ("stub", 2)]
    done = {"signer": "stub", "chunk": 1, "runs": 10, "closed": 9, "entries": 900, "seconds": 2.0, "violations": [],
            "faults": {"loss": 3}, "runs_with": {"loss": 2}}  # fmt: skip
    Record().add(done)
    after = Record()
    assert ("stub", 1) not in after.missing(wanted)
    assert after.of("stub")["runs"] == 10
    assert "10 of 30 exchanges" in after.report(wanted)
