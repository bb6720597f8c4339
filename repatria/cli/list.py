"""`repatria list`: the final list, drafted by the holder and signed by both, class by class derived again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from repatria.cli import acting
from repatria.cli.register import Language, known_language
from repatria.cli.verb import AtNode, noun, verb
from repatria.deal.commands.known import records_of_list
from repatria.deal.commands.lists import DraftList, SignList, draft_list, sign_list
from repatria.files import law
from repatria.files.tables import read_text
from repatria.office import Done
from repatria.problem import Problem

app = noun("The final list: drafted by the holder, checked and signed by both.")

Holder = Annotated[str, typer.Option("--holder", metavar="MEMBER", help="Whose people the list names.")]


@verb(app)
def draft(
    at: AtNode,
    without: Annotated[
        Path | None,
        typer.Option("--without", metavar="FILE", help="Sought rows to leave off, one a line, where a quota says so."),
    ] = None,
    together: Annotated[
        Path | None,
        typer.Option("--together", metavar="FILE", help="Families and crews: the sought rows of one on each line."),
    ] = None,
) -> Done | list[Problem]:
    """Draft and sign the list of those we hold.

    Who goes together or not at all stands on the list as a group of numbers; families on it stay together by themselves
    in later versions.

    Example: repatria list draft south --key-file sig-1.key --key-file sig-2.key
    """
    rows = tuple(read_text(without).split()) if without is not None else ()
    lines = read_text(together).splitlines() if together is not None else []
    groups = tuple(tuple(line.replace(",", " ").split()) for line in lines if line.strip())
    return at.run(draft_list, DraftList(acting.member(at), rows, groups))


@verb(app)
def sign(at: AtNode, holder: Holder) -> Done | list[Problem]:
    """Check the other side's list against its sealed rows, our own records and the law, and sign it.

    Example: repatria list sign north --holder south
    """
    return at.run(sign_list, SignList(acting.member(at), holder, law.figures()))


@verb(app)
def show(at: AtNode) -> dict[str, Any]:
    """The lists in force, counted by class.

    Example: repatria list show north
    """
    state = at.node.state()
    rows: dict[tuple[str, int, bool], int] = {}
    for person in state.persons.values():
        key = (person.holder, person.tier, person.counts)
        rows[key] = rows.get(key, 0) + 1
    return {
        "lists": [
            {"holder": holder, "tier": tier, "inside_ratio": counts, "people": people}
            for (holder, tier, counts), people in sorted(rows.items())
        ]
    }


@verb(app)
def export(
    at: AtNode,
    holder: Holder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A .xlsx or .csv file; it will hold names.")],
    language: Language = "en",
) -> dict[str, Any] | list[Problem]:
    """Write the people of a list in force, each beside their number, with what this node's first record of them says.

    Example: repatria list export north --holder south --out list.xlsx --language uk
    """
    from repatria.exchange.documents import FinalList, read
    from repatria.files.lists import write_listed
    from repatria.files.locales import load_language

    state = at.node.state()
    fact = state.lists.get(holder)
    data = None if fact is None else at.given.attachment(fact.list)
    if fact is None or data is None:
        what = "no list of this holder is in force here"
        return [Problem("list.none", holder, what, "name the holder of a list that both sides have signed")]
    listed = read(FinalList, data)
    known = records_of_list(state, at.given, at.node.member, listed, fact.list)
    rows = [(str(row.number), next(iter(known[row.number]), {})) for row in listed.rows]
    write_listed(out, rows, load_language(known_language(language)))
    unknown = sum(not fields for _, fields in rows)
    return {"holder": holder, "people": len(rows), "without_a_record_here": unknown, "file": out.name}
