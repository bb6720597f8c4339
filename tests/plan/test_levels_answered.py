"""What a plan says of its goals is what it comes to, also where a later goal's search brought an earlier one nearer."""

from __future__ import annotations

from repatria.plan.search import Goal, Level, Search


def told(least: Level, greatest: Level) -> list[int]:
    search = Search.__new__(Search)
    search._answer = [3, 4]
    search._settled = {"waited": Goal("waited", {0: 1, 1: 1}, False, 10), "kept": Goal("kept", {1: 2}, True)}
    return [each.value for each in search.as_answered([least, greatest])]


def test_a_level_left_with_a_gap_is_told_at_what_the_answer_comes_to_by_now() -> None:
    assert told(Level("waited", 18, 15, False), Level("kept", 7, 9, True)) == [17, 8]


def test_a_level_that_was_proved_stays_as_it_is() -> None:
    assert told(Level("waited", 18, 18, False, True), Level("kept", 7, 7, True, True)) == [18, 7]
