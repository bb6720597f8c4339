"""Each rule refuses what it is for, changes nothing but the record of it, and lets the repaired input pass.

A case is a rule, the phase at which a world stands, what breaks the rule there, and the same thing repaired.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import repatria.exchange
from repatria.deal.classes import PersonClass, encode_classes
from repatria.deal.terms import Disclosure, PlaceTerms, StageTerms, alone, encode_terms
from repatria.exchange.advice import advice
from repatria.exchange.always import paper_bytes
from repatria.exchange.codec import decode_body, encode_body
from repatria.exchange.consulting import offer_commitment
from repatria.exchange.counting import accounts, tallies
from repatria.exchange.documents import Answers, FinalList, ListRow, Plan, PlanLoad, write
from repatria.exchange.events import (
    AccessRefused,
    AnswersGiven,
    Author,
    CaseFound,
    ClaimRecorded,
    ClauseAgreed,
    ClauseOpened,
    ClauseProposed,
    Cleared,
    CountsPublished,
    Day,
    DisputeRaised,
    DisputeSettled,
    Event,
    ExchangeClosed,
    ExchangeOpened,
    FinalListSigned,
    Founder,
    IdentityConfirmed,
    InterviewHeld,
    KeyCompromised,
    KeyObjected,
    KeyRevoked,
    LinkJudged,
    LotteryHeld,
    LotteryRevealed,
    MedicalBoardDecided,
    NotGoing,
    OfferCarried,
    OfferReleased,
    Opaque,
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    PlanProposed,
    PlanRevised,
    PlanSigned,
    ProofOfLifeRecorded,
    RecordErased,
    RegisterCommitted,
    RegisterDisclosed,
    ReleaseConfirmed,
    RemainsIdentified,
    Resumed,
    RightGranted,
    RightReturned,
    RoundActivated,
    RoundClosed,
    Row,
    Sealed,
    Sha256,
    Signature,
    Slug,
    SoughtFound,
    StageAborted,
    StageReconciled,
    Suspended,
    TaskDone,
    TaskSet,
    TermsAmended,
    TermsSigned,
    Transcribed,
    Unconfirmed,
    Vkey,
    WithdrawnFromList,
)
from repatria.exchange.publishing import public_counts
from repatria.exchange.state import State, Verdict, dump_state
from repatria.ledger.canonical import decode
from repatria.ledger.entry import Entry, decode_entry, encode_entry, sign_entry
from repatria.ledger.note import ED25519, VerifierKey, format_vkey, public_key
from tests.exchange import test_agreeing
from tests.exchange.wide import Wide, list_of, wide_at
from tests.exchange.wide import list_event as list_event_of_wide
from tests.exchange.world import (
    COOLING_HOURS,
    CROSS,
    EXCHANGE,
    GULF,
    MEMBERS,
    NORTH,
    PARTIES,
    ROUND,
    SEALED,
    SOUTH,
    STRAITS,
    World,
    admission,
    answers_of,
    appointment,
    carry,
    commit_event,
    final_list,
    freeze_of,
    hours_pass,
    list_event,
    log_vkey,
    nonce_parts,
    number_of,
    opaque,
    plan_of,
    public,
    reconciliation,
    register_of,
    rotation,
    row_of,
    seed,
    sha,
    stage_opened,
    succession,
    terms_of,
    witness_key,
    world_at,
)

S1, BRIDGE, CAMP = Slug("s1"), Slug("bridge"), Slug("camp")
NORTH_DESK, SOUTH_DESK, GATE, VISITOR = "north/desk-bridge", "south/desk-bridge", "cross/gate-bridge", "cross/visitor"
DAY = Day("2025-12-08")
SUSPEND, RESUME = Suspended(ROUND), Resumed(ROUND)
Act = Callable[[World], Verdict]


@dataclass(frozen=True)
class Case:
    rule: str
    phase: str  # of the small world; "wide answered" is one of the wide world
    wrong: Act
    right: Act
    options: dict[str, Any] = field(default_factory=dict)


def at(case: Case) -> World:
    phase = case.phase.removeprefix("wide ")
    return world_at(phase, **case.options) if phase == case.phase else wide_at(phase)


def says(author: str, event: Callable[[World], Event] | Event, **options: Any) -> Act:
    """That author says that event, whatever comes of it."""

    def act(world: World) -> Verdict:
        return world.say(author, event(world) if callable(event) else event, **options)

    return act


def after(*acts: Act) -> Act:
    """The last of these, after the others took effect."""

    def act(world: World) -> Verdict:
        for each in acts[:-1]:
            verdict = each(world)
            assert verdict.applied, (verdict.kind, verdict.rule, verdict.what)
        return acts[-1](world)

    return act


def twice(one: Act) -> Act:
    return after(one, one)


def mine(world: World, at: int = 0) -> Opaque:
    return world.manifest(NORTH)[at]


def theirs(world: World, at: int = 0) -> Opaque:
    return world.manifest(SOUTH)[at]


# --- opening ----------------------------------------------------------------------------------------------------------


def opening(**changes: Any) -> Act:
    """The opening of the scenario, changed, as the first entry of a ledger."""

    def act(world: World) -> Verdict:
        event = founding(world)
        if "founders" in changes:
            changed = replace(event, founders=changes["founders"](event.founders))
        else:
            changed = replace(event, **changes)
        world.state, world.entries = State(), []
        return world.say(STRAITS, changed)

    return act


Founders = tuple[Founder, ...]


def founder(whose: str, **changes: Any) -> Callable[[Founders], Founders]:
    return lambda founders: tuple(replace(f, **changes) if f.member == whose else f for f in founders)


def without(member: str) -> Callable[[Founders], Founders]:
    return lambda founders: tuple(f for f in founders if f.member != member)


def north_admits(**changes: Any) -> Act:
    return says(NORTH, replace(admission(NORTH), **changes))


def disputes() -> Act:
    return says(NORTH, DisputeRaised(sha("it"), Slug("late")))


def appoints(member: str, delegate: str, role: str, place: str | None = None, key: str | None = None) -> Act:
    return says(member, appointment(delegate, role, place, key))


def revokes(member: str, delegate: str, key: str | None = None) -> Act:
    return says(member, KeyRevoked(Author(delegate), public(key or delegate)))


OPENING = [
    Case("exchange.rules", "founded", opening(rules=2), opening()),
    Case("exchange.founders", "founded", opening(founders=founder(SOUTH, member=NORTH)), opening()),
    Case("exchange.founders", "founded", opening(founders=founder(SOUTH, key=public(NORTH))), opening()),
    Case("exchange.founders", "founded", opening(founders=founder(SOUTH, role=Slug("mediator"))), opening()),
    Case("exchange.founders", "founded", opening(founders=founder(CROSS, role=Slug("observer"))), opening()),
    Case("exchange.founders", "founded", opening(founders=without(CROSS)), opening()),
    Case("exchange.founders", "founded", opening(founders=founder(STRAITS, role=Slug("neutral"))), opening()),
    Case("exchange.founders", "founded", opening(mediator_quorum=3), opening(mediator_quorum=1)),
    Case("exchange.founders", "founded", opening(founders=founder(NORTH, quorum=1)), opening()),
    Case("exchange.founders", "founded", opening(log=Vkey("repatria.test/log+00000000+" + "A" * 44)), opening()),
    Case("exchange.opened_twice", "opened", lambda w: w.say(STRAITS, founding(w)), opening()),
    Case("exchange.not_open", "founded", after(north_admits(), says(NORTH, SUSPEND)), north_admits()),
    Case("exchange.closed", "ended", disputes(), lambda w: disputes()(world_at("closed"))),
    Case("member.admitted", "founded", north_admits(member=SOUTH), north_admits()),
    Case("member.admitted", "founded", twice(north_admits()), north_admits()),
    Case("member.witness", "founded", north_admits(witness=Vkey("north+00000000+" + "A" * 44)), north_admits()),
    Case("member.witness", "founded", north_admits(witness=witness_key(SOUTH)), north_admits()),
    Case("member.witness", "founded", north_admits(witness_signature=Signature("0" * 128)), north_admits()),
    Case(
        "delegate.member",
        "opened",
        appoints(NORTH, "south/desk-x", "desk", "ford"),
        appoints(NORTH, "north/desk-x", "desk", "ford"),
    ),
    Case("delegate.member", "opened", appoints(NORTH, "north", "supervisor"), appoints(NORTH, "north/n", "supervisor")),
    Case("delegate.member", "opened", revokes(NORTH, "south/desk-bridge"), revokes(SOUTH, "south/desk-bridge")),
    Case(
        "delegate.name",
        "opened",
        appoints(NORTH, "north/sheet-1", "desk", "ford"),
        appoints(NORTH, "north/sheets", "desk", "ford"),
    ),
    Case(
        "delegate.name",
        "opened",
        after(revokes(CROSS, GATE), appoints(CROSS, GATE, "gate", "bridge", "cross/gate-bridge#2")),
        after(revokes(CROSS, GATE), appoints(CROSS, "cross/gate-bridge-2", "gate", "bridge")),
    ),
    Case("delegate.role", "opened", appoints(NORTH, "north/n", "general"), appoints(NORTH, "north/n", "supervisor")),
    Case(
        "delegate.role", "opened", appoints(NORTH, "north/n", "interviewer"), appoints(CROSS, "cross/n", "interviewer")
    ),
    Case("delegate.place", "opened", appoints(NORTH, "north/n", "desk"), appoints(NORTH, "north/n", "desk", "ford")),
    Case(
        "delegate.place",
        "opened",
        appoints(NORTH, "north/n", "supervisor", "ford"),
        appoints(NORTH, "north/n", "supervisor"),
    ),
    Case(
        "delegate.key",
        "opened",
        appoints(NORTH, "north/n", "desk", "ford", key="south/sig-1"),
        appoints(NORTH, "north/n", "desk", "ford"),
    ),
    Case(
        "delegate.standing",
        "opened",
        appoints(CROSS, VISITOR, "interviewer", key="cross/visitor#2"),
        after(revokes(CROSS, VISITOR), appoints(CROSS, VISITOR, "interviewer", key="cross/visitor#2")),
    ),
    Case("delegate.standing", "opened", revokes(NORTH, NORTH_DESK, SOUTH_DESK), revokes(NORTH, NORTH_DESK)),
    Case("delegate.standing", "opened", twice(revokes(NORTH, NORTH_DESK)), revokes(NORTH, NORTH_DESK)),
    Case(
        "delegate.gate",
        "opened",
        appoints(CROSS, "cross/gate-2", "gate", "bridge"),
        appoints(CROSS, "cross/gate-2", "gate", "ford"),
    ),
    Case(
        "delegate.physician",
        "opened",
        after(appoints(NORTH, "north/n", "physician"), appoints(NORTH, "north/m", "physician")),
        after(appoints(CROSS, "cross/n", "physician"), appoints(CROSS, "cross/m", "physician")),
    ),
]


# --- keys and the secretariat -----------------------------------------------------------------------------------------

SIG1, SIG2, SIG3 = "north/sig-1", "north/sig-2", "north/sig-3"


def rotates(
    author: str, new: str, *, by: str | None = None, old: str | None = None, signatories: int | None = None,
    **changes: Any,
) -> Act:  # fmt: skip
    return says(by or author, replace(rotation(author, new, old), **changes), signatories=signatories)


def objects(by: str, delegate: str, key: str | None = None) -> Act:
    return says(by, KeyObjected(Author(delegate), public(key or delegate)))


def compromised(by: str, author: str, since: int | None = None, key: str | None = None, **options: Any) -> Act:
    def act(world: World) -> Verdict:
        at = world.state.size if since is None else since
        return world.say(by, KeyCompromised(Author(author), public(key or author), at), **options)

    return act


def as_from_the_next(world: World) -> Verdict:
    return compromised(NORTH, NORTH_DESK, world.state.size + 1)(world)


def succeeds(by: str = GULF, **changes: Any) -> Act:
    return says(by, lambda w: replace(succession(w), **changes))


def other_origin() -> Vkey:
    return Vkey(format_vkey(VerifierKey("repatria.test/other", ED25519, public_key(seed("log#2")))))


RESCUE = {"signers": [SIG1, SIG2]}

KEYS = [
    Case("exchange.founders", "founded", opening(cooling_hours=24 * 14 + 1), opening(cooling_hours=24 * 14)),
    Case(
        "delegate.standing",
        "round",
        after(revokes(NORTH, SIG3), appoints(NORTH, SIG3, "signatory", key="north/sig-3#2")),
        after(revokes(NORTH, SIG3), lambda w: day_later(w), appoints(NORTH, SIG3, "signatory", key="north/sig-3#2")),
    ),
    Case("rotation.author", "opened", rotates(NORTH_DESK, "n#2", by=NORTH), rotates(NORTH, "n#2")),
    Case(
        "rotation.author",
        "opened",
        says("north/supervisor", rotation(NORTH, "n#2"), signers=["north/supervisor", SIG1, SIG2]),
        says(SIG1, rotation(NORTH, "n#2"), **RESCUE),
    ),
    Case("delegate.key", "opened", rotates(NORTH, "south/sig-1"), rotates(NORTH, "n#2")),
    Case("rotation.signature", "opened", rotates(NORTH, "n#2", signature=Signature("0" * 128)), rotates(NORTH, "n#2")),
    Case("rotation.key", "opened", rotates(NORTH, "n#2", old=SOUTH), rotates(NORTH, "n#2")),
    Case("rotation.key", "opened", rotates(SIG1, "s#2", old=SIG2), rotates(SIG1, "s#2")),
    Case("rotation.key", "round", after(rotates(SIG1, "s#2"), rotates(SIG1, "s#3")), rotates(SIG1, "s#2")),
    Case("authority.delegate", "opened", rotates(NORTH_DESK, "d#2"), rotates("north/supervisor", "d#2")),
    Case("authority.quorum", "opened", rotates(NORTH, "n#2", signatories=1), rotates(NORTH, "n#2")),
    Case(
        "authority.quorum",
        "opened",
        says(SIG1, rotation(NORTH, "n#2"), signers=[SIG1]),
        says(SIG1, rotation(NORTH, "n#2"), **RESCUE),
    ),
    Case("objection.about", "round", after(revokes(SOUTH, "south/sig-1"), objects(SIG1, "south/sig-1")),
         after(revokes(SOUTH, "south/sig-1"), objects("south/sig-2", "south/sig-1"))),
    Case("objection.about", "round", after(revokes(NORTH, SIG1), objects(SIG1, SIG1)),
         after(revokes(NORTH, SIG1), objects(SIG2, SIG1))),
    Case("objection.late", "round", objects(SIG2, SIG1), after(revokes(NORTH, SIG1), objects(SIG2, SIG1))),
    Case("objection.late", "round", after(revokes(NORTH, SIG1), lambda w: day_later(w), objects(SIG2, SIG1)),
         after(revokes(NORTH, SIG1), objects(SIG2, SIG1))),
    Case("authority.role", "opened", says(CROSS, StageAborted(S1, BRIDGE)), disputes()),
    Case("delegate.member", "opened", compromised(SOUTH, NORTH_DESK), compromised(NORTH, NORTH_DESK)),
    Case("compromise.since", "opened", as_from_the_next, compromised(NORTH, NORTH_DESK)),
    Case("compromise.replace", "opened", compromised(NORTH, NORTH, signatories=2),
         after(rotates(NORTH, "n#2"), lambda w: with_key(w, NORTH, "n#2"), compromised(NORTH, NORTH, signatories=2))),
    Case("compromise.key", "opened", compromised(NORTH, NORTH_DESK, key=SIG1), compromised(NORTH, NORTH_DESK)),
    Case("compromise.twice", "opened", twice(compromised(NORTH, NORTH_DESK, 16)),
         after(compromised(NORTH, NORTH_DESK, 16), compromised(NORTH, NORTH_DESK, 15))),
    Case("authority.quorum", "opened", compromised(NORTH, SIG3), compromised(NORTH, SIG3, signatories=2)),
    Case("secretariat.successor", "opened", succeeds(successor=SOUTH), succeeds()),
    Case("secretariat.successor", "opened", succeeds(successor=STRAITS), succeeds()),
    Case("secretariat.log", "opened", succeeds(log=witness_key(CROSS)), succeeds()),
    Case("secretariat.log", "opened", succeeds(log=other_origin()), succeeds()),
    Case("secretariat.log", "opened", succeeds(log=log_vkey()), succeeds()),
    Case("secretariat.log", "opened", succeeds(log=Vkey("repatria.test/log+00000000+" + "A" * 44)), succeeds()),
    Case("secretariat.checkpoint", "opened", succeeds(root=sha("another tree")), succeeds()),
    Case("secretariat.checkpoint", "opened", succeeds(size=9999), succeeds()),
]  # fmt: skip


def day_later(world: World) -> Verdict:
    hours_pass(world, COOLING_HOURS)
    return world.say(STRAITS, DisputeRaised(sha("it"), Slug("late")))


def with_key(world: World, author: str, key: str) -> Verdict:
    """Something harmless, with the key that the author has now."""
    world.keys[author] = key
    return disputes()(world)


def founding(world: World) -> ExchangeOpened:
    event = decode_body(decode_entry(world.entries[0]).body).data
    assert isinstance(event, ExchangeOpened)
    return event


# --- entries, chains, signatures --------------------------------------------------------------------------------------


def bytes_of(change: Callable[[Entry], bytes]) -> Act:
    return lambda world: world.take(change(decode_entry(world.entry(NORTH, SUSPEND))))


def wrong_signature(entry: Entry) -> bytes:
    (signature,) = entry.sigs
    return encode_entry(entry._replace(sigs=(signature._replace(sig=bytes(64)),)))


def old_seen(world: World) -> tuple[int, str]:
    return 1, world.state.root_at(1)


def refers(*refs: Callable[[World], str] | str) -> Act:
    def act(world: World) -> Verdict:
        return world.say(NORTH, SUSPEND, refs=tuple(ref(world) if callable(ref) else ref for ref in refs))

    return act


def refused_event(world: World) -> str:
    verdict = world.say(SOUTH, RESUME)
    assert not verdict.applied
    assert verdict.event is not None
    return verdict.event


ENTRIES = [
    Case("entry.malformed", "round", lambda w: w.take(b"{}"), says(NORTH, SUSPEND)),
    Case("entry.malformed", "round", bytes_of(lambda e: encode_entry(e)[:-1]), bytes_of(encode_entry)),
    Case("entry.malformed", "round", lambda w: w.take(of_another_kind(w)), says(NORTH, SUSPEND)),
    Case("exchange.not_open", "founded", lambda w: World(w.scenario).say(NORTH, SUSPEND), opening()),
    Case("exchange.other", "round", says(NORTH, SUSPEND, exchange="f" * 32), says(NORTH, SUSPEND)),
    Case("chain.replayed", "round", after(says(NORTH, SUSPEND), lambda w: w.take(w.entries[-1])), says(NORTH, SUSPEND)),
    Case("chain.place", "round", says(NORTH, SUSPEND, seq=99, prev=sha("not here")), says(NORTH, SUSPEND)),
    Case("chain.forked", "round", says(NORTH, SUSPEND, seq=0), says(NORTH, SUSPEND)),
    Case(
        "chain.forked", "round", lambda w: w.say(NORTH, SUSPEND, seq=next_seq(w), prev=sha("x")), says(NORTH, SUSPEND)
    ),
    Case("chain.forked", "round", says(NORTH, SUSPEND, seq=99, prev=None), says(NORTH, SUSPEND)),
    Case("seen.unknown", "round", says(NORTH, SUSPEND, seen=(9999, sha("root"))), says(NORTH, SUSPEND)),
    Case("seen.fork", "round", lambda w: w.say(NORTH, SUSPEND, seen=(w.state.size, sha("root"))), says(NORTH, SUSPEND)),
    Case("seen.backwards", "round", lambda w: w.say(NORTH, SUSPEND, seen=old_seen(w)), says(NORTH, SUSPEND)),
    Case("signature.unknown", "round", says(NORTH, SUSPEND, signers=[NORTH, SOUTH]), says(NORTH, SUSPEND)),
    Case("signature.invalid", "round", bytes_of(wrong_signature), bytes_of(encode_entry)),
    Case("signature.author", "round", says(NORTH, SUSPEND, signers=["north/sig-1"]), says(NORTH, SUSPEND)),
    Case("refs.missing", "round", refers(sha("not here")), refers(lambda w: w.state.chains[SOUTH][1])),
    Case("refs.refused", "round", refers(refused_event), refers(lambda w: w.state.chains[SOUTH][1])),
    Case("authority.member", "round", says("stranger", SUSPEND, signatories=0), says(NORTH, SUSPEND)),
    Case("authority.member", "founded", says(NORTH, appointment("north/n", "supervisor")), north_admits()),
    Case("authority.key", "round", says("north/nobody", SUSPEND), says(NORTH, SUSPEND)),
    Case(
        "authority.key",
        "cleared",
        after(revokes(CROSS, VISITOR), says(VISITOR, lambda w: word(w, NotGoing))),
        says(VISITOR, lambda w: word(w, NotGoing)),
    ),
    Case("authority.role", "round", says(CROSS, SUSPEND), says(NORTH, SUSPEND)),
    Case(
        "authority.role",
        "cleared",
        says(NORTH_DESK, lambda w: word(w, Cleared)),
        says(VISITOR, lambda w: word(w, Cleared)),
    ),
    Case("authority.role", "founded", lambda w: World(w.scenario).say(NORTH, founding(w)), opening()),
    Case("authority.delegate", "round", says(NORTH_DESK, SUSPEND), says(NORTH, SUSPEND)),
    Case("authority.delegate", "granted", says(CROSS, lambda w: presented(w)), says(GATE, lambda w: presented(w))),
    Case("authority.delegate", "granted", says(VISITOR, lambda w: presented(w)), says(GATE, lambda w: presented(w))),
    Case(
        "authority.quorum",
        "terms",
        after(says(SOUTH, SUSPEND), says(NORTH, RESUME, signatories=1)),
        after(says(SOUTH, SUSPEND), says(NORTH, RESUME, signatories=2)),
    ),
    Case(
        "authority.quorum",
        "opened",
        says(NORTH, appointment("north/n", "supervisor"), signatories=1),
        says(NORTH, appointment("north/n", "supervisor"), signatories=2),
    ),
]


def of_another_kind(world: World) -> bytes:
    """A body of no kind that there is, rightly signed."""
    body = encode_body(world.body(NORTH, SUSPEND)).replace(b'"kind":"Suspended"', b'"kind":"Forgotten"')
    return encode_entry(sign_entry(body, [seed(NORTH)]))


def next_seq(world: World) -> int:
    return world.state.chains[NORTH][0] + 1


# --- consultation -----------------------------------------------------------------------------------------------------

TOTAL = Slug("total-north")


def terms(author: str = NORTH, **changes: Any) -> Act:
    def act(world: World) -> Verdict:
        data = encode_terms(replace(terms_of(world.scenario), **changes))
        return world.say(author, TermsSigned(ROUND, world.attach(data)))

    return act


def signed_by_three(world: World) -> Verdict:
    data = encode_terms(replace(terms_of(world.scenario), quorums={"north": 3}))
    return world.say(NORTH, TermsSigned(ROUND, world.attach(data)), 3)


GULF_SIGNS = {"terms": ("gulf",)}
TO_CROSS = Disclosure(("neutral",), ("family_name", "rank"))
TO_A_STRANGER = Disclosure(("stranger",), ("rank",))
IN_FORCE_TO_CROSS = (terms(disclosure=TO_CROSS), terms(SOUTH, disclosure=TO_CROSS))
EAST = ("north", "east")
EASTERN = (StageTerms("s1", "2025-12-10", "school", (PlaceTerms("bridge", 1, {"north": 2, "east": 2}),)),)


def proposes(value: int | str, round_: str = ROUND) -> Act:
    return says(GULF, ClauseProposed(Slug(round_), Slug("ceiling"), value if isinstance(value, int) else Slug(value)))


def opens_clause(kind: str = "number", *words: str) -> Act:
    return says(GULF, ClauseOpened(ROUND, Slug("ceiling"), Slug(kind), tuple(Slug(word) for word in words)))


def carries(to: str = SOUTH, clause: str = "ceiling") -> Act:
    """Gulf carries north's offer of 3."""
    commitment = offer_commitment(bytes.fromhex(sha("salt")), EXCHANGE, ROUND, clause, NORTH, 3)
    return says(GULF, OfferCarried(ROUND, Slug(clause), Slug(to), commitment, sha("letter")))


