"""Which of the entries that somebody brought may come in now, in which order, and what becomes of the others.

The secretariat's door and a desk that hears from another desk are the same: entries arrive in any order, some of
them twice, some before what they rely on, some hostile. What is decided:

* **in**: it takes effect, or it is rightly signed and is recorded as refused, which everyone can then see;
* **waits**: what it relies on is not here yet: an earlier event of its author, a ref, an attachment, its author's
  appointment, or a part of the ledger that only its author has seen. It is tried again whenever something comes in;
* **away**: it is not taken at all: malformed, of another exchange, forged, or the same event with other signatures;
* **known**: the ledger has it.

Whatever takes effect goes in before anything that would be refused, so that the order in which sticks arrive does
not turn a good event into a refused one. Among those that take effect, whoever had seen less of the ledger comes
first; a claimed time only breaks ties. The same entries in any order give the same decisions.

    >>> [decision.rule for decision in decide(State(), [b"not an entry"], lambda name: None).away]
    ['entry.malformed']
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import replace as changed

from repatria.exchange.advice import advice
from repatria.exchange.attachments import named_by
from repatria.exchange.codec import Body, decode_body, event_id
from repatria.exchange.fold import apply
from repatria.exchange.state import Attachments, State, Verdict
from repatria.ledger.entry import Entry, decode_entry, is_signed_by
from repatria.problem import Problem

# Refusals of the fold that something else coming in can lift, unless the entry is forged: the fold comes to these
# before it comes to the signatures, or knows no key of the author yet.
_WAITING = ("chain.place", "seen.unknown", "refs.missing", "authority.member", "authority.key", "attachment.missing")
# Refusals that leave no trace in an author's chain: the entry is not the author's, or not as its author signs.
_AWAY = ("exchange.not_open", "exchange.other", "chain.replayed", "authority.quorum")


@dataclass(frozen=True)
class Decision:
    """What becomes of one entry. `applied` says whether one that is in takes effect."""

    entry: bytes
    event: str | None
    kind: str
    author: str
    applied: bool
    rule: str | None
    what: str

    @property
    def problem(self) -> Problem:
        rule = self.rule or ""
        event = "entry" if self.event is None else f"event {self.event[:16]}"
        where = f"{event} ({self.kind} by {self.author})" if self.kind else event
        return Problem(rule, where, self.what, advice(rule))


@dataclass(frozen=True)
class Decisions:
    """What came of all of them. `entries` are to be appended in this order; `state` has them already."""

    come_in: tuple[Decision, ...]
    waiting: tuple[Decision, ...]
    away: tuple[Decision, ...]
    known: tuple[Decision, ...]

    @property
    def entries(self) -> tuple[bytes, ...]:
        return tuple(decision.entry for decision in self.come_in)


@dataclass(frozen=True)
class _Caller:
    data: bytes
    entry: Entry
    body: Body
    event: str

    @property
    def place(self) -> tuple[str, int, str, bytes]:
        return self.body.author, self.body.seq, self.event, self.data

    def decision(self, rule: str | None, what: str, applied: bool = False) -> Decision:
        return Decision(self.data, self.event, self.body.kind, self.body.author, applied, rule, what)


def decide(
    state: State,
    entries: Iterable[bytes],
    attachments: Attachments,
    in_ledger: Callable[[int], bytes | None] = lambda index: None,
) -> Decisions:
    """Let in what may come in; `state` is changed by it.

    Args:
        attachments: those of the ledger and those that came with the entries.
        in_ledger: the entry at an index; where it gives None, an event known by its id counts as the same entry.
    """
    come_in: list[Decision] = []
    away: list[Decision] = []
    known: list[Decision] = []
    pending: list[_Caller] = []
    for data in sorted(set(entries)):
        try:
            entry = decode_entry(data)
            pending.append(_Caller(data, entry, decode_body(entry.body), event_id(entry.body)))
        except ValueError as error:
            away.append(Decision(data, None, "", "", False, "entry.malformed", str(error)))
    pending = _in_order(pending)
    held: dict[bytes, Decision] = {}
    while pending:
        still: list[_Caller] = []
        doubtful: list[_Caller] = []
        moved = False
        for caller in pending:
            if caller.data in held and _is_ahead(state, caller):
                still.append(caller)
                continue
            decision, fate = _try(state, caller, attachments, in_ledger)
            if fate == "in":
                come_in.append(decision)
                moved = True
            elif fate == "known":
                known.append(decision)
            else:
                held[caller.data] = decision
                still.append(caller)
                if fate == "refused":
                    doubtful.append(caller)
        pending = still
        if moved:
            continue
        if not doubtful:
            break
        for caller in doubtful:  # nothing else can take effect before them
            verdict = apply(state, caller.data, attachments)
            come_in.append(caller.decision(verdict.rule, verdict.what, verdict.applied))
        recorded = {caller.data for caller in doubtful}
        pending = [caller for caller in pending if caller.data not in recorded]
    waiting: list[Decision] = []
    for caller in pending:
        decision, stays = _judged(state, caller, held[caller.data])
        (waiting if stays else away).append(decision)
    return Decisions(tuple(come_in), tuple(waiting), tuple(away), tuple(known))


def attempt(state: State, entry: bytes, attachments: Attachments) -> Verdict:
    """Apply the entry if it takes effect; otherwise say why not and leave `state` as it was.

    Cheaper than a fork for each try. It rests on the reducers' rule to change nothing before they refuse.
    """
    size, refusals, days = state.size, len(state.refusals), len(state.days)
    breaches, deadlines = len(state.breaches), state.deadlines
    chains, times, events = state.chains.copy(), state.times.copy(), state.events
    verdict = apply(state, entry, attachments)
    if verdict.applied:
        return verdict
    state.size, state.chains, state.times = size, chains, times
    state.leaves.cut(size)
    del state.refusals[refusals:], state.days[days:], state.breaches[breaches:]
    state.deadlines = deadlines  # the passing of time puts another in its place
    if verdict.event is not None and events.get(verdict.event) == -1 - size:
        del events[verdict.event]
    return verdict


def _try(
    state: State, caller: _Caller, attachments: Attachments, in_ledger: Callable[[int], bytes | None]
) -> tuple[Decision, str]:
    """In, known, held (waiting or away, see `_judged`), or refused: its author's, and void, to be recorded last."""
    at = state.events.get(caller.event)
    if at is not None:
        there = in_ledger(at if at >= 0 else -1 - at)
        if there is None or there == caller.data:
            return caller.decision(None, ""), "known"
        return caller.decision("chain.replayed", "the event is in the ledger with other signatures"), "held"
    lacking = sum(1 for name in named_by(caller.body.data) if attachments(name) is None)
    if lacking and caller.body.exchange == state.exchange:
        return caller.decision("attachment.missing", f"{lacking} attachments that it names are not here"), "held"
    verdict = attempt(state, caller.data, attachments)
    decision = caller.decision(verdict.rule, verdict.what, verdict.applied)
    if verdict.applied:
        return decision, "in"
    rule = verdict.rule or ""
    if rule == "authority.key" and _is_forged(state, caller) is False:
        return decision, "refused"  # by a key of its author that does not stand
    held = rule in _WAITING or rule in _AWAY or rule.startswith("signature.")
    return decision, "held" if held and (rule != "exchange.not_open" or not state.exchange) else "refused"


