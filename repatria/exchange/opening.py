"""Opening: who the members are, which keys speak for them, and the rules version that stays in force.

The exchange is open when every founder has admitted itself: each for itself, all for the opening.
"""

from __future__ import annotations

from dataclasses import replace

from repatria.exchange.authority import (
    DELEGATE_ROLES,
    DESK,
    EVERYONE,
    GATE,
    INTERVIEWER,
    NEUTRAL,
    PARTY,
    PARTY_QUORUM_LEAST,
    is_sheet,
)
from repatria.exchange.events import (
    DelegateAppointed,
    ExchangeOpened,
    KeyRevoked,
    MemberAdmitted,
    Slug,
    admission_text,
)
from repatria.exchange.state import Attachments, Fact, KeyGrant, MemberFact, Refuse, State
from repatria.ledger.note import COSIGNATURE, BadNote, ed25519_verify, parse_vkey

AT_A_PLACE = (DESK, GATE)


def exchange_opened(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ExchangeOpened)
    if state.exchange:
        raise Refuse("exchange.opened_twice", "the ledger has an opening already")
    names = [founder.member for founder in event.founders]
    roles = [str(founder.role) for founder in event.founders]
    keys = {founder.key for founder in event.founders}
    if len(set(names)) != len(names) or len(keys) != len(names):
        raise Refuse("exchange.founders", "a member or a key is named twice")
    if roles.count(PARTY) < 2 or NEUTRAL not in roles or any(role not in EVERYONE for role in roles):
        raise Refuse("exchange.founders", "an exchange needs two parties or more, a neutral and mediators")
    if not _public_of(event.log) or _public_of(event.log) in keys:
        raise Refuse("exchange.founders", "the log's key is not a verifier key, or is a member's")
    secretary = next((f for f in event.founders if f.member == event.secretariat), None)
    if secretary is None or secretary.role != "mediator":
        raise Refuse("exchange.founders", "the secretariat is not one of the mediators")
    if not 1 <= event.mediator_quorum <= roles.count("mediator"):
        raise Refuse("exchange.founders", "the mediators' quorum is not between one and their number")
    if any(f.role == PARTY and f.quorum < PARTY_QUORUM_LEAST for f in event.founders):
        raise Refuse("exchange.founders", f"a party needs at least {PARTY_QUORUM_LEAST} signatories to bind it")
    state.exchange = fact.body.exchange
    state.rules = event.rules
    state.origin = event.origin
    state.log = event.log
    state.secretariat = event.secretariat
    state.mediator_quorum = event.mediator_quorum
    for founder in event.founders:
        state.members[founder.member] = MemberFact(founder.role, founder.key, founder.quorum, None, None, None)


def member_admitted(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, MemberAdmitted)
    member = state.members[fact.member]
    if event.member != fact.member or member.admitted is not None:
        raise Refuse("member.admitted", "a founder admits itself, once")
    try:
        witness = parse_vkey(event.witness)
    except BadNote as error:
        raise Refuse("member.witness", "the witness key is not a verifier key") from error
    if witness.kind != COSIGNATURE or witness.public.hex() in _keys_in_use(state):
        raise Refuse("member.witness", "the witness key is not one for cosignatures, or serves another purpose")
    text = admission_text(fact.body.exchange, fact.member, member.key, event.recipient)
    if not ed25519_verify(witness.public, bytes.fromhex(event.witness_signature), text):
        raise Refuse("member.witness", "the witness key has not signed the member's key")
    state.members[fact.member] = replace(member, witness=event.witness, recipient=event.recipient, admitted=fact.index)
    state.opened = all(each.admitted is not None for each in state.members.values())


def delegate_appointed(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, DelegateAppointed)
    member, _, name = event.delegate.partition("/")
    if member != fact.member or not name:
        raise Refuse("delegate.member", "a member appoints its own delegates only")
    if is_sheet(event.delegate):
        raise Refuse("delegate.name", "that is a paper sheet's name")
    if event.role not in DELEGATE_ROLES:
        raise Refuse("delegate.role", "no such role")
    neutral = state.members[fact.member].role == NEUTRAL
    if (event.role in (GATE, INTERVIEWER)) != neutral:
        raise Refuse("delegate.role", f"the role {event.role} is not for this member")
    if (event.place is not None) != (event.role in AT_A_PLACE):
        raise Refuse("delegate.place", "desks and gates have a place; nobody else has")
    if event.key in _keys_in_use(state):
        raise Refuse("delegate.key", "the key has been used before")
    grants = state.keys.get(event.delegate, ())
    if grants and grants[-1].until is None:
        raise Refuse("delegate.standing", "the delegate holds a key; revoke it first")
    if grants and (event.role in AT_A_PLACE or any(grant.role in AT_A_PLACE for grant in grants)):
        raise Refuse("delegate.name", "a desk's or gate's name is not used again; its late events may still come")
    if event.role == GATE and _standing_gate(state, str(event.place), fact.index):
        raise Refuse("delegate.gate", "the place has a gate; two could contradict each other")
    grant = KeyGrant(event.key, event.role, event.place, fact.index, None)
    state.keys[event.delegate] = (*grants, grant)


def key_revoked(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, KeyRevoked)
    grants = state.keys.get(event.delegate, ())
    if event.delegate.partition("/")[0] != fact.member or not grants:
        raise Refuse("delegate.member", "a member revokes its own delegates only")
    if grants[-1].until is not None or grants[-1].key != event.key:
        raise Refuse("delegate.standing", "the delegate does not hold this key")
    state.keys[event.delegate] = (*grants[:-1], replace(grants[-1], until=fact.index))


def _keys_in_use(state: State) -> set[str]:
    """Every public key that this ledger has ever bound to somebody, hex: one key, one purpose."""
    used = {str(grant.key) for grants in state.keys.values() for grant in grants}
    vkeys = [state.log, *(member.witness for member in state.members.values() if member.witness is not None)]
    return used | {str(member.key) for member in state.members.values()} | {_public_of(vkey) for vkey in vkeys}


def _public_of(vkey: str) -> str:
    """The public key in a verifier key, hex; nothing for what is no verifier key."""
    try:
        return parse_vkey(vkey).public.hex()
    except BadNote:
        return ""


def _standing_gate(state: State, place: str, index: int) -> bool:
    grants = [grant for held in state.keys.values() for grant in held]
    return any(g.role == GATE and g.place == Slug(place) and g.until is None for g in grants)


REDUCERS = {
    "ExchangeOpened": exchange_opened,
    "MemberAdmitted": member_admitted,
    "DelegateAppointed": delegate_appointed,
    "KeyRevoked": key_revoked,
}
