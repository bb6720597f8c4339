"""Who may do what, at which index of the ledger.

The table says per kind of event which roles of member may author it and what must sign: the member's own key, its
signatories besides (m-of-n, so that one key never suffices for what binds a party), or a delegate's key in a role.
Position in the ledger decides, never a claimed time: a key is judged at the event's own index, and a desk's key at
the index that the desk names in `seen`, since desks work out of contact. `docs/authority.md` is made from it.

Who can bind a member changes slowly: once a round has been activated, a new signatory or supervisor does not stand
before a cooling-off of log time, within which the other signatories can object (ADR *cooling-off*).

    >>> TABLE["FinalListSigned"].by, TABLE["Cleared"].members
    ('signatories', ('neutral',))
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from repatria.exchange.codec import Body
from repatria.exchange.events import (
    Cleared,
    DelegateAppointed,
    ExchangeOpened,
    KeyCompromised,
    KeyObjected,
    KeyRotated,
    MedicalBoardDecided,
    MemberAdmitted,
    Moment,
    NotGoing,
    PersonAbsent,
    PersonPresented,
    PersonReceived,
    PersonReleased,
    RightReturned,
    SubstitutionFound,
)
from repatria.exchange.state import Fact, KeyGrant, Refuse, State
from repatria.ledger.entry import Entry, key_id, pae
from repatria.ledger.note import ed25519_verify

PARTY, MEDIATOR, GUARANTOR, NEUTRAL, HOST, OBSERVER = "party", "mediator", "guarantor", "neutral", "host", "observer"
EVERYONE = (PARTY, MEDIATOR, GUARANTOR, NEUTRAL, HOST, OBSERVER)
WITH_A_SAY = (PARTY, MEDIATOR, GUARANTOR, NEUTRAL, HOST)  # an observer reads and cosigns, and says nothing
CLOSING = (PARTY, MEDIATOR, NEUTRAL, HOST)  # who answers for people, or was there
KEY, SIGNATORIES = "key", "signatories"  # the member's key alone, or with its quorum of signatories
SIGNATORY, SUPERVISOR, DESK, GATE, INTERVIEWER = "signatory", "supervisor", "desk", "gate", "interviewer"
PHYSICIAN = "physician"
OFFICER, LIAISON = "officer", "liaison"  # who work at a member's node, and author nothing themselves (ADR 123)
APPOINTS: dict[str, tuple[str, ...]] = {  # which delegates a member of each role appoints
    PARTY: (SIGNATORY, SUPERVISOR, DESK, PHYSICIAN, OFFICER, LIAISON),
    MEDIATOR: (SIGNATORY, OFFICER),
    GUARANTOR: (SIGNATORY, OFFICER),
    NEUTRAL: (SIGNATORY, GATE, INTERVIEWER, PHYSICIAN, OFFICER),
    HOST: (SIGNATORY, DESK, OFFICER),
    OBSERVER: (OFFICER,),
}
DELEGATE_ROLES = (SIGNATORY, SUPERVISOR, DESK, GATE, INTERVIEWER, PHYSICIAN, OFFICER, LIAISON)
BINDING = (SIGNATORY, SUPERVISOR)  # delegates who can bind their member
# A desk's or gate's key is its device's, and ends with it.
ROTATING = (SIGNATORY, SUPERVISOR, INTERVIEWER, PHYSICIAN, OFFICER, LIAISON)
# The seats of a Mixed Medical Commission, and how many of its members decide (GC III Annex II 1 and 10).
PHYSICIANS = {PARTY: 1, NEUTRAL: 2}
COMMISSION_MAJORITY = 2
OWN_BOARD, MIXED_BOARD = "own", "mixed"
PARTY_QUORUM_LEAST = 2  # THREATS 18: one key never suffices
COOLING_HOURS_MOST = 24 * 14
END_OF_TIME = Moment("9999-12-31T23:59:59Z")
SHEET = "sheet-"  # a numbered paper sheet's name under its member: north/sheet-0007; no delegate is called so

# Judged by the delegation and right at the index they name in `seen`, since their desks work out of contact (rule 6).
DESK_KINDS = (RightReturned, PersonPresented, PersonReleased, PersonReceived, PersonAbsent, SubstitutionFound)
GATE_WORDS = (Cleared, NotGoing)  # and these, where a gate gives them


def is_sheet(holder: str) -> bool:
    """Whether a right's holder is a paper sheet, and not a desk."""
    return holder.partition("/")[2].startswith(SHEET)


