"""Who may do what, at which index of the ledger.

The table says per kind of event which roles of member may author it and what must sign: the member's own key, its
signatories besides (m-of-n, so that one key never suffices for what binds a party), or a delegate's key in a role.
Position in the ledger decides, never a claimed time: a key is judged at the event's own index, and a desk's key at
the index that the desk names in `seen`, since desks work out of contact.

    >>> TABLE["FinalListSigned"].by, TABLE["Cleared"].members
    ('signatories', ('neutral',))
"""

from __future__ import annotations

from dataclasses import dataclass

from repatria.exchange.codec import Body
from repatria.exchange.events import DelegateAppointed, ExchangeOpened, MemberAdmitted
from repatria.exchange.state import Fact, Refuse, State
from repatria.ledger.entry import Entry, key_id, pae
from repatria.ledger.note import ed25519_verify

PARTY, MEDIATOR, NEUTRAL, HOST = "party", "mediator", "neutral", "host"
EVERYONE = (PARTY, MEDIATOR, NEUTRAL, HOST)
KEY, SIGNATORIES = "key", "signatories"  # the member's key alone, or with its quorum of signatories
SIGNATORY, SUPERVISOR, DESK, GATE, INTERVIEWER = "signatory", "supervisor", "desk", "gate", "interviewer"
DELEGATE_ROLES = (SIGNATORY, SUPERVISOR, DESK, GATE, INTERVIEWER)
PARTY_QUORUM_LEAST = 2  # THREATS 18: one key never suffices
SHEET = "sheet-"  # a numbered paper sheet's name under its member: north/sheet-0007; no delegate is called so


def is_sheet(holder: str) -> bool:
    """Whether a right's holder is a paper sheet, and not a desk."""
    return holder.partition("/")[2].startswith(SHEET)


@dataclass(frozen=True)
class Rule:
    """Which members author a kind, and what signs it: `key`, `signatories`, or the roles of a delegate."""

    members: tuple[str, ...]
    by: str | tuple[str, ...]


TABLE: dict[str, Rule] = {
    "ExchangeOpened": Rule((MEDIATOR,), KEY),
    "MemberAdmitted": Rule(EVERYONE, KEY),
    "DelegateAppointed": Rule(EVERYONE, KEY),  # and the signatories, for a signatory or supervisor (`check`)
    "KeyRevoked": Rule(EVERYONE, KEY),
    "RoundActivated": Rule((PARTY, MEDIATOR), SIGNATORIES),
    "ClauseOpened": Rule((PARTY, MEDIATOR), KEY),
    "ClauseProposed": Rule((PARTY, MEDIATOR), KEY),
    "ClauseAgreed": Rule((PARTY,), SIGNATORIES),
    "OfferCarried": Rule((MEDIATOR,), KEY),
    "OfferReleased": Rule((PARTY, MEDIATOR), KEY),
    "TaskSet": Rule(EVERYONE, KEY),
    "TaskDone": Rule(EVERYONE, KEY),
    "TermsSigned": Rule((PARTY,), SIGNATORIES),
    "TermsAmended": Rule((PARTY,), SIGNATORIES),
    "RegisterCommitted": Rule((PARTY,), KEY),
    "RegisterDisclosed": Rule((PARTY,), SIGNATORIES),
    "LinkJudged": Rule((PARTY,), KEY),
    "AnswersGiven": Rule((PARTY,), KEY),
    "AnswersOverdue": Rule((MEDIATOR,), KEY),
    "FinalListSigned": Rule((PARTY,), SIGNATORIES),
    "InterviewHeld": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "AccessRefused": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "Cleared": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "NotGoing": Rule((NEUTRAL,), (INTERVIEWER, GATE)),
    "LotteryCommitted": Rule((PARTY, MEDIATOR), KEY),
    "LotteryRevealed": Rule(EVERYONE, KEY),
    "PlanProposed": Rule((PARTY, MEDIATOR), KEY),
    "PlanRevised": Rule((PARTY, MEDIATOR), KEY),
    "PlanSigned": Rule((PARTY, MEDIATOR), SIGNATORIES),
    "StageOpened": Rule((PARTY, MEDIATOR), KEY),
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
    "Suspended": Rule((PARTY,), KEY),
    "Resumed": Rule((PARTY,), SIGNATORIES),
    "DisputeRaised": Rule(EVERYONE, KEY),
    "WithdrawnFromList": Rule((PARTY,), SIGNATORIES),
    "Transcribed": Rule(EVERYONE, KEY),
    "RoundClosed": Rule(EVERYONE, SIGNATORIES),
    "ExchangeClosed": Rule(EVERYONE, SIGNATORIES),
}

