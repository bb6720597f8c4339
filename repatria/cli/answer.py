"""`repatria answer`: a word for every sought row; what is blank when the agreed day has passed is a breach by rule."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.register import Language, Of, asked, known_language, latest
from repatria.cli.verb import AtNode, noun, verb
from repatria.linkage import commands
from repatria.office import Done
from repatria.problem import Problem

app = noun("Answers: a word per sought row.")


@verb(app)
def give(
    at: AtNode,
    others_not_held: Annotated[bool, typer.Option(help="Answer rows without any candidate with `not held`.")] = False,
    of: Of = None,
) -> Done | list[Problem]:
    """Answer the register that was disclosed.

    Example: repatria answer give south --others-not-held
    """
    return at.run(commands.give_answers, commands.GiveAnswers(acting.alone(at), asked(at, of), others_not_held))


@verb(app)
def export(
    at: AtNode,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A .xlsx or .csv file; it will hold names.")],
    of: Of = None,
    language: Language = "en",
) -> dict[str, Any] | list[Problem]:
    """Write who is sought and what was answered: of our own register, or with --of of one disclosed to us.

    Example: repatria answer export north --out answers.xlsx --language uk
    """
    from repatria.files.lists import write_answers
    from repatria.files.locales import load_language

    own = latest(at, at.node.member, "sought") if of is None else asked(at, of)
    register = own or asked(at)
    state = at.node.state()
    rows = commands.answered(state, at.given, register)
    if not rows:
        what = "no register of the sought that this node can read"
        return [Problem("register.unknown", at.node.member, what, "import one, or let one be disclosed to you")]
    members = sorted(state.registers[register].answers)
    write_answers(out, rows, members, load_language(known_language(language)))
    answered = {member: sum(member in said for _, said in rows) for member in members}
    return {"register": register, "people": len(rows), "answered": answered, "file": out.name}