@dataclass(frozen=True)
class Rule:
    """Which members author a kind, and what signs it: `key`, `signatories`, or delegates in one of these roles.

    `key` among the roles: the member itself may say it, too.
    """

    members: tuple[str, ...]
    by: str | tuple[str, ...]


TABLE: dict[str, Rule] = {
    "ExchangeOpened": Rule((MEDIATOR,), KEY),
    "MemberAdmitted": Rule(EVERYONE, KEY),
    "DelegateAppointed": Rule(EVERYONE, KEY),  # and the signatories, for a signatory or supervisor (`check`)
    "KeyRevoked": Rule(EVERYONE, KEY),
    "KeyRotated": Rule(EVERYONE, (KEY, *ROTATING)),  # and the signatories, for a member's own key
    "KeyCompromised": Rule(EVERYONE, KEY),  # and the signatories, for a key that can bind the member
    "KeyObjected": Rule(WITH_A_SAY, (SIGNATORY,)),
    "SecretariatSucceeded": Rule(WITH_A_SAY, SIGNATORIES),
    "RoundActivated": Rule((PARTY, MEDIATOR), SIGNATORIES),
    "ClauseOpened": Rule((PARTY, MEDIATOR), KEY),
    "ClauseProposed": Rule((PARTY, MEDIATOR), KEY),
    "ClauseAgreed": Rule((PARTY,), SIGNATORIES),
    "OfferCarried": Rule((MEDIATOR,), KEY),
    "OfferReleased": Rule((PARTY, MEDIATOR), KEY),
    "TaskSet": Rule(WITH_A_SAY, KEY),
    "TaskDone": Rule(WITH_A_SAY, KEY),
    "TermsSigned": Rule(WITH_A_SAY, SIGNATORIES),
    "TermsAmended": Rule(WITH_A_SAY, SIGNATORIES),
    "RegisterCommitted": Rule((PARTY,), KEY),
    "RegisterDisclosed": Rule((PARTY,), SIGNATORIES),
    "LinkJudged": Rule((PARTY,), KEY),
    "AnswersGiven": Rule((PARTY,), KEY),
    "FinalListSigned": Rule(WITH_A_SAY, SIGNATORIES),
    "ProofOfLifeRecorded": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "IdentityConfirmed": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "InterviewHeld": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "MedicalBoardDecided": Rule((PARTY, NEUTRAL), (PHYSICIAN,)),  # and others of a commission, to make its majority
    "AccessRefused": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "Cleared": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "NotGoing": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "LotteryCommitted": Rule((PARTY, MEDIATOR), KEY),
    "LotteryHeld": Rule((PARTY, MEDIATOR, NEUTRAL), KEY),
    "LotteryRevealed": Rule((PARTY, MEDIATOR, NEUTRAL), KEY),
    "PlanProposed": Rule((PARTY, MEDIATOR), KEY),
    "PlanRevised": Rule((PARTY, MEDIATOR), KEY),
    "PlanSigned": Rule(WITH_A_SAY, SIGNATORIES),
    "StageOpened": Rule(WITH_A_SAY, KEY),
    "RightGranted": Rule((PARTY,), KEY),
    "RightReturned": Rule((PARTY,), (DESK,)),
    "PersonPresented": Rule((NEUTRAL,), (GATE,)),
    "PersonReleased": Rule((PARTY,), (DESK,)),
    "PersonReceived": Rule((PARTY, HOST), (DESK,)),
    "PersonAbsent": Rule((PARTY,), (DESK,)),
    "SubstitutionFound": Rule((PARTY, HOST), (DESK,)),
    "Unconfirmed": Rule((PARTY, MEDIATOR), KEY),
    "ReleaseConfirmed": Rule((PARTY,), (SUPERVISOR,)),
    "StageReconciled": Rule((PARTY, NEUTRAL), KEY),
    "StageAborted": Rule((PARTY, MEDIATOR), KEY),
    "TimeVouched": Rule((MEDIATOR,), KEY),
    "Suspended": Rule((PARTY,), KEY),
    "Resumed": Rule((PARTY,), SIGNATORIES),
    "DisputeRaised": Rule(WITH_A_SAY, KEY),
    "DisputeSettled": Rule(WITH_A_SAY, SIGNATORIES),
    "WithdrawnFromList": Rule((PARTY,), SIGNATORIES),
    "ClaimRecorded": Rule(WITH_A_SAY, KEY),
    "CountsPublished": Rule((PARTY, MEDIATOR), SIGNATORIES),
    "RecordErased": Rule((PARTY,), SIGNATORIES),
    "RemainsIdentified": Rule((PARTY,), SIGNATORIES),
    "Transcribed": Rule(WITH_A_SAY, KEY),
    "RoundClosed": Rule(WITH_A_SAY, SIGNATORIES),
    "ExchangeClosed": Rule(CLOSING, SIGNATORIES),
}

