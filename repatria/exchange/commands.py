"""Opening, joining, delegating, suspending, withdrawing, closing: what members do about the exchange itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from repatria.exchange import events
from repatria.exchange.advice import advice
from repatria.exchange.always import paper_bytes
from repatria.exchange.authority import PARTY
from repatria.exchange.cards import Card
from repatria.exchange.counting import accounts
from repatria.exchange.disputes import open_disputes
from repatria.exchange.events import (
    Author,
    Event,
    Founder,
    Key,
    Opaque,
    Recipient,
    Sha256,
    Signature,
    Slug,
    Vkey,
    rotation_text,
)
from repatria.exchange.examining import examined
from repatria.exchange.opening import wrong_opening
from repatria.exchange.rules import LATEST
from repatria.exchange.state import State
from repatria.ledger.canonical import digest
from repatria.office import Draft, Given, Outcome
from repatria.problem import Problem


@dataclass(frozen=True)
class By:
    """Who acts: a member, or a delegate of it, with the signatories who sign besides."""

    author: str
    signatories: tuple[str, ...] = ()

    @property
    def member(self) -> str:
        return self.author.partition("/")[0]

    def draft(self, event: Event, *refs: str, commit: tuple[str, ...] = ()) -> Draft:
        return Draft(event, self.author, self.signatories, refs, commit)


@dataclass(frozen=True)
class OpenExchange:
    """`log`: the verifier key of the log that the secretariat has made for it."""

    by: By
    exchange: str
    origin: str
    log: str
    mediator_quorum: int
    founders: tuple[tuple[str, str, str, int], ...]  # member, role, key, quorum of signatories
    cooling_hours: int = 24


def open_exchange(state: State, request: OpenExchange, given: Given) -> Outcome | list[Problem]:
    event = events.ExchangeOpened(
        LATEST, request.origin, Vkey(request.log), Slug(request.by.member), request.mediator_quorum,
        _founders(request.founders), request.cooling_hours,
    )  # fmt: skip
    wrong = unfit(request.founders, request.by.member, request.mediator_quorum, request.cooling_hours)
    return wrong or Outcome(
        drafts=(request.by.draft(event),), exchange=request.exchange, answer={"exchange": request.exchange}
    )


def founders_of(cards: Sequence[Card], party_signatories: int) -> tuple[tuple[str, str, str, int], ...]:
    """The founders on these cards; a party is bound by so many of its signatories."""
    return tuple((card.member, card.role, card.key, party_signatories if card.role == PARTY else 0) for card in cards)


def unfit(
    founders: Sequence[tuple[str, str, str, int]], secretariat: str, mediator_quorum: int, cooling_hours: int
) -> list[Problem]:
    """Every reason why an exchange cannot be opened so, before there is a log for it."""
    rule = "exchange.founders"
    return [
        Problem(rule, where, what, advice(rule))
        for where, what in wrong_opening(_founders(founders), secretariat, mediator_quorum, cooling_hours)
    ]


def _founders(founders: Sequence[tuple[str, str, str, int]]) -> tuple[Founder, ...]:
    return tuple(Founder(Slug(m), Slug(role), Key(key), quorum) for m, role, key, quorum in founders)


@dataclass(frozen=True)
class Join:
    """`cards`: those that other members have given by another way than the ledger came by."""

    by: By
    witness: str
    recipient: str
    witness_signature: str
    cards: tuple[Card, ...] = ()


def join(state: State, request: Join, given: Given) -> Outcome | list[Problem]:
    if problems := differing(state, request.cards):
        return problems
    event = events.MemberAdmitted(
        Slug(request.by.member), Vkey(request.witness), Recipient(request.recipient),
        Signature(request.witness_signature),
    )  # fmt: skip
    return Outcome(drafts=(request.by.draft(event),), answer={"member": request.by.member})


def differing(state: State, cards: Sequence[Card]) -> list[Problem]:
    """Where the opening says otherwise than the cards that members have given: one of the two is somebody else's."""
    problems = []
    for card in cards:
        fact = state.members.get(card.member)
        if fact is None:
            do = "ask the secretariat why; a card of somebody who is no founder is put away before you join"
            problems.append(Problem("card.not_founder", card.member, "the opening does not name it as a founder", do))
        elif (fact.role, fact.former[0].key if fact.former else fact.key) != (card.role, card.key):
            what = "the opening has another key or role for it than the card that it gave"
            do = "join nothing; call that member and the secretariat, and find out whose key stands there"
            problems.append(Problem("card.differs", card.member, what, do))
    return problems


@dataclass(frozen=True)
class Appoint:
    by: By
    delegate: str
    role: str
    key: str
    place: str | None


def appoint(state: State, request: Appoint, given: Given) -> Outcome | list[Problem]:
    place = None if request.place is None else Slug(request.place)
    event = events.DelegateAppointed(Author(request.delegate), Slug(request.role), Key(request.key), place)
    return Outcome(drafts=(request.by.draft(event),), answer={"delegate": request.delegate, "role": request.role})


@dataclass(frozen=True)
class Revoke:
    by: By
    delegate: str


