"""A record erased: its key, salts, fields and indexes leave this node, and a tombstone enters the ledger (ADR 61).

What is kept of an erased record is the root over its salted fields, which without the salts says nothing, so that the
register's committed root can still be computed; and the numbers whose sealed rows were taken out, so that `verify
--records` can say what nobody can derive again. Why a record was erased is nowhere.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from repatria.deal.commands.known import TOLD
from repatria.exchange.commands import By
from repatria.exchange.erasing import is_awaited, is_erased, of_row
from repatria.exchange.events import Opaque, RecordErased, Row
from repatria.exchange.state import State
from repatria.families.case import ACCESS, CASES, LETTERS, RELEASED
from repatria.linkage.commands import linked_rows
from repatria.message import Message, Name
from repatria.office import Given, Outcome
from repatria.people.commands import person_root_of
from repatria.problem import Problem

ERASED = "erased"  # the document that says what is no longer here
# Copies that no node can count: whoever erases a record sees to them.
ELSEWHERE = (
    Message("erase.copy.file"), Message("erase.copy.registers"), Message("erase.copy.sticks"),
    Message("erase.copy.families"), Message("erase.copy.backups"), Message("erase.copy.keys", {"file": "keys.db"}),
)  # fmt: skip
DRAFTS = "web/list/"  # documents of lists that were brought to the pages: whoever is in one is known from its rows only


@dataclass(frozen=True)
class Gone:
    """What is erased in this node: by register and row the root of the record, and the numbers without a row."""

    roots: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()


def gone(given: Given) -> Gone:
    text = given.document(ERASED)
    return Gone() if text is None else Gone(**json.loads(text))


@dataclass(frozen=True)
class EraseRecords:
    by: By
    register: str
    rows: tuple[str, ...]


def erase_records(state: State, request: EraseRecords, given: Given) -> Outcome | list[Problem]:
    """Destroy rows of this member's own register, here, and say so in the ledger; said before, it is only finished."""
    register = state.registers.get(request.register)
    if register is None or register.owner != request.by.member:
        what = "not a register of this member"
        return [Problem("erase.owner", request.register, what, "look at the registers, and name one of your own")]
    before = gone(given)
    records = {record.row: record for record in given.records(request.register)}
    rows = tuple(dict.fromkeys(request.rows))
    unknown = [row for row in rows if row not in records and not is_erased(state, request.register, row)]
    if unknown:
        return [Problem("erase.row", row, "no such row in this node's register", "look it up") for row in unknown]
    held = register.list_kind == "held"
    sought = _linked(state, given, rows) if held else {(request.register, row) for row in rows}
    if held:
        awaited = [row for row in rows if any(_is_held(state, *at) for at in _linked(state, given, (row,)))]
        if awaited:
            what, do = "answered as held, and neither received nor withdrawn", "wait until the person has left"
            return [Problem("erase.awaited", row, what, do) for row in awaited]
    documents, without, numbers = _rewritten(given, {row for _, row in sought}, set(rows) if held else set())
    # What waits at the pages for signatures may hold the person, too: it is prepared anew, without them (ADR 128).
    waiting = [name for name in given.documents("web/signing-of/") if name.endswith("/result")]
    roots = {name: dict(known) for name, known in before.roots.items()}
    roots.setdefault(request.register, {}).update(
        (row, person_root_of(state.exchange, records[row]).hex()) for row in rows if row in records
    )
    kept = {"roots": roots, "numbers": sorted({*before.numbers, *numbers})}
    drafts = tuple(
        request.by.draft(RecordErased(Opaque(request.register), Row(row)))
        for row in rows
        if not is_erased(state, request.register, row)
    )
    return Outcome(
        drafts=drafts,
        documents={**documents, ERASED: json.dumps(kept).encode()},
        erase=tuple((request.register, row) for row in rows),
        without=(*without, *waiting),
        answer={
            "register": request.register, "erased": len(rows), "said_before": len(rows) - len(drafts),
            "copies": [
                *copies(state, request.by.member, request.register, sought, numbers), *_drafts(given), *ELSEWHERE
            ],
        },
    )  # fmt: skip


def follow(state: State, request: By, given: Given) -> Outcome | list[Problem]:
    """Take out of this node what any tombstone names: other members ask it by theirs; and a letter with a person whom
    this member has erased may have come in since."""
    rows = [(register, row) for register, _, row in (key.partition("/") for key in state.erased)]
    before = gone(given)
    documents, without, numbers = _rewritten(given, {row for _, row in rows}, set(), set(before.numbers))
    if not documents and not without:
        return Outcome(answer={"asked": len(rows), "letters": 0})
    kept = {"roots": dict(before.roots), "numbers": sorted({*before.numbers, *numbers})}
    return Outcome(
        documents={**documents, ERASED: json.dumps(kept).encode()},
        erase=tuple(rows),
        without=without,
        answer={"asked": len(rows), "letters": len(documents) + len(without)},
    )


