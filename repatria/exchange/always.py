"""At any time: suspension by one and resumption by all, withdrawals, and papers transcribed.

A suspension opens no stage, grants no right and lets nobody new through the last gate; whoever is past it goes on.
"""

from __future__ import annotations

from dataclasses import replace

from repatria.exchange.authority import on_paper
from repatria.exchange.codec import data_hash, plain, revive
from repatria.exchange.consulting import named
from repatria.exchange.events import (
    KINDS,
    Event,
    Resumed,
    Sha256,
    Slug,
    Suspended,
    Transcribed,
    WithdrawnFromList,
)
from repatria.exchange.person import IN_THE_AIR, RECEIVED, Person
from repatria.exchange.state import Attachments, Fact, Refuse, State, Suspension
from repatria.ledger.canonical import NotCanonical, decode, encode

TRANSCRIBERS = 2


def time_vouched(state: State, fact: Fact, attachments: Attachments) -> None:
    """The fold has taken the time already, as it does from every entry of a mediator."""


def suspended(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, Suspended)
    if not state.round_open or event.round != state.round:
        raise Refuse("round.not_open", "the round is not open")
    if any(s.by == fact.member and s.until is None for s in state.suspensions):
        raise Refuse("suspend.twice", "this party has suspended already")
    state.suspensions.append(Suspension(Slug(fact.member), fact.index, None, ()))


def resumed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, Resumed)
    running = [i for i, s in enumerate(state.suspensions) if s.until is None]
    if event.round != state.round or not running:
        raise Refuse("resume.nothing", "nothing is suspended")
    if all(fact.member in state.suspensions[i].resumed_by for i in running):
        raise Refuse("assent.twice", "this party has agreed to resume already")
    for i in running:
        standing = state.suspensions[i]
        agreed = tuple(sorted({*standing.resumed_by, Slug(fact.member)}))
        until = fact.index if set(state.parties) <= set(agreed) else None
        state.suspensions[i] = replace(standing, resumed_by=agreed, until=until)


def withdrawn_from_list(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, WithdrawnFromList)
    person = state.persons.get(event.number)
    if person is None:
        raise Refuse("person.unknown", "the number is on no list in force")
    if fact.member not in (person.holder, person.to):
        raise Refuse("withdraw.member", "a person is withdrawn by whoever holds them, or whoever they go to")
    check_no_right_out(person)
    if person.state == RECEIVED or person.withdrawn:
        raise Refuse("withdraw.state", f"the person is {person.state}")
    state.put(replace(person, withdrawn=Sha256(fact.id)))


def check_no_right_out(person: Person) -> None:
    """Nobody is withdrawn while a right is out for them: a desk out of contact could still hand them over."""
    if person.state in IN_THE_AIR or (person.right is not None and person.right.out):
        raise Refuse("withdraw.right_out", "a right is out for this person; it must come back first")


def transcribed(state: State, fact: Fact, attachments: Attachments) -> tuple[str, Fact | None, tuple[Slug, ...]]:
    """The paper's key, the fact it makes once enough members have entered the same (or None), and who has."""
    event = fact.body.data
    assert isinstance(event, Transcribed)
    on_paper(state, event.kind, event.member)
    if fact.member == event.member:
        raise Refuse("paper.own", "a member does not transcribe its own paper")
    said = _said(attachments, event)
    paper = data_hash(event)
    so_far = state.papers.get(paper, ())
    if fact.member in so_far or len(so_far) >= TRANSCRIBERS:
        raise Refuse("paper.twice", "this member has entered the paper already, or enough have")
    others = (*so_far, Slug(fact.member))
    if len(others) < TRANSCRIBERS:
        return paper, None, others
    quorum = state.members[event.member].quorum
    body = fact.body._replace(data=said)
    return paper, fact._replace(body=body, member=event.member, signatories=quorum, paper=True), others


def paper_bytes(event: Event) -> bytes:
    """The attachment that says what a paper says: its kind and data, canonical."""
    return encode(plain(event))


def _said(attachments: Attachments, event: Transcribed) -> Event:
    try:
        return revive(KINDS[event.kind], decode(named(attachments, event.data)))
    except (NotCanonical, ValueError) as error:
        raise Refuse("paper.form", "the paper's data is not an event of its kind") from error


REDUCERS = {
    "TimeVouched": time_vouched,
    "Suspended": suspended,
    "Resumed": resumed,
    "WithdrawnFromList": withdrawn_from_list,
}