def releases_offer(author: str = NORTH, value: int = 3, salt: str = "salt") -> Act:
    def event(world: World) -> OfferReleased:
        return OfferReleased(ROUND, Sha256(next(iter(world.state.offers), sha("no offer"))), value, sha(salt))

    return says(author, event)


def sets(author: str = GULF, task: str = "transport", owner: str = NORTH, due: str = "2025-12-03") -> Act:
    return says(author, TaskSet(ROUND, Slug(task), Slug(owner), Day(due)))


def does(author: str = NORTH) -> Act:
    return says(author, TaskDone(ROUND, Slug("transport"), NORTH))


def both(acts: Iterable[Act]) -> tuple[Act, Act]:
    """What breaks the rule, and the same repaired: they differ in one value."""
    wrong, right = acts
    return wrong, right


def agrees(value: int, clause: str = "ceiling", author: str = NORTH) -> Act:
    return says(author, ClauseAgreed(ROUND, Slug(clause), value))


NEXT = Slug("2026-1")
OTHER_SIDES: dict[str, Any] = {
    "sides": {"left": ("north",), "right": ("south",)},
    "totals": {"left": 2, "right": 2},
    "stages": (StageTerms("s1", "2025-12-10", "school", (PlaceTerms("bridge", 1, {"left": 2, "right": 2}),)),),
}
MOVED = (StageTerms("s1", "2025-12-11", "school", (PlaceTerms("bridge", 1, {"north": 40, "south": 40}),)),)


