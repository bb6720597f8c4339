"""The reducers of every rules version: which function answers which kind of event.

A reducer checks everything first and raises `Refuse` before it changes anything; then it changes the state. New
rules come as a new version beside the old ones, never as a change to them: an old ledger keeps its meaning.
"""

from __future__ import annotations

from collections.abc import Callable

from repatria.exchange import (
    always,
    clearing,
    closing,
    consulting,
    disputes,
    erasing,
    examining,
    handing,
    keys,
    listing,
    medical,
    opening,
    planning,
    publishing,
    seeing,
    succession,
)
from repatria.exchange.events import ExchangeOpened
from repatria.exchange.state import Attachments, Fact, Refuse, State

Reducer = Callable[[State, Fact, Attachments], None]

V1: dict[str, Reducer] = {
    **opening.REDUCERS,
    **keys.REDUCERS,
    **succession.REDUCERS,
    **consulting.REDUCERS,
    **listing.REDUCERS,
    **clearing.REDUCERS,
    **medical.REDUCERS,
    **seeing.REDUCERS,
    **planning.REDUCERS,
    **handing.REDUCERS,
    **always.REDUCERS,
    **disputes.REDUCERS,
    **publishing.REDUCERS,
    **erasing.REDUCERS,
    **examining.REDUCERS,
    **closing.REDUCERS,
}
VERSIONS: dict[int, dict[str, Reducer]] = {1: V1}
LATEST = max(VERSIONS)


def reduce(state: State, fact: Fact, attachments: Attachments) -> None:
    """Let the event take effect under the rules that the opening pinned; or Refuse."""
    data = fact.body.data
    version = data.rules if isinstance(data, ExchangeOpened) else state.rules
    if version not in VERSIONS:
        raise Refuse("exchange.rules", f"rules version {version} is unknown; the latest known is {LATEST}")
    if fact.body.kind == "Transcribed":
        _transcribed(state, fact, attachments, VERSIONS[version])
        return
    VERSIONS[version][fact.body.kind](state, fact, attachments)


def _transcribed(state: State, fact: Fact, attachments: Attachments, reducers: dict[str, Reducer]) -> None:
    """A paper takes effect, for the member that signed it, when two other members have entered the same."""
    paper, event, others = always.transcribed(state, fact, attachments)
    if event is not None:
        reducers[event.body.kind](state, event, attachments)
    state.papers[paper] = others
