"""How many pairs of large registers would be compared: worked out from rows that are drawn from them.

    python -m benchmarks.linkage.growth [--people N ...] [--rows N]

For each size registers.py makes all the people and writes only so many rows of each side. The rules are chosen for the
whole, the drawn rows meet by them, and pairs are as many more in the whole as it has more of them. Told are:

- entries: how many numbers a row carries on Spark, one for each rule that it knows enough for (scale.py): that is what
  is shuffled;
- pairs per row, each counted once; and met: of the people of whom both rows were drawn, how many meet. First with
  blocks of any size, then without those that would have more than `LARGEST_BLOCK` pairs if they grow as the registers
  do, which takes too many: a block that is large among few rows is so by chance more often.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.linkage import registers
from benchmarks.linkage.environment import HOME
from repatria.files.bare import read_columns
from repatria.linkage import pairs
from repatria.linkage.pairs import Trait, choose_rules, joint, traits_of
from repatria.linkage.tables import read_tables


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--people", type=int, nargs="+", default=[1_000_000, 10_000_000, 36_000_000])
    reader.add_argument("--rows", type=int, default=500_000)
    said = reader.parse_args()
    print("| people on each side | rules | entries per row | pairs per row | met | without large blocks: pairs | met |")
    print("|---|---|---|---|---|---|---|")
    for people in said.people:
        home = HOME / f"registers-{people}-{said.rows}"
        if not (home / "TRUTH.csv").exists():
            registers.main(people, home, drawn=said.rows)
        _tell(people, said.rows, home)


def _tell(people: int, rows: int, home: Path) -> None:
    tables = [read_columns(home / f"{name}.csv") for name in ("LEFT", "RIGHT")]
    ids, columns = read_tables(*tables)
    with (home / "TRUTH.csv").open(newline="") as file:
        truth = [(row["left_id"], row["right_id"]) for row in csv.DictReader(file)]
    places = [{name: at for at, name in enumerate(side)} for side in ids]
    wanted = np.array([(places[0][one] << 32) | places[1][other] for one, other in truth])
    rules = choose_rules(traits_of(columns), of_rows=(people, people))
    entries = sum(_entries(rule) for rule in rules) / (2 * rows)
    scale = (people / rows) ** 2
    told = []
    limit = pairs.LARGEST_BLOCK
    for most in (2**62, max(1, int(limit / scale))):
        pairs.LARGEST_BLOCK = most
        met = pairs.meet(rules)
        whole = (met.left.astype(np.int64) << 32) | met.right
        true = np.isin(wanted, whole)
        others = len(whole) - int(true.sum())  # pairs of two people grow with the square, those of one with the rows
        per_row = others * scale / people + true.mean() * registers.PARTNERED
        told.append(f"{per_row:.2f} | {true.mean():.4f}")
    pairs.LARGEST_BLOCK = limit
    print(f"| {people:,} | {len(rules)} | {entries:.1f} | {' | '.join(told)} |", flush=True)


def _entries(rule: Sequence[Trait]) -> int:
    spans = [trait.span for trait in rule]
    return sum(
        int((joint([getattr(trait, side) for trait in rule], spans) >= 0).sum()) for side in ("left", "right")
    )


if __name__ == "__main__":
    main()