def amends(**changes: Any) -> Act:
    """North signs terms that differ in this from those in force."""

    def act(world: World) -> Verdict:
        name = world.attach(encode_terms(replace(terms_of(world.scenario), **changes)))
        assert world.state.terms is not None
        return world.say(NORTH, TermsAmended(ROUND, name, world.state.terms))

    return act


def next_round(world: World) -> Verdict:
    """A second round is activated, and its totals agreed."""
    world.all_must((*PARTIES, GULF), RoundActivated(NEXT, DAY))
    for party in PARTIES:
        clause = Slug(f"total-{party}")
        world.must(GULF, ClauseProposed(NEXT, clause, 2))
        world.must(NORTH, ClauseAgreed(NEXT, clause, 2))
        verdict = world.say(SOUTH, ClauseAgreed(NEXT, clause, 2))
    return verdict


def next_terms(stage: str) -> Act:
    """Terms of the second round, with a stage of that name."""

    def act(world: World) -> Verdict:
        terms = terms_of(world.scenario)
        stages = (replace(terms.stages[0], stage=stage),)
        data = encode_terms(replace(terms, round=NEXT, stages=stages))
        return world.say(NORTH, TermsSigned(NEXT, world.attach(data)))

    return act


CONSULTATION = [
    Case("round.open", "round", says(NORTH, RoundActivated(Slug("2026-1"), DAY)), says(NORTH, SUSPEND)),
    Case("round.not_open", "opened", proposes(3), says(NORTH, RoundActivated(ROUND, DAY))),
    Case("round.not_open", "round", proposes(3, "2026-1"), proposes(3)),
    Case(
        "assent.twice",
        "opened",
        twice(says(NORTH, RoundActivated(ROUND, DAY))),
        says(NORTH, RoundActivated(ROUND, DAY)),
    ),
    Case("clause.proposed", "round", agrees(3), after(proposes(3), agrees(3))),
    Case("clause.proposed", "round", after(proposes(3), agrees(4)), after(proposes(4), proposes(3), agrees(4))),
    Case("clause.agreed", "clauses", agrees(2, TOTAL), after(proposes(3), agrees(3))),
    Case("clause.agreed", "clauses", says(GULF, ClauseProposed(ROUND, TOTAL, 3)), proposes(3)),
    Case("offer.to", "round", carries(to=GULF), carries(to=NORTH)),
    Case("offer.to", "round", carries(to="stranger"), carries(to=SOUTH)),
    Case("clause.agreed", "clauses", carries(clause=TOTAL), carries()),
    Case("clause.open", "round", twice(opens_clause()), opens_clause()),
    Case("clause.kind", "round", opens_clause("colour"), opens_clause("date")),
    Case("clause.words", "round", opens_clause("word", "bus"), opens_clause("word", "bus", "train")),
    Case("clause.words", "round", opens_clause("word", "bus", "bus"), opens_clause("word", "bus", "train")),
    Case("clause.words", "round", opens_clause("number", "bus", "train"), opens_clause("number")),
    Case("clause.unopened", "round", proposes("2025-12-20"), after(opens_clause("date"), proposes("2025-12-20"))),
    Case("clause.value", "round", *both(after(opens_clause("date"), proposes(v)) for v in (20, "2025-12-20"))),
    Case("clause.value", "round", *both(after(opens_clause("date"), proposes(v)) for v in ("bus", "2025-12-20"))),
    Case("clause.value", "round", *both(after(opens_clause(), proposes(v)) for v in ("2025-12-20", 20))),
    Case(
        "clause.value", "round",
        *both(after(opens_clause("word", "bus", "train"), proposes(v)) for v in ("ship", "train")),
    ),
    Case("offer.unknown", "round", releases_offer(), after(carries(), releases_offer())),
    Case("offer.released", "round", after(carries(), twice(releases_offer())), after(carries(), releases_offer())),
    Case("offer.opening", "round", *both(after(carries(), releases_offer(value=v)) for v in (4, 3))),
    Case("offer.opening", "round", *both(after(carries(), releases_offer(salt=s)) for s in ("other", "salt"))),
    Case("offer.opening", "round", *both(after(carries(), releases_offer(author=a)) for a in (SOUTH, NORTH))),
    Case("offer.opening", "round", *both(after(carries(), releases_offer(author=a)) for a in (GULF, NORTH))),
    Case(
        "clause.agreed", "round",
        after(carries(), proposes(3), agrees(3), agrees(3, author=SOUTH), releases_offer()),
        after(carries(), proposes(3), agrees(3), releases_offer()),
    ),
    Case(
        "clause.value", "round",
        *both(after(carries(), opens_clause(kind), releases_offer()) for kind in ("date", "number")),
    ),
    Case("round.used", "closed", says(NORTH, RoundActivated(ROUND, DAY)), says(NORTH, RoundActivated(NEXT, DAY))),
    Case("terms.stage", "closed", after(next_round, next_terms("s1")), after(next_round, next_terms("t1"))),
    Case("terms.sides", "terms", amends(**OTHER_SIDES), amends(bound=2)),
    Case("amend.replaces", "terms", amends(), amends(bound=2)),
    Case("amend.stage_open", "received", amends(bound=2), says(NORTH, SUSPEND)),
    Case("amend.opened", "reconciled", amends(chance_days=7, stages=MOVED), amends(bound=2)),
    Case("task.code", "round", sets(task="lunch"), sets()),
    Case("task.owner", "round", sets(owner="stranger"), sets()),
    Case("task.owner", "round", sets(NORTH, owner=SOUTH), sets(NORTH, owner=NORTH)),
    Case("task.owner", "round", after(sets(), does(GULF)), after(sets(), does())),
    Case("task.same", "round", twice(sets()), after(sets(), sets(due="2025-12-05"))),
    Case("task.unknown", "round", does(), after(sets(), does())),
    Case("task.done", "round", after(sets(), twice(does())), after(sets(), does())),
    Case("task.done", "round", after(sets(), does(), sets(due="2025-12-05")), sets(due="2025-12-05")),
    Case("terms.in_force", "terms", terms(bound=2), says(NORTH, SUSPEND)),
    Case("terms.form", "clauses", says(NORTH, lambda w: TermsSigned(ROUND, w.attach(b"{}"))), terms()),
    Case("terms.form", "clauses", terms(chance_days=8), terms(chance_days=6)),
    Case("terms.round", "clauses", terms(round="2026-1"), terms()),
    Case(
        "terms.round",
        "clauses",
        terms(parties=("north", "east"), sides=alone(EAST), totals={"north": 2, "east": 2}, stages=EASTERN),
        terms(),
    ),
    Case("terms.neutral", "clauses", terms(neutral="gulf"), terms()),
    Case("terms.members", "clauses", terms(signatures={"plan": ("stranger",)}), terms(signatures={"plan": (CROSS,)})),
    Case("terms.members", "clauses", terms(disclosure=TO_A_STRANGER), terms(disclosure=TO_CROSS)),
    Case("terms.quorum", "clauses", terms(quorums={"north": 2}), terms(quorums={"south": 3})),
    Case("terms.members", "clauses", terms(quorums={"stranger": 3}), terms(quorums={"south": 3})),
    Case("asked.quorum", "clauses", terms(quorums={"north": 3}), signed_by_three),
    Case(
        "asked.member",
        "clauses",
        after(terms(), terms(GULF)),
        after(terms(signatures=GULF_SIGNS), terms(GULF, signatures=GULF_SIGNS)),
    ),
    Case(
        "asked.first",
        "clauses",
        terms(GULF, signatures=GULF_SIGNS),
        after(terms(signatures=GULF_SIGNS), terms(GULF, signatures=GULF_SIGNS)),
    ),
    Case("terms.clause", "clauses", terms(totals={"north": 2, "south": 3}), terms()),
    Case("terms.clause", "round", terms(), says(NORTH, SUSPEND)),
    Case("terms.none", "clauses", says(NORTH, lambda w: FinalListSigned(ROUND, NORTH, 1, *[sha("x")] * 5)), terms()),
    Case("attachment.missing", "clauses", says(NORTH, TermsSigned(ROUND, sha("not here"))), terms()),
]


