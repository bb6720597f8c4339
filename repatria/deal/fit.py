"""How the people on lists fit terms, and whether the terms can be met with them: numbers, and never who.

Two questions are asked before anyone signs. What the terms themselves make impossible, whoever is on a list: seats that
do not suffice, a bound that keeps the seats from being used, days that are too short. And what the lists at hand make
impossible: people whom no category takes, people whom partial dates leave open, too few for a total, everyone of a
category where not everyone can go.

Whatever is said here is a warning. Lists grow and terms are amended; what stops is said by the parser, the law and the
fold.

    >>> from repatria.deal.classes import parse_categories
    >>> from repatria.deal.terms import EXAMPLE, annex_categories, parse_terms
    >>> terms, _ = parse_terms(EXAMPLE, bytes(32))
    >>> categories, _ = parse_categories(annex_categories(EXAMPLE))
    >>> held = Listed("north", ("north",), HELD, [{"capture_date": "2024-05"}] * 8)
    >>> [fit.by_category for fit in fits_of(terms, categories, [held])]
    [{'everyone': 8}]
    >>> print(unmet_by_lists(terms, categories, [held])[0].what)
    8 of the people held count in the ratio; the total is 10, so 2 are missing
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from repatria.deal.calendar import STAGE, LeadTimes, calendar, outlook
from repatria.deal.classes import CAPTURE, COUNTED, NONE, UNCERTAIN, Category, Fields, category_of, class_in
from repatria.deal.quota import OVER, Quota, off_quota
from repatria.deal.ratio import factors
from repatria.deal.terms import PlaceTerms, Terms
from repatria.problem import Problem

# What a list is, from the least that is known of who would be handed over to the most.
SOUGHT, HELD, ANSWERED, WAITING, IN_FORCE = "sought", "held", "answered", "waiting", "in-force"
NAMES = {
    SOUGHT: "sought",
    HELD: "held",
    ANSWERED: "sought and answered held",
    WAITING: "on the list that waits for signatures",
    IN_FORCE: "on the list in force",
}
_OPEN = (UNCERTAIN, CAPTURE)


@dataclass(frozen=True)
class Listed:
    """People whom a side would hand over, as one list has them: whose people they are, and what is known of each."""

    side: str
    holders: tuple[str, ...]  # the parties that hold them; all of a side where it is not known which
    kind: str
    records: Sequence[Fields]


@dataclass(frozen=True)
class Fit:
    """How many people on a list each category takes, and how many none does, or not surely."""

    listed: Listed
    by_category: Mapping[str, int]  # every category, in the order of the terms
    uncertain: int = 0  # a category fits or not, or in which order, by what the record leaves open
    none: int = 0
    never: int = 0  # a category that counts would take them, and they may never count
    weight: int = 0  # counted in the ratio, of those whom a category surely takes
    people: int = 0

    @property
    def name(self) -> str:
        return NAMES[self.listed.kind]


def fit_of(categories: Sequence[Category], listed: Listed, on_date: date) -> Fit:
    """Each person on a list against the categories."""
    found: Counter[str] = Counter()
    weight = 0
    for record in listed.records:
        category = category_of(record, categories, on_date)
        key = category if isinstance(category, Problem) else class_in(category, record, on_date)
        if isinstance(key, Problem):
            found[key.code] += 1
        elif not isinstance(category, Problem):
            found[category.id] += 1
            weight += key.weight * key.counts
    return Fit(
        listed, {category.id: found[category.id] for category in categories}, sum(found[code] for code in _OPEN),
        found[NONE], found[COUNTED], weight, len(listed.records),
    )  # fmt: skip


def fits_of(terms: Terms, categories: Sequence[Category], lists: Sequence[Listed]) -> list[Fit]:
    """Every list against the categories, on the day on which the terms have people classed: their target date."""
    day = date.fromisoformat(terms.target_date)
    return [fit_of(categories, listed, day) for listed in lists]


# --- what lists cannot meet -------------------------------------------------------------------------------------------


def unmet_by_lists(
    terms: Terms,
    categories: Sequence[Category],
    lists: Sequence[Listed],
    quotas: Sequence[Quota] = (),
    where: str = "terms",
) -> list[Problem]:
    """Every reason why the terms cannot be met with the lists at hand, in numbers."""
    fits = fits_of(terms, categories, lists)
    problems = [problem for fit in fits for problem in _outside(fit, where)]
    for side in terms.sides:
        of_side = [fit for fit in fits if fit.listed.side == side]
        problems += _side(terms, categories, side, of_side, where)
        problems += _quotas(terms, quotas, side, best_of(terms.sides[side], of_side), where)
    return problems


def _outside(fit: Fit, where: str) -> list[Problem]:
    """People on a list whom the agreed categories do not take, or not surely."""
    at = f"{where}, {fit.listed.side}, {fit.people:,} people {fit.name}"
    found = []
    if fit.none:
        found.append(
            Problem(
                "terms.unmet.category", at, f"{fit.none:,} of them fall outside the agreed categories",
                "agree on a category for them, or leave them off the list, before anyone signs it",
            )
        )  # fmt: skip
    if fit.uncertain:
        found.append(
            Problem(
                "terms.unmet.uncertain", at,
                f"which category takes {fit.uncertain:,} of them depends on what their records leave open",
                "have people decide, and complete the dates",
            )
        )  # fmt: skip
    if fit.never:
        found.append(
            Problem(
                "terms.unmet.counted", at,
                f"a category inside the ratio would take {fit.never:,} of them, who may never count",
                "agree on a category before it, with counts = false, for them",
            )
        )  # fmt: skip
    return found


def _side(terms: Terms, categories: Sequence[Category], side: str, fits: Sequence[Fit], where: str) -> list[Problem]:
    """What is missing of one side, by the best that is known of each of its parties."""
    at = f"{where}, side {side}"
    best = best_of(terms.sides[side], fits)
    unknown = [party for party in terms.sides[side] if not any(party in fit.listed.holders for fit in best)]
    found = []
    if unknown:
        found.append(
            Problem(
                "terms.unmet.unknown", at, f"no list here tells whom {', '.join(unknown)} would hand over",
                "ask again where their lists are known",
            )
        )  # fmt: skip
    if not best:
        return found
    what = " and ".join(dict.fromkeys(fit.name for fit in best))
    unit = "points" if terms.historical else "people"
    sure, open_ = sum(fit.weight for fit in best), sum(fit.uncertain for fit in best)
    total = terms.totals[side]
    short = total - sure
    if short > 0 and not unknown:
        missing = f"{sure:,} of the {unit} {what} count in the ratio; the total is {total:,}, so {short:,} are missing"
        if open_:
            missing += f", unless {open_:,} whose records leave it open count, too"
        found.append(
            Problem("terms.unmet.total", at, missing, f"find {short:,} more, or agree on a lower total")
        )  # fmt: skip
    everyone = {category.id: category for category in categories if category.all}
    of_all = {name: sum(fit.by_category[name] for fit in best) for name in everyone}
    inside = sum(people * everyone[name].points for name, people in of_all.items() if everyone[name].counts)
    if inside > total:
        found.append(
            Problem(
                "terms.unmet.all", at,
                f"everyone of categories inside the ratio with {inside:,} {unit} is to go; the total is {total:,}",
                f"raise the total to {inside:,}, or agree that not everyone of them goes in this round",
            )
        )  # fmt: skip
    seats = _seats(terms, side)
    most = max((category.points for category in categories if category.counts), default=1)
    outside = sum(people for name, people in of_all.items() if not everyone[name].counts)
    leaving = -(-min(total, max(sure, inside)) // most) + outside
    if leaving > seats:
        found.append(
            Problem(
                "terms.unmet.seats", at,
                f"{leaving:,} people leave, {outside:,} of them outside the ratio; there are seats for {seats:,}",
                f"agree on {leaving - seats:,} more seats, at other places or on other days",
            )
        )  # fmt: skip
    return found + _left_behind(everyone, fits, best, at)


def _quotas(
    terms: Terms, quotas: Sequence[Quota], side: str, best: Sequence[Fit], where: str
) -> list[Problem]:
    """Quotas that the people at hand do not keep. More than a quota allows is no harm before there is a list."""
    people: Counter[str] = Counter()
    for fit in best:
        people.update(fit.by_category)
    known = {party for fit in best for party in fit.listed.holders}
    listed = all(fit.listed.kind in (ANSWERED, WAITING, IN_FORCE) for fit in best)
    off = off_quota(quotas, side, people, set(terms.sides[side]) <= known, where)
    return [problem for problem in off if listed or problem.code != OVER]


def _left_behind(
    everyone: Mapping[str, Category], fits: Sequence[Fit], best: Sequence[Fit], where: str
) -> list[Problem]:
    """People held, of a category of which everyone goes, who stand on no list yet: nobody has asked for them."""
    held = [fit for fit in fits if fit.listed.kind == HELD]
    found = []
    for name in everyone:
        for fit in held:
            on_list = [each for each in best if each.listed.holders == fit.listed.holders and each is not fit]
            left = fit.by_category[name] - sum(each.by_category[name] for each in on_list)
            if on_list and left > 0:
                what = f'{left:,} more are held who fit "{name}", of which everyone goes, and nobody has sought them'
                found.append(
                    Problem("terms.unmet.unsought", where, what, "tell the other side how many, and let it seek them")
                )
    return found


def best_of(parties: Sequence[str], fits: Sequence[Fit]) -> list[Fit]:
    """Of each party the list that tells most surely whom it hands over; one of all of them where there is no other."""
    order = (IN_FORCE, WAITING, ANSWERED, HELD)
    best = []
    for party in parties:
        own = [fit for fit in fits if fit.listed.holders == (party,) and fit.listed.kind in order]
        if own:
            best.append(min(own, key=lambda fit: order.index(fit.listed.kind)))
    if len(best) < len(parties):
        of_all = [fit for fit in fits if fit.listed.kind == SOUGHT and set(fit.listed.holders) == set(parties)]
        return of_all[:1] or best
    return best


# --- what the terms themselves make impossible ------------------------------------------------------------------------


def unmet_by_terms(
    terms: Terms,
    categories: Sequence[Category],
    leads: LeadTimes,
    today: str | None = None,
    where: str = "terms",
    quotas: Sequence[Quota] = (),
) -> list[Problem]:
    """Every reason why nobody could meet these terms, whoever is on the lists: seats, bounds, days.

    Args:
        today: the log's day, where one is known and no terms are in force yet; then it is asked too whether the stages
            can still be reached.
    """
    problems = []
    most = max((category.points for category in categories if category.counts), default=1)
    factor = factors(terms.totals)
    for side, total in sorted(terms.totals.items()):
        at = f"{where}, side {side}"
        least = -(-total // most)  # people, at the most points that one of them can stand for
        seats, used = _seats(terms, side), _usable(terms, side, factor)
        if seats < least:
            problems.append(
                Problem(
                    "terms.unmet.seats", at, f"seats for {seats:,} people at all places and days; {least:,} are to go",
                    f"agree on {least - seats:,} more seats, or on a lower total",
                )
            )  # fmt: skip
        elif used < total and most == 1:
            problems.append(
                Problem(
                    "terms.unmet.bound", at,
                    f"seats for {seats:,}, but as both sides must stay within the bound at each place,"
                    f" {used:,} of them at most can count; {total:,} are to go",
                    "give the other side more seats at the same places, or raise the bounds of the places",
                )
            )  # fmt: skip
    told = [*_nobody_asked(terms, where), *_quotas_and_totals(terms, categories, quotas, where)]
    return problems + told + _bounds(terms, most, factor, where) + _days(terms, leads, today, where)


def _quotas_and_totals(
    terms: Terms, categories: Sequence[Category], quotas: Sequence[Quota], where: str
) -> list[Problem]:
    """Quotas under which a total cannot be reached, or that leave no room in it for all whom they ask for."""
    problems = []
    counted = {category.id: category for category in categories if category.counts}
    for side, total in sorted(terms.totals.items()):
        of_side = {quota.category: quota for quota in quotas if quota.side == side and quota.category in counted}
        least = sum((quota.at_least or 0) * counted[name].points for name, quota in of_side.items())
        if least > total:
            what = f"the quotas ask for at least {least:,} inside the ratio; the total is {total:,}"
            do = "lower the quotas or raise the total"
            problems.append(Problem("terms.unmet.quota", f"{where}, side {side}", what, do))
        limits = [quota.at_most for quota in of_side.values() if quota.at_most is not None]
        most = sum(quota.at_most * counted[n].points for n, quota in of_side.items() if quota.at_most is not None)
        if len(limits) == len(counted) and most < total:
            what = f"the quotas let at most {most:,} inside the ratio; the total is {total:,}"
            do = "raise the quotas or lower the total"
            problems.append(Problem("terms.unmet.quota", f"{where}, side {side}", what, do))
    return problems


def _nobody_asked(terms: Terms, where: str) -> list[Problem]:
    """Parties whose registers of the sought may be shown to nobody who could answer them."""
    unasked = [
        owner
        for owner in terms.parties
        if not any(terms.may_read(owner, p) for p in terms.parties if terms.side_of(p) != terms.side_of(owner))
    ]
    if not unasked:
        return []
    what = f"whom {', '.join(unasked)} seeks is shown to no party of the other side, and only a holder gives answers"
    return [Problem("terms.unmet.disclosure", f"{where}, disclosure", what, "let the holder be shown the sought")]


def _seats(terms: Terms, side: str) -> int:
    return sum(place.capacity[side] for stage in terms.stages for place in stage.places)


def _usable(terms: Terms, side: str, factor: Mapping[str, int]) -> int:
    """Counted people of a side whom all places can let through, if each place is to end within its own bound."""
    other = terms.other_side(side)
    largest = max(factor.values())
    return sum(
        min(place.capacity[side], (factor[other] * place.capacity[other] + place.bound * largest) // factor[side])
        for stage in terms.stages
        for place in stage.places
    )


def _bounds(terms: Terms, heaviest: int, factor: Mapping[str, int], where: str) -> list[Problem]:
    """Places whose bound is too narrow for one step, or for as many parties of one side as may stand there."""
    problems = []
    largest = max(factor.values())
    parties = max(len(members) for members in terms.sides.values())
    for stage in terms.stages:
        for place in stage.places:
            least = max(-(-factor[side] * heaviest // largest) for side in terms.sides) + parties - 1
            if place.bound < least and _both_ways(place):
                problems.append(
                    Problem(
                        "terms.unmet.step", f"{where}, stage {stage.stage}, place {place.place}",
                        f"a bound of {place.bound}: with {parties} parties on one side, each counts what the others may"
                        f" have released, and {least} are needed for every one of them to begin"
                        if parties > 1
                        else f"a bound of {place.bound}; one person may stand for {heaviest}",
                        f"raise the bound to {least}",
                    )
                )  # fmt: skip
    return problems


def _both_ways(place: PlaceTerms) -> bool:
    return all(place.capacity.values())


def _days(terms: Terms, leads: LeadTimes, today: str | None, where: str) -> list[Problem]:
    """Days that the terms fix against those that the steps before them take, counted backward from the stages."""
    stages = [(stage.stage, stage.date) for stage in terms.stages]
    free = {each.key: each for each in calendar(terms.target_date, stages, {}, terms.chance_days, leads)}
    problems = []
    answers = free.get(("answers", ""))
    if answers is not None and terms.answers_due > answers.due:
        problems.append(
            Problem(
                "terms.unmet.answers", f"{where}, answers_due",
                f"answers are due by {terms.answers_due}; counted back from the stages they must be there by"
                f" {answers.due}",
                "have answers due earlier, or the first stage later",
            )
        )  # fmt: skip
    if today is None:
        return problems
    fixed = {"answers": terms.answers_due}
    coming = calendar(terms.target_date, stages, fixed, terms.chance_days, leads)
    done = {("clauses", ""), ("terms", "")}
    return problems + [
        Problem(
            "terms.unmet.days", f"{where}, stage {each.deadline.stage}",
            f"stands on {each.deadline.due}; from {today} on, what must come before it lasts until {each.expected}",
            "move the stage, or agree on what can be done faster",
        )
        for each in outlook(coming, done, today)
        if each.deadline.step == STAGE and each.expected > each.deadline.due
    ]  # fmt: skip
