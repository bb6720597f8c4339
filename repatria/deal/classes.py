"""What the plan may know of a person: categories over the record on one side, opaque classes on the other.

Parties agree on *categories*: predicates over a record's fields, tried in order; the first that fits
decides the person's tier, whether the person counts in the ratio, and whether everyone like that must go.
Ages, ranks and medical findings stay in the sealed annex: the ledger, the plan and the lottery see only a
random *class* id with weight, tier, counts and all.

Rules:

* A predicate never looks at race, religion, opinion or nationality (GC III 16), nor at a wish.
* Civilians, direct-repatriation cases, the seriously wounded and sick, retained personnel and the dead are never
  counted in a ratio (GC IV 34; GC III 109(1), 33; GC I 17): a category that says so is refused, and so is a counted
  category that would catch such a person because nothing before it did.
* What a partial date leaves open, a person decides: the answer is a `Problem`, never a guess.

    >>> wounded = Category("wounded", 0, False, True, (In("medical_category", ("seriously_wounded",)),))
    >>> young = Category("young", 1, True, True, (Age(under=25),))
    >>> rest = Category("rest", 2, True, False, order="captivity_months", since="2022-02")
    >>> on = date(2025, 12, 1)
    >>> classify({"date_of_birth": "2001-05"}, (wounded, young, rest), on)
    ClassKey(tier=1, weight=1, counts=True, all=True, account='exchange', marks=())
    >>> classify({"date_of_birth": "1980", "capture_date": "2022-04-09"}, (wounded, young, rest), on)
    ClassKey(tier=4, weight=1, counts=True, all=False, account='exchange', marks=())
    >>> classify({"date_of_birth": "2000"}, (wounded, young, rest), on).code
    'deal.category.uncertain'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from repatria.deal.shape import Count, Key, ListOf, Table, Text, Yes, names
from repatria.ledger.canonical import NotCanonical, decode, encode
from repatria.people.dates import PartialDate, age_on, parse_date
from repatria.people.person import field_choices
from repatria.problem import Problem, Problems

Fields = Mapping[str, object]

WEIGHT_MAX = 1000
# Why a record has no class: the categories leave it open, none takes it, its order is not known, or it may never count.
UNCERTAIN, NONE, CAPTURE = "deal.category.uncertain", "deal.category.none", "deal.category.capture"
COUNTED = "deal.category.counted"
TIER_MAX = 100_000
MARK = "[a-z]"
_MONTH = "[0-9]{4}-(0[1-9]|1[0-2])"
_MONTHS_MAX = 600  # where a category gives no `since`, captivity is told apart up to fifty years back

# Fields that a category may look at. GC III 16 lets rank, sex, age, health and qualifications matter; what
# is not here is refused, so that place of birth or a family name cannot stand in for what Article 16
# forbids.
GROUNDS = frozenset(
    {
        "sex", "person_category", "service_branch", "rank", "rank_band", "detaining_power", "power_on_which_depends",
        "legal_proceedings", "custody_status", "medical_category", "priority_grounds",
    }
)  # fmt: skip
FORBIDDEN_GROUNDS = {
    **dict.fromkeys(
        ("race", "ethnicity", "nationality", "religion", "religious_belief", "opinion", "political_opinion"),
        "GC III 16",
    ),
    "wish_to_return": "GC III 109(3)",
}

# Values that never stand in a ratio, per field, with the article that says so.
NEVER_COUNTED = {
    ("person_category", "civilian_internee"): "GC IV 34",
    ("person_category", "retained_personnel"): "GC III 33",
    ("medical_category", "direct_repatriation"): "GC III 109(1)",
    ("medical_category", "seriously_wounded"): "GC III 109(1)",
    ("medical_category", "seriously_sick"): "GC III 109(1)",
    ("person_category", "deceased"): "GC I 17",
}


def ground_forbidden_by(field: str) -> str | None:
    """The article that keeps categories from looking at this field, if one does."""
    return FORBIDDEN_GROUNDS.get(field)


# What a person is handed over under, each with accounts of its own. Only the first stands in a ratio and a balance.
EXCHANGE, REPATRIATION, CIVILIANS, REMAINS = "exchange", "repatriation", "civilians", "remains"
ACCOUNTS = (EXCHANGE, REPATRIATION, CIVILIANS, REMAINS)


def prices_people(points: int, counts: bool, historical: bool) -> bool:
    """Whether a person stands for other than one: only ranks of a past exchange may, and only inside its ratio."""
    return points != 1 and not (historical and counts)


def counts_as_its_account(counts: bool, account: str) -> bool:
    """Whether what is counted in the ratio is the account of the exchange, and nothing else is."""
    return counts == (account == EXCHANGE)


@dataclass(frozen=True)
class In:
    """True where a field has one of `values`; for a list field, where any of its values is one of them."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Age:
    """True where the age in whole years on the day of classifying is below `under` and at least
    `at_least`."""

    under: int | None = None
    at_least: int | None = None


