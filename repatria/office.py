"""How anything is done: run a command against a node, and get signed events or problems. Knows no noun.

A command is a pure function of (state, request, given) to an outcome or problems. `run` turns the outcome's drafts
into signed entries, tries them on a fork of the state with the very reducers of the fold, and only if every one takes
effect lets the node commit all of it: records, attachments, mail and entries together, or nothing.

The same `run` serves the command line, pages and a desk: whatever can give a state and keep entries is a node here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from repatria.exchange.advice import advice
from repatria.exchange.codec import Body, encode_body, event_id
from repatria.exchange.events import Event
from repatria.exchange.fold import apply
from repatria.exchange.state import State
from repatria.ledger.entry import encode_entry, sign_entry
from repatria.problem import Problem

R = TypeVar("R")


@dataclass(frozen=True)
class Draft:
    """An event to be signed: by its author's key, and by these signatories of the author's besides.

    `refs` name event ids; "#0" names the first draft of the same outcome, "#1" the second, and so on.
    """

    event: Event
    author: str
    signatories: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    commit: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """A person's record for the vault: register, random row, fields in clear, and a salt per field."""

    register: str
    row: str
    fields: Mapping[str, str]
    salts: Mapping[str, bytes]


@dataclass(frozen=True)
class Outcome:
    """What a command wants to happen, all or nothing, and what to tell the person who asked."""

    drafts: tuple[Draft, ...] = ()
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    mail: Mapping[str, bytes] = field(default_factory=dict)  # sha256 -> sealed bytes
    mail_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # sha256 -> members
    answer: Mapping[str, Any] = field(default_factory=dict)
    erase: tuple[tuple[str, str], ...] = ()  # register and row of records to be destroyed
    without: tuple[str, ...] = ()  # documents to be taken away
    exchange: str = ""  # only where the outcome opens one: its identifier


@dataclass(frozen=True)
class Given:
    """Everything that is not in the ledger: time, randomness, keys, and the node's own sealed store, as functions."""

    now: str  # 2025-12-01T08:00:00Z
    random: Callable[[int], bytes]
    seed: Callable[[str], bytes | None]  # an author's Ed25519 seed, if it is unlocked
    attachment: Callable[[str], bytes | None]
    document: Callable[[str], bytes | None]
    documents: Callable[[str], Sequence[str]]  # names with a prefix
    records: Callable[[str], Sequence[Record]]  # of one register
    seal: Callable[[bytes, Sequence[str]], bytes]  # to age recipients
    progress: Callable[[str, int, int], None] = lambda what, done, total: None
    unseal: Callable[[bytes], bytes | None] = lambda sealed: None  # what was sealed to this member, and nothing else


class Node(Protocol):
    """What `run` needs of a node, a desk or a test's stand-in."""

    def state(self) -> State:
        """A fork of the present state, own unordered events included, that may be changed."""

    def commit(self, entries: Sequence[bytes], outcome: Outcome) -> None:
        """Keep everything durably, or nothing."""


Command = Callable[[State, R, Given], "Outcome | list[Problem]"]


@dataclass(frozen=True)
class Done:
    """What was done: the ids of the new events, and the command's answer."""

    events: tuple[str, ...]
    answer: Mapping[str, Any]


def run(node: Node, command: Command[R], request: R, given: Given) -> Done | list[Problem]:
    """Do it, or say every reason why not. Nothing is kept unless all of it takes effect."""
    state = node.state()
    outcome = command(state, request, given)
    if isinstance(outcome, list):
        return outcome
    signed = sign(state, outcome, given)
    if isinstance(signed, list):
        return signed
    entries, names = signed
    node.commit(entries, outcome)
    return Done(names, outcome.answer)


def sign(state: State, outcome: Outcome, given: Given) -> tuple[tuple[bytes, ...], tuple[str, ...]] | list[Problem]:
    """The outcome's drafts as signed entries and their event ids, each tried on `state`; or the problems."""
    entries: list[bytes] = []
    names: list[str] = []
    for draft in outcome.drafts:
        missing = [author for author in (draft.author, *draft.signatories) if given.seed(author) is None]
        if missing:
            return [
                Problem(
                    "key.locked", type(draft.event).__name__, f"the key of {author} is not unlocked here",
                    "give its key file and passphrase",
                )
                for author in missing
            ]  # fmt: skip
        seq, prev, _ = state.chains.get(draft.author, (-1, None, 0))
        refs = tuple(names[int(ref[1:])] if ref.startswith("#") else ref for ref in draft.refs)
        body = encode_body(
            Body(
                state.exchange or outcome.exchange, draft.author, seq + 1, prev, state.seen, refs,
                draft.commit, given.now, draft.event,
            )
        )  # fmt: skip
        seeds = [seed for author in (draft.author, *draft.signatories) if (seed := given.seed(author)) is not None]
        entry = encode_entry(sign_entry(body, seeds))
        verdict = apply(state, entry, lambda name: outcome.attachments.get(name) or given.attachment(name))
        if not verdict.applied:
            rule = verdict.rule or ""
            return [Problem(rule, type(draft.event).__name__, verdict.what, advice(rule))]
        entries.append(entry)
        names.append(event_id(body))
    return tuple(entries), tuple(names)