# Roles that author a kind only where the terms ask for that member's signature (`[signatures]`).
WHERE_ASKED: dict[str, tuple[str, ...]] = {
    "TermsSigned": (MEDIATOR, NEUTRAL, HOST),
    "TermsAmended": (MEDIATOR, NEUTRAL, HOST),
    "FinalListSigned": (MEDIATOR, GUARANTOR, NEUTRAL, HOST),
    "PlanSigned": (GUARANTOR, NEUTRAL, HOST),
    "StageOpened": (GUARANTOR, NEUTRAL),
    "RoundClosed": (GUARANTOR,),
}
AFTER_CLOSING = ("RecordErased",)  # keeping a record no longer than needed outlives the exchange

# What a member's signed paper can say when its node is down. Never keys, rights or a desk's acts.
ON_PAPER = (
    "RoundActivated", "ClauseOpened", "ClauseProposed", "ClauseAgreed", "OfferReleased", "TaskSet", "TaskDone",
    "TermsSigned", "TermsAmended", "AnswersGiven", "FinalListSigned",
    "PlanSigned", "StageOpened", "StageReconciled", "Resumed", "DisputeRaised", "DisputeSettled",
    "RemainsIdentified", "CountsPublished", "RoundClosed",
)  # fmt: skip

# Signed by the signatories too, where they change who can bind the member: a signatory, a supervisor, its own key.
CHANGES_WHO_BINDS = ("DelegateAppointed", "KeyRotated", "KeyCompromised")

BEFORE_OPENING = (
    "ExchangeOpened", "MemberAdmitted", "DelegateAppointed", "KeyRevoked", "KeyRotated", "KeyCompromised",
)  # fmt: skip


class Signed(NamedTuple):
    """Who signed an entry: the delegate's role and place, how many signatories, and what became of the key."""

    role: str | None
    place: str | None
    signatories: int
    revoked: bool  # the key ended since
    standing: bool  # the key stood at the index at which it is judged


def check_signatures(
    state: State, entry: Entry, body: Body, judged: int, index: int, proven: Collection[str]
) -> Signed:
    """Every signature of the entry is by a key that speaks for the author at `judged`, is valid, and they suffice.

    A delegate's last key that does not stand at `judged` is told apart from a stranger's: its event is void, but it is
    its author's.

    Args:
        proven: keys that are known to have signed this very entry (`ledger.entry.prove_entry`).
    """
    own, role, place, revoked, standing = _own_key(state, body, judged, index)
    keys = {_id_of(own): own}
    signatories: dict[str, str] = {}
    besides = "/" not in body.author or _replaces_its_members(body)
    if _is_mixed(body):
        signatories = _commission(state, body, index)
    elif besides and not (_needs_none(body) and len(entry.sigs) == 1 and entry.sigs[0].keyid in keys):
        signatories = _signatories(state, body.member, index, _accused(body))
    signed = set()
    for signature in entry.sigs:
        key = keys.get(signature.keyid) or signatories.get(signature.keyid)
        valid = key is not None and (key in proven or _verify(key, signature.sig, entry))
        if not valid and not standing:
            raise Refuse("authority.key", f"the author holds no delegation at index {judged}")
        if key is None:
            raise Refuse("signature.unknown", "a signature is by no key that speaks for the author at that index")
        if not valid:
            raise Refuse("signature.invalid", "a signature does not fit the bytes")
        signed.add(signature.keyid)
    if not signed & set(keys):
        raise Refuse("signature.author", "the author's own signature is missing")
    have, needed = len(signed & set(signatories)), _signatories_needed(state, body, index)
    if have < needed:
        who = "other members of the commission" if _is_mixed(body) else "signatories"
        raise Refuse("authority.quorum", f"{have} of the {needed} {who} needed have signed")
    return Signed(role, place, have, revoked, standing)


class Signers(NamedTuple):
    """Whose signatures an event can bear, by author, and how many besides the author's own it takes."""

    own: str  # the author's key
    others: dict[str, str]  # whose signatures count besides, by author: their keys
    needed: int


