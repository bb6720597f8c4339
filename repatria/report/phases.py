"""The phases of the present round by days of log time, from the state alone: the picture over the timeline.

    >>> phases(State())
    ()
"""

from __future__ import annotations

from dataclasses import dataclass

from repatria.exchange.moves import activations, closed_since, lists_since, plan_since, terms_since
from repatria.exchange.state import State


@dataclass(frozen=True)
class Phase:
    """One phase: its code, its first and last day; `last` is the present day as long as it is `going_on`."""

    code: str  # open, consult, lists, prepare, handover
    first: str
    last: str
    going_on: bool


def phases(state: State) -> tuple[Phase, ...]:
    """The phases that have begun, in order. Each lasts until what ends it stands in the record."""
    if not state.days:
        return ()
    started = [each.in_force for _, each in activations(state) if each.round == state.round and each.in_force]
    opened = [each.opened for each in state.stages.values() if each.round == state.round and each.opened is not None]
    both = set(state.lists) == set(state.parties) and bool(state.lists)
    planned = min([each for each in (plan_since(state), *opened) if each], default=None)
    ends: list[tuple[str, int | None]] = [
        ("open", min(started, default=None)),
        ("consult", terms_since(state) if state.terms is not None else None),
        ("lists", lists_since(state) if both else None),
        ("prepare", planned),
        ("handover", closed_since(state)),
    ]
    found: list[Phase] = []
    since = 0
    for code, end in ends:
        found.append(Phase(code, _day(state, since), _day(state, state.size if end is None else end), end is None))
        if end is None:
            break
        since = end
    return tuple(found)


def _day(state: State, index: int) -> str:
    """The log's day at that entry; before the log had any time, its first."""
    return str(state.day_at(index) or state.days[0][1])
