"""Signatures verified in other processes change nothing but the time it takes."""

from __future__ import annotations

import fcntl
import gc
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import cast

import pytest

import repatria
from repatria.exchange.authority import keys_known
from repatria.exchange.events import DisputeRaised, Slug
from repatria.exchange.fold import apply, fold
from repatria.exchange.state import State, dump_state
from repatria.ledger.entry import Proven, Signature, decode_entry, encode_entry, prove_entry
from repatria.ledger.tree import leaf_hash
from repatria.store import provers
from repatria.store.provers import Provers, _widen_pipes
from tests.exchange.hostile import Hostile
from tests.exchange.test_total import stormy_ledger
from tests.exchange.world import World, sha


@pytest.fixture(scope="module")
def storm() -> World:
    """A ledger with everything hostile in it that its generator knows, forged signatures among it."""
    world, random = stormy_ledger(11, 60), Random(11)
    for _ in range(12):
        good, other = (decode_entry(world.entry("gulf", DisputeRaised(sha(f"{i}"), Slug("x")))) for i in range(2))
        forged = Signature(good.sigs[0].keyid, other.sigs[0].sig)
        assert world.take(encode_entry(good._replace(sigs=(forged,)))).rule == "signature.invalid"
        assert world.take(encode_entry(good)).applied
        for _ in range(4):
            world.take(Hostile(world, random).entry())
    assert any(refusal.rule == "entry.malformed" for refusal in world.state.refusals)
    return world


def outcome(world: World, prove: provers.Provers) -> bytes:
    return dump_state(fold(iter(world.entries), world.attachments.get, prove=prove))


@pytest.mark.parametrize("batch", [1, 7, 256])
def test_a_hostile_ledger_folds_to_the_same_bytes_with_its_signatures_verified_elsewhere(
    storm: World, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provers, "_BATCH", batch)
    with Provers(count=1) as crew:
        assert outcome(storm, crew) == dump_state(storm.state)


def test_with_no_other_process_the_fold_verifies_for_itself(storm: World) -> None:
    with Provers(count=0) as crew:
        assert outcome(storm, crew) == dump_state(storm.state)
    assert outcome(storm, Provers()) == dump_state(storm.state)  # never entered: no process either


class _Here:
    """A pool that works in this process, late: nothing is done before somebody waits for it."""

    def __init__(self, dies_after: int) -> None:
        self.left = dies_after

    def submit(self, work: object, entries: list[bytes], keys: dict[str, str]) -> Future[list[Proven | None]]:
        self.left -= 1
        if self.left < 0:
            raise BrokenProcessPool("gone")
        future: Future[list[Proven | None]] = Future()
        if self.left == 0:
            future.set_exception(BrokenProcessPool("gone"))
        elif self.left % 2:
            future.set_result([prove_entry(entry, keys) for entry in entries])
        return future

    def shutdown(self, cancel_futures: bool) -> None:
        self.left = 0


@pytest.mark.parametrize("dies_after", [1, 4, 1000])
def test_a_crew_that_is_slow_or_dies_is_not_waited_for(
    storm: World, dies_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provers, "_BATCH", 5)
    crew = Provers(count=1)
    crew._pool = _Here(dies_after)  # type: ignore[assignment]
    assert outcome(storm, crew) == dump_state(storm.state)


def test_the_fold_relies_on_a_proof_and_so_a_lie_about_one_would_show(storm: World) -> None:
    """The claim is the caller's: this is what a prover must never get wrong."""
    forged = next(r.index for r in storm.state.refusals if r.rule == "signature.invalid")
    state = fold(storm.entries[:forged], storm.attachments.get)
    keys = tuple(keys_known(state).values())
    assert apply(state.fork(), storm.entries[forged], storm.attachments.get).rule == "signature.invalid"
    entry = storm.entries[forged]
    lie = Proven(decode_entry(entry), keys, leaf_hash(entry))
    assert apply(state.fork(), storm.entries[forged], storm.attachments.get, lie).rule != "signature.invalid"
    honest = prove_entry(storm.entries[forged], keys_known(state))
    assert apply(state.fork(), storm.entries[forged], storm.attachments.get, honest).rule == "signature.invalid"