def signers(state: State, body: Body, index: int) -> Signers:
    """Who must sign this event, if it comes at `index`.

    Raises:
        Refuse: the author holds no key with which it could sign.
    """
    judged = min(body.seen[0], index) if works_apart(state, body) else index
    own, *_ = _own_key(state, body, judged, index)
    others: dict[str, str] = {}
    if _is_mixed(body):
        others = _commission(state, body, index)
    elif "/" not in body.author or _replaces_its_members(body):
        others = _signatories(state, body.member, index, _accused(body))
    authors = {str(grant.key): author for author, grants in state.keys.items() for grant in grants}
    return Signers(own, {authors[key]: key for key in others.values()}, _signatories_needed(state, body, index))


def keys_known(state: State) -> dict[str, str]:
    """Every key that has ever signed for somebody here, by its key id."""
    keys = [str(member.key) for member in state.members.values()]
    keys += [str(grant.key) for grants in state.keys.values() for grant in grants]
    return {_id_of(key): key for key in keys}


def check(state: State, fact: Fact) -> None:
    """Whether the author's role and signatures suffice for this kind of event at its index; or Refuse."""
    kind = fact.body.kind
    rule = TABLE[kind]
    if kind == "ExchangeOpened":
        return
    member = state.members[fact.member]
    if member.role not in rule.members:
        raise Refuse("authority.role", f"{kind} is not for a member with the role {member.role}")
    if not state.opened and kind not in BEFORE_OPENING:
        raise Refuse("exchange.not_open", "not every founder has been admitted yet")
    if state.closed and kind not in AFTER_CLOSING:
        raise Refuse("exchange.closed", "the exchange is closed")
    if isinstance(rule.by, tuple):
        if (fact.role or KEY) not in rule.by:
            raise Refuse("authority.delegate", f"{kind} needs a delegate in the role {' or '.join(rule.by)}")
        return
    if fact.role is not None:
        raise Refuse("authority.delegate", f"{kind} is signed by the member itself, not by a delegate")


def on_paper(state: State, kind: str, member: str) -> None:
    """Whether this kind may be entered from a member's signed paper by two others; or Refuse."""
    if kind not in ON_PAPER:
        raise Refuse("paper.kind", f"{kind} cannot be given on paper")
    if member not in state.members or state.members[member].role not in TABLE[kind].members:
        raise Refuse("authority.role", f"{kind} is not for that member")


def works_apart(state: State, body: Body) -> bool:
    """Whether the event is one of those that desks sign out of contact: their own kinds, and a gate's words."""
    if isinstance(body.data, GATE_WORDS):
        return any(grant.role == GATE for grant in state.keys.get(body.author, ()))
    return isinstance(body.data, DESK_KINDS)


def having_a_say(state: State, kind: str) -> set[str]:
    """The members whose role lets them author this kind, whatever the terms say."""
    roles = set(TABLE[kind].members) - set(WHERE_ASKED.get(kind, ()))
    return {name for name, member in state.members.items() if member.role in roles}


# --- cooling-off ----------------------------------------------------------------------------------------------------


