"""Who may do what, at which index: every kind, every author and every state of a key, against a table of its own."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repatria.deal.terms import encode_terms
from repatria.exchange.authority import WHERE_ASKED
from repatria.exchange.events import (
    KINDS,
    Author,
    Cleared,
    Day,
    Event,
    ExchangeOpened,
    Founder,
    KeyCompromised,
    KeyObjected,
    KeyRevoked,
    MedicalBoardDecided,
    NotGoing,
    Sealed,
    Slug,
    Suspended,
    TermsSigned,
    Transcribed,
)
from repatria.exchange.fold import fold
from repatria.exchange.state import Verdict, state_hash
from tests.exchange.authority_page import PAGE, page
from tests.exchange.hostile import Hostile
from tests.exchange.world import (
    COOLING_HOURS,
    NORTH,
    QUORUM,
    ROLES,
    ROUND,
    SEALED,
    SOUTH,
    STRAITS,
    Scenario,
    World,
    admission,
    appointment,
    hours_pass,
    log_vkey,
    public,
    rotation,
    sha,
    terms_of,
    world_at,
)

# Written from DESIGN section 3 and DOMAIN section 3, not from the code: p party, m mediator, g guarantor, n neutral,
# h host, o observer; what signs: key, quorum, or delegates. Some of these only where the terms ask for it (ASKED).
SAYS = """
MemberAdmitted      pmgnho  key
DelegateAppointed   pmgnho  key
KeyRevoked          pmgnho  key
KeyRotated          pmgnho  key signatory supervisor interviewer physician
KeyCompromised      pmgnho  key
KeyObjected         pmgnh   signatory
SecretariatSucceeded pmgnh  quorum
RoundActivated      pm      quorum
ClauseOpened        pm      key
ClauseProposed      pm      key
ClauseAgreed        p       quorum
OfferCarried        m       key
OfferReleased       pm      key
TaskSet             pmgnh   key
TaskDone            pmgnh   key
TermsSigned         pmgnh   quorum
TermsAmended        pmgnh   quorum
RegisterCommitted   p       key
RegisterDisclosed   p       quorum
LinkJudged          p       key
AnswersGiven        p       key
FinalListSigned     pmgnh   quorum
ProofOfLifeRecorded n       interviewer gate
IdentityConfirmed   n       interviewer gate
InterviewHeld       n       interviewer gate
MedicalBoardDecided pn      physician
AccessRefused       n       interviewer gate
Cleared             n       interviewer gate
NotGoing            n       interviewer gate
LotteryCommitted    pm      key
LotteryHeld         pmn     key
LotteryRevealed     pmn     key
PlanProposed        pm      key
PlanRevised         pm      key
PlanSigned          pmgnh   quorum
StageOpened         pmgnh   key
RightGranted        p       key
RightReturned       p       desk
PersonPresented     n       gate
PersonReleased      p       desk
PersonReceived      ph      desk
PersonAbsent        p       desk
SubstitutionFound   ph      desk
Unconfirmed         pm      key
ReleaseConfirmed    p       supervisor
StageReconciled     pn      key
StageAborted        pm      key
TimeVouched         m       key
Suspended           p       key
Resumed             p       quorum
DisputeRaised       pmgnh   key
DisputeSettled      pmgnh   quorum
WithdrawnFromList   p       quorum
ClaimRecorded       pmgnh   key
CountsPublished     pm      quorum
RecordErased        p       quorum
RemainsIdentified   p       quorum
Transcribed         pmgnh   key
RoundClosed         pmgnh   quorum
ExchangeClosed      pmnh    quorum
"""
# Whoever answers for an exchange or hosts it has no part in these by its role alone.
ASKED = {
    "TermsSigned": "mnh", "TermsAmended": "mnh", "FinalListSigned": "mgnh", "PlanSigned": "gnh", "StageOpened": "gn",
    "RoundClosed": "g",
}  # fmt: skip
TABLE = {name: (roles, signed) for name, roles, *signed in map(str.split, SAYS.strip().splitlines())}
OUT_OF_CONTACT = {
    "RightReturned", "PersonPresented", "PersonReleased", "PersonReceived", "PersonAbsent", "SubstitutionFound"
}  # fmt: skip
ALL_ROLES = {**ROLES, "vow": "guarantor", "quay": "host", "eye": "observer"}
DELEGATES = {
    "north/sig-1": "signatory", "north/supervisor": "supervisor", "north/desk-bridge": "desk",
    "straits/sig-1": "signatory", "vow/sig-1": "signatory", "cross/sig-1": "signatory", "cross/visitor": "interviewer",
    "cross/gate-bridge": "gate", "north/doctor": "physician", "cross/doctor-1": "physician",
    "quay/sig-1": "signatory", "quay/desk-bridge": "desk",
}  # fmt: skip
STATUSES = ("standing", "not yet", "seen before", "revoked", "revoked, seen before", "compromised", "rotated", "new")


@cache
def _world() -> World:
    """Eight members, one of every role at least; a round is open."""
    world = World(Scenario())
    founders = tuple(Founder(Slug(m), Slug(r), public(m), QUORUM.get(Slug(m), 0)) for m, r in ALL_ROLES.items())
    world.must(STRAITS, ExchangeOpened(1, "repatria.test/log", log_vkey(), STRAITS, 2, founders, COOLING_HOURS))
    for member in ALL_ROLES:
        world.must(member, admission(member))
    for party in (NORTH, SOUTH):
        for i in (1, 2, 3):
            world.must(party, appointment(f"{party}/sig-{i}", "signatory"), 2 if i == 3 else 0)
    for delegate, role in DELEGATES.items():
        if delegate not in world.state.keys:
            place = "bridge" if role in ("desk", "gate") else None
            world.must(delegate.partition("/")[0], appointment(delegate, role, place))
    for member in (NORTH, SOUTH, "gulf"):
        world.must(member, KINDS["RoundActivated"](ROUND, "2025-12-31"))  # type: ignore[call-arg, arg-type]
    return world


def others(author: str, key: str) -> list[str]:
    member = author.partition("/")[0]
    return [f"{member}/sig-{i}" for i in (2, 3)] if member == NORTH and key != "desk" else []


@cache
def world_with(author: str, status: str) -> tuple[World, tuple[int, str]]:
    """A world in which the delegate's key is in that state, and what the author says that it had seen."""
    world = _world().copy()
    member, role = author.partition("/")[0], DELEGATES[author]
    seen = world.state.seen
    if status == "seen before":
        seen = 1, world.state.root_at(1)
    elif status == "not yet":
        del world.state.keys[author]
    elif status.startswith("revoked"):
        world.must(member, KeyRevoked(Author(author), public(author)))
        seen = seen if status.endswith("before") else world.state.seen
    elif status == "compromised":
        world.must(
            member, KeyCompromised(Author(author), public(author), world.state.size),
            signers=[member, *(others(author, role) if role in ("signatory", "supervisor") else [])],
        )
        seen = world.state.seen
    elif status in ("rotated", "new"):
        world.must(author, rotation(author, f"{author}#2"))
        hours_pass(world, COOLING_HOURS)
        if status == "new":
            world.keys[author] = f"{author}#2"
        seen = world.state.seen
    return world, seen


