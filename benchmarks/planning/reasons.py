"""What reasons cost: terms that collide, the least change that would do, and why for every person.

    python -m benchmarks.planning.reasons             # a round of 5,500 people, four ways to be impossible
    python -m benchmarks.planning.reasons --staging   # and 10,000 people over 20 stages at three places

Seconds are of the processor. That conflicts are smallest and repairs work is shown by
`python -m pytest -m soak tests/plan/test_conflict.py`, on 500 random impossible terms.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from benchmarks.planning.instances import staging
from repatria.message import in_english
from repatria.plan.case import make_case
from repatria.plan.change import changes_for
from repatria.plan.conflict import conflict_of
from repatria.plan.explain import Reasons
from repatria.plan.model import Classes, Part, PlanTerms, Row, Unit
from repatria.plan.stages import Names, make_plan
from repatria.plan.why_texts import TEXTS
from tests.plan.instances import large

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    return work(), time.process_time() - begun


def impossible(terms: PlanTerms) -> dict[str, PlanTerms]:
    """The same terms with something more asked, in four ways that no plan can meet."""
    first = terms.stages[0].stage
    north = Part(holder="north", stage=first)
    marked = Part(mark="a")

    def with_rows(*rows: Row) -> PlanTerms:
        return replace(terms, rows=(*terms.rows, *rows))

    return {
        "total above the seats": replace(terms, totals={**terms.totals, "north": 1600}),
        "row, window and seats": with_rows(
            Row("early", "at least 300 of mark a from north on day 1", (replace(north, mark="a"),), least=300),
            Row("closed", "nobody of mark a at the bridge on day 1", (replace(marked, stage=first, place="bridge"),),
                most=0),
        ),
        "quota against quotas": with_rows(
            Row("all", "at least 900 of mark a", (marked,), least=900),
            *(Row(side, f"at most 400 of mark a from {side}", (replace(marked, holder=side),), most=400)
              for side in terms.holders),
        ),
        "row, row and bound": with_rows(
            Row("many", "at least 190 from north on day 1", (north,), least=190),
            Row("few", "at most 100 from south on day 1", (replace(north, holder="south"),), most=100),
        ),
    }  # fmt: skip


def tell(name: str, units: tuple[Unit, ...], classes: Classes, terms: PlanTerms) -> None:
    case = make_case(units, classes, terms, None, None)
    conflict, seconds = timed(lambda: conflict_of(case))
    found, more = timed(lambda: changes_for(case, classes))
    print(f"{name}: {len(conflict.terms)} terms, smallest {'proved' if conflict.proved else 'not proved'},"
          f" {seconds:.2f} s; {len(found.repairs)} repairs, least {'proved' if found.proved else 'not proved'},"
          f" {more:.2f} s")  # fmt: skip
    for term in conflict.told():
        print("   ", in_english(term, TEXTS))
    for repair in found.repairs:
        print("    ->", "; ".join(in_english(each, TEXTS) for each in repair.told()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--staging", action="store_true")
    units, classes, terms = large()
    marked = {k: replace(each, marks=("a",)) if each.tier % 5 == 3 else each for k, each in classes.items()}
    for name, asked in impossible(terms).items():
        tell(name, units, marked, asked)
    plan = make_plan(units, classes, terms, bytes(32), Names("2025-1", "0" * 64))
    assert isinstance(plan, dict)
    reasons = Reasons(plan, units, classes, terms, bytes(32))
    _, seconds = timed(lambda: [reasons.of(unit.number) for unit in units])
    kinds = set(reasons.kinds.values())
    print(f"why for each of {len(units):,} people of {len(kinds)} types: {seconds:.1f} s")
    if parser.parse_args().staging:
        units, classes, terms = staging(1, 10_000)
        row = Row("early", "at least 400 of north on day 1", (Part(holder="north", stage=terms.stages[0].stage),), 400)
        tell("10,000 people over 20 stages", units, classes, replace(terms, rows=(*terms.rows, row)))


if __name__ == "__main__":
    main()
