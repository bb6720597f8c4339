"""What a plan in force comes to, worked out once: it was made of what was so when it was proposed, and that stays.

Reading a plan means folding the ledger up to its proposal, checking it and adding its figures up: a quarter of a minute
for 100,000 people. All of that hangs on the plan alone, so that a node keeps it for the plans that are asked for, and
whoever asks first waits for it without holding up the others. What hangs on the present (who has signed, of whom the
plan does not decide any more) is asked anew each time.

A plan that waits is judged at the present state, and worked out again when that is another.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from repatria import __version__
from repatria.cli import plan as verbs
from repatria.exchange.state import State
from repatria.ledger.canonical import decode
from repatria.plan import commands
from repatria.plan.basis import fairness_problems
from repatria.plan.explain import Reasons
from repatria.plan.model import shape_problems
from repatria.problem import Problem
from repatria.report.blocks import fragment
from repatria.report.language import Language
from repatria.report.plan_document import Standing, document
from repatria.report.plan_figures import Figures
from repatria.report.plan_reading import figures_of, standing_of
from repatria.store.node import NodeFolder
from repatria.web.served import AtWeb

_MOST = 2  # plans at hand: the one in force, and one that waits
_SHOWN = 12  # documents at hand: some languages, some standings


@dataclass(frozen=True, eq=False)
class Planned:
    """One plan at the state at which it is judged; `of` is that state where the plan still waits."""

    plan: Mapping[str, Any]
    figures: Figures
    unfair: tuple[str, ...]
    reasons: Reasons | None
    of: State | None


class _Kept:
    """What is at hand of one node's plans. `lock`: one works it out, and whoever asks for the same waits for that."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.plans: dict[str, Planned] = {}
        self.shown: dict[tuple[Any, ...], tuple[Figures, str, str]] = {}
        self.now: tuple[Planned, frozenset[str], Reasons] | None = None  # reasons as of today


_kept: WeakKeyDictionary[NodeFolder, _Kept] = WeakKeyDictionary()
_beginning = threading.Lock()


def read(at: AtWeb, state: State, name: str) -> tuple[Figures, Standing] | list[Problem]:
    """The figures of a plan and where it stands, or why it cannot be read: as `plan_reading.read_plan` says it."""
    found = _planned(at, state, name)
    if isinstance(found, list):
        return found
    return found.figures, standing_of(name, found.plan, state, found.unfair, waits=found.of is not None)


def reasons(at: AtWeb, state: State) -> Reasons | list[Problem]:
    """Why everybody goes when they go, or does not, by the plan in force: as `plan.commands.reasons_of` says it."""
    if state.plan is None:
        return commands.reasons_of(state, state, at.given.attachment)
    found = _planned(at, state, state.plan)
    if isinstance(found, list):
        return found
    assert found.reasons is not None
    kept, away = _of(at.node), frozenset(commands.decided_no_more(state))
    with kept.lock:
        if kept.now is None or kept.now[:2] != (found, away):
            kept.now = found, away, found.reasons.without(away)
        return kept.now[2]


def shown(at: AtWeb, figures: Figures, standing: Standing, words: Language) -> tuple[str, str]:
    """The document as a part of a page, escaped where it was made, and its title."""
    kept, key = _of(at.node), (id(figures), standing, words.code)
    with kept.lock:
        found = kept.shown.get(key)
        if found is None or found[0] is not figures:
            made = document(figures, standing, words, __version__)
            if len(kept.shown) >= _SHOWN:
                kept.shown.clear()
            found = kept.shown[key] = figures, fragment(made), made.title
    return found[1:]


def _of(node: NodeFolder) -> _Kept:
    with _beginning:
        return _kept.setdefault(node, _Kept())


def _planned(at: AtWeb, state: State, name: str) -> Planned | list[Problem]:
    kept, waits = _of(at.node), name == commands.waiting_plan(state)
    with kept.lock:
        found = kept.plans.pop(name, None)
        if found is None or found.of is not (state if waits else None):
            made = _made(at, state, name, waits)
            if isinstance(made, list):
                return made
            found = made
        kept.plans[name] = found
        while len(kept.plans) > _MOST:
            kept.plans.pop(next(iter(kept.plans)))
    return found


def _made(at: AtWeb, state: State, name: str, waits: bool) -> Planned | list[Problem]:
    attachment = at.node.attachment
    data = attachment(name)
    if data is None:
        return [Problem("attachment.missing", name[:16], "the plan is not here", "sync first")]
    plan = decode(data)
    if problems := shape_problems(plan):
        return problems
    then = state if waits else verbs.when_proposed(at, state, name)
    unfair = tuple(problem.code for problem in fairness_problems(plan, then, attachment))
    why = None if waits or name != state.plan else commands.reasons_of(state, then, attachment)
    if isinstance(why, list):
        return why
    return Planned(plan, figures_of(plan, then, attachment), unfair, why, state if waits else None)
