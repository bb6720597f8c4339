"""The calendar backward from the stages: its days, what is overdue by the log's day, and what that puts at risk."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repatria.deal.calendar import EXAMPLE, LeadTimes, Outlook, calendar, outlook, parse_lead_times
from repatria.files.locales import lead_times

STAGES = (("s1", "2025-12-08"), ("s2", "2025-12-10"))
FIXED = {"answers": "2025-11-28"}


def read(text: str) -> LeadTimes:
    leads, problems = parse_lead_times(text)
    assert problems == []
    return leads


def at(today: str, *done: str) -> dict[tuple[str, str], Outlook]:
    """The shipped calendar of two stages, on a day, with these steps done (`step` or `step/stage`)."""
    deadlines = calendar("2025-12-31", STAGES, FIXED, 7, lead_times())
    keys = [(step, stage) for step, _, stage in (each.partition("/") for each in done)]
    return {each.deadline.key: each for each in outlook(deadlines, keys, today)}


def test_every_step_is_due_so_long_before_what_waits_for_it() -> None:
    due = {key: each.deadline.due for key, each in at("2025-11-18").items()}
    assert due == {
        ("clauses", ""): "2025-11-19", ("terms", ""): "2025-11-21", ("registers", ""): "2025-11-23",
        ("answers", ""): "2025-11-28", ("lists", ""): "2025-12-01", ("draw", ""): "2025-12-04",
        ("interviews", "s1"): "2025-12-03", ("transport", "s1"): "2025-12-03", ("plan", ""): "2025-12-05",
        ("interviews", "s2"): "2025-12-05", ("transport", "s2"): "2025-12-05", ("cleared", "s1"): "2025-12-07",
        ("stage", "s1"): "2025-12-08", ("cleared", "s2"): "2025-12-09", ("stage", "s2"): "2025-12-10",
    }  # fmt: skip


def test_before_any_stage_is_agreed_one_is_taken_to_stand_on_the_target_date() -> None:
    deadlines = {each.step: each.due for each in calendar("2025-12-31", (), {}, 7, lead_times())}
    assert (deadlines["stage"], deadlines["plan"], deadlines["lists"]) == ("2025-12-31", "2025-12-28", "2025-12-24")


def test_interviews_begin_no_earlier_than_a_chance_to_decline_stays_fresh() -> None:
    for chance_days, start in ((7, "2025-12-03"), (3, "2025-12-05")):
        found = calendar("2025-12-31", STAGES, {}, chance_days, lead_times())
        assert [each.due for each in found if each.key == ("interviews", "s1")] == [start]


def test_what_was_due_yesterday_is_overdue_and_what_is_due_today_is_not() -> None:
    assert at("2025-11-19")["clauses", ""].standing == "soon"
    late = at("2025-11-20")
    assert (late["clauses", ""].standing, late["clauses", ""].expected) == ("overdue", "2025-11-20")
    assert at("2025-11-20", "clauses")["clauses", ""].standing == "done"


def test_what_waits_for_something_overdue_is_at_risk_until_there_is_time_again() -> None:
    """Answers a day late: the lists and the interviews of the first stage, and nothing that has a day to spare."""
    late = at("2025-11-29", "clauses", "terms", "registers")
    assert {key for key, each in late.items() if each.standing == "at-risk"} == {
        ("lists", ""), ("interviews", "s1"), ("stage", "s1"),
    }  # fmt: skip
    assert late["stage", "s1"].expected == "2025-12-09"
    assert (late["stage", "s2"].standing, late["stage", "s2"].expected) == ("ahead", "2025-12-10")  # on its day


def test_terms_whose_own_day_is_too_late_put_the_lists_at_risk_though_nothing_is_overdue() -> None:
    deadlines = calendar("2025-12-31", STAGES, {"answers": "2025-12-04"}, 7, lead_times())
    found = {each.deadline.key: each for each in outlook(deadlines, [("clauses", ""), ("terms", "")], "2025-11-23")}
    assert found["answers", ""].deadline.due == "2025-12-04"
    assert "overdue" not in {each.standing for each in found.values()}


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60), st.integers(1, 7))
def test_nothing_is_late_on_the_day_when_the_first_step_is_due(target: date, before: int, chance_days: int) -> None:
    """The calendar is consistent: who keeps every day is on time, and who begins later is not."""
    deadlines = calendar(target.isoformat(), (), {}, chance_days, lead_times())
    first = date.fromisoformat(deadlines[0].due)
    today = date.fromordinal(first.toordinal() - before)
    assert {each.standing for each in outlook(deadlines, (), today.isoformat())} <= {"soon", "ahead"}
    late = date.fromordinal(first.toordinal() + 1 + before)
    assert outlook(deadlines, (), late.isoformat())[0].standing == "overdue"
    assert outlook(deadlines, (), late.isoformat())[-1].standing in ("at-risk", "overdue")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_day_that_a_ledger_can_hold_falls_off_the_calendar(day: str) -> None:
    deadlines = calendar(day, (), {}, 7, lead_times())
    for today in ("0001-01-01", "9999-12-31"):
        assert len(outlook(deadlines, (), today)) == len(deadlines)


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    [
        ("calendar.toml", "value = 4", "value = = 4"),
        ("calendar.fields", 'reason = "an example"', ""),
        ("calendar.value", "value = 4", "value = -4"),
        ("calendar.value", "value = 4", "value = 1.5"),
        ("calendar.value", 'unit = "days"', 'unit = "weeks"'),
        ("calendar.before", 'before = ["plan"]', 'before = ["lunch"]'),
        ("calendar.before", 'before = ["plan"]', "before = []"),
        ("calendar.reason", 'reason = "an example"', 'reason = " "'),
        ("calendar.circle", 'before = ["first-stage"]', 'before = ["lists"]'),
    ],
)
def test_lead_times_with_a_mistake_are_refused_and_repaired_ones_pass(code: str, wrong: str, right: str) -> None:
    leads, problems = parse_lead_times(EXAMPLE.replace(wrong, right, 1))
    assert (leads, [problem.code for problem in problems]) == ((), [code])
    assert [lead.step for lead in read(EXAMPLE)] == ["lists", "plan"]
