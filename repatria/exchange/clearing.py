"""Clearing: the neutral's word on each person, given in padded batches, without a reason.

A private chance to decline comes before every release. Where a holder lets nobody in, that is its recorded breach
and the chance moves to the point of handover. "Not going" without the neutral's signature does not exist here: a
holder who does not bring a person has withheld them.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from repatria.deal.terms import chance_is_fresh
from repatria.exchange.authority import GATE
from repatria.exchange.events import AccessRefused, Author, Cleared, InterviewHeld, NotGoing, Opaque, Sha256, Slug
from repatria.exchange.knowing import Knowledge
from repatria.exchange.person import Person, Right, Word, at_gate, standing, word_order
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
    people = [state.persons[number] for number in dict.fromkeys(event.numbers) if number in state.persons]
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
    gives_at_gate = fact.role == GATE
    if gives_at_gate and event.place != fact.place:
        raise Refuse("word.place", "a gate gives its word at its own place only")
    people = [state.persons[number] for number in event.numbers if number in state.persons]
    after: list[Person] = []
    for person in people:
        stage, due = None, state.slots.get(person.number)
        if gives_at_gate:
            right = _right_at_gate(person, event.place, fact.judged)
            if right is None:
                raise Refuse("word.gate", "a person named was never due at this gate")
            if right.presented is not None and not Knowledge.of(state, fact).has(right.returned):
                raise Refuse("word.after_gate", "a person named has been let through the last gate")
            stage, due = right.stage, (right.stage, right.place)
        over = tuple(word.event for word in person.words if _follows(state, fact, word))
        word = Word(going, event.place, event.held_on, stage, Sha256(fact.id), Author(fact.body.author), due, over)
        after.append(person.with_word(word))
    for person in after:
        state.put(person)
    said = tuple(person.number for person in after if not going or _takes_back(person, fact))
    if said:
        state.receipts[fact.id] = said


def _follows(state: State, fact: Fact, word: Word) -> bool:
    """Whether the author of this event knew of that word: its own, or one that it had seen or names."""
    seen = 0 <= state.events.get(word.event, fact.index) < fact.body.seen[0]
    return word.by == fact.body.author or word.event in fact.body.refs or seen


def _takes_back(person: Person, fact: Fact) -> bool:
    """Whether this event's word on the person was given over one that they do not go."""
    noes = {word.event for word in person.words if not word.going}
    return bool(noes) and any(word.event == fact.id and noes & set(word.over) for word in person.words)


def _right_at_gate(person: Person, place: str, judged: int) -> Right | None:
    """The right that a gate's word is about: the latest at its place that the gate knew of."""
    here = (right for right in reversed(person.rights) if right.place == place)
    return next((right for right in here if right.since < judged), None)


def had_chance(person: Person, stage: str, place: str, day: str, chance_days: int) -> bool:
    """Whether the neutral's word for going is fresh: at most `chance_days` before the stage, or given at its gate.

    Source: DESIGN.md section 4.4 and the non-refoulement row of DOMAIN.md section 6.
    """
    said = at_gate(person.words, stage, place)
    if said:
        return all(word.going for word in said)
    given = [word for word in standing(person.words) if not word.going or word.held_on <= day]
    word = max(given, key=word_order, default=None)
    if word is None or not word.going:
        return False
    return chance_is_fresh(date.fromisoformat(word.held_on), date.fromisoformat(day), chance_days)


def manifest_gaps(state: State, stage: str) -> tuple[int, int]:
    """How many people of a stage have neither a fresh word nor a chance moved to the gate, and how many there are."""
    gaps = total = 0
    days = state.stages[stage].chance_days
    for place, at in state.stages[stage].places.items():
        unasked = state.recall(("unasked", days), stage, place, partial(_unasked, state, stage, place, days))
        total += len(at.manifest)
        gaps += sum(number not in state.moved for number in unasked)
    return gaps, total


def asked(state: State) -> tuple[int, int]:
    """Of the living who are on the lists of the round: how many have a word or a chance moved to the gate, and how many
    there are."""
    counted = {key[1]: people for key, people in state.census(_asked).items() if key[0] == state.round}
    moved = (state.persons[number] for number in state.moved if number in state.persons)
    later = sum(_asked(person) == (state.round, False) for person in moved)
    return counted.get(True, 0) + later, sum(counted.values())


def _asked(person: Person) -> tuple[str, bool] | None:
    return (str(person.round), bool(person.words)) if person.living and not person.withdrawn else None


def begun(state: State, stage: str) -> bool:
    """Whether the neutral has begun to ask those who go in a stage, or, before a plan, those on the lists."""
    if stage not in state.stages:
        return bool(state.moved) or bool(state.census(_spoken))
    days = state.stages[stage].chance_days
    return any(
        state.recall(("begun", days), stage, place, partial(_begun, state, stage, place, days))
        for place in state.stages[stage].places
    )


def _spoken(person: Person) -> bool | None:
    return True if person.words else None


def _begun(state: State, stage: str, place: str, chance_days: int) -> bool:
    at = state.stages[stage]
    people = (state.persons[number] for number in at.places[place].manifest)
    return any(had_chance(person, stage, place, at.date, chance_days) or person.not_going for person in people)


def _unasked(state: State, stage: str, place: str, chance_days: int) -> list[Opaque]:
    """Those of a place's manifest who are to go and have no fresh word."""
    fact = state.stages[stage]
    people = [state.persons[number] for number in fact.places[place].manifest]
    going = [person for person in people if person.living and not (person.not_going or person.withdrawn)]
    return [person.number for person in going if not had_chance(person, stage, place, fact.date, chance_days)]


REDUCERS = {
    "InterviewHeld": interview_held,
    "AccessRefused": access_refused,
    "Cleared": word_given,
    "NotGoing": word_given,
}
