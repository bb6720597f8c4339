"""`repatria terms`: clauses proposed, offered and agreed; terms checked and signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.show import Said
from repatria.cli.verb import AtNode, noun, verb
from repatria.deal import commands
from repatria.files import law
from repatria.law import commands as law_commands
from repatria.office import Done
from repatria.problem import Problem

app = noun("Clauses and terms: propose, offer, agree, check, sign.")

Clause = Annotated[str, typer.Argument(metavar="CLAUSE", help="Such as total-north: how many north hands over.")]
Value = Annotated[int, typer.Argument(metavar="NUMBER", help="The number proposed, offered or agreed.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="The terms, in TOML.")]


@verb(app)
def check(file: File) -> Said:
    """Every problem of a terms file at once, what it says in words, and which articles of law it touches.

    Example: repatria terms check terms.toml
    """
    checked = commands.check_terms(file.read_text(encoding="utf-8"), file.name, law.figures())
    terms = checked.terms
    if terms is None or checked.problems:
        return Said(problems=checked.problems)
    words = [f"{party} hands over {total:,} people inside the ratio" for party, total in sorted(terms.totals.items())]
    for category in checked.categories:
        inside = "inside the ratio" if category.counts else "outside the ratio and the balance"
        everyone = "all of them go" if category.all else "as places allow"
        words.append(f"{category.id}: {inside}, {everyone}")
    words.append(f"nobody is ahead of what the other side has offered by more than {terms.bound} people")
    words.append(f"{len(terms.stages)} stages by {terms.target_date}; answers are due by {terms.answers_due}")
    words.append(f"a private chance to decline at most {terms.chance_days} days before the stage")
    answer: dict[str, Any] = {"round": terms.round, "says": [{"": word} for word in words]}
    return Said(answer | law_commands.articles_touched(checked.findings, law.figures()))


@verb(app)
def propose(at: AtNode, clause: Clause, value: Value) -> Done | list[Problem]:
    """Propose a number for an open clause.

    Example: repatria terms propose north total-south 1200
    """
    return at.run(commands.propose_clause, commands.Clause(acting.alone(at), clause, value))


@verb(app)
def offer(
    at: AtNode,
    clause: Clause,
    value: Value,
    to: Annotated[str, typer.Option("--to", metavar="MEMBER", help="To whom it is carried.")],
) -> Done | list[Problem]:
    """Carry an offer privately, as a mediator.

    Example: repatria terms offer gulf total-north 1000 --to south
    """
    return at.run(commands.carry_offer, commands.CarryOffer(acting.alone(at), clause, value, to))


@verb(app)
def offers(at: AtNode) -> Done | list[Problem]:
    """The offers that were carried to this node.

    Example: repatria terms offers south
    """
    return at.run(commands.offers, acting.alone(at))


@verb(app)
def agree(at: AtNode, clause: Clause, value: Value) -> Done | list[Problem]:
    """Agree to a proposed number.

    Example: repatria terms agree south total-north 1000 --key-file sig-1.key --key-file sig-2.key
    """
    return at.run(commands.agree_clause, commands.Clause(acting.member(at), clause, value))


@verb(app)
def draft(at: AtNode, file: File) -> Done | list[Problem]:
    """Draft and sign the terms, or an amendment of those in force; the other side signs the same.

    Example: repatria terms draft north terms.toml --key-file sig-1.key
    """
    request = commands.DraftTerms(acting.member(at), file.read_text(encoding="utf-8"), file.name, law.figures())
    return at.run(commands.draft_terms, request)


@verb(app)
def sign(at: AtNode) -> Done | list[Problem]:
    """Sign the terms that wait.

    Example: repatria terms sign south --key-file sig-1.key --key-file sig-2.key
    """
    return at.run(commands.sign_terms, commands.SignTerms(acting.member(at), law.figures()))


@verb(app)
def show(at: AtNode) -> dict[str, Any]:
    """The clauses of the round with their history, and whether terms are in force.

    Example: repatria terms show north
    """
    state = at.node.state()
    return {
        "terms": state.terms,
        "clauses": [
            {"clause": name, "status": clause.status, "value": clause.value,
             "history": ", ".join(f"{member} {value}" for member, value, _ in clause.history)}
            for name, clause in sorted(state.clauses.items())
        ],
    }  # fmt: skip
