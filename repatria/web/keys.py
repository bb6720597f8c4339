"""Keys at the pages: one in the place of another, and what ending one would do, worked out before it is said.

What a command would do is seen by doing it, to a fork of the state with the ledger's own reducers, as if everybody who
must had signed; what is told is the difference. So no second account of the rules stands here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from repatria.exchange import commands
from repatria.exchange.authority import ROTATING, SIGNATORY, can_be_lifted
from repatria.exchange.commands import By
from repatria.exchange.person import Person
from repatria.exchange.state import KeyGrant, State
from repatria.message import Message, Name
from repatria.office import Given, Outcome, prepare
from repatria.problem import Problem
from repatria.web.served import AtWeb
from repatria.web.telling import moment_of

KEYS = "web/keys/"  # documents of the vault: a delegate's public key as their browser sent it, by name


@dataclass(frozen=True)
class Replace:
    """A key in the place of an author's present one. `signature`: of the new key, over `rotation_text`, hex."""

    by: By
    author: str
    new: str
    signature: str


def replace_key(state: State, request: Replace, given: Given) -> Outcome | list[Problem]:
    """The rotation, and for a delegate the public key that their browser made, to be kept with it."""
    asked = commands.Rotate(request.by, request.author, request.new, lambda text: bytes.fromhex(request.signature))
    outcome = commands.rotate(state, asked, given)
    name = request.author.partition("/")[2]
    if isinstance(outcome, list) or not name:
        return outcome
    return replace(outcome, documents={KEYS + name: request.new.encode()})


def replaceable(state: State, author: str) -> KeyGrant | None:
    """The key of this delegate that could be replaced by themself now."""
    grant = next(reversed(state.keys.get(author, ())), None)
    stands = grant is not None and grant.until is None and not state.is_before(grant.stands_from)
    return grant if stands and grant is not None and grant.role in ROTATING else None


def foreseen(at: AtWeb, outcome: Outcome) -> list[Message] | list[Problem]:
    """What would be otherwise once this is signed by everybody who must; or why it would have no effect."""
    after = at.node.state()
    prepared = prepare(after, outcome, at.given)
    if isinstance(prepared, list):
        return prepared
    told = list(differences(at.node.seen_state(), after, at.node.member))
    needed = sum(each.needed for each in prepared.events)
    if needed:
        told.append(Message("web.keys.needed", {}, needed))
    return told


def differences(before: State, after: State, member: str) -> Iterator[Message]:
    """What of the member's keys, of people and of what the member has signed is otherwise; in counts."""
    ended = [author for author in before.keys if _stands(before, author) and not _stands(after, author)]
    begun = [author for author in after.keys if _stands(after, author) and not _stands(before, author)]
    if ended:
        yield Message("web.keys.ended", {"who": tuple(map(Name, sorted(ended)))}, len(ended))
    for author in ended:
        grant = after.keys[author][-1]
        if can_be_lifted(after, grant) and grant.lifts_until is not None:
            yield Message("members.notice.object", {"moment": moment_of(grant.lifts_until)})
    if begun:
        yield Message("web.keys.begun", {"who": tuple(map(Name, sorted(begun)))}, len(begun))
    left = sum(_role(after, author) == SIGNATORY for author in after.keys if author.startswith(f"{member}/"))
    quorum = after.members[member].quorum
    if left < quorum:
        yield Message("web.keys.too_few", {"needed": quorum}, left)
    people = Counter(
        (before.persons[number].state, person.state)
        for number, person in after.persons.items()
        if person.state != before.persons[number].state
    )
    for (was, becomes), count in sorted(people.items()):
        states = {"was": Message(f"event.state.{was}"), "becomes": Message(f"event.state.{becomes}")}
        yield Message("web.keys.people", dict(states), count)
    words = sum(_may_go(before.persons[number]) and not _may_go(person) for number, person in after.persons.items())
    if words:
        yield Message("web.keys.words", {}, words)
    taken = sum(len(assents) - len(after.assents.get(act, ())) for act, assents in before.assents.items())
    taken += len(before.papers) - len(after.papers)
    if taken > 0:
        yield Message("web.keys.assents", {}, taken)


def _stands(state: State, author: str) -> bool:
    return state.key_at(author, state.size) is not None


def _may_go(person: Person) -> bool:
    """Whether a word that lets them go stands."""
    word = person.word
    return word is not None and word.going


def _role(state: State, author: str) -> str | None:
    grant = state.key_at(author, state.size)
    return None if grant is None else str(grant.role)
