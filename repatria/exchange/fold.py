"""From ledger bytes to state: one entry at a time, never raising.

The fold is total: every entry either applies, or is recorded as refused with the rule that refused it and has
changed nothing but the chain of its author (and not even that, where it is not signed as its author signs). It reads
ledger bytes only (entries and attachments), never the vault, so erasing a record never changes a state hash.

The rules version pinned by the opening picks the reducers, and every version stays executable for ever.

    >>> state = State()
    >>> verdict = apply(state, b"not an entry", lambda name: None)
    >>> verdict.applied, verdict.rule, state.size
    (False, 'entry.malformed', 1)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from repatria.exchange import authority, deadlines, rules
from repatria.exchange.codec import Body, Note, decode_body, event_id
from repatria.exchange.events import Day, ExchangeOpened, Moment, PersonReceived, Sha256
from repatria.exchange.handing import in_good_faith, received_in_vain
from repatria.exchange.state import Attachments, Fact, Refusal, Refuse, State, Verdict
from repatria.ledger.entry import BadEntry, Entry, Proven, decode_entry
from repatria.ledger.tree import leaf_hash

# Entries, and the keys known by now, by key id: each entry in its order, with what was found out about it, if anything.
Prove = Callable[[Iterable[bytes], Callable[[], dict[str, str]]], Iterable[tuple[bytes, Proven | None]]]


def apply(state: State, entry: bytes, attachments: Attachments, proven: Proven | None = None) -> Verdict:
    """Append one entry to `state` and say what became of it. Never raises, whatever the bytes.

    Args:
        proven: what the caller has found out about these very bytes already (`prove_entry`). Whoever says nothing has
            them read and every signature verified here.
    """
    index = state.size
    verdict = _judge(state, index, entry, attachments, proven)
    state.size = index + 1
    state.leaves.append(leaf_hash(entry) if proven is None else proven.leaf)
    if not verdict.applied:
        event = None if verdict.event is None else Sha256(verdict.event)
        kind, author, rule = Note(verdict.kind), Note(verdict.author), Note(verdict.rule or "")
        state.refusals.append(Refusal(index, event, kind, author, rule))
    return verdict


def fold(
    entries: Iterable[bytes], attachments: Attachments, state: State | None = None, prove: Prove | None = None
) -> State:
    """The state after `entries`, on top of `state` if given (which is changed).

    Args:
        prove: reads entries and verifies signatures ahead of the fold, in other processes for instance; whatever it
            leaves out is done here.
    """
    state = State() if state is None else state
    if prove is None:
        for entry in entries:
            apply(state, entry, attachments)
        return state
    for entry, proven in prove(entries, lambda: authority.keys_known(state)):
        apply(state, entry, attachments, proven)
    return state


def _judge(
    state: State, index: int, data: bytes, attachments: Attachments, proven: Proven | None
) -> Verdict:
    try:
        entry, keys = (decode_entry(data), ()) if proven is None else (proven.entry, proven.keys)
        body = decode_body(entry.body)
    except ValueError as error:  # BadEntry is one
        return Verdict(index, None, "", "", False, "entry.malformed", str(error))
    name = event_id(entry.body)
    verdict = Verdict(index, name, body.kind, body.author, True)
    try:
        fact = _admit(state, index, name, entry, body, keys)
    except Refuse as refusal:
        return verdict._replace(applied=False, rule=refusal.rule, what=refusal.what)
    state.events[name] = index
    try:
        _take_as_said(state, fact)
        _take_time(state, index, body)
        authority.check(state, fact)
        rules.reduce(state, fact, attachments)
    except Refuse as refusal:
        state.events[name] = -1 - index
        if not state.exchange:  # an opening that failed: whoever signed it is nobody yet, and has no chain
            state.chains.clear()
            state.events.clear()
        return verdict._replace(applied=False, rule=refusal.rule, what=refusal.what)
    return verdict


def _take_time(state: State, index: int, body: Body) -> None:
    """A mediator's `at` counts from its own entry on, whatever becomes of the entry: it vouches for log time."""
    member = state.members.get(body.member)
    if member is not None and member.role == "mediator":
        state.times[body.member] = max(Moment(body.at), state.times.get(body.member, Moment("")))
        now = state.log_time
        if now is not None and (not state.days or state.days[-1][1] != now[:10]):
            state.days.append((index, Day(now[:10])))
            deadlines.pass_to(state, index, Day(now[:10]))


