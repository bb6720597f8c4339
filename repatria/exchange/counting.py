"""Counting what the ledger says: tallies of a place, who is ahead, and the accounts of a round.

Every figure that a report, a reconciliation or a gate uses is computed here and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial

from repatria.deal.ratio import factors
from repatria.deal.terms import decode_terms
from repatria.exchange.balance import ahead
from repatria.exchange.events import Account, Slug, Tally
from repatria.exchange.person import (
    ABSENT,
    AVAILABLE,
    LISTED,
    NOT_GOING,
    RECEIVED,
    RELEASED,
    SUBSTITUTED,
    UNCONFIRMED,
    WITHHELD,
    Person,
)
from repatria.exchange.record import replace
from repatria.exchange.state import State


def tallies(state: State, stage: str, place: str) -> tuple[Tally, ...]:
    """Agreed / brought / identified / not going / received at a place, per holder, as the ledger counts them now.

    Brought: let through the gate, or asked and not going there, or found to be somebody else. Identified: received,
    or released and not found to be somebody else. Each person is judged by the right they had at this place.
    """
    return tuple(
        state.recall(("tally", holder), stage, place, partial(_tally, state, stage, place, holder))
        for holder in state.parties
    )


def standings(state: State, stage: str, place: str) -> dict[tuple[str, str], dict[str, int]]:
    """How many people of a place's manifest are in which state, by who holds and who receives them: each is in one.

    Each is judged by the right they had in this stage, as in its tally.
    """
    return state.recall("standings", stage, place, partial(_standings, state, stage, place))


def _standings(state: State, stage: str, place: str) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    at = state.stages[stage]
    for number in at.places[place].manifest:
        person = _as_of(state.persons[number], stage, at.date)
        counts = found.setdefault((str(person.holder), str(person.to)), {})
        counts[person.state] = counts.get(person.state, 0) + 1
    return dict(sorted(found.items()))


def received_by(state: State, stage: str, place: str) -> dict[tuple[str, bool], int]:
    """People received at a place by its tally, by the side that held them and whether they are living."""
    at = state.stages[stage]
    people = [state.persons[number] for number in at.places[place].manifest]
    there = Counter((p.side, p.living) for p in people if _as_of(p, stage, at.date).state == RECEIVED)
    return {(str(side), living): count for (side, living), count in sorted(there.items())}


def balance_ahead(state: State) -> dict[str, int]:
    """Per side, by how much progress it is ahead of what the other has offered, over all of the round."""
    factor = factors(decode_terms(state.terms_text.encode()).totals)
    released = dict.fromkeys(factor, 0)
    offered = dict.fromkeys(factor, 0)
    for (round_, side, weight, left, received), people in state.census(_in_balance).items():
        if round_ == state.round:
            released[side] += weight * left * people
            offered[side] += weight * received * people
    for stage, at in state.stages.items():
        for place in at.places if at.opened is not None else ():
            here = state.recall("not going", stage, place, partial(_not_going, state, stage, place))
            for (round_, side), weight in here.items():
                offered[side] += weight * (round_ == state.round)
    return ahead(factor, released, offered)


def _in_balance(person: Person) -> tuple[str, str, int, bool, bool] | None:
    """What the balance asks of somebody who is in it: round, side, weight, whether they have left, are received."""
    if not person.counts:
        return None
    left = any(right.left for right in person.rights)
    return str(person.round), str(person.side), person.weight, left, person.state == RECEIVED


def _not_going(state: State, stage: str, place: str) -> dict[tuple[str, str], int]:
    """The weight of those planned here who are not going by the neutral's word, by round and side."""
    found: Counter[tuple[str, str]] = Counter()
    for number in state.stages[stage].places[place].manifest:
        person = state.persons[number]
        if person.counts and person.state == NOT_GOING and state.slots.get(number) == (stage, place):
            found[str(person.round), str(person.side)] += person.weight
    return dict(found)


def place_ahead(
    state: State, stage: str, place: str, factor: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """Per side, by how much it is ahead at one place of a stage, and the weight that could still leave it there."""
    what = ("ahead", *sorted(factor.items()))
    return state.recall(what, stage, place, partial(_place_ahead, state, stage, place, factor))


def _place_ahead(
    state: State, stage: str, place: str, factor: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    released = dict.fromkeys(factor, 0)
    offered = dict.fromkeys(factor, 0)
    left = dict.fromkeys(factor, 0)
    at = state.stages[stage].places[place]
    for number in at.manifest:
        person = state.persons[number]
        if not person.counts:
            continue
        rights = [right for right in person.rights if (right.stage, right.place) == (stage, place)]
        here = state.slots.get(number) == (stage, place)
        received = person.state == RECEIVED and rights and rights[-1] is person.right
        may_be_granted = here and not (at.reconciled or at.aborted) and person.state in AVAILABLE
        released[person.side] += person.weight * any(right.left for right in rights)
        offered[person.side] += person.weight * bool(received or (here and person.state == NOT_GOING))
        left[person.side] += person.weight * (may_be_granted or any(right.out for right in rights))
    return ahead(factor, released, offered), left


def counts_as_offered(state: State, person: Person) -> bool:
    """Received, or not going by the neutral's word in a stage that was opened; absent or withheld is not offered."""
    if person.state == RECEIVED:
        return True
    slot = state.slots.get(person.number)
    opened = slot is not None and slot[0] in state.stages and state.stages[slot[0]].opened is not None
    return person.state == NOT_GOING and opened


def accounts(state: State) -> tuple[Account, ...]:
    """How many of each holder's people are in each state, account by account: everyone on the round's lists, once."""
    counted = {key[1:]: people for key, people in state.census(_account).items() if key[0] == state.round}
    return tuple(Account(*key[:2], Slug(key[2]), people) for key, people in sorted(counted.items()))


def _account(person: Person) -> tuple[str, Slug, Slug, str]:
    return str(person.round), person.holder, person.account, person.state


def _tally(state: State, stage: str, place: str, holder: str) -> Tally:
    manifest = state.stages[stage].places[place].manifest
    people = [state.persons[number] for number in manifest if state.persons[number].holder == holder]
    here = [_as_of(person, stage, state.stages[stage].date) for person in people]
    count = [person.state for person in here].count
    return Tally(
        holder=Slug(holder),
        agreed=len(people),
        brought=sum(_was_brought(person, stage) for person in here),
        identified=count(RECEIVED) + count(RELEASED),
        not_going=count(NOT_GOING),
        received=count(RECEIVED),
        absent=count(ABSENT),
        substituted=count(SUBSTITUTED),
        withheld=count(WITHHELD) + count(LISTED),
        unconfirmed=count(UNCONFIRMED),
    )


def _was_brought(person: Person, stage: str) -> bool:
    """Let through the gate and not found absent, or not going by the word of the gate."""
    asked_here = person.state == NOT_GOING and person.word is not None and person.word.stage == stage
    through = person.right is not None and person.right.presented is not None and person.state != ABSENT
    return asked_here or through


def _as_of(person: Person, stage: str, day: str) -> Person:
    """The person as this stage knew them: its own right, and words given up to its day."""
    rights = tuple(right for right in person.rights if right.stage == stage)
    words = tuple(word for word in person.words if word.held_on <= day)
    return replace(person, rights=rights[-1:], words=words, withdrawn=None if rights else person.withdrawn)

