"""Consultation: a round activated, clauses open, proposed and agreed, offers carried and released, tasks, terms signed.

A clause holds a number, a date or one word of a fixed list, and its whole history. An offer that a mediator carries
shows only that it was carried; it becomes a proposal when whoever made it opens its commitment (ADR 35). Terms come
into force when both parties have signed the same hash, and only with clauses that both have agreed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import lru_cache

from repatria.deal.tasks import TASKS
from repatria.deal.terms import HOLDER, NEUTRAL, TERMS, Terms, decode_terms
from repatria.exchange import assent, deadlines
from repatria.exchange.authority import MEDIATOR, WITH_A_SAY
from repatria.exchange.events import (
    ClauseAgreed,
    ClauseOpened,
    ClauseProposed,
    ClauseValue,
    OfferCarried,
    OfferReleased,
    RoundActivated,
    Sha256,
    Slug,
    TaskDone,
    TaskSet,
    TermsAmended,
    TermsSigned,
)
from repatria.exchange.state import (
    ActivationFact,
    Attachments,
    ClauseFact,
    ClauseStep,
    Fact,
    OfferFact,
    Refuse,
    RoundFact,
    State,
    TaskFact,
)
from repatria.ledger.canonical import encode
from repatria.ledger.commit import commitment, is_opened_by

OPEN, PROPOSED, AGREED = Slug("open"), Slug("proposed"), Slug("agreed")
NUMBER, DATE, WORD = Slug("number"), Slug("date"), Slug("word")
WORDS_MAX = 16


def round_activated(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RoundActivated)
    if state.round_open:
        raise Refuse("round.open", "another round is open")
    if event.round == state.round or any(event.round == past.round for past in state.rounds):
        raise Refuse("round.used", "a round of that name was held before")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    known = state.activations.get(act, ActivationFact(event.round, event.target_date, fact.index, None))
    state.activations[act] = known
    if assent.parties_and_a_mediator(assent.members(assents), state.parties, state.mediators):
        state.activations[act] = replace(known, in_force=fact.index)
        begin_round(state, event.round)


def begin_round(state: State, name: Slug) -> None:
    """A round begins with nothing agreed. What earlier ones did stays: people, registers, and stages that were opened,
    so that a desk that comes back late finds its place."""
    if state.round:
        state.rounds.append(RoundFact(Slug(state.round), state.terms, state.plan))
    state.round, state.round_open = name, True
    state.clauses, state.terms, state.terms_text = {}, None, ""
    state.offered_terms, state.offered_to = [], {}
    state.lists, state.offered_lists, state.moved = {}, {}, {}
    state.draws, state.draw, state.drawn, state.plan, state.proposed = {}, None, (), None, {}
    state.undrawn = ()
    deadlines.begin_round(state)
    _drop_unopened(state)
    state.slots = {number: slot for number, slot in state.slots.items() if slot[0] in state.stages}


def _drop_unopened(state: State) -> None:
    """Stages that were only planned are no longer planned. Who is where in the plan that planned them stays on record
    until another is signed: whoever does not go counts as offered there, and nobody else may be moved without need."""
    state.stages = {name: stage for name, stage in state.stages.items() if stage.opened is not None}


# --- clauses --------------------------------------------------------------------------------------------------------


def clause_opened(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ClauseOpened)
    in_round(state, event.round)
    if event.clause in state.clauses:
        raise Refuse("clause.open", "the clause has been opened before")
    if event.value_kind not in (NUMBER, DATE, WORD):
        raise Refuse("clause.kind", "a clause is for a number, a date or a word")
    words = len(event.words)
    if len(set(event.words)) != words or not (2 <= words <= WORDS_MAX if event.value_kind == WORD else words == 0):
        raise Refuse("clause.words", f"{words} words; 2 to {WORDS_MAX} different ones where a word is to be chosen")
    _put(state, ClauseFact(event.value_kind, event.words, OPEN, None, ()), event.clause, fact, "opened", None)


def clause_proposed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ClauseProposed)
    in_round(state, event.round)
    clause = _proposable(state, event.clause, event.value)
    _put(state, clause, event.clause, fact, "proposed", event.value)


def clause_agreed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ClauseAgreed)
    in_round(state, event.round)
    clause = state.clauses.get(event.clause)
    if clause is None or event.value not in {each.value for each in clause.proposed}:
        raise Refuse("clause.proposed", "nobody has proposed this value")
    if clause.status == AGREED:
        raise Refuse("clause.agreed", "the clause is agreed already")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if set(state.parties) <= assent.members(assents):
        clause = replace(clause, status=AGREED, value=event.value)
    _put(state, clause, event.clause, fact, "agreed", event.value)


def _proposable(state: State, name: str, value: ClauseValue) -> ClauseFact:
    """The clause with this value proposed; or Refuse where it is settled, or is not for such a value."""
    clause = state.clauses.get(name)
    if clause is None:
        if not isinstance(value, int):
            raise Refuse("clause.unopened", "a date or a word is proposed for a clause that nobody has opened")
        clause = ClauseFact(NUMBER, (), OPEN, None, ())
    if clause.status == AGREED:
        raise Refuse("clause.agreed", "the clause is agreed; it can be amended, not proposed again")
    if not _fits(clause, value):
        raise Refuse("clause.value", f"the clause is for a {clause.value_kind}, and this is none that it allows")
    return replace(clause, status=PROPOSED, value=value)


def _fits(clause: ClauseFact, value: ClauseValue) -> bool:
    if clause.value_kind == NUMBER:
        return isinstance(value, int)
    if isinstance(value, int):
        return False
    return value in clause.words if clause.value_kind == WORD else _is_day(value)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _put(state: State, clause: ClauseFact, name: str, fact: Fact, step: str, value: ClauseValue | None) -> None:
    """Keep a clause with one more step of its history."""
    taken = ClauseStep(Slug(fact.member), Slug(step), value, fact.index)
    state.clauses[name] = replace(clause, history=(*clause.history, taken))


# --- offers ---------------------------------------------------------------------------------------------------------


def offer_commitment(salt: bytes, exchange: str, round_: str, clause: str, maker: str, value: ClauseValue) -> Sha256:
    """What binds an offer to its maker and its value without showing either."""
    return Sha256(commitment(salt, exchange, _offer_field(round_, clause, maker), encode(value).decode()).hex())


def _offer_field(round_: str, clause: str, maker: str) -> str:
    return f"offer/{round_}/{clause}/{maker}"


def offer_carried(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, OfferCarried)
    in_round(state, event.round)
    if event.to not in state.members or event.to == fact.member:
        raise Refuse("offer.to", "an offer is carried to another member")
    clause = state.clauses.get(event.clause)
    if clause is not None and clause.status == AGREED:
        raise Refuse("clause.agreed", "the clause is agreed; there is nothing left to offer")
    state.offers[fact.id] = OfferFact(
        event.round, Slug(fact.member), event.to, event.clause, event.commitment, fact.index, None
    )


def offer_released(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, OfferReleased)
    in_round(state, event.round)
    offer = state.offers.get(event.offer)
    if offer is None:
        raise Refuse("offer.unknown", "no such offer was carried")
    if offer.released is not None:
        raise Refuse("offer.released", "the offer has been released before")
    field, value = _offer_field(event.round, offer.clause, fact.member), encode(event.value).decode()
    salt, committed = bytes.fromhex(event.salt), bytes.fromhex(offer.commitment)
    if not is_opened_by(committed, salt, state.exchange, field, value):
        raise Refuse("offer.opening", "this is not what was carried, or not in this member's name")
    clause = _proposable(state, offer.clause, event.value)
    state.offers[event.offer] = replace(offer, released=fact.index)
    _put(state, clause, offer.clause, fact, "released", event.value)


# --- tasks ----------------------------------------------------------------------------------------------------------


def task_set(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, TaskSet)
    in_round(state, event.round)
    if event.task not in TASKS:
        raise Refuse("task.code", "no such task in the catalogue")
    if event.owner not in state.members:
        raise Refuse("task.owner", "a task is for a member")
    if event.owner != fact.member and state.members[fact.member].role != MEDIATOR:
        raise Refuse("task.owner", "a member sets tasks for itself; only a mediator sets them for others")
    key = task_key(event.round, event.task, event.owner)
    task = state.tasks.get(key, TaskFact(event.round, event.task, event.owner, (), None))
    if task.done is not None:
        raise Refuse("task.done", "the task is done")
    if task.dates and task.due == event.due:
        raise Refuse("task.same", "the task has this date already")
    state.tasks[key] = replace(task, dates=(*task.dates, (Slug(fact.member), event.due, fact.index)))


def task_done(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, TaskDone)
    in_round(state, event.round)
    key = task_key(event.round, event.task, event.owner)
    task = state.tasks.get(key)
    if task is None:
        raise Refuse("task.unknown", "no such task is set")
    if event.owner != fact.member:
        raise Refuse("task.owner", "its owner says that a task is done")
    if task.done is not None:
        raise Refuse("task.done", "the task is done")
    state.tasks[key] = replace(task, done=fact.index)


def task_key(round_: str, task: str, owner: str) -> str:
    return f"{round_}/{task}/{owner}"


# --- terms ----------------------------------------------------------------------------------------------------------


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
    besides = terms.besides(TERMS)
    assent.check_asked(state, fact, besides)
    assent.check_quorum(fact, terms.quorums)
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    _offer(state, event.terms, besides)
    if {*state.parties, *besides} <= assent.members(assents):
        state.terms, state.terms_text = event.terms, text
        state.sides = {side: tuple(map(Slug, parties)) for side, parties in terms.sides.items()}
        deadlines.agree_on(state, terms.answers_due)


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
    besides = (*asked_besides(state, TERMS), *terms.besides(TERMS))  # nobody is left out of it by the amendment itself
    assent.check_asked(state, fact, besides)
    assent.check_quorum(fact, terms.quorums, terms_of(state).quorums)
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    _offer(state, event.terms, besides)
    if not {*state.parties, *besides} <= assent.members(assents):
        return
    state.terms, state.terms_text = event.terms, text
    deadlines.agree_on(state, terms.answers_due)
    for side, total in terms.totals.items():
        before = state.clauses[f"total-{side}"]
        if before.value != total:
            _put(state, replace(before, value=total), f"total-{side}", fact, "amended", total)
    _drop_unopened(state)
    if state.plan is None:  # a draw is for the chances that the terms give
        state.draws, state.draw, state.proposed = {}, None, {}


def _offer(state: State, terms: Sha256, besides: Collection[str]) -> None:
    """Note terms that a party has signed, and whose signatures they need besides the parties'."""
    if terms not in state.offered_terms:
        state.offered_terms.append(terms)
    state.offered_to[terms] = tuple(sorted(map(Slug, {*besides})))


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
    readers = set(terms.disclosure.to) - {HOLDER, NEUTRAL} if terms.disclosure is not None else set()
    signers = {*terms.quorums, *(name for members in terms.signatures.values() for name in members)}
    strangers = {name for name in readers | signers if name not in state.members}
    if strangers or any(state.members[name].role not in WITH_A_SAY for name in signers):
        raise Refuse("terms.members", "the terms name somebody who is not a member, or who has no say")
    if any(count <= state.members[name].quorum for name, count in terms.quorums.items()):
        raise Refuse("terms.quorum", "terms raise the number of a member's signatories, and never lower it")
    return terms, data.decode()


