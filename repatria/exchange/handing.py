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

from collections.abc import Iterable

from repatria.deal.ratio import factors, scaled
from repatria.deal.terms import STAGE_OPEN
from repatria.exchange import assent
from repatria.exchange.authority import DESK, is_sheet
from repatria.exchange.clearing import had_chance, manifest_gaps
from repatria.exchange.consulting import asked_besides, in_round, terms_of
from repatria.exchange.counting import place_ahead, tallies
from repatria.exchange.events import (
    Author,
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
from repatria.exchange.knowing import Knowledge
from repatria.exchange.person import (
    ABSENT,
    AVAILABLE,
    RECEIVED,
    RELEASED,
    RIGHT_OUT,
    UNCONFIRMED,
    WITHHELD,
    Person,
    Receipt,
    Right,
)
from repatria.exchange.publishing import note_over
from repatria.exchange.record import replace
from repatria.exchange.seeing import unseen
from repatria.exchange.sequence import account_of, check_sequence, with_answers
from repatria.exchange.state import Attachments, Fact, FallenReceipt, PlaceFact, Refuse, State, place_key


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
    requires = terms_of(state).requires
    unmet, total = unseen(state, event.stage, requires) if requires else (0, 0)
    if unmet:
        raise Refuse("stage.not_seen", f"{unmet} of {total} people lack {' or '.join(requires)}; the terms ask for it")
    _check_exposure(state, event.stage)
    besides = asked_besides(state, STAGE_OPEN)
    assent.check_asked(state, fact, besides)
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if assent.parties_and_a_mediator(assent.members(assents), state.parties, state.mediators, besides):
        state.stages[event.stage] = replace(stage, opened=fact.index)


def right_granted(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RightGranted)
    if state.suspended_at(fact.index):
        raise Refuse("round.suspended", "the round is suspended; no right is granted")
    if not state.round_open:
        raise Refuse("round.not_open", "the round is closed; no right is granted")
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
        state.put(replace(person, rights=(*person.rights, right)))
    hands = place_key(event.stage, event.place, state.side_of(fact.member))
    if event.holder not in state.hands.get(hands, ()):
        state.hands[hands] = (*state.hands.get(hands, ()), event.holder)


def right_returned(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, RightReturned)
    rights = [(number, _held_right(state, fact, number, event.epoch, settled="returned")) for number in event.numbers]
    for number, right in rights:
        used_by = Author(fact.body.author)
        after = replace(right, returned=Sha256(fact.id), end_revoked=fact.revoked, used_by=used_by)
        state.put(state.persons[number].with_right(after))


def person_presented(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PersonPresented)
    if event.place != fact.place:
        raise Refuse("gate.place", "a gate lets people through at its own place only")
    if state.suspended_at(fact.judged):
        raise Refuse("round.suspended", "the round is suspended; nobody new passes the last gate")
    _open_place(state, event.stage, event.place)
    stage = state.stages[event.stage]
    knows = Knowledge.of(state, fact)  # a word that the gate could not know does not undo its own
    rights = []
    for number in event.numbers:
        person = _person(state, number)
        right = person.right_known(event.stage, event.place, fact.judged)
        if right is None or knows.has(right.returned) or knows.has(right.absent):
            raise Refuse("gate.right", "no right is out for this person here")
        if right.presented is not None:
            raise Refuse("gate.twice", "the person has been let through already")
        if person.living and not had_chance(
            knows.person(person), event.stage, event.place, stage.date, stage.chance_days
        ):
            raise Refuse("gate.chance", "the neutral has no fresh word that this person goes")
        rights.append((number, right))
    for number, right in rights:
        state.put(state.persons[number].with_right(replace(right, presented=Sha256(fact.id))))


def person_released(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PersonReleased)
    person = _person(state, event.number)
    right = _held_right(state, fact, event.number, event.epoch, event.sheet, settled=RECEIVED)
    if (right.stage, right.place) != (event.stage, event.place):
        raise Refuse("release.place", "the right is for another stage or place")
    check_cleared(person, right, fact)
    place = _open_place(state, event.stage, event.place)
    desk, refs = fact.body.author, fact.body.refs
    books = with_answers(state, (event.stage, event.place), desk, fact.judged, refs)
    account = account_of(state, right, desk, fact.judged, refs, books)
    check_sequence(person, account, place, state.stages[event.stage].totals)
    books = replace(books, released=books.released + person.weight * person.counts)
    state.books[place_key(event.stage, event.place, desk)] = books
    used_by = Author(desk)
    state.put(
        person.with_right(replace(right, released=Sha256(fact.id), release_revoked=fact.revoked, used_by=used_by))
    )


def received_in_vain(state: State, fact: Fact) -> None:
    """Keep what a receipt would have said that falls with the release it names.

    A desk that relied on it could not know: its own next release has happened, and is judged by what it knew.
    """
    event = fact.body.data
    assert isinstance(event, PersonReceived)
    person = state.persons.get(event.number)
    if person is not None and person.to == fact.member and (fact.role, fact.place) == (DESK, event.place):
        state.fallen[fact.id] = FallenReceipt(event.number, event.stage, event.place)
        state.add(state.doubtful, place_key(event.stage, event.place), event.number)


def in_good_faith(state: State, fact: Fact, fell: Iterable[str]) -> bool:
    """Whether this is a release by a desk that could not know that the receipts it relies on are void."""
    if not isinstance(fact.body.data, PersonReleased):
        return False
    return all(ref in state.fallen and not state.known_to_fall(ref, fact.judged) for ref in fell)


def check_cleared(person: Person, right: Right, fact: Fact) -> None:
    """Nobody is released whom the neutral has not let through, or who is not going by its word; or Refuse."""
    if right.presented is None or right.presented not in fact.body.refs or person.not_going:
        raise Refuse("release.not_cleared", "the neutral has not let this person through the last gate")


def person_received(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PersonReceived)
    _answer(state, fact, event, identified=True)


def substitution_found(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, SubstitutionFound)
    _answer(state, fact, event, identified=False)


def person_absent(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, PersonAbsent)
    right = _held_right(state, fact, event.number, event.epoch, settled="returned")
    used_by = Author(fact.body.author)
    after = replace(right, absent=Sha256(fact.id), end_revoked=fact.revoked, used_by=used_by)
    state.put(state.persons[event.number].with_right(after))


def unconfirmed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, Unconfirmed)
    _open_place(state, event.stage, event.place)
    dark = [
        person
        for person in state.persons.values()
        if (right := person.right) is not None
        and (right.holder, right.stage, right.place) == (event.desk, event.stage, event.place)
        and (right.out or (right.released and not right.receipts and not right.confirmed))
    ]
    if not dark:
        raise Refuse("dark.nobody", "that desk holds no right there")
    for person in dark:
        assert person.right is not None
        state.put(person.with_right(replace(person.right, dark=True)))
    state.since[f"dark/{place_key(event.stage, event.place)}"] = fact.index