# --- lists ------------------------------------------------------------------------------------------------------------

NEW = opaque("another register")
SOUGHT, HELD = Slug("sought"), Slug("held")


def commits(kind: str = "sought", register: str = NEW) -> Act:
    return says(NORTH, RegisterCommitted(Opaque(register), Slug(kind), 1, 3, sha("root")))


def discloses(author: str = NORTH, register: str = NEW, to: tuple[str, ...] = (SOUTH,)) -> Act:
    return says(author, RegisterDisclosed(Opaque(register), tuple(map(Slug, to)), sha("sealed")))


def answers(version: int = 1, count: int | None = None, **changes: Any) -> Act:
    """North's answers to south's register."""

    def act(world: World) -> Verdict:
        given = answers_of(world, NORTH)
        if "rows" in changes:
            given = replace(given, answers=changes["rows"](given.answers))
        if "register" in changes:
            given = replace(given, register=changes["register"])
        name = world.attach(write(given))
        return world.say(
            NORTH, AnswersGiven(register_of(SOUTH), version, name, len(given.answers) if count is None else count)
        )

    return act


def lists(
    change: Callable[[FinalList], FinalList] = lambda each: each, classes: bytes | None = None, **event: Any
) -> Act:
    """North's half, changed, signed by north."""

    def act(world: World) -> Verdict:
        version = 1 if NORTH not in world.state.lists else world.state.lists[NORTH].version + 1
        signed = list_event(world, change(final_list(world, NORTH, version)), classes)
        return world.say(NORTH, replace(signed, **event))

    return act


def rows(change: Callable[[Any], Any]) -> Callable[[FinalList], FinalList]:
    return lambda listed: replace(listed, rows=tuple(change(listed.rows)))


def grouped(*groups: tuple[int, ...]) -> Callable[[FinalList], FinalList]:
    """Counted people of the list, by position among them, who go together."""

    def change(listed: FinalList) -> FinalList:
        numbers = [row.number for row in listed.rows if row.class_id == opaque(f"class {listed.holder}")]
        return replace(listed, together=tuple(tuple(numbers[at] for at in group) for group in groups))

    return change


def mixed(listed: FinalList) -> FinalList:
    """One of the ratio and one outside it are to go together: who is outside would wait for the balance."""
    inside, ill, *others = listed.rows
    ill = replace(ill, class_id=opaque(f"class {listed.holder} outside"))
    return replace(listed, rows=(inside, ill, *others), together=((inside.number, ill.number),))


def in_order(changed: list[Any]) -> list[Any]:
    return sorted(changed, key=lambda row: row.number)


def takes_out(world: World) -> Verdict:
    """A later version of north's list has its first person outside the ratio."""
    ill, outside = mine(world), opaque("class north outside")
    return lists(rows(lambda r: tuple(replace(e, class_id=outside) if e.number == ill else e for e in r)))(world)


def gives_back(world: World) -> Verdict:
    return world.say(NORTH_DESK, RightReturned(S1, BRIDGE, 1, (mine(world),)))


def wide_list(change: Callable[[ListRow], ListRow] = lambda row: row) -> Act:
    """West's half in the exchange of many parties, with its one row changed."""

    def act(world: World) -> Verdict:
        assert isinstance(world, Wide)
        listed = list_of(world, "west")
        return world.say("west", list_event_of_wide(world, replace(listed, rows=tuple(map(change, listed.rows)))))

    return act


def same_side(world: World) -> Verdict:
    """Alba asks West, on its own side, about its people, and West answers "held" for one of them."""
    assert isinstance(world, Wide)
    world.must("alba", RegisterDisclosed(world.register("alba"), (Slug("west"),), sha("sealed")))
    words = (("00000001", "held"), ("00000003", "not_held"))
    name = world.attach(write(Answers(world.register("alba"), tuple((Row(row), word) for row, word in words))))
    return world.say("west", AnswersGiven(world.register("alba"), 1, name, 2))


def to_alba(row: ListRow) -> ListRow:
    return replace(row, register=opaque("wide register of alba"), row=Row("00000001"), to=Slug("alba"))


LISTS = [
    Case("register.kind", "terms", commits("missing"), commits("held")),
    Case("register.twice", "terms", twice(commits()), commits()),
    Case("register.unknown", "terms", discloses(), after(commits(), discloses())),
    Case(
        "register.owner",
        "registers",
        discloses(SOUTH, register_of(NORTH), (NORTH,)),
        discloses(NORTH, register_of(NORTH)),
    ),
    Case(
        "register.beyond_terms",
        "clauses",
        after(*IN_FORCE_TO_CROSS, commits(), discloses()),
        after(*IN_FORCE_TO_CROSS, commits(), discloses(to=(CROSS,))),
    ),
    Case("register.held_whole", "terms", after(commits("held"), discloses()), after(commits(), discloses())),
    Case(
        "register.to", "registers", discloses(NORTH, register_of(NORTH), (NORTH,)), discloses(NORTH, register_of(NORTH))
    ),
    Case(
        "register.to",
        "registers",
        discloses(NORTH, register_of(NORTH), ("stranger",)),
        discloses(NORTH, register_of(NORTH), (CROSS,)),
    ),
    Case(
        "register.not_disclosed",
        "registers",
        answers(),
        after(discloses(SOUTH, register_of(SOUTH), (NORTH,)), answers()),
    ),
    Case(
        "register.not_disclosed",
        "disclosed",
        says(NORTH, LinkJudged(register_of(NORTH), 1, 1, 0, sha("root"))),
        says(NORTH, LinkJudged(register_of(SOUTH), 1, 1, 0, sha("root"))),
    ),
    Case("answers.version", "disclosed", answers(2), answers(1)),
    Case("answers.version", "answered", answers(1), answers(2)),
    Case("answers.count", "disclosed", answers(count=99), answers()),
    Case("answers.count", "disclosed", answers(register=NEW), answers()),
    Case(
        "answers.count",
        "disclosed",
        answers(rows=lambda a: tuple(sorted([*a, *((Row(f"0000000{i}"), "held") for i in range(9))]))),
        answers(),
    ),
    Case("answers.form", "disclosed", answers(rows=lambda a: (a[0], *a)), answers()),
    Case("answers.form", "disclosed", answers(rows=lambda a: a[::-1]), answers()),
    Case("answers.form", "disclosed", answers(rows=lambda a: ((a[0][0], "perhaps"), *a[1:])), answers()),
    Case(
        "attachment.form",
        "disclosed",
        says(NORTH, lambda w: AnswersGiven(register_of(SOUTH), 1, w.attach(b"no"), 1)),
        answers(),
    ),
    Case("list.version", "answered", lists(version=2), lists()),
    Case("list.form", "answered", lists(lambda each: replace(each, holder=SOUTH), holder=NORTH), lists()),
    Case("list.form", "answered", lists(lambda each: replace(each, version=2), version=1), lists()),
    Case("list.form", "answered", lists(rows(lambda r: r[::-1])), lists()),
    Case("list.form", "answered", lists(rows(lambda r: (r[0], replace(r[1], row=r[0].row)))), lists()),
    Case("list.root", "answered", lists(root=sha("another root")), lists()),
    Case("list.register", "answered", lists(rows(lambda r: (replace(r[0], register=register_of(NORTH)),))), lists()),
    Case("list.register", "disclosed", lists(), after(answers(), lists())),
    Case("list.to", "wide answered", wide_list(lambda r: replace(r, to=Slug("strand"))), wide_list()),
    Case("list.side", "wide answered", after(same_side, wide_list(to_alba)), wide_list()),
    Case("list.unilateral", "answered", lists(rows(lambda r: (replace(r[0], row=row_of(NORTH, 2)), *r[1:]))), lists()),
    Case("list.together", "answered", lists(grouped((0,))), lists(grouped((0, 1)))),
    Case("list.together", "answered", lists(grouped((1, 0))), lists(grouped((0, 1)))),
    Case("list.together", "answered", lists(grouped((0, 1), (0, 1))), lists(grouped((0, 1)))),
    Case(
        "list.together",
        "answered",
        lists(lambda each: replace(each, together=((each.rows[0].number, opaque("nobody")),))),
        lists(grouped((0, 1))),
    ),
    Case("list.together", "answered", lists(mixed), lists(grouped((0, 1)))),
    Case("list.together", "planned", lists(grouped((0, 1))), lists()),
    Case("list.class", "answered", lists(rows(lambda r: (replace(r[0], class_id=opaque("x")), *r[1:]))), lists()),
    Case(
        "list.class",
        "listed",
        lists(lambda each: each, encode_classes([PersonClass(opaque("class north"), 1, 2, True, False)])),
        lists(),
    ),
    Case(
        "list.price",
        "answered",
        lists(lambda each: each, encode_classes([PersonClass(opaque("class north"), 2, 1, True, False)])),
        lists(),
    ),
    Case(
        "list.number",
        "listed",
        after(
            lambda w: w.say(
                NORTH,
                AnswersGiven(
                    register_of(SOUTH), 2, w.attach(write(answers_of(w, NORTH, **{row_of(NORTH, 2): "held"}))), 4
                ),
            ),
            lists(rows(lambda r: in_order([*r, replace(r[0], number=opaque("person south 0"), row=row_of(NORTH, 2))]))),
        ),
        lists(),
    ),
    Case("list.in_hand", "granted", takes_out, after(gives_back, takes_out)),
    Case("list.drops", "listed", lists(rows(lambda r: r[1:])), lists()),
    Case(
        "list.again",
        "listed",
        lists(rows(lambda r: (replace(r[0], row=r[1].row), replace(r[1], row=r[0].row)))),
        lists(),
    ),
    Case("attachment.form", "answered", lists(lambda each: each, b"{}"), lists()),
]


