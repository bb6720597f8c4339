"""Candidates: found by number or by name and birth date; sure only where nothing differs; never a link as such."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.linkage.block import Candidate, candidate_links
from repatria.linkage.compare import Record, compare, number_key
from repatria.linkage.judgement import Judgement
from repatria.rehearsal.people import FULL_SIZE, People, make_people

SERHII = {
    "family_name": "Коваленко",
    "given_names": "Сергій",
    "father_name": "Миколайович",
    "date_of_birth": "1990-03-05",
    "service_number": "AB-123456",
}


def candidates(sought: dict[str, str], held: dict[str, str]) -> list[Candidate]:
    return candidate_links([Record(4, held)], [Record(9, sought)])


def the_candidate(sought: dict[str, str], held: dict[str, str]) -> Candidate:
    (candidate,) = candidates(sought, held)
    assert (candidate.sought_row, candidate.held_row) == (9, 4)
    return candidate


def without(*names: str) -> dict[str, str]:
    return {name: text for name, text in SERHII.items() if name not in names}


@pytest.mark.parametrize("number", ["AB123456", "ab 123456", "АВ-123456"])  # the last in Cyrillic letters
def test_an_equal_service_number_and_an_equal_name_are_sure(number: str) -> None:
    held = {"family_name": "Kovalenko", "given_names": "Sergey", "service_number": number}
    candidate = the_candidate(SERHII, held)
    assert (candidate.rule, candidate.grade) == ("service_number", "sure")


def test_an_equal_service_number_and_birth_date_carry_a_slip_in_the_name() -> None:
    assert the_candidate(SERHII, SERHII | {"family_name": "Ковалнеко"}).grade == "sure"


@pytest.mark.parametrize(
    "held",
    [
        SERHII | {"family_name": "Шевчук", "given_names": "Олег", "date_of_birth": "1971-01-01"},
        SERHII | {"family_name": "Шевчук"},
        SERHII | {"given_names": "Олег"},
        SERHII | {"date_of_birth": "1971-01-01"},
        SERHII | {"date_of_birth": "1990-03-06"},
        SERHII | {"father_name": "Петрович"},
        {"service_number": "AB123456"},
    ],
)
def test_an_equal_service_number_with_anything_that_differs_is_possible_only(held: dict[str, str]) -> None:
    candidate = the_candidate(SERHII, held)
    assert (candidate.rule, candidate.grade) == ("service_number", "possible")


@pytest.mark.parametrize(
    "third", [{"father_name": "Nikolaevich"}, {"unit": "5 Brigade"}, {"capture_date": "2023-05-06"}]
)
def test_an_equal_name_birth_date_and_third_thing_across_alphabets_are_sure(third: dict[str, str]) -> None:
    sought = SERHII | {"unit": "5 brigade", "capture_date": "2023-05-06"}
    held = {"family_name": "KOVALENKO", "given_names": "Serhii", "date_of_birth": "1990-03-05"}
    candidate = the_candidate(sought, held | third)
    assert (candidate.rule, candidate.grade) == ("name_and_birth_date", "sure")


def test_an_equal_name_and_birth_date_without_a_third_thing_are_possible_only() -> None:
    held = {"family_name": "KOVALENKO", "given_names": "Serhii", "date_of_birth": "1990-03-05"}
    assert the_candidate(SERHII, held).grade == "possible"


@pytest.mark.parametrize(
    "held",
    [
        without("service_number") | {"father_name": "Петрович"},
        SERHII | {"service_number": "XX000000"},
    ],
)
def test_an_equal_name_and_birth_date_with_anything_that_differs_are_possible_only(held: dict[str, str]) -> None:
    assert the_candidate(SERHII, held).grade == "possible"


def test_a_brother_of_the_same_day_is_no_candidate() -> None:
    assert candidates(SERHII, without("service_number") | {"given_names": "Андрій"}) == []


def test_a_sister_of_the_same_name_is_possible_only() -> None:
    sought = without("service_number") | {"sex": "male"}
    assert the_candidate(sought, sought | {"sex": "female"}).grade == "possible"


@pytest.mark.parametrize("born", ["1990", "1990-03", "1990-03-05/1990-05-03"])
def test_a_compatible_partial_birth_date_is_possible(born: str) -> None:
    candidate = the_candidate(SERHII, without("service_number") | {"date_of_birth": born})
    assert (candidate.rule, candidate.grade) == ("name_and_possible_birth_date", "possible")


def test_two_equal_partial_birth_dates_are_possible_only() -> None:
    year_only = without("service_number") | {"date_of_birth": "1990"}
    assert the_candidate(year_only, year_only).grade == "possible"


def test_a_name_alone_is_no_candidate() -> None:
    name = without("service_number", "father_name", "date_of_birth")
    assert candidates(SERHII, name) == []
    assert candidates(name, name) == []


@pytest.mark.parametrize("name", ["family_name", "given_names"])
def test_who_has_one_name_is_a_candidate_by_it_and_a_birth_date_that_both_have(name: str) -> None:
    one = without("service_number", "family_name", "given_names") | {name: "Вигаданий"}
    assert the_candidate(one, one).grade == "possible"
    undated = {field: text for field, text in one.items() if field != "date_of_birth"}
    assert candidates(one, undated) == candidates(undated, undated) == []  # not by the father's name either
    assert candidates(one, one | {"date_of_birth": "1971-01-01"}) == []


def test_a_name_without_a_birth_date_needs_the_fathers_name_and_is_possible() -> None:
    assert the_candidate(SERHII, without("service_number", "date_of_birth")).grade == "possible"


def test_another_birth_date_is_no_candidate() -> None:
    assert candidates(SERHII, without("service_number") | {"date_of_birth": "1991-03-05"}) == []


def test_a_look_alike_letter_never_makes_a_sure_link() -> None:
    held = SERHII | {"family_name": "Kовалeнко"}  # Latin K and e
    assert the_candidate(SERHII, held).grade == "possible"
    assert the_candidate(SERHII, SERHII).grade == "sure"


def test_of_two_that_fit_neither_is_uncontested() -> None:
    held = [Record(4, SERHII), Record(5, without("service_number"))]
    found = candidate_links(held, [Record(9, SERHII), Record(10, SERHII | {"service_number": "CD1"})])
    assert len(found) == 4
    assert all(candidate.contested for candidate in found)


def test_a_judged_non_link_does_not_come_back_and_no_longer_contests() -> None:
    held = [Record(4, SERHII), Record(5, without("service_number"))]
    sought = [Record(9, SERHII)]
    judged = [Judgement(9, 5, "non_link", "north/officer-1", "born elsewhere")]
    (candidate,) = candidate_links(held, sought, judged)
    assert (candidate.held_row, candidate.contested) == (4, False)
    reopened = [*judged, Judgement(9, 5, "undecided", "north/officer-1", "a new paper")]
    assert len(candidate_links(held, sought, reopened)) == 2


def test_no_sentence_of_evidence_tells_a_value() -> None:
    held = SERHII | {"family_name": "Шевчук", "date_of_birth": "1990"}
    sentences = " ".join(evidence.sentence for evidence in compare(Record(1, SERHII), Record(2, held)))
    for text in [*SERHII.values(), *held.values()]:
        assert text not in sentences
    assert [evidence.field for evidence in compare(Record(1, {}), Record(2, {}))][:5] == [
        "service_number",
        "family_name",
        "given_names",
        "father_name",
        "date_of_birth",
    ]


def test_two_records_of_one_row_are_a_bug() -> None:
    with pytest.raises(ValueError, match="same row"):
        candidate_links([Record(1, SERHII), Record(1, SERHII)], [])


def test_an_empty_number_is_no_number() -> None:
    assert number_key(" - ") == ""
    assert candidates({"service_number": "-"}, {"service_number": "-"}) == []


FEW = st.fixed_dictionaries(
    {},
    optional={
        "family_name": st.sampled_from(["Коваленко", "Kovalenko", "Шевчук"]),
        "given_names": st.sampled_from(["Сергій", "Sergey", "Олег"]),
        "father_name": st.sampled_from(["Миколайович", "Николаевич", "Петрович"]),
        "date_of_birth": st.sampled_from(["1990-03-05", "1990", "1991-01-01"]),
        "service_number": st.sampled_from(["1", "2"]),
    },
)


@given(st.lists(FEW, max_size=6), st.lists(FEW, max_size=6), st.randoms())
def test_linkage_ignores_row_order(held: list[dict[str, str]], sought: list[dict[str, str]], random: object) -> None:
    one = [Record(row, fields) for row, fields in enumerate(held)]
    other = [Record(row, fields) for row, fields in enumerate(sought)]
    found = candidate_links(one, other)
    random.shuffle(one)  # type: ignore[attr-defined]
    random.shuffle(other)  # type: ignore[attr-defined]
    assert candidate_links(one, other) == found


@given(st.lists(FEW, max_size=6), st.lists(FEW, max_size=6))
def test_the_rules_find_the_same_pairs_as_looking_at_every_pair(
    held: list[dict[str, str]], sought: list[dict[str, str]]
) -> None:
    found = candidate_links(
        [Record(row, fields) for row, fields in enumerate(held)],
        [Record(row, fields) for row, fields in enumerate(sought)],
    )
    every = {
        (i, j)
        for i, one in enumerate(sought)
        for j, other in enumerate(held)
        if candidate_links([Record(j, other)], [Record(i, one)])
    }
    assert {(candidate.sought_row, candidate.held_row) for candidate in found} == every


@pytest.fixture(scope="module")
def people() -> People:
    return make_people(11, **FULL_SIZE | {"north_held": 5000, "south_held": 5000})


@pytest.mark.parametrize("sides", [("south-held", "north-sought"), ("north-held", "south-sought")])
def test_at_full_size_no_sure_candidate_is_wrong_most_are_found_and_it_takes_seconds(
    people: People, sides: tuple[str, str]
) -> None:
    held, sought = (
        [
            Record(row, {field: text for field, text in texts.items() if text})
            for row, texts in enumerate(people.registers[name], 2)
        ]
        for name in sides
    )
    started = time.process_time()
    found = candidate_links(held, sought)
    assert time.process_time() - started < 2
    held_ids = {record.row: record.fields["record_id"] for record in held}
    sought_ids = {record.row: record.fields["record_id"] for record in sought}
    truth = {(match.sought, match.held) for match in people.matches[sides[0]]}
    grades = {(sought_ids[one.sought_row], held_ids[one.held_row]): one.grade for one in found}
    sure = {pair for pair, grade in grades.items() if grade == "sure"}
    assert sure <= truth
    assert len(sure) > 0.80 * len(truth)
    assert len(grades.keys() & truth) > 0.93 * len(truth)
