"""Whose move it is, and since which entry: everything that waits for somebody, as a function of the state alone.

A move names who must act, what on, and the entry since which the exchange waits for it; `State.day_at` gives the day in
log time. An act of several members waits for those who have not done their part. Moves stand in the order of a case;
several may wait at once, for different members.

    >>> [move.code for move in moves(State())]
    []
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from repatria.deal.terms import FINAL_LIST, PLAN, STAGE_OPEN
from repatria.exchange.assent import members
from repatria.exchange.authority import having_a_say
from repatria.exchange.clearing import asked, manifest_gaps
from repatria.exchange.closing import closing
from repatria.exchange.codec import data_hash
from repatria.exchange.consulting import AGREED, OPEN, asked_besides
from repatria.exchange.counting import accounts, tallies
from repatria.exchange.deadlines import deadline_key
from repatria.exchange.disputes import offered_outcomes, open_disputes, settlers
from repatria.exchange.events import (
    ClauseAgreed,
    ClauseValue,
    CountsPublished,
    Event,
    ExchangeClosed,
    FinalListSigned,
    PlanSigned,
    RoundClosed,
    Sha256,
    Slug,
    StageOpened,
    StageReconciled,
    TermsAmended,
    TermsSigned,
)
from repatria.exchange.person import IN_THE_AIR, UNCONFIRMED
from repatria.exchange.planning import not_held, seed_of
from repatria.exchange.state import ActivationFact, ClauseFact, State


@dataclass(frozen=True)
class Move:
    """Something that waits for somebody.

    `code` says what must be done; `on` names what it is about: a clause, a stage, a place, a member; empty where the
    code says it all.
    """

    code: str
    who: tuple[str, ...]
    since: int
    on: tuple[str, ...] = ()
    value: ClauseValue | None = None


def moves(state: State) -> tuple[Move, ...]:
    """Everything that waits for somebody now, in the order of a case, then what is overdue, or half signed."""
    if state.closed or not state.exchange:
        return ()
    return (*_waiting(state), *_overdue_tasks(state), *_disputes(state), *_counts(state))


def _waiting(state: State) -> Iterator[Move]:
    if not state.opened:
        yield Move("join", tuple(name for name, m in sorted(state.members.items()) if m.admitted is None), 0)
        return
    if not state.round_open:
        yield from _activation(state)
        return
    yield from _suspension(state)
    if state.terms is None:
        yield from _consultation(state)
        return
    yield from _amendment(state)
    yield from _lists(state)
    if set(state.lists) != set(state.parties):
        return
    yield from _interviews(state)
    yield from _draw_and_plan(state)
    yield from _stages(state)
    yield from _close(state)


def _overdue_tasks(state: State) -> Iterator[Move]:
    for task in sorted(state.tasks.values(), key=lambda each: (each.due, each.task, each.owner)):
        late = next((index for index, day in state.days if day > task.due), None)
        if late is not None and task.done is None and state.round_open and task.round == state.round:
            yield Move("task", (task.owner,), max(late, task.dates[-1][2]), (task.task,))


def _disputes(state: State) -> Iterator[Move]:
    """An outcome that somebody has signed waits for the others; a dispute itself waits for nobody."""
    for name, dispute in open_disputes(state):
        for outcome, assents in offered_outcomes(state, name):
            have = members(assents)
            who = tuple(member for member in settlers(state, dispute, outcome) if member not in have)
            since = max(state.events[each.event] for each in assents)
            yield Move("settle-dispute", who, since, (dispute.code, dispute.by, outcome))


def _counts(state: State) -> Iterator[Move]:
    """A table for the public that somebody has signed waits for the others, as long as it tells more than was told."""
    latest = state.published[-1].size if state.published else 0
    for table, size in state.counts_offered.items():
        act = data_hash(CountsPublished(size, Sha256(table)))
        if size > latest:
            yield Move("sign-counts", _missing(state, act, state.parties, state.mediators), _latest(state, act))


# --- consult --------------------------------------------------------------------------------------------------------


def _activation(state: State) -> Iterator[Move]:
    wanted = [(act, each) for act, each in activations(state) if each.in_force is None]
    for act, activation in wanted:
        who = _missing(state, act, state.parties, state.mediators)
        if who and not any(each.round == activation.round and each.in_force for each in state.activations.values()):
            yield Move("activate", who, _latest(state, act, activation.since), (activation.round,))
    if state.round and not wanted:
        act = data_hash(ExchangeClosed(Slug(state.round)))
        if state.assents.get(act):
            who = _missing(state, act, sorted(having_a_say(state, "ExchangeClosed")))
            yield Move("close-exchange", who, _latest(state, act))


def activations(state: State) -> list[tuple[str, ActivationFact]]:
    """Every act that activates a round, in the order of the ledger."""
    return sorted(state.activations.items(), key=lambda item: item[1].since)


def _suspension(state: State) -> Iterator[Move]:
    for pause in state.suspensions:
        if pause.until is None:
            who = tuple(party for party in state.parties if party not in pause.resumed_by)
            yield Move("resume", who, pause.since, (pause.by,))


def _consultation(state: State) -> Iterator[Move]:
    for name, clause in sorted(state.clauses.items(), key=lambda item: item[1].history[0].index):
        yield from _clause(state, name, clause)
    for (about, to, by), carried in open_offers(state).items():
        yield Move("consider-offer", (to,), carried[0], (about, by))
    missing = [party for party in state.parties if f"total-{party}" not in state.clauses]
    missing = missing if len(state.parties) == 2 else []  # who stands on which side is not known before the terms
    for party in missing:
        since = max(each.in_force or 0 for each in state.activations.values())
        yield Move("propose", state.parties, since, (f"total-{party}",))
    if missing or any(clause.status != AGREED for clause in state.clauses.values()):
        return
    if not state.offered_terms:
        agreed = max((clause.history[-1].index for clause in state.clauses.values()), default=0)
        yield Move("draft-terms", state.parties, agreed)
        return
    terms = state.offered_terms[-1]
    act = data_hash(TermsSigned(Slug(state.round), terms))
    yield Move("sign-terms", _missing(state, act, _and_besides(state, state.offered_to[terms])), _latest(state, act))


def open_offers(state: State) -> dict[tuple[Slug, Slug, Slug], list[int]]:
    """The offers on what is not settled that nobody has released: by clause, to whom and by whom, the entries."""
    return state.once("open offers", partial(_open_offers, state))


def _open_offers(state: State) -> dict[tuple[Slug, Slug, Slug], list[int]]:
    found: dict[tuple[Slug, Slug, Slug], list[int]] = {}
    for offer in sorted(state.offers.values(), key=lambda each: each.since):
        settled = offer.clause in state.clauses and state.clauses[offer.clause].status == AGREED
        if offer.round == state.round and offer.released is None and not settled:
            found.setdefault((offer.clause, offer.to, offer.by), []).append(offer.since)
    return found


def _clause(state: State, name: str, clause: ClauseFact) -> Iterator[Move]:
    """An open clause waits for a proposal; a proposed one for whoever neither proposed the value nor agreed to it."""
    if clause.status == AGREED:
        return
    if clause.status == OPEN or clause.value is None:
        yield Move("propose", state.parties, clause.history[-1].index, (name,))
        return
    act = data_hash(ClauseAgreed(Slug(state.round), Slug(name), clause.value))
    missing = _missing(state, act, state.parties)
    latest = clause.proposed[-1]
    others = tuple(party for party in missing if party != latest.member)
    yield Move("agree", others or missing, _latest(state, act, latest.index), (name, latest.member), clause.value)


# --- lists ----------------------------------------------------------------------------------------------------------


def _lists(state: State) -> Iterator[Move]:
    for party in state.parties:
        sought = [each for each in state.registers.values() if (each.owner, each.list_kind) == (party, "sought")]
        if not any(register.asked for register in sought):
            yield Move("disclose", (party,), terms_since(state))
    if set(state.lists) == set(state.parties):
        return
    for name, register in sorted(state.registers.items(), key=lambda item: (item[1].owner, item[0])):
        for member in register.asked:
            if register.blank(member):
                yield Move("answer", (member,), state.since.get(f"register/{name}/{member}", 0), (register.owner,))
    for holder in state.parties:
        yield from _list_of(state, holder)


def _list_of(state: State, holder: str) -> Iterator[Move]:
    """One holder's half: drafted once it has answered, then signed by every party."""
    standing = state.lists.get(holder)
    version = (standing.version if standing else 0) + 1
    offered = offered_list(state, holder)
    if offered is not None and offered.version == version:
        act = data_hash(offered)
        who = _missing(state, act, _and_besides(state, asked_besides(state, FINAL_LIST)))
        yield Move("sign-list", who, _latest(state, act), (holder,))
    elif standing is None:
        asked = [(name, register) for name, register in state.registers.items() if holder in register.asked]
        given = [register for _, register in asked if holder in register.answers]
        open_ = [name for name, register in asked if register.blank(holder)]
        if given and not any(deadline_key(name, holder) in state.deadlines for name in open_):
            since = max(state.since.get(f"answers/{name}/{holder}", 0) for name, _ in asked)
            yield Move("draft-list", (holder,), since)


