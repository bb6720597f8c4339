"""Ready for a round, for one office alone: who can be named now, and what each of the others lacks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from repatria.deal.classes import parse_categories
from repatria.deal.form import new_terms
from repatria.deal.terms import EXAMPLE, annex_categories, parse_terms
from repatria.people.person import ListKind
from repatria.report.readiness import NEEDED, Agreed, readiness
from tests.cli.test_main import problems, said

KNOWN = {"family_name": "Zqxenko", "given_names": "Test", "date_of_birth": "1990-03-05", "place_of_detention": "camp"}


def without(name: str) -> dict[str, str]:
    return {field: text for field, text in KNOWN.items() if field != name}


@pytest.mark.parametrize("kind", ["held", "sought", "missing"])
def test_whoever_lacks_a_field_that_naming_needs_is_told_with_it_and_the_others_can_be_named(kind: ListKind) -> None:
    records = {2: KNOWN, **{at: without(name) for at, name in enumerate(NEEDED[kind], 3)}}
    found = readiness(records, kind)
    assert found.ready == 1
    assert [(each.row, each.lacks) for each in found.rows if not each.ready] == [
        (at, (name,)) for at, name in enumerate(NEEDED[kind], 3)
    ]
    assert found.in_words()[0] == f"1 of {len(records)} people can be named now."


def test_where_somebody_is_held_need_be_known_of_the_held_only() -> None:
    assert readiness({2: without("place_of_detention")}, "held").ready == 0
    assert readiness({2: without("place_of_detention")}, "sought").ready == 1


def test_what_a_treaty_names_besides_is_counted_by_category_and_holds_nobody_back() -> None:
    soldier = KNOWN | {"person_category": "prisoner_of_war", "rank": "major"}
    found = readiness({2: soldier, 3: KNOWN | {"person_category": "civilian_internee"}, 4: KNOWN}, "held")
    assert found.ready == 3
    assert ("GC III 122(4)", "rank") not in found.gaps
    assert found.gaps["GC III 122(4)", "service_number"] == found.gaps["GC IV 138", "nationality"] == 1
    assert found.category_unknown == 1
    assert not any(name == "date_of_birth" for _, name in found.gaps)


def test_asked_for_one_category_the_others_are_counted_apart_and_the_unknown_are_taken_to_be_of_it() -> None:
    found = readiness({2: KNOWN | {"person_category": "civilian_internee"}, 3: KNOWN}, "held", "prisoner_of_war")
    assert (found.ready, len(found.rows), found.other_category, found.category_unknown) == (1, 1, 1, 0)
    assert found.gaps["GC III 122(4)", "rank"] == 1


def agreed(*drop: str) -> Agreed:
    terms, _ = parse_terms(new_terms(), bytes(32))
    categories, _ = parse_categories(annex_categories(new_terms()))
    assert terms is not None
    return Agreed(terms, tuple(each for each in categories if each.id not in drop), (), "north")


def test_by_terms_a_category_takes_each_person_or_it_is_said_why_none_does() -> None:
    deal = agreed()
    ordered = next(each for each in deal.categories if each.order == "captivity_months")
    found = readiness({2: KNOWN | {"capture_date": "2024-05"}, 3: KNOWN}, "held", None, deal)
    assert [each.category for each in found.rows] == [ordered.id, None]
    assert (found.rows[1].lacks, found.ready) == (("capture_date",), 1)
    assert found.by_category is not None
    assert found.by_category[ordered.id] == 1
    (short,) = [problem for problem in found.unmet if problem.code == "terms.unmet.total"]
    assert "1 of the people held count in the ratio" in short.what
    assert all("north" in problem.where for problem in found.unmet)
    outside = readiness({2: KNOWN | {"capture_date": "2024-05"}}, "held", None, agreed(ordered.id))
    assert (outside.ready, outside.rows[0].why_not) == (0, "no agreed category takes them")


def test_a_list_of_the_sought_is_held_against_what_the_other_side_hands_over() -> None:
    found = readiness({2: KNOWN | {"capture_date": "2024-05"}}, "sought", None, agreed())
    assert {re.findall("side (north|south)", problem.where)[0] for problem in found.unmet} == {"south"}


def test_on_the_command_line_words_for_people_and_everything_for_programs_and_no_name(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    lines = ["surname,first name,dob", "Zqxenko,Test,1990", *["Zqxchuk,,1990"] * 30]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, out, _ = said("register", "ready", path, "--kind", "sought")
    assert code == 0
    assert out.startswith("1 of 31 people can be named now.\n")
    assert out.endswith("and 10 more rows: --json has all of them\n")
    _, told, _ = said("register", "ready", path, "--kind", "sought", "--json")
    assert len(json.loads(told)["answer"]["rows"]) == 30
    assert "zqx" not in (out + told).lower()


@pytest.mark.parametrize(
    ("text", "code"),
    [(EXAMPLE, "terms.party"), ("x = [", "terms.toml"), (b"\xff\xfe\xff", "file.text"), (None, "file.unreadable")],
)  # fmt: skip
def test_terms_that_cannot_be_held_against_a_list_are_a_problem(
    tmp_path: Path, text: str | bytes | None, code: str
) -> None:
    path, terms = tmp_path / "list.csv", tmp_path / "terms.toml"
    path.write_text("surname,first name,dob\nZqxenko,Test,1990\n", encoding="utf-8")
    if text is not None:
        terms.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert problems("register", "ready", path, "--kind", "sought", "--terms", terms) == [code]
