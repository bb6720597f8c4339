"""A plan as the record has it: its figures, and where it stands.

A plan is judged at the state in which it was proposed, as an auditor judges it; one that waits for signatures at the
present one, as its signatories will.

    >>> read_plan("0" * 64, State(), State(), lambda name: None, waits=True)[0].code
    'attachment.missing'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from repatria.exchange.codec import data_hash
from repatria.exchange.events import PlanSigned, Sha256, Slug
from repatria.exchange.moves import moves, plan_in_force
from repatria.exchange.state import Attachments, State
from repatria.ledger.canonical import decode
from repatria.plan.basis import basis_of, fairness_problems
from repatria.plan.model import Unit, shape_problems
from repatria.problem import Problem
from repatria.report.plan_document import Standing
from repatria.report.plan_figures import Figures, figures


def read_plan(
    name: str, state: State, then: State, attachments: Attachments, *, waits: bool
) -> tuple[Figures, Standing] | list[Problem]:
    """The figures of a plan and where it stands, or why it cannot be read.

    Args:
        state: what is so.
        then: what was so when the plan was proposed; `state` itself where it `waits`.
    """
    data = attachments(name)
    if data is None:
        return [Problem("attachment.missing", name[:16], "the plan is not here", "sync first")]
    plan = decode(data)
    if problems := shape_problems(plan):
        return problems
    unfair = tuple(problem.code for problem in fairness_problems(plan, then, attachments))
    return figures_of(plan, then, attachments), standing_of(name, plan, state, unfair, waits=waits)


def standing_of(name: str, plan: Mapping[str, Any], state: State, unfair: Sequence[str], *, waits: bool) -> Standing:
    """Where a plan stands now; `unfair`: the codes of what the checker found when it was proposed."""
    act = data_hash(PlanSigned(Slug(plan["round"]), Sha256(name)))
    lacking = next((move.who for move in moves(state) if move.code == "sign-plan"), ()) if waits else ()
    status = "proposed" if waits else "in_force" if name == plan_in_force(state) else "past"
    return Standing(
        status, state.day_at(state.since.get(f"plan/{name}", 0)) or str(plan["stages"][0]["date"]),
        tuple(str(assent.member) for assent in state.assents.get(act, ())),
        tuple(map(str, lacking)), tuple(unfair), name, plan["replaces"] or "", plan["terms"],
    )  # fmt: skip


def figures_of(plan: Mapping[str, Any], then: State, attachments: Attachments) -> Figures:
    """The figures of a plan without shape problems, at the state in which it was proposed."""
    basis = basis_of(then, attachments)
    units = [*basis.units]
    planned = [plan] if basis.progress is None else [plan, basis.progress.previous]
    mentioned = {
        str(number) for each in planned for stage in each["stages"] for place in stage["places"]
        for number, _ in place["sequence"]
    }  # fmt: skip
    listed = {number for unit in units for number in unit.numbers}
    for number in sorted(mentioned - listed):  # whoever cannot go any more, and is told of as gone
        person = then.persons[number]
        units.append(Unit(number, person.side, person.class_id))
    states = {number: str(person.state) for number, person in then.persons.items()}
    return figures(plan, units, basis.classes, basis.terms, basis.progress, states)
