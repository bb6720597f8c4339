"""`repatria handover`: what an officer does at a desk with nothing but its folder, and the neutral at its gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli.verb import AtDesk, DeskArgument, noun, passphrase, verb
from repatria.exchange.commands import By
from repatria.handover import commands
from repatria.office import Done
from repatria.problem import Problem

app = noun("At the desk: words at the gate, present, release, receive, return; carry between desks.")

Numbers = Annotated[list[str] | None, typer.Option("--number", metavar="NUMBER", help="Only these people; may repeat.")]
Count = Annotated[int, typer.Option("--count", metavar="N", help="At most so many; 0 for as many as may.")]


@verb(app)
def words(
    at: AtDesk,
    not_going: Annotated[
        list[str] | None, typer.Option("--not-going", metavar="NUMBER", help="Who declines here.")
    ] = None,
) -> Done | list[Problem]:
    """The neutral's last words at the gate, always both, padded.

    Example: repatria handover words gate --not-going NUMBER
    """
    return at.run(commands.gate_words, _gate(at, tuple(not_going or ())))


@verb(app)
def present(at: AtDesk) -> Done | list[Problem]:
    """Let whoever goes through the last gate.

    Example: repatria handover present gate
    """
    return at.run(commands.present, _gate(at, ()))


@verb(app)
def release(
    at: AtDesk,
    count: Count = 0,
    numbers: Numbers = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="SHEET", help="The paper sheet that held the right.")
    ] = None,
) -> Done | list[Problem]:
    """Release the next in the signed sequence, as far as receipts allow.

    Example: repatria handover release desk --count 5
    """
    return at.run(commands.release, _desk(at, count, numbers, sheet))


@verb(app)
def receive(at: AtDesk, count: Count = 0, numbers: Numbers = None) -> Done | list[Problem]:
    """Sign receipts for whoever was released and identified.

    Example: repatria handover receive desk
    """
    return at.run(commands.receive, _desk(at, count, numbers))


@verb(app)
def substituted(at: AtDesk, numbers: Numbers) -> Done | list[Problem]:
    """Say that somebody else was brought under a number.

    Example: repatria handover substituted desk --number NUMBER
    """
    return at.run(commands.found_substituted, _desk(at, 0, numbers))


@verb(app)
def absent(at: AtDesk, numbers: Numbers) -> Done | list[Problem]:
    """Say that a person was not brought.

    Example: repatria handover absent desk --number NUMBER
    """
    return at.run(commands.absent, _desk(at, 0, numbers))


@verb(app, "return")
def return_(at: AtDesk, numbers: Numbers = None) -> Done | list[Problem]:
    """Give rights back, all that are left or those named.

    Example: repatria handover return desk
    """
    return at.run(commands.return_rights, _desk(at, 0, numbers))


@verb(app)
def status(at: AtDesk) -> Done | list[Problem]:
    """How many people are in which state here.

    Example: repatria handover status desk
    """
    return at.run(commands.desk_status, _desk(at, 0, None))


@verb(app)
def manifest(at: AtDesk) -> Done | list[Problem]:
    """The signed sequence with what has become of each person.

    Example: repatria handover manifest desk
    """
    return at.run(commands.manifest, _desk(at, 0, None))


@verb(app)
def carry(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="The desk whose signed acts are carried.")],
    target: DeskArgument,
) -> Any:
    """Carry one desk's signed acts to another, by stick or cable.

    Example: repatria handover carry desk-a desk-b
    """
    from repatria.store.desk import DeskFolder

    with DeskFolder.open(target, passphrase(f"the desk in {target.name}")) as desk:
        return desk.take(source)


def _gate(at: AtDesk, not_going: tuple[str, ...]) -> commands.AtGate:
    desk = at.desk
    day = desk.state().stages[desk.stage].date
    return commands.AtGate(By(desk.author), desk.stage, desk.place, day, not_going)


def _desk(at: AtDesk, count: int, numbers: list[str] | None, sheet: str | None = None) -> commands.AtDesk:
    desk = at.desk
    return commands.AtDesk(By(desk.author), desk.stage, desk.place, count, tuple(numbers or ()), sheet)
