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
    TermsAmended,
    TermsSigned,
)
from repatria.exchange.state import Attachments, ClauseFact, Fact, Refuse, RoundFact, State


def round_activated(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RoundActivated)
    if state.round_open:
        raise Refuse("round.open", "another round is open")
    if event.round == state.round or any(event.round == past.round for past in state.rounds):
        raise Refuse("round.used", "a round of that name was held before")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if assent.parties_and_a_mediator(assent.members(assents), state.parties, state.mediators):
        begin_round(state, event.round)


def begin_round(state: State, name: Slug) -> None:
    """A round begins with nothing agreed. What earlier ones did stays: people, registers, and stages that were opened,
    so that a desk that comes back late finds its place."""
    if state.round:
        state.rounds.append(RoundFact(Slug(state.round), state.terms, state.plan))
    state.round, state.round_open = name, True
    state.clauses, state.terms, state.terms_text, state.offered_terms = {}, None, "", []
    state.lists, state.offered_lists, state.moved = {}, {}, {}
    state.draws, state.draw, state.plan, state.proposed = {}, None, None, {}
    _drop_unopened(state)


def _drop_unopened(state: State) -> None:
    """Stages that were only planned are no longer planned, nor is anybody for them."""
    dropped = {name for name, stage in state.stages.items() if stage.opened is None}
    state.stages = {name: stage for name, stage in state.stages.items() if name not in dropped}
    state.slots = {number: slot for number, slot in state.slots.items() if slot[0] not in dropped}


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
    terms, text = _terms(state, event, attachments)
    for side, total in terms.totals.items():
        clause = state.clauses.get(f"total-{side}")
        if clause is None or clause.status != "agreed" or clause.value != total:
            raise Refuse("terms.clause", f"the clause total-{side} is not agreed at {total}")
    if any(stage.stage in state.stages for stage in terms.stages):
        raise Refuse("terms.stage", "a stage has the name of one in an earlier round")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if event.terms not in state.offered_terms:
        state.offered_terms.append(event.terms)
    if set(state.parties) <= assent.members(assents):
        state.terms, state.terms_text = event.terms, text
        state.sides = {side: tuple(map(Slug, parties)) for side, parties in terms.sides.items()}


def terms_amended(state: State, fact: Fact, attachments: Attachments) -> None:
    """Other terms for the same round. What is open is finished first: desks out of contact go by those they have."""
    event = fact.body.data
    assert isinstance(event, TermsAmended)
    in_round(state, event.round)
    if state.terms is None or event.replaces != state.terms or event.terms == event.replaces:
        raise Refuse("amend.replaces", "the amendment does not replace the terms in force by others")
    terms, text = _terms(state, event, attachments)
    for name, stage in state.stages.items():
        if stage.opened is None or stage.round != event.round:
            continue
        if not all(place.reconciled or place.aborted for place in stage.places.values()):
            raise Refuse("amend.stage_open", "a stage is open; terms are amended when its places are reconciled")
        if terms.stage(name) != terms_of(state).stage(name):
            raise Refuse("amend.opened", "the amendment changes a stage that was opened")
    if any(stage.stage in state.stages and state.stages[stage.stage].round != event.round for stage in terms.stages):
        raise Refuse("terms.stage", "a stage has the name of one in an earlier round")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if event.terms not in state.offered_terms:
        state.offered_terms.append(event.terms)
    if not set(state.parties) <= assent.members(assents):
        return
    state.terms, state.terms_text = event.terms, text
    for side, total in terms.totals.items():
        before = state.clauses[f"total-{side}"]
        if before.value != total:
            history = (*before.history, (Slug(fact.member), total, fact.index))
            state.clauses[f"total-{side}"] = ClauseFact(Slug("agreed"), total, history)
    _drop_unopened(state)
    if state.plan is None:  # a draw is for the chances that the terms give
        state.draws, state.draw, state.proposed = {}, None, {}


def _terms(state: State, event: TermsSigned | TermsAmended, attachments: Attachments) -> tuple[Terms, str]:
    """The terms that an event names, and their text; or Refuse."""
    data = named(attachments, event.terms)
    try:
        terms = decode_terms(data)
    except ValueError as error:
        raise Refuse("terms.form", str(error)) from error
    if terms.round != event.round or tuple(sorted(terms.parties)) != state.parties:
        raise Refuse("terms.round", "the terms are for another round or other parties")
    if state.sides and terms.sides != state.sides:
        raise Refuse("terms.sides", "a party does not change sides within an exchange")
    if terms.neutral not in state.neutrals:
        raise Refuse("terms.neutral", "the terms name a neutral that is not one of the members")
    return terms, data.decode()


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
    "TermsAmended": terms_amended,
}
