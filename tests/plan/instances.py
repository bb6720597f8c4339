"""Invented lists and terms for the planning tests; nobody in them exists."""

from __future__ import annotations

import hashlib
import random

from repatria.deal.classes import PersonClass
from repatria.plan.model import Place, PlanTerms, Stage, Unit


def number(name: str) -> str:
    """A stable 32-digit number for a readable name."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def kind(tier: int, *, weight: int = 1, counts: bool = True, everyone: bool = False) -> PersonClass:
    return PersonClass(number(f"{tier} {weight} {counts} {everyone}"), weight, tier, counts, everyone)


def lists(**held: list[tuple[int, PersonClass]]) -> tuple[tuple[Unit, ...], dict[str, PersonClass]]:
    """lists(north=[(3, kind(1))]) is three units of that class held by north."""
    units = [
        Unit(number(f"{holder} {group} {i}"), holder, person_class.class_id)
        for holder, groups in held.items()
        for group, (count, person_class) in enumerate(groups)
        for i in range(count)
    ]
    classes = {c.class_id: c for groups in held.values() for _, c in groups}
    return tuple(units), classes


def one_place(seats: int, bound: int, stages: int = 1, north: int = 1, south: int = 1) -> PlanTerms:
    places = (Place("bridge", {"north": seats, "south": seats}, bound),)
    return PlanTerms(
        {"north": north, "south": south},
        bound,
        tuple(Stage(f"s{t}", f"2025-12-{10 + t}", places) for t in range(1, stages + 1)),
    )


def large(
    seed: int = 1, people: int = 5500, tiers: int = 28
) -> tuple[tuple[Unit, ...], dict[str, PersonClass], PlanTerms]:
    """The size of a real round: 5,500 people in about 60 classes, 1,200 against 1,000, 4 stages at 2
    places."""
    draw = random.Random(seed)
    outside, young = kind(0, counts=False, everyone=True), kind(1, everyone=True)
    rest = [kind(2 + i) for i in range(tiers)]
    units, classes = [], {c.class_id: c for c in (outside, young, *rest)}
    for i in range(people):
        holder = "north" if i % 11 < 6 else "south"
        roll = draw.random()
        chosen = outside if roll < 0.01 else young if roll < 0.06 else draw.choice(rest)
        units.append(Unit(number(f"{seed} {i}"), holder, chosen.class_id))
    stages = tuple(
        Stage(
            f"s{t}",
            f"2025-12-{10 + t}",
            (
                Place("bridge", {"north": 220, "south": 190}, 6),
                Place("pier", {"north": 150, "south": 120}, 4),
            ),
        )
        for t in range(1, 5)
    )
    return tuple(units), classes, PlanTerms({"north": 1200, "south": 1000}, 10, stages)


def stubborn(
    seed: int = 0, people: int = 3000, tiers: int = 24
) -> tuple[tuple[Unit, ...], dict[str, PersonClass], PlanTerms]:
    """Weights that hardly ever add up to the totals: one search goes through all its nodes, for half a minute."""
    draw = random.Random(seed)
    kinds = [kind(1 + i, weight=draw.choice((1, 2, 3, 4, 5, 6, 7))) for i in range(tiers)]
    units = tuple(
        Unit(number(f"{seed} {i}"), "north" if i % 2 else "south", draw.choice(kinds).class_id) for i in range(people)
    )
    places = tuple(Place(name, {"north": 60, "south": 60}, 7) for name in ("bridge", "pier", "quay"))
    stages = tuple(Stage(f"s{t}", f"2025-12-{10 + t}", places) for t in range(1, 9))
    return units, {c.class_id: c for c in kinds}, PlanTerms({"north": 977, "south": 613}, 21, stages)