def _admit(
    state: State, index: int, name: str, entry: Entry, body: Body, proven: Collection[str]
) -> Fact:
    """What must hold before an entry is taken as its author's: its exchange, its signatures, and what it waits for.

    An entry that fails here leaves no trace but its refusal: the same event, ordered later in its right place or with
    all its signatures, can still take effect. So a secretariat that orders an event before its refs, or strips it of
    a signature, has delayed it, and no more.
    """
    if not state.exchange and not isinstance(body.data, ExchangeOpened):
        raise Refuse("exchange.not_open", "the first entry of a ledger is its opening")
    if state.exchange and body.exchange != state.exchange:
        raise Refuse("exchange.other", "the event belongs to another exchange")
    if name in state.events:
        raise Refuse("chain.replayed", "the event stands in the ledger already")
    forked = is_forked(state, body)
    seq = state.chains.get(body.author, (-1, None, 0))[0]
    if body.seq > seq + 1 and not forked:
        raise Refuse("chain.place", f"seq {body.seq}; the author's chain goes on with {seq + 1}")
    size = body.seen[0]
    known = state.size if state.base is None else state.base
    if size > known and state.base is None:
        raise Refuse("seen.unknown", f"the author names {size} entries; the ledger has {known}")
    judged = min(size, known) if authority.works_apart(state, body) else index
    signed = authority.check_signatures(state, entry, body, judged, index, proven)
    if not forked:
        check_refs(state, body)
    return Fact(
        index, name, body, body.member, signed.role, signed.place, signed.signatories, judged, signed.revoked,
        standing=signed.standing, forked=forked,
    )  # fmt: skip


def _take_as_said(state: State, fact: Fact) -> None:
    """Move the author's chain; or Refuse for good what its author said, though it can never take effect.

    Refused here, an event is on record as void, and whoever relied on it goes on: an author that signs two events for
    one place of its chain, or names a ledger that never was, harms nobody's chain but its own.
    """
    body = fact.body
    if fact.forked:
        raise Refuse("chain.forked", "the author has signed another event for this place of its chain")
    _, _, seen = state.chains.get(body.author, (-1, None, 0))
    size, root = body.seen
    known = state.size if state.base is None else state.base
    other = size <= known and root != state.root_at(size)
    state.chains[body.author] = (body.seq, Sha256(fact.id), seen if other else max(seen, size))
    if other:
        raise Refuse("seen.fork", f"the author saw another ledger: the root at size {size} differs")
    if size < seen:
        raise Refuse("seen.backwards", f"the author has seen {seen} entries before, and now names {size}")
    if not fact.standing:
        raise Refuse("authority.key", f"the author's key does not stand at index {fact.judged}")
    fell = [ref for ref in body.refs if state.events.get(ref, 0) < 0]
    if fell and not in_good_faith(state, fact, fell):
        if isinstance(body.data, PersonReceived):
            received_in_vain(state, fact)
        raise Refuse("refs.refused", "an event that this one relies on was refused")


def is_forked(state: State, body: Body) -> bool:
    """Whether the author's chain has gone on without this event, so that it can never have its place in it."""
    seq, last, _ = state.chains.get(body.author, (-1, None, 0))
    if body.seq <= seq + 1:
        return body.seq <= seq or body.prev != last
    return body.prev is None or body.prev in state.events  # what comes before it is not at its place, and never will be


def check_refs(state: State, body: Body) -> None:
    """Refs before effect: what an event relies on stands in the ledger before it; until then it waits."""
    if body.refs and any(ref not in state.events for ref in body.refs):
        raise Refuse("refs.missing", "an event that this one relies on is not in the ledger before it")


__all__ = ["BadEntry", "apply", "fold"]
