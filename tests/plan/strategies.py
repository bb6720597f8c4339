"""Random small rounds for property tests."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from repatria.deal.classes import PersonClass
from repatria.plan.model import PEOPLE, POINTS, Part, Place, PlanTerms, Row, Stage, Unit, Vehicle, unit_type
from tests.plan.instances import kind, lists, number

Round = tuple[tuple[Unit, ...], dict[str, PersonClass], PlanTerms]


@st.composite
def rounds(draw: st.DrawFn, weights: tuple[int, ...] = (1, 1, 1, 2), people: int = 6) -> Round:
    """Lists of up to four groups a side, one to three stages, one or two places; often but not always possible."""
    kinds = st.builds(
        kind,
        st.integers(0, 2),
        weight=st.sampled_from(weights),
        counts=st.sampled_from((True, True, True, False)),
        everyone=st.sampled_from((False, False, False, True)),
    )
    held = {}
    totals = {}
    for holder in ("north", "south"):
        groups = draw(st.lists(st.tuples(st.integers(1, people), kinds), min_size=1, max_size=4))
        held[holder] = groups
        counted = sum(n * c.weight for n, c in groups if c.counts)
        must = sum(n * c.weight for n, c in groups if c.counts and c.all)
        totals[holder] = draw(st.integers(max(1, must), max(1, counted)))
    if draw(st.booleans()):
        totals = dict.fromkeys(totals, min(totals.values()))
    units, classes = lists(**held)
    stages, bound = [], 1
    for t in range(draw(st.integers(1, 3))):
        places = []
        for j in range(draw(st.integers(1, 2))):
            seats = {h: draw(st.integers(2, 3 + totals[h])) for h in ("north", "south")}
            places.append(Place(("bridge", "pier")[j], seats, draw(st.integers(1, 4))))
        bound = max(bound, sum(place.bound for place in places))
        stages.append(Stage(f"s{t + 1}", f"2025-12-1{t}", tuple(places)))
    return units, classes, PlanTerms(totals, bound + draw(st.integers(0, 2)), tuple(stages))


MARKS = ("", "", "a", "b", "ab")


@st.composite
def wide_rounds(draw: st.DrawFn, sides: int = 2) -> Round:
    """As `rounds`, with marks, families, further rows, and at times a tolerance instead of exact totals; with more
    than two sides everyone says where they go, and at times closed rounds are asked for."""
    names = ("north", "south", "west")[:sides]
    classes: dict[str, PersonClass] = {}

    def of(tier: int, counts: bool, everyone: bool, marks: str) -> str:
        made = PersonClass(number(f"{tier} {counts} {everyone} {marks}"), 1, tier, counts, everyone, "", tuple(marks))
        classes[made.class_id] = made
        return made.class_id

    kinds = st.builds(
        of, st.integers(0, 2), st.sampled_from((True, True, True, False)),
        st.sampled_from((False, False, False, True)), st.sampled_from(MARKS),
    )  # fmt: skip
    units, counted, must = [], dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for holder in names:
        for group in range(draw(st.integers(1, 3))):
            with_it = [draw(kinds) for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3))))]
            to = draw(st.sampled_from([name for name in names if name != holder])) if sides > 2 else ""
            for i in range(draw(st.integers(1, 5))):
                lead, *rest = (number(f"{holder} {group} {i} {k}") for k in range(len(with_it)))
                others = tuple(zip(rest, with_it[1:], strict=True))
                units.append(Unit(lead, holder, with_it[0], to=to, others=others))
                kind = unit_type(units[-1], classes)
                counted[holder] += kind.weight if kind.counts else 0
                must[holder] += kind.weight if kind.counts and kind.all else 0
    totals = {holder: draw(st.integers(max(1, must[holder]), max(1, counted[holder]))) for holder in names}
    tolerance = draw(st.sampled_from((None, 0, 2))) if sides == 2 else draw(st.sampled_from((0, 1)))
    if sides > 2 or (tolerance is None and draw(st.booleans())):
        totals = dict.fromkeys(names, max(must.values(), default=1) or 1 if sides > 2 else min(totals.values()))
        totals = {holder: max(total, 3) for holder, total in totals.items()} if sides > 2 else totals
    stages, bound = [], 1
    for t in range(draw(st.integers(1, 3))):
        places = []
        for j in range(draw(st.integers(1, 2))):
            seats = {h: draw(st.integers(2, 4 + totals[h])) for h in names}
            places.append(Place(("bridge", "pier")[j], seats, draw(st.integers(1, 4))))
        bound = max(bound, sum(place.bound for place in places))
        stages.append(Stage(f"s{t + 1}", f"2025-12-1{t}", tuple(places)))
    rows = []
    for r in range(draw(st.integers(0, 3))):
        mark, holder = draw(st.sampled_from(("", "a", "b"))), draw(st.sampled_from(("", *names)))
        kind = draw(st.sampled_from(("quota", "least", "apart", "seats", "window")))
        limit = draw(st.integers(0, 5))
        place = draw(st.sampled_from(stages[-1].places)).place
        part = Part(holder=holder, mark=mark, of=draw(st.sampled_from((PEOPLE, POINTS))))
        match kind:
            case "quota":
                rows.append(Row(f"r{r}", "at most so many", (part,), None, limit + 2))
            case "least":
                rows.append(Row(f"r{r}", "at least so many", (part,), min(limit, 2), None))
            case "apart":
                parts = (Part(holder=names[0], mark=mark), Part(by=-1, holder=names[1], mark=mark))
                rows.append(Row(f"r{r}", "of both sides alike", parts, -limit, limit))
            case "seats":
                stage = draw(st.sampled_from(stages))
                there = replace(part, stage=stage.stage, place=stage.places[0].place)
                rows.append(Row(f"r{r}", "so many there", (there,), None, limit))
            case "window":
                rows.append(Row(f"r{r}", "not there", (Part(mark=mark or "b", place=place),), None, 0))
    packages = draw(st.sampled_from((0, 2, 3))) if sides > 2 else 0
    return tuple(units), classes, PlanTerms(
        totals, bound + draw(st.integers(0, 2)), tuple(stages), tolerance=tolerance, rows=tuple(rows),
        packages=packages,
    )  # fmt: skip


@st.composite
def riding(draw: st.DrawFn) -> Round:
    """As `wide_rounds`, where places have vehicles: for one side, for both, or for none; some of them small."""
    units, classes, terms = draw(wide_rounds())
    sizes = st.tuples(st.sampled_from((1, 2, 3, 4, 5, 7)), st.sampled_from((0, 0, 1, 2)))
    stages = []
    for stage in terms.stages:
        places = []
        for place in stage.places:
            vehicles = {
                holder: tuple(Vehicle(f"{holder}-{n}", *size) for n, size in enumerate(found))
                for holder in terms.holders
                if (found := draw(st.lists(sizes, max_size=6)))
            }
            places.append(replace(place, vehicles=vehicles))
        stages.append(replace(stage, places=tuple(places)))
    return units, classes, replace(terms, stages=tuple(stages), lying=draw(st.sampled_from(("", "a"))))
