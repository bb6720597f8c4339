"""Planning: a draw that nobody can bend, and a plan that both parties and a mediator sign.

The fold checks what safety needs: everyone once, on the list, with their holder; places and bounds of the terms;
the draw that it claims. Whether the plan is the *fair* one is checked by `plan/check.py`, by every signatory before
they sign and by `repatria verify`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from repatria.deal.draw import PARTS, check_reveal, holders_of, seed
from repatria.deal.ratio import factors
from repatria.deal.terms import PLAN, Terms
from repatria.exchange import assent
from repatria.exchange.consulting import asked_besides, in_round, named, terms_of
from repatria.exchange.counting import counts_as_offered
from repatria.exchange.documents import Freeze, Plan, PlanPlace, PlanStage, read
from repatria.exchange.events import (
    LotteryCommitted,
    LotteryHeld,
    LotteryRevealed,
    Opaque,
    PlanProposed,
    PlanRevised,
    PlanSigned,
    Sha256,
    Slug,
)
from repatria.exchange.person import AVAILABLE, IN_THE_AIR, NOT_GOING, RECEIVED, WITHDRAWN, Person
from repatria.exchange.state import Attachments, DrawFact, Fact, PlaceFact, Refuse, StageFact, State

ALGORITHM = "repatria/lottery/v1"


def lottery_committed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, LotteryCommitted)
    in_round(state, event.round)
    try:
        freeze = read(Freeze, named(attachments, event.freeze))
    except ValueError as error:
        raise Refuse("attachment.form", str(error)) from error
    lists = {holder: fact_.list for holder, fact_ in state.lists.items()}
    classes = {holder: fact_.classes for holder, fact_ in state.lists.items()}
    if set(lists) != set(state.parties) or (freeze.lists, freeze.classes) != (lists, classes):
        raise Refuse("draw.freeze", "the freeze does not name the lists and classes in force")
    if freeze.terms != state.terms or freeze.algorithm != ALGORITHM:
        raise Refuse("draw.freeze", "the freeze does not name the terms in force, or another algorithm")
    draw = state.draws.get(event.freeze, DrawFact(event.freeze, {}, {}, {}))
    if fact.member in draw.commitments:
        raise Refuse("draw.twice", "this member has committed to this draw already")
    if freeze.replaces != last_draw(state):
        raise Refuse("draw.replaces", "the freeze does not name the draw of this round that it would replace")
    if len(event.commitments) != len(PARTS):
        raise Refuse("draw.parts", f"a nonce has {len(PARTS)} parts; here are commitments to {len(event.commitments)}")
    draw = replace(draw, commitments={**draw.commitments, fact.member: event.commitments})
    state.draws[event.freeze] = draw
    if set(_drawing(state)) <= set(draw.commitments):  # all of them want this draw, and no other
        state.draw, state.undrawn = draw, ()
        state.drawn = (*state.drawn, event.freeze)
        state.since[f"draw/{event.freeze}"] = fact.index


def lottery_held(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, LotteryHeld)
    draw = _begun(state, event.freeze)
    if not all(fact.member in holders_in(state, member) for member in event.members):
        raise Refuse("draw.holder", "not a holder of the nonces of all these members")
    new = [member for member in event.members if fact.member not in draw.held.get(member, ())]
    if not new:
        raise Refuse("draw.twice", "the author has said already that it holds these")
    held: dict[str, tuple[Slug, ...]] = {member: (*draw.held.get(member, ()), Slug(fact.member)) for member in new}
    state.draw = replace(draw, held={**draw.held, **held})
    state.since[f"draw/{draw.freeze}"] = fact.index


def lottery_revealed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, LotteryRevealed)
    draw = _begun(state, event.freeze)
    if unheld := not_held(state):
        raise Refuse("draw.unheld", f"the nonces of {len(unheld)} members are not held by all their holders yet")
    if event.member not in draw.commitments:
        raise Refuse("draw.member", "that member does not draw")
    if event.member != fact.member and fact.member not in holders_in(state, event.member):
        raise Refuse("draw.member", "only a holder of it reveals a part of another member's nonce")
    for each in event.parts:
        committed = draw.commitments[event.member][each.part - 1] if each.part in PARTS else ""
        if not check_reveal(event.member, event.freeze, each.part, bytes.fromhex(each.nonce), committed):
            raise Refuse("draw.nonce", "a part of the nonce is not the one committed to")
    parts = {f"{event.member}/{each.part}": each.nonce for each in event.parts}
    if parts.keys() <= draw.parts.keys():
        raise Refuse("draw.twice", "these parts of that member's nonce are revealed already")
    state.draw = replace(draw, parts={**draw.parts, **parts})
    state.since[f"draw/{draw.freeze}"] = fact.index


def last_draw(state: State) -> Sha256 | None:
    """The freeze of the latest draw of this round that everybody had committed to, in force or not any more."""
    return state.drawn[-1] if state.drawn else None


def _begun(state: State, freeze: Sha256) -> DrawFact:
    """The draw that everybody has committed to, if it is this one."""
    draw = state.draw
    if draw is not None and draw.freeze == freeze:
        return draw
    begun = state.draws.get(freeze)
    missing = set(_drawing(state)) - set(begun.commitments if begun is not None else ())
    if begun is None or not missing:
        raise Refuse("draw.none", "no such draw, or one that all have replaced by another")
    raise Refuse("draw.early", f"{len(missing)} members have not committed yet")


def holders_in(state: State, member: str) -> dict[str, tuple[int, ...]]:
    """Who holds which parts of a member's nonce, in this exchange."""
    return holders_of(member, state.neutrals, state.mediators, state.parties)