def offered_list(state: State, holder: str) -> FinalListSigned | None:
    """The half of a holder that a party signed last."""
    offered = (each for each in state.offered_lists.values() if each.holder == holder)
    return max(offered, key=lambda each: _latest(state, data_hash(each)), default=None)


def _amendment(state: State) -> Iterator[Move]:
    """Other terms for the round that some party has signed already, and not every one."""
    assert state.terms is not None
    for terms in state.offered_terms[state.offered_terms.index(state.terms) + 1 :]:
        act = data_hash(TermsAmended(Slug(state.round), terms, state.terms))
        missing = _missing(state, act, _and_besides(state, state.offered_to[terms]))
        if missing and state.assents.get(act):
            yield Move("sign-amendment", missing, _latest(state, act))


def terms_since(state: State) -> int:
    """The entry with which the terms came into force, or the amendment that made them what they are."""
    if state.terms is None:
        return 0
    round_ = Slug(state.round)
    acts: list[Event] = [TermsSigned(round_, state.terms)]
    acts += [TermsAmended(round_, state.terms, before) for before in state.offered_terms]
    return max(_latest(state, data_hash(act)) for act in acts)


def plan_since(state: State) -> int:
    """The entry with which the plan came into force."""
    return 0 if state.plan is None else _latest(state, data_hash(PlanSigned(Slug(state.round), state.plan)))


