"""Neither a draft nor a signature stands under terms that the law stops, whoever's software wrote them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from repatria.deal.commands.terms import DraftTerms, SignTerms, draft_terms, sign_terms
from repatria.deal.terms import EXAMPLE, encode_terms, parse_terms
from repatria.exchange.commands import By
from repatria.exchange.state import State
from repatria.files.law import figures
from repatria.ledger.canonical import digest
from repatria.office import Given, Outcome

SALT = b"s" * 32
CIVILIANS = EXAMPLE.replace('id = "everyone"', 'id = "everyone"\nwhen = { person_category = ["civilian_internee"] }')
DEAD = EXAMPLE.replace('id = "everyone"', 'id = "everyone"\nwhen = { person_category = ["deceased"] }')
BY_RELIGION = EXAMPLE.replace('id = "everyone"', 'id = "everyone"\nwhen = { religion = ["one"] }')
STOPPED = [
    (CIVILIANS, "deal.category.counted", "GC IV 34"),
    (DEAD, "deal.category.counted", "GC I 17"),
    (BY_RELIGION, "deal.category.adverse", "GC III 16"),
]


def offered(text: str, **altered: Any) -> tuple[Given, str]:
    """What a signatory's node holds after another node, which checks nothing, has drafted these terms."""
    terms, _ = parse_terms(text, SALT)
    assert terms is not None  # the ledger form shows nothing of categories
    data = encode_terms(replace(terms, **altered))
    letter = json.dumps({"annex": terms.annex, "salt": SALT.hex(), "text": text}).encode()
    given = Given(
        now="2025-12-01T08:00:00Z", random=lambda size: b"r" * size, seed=lambda author: None,
        attachment={digest(data): data}.get, document={f"annex/{terms.annex}": letter}.get,
        documents=lambda prefix: (), records=lambda register: (), seal=lambda data, to: data,
    )  # fmt: skip
    return given, digest(data)


@pytest.mark.parametrize(("text", "code", "article"), STOPPED)
def test_no_signature_stands_under_terms_that_the_law_stops(text: str, code: str, article: str) -> None:
    given, name = offered(text)
    found = sign_terms(State(), SignTerms(By("north"), figures(), name), given)
    assert isinstance(found, list)
    assert [(problem.code, problem.article) for problem in found] == [(code, article)]


@pytest.mark.parametrize(("text", "code", "article"), STOPPED)
def test_no_draft_leaves_with_what_the_law_stops(text: str, code: str, article: str) -> None:
    given, _ = offered(text)
    found = draft_terms(State(), DraftTerms(By("north"), text, "terms.toml", figures()), given)
    assert isinstance(found, list)
    assert [(problem.code, problem.article) for problem in found] == [(code, article)]


def test_the_same_terms_repaired_are_signed_and_a_warning_holds_nothing_back() -> None:
    silent = CIVILIANS.replace("counts = true", 'counts = false\naccount = "civilians"').replace('"gc3-117"', "")
    given, name = offered(silent)
    done = sign_terms(State(), SignTerms(By("north"), figures(), name), given)
    assert isinstance(done, Outcome)
    assert done.answer["terms"] == name


def test_no_signature_stands_under_a_ledger_form_that_says_other_than_its_text() -> None:
    given, name = offered(EXAMPLE, totals={"north": 1000, "south": 12})
    found = sign_terms(State(), SignTerms(By("north"), figures(), name), given)
    assert isinstance(found, list)
    assert [problem.code for problem in found] == ["terms.differ"]
    given, name = offered(EXAMPLE)
    assert isinstance(sign_terms(State(), SignTerms(By("north"), figures(), name), given), Outcome)
