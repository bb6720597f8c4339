"""The sequence rule at one place: what a desk's side may have released there, against what it holds answers for.

An **answer** for a person of the other side is a receipt by which they were identified, the neutral's word that they
do not go, or what supervisors of both sides settled. A desk names each answer it relies on in `refs`, once; an answer
counts as long as, by all that the desk can have known when it acted, it stands. One that a later word, a second
receipt or a revoked key has put in doubt counts for nobody who knew.

What its side may have released is the worst case: what this desk has released, and every right that it knows another
desk or sheet of its side to hold there.

The sums are kept up as releases take effect; only people about whom more than one thing was said are looked at again.

Source: DESIGN.md section 4.5; ADR *rights and balance offline*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from repatria.deal.ratio import factors
from repatria.exchange.balance import Account, exercisable
from repatria.exchange.events import Opaque, Sha256
from repatria.exchange.knowing import Knowledge
from repatria.exchange.person import NOT_GOING, RECEIVED, Person, Right
from repatria.exchange.state import Books, PlaceFact, Refuse, State, place_key

Spot = tuple[str, str]  # stage, place


def account_of(state: State, right: Right, desk: str, judged: int, refs: Iterable[str], books: Books) -> Account:
    """The account by which a desk may use a right, having seen `judged` entries and naming `refs`.

    Args:
        books: the desk's at this place, with what it names now (`with_answers`).
    """
    spot = (right.stage, right.place)
    knows = Knowledge(state, desk, judged, (*refs, *books.named))
    side = state.side_of(desk.partition("/")[0])
    if state.hands.get(place_key(*spot, side), ()) == (desk,):
        released = books.released + _since_settled(knows, spot, side, right)
    else:
        released = _may_have_left(knows, spot, side, right)
    return Account(released, books.credit - _put_in_doubt(knows, spot, books))


def check_sequence(person: Person, account: Account, place: PlaceFact, totals: Mapping[str, int]) -> None:
    """The sequence rule, rule 5: within the place's bound of what the desk holds receipts for; or Refuse."""
    factor = factors(totals)
    if person.counts and not exercisable(account, person.weight, person.side, factor, place.bound):
        raise Refuse(
            "release.sequence",
            f"{account.released + person.weight} released against {account.credit} receipted, bound {place.bound}",
        )


def to_name(state: State, spot: Spot, desk: str) -> list[Sha256]:
    """The answers and findings about people at this place that the desk holds and has not named yet."""
    side = state.side_of(desk.partition("/")[0])
    named = set(state.books.get(place_key(*spot, desk), Books()).named)
    doubtful = set(state.doubtful.get(place_key(*spot), ()))
    settled = set(state.settled.get(place_key(*spot, side), ()))
    found = []
    for event, numbers in state.receipts.items():
        if event in named:
            continue
        for number in numbers:
            person = state.persons.get(number)
            if person is None or not person.counts:
                continue
            own = person.side == side
            if number in settled if own else number in doubtful or _answered_at(state, person, event) == spot:
                found.append(Sha256(event))
                break
    return found


def with_answers(state: State, spot: Spot, desk: str, judged: int, refs: Iterable[str]) -> Books:
    """The desk's books at this place with the answers that it names now, having seen `judged` entries."""
    books = state.books.get(place_key(*spot, desk), Books())
    side = state.side_of(desk.partition("/")[0])
    named = [
        Sha256(ref) for ref in refs if (ref in state.receipts or ref in state.fallen) and ref not in books.named
    ]
    if not named:
        return books
    knows = Knowledge(state, desk, judged, named)
    credited: dict[Opaque, int] = {}
    for event in named:
        for number in _about(state, event):
            person = state.persons.get(number)
            if person is None or person.side == side or number in books.credited or not knows.weight(person):
                continue
            if _answered_at(state, person, event) == spot:
                credited[number] = knows.weight(person)
    return Books(
        books.released,
        books.credit + sum(credited.values()),
        tuple(sorted((*books.credited, *credited))),
        (*books.named, *named),
    )


