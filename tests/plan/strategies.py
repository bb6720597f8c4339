"""Random small rounds for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from repatria.deal.classes import PersonClass
from repatria.plan.model import Place, PlanTerms, Stage, Unit
from tests.plan.instances import kind, lists

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
