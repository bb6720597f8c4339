"""The peer's side of a comparison: the greatest least chance of an instance, by sortition-algorithms, over people.

Run by `fairness.py` with the interpreter of the peers' own environment; reads one JSON object and prints one. Its
leximin asks for Gurobi, so its maximin (with HiGHS) is compared: the first level of ours.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> int:
    from sortition_algorithms.committee_generation.maximin import find_distribution_maximin
    from sortition_algorithms.features import FeatureValueMinMax
    from sortition_algorithms.people import People

    given = json.load(sys.stdin)
    features = {
        name: {value: FeatureValueMinMax(min=low, max=high, max_flex=high) for value, (low, high) in values.items()}
        for name, values in given["features"].items()
    }
    people = People([])
    for at, person in enumerate(given["people"]):
        people.add(str(at), person, features, at)
    began = time.process_time()
    committees, shares, _ = find_distribution_maximin(features, people, given["seats"], [], "highspy")
    seconds = time.process_time() - began
    chances = dict.fromkeys(map(str, range(len(given["people"]))), 0.0)
    for committee, share in zip(committees, shares, strict=True):
        for person in committee:
            chances[person] += share
    print(json.dumps({"least": min(chances.values()), "seconds": seconds, "committees": len(committees)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