def _about(state: State, event: str) -> tuple[Opaque, ...]:
    """Whom an answer is about."""
    fallen = state.fallen.get(event)
    return state.receipts[event] if fallen is None else (fallen.number,)


def _answered_at(state: State, person: Person, event: str) -> Spot | None:
    """The stage and place at which this receipt or word answers for a person of the other side, if it does."""
    fallen = state.fallen.get(event)
    if fallen is not None:
        return fallen.stage, fallen.place
    for right in person.rights:
        for receipt in right.receipts:
            if receipt.event == event:
                return (right.stage, right.place) if receipt.identified else None
        if right.confirmed_by == event:
            return right.stage, right.place
    word = next((word for word in person.words if word.event == event), None)
    return None if word is None or word.going or not _on_manifest(state, person, word.due) else word.due


def _on_manifest(state: State, person: Person, spot: Spot | None) -> bool:
    """Whether the person is, or was when its stage was opened, on the manifest of that place."""
    if spot is None or spot[0] not in state.stages:
        return False
    at = state.stages[spot[0]].places.get(spot[1])
    return at is not None and person.number in at.numbers


def _offered_at(state: State, person: Person) -> Spot | None:
    """Where a person of the other side, as they are known to somebody, counts as offered."""
    if person.state == RECEIVED and person.right is not None:
        return person.right.stage, person.right.place
    word = person.word
    if person.state == NOT_GOING and word is not None and _on_manifest(state, person, word.due):
        return word.due
    return None


def _put_in_doubt(knows: Knowledge, spot: Spot, books: Books) -> int:
    """The credit for people about whom more than one thing was said, or who left the ratio, and who by all that the
    desk knows do not count as offered here."""
    weight = 0
    for number in knows.state.doubtful.get(place_key(*spot), ()):
        if number in books.credited:
            person = knows.state.persons[number]
            credited = person.weight if person.counted is None else person.counted.weight
            stands = knows.weight(person) and (
                _offered_at(knows.state, knows.person(person)) == spot or _unaware(knows, spot, number)
            )
            weight += 0 if stands else credited
    return weight


def _unaware(knows: Knowledge, spot: Spot, number: Opaque) -> bool:
    """Whether the desk named a receipt for this person that is void, and could not know it."""
    state = knows.state
    return any(
        (it.number, it.stage, it.place) == (number, *spot)
        and event in knows.named
        and not state.known_to_fall(event, knows.judged)
        for event, it in state.fallen.items()
    )


def _since_settled(knows: Knowledge, spot: Spot, side: str, using: Right) -> int:
    """What to add to the desk's own count of its releases: findings that it knows of, and what supervisors settled."""
    more = 0
    for number in knows.state.settled.get(place_key(*spot, side), ()):
        person = knows.state.persons.get(number)
        if person is None or not person.counts:
            continue
        for right in person.rights:
            if right is not using and (right.stage, right.place) == spot:
                more += person.weight * (_may_have(knows, right, using.holder) - (right.released is not None))
    return more


def _may_have_left(knows: Knowledge, spot: Spot, side: str, using: Right) -> int:
    """The weight of a side's people who may have left at this place, where several desks or sheets hold rights."""
    weight = 0
    for number in knows.state.stages[spot[0]].places[spot[1]].manifest:
        person = knows.state.persons.get(number)
        if person is None or person.side != side or not person.counts:
            continue
        for right in person.rights:
            if right is not using and (right.stage, right.place) == spot and right.since < knows.judged:
                weight += person.weight * _may_have(knows, right, using.holder)
    return weight


def _may_have(knows: Knowledge, right: Right, holder: str) -> bool:
    """Whether somebody may have left under this right, as far as a desk using rights of `holder` knows.

    That they were sent back counts once the desk names the finding: what lets it go on stands in its own signed act.
    """
    known = knows.right(right)
    if known.confirmed is not None:
        return known.left
    if right.released is not None and (known.released is not None or right.holder == holder):
        sent_back = any(each.event in knows.named for each in known.receipts if not each.identified)
        return known.left or not sent_back
    return right.holder != holder and known.out
