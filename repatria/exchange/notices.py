"""Notices: "your key was used". What a member's people must see so that a stolen or coerced key does not stay unseen.

A pure function of the ledger: every entry that a key of the member, or of one of its delegates, has signed, and every
change of who speaks for it; each with what to do if it was not them (THREATS 18). Refused entries are told too, since
a key that somebody tries is a key that somebody has.

    >>> notices("north", State(), [])
    []
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from repatria.exchange.authority import BINDING, can_be_lifted
from repatria.exchange.codec import Body, decode_body, event_id
from repatria.exchange.events import DelegateAppointed, KeyCompromised, KeyObjected, KeyRevoked, KeyRotated
from repatria.exchange.state import State
from repatria.ledger.entry import decode_entry, is_signed_by

USED, REFUSED, CHANGED = "used", "refused", "changed"

_IF_NOT_YOU = {
    "member": "replace the member's key with its signatories, then say that the old one is compromised",
    "delegate": "revoke the key; where it may have been used before, say that it is compromised as from this entry",
}
_KEY_CHANGES = (DelegateAppointed, KeyRevoked, KeyRotated, KeyCompromised, KeyObjected)


@dataclass(frozen=True)
class Notice:
    """One use of an author's key, or one change of who speaks for the member.

    `until`: the log time before which another signatory can object; none where nobody can, or can any more.
    """

    index: int
    event: str
    what: str  # used, refused, changed
    kind: str
    author: str  # whose key it was
    about: str | None  # the delegate or member whose key was changed
    at: str  # the time that the entry claims
    rule: str | None  # why it had no effect
    until: str | None
    do: str


def notices(member: str, state: State, entries: Sequence[bytes], since: int = 0) -> list[Notice]:
    """What the member's keys have signed from entry `since` on, and what was changed about them.

    Args:
        state: the state after all entries of the ledger.
        entries: those from `since` on.
    """
    keys = _keys_of(member, state)
    refused = {str(refusal.event): str(refusal.rule) for refusal in state.refusals}
    found = []
    for index, data in enumerate(entries, since):
        try:
            entry = decode_entry(data)
            body = decode_body(entry.body)
        except ValueError:
            continue
        name = event_id(entry.body)
        for author, key in keys:
            if is_signed_by(entry, bytes.fromhex(key)):
                found.append(_notice(state, index, name, body, author, refused.get(name)))
    return found


def _notice(state: State, index: int, name: str, body: Body, author: str, rule: str | None) -> Notice:
    about = until = None
    if isinstance(body.data, _KEY_CHANGES) and rule is None:
        about = str(getattr(body.data, "delegate", None) or getattr(body.data, "author", ""))
        until = _objectable_until(state, about, str(getattr(body.data, "new", body.data.key)))
    what = REFUSED if rule is not None else USED if about is None else CHANGED
    do = _IF_NOT_YOU["delegate" if "/" in author else "member"]
    if until is not None:
        do = f"object before {until}, with another signatory's key; and {do}"
    return Notice(index, name, what, body.kind, author, about, body.at, rule, until, do)


def _objectable_until(state: State, author: str, key: str) -> str | None:
    for grant in reversed(state.keys.get(author, ())):
        if grant.key == key and grant.role in BINDING:
            if grant.until is None and state.is_before(grant.stands_from):
                return grant.stands_from
            if can_be_lifted(state, grant):
                return grant.lifts_until
    return None


def _keys_of(member: str, state: State) -> list[tuple[str, str]]:
    """Every key that the member or a delegate of it has ever held, with whose it was, each once."""
    fact = state.members.get(member)
    held: list[tuple[str, str]] = []
    if fact is not None:
        held = [(member, str(key)) for key in (fact.key, *(grant.key for grant in fact.former))]
    for author, grants in sorted(state.keys.items()):
        if author.startswith(member + "/"):
            held += [(author, str(grant.key)) for grant in grants]
    return list(dict.fromkeys(held))
