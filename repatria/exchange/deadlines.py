"""By when a disclosed register must be answered, and what stands on the record when that day has passed: a breach by
rule, which nobody says and nobody can leave unsaid (ADR 59).

Days are the log's (ADR 17). A register is due by the terms' date. One that is disclosed on that day or later is due as
many days after its disclosure as there were, when the date was agreed, until it: whoever is asked late has the time
that whoever was asked in time had, and nobody is in breach on the day on which it is asked.

When log time passes a day, whatever is still blank in a register due by then is a breach of its holder, in the state
from the entry on that brought the time, with the count of rows then blank. What is answered later does not take it
back. Terms amended before the day move it; amended after it they set a new day, and the breach of the old one stands.

    >>> due_by(DueFact(Day("2025-12-05"), Day("2025-12-01")), Day("2025-12-03"))
    '2025-12-05'
    >>> due_by(DueFact(Day("2025-12-05"), Day("2025-12-01")), Day("2025-12-09"))
    '2025-12-13'
"""

from __future__ import annotations

from datetime import date, timedelta

from repatria.exchange.events import Day, Opaque, Slug
from repatria.exchange.state import Breach, DueFact, State

ANSWERS_OVERDUE = Slug("answers-overdue")


def due_by(agreed: DueFact, asked: Day | None) -> Day:
    """The last day for the answers to a register that was disclosed on the day `asked`."""
    first = max(asked or "", agreed.since or "")
    if first < agreed.day:
        return agreed.day
    given = (date.fromisoformat(agreed.day) - date.fromisoformat(agreed.since)).days if agreed.since else 1
    try:
        return Day((date.fromisoformat(first) + timedelta(days=max(given, 1))).isoformat())
    except OverflowError:
        return Day(date.max.isoformat())


def begin_round(state: State) -> None:
    """Nothing is due by a date of the round before."""
    state.due, state.deadlines = None, {}


def agree_on(state: State, day: str) -> None:
    """Terms with this date come into force: whatever is blank is due by it, unless that was the date before."""
    if state.due is not None and state.due.day == day:
        return
    state.due = DueFact(Day(day), _today(state))
    state.deadlines = {}
    for register, fact in state.registers.items():
        for holder in fact.asked:
            ask(state, register, holder)


def ask(state: State, register: str, holder: str) -> None:
    """A register that this holder has been shown, now or before, is due, once terms say when."""
    if state.due is None:
        return
    key = deadline_key(register, holder)
    shown = state.since.get(f"register/{key}")
    state.deadlines[key] = due_by(state.due, None if shown is None else state.day_at(shown))


def pass_to(state: State, index: int, today: Day) -> None:
    """Log time has come to a new day with the entry at `index`: what was due before it and is blank is a breach.

    Costs a comparison unless a day has passed by which something was due.
    """
    if not state.round_open or not state.deadlines or min(state.deadlines.values()) >= today:
        return
    passed = {key: due for key, due in state.deadlines.items() if due < today}
    state.deadlines = {key: due for key, due in state.deadlines.items() if key not in passed}  # never mutated here
    for key, due in sorted(passed.items()):
        register, _, holder = key.partition("/")
        blank = state.registers[register].blank(holder)
        if blank > 0:
            breach = Breach(index, Slug(holder), ANSWERS_OVERDUE, blank, Opaque(register), due)
            state.breaches.append(breach)


def deadline_of(state: State, register: str, holder: str) -> Day | None:
    """By when this holder is to answer, or was: by a day to come, else the day whose breach stands, else the terms'."""
    due = state.deadlines.get(deadline_key(register, holder))
    if due is not None:
        return due
    missed = [b.due for b in state.breaches if (b.register, b.member) == (register, holder) and b.due is not None]
    return missed[-1] if missed else None if state.due is None else state.due.day


def left_blank(state: State) -> dict[str, int]:
    """By holder, how many rows were blank when their day had passed; of each register when it last did."""
    latest = {(b.member, b.register): b.count for b in state.breaches if b.code == ANSWERS_OVERDUE}
    return {holder: sum(n for (each, _), n in latest.items() if each == holder) for holder, _ in latest}


def deadline_key(register: str, holder: str) -> str:
    return f"{register}/{holder}"


def _today(state: State) -> Day | None:
    now = state.log_time
    return None if now is None else Day(now[:10])
