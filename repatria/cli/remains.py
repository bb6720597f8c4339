"""`repatria remains`: whose remains a set that was handed over holds, as its receiver finds and finds again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.register import latest
from repatria.cli.verb import AtNode, noun, verb
from repatria.exchange.examining import contradicted, examined, found_dead
from repatria.exchange.person import RECEIVED
from repatria.office import Done
from repatria.problem import Problem
from repatria.remains import commands

app = noun("Remains: whose they are, as the side that received them finds.")

Sought = Annotated[
    list[str] | None,
    typer.Option("--sought", metavar="REGISTER:ROW", help="A person by their sought row; `sought:ROW` for an own one."),
]
Cases = Annotated[
    list[str] | None,
    typer.Option("--case", metavar="NUMBER:PARTY", help="A person on no register; `new:unknown` gives a number."),
]


@verb(app)
def identify(
    at: AtNode,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The set's number on the list.")],
    sought: Sought = None,
    case: Cases = None,
) -> Done | list[Problem]:
    """Say of which people a set holds remains: all that is known now. Nobody named: nobody can be told apart.

    Example: repatria remains identify north NUMBER --sought sought:ROW --case new:south --key-file sig-1.key
    """
    own = latest(at, at.node.member, "sought")
    named, problems = [], []
    for text in (*(sought or ()), *(case or ())):
        left, colon, right = text.partition(":")
        if not colon:
            problems.append(Problem("remains.form", text, "not two parts with a colon", "write it as in the example"))
        elif left == "sought" and own is None:
            problems.append(Problem("remains.register", text, "no sought register of this member", "give its number"))
        named.append((own or left if left == "sought" else left, right))
    if problems:
        return problems
    rows = len(sought or ())
    request = commands.IdentifyRemains(acting.member(at), number, tuple(named[:rows]), tuple(named[rows:]))
    return at.run(commands.identify_remains, request)


@verb(app, "list")
def list_(at: AtNode) -> dict[str, Any]:
    """The sets that were handed over, what was found in each, and how many people in all; no person is named.

    Example: repatria remains list north
    """
    state = at.node.state()
    sets = [person for person in state.persons.values() if not person.living and person.state == RECEIVED]
    return {
        "sets": [
            {"number": each.number, "from": each.holder, "to": each.to,
             "versions": len(state.findings.get(each.number, ())),
             "people": sum(len(found.sought) + len(found.cases) for found in state.findings.get(each.number, ())[-1:])}
            for each in sorted(sets, key=lambda each: each.number)
        ],
        "counts": [
            {"from": each.holder, "to": each.to, "sets": each.sets, "examined": each.examined, "people": each.people,
             "sought": each.sought, "own_side": each.own}
            for each in examined(state)
        ],
        "found_dead": len(found_dead(state)),
        "contradicted": len(contradicted(state)),
    }  # fmt: skip