def revoke(state: State, request: Revoke, given: Given) -> Outcome | list[Problem]:
    grants = state.keys.get(request.delegate, ())
    if not grants:
        return [Problem("delegate.standing", request.delegate, "holds no key", "look at the member's delegates first")]
    event = events.KeyRevoked(Author(request.delegate), grants[-1].key)
    return Outcome(drafts=(request.by.draft(event),), answer={"revoked": request.delegate})


@dataclass(frozen=True)
class Rotate:
    """A key in the place of an author's present one; the caller has made it, and signs with it here.

    `by` is the author, or where a member's own key is lost one of its signatories.
    """

    by: By
    author: str
    new: str
    sign: Callable[[bytes], bytes]  # with the new key


def rotate(state: State, request: Rotate, given: Given) -> Outcome | list[Problem]:
    member = state.members.get(request.author)
    grants = state.keys.get(request.author, ())
    if member is None and not grants:
        return [Problem("rotation.key", request.author, "holds no key", "look at the member's delegates first")]
    old = member.key if member is not None else grants[-1].key
    text = rotation_text(state.exchange, request.author, old, request.new)
    signature = Signature(request.sign(text).hex())
    event = events.KeyRotated(Author(request.author), old, Key(request.new), signature)
    return Outcome(drafts=(request.by.draft(event),), answer={"author": request.author, "key": request.new})


@dataclass(frozen=True)
class Compromised:
    """The author's key is not to be answered for as from an entry; a member's own is one that it has given up."""

    by: By
    author: str
    since: int


def compromised(state: State, request: Compromised, given: Given) -> Outcome | list[Problem]:
    member = state.members.get(request.author)
    held = member.former if member is not None else state.keys.get(request.author, ())
    if not held:
        do = "replace the key first" if member is not None else "look at the member's delegates first"
        return [Problem("compromise.key", request.author, "holds no key that can be declared", do)]
    event = events.KeyCompromised(Author(request.author), held[-1].key, request.since)
    return Outcome(drafts=(request.by.draft(event),), answer={"compromised": request.author, "since": request.since})


@dataclass(frozen=True)
class Object:
    """A signatory objects to the latest change of a delegate."""

    by: By
    delegate: str


def object_(state: State, request: Object, given: Given) -> Outcome | list[Problem]:
    grants = state.keys.get(request.delegate, ())
    if not grants:
        return [Problem("objection.about", request.delegate, "holds no key", "look at the member's delegates first")]
    event = events.KeyObjected(Author(request.delegate), grants[-1].key)
    return Outcome(drafts=(request.by.draft(event),), answer={"objected": request.delegate})


@dataclass(frozen=True)
class Say:
    """An event whose data the caller has whole: activation, suspension, resumption, dispute, closing, dark desks."""

    by: By
    event: Event


def say(state: State, request: Say, given: Given) -> Outcome | list[Problem]:
    return Outcome(drafts=(request.by.draft(request.event),), answer={"event": type(request.event).__name__})


@dataclass(frozen=True)
class Withdraw:
    by: By
    number: str
    reason: str


def withdraw(state: State, request: Withdraw, given: Given) -> Outcome | list[Problem]:
    """A person leaves the list; the ledger has the salted hash of the reason, the node's vault has the reason."""
    salt = given.random(32)
    reason = hashlib.sha256(b"repatria/reason/v1\x00" + salt + request.reason.encode()).hexdigest()
    event = events.WithdrawnFromList(Opaque(request.number), Sha256(reason))
    return Outcome(
        drafts=(request.by.draft(event),),
        documents={f"reason/{request.number}/{reason}": salt + request.reason.encode()},
        answer={"number": request.number},
    )


@dataclass(frozen=True)
class CloseRound:
    by: By


def close_round(state: State, request: CloseRound, given: Given) -> Outcome | list[Problem]:
    event = events.RoundClosed(Slug(state.round), accounts(state))
    answer = {
        "round": state.round,
        "accounts": [[a.holder, a.state, a.people] for a in event.accounts],
        "remains": [[r.holder, r.to, r.sets, r.examined, r.people] for r in examined(state)],
        "open_disputes": [[name, dispute.by, dispute.code] for name, dispute in open_disputes(state)],
    }
    return Outcome(drafts=(request.by.draft(event),), answer=answer)


def close_exchange(state: State, request: CloseRound, given: Given) -> Outcome | list[Problem]:
    return Outcome(drafts=(request.by.draft(events.ExchangeClosed(Slug(state.round))),), answer={"round": state.round})


@dataclass(frozen=True)
class Transcribe:
    """A paper that a member without its node has signed: what it says, and the hash of its scan."""

    by: By
    member: str
    scan: str
    event: Event


def transcribe(state: State, request: Transcribe, given: Given) -> Outcome | list[Problem]:
    data = paper_bytes(request.event)
    name = digest(data)
    event = events.Transcribed(Slug(request.member), Sha256(request.scan), type(request.event).__name__, Sha256(name))
    return Outcome(
        drafts=(request.by.draft(event),),
        attachments={name: data},
        answer={"member": request.member, "kind": event.kind, "scan": request.scan},
    )
