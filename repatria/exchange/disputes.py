"""Disputes: raised by anybody who has a say, settled by friendly explanations, and stopping nothing (ADR 60).

A dispute is settled when whoever raised it and every party have signed the same outcome, or when whoever raised it
withdraws it, alone. The outcome is one word of a fixed list; what was explained stays between those who spoke.

Source: the Dix-Hill cartel of 22 July 1862, article 9: where a question arises, it is "made the subject of friendly
explanations, in order that the object of this agreement may neither be defeated nor postponed".
"""

from __future__ import annotations

from repatria.exchange import assent
from repatria.exchange.codec import data_hash
from repatria.exchange.events import DisputeRaised, DisputeSettled, Sha256, Slug
from repatria.exchange.record import replace
from repatria.exchange.state import Assent, Attachments, DisputeFact, Fact, Refuse, State

WITHDRAWN = Slug("withdrawn")  # by whoever raised it, alone
# What was disputed stands; or was put right by another entry; or they agree that they do not agree, and leave it.
OUTCOMES = (Slug("explained"), Slug("corrected"), Slug("unresolved"), WITHDRAWN)


def dispute_raised(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, DisputeRaised)
    state.disputes[fact.id] = DisputeFact(Slug(fact.member), event.subject, event.code, fact.index, None, None)


def dispute_settled(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, DisputeSettled)
    dispute = state.disputes.get(event.dispute)
    if dispute is None:
        raise Refuse("dispute.unknown", "no such dispute was raised")
    if dispute.settled is not None:
        raise Refuse("dispute.settled", "the dispute is settled")
    if event.outcome not in OUTCOMES:
        raise Refuse("dispute.outcome", f"no such outcome; it is one of {', '.join(OUTCOMES)}")
    needed = settlers(state, dispute, event.outcome)
    if fact.member not in needed:
        raise Refuse("dispute.settler", f"this outcome is for {', '.join(needed)} to sign")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if set(needed) <= assent.members(assents):
        state.disputes[event.dispute] = replace(dispute, settled=fact.index, outcome=event.outcome)


def settlers(state: State, dispute: DisputeFact, outcome: str) -> tuple[str, ...]:
    """Who must sign this outcome: all of them, or whoever raised the dispute alone where it is withdrawn."""
    return (dispute.by,) if outcome == WITHDRAWN else tuple(sorted({dispute.by, *state.parties}))


def open_disputes(state: State) -> list[tuple[str, DisputeFact]]:
    """By the event that raised each, in the order in which they were raised."""
    found = [(name, dispute) for name, dispute in state.disputes.items() if dispute.settled is None]
    return sorted(found, key=lambda item: item[1].since)


def offered_outcomes(state: State, name: str) -> list[tuple[str, tuple[Assent, ...]]]:
    """The outcomes of an open dispute that somebody has signed already, and who has."""
    acts = ((outcome, data_hash(DisputeSettled(Sha256(name), outcome))) for outcome in OUTCOMES)
    return [(outcome, state.assents[act]) for outcome, act in acts if state.assents.get(act)]


REDUCERS = {"DisputeRaised": dispute_raised, "DisputeSettled": dispute_settled}
