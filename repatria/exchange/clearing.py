"""Clearing: the neutral's word on each person, given in padded batches, without a reason.

A private chance to decline comes before every release. Where a holder lets nobody in, that is its recorded breach
and the chance moves to the point of handover. "Not going" without the neutral's signature does not exist here: a
holder who does not bring a person has withheld them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from repatria.deal.terms import Terms
from repatria.exchange.authority import GATE
from repatria.exchange.consulting import terms_of
from repatria.exchange.events import AccessRefused, Cleared, InterviewHeld, NotGoing, Opaque, Sha256, Slug
from repatria.exchange.person import Person, Word
from repatria.exchange.state import Attachments, Breach, Fact, Refuse, State

SEALED_CHARACTERS = 2048  # the constant size of a sealed note on a batch of interviews, in base64


def interview_held(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, InterviewHeld)
    if len(event.sealed) != SEALED_CHARACTERS:
        raise Refuse("interview.size", f"{len(event.sealed)} characters sealed; always {SEALED_CHARACTERS}")


def access_refused(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, AccessRefused)
    people = [state.persons[number] for number in event.numbers if number in state.persons]
    if event.holder not in state.parties or any(person.holder != event.holder for person in people):
        raise Refuse("access.holder", "a person named is not held by the party that refused access")
    if not people:
        raise Refuse("access.nobody", "nobody named is on the final list")
    for person in people:
        state.moved[person.number] = Sha256(fact.id)
    state.breaches.append(Breach(fact.index, event.holder, Slug("access-refused"), len(people)))


def word_given(state: State, fact: Fact, attachments: Attachments) -> None:
    """Cleared or NotGoing. Numbers that no list allotted are padding and have no effect."""
    event = fact.body.data
    assert isinstance(event, Cleared | NotGoing)
    if len(set(event.numbers)) != len(event.numbers):
        raise Refuse("word.twice", "a number stands in one batch twice")
    going = isinstance(event, Cleared)
    at_gate = fact.role == GATE
    if at_gate and event.place != fact.place:
        raise Refuse("word.place", "a gate gives its word at its own place only")
    people = [state.persons[number] for number in event.numbers if number in state.persons]
    after: list[Person] = []
    for person in people:
        stage = None
        if at_gate:
            right = next((right for right in reversed(person.rights) if right.place == event.place), None)
            if right is None:
                raise Refuse("word.gate", "a person named was never due at this gate")
            if right.presented is not None and not right.returned:
                raise Refuse("word.after_gate", "a person named has been let through the last gate")
            stage = right.stage
        word = Word(going, event.place, event.held_on, stage, Sha256(fact.id))
        after.append(replace(person, words=(*person.words, word)))
    for person in after:
        state.persons[person.number] = person
    if not going:
        state.receipts[fact.id] = tuple(Opaque(person.number) for person in people)


def had_chance(person: Person, stage: str, place: str, day: str, terms: Terms) -> bool:
    """Whether the neutral's word for going is fresh: at most `chance_days` before the stage, or given at its gate.

    Source: DESIGN.md section 4.4 and the non-refoulement row of DOMAIN.md section 6.
    """
    word = person.word
    if word is None or not word.going:
        return False
    if word.stage is not None:
        return word.stage == stage and word.place == place
    age = (date.fromisoformat(day) - date.fromisoformat(word.held_on)).days
    return 0 <= age <= terms.chance_days


def manifest_gaps(state: State, stage: str) -> tuple[int, int]:
    """How many people of a stage have neither a fresh word nor a chance moved to the gate, and how many there are."""
    terms = terms_of(state)
    fact = state.stages[stage]
    gaps = total = 0
    for place, at in fact.places.items():
        for number in at.manifest:
            person = state.persons[number]
            total += 1
            if person.not_going or person.withdrawn or number in state.moved:
                continue
            gaps += not had_chance(person, stage, place, fact.date, terms)
    return gaps, total


REDUCERS = {
    "InterviewHeld": interview_held,
    "AccessRefused": access_refused,
    "Cleared": word_given,
    "NotGoing": word_given,
}
