"""`repatria task`: procedural and organisational details, each with an owner and a day."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.verb import AtNode, noun, verb
from repatria.deal.tasks import TASKS
from repatria.exchange import commands, events
from repatria.office import Done
from repatria.problem import Problem

app = noun("Tasks: who sees to what, and by when.")

Task = Annotated[str, typer.Argument(metavar="TASK", help="A code from `task codes`, such as transport.")]


@verb(app)
def codes() -> dict[str, Any]:
    """Every task that there is a code for.

    Example: repatria task codes
    """
    return {"codes": list(TASKS)}


@verb(app, "set")
def set_(
    at: AtNode,
    task: Task,
    due: Annotated[str, typer.Option("--due", metavar="DAY", help="By which day.")],
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="MEMBER", help="Who sees to it; others than oneself: a mediator.")
    ] = None,
) -> Done | list[Problem]:
    """Say who sees to a task and by when, or give it a new day.

    Example: repatria task set gulf transport --owner north --due 2025-12-03
    """
    whose = events.Slug(owner or at.node.member)
    event = events.TaskSet(events.Slug(at.node.state().round), events.Slug(task), whose, events.Day(due))
    return at.run(commands.say, commands.Say(acting.alone(at), event))


@verb(app)
def done(at: AtNode, task: Task) -> Done | list[Problem]:
    """Say that one's own task is done.

    Example: repatria task done north transport
    """
    round_ = events.Slug(at.node.state().round)
    event = events.TaskDone(round_, events.Slug(task), events.Slug(at.node.member))
    return at.run(commands.say, commands.Say(acting.alone(at), event))


@verb(app, "list")
def list_(at: AtNode) -> dict[str, Any]:
    """The tasks of the round.

    Example: repatria task list north
    """
    state = at.node.state()
    return {
        "tasks": [
            {"task": task.task, "owner": task.owner, "due": task.due, "done": task.done is not None}
            for task in sorted(state.tasks.values(), key=lambda each: (each.due, each.task, each.owner))
            if task.round == state.round
        ]
    }
