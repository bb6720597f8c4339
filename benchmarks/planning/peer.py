"""Instances of kep_solver's own generator, solved by it: a line of JSON each. Runs in the peers' environment alone.

    peer.py HOW_MANY PAIRS MOST

Given back: arcs between pairs (by position), the optimum found, and the CPU-seconds of solving, its solver's process
included; making the instance is not.
"""

import json
import random
import resource
import sys

from kep_solver.model import TransplantCount
from kep_solver.programme import Programme
from kep_solver.published_generators import uk_nhs_generator2022


def seconds() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main() -> None:
    many, pairs, most = map(int, sys.argv[1:])
    for seed in range(many):
        random.seed(seed)
        instance = uk_nhs_generator2022("Band").draw(pairs, 0)
        position = {recipient: i for i, recipient in enumerate(instance.allRecipients())}
        arcs = {
            (position[each.donor.recipient], position[each.recipient])
            for each in instance.transplants
            if each.donor.recipient is not each.recipient
        }
        began = seconds()
        programme = Programme([TransplantCount()], maxCycleLength=most, maxChainLength=0, description="")
        found, _ = programme.solve_single(instance)
        told = {
            "pairs": pairs, "arcs": sorted(arcs), "cpu_seconds": seconds() - began,
            "transplants": round(found.values[0]),
        }  # fmt: skip
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