@dataclass(frozen=True)
class Category:
    """One agreed category. All its predicates must hold; with none it takes whoever is left.

    `order="captivity_months"` (last category only) spreads its people over tiers from `tier` on by month of
    capture, longest in captivity first; `since` ("2022-02") is the month whose captives, and everyone
    captured before it, take the first of those tiers.
    """

    id: str
    tier: int
    counts: bool
    all: bool = False
    when: tuple[In | Age, ...] = ()
    order: str | None = None
    since: str | None = None
    account: str = ""  # by default the exchange if it counts, else unconditional repatriation
    points: int = 1  # what one such person stands for; anything but one only in a historical exchange
    marks: tuple[str, ...] = ()  # letters by which further terms count these people, in order

    def __post_init__(self) -> None:
        _default_account(self)


@dataclass(frozen=True, order=True)
class ClassKey:
    """What a class says, before it has an id: two people with equal keys are alike to every term."""

    tier: int
    weight: int
    counts: bool
    all: bool
    account: str = ""
    marks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _default_account(self)


@dataclass(frozen=True, order=True)
class PersonClass:
    """A class as signed: `tier` 0 goes first; `counts=False` stands outside ratio and balance; `all` means
    that every unit of the class goes. `weight` is how many people one unit is (a family, a crew). `account` says what
    they are handed over under; only the exchange's counts. `marks` are single letters: what terms call those whom they
    count further (who needs a stretcher, who is of a crew); what a letter means is said in the sealed annex."""

    class_id: str
    weight: int
    tier: int
    counts: bool
    all: bool
    account: str = ""
    marks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _default_account(self)

    @property
    def key(self) -> ClassKey:
        return ClassKey(self.tier, self.weight, self.counts, self.all, self.account, self.marks)


def _default_account(of: Category | ClassKey | PersonClass) -> None:
    if not of.account:
        object.__setattr__(of, "account", EXCHANGE if of.counts else REPATRIATION)


def classify(
    fields: Fields, categories: Sequence[Category], on_date: date, weight: int = 1, where: str = "record"
) -> ClassKey | Problem:
    """The class of one record: the first category that fits, or what a person must decide before there is
    one."""
    category = category_of(fields, categories, on_date, where)
    return category if isinstance(category, Problem) else class_in(category, fields, on_date, weight, where)


def category_of(
    fields: Fields, categories: Sequence[Category], on_date: date, where: str = "record"
) -> Category | Problem:
    """The first category that fits a record, or why there is none."""
    for category in categories:
        fits = _all_of(_holds(predicate, fields, on_date) for predicate in category.when)
        if fits is None:
            return Problem(
                UNCERTAIN,
                where,
                f'whether category "{category.id}" fits depends on what the record leaves open',
                "have a person decide, and complete the record with what was decided",
            )
        if not fits:
            continue
        if category.counts:
            for (field, value), article in NEVER_COUNTED.items():
                if value in _values(field, fields.get(field)):
                    return Problem(
                        COUNTED,
                        where,
                        f'category "{category.id}" counts in the ratio and would take a person'
                        f" whose {field} is {value}",
                        f"agree on a category before it, with counts = false, for {field} {value}",
                        article,
                    )
        return category
    return Problem(
        NONE,
        where,
        f"none of the {len(categories)} agreed categories fits",
        "take the record off the list, or agree on a category for it",
    )


