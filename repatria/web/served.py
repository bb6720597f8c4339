"""The node that this process serves: opened once, unlocked, and shared by every request.

A node's folder belongs to one process at a time, so the server holds it open and everyone works through it: reads see
the state as it was when their request began, and whatever writes waits for the one lock. Nothing here knows a page.

    served = Served.open(folder, passphrase)
    with served.at(served.who("clerk")) as at:    # an `AtNode` for one person, as verbs of the command line have it
        at.run(command, request)                  # Done or problems; `Wanted` where persons must sign
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from repatria.cli.verb import AtNode
from repatria.exchange.authority import PHYSICIAN
from repatria.exchange.state import State
from repatria.office import Command, Done, Given, Outcome, Prepared, complete, prepare
from repatria.problem import Problem
from repatria.store.node import NodeFolder
from repatria.store.reads import Reads

R = TypeVar("R")
KEEPER = "keeper"  # whoever unlocked the node and was given the first link: sees to logins, keys and sticks


def now() -> str:
    """The time that an event made now claims; log time decides (DESIGN.md 4.7)."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Who:
    """Who asks: their name at this member, and the role that the ledger gives it; `keeper` is no role of the ledger."""

    member: str
    name: str
    role: str | None
    keeper: bool = False

    @property
    def author(self) -> str:
        return f"{self.member}/{self.name}"

    @property
    def roles(self) -> frozenset[str]:
        return frozenset([*([self.role] if self.role else []), *([KEEPER] if self.keeper else [])])


class Served:
    """One open node. `lock` is held by whoever reads its vault or writes."""

    def __init__(self, node: NodeFolder, clock: Callable[[], str] = now) -> None:
        self.node, self.clock = node, clock
        self.lock = threading.RLock()
        self._seen: State | None = None  # the present state, as far as nobody has changed anything since
        self.reads = Reads(node.path / "reads")

    @classmethod
    def open(
        cls, folder: Path, passphrase: str, high_water: Path | None = None, clock: Callable[[], str] = now
    ) -> Served:
        return cls(NodeFolder.open(folder, passphrase, high_water), clock)

    def close(self) -> None:
        with self.lock:
            self.node.close()

    @property
    def member(self) -> str:
        return self.node.member

    def secret(self, purpose: str) -> str:
        """A key of this node for one purpose of the pages: the same after each start, and on no disk in clear."""
        return hmac.digest(self.node.keyring.vault_key, b"repatria/web/v1\x00" + purpose.encode(), "sha256").hex()

    def state(self) -> State:
        """The present state, own unordered events included; not to be changed."""
        with self.lock:
            self._seen = self.node.seen_state()
            return self._seen

    def joined(self) -> bool:
        """Whether this member has joined an exchange, as far as this node knows."""
        fact = self.state().members.get(self.member)
        return fact is not None and fact.admitted is not None

    def settled(self) -> State:
        """The state after what was kept last, without waiting for what is being kept now."""
        if self.lock.acquire(blocking=False):
            try:
                return self.state()
            finally:
                self.lock.release()
        return self._seen or self.state()

    def who(self, name: str, keeper: bool = False) -> Who:
        """The person of that name, with the role that the ledger gives now."""
        state = self.settled()
        grant = state.key_at(f"{self.member}/{name}", state.size)
        return Who(self.member, name, None if grant is None else str(grant.role), keeper)

    def looking(self, who: Who) -> AtWeb:
        """The node for somebody who reads what nobody changes any more, entries and attachments; nothing is held."""
        return AtWeb(self.node, self.node.given(self.clock()), who)

    @contextmanager
    def at(self, who: Who) -> Iterator[AtWeb]:
        """The node for one person, until the block ends; nobody else writes meanwhile."""
        with self.lock:
            try:
                yield AtWeb(self.node, self.node.given(self.clock()), who)
            finally:
                self._seen = None  # whoever asks next sees what was kept here


@dataclass(frozen=True)
class AtWeb(AtNode):
    """An open node for somebody at a page: no key of a person is here, so that what persons sign waits for them."""

    who: Who

    @property
    def readable(self) -> Given:
        """What is given here, with the findings of boards for physicians alone."""
        return self.given if PHYSICIAN in self.who.roles else replace(self.given, unseal=lambda sealed: None)

    def can_sign(self, author: str) -> bool:
        """The member's key is here; a delegate's own is with the delegate, who is asked."""
        return author in (self.who.author, self.node.member)

    def by(self, said: str) -> str:
        """Whoever has logged in, whatever is said."""
        return self.who.author

    def run(self, command: Command[R], request: R) -> Done | list[Problem]:
        """Do it, if the member's own key suffices; otherwise raise `Wanted` with what others must sign."""
        outcome = command(self.node.state(), request, self.given)
        return outcome if isinstance(outcome, list) else self.keep(outcome, (command, request))

    def keep(self, outcome: Outcome, asked: tuple[Command[Any], Any] | None = None) -> Done | list[Problem]:
        """What a command wants, kept: all of it, if the member's own key suffices and it takes effect now.

        Args:
            asked: the command and its request, for `Wanted` to be prepared anew from.
        """
        prepared = prepare(self.node.state(), outcome, self.given)
        if isinstance(prepared, list):
            return prepared
        if not prepared.enough:
            raise Wanted(prepared, asked)
        return complete(self.node, prepared, self.given)


class Wanted(Exception):
    """Signatures are wanted before anything is kept. Whoever shows the page keeps what was prepared, and asks.

    `asked` is the command and the request that it was prepared from, for the day on which it has to be prepared anew;
    None where only its outcome is at hand.
    """

    def __init__(self, prepared: Prepared, asked: tuple[Command[Any], Any] | None) -> None:
        super().__init__("signatures are wanted")
        self.prepared, self.asked = prepared, asked
