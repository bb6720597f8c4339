"""What background work there is: each kind as a function of (state, request, member, given) to an outcome or problems.

They are the command line's verbs without the command line; the worker (worker.py) runs them, and jobs.py keeps what
they want to happen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

from repatria.cli.looking import COLUMNS, look, records_of, remembered, with_doubts_across
from repatria.exchange.commands import By
from repatria.exchange.state import State
from repatria.files.lists import format_annotated
from repatria.files.locales import load_retelling
from repatria.linkage import commands as linking
from repatria.linkage.versions import compare_versions
from repatria.office import Given, Outcome
from repatria.people import commands as registers
from repatria.people.columns import columns_to_toml, understood
from repatria.people.person import ListKind
from repatria.people.register import RegisterReading, read_register
from repatria.people.table import Table
from repatria.plan import commands as planning
from repatria.problem import Problem
from repatria.report.readiness import readiness
from repatria.web.drafts import Draft, draft

Request = Mapping[str, Any]


def look_through(state: State, request: Request, member: str, given: Given) -> Outcome | list[Problem]:
    """A draft looked through: its columns with samples, every problem at its cell, figures, and what has changed since
    the newest list of that kind. All of it stays in the vault."""
    of = draft(given, request["draft"])
    if of is None:
        return [_gone(request["draft"])]
    given.progress("reading the file", 0, 4)
    table, reading = _read(of, member, given)
    kind = cast(ListKind, of.kind)
    given.progress("looking for problems", 1, 4)
    elsewhere = linking.known_elsewhere(state, given, member, kind)
    today = date.fromisoformat(given.now[:10])
    found = look(table, reading, kind, member, today, elsewhere)
    given.progress("comparing with the list before", 2, 4)
    before = linking.own_records(state, given, member, of.kind)
    after = list(records_of(reading))
    changed = compare_versions(before, after).as_json() if before else None
    given.progress("marking the file", 3, 4)
    stopping = set(reading.stopping)
    ready = readiness({row.number: row.texts() for row in reading.cells}, kind).as_json()
    document = {
        "columns": [
            {"letters": at.letters, "heading": at.heading, "field": at.field or "", "by": at.by,
             "samples": list(at.samples)}
            for at in understood(table, of.said().over(remembered(given, of.sender)))
        ],
        "rows": len(table.rows), "stops": len(reading.stopping), "unknown": list(reading.unknown_columns),
        "problems": [{**each.as_json(), "stops": each in stopping, **_cell(table, each)} for each in found.problems],
        "gaps": len(found.gaps), "quality": found.quality.as_json(),
        "ready": {key: ready[key] for key in ("people", "can_be_named", "lacking", "category_unknown")},
        "changed": changed and {key: value for key, value in changed.items() if not key.endswith("_rows")},
    }  # fmt: skip
    return Outcome(
        documents={
            f"{of.place}/looked": json.dumps(document).encode(),
            f"{of.place}/annotated": format_annotated(
                found.table, (*found.problems, *found.gaps), load_retelling(request.get("language", "en"))
            ),
        },
        answer={"rows": len(table.rows), "stops": len(reading.stopping), "notes": len(found.problems)},
    )


def import_list(state: State, request: Request, member: str, given: Given) -> Outcome | list[Problem]:
    """A draft imported: every person sealed, one root for the ledger; the draft itself is gone with it."""
    of = draft(given, request["draft"])
    if of is None:
        return [_gone(request["draft"])]
    given.progress("reading the file", 0, 2)
    table, reading = _read(of, member, given)
    kind = cast(ListKind, of.kind)
    reading = with_doubts_across(reading, table, state, given, member, kind)
    said = of.said().over(remembered(given, of.sender)).by_heading(table)
    remember = {f"{COLUMNS}{of.sender}": columns_to_toml(said).encode()} if said.fields else {}
    outcome = registers.commit_register(
        state, registers.CommitRegister(By(member), of.kind, reading, remember), given
    )  # fmt: skip
    if isinstance(outcome, list):
        return outcome
    return replace(outcome, without=(*outcome.without, *of.everything()))


def compare(state: State, request: Request, member: str, given: Given) -> Outcome | list[Problem]:
    """An own register against the version before it: counts, and the rows of whoever changed."""
    register = request["register"]
    fact = state.registers.get(register)
    older = [
        name
        for name, each in state.registers.items()
        if fact is not None
        and (each.owner, each.list_kind, each.version) == (member, fact.list_kind, fact.version - 1)
    ]
    if fact is None or fact.owner != member or not older:
        return [Problem("register.first", register, "no version before this one is here", "compare a later one")]
    given.progress("opening the records", 0, 2)
    before, after = (linking.compared(given, name) for name in (older[0], register))
    given.progress("comparing records", 1, 2)
    found = compare_versions(before, after).as_json()
    kept = {key: value for key, value in found.items() if not key.endswith("_rows")}
    return Outcome(
        documents={f"web/compared/{register}": json.dumps(kept).encode()},
        answer={key: found[key] for key in ("added", "gone", "changed")},
    )


def find_links(state: State, request: Request, member: str, given: Given) -> Outcome | list[Problem]:
    """Who of a disclosed register may be held here."""
    return linking.find_links(state, linking.FindLinks(By(member), request["register"]), given)


def propose_plan(state: State, request: Request, member: str, given: Given) -> Outcome | list[Problem]:
    """A plan, or a revision of the one in force: the best there is after `seconds` of the request, if it names any."""

    last = ""

    def told(what: str, done: int, total: int) -> None:
        nonlocal last
        if (now := what.partition(":")[0]) != last:
            last = now
            given.progress(now, 0, 0)  # nobody knows how far a search is

    return planning.propose_plan(state, planning.ProposePlan(By(member)), replace(given, progress=told))


KINDS: Mapping[str, Callable[[State, Request, str, Given], Outcome | list[Problem]]] = {
    "look": look_through, "import": import_list, "compare": compare, "link": find_links, "plan": propose_plan,
}  # fmt: skip


def _read(of: Draft, member: str, given: Given) -> tuple[Table, RegisterReading]:
    table = of.table(given)
    said = of.said().over(remembered(given, of.sender)).by_heading(table)
    return table, read_register(table, cast(ListKind, of.kind), member, said=said)


def _cell(table: Table, problem: Problem) -> dict[str, Any]:
    """The row, and the column's heading, of a problem that is at a cell."""
    at = table.cell_at(problem.where)
    if at is None:
        return {"row": None, "column": ""}
    return {"row": at[0], "column": "" if at[1] is None else table.heading[at[1]] or ""}


def _gone(number: str) -> Problem:
    return Problem("list.gone", number, "no such list is here any more", "look at the registers: it may be imported")
