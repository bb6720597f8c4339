"""What a node knows of what is agreed: the annex of terms, the rows of lists, its own records of who stands on them.

Readings only: each takes the state and what the node has been given, and makes nothing.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from repatria.deal.classes import Category, parse_categories
from repatria.deal.quota import Quota, parse_quotas
from repatria.deal.terms import Terms, annex_categories, annex_hash, annex_quotas, decode_terms
from repatria.exchange.documents import FinalList, read
from repatria.exchange.events import FinalListSigned
from repatria.exchange.medical import CHANGING, findings
from repatria.exchange.state import State
from repatria.law.facts import Value, read_facts
from repatria.law.standing import Known
from repatria.linkage.commands import disclosed, held_now, linked_rows, own_now, own_number, row_number
from repatria.linkage.compare import Record as Compared
from repatria.office import Given
from repatria.people.commands import letters, signed_letters
from repatria.problem import Problem

TOLD = "law/told/"  # documents: what an officer has told of one subject, or of every one of its kind
Agreed = tuple[Terms, tuple[Category, ...], tuple[Quota, ...]]  # what terms and their annex say


def readers(state: State, *besides: str) -> tuple[str, ...]:
    """To whom what is agreed is sealed: every party and mediator, and who signs besides; nobody signs unread."""
    here = [name for name in besides if name in state.members]
    return tuple(dict.fromkeys((*state.parties, *state.mediators, *here)))


def annex_of(given: Given, terms: Terms) -> dict[str, Any] | None:
    """The letter with the text that the ledger form was made of, and its salt."""
    own = given.document(f"annex/{terms.annex}")
    found: list[dict[str, Any]] = [*([json.loads(own)] if own else []), *letters(given, "annex")]
    for letter in found:
        if annex_hash(bytes.fromhex(letter["salt"]), letter["text"]) == terms.annex:
            return letter
    return None


def agreed_of(given: Given, terms: Terms) -> Agreed | None:
    """The terms with the categories and quotas of the annex that belongs to them, if it has come."""
    letter = annex_of(given, terms)
    if letter is None:
        return None
    categories, problems = parse_categories(annex_categories(letter["text"]), historical=terms.historical)
    quotas, more = parse_quotas(annex_quotas(letter["text"]), categories, tuple(terms.sides))
    return None if problems or more else (terms, categories, quotas)


def agreed_here(state: State, given: Given) -> Agreed | Problem:
    if state.terms is None:
        return Problem("terms.none", "terms", "no terms are in force", "have both parties sign terms first")
    terms = decode_terms(state.terms_text.encode())
    agreed = agreed_of(given, terms)
    if agreed is None:
        return Problem("terms.annex", "terms", "the annex with the categories is not here", "sync first")
    return agreed


def proposed_list(state: State, given: Given, holder: str) -> FinalListSigned | None:
    """The list of a holder that came with its rows and whose attachments are here, if not yet in force."""
    standing = state.lists.get(holder)
    come = {name.rpartition("/")[2] for name in given.documents("mail/rows/")}
    for fact in reversed(state.offered_lists.values()):
        data = given.attachment(fact.list) if fact.holder == holder and fact.sealed in come else None
        if data is not None and read(FinalList, data).version == (standing.version if standing else 0) + 1:
            return fact
    return None


def rows_of(state: State, given: Given, listed: str) -> dict[str, dict[str, str]] | None:
    """Number -> fields, from the sealed rows of a list, if they were sealed to this node."""
    letter = _letter_of_list(state, given, "rows", listed)
    return None if letter is None else {row["number"]: row["fields"] for row in letter["rows"]}


def _letter_of_list(state: State, given: Given, kind: str, listed: str) -> dict[str, Any] | None:
    """The letter of that kind about a list that the list's holder has signed for."""
    found = (letter["data"] for letter in signed_letters(state, given, kind))
    return next((data for data in found if data["list"] == listed), None)


