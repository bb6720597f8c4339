"""Every awkward file of the corpus gives exactly its people and exactly its problems."""

from __future__ import annotations

import pytest

from repatria.files.reading import read_foreign
from repatria.people.register import read_register
from repatria.problem import Problems
from tests.files.awkward import CASES, Awkward


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_an_awkward_file_gives_exactly_its_people_and_its_problems(case: Awkward) -> None:
    try:
        reading = read_register(read_foreign(case.data, case.name, case.asked), "sought", "north")
    except Problems as refused:
        people, problems = [], list(refused.problems)
    else:
        people, problems = list(reading.persons), list(reading.problems)
    told = tuple(
        "|".join(str(value or "") for value in (one.family_name, one.given_names, one.father_name, one.date_of_birth))
        for one in people
    )
    assert (told, tuple(problem.code for problem in problems)) == (case.people, case.problems)


def test_the_corpus_holds_sixty_files_and_each_of_another_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60
