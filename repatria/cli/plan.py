"""`repatria plan`: propose, sign after checking, revise, explain, show, and the plan as a page and a print."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from repatria import __version__
from repatria.cli import acting
from repatria.cli.patience import patience
from repatria.cli.register import Language, known_language
from repatria.cli.verb import AtNode, noun, verb
from repatria.exchange.fold import fold
from repatria.exchange.state import State
from repatria.files import law
from repatria.files.locales import load_language
from repatria.files.whole import write_whole
from repatria.ledger.canonical import decode
from repatria.office import Done
from repatria.plan import commands
from repatria.problem import Problem
from repatria.report.language import CODES

if TYPE_CHECKING:
    from repatria.plan.explain import Reasons
    from repatria.report.language import Language as Spoken

OFFICER, FAMILY = "officer", "family"  # who reads a reason

app = noun("The plan: who goes when, and why.")


@verb(app)
def propose(
    at: AtNode,
    language: Language = "en",
    budget: Annotated[
        float | None,
        typer.Option("--budget", metavar="SECONDS", min=0, help="Propose the best plan there is after so long."),
    ] = None,
) -> Done | list[Problem]:
    """Solve and propose a plan, or a revision of the one in force; of a revision, what it changes, in words.

    Ctrl-C proposes the best plan so far; pressed twice, none.

    Example: repatria plan propose straits --budget 600 --language uk
    """
    say = load_language(known_language(language))
    state = at.node.state()
    waiting = replace(at, given=replace(at.given, patience=lambda: patience(budget)))
    done = waiting.run(commands.propose_plan, commands.ProposePlan(acting.alone(at)))
    return done if isinstance(done, list) else _with_changes(at, done, str(done.answer["plan"]), state, say)


@verb(app)
def sign(at: AtNode, language: Language = "en") -> Done | list[Problem]:
    """Check the proposal that waits, in whole numbers and against the law, and sign it; of a revision, what it changes.

    Example: repatria plan sign north --key-file sig-1.key
    """
    say = load_language(known_language(language))
    state = at.node.state()
    done = at.run(commands.sign_plan, commands.SignPlan(acting.member(at), law.figures()))
    return done if isinstance(done, list) else _with_changes(at, done, str(done.answer["plan"]), state, say)


def _with_changes(at: AtNode, done: Done, name: str, then: State, say: Spoken) -> Done:
    """What was done, and of a revision how many people it moves and of what kind, and the same in words; no numbers.

    Args:
        then: the state on which it was done.
    """
    from repatria.report.plan_document import told_changes
    from repatria.report.plan_reading import figures_of

    if done.answer.get("replaces") is None:
        return done
    figures = figures_of(decode(at.node.attachment(name) or b""), then, at.node.attachment)
    changes = {each.kind: each.people for each in figures.changes or ()}
    text = [say.sentence(message) for message, _ in told_changes(figures)]
    return replace(done, answer={**done.answer, "changes": changes, "text": text})


@verb(app)
def explain(
    at: AtNode,
    number: Annotated[
        str | None, typer.Argument(metavar="NUMBER", help="An opaque number of the final list.", show_default=False)
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Everybody at once, into a file.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="A .csv file, for officers.")] = None,
    audience: Annotated[str, typer.Option("--audience", metavar="WHO", help="officer or family.")] = OFFICER,
    language: Language = "en",
) -> dict[str, Any] | list[Problem]:
    """Why this person goes when they go, or does not; for a family, what a letter may say of it.

    Example: repatria plan explain north NUMBER --language uk
    """
    wrong = []
    if (number is None) != all_ or (out is None) == all_:
        wrong.append("give a NUMBER, or --all with --out FILE")
    if audience not in (OFFICER, FAMILY) or (all_ and audience != OFFICER):
        wrong.append("--audience is officer or family, and --all is for officers")
    if language not in CODES:
        wrong.append(f"--language is {', '.join(CODES)}")
    if wrong:
        raise typer.BadParameter("; ".join(wrong))
    say = load_language(known_language(language))
    state = at.node.state()
    then = state if state.plan is None else when_proposed(at, state, state.plan)
    reasons = commands.reasons_of(state, then, at.given.attachment)
    if isinstance(reasons, list):
        return reasons
    if number is None:
        return _everybody(at, state, reasons, say, out or Path())
    if problems := commands.unknown_number(state, number):
        return problems
    if audience == FAMILY:
        told = reasons.for_family(number, commands.in_person(state, number))
        return {"number": number, "audience": FAMILY, "text": [say.sentence(each) for each in told]}
    reason = reasons.of(number)
    told = reason.told
    return {**reason.as_json(), "state": state.persons[number].state, "text": [say.sentence(each) for each in told]}


def _everybody(at: AtNode, state: State, reasons: Reasons, say: Spoken, out: Path) -> dict[str, Any]:
    """A row for each number of the lists, written whole."""
    people, table = everybody(at, state, reasons, say)
    write_whole(out, table)
    goes = sum(reasons.of(number, why_not=False).goes for number in people)
    return {"people": len(people), "go": goes, "stay": len(people) - goes, "file": out.name}


def everybody(at: AtNode, state: State, reasons: Reasons, say: Spoken) -> tuple[list[str], bytes]:
    """The numbers of the round, and for each a row of a CSV: where and when they go, by which ticket, and why."""
    from repatria.files.tables import format_csv

    columns = ("number", "holder", "tier", "stratum", "goes", "stage", "date", "place", "position", "why")
    tickets = ("rank", "of", "places", "chance_permille")
    rows = []
    numbers = sorted(str(number) for number, person in state.persons.items() if person.round == state.round)
    for done, number in enumerate(numbers):
        at.given.progress("explaining", done, len(numbers))
        reason = reasons.of(number)
        values = {**reason.as_json(), "why": " ".join(say.sentence(each) for each in reason.told)}
        ticket = values.get("ticket", {})
        rows.append([
            *(_cell(values.get(name)) for name in columns[:-1]), *(_cell(ticket.get(name)) for name in tickets),
            values["why"],
        ])  # fmt: skip
    headings = (*columns[:-1], *(f"ticket_{name}" for name in tickets), "why")
    return numbers, format_csv(headings, rows)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


@verb(app)
def show(at: AtNode) -> dict[str, Any]:
    """The plan in force, stage by stage.

    Example: repatria plan show north
    """
    state = at.node.state()
    rows = []
    for name, stage in state.stages.items():
        for place, fact in stage.places.items():
            held = [str(state.persons[number].holder) for number in fact.manifest]
            rows += [
                {"stage": name, "date": stage.date, "place": place, "from": holder, "people": held.count(holder),
                 "bound": fact.bound, "open": stage.opened is not None}
                for holder in state.parties
            ]  # fmt: skip
    return {"plan": state.plan, "stages": rows}


@verb(app)
def page(
    at: AtNode,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The page, one HTML file.")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="The same for print, as PDF.")] = None,
    language: Annotated[str, typer.Option("--language", metavar="CODE", help=f"One of {', '.join(CODES)}.")] = "en",
    names: Annotated[
        Path | None, typer.Option("--names", metavar="FILE", help="What members and places are called, by language.")
    ] = None,
    plan: Annotated[
        str | None, typer.Option("--plan", metavar="HASH", help="Which plan; by default the latest that is not past.")
    ] = None,
    numbers: Annotated[
        bool, typer.Option("--numbers", help="For officers: name by opaque number whom a revision moves.")
    ] = False,
) -> dict[str, Any] | list[Problem]:
    """The plan as a page and a PDF: people per stage, balance, waiting, load, how good it is, what it changes.

    The plan that waits for signatures is shown, or else the one in force. No name is in it, and no number unless asked.

    Example: repatria plan page north --out plan.html --pdf plan.pdf --language uk
    """
    from repatria.report.blocks import page as html
    from repatria.report.blocks import print_data
    from repatria.report.plan_document import PAGE_CSS, document
    from repatria.report.plan_reading import read_plan

    if language not in CODES:
        return [Problem("cli.language", language, "not a language of this version", f"use {', '.join(CODES)}")]
    if out is None and pdf is None:
        return [Problem("plan.out", "--out", "nothing to write", "name a file with --out, or with --pdf, or both")]
    state = at.node.state()
    name = which(state, plan)
    if isinstance(name, Problem):
        return [name]
    waits = name == commands.waiting_plan(state)
    then = state if waits else when_proposed(at, state, name)
    at.given.progress("checking the plan", 0, 1)
    read = read_plan(name, state, then, at.node.attachment, waits=waits)
    if isinstance(read, list):
        return read
    figures, standing = read
    made = document(figures, standing, load_language(language, names), __version__, numbers)
    files: dict[Path, bytes] = {}
    if pdf is not None:  # first: where no typesetter is installed nothing is written at all
        from repatria.files.pdf import pdf as printed

        files[pdf] = printed(print_data(made))
    if out is not None:
        files[out] = html(made, PAGE_CSS).encode()
    for path, data in files.items():
        write_whole(path, data)
    return {
        "plan": name, "status": standing.status, "problems_found": len(standing.problems or ()),
        "people": {f"{flow.holder}/{flow.to}": flow.people for flow in figures.flows},
        "goals": len(figures.levels), "goals_with_a_gap": sum(level.gap > 0 for level in figures.levels),
        "changed": {each.kind: each.people for each in figures.changes or ()},
        "files": sorted(path.name for path in files),
    }  # fmt: skip


def when_proposed(at: AtNode, state: State, name: str) -> State:
    """What was so just before the plan was proposed, from the ledger's own entries."""
    from repatria.store.provers import WORTH_WHILE, Provers

    ledger, index = at.node.ledger, state.since.get(f"plan/{name}", 0)
    if ledger is None:
        return state
    at.given.progress("reading the ledger up to the plan", 0, 1)
    with Provers(None if index >= WORTH_WHILE else 0) as prove:
        return fold(ledger.entries(0, index), at.node.attachment, prove=prove)


def which(state: State, wanted: str | None) -> str | Problem:
    """The plan that was asked for by the beginning of its hash, or the one that waits, or the one in force."""
    if wanted is None:
        found = commands.waiting_plan(state) or state.plan
        do = "have one proposed first"
        return found or Problem("plan.not_proposed", "plan", "no plan is proposed or in force", do)
    matching = [name for name in state.proposed if name.startswith(wanted)]
    if len(matching) != 1:
        what = "no such plan was proposed" if not matching else f"{len(matching)} plans begin so"
        return Problem("plan.not_proposed", wanted[:16], what, "give more of the hash of a plan of this exchange")
    return str(matching[0])
