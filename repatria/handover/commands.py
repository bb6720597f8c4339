"""Handing over: stages, rights, the words at a gate, and what a desk does with nothing but its folder.

Everything a desk may do is judged by the reducers of the fold on the desk's own narrowed state; this file only says
which events an officer's wish amounts to, in which order and with which `refs`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from repatria.clearing.commands import batches, words
from repatria.deal.commands.known import known_here
from repatria.deal.ratio import factors
from repatria.exchange.balance import Account, exercisable
from repatria.exchange.clearing import had_chance
from repatria.exchange.commands import By
from repatria.exchange.counting import tallies
from repatria.exchange.events import (
    Author,
    Opaque,
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    ReleaseConfirmed,
    RightGranted,
    RightReturned,
    Sha256,
    Slug,
    StageOpened,
    StageReconciled,
    SubstitutionFound,
)
from repatria.exchange.person import AVAILABLE, RIGHT_OUT, Person, Right
from repatria.exchange.sequence import account_of, to_name, with_answers
from repatria.exchange.state import State
from repatria.law.figures import Figures
from repatria.law.review import held_back, review
from repatria.law.standing import of_stage
from repatria.office import Draft, Given, Outcome
from repatria.problem import Problem

# --- the neutral ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AtGate:
    """The neutral's desk at a point of handover, with the numbers of those who do not go."""

    by: By
    stage: str
    place: str
    day: str
    not_going: tuple[str, ...] = ()


def gate_words(state: State, request: AtGate, given: Given) -> Outcome | list[Problem]:
    """The last chance to decline: a word for everyone who had none, and "not going" for whoever declines here."""
    waiting = _waiting(state, request)
    chance_days = state.stages[request.stage].chance_days
    declined = [number for number in waiting if number in request.not_going]
    strangers = sorted(set(request.not_going) - set(declined))
    if strangers:
        return [Problem("word.gate", number, "not waiting at this gate", "check the number") for number in strangers]
    asked = [
        number
        for number in waiting
        if number not in request.not_going
        and not had_chance(state.persons[number], request.stage, request.place, request.day, chance_days)
    ]
    drafts = words(request.by, request.place, request.day, asked, declined, given, len(waiting))
    return Outcome(drafts=tuple(drafts), answer={"place": request.place, "asked": len(asked) + len(declined)})


def present(state: State, request: AtGate, given: Given) -> Outcome | list[Problem]:
    """Let everybody who goes through the last gate, in batches."""
    chance_days = state.stages[request.stage].chance_days
    ready = [
        number
        for number in _waiting(state, request)
        if not state.persons[number].not_going
        and (
            not state.persons[number].living
            or had_chance(state.persons[number], request.stage, request.place, request.day, chance_days)
        )
    ]
    events = [
        PersonPresented(Slug(request.stage), Slug(request.place), tuple(Opaque(n) for n in sorted(batch)))
        for batch in batches(ready)
    ]
    return Outcome(
        drafts=tuple(request.by.draft(event) for event in events),
        answer={"place": request.place, "presented": len(ready)},
    )


# --- stages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenStage:
    by: By
    stage: str
    figures: Figures  # of the law, whose stops keep a stage closed


def open_stage(state: State, request: OpenStage, given: Given) -> Outcome | list[Problem]:
    """Open a stage, after the law was asked of everyone on its manifests, whose chance to decline is due now.

    Of a suspended round it is not asked: no stage of it opens, and what is due now may be given before one does.
    """
    law: dict[str, Any] = {}
    if not state.suspended_at(state.size):
        known = known_here(state, given, request.by.member)
        stops, law = held_back(review(of_stage(state, request.stage, known), request.figures, known.role))
        if stops:
            return stops
    event = StageOpened(Slug(state.round), Slug(request.stage), Sha256(state.plan or "0" * 64))
    return Outcome(drafts=(request.by.draft(event),), answer={"stage": request.stage, **law})


@dataclass(frozen=True)
class Grant:
    """The rights for this member's people on a manifest go to one desk, or to one numbered paper sheet."""

    by: By
    stage: str
    place: str
    holder: str
    numbers: tuple[str, ...] = ()  # all available ones if empty


