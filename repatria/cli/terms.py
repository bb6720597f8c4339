"""`repatria terms`: clauses opened, proposed, offered and agreed; terms checked and signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.register import Language, known_language
from repatria.cli.show import Said
from repatria.cli.verb import AtNode, noun, verb
from repatria.deal import form
from repatria.deal.commands import clauses, terms
from repatria.deal.fit import unmet_by_terms
from repatria.exchange.state import ClauseStep
from repatria.files import agreements, law, locales
from repatria.files.tables import read_text
from repatria.files.whole import write_whole
from repatria.office import Done
from repatria.problem import Problem
from repatria.report.retelling import Retelling

app = noun("Clauses and terms: open, propose, offer, release, agree, check, sign.")

Clause = Annotated[str, typer.Argument(metavar="CLAUSE", help="Such as total-north: how many north hands over.")]
Value = Annotated[str, typer.Argument(metavar="VALUE", help="A number, a date such as 2025-12-31, or a word.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="The terms, in TOML.")]


@verb(app, without=["key_files"])
def check(
    at: AtNode | None,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="The terms, in TOML; without it, those that wait or are in force at --node.",
            show_default=False,
        ),
    ] = None,
    language: Language = "en",
) -> Said | Done | list[Problem]:
    """Every problem of a terms file at once, what it says in words, which articles of law it touches, and whether the
    lists that a node knows can meet it: numbers, and never names.

    Example: repatria terms check terms.toml --node north --language uk
    """
    say = None if language == "en" else locales.load_language(known_language(language)).say
    telling = locales.load_retelling(known_language(language))
    text = read_text(file) if file is not None else None
    where = file.name if file is not None else "terms"
    if at is not None:
        figures, leads = law.figures(), locales.lead_times()
        request = terms.CheckLists(at.node.member, figures, leads, text, where, say, telling.said)
        return _asked_in(telling, at.run(terms.check_lists, request))
    if text is None:
        raise typer.BadParameter("give a FILE with terms, or --node")
    checked = terms.check_terms(text, where, law.figures())
    if checked.terms is None or checked.problems:
        return Said(problems=checked.problems)
    unmet = unmet_by_terms(checked.terms, checked.categories, locales.lead_times(), quotas=checked.quotas)
    return Said(_asks_in(telling, terms.told_terms(checked, law.figures(), unmet, say, telling.said)))


def _asked_in(telling: Retelling, done: Done | list[Problem]) -> Done | list[Problem]:
    return done if isinstance(done, list) else replace(done, answer=_asks_in(telling, done.answer))


def _asks_in(telling: Retelling, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with what each check asks in that language."""
    rows = [{**row, "asks": telling.sentence(row["asks"]) or row["asks"]} for row in answer["law"]]
    return {**answer, "law": rows}


@verb(app)
def new(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to; a file that is there stays.")],
) -> dict[str, Any] | list[Problem]:
    """A file of terms to begin with: every term with its meaning beside it, filled in as an example.

    Example: repatria terms new --out terms.toml
    """
    if out.exists():
        return [Problem("terms.exists", out.name, "there is a file already", "name another one")]
    write_whole(out, form.new_terms().encode(), 0o666)
    return {"terms": out.name, "then": f"repatria terms check {out.name}"}


@verb(app)
def schema() -> Said:
    """The form of a terms file as JSON Schema, draft 2020-12, for editors and other programs.

    Example: repatria terms schema > terms.schema.json
    """
    return Said(form.schema(), page=form.schema_text())


@verb(app)
def shipped(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One of them.", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write its terms there, to edit.")] = None,
) -> dict[str, Any] | list[Problem]:
    """The agreements of the past that come with this program, or where one of them comes from.

    Example: repatria terms shipped november-2025 --out terms.toml
    """
    known = agreements.shipped()
    if name is None:
        told = {each: agreements.about(agreements.agreement(each)) for each in known}
        return {"agreements": [{"name": each, "agreed": of.agreed, "title": of.title} for each, of in told.items()]}
    if name not in known:
        do = "use one of " + ", ".join(known)
        return [Problem("terms.shipped", name, "no agreement of that name is shipped", do)]
    text = agreements.agreement(name)
    if out is not None:
        write_whole(out, text.encode(), 0o666)
    of = agreements.about(text)
    return {
        "title": of.title, "agreed": of.agreed, "told": of.told, "sources": list(of.sources),
        "public": list(of.public), "not_public": list(of.not_public),
    }  # fmt: skip


