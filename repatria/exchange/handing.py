"""Handing over: stages, rights, releases and receipts. The rules here run at the secretariat and on every desk alike.

* A **right** to hand over one person is held by exactly one desk or paper sheet of the holder. It ends only by what
  its holder does, or by supervisors of both sides; never by time.
* A **release** needs the right, the neutral's leave through the last gate (named in `refs`), and for people who
  count, the receipts that the sequence rule asks for (named in `refs`, now or in an earlier release of the desk).
* A **receipt** needs the release, with the same number, place and epoch.
* A desk's acts are judged by the delegation it had at the index it names in `seen`. A release whose key is revoked
  by now takes effect through an unrevoked receiver's receipt; without one it stays unconfirmed.

Source: DESIGN.md sections 4.4 to 4.8.
"""

from __future__ import annotations

from dataclasses import replace

from repatria.deal.ratio import factors, scaled
from repatria.exchange import assent
from repatria.exchange.authority import DESK, is_sheet
from repatria.exchange.balance import Account, exercisable
from repatria.exchange.clearing import had_chance, manifest_gaps
from repatria.exchange.consulting import in_round, terms_of
from repatria.exchange.counting import balance_ahead, tallies
from repatria.exchange.events import (
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    ReleaseConfirmed,
    RightGranted,
    RightReturned,
    Sha256,
    StageAborted,
    StageOpened,
    StageReconciled,
    SubstitutionFound,
    Unconfirmed,
)
from repatria.exchange.person import AVAILABLE, RELEASED, RIGHT_OUT, UNCONFIRMED, Person, Right
from repatria.exchange.state import Attachments, Fact, PlaceFact, Refuse, State


def stage_opened(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, StageOpened)
    in_round(state, event.round)
    if state.suspended_at(fact.index):
        raise Refuse("round.suspended", "the round is suspended; no stage opens")
    if state.plan is None or event.plan != state.plan or event.stage not in state.stages:
        raise Refuse("stage.plan", "the stage is not one of the plan in force")
    stage = state.stages[event.stage]
    if stage.opened is not None:
        raise Refuse("stage.open", "the stage is open already")
    gaps, total = manifest_gaps(state, event.stage)
    if gaps:
        raise Refuse("stage.not_cleared", f"{gaps} of {total} people have had no fresh chance to decline")
    _check_exposure(state, sum(place.bound for place in stage.places.values()))
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if assent.parties_and_a_mediator(assent.members(assents), state.parties, state.mediators):
        state.stages[event.stage] = replace(stage, opened=fact.index)


def right_granted(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RightGranted)
    if state.suspended_at(fact.index):
        raise Refuse("round.suspended", "the round is suspended; no right is granted")
    place = _open_place(state, event.stage, event.place)
    if place.reconciled or place.aborted:
        raise Refuse("stage.over", "the place is reconciled or aborted")
    if event.holder.partition("/")[0] != fact.member:
        raise Refuse("right.holder", "a party grants rights to its own desks and sheets only")
    if not is_sheet(event.holder):
        grant = state.key_at(event.holder, fact.index)
        if grant is None or grant.role != DESK or grant.place != event.place:
            raise Refuse("right.holder", "the holder is not a desk of that place")
    if not event.numbers or len(set(event.numbers)) != len(event.numbers):
        raise Refuse("right.twice", "no number, or the same number twice")
    for number in event.numbers:
        person = _person(state, number)
        if person.holder != fact.member or state.slots.get(number) != (event.stage, event.place):
            raise Refuse("right.slot", "a person is held by another party, or planned for another stage or place")
        if person.state not in AVAILABLE:
            raise Refuse("right.single", f"a right for a person who is {person.state}")
        if event.epoch != len(person.rights) + 1:
            raise Refuse("right.epoch", f"epoch {event.epoch}; {len(person.rights) + 1} comes next")
    for number in event.numbers:
        person = state.persons[number]
        right = Right(event.holder, event.stage, event.place, event.epoch, fact.index)
        state.persons[number] = replace(person, rights=(*person.rights, right))


def right_returned(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RightReturned)
    rights = [(number, _held_right(state, fact, number, event.epoch)) for number in event.numbers]
    for number, right in rights:
        state.persons[number] = state.persons[number].with_right(replace(right, returned=True))


