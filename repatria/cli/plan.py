"""`repatria plan`: propose, sign after checking, revise, explain."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.verb import AtNode, noun, verb
from repatria.files import law
from repatria.office import Done
from repatria.plan import commands
from repatria.problem import Problem

app = noun("The plan: who goes when, and why.")


@verb(app)
def propose(at: AtNode) -> Done | list[Problem]:
    """Solve and propose a plan, or a revision of the one in force.

    Example: repatria plan propose straits
    """
    return at.run(commands.propose_plan, commands.ProposePlan(acting.alone(at)))


@verb(app)
def sign(at: AtNode) -> Done | list[Problem]:
    """Check the proposal that waits, in whole numbers and against the law, and sign it.

    Example: repatria plan sign north --key-file sig-1.key
    """
    return at.run(commands.sign_plan, commands.SignPlan(acting.member(at), law.figures()))


@verb(app)
def explain(
    at: AtNode, number: Annotated[str, typer.Argument(metavar="NUMBER", help="An opaque number of the final list.")]
) -> Done | list[Problem]:
    """Why this person goes when they go, or does not.

    Example: repatria plan explain north NUMBER
    """
    return at.run(commands.explain_number, commands.Explain(number))


@verb(app)
def show(at: AtNode) -> dict[str, Any]:
    """The plan in force, stage by stage.

    Example: repatria plan show north
    """
    state = at.node.state()
    rows = []
    for name, stage in state.stages.items():
        for place, fact in stage.places.items():
            held = [str(state.persons[number].holder) for number in fact.manifest]
            rows += [
                {"stage": name, "date": stage.date, "place": place, "from": holder, "people": held.count(holder),
                 "bound": fact.bound, "open": stage.opened is not None}
                for holder in state.parties
            ]  # fmt: skip
    return {"plan": state.plan, "stages": rows}
