"""`repatria law` and the law in `repatria terms check`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from repatria.deal.terms import EXAMPLE
from tests.cli.test_main import problems, said

WOUNDED = """
[[category]]
id = "wounded"
tier = 0
counts = false
all = true
when = { medical_category = ["seriously_wounded", "seriously_sick", "direct_repatriation"] }
"""
EVERYONE = '[[category]]\nid = "everyone"'
TERMS = EXAMPLE.replace(EVERYONE, f"{WOUNDED.strip()}\n\n{EVERYONE}")


def answer(*words: object) -> dict[str, Any]:
    code, out, _ = said(*words, "--json")
    assert code == 0, out
    return dict(json.loads(out)["answer"])


def terms_file(folder: Path, text: str) -> Path:
    path = folder / "terms.toml"
    path.write_text(text, encoding="utf-8")
    return path


def facts_file(folder: Path, about: str, **facts: object) -> Path:
    path = folder / "facts.json"
    path.write_text(json.dumps({"about": about, "facts": facts}), encoding="utf-8")
    return path


# --- law show ------------------------------------------------------------------------------------------------------


def test_an_article_is_shown_with_its_paragraphs_checks_cases_and_figures() -> None:
    shown = answer("law", "show", "gc iii  119")
    assert [each["article"] for each in shown["articles"]] == ["GC III 119(2)", "GC III 119(3)", "GC III 119(5)"]
    by_code = {each["check"]: each for each in shown["checks"]}
    assert by_code["law.baggage"] | {"asks": ""} == {
        "check": "law.baggage", "effect": "warn", "about": "departure", "cases": 4, "asks": ""
    }  # fmt: skip
    assert "at least 25 kg" in by_code["law.baggage"]["asks"]
    assert [(each["figure"], each["value"], each["unit"]) for each in shown["figures"]] == [("baggage_kg", 25, "kg")]


def test_what_no_check_can_tell_is_shown_with_the_reason() -> None:
    shown = answer("law", "show", "GC III 118")
    assert [each["what"] for each in shown["cannot_be_checked"]] == ['how long "without delay" is']
    assert "GC III 118" in said("law", "show", "GC III 118")[1]


def test_an_article_that_is_a_number_only_finds_no_longer_number() -> None:
    assert [each["article"] for each in answer("law", "show", "GC III 12")["articles"]] == ["GC III 12"]


def test_an_article_that_no_check_cites_ends_with_1() -> None:
    assert problems("law", "show", "GC III 4") == ["law.article"]


# --- law check -----------------------------------------------------------------------------------------------------


def test_facts_that_comply_end_with_0(tmp_path: Path) -> None:
    file = facts_file(tmp_path, "publication", has_names=False, has_images=False, has_person_rows=False)
    assert {each["found"] for each in answer("law", "check", file)["findings"]} == {"complies"}


def test_a_stop_ends_with_1_and_says_what_to_do(tmp_path: Path) -> None:
    file = facts_file(tmp_path, "publication", has_names=True, has_images=False, has_person_rows=False)
    assert problems("law", "check", file) == ["law.public_names"]
    code, out, err = said("law", "check", file)
    assert code == 1
    assert "GC III 13" in out
    assert "(GC III 13). Remove them; families are told in person" in err


def test_a_stop_whose_facts_are_not_known_ends_with_1_and_says_what_to_find_out(tmp_path: Path) -> None:
    file = facts_file(tmp_path, "publication", has_names=False, has_images=None)
    assert problems("law", "check", file) == ["law.public_images", "law.public_rows"]
    assert "find out has_images, and ask again" in said("law", "check", file)[2].lower()


def test_a_warning_is_told_and_ends_with_0(tmp_path: Path) -> None:
    file = facts_file(tmp_path, "missing", search_made=False, fate_known=False)
    found = {each["check"]: each["found"] for each in answer("law", "check", file)["findings"]}
    assert found == {"law.missing_searched": "warn", "law.family_told": "complies"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "law.fact.form"),
        ("[]", "law.fact.form"),
        ('{"about": "weather", "facts": {}}', "law.fact.about"),
        ('{"about": "death", "facts": {"shoe_size": 43}}', "law.fact.unknown"),
        ('{"about": "death", "facts": {"file_closing": "perhaps"}}', "law.fact.type"),
        ('{"about": "death", "facts": {"cause": "a name"}}', "law.fact.type"),
    ],
)
def test_facts_that_are_not_understood_end_with_1_and_are_not_repeated(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "facts.json"
    path.write_text(text, encoding="utf-8")
    assert problems("law", "check", path) == [code]
    assert "a name" not in said("law", "check", path)[2]


def test_no_file_is_a_problem_and_no_argument_is_not_understood(tmp_path: Path) -> None:
    assert problems("law", "check", tmp_path / "none.json") == ["file.unreadable"]
    assert said("law", "check")[0] == 2


# --- terms check ---------------------------------------------------------------------------------------------------


def test_terms_that_pass_say_which_articles_they_touch(tmp_path: Path) -> None:
    checked = answer("terms", "check", terms_file(tmp_path, TERMS))
    assert {each["found"] for each in checked["law"]} == {"complies"}
    touched = " ".join(each["article"] for each in checked["law"])
    for article in ("GC III 6", "GC III 7", "GC III 16", "GC III 33", "GC III 109(1)", "GC III 117", "GC IV 34"):
        assert article in touched
    assert checked["warnings"] == checked["to_find_out"] == []


def test_terms_without_the_undertaking_are_warned_and_pass(tmp_path: Path) -> None:
    checked = answer("terms", "check", terms_file(tmp_path, TERMS.replace('"gc3-117"', "")))
    (warning,) = checked["warnings"]
    assert "[law.undertaking]" in warning[""]
    assert "(GC III 117)" in warning[""]


def test_terms_silent_about_the_seriously_wounded_are_warned(tmp_path: Path) -> None:
    checked = answer("terms", "check", terms_file(tmp_path, EXAMPLE))
    assert ["[law.seriously_ill_left]" in each[""] for each in checked["warnings"]] == [True]


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        ('id = "everyone"', 'id = "everyone"\nwhen = { religion = ["a"] }', ["deal.category.adverse"]),
        ('id = "everyone"', 'id = "everyone"\nwhen = { person_category = ["civilian_internee"] }',
         ["deal.category.counted"]),
        ("chance_days = 7", "chance_days = 9", ["terms.chance"]),
        ('round = "2025-1"', 'round = "2025-1"\npoints = 3', ["terms.price"]),
        ('round = "2025-1"', 'round = "2025-1"\nrights_waiver = "form-7"', ["law.waiver", "terms.field"]),
        ('round = "2025-1"', 'round = "2025-1"\nsets_aside = ["GC III 72"]', ["law.below_convention", "terms.field"]),
        ('neutral = "cross"', 'neutral = ""', ["law.neutral_named", "terms.field"]),
    ],
)  # fmt: skip
def test_a_rule_that_parser_and_law_share_is_told_once(
    tmp_path: Path, before: str, after: str, codes: list[str]
) -> None:
    assert before in TERMS
    file = terms_file(tmp_path, TERMS.replace(before, after))
    assert sorted(problems("terms", "check", file)) == codes