def grant(state: State, request: Grant, given: Given) -> Outcome | list[Problem]:
    wanted = request.numbers or tuple(_manifest(state, request.stage, request.place))
    by_epoch: dict[int, list[str]] = {}
    for number in wanted:
        person = state.persons.get(number)
        if person is None or person.holder != request.by.member:
            if request.numbers:
                return [Problem("right.slot", number, "not one of this member's people there", "check the number")]
            continue
        if person.state in AVAILABLE or request.numbers:
            by_epoch.setdefault(len(person.rights) + 1, []).append(number)
    events = [
        RightGranted(
            Slug(request.stage), Slug(request.place), Author(request.holder), epoch, tuple(Opaque(n) for n in batch)
        )
        for epoch, numbers in sorted(by_epoch.items())
        for batch in batches(sorted(numbers))
    ]
    granted = {number for numbers in by_epoch.values() for number in numbers}
    for load in _loads(state, AtDesk(request.by, request.stage, request.place), sorted(granted)):
        people = (state.persons[n] for n in load if n not in granted)
        left = [p for p in people if p.holder == request.by.member and p.state in AVAILABLE]
        if left:
            what = f"leaves together with {len(left)} more, whose rights would be in other hands"
            return [Problem("right.load", min(granted & set(load)), what, "name everybody who leaves together")]
    if not events:
        return [Problem("right.slot", request.place, "nobody there is free to be granted", "look at the plan in force")]
    return Outcome(
        drafts=tuple(request.by.draft(event) for event in events),
        answer={"stage": request.stage, "place": request.place, "holder": request.holder,
                "people": sum(len(event.numbers) for event in events)},
    )  # fmt: skip


@dataclass(frozen=True)
class Reconcile:
    by: By
    stage: str
    place: str


def reconcile(state: State, request: Reconcile, given: Given) -> Outcome | list[Problem]:
    """Sign the place's figures as the ledger counts them; parties and the neutral must sign the same."""
    if request.stage not in state.stages or request.place not in state.stages[request.stage].places:
        return [Problem("stage.not_open", request.stage, "no such stage or place", "look at the plan in force")]
    counted = tallies(state, request.stage, request.place)
    event = StageReconciled(Slug(request.stage), Slug(request.place), counted)
    return Outcome(drafts=(request.by.draft(event),), answer={"tallies": [vars(tally) for tally in counted]})


@dataclass(frozen=True)
class Confirm:
    """What became of somebody unconfirmed: `outcome` is received or returned. `by` is a supervisor."""

    by: By
    stage: str
    place: str
    number: str
    outcome: str


def confirm(state: State, request: Confirm, given: Given) -> Outcome | list[Problem]:
    """Settle it as a supervisor, for the latest right of theirs; supervisors of all parties must say the same."""
    person = state.persons.get(request.number)
    epoch = person.right.epoch if person is not None and person.right is not None else 0
    event = ReleaseConfirmed(
        Slug(request.stage), Slug(request.place), Opaque(request.number), epoch, Slug(request.outcome)
    )
    return Outcome(drafts=(request.by.draft(event),), answer={"event": type(event).__name__})


# --- a desk ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AtDesk:
    """An officer's wish at a desk: the next so many, or these numbers."""

    by: By
    stage: str
    place: str
    count: int = 0  # 0: as many as there are
    numbers: tuple[str, ...] = ()
    sheet: str | None = None


