"""Linking and answering: the holder finds who of a disclosed register it holds, a person judges, the ledger gets words.

Judgements and names stay in the holder's vault; the ledger gets a root over the judgements, counts, and per
sought row one word. A row whose candidates nobody has judged stays blank, and a blank is no answer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from repatria.exchange.commands import By
from repatria.exchange.documents import Answers, read, write
from repatria.exchange.events import AnswersGiven, LinkJudged, Opaque, Row, Sha256
from repatria.exchange.person import RECEIVED, RELEASED, Person
from repatria.exchange.state import State
from repatria.ledger.canonical import digest, encode
from repatria.ledger.commit import commitment, person_root, register_root
from repatria.linkage.across import Elsewhere, released_in
from repatria.linkage.block import Candidate
from repatria.linkage.carry import Carried, Move, carried, moves
from repatria.linkage.compare import Record as Compared
from repatria.linkage.compare import own_number as own_number  # for whoever asks this module for it
from repatria.linkage.judgement import Judgement, Verdict, confirm_sure, judge, linked, links, standing
from repatria.linkage.kinds import Stands
from repatria.office import Given, Outcome
from repatria.people.commands import signed_letters
from repatria.problem import Problem

if TYPE_CHECKING:
    from repatria.linkage.again import Run


@dataclass(frozen=True)
class FindLinks:
    by: By
    register: str  # the sought register that was disclosed to us


def find_links(state: State, request: FindLinks, given: Given) -> Outcome | list[Problem]:
    """Candidates, counted by how sure they are; none of them is a link until a person says so."""
    sought = disclosed(state, given, request.register)
    if sought is None:
        return [_not_disclosed(request.register)]
    from repatria.linkage.again import format_run  # the numbers behind it are heavy, and a desk needs none
    from repatria.linkage.propose import propose_again

    given.progress("opening the records", 0, 3)
    held = held_records(state, given, request.by.member)
    given.progress("carrying decisions over", 1, 3)
    before = _before(state, given, request, sought, held)
    given.progress("comparing records", 2, 3)
    found, weighed = propose_again(held, sought, before.judgements, run_before(given, before.run, before.rows))
    grades = Counter("contested" if c.contested else c.grade for c in found)
    document = [
        {
            "sought": row_text(c.sought_row), "held": row_text(c.held_row), "rule": c.rule, "grade": c.grade,
            "contested": c.contested, "probability": c.probability, "found": c.found, "second": c.second,
            "evidence": [asdict(each) for each in c.stands],
        }
        for c in found
    ]  # fmt: skip
    documents = {f"candidates/{request.register}": json.dumps(document).encode()}
    if weighed is not None:
        documents[f"weighed/{request.register}"] = format_run(weighed.run(given.random(32)))
    documents |= _added(given, request.register, before.carried.words)
    return Outcome(
        documents=documents,
        answer={
            "register": request.register, "sought": len(sought), "held": len(held), "candidates": len(found),
            "sure": grades["sure"], "possible": grades["possible"], "contested": grades["contested"],
            "second_opinion": sum(c.second for c in found),
            "compared": 0 if weighed is None else len(weighed.compared.left),
            "compared_anew": 0 if weighed is None else weighed.weighed_again,
            "judgements_moved": before.carried.moved, "reopened": before.carried.reopened,
            "judged_and_gone": [
                {"sought": row_text(one), "held": row_text(other)} for one, other in before.carried.gone
            ],
        },
    )  # fmt: skip


@dataclass(frozen=True)
class _Before:
    """What is known from older versions of both lists: where people stand now, and what was said of them."""

    judgements: list[Judgement]
    carried: Carried
    run: str  # the register whose run is the latest that there is
    rows: tuple[dict[int, int], dict[int, int]]


def _before(
    state: State, given: Given, request: FindLinks, sought: Sequence[Compared], held: Sequence[Compared]
) -> _Before:
    """What was said and weighed of this register; of an older version of it, where this one is new."""
    register = request.register
    new = given.document(_page(register, 0)) is None and given.document(f"weighed/{register}") is None
    versions = _versions_before(state, register) if new else ()
    older = [name for name in versions if disclosed(state, given, name) is not None]
    source = next(
        (name for name in older if judgements_on(given, name) or given.document(f"weighed/{name}") is not None),
        register,
    )
    said = judgements_on(given, source)
    weighed = _weighed(given, source)
    ids = ((), ()) if weighed is None else weighed.ids
    wanted = [{row_number(row) for row in ids[side]} | {word.pair[side] for word in said} for side in (0, 1)]
    of_sought = _moves(wanted[0], sought, [disclosed(state, given, source) or []])
    own = own_versions(state, request.by.member, "held")
    of_held = _moves(wanted[1], held, (compared(given, name) for name in reversed(own)))
    found = carried(said, of_sought, of_held, sought, held, leave=source == register)
    kept = said if source == register else []
    rows = tuple(
        {record.row: record.row for record in now} | {row: move.to for row, move in moved.items()}
        for now, moved in ((sought, of_sought), (held, of_held))
    )
    return _Before([*kept, *found.words], found, source, (rows[0], rows[1]))


def _moves(wanted: set[int], now: Sequence[Compared], older: Iterable[Sequence[Compared]]) -> dict[int, Move]:
    """Where the people of these rows stand now, by the newest older version that has them."""
    missing = wanted - {record.row for record in now}
    found: dict[int, Move] = {}
    for records in older:
        if not missing:
            break
        here = missing & {record.row for record in records}
        if here:
            found |= {row: move for row, move in moves(records, now).items() if row in here}
            missing -= here
    return found


def _versions_before(state: State, register: str) -> list[str]:
    """The older versions of a register, the newest first."""
    fact = state.registers.get(register)
    if fact is None:
        return []
    own = [
        (other.version, name)
        for name, other in state.registers.items()
        if (other.owner, other.list_kind) == (fact.owner, fact.list_kind) and other.version < fact.version
    ]
    return [name for _, name in sorted(own, reverse=True)]


def _weighed(given: Given, register: str) -> Run | None:
    from repatria.linkage.again import NoRun, parse_run

    data = given.document(f"weighed/{register}")
    try:
        return None if data is None else parse_run(data)
    except NoRun:
        return None  # of another version of the program: everything is weighed anew


def run_before(
    given: Given, register: str, rows: tuple[Mapping[int, int], Mapping[int, int]] | None = None
) -> Run | None:
    """What was weighed of a register, its ids those of the rows where people stand now."""
    run = _weighed(given, register)
    if run is None or rows is None:
        return run
    left, right = ({row_text(was): row_text(now) for was, now in each.items()} for each in rows)
    return run.renamed(left, right)


@dataclass(frozen=True)
class ConfirmSure:
    by: By
    register: str
    who: str
    why: str
    number: int | None = None  # how many whoever asks means to confirm


def confirm_all_sure(state: State, request: ConfirmSure, given: Given) -> Outcome | list[Problem]:
    """A link for every sure, uncontested candidate; each says by which rule it was one of how many."""
    earlier = judgements_on(given, request.register)
    found = {(each.sought_row, each.held_row): each for each in candidates(given, request.register)}
    confirmed = confirm_sure(found.values(), request.who, request.why, earlier)
    if isinstance(confirmed, Problem):
        return [confirmed]
    if request.number not in (None, len(confirmed)):
        return [
            Problem(
                "linkage.bulk.number", request.register,
                f"{len(confirmed)} candidates are sure and uncontested, and {request.number} were named",
                "look at the list again, and name the number that is meant",
            )
        ]  # fmt: skip
    why = f"{request.why} [rule: {SURE_RULE}; number: {len(confirmed)}]"
    named = [replace(each, why=why, bulk=True, probability=found[each.pair].found) for each in confirmed]
    outcome = _judged(request.by, request.register, [*earlier, *named], named, given, state)
    return outcome if isinstance(outcome, list) else replace(outcome, answer={**outcome.answer, "rule": SURE_RULE})


SURE_RULE = "sure and uncontested"


@dataclass(frozen=True)
class JudgePair:
    by: By
    register: str
    sought: str
    held: str
    verdict: Verdict
    who: str
    why: str


def judge_pair(state: State, request: JudgePair, given: Given) -> Outcome | list[Problem]:
    earlier = judgements_on(given, request.register)
    judged = _one(request, given, earlier)
    if isinstance(judged, Problem):
        return [judged]
    outcome = _judged(request.by, request.register, [*earlier, judged], [judged], given, state)
    waits = judged.verdict in ("link", "non_link") and standing([*earlier, judged])[judged.pair] != judged
    if isinstance(outcome, list) or not waits:
        return outcome
    return replace(outcome, answer={**outcome.answer, "waits_for": "the same word of a second reviewer"})


def note_judgement(state: State, request: JudgePair, given: Given) -> Outcome | list[Problem]:
    """Keep one judgement of several; nothing is signed until `sign_judgements`."""
    earlier = judgements_on(given, request.register)
    judged = _one(request, given, earlier)
    if isinstance(judged, Problem):
        return [judged]
    return Outcome(documents=_added(given, request.register, [judged]), answer={"judged": 1})


@dataclass(frozen=True)
class SignJudgements:
    by: By
    register: str
    judged: int


def sign_judgements(state: State, request: SignJudgements, given: Given) -> Outcome | list[Problem]:
    """The ledger's word on the judgements that were kept."""
    outcome = _judged(request.by, request.register, judgements_on(given, request.register), [], given, state)
    if isinstance(outcome, list):
        return outcome
    return replace(outcome, answer={**outcome.answer, "judged": request.judged})


