"""A link is a person's word: signed, reasoned, at most one per row, and blocked by a standing non-link."""

from __future__ import annotations

import pytest

from repatria.linkage.block import candidate_links
from repatria.linkage.compare import Record
from repatria.linkage.judgement import Judgement, confirm_sure, judge, links, standing
from repatria.problem import Problem

BY, WHY = "north/officer-1", "same number and day"


def code(answer: object) -> str:
    assert isinstance(answer, Problem)
    return answer.code


@pytest.mark.parametrize(("by", "why"), [("", WHY), (BY, " "), ("", "")])
def test_a_judgement_without_a_person_or_a_reason_is_refused(by: str, why: str) -> None:
    assert code(judge([], 1, 2, "link", by, why)) == "linkage.judgement.unsigned"
    assert code(confirm_sure([], by, why)) == "linkage.judgement.unsigned"
    assert judge([], 1, 2, "link", BY, WHY) == Judgement(1, 2, "link", BY, WHY)


def test_a_non_link_blocks_until_someone_puts_it_back_to_undecided() -> None:
    non_link = Judgement(1, 2, "non_link", BY, "another man")
    assert code(judge([non_link], 1, 2, "link", BY, WHY)) == "linkage.pair.blocked"
    undecided = judge([non_link], 1, 2, "undecided", BY, "a new photograph")
    assert isinstance(undecided, Judgement)
    assert isinstance(judge([non_link, undecided], 1, 2, "link", BY, WHY), Judgement)


@pytest.mark.parametrize("pair", [(1, 3), (4, 2)])
def test_a_row_is_linked_at_most_once(pair: tuple[int, int]) -> None:
    first = Judgement(1, 2, "link", BY, WHY)
    assert code(judge([first], *pair, "link", BY, WHY)) == "linkage.row.linked"
    withdrawn = Judgement(1, 2, "undecided", BY, "the photograph differs")
    assert isinstance(judge([first, withdrawn], *pair, "link", BY, WHY), Judgement)


def test_the_latest_judgement_stands_and_links_are_those_that_stand() -> None:
    history = [
        Judgement(1, 2, "link", BY, WHY),
        Judgement(3, 4, "link", BY, WHY),
        Judgement(1, 2, "non_link", "north/officer-2", "the photograph differs"),
    ]
    assert standing(history)[1, 2].by == "north/officer-2"
    assert links(history) == [(3, 4)]


def fields(number: str, **more: str) -> dict[str, str]:
    return {"family_name": "Коваленко", "given_names": "Сергій", "service_number": number} | more


def test_nothing_is_linked_until_someone_confirms_it() -> None:
    found = candidate_links([Record(1, fields("1"))], [Record(1, fields("1"))])
    assert found[0].grade == "sure"
    assert links([]) == []
    confirmed = confirm_sure(found, BY, WHY)
    assert confirmed == [Judgement(1, 1, "link", BY, WHY)]


def test_bulk_confirmation_leaves_out_what_is_possible_contested_judged_or_linked() -> None:
    held = [
        Record(1, fields("1")),
        Record(2, fields("2", date_of_birth="1990-01-01")),
        Record(3, fields("3")),
        Record(4, fields("3")),
        Record(5, fields("5")),
        Record(6, fields("6")),
    ]
    sought = [
        Record(1, fields("1")),
        Record(2, fields("2", date_of_birth="1980-01-01")),
        Record(3, fields("3")),
        Record(5, fields("5")),
        Record(6, fields("6")),
    ]
    earlier = [
        Judgement(5, 5, "undecided", BY, "waiting for a photograph"),
        Judgement(6, 99, "link", BY, "from a capture card"),
    ]
    confirmed = confirm_sure(candidate_links(held, sought, earlier), BY, WHY, earlier)
    assert confirmed == [Judgement(1, 1, "link", BY, WHY)]


def test_bulk_confirmation_twice_equals_once() -> None:
    found = candidate_links([Record(1, fields("1"))], [Record(1, fields("1"))])
    first = confirm_sure(found, BY, WHY)
    assert isinstance(first, list)
    assert confirm_sure(found, BY, WHY, first) == []
