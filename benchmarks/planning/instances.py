"""Invented rounds for the planning benchmarks, from a seed; nobody in them exists.

A selection: two sides, six tiers, ranks with points, officers and others under quotas, families and crews. A staging:
a round in stages at places, with stretchers, windows, families, and a bound on every prefix. A number is the hash of
the seed and the position, so the same seed gives the same bytes everywhere.

    >>> units, classes, terms = selection(1, 200)
    >>> len(units) <= 200, len(terms.rows) > 5, terms.tolerance
    (True, True, 6)
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from repatria.deal.classes import PersonClass
from repatria.plan.model import POINTS, Part, Place, PlanTerms, Row, Stage, Unit

Round = tuple[tuple[Unit, ...], dict[str, PersonClass], PlanTerms]
SIDES = ("north", "south")
# The cartel of 1862: privates to non-commissioned officers and officers up to a colonel, and how often each is held.
RANKS = ((1, 70), (2, 14), (3, 6), (4, 4), (6, 3), (8, 1), (10, 1), (15, 1))
OFFICER, CREW, STRETCHER, WOMAN = "a", "b", "c", "d"


def number(seed: int, what: str, position: int) -> str:
    return hashlib.sha256(f"{seed} {what} {position}".encode()).hexdigest()[:32]


class _Classes:
    """Classes by what they say, each with an id of its own."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.by_id: dict[str, PersonClass] = {}

    def of(self, tier: int, *, weight: int = 1, counts: bool = True, every: bool = False, marks: str = "") -> str:
        class_id = number(self.seed, f"class {tier} {weight} {counts} {every} {marks}", 0)
        self.by_id.setdefault(class_id, PersonClass(class_id, weight, tier, counts, every, "", tuple(marks)))
        return class_id


def _grouped(draw: random.Random, people: Sequence[tuple[str, str]], seed: int, share: float) -> list[Unit]:
    """People of one side as units: so many of them in families and crews of two to five, the others alone."""
    units, i = [], 0
    while i < len(people):
        size = draw.choice((2, 2, 3, 4, 5)) if draw.random() < share else 1
        (first, holder), *rest = [(class_id, holder) for class_id, holder in people[i : i + size]]
        others = tuple((number(seed, f"{holder} with", i + k), class_id) for k, (class_id, _) in enumerate(rest, 1))
        units.append(Unit(number(seed, holder, i), holder, first, others=others, people=1 + len(others)))
        i += size
    return units