def not_held(state: State) -> dict[str, tuple[str, ...]]:
    """Of the draw in force: whose nonces are not held yet, and by which of their holders."""
    if state.draw is None:
        return {}
    held = state.draw.held
    missing = {
        member: tuple(holder for holder in holders_in(state, member) if holder not in held.get(member, ()))
        for member in _drawing(state)
    }
    return {member: holders for member, holders in missing.items() if holders}


def seed_of(state: State) -> str | None:
    """The seed of the draw, hex, once every nonce is revealed."""
    draw = state.draw
    if draw is None:
        return None
    nonces = {member: nonce for member in _drawing(state) if (nonce := draw.nonce(member)) is not None}
    return seed(draw.freeze, nonces).hex() if len(nonces) == len(_drawing(state)) else None


def plan_proposed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PlanProposed | PlanRevised)
    in_round(state, event.round)
    replaces = event.replaces if isinstance(event, PlanRevised) else None
    if state.plan != replaces:
        raise Refuse("plan.replaces", "the proposal does not replace the plan in force")
    if event.plan in state.proposed:
        raise Refuse("plan.twice", "the plan is proposed already")
    plan = _plan(attachments, event.plan)
    if plan.replaces != replaces:
        raise Refuse("plan.replaces", "the plan names another plan than its proposal does")
    check_structure(state, plan)
    state.proposed[event.plan] = replaces
    state.since[f"plan/{event.plan}"] = fact.index


def plan_signed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PlanSigned)
    in_round(state, event.round)
    if event.plan not in state.proposed or state.proposed[event.plan] != state.plan:
        raise Refuse("plan.not_proposed", "the plan is not proposed, or replaces one that is no longer in force")
    plan = _plan(attachments, event.plan)
    check_structure(state, plan, proposed=True)
    besides = asked_besides(state, PLAN)
    assent.check_asked(state, fact, besides)
    assent.check_quorum(fact, terms_of(state).quorums)
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if not assent.parties_and_a_mediator(assent.members(assents), state.parties, state.mediators, besides):
        return
    state.plan = event.plan
    kept = {name: stage for name, stage in state.stages.items() if stage.opened is not None}
    coming = [stage for stage in plan.stages if stage.stage not in kept]
    terms = terms_of(state)
    state.stages = {**kept, **{stage.stage: _stage_fact(stage, terms) for stage in coming}}
    slots = {number: slot for number, slot in state.slots.items() if slot[0] in kept}
    for stage in coming:
        for place in stage.places:
            slots |= {number: (stage.stage, place.place) for number, _ in place.sequence}
    state.slots = slots


def check_structure(state: State, plan: Plan, proposed: bool = False) -> None:
    """What a plan must be for safety's sake; Refuse says what it is not.

    `proposed`: it has been proposed before. What the neutral or a party says of people in it meanwhile does not make it
    void, or else one word a day would keep a plan from ever being signed; nobody is handed over for being planned.
    """
    terms = terms_of(state)
    lists = {holder: fact.list for holder, fact in state.lists.items()}
    if (plan.round, plan.terms, plan.lists) != (state.round, state.terms, lists):
        raise Refuse("plan.basis", "the plan is for another round, other terms or other lists than those in force")
    if state.draw is None or plan.freeze != state.draw.freeze or plan.seed != seed_of(state):
        raise Refuse("plan.draw", "the plan does not use the seed of the draw")
    names = [stage.stage for stage in plan.stages]
    if len(set(names)) != len(names):
        raise Refuse("plan.stages", "a stage stands in the plan twice")
    seen: set[str] = set()
    for stage in plan.stages:
        if _is_open(state, stage.stage):
            _check_history(state, stage)
            continue
        _check_stage(state, stage, terms)
        for place in stage.places:
            for number, side in place.sequence:
                person = state.persons.get(number)
                if person is None or person.side != side or person.round != state.round:
                    raise Refuse("plan.person", "a number in the plan is not on a list of that side in this round")
                if number in state.undrawn:
                    raise Refuse("plan.undrawn", "a person in the plan came on the list after the draw")
                if number in seen:
                    raise Refuse("plan.twice_in_plan", "a number stands in the plan twice")
                now = person.state
                if now == RECEIVED or now in IN_THE_AIR:
                    raise Refuse("plan.person", "a person in the plan is received, or a right is out for them")
                stays = state.slots.get(number) == (stage.stage, place.place)  # not going, and counts as offered there
                if not proposed and (now == WITHDRAWN or (now == NOT_GOING and not stays)):
                    raise Refuse("plan.person", "a person in the plan is withdrawn or not going")
                seen.add(number)
    for name, total in terms.totals.items():
        counted = [p for p in state.persons.values() if p.side == name and p.counts and p.round == state.round]
        planned = sum(person.weight for person in counted if person.number in seen)
        others = [person for person in counted if person.number not in seen]
        done = sum(p.weight for p in others if counts_as_offered(state, p) or _may_still_go(state, p))
        if planned + done > total:
            raise Refuse("plan.total", f"{planned + done} counted for one side; the terms say {total}")


