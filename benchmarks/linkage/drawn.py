"""Weights learned from a part of two registers, against weights learned from all of both: what the part costs.

    python -m benchmarks.linkage.drawn [--people N] [--drawn ROWS ...]

Registers are registers.py's. From each side rows are drawn for themselves, so that of a tenth of the rows a hundredth
of the pairs is there. All rows are then linked by what the part taught. Told are F1 at one half, how many pairs given
.99 and more are true, how many people the part says stand in both, for each one who does, and the greatest difference,
in bits, of what a level of any column counts that at least one link in a hundred stands at.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.linkage import registers
from benchmarks.linkage.environment import HOME
from repatria.files.bare import read_columns
from repatria.linkage import link, train
from repatria.linkage.again import Learned

Table = Mapping[str, Sequence[str]]


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--people", type=int, default=100_000)
    reader.add_argument("--drawn", type=int, nargs="+", default=[50_000, 20_000, 10_000, 5_000])
    said = reader.parse_args()
    home = HOME / f"registers-{said.people}"
    if not (home / "TRUTH.csv").exists():
        registers.main(said.people, home)
    tables = [read_columns(home / f"{name}.csv") for name in ("LEFT", "RIGHT")]
    with (home / "TRUTH.csv").open(newline="") as file:
        truth = {(row["left_id"], row["right_id"]) for row in csv.DictReader(file)}
    print("| rows drawn on each side | people in both parts | F1 at .5 | true of >= .99 | in both | bits |")
    print("|---|---|---|---|---|---|")
    whole = train(*tables)
    for count in (said.people, *said.drawn):
        parts = [_drawn(table, count, at) for at, table in enumerate(tables)]
        ids = [set(part["id"]) for part in parts]
        both = sum(one in ids[0] and other in ids[1] for one, other in truth)
        learned = whole if count == said.people else train(*parts, of_rows=(said.people, said.people))
        figures = _figures(tables, learned, truth)
        bits = _apart(learned, whole)
        share = learned.model.partners / len(truth)
        print(f"| {count:,} | {both:,} | {figures[0]:.4f} | {figures[1]:.4f} | {share:.3f} | {bits:.2f} |", flush=True)


def _drawn(table: Table, count: int, seed: int) -> Table:
    rows = len(table["id"])
    if count >= rows:
        return table
    at = np.random.default_rng(seed).permutation(rows)[:count].tolist()
    return {name: [cells[row] for row in at] for name, cells in table.items()}


def _figures(tables: Sequence[Table], learned: Learned, truth: set[tuple[str, str]]) -> tuple[float, float]:
    found = link(*tables, weights=learned, least=0.5)
    right = [pair in truth for pair in zip(found.left_ids, found.right_ids, strict=True)]
    sure = [hit for hit, chance in zip(right, found.probability.tolist(), strict=True) if chance >= 0.99]
    return 2 * sum(right) / (len(right) + len(truth)), sum(sure) / max(1, len(sure))


def _apart(learned: Learned, whole: Learned) -> float:
    of_part = {each.column: each for each in learned.model.weights}
    return max(
        float(np.abs(of_part[each.column].log_odds - each.log_odds)[:-1][each.m >= 0.01].max())
        for each in whole.model.weights
    )


if __name__ == "__main__":
    main()