def class_in(
    category: Category, fields: Fields, on_date: date, weight: int = 1, where: str = "record"
) -> ClassKey | Problem:
    """The class that a category gives a record which it takes, or what its order needs and the record leaves open."""
    tier = category.tier
    if category.order == "captivity_months":
        steps = _captivity_steps(fields.get("capture_date"), category.since, on_date)
        if steps is None:
            return Problem(
                CAPTURE,
                where,
                "the month of capture is not certain, and the order of this category goes by it",
                "have a person decide, and complete the date of capture to the month",
            )
        tier += steps
    points = weight * category.points
    return ClassKey(tier, points, category.counts, category.all, category.account, category.marks)


def looked_at(categories: Iterable[Category]) -> set[str]:
    """The fields of a record on which its class can depend."""
    found = set()
    for category in categories:
        found |= {each.field if isinstance(each, In) else "date_of_birth" for each in category.when}
        found |= {"capture_date"} if category.order is not None else set()
    return found | {field for field, _ in NEVER_COUNTED}


def check_categories(
    categories: Sequence[Category], where: str = "terms, category", historical: bool = False
) -> list[Problem]:
    """Everything wrong with agreed categories, as law (with its article) or as data.

    Args:
        historical: the exchange is one of the past, told again; only then may ranks stand for points.
    """
    problems: list[Problem] = []

    def bad(category: Category, code: str, what: str, do: str, article: str | None = None) -> None:
        problems.append(Problem(code, f'{where} "{category.id}"', what, do, article))

    seen: set[str] = set()
    for position, category in enumerate(categories):
        if category.id in seen:
            bad(category, "deal.category.twice", "two categories have this id", "give each its own id")
        seen.add(category.id)
        if not 0 <= category.tier <= TIER_MAX:
            bad(category, "deal.category.tier", f"tier {category.tier}", f"use a tier from 0 to {TIER_MAX}")
        for predicate in category.when:
            if isinstance(predicate, Age):
                if predicate.under is None and predicate.at_least is None:
                    bad(
                        category,
                        "deal.category.age",
                        "an age without a limit",
                        "give age_under or age_at_least",
                    )
                continue
            if ground_forbidden_by(predicate.field):
                bad(
                    category,
                    "deal.category.adverse",
                    f"looks at {predicate.field}, which is no ground for telling prisoners apart",
                    "remove the predicate",
                    ground_forbidden_by(predicate.field),
                )
            elif predicate.field not in GROUNDS:
                bad(
                    category,
                    "deal.category.field",
                    f"looks at {predicate.field}, which no category may",
                    "use one of " + ", ".join(sorted(GROUNDS)) + ", age_under or age_at_least",
                )
            if not predicate.values:
                bad(
                    category,
                    "deal.category.empty",
                    f"no value for {predicate.field}",
                    "give at least one value",
                )
            known = field_choices(predicate.field) if predicate.field in GROUNDS else ()
            strange = [value for value in predicate.values if known and value not in known]
            if strange:
                bad(
                    category,
                    "deal.category.value",
                    f"asks for {', '.join(strange)}, which no record says of {predicate.field}",
                    "use one of " + ", ".join(known),
                )
            for value in predicate.values if category.counts else ():
                article = NEVER_COUNTED.get((predicate.field, value))
                if article:
                    bad(
                        category,
                        "deal.category.counted",
                        f"counts people whose {predicate.field} is {value} in the ratio",
                        "set counts = false: nothing may be asked in return for them",
                        article,
                    )
        if not 1 <= category.points <= WEIGHT_MAX:
            bad(category, "deal.category.points", f"{category.points} points", f"use 1 to {WEIGHT_MAX}")
        elif prices_people(category.points, category.counts, historical):
            bad(
                category,
                "deal.category.price",
                "a person stands for other than one",
                "remove points: a person has no price; only an exchange marked historical has an equivalence",
                "GC IV 34",
            )
        if category.account not in ACCOUNTS:
            bad(category, "deal.category.account", f"account {category.account}", "use one of " + ", ".join(ACCOUNTS))
        elif not counts_as_its_account(category.counts, category.account):
            bad(
                category,
                "deal.category.account",
                f"counts = {str(category.counts).lower()} under the account {category.account}",
                f"only {EXCHANGE} counts in the ratio, and it always does",
                "GC IV 34" if category.account == CIVILIANS else "GC III 109(1)",
            )
        if category.order not in (None, "captivity_months"):
            bad(
                category,
                "deal.category.order",
                f"order {category.order}",
                'use "captivity_months" or leave it out',
            )
        if category.order is not None:
            if position != len(categories) - 1:
                bad(
                    category,
                    "deal.category.order",
                    "an order, but not the last category",
                    "move it to the end",
                )
            highest = max((other.tier for other in categories[:position]), default=-1)
            if category.tier <= highest:
                bad(
                    category,
                    "deal.category.tier",
                    f"begins at tier {category.tier}, but another category has tier {highest}",
                    f"begin at tier {highest + 1} or later: the order spreads it over the tiers that follow",
                )
        if category.since is not None and not re.fullmatch(_MONTH, category.since):
            bad(category, "deal.category.since", "since is not a month", "write it as 2022-02")
    return problems


