"""Thousands of simulated exchanges, in pieces: each invocation goes on where the last one stopped.

    python -m tests.simulation.soak                 # to the end: 10,000 with stub signatures, 500 with real keys
    SOAK_SECONDS=600 python -m tests.simulation.soak    # ten minutes' worth of it
    python -m tests.simulation.soak --stub 2000 --real 0 --processes 1

What was reached stands in .soak/, by the hash of the code that it was reached with: change the code, and the count
begins anew. A violation is shrunk, and printed with the line that reproduces it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections import Counter
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from tests.simulation.case import Case
from tests.simulation.run import simulate
from tests.simulation.shrink import shrunk

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".soak"
CHUNK = 10  # seeds done at a time; what is half done when it stops is done again
FIRST = {"stub": 10_000, "real": 1_000_000}  # the default tests have the seeds below
AUDITED = 4  # every so many runs the whole ledger is audited besides
Piece = tuple[str, int]


def code_hash() -> str:
    """Of everything that a run depends on."""
    core = (ROOT / "repatria" / package for package in ("exchange", "deal", "ledger", "handover", "audit", "plan"))
    files = [path for folder in core for path in folder.glob("*.py")]
    files += [*ROOT.glob("repatria/*.py"), *ROOT.glob("tests/simulation/*.py"), *ROOT.glob("tests/exchange/*.py")]
    whole = hashlib.sha256()
    for path in sorted(path for path in files if not path.name.startswith(("test_", "soak", "shrink", "kept"))):
        whole.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()[:16]


def one_piece(piece: Piece) -> dict[str, Any]:
    """The runs of one chunk of seeds, summed."""
    signer, chunk = piece
    began = time.process_time()
    found: dict[str, Any] = {"signer": signer, "chunk": chunk, "runs": 0, "closed": 0, "entries": 0, "violations": []}
    faults: Counter[str] = Counter()
    runs_with: Counter[str] = Counter()
    for seed in range(FIRST[signer] + chunk * CHUNK, FIRST[signer] + (chunk + 1) * CHUNK):
        outcome = simulate(Case.drawn(seed), real=signer == "real", audits=seed % AUDITED == 0)
        found["runs"] += 1
        found["closed"] += outcome.closed
        found["entries"] += outcome.entries
        faults += outcome.faults
        kinds = {kind.partition(" ")[0] for kind in outcome.faults}
        runs_with.update(kinds)
        runs_with["five kinds or more"] += len(kinds) >= 5
        if outcome.violation is not None:
            found["violations"].append([seed, str(outcome.violation)])
    return found | {"faults": dict(faults), "runs_with": dict(runs_with), "seconds": time.process_time() - began}


class Record:
    """What was reached with this code, kept after every piece."""

    def __init__(self) -> None:
        self.path = FOLDER / f"simulation-{code_hash()}.json"
        self.sums: dict[str, dict[str, Any]] = {}
        if self.path.exists():
            self.sums = json.loads(self.path.read_text())

    def of(self, signer: str) -> dict[str, Any]:
        empty = {"chunks": [], "runs": 0, "closed": 0, "entries": 0, "seconds": 0.0, "violations": [], "faults": {},
                 "runs_with": {}}  # fmt: skip
        return self.sums.setdefault(signer, empty)

    def add(self, found: dict[str, Any]) -> None:
        sums = self.of(found["signer"])
        sums["chunks"] = sorted({*sums["chunks"], found["chunk"]})
        for name in ("runs", "closed", "entries", "seconds", "violations"):
            sums[name] += found[name]
        for name in ("faults", "runs_with"):
            sums[name] = dict(Counter(sums[name]) + Counter(found[name]))
        FOLDER.mkdir(exist_ok=True)
        beside = self.path.with_suffix(".tmp")
        beside.write_text(json.dumps(self.sums, indent=1))
        os.replace(beside, self.path)

    def missing(self, wanted: dict[str, int]) -> list[Piece]:
        """The pieces that are still to be done; the real keys' in between, so that neither waits for the other."""
        pieces = [
            (chunk / -(-count // CHUNK), signer, chunk)
            for signer, count in wanted.items()
            for chunk in range(-(-count // CHUNK))
            if chunk not in self.of(signer)["chunks"]
        ]
        return [(signer, chunk) for _, signer, chunk in sorted(pieces)]

    def report(self, wanted: dict[str, int]) -> str:
        lines = []
        for signer, count in wanted.items():
            sums = self.of(signer)
            rate = sums["runs"] / sums["seconds"] if sums["seconds"] else 0.0
            lines.append(
                f"{signer} signer: {sums['runs']:,} of {count:,} exchanges, {sums['closed']:,} to their close, "
                f"{sums['entries']:,} entries, {len(sums['violations'])} violations; {rate:.1f} a second of one core"
            )
            lines.append("  runs with: " + ", ".join(f"{k} {n:,}" for k, n in sorted(sums["runs_with"].items())))
            lines.append("  faults: " + ", ".join(f"{k} {n:,}" for k, n in sorted(sums["faults"].items())))
        return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--stub", type=int, default=10_000, help="exchanges with stub signatures")
    parser.add_argument("--real", type=int, default=500, help="exchanges with real keys")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SOAK_SECONDS", "0")), help="0: no limit")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    wanted = {"stub": given.stub, "real": given.real}
    record, until = Record(), time.monotonic() + (given.seconds or 10**9)
    pieces = record.missing(wanted)
    with Pool(given.processes) as pool:
        for done, found in enumerate(pool.imap_unordered(one_piece, pieces), 1):
            record.add(found)
            for seed, what in found["violations"]:
                case = shrunk(Case.drawn(seed), real=found["signer"] == "real", seconds=60)
                print(f"VIOLATION at seed {seed}: {what}\n  python -m tests.simulation.run '{case.text}'", flush=True)
            if done % 20 == 0:
                reached = ", ".join(f"{record.of(signer)['runs']:,} {signer}" for signer in wanted)
                print(f"{reached}", flush=True)
            if time.monotonic() > until:
                pool.terminate()
                break
    print(record.report(wanted))
    return 1 if any(record.of(signer)["violations"] for signer in wanted) else 0


if __name__ == "__main__":
    sys.exit(main())