def test_proofs_of_other_keys_and_of_all_keys_ever_known_change_no_verdict(storm: World) -> None:
    """Keys that come and go: a prover may know more keys than stand, or fewer, and the verdicts are the same."""
    every = keys_known(storm.state)

    def prove(entries: Iterable[bytes], keys: object) -> Iterator[tuple[bytes, Proven | None]]:
        random = Random(5)
        for entry in entries:
            some = {keyid: key for keyid, key in every.items() if random.random() < 0.7}
            yield entry, prove_entry(entry, some)

    state = State()
    fold(storm.entries, storm.attachments.get, state, prove)
    assert dump_state(state) == dump_state(storm.state)


def test_processes_that_cannot_be_started_are_done_without(storm: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> ProcessPoolExecutor:
        raise OSError("no semaphores here")

    monkeypatch.setattr(provers, "ProcessPoolExecutor", refuse)
    with Provers(count=1) as crew:
        assert outcome(storm, crew) == dump_state(storm.state)


PROGRAM = """
import sys
from repatria.store.provers import Provers, _widen_pipes

def main():
    try:
        with Provers(count=2) as crew:
            print("begins", flush=True)
            for _ in crew(iter(lambda: b"no entry", None), dict):
                pass
    except KeyboardInterrupt:
        sys.exit(130)

if __name__ == "__main__":  # else each of the crew would begin it again
    main()
"""


@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.4])
def test_ctrl_c_in_a_terminal_which_all_processes_get_is_told_by_this_one_alone(seconds: float, tmp_path: Path) -> None:
    """While the crew is being started, while it starts, and while it works."""
    script = tmp_path / "crew.py"
    script.write_text(PROGRAM, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(Path(repatria.__file__).parents[1])},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begins\n"
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert (process.returncode, errors) == (130, b"")


class Struck(threading.Condition):
    """A lock that Ctrl-C strikes at the worst moment: when it is taken, and before anybody is there to give it back."""

    takings = 0

    def __enter__(self) -> bool:
        taken = super().__enter__()
        Struck.takings -= 1
        if not Struck.takings:
            signal.raise_signal(signal.SIGINT)
        return taken


class Elsewhere:
    """An executor that has answered every other question, and has not begun the others."""

    def __init__(self) -> None:
        self.locks: list[Struck] = []

    def submit(self, ask: Callable[..., list[Proven | None]], *asked: object) -> Future[list[Proven | None]]:
        answer: Future[list[Proven | None]] = Future()
        if len(self.locks) % 2:
            answer.set_running_or_notify_cancel()
            answer.set_result(ask(*asked))
        self.locks.append(Struck())
        answer._condition = self.locks[-1]  # type: ignore[attr-defined]
        return answer

    def shutdown(self, **_: object) -> None:
        with ThreadPoolExecutor(1) as beside:
            assert all(beside.submit(self._free).result()), "the threads beside would wait for ever"

    def _free(self) -> list[bool]:
        free = [lock.acquire(blocking=False) for lock in self.locks]
        for lock in itertools.compress(self.locks, free):
            lock.release()
        return free


@pytest.mark.parametrize("taking", range(1, 10))  # four questions take their locks nine times
def test_ctrl_c_never_leaves_a_lock_taken_that_the_threads_beside_wait_for(
    taking: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provers, "ProcessPoolExecutor", lambda *_: Elsewhere())
    monkeypatch.setattr(provers, "_BATCH", 1)
    monkeypatch.setattr(Struck, "takings", taking)
    with Provers(count=1) as prove, pytest.raises(KeyboardInterrupt):
        for _ in prove([b"no entry"] * 4, dict):
            pass
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


@pytest.mark.parametrize("collecting", [True, False])
def test_a_crew_leaves_its_process_as_it_found_it_also_when_it_is_stopped(collecting: bool) -> None:
    switching, before = sys.getswitchinterval(), gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        with suppress(KeyboardInterrupt), Provers(count=0):
            assert not gc.isenabled()
            raise KeyboardInterrupt
        assert (gc.isenabled(), sys.getswitchinterval()) == (collecting, switching)
    finally:
        (gc.enable if before else gc.disable)()


def test_an_executor_with_other_insides_is_left_as_it_is() -> None:
    _widen_pipes(cast(ProcessPoolExecutor, object()))


def test_an_answer_lies_in_its_pipe_whole_where_the_system_can() -> None:
    if not hasattr(fcntl, "F_GETPIPE_SZ"):
        pytest.skip("a system that does not tell how much a pipe takes")
    with Provers(count=1) as provers:
        pool = provers._pool
        assert pool is not None
        writer = pool._result_queue._writer  # type: ignore[attr-defined]
        assert fcntl.fcntl(writer.fileno(), fcntl.F_GETPIPE_SZ) >= 2**20
