"""What is done for families: a request taken in, matched, checked; a letter written and handed over; a stage released.

Everything stands in the vault: the ledger knows no family. Who does it is named in each document; what a person reads
of it goes on the node's record of reads besides.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from repatria.erasure.commands import gone
from repatria.exchange.erasing import is_erased
from repatria.exchange.publishing import told_stages
from repatria.exchange.state import CountedStage, State
from repatria.families.case import (
    ACCESS,
    CASES,
    ENDED,
    ENDS,
    HOME,
    HOW_HANDED,
    IDENTITY,
    KINSHIP_SHOWN,
    LANGUAGES,
    LETTERS,
    OPEN,
    RELEASE_WHY,
    RELEASED,
    Case,
    Checked,
    Ended,
    Handed,
    Letter,
    Match,
    Release,
    Request,
    case_state,
    read_case,
    read_letter,
    read_release,
    write_case,
    write_letter,
    write_release,
)
from repatria.families.held import About, Held
from repatria.families.status import FOUND_DEAD, Facts, Rows, Told
from repatria.families.status import HOME as AT_HOME
from repatria.linkage.across import Met, meetings
from repatria.linkage.commands import linked_rows, own_number, own_versions, row_text
from repatria.linkage.compare import Record as Compared
from repatria.linkage.compare import compare
from repatria.office import Given, Outcome, Record
from repatria.people.commands import person_root_of
from repatria.problem import Problem

SOUGHT = "sought"
CANDIDATES_MOST = 5
NAMED = ("family_name", "given_names", "father_name")


# --- what is known --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Index:
    """Records by register and row; and the rows of each office's own record number, the oldest version first."""

    records: dict[tuple[str, str], Record]
    same: Mapping[str, Sequence[tuple[str, str]]]

    @classmethod
    def of(cls, lists: Mapping[str, Sequence[Record]]) -> Index:
        records = {(register, each.row): each for register, found in lists.items() for each in found}
        same: dict[str, list[tuple[str, str]]] = {}
        for place, record in records.items():
            if (number := own_number(record.fields)) is not None:
                same.setdefault(number, []).append(place)
        return cls(records, same)


class Lists:
    """A member's own lists as they were opened, for whoever asks more than once. A list changes by erasures alone."""

    def __init__(self) -> None:
        self._records: dict[str, tuple[int, Sequence[Record]]] = {}
        self._roots: dict[str, dict[str, bytes]] = {}
        self._index: dict[str, tuple[tuple[tuple[str, int], ...], Index]] = {}
        self._facts: tuple[int, Facts] | None = None

    def facts(self, state: State, given: Given) -> Facts:
        """What the ledger says of rows; made again for another state, or when an event has come into it."""
        if self._facts is None or self._facts[1].state is not state or self._facts[0] != len(state.events):
            self._facts = len(state.events), Facts(state, given.attachment)
        return self._facts[1]

    def index(self, state: State, given: Given, member: str, kind: str) -> Index:
        """Every row of a member's lists of a kind; made again when there is another list, or a record was erased."""
        lists = own_versions(state, member, kind)
        versions = tuple((register, state.registers[register].erased) for register in lists)
        if self._index.get(kind, ((), None))[0] != versions or kind not in self._index:
            self._index[kind] = versions, Index.of({each: self.records(state, given, each) for each in lists})
        return self._index[kind][1]

    def records(self, state: State, given: Given, register: str) -> Sequence[Record]:
        """The records of a register; opened again when one of them has been erased."""
        erased = state.registers[register].erased
        if self._records.get(register, (-1, ()))[0] != erased:
            self._records[register] = erased, given.records(register)
        return self._records[register][1]

    def roots(self, state: State, given: Given, register: str) -> dict[str, bytes]:
        """The root of each record, by row, those of erased ones too: they stay what they were."""
        if register not in self._roots:
            own = {each.row: person_root_of(state.exchange, each) for each in self.records(state, given, register)}
            erased = gone(given).roots.get(register, {})
            self._roots[register] = {**{row: bytes.fromhex(root) for row, root in erased.items()}, **own}
        return self._roots[register]


