"""The whole form of terms, out of what each parser declares: as JSON Schema, as a page, as a file to begin with.

    >>> schema()["$schema"], sorted(schema()["required"])[:3]
    ('https://json-schema.org/draft/2020-12/schema', ['answers_due', 'bound', 'chance_days'])
    >>> new_terms().splitlines()[0]
    '# Terms of a round, to be filled in.'
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from repatria.deal.classes import CATEGORY
from repatria.deal.quota import LIMITED, QUOTA
from repatria.deal.shape import Free, Key, ListOf, Table
from repatria.deal.terms import JOINED, KEYS

CATEGORIES = ListOf(Table(CATEGORY, "category"))
QUOTAS = ListOf(Table(QUOTA, "quota", LIMITED))
FORM = Table(
    (
        *KEYS,
        Key("category", CATEGORIES, "whom the terms are about, tried in this order; the first that fits decides."
            " Stays in the sealed annex", default=[], told_default="none: then no list fits"),
        Key("quota", QUOTAS, "how many people of a category are on a side's lists. Stays in the sealed annex",
            default=[], told_default="none"),
        Key("about", Free(), "where the terms come from, for readers of a file; no term, and nobody signs it",
            default={}, told_default="nothing"),
    ),
    "terms",
    JOINED,
)  # fmt: skip


def schema() -> dict[str, Any]:
    """The form as JSON Schema, for editors and other programs. Dates of TOML are checked as their ISO texts."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://repatria.example/terms.schema.json",
        "title": "Terms of a round",
        **FORM.schema(),
    }


def schema_text() -> str:
    return json.dumps(schema(), indent=2) + "\n"


def tables(of: Table = FORM, name: str = "") -> Iterator[tuple[str, Table]]:
    """Every table of the form by the name of its heading in a file, outermost first."""
    yield name, of
    for key in of.keys:
        inside = key.shape.of if isinstance(key.shape, ListOf) else key.shape
        if isinstance(inside, Table):
            yield from tables(inside, f"{name}.{key.name}" if name else key.name)


# --- the page ---------------------------------------------------------------------------------------------------------

HEAD = """# Terms as data

Made from the declarations that the parsers read by (`repatria/deal/terms.py`, `limit.py`, `classes.py`, `quota.py`) by
`python -m tests.deal.terms_page`; a test fails where it is old. The same as JSON Schema:
[terms.schema.json](terms.schema.json), or `repatria terms schema`.

Officers write terms in TOML. `repatria terms new --out terms.toml` gives a file to begin with, `repatria terms check
terms.toml` says every problem at once, what the terms say in words, which articles they touch and what cannot be met;
with `--node NODE` also by the lists that a node knows.

Two things come out of one text. The *ledger form* is read by everybody who holds the ledger; `[[category]]` and
`[[quota]]` stay in the *annex*, sealed to the parties, the mediators and whoever else signs, and the ledger form
has its salted hash. So the ledger shows that classes and quotas were attested by both sides, and cannot show that they
are right; `repatria verify --records` counts and derives them again for those who hold annex and records.
"""


def page() -> str:
    """docs/terms.md: a table for each table of the form."""
    return HEAD + "".join(_section(name, table) for name, table in tables())


def _section(name: str, table: Table) -> str:
    title = f"`[[{name}]]`" if name in _REPEATED else f"`[{name}]`" if name else "At the top"
    head = "| term | value | unit | if left out | meaning | article |\n|---|---|---|---|---|---|\n"
    return f"\n## {title}\n\n{head}" + "".join(map(_row, table.keys))


_REPEATED = frozenset({"stages", "stages.places", "limit", "limit.whom", "window", "category", "quota"})


def _row(key: Key) -> str:
    value = "-" if key.default in (..., None) else _toml(key.default)
    default = "must be given" if key.needed else key.told_default or value
    cells = (f"`{key.name}`", key.shape.words(), key.unit, default, key.meaning, key.article)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


# --- a file to begin with ---------------------------------------------------------------------------------------------