# --- clearing ---------------------------------------------------------------------------------------------------------


def word(
    world: World, kind: type[Cleared | NotGoing] = Cleared, place: str = CAMP, numbers: list[Opaque] | None = None
) -> Cleared | NotGoing:
    return kind(Slug(place), DAY, tuple(numbers if numbers is not None else [mine(world)]))


def gives(author: str, kind: type[Cleared | NotGoing], *numbers: Callable[[World], Opaque], place: str = CAMP) -> Act:
    return says(author, lambda world: word(world, kind, place, [number(world) for number in numbers]))


def access(holder: str, *numbers: Callable[[World], Opaque]) -> Act:
    return says(VISITOR, lambda w: AccessRefused(CAMP, DAY, Slug(holder), tuple(number(w) for number in numbers)))


def padding(world: World) -> Opaque:
    return opaque("padding")


DOCTOR, OTHERS, NEUTRALS = "north/doctor", "south/doctor", ("cross/doctor-1", "cross/doctor-2")


def seated(world: World) -> Verdict:
    """A physician of each party, and two neutral ones."""
    for author in (DOCTOR, OTHERS, NEUTRALS[0]):
        world.must(author.partition("/")[0], appointment(author, "physician"))
    return world.say(CROSS, appointment(NEUTRALS[1], "physician"))


def sees(
    numbers: tuple[Callable[[World], Opaque], ...] = (), register: str | None = None, rows: tuple[Row, ...] = (),
    kind: type[ProofOfLifeRecorded | IdentityConfirmed] = ProofOfLifeRecorded,
) -> Act:  # fmt: skip
    of = None if register is None else Opaque(register)
    return says(VISITOR, lambda w: kind(CAMP, DAY, of, rows, tuple(number(w) for number in numbers)))


def decides(
    board: str = "own", *, by: str | None = None, holder: str = NORTH, sealed: str = SEALED,
    also: tuple[str, ...] = NEUTRALS[1:],
) -> Act:  # fmt: skip
    """A board has decided: north's physician, or a commission by one neutral member and `also`."""
    author = by or (NEUTRALS[0] if board == "mixed" else DOCTOR)
    event = MedicalBoardDecided(CAMP, DAY, Slug(holder), Slug(board), Sealed(sealed))
    return says(author, event, signers=[author, *(also if board == "mixed" else ())])


CLEARING = [
    Case(
        "interview.size",
        "listed",
        says(VISITOR, InterviewHeld(CAMP, DAY, Sealed(SEALED[:-4]))),
        says(VISITOR, InterviewHeld(CAMP, DAY, Sealed(SEALED))),
    ),
    Case("board.kind", "opened", *both(after(seated, decides(board=board)) for board in ("court", "own"))),
    Case("board.holder", "opened", *both(after(seated, decides("mixed", holder=who)) for who in (GULF, SOUTH))),
    Case("board.member", "opened", *both(after(seated, decides("own", by=who)) for who in (OTHERS, DOCTOR))),
    Case(
        "board.size",
        "opened",
        *both(after(seated, decides(sealed=sealed)) for sealed in (SEALED[:-4], SEALED)),
    ),
    Case("authority.quorum", "opened", *both(after(seated, decides("mixed", also=who)) for who in ((), NEUTRALS[1:]))),
    Case("sight.who", "listed", *both(sees(numbers=n) for n in ((), (mine,)))),
    Case("sight.who", "listed", *both(sees(register=r, rows=(row_of(NORTH, 0),)) for r in (None, register_of(SOUTH)))),
    Case("sight.who", "listed", *both(sees(register=r, numbers=(mine,)) for r in (register_of(SOUTH), None))),
    Case("sight.twice", "listed", *both(sees(numbers=n) for n in ((mine, mine), (mine, padding)))),
    Case(
        "sight.register",
        "listed",
        *both(sees(register=r, rows=(row_of(NORTH, 0),)) for r in (opaque("none"), register_of(SOUTH))),
    ),
    Case("access.holder", "listed", access(NORTH, mine, theirs), access(NORTH, mine)),
    Case("access.holder", "listed", access(GULF, mine), access(NORTH, mine)),
    Case("access.nobody", "listed", access(NORTH, padding), access(NORTH, padding, mine)),
    Case("word.twice", "listed", gives(VISITOR, Cleared, mine, mine), gives(VISITOR, Cleared, mine, padding)),
    Case("word.place", "granted", gives(GATE, Cleared, mine, place="quay"), gives(GATE, Cleared, mine, place="bridge")),
    Case("word.gate", "stage-open", gives(GATE, NotGoing, mine, place="bridge"), gives(VISITOR, NotGoing, mine)),
    Case(
        "word.after_gate",
        "presented",
        gives(GATE, NotGoing, mine, place="bridge"),
        after(
            says(NORTH_DESK, lambda w: returned(w, mine(w))),
            lambda w: w.say(GATE, word(w, NotGoing, BRIDGE), refs=(w.state.persons[mine(w)].right.returned,)),
        ),
    ),  # type: ignore[union-attr]
]


# --- draw and plan ----------------------------------------------------------------------------------------------------


def reveals(author: str, member: str, of: str | None = None, freeze: str | None = None, parts: int = 3) -> Act:
    def act(world: World) -> Verdict:
        name = freeze or (world.state.draw.freeze if world.state.draw else commit_event(world, NORTH).freeze)
        known = nonce_parts(of or member)[:parts]
        return world.say(author, LotteryRevealed(ROUND, Sha256(name), Slug(member), known))

    return act


def holds(author: str, *members: str, freeze: str | None = None) -> Act:
    def act(world: World) -> Verdict:
        name = freeze or (world.state.draw.freeze if world.state.draw else commit_event(world, NORTH).freeze)
        return world.say(author, LotteryHeld(ROUND, Sha256(name), tuple(map(Slug, members))))

    return act


def freezes(**changes: Any) -> Act:
    return says(NORTH, lambda w: commit_event(w, NORTH, replace(freeze_of(w), **changes)))


def proposes_plan(change: Callable[[Plan], Plan] = lambda plan: plan, **changes: Any) -> Act:
    return says(GULF, lambda w: PlanProposed(ROUND, w.attach(write(change(replace(plan_of(w), **changes))))))


def revises_plan(change: Callable[[Plan], Plan] = lambda plan: plan, replaces: str | None = None) -> Act:
    def act(world: World) -> Verdict:
        assert world.state.plan is not None
        plan = change(plan_of(world, world.state.plan))
        return world.say(GULF, PlanRevised(ROUND, world.attach(write(plan)), Sha256(replaces or world.state.plan)))

    return act


def stage(**changes: Any) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, stages=(replace(plan.stages[0], **changes), *plan.stages[1:]))


def place(change: Callable[[Any], Any]) -> Callable[[Plan], Plan]:
    return lambda plan: stage(places=tuple(change(plan.stages[0].places)))(plan)


def sequence(change: Callable[[Any], Any]) -> Callable[[Plan], Plan]:
    return place(lambda places: [replace(places[0], sequence=tuple(change(places[0].sequence)))])


def loads(*runs: tuple[int, int]) -> Callable[[Plan], Plan]:
    """The first place with these runs leaving together: the position of the first, and how many."""
    told = tuple(PlanLoad(None, first, people) for first, people in runs)
    return place(lambda places: [replace(places[0], loads=told)])


def joins(world: World) -> Verdict:
    """Somebody else comes on north's list."""
    test_agreeing.answer_again(world, NORTH, **{row_of(NORTH, 2): "held"})
    event = list_event(world, test_agreeing.grown(world, NORTH, row_of(NORTH, 2)))
    world.must(NORTH, event)
    return world.say(SOUTH, event)


def in_place_of_the_first(number: str) -> Callable[[Plan], Plan]:
    return sequence(lambda slots: (*slots[1:], (Opaque(number), NORTH)))


