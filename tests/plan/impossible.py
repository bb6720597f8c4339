"""Random terms that cannot be met together: small lists, a few days and places, rows of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from repatria.deal.classes import PersonClass
from repatria.plan.case import Case, make_case, measure
from repatria.plan.conflict import feasible
from repatria.plan.hitting import Unknown
from repatria.plan.model import POINTS, Part, Place, PlanTerms, Row, Stage, Unit, unit_types
from tests.plan.instances import kind, lists


@dataclass(frozen=True)
class Impossible:
    seed: int
    units: tuple[Unit, ...]
    classes: dict[str, PersonClass]
    terms: PlanTerms

    @property
    def case(self) -> Case:
        return make_case(self.units, self.classes, self.terms, None, None)


def impossible(first: int = 0) -> Iterator[Impossible]:
    """One after another, from a seed on: rounds drawn at random of which no plan meets the terms."""
    seed = first
    while True:
        drawn = _drawn(seed)
        try:
            if not feasible(drawn.case):
                yield drawn
        except Unknown:
            pass
        seed += 1


def _drawn(seed: int) -> Impossible:
    draw = random.Random(f"terms {seed}")
    held, totals = {}, {}
    for holder in ("north", "south"):
        groups = []
        for _ in range(draw.randint(1, 3)):
            counts = draw.random() < 0.8
            known = kind(draw.randint(0, 2), weight=draw.choice((1, 1, 1, 2)), counts=counts,
                         everyone=draw.random() < 0.25)  # fmt: skip
            marks = tuple(mark for mark in "ab" if draw.random() < 0.3)
            class_id = f"{known.class_id[:30]}{holder[0]}{len(marks)}"
            groups.append((draw.randint(1, 6), replace(known, class_id=class_id, marks=marks)))
        held[holder] = groups
        counted = sum(n * c.weight for n, c in groups if c.counts)
        totals[holder] = max(1, counted - draw.randint(-1 if draw.random() < 0.1 else 0, 4))
    units, classes = lists(**held)
    if draw.random() < 0.5:
        totals = dict.fromkeys(totals, max(1, min(totals.values())))
    stages = []
    for t in range(draw.randint(1, 3)):
        places = tuple(
            Place(name, {h: draw.randint(0 if draw.random() < 0.2 else 3, 7) for h in held}, draw.randint(1, 3))
            for name in ("bridge", "pier")[: draw.randint(1, 2)]
        )
        stages.append(Stage(f"s{t + 1}", f"2025-12-1{t}", places))
    bound = max(sum(place.bound for place in stage.places) for stage in stages) + draw.randint(0, 1)
    rows = tuple(_row(draw, i, tuple(stages), units, classes) for i in range(draw.randint(0, 4)))
    tolerance = draw.choice((None, None, None, 0, 1))
    return Impossible(seed, units, classes, PlanTerms(totals, bound, tuple(stages), (), tolerance, rows))


def _row(
    draw: random.Random, i: int, stages: tuple[Stage, ...], units: tuple[Unit, ...], classes: dict[str, PersonClass]
) -> Row:
    stage = draw.choice((None, *stages))
    place = draw.choice((None, *stage.places)) if stage is not None else None
    part = Part(
        of=draw.choice(("people", "people", POINTS)),
        holder=draw.choice(("", "north", "south")),
        mark=draw.choice(("", "a", "b")),
        stage="" if stage is None else stage.stage,
        place="" if place is None else place.place,
    )
    could = sum(measure(part, kind) for kind in unit_types(units, classes).values())
    most = draw.random() < 0.6
    figure = draw.randint(0, min(could, 6)) if most else draw.randint(0, max(0, could - 2))
    return Row(f"row-{i}", f"row {i} of these terms", (part,), None if most else figure, figure if most else None)