def draft_classes(keys: Iterable[ClassKey], random_bytes: Callable[[int], bytes]) -> dict[ClassKey, PersonClass]:
    """One class with a random 128-bit id for each distinct key; `random_bytes(n)` gives n secret random
    bytes."""
    drafted: dict[ClassKey, PersonClass] = {}
    taken: set[str] = set()
    for key in sorted(set(keys)):
        class_id = random_bytes(16).hex()
        while class_id in taken:
            class_id = random_bytes(16).hex()
        taken.add(class_id)
        drafted[key] = PersonClass(class_id, key.weight, key.tier, key.counts, key.all, key.account, key.marks)
    return drafted


def encode_classes(classes: Iterable[PersonClass]) -> bytes:
    """The classes attachment: canonical JSON, sorted by id."""
    rows = [
        {
            "class": c.class_id, "weight": c.weight, "tier": c.tier, "counts": c.counts, "all": c.all,
            "account": c.account, **({"marks": list(c.marks)} if c.marks else {}),
        }
        for c in sorted(classes)
    ]  # fmt: skip
    return encode({"v": 1, "kind": "classes", "classes": rows})


def decode_classes(data: bytes, where: str = "classes") -> dict[str, PersonClass]:
    """The classes of an attachment, by id.

    Raises:
        Problems: everything that is wrong with it, all at once.
    """
    try:
        value = decode(data)
    except NotCanonical as error:
        raise Problems([_shape(where, f"not canonical JSON ({error})")]) from error
    if not isinstance(value, dict) or set(value) != {"v", "kind", "classes"}:
        raise Problems([_shape(where, "not an object with exactly v, kind and classes")])
    problems = []
    if type(value["v"]) is not int or value["v"] != 1 or value["kind"] != "classes":
        problems.append(_shape(where, 'not kind "classes", version 1'))
    if not isinstance(value["classes"], list):
        raise Problems([*problems, _shape(where, "classes is not a list")])
    classes: dict[str, PersonClass] = {}
    last = ""
    for index, row in enumerate(value["classes"]):
        at = f"{where}, class {index + 1}"
        if not isinstance(row, dict) or set(row) - {"marks"} != {"class", "weight", "tier", "counts", "all", "account"}:
            problems.append(_shape(at, "not an object with exactly class, weight, tier, counts, all and account"))
            continue
        class_id, weight, tier, counts, everyone, account = (
            row[name] for name in ("class", "weight", "tier", "counts", "all", "account")
        )
        marks = row.get("marks", ())
        fine = [
            (
                isinstance(class_id, str) and re.fullmatch("[0-9a-f]{32}", class_id),
                "its id is not 32 hex digits",
            ),
            (type(weight) is int and 1 <= weight <= WEIGHT_MAX, f"its weight is not from 1 to {WEIGHT_MAX}"),
            (type(tier) is int and 0 <= tier <= TIER_MAX, f"its tier is not from 0 to {TIER_MAX}"),
            (isinstance(counts, bool), "counts is neither true nor false"),
            (isinstance(everyone, bool), "all is neither true nor false"),
            (account in ACCOUNTS, "its account is none of " + ", ".join(ACCOUNTS)),
            (
                not isinstance(counts, bool) or counts_as_its_account(counts, account),
                "only the account of the exchange counts, and it always does",
            ),
            ("marks" not in row or (marks and are_marks(marks)), "its marks are not single letters in order"),
        ]
        wrong = [_shape(at, what) for good, what in fine if not good]
        if not wrong and class_id <= last:
            wrong = [_shape(at, "its id is not greater than the one before it")]
        problems += wrong
        if isinstance(class_id, str):
            last = max(last, class_id)
        if not wrong:
            classes[class_id] = PersonClass(class_id, weight, tier, counts, everyone, account, tuple(marks))
    if problems:
        raise Problems(problems)
    return classes


