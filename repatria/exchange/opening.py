"""Opening: who the members are, the keys that they join with, and the rules version that stays in force.

The exchange is open when every founder has admitted itself: each for itself, all for the opening.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from repatria.exchange.authority import COOLING_HOURS_MOST, EVERYONE, MEDIATOR, NEUTRAL, PARTY, PARTY_QUORUM_LEAST
from repatria.exchange.events import ExchangeOpened, Founder, MemberAdmitted, admission_text
from repatria.exchange.keys import keys_in_use, public_of
from repatria.exchange.state import Attachments, Fact, LogFact, MemberFact, Refuse, State
from repatria.ledger.note import COSIGNATURE, BadNote, ed25519_verify, parse_vkey


def exchange_opened(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, ExchangeOpened)
    if state.exchange:
        raise Refuse("exchange.opened_twice", "the ledger has an opening already")
    for _, what in wrong_opening(event.founders, event.secretariat, event.mediator_quorum, event.cooling_hours):
        raise Refuse("exchange.founders", what)
    if not public_of(event.log) or public_of(event.log) in {founder.key for founder in event.founders}:
        raise Refuse("exchange.founders", "the log's key is not a verifier key, or is a member's")
    state.exchange = fact.body.exchange
    state.rules = event.rules
    state.origin = event.origin
    state.log = event.log
    state.secretariat = event.secretariat
    state.logs = [LogFact(event.log, event.secretariat, fact.index)]
    state.mediator_quorum, state.cooling_hours = event.mediator_quorum, event.cooling_hours
    for founder in event.founders:
        state.members[founder.member] = MemberFact(founder.role, founder.key, founder.quorum, None, None, None)


def wrong_opening(
    founders: Sequence[Founder], secretariat: str, mediator_quorum: int, cooling_hours: int
) -> Iterator[tuple[str, str]]:
    """Every reason why nobody can open an exchange so: whom or what it is about, and what is wrong."""
    names, keys = Counter(each.member for each in founders), Counter(each.key for each in founders)
    for name, count in names.items():
        if count > 1:
            yield name, "a member is named twice"
    for founder in founders:
        if keys[founder.key] > names[founder.member]:
            yield founder.member, "another founder has the same key"
        if founder.role not in EVERYONE:
            yield founder.member, "its role is none that a member can have"
        if founder.role == PARTY and founder.quorum < PARTY_QUORUM_LEAST:
            yield founder.member, f"a party needs at least {PARTY_QUORUM_LEAST} signatories to bind it"
    roles = Counter(str(each.role) for each in founders)
    if roles[PARTY] < 2 or not roles[NEUTRAL]:
        yield "founders", "an exchange needs two parties or more, a neutral and mediators"
    if not any((each.member, each.role) == (secretariat, MEDIATOR) for each in founders):
        yield secretariat, "the secretariat is not one of the mediators"
    if not 1 <= mediator_quorum <= roles[MEDIATOR]:
        yield "founders", "the mediators' quorum is not between one and their number"
    if not 0 <= cooling_hours <= COOLING_HOURS_MOST:
        yield "founders", f"the cooling-off is not between 0 and {COOLING_HOURS_MOST} hours"


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
