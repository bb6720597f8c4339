"""What is found out about people before they go, as it is put on the ledger: who was seen, what boards decided."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from repatria.clearing.paper import NO, NOT_ASKED, answers, numbers_of
from repatria.deal.commands import rows_of
from repatria.exchange.commands import By
from repatria.exchange.events import (
    Day,
    IdentityConfirmed,
    MedicalBoardDecided,
    Opaque,
    ProofOfLifeRecorded,
    Row,
    Slug,
)
from repatria.exchange.medical import CHANGING, FINDINGS, FINDINGS_MOST, findings, pack
from repatria.exchange.state import BoardFact, State
from repatria.handover.commands import Visit, batches, padded, people_at, seal_note, visit
from repatria.law.check import months_after
from repatria.law.figures import Figures
from repatria.office import Given, Outcome
from repatria.people.table import Table
from repatria.problem import Problem
from repatria.report.forms import Form

# --- seen by the neutral --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class See:
    """People whom the neutral met at a place on a day: everybody there if none are named; by rows before a list."""

    by: By
    place: str
    seen_on: str
    identity: bool  # they said who they are
    numbers: tuple[str, ...] = ()
    register: str | None = None
    rows: tuple[str, ...] = ()


def see(state: State, request: See, given: Given) -> Outcome | list[Problem]:
    """Proof of life, or identity too, in batches; numbers are padded, so that a batch's size says little."""
    kind = IdentityConfirmed if request.identity else ProofOfLifeRecorded
    place, day = Slug(request.place), Day(request.seen_on)
    if request.register is not None:
        of = Opaque(request.register)
        events = [kind(place, day, of, tuple(map(Row, rows)), ()) for rows in batches(sorted(request.rows))]
        people = len(request.rows)
    else:
        here = people_at(state, given, request.place, planned_only=False)
        strangers = sorted(set(request.numbers) - set(here))
        if strangers:
            return [
                Problem("word.place", number, "not among the people at this place", "check the number")
                for number in strangers
            ]
        seen = sorted(request.numbers) or here
        events = [kind(place, day, None, (), padded(numbers, given)) for numbers in batches(seen)]
        people = len(seen)
    if not people:
        return [Problem("word.place", request.place, "nobody on the final list is at this place", "check the place")]
    return Outcome(
        drafts=tuple(request.by.draft(event) for event in events),
        answer={"place": request.place, "people": people, "identity": request.identity},
    )


# --- interviews on paper ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AtPlace:
    """The interviews of one day at one place, on paper."""

    by: By
    place: str
    day: str
    planned_only: bool


def forms(state: State, request: AtPlace, given: Given) -> list[Form] | list[Problem]:
    """A form for each person at the place, in the order of their codes: from what was sealed to this neutral alone."""
    here = people_at(state, given, request.place, request.planned_only)
    names: dict[str, dict[str, str]] = {}
    for fact in state.lists.values():
        names |= rows_of(given, fact.list) or {}
    unknown = [number for number in here if number not in names]
    if unknown or not here:
        what = f"the rows of {len(unknown)} people have not come" if unknown else "nobody on the final list is here"
        return [Problem("paper.rows", request.place, what, "sync, and check the place")]
    shown = ("family_name", "given_names", "father_name")
    return [
        Form(code, " ".join(names[number][f] for f in shown if f in names[number]), names[number].get("date_of_birth"))
        for code, number in sorted(numbers_of(here).items())
    ]


@dataclass(frozen=True)
class TypedIn:
    """Answers that two people have typed from the same papers."""

    at: AtPlace
    tables: tuple[Table, Table]


def typed_in(state: State, request: TypedIn, given: Given) -> Outcome | list[Problem]:
    """The visit that the papers tell of, if both typed the same of everybody there; else every difference."""
    at = request.at
    here = people_at(state, given, at.place, at.planned_only)
    found, problems = answers(request.tables, here)
    if problems:
        return problems
    declined, unasked = (tuple(n for n, answer in found.items() if answer == word) for word in (NO, NOT_ASKED))
    unasked += tuple(sorted(set(here) - found.keys()))
    return visit(state, Visit(at.by, at.place, at.day, declined, at.planned_only, b"", unasked), given)


