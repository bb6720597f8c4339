"""What takes effect: each entry that the fold let through, read again as an act of a member.

Two things lie between an entry and an act. The entry must stand rightly in its author's chain, in a ledger that the
author had seen, after everything it relies on. And a member's paper, entered by two others, is that member's act
from the second entry on.

    >>> Acts().read(b"not an entry") is None
    True
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from repatria.audit.authority import Authority, Delegation
from repatria.exchange.codec import Body, decode_body, event_id, revive
from repatria.exchange.events import KINDS, Event, KeyCompromised, PersonReceived, PersonReleased, Transcribed
from repatria.ledger.canonical import NotCanonical, decode
from repatria.ledger.entry import Entry, decode_entry
from repatria.ledger.tree import Tree, leaf_hash

Attachments = Callable[[str], bytes | None]


@dataclass(frozen=True)
class Act:
    """An event at its place in the ledger, with who it speaks for.

    `known` is how much of the ledger its author counts as knowing, `seen` how much it says that it had seen.
    """

    index: int
    id: str
    event: Any  # one of `Event`; a checker looks at its class
    author: str
    member: str
    known: int
    seen: int
    delegation: Delegation | None
    revoked: bool
    paper: bool
    refs: tuple[str, ...]
    signatories: int = 0  # of the member, who signed besides; a paper shows its own


@dataclass(frozen=True)
class Read:
    """A well-formed entry."""

    entry: Entry
    body: Body
    id: str


@dataclass(frozen=True)
class Fallen:
    """A receipt without effect, since the release that it names has none: when it came, and what it would have said."""

    index: int
    author: str
    number: str
    spot: tuple[str, str]


@dataclass
class Acts:
    """Reads entries one after the other. What it knows comes from the entries alone."""

    authority: Authority = field(default_factory=Authority)
    papers: int = 0  # acts that came about by a paper
    _tree: Tree = field(default_factory=Tree)
    _chains: dict[str, tuple[int, int]] = field(default_factory=dict)  # author -> seq, size seen
    _places: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    fallen: dict[str, Fallen] = field(default_factory=dict)
    _effective: set[str] = field(default_factory=set)
    _transcribed: dict[Event, tuple[str, ...]] = field(default_factory=dict)

    def read(self, data: bytes) -> Read | None:
        """The next entry of the ledger, or None where it is malformed. Nothing is concluded from it yet."""
        self._tree.append(leaf_hash(data))
        try:
            entry = decode_entry(data)
            body = decode_body(entry.body)
        except ValueError:
            return None
        name = event_id(entry.body)
        self._places[body.author, body.seq].add(name)
        self.authority.hear(entry, body)
        return Read(entry, body, name)

    def leave(self, index: int, read: Read) -> None:
        """An entry that had no effect: a receipt that fell with its release is remembered."""
        event = read.body.data
        if isinstance(event, PersonReceived) and any(ref not in self._effective for ref in read.body.refs):
            spot = (event.stage, event.place)
            self.fallen.setdefault(read.id, Fallen(index, read.body.author, event.number, spot))

    def take(self, index: int, read: Read, attachments: Attachments) -> tuple[Act | None, list[str]]:
        """The act that an entry with effect amounts to, if any, and every reason why it should have none."""
        body = read.body
        spoken, wrong = self.authority.judge(index, read.entry, body)
        wrong += self._place(index, read, spoken.known)
        wrong += self.authority.learn(index, body)
        event: Event = body.data
        if isinstance(event, KeyCompromised) and self.authority.taken_back is not None:
            self._transcribed = {paper: by for paper, by in self._transcribed.items() if by != (body.member,)}
        if not isinstance(event, Transcribed):
            act = Act(
                index, read.id, event, body.author, body.member, spoken.known, body.seen[0], spoken.delegation,
                spoken.revoked, False, body.refs, spoken.signatories,
            )  # fmt: skip
            return act, wrong
        others = (*self._transcribed.get(event, ()), body.member)
        self._transcribed[event] = others
        if len(others) < 2:
            return None, wrong
        wrong += self.authority.on_paper(event.kind, event.member, others)
        try:
            said = revive(KINDS[event.kind], decode(attachments(event.data) or b""))
        except (NotCanonical, ValueError, KeyError):
            return None, [*wrong, "what the paper says is not here, or not an event of its kind"]
        self.papers += 1
        self.authority.agree(said, event.member, -1)
        act = Act(index, read.id, said, body.author, event.member, index, index, None, False, True, body.refs)
        return act, wrong

    def _place(self, index: int, read: Read, known: int) -> list[str]:
        """The author's chain, the ledger that the author saw, and what the entry relies on."""
        body, wrong = read.body, []
        size, root = body.seen
        last, seen = self._chains.get(body.author, (-1, 0))
        if body.seq <= last:
            wrong.append(f"seq {body.seq} in its author's chain, after {last}")
        if (body.prev is None) != (body.seq == 0) or (
            body.prev is not None and body.prev not in self._places[body.author, body.seq - 1]
        ):
            wrong.append("does not follow its author's entry before")
        if not seen <= size <= index:
            wrong.append(f"its author names {size} entries seen, after {seen} and at entry {index}")
        elif self._tree.root(size).hex() != root:
            wrong.append(f"its author saw another ledger of {size} entries")
        if read.id in self._effective:
            wrong.append("has had its effect before")
        without = [ref for ref in body.refs if ref not in self._effective]
        unaware = all(ref in self.fallen and self.fallen[ref].index >= known for ref in without)
        if without and not (isinstance(body.data, PersonReleased) and unaware):
            wrong.append("relies on an event that has no effect before it")
        self._chains[body.author] = (max(body.seq, last), max(size, seen))
        self._effective.add(read.id)
        return wrong
