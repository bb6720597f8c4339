"""`repatria answer`: a word for every sought row; what is blank when the agreed day has passed is a breach by rule."""

from __future__ import annotations

from typing import Annotated

import typer

from repatria.cli import acting
from repatria.cli.register import Of, asked
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