def in_round(state: State, round_: str) -> None:
    """Refuse unless this round is open."""
    if not state.round_open or state.round != round_:
        raise Refuse("round.not_open", "the round is not open")


def terms_of(state: State) -> Terms:
    """The terms in force, or Refuse."""
    if state.terms is None:
        raise Refuse("terms.none", "no terms are in force")
    return _terms_in(state.terms_text)


def asked_besides(state: State, act: str) -> tuple[str, ...]:
    """The members whose signature the terms in force ask for, for an act, besides those whom every exchange needs."""
    return terms_of(state).besides(act) if state.terms is not None else ()


@lru_cache(maxsize=16)
def _terms_in(text: str) -> Terms:
    """By the text itself, whose hash is kept with it: every release asks for the terms, and they may be long."""
    return decode_terms(text.encode())


def named(attachments: Attachments, name: str) -> bytes:
    """The bytes of a named attachment, or Refuse."""
    data = attachments(name)
    if data is None:
        raise Refuse("attachment.missing", "the attachment that the entry names is not with the ledger")
    return data


REDUCERS = {
    "RoundActivated": round_activated,
    "ClauseOpened": clause_opened,
    "ClauseProposed": clause_proposed,
    "ClauseAgreed": clause_agreed,
    "OfferCarried": offer_carried,
    "OfferReleased": offer_released,
    "TaskSet": task_set,
    "TaskDone": task_done,
    "TermsSigned": terms_signed,
    "TermsAmended": terms_amended,
}