class Known:
    """The cases of a node, the rows of its own lists of the sought, and what the ledger says of them."""

    def __init__(
        self, state: State, given: Given, member: str, kind: str = SOUGHT, lists: Lists | None = None
    ) -> None:
        self.state, self.given, self.member, self._lists = state, given, member, lists or Lists()
        self.facts = self._lists.facts(state, given)
        self._index = self._lists.index(state, given, member, kind)

    @property
    def records(self) -> dict[tuple[str, str], Record]:
        """Every record of these lists, by register and row."""
        return self._index.records

    def rows(self, register: str, row: str) -> Rows:
        """Every row of the same person, by the office's own record number, the oldest version first."""
        record = self.records.get((register, row))
        number = own_number(record.fields) if record is not None else None
        return tuple(self._index.same.get(number or "", ())) or ((register, row),)

    def roots(self, register: str) -> dict[str, bytes]:
        """The root of each record of one of these registers, by row."""
        return self._lists.roots(self.state, self.given, register)

    def told(self, case: Case) -> Told:
        return self.facts.told(self.rows(case.match.register, case.match.row) if case.match is not None else ())

    def number(self, case: Case) -> str | None:
        """The person's number on a final list."""
        if case.match is None:
            return None
        people = self.facts.people(self.rows(case.match.register, case.match.row))
        return str(people[0].number) if people else None

    def state_of(self, case: Case) -> str:
        told = self.told(case)
        last = letter_of(self.given, case.letters[-1]) if case.letters else None
        over = told.kind in (AT_HOME, FOUND_DEAD)
        return case_state(case, over and last is not None and last.kind == told.kind and last.handed is not None)


def cases(given: Given) -> list[Case]:
    """Every case, in the order in which they came in."""
    found = [given.document(name) for name in given.documents(CASES)]
    read = [read_case(data) for data in found if data is not None]
    return sorted(read, key=lambda each: (each.received, each.number))


def case_of(given: Given, number: str) -> Case | None:
    data = given.document(CASES + number)
    return None if data is None else read_case(data)


def letter_of(given: Given, number: str) -> Letter | None:
    data = given.document(LETTERS + number)
    return None if data is None else read_letter(data)


def _unknown(number: str) -> list[Problem]:
    return [Problem("family.case.unknown", number[:16], "no such case in this node", "look at the cases again")]


def _closed(case: Case) -> list[Problem]:
    return [Problem("family.ended", case.number, "the case was ended", "take the request in anew if it is asked again")]


# --- from the request to whoever may be told ------------------------------------------------------------------------


@dataclass(frozen=True)
class TakeRequest:
    request: Request


def take_request(state: State, request: TakeRequest, given: Given) -> Outcome | list[Problem]:
    """A case for a request that has come in."""
    case = Case(given.random(8).hex(), given.now, request.request.sought, request.request.enquirer)
    return _kept(case, {})


@dataclass(frozen=True)
class FindRows:
    member: str
    case: str


def find_rows(state: State, request: FindRows, given: Given) -> Outcome | list[Problem]:
    """Rows of our newest list of the sought that may be who is asked for, the likeliest first; nothing is decided."""
    case = case_of(given, request.case)
    if case is None:
        return _unknown(request.case)
    register, met = likely_rows(state, given, request.member, case)
    rows = [
        {
            "row": row_text(each.row), "sure": each.sure,
            "agree": _fields(each, "agrees"), "near": _fields(each, "compatible"), "differ": _fields(each, "differs"),
        }
        for each in met
    ]  # fmt: skip
    return Outcome(answer={"case": case.number, "register": register, "rows": rows})


def likely_rows(state: State, given: Given, member: str, case: Case) -> tuple[str | None, list[Met]]:
    """The newest own register of the sought, and its rows that may be who is asked for."""
    versions = own_versions(state, member, SOUGHT)
    if not versions:
        return None, []
    people = [Compared(int(record.row, 16), record.fields) for record in given.records(versions[-1])]
    found = meetings(people, [case.sought]) or _by_names(people, case)
    found.sort(key=lambda each: (not each.sure, -len(_fields(each, "agrees")), len(_fields(each, "differs")), each.row))
    return versions[-1], found[:CANDIDATES_MOST]


