"""Lists: registers committed and disclosed, an answer per row, and the final list that both parties sign.

A later version of the list adds people, and takes people out of the ratio (`outward.py`); it drops nobody.

A list row points to the sought row that it answers, so an addition that the other side never sought, or that its
holder never answered "held", is refused from ledger bytes alone. No half is in force before both have signed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from repatria.deal.classes import REPATRIATION, PersonClass, decode_classes
from repatria.deal.terms import FINAL_LIST
from repatria.exchange import assent, deadlines
from repatria.exchange.authority import HOST
from repatria.exchange.consulting import asked_besides, in_round, named, terms_of
from repatria.exchange.documents import ANSWERS, Answers, FinalList, ListRow, read
from repatria.exchange.erasing import is_erased
from repatria.exchange.events import (
    AnswersGiven,
    FinalListSigned,
    LinkJudged,
    Opaque,
    RegisterCommitted,
    RegisterDisclosed,
    Slug,
)
from repatria.exchange.outward import changed, check_change
from repatria.exchange.person import AVAILABLE, NOT_GOING, Person
from repatria.exchange.record import replace as replace_person
from repatria.exchange.seeing import with_earlier_sightings
from repatria.exchange.state import AnswersFact, Attachments, Fact, ListFact, Refuse, RegisterFact, State
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
        Slug(fact.member), event.list_kind, event.version, event.rows, (), (), {}
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
    if state.terms is not None and not all(terms_of(state).may_read(fact.member, member) for member in event.to):
        raise Refuse("register.beyond_terms", "disclosed to somebody to whom the terms in force do not let it be shown")
    readers = {*register.disclosed_to, *event.to}
    asked = tuple(party for party in state.parties if party in readers)
    state.registers[event.register] = replace(
        register, disclosed_to=tuple(sorted(readers)), asked=tuple(map(Slug, asked))
    )
    state.letters[f"{fact.member}/{event.sealed}"] = fact.index
    for party in asked:
        if party not in register.asked:
            state.since[f"register/{event.register}/{party}"] = fact.index
            deadlines.ask(state, event.register, party)


def link_judged(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, LinkJudged)
    _answerable(state, event.register, fact.member)


def answers_given(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, AnswersGiven)
    register = _answerable(state, event.register, fact.member)
    given = register.answers.get(fact.member)
    version = given.version if given is not None else 0
    if event.version != version + 1:
        raise Refuse("answers.version", f"version {event.version}; {version + 1} comes next")
    answers = _document(Answers, attachments, event.answers)
    rows = [row for row, _ in answers.answers]
    if answers.register != event.register or len(rows) != event.answered or len(rows) > register.rows:
        raise Refuse("answers.count", "the answers are for another register, or not as many as stated")
    if rows != sorted(set(rows)) or any(answer not in ANSWERS for _, answer in answers.answers):
        raise Refuse("answers.form", "a row is answered twice, out of order, or with an unknown word")
    answered = sum(not is_erased(state, event.register, row) for row in rows)
    latest = AnswersFact(event.answers, answered, event.version)
    state.registers[event.register] = replace(register, answers={**register.answers, fact.member: latest})
    state.since[f"answers/{event.register}/{fact.member}"] = fact.index


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
    kept = {row.number: row for row in listed.rows}
    after: list[Person] = []
    for person in state.persons.values():
        if person.holder != event.holder or person.round != event.round:
            continue
        same = kept.get(person.number)
        if same is None or (same.register, same.row) != (person.register, person.row):
            raise Refuse("list.drops", "a person of the list in force is missing or changed; withdraw them instead")
        if check_change(state, person, same, classes[same.class_id]):
            after.append(changed(person, same, classes[same.class_id], fact.index))
    besides = asked_besides(state, FINAL_LIST)
    assent.check_asked(state, fact, besides)
    assent.check_quorum(fact, terms_of(state).quorums)
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    state.offered_lists[event.list] = event
    if fact.member == event.holder:
        for letter in (event.sealed, event.visits):
            state.letters[f"{event.holder}/{letter}"] = fact.index
    if not {*state.parties, *besides} <= assent.members(assents):
        return
    state.lists[event.holder] = ListFact(event.list, event.classes, event.version)
    if state.plan is None:  # a draw is for the chances that the lists give
        state.draws, state.draw, state.proposed = {}, None, {}
    groups = groups_of(listed)
    changes = {person.number: person for person in after}
    for number in kept:
        known = changes.get(number) or state.persons.get(number)
        if known is not None and known.round == event.round and known.group != groups.get(number):
            changes[number] = replace_person(known, group=groups.get(number))
    for person in changes.values():
        state.put(person)
    anew: set[str] = set()
    for row in listed.rows:
        of, before = classes[row.class_id], state.persons.get(row.number)
        if before is not None and before.round == event.round:
            continue
        anew.add(row.number)
        words, rights = (before.words, before.rights) if before else ((), ())
        state.put(with_earlier_sightings(state, Person(
            row.number, event.holder, Slug(state.side_of(event.holder)), row.to, row.register, row.row, row.class_id,
            of.weight, of.tier, Slug(of.account), event.round, words, rights, group=groups.get(row.number),
        )))  # fmt: skip
    state.slots = {number: slot for number, slot in state.slots.items() if number not in anew}
    if state.draw is not None:  # their numbers may have been chosen by somebody who knew the seed
        state.undrawn = tuple(sorted({*state.undrawn, *anew}))


def _check_rows(
    state: State,
    event: FinalListSigned,
    listed: FinalList,
    classes: Mapping[str, PersonClass],
    attachments: Attachments,
) -> None:
    if (listed.holder, listed.version) != (event.holder, event.version):
        raise Refuse("list.form", "the list is for another holder or version")
    numbers = [row.number for row in listed.rows]
    rows = [(row.register, row.row) for row in listed.rows]
    if numbers != sorted(set(numbers)) or len(set(rows)) != len(rows):
        raise Refuse("list.form", "a number or a sought row stands on the list twice, or out of order")
    held: dict[str, set[str]] = {}
    for name in sorted({row.register for row in listed.rows}):
        register = _register(state, name)
        given = register.answers.get(event.holder)
        if register.owner == event.holder or given is None:
            raise Refuse("list.register", "the list does not answer a register that another party disclosed")
        answers = _document(Answers, attachments, given.answers).answers
        held[name] = {row for row, answer in answers if answer == "held"}
    new = [r for r in listed.rows if r.number not in state.persons or state.persons[r.number].round != event.round]
    added = [row for row in new if row.row not in held[row.register]]
    if added:
        raise Refuse("list.unilateral", f"{len(added)} rows that were not both sought and answered held")
    gone = [row for row in new if is_erased(state, row.register, row.row)]
    if gone:
        raise Refuse("list.erased", f"{len(gone)} rows whose record its owner has erased")
    if any(row.class_id not in classes for row in listed.rows):
        raise Refuse("list.class", "a row names a class that the class table lacks")
    for row in listed.rows:
        _check_destination(state, event.holder, row, classes[row.class_id])
    _check_together(state, listed, classes)
    if not terms_of(state).historical and any(each.weight != 1 for each in classes.values()):
        raise Refuse("list.price", "a class weighs more than one person; nobody has a price in this exchange")
    mine = {(p.register, p.row): p for p in state.persons.values() if p.holder == event.holder and not p.withdrawn}
    for row in listed.rows:
        known = mine.get((row.register, row.row))
        if known is not None and known.number != row.number:
            raise Refuse("list.again", "a sought row has a number already; one person has one number")
    for number in numbers:
        person = state.persons.get(number)
        if person is None or (person.holder == event.holder and person.round == event.round):
            continue
        if person.holder != event.holder or person.state not in (*AVAILABLE, NOT_GOING):
            raise Refuse("list.number", "a number of another holder's list, or of somebody who has gone, is used again")
    if listed.tree.root().hex() != event.root:
        raise Refuse("list.root", "the root is not the one over the list's rows")


def groups_of(listed: FinalList) -> dict[Opaque, Opaque]:
    """Number -> the first number of its family or crew."""
    return {number: group[0] for group in listed.together for number in group}


def _check_together(state: State, listed: FinalList, classes: Mapping[str, PersonClass]) -> None:
    """Families and crews: of two at least, all of one account and with one destination, so that nobody outside the
    ratio waits for its balance. Under a plan nobody comes to another group; they may leave theirs."""
    rows = {row.number: row for row in listed.rows}
    several = [number for group in listed.together for number in group]
    if len(set(several)) != len(several) or not rows.keys() >= set(several) or any(
        len(group) < 2 or list(group) != sorted(group) for group in listed.together
    ) or list(listed.together) != sorted(listed.together):  # fmt: skip
        raise Refuse("list.together", "a group of fewer than two, out of order, or of somebody in another or unlisted")
    for group in listed.together:
        if len({(classes[rows[number].class_id].account, rows[number].to) for number in group}) > 1:
            raise Refuse("list.together", "people of several accounts or destinations are to go together")
        before = {p.group if p is not None and p.round == state.round else "" for p in map(state.persons.get, group)}
        if state.plan is not None and (len(before) > 1 or None in before):
            raise Refuse("list.together", "a plan is in force, and somebody would come to another group")


def _check_destination(state: State, holder: str, row: ListRow, of: PersonClass) -> None:
    """People go to whoever seeks them; outside the ratio a neutral country may take them in (GC III 110(2), 111)."""
    seeker = _register(state, row.register).owner
    if state.side_of(seeker) == state.side_of(holder):
        raise Refuse("list.side", "a person is sought by a party of the side that holds them")
    to = state.members.get(row.to)
    hosted = to is not None and to.role == HOST and of.account == REPATRIATION
    if row.to != seeker and not hosted:
        raise Refuse("list.to", "a person goes to the party that seeks them, or outside the ratio to a host")


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
    if member not in found.asked:
        raise Refuse("register.not_disclosed", "the register has not been disclosed to this member for answers")
    return found


REDUCERS = {
    "RegisterCommitted": register_committed,
    "RegisterDisclosed": register_disclosed,
    "LinkJudged": link_judged,
    "AnswersGiven": answers_given,
    "FinalListSigned": final_list_signed,
}