def release_confirmed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ReleaseConfirmed)
    person = _person(state, event.number)
    right = person.right
    if event.outcome not in ("received", "returned"):
        raise Refuse("confirm.outcome", "an unconfirmed person was received or returned")
    if right is None or (right.epoch, right.stage, right.place) != (event.epoch, event.stage, event.place):
        raise Refuse("confirm.state", "the person has no right with that epoch there")
    if person.state != UNCONFIRMED and not _was_received_after_all(person, right, event.outcome):
        raise Refuse("confirm.state", f"the person is {person.state}, not unconfirmed")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    if not set(state.parties) <= assent.members(assents):
        return
    after = replace(right, confirmed=event.outcome, confirmed_by=Sha256(fact.id))
    state.put(person.with_right(after))
    state.add(state.settled, place_key(event.stage, event.place, person.side), event.number)
    if event.outcome == RECEIVED:
        state.receipts[fact.id] = (event.number,)


def _was_received_after_all(person: Person, right: Right, outcome: str) -> bool:
    """A desk that signed two events for one place of its chain may have handed over a person whose right it says it
    returned, and that release is void: supervisors of both sides can still settle it."""
    return outcome == RECEIVED and right.confirmed is None and person.state in (ABSENT, WITHHELD)


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
        state.since["settled"] = fact.index
        note_over(state, fact, event.stage)