def _judged(state: State, caller: _Caller, decision: Decision) -> tuple[Decision, bool]:
    """An entry that does not come in: whether it waits, or is turned away because nothing can ever let it in."""
    if decision.rule not in _WAITING:
        return decision, False
    if caller.body.member not in state.members:
        return changed(decision, rule="authority.member", what="its author is of no member of this exchange"), False
    if _is_forged(state, caller):
        return changed(decision, rule="signature.invalid", what="no key of its author has signed it"), False
    return decision, True


def _is_forged(state: State, caller: _Caller) -> bool | None:
    """Whether none of the keys that the author ever had signed this; None where no key of it is known yet."""
    member = state.members.get(caller.body.member)
    if "/" in caller.body.author:
        keys = [str(grant.key) for grant in state.keys.get(caller.body.author, ())]
    else:
        keys = [] if member is None else [str(member.key), *(str(grant.key) for grant in member.former)]
    if not keys:
        return None
    return not any(is_signed_by(caller.entry, bytes.fromhex(key)) for key in keys)


def _is_ahead(state: State, caller: _Caller) -> bool:
    """Whether an earlier event of the author is not in yet, and may still come."""
    body = caller.body
    ahead = body.seq > state.chains.get(body.author, (-1, None, 0))[0] + 1
    return ahead and body.prev is not None and body.prev not in state.events


def _in_order(callers: Iterable[_Caller]) -> list[_Caller]:
    """Who had seen less first, an earlier claimed time next; each author's own events in the order of their chain."""
    latest: dict[str, tuple[int, str]] = {}
    keyed = []
    for caller in sorted(callers, key=lambda each: each.place):
        author = caller.body.author
        latest[author] = max(latest.get(author, (0, "")), (caller.body.seen[0], caller.body.at))
        keyed.append((latest[author], caller.place, caller))
    return [caller for _, _, caller in sorted(keyed, key=lambda each: each[:2])]
