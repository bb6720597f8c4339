"""Lists: registers committed and disclosed, an answer per row, and the final list that both parties sign.

A list row points to the sought row that it answers, so an addition that the other side never sought, or that its
holder never answered "held", is refused from ledger bytes alone. No half is in force before both have signed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from repatria.deal.classes import PersonClass, decode_classes
from repatria.exchange import assent
from repatria.exchange.consulting import in_round, named, terms_of
from repatria.exchange.documents import ANSWERS, Answers, FinalList, read
from repatria.exchange.events import (
    AnswersGiven,
    AnswersOverdue,
    FinalListSigned,
    LinkJudged,
    RegisterCommitted,
    RegisterDisclosed,
    Slug,
)
from repatria.exchange.person import Person
from repatria.exchange.state import Attachments, Breach, Fact, ListFact, Refuse, RegisterFact, State
from repatria.problem import Problems

T = TypeVar("T")
LIST_KINDS = ("held", "sought")


def register_committed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RegisterCommitted)
    if event.list_kind not in LIST_KINDS:
        raise Refuse("register.kind", "no such kind of register")
    if event.register in state.registers:
        raise Refuse("register.twice", "the register is committed already; commit a new version under a new number")
    state.registers[event.register] = RegisterFact(
        Slug(fact.member), event.list_kind, event.version, event.rows, (), None, None, 0, 0
    )


def register_disclosed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RegisterDisclosed)
    register = _register(state, event.register)
    if register.owner != fact.member:
        raise Refuse("register.owner", "a member discloses its own register only")
    if register.list_kind != "sought":
        raise Refuse("register.held_whole", "a register of people held is never disclosed whole")
    if any(member not in state.members or member == fact.member for member in event.to):
        raise Refuse("register.to", "disclosed to somebody who is not another member")
    holder = Slug(state.other(fact.member)) if state.other(fact.member) in event.to else None
    state.registers[event.register] = replace(
        register,
        disclosed_to=tuple(sorted({*register.disclosed_to, *event.to})),
        holder=holder or register.holder,
    )


def link_judged(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, LinkJudged)
    _answerable(state, event.register, fact.member)


def answers_given(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, AnswersGiven)
    register = _answerable(state, event.register, fact.member)
    if event.version != register.answers_version + 1:
        raise Refuse("answers.version", f"version {event.version}; {register.answers_version + 1} comes next")
    answers = _document(Answers, attachments, event.answers)
    rows = [row for row, _ in answers.answers]
    if answers.register != event.register or len(rows) != event.answered or len(rows) > register.rows:
        raise Refuse("answers.count", "the answers are for another register, or not as many as stated")
    if rows != sorted(set(rows)) or any(answer not in ANSWERS for _, answer in answers.answers):
        raise Refuse("answers.form", "a row is answered twice, out of order, or with an unknown word")
    state.registers[event.register] = replace(
        register, answers=event.answers, answered=event.answered, answers_version=event.version
    )


def answers_overdue(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, AnswersOverdue)
    register = _register(state, event.register)
    due = terms_of(state).answers_due
    now = state.log_time
    if now is None or now[:10] <= due:
        raise Refuse("answers.not_due", f"answers are due by {due}; the log's time has not passed it")
    if register.holder != event.holder or register.rows - register.answered != event.blank or event.blank == 0:
        raise Refuse("answers.blank", f"{register.rows - register.answered} rows are blank")
    state.breaches.append(Breach(fact.index, event.holder, Slug("answers-overdue"), event.blank))


def final_list_signed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, FinalListSigned)
    in_round(state, event.round)
    terms_of(state)
    standing = state.lists.get(event.holder)
    if event.version != (standing.version if standing else 0) + 1:
        raise Refuse("list.version", f"version {event.version} does not follow the list in force")
    listed = _document(FinalList, attachments, event.list)
    classes = _classes(attachments, event.classes)
    _check_rows(state, event, listed, classes, attachments)
    kept = {row.number: (row.row, row.class_id) for row in listed.rows}
    for person in state.persons.values():
        if person.holder != event.holder:
            continue
        if kept.get(person.number) != (person.row, person.class_id):
            raise Refuse("list.drops", "a person of the list in force is missing or changed; withdraw them instead")
        of = classes[person.class_id]
        if (of.weight, of.tier, of.counts) != (person.weight, person.tier, person.counts):
            raise Refuse("list.class", "a class of the list in force has been changed")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    state.offered_lists[event.list] = event
    if not set(state.parties) <= assent.members(assents):
        return
    state.lists[event.holder] = ListFact(event.list, event.classes, event.version)
    for row in listed.rows:
        of = classes[row.class_id]
        if row.number not in state.persons:
            state.persons[row.number] = Person(
                row.number, event.holder, row.row, row.class_id, of.weight, of.tier, of.counts, (), (), None
            )


def _check_rows(
    state: State,
    event: FinalListSigned,
    listed: FinalList,
    classes: Mapping[str, PersonClass],
    attachments: Attachments,
) -> None:
    if (listed.holder, listed.version) != (event.holder, event.version):
        raise Refuse("list.form", "the list is for another holder or version")
    register = _register(state, listed.register)
    if register.owner == event.holder or register.holder != event.holder or register.answers is None:
        raise Refuse("list.register", "the list does not answer a register that the other party disclosed")
    answers = _document(Answers, attachments, register.answers).answers
    held = {row for row, answer in answers if answer == "held"}
    numbers = [row.number for row in listed.rows]
    rows = [row.row for row in listed.rows]
    if numbers != sorted(set(numbers)) or len(set(rows)) != len(rows):
        raise Refuse("list.form", "a number or a sought row stands on the list twice, or out of order")
    added = [row.row for row in listed.rows if row.row not in held and row.number not in state.persons]
    if added:
        raise Refuse("list.unilateral", f"{len(added)} rows that were not both sought and answered held")
    if any(row.class_id not in classes for row in listed.rows):
        raise Refuse("list.class", "a row names a class that the class table lacks")
    if any(each.weight != 1 for each in classes.values()):
        raise Refuse("list.price", "a class weighs more than one person; nobody has a price in this exchange")
    if any(n in state.persons and state.persons[n].holder != event.holder for n in numbers):
        raise Refuse("list.number", "a number of the other holder's list is used again")


def _document(kind: type[T], attachments: Attachments, name: str) -> T:
    try:
        return read(kind, named(attachments, name))
    except ValueError as error:
        raise Refuse("attachment.form", str(error)) from error


def _classes(attachments: Attachments, name: str) -> dict[str, PersonClass]:
    try:
        return decode_classes(named(attachments, name))
    except Problems as problems:
        raise Refuse("attachment.form", problems.problems[0].what) from problems


def _register(state: State, register: str) -> RegisterFact:
    found = state.registers.get(register)
    if found is None:
        raise Refuse("register.unknown", "no such register is committed")
    return found


def _answerable(state: State, register: str, member: str) -> RegisterFact:
    found = _register(state, register)
    if found.holder != member:
        raise Refuse("register.not_disclosed", "the register has not been disclosed to this member for answers")
    return found


REDUCERS = {
    "RegisterCommitted": register_committed,
    "RegisterDisclosed": register_disclosed,
    "LinkJudged": link_judged,
    "AnswersGiven": answers_given,
    "AnswersOverdue": answers_overdue,
    "FinalListSigned": final_list_signed,
}