def parse_categories(
    raw: object, where: str = "terms, category", historical: bool = False
) -> tuple[tuple[Category, ...], list[Problem]]:
    """Categories from the annex's tables, with every problem of form and law at once.

    A table's `when` maps a field to the values it may have, and knows `age_under` and `age_at_least`:

        >>> tables = [{"id": "young", "tier": 1, "counts": True, "when": {"age_under": 25, "sex": ["female"]}}]
        >>> parse_categories(tables)[0][0].when
        (Age(under=25, at_least=None), In(field='sex', values=('female',)))
    """
    if not isinstance(raw, list | tuple):
        return (), [_shape(where, "not a list of categories")]
    problems: list[Problem] = []
    categories: list[Category] = []
    for index, table in enumerate(raw):
        at = f"{where} {index + 1}"
        if not isinstance(table, Mapping):
            problems.append(_shape(at, "not a table"))
            continue
        wrong = [
            _shape(at, f"{name} is not something a category says")
            for name in sorted(set(table) - names(CATEGORY), key=str)
        ]
        for name, kind in (("id", str), ("tier", int), ("counts", bool)):
            if type(table.get(name)) is not kind:
                wrong.append(_shape(at, f"{name} is missing or not a {kind.__name__}"))
        if type(table.get("all", False)) is not bool:
            wrong.append(_shape(at, "all is neither true nor false"))
        wrong += [
            _shape(at, f"{name} is not a text")
            for name in ("order", "since", "account")
            if not isinstance(table.get(name), str | None) or table.get(name) == ""
        ]
        if type(table.get("points", 1)) is not int:
            wrong.append(_shape(at, "points is not a whole number"))
        if not are_marks(table.get("marks", ())):
            wrong.append(_shape(at, "marks are not single letters in order, each once"))
        when = table.get("when", {})
        predicates: list[In | Age] = []
        if not isinstance(when, Mapping):
            wrong.append(_shape(at, "when is not a table"))
            when = {}
        if "age_under" in when or "age_at_least" in when:
            limits = [when.get("age_under"), when.get("age_at_least")]
            if all(limit is None or (type(limit) is int and 0 <= limit <= 150) for limit in limits):
                predicates.append(Age(limits[0], limits[1]))
            else:
                wrong.append(_shape(at, "an age is not a whole number of years from 0 to 150"))
        for field in sorted(set(when) - {"age_under", "age_at_least"}, key=str):
            values = when[field]
            if isinstance(values, list | tuple) and all(isinstance(value, str) for value in values):
                predicates.append(In(str(field), tuple(values)))
            else:
                wrong.append(_shape(at, f"{field} is not a list of texts"))
        problems += wrong
        if not wrong:
            categories.append(
                Category(
                    table["id"], table["tier"], table["counts"], table.get("all", False),
                    tuple(predicates), table.get("order"), table.get("since"), table.get("account") or "",
                    table.get("points", 1), tuple(table.get("marks", ())),
                )
            )  # fmt: skip
    return tuple(categories), problems + check_categories(categories, where, historical)


def format_categories(categories: Iterable[Category]) -> list[dict[str, Any]]:
    """The inverse of `parse_categories`."""
    tables: list[dict[str, Any]] = []
    for category in categories:
        when: dict[str, Any] = {}
        for predicate in category.when:
            if isinstance(predicate, In):
                when[predicate.field] = list(predicate.values)
            else:
                limits = {"age_under": predicate.under, "age_at_least": predicate.at_least}
                when |= {name: limit for name, limit in limits.items() if limit is not None}
        table = {
            "id": category.id,
            "tier": category.tier,
            "counts": category.counts,
            "all": category.all,
            "when": when,
        }
        table |= {k: v for k, v in (("order", category.order), ("since", category.since)) if v is not None}
        table["account"] = category.account
        if category.points != 1:
            table["points"] = category.points
        if category.marks:
            table["marks"] = list(category.marks)
        tables.append(table)
    return tables


