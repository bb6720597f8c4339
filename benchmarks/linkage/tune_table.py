"""Fits what near whole names count in two tables (repatria/linkage/whole_names.py), and writes name_weights.py.

    python -m benchmarks.linkage.tune_table DATA

For each left row of the tuning half the partner is chosen among all right rows that met it, or none (conditional logit,
McFadden 1974); one set of weights for all tables at once. Tables differ in how many rows have a partner and in how many
rows are near, and so does what they weigh (`sets`): public figures beside their decoys, without decoys, and with part
of the partners taken out; invented people with names only. Run it after `tune_names`, whose weights it builds on.
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.linkage import registers
from benchmarks.linkage.name_pairs import arabic_pairs, half_of
from benchmarks.linkage.tables import figure_tables
from benchmarks.linkage.tune_names import write
from repatria.linkage import name_weights
from repatria.linkage.names import Floats, Ints
from repatria.linkage.pairs import choose_rules, meet, traits_of
from repatria.linkage.tables import read_tables
from repatria.linkage.whole_names import TABLE_FEATURES, features

Rows = list[dict[str, str]]
MOST_WITH_PARTNER = 0.98
INVENTED = 10_000


@dataclass(frozen=True)
class Choices:
    """Left rows of the tuning half, each with the right rows it met."""

    features: Floats
    row: Ints
    true: Floats
    rows: int
    prior: float  # log odds of one right row against none, before anything is known
    weight: float


def choices(left: Rows, right: Rows, partner: Mapping[str, str], weight: float, arabic: bool = False) -> Choices:
    """What two tables with names only teach. `weight`: what they count, for 1,725 rows."""
    tables = [[{"id": row["id"], "name": row["name"]} for row in side] for side in (left, right)]
    (lefts, rights), (column,) = read_tables(*tables)
    met = meet(choose_rules(traits_of([column])))
    tuning = np.array([half_of(each) == 0 for each in lefts])
    kept = np.flatnonzero(tuning[met.left])
    one, other = met.left[kept], met.right[kept]
    rows = [np.bincount(codes, minlength=len(column.values)) for codes in (column.left, column.right)]
    # every pair that met says how common near words are, whatever half it is of
    codes = column.left[met.left].astype(np.int64), column.right[met.right].astype(np.int64)
    whole = features(column, *codes, rows, arabic)
    wanted = np.array([rights.index(partner[each]) if each in partner else -1 for each in lefts])
    with_partner = min(MOST_WITH_PARTNER, len(partner) / len(lefts))
    return Choices(
        whole[kept], one.astype(np.int64), (wanted[one] == other).astype(float), len(lefts),
        float(np.log(with_partner / (1 - with_partner) / len(rights))), weight * 1725 / (2 * float(tuning.sum())),
    )  # fmt: skip


def without(partner: Mapping[str, str], right: Rows, share: float, draw: random.Random) -> tuple[Rows, dict[str, str]]:
    """The right table with so many of the partners taken out."""
    gone = {other for other in partner.values() if draw.random() < share}
    return [row for row in right if row["id"] not in gone], {a: b for a, b in partner.items() if b not in gone}


def sets(data: Path) -> list[Choices]:
    draw = random.Random(1)
    left, right, partner = figure_tables(data / "public_figures_cyrillic_latin.csv")
    real = set(partner.values())
    alone = [row for row in right if row["id"] in real]
    made = [choices(left, right, partner, 6.0)]
    made.append(choices(left, *without(partner, right, 0.5, draw), 0.1))
    made.append(choices(left, alone, partner, 0.5))
    made.append(choices(left, *without(partner, alone, 0.5, draw), 0.5))
    made.append(choices(*invented(), 1.0))
    return made


def invented() -> tuple[Rows, Rows, dict[str, str]]:
    """Registers of invented people (registers.py, another seed than those that are measured), with names only."""
    with tempfile.TemporaryDirectory() as folder:
        registers.main(INVENTED, Path(folder), seed=1901)
        read = []
        for name in ("LEFT", "RIGHT", "TRUTH"):
            with (Path(folder) / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                read.append(list(csv.DictReader(file)))
    for row in (*read[0], *read[1]):
        row["name"] = " ".join(filter(None, (row["family_name"], row["given_names"], row["father_name"])))
    return read[0], read[1], {row["left_id"]: row["right_id"] for row in read[2]}


def arabic(data: Path) -> list[Choices]:
    pairs = [pair for pair in arabic_pairs(data / "netranslit_arabic.tsv", 0) if pair.same]
    left = [{"id": f"l{at}", "name": pair.left} for at, pair in enumerate(pairs)]
    right = [{"id": f"r{at}", "name": pair.right} for at, pair in enumerate(pairs)]
    partner = {f"l{at}": f"r{at}" for at in range(len(pairs))}
    return [
        choices(left, right, partner, 1.0, True),
        choices(left, *without(partner, right, 0.5, random.Random(2)), 1.0, True),
    ]


LEFT_OUT = frozenset({"odds", "without partner, shorter"})
"""The log odds are a sum of the other features; and hardly any pair shows the second."""
NEVER_AGAINST = frozenset({
    "least below -3", "least from -3 to 0", "least from 0 to 3", "least above 3", "next", "next below zero",
    "father above zero", "father below zero",
})  # fmt: skip
"""Nearer words never speak against one person."""


def fit(some: Sequence[Choices], used: Sequence[str]) -> tuple[float, ...]:
    """Weights of `TABLE_FEATURES` that make the choices likeliest; 0 where not `used`, or where below its bound."""
    used = list(used)
    while True:
        weights = dict(zip(used, _fit(some, [TABLE_FEATURES.index(name) for name in used]), strict=True))
        against = [name for name in used if name in NEVER_AGAINST and weights[name] < 0]
        if not against:
            return tuple(float(weights.get(name, 0.0)) for name in TABLE_FEATURES)
        used.remove(min(against, key=weights.__getitem__))


def _fit(some: Sequence[Choices], columns: Sequence[int], ridge: float = 1.0) -> Floats:
    """Newton's method on the likelihood, less a ridge on all but the first."""
    beta = np.zeros(len(columns))
    beta[0] = -3.0
    keep = np.full(len(columns), ridge)
    keep[0] = 1e-6
    for _ in range(200):
        gradient, hessian = -keep * beta, np.diag(keep)
        for each in some:
            x = each.features[:, columns]
            odds = np.exp(np.clip(x @ beta + each.prior, -50, 50))
            chosen = odds / (1 + np.bincount(each.row, odds, minlength=each.rows))[each.row]
            gradient += each.weight * (x.T @ (each.true - chosen))
            weighed = x * chosen[:, None]
            means = np.stack([np.bincount(each.row, column, minlength=each.rows) for column in weighed.T], axis=1)
            hessian += each.weight * (weighed.T @ x - means.T @ means)
        step = np.linalg.solve(hessian, gradient)
        largest = float(np.abs(step).max())
        beta += step * min(1.0, 1.0 / largest)
        if largest < 1e-7:
            break
    return beta


def main(data: Path) -> None:
    name_weights.TABLE = fit(sets(data), [name for name in TABLE_FEATURES if name not in LEFT_OUT])
    name_weights.ARABIC_TABLE = fit(arabic(data), TABLE_FEATURES[:3])
    write(name_weights.COMMON)
    for name in ("TABLE", "ARABIC_TABLE"):
        weights = zip(TABLE_FEATURES, getattr(name_weights, name), strict=True)
        print(name, {feature: round(weight, 2) for feature, weight in weights})




if __name__ == "__main__":
    main(Path(sys.argv[1]))