def _one(request: JudgePair, given: Given, earlier: list[Judgement]) -> Judgement | Problem:
    try:
        pair = row_number(request.sought), row_number(request.held)
    except ValueError:
        return Problem(
            "linkage.row.form", "the pair", "a row is sixteen signs, 0 to 9 and a to f", "copy both from link list"
        )
    text = given.document(f"candidates/{request.register}")
    found = None if text is None else _candidates(text).get(pair)
    of = (found.found, found.second) if found is not None else (None, False)
    return judge(earlier, *pair, request.verdict, request.who, request.why, *of)


@dataclass(frozen=True)
class GiveAnswers:
    by: By
    register: str
    others_not_held: bool  # rows without a candidate, or with only non-links, are answered "not held"


def give_answers(state: State, request: GiveAnswers, given: Given) -> Outcome | list[Problem]:
    """A word per row that has been judged; rows with an unjudged candidate stay blank."""
    sought = disclosed(state, given, request.register)
    if sought is None:
        return [_not_disclosed(request.register)]
    stands = standing(judgements_on(given, request.register))
    held = {sought_row for sought_row, _ in linked(stands)}
    open_rows = {
        c.sought_row
        for c in candidates(given, request.register)
        if (c.sought_row, c.held_row) not in stands or stands[c.sought_row, c.held_row].verdict == "undecided"
    }
    words: dict[int, str] = dict.fromkeys(held, "held")
    if request.others_not_held:
        rest = {record.row for record in sought} - held - open_rows
        words.update(dict.fromkeys(rest, "not_held"))
    register = state.registers.get(request.register)
    before = register.answers.get(request.by.member) if register else None
    version = (before.version if before else 0) + 1
    rows = tuple(sorted((Row(row_text(row)), word) for row, word in words.items()))
    data = write(Answers(Opaque(request.register), rows))
    name = digest(data)
    event = AnswersGiven(Opaque(request.register), version, Sha256(name), len(rows))
    counts = Counter(words.values())
    return Outcome(
        drafts=(request.by.draft(event),),
        attachments={name: data},
        answer={
            "register": request.register, "version": version, "held": counts["held"],
            "not_held": counts["not_held"], "blank": len(sought) - len(rows),
        },
    )  # fmt: skip


