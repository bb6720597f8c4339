"""Folding a large exchange, measured: all of it from its first entry, and one more event on top.

Prints the seconds on the clock and on the processors, the most memory that was held, and two bounds of the same run:
the bare verification of as many Ed25519 signatures, and the same event on an exchange of 1,000 people. Other work on
the machine lengthens the clock's seconds, and the processors' somewhat; the ratios hold better.

    python -m tests.bench_fold --people 100000 --folder large
"""

from __future__ import annotations

import argparse
import itertools
import resource
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from repatria.exchange.authority import keys_known
from repatria.exchange.codec import decode_body
from repatria.exchange.door import attempt
from repatria.exchange.fold import fold
from repatria.exchange.state import State
from repatria.ledger.entry import decode_entry, pae
from repatria.ledger.note import ed25519_verify
from repatria.store.provers import Provers
from tests.exchange.large import Ledger, check_honest, large_ledger

SAMPLE = 5_000  # signatures verified bare
LAST = 4_000  # entries before the closing, each tried as one more event
CLOSING = 10


@dataclass(frozen=True)
class Folded:
    entries: int
    seconds: float
    here: float  # seconds of a processor, in this process
    elsewhere: float
    megabytes: float  # the most that this process held, and the largest of the others
    beside: float
    state: State


def fold_most(ledger: Ledger, processes: int | None = None) -> Folded:
    """All but the last of it, from its first entry on."""
    stop = ledger.size - CLOSING - LAST
    before, start, cpu = _children(), time.perf_counter(), time.process_time()
    with Provers(processes) as prove:
        state = fold(ledger.entries(stop), ledger.attachment, prove=prove)
    seconds, here = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    beside = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    assert not state.refusals
    return Folded(stop, seconds, here, _children() - before, peak, beside, state)


def bare_verification(ledger: Ledger, state: State) -> float:
    """Seconds of a processor that verifying the signatures of one entry takes, and nothing else."""
    keys = keys_known(state)
    sample = [decode_entry(data) for data in ledger.entries(SAMPLE)]
    asked = [(bytes.fromhex(keys[s.keyid]), s.sig, pae(e.type, e.body)) for e in sample for s in e.sigs]
    start = time.process_time()
    assert all(ed25519_verify(*each) for each in asked)
    return (time.process_time() - start) / len(sample)


def one_more(ledger: Ledger, state: State) -> dict[str, list[float]]:
    """Seconds of a processor for each of the events that are left: a fork of the state, and the event tried on it."""
    taken: dict[str, list[float]] = defaultdict(list)
    for entry in itertools.islice(ledger.entries(), state.size, None):
        kind = decode_body(decode_entry(entry).body).kind
        start = time.process_time()
        twin = state.fork()
        verdict = attempt(twin, entry, ledger.attachment)
        taken[kind].append(time.process_time() - start)
        assert verdict.applied, verdict
        state = twin
    check_honest(state, ledger.size)
    return {kind: sorted(times) for kind, times in taken.items()}


def median_of(taken: dict[str, list[float]]) -> float:
    """Over all events but those of the closing, which count everybody."""
    times = sorted(t for kind, each in taken.items() if kind not in ("RoundClosed", "ExchangeClosed") for t in each)
    return times[len(times) // 2]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the ledger is, or is to be written and kept")
    parser.add_argument("--processes", type=int, help="besides this one; as many as there are other processors")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="repatria-large-") as scratch:
        ledger = large_ledger(given.folder or Path(scratch) / "large", given.people)
        small = large_ledger(Path(scratch) / "small", 1_000)
        folded = fold_most(ledger, given.processes)
        cpu = folded.here + folded.elsewhere
        print(f"folded {folded.entries:,} entries of {given.people:,} people in {folded.seconds:.1f} s on the clock")
        print(f"  processors: {folded.here:.1f} s here, {folded.elsewhere:.1f} s elsewhere, {cpu:.1f} s together")
        print(f"  memory: at most {folded.megabytes:.0f} MB here, {folded.beside:.0f} MB in another process")
        bare = bare_verification(ledger, folded.state) * folded.entries
        print(f"  Ed25519 alone: {bare:.1f} s; the fold takes {cpu / bare:.2f} of it", flush=True)
        many, few = one_more(ledger, folded.state), one_more(small, fold_most(small, 0).state)
        ratio = median_of(many) / median_of(few)
        print(f"one more event: {median_of(many) * 1e3:.2f} ms, {ratio:.1f} of the same among 1,000 people; by kind:")
        for kind, times in sorted(many.items()):
            count = len(times)
            median, high, most = (times[at] * 1e3 for at in (count // 2, count * 99 // 100, count - 1))
            print(f"  {kind:<18} {count:5}  median {median:8.2f}  99 % {high:8.2f}  most {most:8.2f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