# --- medical boards -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decide:
    """A board's findings, by number. `by`: the physician who signs, and whoever of the commission signs besides."""

    by: By
    place: str
    held_on: str
    holder: str
    board: str
    found: tuple[tuple[str, str], ...]


def decide(state: State, request: Decide, given: Given) -> Outcome | list[Problem]:
    """The findings, sealed to the holder and the neutral in entries of one size, whatever was found of whom."""
    problems = [
        Problem("board.number", number, f"nobody whom {request.holder} holds by the final list", "check the number")
        for number, _ in request.found
        if number not in state.persons or state.persons[number].holder != request.holder
    ]
    if problems:
        return problems
    readers = sorted({request.holder, *state.neutrals})
    recipients = [str(recipient) for name in readers if (recipient := state.members[name].recipient) is not None]
    drafts = []
    for at in range(0, max(len(request.found), 1), FINDINGS_MOST):
        sealed = seal_note(given, pack(dict(request.found[at : at + FINDINGS_MOST])), recipients)
        event = MedicalBoardDecided(
            Slug(request.place), Day(request.held_on), Slug(request.holder), Slug(request.board), sealed
        )
        drafts.append(request.by.draft(event))
    return Outcome(
        drafts=tuple(drafts),
        answer={"place": request.place, "board": request.board, "examined": len(request.found), "entries": len(drafts)},
    )


def read_findings(table: Table) -> tuple[tuple[tuple[str, str], ...], list[Problem]]:
    """The findings in a table with the columns `number` and `finding`, and every problem at once."""
    problems = [
        Problem("board.table", table.file, f'no column "{name}"', "give the columns number and finding")
        for name in ("number", "finding")
        if name not in table.heading
    ]
    if problems:
        return (), problems
    number_at, finding_at = table.heading.index("number"), table.heading.index("finding")
    found: dict[str, str] = {}
    for row in table.rows:
        number, finding = row.cells[number_at].lower(), row.cells[finding_at]
        where = table.place(row.number)
        if finding not in FINDINGS[1:]:
            do = "write one of " + ", ".join(FINDINGS[1:])
            problems.append(Problem("board.finding", where, "not a finding of a board", do, "GC III Annex II 10"))
        if number in found:
            problems.append(Problem("board.twice", where, "a number that stands above already", "keep one row of it"))
        found[number] = finding
    return tuple(sorted(found.items())), problems


@dataclass(frozen=True)
class Boards:
    by: By
    figures: Figures


def boards(state: State, request: Boards, given: Given) -> Outcome | list[Problem]:
    """Every board with its dates by the Convention; for who may read them, what came of its findings, in figures.

    Source: GC III Annex II 11 (told within a month of the visit) and 12 (carried out within three of being told).
    """
    today = date.fromisoformat(given.now[:10])
    rows = [_told(board, request.figures, today) for board in state.boards.values()]
    found = findings(state, given.unseal)
    counted: Counter[str] = Counter()
    for number, (finding, _) in found.items():
        person = state.persons.get(number)
        counted[finding] += 1
        if person is not None and finding in CHANGING:
            counted["in_the_ratio_still"] += person.counts
    return Outcome(answer={"boards": rows, "findings": dict(sorted(counted.items()))})


def _told(board: BoardFact, figures: Figures, today: date) -> dict[str, Any]:
    tell_by = months_after(date.fromisoformat(board.held_on), figures["decision_told_months"].value)
    told = None if board.told is None else date.fromisoformat(board.told)
    carry_out_by = None if told is None else months_after(told, figures["decision_carried_out_months"].value)
    return {
        "board": board.board, "holder": board.holder, "place": board.place, "held_on": board.held_on,
        "tell_by": tell_by.isoformat(), "told": board.told, "told_late": (told or today) > tell_by,
        "carry_out_by": None if carry_out_by is None else carry_out_by.isoformat(),
    }  # fmt: skip