@verb(app, "open")
def open_(
    at: AtNode,
    clause: Clause,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="number, date or word.")] = "number",
    words: Annotated[
        list[str] | None, typer.Option("--word", metavar="WORD", help="One that may be chosen; may repeat.")
    ] = None,
) -> Done | list[Problem]:
    """Open a clause that is still to be settled.

    Example: repatria terms open gulf carrier --kind word --word bus --word train
    """
    request = clauses.OpenClause(acting.alone(at), clause, kind, tuple(words or ()))
    return at.run(clauses.open_clause, request)


@verb(app)
def propose(at: AtNode, clause: Clause, value: Value) -> Done | list[Problem]:
    """Propose a value for an open clause; a number opens its clause.

    Example: repatria terms propose north total-south 1200
    """
    return at.run(clauses.propose_clause, clauses.Clause(acting.alone(at), clause, clauses.read_value(value)))


@verb(app)
def offer(
    at: AtNode,
    clause: Clause,
    value: Value,
    to: Annotated[str, typer.Option("--to", metavar="MEMBER", help="To whom it is carried.")],
    maker: Annotated[
        str | None, typer.Option("--from", metavar="MEMBER", help="Whose offer it is; by default the mediator's own.")
    ] = None,
) -> Done | list[Problem]:
    """Carry an offer privately, as a mediator.

    Example: repatria terms offer gulf total-north 1000 --to south --from north
    """
    request = clauses.CarryOffer(acting.alone(at), clause, clauses.read_value(value), to, maker or at.node.member)
    return at.run(clauses.carry_offer, request)


@verb(app)
def offers(at: AtNode) -> Done | list[Problem]:
    """The offers that this node carried, was brought, or made.

    Example: repatria terms offers south
    """
    return at.run(clauses.offers, acting.alone(at))


@verb(app)
def release(
    at: AtNode,
    offer: Annotated[str, typer.Argument(metavar="EVENT", help="From `terms offers`; its first letters do.")],
) -> Done | list[Problem]:
    """Let an offer that was carried in your name stand as your proposal.

    Example: repatria terms release north 3fa9
    """
    return at.run(clauses.release_offer, clauses.ReleaseOffer(acting.alone(at), offer))


@verb(app)
def agree(at: AtNode, clause: Clause, value: Value) -> Done | list[Problem]:
    """Agree to a proposed value.

    Example: repatria terms agree south total-north 1000 --key-file sig-1.key --key-file sig-2.key
    """
    return at.run(clauses.agree_clause, clauses.Clause(acting.member(at), clause, clauses.read_value(value)))


@verb(app)
def draft(at: AtNode, file: File) -> Done | list[Problem]:
    """Draft and sign the terms, or an amendment of those in force; the other side signs the same.

    Example: repatria terms draft north terms.toml --key-file sig-1.key
    """
    request = terms.DraftTerms(
        acting.member(at), read_text(file), file.name, law.figures(), locales.lead_times()
    )
    return at.run(terms.draft_terms, request)


@verb(app)
def sign(at: AtNode) -> Done | list[Problem]:
    """Sign the terms that wait.

    Example: repatria terms sign south --key-file sig-1.key --key-file sig-2.key
    """
    return at.run(terms.sign_terms, terms.SignTerms(acting.member(at), law.figures(), leads=locales.lead_times()))


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
             "history": ", ".join(_step(step) for step in clause.history)}
            for name, clause in sorted(state.clauses.items())
        ],
    }  # fmt: skip


def _step(step: ClauseStep) -> str:
    return f"{step.member} {step.step}" + ("" if step.value is None else f" {step.value}")
