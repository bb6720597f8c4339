"""Consultation: a round activated, clauses open, proposed and agreed, offers carried, terms signed.

Terms come into force when both parties have signed the same hash, and only with clauses that both have agreed.
"""

from __future__ import annotations

from repatria.deal.terms import Terms, decode_terms
from repatria.exchange import assent
from repatria.exchange.events import (
    ClauseAgreed,
    ClauseProposed,
    OfferCarried,
    RoundActivated,
    Slug,
    TermsSigned,
)
from repatria.exchange.state import Attachments, ClauseFact, Fact, Refuse, State


def round_activated(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RoundActivated)
    if state.round_open:
        raise Refuse("round.open", "another round is open")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if assent.parties_and_a_mediator(assent.members(assents), state.parties, state.mediators):
        state.round, state.round_open = event.round, True


def clause_proposed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ClauseProposed)
    in_round(state, event.round)
    clause = state.clauses.get(event.clause)
    if clause is not None and clause.status == "agreed":
        raise Refuse("clause.agreed", "the clause is agreed; it can be amended, not proposed again")
    history = clause.history if clause else ()
    entry = (Slug(fact.member), event.value, fact.index)
    state.clauses[event.clause] = ClauseFact(Slug("proposed"), event.value, (*history, entry))


def clause_agreed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ClauseAgreed)
    in_round(state, event.round)
    clause = state.clauses.get(event.clause)
    if clause is None or event.value not in {value for _, value, _ in clause.history}:
        raise Refuse("clause.proposed", "nobody has proposed this value")
    if clause.status == "agreed":
        raise Refuse("clause.agreed", "the clause is agreed already")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if set(state.parties) <= assent.members(assents):
        state.clauses[event.clause] = ClauseFact(Slug("agreed"), event.value, clause.history)


def offer_carried(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, OfferCarried)
    in_round(state, event.round)
    if event.to not in state.members or event.to == fact.member:
        raise Refuse("offer.to", "an offer is carried to another member")


def terms_signed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, TermsSigned)
    in_round(state, event.round)
    if state.terms is not None:
        raise Refuse("terms.in_force", "terms are in force; they can be amended, not signed again")
    data = named(attachments, event.terms)
    try:
        terms = decode_terms(data)
    except ValueError as error:
        raise Refuse("terms.form", str(error)) from error
    if terms.round != event.round or tuple(sorted(terms.parties)) != state.parties:
        raise Refuse("terms.round", "the terms are for another round or other parties")
    if terms.neutral not in state.neutrals:
        raise Refuse("terms.neutral", "the terms name a neutral that is not one of the members")
    for party, total in terms.totals.items():
        clause = state.clauses.get(f"total-{party}")
        if clause is None or clause.status != "agreed" or clause.value != total:
            raise Refuse("terms.clause", f"the clause total-{party} is not agreed at {total}")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if event.terms not in state.offered_terms:
        state.offered_terms.append(event.terms)
    if set(state.parties) <= assent.members(assents):
        state.terms, state.terms_text = event.terms, data.decode()


def in_round(state: State, round_: str) -> None:
    """Refuse unless this round is open."""
    if not state.round_open or state.round != round_:
        raise Refuse("round.not_open", "the round is not open")


def terms_of(state: State) -> Terms:
    """The terms in force, or Refuse."""
    if state.terms is None:
        raise Refuse("terms.none", "no terms are in force")
    return decode_terms(state.terms_text.encode())


def named(attachments: Attachments, name: str) -> bytes:
    """The bytes of a named attachment, or Refuse."""
    data = attachments(name)
    if data is None:
        raise Refuse("attachment.missing", "the attachment that the entry names is not with the ledger")
    return data


REDUCERS = {
    "RoundActivated": round_activated,
    "ClauseProposed": clause_proposed,
    "ClauseAgreed": clause_agreed,
    "OfferCarried": offer_carried,
    "TermsSigned": terms_signed,
}