def answered(state: State, given: Given, register: str) -> list[tuple[Mapping[str, str], dict[str, str]]]:
    """Every row of a sought register that this node can read, and the word of each member that has answered it.

    Its own register with all that it knows; one disclosed to it with what was shown. A row without a word is blank.
    """
    fact = state.registers.get(register)
    rows = [(row_number(record.row), record.fields) for record in given.records(register)]
    rows = rows or [(record.row, dict(record.fields)) for record in disclosed(state, given, register) or ()]
    words: dict[str, dict[int, str]] = {}
    for member, answers in sorted(fact.answers.items() if fact is not None else ()):
        data = given.attachment(answers.answers)
        listed = read(Answers, data).answers if data is not None else ()
        words[member] = {row_number(row): word for row, word in listed}
    return [
        (fields, {member: said[row] for member, said in words.items() if row in said}) for row, fields in sorted(rows)
    ]


def disclosed(state: State, given: Given, register: str) -> list[Compared] | None:
    """The rows of a register that was disclosed to this node.

    Of a letter that its owner has signed for.
    """
    fact = state.registers.get(register)
    for letter in signed_letters(state, given, "register") if fact is not None else ():
        if fact is not None and (letter["from"], letter["data"]["register"]) == (fact.owner, register):
            return [Compared(row_number(row["row"]), row["fields"]) for row in letter["data"]["rows"]]
    return None


def held_records(state: State, given: Given, member: str) -> list[Compared]:
    """Everyone this member holds, from the latest version of its own register."""
    return own_records(state, given, member, "held")


def own_records(state: State, given: Given, member: str, list_kind: str) -> list[Compared]:
    """Everyone on the latest version of this member's own register of a kind."""
    name = _latest(state, member, list_kind)
    return compared(given, name) if name else []


