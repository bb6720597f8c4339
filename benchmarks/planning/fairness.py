"""The lottery's figures: leximin chances in rationals, and a mixture of whole compositions that comes to them exactly.

    python -m benchmarks.planning.fairness [--draws N] [--types-most N] [--peer]

Each instance is a pool of people with features (sex, age, ...), a number of seats, and for every value of every feature
a quota, at least and at most: quotas that cross, as in a citizens' assembly, and with them more types than an exchange
has. The seed of each stands in its line. CPU-seconds of this process, single runs, without importing HiGHS.

`--peer` solves the smallest once more with sortition-algorithms (GPL, in an environment of its own, see
`environment.py`), whose leximin is an independent one in floating point.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Sequence
from math import ceil, floor

from repatria.plan.leximin import marginals
from repatria.plan.linear import Row
from repatria.plan.mixture import fair

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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--types-most", type=int, default=200, help="leave out instances with more types (200)")
    options = parser.parse_args()
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
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
