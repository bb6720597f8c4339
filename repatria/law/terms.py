"""The terms of a round as facts for the law, and what the law says of them.

Facts are read from the officer's own table, also where deal's parser refuses it, so that an officer hears of every
article at once. What the terms do not say is unknown here, and no guess.

    >>> facts = facts_of_terms({"chance_days": 9, "undertakings": []}, ())
    >>> facts.values["chance_days"], facts.values["neutral_named"], facts.values["points_on_people"]
    (9, False, False)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from repatria.deal.classes import ACCOUNTS, Category, In
from repatria.deal.limit import Limit, breaches, read_limits
from repatria.deal.reader import Reader
from repatria.deal.terms import POINTS, Terms, taken_nowhere
from repatria.law.book import LAW
from repatria.law.check import Finding
from repatria.law.facts import Facts, Value
from repatria.law.figures import Figures

_WAIVING = ("waive", "waiver", "renounce", "renunciation")


def facts_of_terms(raw: Mapping[str, Any], categories: Sequence[Category]) -> Facts:
    """What an officer's table of terms says of its round."""
    whole = {
        value
        for category in categories
        if category.all and not category.counts and len(category.when) == 1
        for predicate in category.when
        if isinstance(predicate, In) and predicate.field == "medical_category"
        for value in predicate.values
    }
    weighed, outside = facts_of_limits(raw)
    values: dict[str, Value] = {
        "points_on_people": weighed or any(name in raw for name in POINTS),
        "outside_ratio_limited": outside,
        "historical": raw.get("historical") is True,
        "neutral_named": bool(raw.get("neutral")),
        "rights_waived": any(word in name.lower() for name in raw for word in _WAIVING),
        "whole_outside_ratio": tuple(sorted(whole)),
    }
    aside = raw.get("sets_aside", [])
    if isinstance(aside, list) and all(isinstance(each, str) for each in aside):
        values["articles_set_aside"] = tuple(aside)
    undertakings = raw.get("undertakings", [])
    if isinstance(undertakings, list) and all(isinstance(each, str) for each in undertakings):
        values["undertakings"] = tuple(undertakings)
    if type(raw.get("chance_days")) is int:
        values["chance_days"] = raw["chance_days"]
    if not any("cost" in name.lower() for name in raw):
        values["departure_waits_for_costs"] = False  # no term of this version lets a departure wait for them
    return Facts("terms", values)


def facts_of_limits(raw: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether limits weigh people, and whether they hold back or set a condition for those outside the ratio; also
    where the parser refuses them, as far as they can be read."""
    stages = [each for each in _list(raw.get("stages")) if isinstance(each, dict)]
    places = {str(each.get("stage")): [p for p in _list(each.get("places")) if isinstance(p, dict)] for each in stages}
    grid = {stage: [str(place.get("place")) for place in there] for stage, there in places.items()}
    parties = [str(party) for party in _list(raw.get("parties"))]
    sides = raw.get("sides") if isinstance(raw.get("sides"), dict) else parties
    limits = read_limits(Reader("terms"), raw.get("limit"), grid, list(sides or ()), parties, False)
    weighed, outside = breaches(limits, grid, parties)
    there = [place for each in places.values() for place in each]
    rooms = ([_dict(place.get(kind)) for place in there] for kind in ("marked", "accounts"))
    return weighed, outside or any(taken_nowhere(room) for room in rooms)


def facts_in_force(terms: Terms) -> tuple[bool, bool]:
    """The same of terms that the fold has taken."""
    limits: tuple[Limit, ...] = terms.limits
    return breaches(limits, terms.grid, terms.parties)


def _list(raw: object) -> list[Any]:
    return list(raw) if isinstance(raw, list | tuple) else []


def _dict(raw: object) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def facts_of_category(category: Category, historical: bool) -> Facts:
    """What one category says: whom it takes, by which grounds, and whether they count; and of which exchange."""
    grounds = [each.field if isinstance(each, In) else "date_of_birth" for each in category.when]
    takes = [f"{each.field}={value}" for each in category.when if isinstance(each, In) for value in each.values]
    values: dict[str, Value] = {
        "counts": category.counts,
        "grounds": tuple(grounds),
        "takes": tuple(takes),
        "points": category.points,
        "historical": historical,
    }
    if category.account in ACCOUNTS:
        values["account"] = category.account
    return Facts("category", values)


def examine_terms(
    raw: Mapping[str, Any], categories: Sequence[Category], figures: Figures, where: str = "terms"
) -> list[Finding]:
    """Every check about terms, and every check about each of their categories."""
    findings = LAW.examine(facts_of_terms(raw, categories), figures, where)
    historical = raw.get("historical") is True
    for category in categories:
        facts = facts_of_category(category, historical)
        findings += LAW.examine(facts, figures, f'{where}, category "{category.id}"')
    return findings
