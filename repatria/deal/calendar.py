"""The calendar of a round, counted backward from its stages and its target date.

Every step has a latest day: the earliest of what waits for it, less the days it takes (`lead_times.toml`). Dates that
the terms fix are kept as they are. Where no stage is agreed yet, one is taken to stand on the target date.

`outlook` holds the calendar against what is done and against log time: what is overdue, and what is at risk, because
what comes before it can no longer be done in time. A clock on the wall never enters.

    >>> leads, problems = parse_lead_times(EXAMPLE)
    >>> [(each.step, each.due) for each in calendar("2025-12-31", (), {}, 7, leads)]
    [('lists', '2025-12-24'), ('plan', '2025-12-28'), ('stage', '2025-12-31')]
    >>> late = outlook(calendar("2025-12-31", (), {}, 7, leads), set(), "2025-12-26")
    >>> [(each.deadline.step, each.standing, each.expected) for each in late]
    [('lists', 'overdue', '2025-12-26'), ('plan', 'at-risk', '2025-12-30'), ('stage', 'at-risk', '2026-01-02')]
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Any

from repatria.problem import Problem

EXAMPLE = """
[lists]
value = 4
unit = "days"
before = ["plan"]
reason = "an example"
[plan]
value = 3
unit = "days"
before = ["first-stage"]
reason = "an example"
"""

STAGE, FIRST_STAGE = "stage", "first-stage"
DONE, OVERDUE, AT_RISK, SOON, AHEAD = "done", "overdue", "at-risk", "soon", "ahead"
SOON_DAYS = 2
_DAYS_MAX = 365


@dataclass(frozen=True)
class LeadTime:
    """How many days a step takes, what waits for it, and why."""

    step: str
    days: int
    before: tuple[str, ...]
    reason: str

    @property
    def of_each_stage(self) -> bool:
        return STAGE in self.before


LeadTimes = tuple[LeadTime, ...]


@dataclass(frozen=True)
class Deadline:
    """The latest day for a step, of the round or of one stage, and what must be done before it with its days."""

    step: str
    stage: str  # empty for a step of the whole round, and for a stage that nobody has agreed yet
    due: str
    fixed: bool  # the terms say so
    after: tuple[tuple[str, str, int], ...] = ()  # step, stage, days

    @property
    def key(self) -> tuple[str, str]:
        return self.step, self.stage


@dataclass(frozen=True)
class Outlook:
    """A deadline as things stand: done, overdue, at risk, soon or ahead; and the earliest day that it can still be."""

    deadline: Deadline
    standing: str
    expected: str


def parse_lead_times(text: str, where: str = "lead times") -> tuple[LeadTimes, list[Problem]]:
    """The lead times in a TOML text, or every problem in it."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return (), [Problem("calendar.toml", where, f"not TOML ({error})", "correct the syntax at that place")]
    problems = [problem for step, table in raw.items() for problem in _problems(step, table, set(raw), where)]
    if problems:
        return (), problems
    leads = tuple(LeadTime(s, t["value"], tuple(t["before"]), t["reason"]) for s, t in raw.items())
    try:
        TopologicalSorter({lead.step: lead.before for lead in leads}).prepare()
    except CycleError:
        do = "take one of the steps out of the circle"
        return (), [Problem("calendar.circle", where, "steps wait for each other in a circle", do)]
    return leads, []


def _problems(step: str, table: Any, steps: Collection[str], where: str) -> list[Problem]:
    at = f"{where}, {step}"
    if not isinstance(table, dict) or set(table) != {"value", "unit", "before", "reason"}:
        return [Problem("calendar.fields", at, "not value, unit, before and reason", "give these four")]
    found = []
    if type(table["value"]) is not int or not 0 <= table["value"] <= _DAYS_MAX or table["unit"] != "days":
        what = f"not a whole number of days from 0 to {_DAYS_MAX}"
        found.append(Problem("calendar.value", at, what, 'write value = 3 and unit = "days"'))
    before = table["before"]
    known = {*steps, STAGE, FIRST_STAGE}
    if not isinstance(before, list) or not before or not all(isinstance(b, str) and b in known for b in before):
        found.append(Problem("calendar.before", at, "not a list of steps or stages", "name what waits for this step"))
    if not isinstance(table["reason"], str) or not table["reason"].strip():
        found.append(Problem("calendar.reason", at, "no reason", "say why it takes that long"))
    return found


