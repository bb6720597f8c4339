"""Succession: the log goes on under another mediator's key, from a checkpoint that members have cosigned.

Whoever agrees names in `seen` what it has seen and cosigned, and its entry takes effect only in a tree that goes on
from there: so a successor that is behind any of them cannot complete the succession. The origin stays, so that every
witness's promise goes on: the successor's log is the same tree, grown. Checkpoints of the old key hold up to the entry
that completes the succession; a larger one contradicts it (`ledger.proof`).

Source: DESIGN.md section 1; ADR *secretariat succession*.
"""

from __future__ import annotations

from repatria.exchange import assent
from repatria.exchange.authority import MEDIATOR, having_a_say
from repatria.exchange.events import SecretariatSucceeded
from repatria.exchange.keys import keys_in_use
from repatria.exchange.state import Attachments, Fact, LogFact, Refuse, State
from repatria.ledger.note import ED25519, BadNote, VerifierKey, parse_vkey


def secretariat_succeeded(state: State, fact: Fact, attachments: Attachments) -> None:
    event = fact.body.data
    assert isinstance(event, SecretariatSucceeded)
    member = state.members.get(event.successor)
    if member is None or member.role != MEDIATOR or event.successor == state.secretariat:
        raise Refuse("secretariat.successor", "the successor is another one of the mediators")
    try:
        log = parse_vkey(event.log)
    except BadNote as error:
        raise Refuse("secretariat.log", "the log's new key is not a verifier key") from error
    if log.kind != ED25519 or log.name != state.origin or log.public.hex() in keys_in_use(state):
        raise Refuse("secretariat.log", "the log keeps its origin, and gets a key that has served no purpose yet")
    size, _ = state.seen
    if event.size > size or event.root != state.root_at(event.size):
        raise Refuse("secretariat.checkpoint", f"the successor goes on from no checkpoint of these {size} entries")
    act, assents = assent.joined(state, fact)
    state.assents[act] = assents
    have, all_of_them = assent.members(assents), having_a_say(state, "SecretariatSucceeded")
    if {*state.parties, str(event.successor)} <= have and 2 * len(have) > len(all_of_them):
        state.secretariat, state.log = str(event.successor), str(event.log)
        state.logs.append(LogFact(event.log, event.successor, fact.index))


def log_keys(state: State, size: int) -> list[VerifierKey]:
    """The keys whose checkpoint of that size holds: one, or at the entry that hands the log on, the old one's too."""
    found = []
    for at, log in enumerate(state.logs):
        last = state.logs[at + 1].since + 1 if at + 1 < len(state.logs) else size
        if (size > log.since or at == 0) and size <= last:
            found.append(parse_vkey(log.key))
    return found[::-1]


def every_log_key(state: State) -> list[VerifierKey]:
    """All keys that this log has had, the present one first."""
    return [parse_vkey(log.key) for log in reversed(state.logs)]


REDUCERS = {"SecretariatSucceeded": secretariat_succeeded}
