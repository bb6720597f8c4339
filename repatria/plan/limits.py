"""The terms as the planner reads them: totals, stages, bounds, and every further clause as rows in whole numbers.

    >>> from repatria.deal.terms import EXAMPLE, parse_terms
    >>> text = EXAMPLE.replace("capacity =", "marked = { s = 2 }\\n  capacity =")
    >>> terms, _ = parse_terms(text, bytes(32))
    >>> [(row.name, row.sentence, row.most) for row in plan_terms(terms).rows]
    [('s1/bridge/mark-s', 'at most 2 people with mark s, at bridge and in stage s1', 2)]
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from repatria.deal.classes import EXCHANGE
from repatria.deal.limit import PLACE, STAGE, Limit, Whom, Window, sentence, window_sentence
from repatria.deal.terms import CAPACITY, EVERYONE, ROUNDS, TOLERANCE, TOTALS, PlaceTerms, Terms
from repatria.message import Message, Name, in_english
from repatria.plan import conflict
from repatria.plan.model import Part, Place, PlanTerms, Row, Stage, Vehicle
from repatria.plan.why_texts import TEXTS

_FIRM = {
    TOTALS: conflict.TOTAL, CAPACITY: conflict.SEATS, EVERYONE: conflict.ALL, TOLERANCE: conflict.TOLERANCE,
    ROUNDS: conflict.PACKAGES,
}  # fmt: skip


def plan_terms(terms: Terms) -> PlanTerms:
    """Everything in the terms that a plan must meet."""
    stages = tuple(
        Stage(
            stage.stage, stage.date,
            tuple(Place(p.place, dict(p.capacity), p.bound, vehicles_of(p)) for p in stage.places),
        )
        for stage in terms.stages
    )  # fmt: skip
    return PlanTerms(
        dict(terms.totals), terms.bound, stages, tolerance=terms.tolerance, rows=tuple(rows_of(terms)),
        packages=terms.closed_rounds or 0, firm=frozenset(_FIRM[name] for name in terms.firm),
        lying=terms.lying or "",
    )  # fmt: skip


def vehicles_of(place: PlaceTerms) -> dict[str, tuple[Vehicle, ...]]:
    """The vehicles of each side at a place, in the order of the terms."""
    found: dict[str, tuple[Vehicle, ...]] = {}
    for each in place.vehicles:
        found[each.side] = (*found.get(each.side, ()), Vehicle(each.vehicle, each.seats, each.stretchers))
    return found


def rows_of(terms: Terms) -> Iterator[Row]:
    """Limits, windows, what places can take of a mark or an account, and what parties give and are given."""
    for limit in terms.limits:
        yield from _of_limit(terms, limit)
    for window in terms.windows:
        yield from _of_window(terms, window)
    for stage in terms.stages:
        for place in stage.places:
            for kind, allowed in (("mark", place.marked), ("account", place.accounts)):
                for name, most in sorted(allowed.items()):
                    whom = Whom(**{kind: name}, stages=(stage.stage,), places=(place.place,))  # type: ignore[arg-type]
                    limit = Limit(f"{stage.stage}/{place.place}/{kind}-{name}", (whom,), at_most=most)
                    yield _row(limit.id, sentence(limit), _parts(terms, limit), limit)
    if terms.party_tolerance is not None:
        most = terms.party_tolerance
        for party in terms.parties:
            given = Part(1, party=party, account=EXCHANGE), Part(-1, to=party, account=EXCHANGE)
            told = Message("limit.party", {"party": Name(party)}, most)
            yield Row(f"party/{party}", in_english(told, TEXTS), given, -most, most, told,
                      TOLERANCE in terms.firm)  # fmt: skip


def _of_limit(terms: Terms, limit: Limit) -> Iterator[Row]:
    """One row, or one for each stage or place by itself."""
    every = sorted({place.place for stage in terms.stages for place in stage.places})
    stages = [stage.stage for stage in terms.stages] if STAGE in limit.each else [""]
    for stage, place in product(stages, every if PLACE in limit.each else [""]):
        parts = _parts(terms, limit, stage, place)
        if parts:
            name = "/".join(filter(None, ("limit", limit.id, stage, place)))
            yield _row(name, sentence(limit, stage, place), parts, limit)


def _row(name: str, told: Message, parts: tuple[Part, ...], limit: Limit) -> Row:
    return Row(name, in_english(told, TEXTS), parts, limit.at_least, limit.at_most, told, limit.firm)


def _of_window(terms: Terms, window: Window) -> Iterator[Row]:
    """Nobody of them outside it: a row of zero, whose variables no search makes."""
    whom, told = window.whom, window_sentence(window)
    outside = tuple(
        _part(whom, stage.stage, place.place)
        for stage in terms.stages
        for place in stage.places
        if (whom.stages and stage.stage not in whom.stages) or (whom.places and place.place not in whom.places)
    )
    if outside:
        yield Row(f"window/{window.id}", in_english(told, TEXTS), outside, None, 0, told, window.firm)


def _parts(terms: Terms, limit: Limit, stage: str = "", place: str = "") -> tuple[Part, ...]:
    """What a row counts, at one stage and one place, or all that the limit names."""
    there = {(each.stage, at.place) for each in terms.stages for at in each.places}
    found = []
    for whom in limit.whom:
        for at in product(whom.stages or ("",), whom.places or ("",)):
            here = tuple(mine or one for mine, one in zip(at, (stage, place), strict=True))
            if here != tuple(one or mine for mine, one in zip(at, (stage, place), strict=True)):
                continue  # another stage or place than this row's own
            if all(here) and here not in there:
                continue
            found.append(_part(whom, *here))
    return tuple(found)


def _part(whom: Whom, stage: str, place: str) -> Part:
    return Part(whom.times, whom.of, whom.side, whom.party, whom.to, whom.account, whom.mark, stage, place)