# What may stand in a category, and what it means. `parse_categories` knows the keys from here.
WHEN = (
    Key("age_under", Count(0, 150), "younger than that on the target date", unit="years", default=None),
    Key("age_at_least", Count(0, 150), "at least that old on the target date", unit="years", default=None),
    *(Key(name, ListOf(Text(field_choices(name)), least=1), "the record has one of these", article="GC III 16",
          default=None) for name in sorted(GROUNDS)),
)  # fmt: skip
CATEGORY = (
    Key("id", Text(), "what the category is called"),
    Key("tier", Count(0, TIER_MAX), "the order in which people go: 0 first"),
    Key("counts", Yes(), "whether its people count in the ratio", article="GC III 33, 109(1); GC IV 34"),
    Key("all", Yes(), "whether everyone like that goes", default=False),
    Key("when", Table(WHEN, "category.when"), "what a record must say; all of it must hold", article="GC III 16",
        default={}, told_default="whoever is left"),
    Key("order", Text(("captivity_months",)), "spreads its people over tiers by month of capture, longest held first;"
        " last category only", default=None, told_default="none"),
    Key("since", Text(pattern=_MONTH), "the month whose captives, and everyone captured before, take the first of these"
        " tiers", default=None, told_default="fifty years back"),
    Key("account", Text(ACCOUNTS), "what its people are handed over under; only the exchange counts", default=None,
        told_default="`exchange` if it counts, else `repatriation`"),
    Key("points", Count(1, WEIGHT_MAX), "what one such person stands for; other than 1 only in a historical exchange",
        unit="points", article="GC IV 34", default=1),
    Key("marks", ListOf(Text(pattern=MARK), once=True), "letters by which further terms count its people; what a letter"
        " means stays in this annex", article="GC III 16", default=[], told_default="none"),
)  # fmt: skip


def are_marks(value: object) -> bool:
    """Whether a value is a list of marks: single letters, in order, each once."""
    return (
        isinstance(value, list | tuple)
        and all(isinstance(mark, str) and re.fullmatch(MARK, mark) for mark in value)
        and list(value) == sorted(set(value))
    )


def _shape(where: str, what: str) -> Problem:
    return Problem("deal.form", where, what, "ask its author for a well-formed one")


def _all_of(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued and: one no decides; else one unknown leaves it open."""
    listed = list(answers)
    if False in listed:
        return False
    return None if None in listed else True


def _holds(predicate: In | Age, fields: Fields, on_date: date) -> bool | None:
    if isinstance(predicate, In):
        return any(value in predicate.values for value in _values(predicate.field, fields.get(predicate.field)))
    low, high = _age(fields.get("date_of_birth"), on_date)
    under = predicate.under if predicate.under is not None else 10_000
    least = predicate.at_least if predicate.at_least is not None else -1
    if least <= low and high < under:
        return True
    if high < least or low >= under:
        return False
    return None


def _values(field: str, value: object) -> tuple[str, ...]:
    """The values of a field, also from its text form: a list field has several in one text."""
    if isinstance(value, str):
        return tuple(value.split(";")) if field in _LISTS else (value,)
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else ()


def _captivity_steps(value: object, since: str | None, on_date: date) -> int | None:
    """How many tiers after the first: months from `since` to the month of capture, or None where it is not
    certain."""
    captured = _partial(value)
    if captured is None or _month(captured.first) != _month(captured.last):
        return None
    begins = _partial(since)
    first = _month(on_date) - _MONTHS_MAX if begins is None else _month(begins.first)
    return max(0, _month(captured.first) - first)


_LISTS = ("priority_grounds",)


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _age(value: object, on_date: date) -> tuple[int, int]:
    """The least and greatest age in whole years that a possibly partial date of birth allows."""
    born = _partial(value)
    return (0, 9_999) if born is None else age_on(born, on_date)


def _partial(value: object) -> PartialDate | None:
    """A record's date, as a value or in its text form; None where it is unknown or cannot be read."""
    if isinstance(value, PartialDate):
        return value
    parsed = parse_date(value, "iso") if isinstance(value, str) and value else None
    return parsed if isinstance(parsed, PartialDate) else None