def records_of_list(
    state: State, given: Given, member: str, listed: FinalList, name: str
) -> dict[str, list[Mapping[str, str]]]:
    """Number -> what each record that this node has says of that person: its own where it holds them, the sealed rows
    of the list, its own where it seeks them. Its own as the newest register has them, so that a slip can be put right.
    """
    sealed = rows_of(state, given, name) or {}
    registers = {str(row.register) for row in listed.rows}
    of_mine = {name for name in registers if name in state.registers and state.registers[name].owner == member}
    asked = own_now(state, given, member, "sought") if of_mine else {}
    held: dict[tuple[str, str], Mapping[str, str]] = {}
    if listed.holder == member:
        mine = held_now(state, given, member)
        held = {
            (register, row): mine[row_number(held_row)].fields
            for register in registers
            for row, held_row in linked_rows(given, register).items()
            if row_number(held_row) in mine
        }
    found: dict[str, list[Mapping[str, str]]] = {}
    for row in listed.rows:
        at = (str(row.register), str(row.row))
        sought = asked.get(row_number(row.row)) if row.register in of_mine else None
        every = (held.get(at), sealed.get(row.number), None if sought is None else sought.fields)
        found[row.number] = [fields for fields in every if fields is not None]
    return found


def is_withdrawn(state: State, number: str) -> bool:
    return number in state.persons and state.persons[number].withdrawn is not None


def visits_of(state: State, given: Given, listed: str) -> dict[str, str]:
    """Number -> place of detention, as the holder told the neutral."""
    letter = _letter_of_list(state, given, "visits", listed)
    return {} if letter is None else dict(letter["places"])


def place_slug(place: str | None) -> str:
    """A place of detention as an identifier that says nothing outside: its letters and digits, or `unknown`."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in (place or "").lower()).strip("-")
    return kept[:32] or "unknown"


def linked_records(
    state: State, given: Given, register: str, held: Mapping[int, Compared]
) -> dict[str, dict[str, str]]:
    """What is known of each person sought and linked: the seeker's fields, and over them the holder's own."""
    asked = {record.row: record.fields for record in disclosed(state, given, register) or []}
    found = {}
    for row, held_row in linked_rows(given, register).items():
        own = held.get(row_number(held_row))
        if own is not None:
            who = own_number(own.fields) or held_row
            found[row] = {**asked.get(row_number(row), {}), **own.fields, "record_id": who}
    return found


def answered_registers(state: State, holder: str) -> list[str]:
    """Of each seeker, the latest register that this holder has answered."""
    latest: dict[str, tuple[int, str]] = {}
    for name, fact in state.registers.items():
        if holder in fact.answers:
            latest[fact.owner] = max(latest.get(fact.owner, (0, "")), (fact.version, name))
    return sorted(name for _, name in latest.values())


def answered_held(state: State, given: Given, holder: str) -> dict[tuple[str, str], dict[str, str]]:
    """Whoever is sought of this node's member and linked to somebody whom it holds: register and row -> the record."""
    held = held_now(state, given, holder)
    return {
        (register, row): record
        for register in answered_registers(state, holder)
        for row, record in sorted(linked_records(state, given, register, held).items())
    }


def known_here(state: State, given: Given, member: str) -> Known:
    """What this node can tell the law besides the ledger: records of everyone on the lists in force, and the annex."""
    records: dict[str, list[Mapping[str, str]]] = {}
    own: set[str] = set()
    for holder, fact in sorted(state.lists.items()):
        data = given.attachment(fact.list)
        if data is None:
            continue
        listed = read(FinalList, data)
        records |= records_of_list(state, given, member, listed, fact.list)
        own |= {
            row.number for row in listed.rows
            if holder == member or state.registers[row.register].owner == member
        }  # fmt: skip
    for number, (finding, _) in findings(state, given.unseal).items():
        if finding in CHANGING and number in records:
            records[number] = [*records[number], {"medical_category": finding}]
    terms = decode_terms(state.terms_text.encode()) if state.terms_text else None
    letter = None if terms is None else annex_of(given, terms)
    agreed = None if terms is None else agreed_of(given, terms)
    role = str(state.members[member].role) if member in state.members else ""
    return Known(
        role, records, frozenset(number for number in own if records.get(number)),
        None if letter is None else tomllib.loads(letter["text"]),
        () if agreed is None else agreed[1], told_here(given),
    )  # fmt: skip


def told_here(given: Given) -> dict[tuple[str, str], Mapping[str, Value]]:
    """What officers of this node have told of facts that nobody's record holds (`law tell`)."""
    found: dict[tuple[str, str], Mapping[str, Value]] = {}
    for name in sorted(given.documents(TOLD)):
        raw = json.loads(given.document(name) or b"{}")
        facts, problems = read_facts({"about": raw["about"], "facts": raw["facts"]})
        if not problems:
            found[facts.about, raw["of"]] = facts.values
    return found