def plan_in_force(state: State) -> Sha256 | None:
    """The plan, unless the terms have been amended since: then what was only planned is planned no more."""
    return state.plan if plan_since(state) >= terms_since(state) else None


def closed_since(state: State) -> int | None:
    """The entry with which the round was closed; None as long as it is open."""
    if state.round_open or not state.round:
        return None
    return _latest(state, data_hash(RoundClosed(Slug(state.round), accounts(state)))) or None


# --- clear, plan ----------------------------------------------------------------------------------------------------


def lists_since(state: State) -> int:
    """The entry with which the final lists came into force, both halves."""
    of_lists = (data_hash(state.offered_lists[fact.list]) for fact in state.lists.values())
    return max((_latest(state, act) for act in of_lists), default=0)


def _interviews(state: State) -> Iterator[Move]:
    """The neutral must ask, before a plan everybody on the list, and then whoever is planned and has no fresh word."""
    if plan_in_force(state) is None:
        have, everybody = asked(state)
        if have < everybody:
            yield Move("interview", state.neutrals, lists_since(state))
        return
    stage = next_stage(state)
    if stage is None or not manifest_gaps(state, stage)[0]:
        return
    first = date.fromisoformat(state.stages[stage].date).toordinal() - state.stages[stage].chance_days
    begun = next((index for index, day in state.days if date.fromisoformat(day).toordinal() >= first), None)
    if begun is not None:  # a word given earlier would be too old on the day of the stage
        yield Move("interview-stage", state.neutrals, max(begun, plan_since(state)), (stage,))


def _draw_and_plan(state: State) -> Iterator[Move]:
    drawing = (*state.parties, *state.mediators)
    if state.draw is None:
        begun = max(state.draws.values(), key=lambda draw: (len(draw.commitments), draw.freeze), default=None)
        who = tuple(member for member in drawing if begun is None or member not in begun.commitments)
        yield Move("commit-draw", who, lists_since(state))
        return
    since = state.since.get(f"draw/{state.draw.freeze}", 0)
    if missing := not_held(state):
        yield Move("share-draw", tuple(member for member in drawing if member in missing), since)
        holders = {holder for each in missing.values() for holder in each}
        yield Move("hold-draw", tuple(member for member in (*state.neutrals, *drawing) if member in holders), since)
        return
    if seed_of(state) is None:
        who = tuple(member for member in drawing if state.draw.nonce(member) is None)
        yield Move("reveal-draw", who, since)
        return
    waiting = [plan for plan, replaces in state.proposed.items() if replaces == state.plan and plan != state.plan]
    if waiting:
        plan = max(waiting, key=lambda each: state.since.get(f"plan/{each}", 0))
        act = data_hash(PlanSigned(Slug(state.round), Sha256(plan)))
        since = _latest(state, act, state.since.get(f"plan/{plan}", 0))
        who = _missing(state, act, _and_besides(state, asked_besides(state, PLAN)), state.mediators)
        yield Move("sign-plan", who, since)
    elif plan_in_force(state) is None:
        since = max(state.since.get(f"draw/{state.draw.freeze}", 0), terms_since(state))
        yield Move("propose-plan", state.mediators, since)