def _by_names(people: Sequence[Compared], case: Case) -> list[Met]:
    """Rows whose names are those asked for and nothing gainsays it: where a family knows no more, a person looks."""
    asked = Compared(0, case.sought)
    found = [Met(one.row, False, compare(one, asked)) for one in people]
    names = ("family_name", "given_names")
    return [
        each for each in found
        if not _fields(each, "differs") and any(name in _fields(each, "agrees") for name in names)
    ]  # fmt: skip


def _fields(met: Met, agreement: str) -> list[str]:
    return [each.field for each in met.evidence if each.agreement == agreement]


@dataclass(frozen=True)
class MatchCase:
    member: str
    case: str
    row: str
    by: str


def match_case(state: State, request: MatchCase, given: Given) -> Outcome | list[Problem]:
    """A person says that this row of our own list of the sought is who is asked for; said again, it is corrected.

    Once a letter was handed over the match stands: who was told about somebody else is told so by a new case.
    """
    case = case_of(given, request.case)
    if case is None:
        return _unknown(request.case)
    if case.ended is not None:
        return _closed(case)
    if any(letter is not None and letter.handed is not None for letter in (letter_of(given, n) for n in case.letters)):
        do = "end the case as mistaken, and take the request in anew"
        return [Problem("family.match.told", case.number, "a letter of this case was handed over", do)]
    row = request.row.strip().lower()
    for register in reversed(own_versions(state, request.member, SOUGHT)):
        if any(record.row == row for record in given.records(register)) and not is_erased(state, register, row):
            changed = replace(case, match=Match(register, row, request.by, given.now))
            return _kept(changed, {"register": register})
    what = "no row of our own lists of the sought"
    return [Problem("family.match.row", request.row[:16], what, "name a row that `family match` shows")]


@dataclass(frozen=True)
class CheckFamily:
    case: str
    identity: str
    kinship: str
    by: str


def check_family(state: State, request: CheckFamily, given: Given) -> Outcome | list[Problem]:
    """The liaison has seen by which papers whoever asks is who they say, and how they belong to the person."""
    case = case_of(given, request.case)
    if case is None:
        return _unknown(request.case)
    if case.ended is not None:
        return _closed(case)
    shown = (("identity", request.identity, IDENTITY), ("kinship", request.kinship, KINSHIP_SHOWN))
    wrong = [
        Problem("family.shown", name, "not one of the ways in which it is shown", f"use {', '.join(allowed)}")
        for name, value, allowed in shown
        if value not in allowed
    ]
    if wrong:
        return wrong
    return _kept(replace(case, checked=Checked(request.identity, request.kinship, request.by, given.now)), {})


@dataclass(frozen=True)
class EndCase:
    case: str
    why: str
    by: str


def end_case(state: State, request: EndCase, given: Given) -> Outcome | list[Problem]:
    """The case ends before anybody is home: whoever asked withdrew, or may not be told, or no such person is sought."""
    case = case_of(given, request.case)
    if case is None:
        return _unknown(request.case)
    if case.ended is not None:
        return _closed(case)
    if request.why not in ENDS:
        do = f"use {', '.join(ENDS)}; a case is closed by homecoming alone, and nobody says that by hand"
        return [Problem("family.end", "why", "not a reason to end a case", do)]
    return _kept(replace(case, ended=Ended(request.why, request.by, given.now)), {"why": request.why})


def _kept(case: Case, answer: dict[str, Any]) -> Outcome:
    told = {"case": case.number, **answer, "state": case_state(case, home=False)}
    return Outcome(documents={CASES + case.number: write_case(case)}, answer=told)


# --- letters --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WriteLetter:
    """`number`: the letter's, 64 random bits. `proof`: the number of the page that goes with it; "" for none."""

    member: str
    case: str
    number: str
    language: str
    by: str
    proof: str = ""