def selection(seed: int, people: int) -> Round:
    """Six tiers of which about the half goes; ranks have points, which both sides bring within a tolerance; at least
    and at most so many officers, crew and women of each side; one person in seven is of a family or crew."""
    draw = random.Random(f"selection {seed} {people}")
    classes, units = _Classes(seed), []
    ranks, often = zip(*RANKS, strict=True)
    for side in SIDES:
        held = []
        for _ in range(people // 2 if side == "north" else people - people // 2):
            tier = draw.choices(range(6), (3, 7, 20, 25, 25, 20))[0]
            points = draw.choices(ranks, often)[0]
            marks = (OFFICER if points >= 6 else "") + draw.choices(("", CREW), (9, 1))[0]
            marks += draw.choices(("", WOMAN), (19, 1))[0]
            outside = tier == 0
            held.append((classes.of(tier, weight=1 if outside else points, counts=not outside, marks=marks), side))
        units += _grouped(draw, held, seed, 0.06)
    rows = []
    total = people  # points of a side: about half of what it holds
    for side in SIDES:
        for mark, name, least, most in (
            (OFFICER, "officers", people // 100, people // 50),
            (CREW, "crew", people // 40, people // 25),
            (WOMAN, "women", people // 90, None),
        ):
            limits = f"at least {least}" + (f" and at most {most}" if most else "")
            sentence = f"{limits} {name} of {side}"
            rows.append(Row(f"{name} of {side}", sentence, (Part(holder=side, mark=mark),), least, most))
    apart = people // 100
    rows.append(
        Row(
            "as many officers", f"north and south send officers alike, within {apart}",
            (Part(holder="north", mark=OFFICER), Part(by=-1, holder="south", mark=OFFICER)), -apart, apart,
        )
    )  # fmt: skip
    rows.append(
        Row("points of crews", f"crews of both sides together at most {people // 8} points",
            (Part(of=POINTS, mark=CREW),), None, people // 8)
    )  # fmt: skip
    place = Place("bridge", dict.fromkeys(SIDES, people), 200)
    stages = tuple(Stage(f"s{t}", f"2026-01-{t:02}", (place,)) for t in range(1, 4))
    terms = PlanTerms(dict.fromkeys(SIDES, total), 200, stages, tolerance=6, rows=tuple(rows))
    return tuple(units), classes.by_id, terms


def staging(seed: int, people: int, stages: int = 20, places: int = 3, most: int = 60, room: int = 100) -> Round:
    """Everyone of five tiers goes, over stages at three places, unlike in size: some on stretchers, of which each place
    takes few; some only through one place, some not before the fifth stage; one in seven is of a family or crew.

    Args:
        places: three or five.
        most: the bound on every prefix, in people.
        room: seats and stretchers, in hundredths of what there would be else.
    """
    draw = random.Random(f"staging {seed} {people}")
    classes, units = _Classes(seed), []
    held_by = {}
    for side, share in (("north", 0.55), ("south", 0.45)):
        held = []
        for _ in range(round(people * share)):
            tier = draw.choices(range(5), (4, 10, 26, 30, 30))[0]
            outside = tier == 0
            mark = STRETCHER if draw.random() < (0.5 if outside else 0.02) else ""
            mark += draw.choices(("", "e", "f"), (90, 6, 4))[0]
            held.append((classes.of(tier, counts=not outside, every=outside, marks=mark), side))
        units += _grouped(draw, held, seed, 0.06)
        held_by[side] = sum(classes.by_id[each].counts for each, _ in held)
    ratio = (6, 5)  # about half of the counted of each side go, in this proportion
    part = min(held_by["north"] * 6 // 10 // ratio[0], held_by["south"] * 6 // 10 // ratio[1])
    totals = {"north": part * ratio[0], "south": part * ratio[1]}
    names = ("bridge", "pier", "quay", "ford", "port")[:places]
    shares, bounds = {3: ((5, 3, 2), (6, 5, 5)), 5: ((3, 2, 2, 2, 1), (6, 5, 5, 5, 5))}[places]
    days, rows = [], []
    for t in range(1, stages + 1):
        places = []
        for name, share, bound in zip(names, shares, bounds, strict=True):
            wide = draw.choice((0.9, 1.0, 1.1, 1.2)) * room / 100
            seats = {
                side: max(6, round(wide * share / 10 * (totals[side] * 1.25 + people * 0.03) / stages))
                for side in SIDES
            }
            places.append(Place(name, seats, bound))
            stretchers = max(2, round(people * 0.04 * share / 10 / stages * 1.6 * room / 100))
            rows.append(
                Row(f"stretchers s{t:02} {name}", f"at most {stretchers} stretchers at the {name} on day {t}",
                    (Part(mark=STRETCHER, stage=f"s{t:02}", place=name),), None, stretchers)
            )  # fmt: skip
        days.append(Stage(f"s{t:02}", f"2026-01-{t:02}", tuple(places)))
    rows.append(Row("by the bridge", "mark e goes by the bridge alone",
                    tuple(Part(mark="e", place=name) for name in names[1:]), None, 0))  # fmt: skip
    rows.append(Row("not before day 5", "mark f goes on day 5 or later",
                    tuple(Part(mark="f", stage=f"s{t:02}") for t in range(1, min(5, stages))), None, 0))  # fmt: skip
    return tuple(units), classes.by_id, PlanTerms(totals, most, tuple(days), rows=tuple(rows))