TWO = {"people": (4, 4), "stages": 2}
PLANNING = [
    Case("plan.undrawn", "planned", after(joins, revises_plan(in_place_of_the_first(opaque("one more")))),
         after(joins, revises_plan(in_place_of_the_first(number_of(NORTH, 0))))),
    Case("draw.freeze", "cleared", freezes(lists={}), freezes()),
    Case("draw.freeze", "cleared", freezes(classes={"north": sha("x"), "south": sha("y")}), freezes()),
    Case("draw.freeze", "cleared", freezes(terms=sha("x")), freezes()),
    Case("draw.freeze", "cleared", freezes(algorithm="coin"), freezes()),
    Case("draw.twice", "cleared", twice(freezes()), freezes()),
    Case("draw.replaces", "drawn", freezes(replaces=None, register=sha("x")), freezes()),
    Case("draw.replaces", "cleared", freezes(replaces=sha("x")), freezes()),
    Case(
        "draw.parts",
        "cleared",
        says(NORTH, lambda w: replace(commit_event(w, NORTH), commitments=(sha("x"), sha("y")))),
        freezes(),
    ),
    Case("draw.twice", "held", twice(reveals(NORTH, NORTH)), reveals(NORTH, NORTH)),
    Case("draw.twice", "held", reveals(NORTH, NORTH, parts=0), reveals(NORTH, NORTH, parts=1)),
    Case("draw.twice", "committed", twice(holds(CROSS, NORTH)), holds(CROSS, NORTH)),
    Case("draw.twice", "committed", holds(CROSS), holds(CROSS, NORTH, GULF)),
    Case("draw.holder", "committed", holds(SOUTH, NORTH), holds(GULF, NORTH)),
    Case("draw.holder", "committed", holds(NORTH, NORTH), holds(STRAITS, NORTH)),
    Case("draw.none", "held", reveals(NORTH, NORTH, freeze=sha("x")), reveals(NORTH, NORTH)),
    Case("draw.none", "committed", holds(CROSS, NORTH, freeze=sha("x")), holds(CROSS, NORTH)),
    Case("draw.early", "cleared", after(freezes(), reveals(NORTH, NORTH)), freezes()),
    Case("draw.early", "cleared", after(freezes(), holds(CROSS, NORTH)), freezes()),
    Case("draw.unheld", "committed", reveals(NORTH, NORTH), holds(CROSS, NORTH)),
    Case("draw.member", "held", reveals(SOUTH, GULF), reveals(CROSS, GULF)),
    Case("draw.member", "held", reveals(CROSS, CROSS, of=NORTH), reveals(CROSS, NORTH)),
    Case("draw.nonce", "held", reveals(NORTH, NORTH, of=SOUTH), reveals(NORTH, NORTH)),
    Case(
        "attachment.form",
        "cleared",
        says(NORTH, lambda w: replace(commit_event(w, NORTH), freeze=w.attach(b"no"))),
        freezes(),
    ),
    Case("plan.replaces", "planned", proposes_plan(), revises_plan(lambda p: stage(places=p.stages[0].places)(p))),
    Case("plan.replaces", "planned", revises_plan(replaces=sha("x")), revises_plan()),
    Case("plan.replaces", "drawn", proposes_plan(replaces=sha("x")), proposes_plan()),
    Case("plan.twice", "drawn", twice(proposes_plan()), proposes_plan()),
    Case("attachment.form", "drawn", says(GULF, lambda w: PlanProposed(ROUND, w.attach(b"no"))), proposes_plan()),
    Case(
        "plan.not_proposed",
        "drawn",
        says(NORTH, lambda w: PlanSigned(ROUND, w.attach(write(plan_of(w))))),
        after(proposes_plan(), says(NORTH, lambda w: PlanSigned(ROUND, w.attach(write(plan_of(w)))))),
    ),
    Case("plan.basis", "drawn", proposes_plan(round=Slug("2026-1")), proposes_plan()),
    Case("plan.basis", "drawn", proposes_plan(lists={}), proposes_plan()),
    Case("plan.draw", "drawn", proposes_plan(seed=sha("lucky")), proposes_plan()),
    Case("plan.draw", "drawn", proposes_plan(freeze=sha("x")), proposes_plan()),
    Case("plan.stages", "drawn", proposes_plan(lambda p: replace(p, stages=p.stages * 2)), proposes_plan()),
    Case("plan.stages", "drawn", proposes_plan(stage(stage=Slug("s9"))), proposes_plan()),
    Case("plan.stages", "drawn", proposes_plan(stage(date=Day("2025-12-11"))), proposes_plan()),
    Case("plan.places", "drawn", proposes_plan(place(lambda p: [replace(p[0], place=Slug("ford"))])), proposes_plan()),
    Case("plan.places", "drawn", proposes_plan(place(lambda p: [p[0], replace(p[0], sequence=())])), proposes_plan()),
    Case("plan.bound", "drawn", proposes_plan(place(lambda p: [replace(p[0], bound=2)])), proposes_plan()),
    Case("plan.bound", "drawn", proposes_plan(place(lambda p: [replace(p[0], bound=0)])), proposes_plan()),
    Case("plan.load", "drawn", proposes_plan(loads((0, 2))), proposes_plan(loads((0, 1)))),
    Case("plan.load", "drawn", proposes_plan(loads((0, 0))), proposes_plan(loads())),
    Case("plan.load", "drawn", proposes_plan(loads((0, 1), (0, 1))), proposes_plan(loads((0, 1), (1, 1)))),
    Case("plan.load", "drawn", proposes_plan(loads((9999, 1))), proposes_plan(loads())),
    Case("plan.capacity", "drawn", proposes_plan(), proposes_plan(sequence(lambda s: s[:80])), {"people": (41, 41)}),
    Case("plan.person", "drawn", proposes_plan(sequence(lambda s: [(opaque("x"), NORTH), *s])), proposes_plan()),
    Case("plan.person", "drawn", proposes_plan(sequence(lambda s: [(s[0][0], SOUTH), *s[1:]])), proposes_plan()),
    Case(
        "plan.person",
        "drawn",
        after(gives(VISITOR, NotGoing, mine), proposes_plan()),
        after(gives(VISITOR, NotGoing, mine), proposes_plan(sequence(lambda s: s[1:]))),
    ),
    Case(
        "plan.person",
        "granted",
        revises_plan(lambda p: replace(p, stages=(stage2(p, p.stages[0].places[0].sequence),))),
        revises_plan(),
        TWO,
    ),
    Case("plan.twice_in_plan", "drawn", proposes_plan(sequence(lambda s: [*s, s[0]])), proposes_plan()),
    Case(
        "plan.total",
        "drawn",
        proposes_plan(sequence(lambda s: [*s, (spare(NORTH), NORTH)])),
        proposes_plan(),
        {"spare": 1},
    ),
    Case(
        "plan.opened",
        "stage-open",
        revises_plan(sequence(lambda s: [*s, (spare(NORTH), NORTH)])),
        revises_plan(),
        {"spare": 1},
    ),
]


def stage2(plan: Plan, more: Any) -> Any:
    second = plan.stages[1]
    return replace(second, places=(replace(second.places[0], sequence=(*second.places[0].sequence, *more)),))


def spare(holder: str) -> Opaque:
    return opaque(f"person {holder} 2")


# --- stages and rights ------------------------------------------------------------------------------------------------


def opens(author: str = NORTH, stage: str = "s1", **changes: Any) -> Act:
    return says(author, lambda w: replace(stage_opened(w, stage), **changes))


def asks_for_identity(world: World) -> Verdict:
    """The terms ask the neutral to confirm who everybody is; then the draw is held and the plan is made."""
    world.scenario = replace(world.scenario, requires=("identity",))
    name = world.attach(encode_terms(terms_of(world.scenario)))
    assert world.state.terms is not None
    world.all_must(PARTIES, TermsAmended(ROUND, name, world.state.terms))
    carry(world, ["committed", "held", "drawn", "proposed"])
    (plan,) = world.state.proposed
    world.all_must(PARTIES, PlanSigned(ROUND, Sha256(plan)))
    return world.say(GULF, PlanSigned(ROUND, Sha256(plan)))


def all_known(world: World) -> Verdict:
    numbers = tuple(lambda w, n=number: n for number in sorted(world.state.persons))
    return sees(numbers=numbers, kind=IdentityConfirmed)(world)


def grants(
    *numbers: Callable[[World], Opaque],
    holder: str = NORTH_DESK,
    epoch: int = 1,
    stage: str = "s1",
    place: str = "bridge",
    author: str = NORTH,
) -> Act:
    return says(
        author,
        lambda w: RightGranted(
            Slug(stage), Slug(place), Author(holder), epoch, tuple(number(w) for number in numbers or (mine,))
        ),
    )


def returned(world: World, number: Opaque, epoch: int = 1) -> RightReturned:
    return RightReturned(S1, BRIDGE, epoch, (number,))


def returns(epoch: int = 1, author: str = NORTH_DESK) -> Act:
    return says(author, lambda w: returned(w, mine(w), epoch))


def presented(world: World, *numbers: Opaque, place: str = BRIDGE) -> PersonPresented:
    return PersonPresented(S1, Slug(place), numbers or (mine(world),))


def presents(*numbers: Callable[[World], Opaque], place: str = BRIDGE, author: str = GATE, stage: str = "s1") -> Act:
    return says(author, lambda w: PersonPresented(Slug(stage), Slug(place), tuple(n(w) for n in numbers or (mine,))))


def releases(
    number: Callable[[World], Opaque] = mine, author: str = NORTH_DESK, refs: bool = True, **changes: Any
) -> Act:
    def act(world: World) -> Verdict:
        right = world.state.persons[number(world)].right
        gate = right.presented if right is not None and refs else None
        event = PersonReleased(S1, BRIDGE, number(world), 1, None)
        return world.say(author, replace(event, **changes), refs=() if gate is None else (gate,))

    return act


def second(world: World) -> Opaque:
    return mine(world, 1)


def receives(author: str = SOUTH_DESK, refs: bool = True, **changes: Any) -> Act:
    def act(world: World) -> Verdict:
        right = world.state.persons[mine(world)].right
        release = right.released if right is not None and refs else None
        event = PersonReceived(S1, BRIDGE, mine(world), 1)
        return world.say(author, replace(event, **changes), refs=() if release is None else (release,))

    return act