def release(state: State, request: AtDesk, given: Given) -> Outcome | list[Problem]:
    """Release the next people in the signed sequence, as many as are asked for and as the sequence rule allows.

    Whoever leaves together by the plan is released together or not yet: a vehicle or a family waits until the rule
    allows all of it, and until everybody of it with a right here has been let through, was not brought or does not go.
    Those behind it may go before it. The first release names every receipt and every word of the neutral that the desk
    has come to hold since its last.
    """
    holder = request.sheet or request.by.author
    mine: dict[str, tuple[Person, Right]] = {
        person.number: (person, right)
        for person, right in _rights(state, request)
        if right.holder == holder and right.out and right.presented is not None and not person.not_going
    }
    spot, desk = (request.stage, request.place), request.by.author
    named = to_name(state, spot, desk)
    account = Account()
    if mine:
        seen = state.seen[0]
        _, right = next(iter(mine.values()))
        account = account_of(state, right, desk, seen, named, with_answers(state, spot, desk, seen, named))
    factor = factors(state.stages[request.stage].totals)
    bound = state.stages[request.stage].places[request.place].bound
    drafts: list[Draft] = []
    blocked = behind = 0
    for load in _loads(state, request, mine):
        those = [mine[number] for number in load if number in mine]
        others = [n for n in load if n not in mine and _still_to_come(state, request, n, holder)]
        if others:
            if request.numbers:
                what = f"leaves together with {len(others)} who are not ready, or not named"
                do = "name all of them once they are through the gate, or say who was not brought"
                return [Problem("release.load", those[0][0].number, what, do)]
            behind += len(those)
            continue
        if request.count and len(drafts) + len(those) > request.count:
            break
        weight = sum(person.weight for person, _ in those if person.counts)
        if weight:
            if not exercisable(account, weight, those[0][0].side, factor, bound):
                blocked += len(those)
                if request.numbers:
                    return [_sequence_problem(those[0][0].number, account, weight, bound)]
                continue
            account = replace(account, released=account.released + weight)
        for person, right in those:
            event = PersonReleased(
                Slug(request.stage), Slug(request.place), person.number, right.epoch,
                None if request.sheet is None else Author(request.sheet),
            )  # fmt: skip
            assert right.presented is not None
            drafts.append(request.by.draft(event, right.presented, *([] if drafts else named)))
    return Outcome(
        drafts=tuple(drafts),
        answer={
            "released": len(drafts), "waiting_for_receipts": blocked, "waiting_for_their_load": behind,
            "numbers": [draft.event.number for draft in drafts if isinstance(draft.event, PersonReleased)],
        },
    )  # fmt: skip


def receive(state: State, request: AtDesk, given: Given) -> Outcome | list[Problem]:
    """Sign a receipt for everyone the other side has released here and whom the officer has identified."""
    drafts = []
    for person, right in _rights(state, request):
        if person.to != request.by.member or right.released is None:
            continue
        if right.received is not None or right.substituted is not None:
            continue
        event = PersonReceived(Slug(request.stage), Slug(request.place), person.number, right.epoch)
        drafts.append(request.by.draft(event, right.released))
        if request.count and len(drafts) >= request.count:
            break
    return Outcome(drafts=tuple(drafts), answer={"received": len(drafts)})


def found_substituted(state: State, request: AtDesk, given: Given) -> Outcome | list[Problem]:
    """Somebody else was brought under these numbers: said aloud, never put right in silence."""
    drafts = []
    for person, right in _rights(state, request):
        if right.released is None:
            return [_not_released(person.number)]
        event = SubstitutionFound(Slug(request.stage), Slug(request.place), person.number, right.epoch)
        drafts.append(request.by.draft(event, right.released))
    return Outcome(drafts=tuple(drafts), answer={"substituted": len(drafts)})


def absent(state: State, request: AtDesk, given: Given) -> Outcome | list[Problem]:
    """These people were not brought."""
    drafts = [
        request.by.draft(PersonAbsent(Slug(request.stage), Slug(request.place), person.number, right.epoch))
        for person, right in _rights(state, request)
    ]
    return Outcome(drafts=tuple(drafts), answer={"absent": len(drafts)})


def return_rights(state: State, request: AtDesk, given: Given) -> Outcome | list[Problem]:
    """Give back every right that this desk still holds, or those named."""
    by_epoch: dict[int, list[Opaque]] = {}
    for person, right in _rights(state, request):
        if right.holder == request.by.author and right.out:
            by_epoch.setdefault(right.epoch, []).append(person.number)
    events = [
        RightReturned(Slug(request.stage), Slug(request.place), epoch, tuple(Opaque(n) for n in batch))
        for epoch, numbers in sorted(by_epoch.items())
        for batch in batches(numbers)
    ]
    return Outcome(
        drafts=tuple(request.by.draft(event) for event in events),
        answer={"returned": sum(len(event.numbers) for event in events)},
    )