# Two sides of invented names; whoever begins with it changes every value.
_MINIBUSES = [{"vehicle": f"minibus-{n}", "side": "south", "seats": 11, "stretchers": 1} for n in range(1, 7)]
NEW: Mapping[str, Any] = {
    "round": "2026-1",
    "parties": ["north", "south"],
    "neutral": "cross",
    "bound": 20,
    "answers_due": date(2026, 2, 6),
    "target_date": date(2026, 3, 1),
    "chance_days": 7,
    "undertakings": ["gc3-117"],
    "totals": {"north": 100, "south": 120},
    "signatures": {"plan": ["strand"]},
    "quorums": {"south": 3},
    "lying": "s",
    "disclosure": {"to": ["holder"], "fields": ["family_name", "given_names", "date_of_birth", "service_number"]},
    "stages": [
        {
            "stage": f"s{number}", "date": day, "safe_place": "school",
            "places": [
                {
                    "place": "bridge", "bound": 10, "capacity": {"north": 60, "south": 72},
                    "marked": {"s": 24}, "accounts": {"remains": 40},
                    **({"vehicles": _MINIBUSES} if number == 2 else {}),
                },
            ],
        }
        for number, day in ((1, date(2026, 2, 19)), (2, date(2026, 2, 21)))
    ],
    "limit": [
        {"id": "under-25-early", "at_least": 5, "whom": [{"side": "north", "mark": "y", "stages": ["s1"]}]},
        {"id": "desk", "at_most": 130, "each": ["stage", "place"], "whom": [{"account": "exchange"}], "firm": True},
    ],
    "window": [{"id": "stretchers", "mark": "s", "places": ["bridge"]}],
    "category": [
        {
            "id": "seriously-wounded-and-sick", "tier": 0, "counts": False, "all": True, "marks": ["s"],
            "when": {"medical_category": ["seriously_wounded", "seriously_sick", "direct_repatriation"]},
        },
        {
            "id": "retained-personnel", "tier": 0, "counts": False, "all": True,
            "when": {"person_category": ["retained_personnel"]},
        },
        {
            "id": "civilians", "tier": 0, "counts": False, "account": "civilians",
            "when": {"person_category": ["civilian_internee", "security_detainee", "convicted_detainee"]},
        },
        {"id": "under-25", "tier": 1, "counts": True, "all": True, "when": {"age_under": 25}, "marks": ["y"]},
        {"id": "by-time-in-captivity", "tier": 2, "counts": True, "order": "captivity_months", "since": "2022-02"},
    ],
    "quota": [{"category": "under-25", "side": "north", "at_least": 10}],
}  # fmt: skip


def new_terms() -> str:
    """A file of terms that passes every check, with each term's meaning beside it: a place to begin."""
    head = (
        "# Terms of a round, to be filled in.\n"
        "# Every name, number and day here is an example. `repatria terms check` says what is wrong or missing;\n"
        "# docs/terms.md has every term in one table. What stands behind # is not there for the program.\n\n"
    )
    return terms_text(NEW, head)


def terms_text(values: Mapping[str, Any], head: str) -> str:
    """These values as a file of terms under a head, each with its meaning; terms without a value stand behind #."""
    return head + "\n".join(_lines(FORM, values, "")).rstrip("\n") + "\n"


def _lines(table: Table, values: Mapping[str, Any], name: str) -> Iterator[str]:
    """The values of a table as TOML, each under its meaning; terms that are left out stand behind #."""
    nested: list[Key] = []
    for key in table.keys:
        if name == "" and isinstance(key.shape, Free):
            continue
        if _is_nested(values.get(key.name), outermost=name == ""):
            nested.append(key)
            continue
        yield _meaning(key)
        given = key.name in values
        default = "" if key.default in (..., None) else _toml(key.default)
        yield f"{key.name} = {_toml(values[key.name])}" if given else f"# {key.name} = {default or '...'}"
    for key in nested:
        heading = f"{name}.{key.name}" if name else key.name
        several = isinstance(values[key.name], list)
        for at, value in enumerate(values[key.name] if several else [values[key.name]]):
            yield ""
            if at == 0 and name == "":
                yield _meaning(key)
            yield f"[[{heading}]]" if several else f"[{heading}]"
            inside = key.shape.of if isinstance(key.shape, ListOf) else key.shape
            if isinstance(inside, Table) and at == 0:
                yield from _lines(inside, value, heading)
            elif isinstance(inside, Table):
                yield from _bare(inside, value, heading)
            else:
                yield from (f"{side} = {_toml(each)}" for side, each in value.items())


def _bare(table: Table, values: Mapping[str, Any], name: str) -> Iterator[str]:
    """The same once more, without the meanings."""
    for key in table.keys:
        if key.name in values and not _is_nested(values[key.name]):
            yield f"{key.name} = {_toml(values[key.name])}"
    for key in table.keys:
        if _is_nested(values.get(key.name)) and isinstance(key.shape, ListOf) and isinstance(key.shape.of, Table):
            for value in values[key.name]:
                yield f"[[{name}.{key.name}]]"
                yield from _bare(key.shape.of, value, f"{name}.{key.name}")


def _is_nested(value: Any, outermost: bool = False) -> bool:
    """Whether a value has a heading of its own: lists of tables, and the outermost tables of a file."""
    return (isinstance(value, list) and isinstance(value[0], Mapping)) or (isinstance(value, Mapping) and outermost)


def _meaning(key: Key) -> str:
    beside = "; ".join(each for each in (key.unit, key.article) if each)
    return f"# {key.meaning}" + (f" ({beside})" if beside else "")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }" if value else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value) if isinstance(value, int | date) else json.dumps(value, ensure_ascii=False)