def write_letter_of(state: State, request: WriteLetter, given: Given) -> Outcome | list[Problem]:
    """A letter of the kind that follows from the facts now, to whoever is entitled; nobody chooses what it says."""
    case = case_of(given, request.case)
    if case is None:
        return _unknown(request.case)
    if problems := not_to_be_told(case):
        return problems
    if request.language not in LANGUAGES:
        return [Problem("family.language", "language", "no language of this version", f"use {', '.join(LANGUAGES)}")]
    told = Known(state, given, request.member).told(case)
    letter = Letter(
        request.number, case.number, told.kind, told.status, request.language, state.size, request.by, given.now,
        request.proof,
    )  # fmt: skip
    changed = replace(case, letters=(*case.letters, letter.number))
    return Outcome(
        documents={LETTERS + letter.number: write_letter(letter), CASES + case.number: write_case(changed)},
        answer={"letter": letter.number, "case": case.number, "kind": letter.kind, "status": letter.status},
    )


def not_to_be_told(case: Case) -> list[Problem]:
    """Every reason why whoever asks may not be told."""
    if case.ended is not None:
        return _closed(case)
    problems = []
    if case.match is None:
        what, do = "nobody has found who is asked for", "have the list officer match it"
        problems.append(Problem("family.unmatched", case.number, what, do))
    if case.checked is None:
        what, do = "identity and kinship have not been shown", "let them be shown to the liaison"
        problems.append(Problem("family.unchecked", case.number, what, do))
    return problems


@dataclass(frozen=True)
class HandLetter:
    member: str
    letter: str
    how: str
    by: str


def hand_letter(state: State, request: HandLetter, given: Given) -> Outcome | list[Problem]:
    """The letter was handed over, once; only the latest of its case, and only while it still says what is so."""
    letter = letter_of(given, request.letter)
    case = case_of(given, letter.case) if letter is not None else None
    if letter is None or case is None:
        return [Problem("family.letter.unknown", request.letter[:16], "no such letter here", "look at the case again")]
    if request.how not in HOW_HANDED:
        return [Problem("family.how", "how", "not a way to hand a letter over", f"use {', '.join(HOW_HANDED)}")]
    if letter.handed is not None:
        what = "this letter was handed over before"
        return [Problem("family.handed_twice", letter.number, what, "write another if the family needs one")]
    if problems := not_to_be_told(case):
        return problems
    told = Known(state, given, request.member).told(case)
    if letter.number != case.letters[-1] or (told.kind, told.status) != (letter.kind, letter.status):
        what = "a later letter was written, or what it says is not so any more"
        return [Problem("family.letter.stale", letter.number, what, "hand over the latest letter, or write a new one")]
    changed = replace(letter, handed=Handed(request.how, request.by, given.now))
    return Outcome(
        documents={LETTERS + letter.number: write_letter(changed)},
        answer={"letter": letter.number, "case": case.number, "kind": letter.kind, "how": request.how},
    )


# --- before the public ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owed:
    """Whom a stage keeps from the public yet: those of whom a family waits for a letter, and those nobody asked for."""

    stage: str
    letters: tuple[tuple[str, str], ...]  # number, case
    unasked: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        return not self.letters and not self.unasked


def owed(known: Known, stages: Sequence[CountedStage]) -> list[Owed]:
    """What families are still owed for each of these stages that are over.

    Everybody whom the member seeks and who stood on a manifest of the stage: their family is written to, whatever came
    of it, or the liaison has released them.
    """
    waiting: dict[tuple[str, str], list[Case]] = {}
    for case in cases(known.given):
        if case.entitled and case.match is not None:
            for row in known.rows(case.match.register, case.match.row):
                waiting.setdefault(row, []).append(case)
    return [_owed(known, waiting, each.stage) for each in stages]


def _owed(known: Known, waiting: dict[tuple[str, str], list[Case]], stage: str) -> Owed:
    released = read_release(known.given.document(RELEASED + stage)).numbers
    letters, unasked = [], []
    for number in _people(known.state, known.member, stage):
        person = known.state.persons[number]
        if number in released:
            continue
        asked = waiting.get((person.register, person.row), [])
        if not asked:
            unasked.append(number)
        letters += [(number, case.number) for case in asked if not _is_told(known, case)]
    return Owed(stage, tuple(letters), tuple(unasked))