def desk_status(state: State, request: AtDesk, given: Given) -> Outcome | list[Problem]:
    """What the desk can do next, by number: for the officer's eyes, from nothing but the folder."""
    counts: dict[str, int] = {}
    for person in _people(state, request):
        word = f"{person.holder}: {person.state}"
        counts[word] = counts.get(word, 0) + 1
    return Outcome(answer={"stage": request.stage, "place": request.place, "people": dict(sorted(counts.items()))})


def manifest(state: State, request: AtDesk, given: Given) -> Outcome | list[Problem]:
    """The signed sequence at this place with what has become of each person, and what leaves together, vehicle by
    vehicle; by number, never by name."""
    numbers = tuple(_manifest(state, request.stage, request.place))
    loads = state.stages[request.stage].places[request.place].loads if numbers else ()
    together = {
        number: {"load": at, "vehicle": vehicle or None}
        for at, (vehicle, first, people) in enumerate(loads, 1)
        for number in numbers[first : first + people]
    }
    rows = [
        {"position": position, "number": person.number, "from": person.holder, "state": person.state,
         "at_gate": person.right is not None and person.right.presented is not None,
         **together.get(person.number, {"load": None, "vehicle": None})}
        for position, person in enumerate(_people(state, request), 1)
    ]  # fmt: skip
    summary = [
        {"load": at, "vehicle": vehicle or None, "from": state.persons[numbers[first]].holder, "people": people,
         "states": _states(state, numbers[first : first + people])}
        for at, (vehicle, first, people) in enumerate(loads, 1)
    ]  # fmt: skip
    return Outcome(answer={"stage": request.stage, "place": request.place, "loads": summary, "sequence": rows})


# --- under it -------------------------------------------------------------------------------------------------------


def _manifest(state: State, stage: str, place: str) -> Iterable[str]:
    found = state.stages.get(stage)
    return found.places[place].manifest if found is not None and place in found.places else ()


def _loads(state: State, request: AtDesk, mine: Iterable[str]) -> list[tuple[str, ...]]:
    """Whoever leaves together, in the signed order: those loads in which somebody is, and everybody else alone."""
    numbers = tuple(_manifest(state, request.stage, request.place))
    at = {number: position for position, number in enumerate(numbers)}
    run: dict[int, tuple[str, ...]] = {}
    for _, first, people in state.stages[request.stage].places[request.place].loads if numbers else ():
        run |= dict.fromkeys(range(first, first + people), numbers[first : first + people])
    return list(dict.fromkeys(run.get(at.get(number, -1), (number,)) for number in mine))


def _still_to_come(state: State, request: AtDesk, number: str, holder: str) -> bool:
    """Whether somebody who leaves together with others may yet leave here: a right is out and unused."""
    person = state.persons.get(number)
    right = None if person is None else person.right
    if person is None or right is None or (right.stage, right.place) != (request.stage, request.place):
        return False
    return right.out and not person.not_going and right.holder == holder


def _states(state: State, numbers: Iterable[str]) -> dict[str, int]:
    """How many of these are in which state."""
    return dict(sorted(Counter(str(state.persons[number].state) for number in numbers).items()))


def _waiting(state: State, request: AtGate) -> list[str]:
    """Those with a right out at this gate who have not been let through."""
    return [
        number
        for number in _manifest(state, request.stage, request.place)
        if number in state.persons
        and state.persons[number].state == RIGHT_OUT
        and (right := state.persons[number].right) is not None
        and right.presented is None
    ]


def _people(state: State, request: AtDesk) -> list[Person]:
    numbers = request.numbers or tuple(_manifest(state, request.stage, request.place))
    return [state.persons[number] for number in numbers if number in state.persons]


def _rights(state: State, request: AtDesk) -> list[tuple[Person, Right]]:
    """Everyone asked about, in the signed sequence, with their right at this place."""
    return [
        (person, person.right)
        for person in _people(state, request)
        if person.right is not None and (person.right.stage, person.right.place) == (request.stage, request.place)
    ]


def _sequence_problem(number: str, account: Account, weight: int, bound: int) -> Problem:
    return Problem(
        "release.sequence", number,
        f"{account.released + weight} released against {account.credit} receipted, bound {bound}",
        "receive people of the other side first; their receipts open the next release",
    )  # fmt: skip


def _not_released(number: str) -> Problem:
    return Problem("receipt.no_release", number, "no signed release is here", "get the releasing desk's release first")