def cools_off_at(state: State) -> Moment | None:
    """The log time at which a change made now has cooled off; None before the first round is activated, while members
    still compare keys and nothing binds anybody."""
    if not state.round or not state.cooling_hours:
        return None
    if state.log_time is None:
        return END_OF_TIME
    try:
        then = datetime.fromisoformat(state.log_time) + timedelta(hours=state.cooling_hours)
    except OverflowError:
        return END_OF_TIME
    return Moment(then.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"))


def can_be_lifted(state: State, grant: KeyGrant) -> bool:
    """Whether what ended this key has not cooled off yet, so that a signatory can still object to it."""
    return grant.until is not None and state.is_before(grant.lifts_until)


# --- which key, and how many ----------------------------------------------------------------------------------------

def _verify(key: str, signature: bytes, entry: Entry) -> bool:
    return ed25519_verify(bytes.fromhex(key), signature, pae(entry.type, entry.body))


@lru_cache(maxsize=4096)
def _id_of(key: str) -> str:
    return key_id(bytes.fromhex(key))


def _needs_none(body: Body) -> bool:
    """Whether no number of signatories makes a difference, so that nobody need look for them among all delegates."""
    return TABLE[body.kind].by != SIGNATORIES and body.kind not in CHANGES_WHO_BINDS


def _own_key(state: State, body: Body, judged: int, index: int) -> tuple[str, str | None, str | None, bool, bool]:
    """The key that the author signs with, its delegate role and place, whether it ended since, whether it stands."""
    data = body.data
    if isinstance(data, ExchangeOpened) and not state.exchange:
        for founder in data.founders:
            if founder.member == body.author == data.secretariat:
                return founder.key, None, None, False, True
        raise Refuse("authority.role", "the opening is signed by its secretariat")
    if "/" not in body.author:
        member = state.members.get(body.author)
        if member is None or (member.admitted is None and not isinstance(data, MemberAdmitted)):
            raise Refuse("authority.member", "the author is not an admitted member")
        return member.key, None, None, False, True
    grants = state.keys.get(body.author, ())
    grant = state.key_at(body.author, judged)
    if not grants:
        raise Refuse("authority.key", f"the author holds no delegation at index {judged}")
    if grant is None and isinstance(data, KeyObjected):  # whoever is being removed may still speak for the others
        grant = next((each for each in reversed(grants) if can_be_lifted(state, each)), None)
    by = grant or grants[-1]
    revoked = by.until is not None and by.until < index
    return by.key, by.role, by.place, revoked, grant is not None


def _signatories_needed(state: State, body: Body, index: int) -> int:
    """How many signatories must sign besides the member: its quorum, for what binds it.

    A change of who can bind it does, too, once it has ever had a quorum of them: or else one stolen key could revoke
    them all and appoint others (THREATS 18).
    """
    if _needs_none(body) and not _is_mixed(body):
        return 0
    member = state.members.get(body.member)
    if member is None:
        return 0
    data = body.data
    if _replaces_its_members(body):
        return max(member.quorum, PARTY_QUORUM_LEAST)
    if _is_mixed(body):
        return COMMISSION_MAJORITY - 1
    if _changes_who_binds(state, body):
        return _to_bind(state, body.member, member.quorum, index, _accused(body))
    return member.quorum if TABLE[type(data).__name__].by == SIGNATORIES else 0


def _changes_who_binds(state: State, body: Body) -> bool:
    """Whether this one of `CHANGES_WHO_BINDS` is about somebody who can."""
    data = body.data
    if isinstance(data, DelegateAppointed):
        return data.role in BINDING
    if isinstance(data, KeyRotated):
        return data.author == body.author == body.member
    if isinstance(data, KeyCompromised):
        grants = state.keys.get(data.author, ())
        return data.author == body.member or any(grant.role in BINDING for grant in grants)
    return False


def _replaces_its_members(body: Body) -> bool:
    """Whether a delegate replaces the key of its member, which is lost."""
    return isinstance(body.data, KeyRotated) and body.data.author == body.member != body.author


def _accused(body: Body) -> str | None:
    """The delegate whose key is said to be compromised: it has no part in saying so."""
    return body.data.author if isinstance(body.data, KeyCompromised) else None


def _to_bind(state: State, member: str, quorum: int, index: int, without: str | None) -> int:
    """None until there were ever enough; then the quorum, or where fewer are left all of them, and at least one.

    Whoever was revoked and can still be brought back counts among them: revoking makes nothing easier.
    """
    held = {author: grants for author, grants in state.keys.items() if author.startswith(member + "/")}
    if sum(grant.role == SIGNATORY for grants in held.values() for grant in grants) < quorum:
        return 0
    left = len(_signatories(state, member, index, without)) + sum(
        any(grant.role == SIGNATORY and can_be_lifted(state, grant) for grant in grants)
        for author, grants in held.items()
        if author != without and state.key_at(author, index) is None
    )
    return min(quorum, max(left, 1))


def _is_mixed(body: Body) -> bool:
    return isinstance(body.data, MedicalBoardDecided) and body.data.board == MIXED_BOARD


def _commission(state: State, body: Body, index: int) -> dict[str, str]:
    """The other members of the commission for a holder's people, by key id: the neutral's two, and the holder's one.

    A seat that nobody was named for stays empty, and two still decide: a power cannot keep its prisoners from being
    examined by naming nobody.
    """
    assert isinstance(body.data, MedicalBoardDecided)
    found = {}
    for author in physicians(state, index):
        member = author.partition("/")[0]
        if author != body.author and (member == body.data.holder or member in state.neutrals):
            grant = state.key_at(author, index)
            assert grant is not None
            found[_id_of(grant.key)] = str(grant.key)
    return found


def physicians(state: State, index: int) -> list[str]:
    """The delegates who stand as physicians when the ledger has `index` entries."""
    at = ((author, state.key_at(author, index)) for author in state.keys)
    return [author for author, grant in at if grant is not None and grant.role == PHYSICIAN]


def _signatories(state: State, member: str, index: int, without: str | None) -> dict[str, str]:
    """The member's signatory keys at this index, by key id."""
    found = {}
    for author in state.keys:
        if author.startswith(member + "/") and author != without:
            grant = state.key_at(author, index)
            if grant is not None and grant.role == SIGNATORY:
                found[_id_of(grant.key)] = str(grant.key)
    return found
