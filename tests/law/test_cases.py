"""Every case that a lawyer wrote, and that the cases say enough of each check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import pytest

from repatria.files.law import figures
from repatria.law.book import LAW
from repatria.law.facts import Facts
from repatria.law.figures import Figures
from tests.law.cases import Case, all_cases, read_cases

CASES, WRONG = all_cases()


def test_every_case_file_is_well_formed() -> None:
    assert WRONG == []


@pytest.mark.parametrize("case", CASES, ids=[f"{case.code}: {case.where}" for case in CASES])
def test_the_check_finds_what_the_case_expects(case: Case) -> None:
    finding = LAW.run(case.code, case.facts, figures())
    assert finding.answer == case.answer, finding.problem


def test_every_check_has_a_case_that_complies_one_that_breaches_and_one_at_the_border() -> None:
    answers: dict[str, list[str]] = defaultdict(list)
    borders = set()
    for case in CASES:
        answers[case.code].append(case.answer)
        if case.case.startswith("Borderline"):
            borders.add(case.code)
    too_few = [
        code
        for code, check in LAW.checks.items()
        if len(answers[code]) < 3 or not {"complies", check.effect} <= set(answers[code]) or code not in borders
    ]
    assert too_few == []


def test_a_finding_names_the_article_of_its_case() -> None:
    for case in CASES:
        problem = LAW.run(case.code, case.facts, figures()).problem
        assert problem is None or case.article in str(problem.article)


GOOD = """
- article: GC III 119(3)
  case: Each person may take 30 kg.
  facts: {baggage_limited: yes, baggage_limit_kg: 30}
  expect: {law.baggage: complies}
"""


def test_a_well_formed_case_passes() -> None:
    assert read_cases(GOOD, "x.yaml")[1] == []


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("baggage_limit_kg", "shoe_size", "[law.fact.unknown]"),
        ("baggage_limit_kg: 30", "baggage_limit_kg: much", "[law.fact.type]"),
        ("law.baggage", "law.luggage", "there is no check law.luggage"),
        ("complies", "stop", "law.baggage can answer complies, warn or unknown, not stop"),
        ("GC III 119(3)", "GC III 120", "law.baggage does not cite GC III 120"),
        ("  case: Each person may take 30 kg.\n", "", "not exactly article, case, facts and expect"),
        ("{law.baggage: complies}", "complies", "expect does not name one check"),
    ],
)
def test_a_case_that_is_not_well_formed_is_told_and_not_skipped(before: str, after: str, says: str) -> None:
    assert before in GOOD
    _, wrong = read_cases(GOOD.replace(before, after), "x.yaml")
    assert any(says in each for each in wrong), wrong


# --- the cases say enough: whatever is taken out of a check, one of its cases notices ------------------------------


def answers_differ(code: str, change: Callable[[Facts], Facts], with_figures: Figures) -> bool:
    own = [case for case in CASES if case.code == code]
    return any(LAW.run(code, change(case.facts), with_figures).answer != case.answer for case in own)


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, each in LAW.checks.items() for name in each.reads])
def test_every_fact_that_a_check_reads_decides_one_of_its_cases(code: str, name: str) -> None:
    def without(facts: Facts) -> Facts:
        return Facts(facts.about, {other: value for other, value in facts.values.items() if other != name})

    assert answers_differ(code, without, figures())


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize(
    ("code", "name"), [(code, name) for code, each in LAW.checks.items() for name in each.figures]
)
def test_every_figure_is_held_in_place_by_a_case_at_its_border(code: str, name: str, by: int) -> None:
    moved = {**figures(), name: replace(figures()[name], value=figures()[name].value + by)}
    assert answers_differ(code, lambda facts: facts, moved)
