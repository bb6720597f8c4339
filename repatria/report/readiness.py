"""How ready a list is for a round, for one office alone: how many can be named now, and what each of the others lacks.

Somebody can be *named* who can be told from everybody else and planned for: family name, given names and date of birth
are known, and on a list of the held the place where they are. Where terms are at hand, one of their categories must
take the person surely, on the terms' target date. What a treaty names for a category beyond that is counted, and holds
nobody back: it is asked for "in so far as available". Rows and fields are told, and never what stands in them.

    >>> ready = readiness({2: {"family_name": "Invented", "given_names": "Test", "date_of_birth": "1990"},
    ...                    3: {"family_name": "Invented"}}, "sought")
    >>> print("\\n".join(ready.in_words()))
    1 of 2 people can be named now.
    1 cannot for what is not known of them: given names 1, date of birth 1.
    The category of person is not known of 2, so nobody can say what else a treaty names for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from repatria.deal.classes import CAPTURE, COUNTED, NONE, UNCERTAIN, Category, category_of, class_in, looked_at
from repatria.deal.fit import HELD, SOUGHT, Listed, unmet_by_lists
from repatria.deal.quota import Quota
from repatria.deal.terms import Terms
from repatria.people.doubts import SHALL_BE_KNOWN
from repatria.people.person import ListKind
from repatria.problem import Problem

_IDENTITY = ("family_name", "given_names", "date_of_birth")
NEEDED: Mapping[ListKind, tuple[str, ...]] = {
    "held": (*_IDENTITY, "place_of_detention"),
    "sought": _IDENTITY,
    "missing": _IDENTITY,
    "remains": (),
}
"""What must be known of somebody before they can be named in a round."""
_WHY = {
    NONE: "no agreed category takes them",
    COUNTED: "a category inside the ratio would take them, who may never count",
    UNCERTAIN: "which category takes them depends on what is not known",
    CAPTURE: "their turn goes by a month of capture that is not known",
}


@dataclass(frozen=True)
class Agreed:
    """Terms that a list is held against, and whose list it is."""

    terms: Terms
    categories: tuple[Category, ...]
    quotas: tuple[Quota, ...]
    party: str


@dataclass(frozen=True)
class Standing:
    """One row: what it lacks, the agreed category that takes it, or why none does."""

    row: int
    lacks: tuple[str, ...]
    category: str | None = None
    why_not: str | None = None

    @property
    def ready(self) -> bool:
        return not self.lacks and self.why_not is None


@dataclass(frozen=True)
class Readiness:
    """Every row of a list, what else the treaties name, and what of the terms the list cannot meet."""

    rows: tuple[Standing, ...]
    category: str | None
    other_category: int
    category_unknown: int
    gaps: Mapping[tuple[str, str], int]
    """Article and field: how many rows lack it."""
    by_category: Mapping[str, int] | None
    unmet: tuple[Problem, ...]

    @property
    def ready(self) -> int:
        return sum(each.ready for each in self.rows)

    def in_words(self) -> list[str]:
        of = f" of category {_said(self.category)}" if self.category else ""
        words = [f"{self.ready:,} of {len(self.rows):,} people{of} can be named now."]
        lacking = Counter(name for each in self.rows for name in each.lacks)
        if lacking:
            short = sum(bool(each.lacks) for each in self.rows)
            words.append(f"{short:,} cannot for what is not known of them: {_counted(lacking)}.")
        if self.by_category is not None:
            words.append(f"By the terms: {_counted(self.by_category)}.")
        for why, count in Counter(each.why_not for each in self.rows if each.why_not is not None).items():
            words.append(f"{count:,} cannot by the terms: {why}.")
        if self.other_category:
            words.append(f"Of another category, and not counted here: {self.other_category:,}.")
        for article in sorted({article for article, _ in self.gaps}):
            named = {name: count for (of_article, name), count in self.gaps.items() if of_article == article}
            words.append(f"Named by {article}, in so far as available, and not known: {_counted(named)}.")
        if self.category_unknown:
            who = f"of {self.category_unknown:,}, so nobody can say what else a treaty names for them"
            words.append(f"The category of person is not known {who}.")
        return [*words, *map(str, self.unmet)]

    def as_json(self) -> dict[str, Any]:
        lacking = Counter(name for each in self.rows for name in each.lacks)
        answer: dict[str, Any] = {
            "people": len(self.rows), "can_be_named": self.ready, "in_words": self.in_words(),
            "lacking": [{"field": name, "people": count} for name, count in lacking.most_common()],
            "named_by_treaty_and_not_known": [
                {"article": article, "field": name, "people": count} for (article, name), count in self.gaps.items()
            ],
            "other_category": self.other_category, "category_unknown": self.category_unknown,
            "rows": [
                {"row": each.row, "lacks": list(each.lacks), "why_not": each.why_not}
                for each in self.rows if not each.ready
            ],
        }  # fmt: skip
        if self.by_category is not None:
            answer["by_category"] = [{"category": name, "people": n} for name, n in self.by_category.items()]
            answer["unmet"] = [problem.as_json() for problem in self.unmet]
        return answer


def readiness(
    records: Mapping[int, Mapping[str, str]],
    kind: ListKind,
    category: str | None = None,
    agreed: Agreed | None = None,
) -> Readiness:
    """How ready a list is.

    Args:
        records: what is known of each row, by its number.
        category: a category of person; rows of another are counted and left out, rows of none are taken to be of it.
    """
    taken = {row: one for row, one in records.items() if category in (None, one.get("person_category", category))}
    rows = tuple(_standing(row, one, kind, agreed) for row, one in sorted(taken.items()))
    gaps: Counter[tuple[str, str]] = Counter()
    unknown = 0
    for one in taken.values():
        article, names = SHALL_BE_KNOWN.get(one.get("person_category") or category or "", ("", ()))
        unknown += not article
        gaps.update((article, name) for name in names if name not in one and name not in NEEDED[kind])
    by_category = None
    unmet: list[Problem] = []
    if agreed is not None:
        found = Counter(each.category for each in rows if each.category is not None)
        by_category = {of.id: found[of.id] for of in agreed.categories}
        unmet = _unmet(list(taken.values()), kind, agreed)
    ordered = dict(sorted(gaps.items(), key=lambda item: (item[0][0], -item[1], item[0][1])))
    return Readiness(rows, category, len(records) - len(taken), unknown, ordered, by_category, tuple(unmet))


def _standing(row: int, record: Mapping[str, str], kind: ListKind, agreed: Agreed | None) -> Standing:
    lacks = [name for name in NEEDED[kind] if name not in record]
    if agreed is None:
        return Standing(row, tuple(lacks))
    day = date.fromisoformat(agreed.terms.target_date)
    found = category_of(record, agreed.categories, day)
    key = found if isinstance(found, Problem) else class_in(found, record, day)
    if isinstance(key, Problem):
        if key.code in (UNCERTAIN, CAPTURE):
            asked = {"capture_date"} if key.code == CAPTURE else looked_at(agreed.categories)
            lacks += [name for name in sorted(asked) if name not in record and name not in lacks]
        return Standing(row, tuple(lacks), None, _WHY[key.code])
    assert not isinstance(found, Problem)
    return Standing(row, tuple(lacks), found.id)


def _unmet(records: Sequence[Mapping[str, str]], kind: ListKind, agreed: Agreed) -> list[Problem]:
    """What the terms ask for and the list cannot give. What the lists of others would give, nobody here can know."""
    terms, side = agreed.terms, agreed.terms.side_of(agreed.party)
    if kind == "held":
        listed = Listed(side, (agreed.party,), HELD, records)
    else:
        other = terms.other_side(side)
        listed = Listed(other, terms.sides[other], SOUGHT, records)
    said = unmet_by_lists(terms, agreed.categories, [listed], agreed.quotas)
    return [problem for problem in said if problem.code not in _SAID_BY_ROW]


_SAID_BY_ROW = ("terms.unmet.unknown", "terms.unmet.category", "terms.unmet.uncertain", "terms.unmet.counted")


def _counted(of: Mapping[str, int]) -> str:
    return ", ".join(f"{_said(name)} {count:,}" for name, count in sorted(of.items(), key=lambda item: -item[1]))


def _said(name: str | None) -> str:
    return (name or "").replace("_", " ")
