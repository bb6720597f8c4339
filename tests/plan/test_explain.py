"""Why, and why not: computed, in figures, without a name or a reason that nobody may know."""

from __future__ import annotations

import json
from typing import Any

from repatria.plan.explain import explain
from repatria.plan.lottery import order
from repatria.plan.model import Progress
from repatria.plan.stages import Names, make_plan
from tests.plan.instances import kind, lists, number, one_place

SEED = bytes(range(32))
NAMES = Names("2025-1", "0" * 64, {"north": "1" * 64, "south": "2" * 64}, "3" * 64)
UNITS, CLASSES = lists(north=[(2, kind(1)), (6, kind(2)), (3, kind(3)), (1, kind(3, weight=5))], south=[(6, kind(1))])
TERMS = one_place(4, 1, stages=2, north=6, south=6)


def plan() -> dict[str, Any]:
    made = make_plan(UNITS, CLASSES, TERMS, SEED, NAMES)
    assert isinstance(made, dict)
    return made


def told(unit: str, **kwargs: Any) -> dict[str, Any]:
    answer = explain(unit, plan(), UNITS, CLASSES, TERMS, SEED, **kwargs)
    assert json.loads(json.dumps(answer)) == answer
    return answer


def of(tier: int, weight: int = 1) -> list[str]:
    known = kind(tier, weight=weight).class_id
    mine = [u.number for u in UNITS if u.holder == "north" and u.class_id == known]
    return order(SEED, str(tier) if weight == 1 else f"{tier}/weight-{weight}", mine)


def test_a_person_of_a_tier_that_goes_whole_reads_slot_and_tier() -> None:
    answer = told(of(1)[0])
    assert answer["text"] == [
        "Tier 1, held by north.",
        "Goes in stage s1 on 2025-12-11 at bridge, position 1 of 8.",
        "Everyone of this stratum goes.",
    ]


def test_a_person_drawn_reads_ticket_places_and_chance() -> None:
    answer = told(of(2)[3])
    assert answer["goes"]
    assert answer["ticket"] == {"rank": 4, "of": 6, "places": 4, "chance_permille": 667}
    assert answer["text"][-1] == "Ticket 4 of 6; 4 places; chance 66.7 %."


def test_a_person_not_drawn_reads_the_same_figures() -> None:
    answer = told(of(2)[4])
    assert not answer["goes"]
    assert answer["text"][-1] == "Ticket 5 of 6; 4 places; chance 66.7 %."
    assert answer["why_not"] == {"reason": "ticket", "last_ticket_that_goes": 4}


def test_a_person_after_the_cut_off_reads_which_level_would_get_worse() -> None:
    answer = told(of(3)[0])
    assert answer["cut_off_tier"] == 2
    assert answer["why_not"]["level"] == "north, tier 2: people who go"
    assert (answer["why_not"]["now"], answer["why_not"]["then"]) == (4, 3)
    assert "why_not" not in told(of(3)[0], why_not=False)


def test_a_unit_that_no_term_admits_reads_which_terms() -> None:
    answer = told(of(3, weight=5)[0])
    assert answer["why_not"]["reason"] == "terms"
    assert "and a unit of north, stratum 3/weight-5, goes" in answer["text"][-1]


def test_whoever_cannot_go_any_more_reads_no_reason() -> None:
    for progress in (
        Progress(plan(), gone=frozenset({of(1)[0]})),
        Progress(plan(), offered=frozenset({of(1)[0]})),
    ):
        assert told(of(1)[0], progress=progress)["text"][-1] == "The plan does not decide about this unit any more."


def test_a_number_that_is_on_no_list() -> None:
    assert told(number("nobody"))["text"] == ["Not on a signed list."]
