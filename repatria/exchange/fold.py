"""From ledger bytes to state: one entry at a time, never raising.

The fold is total: every entry either applies, or is recorded as refused with the rule that refused it and has
changed nothing but the chain of its author (and not even that, where its signature is not the author's). It reads
ledger bytes only (entries and attachments), never the vault, so erasing a record never changes a state hash.

The rules version pinned by the opening picks the reducers, and every version stays executable for ever.

    >>> state = State()
    >>> verdict = apply(state, b"not an entry", lambda name: None)
    >>> verdict.applied, verdict.rule, state.size
    (False, 'entry.malformed', 1)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from repatria.exchange import authority, rules
from repatria.exchange.codec import Body, decode_body, event_id
from repatria.exchange.events import (
    ExchangeOpened,
    Moment,
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    RightReturned,
    Sha256,
    SubstitutionFound,
)
from repatria.exchange.state import Attachments, Fact, Refusal, Refuse, State, Verdict
from repatria.ledger.entry import BadEntry, Entry, decode_entry
from repatria.ledger.tree import Frontier, leaf_hash

# Judged by the delegation and right at the index they name in `seen`, since their desks work out of contact (rule 6).
DESK_KINDS = (RightReturned, PersonPresented, PersonReleased, PersonReceived, PersonAbsent, SubstitutionFound)


def apply(state: State, entry: bytes, attachments: Attachments) -> Verdict:
    """Append one entry to `state` and say what became of it. Never raises, whatever the bytes."""
    index = state.size
    verdict = _judge(state, index, entry, attachments)
    frontier = Frontier(index, [bytes.fromhex(peak) for peak in state.tree])
    frontier.append(leaf_hash(entry))
    state.tree = [Sha256(peak.hex()) for peak in frontier.hashes]
    state.size = index + 1
    state.roots += frontier.root()
    if not verdict.applied:
        event = None if verdict.event is None else Sha256(verdict.event)
        state.refusals.append(Refusal(index, event, verdict.kind, verdict.author, verdict.rule or ""))
    return verdict


def fold(entries: Iterable[bytes], attachments: Attachments, state: State | None = None) -> State:
    """The state after `entries`, on top of `state` if given (which is changed)."""
    state = State() if state is None else state
    for entry in entries:
        apply(state, entry, attachments)
    return state


def _judge(state: State, index: int, data: bytes, attachments: Attachments) -> Verdict:
    try:
        entry = decode_entry(data)
        body = decode_body(entry.body)
    except ValueError as error:  # BadEntry is one
        return Verdict(index, None, "", "", False, "entry.malformed", str(error))
    name = event_id(entry.body)
    verdict = Verdict(index, name, body.kind, body.author, True)
    try:
        fact = _admit(state, index, name, entry, body)
    except Refuse as refusal:
        return replace(verdict, applied=False, rule=refusal.rule, what=refusal.what)
    state.chains[body.author] = (body.seq, Sha256(name), body.seen[0])
    state.events[name] = index
    try:
        authority.check(state, fact)
        rules.reduce(state, fact, attachments)
    except Refuse as refusal:
        state.events[name] = -1 - index
        return replace(verdict, applied=False, rule=refusal.rule, what=refusal.what)
    member = state.members.get(body.member)
    if member is not None and member.role == "mediator":
        state.times[body.member] = max(Moment(body.at), state.times.get(body.member, Moment("")))
    return verdict


def _admit(state: State, index: int, name: str, entry: Entry, body: Body) -> Fact:
    """What must hold before the author's chain moves: exchange, place in the chain, what was seen, signatures, refs.

    An entry that fails here is not taken as its author's: the same bytes, ordered later in their right place, can
    still take effect. So a secretariat that orders an event before its refs has delayed it, and no more.
    """
    if not state.exchange and not isinstance(body.data, ExchangeOpened):
        raise Refuse("exchange.not_open", "the first entry of a ledger is its opening")
    if state.exchange and body.exchange != state.exchange:
        raise Refuse("exchange.other", "the event belongs to another exchange")
    if name in state.events:
        raise Refuse("chain.replayed", "the event stands in the ledger already")
    seq, prev, seen = state.chains.get(body.author, (-1, None, 0))
    if body.seq != seq + 1 or body.prev != prev:
        raise Refuse("chain.place", f"seq {body.seq}; the author's chain goes on with {seq + 1}")
    size, root = body.seen
    known = state.size if state.base is None else state.base
    if size < seen:
        raise Refuse("seen.backwards", f"the author has seen {seen} entries before, and now names {size}")
    if size > known and state.base is None:
        raise Refuse("seen.unknown", f"the author names {size} entries; the ledger has {known}")
    if size <= known and root != state.root_at(size):
        raise Refuse("seen.fork", f"the author saw another ledger: the root at size {size} differs")
    judged = min(size, known) if isinstance(body.data, DESK_KINDS) else index
    signed = authority.check_signatures(state, entry, body, judged, index)
    _check_refs(state, body)
    return Fact(index, name, body, body.member, signed.role, signed.place, signed.signatories, judged, signed.revoked)


def _check_refs(state: State, body: Body) -> None:
    """Refs before effect: what an event relies on stands in the ledger before it, and took effect itself."""
    for ref in body.refs:
        at = state.events.get(ref)
        if at is None:
            raise Refuse("refs.missing", "an event that this one relies on is not in the ledger before it")
        if at < 0:
            raise Refuse("refs.refused", "an event that this one relies on was refused")


__all__ = ["BadEntry", "apply", "fold"]
