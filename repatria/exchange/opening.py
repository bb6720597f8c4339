"""Opening: who the members are, the keys that they join with, and the rules version that stays in force.

The exchange is open when every founder has admitted itself: each for itself, all for the opening.
"""

from __future__ import annotations

from dataclasses import replace

from repatria.exchange.authority import COOLING_HOURS_MOST, EVERYONE, NEUTRAL, PARTY, PARTY_QUORUM_LEAST
from repatria.exchange.events import ExchangeOpened, MemberAdmitted, admission_text
from repatria.exchange.keys import keys_in_use, public_of
from repatria.exchange.state import Attachments, Fact, LogFact, MemberFact, Refuse, State
from repatria.ledger.note import COSIGNATURE, BadNote, ed25519_verify, parse_vkey


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
    if not public_of(event.log) or public_of(event.log) in keys:
        raise Refuse("exchange.founders", "the log's key is not a verifier key, or is a member's")
    secretary = next((f for f in event.founders if f.member == event.secretariat), None)
    if secretary is None or secretary.role != "mediator":
        raise Refuse("exchange.founders", "the secretariat is not one of the mediators")
    if not 1 <= event.mediator_quorum <= roles.count("mediator"):
        raise Refuse("exchange.founders", "the mediators' quorum is not between one and their number")
    if any(f.role == PARTY and f.quorum < PARTY_QUORUM_LEAST for f in event.founders):
        raise Refuse("exchange.founders", f"a party needs at least {PARTY_QUORUM_LEAST} signatories to bind it")
    if event.cooling_hours > COOLING_HOURS_MOST:
        raise Refuse("exchange.founders", f"a cooling-off of more than {COOLING_HOURS_MOST} hours")
    state.exchange = fact.body.exchange
    state.rules = event.rules
    state.origin = event.origin
    state.log = event.log
    state.secretariat = event.secretariat
    state.logs = [LogFact(event.log, event.secretariat, fact.index)]
    state.mediator_quorum, state.cooling_hours = event.mediator_quorum, event.cooling_hours
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
    if witness.kind != COSIGNATURE or witness.public.hex() in keys_in_use(state):
        raise Refuse("member.witness", "the witness key is not one for cosignatures, or serves another purpose")
    text = admission_text(fact.body.exchange, fact.member, member.key, event.recipient)
    if not ed25519_verify(witness.public, bytes.fromhex(event.witness_signature), text):
        raise Refuse("member.witness", "the witness key has not signed the member's key")
    state.members[fact.member] = replace(member, witness=event.witness, recipient=event.recipient, admitted=fact.index)
    state.opened = all(each.admitted is not None for each in state.members.values())


REDUCERS = {"ExchangeOpened": exchange_opened, "MemberAdmitted": member_admitted}