def _people(state: State, member: str, stage: str) -> list[str]:
    """Everybody whom the member seeks and who stood on a manifest of the stage."""

    def people() -> list[str]:
        numbers = {number for place in state.stages[stage].places.values() for number in place.manifest}
        return sorted(n for n in numbers if state.registers[state.persons[n].register].owner == member)

    return state.once(("families of a stage", member, stage), people)


def _is_told(known: Known, case: Case) -> bool:
    last = letter_of(known.given, case.letters[-1]) if case.letters else None
    return last is not None and last.kind == known.told(case).kind


@dataclass(frozen=True)
class ReleaseStages:
    """`numbers`: of whom, one by one; without them everybody for whom nobody who may be told has asked."""

    member: str
    stages: tuple[str, ...]
    why: str
    by: str
    numbers: tuple[str, ...] = ()


def release_stages(state: State, request: ReleaseStages, given: Given) -> Outcome | list[Problem]:
    """No letter has to be written of these people before the public hears of their stage; why is kept."""
    problems = [
        Problem("family.stage", stage[:32], "no stage of the plan", "look at the plan")
        for stage in request.stages if stage not in state.stages
    ]  # fmt: skip
    if request.why not in RELEASE_WHY:
        problems.append(Problem("family.release", "why", "not a reason to release", f"use {', '.join(RELEASE_WHY)}"))
    people = {each: _people(state, request.member, each) for each in request.stages if each in state.stages}
    what, do = "nobody whom we seek stood on the manifests of these stages by that number", "look the number up"
    strange = sorted(set(request.numbers) - {number for numbers in people.values() for number in numbers})
    problems += [Problem("family.release.number", number[:32], what, do) for number in strange]
    if problems:
        return problems
    known = Known(state, given, request.member)
    asked = {row for case in cases(given) if case.entitled and case.match is not None
             for row in known.rows(case.match.register, case.match.row)}  # fmt: skip
    said = {"why": request.why, "by": request.by, "at": given.now}
    documents, count = {}, 0
    for stage, numbers in people.items():
        before = read_release(given.document(RELEASED + stage)).numbers
        chosen = [
            number for number in numbers
            if number not in before and (
                number in request.numbers if request.numbers
                else (state.persons[number].register, state.persons[number].row) not in asked
            )
        ]  # fmt: skip
        count += len(chosen)
        if chosen:
            documents[RELEASED + stage] = write_release(Release({**before, **dict.fromkeys(chosen, said)}))
    return Outcome(documents=documents, answer={"stages": list(people), "released": count})


def untold(state: State, given: Given, member: str, size: int) -> list[Problem]:
    """Why a table of the first `size` entries may not be signed here yet: families hear before the public does."""
    problems = []
    stages = told_stages(state, size) if member in state.parties else []
    for each in owed(Known(state, given, member), stages) if stages else ():
        if each.letters:
            what = f"{len(each.letters)} letters to families are not written"
            do = "write them (`family list` tells for whom), or release them (`family release`)"
            problems.append(Problem("family.first", f"stage {each.stage}", what, do))
        if each.unasked:
            what = f"for {len(each.unasked)} people nobody who may be told has asked"
            do = "release them with a reason (`family release`)"
            problems.append(Problem("family.first", f"stage {each.stage}", what, do))
    return problems


def counted(known: Known, found: Sequence[Case]) -> dict[str, Any]:
    """Cases by where they stand, and open ones by status: figures only."""
    states = Counter(known.state_of(case) for case in found)
    status = Counter(known.told(case).status for case in found if case.ended is None)
    letters = [letter for case in found for n in case.letters if (letter := letter_of(known.given, n)) is not None]
    return {
        "cases": len(found), "by_state": dict(sorted(states.items())), "by_status": dict(sorted(status.items())),
        "letters": len(letters), "handed_over": sum(letter.handed is not None for letter in letters),
    }  # fmt: skip


