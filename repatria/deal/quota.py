"""Quotas: at least, or at most, so many people of a category on the final lists of a side.

Like the categories they stand in the sealed annex: a quota beside a class would tell what the class means (ADR 21).
So the ledger cannot check them. Each side's own node does, from the records, before it drafts or signs a list, and
`verify --records` does again for whoever holds the records; to everybody else quotas are attested like the classes.

* A quota is about people, never points, and about whoever is on the lists of a side, whether or not a place is found
  for them in the plan.
* Nothing limits how many seriously wounded and sick go home (GC III 109(1)), nor a category of which everyone goes.

    >>> from repatria.deal.classes import Category
    >>> tables = [{"category": "young", "side": "north", "at_least": 3}]
    >>> quotas, problems = parse_quotas(tables, (Category("young", 1, True),), ("north", "south"))
    >>> problems, [problem.what for problem in off_quota(quotas, "north", {"young": 2}, whole=True)]
    ([], ['2 people of category "young"; at least 3 are agreed'])
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from repatria.deal.classes import NEVER_COUNTED, Category, In
from repatria.deal.shape import Count, Key, Slug, Text, names
from repatria.problem import Problem

PEOPLE_MAX = 10**6
OVER, UNDER = "deal.quota.over", "deal.quota.under"


QUOTA = (
    Key("category", Text(), "the category, by its id"),
    Key("side", Slug(), "whose people: the side that hands them over"),
    Key("at_least", Count(0, PEOPLE_MAX), "so many of them are on the lists of the side, or more", unit="people",
        default=None, told_default="no limit"),
    Key("at_most", Count(0, PEOPLE_MAX), "so many, or fewer; never of the seriously wounded and sick", unit="people",
        article="GC III 109(1)", default=None, told_default="no limit"),
)  # fmt: skip
LIMITED: dict[str, Any] = {"anyOf": [{"required": ["at_least"]}, {"required": ["at_most"]}]}


@dataclass(frozen=True)
class Quota:
    category: str
    side: str  # whose people: the side that hands them over
    at_least: int | None = None
    at_most: int | None = None


def parse_quotas(
    raw: object, categories: Sequence[Category], sides: Collection[str], where: str = "terms, quota"
) -> tuple[tuple[Quota, ...], list[Problem]]:
    """Quotas from the annex's tables, with every problem of form and law at once."""
    if not isinstance(raw, list | tuple):
        return (), [Problem("deal.quota.form", where, "not a list of quotas", "begin each with [[quota]]")]
    known = {category.id: category for category in categories}
    quotas: list[Quota] = []
    problems: list[Problem] = []
    for index, table in enumerate(raw, 1):
        at = f"{where} {index}"
        wrong = _form(table, known, sides, at)
        if not wrong:
            quota = Quota(table["category"], table["side"], table.get("at_least"), table.get("at_most"))
            wrong = _sense(quota, known[quota.category], quotas, at)
            quotas.append(quota)
        problems += wrong
    return tuple(quotas), problems


def _form(table: object, known: Collection[str], sides: Collection[str], at: str) -> list[Problem]:
    if not isinstance(table, Mapping):
        return [Problem("deal.quota.form", at, "not a table", "begin it with [[quota]]")]
    wrong = [
        Problem("deal.quota.form", at, f"{name} is not something a quota says", "remove or correct it")
        for name in sorted(set(table) - names(QUOTA), key=str)
    ]
    if not isinstance(table.get("category"), str) or table["category"] not in known:
        do = "name one of " + ", ".join(known)
        wrong.append(Problem("deal.quota.category", at, "not a quota of one of the agreed categories", do))
    if table.get("side") not in sides:
        do = "name one of " + ", ".join(sides)
        wrong.append(Problem("deal.quota.side", at, "not a quota of one of the sides", do))
    limits = {name: table[name] for name in ("at_least", "at_most") if name in table}
    if not limits or any(type(value) is not int or not 0 <= value <= PEOPLE_MAX for value in limits.values()):
        do = f"give at_least, at_most or both, from 0 to {PEOPLE_MAX}"
        wrong.append(Problem("deal.quota.form", at, "no limit, or not a whole number of people", do))
    return wrong


def _sense(quota: Quota, category: Category, before: Sequence[Quota], at: str) -> list[Problem]:
    wrong = []
    if any((other.category, other.side) == (quota.category, quota.side) for other in before):
        what = "a second quota of this category for this side"
        wrong.append(Problem("deal.quota.twice", at, what, "give both limits in one"))
    if quota.at_least is not None and quota.at_most is not None and quota.at_least > quota.at_most:
        what = f"at least {quota.at_least}, and at most {quota.at_most}"
        wrong.append(Problem("deal.quota.limits", at, what, "raise at_most or lower at_least"))
    if quota.at_most is None:
        return wrong
    ill = {value for field, value in NEVER_COUNTED if field == "medical_category"}
    if any(isinstance(each, In) and set(each.values) & ill for each in category.when):
        what = "limits how many seriously wounded and sick go home"
        wrong.append(Problem("deal.quota.ill", at, what, "remove at_most", "GC III 109(1)"))
    elif category.all:
        what = "a limit on a category of which everyone goes"
        wrong.append(Problem("deal.quota.all", at, what, "remove at_most, or all = true of the category"))
    return wrong


def off_quota(
    quotas: Sequence[Quota], side: str, people: Mapping[str, int], whole: bool, where: str = "list"
) -> list[Problem]:
    """Every quota of a side that so many people of each category do not keep.

    Args:
        whole: these are all the people of the side; else more may come, and nothing is said of `at_least`.
    """
    problems = []
    for quota in quotas:
        found = people.get(quota.category, 0)
        if quota.side != side:
            continue
        if quota.at_most is not None and found > quota.at_most:
            what = f'{found:,} people of category "{quota.category}"; at most {quota.at_most:,} are agreed'
            do = f"leave {found - quota.at_most:,} off the list (--without), or amend the terms"
            problems.append(Problem(OVER, f"{where}, side {side}", what, do))
        if whole and quota.at_least is not None and found < quota.at_least:
            what = f'{found:,} people of category "{quota.category}"; at least {quota.at_least:,} are agreed'
            do = f"find {quota.at_least - found:,} more, or amend the terms"
            problems.append(Problem(UNDER, f"{where}, side {side}", what, do))
    return problems
