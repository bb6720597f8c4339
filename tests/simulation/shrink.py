"""A failing case made small: things are left out as long as the same invariant still breaks.

    python -m tests.simulation.shrink 17
    python -m tests.simulation.shrink '{"seed":17,"people":[2,1]}'
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

from tests.simulation.case import Case
from tests.simulation.run import simulate

SEEDS = 40  # other seeds tried for the schedule, since with something left out the old one means another run


def shrunk(case: Case, real: bool = False, seconds: float = 120) -> Case:
    """The smallest case found that breaks the same invariant."""
    wanted = broken(case, real)
    return case if wanted is None else smallest(case, lambda each: broken(each, real) == wanted, seconds)


def broken(case: Case, real: bool = False) -> str | None:
    violation = simulate(case, real).violation
    return None if violation is None else violation.name


def smallest(case: Case, fails: Callable[[Case], bool], seconds: float) -> Case:
    until = time.monotonic() + seconds
    found = True
    while found and time.monotonic() < until:
        found = False
        for each in sorted(case.smaller(), key=lambda each: each.size):
            if each.size < case.size and (hit := _some_seed(each, fails, until)) is not None:
                case, found = hit, True
                break
    return case


def _some_seed(case: Case, fails: Callable[[Case], bool], until: float) -> Case | None:
    for seed in (case.seed, *range(SEEDS)):
        if time.monotonic() > until:
            return None
        if fails(each := replace(case, seed=seed)):
            return each
    return None


def main() -> None:
    case = Case.parse(sys.argv[1]) if sys.argv[1].startswith("{") else Case.drawn(int(sys.argv[1]))
    small = shrunk(case, seconds=float(sys.argv[2]) if len(sys.argv) > 2 else 120)
    print(f"{simulate(small).violation}\npython -m tests.simulation.run '{small.text}'")


if __name__ == "__main__":
    main()
