"""How anything is done: run a command against a node, and get signed events or problems. Knows no noun.

A command is a pure function of (state, request, given) to an outcome or problems. `run` turns the outcome's drafts
into signed entries, tries them on a fork of the state with the very reducers of the fold, and only if every one takes
effect lets the node commit all of it: records, attachments, mail and entries together, or nothing.

The same `run` serves the command line, pages and a desk: whatever can give a state and keep entries is a node here.
Where whoever must sign is not here with a key, `prepare` makes the events as they will stand, tried as if everybody had
signed; each signs at home, in any order, and `complete` turns them into entries once there are enough (ADR 124).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from repatria.exchange.advice import advice
from repatria.exchange.authority import signers
from repatria.exchange.codec import Body, decode_body, encode_body, event_id
from repatria.exchange.events import Event
from repatria.exchange.fold import apply
from repatria.exchange.state import Attachments, Refuse, State, Verdict
from repatria.ledger.entry import (
    ENTRY_TYPE,
    Entry,
    Proven,
    Signature,
    encode_entry,
    key_id,
    sign_entry,
    with_signatures,
)
from repatria.ledger.tree import leaf_hash
from repatria.problem import Problem

R = TypeVar("R")


@dataclass(frozen=True)
class Draft:
    """An event to be signed: by its author's key, and by these signatories of the author's besides.

    `refs` name event ids; "#0" names the first draft of the same outcome, "#1" the second, and so on.
    """

    event: Event
    author: str
    signatories: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    commit: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """A person's record for the vault: register, random row, fields in clear, and a salt per field."""

    register: str
    row: str
    fields: Mapping[str, str]
    salts: Mapping[str, bytes]


@dataclass(frozen=True)
class Outcome:
    """What a command wants to happen, all or nothing, and what to tell the person who asked."""

    drafts: tuple[Draft, ...] = ()
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    mail: Mapping[str, bytes] = field(default_factory=dict)  # sha256 -> sealed bytes
    mail_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # sha256 -> members
    answer: Mapping[str, Any] = field(default_factory=dict)
    erase: tuple[tuple[str, str], ...] = ()  # register and row of records to be destroyed
    without: tuple[str, ...] = ()  # documents to be taken away
    exchange: str = ""  # only where the outcome opens one: its identifier


@dataclass(frozen=True)
class Given:
    """Everything that is not in the ledger: time, randomness, keys, and the node's own sealed store, as functions."""

    now: str  # 2025-12-01T08:00:00Z
    random: Callable[[int], bytes]
    seed: Callable[[str], bytes | None]  # an author's Ed25519 seed, if it is unlocked
    attachment: Callable[[str], bytes | None]
    document: Callable[[str], bytes | None]
    documents: Callable[[str], Sequence[str]]  # names with a prefix
    records: Callable[[str], Sequence[Record]]  # of one register
    seal: Callable[[bytes, Sequence[str]], bytes]  # to age recipients
    progress: Callable[[str, int, int], None] = lambda what, done, total: None
    unseal: Callable[[bytes], bytes | None] = lambda sealed: None  # what was sealed to this member, and nothing else
    # While work goes on that has something to show before its end: whether it shall end with that.
    patience: Callable[[], AbstractContextManager[Callable[[], bool]]] = lambda: nullcontext(lambda: False)


class Node(Protocol):
    """What `run` needs of a node, a desk or a test's stand-in."""

    def state(self) -> State:
        """A fork of the present state, own unordered events included, that may be changed."""

    def commit(self, entries: Sequence[bytes], outcome: Outcome) -> None:
        """Keep everything durably, or nothing."""


Command = Callable[[State, R, Given], "Outcome | list[Problem]"]


@dataclass(frozen=True)
class Done:
    """What was done: the ids of the new events, and the command's answer."""

    events: tuple[str, ...]
    answer: Mapping[str, Any]


def run(node: Node, command: Command[R], request: R, given: Given) -> Done | list[Problem]:
    """Do it, or say every reason why not. Nothing is kept unless all of it takes effect."""
    state = node.state()
    outcome = command(state, request, given)
    if isinstance(outcome, list):
        return outcome
    signed = sign(state, outcome, given)
    if isinstance(signed, list):
        return signed
    entries, names = signed
    node.commit(entries, outcome)
    return Done(names, outcome.answer)


def sign(state: State, outcome: Outcome, given: Given) -> tuple[tuple[bytes, ...], tuple[str, ...]] | list[Problem]:
    """The outcome's drafts as signed entries and their event ids, each tried on `state`; or the problems."""
    entries: list[bytes] = []
    names: list[str] = []
    attachment = _attached(outcome, given)
    for draft in outcome.drafts:
        if not state.exchange and not outcome.exchange:
            return [_NO_EXCHANGE]
        missing = [author for author in (draft.author, *draft.signatories) if given.seed(author) is None]
        if missing:
            return [
                Problem(
                    "key.locked", type(draft.event).__name__, f"the key of {author} is not unlocked here",
                    "give its key file and passphrase",
                )
                for author in missing
            ]  # fmt: skip
        if _without_a_round(draft.event):
            return [_NO_ROUND]
        try:
            body = _body(state, draft, names, given.now, outcome.exchange)
        except ValueError as error:
            return [_malformed(draft.event, error)]
        seeds = [seed for author in (draft.author, *draft.signatories) if (seed := given.seed(author)) is not None]
        entry = encode_entry(sign_entry(body, seeds))
        verdict = apply(state, entry, attachment)
        if not verdict.applied:
            return [_problem(verdict, draft.event)]
        entries.append(entry)
        names.append(event_id(body))
    return tuple(entries), tuple(names)


