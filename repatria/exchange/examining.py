"""Remains examined: of which people a set that was handed over holds remains, as whoever received it says (ADR 62).

A set has a number and stands in the account of remains. Its receiver examines it, and says whose remains it holds: any
number of people, told by the sought rows that they stand on, or by a case number where they stand on none. One person
may be in several sets, of several rounds; a set may hold several people, of its holder's own side too, or nobody who
can be told apart. A later finding takes the place of an earlier one; all of them stay.

A person counts as found dead by such a finding alone: that a set was listed for a row says nothing of the row's person.
Nothing here changes a balance, a tally or the state of anybody who is alive.

Source: GC I 15-17, AP I 32-34: the dead are searched for, identified where possible, and families told; DOMAIN section
2: own side's remains mixed in, one body split across repatriations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from repatria.exchange.authority import PARTY
from repatria.exchange.erasing import is_erased
from repatria.exchange.events import RemainsIdentified, SoughtFound
from repatria.exchange.person import RECEIVED, Person
from repatria.exchange.state import Attachments, Fact, FindingFact, Refuse, State

UNKNOWN = "unknown"  # of a case: nobody knows yet on which party this person depended


def remains_identified(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RemainsIdentified)
    remains = state.persons.get(event.number)
    if remains is None or remains.living:
        raise Refuse("remains.account", "the number is of no set of remains on a list in force")
    if remains.state != RECEIVED:
        raise Refuse("remains.received", f"the set has not been received; it is {remains.state}")
    if remains.to != fact.member:
        raise Refuse("remains.receiver", "whoever received the remains says whose they are")
    findings = state.findings.get(event.number, ())
    if event.version != len(findings) + 1:
        raise Refuse("remains.version", f"version {event.version}; {len(findings) + 1} comes next")
    sought = [(each.register, each.row) for each in event.sought]
    cases = [each.number for each in event.cases]
    if sought != sorted(set(sought)) or cases != sorted(set(cases)):
        raise Refuse("remains.form", "a person is named twice, or out of order")
    for each in event.sought:
        _check_sought(state, fact.member, each)
    if set(sought) & {(found.register, found.row) for found in at_home(state)}:
        raise Refuse("remains.living", "one of these people has been received alive")
    for case in event.cases:
        member = state.members.get(case.of)
        if case.of != UNKNOWN and (member is None or member.role != PARTY):
            raise Refuse("remains.case", f"a case is of somebody who depended on a party, or {UNKNOWN}")
        if case.number in state.persons:
            raise Refuse("remains.case", "a case has a number of its own, and not one of a list")
    latest = FindingFact(event.sought, event.cases, fact.index)
    state.findings[event.number] = (*findings, latest)


def _check_sought(state: State, member: str, found: SoughtFound) -> None:
    """A row of its own, or of a register that it was shown."""
    register = state.registers.get(found.register)
    shown = register is not None and (register.owner == member or member in register.disclosed_to)
    if register is None or register.list_kind != "sought" or not shown:
        raise Refuse("remains.register", "a person stands on a sought register, one's own or one that was shown")
    if is_erased(state, found.register, found.row):
        raise Refuse("remains.erased", "the person's record has been erased")


def at_home(state: State) -> set[SoughtFound]:
    """The sought rows of everybody who has been received alive."""
    return {SoughtFound(p.register, p.row) for p in state.persons.values() if p.living and p.state == RECEIVED}


@dataclass(frozen=True)
class Examined:
    """What one receiver has found in the remains that one holder handed over."""

    holder: str
    to: str
    sets: int
    examined: int
    people: int  # told apart, each counted once however many sets they are in
    sought: int  # of them, who stand on a register
    own: int  # of them, who were of the side that handed them over


def examined(state: State) -> Iterator[Examined]:
    """By holder and receiver. The same person found by two receivers counts with each; `found_dead` has them once."""
    if not state.census(_of_remains):
        return
    sets = [person for person in state.persons.values() if _of_remains(person)]
    dead = found_dead(state)
    for holder, to in sorted({(each.holder, each.to) for each in sets}):
        mine = [each for each in sets if (each.holder, each.to) == (holder, to)]
        findings = [state.findings[each.number][-1] for each in mine if each.number in state.findings]
        sought = {each for finding in findings for each in finding.sought} & dead
        cases = {each for finding in findings for each in finding.cases}
        side = state.side_of(holder)
        own = [each for each in sought if state.side_of(state.registers[each.register].owner) == side]
        theirs = {case.number for case in cases if case.of != UNKNOWN and state.side_of(case.of) == side}
        people = len(sought) + len({case.number for case in cases})
        yield Examined(holder, to, len(mine), len(findings), people, len(sought), len(own) + len(theirs))


def found_dead(state: State) -> set[SoughtFound]:
    """The sought rows whose people are found dead, by what their receivers say now; nobody who came home alive."""
    named = _named(state)
    return named and named - at_home(state)


def contradicted(state: State) -> set[SoughtFound]:
    """The sought rows of people who were found among remains and have been received alive since."""
    named = _named(state)
    return named and named & at_home(state)


def _of_remains(person: Person) -> bool | None:
    """Whether this is a set of remains that was received; None where it is not."""
    return True if not person.living and person.state == RECEIVED else None


def _named(state: State) -> set[SoughtFound]:
    return {each for findings in state.findings.values() for each in findings[-1].sought}


REDUCERS = {"RemainsIdentified": remains_identified}
