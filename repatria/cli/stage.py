"""`repatria stage`: open it, equip its desks, grant rights, mark a desk dark, settle, reconcile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from repatria.cli import acting
from repatria.cli.verb import AtNode, noun, passphrase, verb
from repatria.exchange import commands as said
from repatria.exchange import events
from repatria.exchange.authority import SUPERVISOR
from repatria.files import law
from repatria.handover import commands
from repatria.office import Done
from repatria.problem import Problem

app = noun("Stages: open, equip desks, grant rights, settle, reconcile.")

Stage = Annotated[str, typer.Argument(metavar="STAGE", help="The stage, such as s1.")]
Place = Annotated[str, typer.Option("--place", metavar="PLACE", help="The point of handover.")]


@verb(app)
def open_(at: AtNode, stage: Stage) -> Done | list[Problem]:
    """Open a stage, once the law has been asked of everyone in it; it takes both parties and a mediator.

    Example: repatria stage open north s1
    """
    return at.run(commands.open_stage, commands.OpenStage(acting.alone(at), stage, law.figures()))


@verb(app)
def grant(
    at: AtNode,
    stage: Stage,
    place: Place,
    to: Annotated[str, typer.Option("--to", metavar="DESK", help="Such as north/desk-bridge, or north/sheet-0001.")],
    numbers: Annotated[list[str] | None, typer.Option("--number", metavar="NUMBER", help="Only these people.")] = None,
) -> Done | list[Problem]:
    """Give the rights for our people on the manifest to one desk.

    Example: repatria stage grant north s1 --place bridge --to north/desk-bridge
    """
    return at.run(commands.grant, commands.Grant(acting.alone(at), stage, place, to, tuple(numbers or ())))


@verb(app)
def desk(
    at: AtNode,
    stage: Stage,
    place: Place,
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="The desk's folder, to be carried there.")],
    key: Annotated[Path, typer.Option("--desk-key", metavar="FILE", help="The desk's key file.")],
) -> dict[str, object] | list[Problem]:
    """Make the folder with which a desk works alone.

    Example: repatria stage desk north s1 --place bridge --desk-key d.key --out desk
    """
    return at.node.equip(stage, place, key, out, passphrase(f"the desk in {out.name}"))


@verb(app)
def dark(
    at: AtNode, stage: Stage, place: Place, desk: Annotated[str, typer.Option("--desk", metavar="DESK")]
) -> Done | list[Problem]:
    """Record that a desk is out of contact while it holds rights.

    Example: repatria stage dark north s1 --place bridge --desk north/desk-bridge
    """
    event = events.Unconfirmed(events.Slug(stage), events.Slug(place), events.Author(desk))
    return at.run(said.say, said.Say(acting.alone(at), event))


@verb(app)
def confirm(
    at: AtNode,
    stage: Stage,
    place: Place,
    number: Annotated[str, typer.Option("--number", metavar="NUMBER", help="The unconfirmed person.")],
    outcome: Annotated[str, typer.Option("--outcome", metavar="WORD", help="received or returned.")],
) -> Done | list[Problem]:
    """Settle, as a supervisor, what became of an unconfirmed person.

    Example: repatria stage confirm north s1 --place bridge --number N --outcome received
    """
    by = acting.delegate(at, SUPERVISOR)
    return at.run(commands.confirm, commands.Confirm(by, stage, place, number, outcome))


@verb(app)
def reconcile(at: AtNode, stage: Stage, place: Place) -> Done | list[Problem]:
    """Sign the place's figures as the ledger counts them.

    Example: repatria stage reconcile north s1 --place bridge
    """
    return at.run(commands.reconcile, commands.Reconcile(acting.alone(at), stage, place))


@verb(app)
def abort(at: AtNode, stage: Stage, place: Place) -> Done | list[Problem]:
    """Stop a place of a stage; whoever is past the last gate goes on.

    Example: repatria stage abort north s1 --place bridge
    """
    event = events.StageAborted(events.Slug(stage), events.Slug(place))
    return at.run(said.say, said.Say(acting.alone(at), event))