def next_step(known: Known, case: Case) -> str:
    """What a case waits for: match, check, letter, hand, or nothing."""
    state = known.state_of(case)
    if state in (ENDED, HOME):
        return "nothing"
    if state != OPEN:
        return "match" if case.match is None else "check"
    last = letter_of(known.given, case.letters[-1]) if case.letters else None
    if last is None or last.kind != known.told(case).kind:
        return "letter"
    return "hand" if last.handed is None else "nothing"


# --- what is held about somebody ------------------------------------------------------------------------------------

ACTING = ("self", "representative")


@dataclass(frozen=True)
class GiveAbout:
    """Asked by the person themselves, or by whoever may act for them. `identity`: how they showed who they are."""

    member: str
    row: str
    identity: str
    acting: str
    by: str


def give_about(state: State, request: GiveAbout, given: Given) -> Outcome | list[Problem]:
    """Keep that somebody was given what is held about them."""
    found = collected(state, request, given)
    if isinstance(found, list):
        return found
    kept = {
        "v": 1, "row": request.row, "identity": request.identity, "acting": request.acting, "by": request.by,
        "at": given.now,
    }  # fmt: skip
    return Outcome(
        documents={f"{ACCESS}{given.random(8).hex()}": json.dumps(kept, sort_keys=True).encode()},
        answer={"row": request.row, "records": len(found.records), "numbers": len(found.numbers)},
    )


def row_called(state: State, given: Given, member: str, called: str, lists: Lists | None = None) -> str | None:
    """The newest row of our own lists with that number, or with that record number of the office's own."""
    called = called.strip()
    for kind in (SOUGHT, "held"):
        records = Known(state, given, member, kind, lists).records
        for (_, row), record in reversed(records.items()):
            if row == called.lower() or (called and own_number(record.fields) == called):
                return row
    return None


def collected(
    state: State, request: GiveAbout, given: Given, reads: Sequence[str] = (), lists: Lists | None = None
) -> About | list[Problem]:
    """Everything that this node holds about the person of a row of one of its own lists."""
    wrong = [
        Problem("family.shown", name, "not one of the words for it", f"use {', '.join(allowed)}")
        for name, value, allowed in (("identity", request.identity, IDENTITY), ("as", request.acting, ACTING))
        if value not in allowed
    ]
    if wrong:
        return wrong
    row = request.row.strip().lower()
    for kind in (SOUGHT, "held"):
        known = Known(state, given, request.member, kind, lists)
        register = next((name for name, each in reversed(known.records) if each == row), None)
        if register is not None:
            return _about(known, kind, known.rows(register, row), reads)
    what = "no row of our own lists, or its record was erased"
    return [Problem("family.about.row", "the row", what, "look the person up in the lists again")]


def _about(known: Known, kind: str, rows: Rows, reads: Sequence[str]) -> About:
    state, facts = known.state, known.facts
    records = [known.records[row] for row in rows if row in known.records]
    sought = set(rows)
    if kind == "held":  # whoever seeks them names them by rows of its own
        own = {row for _, row in rows}
        asked = [name for name, fact in state.registers.items() if fact.list_kind == SOUGHT]
        sought = {(name, s) for name in asked for s, held in linked_rows(known.given, name).items() if held in own}
    people = facts.people(sought)
    versions = {record.register: state.registers[record.register].version for record in records}
    matched = [(each, each.match) for each in cases(known.given) if each.match is not None]
    mine = [each for each, match in matched if (match.register, match.row) in sought]
    letters = [letter for each in mine for n in each.letters if (letter := letter_of(known.given, n)) is not None]
    told = facts.told(tuple(sought))
    return About(
        known.member,
        " ".join(records[-1].fields[name] for name in NAMED if records[-1].fields.get(name)),
        known.given.now[:10],
        tuple(Held(kind, versions[each.register], dict(each.fields)) for each in records),
        tuple((versions[name], tuple(state.registers[name].disclosed_to)) for name in versions
              if state.registers[name].disclosed_to),
        tuple(sorted({(member, word) for row in sought for member, word in facts.words(row)})),
        tuple((str(each.number), str(each.holder)) for each in people),
        max((each.alive_on for each in people if each.alive_on is not None), default=None),
        told.day, len(mine), len(letters), sum(letter.handed is not None for letter in letters), tuple(reads),
    )  # fmt: skip