def calendar(
    target_date: str,
    stages: Sequence[tuple[str, str]],
    fixed: Mapping[str, str],
    chance_days: int,
    leads: LeadTimes,
) -> tuple[Deadline, ...]:
    """Every step's latest day, in the order of days.

    Args:
        target_date: the day by which people shall be home.
        stages: each stage's name and day, in order of days; empty before terms or plan name any.
        fixed: days that the terms set for a step, such as `answers`.
        chance_days: how many days before a stage a chance to decline may be given at most; interviews that begin
            earlier would have to be held again.
    """
    days = list(stages) or [("", target_date)]
    found = {(STAGE, name): Deadline(STAGE, name, day, bool(stages)) for name, day in days}
    by_step = {lead.step: lead for lead in leads}
    order = TopologicalSorter({lead.step: [b for b in lead.before if b in by_step] for lead in leads}).static_order()
    for step in order:
        lead = by_step[step]
        for name in [name for name, _ in days] if lead.of_each_stage else [""]:
            waiting = [found[key] for key in _waiting(lead, name, [name for name, _ in days], by_step)]
            latest = min(_less(each.due, _days(lead, each, chance_days)) for each in waiting)
            found[step, name] = Deadline(step, name, fixed.get(step, latest), step in fixed)
            for each in waiting:
                after = (*found[each.key].after, (step, name, _days(lead, each, chance_days)))
                found[each.key] = Deadline(each.step, each.stage, each.due, each.fixed, after)
    place = {step: at for at, step in enumerate([*by_step, STAGE])}
    return tuple(sorted(found.values(), key=lambda each: (each.due, place[each.step], each.stage)))


def outlook(deadlines: Sequence[Deadline], done: Collection[tuple[str, str]], today: str) -> tuple[Outlook, ...]:
    """Each deadline against what is done and the log's day."""
    by_key = {each.key: each for each in deadlines}
    expected: dict[tuple[str, str], str] = {}
    graph = {each.key: [(step, stage) for step, stage, _ in each.after] for each in deadlines}
    for key in TopologicalSorter(graph).static_order():
        if key in done:
            continue
        each = by_key[key]
        waits = [_more(expected[s, n], days) for s, n, days in each.after if (s, n) in expected]
        own = max(today, each.due) if each.step == STAGE else today  # a stage is held on its day, not before
        expected[key] = max([own, *waits])
    return tuple(_stands(each, expected.get(each.key), today) for each in deadlines)


def _stands(deadline: Deadline, expected: str | None, today: str) -> Outlook:
    if expected is None:
        return Outlook(deadline, DONE, deadline.due)
    if deadline.due < today:
        return Outlook(deadline, OVERDUE, expected)
    if expected > deadline.due:
        return Outlook(deadline, AT_RISK, expected)
    return Outlook(deadline, SOON if deadline.due <= _more(today, SOON_DAYS) else AHEAD, expected)


def _waiting(
    lead: LeadTime, stage: str, stages: Sequence[str], by_step: Mapping[str, LeadTime]
) -> list[tuple[str, str]]:
    """What waits for a step: of the same stage where it is a stage's own, else of every stage."""
    keys = []
    for name in lead.before:
        of_stages = name in (STAGE, FIRST_STAGE) or by_step[name].of_each_stage
        step = STAGE if name == FIRST_STAGE else name
        keys += [(step, each) for each in (([stage] if lead.of_each_stage else stages) if of_stages else [""])]
    return keys


def _days(lead: LeadTime, waiting: Deadline, chance_days: int) -> int:
    return min(lead.days, chance_days) if lead.step == "interviews" and waiting.step == STAGE else lead.days


def _less(day: str, days: int) -> str:
    return date.fromordinal(max(1, date.fromisoformat(day).toordinal() - days)).isoformat()


def _more(day: str, days: int) -> str:
    return date.fromordinal(min(date.max.toordinal(), date.fromisoformat(day).toordinal() + days)).isoformat()