def compared(given: Given, register: str) -> list[Compared]:
    """A register of this node, as its rows are compared with others."""
    return [Compared(row_number(record.row), record.fields) for record in given.records(register)]


def _latest(state: State, member: str, list_kind: str) -> str | None:
    own = own_versions(state, member, list_kind)
    return own[-1] if own else None


def own_versions(state: State, member: str, list_kind: str) -> list[str]:
    """Every version of this member's own register of a kind, the newest last."""
    own = [
        (fact.version, name)
        for name, fact in state.registers.items()
        if (fact.owner, fact.list_kind) == (member, list_kind)
    ]
    return [name for _, name in sorted(own)]


def held_now(state: State, given: Given, member: str) -> dict[int, Compared]:
    """Everyone this member holds, by every row that they ever had, as the newest version has them."""
    return own_now(state, given, member, "held")


def own_now(state: State, given: Given, member: str, list_kind: str) -> dict[int, Compared]:
    """Every row of every version of this member's own register of a kind, with the record as the newest version has it.

    A new version has new rows; what joins them is the office's own record number. Where the file had none, the number
    was made from the line (`row-17`), which says nothing of who it is: then the record stays as it was.
    """
    rows: dict[int, Compared] = {}
    newest: dict[str, Mapping[str, str]] = {}
    for name in own_versions(state, member, list_kind):
        for record in given.records(name):
            rows[row_number(record.row)] = Compared(row_number(record.row), record.fields)
            if (number := own_number(record.fields)) is not None:
                newest[number] = record.fields
    return {
        row: replace(record, fields=newest.get(own_number(record.fields) or "", record.fields))
        for row, record in rows.items()
    }


def linked_rows(given: Given, register: str) -> dict[str, str]:
    """Sought row -> held row, for every pair that stands as a link."""
    return {row_text(sought): row_text(held) for sought, held in links(judgements_on(given, register))}


def known_elsewhere(state: State, given: Given, member: str, list_kind: str) -> list[Elsewhere]:
    """Whom this node knows that should not stand on a new list of this kind: the released, and those on other lists.

    On a list of the held: whom we ask for, and whom another member says it holds. On a list of the sought: whom our own
    register says we hold. Nothing is known of anybody's remains here.
    """
    if list_kind == "remains":
        return []
    of_letters: dict[str, list[Mapping[str, str]]] = {}
    for letter in signed_letters(state, given, "rows"):
        for row in letter["data"]["rows"]:
            of_letters.setdefault(row["number"], []).append(row["fields"])
    # Every version of every register is opened for it, and before there is a list there is nobody to look for.
    sought, held = (own_now(state, given, member, of) if state.persons else {} for of in ("sought", "held"))
    linked = {person.register: linked_rows(given, person.register) for person in state.persons.values()}

    def records_of(person: Person) -> list[Mapping[str, str]]:
        found = list(of_letters.get(person.number, ()))
        if state.registers[person.register].owner == member and (own := sought.get(row_number(person.row))):
            found.append(own.fields)
        held_row = linked[person.register].get(person.row)
        if held_row is not None and (own := held.get(row_number(held_row))):
            found.append(own.fields)
        return found

    known = []
    gone = {number: person for number, person in state.persons.items() if person.state in (RELEASED, RECEIVED)}
    for round_name in sorted({person.round for person in gone.values()}):
        of_round = [each for person in gone.values() if person.round == round_name for each in records_of(person)]
        known.append(released_in(round_name, of_round))
    others: dict[str, list[Mapping[str, str]]] = {}
    own = _latest(state, member, "sought")
    if list_kind == "held":
        for person in state.persons.values():
            if person.holder != member and not person.withdrawn and person.number not in gone:
                others.setdefault(person.holder, []).extend(records_of(person))
        for fields, words in answered(state, given, own) if own else ():
            for holder in sorted(name for name, word in words.items() if word == "held"):
                others.setdefault(holder, []).append(fields)
        known += [_held_by(holder, people) for holder, people in sorted(others.items())]
    asked = [each.fields for each in own_records(state, given, member, "sought")] if list_kind == "held" else []
    ours = [each.fields for each in held_records(state, given, member)] if list_kind != "held" else []
    do = "find out which of the two lists is wrong, and correct that one"
    known.append(Elsewhere("import.person.both", "somebody whom our own list of the sought asks for", do, tuple(asked)))
    known.append(Elsewhere("import.person.both", "somebody whom our own register says we hold", do, tuple(ours)))
    return [each for each in known if each.people]


def _held_by(holder: str, people: Sequence[Mapping[str, str]]) -> Elsewhere:
    do = "look at the person and at their papers, and tell the other side which of you is mistaken"
    return Elsewhere("import.person.held", f"somebody whom {holder} has said it holds", do, tuple(people))


