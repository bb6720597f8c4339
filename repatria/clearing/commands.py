"""What is found out about people before they go, as it is put on the ledger: who was seen, what boards decided, and the
neutral's two words."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from repatria.clearing.paper import NO, NOT_ASKED, answers, numbers_of
from repatria.deal.commands.known import rows_of, visits_of
from repatria.exchange.clearing import SEALED_CHARACTERS
from repatria.exchange.commands import By
from repatria.exchange.events import (
    AccessRefused,
    Cleared,
    Day,
    IdentityConfirmed,
    InterviewHeld,
    MedicalBoardDecided,
    NotGoing,
    Opaque,
    ProofOfLifeRecorded,
    Row,
    Sealed,
    Slug,
)
from repatria.exchange.medical import CHANGING, FINDINGS, FINDINGS_MOST, findings, pack
from repatria.exchange.person import AVAILABLE
from repatria.exchange.state import BoardFact, State
from repatria.law.check import months_after
from repatria.law.figures import Figures
from repatria.office import Draft, Given, Outcome
from repatria.people.table import Table
from repatria.problem import Problem
from repatria.report.forms import Form

BATCH = 512  # people in one word of the neutral: well inside an entry's 65,535 bytes
NOTE_BYTES = 512  # an interviewers' note, before it is sealed
PAD_TO = 32  # batches are padded to a multiple of this, so their size says little


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


# --- the neutral's words ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visit:
    """Interviews at one place of detention on one day; who does not go, by number, and never why."""

    by: By
    place: str
    held_on: str
    not_going: tuple[str, ...]
    planned_only: bool
    note: bytes  # what the interviewers keep for themselves, sealed to the neutral at constant size
    not_asked: tuple[str, ...] = ()  # who was not there, or not asked: no word is given on them


def visit(state: State, request: Visit, given: Given) -> Outcome | list[Problem]:
    """One sealed note and the pair of words, both padded to one size, for everybody at the place."""
    here = people_at(state, given, request.place, request.planned_only)
    people = [number for number in here if number not in request.not_asked]
    strangers = sorted({*request.not_going, *request.not_asked} - set(here) | {*request.not_going} - set(people))
    if strangers:
        return [
            Problem("word.place", number, "not among the people at this place", "check the number")
            for number in strangers
        ]
    if not people and (request.planned_only or here):
        return Outcome(answer={"place": request.place, "asked": 0, "words": 0})
    if not people:
        return [Problem("word.place", request.place, "nobody on the final list is at this place", "check the place")]
    note = _note(state, request.by, given, request.note)
    if isinstance(note, Problem):
        return [note]
    interview = InterviewHeld(Slug(request.place), Day(request.held_on), note)
    drafts = [request.by.draft(interview)]
    declined = set(request.not_going)
    for batch in batches(people):
        drafts += words(
            request.by, request.place, request.held_on, [n for n in batch if n not in declined],
            [n for n in batch if n in declined], given, len(batch),
        )  # fmt: skip
    return Outcome(
        drafts=tuple(drafts),
        answer={"place": request.place, "asked": len(people), "words": len(drafts) - 1},
    )


@dataclass(frozen=True)
class Refused:
    by: By
    place: str
    held_on: str
    holder: str


def access_refused(state: State, request: Refused, given: Given) -> Outcome | list[Problem]:
    """The holder let nobody in: its breach, and everyone there gets the chance at the point of handover."""
    people = people_at(state, given, request.place, planned_only=False)
    events = [
        AccessRefused(
            Slug(request.place), Day(request.held_on), Slug(request.holder), tuple(Opaque(n) for n in sorted(batch))
        )
        for batch in batches(people)
    ]
    return Outcome(
        drafts=tuple(request.by.draft(event) for event in events),
        answer={"place": request.place, "holder": request.holder, "people": len(people)},
    )


@dataclass(frozen=True)
class WhoIsThere:
    by: By
    place: str


def who_is_there(state: State, request: WhoIsThere, given: Given) -> Outcome | list[Problem]:
    """For the neutral's interviewers only: number and name of everyone on a final list at a place of detention."""
    rows = []
    for fact in state.lists.values():
        known = rows_of(state, given, fact.list) or {}
        for number, where in sorted(visits_of(state, given, fact.list).items()):
            if where == request.place and number in state.persons:
                fields = known.get(number, {})
                name = " ".join(fields[f] for f in ("family_name", "given_names", "father_name") if f in fields)
                rows.append({"number": number, "name": name, "state": state.persons[number].state})
    return Outcome(answer={"place": request.place, "people": rows})


def words(
    by: By, place: str, day: str, going: Sequence[str], declined: Sequence[str], given: Given, most: int
) -> list[Draft]:
    """Both words, always both, padded to one size with numbers that no list allotted, in one order.

    `most`: how many people the words are about, however they fall out: the size does not say how many decline.
    """
    return [
        by.draft(word(Slug(place), Day(day), padded(numbers, given, most)))
        for word, numbers in ((Cleared, going), (NotGoing, declined))
    ]


def padded(numbers: Sequence[str], given: Given, most: int = 0) -> tuple[Opaque, ...]:
    """These numbers among random ones, as many together as the next multiple of `PAD_TO` takes, or would of `most`."""
    size = -(-max(len(numbers), most, 1) // PAD_TO) * PAD_TO
    padding = [given.random(16).hex() for _ in range(size - len(numbers))]
    return tuple(Opaque(number) for number in sorted([*numbers, *padding]))


def _note(state: State, by: By, given: Given, note: bytes) -> Sealed | Problem:
    """The interviewers' note, sealed to the neutral: always the same number of characters, whatever it says."""
    if len(note) > NOTE_BYTES:
        return Problem("interview.size", "note", f"{len(note)} bytes; at most {NOTE_BYTES}", "shorten the note")
    recipient = state.members[by.member].recipient
    assert recipient is not None
    framed = (len(note).to_bytes(2, "big") + note).ljust(NOTE_BYTES + 2, b"\x00")
    return seal_note(given, framed, (str(recipient),))


def seal_note(given: Given, framed: bytes, recipients: Sequence[str]) -> Sealed:
    """What is of one size already, sealed so that it stays so: an age file varies in size by itself."""
    room = SEALED_CHARACTERS // 4 * 3 - 2
    sealed = given.seal(framed, recipients)
    while len(sealed) > room:
        sealed = given.seal(framed, recipients)
    blob = len(sealed).to_bytes(2, "big") + sealed + given.random(room - len(sealed))
    return Sealed(base64.b64encode(blob).decode())


def people_at(state: State, given: Given, place: str, planned_only: bool) -> list[str]:
    """The people on the lists in force who are held at a place, by the holders' letters to the neutral."""
    found = []
    for holder, fact in state.lists.items():
        for number, where in visits_of(state, given, fact.list).items():
            person = state.persons.get(number)
            if where != place or person is None or person.holder != holder or person.state not in AVAILABLE:
                continue
            stage = state.stages.get(state.slots.get(number, ("", ""))[0])
            if not planned_only or (stage is not None and stage.opened is None):
                found.append(number)
    return sorted(found)


def batches(numbers: Sequence[Any]) -> list[Sequence[Any]]:
    return [numbers[at : at + BATCH] for at in range(0, len(numbers), BATCH)]


# --- interviews on paper ----------------------------------------------------------------------------------------------


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
        names |= rows_of(state, given, fact.list) or {}
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