def event_of(world: World, kind: str, author: str) -> Event:
    """An event of that kind, well formed; what it says matters little, since authority is asked first."""
    member = author.partition("/")[0]
    if kind == "DelegateAppointed":
        return appointment(f"{member}/somebody", "desk", "ford")
    if kind == "KeyRotated":
        return rotation(author, f"{author}#3", world.keys.get(author))
    if kind in ("KeyRevoked", "KeyObjected"):
        return (KeyRevoked if kind == "KeyRevoked" else KeyObjected)(Author(f"{member}/nobody"), public("nobody"))
    if kind == "MedicalBoardDecided":
        return MedicalBoardDecided(Slug("camp"), Day("2025-12-08"), NORTH, Slug("own"), Sealed(SEALED))
    if kind == "KeyCompromised":
        return KeyCompromised(Author(f"{member}/nobody"), public("nobody"), 0)
    if kind == "Transcribed":
        return Transcribed(SOUTH, sha("scan"), "KeyRevoked", sha("what it says"))
    return Hostile(world, Random(7)).event(KINDS[kind])


def is_refused(verdict: Verdict) -> bool:
    """Whether it was for want of authority."""
    return not verdict.applied and (verdict.rule or "").startswith(("authority.", "signature."))


def may(kind: str, author: str, status: str = "standing") -> bool:
    roles, signed = TABLE[kind]
    member = author.partition("/")[0]
    if ALL_ROLES[member][0] not in roles:
        return False
    if "/" not in author:
        return bool({"key", "quorum"} & set(signed))
    role = DELEGATES[author]
    if kind == "KeyObjected" and status.startswith("revoked"):
        return role in signed  # whoever is being removed can still speak for the others while that cools off
    apart = kind in OUT_OF_CONTACT or (role == "gate" and kind in ("Cleared", "NotGoing"))
    stands = {
        "standing": True, "not yet": False, "seen before": not apart, "revoked": False, "revoked, seen before": apart,
        "compromised": False, "rotated": False, "new": True,
    }[status]  # fmt: skip
    return role in signed and stands


@pytest.mark.parametrize("kind", sorted(TABLE))
def test_each_kind_is_for_the_members_and_delegates_of_the_table_and_for_nobody_else(kind: str) -> None:
    for author in ALL_ROLES:
        world = _world().copy()
        event = event_of(world, kind, author)
        signers = [author, *(f"{author}/sig-{i}" for i in (1, 2) if author in (NORTH, SOUTH))]
        if author not in (NORTH, SOUTH) or ("quorum" not in TABLE[kind][1] and kind != "KeyRotated"):
            signers = [author]
        verdict = world.say(author, event, signers=signers)
        assert is_refused(verdict) is not may(kind, author), (author, verdict)
    for author, role in DELEGATES.items():
        for status in STATUSES:
            if status in ("rotated", "new") and role in ("desk", "gate"):
                continue  # a device's key is not replaced
            base, seen = world_with(author, status)
            world = base.copy()
            verdict = world.say(author, event_of(world, kind, author), seen=seen, signers=[author])
            assert is_refused(verdict) is not may(kind, author, status), (author, status, verdict)


