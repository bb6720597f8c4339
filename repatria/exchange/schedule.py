"""The calendar of the round that is open, against what is done by now and the log's day: `deal/calendar.py` over the
state. A clock on the wall never enters.

    >>> schedule(State(), ())
    ()
"""

from __future__ import annotations

from collections.abc import Iterator

from repatria.deal.calendar import STAGE, LeadTimes, Outlook, calendar, outlook
from repatria.deal.terms import Terms, decode_terms
from repatria.exchange.clearing import begun, manifest_gaps
from repatria.exchange.consulting import AGREED, DATE
from repatria.exchange.moves import plan_in_force
from repatria.exchange.planning import seed_of
from repatria.exchange.state import State

_CHANCE_DAYS = 7  # before terms say less


def schedule(state: State, leads: LeadTimes) -> tuple[Outlook, ...]:
    """Every deadline of the open round, in the order of days; nothing where none is open or no day is known."""
    target, today = target_date(state), state.log_time
    if target is None or today is None or not state.round_open:
        return ()
    terms = decode_terms(state.terms_text.encode()) if state.terms is not None else None
    stages = stage_days(state, terms)
    fixed = {"answers": terms.answers_due} if terms is not None else {}
    chance_days = terms.chance_days if terms is not None else _CHANCE_DAYS
    deadlines = calendar(_last_day(state, target), stages, fixed, chance_days, leads)
    return outlook(deadlines, set(_done(state, [name for name, _ in stages] or [""])), today[:10])


def target_date(state: State) -> str | None:
    """The day by which people shall be home: of the round that is open, or of the latest that somebody announced."""
    every = sorted(state.activations.values(), key=lambda each: each.since)
    if not state.round_open:
        return next((str(each.target_date) for each in reversed(every) if each.in_force is None), None)
    if state.terms is not None:
        return decode_terms(state.terms_text.encode()).target_date
    return next((str(each.target_date) for each in reversed(every) if each.in_force is not None), None)


def _last_day(state: State, target: str) -> str:
    """The target date, or an earlier day that the parties have agreed for the first or the last stage."""
    named = (state.clauses.get(name) for name in ("first-stage", "last-stage"))
    days = [str(each.value) for each in named if each is not None and (each.value_kind, each.status) == (DATE, AGREED)]
    return min([target, *days])


def stage_days(state: State, terms: Terms | None) -> list[tuple[str, str]]:
    """The stages of the plan, or of the terms where there is no plan yet, in order of days."""
    planned = [(name, str(stage.date)) for name, stage in state.stages.items() if stage.round == state.round]
    if planned and plan_in_force(state) is not None:
        return sorted(planned, key=lambda each: each[::-1])
    return [(stage.stage, stage.date) for stage in terms.stages] if terms is not None else []


def _done(state: State, stages: list[str]) -> Iterator[tuple[str, str]]:
    both = set(state.lists) == set(state.parties)
    settled = all(clause.status == AGREED for clause in state.clauses.values())
    if state.terms is not None or (settled and {f"total-{party}" for party in state.parties} <= set(state.clauses)):
        yield "clauses", ""
    if state.terms is not None:
        yield "terms", ""
    asked = [register for register in state.registers.values() if register.asked]
    if both or {register.owner for register in asked} >= set(state.parties):
        yield "registers", ""
        if both or not any(register.blank(holder) for register in asked for holder in register.asked):
            yield "answers", ""
    if both:
        yield "lists", ""
    if state.draw is not None and seed_of(state) is not None:
        yield "draw", ""
    if plan_in_force(state) is not None:
        yield "plan", ""
    transport = [task for task in state.tasks.values() if (task.round, task.task) == (state.round, "transport")]
    for stage in stages:
        opened = stage in state.stages and state.stages[stage].opened is not None
        if opened or (transport and all(task.done is not None for task in transport)):
            yield "transport", stage
        if opened or begun(state, stage):
            yield "interviews", stage
        if opened or (stage in state.stages and not manifest_gaps(state, stage)[0]):
            yield "cleared", stage
        if opened:
            yield STAGE, stage
