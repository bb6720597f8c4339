"""One declaration of what terms may say: the parsers, the schema, the page and the file to begin with agree on it.

The schema is tried with somebody else's validator. It says the shape of terms; what joins several of them (every party
on one side, stages in order, quotas of categories that are there) only the parsers can say.
"""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from repatria.deal.classes import parse_categories
from repatria.deal.commands.terms import check_terms
from repatria.deal.fit import unmet_by_terms
from repatria.deal.form import FORM, new_terms, schema, tables
from repatria.deal.quota import parse_quotas
from repatria.deal.terms import ANNEX, EXAMPLE, read_terms
from repatria.files.agreements import agreement, shipped
from repatria.files.law import figures
from repatria.files.locales import lead_times
from repatria.rehearsal.terms import TEST, terms_text
from tests.deal.terms_page import DOCS, files
from tests.deal.test_terms import ANKARA, ASKING

VALIDATOR = Draft202012Validator(schema(), format_checker=FormatChecker())
SHAPE = {"terms.field", "deal.form", "deal.quota.form"}  # what the parsers say of shape alone, besides what joins terms
TEXTS = {
    "example": EXAMPLE, "ankara": ANKARA, "asking": ASKING, "new": new_terms(), "scenario": terms_text(TEST),
    **{name: agreement(name) for name in shipped()},
}  # fmt: skip


def plain(value: Any) -> Any:
    """As JSON has it: dates as their ISO texts."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def codes(raw: dict[str, Any]) -> set[str]:
    """What the parsers say of a table."""
    ledger = {name: value for name, value in raw.items() if name not in (*ANNEX, "about")}
    terms, problems = read_terms(ledger, "0" * 64)
    categories, more = parse_categories(raw.get("category", []), historical=raw.get("historical") is True)
    sides = tuple(terms.sides) if terms is not None else ("north", "south")
    _, off = parse_quotas(raw.get("quota", []), categories, sides)
    return {problem.code for problem in (*problems, *more, *off)}


def fits(raw: dict[str, Any]) -> bool:
    return not list(VALIDATOR.iter_errors(plain(raw)))


@pytest.mark.parametrize("name", TEXTS)
def test_terms_that_the_parsers_take_fit_the_schema(name: str) -> None:
    raw = tomllib.loads(TEXTS[name])
    assert codes(raw) == set()
    assert [error.message for error in VALIDATOR.iter_errors(plain(raw))] == []


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_files_in_the_docs_are_what_the_code_says() -> None:
    written = {name: (DOCS / name).read_text(encoding="utf-8") for name in files()}
    assert written == files(), "write them again: python -m tests.deal.terms_page"
    assert json.loads(written["terms.schema.json"]) == schema()


# --- what one refuses the other refuses -------------------------------------------------------------------------------

Path_ = tuple[str | int, ...]
STRANGE = ("x y", "", -1, 0, 10**9, 3.5, True, [], ["x y"], {}, {"x": 1}, None)


def paths(value: Any, at: Path_ = ()) -> Iterator[Path_]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield (*at, name)
        yield from paths(each, (*at, name))


def changed(raw: dict[str, Any], path: Path_, change: Callable[[Any, Any], None]) -> dict[str, Any]:
    twin = copy.deepcopy(raw)
    inside: Any = twin
    for name in path[:-1]:
        inside = inside[name]
    change(inside, path[-1])
    return twin


def remove(inside: Any, name: Any) -> None:
    del inside[name]


BASES = [tomllib.loads(TEXTS[name]) for name in ("new", "ankara", "asking")]
PLACES = [(raw, path) for raw in BASES for path in paths(raw) if path[0] != "about"]
# Left out or changed alone, these do not join with the rest any more, and only the parsers can see that.
JOINED = ("parties", "sides", "totals", "capacity", "date", "target_date", "answers_due")


def refused_for_shape(raw: dict[str, Any], path: Path_) -> bool:
    joined = any(name in path for name in JOINED)
    return bool(codes(raw) & SHAPE) and not joined


@pytest.mark.parametrize("strange", STRANGE, ids=repr)
def test_a_strange_value_anywhere_is_refused_by_the_schema_where_the_parsers_refuse_its_shape(strange: Any) -> None:
    tried = 0
    for raw, path in PLACES:
        bent = changed(raw, path, lambda inside, name: inside.__setitem__(name, copy.deepcopy(strange)))
        if refused_for_shape(bent, path):
            tried += 1
            assert not fits(bent), path
        elif not codes(bent) and strange is not None:
            assert fits(bent), path
    assert tried > 40 or strange in (0, [], {}, True, 10**9)


def test_whatever_is_left_out_is_missed_by_both_or_by_neither() -> None:
    missed = 0
    for raw, path in PLACES:
        bent = changed(raw, path, remove)
        if refused_for_shape(bent, path):
            missed += 1
            assert not fits(bent), path
        elif not codes(bent):
            assert fits(bent), path
    assert missed > 30


def test_an_unknown_term_anywhere_is_refused_by_both() -> None:
    at = 0
    for raw, path in PLACES:
        inside: Any = raw
        for name in path:
            inside = inside[name]
        if not isinstance(inside, dict) or path[-1] in ("sides", "totals", "capacity", "quorums"):
            continue
        at += 1
        bent = changed(raw, (*path, "waiver"), lambda inside, name: inside.__setitem__(name, 1))
        assert codes(bent), path
        assert not fits(bent), path
    assert at > 20
    assert not fits(EXAMPLE_RAW | {"waiver": 1})
    assert "terms.field" in codes(EXAMPLE_RAW | {"waiver": 1})


EXAMPLE_RAW = tomllib.loads(EXAMPLE)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(("north", "id", "x")), inner, max_size=2), max_leaves=4,
))  # fmt: skip
def test_any_value_anywhere_is_refused_by_the_schema_where_the_parsers_refuse_its_shape(
    place: tuple[dict[str, Any], Path_], value: Any
) -> None:
    raw, path = place
    bent = changed(raw, path, lambda inside, name: inside.__setitem__(name, value))
    if refused_for_shape(bent, path):
        assert not fits(bent)


# --- every key is somewhere -------------------------------------------------------------------------------------------


def test_every_key_of_every_table_stands_in_the_schema_on_the_page_and_in_the_file_to_begin_with() -> None:
    page, new = files()["terms.md"], new_terms()
    known = schema()
    assert set(known["properties"]) == {key.name for key in FORM.keys}
    for name, table in tables():
        for key in table.keys:
            assert f"| `{key.name}` |" in page
            if name != "category.when" and key.name != "about":
                assert any(each in new for each in (f"{key.name} = ", f"[{key.name}]", f".{key.name}]")), key.name


def test_the_file_to_begin_with_passes_every_check_and_asks_for_nothing_that_cannot_be_met() -> None:
    checked = check_terms(new_terms(), "new.toml", figures())
    assert checked.problems == []
    assert [finding.check.code for finding in checked.findings if finding.answer in ("warn", "unknown")] == []
    assert checked.terms is not None
    assert unmet_by_terms(checked.terms, checked.categories, lead_times(), quotas=checked.quotas) == []


def test_a_value_that_no_record_has_is_found_before_it_fits_nobody() -> None:
    """A slip of the pen in a category would leave everybody it is for to the next one."""
    bent = changed(BASES[0], ("category", 0, "when", "medical_category", 0), lambda i, n: i.__setitem__(n, "serious"))
    assert codes(bent) == {"deal.category.value"}
    assert not fits(bent)