def person_presented(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PersonPresented)
    if event.place != fact.place:
        raise Refuse("gate.place", "a gate lets people through at its own place only")
    if state.suspended_at(fact.judged):
        raise Refuse("round.suspended", "the round is suspended; nobody new passes the last gate")
    terms = terms_of(state)
    day = state.stages[event.stage].date if event.stage in state.stages else ""
    rights = []
    for number in event.numbers:
        person = _person(state, number)
        right = person.right
        if right is None or (right.stage, right.place) != (event.stage, event.place) or right.since >= fact.judged:
            raise Refuse("gate.right", "no right is out for this person here")
        if right.presented is not None or right.confirmed is not None:
            raise Refuse("gate.twice", "the person has been let through already, or the right is settled")
        if not had_chance(_as_known_to_gate(state, person, fact), event.stage, event.place, day, terms):
            raise Refuse("gate.chance", "the neutral has no fresh word that this person goes")
        rights.append((number, right))
    for number, right in rights:
        state.persons[number] = state.persons[number].with_right(replace(right, presented=Sha256(fact.id)))


def person_released(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PersonReleased)
    person = _person(state, event.number)
    right = _held_right(state, fact, event.number, event.epoch, event.sheet)
    if (right.stage, right.place) != (event.stage, event.place):
        raise Refuse("release.place", "the right is for another stage or place")
    if right.presented is None or right.presented not in fact.body.refs or person.not_going:
        raise Refuse("release.not_cleared", "the neutral has not let this person through the last gate")
    place = _open_place(state, event.stage, event.place)
    key = account_key(event.stage, event.place, person.holder)
    account = _with_named_receipts(state, fact, key, state.accounts.get(key, Account()))
    if person.counts:
        factor = factors(terms_of(state).totals)
        if not exercisable(account, person.weight, person.holder, factor, place.bound):
            raise Refuse(
                "release.sequence",
                f"{account.released + person.weight} released against {account.credit} receipted, bound {place.bound}",
            )
        account = replace(account, released=account.released + person.weight)
    state.accounts[key] = account
    after = replace(right, released=Sha256(fact.id), release_revoked=fact.revoked)
    state.persons[event.number] = person.with_right(after)


def person_received(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PersonReceived)
    person, right = _released_here(state, fact, event.number, event.epoch, event.stage, event.place)
    after = replace(right, received=Sha256(fact.id), receipt_revoked=fact.revoked)
    state.persons[event.number] = person.with_right(after)
    state.receipts[fact.id] = (event.number,)


def substitution_found(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, SubstitutionFound)
    person, right = _released_here(state, fact, event.number, event.epoch, event.stage, event.place)
    state.persons[event.number] = person.with_right(replace(right, substituted=Sha256(fact.id)))


def person_absent(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PersonAbsent)
    right = _held_right(state, fact, event.number, event.epoch)
    state.persons[event.number] = state.persons[event.number].with_right(replace(right, absent=True))


def unconfirmed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, Unconfirmed)
    _open_place(state, event.stage, event.place)
    dark = [
        person
        for person in state.persons.values()
        if (right := person.right) is not None
        and (right.holder, right.stage, right.place) == (event.desk, event.stage, event.place)
        and not (right.received or right.absent or right.returned or right.substituted or right.confirmed)
    ]
    if not dark:
        raise Refuse("dark.nobody", "that desk holds no right there")
    for person in dark:
        assert person.right is not None
        state.persons[person.number] = person.with_right(replace(person.right, dark=True))


def release_confirmed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ReleaseConfirmed)
    person = _person(state, event.number)
    right = person.right
    if event.outcome not in ("received", "returned"):
        raise Refuse("confirm.outcome", "an unconfirmed person was received or returned")
    if right is None or right.epoch != event.epoch or person.state != UNCONFIRMED:
        raise Refuse("confirm.state", f"the person is {person.state}, not unconfirmed, at that epoch")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if set(state.parties) <= assent.members(assents):
        state.persons[event.number] = person.with_right(replace(right, confirmed=event.outcome))


def stage_reconciled(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, StageReconciled)
    place = _open_place(state, event.stage, event.place)
    if place.reconciled:
        raise Refuse("reconcile.twice", "the place is reconciled already")
    out = [n for n in place.manifest if state.persons[n].state in (RIGHT_OUT, RELEASED) and _here(state, n, event)]
    if out:
        raise Refuse("reconcile.rights_out", f"{len(out)} people are still under a right or between two desks")
    if event.tallies != tallies(state, event.stage, event.place):
        raise Refuse("reconcile.differs", "the figures are not those of the ledger")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if {*state.parties, *state.neutrals} <= assent.members(assents):
        _set_place(state, event.stage, event.place, replace(place, reconciled=True))


def stage_aborted(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, StageAborted)
    place = _open_place(state, event.stage, event.place)
    _set_place(state, event.stage, event.place, replace(place, aborted=True))


def account_key(stage: str, place: str, side: str) -> str:
    return f"{stage}/{place}/{side}"


