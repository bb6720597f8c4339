"""From counts and tickets to a signed sequence: the same for everyone, in an order that blocks nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings

from repatria.exchange.balance import Account, exercisable
from repatria.ledger.canonical import digest, encode
from repatria.plan.model import PlanTerms
from repatria.plan.stages import Names, make_plan
from tests.plan.instances import kind, lists, one_place
from tests.plan.strategies import Round, rounds

SEED = bytes(range(32))
NAMES = Names("2025-1", "0" * 64, {"north": "1" * 64, "south": "2" * 64}, "3" * 64)
UNITS, CLASSES = lists(
    north=[(2, kind(0, counts=False)), (6, kind(1))], south=[(1, kind(0, counts=False)), (6, kind(1))]
)


def made(terms: PlanTerms | None = None) -> dict[str, Any]:
    plan = make_plan(UNITS, CLASSES, terms or one_place(8, 2, north=6, south=4), SEED, NAMES)
    assert isinstance(plan, dict), [str(p) for p in plan]
    return plan


def holders(plan: dict[str, Any], t: int = 0) -> list[str]:
    return [holder[0] for _, holder in plan["stages"][t]["places"][0]["sequence"]]


def test_people_outside_the_ratio_come_first_and_then_the_sides_stay_as_near_to_even_as_they_can() -> None:
    # Six against four: a step of north is 2, one of south 3, and the gap runs 2, -1, 1, -2, 0 and again.
    assert "".join(holders(made())) == "nns" + "nsnsn" + "nsnsn"


def test_who_opens_is_a_term() -> None:
    even = one_place(8, 1, stages=2, north=6, south=6)
    assert holders(made(replace(even, starts=("south",))))[3] == "s"
    assert holders(made(replace(even, starts=("north",))))[3] == "n"


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
@given(rounds())
def test_the_desks_rule_never_blocks_a_sequence(case: Round) -> None:
    """Each step, in the signed order and with receipts delivered, is one that the desk may exercise."""
    units, classes, terms = case
    plan = make_plan(units, classes, terms, SEED, NAMES)
    assume(isinstance(plan, dict))
    assert isinstance(plan, dict)
    of = {unit.number: classes[unit.class_id] for unit in units}
    for stage in plan["stages"]:
        for place in stage["places"]:
            moved = dict.fromkeys(terms.holders, 0)
            for number, holder in place["sequence"]:
                if of[number].counts:
                    other = next(h for h in terms.holders if h != holder)
                    account = Account(released=moved[holder], credit=moved[other])
                    assert exercisable(account, of[number].weight, holder, terms.factors, place["bound"])
                    moved[holder] += of[number].weight


# --- the same input, the same bytes -----------------------------------------------------------------------------------

_PROGRAM = """
from tests.plan.instances import *
from repatria.plan.stages import Names, make_plan
from repatria.ledger.canonical import digest, encode
units, classes, terms = large(people=900, tiers=6)
terms = PlanTerms({"north": 300, "south": 250}, 10, terms.stages[:2])
units = sorted(units, key=hash)
print(digest(encode(make_plan(units, dict(sorted(classes.items(), key=hash)), terms, bytes(32), Names("r", "0" * 64)))))
"""


def test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed_and_the_order_of_the_lists() -> None:
    root = Path(__file__).resolve().parents[2]
    printed = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "4242")
    }
    assert len(printed) == 1


def test_twice_in_one_process_gives_the_same_bytes() -> None:
    assert digest(encode(made())) == digest(encode(made()))