def stage_aborted(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, StageAborted)
    place = _open_place(state, event.stage, event.place)
    _set_place(state, event.stage, event.place, replace(place, aborted=True))
    state.since["settled"] = fact.index


def _check_exposure(state: State, opening: str) -> None:
    """The bound over everything that could still move, for each side: where nothing can move any more, what it is
    ahead by; at an open place, the most that the sequence rule and the people there allow it to be ahead by."""
    terms = terms_of(state)
    factor = factors(terms.totals)
    most = dict.fromkeys(terms.sides, 0)
    for name, stage in state.stages.items():
        if stage.round != state.round or (stage.opened is None and name != opening):
            continue
        for place, fact in stage.places.items():
            now, left = place_ahead(state, name, place, factor)
            for side in terms.sides:
                at_risk = now[side] + factor[side] * left[side]
                most[side] += max(now[side], min(scaled(fact.bound, factor), at_risk))
    allowed = scaled(terms.bound, factor)
    for side, ahead in most.items():
        if ahead > allowed:
            raise Refuse("stage.exposure", f"{side} could be {ahead} ahead; the bound is {allowed}")


def _held_right(
    state: State, fact: Fact, number: str, epoch: int, sheet: str | None = None, settled: str | None = None
) -> Right:
    """The right that this desk holds for this person, or Refuse: the release right, rule 5.

    `settled`: the outcome that supervisors may have settled meanwhile and that the desk's late act only bears out.
    """
    right = next((right for right in _person(state, number).rights if right.epoch == epoch), None)
    if right is None:
        raise Refuse("right.none", "no right with that epoch was granted for this person")
    holder = sheet if sheet is not None else fact.body.author
    if sheet is not None and not is_sheet(sheet):
        raise Refuse("right.sheet", "a desk acts for itself or for a paper sheet, never in another desk's name")
    if right.holder != holder or holder.partition("/")[0] != fact.member or right.since >= fact.judged:
        raise Refuse("right.other", "the right is held by another desk or sheet, or was granted later")
    if fact.place != right.place:
        raise Refuse("right.place", "the desk is at another place")
    if not (right.out or (replace(right, confirmed=None).out and right.confirmed == settled)):
        raise Refuse("right.ended", "the right has been used, returned or settled")
    return right


def _answer(state: State, fact: Fact, event: PersonReceived | SubstitutionFound, identified: bool) -> None:
    """What a receiving desk says of a release; or Refuse.

    The release may be of a right that supervisors have settled or that a later one has followed, by what others found:
    a desk that could not hear of it is as good a witness as they.
    """
    person = _person(state, event.number)
    right = next((right for right in person.rights if right.epoch == event.epoch), None)
    if person.to != fact.member:
        raise Refuse("receipt.side", "the receiver is not the member to whom the person goes")
    here = (event.stage, event.place)
    if right is None or (right.stage, right.place) != here or fact.place != event.place:
        raise Refuse("receipt.mismatch", "number, place and epoch are not those of the release")
    if right.released is None or right.released not in fact.body.refs:
        raise Refuse("receipt.no_release", "the receipt does not name the signed release")
    if any(receipt.by == fact.body.author for receipt in right.receipts):
        raise Refuse("receipt.twice", "this desk has answered for the release")
    if identified and right.confirmed == "returned":
        raise Refuse("receipt.settled", "supervisors of both sides have settled that the person came back")
    receipt = Receipt(Author(fact.body.author), Sha256(fact.id), identified, fact.revoked)
    state.put(person.with_right(right.with_receipt(receipt)))
    state.receipts[fact.id] = (event.number,)
    if not identified:
        state.add(state.settled, place_key(event.stage, event.place, person.side), event.number)


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
