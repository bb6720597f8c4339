"""What is nested deeper than anybody writes is answered like everything else that is no file of that kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from repatria.deal.calendar import parse_lead_times
from repatria.deal.terms import annex_categories, annex_quotas, parse_terms
from repatria.families.case import parse_request
from repatria.files.athome import parse_events, parse_signatures
from repatria.law.commands import check_facts
from repatria.law.figures import parse_figures
from repatria.problem import Problems
from repatria.public.proposals import parse_claims
from repatria.public.sides import parse_sides
from repatria.store.equipment import parse_card

JSON, TOML = "[" * 4000, "x = " + "[" * 4000
READERS: dict[str, tuple[Callable[..., Any], tuple[Any, ...], str]] = {
    "events to be signed": (parse_events, (JSON.encode(),), "home.events"),
    "signatures": (parse_signatures, (JSON.encode(),), "home.signatures"),
    "a desk's card": (parse_card, (JSON.encode(), "the card"), "desk.card"),
    "terms": (parse_terms, (TOML, bytes(32)), "terms.toml"),
    "a family's request": (parse_request, (TOML, "the request"), "family.toml"),
    "facts": (check_facts, (JSON, "facts", {}), "law.fact.form"),
    "figures": (parse_figures, (TOML,), "law.figure.toml"),
    "lead times": (parse_lead_times, (TOML,), "calendar.toml"),
    "sides": (parse_sides, (TOML,), "sides.toml"),
    "claims": (parse_claims, (TOML,), "claims.toml"),
}


@pytest.mark.parametrize("reader", READERS)
def test_it_is_a_problem_and_no_fault(reader: str) -> None:
    read, given, code = READERS[reader]
    try:
        problems = read(*given)[-1]
    except Problems as error:
        problems = error.problems
    assert [each.code for each in problems] == [code]


def test_an_annex_that_is_no_toml_has_no_categories() -> None:
    """It comes from whoever drafted the terms, and is read wherever what waits for a signature is shown."""
    for text in ("no toml", TOML):
        assert (annex_categories(text), annex_quotas(text)) == ([], [])