def dark(desk: str = NORTH_DESK, stage: str = "s1") -> Act:
    return says(STRAITS, Unconfirmed(Slug(stage), BRIDGE, Author(desk)))


def confirms(outcome: str = "received", epoch: int = 1, author: str = "north/supervisor", **changes: Any) -> Act:
    return says(author, lambda w: replace(ReleaseConfirmed(S1, BRIDGE, mine(w), epoch, Slug(outcome)), **changes))


def reconciles(author: str = NORTH) -> Act:
    return says(author, lambda w: reconciliation(w))


def wrong_tallies(world: World) -> StageReconciled:
    one, *others = tallies(world.state, "s1", "bridge")
    return StageReconciled(S1, BRIDGE, (replace(one, received=one.received + 1), *others))


def all_sign(event: Callable[[World], Event], *authors: str) -> Act:
    def act(world: World) -> Verdict:
        made = event(world)
        return after(*(says(author, made) for author in authors))(world)

    return act


QUAY = {"people": (4, 4), "places": ("bridge", "quay")}
HANDING = [
    Case("stage.plan", "planned", opens(plan=sha("x")), opens()),
    Case("stage.plan", "planned", opens(stage=Slug("s9")), opens()),
    Case("stage.open", "stage-open", opens(STRAITS), grants()),
    Case("stage.not_seen", "cleared", after(asks_for_identity, opens()), after(asks_for_identity, all_known, opens())),
    Case("round.suspended", "planned", after(says(SOUTH, SUSPEND), opens()), opens()),
    Case(
        "stage.not_cleared",
        "planned",
        after(
            lambda w: w.say(VISITOR, AccessRefused(CAMP, DAY, NORTH, (mine(w),))),
            gives(VISITOR, Cleared, second),
            lambda w: stale(w, opens()),
        ),
        opens(),
    ),
    Case(
        "stage.exposure",
        "planned",
        after(opens(), opens(SOUTH), opens(GULF), opens(stage="s2")),
        opens(),
        {**TWO, "exposure": 1},
    ),
    Case("stage.not_open", "planned", grants(), after(opens(), opens(SOUTH), opens(GULF), grants())),
    Case("stage.not_open", "stage-open", grants(place="quay"), grants()),
    Case("stage.over", "stage-open", after(says(NORTH, StageAborted(S1, BRIDGE)), grants()), grants()),
    Case("round.suspended", "stage-open", after(says(SOUTH, SUSPEND), grants()), grants()),
    Case(
        "round.not_open",
        "stage-open",
        after(all_sign(lambda w: RoundClosed(ROUND, accounts(w.state)), *MEMBERS), grants()),
        grants(),
    ),
    Case("right.holder", "stage-open", grants(holder=SOUTH_DESK), grants()),
    Case("right.holder", "stage-open", grants(holder="north/supervisor"), grants()),
    Case("right.holder", "stage-open", grants(holder="north/desk-quay"), grants(), QUAY),
    Case("right.twice", "stage-open", grants(mine, mine), grants(mine, second)),
    Case("right.twice", "stage-open", says(NORTH, RightGranted(S1, BRIDGE, Author(NORTH_DESK), 1, ())), grants()),
    Case("right.slot", "stage-open", grants(theirs), grants(mine)),
    Case("right.slot", "stage-open", grants(lambda w: w.manifest(NORTH, "s2")[0]), grants(), TWO),
    Case("right.single", "granted", grants(epoch=2), after(returns(), grants(epoch=2))),
    Case("right.single", "received", grants(epoch=2), reconciles()),
    Case("right.epoch", "stage-open", grants(epoch=2), grants()),
    Case("person.unknown", "stage-open", grants(padding), grants()),
    Case("right.none", "granted", returns(epoch=2), returns()),
    Case("right.other", "granted", returns(author="north/desk-bridge-2"), returns(), {"desks": 2}),
    Case("right.other", "granted", returns(author=SOUTH_DESK), returns()),
    Case(
        "right.place",
        "stage-open",
        after(
            grants(holder="north/sheet-1"),
            presents(),
            releases(author="north/desk-quay", sheet=Author("north/sheet-1")),
        ),
        after(grants(holder="north/sheet-1"), presents(), releases(sheet=Author("north/sheet-1"))),
        QUAY,
    ),
    Case(
        "right.sheet",
        "presented",
        releases(author="north/desk-bridge-2", sheet=Author(NORTH_DESK)),
        releases(),
        {"desks": 2},
    ),
    Case("right.ended", "granted", twice(returns()), returns()),
    Case("right.ended", "presented", twice(releases()), releases()),
    Case(
        "right.ended",
        "granted",
        after(returns(), says(NORTH_DESK, lambda w: PersonAbsent(S1, BRIDGE, mine(w), 1))),
        says(NORTH_DESK, lambda w: PersonAbsent(S1, BRIDGE, mine(w), 1)),
    ),
    Case("gate.place", "granted", presents(author="cross/gate-quay"), presents(), QUAY),
    Case("round.suspended", "granted", after(says(SOUTH, SUSPEND), presents()), presents()),
    Case("gate.right", "stage-open", presents(), after(grants(), presents())),
    Case("gate.right", "granted", after(returns(), presents()), presents()),
    Case("gate.twice", "granted", twice(presents()), presents()),
    Case("gate.chance", "granted", after(gives(GATE, NotGoing, mine, place="bridge"), presents()), presents()),
    Case("stage.not_open", "granted", presents(stage="s2"), presents()),
    Case("release.place", "presented", releases(place=Slug("quay")), releases()),
    Case("release.place", "presented", releases(stage=Slug("s2")), releases()),
    Case("release.not_cleared", "granted", releases(), after(presents(), releases())),
    Case("release.not_cleared", "presented", releases(refs=False), releases()),
    Case("release.sequence", "presented", after(releases(), releases(second)), releases(second)),
    Case("receipt.side", "released", receives(NORTH_DESK), receives()),
    Case("receipt.mismatch", "released", receives(epoch=2), receives()),
    Case("receipt.mismatch", "released", receives("south/desk-quay"), receives(), QUAY),
    Case("receipt.no_release", "presented", receives(), after(releases(), receives())),
    Case("receipt.no_release", "released", receives(refs=False), receives()),
    Case("receipt.twice", "released", twice(receives()), receives()),
    Case(
        "receipt.settled",
        "released",
        after(dark(), confirms("returned"), confirms("returned", author="south/supervisor"), receives()),
        after(dark(), confirms(), confirms(author="south/supervisor"), receives()),
    ),
    Case("dark.nobody", "stage-open", dark(), after(grants(), dark())),
    Case("confirm.outcome", "granted", after(dark(), confirms("lost")), after(dark(), confirms())),
    Case("confirm.state", "granted", confirms(), after(dark(), confirms())),
    Case("confirm.state", "granted", after(dark(), confirms(epoch=2)), after(dark(), confirms())),
    Case("confirm.state", "granted", after(dark(), confirms(place=Slug("quay"))), after(dark(), confirms())),
    Case("confirm.state", "granted", after(returns(), confirms("returned")), after(returns(), confirms("received"))),
    Case("assent.twice", "granted", after(dark(), twice(confirms())), after(dark(), confirms())),
    Case("reconcile.twice", "reconciled", reconciles(), says(NORTH, SUSPEND)),
    Case("reconcile.rights_out", "granted", reconciles(), after(dark(), dark(SOUTH_DESK), reconciles())),
    Case("reconcile.rights_out", "released", reconciles(), after(dark(), dark(SOUTH_DESK), reconciles())),
    Case("reconcile.differs", "received", says(NORTH, wrong_tallies), reconciles()),
]


def stale(world: World, act: Act) -> Verdict:
    """The same, where the chance of one person has been taken back, so that it is due again."""
    number = mine(world)
    world.state.moved.pop(number)
    world.state.persons[number] = replace(world.state.persons[number], words=())
    return act(world)


# --- at any time, and at the end --------------------------------------------------------------------------------------


def paper(world: World, event: Event, member: str = NORTH, scan: str = "scan", kind: str | None = None) -> Transcribed:
    return Transcribed(Slug(member), sha(scan), kind or type(event).__name__, world.attach(paper_bytes(event)))


def enters(author: str, event: Event = RESUME, **more: Any) -> Act:
    return says(author, lambda w: paper(w, event, **more))


def withdraws(number: Callable[[World], Opaque] = mine) -> Act:
    return says(NORTH, lambda w: WithdrawnFromList(number(w), sha("reason")))


def wrong_accounts(world: World) -> RoundClosed:
    one, *others = accounts(world.state)
    return RoundClosed(ROUND, (replace(one, people=one.people + 1), *others))


def closes(author: str = NORTH) -> Act:
    return says(author, lambda w: RoundClosed(ROUND, accounts(w.state)))


SUSPENDED = says(SOUTH, SUSPEND)
def withdraws_from_afar(party: str) -> Act:
    """Of many parties, one withdraws somebody whom East holds and West seeks."""
    return says(party, lambda w: WithdrawnFromList(opaque("wide person 0"), sha("reason")))


def erases(by: str = SOUTH, register: Opaque | None = None, at: int = 0) -> Act:
    """South destroys the record of one of those whom it seeks: the first ones stand on north's list."""
    return says(by, RecordErased(register or register_of(SOUTH), row_of(NORTH, at)))


def identifies(
    number: Opaque | None = None,
    *,
    by: str = SOUTH,
    version: int = 1,
    rows: tuple[int, ...] = (2,),
    cases: tuple[str, ...] = (),
    of: str = "unknown",
    register: Opaque | None = None,
) -> Act:
    """What was found in the remains that north handed over: people whom south seeks, and cases."""
    sought = tuple(sorted((SoughtFound(register or register_of(SOUTH), row_of(NORTH, i)) for i in rows), key=repr))
    found = tuple(CaseFound(Opaque(each) if len(each) == 32 else Opaque(each * 32), Slug(of)) for each in cases)
    return says(by, RemainsIdentified(number or number_of(NORTH, 2), version, sought, found))


DEAD = {"uncounted": (1, 0), "outside": "remains"}  # north hands over remains besides


def settles(author: str = NORTH, outcome: str = "explained", about: Sha256 | None = None) -> Act:
    """An outcome of a dispute that north raised."""

    def act(world: World) -> Verdict:
        name = next(iter(world.state.disputes), None) or world.must(NORTH, DisputeRaised(sha("it"), Slug("late")))
        return world.say(author, DisputeSettled(about or Sha256(name), Slug(outcome)))

    return act