def test_roles_that_sign_only_where_the_terms_ask_are_those_of_the_table() -> None:
    letters = {"p": "party", "m": "mediator", "g": "guarantor", "n": "neutral", "h": "host"}
    assert {kind: set(roles) for kind, roles in WHERE_ASKED.items()} == {
        kind: {letters[each] for each in roles} for kind, roles in ASKED.items()
    }


def test_the_table_of_this_test_has_every_kind_but_the_opening() -> None:
    assert set(TABLE) == set(KINDS) - {"ExchangeOpened"}


@pytest.mark.parametrize("kind", ["Cleared", "NotGoing"])
def test_a_word_by_a_key_that_stood_when_its_gate_last_looked_is_heard_and_an_interviewers_is_not(kind: str) -> None:
    event = {"Cleared": Cleared, "NotGoing": NotGoing}[kind]
    for author, heard in (("cross/gate-bridge", True), ("cross/visitor", False)):
        base, seen = world_with(author, "revoked, seen before")
        verdict = base.copy().say(author, event(Slug("bridge"), "2025-12-08", ()), seen=seen)  # type: ignore[arg-type]
        assert verdict.applied is heard


# --- back-dating (THREATS 4) ------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("revoked", "compromised", "rotated", "member rotated", "cooling")),
    st.integers(0, 400),
    st.sampled_from(("2015-01-01T00:00:00Z", "2025-12-01T08:00:00Z", "2025-12-01T07:59:59Z", "2035-01-01T00:00:00Z")),
)
def test_no_claim_of_time_or_of_what_was_seen_makes_a_key_stand(how: str, at: int, when: str) -> None:
    world = world_at("clauses")
    terms = TermsSigned(ROUND, world.attach(encode_terms(terms_of(world.scenario))))
    signers = [NORTH, "north/sig-1", "north/sig-2"]
    least = world.state.chains[NORTH][2]
    if how == "revoked":
        world.must(NORTH, KeyRevoked(Author("north/sig-1"), public("north/sig-1")))
    elif how == "compromised":
        event = KeyCompromised(Author("north/sig-1"), public("north/sig-1"), world.state.size)
        world.must(NORTH, event, signers=[NORTH, "north/sig-2", "north/sig-3"])
    elif how == "rotated":
        world.must("north/sig-1", rotation("north/sig-1", "north/sig-1#2"))
        hours_pass(world, COOLING_HOURS)
    elif how == "member rotated":
        world.must("north/sig-3", rotation(NORTH, "north#2"), signers=["north/sig-3", "north/sig-1"])
    else:
        world.must(NORTH, appointment("north/sig-4", "signatory"))
        signers = [NORTH, "north/sig-1", "north/sig-4"]
    least = max(least, world.state.chains[NORTH][2])
    size = min(least + at, world.state.size)
    verdict = world.say(NORTH, terms, signers=signers, at=when, seen=(size, world.state.root_at(size)))
    assert (verdict.applied, verdict.rule) == (False, "signature.unknown")
    assert (world.state.terms, world.state.offered_terms) == (None, [])


# --- m of n -----------------------------------------------------------------------------------------------------------

SIGNERS = (
    "north/sig-1", "north/sig-2", "north/sig-3", "south/sig-1", "north/supervisor", "north/desk-bridge", "nobody",
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(SIGNERS), max_size=6), st.sets(st.sampled_from(SIGNERS[:3]), max_size=3))
def test_a_quorum_is_different_standing_signatories_of_the_member_and_nobody_else(
    signers: list[str], revoked: set[str]
) -> None:
    world = world_at("clauses")
    for sig in sorted(revoked):
        world.must(NORTH, KeyRevoked(Author(sig), public(sig)))
    standing = set(SIGNERS[:3]) - revoked
    terms = TermsSigned(ROUND, world.attach(encode_terms(terms_of(world.scenario))))
    verdict = world.say(NORTH, terms, signers=[NORTH, *signers])
    assert verdict.applied is (set(signers) <= standing and len(set(signers)) >= 2), verdict


def test_the_same_entries_give_the_same_authority_however_they_are_folded() -> None:
    world, _ = world_with("north/sig-1", "rotated")
    world = world.copy()
    world.must(NORTH, KeyRevoked(Author("north/sig-3"), public("north/sig-3")))
    world.must("north/sig-2", KeyObjected(Author("north/sig-3"), public("north/sig-3")))
    world.must(SOUTH, Suspended(ROUND))
    again = fold(world.entries, world.attachments.get)
    assert state_hash(again) == state_hash(world.state)
    for at in range(0, len(world.entries), 5):
        half = fold(world.entries[:at], world.attachments.get)
        assert state_hash(fold(world.entries[at:], world.attachments.get, half)) == state_hash(world.state)


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_in_the_docs_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: python -m tests.exchange.authority_page"