def _may_still_go(state: State, person: Person) -> bool:
    """Whether somebody may yet be handed over in a stage that is open, whatever this plan says."""
    stage, place = state.slots.get(person.number, ("", ""))
    if person.state in IN_THE_AIR:
        return True
    if person.state not in AVAILABLE or not _is_open(state, stage):
        return False
    at = state.stages[stage].places[place]
    return not (at.reconciled or at.aborted)


def _is_open(state: State, stage: str) -> bool:
    return stage in state.stages and state.stages[stage].opened is not None


def _check_history(state: State, stage: PlanStage) -> None:
    """A revised plan may repeat what an opened stage was, for the reader; it changes nothing there."""
    places = state.stages[stage.stage].places
    for place in stage.places:
        if place.place not in places or not {n for n, _ in place.sequence} <= set(places[place.place].manifest):
            raise Refuse("plan.opened", "the plan says of an opened stage what its manifest does not")


def _check_stage(state: State, stage: PlanStage, terms: Terms) -> None:
    agreed = terms.stage(stage.stage)
    if agreed is None or agreed.date != stage.date:
        raise Refuse("plan.stages", "a stage is not one of the terms, or on another day")
    places = {place.place: place for place in agreed.places}
    names = [place.place for place in stage.places]
    if len(set(names)) != len(names) or any(name not in places for name in names):
        raise Refuse("plan.places", "a place is not one of the terms, or named twice")
    if sum(place.bound for place in stage.places) > terms.bound:
        raise Refuse("plan.bound", f"the places' bounds add up to more than {terms.bound}")
    factor = factors(terms.totals)
    for place in stage.places:
        for name in terms.sides:
            people = [state.persons[n] for n, side in place.sequence if side == name and n in state.persons]
            room = places[place.place].capacity[name]
            if len(people) > room and sum(person.state != NOT_GOING for person in people) > room:
                raise Refuse("plan.capacity", "more people at a place than the terms allow")
            units: Counter[str] = Counter()
            for person in {person.number: person for person in people}.values():
                units[person.group or person.number] += person.weight if person.counts else 0
            heaviest = max(units.values(), default=0)
            if factor[name] * heaviest > place.bound * max(factor.values()):
                raise Refuse("plan.bound", "a place's bound is below its heaviest indivisible unit")
        _check_loads(state, place, factor)


def _check_loads(state: State, place: PlanPlace, factor: Mapping[str, int]) -> None:
    """Whoever leaves together is of one side and, where they count, no more than the place's bound."""
    end = 0
    for load in place.loads:
        inside = place.sequence[load.first : load.first + load.people]
        if load.first < end or load.people < 1 or len(inside) < load.people:
            raise Refuse("plan.load", "a load is not a run of the sequence after the one before")
        end = load.first + load.people
        sides = {side for _, side in inside}
        weight = sum(state.persons[n].weight for n, _ in inside if n in state.persons and state.persons[n].counts)
        if len(sides) > 1 or factor.get(min(sides), 1) * weight > place.bound * max(factor.values()):
            raise Refuse("plan.load", "people of two sides in one load, or more than the bound of the place")


def _plan(attachments: Attachments, name: str) -> Plan:
    try:
        return read(Plan, named(attachments, name))
    except ValueError as error:
        raise Refuse("attachment.form", str(error)) from error


def _stage_fact(stage: PlanStage, terms: Terms) -> StageFact:
    return StageFact(
        stage.date,
        None,
        {
            place.place: PlaceFact(
                place.bound, tuple(Opaque(number) for number, _ in place.sequence), False, False,
                tuple((load.vehicle or "", load.first, load.people) for load in place.loads),
            )
            for place in stage.places
        },
        Slug(terms.round),
        terms.totals,
        terms.chance_days,
    )


def _drawing(state: State) -> tuple[str, ...]:
    """Who draws: every party and mediator."""
    return (*state.parties, *state.mediators)


REDUCERS = {
    "LotteryCommitted": lottery_committed,
    "LotteryHeld": lottery_held,
    "LotteryRevealed": lottery_revealed,
    "PlanProposed": plan_proposed,
    "PlanRevised": plan_proposed,
    "PlanSigned": plan_signed,
}