def candidates(given: Given, register: str) -> list[Candidate]:
    text = given.document(f"candidates/{register}")
    return [] if text is None else list(_candidates(text).values())


@lru_cache(maxsize=2)  # a reviewer's words follow each other, and the pairs stay
def _candidates(text: bytes) -> dict[tuple[int, int], Candidate]:
    """Every candidate by its pair. Fields stand in few ways, and each way is one object: many pairs make few."""
    known: dict[Stands, Stands] = {}

    def stands(raw: Mapping[str, Any]) -> Stands:
        made = Stands(**raw)
        return known.setdefault(made, made)

    found = (
        Candidate(
            row_number(raw["sought"]), row_number(raw["held"]), raw["rule"], (), raw["grade"], raw["contested"],
            raw.get("probability"), raw.get("found"), raw.get("second", False),
            tuple(stands(each) for each in raw.get("evidence", ())),
        )
        for raw in json.loads(text)
    )  # fmt: skip
    return {(each.sought_row, each.held_row): each for each in found}


def row_number(row: str) -> int:
    return int(row, 16)


def row_text(row: int) -> str:
    return f"{row:016x}"


def _judged(
    by: By, register: str, judgements: Sequence[Judgement], new: Sequence[Judgement], given: Given, state: State
) -> Outcome | list[Problem]:
    """The ledger's word on all judgements; the last of them, the new ones, are kept with it."""
    stands = standing(judgements)
    counts = Counter(judgement.verdict for judgement in stands.values())
    roots = []
    for judgement in judgements:
        pair = f"{row_text(judgement.sought_row)}/{row_text(judgement.held_row)}"
        said = f"{pair} {judgement.verdict} {judgement.by} {judgement.why}"
        roots.append(person_root([commitment(given.random(32), state.exchange, "judgement", said)]))
    event = LinkJudged(
        Opaque(register), counts["link"], counts["non_link"], counts["undecided"],
        Sha256(register_root(roots).hex() if roots else digest(b"")),
    )  # fmt: skip
    return Outcome(
        drafts=(by.draft(event),),
        documents=_added(given, register, new),
        answer={
            "register": register, "judged": len(new), "links": counts["link"], "non_links": counts["non_link"],
            "undecided": counts["undecided"],
        },
    )  # fmt: skip


def judgements_on(given: Given, register: str) -> list[Judgement]:
    """Everything that was said on pairs of a register, in order."""
    return [word for page in _pages(given, register) for word in _read(page)]


def _pages(given: Given, register: str) -> list[bytes]:
    """The documents that hold what was said, page by page: a new word is written to the last one alone."""
    pages: list[bytes] = []
    while (page := given.document(_page(register, len(pages)))) is not None:
        pages.append(page)
    return pages


def _page(register: str, number: int) -> str:
    return f"judgements/{register}/{number}" if number else f"judgements/{register}"


def _added(given: Given, register: str, new: Sequence[Judgement]) -> dict[str, bytes]:
    """The pages that change where these words are added."""
    if not new:
        return {}
    pages = _pages(given, register)
    last = max(0, len(pages) - 1)
    words = [*(_read(pages[last]) if pages else ()), *new]
    full = max(PAGE, len(words) - len(new))  # an older page may be longer
    rest = [words[at : at + PAGE] for at in range(full, len(words), PAGE)]
    return {_page(register, last + at): _written(part) for at, part in enumerate([words[:full], *rest])}


@lru_cache(maxsize=4096)
def _read(page: bytes) -> tuple[Judgement, ...]:
    return tuple(
        Judgement(
            row_number(sought), row_number(held), verdict, by, why,
            *((None if more[0] < 0 else more[0] / MILLION, "second" in more[1], "bulk" in more[1]) if more else ()),
        )
        for sought, held, verdict, by, why, *more in json.loads(page)
    )  # fmt: skip


PAGE = 100  # words on a page
MILLION = 1_000_000


def _written(judgements: Sequence[Judgement]) -> bytes:
    return encode([
        [
            row_text(j.sought_row), row_text(j.held_row), j.verdict, j.by, j.why,
            -1 if j.probability is None else round(j.probability * MILLION),
            [word for word, holds in (("second", j.second), ("bulk", j.bulk)) if holds],
        ]
        for j in judgements
    ])  # fmt: skip


def _not_disclosed(register: str) -> Problem:
    return Problem(
        "register.not_disclosed", register, "not disclosed to this node", "ask its owner to disclose it, then sync"
    )
