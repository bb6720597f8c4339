"""Proof of life and identity: whom the neutral has seen alive, and who told it in private who they are.

Only the neutral says so, of people whom it has met itself: a picture or a call that a holder arranges is the holder's
word. Before there is a list people have no numbers; then the rows of a disclosed register of the sought say who they
are, so that a phantom can be found out before anybody agrees on it (THREATS 1). The latest day counts, in whichever
order the ledger has them. Numbers that no list allotted are padding.

Where the terms ask for it, no stage opens before everybody who is to go in it has been seen, or confirmed. Whoever
could not be visited because access was refused is seen at the point of handover; else refusing would trap them.

Identity is what the person says, unasked beyond name, rank, birth date and number (GC III 17).
"""

from __future__ import annotations

from repatria.deal.terms import IDENTITY, PROOF_OF_LIFE
from repatria.exchange.events import Day, IdentityConfirmed, ProofOfLifeRecorded
from repatria.exchange.person import Person
from repatria.exchange.record import replace
from repatria.exchange.state import Attachments, Fact, Refuse, State


def seen(state: State, fact: Fact, attachments: Attachments) -> None:
    """ProofOfLifeRecorded or IdentityConfirmed, of a batch of numbers or of rows of one register."""
    event = fact.body.data
    assert isinstance(event, ProofOfLifeRecorded | IdentityConfirmed)
    who = event.rows if event.register is not None else event.numbers
    if not who or (event.rows and event.register is None) or (event.numbers and event.register is not None):
        raise Refuse("sight.who", "nobody, or rows without a register, or numbers beside a register")
    if len(set(who)) != len(who):
        raise Refuse("sight.twice", "somebody stands in one batch twice")
    if event.register is not None:
        register = state.registers.get(event.register)
        if register is None or not register.disclosed_to:
            raise Refuse("sight.register", "no such register was disclosed, so nobody can be known by its rows")
        for row in event.rows:
            key = sighting_key(type(event), event.register, row)
            state.sightings[key] = max(event.seen_on, state.sightings.get(key, event.seen_on))
    rows = {(event.register, row) for row in event.rows}
    named = [state.persons[number] for number in event.numbers if number in state.persons]
    if rows:
        named += [person for person in state.persons.values() if (person.register, person.row) in rows]
    for person in named:
        state.put(with_sighting(person, type(event), event.seen_on))


def with_sighting(person: Person, kind: type[ProofOfLifeRecorded | IdentityConfirmed], day: Day) -> Person:
    """This person, seen alive on that day, or their identity confirmed; whoever says who they are is alive."""
    alive = max(day, person.alive_on or day)
    if kind is ProofOfLifeRecorded:
        return replace(person, alive_on=alive)
    return replace(person, alive_on=alive, identified_on=max(day, person.identified_on or day))


def with_earlier_sightings(state: State, person: Person) -> Person:
    """This person, new on a list, with what was said of their row before they had a number."""
    for kind in (ProofOfLifeRecorded, IdentityConfirmed):
        day = state.sightings.get(sighting_key(kind, person.register, person.row))
        person = person if day is None else with_sighting(person, kind, day)
    return person


def sighting_key(kind: type[ProofOfLifeRecorded | IdentityConfirmed], register: str, row: str) -> str:
    return f"{'alive' if kind is ProofOfLifeRecorded else 'identified'}/{register}/{row}"


def unseen(state: State, stage: str, requires: tuple[str, ...]) -> tuple[int, int]:
    """How many people who are to go in a stage lack what the terms ask for, and how many are on its manifests."""
    people = [state.persons[number] for at in state.stages[stage].places.values() for number in at.manifest]
    going = [p for p in people if p.living and not (p.not_going or p.withdrawn) and p.number not in state.moved]
    return sum(lacks(person, requires) for person in going), len(people)


def lacks(person: Person, requires: tuple[str, ...]) -> bool:
    """Whether the neutral has not said of this person what the terms ask for."""
    not_alive = PROOF_OF_LIFE in requires and person.alive_on is None
    return not_alive or (IDENTITY in requires and person.identified_on is None)


REDUCERS = {"ProofOfLifeRecorded": seen, "IdentityConfirmed": seen}
