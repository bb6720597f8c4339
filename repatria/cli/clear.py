"""`repatria clear`: the neutral's words, signed by its interviewers only, in padded pairs, without a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.verb import AtNode, noun, verb
from repatria.exchange.authority import GATE, INTERVIEWER
from repatria.handover import commands
from repatria.office import Done
from repatria.problem import Problem

app = noun("Interviews, the neutral's word, and access refused.")

Place = Annotated[str, typer.Option("--place", metavar="PLACE", help="The place of detention.")]
On = Annotated[str, typer.Option("--on", metavar="DAY", help="The day of the interviews, such as 2025-12-03.")]


@verb(app)
def places(at: AtNode) -> dict[str, Any]:
    """How many people of the final lists are at which place of detention.

    Example: repatria clear places cross
    """
    from repatria.deal.commands import visits_of

    state = at.node.state()
    counted: dict[tuple[str, str], int] = {}
    for holder, fact in sorted(state.lists.items()):
        for place in visits_of(at.given, fact.list).values():
            counted[holder, place] = counted.get((holder, place), 0) + 1
    return {"places": [{"holder": h, "place": p, "people": n} for (h, p), n in sorted(counted.items())]}


@verb(app)
def people(at: AtNode, place: Place) -> Done | list[Problem]:
    """Who is at a place of detention, for the interviewers' eyes only.

    Example: repatria clear people cross --place camp-1
    """
    return at.run(commands.who_is_there, commands.WhoIsThere(acting.alone(at), place))


@verb(app)
def visit(
    at: AtNode,
    place: Place,
    on: On,
    not_going: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Numbers of those who do not go, one a line.")
    ] = None,
    planned: Annotated[bool, typer.Option(help="Only people planned for a stage that is not open.")] = False,
    note: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The interviewers' note; sealed, never shown.")
    ] = None,
) -> Done | list[Problem]:
    """Record a day of interviews.

    Example: repatria clear visit cross --place camp-1 --on 2025-12-03 --key-file interviewer.key
    """
    declined = tuple(not_going.read_text(encoding="utf-8").split()) if not_going else ()
    request = commands.Visit(
        acting.delegate(at, INTERVIEWER, GATE), place, on, declined, planned, note.read_bytes() if note else b""
    )
    return at.run(commands.visit, request)


@verb(app)
def refused(
    at: AtNode,
    place: Place,
    on: On,
    holder: Annotated[str, typer.Option("--holder", metavar="MEMBER", help="Who let nobody in.")],
) -> Done | list[Problem]:
    """Record that access was refused.

    Example: repatria clear refused cross --place camp-2 --on 2025-12-03 --holder south
    """
    request = commands.Refused(acting.delegate(at, INTERVIEWER, GATE), place, on, holder)
    return at.run(commands.access_refused, request)
