"""`repatria law review --language`: what stops, warns and is not known, in words of the language asked for."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from repatria.files.locales import load_language, load_retelling
from repatria.law.standing import EVERY
from repatria.report.law_page import law_page
from tests.exchange.world import world_at
from tests.law.test_review import known, reviewed


@pytest.mark.parametrize("code", ["uk", "ru", "tr", "ar"])
def test_a_review_that_warns_and_leaves_much_open_is_told_in_the_language_line_for_line(code: str) -> None:
    world = world_at("answered", uncounted=(1, 1))
    of = reviewed(world, replace(known(world), told={("round", EVERY): {"hostilities_active": False}}))
    assert all((of.warnings, of.open, of.subjects))
    english = law_page(of, load_language("en"), load_retelling("en")).splitlines()
    told = law_page(of, load_language(code), load_retelling(code)).splitlines()
    assert len(told) == len(english)
    same = [line for line in told if line.strip() and line in english]
    assert [line for line in same if not re.fullmatch(r"  .+, law\.\w+", line)] == []  # citation and check
    if code != "tr":  # written in other letters, so that no English word but a fact's own name can hide
        assert [line for line in told if re.search(r"\b[a-z]{3,} [a-z]{3,}", line)] == []
