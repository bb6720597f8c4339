"""Closing: a round ends when all members sign the same accounts, with nobody in the air.

Everyone on the final list is in exactly one state, and the accounts say how many are in which; those who were not
chosen, not brought or not going are accounted for by name of state, never dropped.
"""

from __future__ import annotations

from collections import Counter

from repatria.deal.terms import ROUND_CLOSE
from repatria.exchange import assent
from repatria.exchange.authority import having_a_say
from repatria.exchange.codec import data_hash
from repatria.exchange.consulting import asked_besides, in_round, terms_of
from repatria.exchange.counting import accounts
from repatria.exchange.events import ExchangeClosed, RoundClosed, Slug
from repatria.exchange.person import IN_THE_AIR
from repatria.exchange.state import Attachments, Fact, Refuse, State


def round_closed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RoundClosed)
    in_round(state, event.round)
    if suspended_by(state):
        raise Refuse("round.suspended", "the round is suspended")
    if people := sum(hanging(state).values()):
        raise Refuse("close.hanging", f"{people} people are under a right, between two desks or unconfirmed")
    if event.accounts != accounts(state):
        raise Refuse("close.accounts", "the accounts are not those of the ledger")
    assent.check_asked(state, fact, asked_besides(state, ROUND_CLOSE))
    if state.terms is not None:
        assent.check_quorum(fact, terms_of(state).quorums)
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if closing(state) <= assent.members(assents):
        state.round_open = False


def closing(state: State) -> set[str]:
    """Who must close a round: everybody who answers for people or was there, and whom the terms ask besides."""
    return having_a_say(state, "RoundClosed") | set(asked_besides(state, ROUND_CLOSE))


def suspended_by(state: State) -> tuple[str, ...]:
    """The parties whose suspension has not ended: no round is closed before it has."""
    return tuple(str(each.by) for each in state.suspensions if each.until is None)


def hanging(state: State) -> dict[str, int]:
    """How many people are in the air, by state: no round is closed over them."""
    return dict(Counter(person.state for person in state.persons.values() if person.state in IN_THE_AIR))


def closed_by(state: State) -> set[str]:
    """Who has signed the accounts of the round as they are now."""
    return assent.members(state.assents.get(data_hash(RoundClosed(Slug(state.round), accounts(state))), ()))


def ending(state: State) -> set[str]:
    """Who must close the exchange."""
    return having_a_say(state, "ExchangeClosed")


def ended_by(state: State) -> set[str]:
    """Who has signed the end of the exchange after this round."""
    return assent.members(state.assents.get(data_hash(ExchangeClosed(Slug(state.round))), ()))


def exchange_closed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ExchangeClosed)
    if state.round_open or state.round != event.round:
        raise Refuse("close.round", "the round is not closed")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if ending(state) <= assent.members(assents):
        state.closed = True


REDUCERS = {"RoundClosed": round_closed, "ExchangeClosed": exchange_closed}
