"""The invariants of DESIGN section 5 that can be read off a state, in every prefix of every ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from repatria.deal.ratio import factors, scaled
from repatria.deal.terms import decode_terms
from repatria.exchange.counting import accounts
from repatria.exchange.person import IN_THE_AIR, RECEIVED, RIGHT_OUT, STATES, WITHDRAWN, Person
from repatria.exchange.state import State


def check(state: State) -> None:
    """Every invariant, of every person and every place."""
    for person in state.persons.values():
        check_person(state, person)
    of_round = sum(person.round == state.round for person in state.persons.values())
    assert sum(account.people for account in accounts(state)) == of_round  # conservation
    if state.terms is None:
        return
    for stage, fact in state.stages.items():
        for place in fact.places:
            if fact.opened is not None:
                check_place(state, stage, place)


def check_person(state: State, person: Person) -> None:
    assert person.state in STATES
    epochs = [right.epoch for right in person.rights]
    assert epochs == list(range(1, len(epochs) + 1))
    assert sum(right.out for right in person.rights) <= 1  # single right
    assert all(not right.out for right in person.rights[:-1])
    assert sum(right.left for right in person.rights) <= 1  # single release
    for right in person.rights:
        if right.released is not None:  # cleared first
            assert right.presented is not None
            assert state.events[right.presented] >= 0
            at_gate = [word for word in person.words if (word.stage, word.place) == (right.stage, right.place)]
            assert not any(not word.going and _before(state, word.event, right.presented) for word in at_gate)
        for receipt in right.receipts:  # received iff both signed
            assert right.released is not None
            assert receipt.by.partition("/")[0] == person.to
    if person.state == RECEIVED:
        right = person.rights[-1]
        assert right.confirmed == RECEIVED or (right.released is not None and right.received is not None)
    if person.state == RIGHT_OUT:
        assert person.rights[-1].out
    if person.withdrawn:  # never while a right is out
        assert person.state == WITHDRAWN
        assert not any(right.out for right in person.rights)
        assert replace(person, withdrawn=None).state not in IN_THE_AIR


def _before(state: State, one: str, other: str) -> bool:
    return 0 <= state.events.get(one, -1) < state.events.get(other, -1)


def check_place(state: State, stage: str, place: str) -> None:
    """Each side's releases at a place are at most what answers for them there, and the place's bound."""
    factor = factors(decode_terms(state.terms_text.encode()).totals)
    released: Counter[str] = Counter()
    offered: Counter[str] = Counter()
    for person in state.persons.values():
        if not person.counts and person.counted is None:  # who left the ratio may have answered for somebody before
            continue
        for right in person.rights:
            if (right.stage, right.place) != (stage, place):
                continue
            answered = any(receipt.identified for receipt in right.receipts)
            sent_back = any(not receipt.identified for receipt in right.receipts) or right.confirmed == "returned"
            if right.released is not None and not sent_back and person.counts:
                released[person.side] += person.weight
            if answered or right.confirmed == RECEIVED:
                offered[person.side] += person.weight
                break
        else:
            declined = any(not word.going and word.due == (stage, place) for word in person.words)
            # A receipt that fell with the release it names was an answer for whoever could not know.
            fallen = {(each.number, each.stage, each.place) for each in state.fallen.values()}
            declined |= (person.number, stage, place) in fallen
            offered[person.side] += person.weight * declined
    for side in factor:
        other = next(name for name in factor if name != side)
        due = factor[side] * released[side] - factor[other] * offered[other]
        assert due <= scaled(state.stages[stage].places[place].bound, factor), (stage, place, side, due)
