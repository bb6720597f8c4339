"""`repatria lottery`: freeze, commit, reveal; anyone re-verifies the draw from the ledger."""

from __future__ import annotations

from repatria.cli import acting
from repatria.cli.verb import AtNode, noun, verb
from repatria.office import Done
from repatria.plan import commands
from repatria.problem import Problem

app = noun("The draw: commit, reveal, or open from escrow.")


@verb(app)
def commit(at: AtNode) -> Done | list[Problem]:
    """Freeze lists, classes, terms and chances, and commit to a nonce.

    Example: repatria lottery commit north
    """
    return at.run(commands.commit_draw, commands.Draw(acting.alone(at)))


@verb(app)
def reveal(at: AtNode) -> Done | list[Problem]:
    """Reveal the nonce once everybody has committed.

    Example: repatria lottery reveal north
    """
    return at.run(commands.reveal_draw, commands.Draw(acting.alone(at)))


@verb(app)
def escrow(at: AtNode) -> Done | list[Problem]:
    """As the neutral, open the nonces of members that keep quiet.

    Example: repatria lottery escrow cross
    """
    return at.run(commands.open_escrow, commands.Draw(acting.alone(at)))