def credited(state: State, event: str, stage: str, place: str, side: str, account: Account) -> Account:
    """The side's account at a place with what one receipt, or one word of the neutral, adds to its credit there."""
    for number in state.receipts.get(event, ()):
        other = state.persons.get(number)
        if other is None or other.holder == side or not other.counts:
            continue
        right = next((r for r in other.rights if r.received == event), None)
        at = (right.stage, right.place) if right is not None else state.slots.get(number)
        if at == (stage, place):
            account = account.credit_for(number, other.weight)
    return account


def _check_exposure(state: State, opening: int) -> None:
    """The bound over everything that could still move: places not reconciled count with their whole bound."""
    terms = terms_of(state)
    factor = factors(terms.totals)
    running = sum(
        place.bound
        for stage in state.stages.values()
        if stage.opened is not None
        for place in stage.places.values()
        if not place.reconciled
    )
    most = max(0, *balance_ahead(state).values())
    allowed = scaled(terms.bound, factor)
    if most + scaled(opening + running, factor) > allowed:
        raise Refuse(
            "stage.exposure",
            f"{most} ahead and {scaled(opening + running, factor)} at risk at open places; the bound is {allowed}",
        )


def _with_named_receipts(state: State, fact: Fact, key: str, account: Account) -> Account:
    """The account with what the desk names in `refs`: its own side's receipts here, and the neutral's words."""
    stage, place, side = key.split("/")
    for ref in fact.body.refs:
        account = credited(state, ref, stage, place, side, account)
    return account


def _held_right(state: State, fact: Fact, number: str, epoch: int, sheet: str | None = None) -> Right:
    """The right that this desk holds for this person, or Refuse: the release right, rule 5."""
    right = _person(state, number).right
    if right is None or right.epoch != epoch:
        raise Refuse("right.none", "no right with that epoch is out for this person")
    holder = sheet if sheet is not None else fact.body.author
    if sheet is not None and not is_sheet(sheet):
        raise Refuse("right.sheet", "a desk acts for itself or for a paper sheet, never in another desk's name")
    if right.holder != holder or holder.partition("/")[0] != fact.member or right.since >= fact.judged:
        raise Refuse("right.other", "the right is held by another desk or sheet, or was granted later")
    if fact.place != right.place:
        raise Refuse("right.place", "the desk is at another place")
    if not right.out:
        raise Refuse("right.ended", "the right has been used, returned or settled")
    return right


def _released_here(state: State, fact: Fact, number: str, epoch: int, stage: str, place: str) -> tuple[Person, Right]:
    """The person and right that a receiving desk answers for, or Refuse."""
    person = _person(state, number)
    right = person.right
    if person.holder == fact.member:
        raise Refuse("receipt.side", "the receiver is the side that releases")
    if right is None or (right.epoch, right.stage, right.place) != (epoch, stage, place) or fact.place != place:
        raise Refuse("receipt.mismatch", "number, place and epoch are not those of the release")
    if right.released is None or right.released not in fact.body.refs:
        raise Refuse("receipt.no_release", "the receipt does not name the signed release")
    if right.received is not None or right.substituted is not None or right.confirmed == "returned":
        raise Refuse("receipt.twice", "the person is received, substituted or settled already")
    return person, right


def _as_known_to_gate(state: State, person: Person, fact: Fact) -> Person:
    """The person with the words that the gate had or gave itself: a word it could not know does not undo its own."""
    known = tuple(
        word
        for word in person.words
        if word.stage is not None or state.events.get(word.event, fact.index) < fact.judged
    )
    return replace(person, words=known)


def _here(state: State, number: str, event: StageReconciled) -> bool:
    right = state.persons[number].right
    return right is not None and (right.stage, right.place) == (event.stage, event.place)


def _person(state: State, number: str) -> Person:
    person = state.persons.get(number)
    if person is None:
        raise Refuse("person.unknown", "the number is on no list in force")
    return person


def _open_place(state: State, stage: str, place: str) -> PlaceFact:
    found = state.stages.get(stage)
    if found is None or found.opened is None or place not in found.places:
        raise Refuse("stage.not_open", "the stage is not open, or has no such place")
    return found.places[place]


def _set_place(state: State, stage: str, place: str, fact: PlaceFact) -> None:
    found = state.stages[stage]
    state.stages[stage] = replace(found, places={**found.places, place: fact})


REDUCERS = {
    "StageOpened": stage_opened,
    "RightGranted": right_granted,
    "RightReturned": right_returned,
    "PersonPresented": person_presented,
    "PersonReleased": person_released,
    "PersonReceived": person_received,
    "PersonAbsent": person_absent,
    "SubstitutionFound": substitution_found,
    "Unconfirmed": unconfirmed,
    "ReleaseConfirmed": release_confirmed,
    "StageReconciled": stage_reconciled,
    "StageAborted": stage_aborted,
}
