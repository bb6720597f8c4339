"""Lists that come again, and lists that somebody has looked at: what weighing only the changes saves, what labels add.

    python -m benchmarks.linkage.again [--people N] [--data DATA]

1. `repatria link tables --save`, then one row in a hundred of each side changed, then `--again`: CPU-seconds of the
   whole command, the process's own from its start, as a part of those of linking the new versions from nothing; and
   of `link` alone, the tables in memory.
2. Public figures in Cyrillic against Latin letters (tables.py; DATA or REPATRIA_DATA has the list): the pairs that the
   queue brings first are judged as the truth has them, and the run is repeated with these labels. Figures are of the
   people on whom nobody judged, without and with labels: F1 at one half, and the mean squared error of probabilities
   (Brier 1950) over the pairs told and the true ones.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.linkage import registers
from benchmarks.linkage.environment import HOME
from benchmarks.linkage.tables import figure_tables
from repatria.files.bare import read_columns
from repatria.linkage.again import parse_run
from repatria.linkage.labels import row_of, told
from repatria.linkage.review import queue
from repatria.linkage.tables import Links, link

PART = 0.01
LABELS = (50, 100)
Pair = tuple[str, str]


def relinked(people: int) -> None:
    """The cost of a new version, to that of linking it from nothing."""
    home = HOME / f"again-{people}"
    home.mkdir(parents=True, exist_ok=True)
    registers.main(people, home)
    draw = random.Random(1)
    for side in ("LEFT", "RIGHT"):
        heading, *rows = csv.reader((home / f"{side}.csv").open(encoding="utf-8", newline=""))
        for at in draw.sample(range(len(rows)), int(PART * len(rows))):
            rows[at][1] = rows[draw.randrange(len(rows))][1]  # another family name
        with (home / f"{side}2.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heading, *rows])
    old, new = ([home / f"{side}{which}.csv" for side in ("LEFT", "RIGHT")] for which in ("", "2"))
    out = ("--out", home / "pairs.csv", "--one-to-one")
    first = cpu_seconds(*old, *out)
    kept = cpu_seconds(*old, *out, "--save", home / "a.run")
    whole = cpu_seconds(*new, *out)
    again = cpu_seconds(*new, *out, "--again", home / "a.run")
    size = (home / "a.run").stat().st_size
    tables = [read_columns(path) for path in new]
    run = parse_run((home / "a.run").read_bytes())
    alone = [seconds_of(work) for work in (lambda: link(*tables), lambda: link(*tables, before=run))]
    print(f"\n| {people:,} x {people:,}, {PART:.0%} of each side changed | CPU-s | part of the whole |")
    print("|---|---|---|")
    print(f"| linked from nothing | {whole:.2f} | 1 |")
    print(f"| again, with the run that was kept | {again:.2f} | {again / whole:.2f} |")
    print(f"| `link` alone, from nothing | {alone[0]:.2f} | 1 |")
    print(f"| `link` alone, again | {alone[1]:.2f} | {alone[1] / alone[0]:.2f} |")
    print(f"| keeping a run ({size / 1e6:.1f} MB) | {kept - first:.2f} | {(kept - first) / whole:.2f} |", flush=True)


def seconds_of(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def cpu_seconds(*words: object) -> float:
    """Of `repatria link tables` with these words."""
    script = "from repatria.cli import entry; entry()"
    command = [sys.executable, "-c", script, "link", "tables", *map(str, words)]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(run.pid, 0)
    if status:
        raise RuntimeError(f"link tables ended with {status}")
    return used.ru_utime + used.ru_stime


def taught(listed: Path) -> None:
    """What labels on the pairs that the queue brings first do for all other pairs."""
    print("\n| public figures | labels | F1 without | with | squared error without | with |")
    print("|---|---|---|---|---|---|")
    left, right, partner = figure_tables(listed)
    for births in (True, False):
        columns = ("id", "name", "date_of_birth") if births else ("id", "name")
        sides = [[{name: row[name] for name in columns} for row in rows] for rows in (left, right)]
        base = link(*sides, least=0.02)
        run = [(*pair, chance) for pair, chance in chances(base).items()]
        ids = {(row_of(one), row_of(other)): (one, other) for one, other, _ in run}
        waiting = [ids[each.pair] for each in queue(told(run, {}, {}, True), [])]
        for count in LABELS:
            labels = {pair: partner[pair[0]] == pair[1] for pair in waiting[:count]}
            found = link(*sides, least=0.02, labels=labels)
            judged = {one for one, _ in labels}
            rest = {one: other for one, other in partner.items() if one not in judged}
            (f1, error), (f1_taught, error_taught) = (measured(chances(each), rest) for each in (base, found))
            what = "with birth dates" if births else "names alone"
            print(f"| {what} | {count} | {f1:.4f} | {f1_taught:.4f} | {error:.4f} | {error_taught:.4f} |", flush=True)


def chances(found: Links) -> dict[Pair, float]:
    return dict(zip(zip(found.left_ids, found.right_ids, strict=True), found.probability.tolist(), strict=True))


def measured(said: Mapping[Pair, float], partner: Mapping[str, str]) -> tuple[float, float]:
    """F1 at one half, and the squared error, of the pairs of those people on the left whose partners are given."""
    pairs = sorted(pair for pair in {*said, *partner.items()} if pair[0] in partner)
    chance = np.array([said.get(pair, 0.0) for pair in pairs])
    true = np.array([partner[one] == other for one, other in pairs])
    linked = chance >= 0.5
    f1 = 2 * (linked & true).sum() / (linked.sum() + true.sum())
    return float(f1), float(((chance - true) ** 2).mean())


def main(given: Sequence[str] | None = None) -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--people", type=int, default=100_000)
    reader.add_argument("--data", type=Path, default=os.environ.get("REPATRIA_DATA"))
    said = reader.parse_args(given)
    relinked(said.people)
    listed = None if said.data is None else Path(said.data) / "names" / "public_figures_cyrillic_latin.csv"
    if listed is None or not listed.exists():
        print("(labels left out: the list of public figures is not here)")
    else:
        taught(listed)


if __name__ == "__main__":
    main()