def copies(
    state: State, member: str, register: str, sought: Collection[tuple[str, str]], numbers: Collection[str]
) -> Iterator[Message]:
    """Copies at others that the ledger tells of: each in words for the officer who has to write to them."""
    for reader in state.registers[register].disclosed_to:
        yield Message("erase.copy.disclosed", {"reader": Name(reader)})
    people = [person for at in sorted(sought) for person in of_row(state, *at)]
    if people or numbers:
        others = {*state.parties, *state.mediators, *state.neutrals} - {member}
        yield from (Message("erase.copy.listed", {"reader": Name(reader)}) for reader in sorted(others))
    for person in people:
        for right in person.rights:
            yield Message("erase.copy.desks", {"stage": Name(right.stage), "place": Name(right.place)})


def _drafts(given: Given) -> Iterator[Message]:
    lists = {name.removeprefix(DRAFTS).partition("/")[0] for name in given.documents(DRAFTS)}
    if lists:
        yield Message("erase.copy.drafts", {}, len(lists))


def _linked(state: State, given: Given, rows: Collection[str]) -> set[tuple[str, str]]:
    """The sought rows that a person has judged to be one of these held rows."""
    asked = [name for name, fact in state.registers.items() if fact.list_kind == "sought"]
    return {
        (name, sought) for name in asked for sought, held in linked_rows(given, name).items() if held in set(rows)
    }


def _is_held(state: State, register: str, row: str) -> bool:
    """Whether the person of this sought row, whom this node has linked to one whom it holds, is still there."""
    people = of_row(state, register, row)
    return not state.closed and (not people or any(is_awaited(person) for person in people))


def _rewritten(
    given: Given, sought: Collection[str], held: Collection[str], known: Collection[str] = frozenset()
) -> tuple[dict[str, bytes], tuple[str, ...], tuple[str, ...]]:
    """The documents that name these rows, without them; those that go altogether; and the numbers of the rows.

    Args:
        known: numbers whose rows have been taken out before; they may have come in again.
    """
    changed: dict[str, bytes] = {}
    numbers: list[str] = []

    def keep(name: str, raw: Any, less: bool) -> None:
        if less:
            changed[name] = json.dumps(raw).encode()

    for name, letter in _documents(given, "mail/rows/"):
        rows = letter["data"]["rows"]
        out = {row["number"] for row in rows if row["row"] in sought or row["number"] in known}
        numbers += sorted(out)
        letter["data"]["rows"] = [row for row in rows if row["number"] not in out]
        keep(name, letter, bool(out))
    gone_numbers = {*numbers, *known}
    for name, letter in _documents(given, "mail/register/"):
        stay = [row for row in letter["data"]["rows"] if row["row"] not in sought]
        less = len(stay) < len(letter["data"]["rows"])
        letter["data"]["rows"] = stay
        keep(name, letter, less)
    for name, letter in _documents(given, "mail/visits/"):
        places = {number: at for number, at in letter["data"]["places"].items() if number not in gone_numbers}
        less = len(places) < len(letter["data"]["places"])
        letter["data"]["places"] = places
        keep(name, letter, less)
    for name, pairs in _documents(given, "candidates/"):
        stay = [pair for pair in pairs if pair["sought"] not in sought and pair["held"] not in held]
        keep(name, stay, len(stay) < len(pairs))
    for name, pairs in _documents(given, "judgements/"):
        stay = [pair for pair in pairs if pair[0] not in sought and pair[1] not in held]
        keep(name, stay, len(stay) < len(pairs))
    without = list(given.documents("weighed/"))  # it names every row, and `link find` makes it again
    without += [name for number in dict.fromkeys(numbers) for name in given.documents(f"reason/{number}/")]
    theirs = {*numbers, *sought, *held}
    for name, case in _documents(given, CASES):
        if case["match"] is not None and case["match"]["row"] in theirs:
            without += [name, *(LETTERS + letter for letter in case["letters"])]
    without += [name for name, access in _documents(given, ACCESS) if access["row"] in theirs]
    for name, released in _documents(given, RELEASED):
        still = {number: said for number, said in released["numbers"].items() if number not in gone_numbers}
        less = len(still) < len(released["numbers"])
        released["numbers"] = still
        keep(name, released, less)
    without += [name for name, told in _documents(given, TOLD) if told["of"].rpartition("/")[2] in theirs]
    return changed, tuple(without), tuple(dict.fromkeys(numbers))


def _documents(given: Given, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in given.documents(prefix):
        text = given.document(name)
        if text is not None:
            yield name, json.loads(text)