# --- signed elsewhere -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unsigned:
    """An event as it will stand, and whose signatures it takes: its author's, and `needed` of `others` besides.

    `keys` are the public keys, hex, by author; `signed` those signatures that are there by now, by author.
    """

    body: bytes
    author: str
    others: tuple[str, ...]
    needed: int
    keys: Mapping[str, str]
    signed: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def event(self) -> str:
        return event_id(self.body)

    @property
    def enough(self) -> bool:
        return self.author in self.signed and sum(other in self.signed for other in self.others) >= self.needed

    def waits_for(self) -> tuple[str, ...]:
        """The authors whose signature still counts."""
        if self.enough:
            return ()
        left = [self.author] if self.author not in self.signed else []
        short = sum(other in self.signed for other in self.others) < self.needed
        return (*left, *(other for other in self.others if short and other not in self.signed))


@dataclass(frozen=True)
class Prepared:
    """An outcome whose events wait for signatures."""

    events: tuple[Unsigned, ...]
    outcome: Outcome

    @property
    def enough(self) -> bool:
        return all(each.enough for each in self.events)


def prepare(state: State, outcome: Outcome, given: Given) -> Prepared | list[Problem]:
    """The outcome's events as they would stand, tried on `state` (a fork) as if everyone who must had signed.

    What this node can sign is signed: the member's own events bear its key already.
    """
    events: list[Unsigned] = []
    names: list[str] = []
    attachment = _attached(outcome, given)
    for draft in outcome.drafts:
        if not state.exchange and not outcome.exchange:
            return [_NO_EXCHANGE]
        if _without_a_round(draft.event):
            return [_NO_ROUND]
        try:
            body = _body(state, draft, names, given.now, outcome.exchange)
            read = decode_body(body)
        except ValueError as error:
            return [_malformed(draft.event, error)]
        try:
            who = signers(state, read, state.size)
        except Refuse as refusal:
            return [Problem(refusal.rule, read.kind, refusal.what, advice(refusal.rule))]
        if who.needed > len(who.others):
            what = f"{len(who.others)} of the {who.needed} signatories needed hold a key"
            return [Problem("authority.quorum", read.kind, what, advice("authority.quorum"))]
        keys = {draft.author: who.own, **who.others}
        verdict = _tried(state, body, [who.own, *list(who.others.values())[: who.needed]], attachment)
        if not verdict.applied:
            return [_problem(verdict, draft.event)]
        own = given.seed(draft.author)
        signed = {} if own is None else {draft.author: sign_entry(body, [own]).sigs[0].sig}
        events.append(Unsigned(body, draft.author, tuple(sorted(who.others)), who.needed, keys, signed))
        names.append(event_id(body))
    return Prepared(tuple(events), outcome)


def complete(node: Node, prepared: Prepared, given: Given) -> Done | list[Problem]:
    """Keep what has all its signatures, if it still takes effect on the present state; or every reason why not.

    An event stands in its author's chain, at the place that was the next one when it was prepared: after another
    event of the same author it has to be prepared and signed anew (`chain.place`, `chain.prev`).
    """
    state = node.state()
    attachment = _attached(prepared.outcome, given)
    entries = []
    for each in prepared.events:
        sigs = [Signature(key_id(bytes.fromhex(each.keys[author])), sig) for author, sig in each.signed.items()]
        entry = encode_entry(with_signatures(Entry(ENTRY_TYPE, each.body, ()), sigs))
        verdict = apply(state, entry, attachment)
        if not verdict.applied:
            rule = verdict.rule or ""
            return [Problem(rule, verdict.kind, verdict.what, advice(rule))]
        entries.append(entry)
    node.commit(entries, prepared.outcome)
    return Done(tuple(each.event for each in prepared.events), prepared.outcome.answer)


def _body(state: State, draft: Draft, names: Sequence[str], now: str, exchange: str) -> bytes:
    """The draft as an event at the next place of its author's chain; `names` are the events before it, "#0" and on."""
    seq, prev, _ = state.chains.get(draft.author, (-1, None, 0))
    refs = tuple(names[int(ref[1:])] if ref.startswith("#") else ref for ref in draft.refs)
    return encode_body(
        Body(
            state.exchange or exchange, draft.author, seq + 1, prev, state.seen, refs, draft.commit, now, draft.event,
        )
    )  # fmt: skip


def _malformed(event: Event, error: ValueError) -> Problem:
    do = "correct what was filled in: short names have a-z, 0-9 and -, days are written such as 2025-12-31"
    return Problem("entry.malformed", type(event).__name__, str(error), do)


def _tried(state: State, body: bytes, keys: Sequence[str], attachment: Attachments) -> Verdict:
    """What would become of the event, signed by these keys: nobody has signed, and nothing is verified."""
    sigs = [Signature(key_id(bytes.fromhex(key)), bytes(64)) for key in keys]
    entry = with_signatures(Entry(ENTRY_TYPE, body, ()), sigs)
    data = encode_entry(entry)
    return apply(state, data, attachment, Proven(entry, tuple(keys), leaf_hash(data)))


_NO_EXCHANGE = Problem(
    "exchange.not_open", "exchange", "this node is in no exchange yet", "open one, or import its ledger, and join it"
)
_NO_ROUND = Problem(
    "round.not_open", "round", "no round has begun", "have the parties and a mediator announce one, and sync first"
)


def _without_a_round(event: Event) -> bool:
    """Whether it is of a round, and there is none yet: such an event could not even be written down."""
    return getattr(event, "round", None) == ""


def _attached(outcome: Outcome, given: Given) -> Attachments:
    return lambda name: outcome.attachments.get(name) or given.attachment(name)


def _problem(verdict: Verdict, event: Event) -> Problem:
    rule = verdict.rule or ""
    return Problem(rule, type(event).__name__, verdict.what, advice(rule))
