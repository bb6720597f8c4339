"""The lottery's figures: leximin chances in rationals, and a mixture of whole compositions that comes to them exactly.

    python -m benchmarks.planning.fairness [--draws N] [--types-most N] [--peer PEOPLE]

Each instance is a pool of people with features (sex, age, ...), a number of seats, and for every value of every feature
a quota, at least and at most: quotas that cross, as in a citizens' assembly, and with them more types than an exchange
has. The seed of each stands in its line. CPU-seconds of this process, single runs, without importing HiGHS.

`--peer` solves the first ones once more with sortition-algorithms (GPL, in an environment of its own), person by person
and in floating point; its leximin asks for Gurobi, so the least chance is compared (`sortition.py`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil, floor, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

from benchmarks.linkage.environment import peers_python
from repatria.deal.classes import PersonClass
from repatria.plan.leximin import marginals
from repatria.plan.linear import Row
from repatria.plan.lottery import Odds, odds, ticket
from repatria.plan.mixture import fair
from repatria.plan.model import Place, PlanTerms, Stage, Unit, stratum

# people, seed, values of each feature, seats: from a handful of types to what no exchange comes near
INSTANCES = (
    (200, 1, (2, 3), 40),
    (500, 2, (2, 3, 4), 60),
    (2000, 6, (2, 4, 5, 4), 200),
    (10_000, 4, (2, 4, 5, 5), 900),
)


def crossed_quotas(
    people: int, seed: int, features: Sequence[int], seats: int, slack: float = 0.08
) -> tuple[list[int], list[Row]]:
    """Units of each type, and a total with a quota for every value of every feature; some composition meets them.

    Quotas lie around what a composition drawn with other weights than the pool's comes to, so that they bind.
    """
    draw = random.Random(f"{people} {seed}")
    weights = [[draw.random() + 0.1 for _ in range(values)] for values in features]
    pool = Counter(tuple(draw.choices(range(len(of)), of)[0] for of in weights) for _ in range(people))
    types = sorted(pool)
    sizes = [pool[kind] for kind in types]
    # One composition that fits: people in the order of a score with a liking for some values.
    liking = [[draw.random() for _ in range(values)] for values in features]
    everyone = [kind for kind in types for _ in range(pool[kind])]
    score = {at: sum(of[v] for of, v in zip(liking, kind, strict=True)) / len(kind) for at, kind in enumerate(everyone)}
    chosen = sorted(range(people), key=lambda at: score[at] * 0.5 + draw.random())[-seats:]
    rows = [Row("seats", seats, seats, dict.fromkeys(range(len(types)), 1))]
    for feature, values in enumerate(features):
        for value in range(values):
            there = sum(everyone[at][feature] == value for at in chosen)
            terms = {at: 1 for at, kind in enumerate(types) if kind[feature] == value}
            low, high = floor(there * (1 - slack)), ceil(there * (1 + slack))
            rows.append(Row(f"feature {feature}, value {value}", low, high, terms))
    return sizes, rows


class ChiSquared(NamedTuple):
    """A statistic that is chi-squared where the draw is fair, and its degrees of freedom."""

    statistic: float
    degrees: int

    def limit(self, p: float) -> float:
        """What it passes with probability p. Source: Wilson and Hilferty, The distribution of chi-square (1931)."""
        part = 2 / (9 * self.degrees)
        return float(self.degrees * (1 - part + NormalDist().inv_cdf(1 - p) * sqrt(part)) ** 3)


def chi_squared_of_a_draw(draws: int, favour: bool = False) -> tuple[ChiSquared, ChiSquared]:
    """Draws people, families and crews of one tier again and again: how often each went, against the published table.

    Gives the statistic over units and the one over compositions. Within a stratum of n of whom c go, selections have
    covariance f (1 - f) n / (n - 1) * (I - J / n) with f = c / n, so their squared distances from the stratum's mean,
    divided by the sum of these factors, are chi-squared with n - 1 degrees; the means are the compositions' doing.

    Args:
        favour: one unit has two tickets and plays the better one, to see that the statistic notices.
    """
    held = {"a": [(40, 1), (12, 3), (6, 5)], "b": [(30, 1), (10, 2)]}
    classes = {f"{w:032x}": PersonClass(f"{w:032x}", w, 2, True, False) for groups in held.values() for _, w in groups}
    units = [
        Unit(hashlib.sha256(f"{holder} {weight} {at}".encode()).hexdigest()[:32], holder, f"{weight:032x}")
        for holder, groups in held.items()
        for count, weight in groups
        for at in range(count)
    ]
    places = (Place("bridge", {"a": 60, "b": 40}, 10),)
    terms = PlanTerms({"a": 50, "b": 25}, 10, (Stage("s1", "2025-12-10", places),))
    found = odds(units, classes, terms)
    assert isinstance(found, Odds)
    strata: dict[tuple[str, str], list[str]] = defaultdict(list)
    for unit in units:
        strata[unit.holder, stratum(classes[unit.class_id])].append(unit.number)
    went: Counter[str] = Counter()
    spread: Counter[tuple[str, str]] = Counter()
    picked: Counter[tuple[int, ...]] = Counter()
    for at in range(draws):
        seed = hashlib.sha256(f"draw {at}".encode()).digest()
        table = found.drawn(seed)
        picked[tuple(int(row.places) for row in table)] += 1
        for row in table:
            numbers, c = strata[row.holder, row.stratum], int(row.places)
            tickets = {number: ticket(seed, row.stratum, number) for number in numbers}
            if favour:
                tickets[numbers[0]] = min(tickets[numbers[0]], ticket(seed, row.stratum, "another"))
            went.update(sorted(numbers, key=tickets.__getitem__)[:c])
            spread[row.holder, row.stratum] += c * (row.units - c)
    statistic, degrees = 0.0, 0
    for label, numbers in strata.items():
        n, mean = len(numbers), sum(went[number] for number in numbers) / len(numbers)
        factor = spread[label] / (n * (n - 1))
        statistic += sum((went[number] - mean) ** 2 for number in numbers) / factor
        degrees += n - 1
    expected = {
        tuple(dict(zip(found.tied, places, strict=True))[row.holder, row.stratum] for row in found.table):
            draws * weight / found.total
        for weight, places in found.compositions
    }  # fmt: skip
    of_compositions = sum((picked[places] - each) ** 2 / each for places, each in expected.items())
    return ChiSquared(statistic, degrees), ChiSquared(of_compositions, len(expected) - 1)


def least_by_the_peer(python: str, sizes: Sequence[int], rows: Sequence[Row]) -> dict[str, float]:
    """The greatest least chance of anybody, its CPU-seconds, and how many committees came of it."""
    features: dict[str, dict[str, tuple[int | None, int | None]]] = defaultdict(dict)
    of: list[dict[str, str]] = [{} for _ in sizes]
    for row in rows[1:]:
        name, value = row.name.split(", ")
        features[name][value] = row.low, row.high
        for kind in row.terms:
            of[kind][name] = value
    people = [of[kind] for kind, size in enumerate(sizes) for _ in range(size)]
    given = json.dumps({"features": features, "people": people, "seats": rows[0].low})
    script = str(Path(__file__).with_name("sortition.py"))
    said = subprocess.run([python, script], input=given, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--types-most", type=int, default=200, help="leave out instances with more types (200)")
    parser.add_argument("--draws", type=int, default=10_000, help="draws of the chi-squared test (10,000); 0: none")
    parser.add_argument("--peer", type=int, default=0, metavar="PEOPLE", help="compare up to so many people")
    options = parser.parse_args()
    python = peers_python(Path(__file__).with_name("requirements-lottery.txt"), "lottery") if options.peer else None
    marginals([1], [])  # imports HiGHS
    print(f"{'people':>7} {'seed':>4} {'types':>5} {'rows':>4} {'levels':>6} {'chances, CPU-s':>15} "
          f"{'mixture, CPU-s':>15} {'compositions':>12} {'digits':>6}  exact")  # fmt: skip
    missed = 0
    for people, seed, features, seats in INSTANCES:
        sizes, rows = crossed_quotas(people, seed, features, seats)
        if len(sizes) > options.types_most:
            continue
        began = time.process_time()
        chances = marginals(sizes, rows)
        between = time.process_time()
        found = fair(sizes, rows)
        ended = time.process_time()
        assert chances is not None
        assert found is not None
        exact = found.chances == chances and all(row.holds(part) for _, part in found.parts for row in rows)
        missed += not exact
        told = (f"{people:>7,} {seed:>4} {len(sizes):>5} {len(rows):>4} {len(set(chances)):>6} "
                f"{between - began:>15.3f} {ended - between:>15.2f} {len(found.parts):>12} "
                f"{len(str(found.total)):>6}  ")  # fmt: skip
        print(told + ("yes" if exact else f"no: {found.faces} rows more"), flush=True)
        if python is not None and people <= options.peer:
            peer = least_by_the_peer(python, sizes, rows)
            off = abs(peer["least"] - min(chances))
            print(f"        peer: least chance {peer['least']:.6f}, ours {float(min(chances)):.6f}; "
                  f"{peer['seconds']:.2f} CPU-s, {peer['committees']} committees", flush=True)  # fmt: skip
            missed += off > 1e-3
    if options.draws:
        began = time.process_time()
        for what, found_ in zip(("units", "compositions"), chi_squared_of_a_draw(options.draws), strict=True):
            told = f"{options.draws:,} draws, {what}: chi-squared {found_.statistic:.1f} of {found_.degrees} degrees"
            print(f"{told}; a fair draw passes {found_.limit(0.001):.1f} once in a thousand times")
            missed += found_.statistic > found_.limit(0.001)
        print(f"{time.process_time() - began:.1f} CPU-s")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