# What a member's signed paper can say when its node is down. Never keys, rights or a desk's acts.
ON_PAPER = (
    "RoundActivated", "ClauseOpened", "ClauseProposed", "ClauseAgreed", "OfferReleased", "TaskSet", "TaskDone",
    "TermsSigned", "TermsAmended", "AnswersGiven", "FinalListSigned",
    "PlanSigned", "StageOpened", "StageReconciled", "Resumed", "RoundClosed",
)  # fmt: skip

BEFORE_OPENING = ("ExchangeOpened", "MemberAdmitted", "DelegateAppointed", "KeyRevoked")


@dataclass(frozen=True)
class Signed:
    """Who signed an entry: the delegate's role and place, how many signatories, and what became of the key."""

    role: str | None
    place: str | None
    signatories: int
    revoked: bool  # the key ended since
    standing: bool  # the key stood at the index at which it is judged


def check_signatures(state: State, entry: Entry, body: Body, judged: int, index: int) -> Signed:
    """Every signature of the entry is by a key that speaks for the author at `judged`, is valid, and they suffice.

    A delegate's last key that does not stand at `judged` is told apart from a stranger's: its event is void, but it is
    its author's.
    """
    own, role, place, revoked, standing = _own_key(state, body, judged, index)
    keys = {key_id(bytes.fromhex(own)): own}
    signatories = _signatories(state, body.member, index) if "/" not in body.author else {}
    message = pae(entry.type, entry.body)
    signed = set()
    for signature in entry.sigs:
        key = keys.get(signature.keyid) or signatories.get(signature.keyid)
        valid = key is not None and ed25519_verify(bytes.fromhex(key), signature.sig, message)
        if not valid and not standing:
            raise Refuse("authority.key", f"the author holds no delegation at index {judged}")
        if key is None:
            raise Refuse("signature.unknown", "a signature is by no key that speaks for the author at that index")
        if not valid:
            raise Refuse("signature.invalid", "a signature does not fit the bytes")
        signed.add(signature.keyid)
    if not signed & set(keys):
        raise Refuse("signature.author", "the author's own signature is missing")
    have, needed = len(signed & set(signatories)), _signatories_needed(state, body, len(signatories))
    if have < needed:
        raise Refuse("authority.quorum", f"{have} of the {needed} signatories needed have signed")
    return Signed(role, place, have, revoked, standing)


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
    if state.closed:
        raise Refuse("exchange.closed", "the exchange is closed")
    if isinstance(rule.by, tuple):
        if fact.role not in rule.by:
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
    by = grant or grants[-1]
    revoked = by.until is not None and by.until < index
    return by.key, by.role, by.place, revoked, grant is not None


def _signatories_needed(state: State, body: Body, standing: int) -> int:
    """How many signatories must sign besides the member: its quorum, for what binds it.

    Appointing a signatory or supervisor binds it too, once it has ever had a quorum of them: or else one stolen
    key could revoke them all and appoint others (THREATS 18). With fewer left than the quorum: all, and at least one.
    """
    member = state.members.get(body.author)
    if member is None:
        return 0
    data = body.data
    if isinstance(data, DelegateAppointed) and data.role in (SIGNATORY, SUPERVISOR):
        ever = sum(
            grant.role == SIGNATORY
            for author, grants in state.keys.items()
            if author.startswith(body.author + "/")
            for grant in grants
        )
        return min(member.quorum, max(standing, 1)) if ever >= member.quorum else 0
    return member.quorum if TABLE[body.kind].by == SIGNATORIES else 0


def _signatories(state: State, member: str, index: int) -> dict[str, str]:
    """The member's signatory keys at this index, by key id."""
    found = {}
    for author in state.keys:
        if author.startswith(member + "/"):
            grant = state.key_at(author, index)
            if grant is not None and grant.role == SIGNATORY:
                found[key_id(bytes.fromhex(grant.key))] = str(grant.key)
    return found
