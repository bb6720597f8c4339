"""A record erased at its owner: the ledger keeps a tombstone that names register and row, and never why (ADR 61).

The fold reads ledger bytes only, so an erasure changes no state but by this entry, and everything stays verifiable.
What it changes is what may still be asked: nobody has to answer an erased row, and no list can bring anybody on by it.

A record may not be erased while its person stands on a final list and has neither been received nor withdrawn: whoever
erased it would lose a person. Once the exchange is closed nobody is on the way any more, and records can be erased
when their time has come, so this one kind may be said after the close.
"""

from __future__ import annotations

from repatria.exchange.documents import Answers, read
from repatria.exchange.events import RecordErased
from repatria.exchange.person import RECEIVED, Person
from repatria.exchange.record import replace
from repatria.exchange.state import Attachments, Fact, Refuse, State


def record_erased(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RecordErased)
    register = state.registers.get(event.register)
    if register is None:
        raise Refuse("register.unknown", "no such register is committed")
    if register.owner != fact.member:
        raise Refuse("erase.owner", "a member erases records of its own registers only")
    if is_erased(state, event.register, event.row):
        raise Refuse("erase.twice", "the record is erased")
    if register.erased >= register.rows:
        raise Refuse("erase.rows", f"all {register.rows} rows of the register are erased")
    if not state.closed and any(is_awaited(person) for person in of_row(state, event.register, event.row)):
        raise Refuse("erase.awaited", "the person is on a final list, and neither received nor withdrawn")
    answers = {}
    for holder, given in register.answers.items():
        data = attachments(given.answers)
        rows = {row for row, _ in read(Answers, data).answers} if data is not None else set()
        answers[holder] = replace(given, answered=given.answered - (event.row in rows))
    state.erased[erased_key(event.register, event.row)] = fact.index
    state.registers[event.register] = replace(register, erased=register.erased + 1, answers=answers)


def of_row(state: State, register: str, row: str) -> list[Person]:
    """Everybody who is on a list for this sought row."""
    return [person for person in state.persons.values() if (person.register, person.row) == (register, row)]


def is_awaited(person: Person) -> bool:
    """Whether somebody still has to see to this person."""
    return person.state != RECEIVED and not person.withdrawn


def is_erased(state: State, register: str, row: str) -> bool:
    return erased_key(register, row) in state.erased


def erased_key(register: str, row: str) -> str:
    return f"{register}/{row}"


REDUCERS = {"RecordErased": record_erased}