# --- hand over, close -----------------------------------------------------------------------------------------------


def next_stage(state: State) -> str | None:
    """The next stage of the plan that is not open yet."""
    coming = [(stage.date, name) for name, stage in state.stages.items() if stage.opened is None]
    return min(coming)[1] if coming else None


def _stages(state: State) -> Iterator[Move]:
    if state.plan is None:
        return
    for name, stage in sorted(state.stages.items(), key=lambda item: (item[1].date, item[0])):
        for place, at in sorted(stage.places.items()):
            if stage.opened is not None and not (at.reconciled or at.aborted):
                yield from _place(state, name, place, stage.opened)
    stage_name = next_stage(state)
    suspended = any(pause.until is None for pause in state.suspensions)
    if stage_name is None or suspended or not _is_near(state, state.stages[stage_name].date):
        return
    if not manifest_gaps(state, stage_name)[0]:
        act = data_hash(StageOpened(Slug(state.round), Slug(stage_name), state.plan))
        since = _latest(state, act, max(plan_since(state), state.since.get("settled", 0)))
        who = _missing(state, act, _and_besides(state, asked_besides(state, STAGE_OPEN)), state.mediators)
        yield Move("open-stage", who, since, (stage_name,))


def _is_near(state: State, day: str) -> bool:
    """Whether the log's day is the eve of that day, or later."""
    now = state.log_time
    return now is not None and date.fromisoformat(now[:10]).toordinal() + 1 >= date.fromisoformat(day).toordinal()


def _place(state: State, stage: str, place: str, opened: int) -> Iterator[Move]:
    people = [state.persons[number] for number in state.stages[stage].places[place].manifest]
    states = [person.state for person in people]
    begun = any(right.stage == stage for person in people for right in person.rights)
    if UNCONFIRMED in states:
        yield Move("settle", state.parties, state.since.get(f"dark/{stage}/{place}", opened), (stage, place))
    elif not begun or any(each in IN_THE_AIR for each in states):
        yield Move("hand-over", state.parties, opened, (stage, place))
    else:
        act = data_hash(StageReconciled(Slug(stage), Slug(place), tallies(state, stage, place)))
        who = _missing(state, act, (*state.parties, *state.neutrals))
        yield Move("reconcile", who, _latest(state, act, opened), (stage, place))


def _close(state: State) -> Iterator[Move]:
    here = [stage for stage in state.stages.values() if stage.round == state.round]
    places = [place for stage in here for place in stage.places.values()]
    if plan_in_force(state) is None or not all(place.reconciled or place.aborted for place in places):
        return
    act = data_hash(RoundClosed(Slug(state.round), accounts(state)))
    who = _missing(state, act, sorted(closing(state)))
    yield Move("close-round", who, _latest(state, act, state.since.get("settled", 0)))


# --- who has not, and since when ------------------------------------------------------------------------------------


def _and_besides(state: State, besides: Collection[str]) -> tuple[str, ...]:
    """The parties, and then whoever signs besides them because the terms ask for it."""
    return (*state.parties, *(member for member in besides if member not in state.parties))


def _missing(state: State, act: str, needed: Iterable[str], one_of: Iterable[str] = ()) -> tuple[str, ...]:
    """Those of `needed` who have not done their part of an act, and all of `one_of` where none of them has."""
    have = {str(each.member) for each in state.assents.get(act, ())}
    others = tuple(one_of)
    lacking = () if have & set(others) else others
    return tuple(dict.fromkeys((*(member for member in needed if member not in have), *lacking)))


def _latest(state: State, act: str, otherwise: int = 0) -> int:
    """The entry of the latest part of an act, or `otherwise` where nobody has done any."""
    return max((state.events[each.event] for each in state.assents.get(act, ())), default=otherwise)
