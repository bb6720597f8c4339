"""Interviews on paper: codes that find a slip of the pen, two typings compared, and sheets that bear no reason."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.clearing.commands import AtPlace, TypedIn, forms, typed_in
from repatria.clearing.paper import ANSWERS, NO, NOT_ASKED, YES, answers, known, numbers_of, short
from repatria.deal.commands.known import visits_of
from repatria.exchange.commands import By
from repatria.exchange.events import Cleared, InterviewHeld, NotGoing
from repatria.files.locales import load_language
from repatria.office import Outcome
from repatria.people.table import Table, table_of
from repatria.problem import Problem
from repatria.report.forms import Form, Heading, sheets
from repatria.report.language import CODES
from tests.deal.office import Office, office

NUMBERS = st.integers(0, 2**128 - 1).map(lambda n: f"{n:032x}")
HEX = "0123456789abcdef"
Rows = list[tuple[str, str]]


# --- codes ----------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(NUMBERS)
def test_every_wrong_digit_and_every_two_neighbours_exchanged_are_found_out(number: str) -> None:
    """Every single slip there is in the twelve characters, read by somebody who has every number at the place."""
    code = short(number).replace("-", "")
    everybody = {short(number): number}
    slips = {code[:at] + wrong + code[at + 1 :] for at in range(10) for wrong in HEX if wrong != code[at]}
    slips |= {code[:at] + wrong + code[at + 1 :] for at in (10, 11) for wrong in HEX[:10] if wrong != code[at]}
    slips |= {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(9) if code[at] != code[at + 1]}
    valid = [slip for slip in slips if short(slip[:10] + "0" * 22).replace("-", "") == slip]
    assert valid == []
    assert [known(slip, everybody) for slip in slips] == [None] * len(slips)
    assert known(code.upper(), everybody) == known(f" {code[:5]} {code[5:10]} {code[10:]}", everybody) == number


def test_two_who_would_share_a_code_are_not_asked_on_paper() -> None:
    first, second, third = "a" * 32, "a" * 10 + "b" * 22, "c" * 32
    assert numbers_of([first, second, third]) == {short(third): third}


# --- two typings ----------------------------------------------------------------------------------------------------

PEOPLE = [f"{digit}" * 32 for digit in HEX[:6]]
CODES_OF = {number: short(number) for number in PEOPLE}


def table(file: str, rows: Sequence[tuple[str, str]]) -> Table:
    return table_of(file, ["code", "answer"], rows)


def right() -> Rows:
    return [(CODES_OF[number], [YES, NO, NOT_ASKED][at % 3]) for at, number in enumerate(PEOPLE)]


def compared(first: Rows, second: Rows) -> tuple[dict[str, str], list[Problem]]:
    return answers((table("a.csv", first), table("b.csv", second)), PEOPLE)


def test_what_two_people_typed_alike_in_whatever_order_is_taken_in() -> None:
    found, problems = compared(right(), [(code.upper(), answer) for code, answer in reversed(right())])
    assert problems == []
    assert found == {number: [YES, NO, NOT_ASKED][at % 3] for at, number in enumerate(PEOPLE)}


def changed(at: int, **change: str) -> Rows:
    rows = right()
    code, answer = rows[at]
    rows[at] = (change.get("code", code), change.get("answer", answer))
    return rows


@pytest.mark.parametrize(("second", "expected"), [
    (changed(2, answer=YES), [("paper.differs", "a.csv, row 4, and b.csv, row 4")]),
    (right()[:-1], [("paper.once", "a.csv, row 7")]),
    ([*right(), right()[0]], [("paper.twice", "b.csv, row 8")]),
    (changed(1, answer="perhaps"),
     [("paper.answer", "b.csv, row 3"), ("paper.differs", "a.csv, row 3, and b.csv, row 3")]),
    (changed(0, code="00000-00000-11"), [("paper.code", "b.csv, row 2"), ("paper.once", "a.csv, row 2")]),
    (changed(0, code=short("f" * 32)), [("paper.code", "b.csv, row 2"), ("paper.once", "a.csv, row 2")]),
])  # fmt: skip
def test_every_difference_is_a_problem_with_its_place_and_nothing_is_half_taken(
    second: Rows, expected: list[tuple[str, str]]
) -> None:
    found, problems = compared(right(), second)
    assert ({}, sorted(expected)) == (found, sorted((problem.code, problem.where) for problem in problems))
    found, problems = compared(second, second)
    if expected[0][0] == "paper.differs":  # two who err alike are believed; that is why they do not type together
        assert (problems, len(found)) == ([], len(PEOPLE))
    else:
        assert (found, bool(problems)) == ({}, True)


def test_somebody_whom_nobody_typed_is_missed() -> None:
    found, problems = compared(right()[1:], right()[1:])
    assert found == {}
    assert [(problem.code, problem.where) for problem in problems] == [("paper.missing", "a.csv and b.csv")]
    assert CODES_OF[PEOPLE[0]] in problems[0].what


TYPED = st.lists(st.sampled_from(ANSWERS), min_size=6, max_size=6)


@settings(max_examples=80)
@given(TYPED, TYPED)
def test_no_problem_says_what_an_answer_was(first: list[str], second: list[str]) -> None:
    rows = [[(CODES_OF[n], answer) for n, answer in zip(PEOPLE, each, strict=True)] for each in (first, second)]
    swapped = [[(code, {YES: NO, NO: YES}.get(answer, answer)) for code, answer in each] for each in rows]
    (found, problems), (_, mirrored) = compared(*rows), compared(*swapped)
    assert [str(problem) for problem in problems] == [str(problem) for problem in mirrored]
    assert len(problems) == sum(a != b for a, b in zip(first, second, strict=True))
    assert bool(found) is (first == second)


# --- from the office, to the ledger ---------------------------------------------------------------------------------


def with_visits(ids: dict[str, str] | None = None) -> Office:
    """An office that knows, as the neutral does, where north's people are, and who they are."""
    desk = office()
    listed = desk.state.lists["north"].list
    places = {p.number: "camp-1" for p in desk.people()}
    name = f"mail/visits/north/{desk.state.offered_lists[listed].visits}"
    desk.more[name] = {"data": {"list": listed, "places": places}}
    rows = desk.more[desk.first_rows]["data"]["rows"]
    for at, row in enumerate(rows):
        row["fields"] = {**row["fields"], "family_name": f"Familyname{at:02}", "given_names": "Given", **(ids or {})}
    return desk


