"""`repatria clear`: the neutral's words, signed by its interviewers only, in padded pairs, without a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.clearing import commands
from repatria.cli import acting
from repatria.cli.verb import AtNode, noun, verb
from repatria.exchange.authority import GATE, INTERVIEWER, MIXED_BOARD, OWN_BOARD, PHYSICIAN
from repatria.exchange.commands import By
from repatria.files import law
from repatria.files.locales import load_language
from repatria.files.tables import read_table, read_text
from repatria.files.whole import write_whole
from repatria.office import Done
from repatria.problem import Problem
from repatria.report.forms import Form, Heading, sheets
from repatria.report.language import CODES

app = noun("Medical boards, interviews, the neutral's word, and access refused.")

Place = Annotated[str, typer.Option("--place", metavar="PLACE", help="The place of detention.")]
Planned = Annotated[bool, typer.Option(help="Only people planned for a stage that is not open.")]
On = Annotated[str, typer.Option("--on", metavar="DAY", help="The day of the interviews, such as 2025-12-03.")]


@verb(app)
def places(at: AtNode) -> dict[str, Any]:
    """How many people of the final lists are at which place of detention.

    Example: repatria clear places cross
    """
    from repatria.deal.commands.known import visits_of

    state = at.node.state()
    counted: dict[tuple[str, str], int] = {}
    for holder, fact in sorted(state.lists.items()):
        for place in visits_of(state, at.given, fact.list).values():
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
    planned: Planned = False,
    note: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The interviewers' note; sealed, never shown.")
    ] = None,
) -> Done | list[Problem]:
    """Record a day of interviews.

    Example: repatria clear visit cross --place camp-1 --on 2025-12-03 --key-file interviewer.key
    """
    declined = tuple(read_text(not_going).split()) if not_going else ()
    request = commands.Visit(
        acting.delegate(at, INTERVIEWER, GATE), place, on, declined, planned, note.read_bytes() if note else b""
    )
    return at.run(commands.visit, request)


@verb(app)
def seen(
    at: AtNode,
    place: Place,
    on: On,
    identity: Annotated[bool, typer.Option(help="They said who they are; else only that they live.")] = False,
    numbers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Numbers, one a line; else everybody there.")
    ] = None,
    register: Annotated[
        str | None, typer.Option(metavar="REGISTER", help="Before there is a list: whose rows the file has.")
    ] = None,
    rows: Annotated[Path | None, typer.Option(metavar="FILE", help="Rows of that register, one a line.")] = None,
) -> Done | list[Problem]:
    """Record proof of life, or identity confirmed, of people whom the neutral met.

    Example: repatria clear seen cross --place camp-1 --on 2025-12-03 --identity --key-file interviewer.key
    """
    named, sought = (tuple(read_text(f).split()) if f else () for f in (numbers, rows))
    by = acting.delegate(at, INTERVIEWER, GATE)
    return at.run(commands.see, commands.See(by, place, on, identity, named, register, sought))


@verb(app)
def board(
    at: AtNode,
    place: Place,
    on: On,
    holder: Annotated[str, typer.Option("--holder", metavar="MEMBER", help="Whose prisoners were examined.")],
    findings: Annotated[
        Path, typer.Option("--findings", metavar="FILE", help="CSV or XLSX with the columns number and finding.")
    ],
    mixed: Annotated[bool, typer.Option(help="A Mixed Medical Commission; else the holder's own board.")] = False,
) -> Done | list[Problem]:
    """Record what a medical board decided, sealed; a commission with the keys of two of its three members.

    Example: repatria clear board cross --place camp-1 --on 2025-12-03 --holder south --mixed
    --findings found.csv --key-file doctor-1.key --key-file doctor-2.key
    """
    found, problems = commands.read_findings(read_table(findings))
    if problems:
        return problems
    by = acting.delegate(at, PHYSICIAN)
    others = [author for author in acting.unlocked(at, PHYSICIAN) if author != by.author] if mixed else []
    kind = MIXED_BOARD if mixed else OWN_BOARD
    request = commands.Decide(By(by.author, tuple(others)), place, on, holder, kind, found)
    return at.run(commands.decide, request)


@verb(app)
def boards(at: AtNode) -> Done | list[Problem]:
    """The medical boards, and by when each must be told and carried out; what came of it, for who may read it.

    Example: repatria clear boards south
    """
    return at.run(commands.boards, commands.Boards(acting.alone(at), law.figures()))


@verb(app)
def form(
    at: AtNode,
    place: Place,
    on: On,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the page; it has names.")],
    planned: Planned = False,
    language: Annotated[str, typer.Option(metavar="CODE", help="The interviewer's: en, uk, ru, tr or ar.")] = "en",
) -> dict[str, Any] | list[Problem]:
    """Write the forms of a day's interviews for print, a sheet for each person; print it, and delete the file.

    Example: repatria clear form cross --place camp-1 --on 2025-12-03 --out forms.html --language uk
    """
    if language not in CODES:
        return [Problem("language", language, "no such language", "use one of " + ", ".join(CODES))]
    found = commands.forms(at.node.state(), commands.AtPlace(acting.alone(at), place, on, planned), at.given)
    people = [each for each in found if isinstance(each, Form)]
    if len(people) != len(found):
        return [each for each in found if isinstance(each, Problem)]
    heading = Heading(load_language(language), place, on)
    write_whole(out, sheets(people, heading, [load_language(code) for code in CODES]).encode())
    return {"place": place, "forms": len(people), "file": out.name}


@verb(app)
def typed(
    at: AtNode,
    place: Place,
    on: On,
    first: Annotated[Path, typer.Option("--first", metavar="FILE", help="CSV or XLSX: code, answer.")],
    second: Annotated[Path, typer.Option("--second", metavar="FILE", help="The same, typed by somebody else.")],
    planned: Planned = False,
) -> Done | list[Problem]:
    """Take in a day of interviews from paper, typed by two people, if both typed the same.

    Answers are yes, no, not-asked. Delete both files afterwards.

    Example: repatria clear typed cross --place camp-1 --on 2025-12-03 --first a.csv --second b.csv
    --key-file interviewer.key
    """
    day = commands.AtPlace(acting.delegate(at, INTERVIEWER, GATE), place, on, planned)
    return at.run(commands.typed_in, commands.TypedIn(day, (read_table(first), read_table(second))))


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