ALWAYS = [
    Case("round.not_open", "opened", says(NORTH, SUSPEND), says(NORTH, RoundActivated(ROUND, DAY))),
    Case("suspend.twice", "round", twice(says(NORTH, SUSPEND)), after(SUSPENDED, says(NORTH, SUSPEND))),
    Case("resume.nothing", "round", says(NORTH, RESUME), after(SUSPENDED, says(NORTH, RESUME))),
    Case(
        "resume.nothing",
        "round",
        after(SUSPENDED, says(NORTH, Resumed(Slug("2026-1")))),
        after(SUSPENDED, says(NORTH, RESUME)),
    ),
    Case("assent.twice", "round", after(SUSPENDED, twice(says(NORTH, RESUME))), after(SUSPENDED, says(NORTH, RESUME))),
    Case("dispute.unknown", "round", settles(about=sha("nothing")), settles()),
    Case("dispute.settled", "round", after(settles(), settles(SOUTH), settles()), after(settles(), settles(SOUTH))),
    Case("dispute.outcome", "round", settles(outcome="won"), settles(outcome="unresolved")),
    Case("dispute.settler", "round", settles(GULF), settles(SOUTH)),
    Case("dispute.settler", "round", settles(SOUTH, "withdrawn"), settles(NORTH, "withdrawn")),
    Case("assent.twice", "round", twice(settles()), settles()),
    Case("register.unknown", "registers", erases(register=opaque("none")), erases()),
    Case("erase.owner", "registers", erases(by=NORTH), erases()),
    Case("erase.twice", "answered", twice(erases()), after(erases(), erases(at=1))),
    Case("erase.rows", "registers", after(*(erases(at=i) for i in range(6))), after(*(erases(at=i) for i in range(5)))),
    Case("erase.awaited", "listed", erases(), after(withdraws(), erases())),
    Case("erase.awaited", "presented", erases(), erases(at=3)),
    Case("erase.awaited", "released", erases(), lambda w: erases()(world_at("received"))),
    Case("list.erased", "answered", after(erases(), lists()), after(erases(at=3), lists())),
    Case("remains.account", "received", identifies(number_of(NORTH, 0)), identifies(), DEAD),
    Case("remains.account", "received", identifies(opaque("padding")), identifies(), DEAD),
    Case("remains.received", "listed", identifies(), lambda w: identifies()(world_at("received", **DEAD)), DEAD),
    Case("remains.receiver", "received", identifies(by=NORTH), identifies(), DEAD),
    Case("remains.version", "received", identifies(version=2), identifies(), DEAD),
    Case("remains.version", "received", twice(identifies()), after(identifies(), identifies(version=2)), DEAD),
    Case("remains.form", "received", identifies(rows=(2, 2)), identifies(), DEAD),
    Case("remains.form", "received", identifies(cases=("b", "a")), identifies(), DEAD),
    Case("remains.case", "received", identifies(cases=("a",), of="gulf"), identifies(cases=("a",), of="north"), DEAD),
    Case("remains.case", "received", identifies(cases=(number_of(SOUTH, 0),)), identifies(cases=("a",)), DEAD),
    Case("remains.register", "received", identifies(register=NEW), identifies(register=register_of(NORTH)), DEAD),
    Case("remains.erased", "received", after(erases(at=9), identifies(rows=(9,))), after(erases(), identifies()), DEAD),
    Case("remains.living", "received", identifies(rows=(0,)), identifies(), DEAD),
    Case("person.unknown", "listed", withdraws(padding), withdraws()),
    Case("withdraw.right_out", "granted", withdraws(), after(returns(), withdraws())),
    Case(
        "withdraw.right_out",
        "released",
        withdraws(),
        after(dark(), confirms("returned"), confirms("returned", author="south/supervisor"), withdraws()),
    ),
    Case("withdraw.member", "wide listed", withdraws_from_afar("gora"), withdraws_from_afar("west")),
    Case("withdraw.member", "wide listed", withdraws_from_afar("fara"), withdraws_from_afar("east")),
    Case("withdraw.state", "received", withdraws(), says(NORTH, SUSPEND)),
    Case("withdraw.state", "listed", twice(withdraws()), withdraws()),
    Case("paper.kind", "round", enters(GULF, SUSPEND), enters(GULF)),
    Case("authority.role", "round", enters(GULF, member=CROSS), enters(GULF)),
    Case("paper.own", "round", enters(NORTH), enters(GULF)),
    Case(
        "paper.form",
        "round",
        says(GULF, lambda w: Transcribed(NORTH, sha("s"), "Resumed", w.attach(b'{"round":1}'))),
        enters(GULF),
    ),
    Case("paper.form", "round", enters(GULF, kind="RoundActivated"), enters(GULF)),
    Case("paper.twice", "round", twice(enters(GULF)), after(enters(GULF), SUSPENDED, enters(STRAITS))),
    Case("paper.twice", "round", after(SUSPENDED, enters(GULF), enters(STRAITS), enters(CROSS)), enters(CROSS)),
    Case(
        "close.hanging",
        "granted",
        closes(),
        after(
            returns(),
            says(NORTH_DESK, lambda w: returned(w, second(w))),
            says(SOUTH_DESK, lambda w: RightReturned(S1, BRIDGE, 1, tuple(w.manifest(SOUTH)))),
            closes(),
        ),
    ),
    Case("close.accounts", "received", says(NORTH, wrong_accounts), closes()),
    Case("round.suspended", "received", after(SUSPENDED, closes()), closes()),
    Case(
        "close.round",
        "received",
        says(NORTH, ExchangeClosed(ROUND)),
        after(all_sign(lambda w: RoundClosed(ROUND, accounts(w.state)), *MEMBERS), says(NORTH, ExchangeClosed(ROUND))),
    ),
]

# --- the public -------------------------------------------------------------------------------------------------------

CLAIM = ClaimRecorded(Slug("north-ombudsman"), DAY, Slug("came-home"), NORTH, None, DAY, 307, sha("a page"))


def claims(**changes: Any) -> Act:
    return says(CROSS, replace(CLAIM, **changes))


def counts_of(world: World, size: int | None = None, **changes: Any) -> CountsPublished:
    """The table that the rule makes at that size, or of all entries; with its first row changed."""
    made = public_counts(world.state, world.state.size if size is None else size)
    rows = tuple(replace(row, **changes) if at == 0 else row for at, row in enumerate(made.rows))
    return CountsPublished(made.size, world.attach(write(replace(made, rows=rows))))


def counts(author: str = NORTH, **changes: Any) -> Act:
    return says(author, lambda w: counts_of(w, **changes))


def published(world: World) -> Verdict:
    event = counts_of(world)
    for author in (*PARTIES, GULF):
        verdict = world.say(author, event)
    return verdict


def first_again(world: World) -> Verdict:
    """North signs at one index, then again what north has signed."""
    event = counts_of(world)
    world.must(NORTH, event)
    return world.say(NORTH, event)


MANY = {"people": (12, 11)}  # so many that they are told
PUBLIC = [
    Case("claim.counted", "opened", claims(counted=Slug("rumoured")), claims()),
    Case("claim.of", "opened", claims(of=None), claims()),
    Case("claim.of", "opened", claims(of=CROSS), claims(of=SOUTH)),
    Case("claim.of", "opened", claims(counted=Slug("handovers")), claims(counted=Slug("handovers"), of=None)),
    Case("claim.speaker", "opened", claims(speaker=Slug("somebody")), claims(speaker=Slug("press"))),
    Case("claim.speaker", "opened", claims(speaker=Slug("north-somebody")), claims(speaker=NORTH)),
    Case("claim.days", "opened", claims(until=Day("2025-12-09")), claims(until=Day("2025-12-07"))),
    Case("claim.days", "opened", claims(since=Day("2025-12-09")), claims(since=Day("2022-03-01"))),
    Case("claim.twice", "opened", twice(claims()), after(claims(), claims(number=308))),
    Case("counts.size", "reconciled", counts(size=10**6), counts(), MANY),
    Case("counts.nothing", "received", counts(), claims(), MANY),
    Case("counts.nothing", "reconciled", counts(), claims()),
    Case("counts.differs", "reconciled", counts(received=13), counts(), MANY),
    Case("counts.differs", "reconciled", counts(since=DAY), counts(), MANY),
    Case("counts.twice", "reconciled", after(published, counts()), published, MANY),
    Case("assent.twice", "reconciled", first_again, counts(), MANY),
    Case(
        "attachment.form",
        "reconciled",
        says(NORTH, lambda w: CountsPublished(w.state.size, w.attach(b"{}"))),
        counts(),
        MANY,
    ),
]

CASES = [*OPENING, *KEYS, *ENTRIES, *CONSULTATION, *LISTS, *CLEARING, *PLANNING, *HANDING, *ALWAYS, *PUBLIC]
# What an entry without effect may change.
RECORD = {"chains", "events", "refusals", "times", "days", "size", "leaves"}


def effect(state: State, but: Collection[str] = ()) -> dict[str, Any]:
    raw = decode(dump_state(state))
    return {name: value for name, value in raw.items() if name not in RECORD and name not in but}


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.rule}-{i}") for i, case in enumerate(CASES)])
def test_the_rule_refuses_changes_nothing_and_lets_the_repaired_input_pass(case: Case) -> None:
    world = at(case)
    before: list[dict[str, Any]] = []
    take = world.take

    def watched(entry: bytes) -> Verdict:
        before.append(effect(world.state))
        return take(entry)

    world.take = watched  # type: ignore[method-assign]
    verdict = case.wrong(world)
    assert (verdict.applied, verdict.rule) == (False, case.rule), verdict.what
    if before:
        assert effect(world.state) == before[-1]
    repaired = case.right(at(case))
    assert repaired.applied, (repaired.kind, repaired.rule, repaired.what)


def test_every_rule_in_the_source_has_a_case_here_and_advice() -> None:
    folder = Path(repatria.exchange.__file__).parent
    source = "".join(path.read_text() for path in sorted(folder.glob("*.py")))
    rules = set(re.findall(r'Refuse\(\s*"([a-z_.]+)"', source)) | {"entry.malformed"}
    assert len(rules) > 130
    assert rules - {case.rule for case in CASES} == set()
    assert {rule for rule in rules if advice(rule).startswith("look the rule up")} == set()