def test_places_that_somebody_else_has_sealed_for_the_same_list_are_not_believed() -> None:
    desk = with_visits()
    listed = desk.state.lists["north"].list
    true = visits_of(desk.state, desk.given(), listed)
    forged = {"data": {"list": listed, "places": dict.fromkeys(true, "camp-9")}}
    desk.more = {"mail/visits/north/0": forged, **desk.more, "mail/visits/south/f": forged}
    assert set(true.values()) == {"camp-1"}
    assert visits_of(desk.state, desk.given(), listed) == true


def day() -> AtPlace:
    return AtPlace(By("cross/visitor"), "camp-1", "2025-12-03", False)


def test_typed_papers_end_in_the_visit_that_they_tell_of() -> None:
    desk = with_visits()
    numbers = [p.number for p in desk.people()]
    says = {numbers[0]: NO, numbers[1]: NOT_ASKED}
    rows = [(short(n), says.get(n, YES)) for n in numbers]
    outcome = typed_in(desk.state, TypedIn(day(), (table("a.csv", rows), table("b.csv", rows))), desk.given())
    assert isinstance(outcome, Outcome), outcome
    note, going, staying = (draft.event for draft in outcome.drafts)
    assert isinstance(note, InterviewHeld)
    assert isinstance(going, Cleared)
    assert isinstance(staying, NotGoing)
    assert set(numbers) & set(going.numbers) == set(numbers[2:])
    assert set(numbers) & set(staying.numbers) == {numbers[0]}
    assert len(going.numbers) == len(staying.numbers)
    assert outcome.answer["asked"] == len(numbers) - 1


def test_papers_with_one_difference_say_nothing_to_the_ledger() -> None:
    desk = with_visits()
    rows = [(short(p.number), YES) for p in desk.people()]
    other = [(rows[0][0], NO), *rows[1:]]
    problems = typed_in(desk.state, TypedIn(day(), (table("a.csv", rows), table("b.csv", other))), desk.given())
    assert isinstance(problems, list)
    assert [problem.code for problem in problems] == ["paper.differs"]


# --- the sheets -----------------------------------------------------------------------------------------------------


def page(desk: Office, language: str = "en") -> str:
    found = forms(desk.state, day(), desk.given())
    people = [form for form in found if isinstance(form, Form)]
    assert len(people) == len(desk.people())
    return sheets(people, Heading(load_language(language), "camp-1", "2025-12-03"), [load_language(c) for c in CODES])


def test_a_sheet_bears_a_code_a_name_on_the_strip_and_nothing_else_of_the_person() -> None:
    desk = with_visits({"medical_category": "seriously_wounded", "service_number": "AB-123456"})
    text = page(desk)
    for person in desk.people():
        assert text.count(short(person.number)) == 2  # on the strip, and on the answer
        assert person.number not in text
    for row in desk.more[desk.first_rows]["data"]["rows"]:
        assert text.count(row["fields"]["family_name"]) == 1
    answers_only = re.findall(r'<section class="answer">(.*?)</section>', text, re.DOTALL)
    assert len(answers_only) == len(desk.people())
    assert not any("Familyname" in part or "1980" in part or "2004" in part for part in answers_only)
    assert "seriously_wounded" not in text
    assert "AB-123456" not in text
    assert text.count('class="box"') == 3 * len(desk.people())
    assert not re.search(r"<(input|textarea|script|img|link)", text)


def test_the_sheets_stand_in_the_order_of_codes_which_says_nothing_of_who_is_asked_first() -> None:
    text = page(with_visits())
    codes = re.findall(r"\b[0-9a-f]{5}-[0-9a-f]{5}-\d\d\b", text)[::2]
    assert codes == sorted(codes)


@pytest.mark.parametrize("code", CODES)
def test_the_question_stands_in_every_language_and_the_page_in_the_interviewers(code: str) -> None:
    text = page(with_visits(), code)
    direction = "rtl" if code == "ar" else "ltr"
    assert text.startswith(f'<!doctype html>\n<html lang="{code}" dir="{direction}">')
    for each in CODES:
        way = "rtl" if each == "ar" else "ltr"
        assert f'<p class="asked" lang="{each}" dir="{way}">' in text


def test_a_name_is_escaped() -> None:
    text = page(with_visits({"given_names": "<script>alert(1)</script>"}))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_without_the_rows_that_were_sealed_to_the_neutral_there_are_no_sheets() -> None:
    desk = with_visits()
    del desk.more[desk.first_rows]
    problems = forms(desk.state, day(), desk.given())
    assert [problem.code for problem in problems if isinstance(problem, Problem)] == ["paper.rows"]


def test_sheets_of_one_seed_are_the_same_whoever_is_asked_what() -> None:
    assert page(with_visits()) == page(with_visits())
